"""The workflow of a case over years, on a server that skips time: it rings on the day, once, and never fails."""

import base64
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from service.time_world import BOTH, PART_TIME, SkippedClock, World, opened, until
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.client import WorkflowHistory, WorkflowUpdateFailedError
from temporalio.testing import WorkflowEnvironment

from adapters.embedded.postgres import Databases
from adapters.embedded.temporal import SEARCH_ATTRIBUTES
from adapters.service import Handled, Stale
from adapters.store.ids import case_id
from adapters.temporal.client import CONVERTER, Desk
from adapters.temporal.rearm import Alarms
from adapters.temporal.worker import case_worker
from workflows.case import NEXT_DUE, Case
from workflows.messages import CaseRef, workflow_id

pytestmark = pytest.mark.service

QUEUE = "years"
ATTRIBUTES = AddSearchAttributesRequest(
    search_attributes={
        name: IndexedValueType.Value(f"INDEXED_VALUE_TYPE_{kind.upper()}") for name, kind in SEARCH_ATTRIBUTES.items()
    }
)
RECORD = Path(__file__).parent.parent / "histories"


@dataclass
class Years(World):
    """A world whose time is skipped."""

    environment: WorkflowEnvironment
    clock: SkippedClock
    desk: Desk

    async def sent(self, subject_id: UUID, on: str, type: str, case: str | None = None, **fields: Any) -> Handled:
        """A command brought to the desk on its own day."""
        if date.fromisoformat(on) > await self.clock.today():
            await self.clock.reach(on)
        handled = await self.desk.submit(await self.asked(subject_id, on, type, case, **fields))
        assert isinstance(handled, Handled)
        assert self.desk.degraded_since is None
        return handled

    async def history_of(self, subject_id: UUID, ref: str) -> WorkflowHistory:
        """What happened in the last run of a case's workflow."""
        handle = self.environment.client.get_workflow_handle(workflow_id(case_id(subject_id, ref)))
        return await handle.fetch_history()

    async def set_to(self, subject_id: UUID, ref: str) -> date | None:
        """The date that the workflow of a case shows as its next."""
        handle = self.environment.client.get_workflow_handle(workflow_id(case_id(subject_id, ref)))
        due = (await handle.describe()).typed_search_attributes.get(NEXT_DUE)
        return due.date() if due else None


@pytest.fixture
async def years(store: Databases) -> AsyncIterator[Years]:
    """From 1 November 2024 on."""
    server = Path(sys.executable).with_name("temporal-test-server")
    async with AsyncExitStack() as stack:
        environment = await stack.enter_async_context(
            await WorkflowEnvironment.start_time_skipping(
                test_server_existing_path=str(server), data_converter=CONVERTER, identity="test"
            )
        )
        await environment.client.operator_service.add_search_attributes(ATTRIBUTES)
        clock = SkippedClock(environment, date(2024, 11, 1))
        world = await stack.enter_async_context(opened(store.app_dsn, clock))
        desk = Desk(environment.client, world.service, QUEUE)
        await stack.enter_async_context(case_worker(environment.client, world.service, desk.alarms, QUEUE))
        yield Years(world.register, world.service, environment, clock, desk)


def ended(history: WorkflowHistory) -> bool:
    return history.events[-1].HasField("workflow_execution_completed_event_attributes")


def never_failed(history: WorkflowHistory) -> bool:
    return not any(event.HasField("workflow_task_failed_event_attributes") for event in history.events)


def keep(history: WorkflowHistory, name: str) -> None:
    """Record the history for the replay test when asked to, with RECORD_HISTORIES=1."""
    if os.environ.get("RECORD_HISTORIES"):
        RECORD.mkdir(exist_ok=True)
        (RECORD / f"{name}.json").write_text(history.to_json() + "\n")


async def granted(years: Years, **facts: Any) -> UUID:
    agent = await years.agent("2024-10-01", **facts)
    for on, name, fields in PART_TIME:
        assert (await years.sent(agent, on, name, "TP1", **fields)).result == "accepted"
    return agent


