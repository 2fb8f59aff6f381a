"""The service: what is due falls first, each command is decided once, a fault stops one case."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from service.time_world import PARIS, StillClock, World, broken, opened

from adapters.clock import Clock, ClockGoesBack, DemoClock, DemoDatabase, refuse_moved
from adapters.embedded.postgres import Databases
from adapters.service import Actor, DateInFuture, Stale, Stopped
from adapters.store import canonical
from adapters.store.connection import KeyReused, UnknownCommand
from adapters.store.ids import case_id, deadline_command_id
from domain.kernel import Outcome, Rejection
from domain.simulation import InputError

pytestmark = pytest.mark.service


@pytest.fixture
async def world(store: Databases) -> AsyncIterator[World]:
    async with opened(store.app_dsn, StillClock(date(2026, 11, 1))) as made:
        yield made


async def granted(world: World) -> UUID:
    """An agent at 80 % from 1 January 2025."""
    agent = await world.agent()
    await world.part_time(agent)
    return agent


# -- Deciding ----------------------------------------------------------------------------------------


async def test_an_accepted_command_gives_its_events_and_the_alarm_of_its_case(world: World) -> None:
    agent = await granted(world)
    handled = await world.done(agent, "2025-03-01", "part_time.oppose_renewal", "TP1", by="agent")

    assert handled.result == "accepted"
    assert [one for one in await world.events(agent) if one.command_id == handled.command_id] == list(handled.events)
    assert handled.events[0].event.name() == "PartTimeRenewalOpposed"
    (ring,) = handled.rings
    assert (ring.case_id, ring.ref, ring.procedure) == (case_id(agent, "TP1"), "TP1", "part_time")
    assert ring.next_due == date(2026, 1, 1)
    assert not ring.over


async def test_what_is_due_falls_first_each_deadline_with_its_own_command_and_day(world: World) -> None:
    agent = await granted(world)
    handled = await world.done(agent, "2026-02-01", "part_time.oppose_renewal", "TP1", by="agent")

    (renewed,) = [one for one in await world.events(agent) if one.event.name() == "PartTimeRenewedTacitly"]
    assert (renewed.event.on, renewed.event.acted_on) == (date(2026, 1, 1), date(2026, 1, 1))
    assert renewed.command_id == deadline_command_id(agent, "TP1", "part_time_tacit_renewal", date(2026, 1, 1))
    row = await world.register.command(renewed.command_id)
    assert row is not None
    assert (row.type, row.acted_on, row.actor) == ("deadline", date(2026, 1, 1), "greffe")
    assert renewed.seq < handled.events[0].seq
    assert renewed.command_id not in {one.command_id for one in handled.events}


async def test_what_a_command_makes_due_on_its_own_day_falls_at_once(world: World) -> None:
    agent = await world.agent()
    handled = await world.done(agent, "2026-03-01", "trap.open", "T1", term="2026-03-01")

    assert await world.days(agent, "TrapSprung") == ["2026-03-01"]
    assert "TrapSprung" not in [one.event.name() for one in handled.events]
    assert handled.version == await world.register.stream_version(agent)


async def test_the_same_command_again_gives_its_first_outcome(world: World) -> None:
    agent = await granted(world)
    row = await world.asked(agent, "2025-03-01", "part_time.oppose_renewal", "TP1", by="agent")
    first = await world.service.handle(row.command_id)
    await world.done(agent, "2026-02-01", "part_time.amend", "TP1", quotite=60, effective_on="2026-06-01")
    again = await world.service.handle(row.command_id)

    assert again.replayed
    assert not first.replayed
    assert again.events == first.events
    assert again.version > first.version
    assert await world.service.outcome(row.command_id) is not None


async def test_a_refusal_is_kept_as_an_outcome_and_not_as_an_event(world: World) -> None:
    agent = await world.agent()
    before = await world.events(agent)
    row = await world.asked(
        agent, "2024-11-04", "part_time.request", "TP1", quotite=95, starts_on="2025-01-01", months=12
    )
    handled = await world.service.handle(row.command_id)

    assert handled.result == "rejected"
    assert handled.rejection is not None
    assert handled.rejection["code"] == "quotite_not_allowed"
    assert handled.rejection["basis"]
    assert handled.rejection["violations"][0]["found"] == 95
    assert any(check["met"] for check in handled.checks)
    assert await world.events(agent) == before
    assert (await world.service.handle(row.command_id)).rejection == handled.rejection


async def test_a_command_that_was_never_received_does_nothing(world: World) -> None:
    with pytest.raises(UnknownCommand):
        await world.service.handle(uuid4())


# -- Receiving ---------------------------------------------------------------------------------------


async def test_an_act_is_not_dated_after_today(world: World) -> None:
    with pytest.raises(DateInFuture) as refused:
        await world.asked(uuid4(), "2026-11-02", "agent.register", facts={})
    assert refused.value.today == date(2026, 11, 1)


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"type": "part_time.fly"}, "type"),
        ({"type": "part_time.withdraw", "case": "TP1", "expected_version": 3}, "expected_version"),
        ({"type": "part_time.request", "case": "TP1", "quotite": "80", "starts_on": "2025-01-01"}, "quotite"),
    ],
)
async def test_a_command_of_another_shape_is_not_kept(world: World, fields: dict[str, object], path: str) -> None:
    with pytest.raises(InputError) as refused:
        await world.service.receive(uuid4(), fields, date(2026, 1, 1), _clerk(), "k1", "r1")
    assert refused.value.path == path
    assert await world.register.undecided(datetime.now(UTC) + timedelta(days=1)) == []


def _clerk() -> Actor:
    return Actor("u-1", "gestionnaire")


async def test_a_key_is_for_one_command(world: World) -> None:
    agent = await world.agent()
    asked = {"case": "T1", "term": "2027-01-01"}
    first = await world.asked(agent, "2026-01-01", "trap.open", key="k1", **asked)
    assert await world.asked(agent, "2026-01-01", "trap.open", key="k1", **asked) == first
    with pytest.raises(KeyReused):
        await world.asked(agent, "2026-01-01", "trap.open", key="k1", case="T1", term="2027-01-02")


async def test_what_people_type_is_kept_in_one_writing(world: World) -> None:
    agent = await world.agent()
    row = await world.asked(agent, "2026-01-01", "agent.record_facts", facts={"corps_origine": "e\u0301tat"})
    assert canonical.loads(row.body)["facts"]["corps_origine"] == "\u00e9tat"


# -- The version expected ----------------------------------------------------------------------------


async def test_a_command_made_on_another_version_is_stale_and_stays_so(world: World) -> None:
    agent = await granted(world)
    seen = await world.register.stream_version(agent)
    row = await world.asked(agent, "2026-02-01", "part_time.oppose_renewal", "TP1", by="agent", expected_version=seen)
    for _ in range(2):
        with pytest.raises(Stale) as stale:
            await world.service.handle(row.command_id)
        assert stale.value.expected_version == seen
        names = [one.event.name() for one in stale.value.events_since]
        assert "PartTimeRenewedTacitly" in names
        assert stale.value.current_version == seen + len(names)
        await world.done(agent, "2026-02-02", "agent.record_facts", facts={"statut": "titulaire"})
    assert await world.days(agent, "PartTimeRenewalOpposed") == []


async def test_a_command_made_on_the_present_version_is_decided(world: World) -> None:
    agent = await granted(world)
    seen = await world.register.stream_version(agent)
    handled = await world.done(
        agent, "2025-02-01", "part_time.oppose_renewal", "TP1", by="agent", expected_version=seen
    )
    assert handled.result == "accepted"


# -- Deadlines ---------------------------------------------------------------------------------------


async def test_deadlines_fall_once_on_their_day_however_late_and_however_many_ask(world: World) -> None:
    agent = await granted(world)
    rings = await asyncio.gather(*(world.service.lapse(agent, date(2029, 1, 1)) for _ in range(6)))

    assert await world.days(agent, "PartTimeRenewedTacitly") == ["2026-01-01", "2027-01-01"]
    assert await world.days(agent, "PartTimeLapsed") == ["2028-01-01"]
    assert any(rings)
    assert await world.service.lapse(agent, date(2029, 1, 1)) == ()


async def test_writers_of_one_subject_wait_for_each_other(world: World) -> None:
    agent = await granted(world)
    rows = [await world.asked(agent, "2026-10-01", "trap.open", f"T{n}", term=f"2026-{n:02}-15") for n in range(1, 13)]
    lapses = [asyncio.create_task(world.service.lapse(agent, date(2026, 10, n))) for n in range(1, 5)]
    handled = await asyncio.gather(*(world.service.handle(row.command_id) for row in rows for _ in range(2)))
    await asyncio.gather(*lapses)
    await world.service.lapse(agent, date(2026, 12, 31))

    history = await world.events(agent)
    assert [one.seq for one in history] == list(range(1, len(history) + 1))
    assert {one.result for one in handled} == {"accepted"}
    assert len(await world.days(agent, "TrapOpened")) == 12
    assert sorted(await world.days(agent, "TrapSprung")) == [f"2026-{n:02}-15" for n in range(1, 13)]


async def test_a_case_moved_by_another_is_rung(world: World) -> None:
    agent = await world.agent(corps="MCU-PH", statut="stagiaire")
    await world.done(agent, "2024-09-01", "stage.open", "ST1", starts_on="2024-09-01")
    handled = await world.part_time(agent)

    moved = {ring.ref: ring.next_due for ring in handled.rings}
    assert set(moved) == {"TP1", "ST1"}
    assert moved["ST1"] is not None


# -- Faults of the program ---------------------------------------------------------------------------


async def test_a_fault_stops_its_case_alone_and_its_repair_lets_the_command_through(world: World) -> None:
    ill, well = await world.agent(), await world.agent()
    for agent in (ill, well):
        await world.done(agent, "2026-01-01", "trap.open", "T1", term="2027-01-01")
    row = await world.asked(ill, "2026-02-01", "trap.pull", "T1")
    broken.add("decide")
    for _ in range(2):
        with pytest.raises(Stopped) as stopped:
            await world.service.handle(row.command_id)
        assert (stopped.value.subject_id, stopped.value.case_ref) == (ill, "T1")
    assert (
        await world.done(well, "2026-02-01", "agent.record_facts", facts={"statut": "titulaire"})
    ).result == "accepted"
    (fault,) = await world.register.stopped_cases()
    assert (fault.subject_id, fault.case_ref) == (ill, "T1")
    assert "KeyError: 'decide'" in fault.error
    await world.service.lapse(ill, date(2026, 3, 1))
    assert len(await world.register.stopped_cases()) == 1, "a deadline that falls does not repair a command"

    broken.clear()
    assert (await world.service.handle(row.command_id)).result == "accepted"
    assert await world.register.stopped_cases() == []


async def test_a_deadline_that_cannot_fall_stops_its_case_until_it_can(world: World) -> None:
    ill = await world.agent()
    await world.done(ill, "2026-01-01", "trap.open", "T1", term="2026-03-01")
    broken.add("lapse")
    with pytest.raises(Stopped):
        await world.service.lapse(ill, date(2026, 3, 1))
    with pytest.raises(Stopped) as stopped:
        await world.done(ill, "2026-04-01", "agent.record_facts", facts={"statut": "titulaire"})
    assert stopped.value.case_ref == "T1"

    broken.clear()
    await world.service.lapse(ill, date(2026, 4, 1))
    assert await world.days(ill, "TrapSprung") == ["2026-03-01"]
    assert await world.register.stopped_cases() == []


async def test_a_history_that_cannot_be_folded_stops_the_case_that_asks(world: World) -> None:
    ill = await world.agent()
    await world.done(ill, "2026-01-01", "trap.open", "T1", term="2027-03-01")
    await world.done(ill, "2026-01-02", "trap.pull", "T1")
    broken.add("evolve")
    with pytest.raises(Stopped):
        await world.service.lapse(ill, date(2026, 3, 1), "T1")
    (fault,) = await world.register.stopped_cases()
    assert (fault.case_ref, fault.error) == ("T1", "history: KeyError: 'evolve'")


# -- Reading -----------------------------------------------------------------------------------------


async def test_a_subject_is_read_as_recorded_then_and_as_it_will_be(world: World) -> None:
    agent = await world.agent()
    between = (await world.events(agent))[-1].recorded_at
    await world.part_time(agent)
    before = len(await world.events(agent))

    assert "TP1" not in (await world.service.subject(agent, recorded_at=between)).cases
    assert (await world.service.subject(agent)).cases["TP1"].status == "granted"
    later = await world.service.subject(agent, effective_on=date(2028, 1, 1))
    assert later.cases["TP1"].closed or later.cases["TP1"].status == "lapsed"
    assert (await world.service.subject(uuid4())).version == 0
    assert len(await world.events(agent)) == before


async def test_a_check_says_what_the_law_would_and_records_nothing(world: World) -> None:
    agent = await granted(world)
    before = await world.events(agent)
    oppose = {"type": "part_time.oppose_renewal", "case": "TP1", "by": "agent"}
    assert isinstance(await world.service.check(agent, oppose, date(2026, 2, 1)), Outcome)
    refused = await world.service.check(agent, {**oppose, "case": "TP9"}, date(2026, 2, 1))
    assert isinstance(refused, Rejection)
    assert refused.code == "unknown_case"
    assert await world.events(agent) == before


# -- The clock ---------------------------------------------------------------------------------------


async def test_alarms_ring_at_midnight_in_the_establishment_and_not_all_at_once() -> None:
    clock = Clock(PARIS)
    instants = {await clock.instant(date(2026, 9, 1), UUID(int=n * 37)) for n in range(100)}
    midnight = datetime(2026, 8, 31, 22, tzinfo=UTC)
    assert len(instants) == 100
    assert all(timedelta() <= instant - midnight < timedelta(minutes=10) for instant in instants)


async def test_a_demonstration_moves_forward_only_and_rings_on_its_own_time(world: World) -> None:
    clock = DemoClock(world.register.pool, PARIS)
    real = await Clock(PARIS).today()
    assert await clock.today() == real
    await refuse_moved(world.register.pool)

    await clock.move_to(real + timedelta(days=400))
    assert await clock.today() == real + timedelta(days=400)
    rings_at = await clock.instant(real + timedelta(days=401), uuid4())
    tomorrow = real + timedelta(days=1)
    assert rings_at.astimezone(PARIS) == datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=PARIS)
    with pytest.raises(ClockGoesBack):
        await clock.move_to(real + timedelta(days=399))
    with pytest.raises(DemoDatabase):
        await refuse_moved(world.register.pool)
