"""Where an installation is: its settings, its addresses, and what a running `greffe up` says of itself."""

import ipaddress
import json
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from adapters import logs
from adapters.bootstrap import Parts, opened
from adapters.cli.output import Failure, Status
from adapters.clock import DemoDatabase
from adapters.embedded.postgres import EmbeddedPostgres
from adapters.embedded.processes import ServerFailed
from adapters.embedded.temporal import EmbeddedTemporal
from adapters.settings import PREFIX, Settings
from adapters.store.connection import StoreUnavailable

FILE = "installation.json"


@dataclass(frozen=True)
class Running:
    """What a running installation says of itself, for its owner's eyes only."""

    pid: int
    url: str
    demo: bool
    database: str | None  # None: the embedded one
    temporal: str | None

    def write(self, data_dir: Path) -> None:
        file = data_dir / FILE
        file.unlink(missing_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            json.dump(asdict(self), stream)

    @classmethod
    def read(cls, data_dir: Path) -> "Running | None":
        file = data_dir / FILE
        try:
            return cls(**json.loads(file.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        except PermissionError as error:
            raise Failure(f"{file} n'est lisible que par le compte qui a démarré Greffe") from error


def settings_of(**given: Any) -> Settings:
    """The settings of the environment, under those that the command line gives."""
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        said = (f"{PREFIX}{str(one['loc'][0]).upper()} : " if one["loc"] else "" for one in error.errors())
        messages = (one["msg"].removeprefix("Value error, ") for one in error.errors())
        causes = " ; ".join(f"{name}{message}" for name, message in zip(said, messages, strict=True))
        raise Failure(f"réglage refusé : {causes}", status=Status.USAGE) from error


def is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def log_quietly() -> None:
    """For a verb that answers and ends: what goes wrong, nothing else."""
    logs.configure("console")
    logging.getLogger().setLevel(logging.WARNING)


@asynccontextmanager
async def connected(
    data: Path | None, database: str | None = None, temporal: str | None = None
) -> AsyncIterator[Parts]:
    """The parts over a running installation; Failure, with the remedy, when it does not answer."""
    log_quietly()
    settings = settings_of(data_dir=data, database_url=database, temporal_address=temporal)
    running = Running.read(settings.data_dir)
    if running is not None and database is None:
        settings = settings.model_copy(update={"demo": running.demo})
    try:
        addresses = _database(settings, running), _temporal(settings, running)
        async with opened(settings, *addresses) as parts:
            yield parts
    except (ServerFailed, StoreUnavailable) as error:
        raise Failure(
            f"la base ne répond pas ({settings.data_dir})",
            "démarrer Greffe avec « greffe up », ou donner --data ou --external-db",
            Status.UNREACHABLE,
        ) from error
    except DemoDatabase as error:
        raise Failure(
            "l'horloge de cette base a été avancée", "relancer avec GREFFE_DEMO=true", Status.CONFLICT
        ) from error


def _database(settings: Settings, running: Running | None) -> str:
    if settings.database_url is not None:
        return settings.database_url
    if running is not None and running.database is not None:
        return running.database
    return EmbeddedPostgres(settings.data_dir).databases.app_dsn


def _temporal(settings: Settings, running: Running | None) -> str | None:
    if settings.temporal_address is not None:
        return settings.temporal_address
    if running is not None and running.temporal is not None:
        return running.temporal
    try:
        return EmbeddedTemporal(settings.data_dir).address
    except ServerFailed:
        return None


def external(settings: Settings) -> tuple[str, str]:
    """The two addresses that a split deployment is given."""
    if settings.database_url is None or settings.temporal_address is None:
        raise Failure(
            "l'adresse de la base et celle de Temporal sont attendues",
            "donner --external-db et --external-temporal, ou GREFFE_DATABASE_URL et GREFFE_TEMPORAL_ADDRESS",
            Status.USAGE,
        )
    return settings.database_url, settings.temporal_address


async def find_agent(parts: Parts, sought: str) -> UUID:
    """The subject under an identifier, a matricule or a name; Failure when there is none, or several."""
    with suppress(ValueError):
        subject_id = UUID(sought)
        if await parts.service.register.stream_version(subject_id):
            return subject_id
    named = await parts.persons.by_matricule(sought)
    found = [named] if named is not None else await parts.persons.find(sought, limit=6)
    if not found:
        raise Failure(
            f"aucun dossier pour « {sought} »", "donner un matricule, un nom ou un identifiant", Status.NOT_FOUND
        )
    if len(found) > 1:
        matricules = ", ".join(one.matricule or str(one.subject_id) for one in found)
        raise Failure(f"plusieurs dossiers pour « {sought} » : {matricules}", "donner le matricule", Status.NOT_FOUND)
    return found[0].subject_id