async def test_a_part_time_is_renewed_twice_and_lapses_after_three_years(years: Years) -> None:
    agent = await granted(years)
    await years.sent(agent, "2024-12-03", "part_time.inform_cng", "TP1")
    assert not ended(await years.history_of(agent, "TP1"))

    await years.clock.reach("2027-12-31")
    assert await years.days(agent, "PartTimeLapsed") == []
    assert await years.set_to(agent, "TP1") == date(2028, 1, 1)
    await years.clock.reach("2028-01-02")

    assert await years.days(agent, "PartTimeRenewedTacitly") == ["2026-01-01", "2027-01-01"]
    assert await years.days(agent, "PartTimeLapsed") == ["2028-01-01"]
    await years.sent(agent, "2028-01-03", "part_time.inform_cng", "TP1")
    history = await years.history_of(agent, "TP1")
    assert ended(history), "nothing is owed any more"
    assert never_failed(history)
    keep(history, "part_time_three_years")


async def test_each_deadline_falls_on_its_day(years: Years) -> None:
    agent = await granted(years)
    for day, renewals in (("2025-12-31", 0), ("2026-01-01", 1), ("2026-12-31", 1), ("2027-01-01", 2)):
        await years.clock.reach(day)
        assert len(await years.days(agent, "PartTimeRenewedTacitly")) == renewals, day


async def test_a_refusal_comes_back_as_a_value_and_the_case_goes_on(years: Years) -> None:
    agent = await granted(years)
    refused = await years.sent(agent, "2024-12-03", "part_time.decide", "TP1", by=["dg_chu"], outcome="granted")
    assert refused.result == "rejected"
    assert refused.rejection is not None
    assert refused.rejection["basis"]
    history = await years.history_of(agent, "TP1")
    assert not ended(history)
    assert never_failed(history)
    keep(history, "refusal")


async def test_the_same_command_twice_is_decided_once(years: Years) -> None:
    agent = await granted(years)
    await years.clock.reach("2024-12-05")
    row = await years.asked(agent, "2024-12-05", "part_time.oppose_renewal", "TP1", by="agent")
    first = await years.desk.submit(row)
    again = await years.desk.submit(row)
    case = CaseRef(case_id(agent, "TP1"), agent, "TP1", "part_time")
    by_temporal = await years.desk.alarms.ask(case, "submit", row.command_id, patience=timedelta(seconds=10))

    assert isinstance(first, Handled)
    assert isinstance(again, Handled)
    assert (first.replayed, again.replayed, by_temporal.replayed) == (False, True, True)
    assert first.events == again.events
    assert await years.days(agent, "PartTimeRenewalOpposed") == ["2024-12-05"]


async def test_a_stale_command_says_what_happened_since(years: Years) -> None:
    agent = await granted(years)
    seen = await years.register.stream_version(agent)
    await years.sent(agent, "2024-12-05", "part_time.oppose_renewal", "TP1", by="agent")
    with pytest.raises(Stale) as stale:
        await years.sent(agent, "2024-12-06", "part_time.inform_cng", "TP1", expected_version=seen)
    assert stale.value.events_since[0].event.name() == "PartTimeRenewalOpposed"


async def test_a_long_history_is_continued_without_losing_a_command(years: Years) -> None:
    years.desk.alarms = Alarms(years.environment.client, years.service, QUEUE, renew_after=30)
    agent = await granted(years)
    handle = years.environment.client.get_workflow_handle(workflow_id(case_id(agent, "TP1")))
    first = (await handle.describe()).run_id
    runs = {first}
    for day in range(3, 15):
        quotite = 60 if day % 2 else 70
        sent = await years.sent(
            agent, f"2024-12-{day:02}", "part_time.amend", "TP1", quotite=quotite, effective_on="2025-06-01"
        )
        assert sent.events or sent.rejection
        runs.add((await handle.describe()).run_id)
    assert len(runs) >= 3
    assert await years.set_to(agent, "TP1") == date(2026, 1, 1)
    whole = years.environment.client.get_workflow_handle(handle.id, run_id=first)
    keep(await whole.fetch_history(), "continued")

    await years.clock.reach("2028-01-02")
    assert await years.days(agent, "PartTimeRenewedTacitly") == ["2026-01-01", "2027-01-01"]
    assert await years.days(agent, "PartTimeLapsed") == ["2028-01-01"]


