"""Settings: good defaults, and no silent misspelling."""

import json
import os
import re
from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError

from adapters.cli.installation import Running, settings_of
from adapters.cli.output import Failure, Status
from adapters.settings import Settings
from domain.law.editions import current


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


def test_the_readings_of_the_office_are_checked_and_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = {"part_time.last_period": "stop", "stage.authority": ["cng"], "part_time.year": "civil"}
    monkeypatch.setenv("GREFFE_CHOICES", json.dumps(chosen | {"law.reform_2024.from": "2025-01-01"}))

    settings = Settings()

    law = current(settings.choices)
    assert settings.choices == law.choices
    assert law.choices == {
        "part_time.last_period": "stop",
        "stage.authority": ("cng",),
        "law.reform_2024.from": date(2025, 1, 1),
    }
    assert Settings(choices=law.choices).choices == law.choices


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("part_time.last_period=stop", "pas du JSON"),
        ("[" * 100_000, "pas du JSON"),
        ('["part_time.last_period"]', "un objet JSON est attendu"),
        ('{"part_time.last_perod": "stop"}', "part_time.last_perod : choix inconnu"),
        ('{"part_time.last_period": "cut"}', "part_time.last_period : 'cut' n'est pas parmi"),
        ('{"part_time.express_reminder_months": null}', "part_time.express_reminder_months : une valeur de type int"),
        ('{"law.reform_2024.from": "demain"}', "law.reform_2024.from : une date AAAA-MM-JJ est attendue"),
        ('{"stage.authority": [["cng"]]}', "stage.authority : une liste de codes"),
        ('{"part_time.year": "civil", "part_time.year": "rolling12"}', "une clé y est deux fois"),
    ],
)
def test_a_reading_that_cannot_be_chosen_is_refused_in_french(
    given: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GREFFE_CHOICES", given)

    with pytest.raises(Failure, match=re.escape(f"GREFFE_CHOICES : {said}")) as refusal:
        settings_of()
    assert refusal.value.status == Status.USAGE


def test_a_running_installation_says_how_it_reads_the_law(tmp_path: Path) -> None:
    chosen = current({"stage.authority": ["cng"], "law.reform_2024.from": "2025-01-01"}).choices
    Running(1, "http://127.0.0.1:8000", demo=False, database=None, temporal=None, choices=chosen).write(tmp_path)

    found = Running.read(tmp_path)

    assert found is not None
    assert current(found.choices).choices == chosen


def test_settings_do_not_change_once_read() -> None:
    with pytest.raises(ValidationError):
        Settings().port = 1  # type: ignore[misc]


def test_a_password_is_not_printed() -> None:
    assert "secret" not in repr(Settings(database_url="postgresql://u:secret@h/d"))
