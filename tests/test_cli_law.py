"""`greffe law`: the list of articles is whole and true, an article is shown with what is held of it."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from adapters import articles
from adapters.__main__ import run
from domain.law import Article, choices
from domain.law.coverage import NUMBERS, coverage
from domain.law.d2021_1645 import TEXT, art
from domain.law.editions import PARAMETERS, current
from domain.law.sheet import numbers, sheet
from domain.procedures import REGISTRY

ROOT = Path(__file__).parent.parent
Out = pytest.CaptureFixture[str]


def lines(capsys: Out) -> list[str]:
    return capsys.readouterr().out.splitlines()


# -- The list ----------------------------------------------------------------------------------------


def test_the_list_has_every_article_and_counts_them(capsys: Out) -> None:
    assert run(["law", "coverage"]) == 0

    shown = lines(capsys)
    assert [line.split("\t")[0] for line in shown[: len(NUMBERS)]] == list(NUMBERS)
    states = [line.split("\t")[1] for line in shown[: len(NUMBERS)]]
    counted = [states.count(state) for state in ("Encodé", "En données", "Non encodé")]
    assert shown[-1] == "{} articles : {} encodés, {} en données, {} non encodés".format(len(NUMBERS), *counted)


def test_the_list_is_data_too(capsys: Out) -> None:
    assert run(["law", "coverage", TEXT, "--json"]) == 0

    shown = json.loads(capsys.readouterr().out)
    by_ref = {one["ref"]: one for one in shown["articles"]}
    assert by_ref["D2021-1645:32"] == {
        "ref": "D2021-1645:32",
        "title": "Disponibilité",
        "state": "encoded",
        "why": None,
        "procedures": [
            {
                "name": "disponibilite",
                "title": "Disponibilité",
                "rules": "domain/procedures/disponibilite.py",
                "tests": ["tests/procedures/test_disponibilite.py"],
            }
        ],
    }
    assert by_ref["D2021-1645:41"]["state"] == "not_encoded"
    assert by_ref["D2021-1645:41"]["why"]
    assert by_ref["D2021-1645:5"]["state"] == "data"


def test_an_encoded_article_names_rules_that_exist_and_are_tried() -> None:
    for line in coverage(REGISTRY):
        for one in articles.procedures(line) if line.how == "encoded" else ():
            assert (ROOT / one["rules"]).is_file(), one
            assert one["tests"], one
            assert all((ROOT / file).is_file() for file in one["tests"])


def test_a_text_that_is_not_held_gives_4(capsys: Out) -> None:
    assert run(["law", "coverage", "D1984-135"]) == 4
    assert "textes connus : D2021-1645" in capsys.readouterr().err


# -- One article -------------------------------------------------------------------------------------


@pytest.mark.parametrize("ref", ["28-2", "28-2.3", "D2021-1645:28-2", "D2021-1645:28-2.2"])
def test_an_article_is_found_by_its_number_or_its_reference(ref: str, capsys: Out) -> None:
    assert run(["law", "show", ref]) == 0

    shown = lines(capsys)
    assert shown[0] == "D2021-1645:28-2  Autorisation, renouvellement, modification"
    assert "En vigueur depuis le 19/10/2024" in shown
    assert "  préavis d'un changement de quotité, en mois : 2 depuis le 19/10/2024" in shown
    assert any(line.startswith("  part_time.authority = president_universite, dg_chu : ") for line in shown)
    assert any("domain/procedures/part_time.py" in line for line in shown)
    assert any(line.startswith("  notice_too_short : ") for line in shown)


def test_an_article_says_what_applied_on_a_day(capsys: Out) -> None:
    assert run(["law", "show", "15", "--on", "18/10/2024"]) == 0
    before = lines(capsys)
    assert run(["law", "show", "15", "--on", "2024-10-19"]) == 0
    after = lines(capsys)

    assert "Au 18/10/2024 : en vigueur" in before
    assert "  délégation ouverte aux MCU-PH stagiaires : rien au 18/10/2024" in before
    assert "  délégation ouverte aux MCU-PH stagiaires : oui depuis le 19/10/2024" in after
    assert run(["law", "show", "28", "--on", "2024-10-18"]) == 0
    assert "Au 18/10/2024 : pas en vigueur" in lines(capsys)


def test_an_article_is_data_too(capsys: Out) -> None:
    assert run(["law", "show", "39", "--on", "2025-01-01", "--json"]) == 0

    shown = json.loads(capsys.readouterr().out)
    assert shown["in_force"] is True
    assert shown["since"] == "2021-12-16"
    assert shown["procedures"][0]["name"] == "insuffisance_professionnelle"
    (share,) = [one for one in shown["figures"] if "dernier mois" in one["name"]]
    assert share["versions"] == [{"since": "2021-12-16", "value": "0.75", "source": "D2021-1645:39.3", "applies": True}]


def test_an_article_that_is_not_encoded_is_known_all_the_same(capsys: Out) -> None:
    assert run(["law", "show", "41"]) == 0
    assert lines(capsys) == ["D2021-1645:41", "Non encodé : Carrières, congés et recrutement : pas encore encodés."]


@pytest.mark.parametrize("ref", ["999", "D2021-1645:999", "D1984-135:1", ":", "", "D2021-1645:"])
def test_an_unknown_article_gives_4(ref: str, capsys: Out) -> None:
    assert run(["law", "show", ref]) == 4
    assert f"article inconnu : {ref}" in capsys.readouterr().err


@pytest.mark.parametrize("number", NUMBERS)
def test_every_article_can_be_shown_on_any_day(number: str, capsys: Out) -> None:
    for more in ([], ["--json"], ["--on", "2020-01-01"]):
        assert run(["law", "show", number, *more]) == 0
    assert capsys.readouterr().out


# -- What is gathered on an article --------------------------------------------------------------------


def test_every_figure_of_the_law_stands_on_the_article_it_cites() -> None:
    gathered = [figure for number in NUMBERS if (found := sheet(REGISTRY, art(number))) for figure in found.figures]
    assert {figure.name for figure in gathered} == {figure.name for figure in PARAMETERS}


def test_the_readings_that_name_an_article_are_gathered_there() -> None:
    def keys(number: str) -> set[str]:
        found = sheet(REGISTRY, art(number))
        assert found is not None
        return {choice.key for choice in found.choices}

    assert {choices.DELEGATION_IUF_AUTHORITY.key, choices.DELEGATION_IUF_STAGIAIRE.key} <= keys("29")
    assert choices.REFORM_2024_FROM.key in keys("28-1")
    assert choices.REFORM_2024_FROM.key not in keys("32")
    assert keys("2") == set()


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("L'article 28-2 nomme ces deux autorités.", {"28-2"}),
        ("Non celles des articles 16 et 29.", {"16", "29"}),
        ("Les articles 12, 30 ou 31.", {"12", "30", "31"}),
        ("L'article L. 531-1 du code, en 2024.", set()),
        ("Le décret 2024-940.", set()),
    ],
)
def test_only_articles_of_the_decree_are_read_in_a_sentence(sentence: str, found: set[str]) -> None:
    assert numbers(sentence) == found


def test_the_value_of_a_reading_is_the_one_of_the_office() -> None:
    found = sheet(REGISTRY, Article(TEXT, "51"))
    assert found is not None
    shown = articles.sheet_json(found, current({"stage.authority": ["cng"]}), None)
    (authority,) = [one for one in shown["choices"] if one["key"] == "stage.authority"]
    assert authority["value"] == ["cng"]
    assert authority["default"] == ["ministre_esr", "ministre_sante"]


# -- How fast ----------------------------------------------------------------------------------------


def test_law_loads_no_server_library() -> None:
    heavy = ("asyncpg", "temporalio", "fastapi", "eventsourcing", "psycopg", "alembic", "jinja2")
    script = f"""import sys
from adapters.__main__ import run
code = run(["law", "coverage"])
print([name for name in {heavy!r} if name in sys.modules], file=sys.stderr)
sys.exit(code)"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stderr.strip() == "[]"
    assert re.search(r"^105 articles : ", done.stdout, re.MULTILINE)
