"""An export of agents: what is read of it, and what is said of what cannot be."""

from datetime import date
from pathlib import Path

import pytest

from adapters.imports.agents import HEADINGS, Flaw, civil_date
from adapters.imports.journey import Plan, read_agents
from adapters.imports.sheet import NotASheet, plain, write_errors
from domain.agents.career import AgentFacts

HEAD = "Matricule;Nom;Prénom;Corps\n"
FULL = "Matricule;NOM d'usage;Prénoms;Date de naissance;Corps;Statut;Date d'entrée HU;CHU depuis;Fin de nomination;Corps d'origine;Établissement;Discipline\n"


def plan(tmp_path: Path, content: str | bytes) -> Plan:
    file = tmp_path / "agents.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_agents(file)


def flaw(tmp_path: Path, line: str, head: str = HEAD) -> Flaw:
    (only,) = plan(tmp_path, head + line).flaws
    return only


def test_a_full_line_becomes_a_person_and_facts(tmp_path: Path) -> None:
    line = "A1;Durand;Zoé;31/12/1980;mcu ph;Titulaire;2015-09-01;01/09/2018;;Praticien hospitalier;CHU;Cardiologie\n"

    ((agent, _),) = plan(tmp_path, FULL + line).ready

    assert agent.matricule == "A1"
    assert agent.person["family_name"] == "Durand"
    assert agent.person["birth_date"] == date(1980, 12, 31)
    assert agent.person["establishment"] == "CHU"
    assert agent.facts == AgentFacts(
        corps="MCU-PH",
        statut="titulaire",
        hu_entry_on=date(2015, 9, 1),
        chu_since=date(2018, 9, 1),
        corps_origine="Praticien hospitalier",
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_encoding_and_separator_of_spreadsheets_is_read(
    tmp_path: Path, encoding: str, separator: str, end: str
) -> None:
    text = f"matricule;nom;prénom{end}A1;Éloïse-Côté;Zoé{end}".replace(";", separator)

    ((agent, _),) = plan(tmp_path, text.encode(encoding)).ready

    assert agent.person["family_name"] == "Éloïse-Côté"


def test_headings_are_known_whatever_their_case_accents_and_punctuation(tmp_path: Path) -> None:
    head = "N° MATRICULE;Nom de famille;PRENOM;DATE_NAISSANCE;Date d'entree HU\n"

    ((agent, _),) = plan(tmp_path, head + "A1;Durand;Zoé;01/02/1980;01/09/2015\n").ready

    assert agent.person["birth_date"] == date(1980, 2, 1)
    assert agent.facts.hu_entry_on == date(2015, 9, 1)


def test_no_heading_means_two_things() -> None:
    said = [plain(heading) for headings in HEADINGS.values() for heading in headings]

    assert len(said) == len(set(said))


def test_unknown_columns_are_left_aside_and_said(tmp_path: Path) -> None:
    assert plan(tmp_path, "matricule;nom;prénom;humeur\nA1;Durand;Zoé;bonne\n").ignored == ("humeur",)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "fichier vide"),
        (b"\n\n", "fichier vide"),
        (b"PK\x03\x04\0\0", "pas un fichier CSV"),
        ("matricule;nom\n".encode("utf-16"), "pas un fichier CSV"),
        (b"matricule;nom\n\x81\x8d", "ni UTF-8 ni Windows-1252"),
        (b"nom;matricule\nDurand;A1\n", "colonne absente : prénom"),
        (b"matricule;nom;prenom;Nom de famille\n", "disent la même chose"),
        (b'matricule;nom;prenom\nA1;"Durand;Zoe\n', "guillemets"),
    ],
)
def test_a_file_that_is_not_a_list_of_agents_is_said_so(tmp_path: Path, content: bytes, reason: str) -> None:
    with pytest.raises(NotASheet, match=reason):
        plan(tmp_path, content)


def test_a_missing_file_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(NotASheet, match="illisible"):
        read_agents(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("line", "column", "code"),
    [
        (";Durand;Zoé;", "Matricule", "missing"),
        ("A 1;Durand;Zoé;", "Matricule", "matricule_invalid"),
        ("A1;;Zoé;", "Nom", "missing"),
        ("A1;Durand;Zoé;Évêque", "Corps", "corps_invalid"),
        (f"A1;{'x' * 201};Zoé;", "Nom", "family_name_invalid"),
        ("A1;Du\x07rand;Zoé;", "Nom", "family_name_invalid"),
        ("A1;Durand;Zoé;PU-PH;surplus", "", "too_wide"),
    ],
)
def test_a_bad_cell_is_named_by_line_column_value_and_code(tmp_path: Path, line: str, column: str, code: str) -> None:
    found = flaw(tmp_path, line)

    assert (found.line, found.column, found.code) == (2, column, code)


@pytest.mark.parametrize(
    ("dates", "code"),
    [
        ("30/02/1980;;", "birth_date_invalid"),
        ("01/01/80;;", "birth_date_invalid"),
        ("01/01/1800;;", "birth_date_invalid"),
        ("01/01/1990;01/01/1990;", "hu_entry_on_invalid"),
        (";01/01/2020;31/12/2019", "nomination_ends_on_invalid"),
    ],
)
def test_a_bad_date_is_said_so(tmp_path: Path, dates: str, code: str) -> None:
    head = "matricule;nom;prénom;naissance;entrée HU;fin de nomination\n"

    assert flaw(tmp_path, f"A1;Durand;Zoé;{dates}", head).code == code


@pytest.mark.parametrize("given", ["31/12/2024", "31-12-2024", "31.12.2024", "2024-12-31", "2024-12-31 00:00:00"])
def test_dates_are_read_as_offices_write_them(given: str) -> None:
    assert civil_date(given) == date(2024, 12, 31)


def test_all_the_flaws_of_a_line_are_said_at_once(tmp_path: Path) -> None:
    found = plan(tmp_path, HEAD + ";;Zoé;Évêque\n").flaws

    assert [one.column for one in found] == ["Matricule", "Nom", "Corps"]


def test_a_repeated_line_is_known_and_a_contradiction_is_a_flaw(tmp_path: Path) -> None:
    lines = "A1;Durand;Zoé;PU-PH\nA1;Durand;Zoé;PUPH\nA1;Durand;Zoé;CCA\n"

    read = plan(tmp_path, HEAD + lines)

    assert read.known == 1
    assert [(one.line, one.code) for one in read.flaws] == [(4, "matricule_twice")]
    assert read.summary == "3 lignes : 1 prête, 1 en erreur, 1 déjà connue"


def test_the_file_of_errors_keeps_the_columns_and_runs_no_formula(tmp_path: Path) -> None:
    read = plan(tmp_path, 'Matricule;Nom;Prénom;Corps\nA1;=HYPERLINK("x");+Zoé;Évêque\n'.replace('"', ""))
    write_errors(tmp_path / "errors.csv", read.sheet, read.lines_in_error())

    head, line = (tmp_path / "errors.csv").read_text(encoding="utf-8-sig").splitlines()
    assert head == "Matricule;Nom;Prénom;Corps;erreur"
    assert line.startswith("A1;'=HYPERLINK(x);'+Zoé;Évêque;Corps : corps inconnu")


def test_fifty_thousand_lines_are_read_and_one_more_is_refused(tmp_path: Path) -> None:
    lines = [f"A{number};Durand;Zoé;PU-PH" for number in range(50_001)]

    assert len(plan(tmp_path, HEAD + "\n".join(lines[:-1])).ready) == 50_000
    with pytest.raises(NotASheet, match="50000"):
        plan(tmp_path, HEAD + "\n".join(lines))
