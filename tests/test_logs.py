"""Log lines: one format for all libraries, ids in, persons out."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from adapters import logs


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.getLogger("uvicorn.access").handlers.clear()
    logging.getLogger("uvicorn.access").propagate = True
    structlog.contextvars.clear_contextvars()
    structlog.reset_defaults()


def _lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_line_says_what_when_who_and_within_which_request(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("json")
    structlog.contextvars.bind_contextvars(request_id="r-1")

    structlog.get_logger("adapters.service").info("command_received", command_id="c-1")

    (line,) = _lines(capsys)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "command_received",
        "level": "info",
        "logger": "adapters.service",
        "request_id": "r-1",
        "command_id": "c-1",
    }


@pytest.mark.parametrize("library", ["uvicorn.error", "temporalio.worker", "asyncpg", "alembic.runtime"])
def test_libraries_speak_the_same_format(library: str, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("json")
    structlog.contextvars.bind_contextvars(request_id="r-2")

    logging.getLogger(library).warning("connexion %s", "perdue")

    (line,) = _lines(capsys)
    assert (line["event"], line["level"], line["logger"], line["request_id"]) == (
        "connexion perdue",
        "warning",
        library,
        "r-2",
    )


@pytest.mark.parametrize("log_format", ["json", "console"])
@pytest.mark.parametrize("key", ["name", "nom", "prenom", "birth_date", "email", "Nom"])
def test_a_person_is_never_printed(key: str, log_format: Any, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(log_format)
    structlog.contextvars.bind_contextvars(**{key: "Zoé Quiquengrogne"})

    structlog.get_logger("t").info("seen", person_card={"rows": [{key: "Zoé Quiquengrogne", "id": 7}]})

    printed = capsys.readouterr().err
    assert "seen" in printed
    assert "Quiquengrogne" not in printed
    assert "7" in printed


def test_a_query_string_is_never_printed(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("json")

    logging.getLogger("uvicorn.access").info("GET /dossiers?q=Quiquengrogne")

    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_a_traceback_shows_no_local_variable(log_format: Any, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(log_format)

    def fail() -> None:
        surname = "engorgneuqiuQ"[::-1]
        raise RuntimeError(f"{len(surname)} letters")

    try:
        fail()
    except RuntimeError:
        structlog.get_logger("t").exception("failed")

    printed = capsys.readouterr().err
    assert "13 letters" in printed
    assert "Quiquengrogne" not in printed


def test_configuring_twice_prints_once(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("json")
    logs.configure("json")

    structlog.get_logger("t").info("once")

    assert len(_lines(capsys)) == 1
