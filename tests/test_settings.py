"""Settings: good defaults, and no silent misspelling."""

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from adapters.settings import Settings


def test_the_defaults_serve_one_machine_on_its_loopback() -> None:
    settings = Settings()

    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.database_url is None
    assert settings.temporal_address is None
    assert settings.zone.key == "Europe/Paris"
    assert settings.demo is False


@pytest.mark.parametrize(("uid", "expected"), [(0, Path("/var/lib/greffe")), (1000, Path.cwd() / "data")])
def test_data_stands_where_the_user_may_write(uid: int, expected: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: uid)

    assert Settings().data_dir == expected


def test_the_environment_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GREFFE_PORT", "9000")
    monkeypatch.setenv("GREFFE_DEMO", "true")

    settings = Settings()

    assert (settings.port, settings.demo) == (9000, True)


def test_a_misspelt_variable_is_refused_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GREFFE_DATABASE_URI", "postgresql://u:secret@h/d")

    with pytest.raises(ValidationError, match="variable inconnue : GREFFE_DATABASE_URI") as refusal:
        Settings()
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GREFFE_PORT", "70000"),
        ("GREFFE_TIME_ZONE", "Europe/Lutece"),
        ("GREFFE_LOG_FORMAT", "xml"),
        ("GREFFE_AUDIT_DATABASE_URL", "postgresql://h/d"),
    ],
)
def test_a_value_that_cannot_serve_is_refused(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(ValidationError):
        Settings()


def test_settings_do_not_change_once_read() -> None:
    with pytest.raises(ValidationError):
        Settings().port = 1  # type: ignore[misc]


def test_a_password_is_not_printed() -> None:
    assert "secret" not in repr(Settings(database_url="postgresql://u:secret@h/d"))
