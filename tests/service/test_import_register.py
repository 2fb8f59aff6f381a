"""An import against the base: all or nothing, and once for ever."""

from datetime import date
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from adapters.clock import Clock
from adapters.imports.journey import Plan, against_base, read_agents, record
from adapters.service import Actor, Service
from adapters.store.mapper import EventMapper
from adapters.store.persons import Person, Persons
from adapters.store.register import Register
from domain.agents.career import AgentRegistered
from domain.law.editions import current
from domain.procedures import REGISTRY

pytestmark = pytest.mark.service

CLERK = Actor("test", "gestionnaire")
HEAD = "matricule;nom;prénom;corps;naissance\n"


@pytest.fixture
def mapper() -> EventMapper:
    return EventMapper(REGISTRY)


@pytest.fixture
def service(register: Register) -> Service:
    return Service(register, current(), Clock(ZoneInfo("Europe/Paris")))


@pytest.fixture
def persons(register: Register) -> Persons:
    return Persons(register.pool)


async def checked(tmp_path: Path, service: Service, persons: Persons, lines: str) -> Plan:
    file = tmp_path / "export.csv"
    file.write_text(HEAD + lines)
    return await against_base(read_agents(file), service, persons)


async def imported(tmp_path: Path, service: Service, persons: Persons, lines: str) -> Plan:
    plan = await checked(tmp_path, service, persons, lines)
    await record(plan, service, persons, CLERK, lambda _: None)
    return plan


async def test_each_line_opens_a_dossier_that_says_where_it_comes_from(
    tmp_path: Path, service: Service, persons: Persons
) -> None:
    await imported(tmp_path, service, persons, "A1;Durand;Zoé;PU-PH;31/12/1980\nA2;Petit;Léa;CCA;\n")

    person = await persons.by_matricule("A1")
    assert person is not None
    assert (person.family_name, person.birth_date) == ("Durand", date(1980, 12, 31))
    (opened,) = await service.history(person.subject_id)
    assert isinstance(opened.event, AgentRegistered)
    assert opened.event.facts.corps == "PU-PH"
    assert opened.event.provenance is not None
    assert opened.event.provenance.source == "export.csv ligne 2"
    assert opened.event.provenance.evidence == "export"
    assert await persons.by_matricule("A2")


async def test_the_same_file_again_changes_nothing(tmp_path: Path, service: Service, persons: Persons) -> None:
    lines = "A1;Durand;Zoé;PU-PH;31/12/1980\n"
    await imported(tmp_path, service, persons, lines)
    head = await service.register.head()

    again = await imported(tmp_path, service, persons, lines)

    assert again.summary == "1 ligne : 0 prête, 0 en erreur, 1 déjà connue"
    assert await service.register.head() == head


async def test_an_agent_known_otherwise_is_a_flaw_that_says_how(
    tmp_path: Path, service: Service, persons: Persons
) -> None:
    await imported(tmp_path, service, persons, "A1;Durand;Zoé;PU-PH;31/12/1980\n")

    (flaw,) = (await checked(tmp_path, service, persons, "A1;Durant;Zoé;CCA;31/12/1980\n")).flaws

    assert flaw.code == "agent_differs"
    assert "family_name Durant ≠ Durand" in flaw.message
    assert "corps CCA ≠ PU-PH" in flaw.message


async def test_facts_recorded_since_do_not_make_the_export_wrong(
    tmp_path: Path, service: Service, persons: Persons
) -> None:
    lines = "A1;Durand;Zoé;PU-PH;\n"
    await imported(tmp_path, service, persons, lines)
    person = await persons.by_matricule("A1")
    assert person is not None
    body = {"type": "agent.record_facts", "facts": {"corps": "MCU-PH"}}
    row = await service.receive(person.subject_id, body, date(2026, 1, 1), CLERK, "k", "r")
    await service.handle(row.command_id)

    assert (await checked(tmp_path, service, persons, lines)).known == 1


async def test_an_import_that_was_interrupted_goes_on(tmp_path: Path, service: Service, persons: Persons) -> None:
    subject_id = UUID(int=7)
    await persons.put(Person(subject_id, "Durand", "Zoé", "export.csv ligne 2", matricule="A1"))

    plan = await imported(tmp_path, service, persons, "A1;Durand;Zoé;PU-PH;\nA2;Petit;Léa;;\n")

    assert [subject for agent, subject in plan.ready if agent.matricule == "A1"] == [subject_id]
    assert await service.register.stream_version(subject_id) == 1
