"""The invented dossiers: every state is there, every act is real, nothing real is touched."""

import time
from datetime import date, timedelta
from typing import get_args
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from adapters.clock import DemoClock
from adapters.sandbox import load as sandbox
from adapters.sandbox.load import FIRST_DAY, NotASandbox, load
from adapters.sandbox.scenes import scenes
from adapters.service import Service
from adapters.store.mapper import EventMapper
from adapters.store.persons import Person, Persons
from adapters.store.register import Register
from adapters.store.verify import verify
from domain.kernel import Armed, Subject
from domain.law.editions import current
from domain.procedures import REGISTRY, part_time, stage

pytestmark = pytest.mark.service

# Never reached by the scenes: they need an act that no procedure of this edition decides.
UNSEEN = {"stage": {"closed", "last_year_completed"}, "part_time": set[str]()}
ASKED_AND_REFUSED = {
    "changement demandé, préavis d'abord manqué": {"notice_too_short"},
    "deux demandes irrecevables": {"quotite_not_allowed", "period_too_short"},
    "demande au-delà de la nomination": {"beyond_nomination_term"},
}


@pytest.fixture
def mapper() -> EventMapper:
    return EventMapper(REGISTRY)


@pytest.fixture
def persons(register: Register) -> Persons:
    return Persons(register.pool)


@pytest.fixture
def clock(register: Register) -> DemoClock:
    return DemoClock(register.pool, ZoneInfo("Europe/Paris"))


@pytest.fixture
def service(register: Register, clock: DemoClock) -> Service:
    return Service(register, current(), clock)


async def subjects(service: Service) -> list[Subject]:
    return [await service.subject(subject_id) for subject_id in await service.register.subjects()]


async def test_every_state_of_both_procedures_is_shown(service: Service, persons: Persons, clock: DemoClock) -> None:
    await load(service, persons, clock)

    cases = [case for subject in await subjects(service) for case in subject.cases.values() if case.state]
    for name, statuses in (("part_time", get_args(part_time.Status)), ("stage", get_args(stage.Status))):
        seen = {case.status for case in cases if case.procedure.name == name}
        assert seen == set(statuses) - UNSEEN[name]


async def test_it_loads_quickly_and_its_chain_holds(service: Service, persons: Persons, clock: DemoClock) -> None:
    begun = time.monotonic()

    loaded = await load(service, persons, clock)

    assert time.monotonic() - begun < 20
    assert loaded is not None
    assert loaded.dossiers == len(scenes(FIRST_DAY)) >= 40
    assert (await verify(service.register.pool)).intact


async def test_only_what_a_scene_wants_refused_is_refused(service: Service, persons: Persons, clock: DemoClock) -> None:
    await load(service, persons, clock)

    cast = scenes(await clock.today())
    rows = await service.register.pool.fetch(
        """SELECT p.matricule, convert_from(o.body, 'UTF8')::json->>'code' AS code FROM outcomes o
           JOIN commands c USING (command_id) JOIN person p USING (subject_id) WHERE o.result <> 'accepted'"""
    )
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(cast[int(row["matricule"][-4:]) - 1].situation, set()).add(row["code"])
    assert found == ASKED_AND_REFUSED


async def test_the_agenda_has_something_late_this_week_and_this_month(
    service: Service, persons: Persons, clock: DemoClock
) -> None:
    await load(service, persons, clock)

    today = await clock.today()
    armed: list[Armed] = [one for subject in await subjects(service) for one in subject.armed.values()]
    to_come = [one.deadline.due for one in armed if not one.fallen]
    assert sum(one.fallen for one in armed) >= 3
    assert sum(due <= today + timedelta(days=7) for due in to_come) >= 3
    assert sum(due <= today + timedelta(days=31) for due in to_come) >= 6
    assert min(to_come) > today


@pytest.mark.parametrize("day", [date(2028, 2, 29), date(2028, 3, 31), date(2030, 12, 31), date(2031, 8, 30)])
def test_scenes_are_told_around_any_day(day: date) -> None:
    for agent in scenes(day):
        assert all(act.le <= day for act in agent.actes)


async def test_loading_again_does_nothing_and_an_interrupted_load_goes_on(
    service: Service, persons: Persons, clock: DemoClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await load(service, persons, clock, stop)
    first = await service.register.subjects()
    await clock.move_to(await clock.today() + timedelta(days=40))

    assert await load(service, persons, clock) is not None
    head = await service.register.head()
    assert (await service.register.subjects())[:1] == first
    assert await load(service, persons, clock) is None
    assert await service.register.head() == head


def test_a_seed_always_gives_the_same_people() -> None:
    told = scenes(FIRST_DAY)

    assert list(sandbox._cast(told, 1)) == list(sandbox._cast(told, 1))
    assert [one for one, _ in sandbox._cast(told, 1)] != [one for one, _ in sandbox._cast(told, 2)]


async def test_a_base_with_real_dossiers_is_refused(service: Service, persons: Persons, clock: DemoClock) -> None:
    await persons.put(Person(UUID(int=1), "Durand", "Zoé", "export.csv ligne 2", matricule="A1"))

    with pytest.raises(NotASandbox):
        await load(service, persons, clock)

    assert await service.register.head() == 0


async def test_dossiers_added_to_a_demonstration_do_not_close_it(
    service: Service, persons: Persons, clock: DemoClock
) -> None:
    await load(service, persons, clock)
    await persons.put(Person(UUID(int=1), "Durand", "Zoé", "export.csv ligne 2", matricule="A1"))

    assert await load(service, persons, clock) is None
