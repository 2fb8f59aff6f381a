"""`greffe doctor`: whether an installation is well, point by point."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from urllib.error import URLError
from urllib.request import urlopen

import typer
from temporalio.service import RPCError

from adapters.articles import told
from adapters.bootstrap import Parts
from adapters.cli.installation import Running, connected
from adapters.cli.options import Data, Debug, ExternalDatabase, ExternalTemporal, Json, NoColor, Quiet
from adapters.cli.output import GREEN, RED, Status, Voice
from adapters.store.connection import connected as connection_of
from domain.law.editions import EDITION

HELP = "Examiner l'installation : serveurs, horloge, disque, réveils, vues, procédures arrêtées."
SKEW = 2.0  # seconds between the clock of the database and ours
LEAST_DISK = 1_000_000_000  # bytes
LAG = 100  # events that the views may be late by
PATIENCE = 5.0
UNSEALED = timedelta(minutes=5)  # a minute is the rule


@dataclass(frozen=True)
class Finding:
    """One point, whether it is well, and what was found."""

    point: str
    well: bool
    found: str


def add(app: typer.Typer) -> None:
    app.command("doctor", help=f"{HELP}\n\nExemple : greffe doctor --json")(verb)


def verb(
    as_json: Json = False,
    data: Data = None,
    database: ExternalDatabase = None,
    temporal: ExternalTemporal = None,
    quiet: Quiet = False,
    no_color: NoColor = False,
    _: Debug = False,
) -> None:
    voice = Voice(quiet=quiet, color=not no_color)

    async def run() -> list[Finding]:
        async with connected(data, database, temporal) as parts:
            return [finding async for finding in examined(parts)]

    findings = asyncio.run(run())
    if as_json:
        voice.document([asdict(finding) for finding in findings])
    else:
        for one in findings:
            voice.line(f"{'✓' if one.well else '✕'} {one.point} : {one.found}", GREEN if one.well else RED)
    raise typer.Exit(Status.DONE if all(one.well for one in findings) else Status.FAILED)


async def examined(parts: Parts) -> AsyncIterator[Finding]:
    yield Finding("édition de la loi", well=True, found=EDITION)
    yield readings(parts)
    yield await pages(parts)
    yield disk(parts)
    async for finding in store(parts):
        yield finding
    yield await views(parts)
    yield await alarms(parts)
    yield await seal(parts)
    stopped = await parts.service.register.stopped_cases()
    named = ", ".join(f"{one.subject_id} {one.case_ref} ({one.error})" for one in stopped)
    yield Finding("procédures arrêtées", not stopped, named or "aucune")


def readings(parts: Parts) -> Finding:
    """The choices of the office that differ from their defaults."""
    chosen = parts.service.law.choices
    said = " ; ".join(f"{key} = {told(value)}" for key, value in chosen.items())
    return Finding("lectures du droit", well=True, found=said or "toutes par défaut")


async def pages(parts: Parts) -> Finding:
    running = Running.read(parts.settings.data_dir)
    if running is None:
        return Finding("pages", well=True, found="aucun « greffe up » sur ce répertoire")
    try:
        status = await asyncio.to_thread(lambda: urlopen(f"{running.url}/api/v1/health/live", timeout=PATIENCE).status)  # noqa: S310  our own address
    except (URLError, OSError) as error:
        return Finding("pages", well=False, found=f"{running.url} ne répond pas ({error})")
    return Finding("pages", well=status == 200, found=running.url)


def disk(parts: Parts) -> Finding:
    free = shutil.disk_usage(parts.settings.data_dir).free if parts.settings.data_dir.exists() else None
    if free is None:
        return Finding("disque", well=True, found="aucun répertoire local")
    return Finding("disque", free >= LEAST_DISK, f"{free / 1e9:.1f} Go libres".replace(".", ","))


async def store(parts: Parts) -> AsyncIterator[Finding]:
    async with connection_of(parts.service.register.pool) as connection:
        row = await connection.fetchrow("SELECT version(), clock_timestamp() AS now")
    assert row is not None
    skew = abs((datetime.now(UTC) - row["now"]).total_seconds())
    yield Finding("base de données", well=True, found=row["version"].partition(" on ")[0])
    yield Finding("écart d'horloge", skew <= SKEW, f"{skew:.2f} s".replace(".", ","))


async def views(parts: Parts) -> Finding:
    head, seen = await parts.service.register.head(), await parts.views.position()
    return Finding("vues", head - seen <= LAG, f"à la position {seen} sur {head}")


async def seal(parts: Parts) -> Finding:
    async with connection_of(parts.service.register.pool) as connection:
        sealed = await connection.fetchval("SELECT max(size) FROM checkpoints")
        waits = await connection.fetchval(
            "SELECT clock_timestamp() - recorded_at FROM dossier_events WHERE pos = $1", (sealed or 0) + 1
        )
    if sealed is None:
        return Finding("sceau", well=True, found="aucun point de contrôle : le registre n'est pas encore opposable")
    late = waits is not None and waits > UNSEALED
    return Finding(
        "sceau", not late, f"jusqu'au n° {sealed}" + (" ; le suivant attend depuis trop longtemps" if late else "")
    )


async def alarms(parts: Parts) -> Finding:
    try:
        found = await parts.desk.difference()
    except (LookupError, RPCError, RuntimeError) as error:
        return Finding("réveils", well=False, found=f"Temporal ne répond pas ({error})")
    said = f"{found.recorded} échéances enregistrées, {found.armed} réveils posés"
    if not found.none:
        said += f" ; {len(found.missing)} absents, {len(found.wrong)} faux : lancer « greffe rearm »"
    return Finding("réveils", found.none, said)
