"""What an installation may decide; everything else is law or code."""

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from domain.law.choices import read_choices

PREFIX = "GREFFE_"
ROOT = 0


def _default_data_dir() -> Path:
    return Path("/var/lib/greffe") if os.geteuid() == ROOT else Path("data")


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError) as unknown:
        raise ValueError(f"fuseau horaire inconnu : {name}") from unknown
    return name


def _choices(given: Any) -> Mapping[str, Any]:
    """The readings of the law that the office chooses, those equal to their default left out."""
    if isinstance(given, str):
        try:
            given = json.loads(given, object_pairs_hook=_once_each)
        except (json.JSONDecodeError, RecursionError) as error:
            raise ValueError("pas du JSON ; un objet est attendu, clé et valeur pour chaque choix") from error
    if not isinstance(given, Mapping):
        raise ValueError("un objet JSON est attendu, clé et valeur pour chaque choix")
    return read_choices(given)


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    named = dict(pairs)
    if len(named) < len(pairs):
        raise ValueError("une clé y est deux fois")
    return named


def _unknown_variables(known: Iterable[str]) -> list[str]:
    names = {PREFIX + field.upper() for field in known}
    return sorted(name for name in map(str.upper, os.environ) if name.startswith(PREFIX) and name not in names)


class Settings(BaseSettings):
    """One field per `GREFFE_*` environment variable; a misspelt variable is refused, never ignored."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="forbid", env_ignore_empty=True, hide_input_in_errors=True
    )

    data_dir: Annotated[Path, AfterValidator(Path.absolute)] = Field(default_factory=_default_data_dir)
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)

    database_url: str | None = Field(default=None, repr=False)
    migration_database_url: str | None = Field(default=None, repr=False)
    audit_database_url: str | None = Field(default=None, repr=False)
    seal_database_url: str | None = Field(default=None, repr=False)
    seal_dir: Annotated[Path, AfterValidator(Path.absolute)] | None = None
    seal_key: str | None = None  # public, pinned where the sealing process is not
    witness_file: Annotated[Path, AfterValidator(Path.absolute)] | None = None
    witness_spool: Annotated[Path, AfterValidator(Path.absolute)] | None = None
    witness_mail: str | None = None
    temporal_address: str | None = None
    namespace: str = "default"
    task_queue: str = "greffe"

    demo: bool = False
    time_zone: Annotated[str, AfterValidator(_known_zone)] = "Europe/Paris"
    establishment_name: str = "Centre hospitalier universitaire"
    log_format: Literal["json", "console"] = "json"
    choices: Annotated[Mapping[str, Any], NoDecode, BeforeValidator(_choices)] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown_variables(cls, values: Any) -> Any:
        if unknown := _unknown_variables(cls.model_fields):
            known = ", ".join(sorted(PREFIX + field.upper() for field in cls.model_fields))
            raise ValueError(f"variable inconnue : {', '.join(unknown)}. Variables connues : {known}")
        return values

    @model_validator(mode="after")
    def _external_database_is_whole(self) -> Self:
        if self.database_url is None and (
            self.migration_database_url or self.audit_database_url or self.seal_database_url
        ):
            raise ValueError("GREFFE_DATABASE_URL manque : une base externe se donne en entier")
        return self

    @model_validator(mode="after")
    def _mail_has_a_spool_and_an_address(self) -> Self:
        if (self.witness_spool is None) is not (self.witness_mail is None):
            raise ValueError("GREFFE_WITNESS_SPOOL et GREFFE_WITNESS_MAIL se donnent ensemble")
        return self

    @property
    def sealing_dir(self) -> Path:
        """Where the sealing key and its memory are."""
        return self.seal_dir or self.data_dir / "sceau"

    @property
    def witness_files(self) -> tuple[Path, ...]:
        return () if self.witness_file is None else (self.witness_file,)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)
