"""`greffe simulate`: the contract of its input, its output and its exit codes."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from adapters.__main__ import run

EXAMPLE = Path(__file__).parent.parent / "docs" / "exemples" / "temps-partiel.json"
REQUEST = {"type": "part_time.request", "case": "TP1", "quotite": 80, "starts_on": "2025-01-01", "months": 12}
SCENARIO: dict[str, Any] = {
    "id": "s1",
    "subject": {"kind": "agent", "id": "A1", "corps": "MCU-PH"},
    "steps": [{"on": "2024-11-04", "command": REQUEST}],
}

Out = pytest.CaptureFixture[str]


def written(path: Path, body: object) -> str:
    path.write_text(json.dumps(body), encoding="utf-8")
    return str(path)


def greffe(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "adapters", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, encoding="utf-8")


# -- What is answered --------------------------------------------------------------------------------


def test_one_scenario_gives_one_object(tmp_path: Path, capsys: Out) -> None:
    assert run(["simulate", "--json", written(tmp_path / "one.json", SCENARIO)]) == 0

    shown = json.loads(capsys.readouterr().out)
    assert shown["steps"] == [
        {"step": 0, "on": "2024-11-04", "type": "part_time.request", "case": "TP1", "accepted": True}
    ]
    assert shown["expect"] == {"met": True, "differences": []}
    assert {"id", "title", "events", "deadlines", "entitlements"} <= set(shown)


def test_a_list_of_one_and_several_files_give_a_list(tmp_path: Path, capsys: Out) -> None:
    one = written(tmp_path / "one.json", SCENARIO)
    assert run(["simulate", "--json", written(tmp_path / "listed.json", [SCENARIO])]) == 0
    assert [shown["id"] for shown in json.loads(capsys.readouterr().out)] == ["s1"]

    assert run(["simulate", "--json", one, one]) == 0
    assert [shown["id"] for shown in json.loads(capsys.readouterr().out)] == ["s1", "s1"]


def test_an_empty_list_is_an_empty_list(tmp_path: Path, capsys: Out) -> None:
    assert run(["simulate", "--json", written(tmp_path / "none.json", [])]) == 0

    assert json.loads(capsys.readouterr().out) == []


def test_the_example_of_the_readme_is_true(capsys: Out) -> None:
    assert run(["simulate", str(EXAMPLE)]) == 0

    assert "Attendu : 8/8 vérifiés" in capsys.readouterr().out


def test_an_expectation_not_met_is_shown_and_gives_3(tmp_path: Path, capsys: Out) -> None:
    wrong = SCENARIO | {"expect": {"accepted": [0], "events": [{"type": "PartTimeLapsed", "on": "2028-01-01"}]}}

    assert run(["simulate", written(tmp_path / "wrong.json", wrong)]) == 3

    shown = capsys.readouterr().out
    assert "Attendu : 1/2 vérifiés" in shown
    assert "event PartTimeLapsed {'on': '2028-01-01'} not found" in shown


def test_until_and_on_set_the_end_and_the_day_of_the_rights(tmp_path: Path, capsys: Out) -> None:
    file = written(tmp_path / "one.json", SCENARIO)

    assert run(["simulate", "--json", "--until", "2026-01-01", "--on", "01/06/2025", file]) == 0

    assert json.loads(capsys.readouterr().out)["entitlements"]["on"] == "2025-06-01"


def test_fields_are_between_tabs_when_a_program_reads() -> None:
    done = greffe("simulate", str(EXAMPLE))

    assert done.stdout.splitlines()[0].split("\t")[:4] == ["0", "2024-11-04", "part_time.request", "TP1"]
    assert "\033" not in done.stdout


# -- What is explained -------------------------------------------------------------------------------


def test_explain_names_each_rule_its_article_and_its_figures(capsys: Out) -> None:
    assert run(["simulate", "--explain", str(EXAMPLE)]) == 0

    shown = capsys.readouterr().out
    assert "✕ Préavis de deux mois non respecté (D2021-1645:28-2.2) — donné : 2027-01-01" in shown
    assert "✓ Quotité permise (D2021-1645:28-1) — donné : 80" in shown
    assert "D2021-1645:28-2 Autorisation, renouvellement, modification." in shown
    assert "part_time.last_period = truncate" in shown
    assert "stage.authority" not in shown


def test_explain_marks_the_choices_of_the_scenario(tmp_path: Path, capsys: Out) -> None:
    chosen = SCENARIO | {"choices": {"part_time.last_period": "stop"}}

    assert run(["simulate", "--explain", written(tmp_path / "c.json", chosen)]) == 0

    assert "part_time.last_period = stop  (choix du scénario)" in capsys.readouterr().out


def test_explain_is_data_too(tmp_path: Path, capsys: Out) -> None:
    assert run(["simulate", "--explain", "--json", written(tmp_path / "one.json", SCENARIO)]) == 0

    said = json.loads(capsys.readouterr().out)["explanation"]
    assert {"code": "quotite_not_allowed", "met": True}.items() <= said["steps"][0]["checks"][4].items()
    assert "D2021-1645:28-2.1" in said["articles"]
    assert said["choices"]["part_time.year"] == "civil"


# -- What cannot be read -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "fichier vide"),
        (b"\xff\xfe{}", "pas en UTF-8"),
        (b"{", "pas du JSON (ligne 1, colonne 2)"),
        (b'{"subject": {}, "subject": {}}', "clé en double : 'subject'"),
        (b'{"subject": NaN}', "NaN n'est pas un nombre JSON"),
        (b'{"subject": 1e999}', "nombre trop grand"),
        (b"[" * 100 + b"]" * 100, "trop profond"),
        (b"[" * 200_000, "trop profond"),
        (b"1" * 5000, "limit"),
        (b'"text"', "un objet est attendu"),
        (b"{}", "subject : champ manquant"),
        (b" " * 20_000_001, "plus de 20 Mo"),
    ],
)
def test_a_file_that_is_not_a_scenario_is_said_so(tmp_path: Path, capsys: Out, content: bytes, reason: str) -> None:
    file = tmp_path / "bad.json"
    file.write_bytes(content)

    assert run(["simulate", str(file)]) == 2

    said = capsys.readouterr().err
    assert str(file) in said
    assert reason in said
    assert "Traceback" not in said


def test_a_missing_file_and_a_directory_are_said_so(tmp_path: Path, capsys: Out) -> None:
    assert run(["simulate", str(tmp_path / "none.json"), str(tmp_path)]) == 2

    said = capsys.readouterr().err
    assert "none.json : fichier introuvable" in said
    assert "c'est un répertoire" in said


@pytest.mark.parametrize(
    ("change", "path", "reason"),
    [
        ({"steps": [{"on": "2024-11-04", "command": {"type": "part_time.fly"}}]}, "steps.0.command.type", "inconnue"),
        ({"steps": [{"on": "2024-13-04", "command": REQUEST}]}, "steps.0.on", "month"),
        ({"steps": [{"on": "2024-11-04", "command": REQUEST | {"quotite": "80"}}]}, "command.quotite", "entier"),
        ({"steps": [{"on": "2024-11-04", "command": REQUEST | {"extra": 1}}]}, "command.extra", "champ inconnu"),
        ({"steps": [{"on": "2024-11-04", "command": REQUEST | {"months": 99_999}}]}, "", "hors du calendrier"),
        ({"steps": [{"on": "2024-11-04", "command": REQUEST}] * 10_000}, "steps", "liste trop longue"),
        ({"surplus": 1}, "surplus", "champ inconnu"),
        ({"choices": {"part_time.last_period": "maybe"}}, "choices", "part_time.last_period"),
        ({"choices": {"no.such": 1}}, "choices", "no.such"),
        ({"subject": {"kind": "cat"}}, "subject.kind", "sujet inconnu"),
        ({"steps": []}, "until", "champ manquant"),
    ],
)
def test_an_input_error_names_file_scenario_path_and_reason(
    tmp_path: Path, capsys: Out, change: dict[str, Any], path: str, reason: str
) -> None:
    file = written(tmp_path / "bad.json", SCENARIO | change)

    assert run(["simulate", "--json", file]) == 2

    shown = capsys.readouterr()
    error = json.loads(shown.out)["error"]
    assert error["file"] == file
    assert error["scenario"] == "s1"
    assert path in error["path"]
    assert reason in error["reason"]
    assert file in shown.err
    assert "scénario s1" in shown.err


def test_one_bad_scenario_hides_no_good_one(tmp_path: Path, capsys: Out) -> None:
    file = written(tmp_path / "mixed.json", [SCENARIO, {"id": "s2"}, SCENARIO | {"id": "s3"}])

    assert run(["simulate", "--json", file]) == 2

    shown = json.loads(capsys.readouterr().out)
    assert shown[0]["id"] == "s1"
    assert shown[1]["error"]["scenario"] == "s2"
    assert shown[2]["id"] == "s3"


def test_a_day_before_the_law_is_a_refusal_and_not_an_error(tmp_path: Path, capsys: Out) -> None:
    early = [{"on": "2019-11-04", "command": REQUEST | {"starts_on": "2020-01-01"}}]

    assert run(["simulate", "--json", written(tmp_path / "early.json", SCENARIO | {"steps": early})]) == 0

    shown = json.loads(capsys.readouterr().out)
    assert shown["steps"][0]["code"] == "law_not_in_force"
    assert "not_covered" in shown["entitlements"]


def test_what_a_terminal_would_obey_is_not_printed(tmp_path: Path, capsys: Out) -> None:
    assert run(["simulate", written(tmp_path / "t.json", [SCENARIO | {"title": "\x1b[2Jgone"}])]) == 0

    assert "\x1b[2J" not in capsys.readouterr().out


def test_half_a_character_is_answered_as_json(tmp_path: Path) -> None:
    done = greffe("simulate", "--json", written(tmp_path / "t.json", SCENARIO | {"title": "\ud800"}))

    assert done.returncode == 0
    assert json.loads(done.stdout)["title"] == "\ud800"


def test_a_wrong_option_gives_2(capsys: Out) -> None:
    assert run(["simulate"]) == 2
    assert run(["simulate", str(EXAMPLE), "--until", "demain"]) == 2
    assert "AAAA-MM-JJ" in capsys.readouterr().err
    assert run(["no-such-verb"]) == 2


# -- How fast ----------------------------------------------------------------------------------------


def test_simulate_loads_no_server_library() -> None:
    heavy = ("asyncpg", "temporalio", "fastapi", "eventsourcing", "psycopg", "alembic", "jinja2")
    script = f"""import sys
from adapters.__main__ import run
code = run(["simulate", "--json", {str(EXAMPLE)!r}])
print([name for name in {heavy!r} if name in sys.modules], file=sys.stderr)
sys.exit(code)"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stderr.strip() == "[]"


def test_three_hundred_scenarios_take_less_than_ten_seconds(tmp_path: Path) -> None:
    scenario = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    file = written(tmp_path / "many.json", [scenario] * 300)
    begun = time.monotonic()

    done = greffe("simulate", "--json", file)

    assert done.returncode == 0
    assert time.monotonic() - begun < 10
    assert len(json.loads(done.stdout)) == 300


def test_an_interruption_gives_130(monkeypatch: pytest.MonkeyPatch, capsys: Out) -> None:
    def interrupted(_: list[str]) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("adapters.__main__.command", interrupted)

    assert run(["simulate"]) == 130
    assert "Interrompu" in capsys.readouterr().err


def test_a_closed_reader_is_no_fault(tmp_path: Path) -> None:
    file = written(tmp_path / "many.json", [SCENARIO] * 2000)
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "adapters", "simulate", "--json", file]
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writer)

    assert "Traceback" not in done.stderr
