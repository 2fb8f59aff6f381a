"""What happens when a worker, Temporal or the law's code fails: nothing is lost, nothing is done twice."""

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from service.time_world import PARIS, StillClock, World, broken, opened, until
from temporalio.client import Client, WorkflowExecutionStatus

from adapters.clock import Clock, DemoClock
from adapters.embedded.postgres import Databases
from adapters.embedded.temporal import EmbeddedTemporal
from adapters.service import Handled, Stopped
from adapters.store.ids import case_id
from adapters.temporal.client import CONVERTER, Accepted, Desk, NotDemonstration, connect
from adapters.temporal.rearm import SCHEDULE, Alarms
from adapters.temporal.worker import case_worker
from workflows.case import CASE_KIND, CASE_STATE, ESTABLISHMENT, NEXT_DUE
from workflows.messages import Reconciled, workflow_id

pytestmark = [pytest.mark.service, pytest.mark.slow]

QUEUE = "faults"
TODAY = date(2026, 11, 1)


@pytest.fixture
def temporal() -> Iterator[EmbeddedTemporal]:
    with tempfile.TemporaryDirectory(prefix="greffe-temporal-") as root:
        server = EmbeddedTemporal(Path(root))
        server.start()
        yield server
        server.stop()


@dataclass
class Office(World):
    """A world with a desk and a real Temporal server."""

    client: Client
    clock: StillClock
    desk: Desk

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        client = await Client.connect(self.client.service_client.config.target_host, data_converter=CONVERTER)
        async with case_worker(client, self.service, Alarms(client, self.service, QUEUE), QUEUE):
            yield

    async def sent(self, subject_id: UUID, on: str, type: str, case: str, **fields: Any) -> Handled | Accepted:
        return await self.desk.submit(await self.asked(subject_id, on, type, case, **fields))

    async def trap(self, subject_id: UUID, case: str, term: str) -> None:
        handled = await self.sent(subject_id, "2026-10-01", "trap.open", case, term=term)
        assert isinstance(handled, Handled)
        assert handled.result == "accepted"

    async def sprung(self, subject_id: UUID) -> list[str]:
        return await self.days(subject_id, "TrapSprung")

    async def shown(self, subject_id: UUID, ref: str) -> dict[str, Any]:
        described = await self.client.get_workflow_handle(workflow_id(case_id(subject_id, ref))).describe()
        known = described.typed_search_attributes
        keys = (CASE_KIND, CASE_STATE, ESTABLISHMENT, NEXT_DUE)
        return {"status": described.status, **{key.name: known.get(key) for key in keys}}


@asynccontextmanager
async def office_of(dsn: str, temporal: EmbeddedTemporal, clock: Clock) -> AsyncIterator[Office]:
    async with opened(dsn, clock) as world:
        client = await connect(temporal.address)
        desk = Desk(client, world.service, QUEUE, patience=timedelta(seconds=3))
        yield Office(world.register, world.service, client, clock, desk)  # type: ignore[arg-type]


@pytest.fixture
async def office(store: Databases, temporal: EmbeddedTemporal) -> AsyncIterator[Office]:
    async with office_of(store.app_dsn, temporal, StillClock(TODAY)) as made:
        yield made


# -- The worker --------------------------------------------------------------------------------------


async def test_a_worker_killed_between_append_and_word_of_it_leaves_one_event(
    office: Office, store: Databases, temporal: EmbeddedTemporal
) -> None:
    agent = await office.agent()
    script = Path(__file__).with_name("time_worker.py")
    root = script.parent.parent
    arguments = [sys.executable, str(script), store.app_dsn, temporal.address, QUEUE, "die"]
    doomed = await asyncio.create_subprocess_exec(*arguments, env={"PYTHONPATH": f"{root.parent}:{root}"})
    row = await office.asked(agent, "2026-10-01", "trap.open", "T1", term="2026-10-15")
    first = await office.desk.submit(row)
    assert await asyncio.wait_for(doomed.wait(), 30) == -signal.SIGKILL
    assert await office.register.outcome(row.command_id) is not None, "it died after the append"

    async with office.working():
        await until(lambda: office.sprung(agent), ["2026-10-15"], patience=60)
        again = await office.desk.submit(row)
    assert isinstance(again, Handled)
    assert isinstance(first, Accepted) or first.events == again.events
    assert await office.days(agent, "TrapOpened") == ["2026-10-01"]
    history = await office.client.get_workflow_handle(workflow_id(case_id(agent, "T1"))).fetch_history()
    assert sum(event.HasField("workflow_execution_update_completed_event_attributes") for event in history.events) == 1