async def test_a_case_moved_by_another_is_told_and_rings_on_its_new_day(years: Years) -> None:
    agent = await years.agent("2024-09-01", corps="MCU-PH", statut="stagiaire")
    await years.sent(agent, "2024-09-01", "stage.open", "ST1", starts_on="2024-09-01")
    await years.clock.reach("2025-07-02")
    for _, name, fields in PART_TIME[:2]:
        later = {**fields, "starts_on": "2025-08-15"} if name == "part_time.request" else fields
        assert (await years.sent(agent, "2025-07-02", name, "TP1", **later)).result == "accepted"
    assert await years.set_to(agent, "ST1") == date(2025, 9, 1)
    decided = await years.sent(agent, "2025-07-03", "part_time.decide", "TP1", by=BOTH, outcome="granted")
    assert decided.result == "accepted"
    moved = {ring.ref: ring.next_due for ring in await years.service.rings(agent)}
    assert moved["ST1"] not in (None, date(2025, 9, 1))
    await until(lambda: years.set_to(agent, "ST1"), moved["ST1"])

    armed = (await years.service.subject(agent)).armed
    (end,) = [due for case, kind, due in armed if (case, kind) == ("ST1", "stage_end")]
    assert end > date(2025, 9, 1)
    await years.clock.reach((end - timedelta(days=1)).isoformat())
    assert await years.days(agent, "StageCompleted") == []
    await years.clock.reach(end.isoformat())
    assert await years.days(agent, "StageCompleted") == [end.isoformat()]
    keep(await years.history_of(agent, "ST1"), "stage_moved")


async def test_what_always_stands_keeps_no_workflow_without_a_deadline(years: Years) -> None:
    agent = await years.agent("2024-10-01")
    await years.sent(agent, "2024-11-02", "agent.record_facts", facts={"statut": "titulaire"})
    history = await years.history_of(agent, "career")
    assert ended(history)
    assert never_failed(history)
    keep(history, "career")


async def test_a_command_for_no_case_is_refused_and_leaves_nothing_running(years: Years) -> None:
    agent = await years.agent("2024-10-01")
    refused = await years.sent(agent, "2024-11-02", "part_time.withdraw", "TP9")
    assert refused.rejection is not None
    assert refused.rejection["code"] == "unknown_case"
    assert ended(await years.history_of(agent, "TP9"))


async def test_a_forged_command_does_nothing(years: Years) -> None:
    agent = await granted(years)
    handle = years.environment.client.get_workflow_handle(workflow_id(case_id(agent, "TP1")))
    before = await years.register.stream_version(agent)

    assert (await handle.execute_update(Case.submit, uuid4())).state == "unknown"
    with pytest.raises(WorkflowUpdateFailedError):
        await handle.execute_update("submit", "not an id")
    assert await years.register.stream_version(agent) == before
    history = await years.history_of(agent, "TP1")
    assert not ended(history)
    assert never_failed(history)


async def test_nothing_of_a_dossier_goes_through_temporal(years: Years) -> None:
    agent = await granted(years, corps_origine="Corps Secret")
    history = await years.history_of(agent, "TP1")
    sent = [base64.b64decode(data).decode() for data in re.findall(r'"data": "([^"]+)"', history.to_json())]
    written = history.to_json() + "".join(sent)
    assert '"state":"decided"' in written
    for secret in ("Corps Secret", "quotite", "u-100", "president_universite"):
        assert secret not in written
