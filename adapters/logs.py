"""One log line per fact, with ids and never with a person."""

import logging
import sys
from collections.abc import Mapping
from typing import Any, Literal

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

# A log outlives the dossier's access rules: what names a person never enters it.
PERSONAL_KEYS = frozenset(
    {
        "name", "nom", "nom_naissance", "nom_usage", "last_name", "birth_name", "family_name", "full_name",
        "prenom", "prenoms", "first_name", "given_name", "given_names",
        "birth_date", "birthdate", "date_naissance", "birth_place",
        "email", "mail", "phone", "telephone", "address", "adresse", "contact", "person",
    }
)  # fmt: skip


def _without_persons(value: Any) -> Any:
    if isinstance(value, Mapping):
        kept = {key: item for key, item in value.items() if str(key).lower() not in PERSONAL_KEYS}
        return {key: _without_persons(item) for key, item in kept.items()}
    if isinstance(value, list | tuple):
        return [_without_persons(item) for item in value]
    return value


def drop_persons(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Drop every key that names a person, however deep it stands."""
    dropped: EventDict = _without_persons(event)
    return dropped


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="timestamp"),
        structlog.processors.StackInfoRenderer(),
    ]


def _rendering(log_format: Literal["json", "console"]) -> list[Processor]:
    if log_format == "json":
        return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    # The rich traceback prints local variables, and a local variable may be a person.
    return [
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
    ]


def configure(log_format: Literal["json", "console"]) -> None:
    """Send structlog and the standard library's loggers through one formatter to the standard error."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_shared(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_shared(),
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, drop_persons, *_rendering(log_format)],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for library in ("uvicorn", "uvicorn.error", "temporalio", "asyncpg", "alembic"):
        logging.getLogger(library).handlers.clear()
        logging.getLogger(library).propagate = True
    _silence_query_strings()


def _silence_query_strings() -> None:
    """The server's own access log is off: it prints the query string, where a person is searched by name."""
    access = logging.getLogger("uvicorn.access")
    access.handlers[:] = [logging.NullHandler()]
    access.propagate = False