async def test_a_command_without_a_worker_is_accepted_and_swept(office: Office) -> None:
    agent = await office.agent()
    office.desk._patience = timedelta(milliseconds=300)
    row = await office.asked(agent, "2026-10-01", "trap.open", "T1", term="2026-10-15")
    assert await office.desk.submit(row) == Accepted(row.command_id)
    assert office.desk.degraded_since is None
    await office.desk.sweep()
    assert await office.register.outcome(row.command_id) is None, "a command on its way is left to Temporal at first"

    await swept(office, row.command_id)
    assert await office.days(agent, "TrapOpened") == ["2026-10-01"]
    async with office.working():
        await until(lambda: office.sprung(agent), ["2026-10-15"])
    assert await office.days(agent, "TrapOpened") == ["2026-10-01"]


async def swept(office: Office, command_id: UUID) -> None:
    """Sweep as if the command had waited long enough."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("adapters.temporal.client.UNDELIVERED", timedelta())
        await office.desk.sweep()
    assert await office.register.outcome(command_id) is not None


# -- Temporal ----------------------------------------------------------------------------------------


async def test_an_operator_sees_codes_and_dates(office: Office) -> None:
    agent = await office.agent()
    async with office.working():
        await office.trap(agent, "T1", "2026-12-15")
        shown = await office.shown(agent, "T1")
        assert shown.pop("NextDue").date() == date(2026, 12, 15)
        assert shown == {
            "status": WorkflowExecutionStatus.RUNNING,
            "CaseKind": "trap",
            "CaseState": "set",
            "Establishment": "chu-test",
        }
        office.clock.day = date(2026, 12, 15)
        (ring,) = [ring for ring in await office.service.rings(agent) if ring.ref == "T1"]
        await office.desk.ring(ring)
        await until(lambda: office.sprung(agent), ["2026-12-15"])

        async def next_due() -> object:
            return (await office.shown(agent, "T1"))["NextDue"]

        await until(next_due, None)


async def test_without_temporal_commands_are_decided_and_alarms_set_when_it_is_back(
    office: Office, temporal: EmbeddedTemporal
) -> None:
    agent = await office.agent()
    async with office.working():
        await office.trap(agent, "T1", "2026-12-15")
        temporal.stop()
        await office.trap(agent, "T2", "2026-12-16")
        assert office.desk.degraded_since is not None
        await office.trap(agent, "T3", "2026-12-17")
        await office.desk.sweep()
        assert office.desk.degraded_since is not None

        temporal.start()

        await until(lambda: _recovered(office), True, patience=30)
        for ref, day in (("T2", 16), ("T3", 17)):
            await until(lambda ref=ref: _running(office, agent, ref), True)  # type: ignore[misc]
            assert (await office.shown(agent, ref))["NextDue"].date() == date(2026, 12, day)
        assert (await office.desk.difference()).none


async def test_a_temporal_that_hangs_is_not_waited_for(office: Office, temporal: EmbeddedTemporal) -> None:
    agent = await office.agent()
    office.desk._patience = timedelta(seconds=1)
    async with office.working():
        await office.trap(agent, "T1", "2026-12-15")
        os.kill(temporal.pid, signal.SIGSTOP)
        try:
            await office.trap(agent, "T2", "2026-12-16")
            assert office.desk.degraded_since is not None
        finally:
            os.kill(temporal.pid, signal.SIGCONT)
        await until(lambda: _recovered(office), True, patience=30)
        await until(lambda: _difference(office), (2, 2, 0, 0))
    assert await office.days(agent, "TrapOpened") == ["2026-10-01"] * 2


async def _recovered(office: Office) -> bool:
    await office.desk.sweep()
    return office.desk.degraded_since is None


async def _running(office: Office, agent: UUID, ref: str) -> bool:
    async for execution in office.client.list_workflows("ExecutionStatus = 'Running'"):
        if execution.id == workflow_id(case_id(agent, ref)):
            return execution.typed_search_attributes.get(NEXT_DUE) is not None
    return False


async def test_when_temporal_has_lost_all_the_store_sets_every_alarm_again(
    office: Office, temporal: EmbeddedTemporal
) -> None:
    agents = [await office.agent() for _ in range(20)]
    async with office.working():
        for n, agent in enumerate(agents):
            await office.trap(agent, "T1", f"2026-12-{n + 1:02}")
        await until(lambda: _difference(office), (20, 20, 0, 0))
        temporal.wipe()
        temporal.start()
        office.clock.day = date(2026, 12, 5)
        assert await _difference(office) == (20, 0, 20, 0)

        told: list[tuple[int, int]] = []
        report = await office.desk.rearm(lambda done, total: told.append((done, total)))
        assert (report.recorded, report.started, report.rung) == (20, 20, 0)
        assert told[-1] == (20, 20)
        for n, agent in enumerate(agents[:5]):
            await until(lambda agent=agent: office.sprung(agent), [f"2026-12-{n + 1:02}"])  # type: ignore[misc]
        await until(lambda: _difference(office), (15, 15, 0, 0))

        again = await office.desk.rearm()
        assert (again.recorded, again.started, again.rung) == (15, 0, 0)
        assert [len(await office.sprung(agent)) for agent in agents] == [1] * 5 + [0] * 15


async def _difference(office: Office) -> tuple[int, int, int, int]:
    found = await office.desk.difference()
    return (found.recorded, found.armed, len(found.missing), len(found.wrong))


async def test_the_daily_reconciliation_finds_and_repairs_what_is_missing_or_wrong(office: Office) -> None:
    agents = [await office.agent() for _ in range(3)]
    async with office.working():
        for agent in agents:
            await office.trap(agent, "T1", "2026-12-15")
        await until(lambda: _difference(office), (3, 3, 0, 0))
        await office.client.get_workflow_handle(workflow_id(case_id(agents[0], "T1"))).terminate()
        office.clock.day = date(2026, 12, 20)
        await office.service.lapse(agents[1], date(2026, 12, 20))  # and nobody rings
        await until(lambda: _difference(office), (2, 2, 1, 1))

        await office.desk.alarms.schedule()
        await office.desk.alarms.schedule()
        schedule = office.client.get_schedule_handle(SCHEDULE)
        described = await schedule.describe()
        assert described.schedule.spec.time_zone_name == "Europe/Paris"
        await schedule.trigger()
        assert await _reconciled(office) == Reconciled(recorded=2, armed=2, missing=1, wrong=1, unreadable=0)
        await until(lambda: office.sprung(agents[0]), ["2026-12-15"])
        await until(lambda: office.sprung(agents[2]), [])
        await until(lambda: _difference(office), (1, 1, 0, 0))


async def _reconciled(office: Office) -> Reconciled:
    async with asyncio.timeout(20):
        while True:
            async for found in office.client.list_workflows("WorkflowType = 'Reconciliation'"):
                handle = office.client.get_workflow_handle(found.id, run_id=found.run_id, result_type=Reconciled)
                result: Reconciled = await handle.result()
                return result
            await asyncio.sleep(0.05)


# -- The law's code ----------------------------------------------------------------------------------


async def test_a_poisoned_command_stops_its_case_alone(office: Office) -> None:
    ill, well = await office.agent(), await office.agent()
    async with office.working():
        for agent in (ill, well):
            await office.trap(agent, "T1", "2026-12-15")
        broken.add("decide")
        row = await office.asked(ill, "2026-10-02", "trap.pull", "T1")
        for _ in range(2):
            with pytest.raises(Stopped, match="KeyError"):
                await office.desk.submit(row)
        broken.clear()
        broken.add("lapse")
        decided = await office.sent(well, "2026-10-02", "trap.pull", "T1")
        assert isinstance(decided, Handled)
        assert [fault.subject_id for fault in await office.register.stopped_cases()] == [ill]

        broken.clear()
        await swept(office, row.command_id)
        assert await office.days(ill, "TrapPulled") == ["2026-10-02"]
        assert await office.register.stopped_cases() == []
        history = await office.client.get_workflow_handle(workflow_id(case_id(ill, "T1"))).fetch_history()
        assert not any(event.HasField("workflow_task_failed_event_attributes") for event in history.events)


async def test_a_poisoned_deadline_waits_in_its_workflow_and_falls_once_repaired(office: Office) -> None:
    ill, well = await office.agent(), await office.agent()
    async with office.working():
        for agent in (ill, well):
            await office.trap(agent, "T1", "2026-12-15")
        broken.add("lapse")
        office.clock.day = date(2026, 12, 16)
        (ring,) = [ring for ring in await office.service.rings(ill) if ring.ref == "T1"]
        await office.desk.ring(ring)

        async def stopped() -> list[UUID]:
            return [fault.subject_id for fault in await office.register.stopped_cases()]

        await until(stopped, [ill])
        assert (await office.shown(ill, "T1"))["status"] == WorkflowExecutionStatus.RUNNING
        broken.clear()
        await office.desk.ring(ring)
        await until(lambda: office.sprung(ill), ["2026-12-15"])
        await until(stopped, [])


async def test_a_dossier_that_cannot_be_read_is_reported_and_the_others_are_armed(office: Office) -> None:
    ill, well = await office.agent(), await office.agent()
    for agent in (ill, well):
        row = await office.asked(agent, "2026-10-01", "trap.open", "T1", term="2026-12-15")
        await office.service.handle(row.command_id)
    await office.service.handle((await office.asked(ill, "2026-10-02", "trap.pull", "T1")).command_id)
    broken.add("evolve")
    async with office.working():
        report = await office.desk.rearm()
        assert (report.recorded, [stopped.subject_id for stopped in report.unreadable]) == (1, [ill])
        await until(lambda: _running(office, well, "T1"), True)
    assert not (await office.desk.difference()).none


# -- The clock of a demonstration --------------------------------------------------------------------


async def test_moving_the_clock_fires_what_falls_due_in_order_across_subjects(
    store: Databases, temporal: EmbeddedTemporal
) -> None:
    real = await Clock(PARIS).today()

    def in_days(days: int) -> str:
        return (real + timedelta(days=days)).isoformat()

    async with AsyncExitStack() as stack:
        office = await stack.enter_async_context(office_of(store.app_dsn, temporal, Clock(PARIS)))
        clock = DemoClock(office.register.pool, PARIS)
        with pytest.raises(NotDemonstration):
            await office.desk.move_clock(real)
        office.service.clock = clock
        await stack.enter_async_context(office.working())
        agents = [await office.agent() for _ in range(4)]
        for n, agent in enumerate(agents):
            await office.trap(agent, "T1", in_days(10 * (4 - n)))
            await office.trap(agent, "T2", in_days(45 + n))

        steps: list[tuple[date, int]] = []
        moved = await office.desk.move_clock(real + timedelta(days=46), lambda day, rung: steps.append((day, rung)))

        assert await clock.today() == real + timedelta(days=46)
        assert moved.stopped == ()
        fired = [one async for batch in office.register.read_all() for one in batch if one.event.name() == "TrapSprung"]
        expected = [in_days(days) for days in (10, 20, 30, 40, 45, 46)]
        assert [str(one.event.on) for one in fired] == expected
        assert [str(day) for day, _ in steps[:-1]] == expected
        history = await office.client.get_workflow_handle(workflow_id(case_id(agents[3], "T1"))).fetch_history()
        assert any(event.HasField("workflow_execution_update_accepted_event_attributes") for event in history.events)

        broken.add("lapse")
        stuck = await office.desk.move_clock(real + timedelta(days=47))
        assert [ring.ref for ring in stuck.stopped] == ["T2"]
        broken.clear()
