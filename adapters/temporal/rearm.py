"""The alarms that should be set, read from the store alone, and setting them: after a loss, and once a day."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from time import monotonic
from typing import Any, Literal, TypeAlias, TypeVar
from uuid import UUID

import structlog
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    WithStartWorkflowOperation,
)
from temporalio.common import (
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import TemporalError

from adapters.service import Ring, Service, Stopped
from adapters.temporal.activities import Progress, case_ref, standing
from workflows.case import CASE_KIND, CASE_STATE, ESTABLISHMENT, NEXT_DUE, Case, shown
from workflows.messages import Answer, CaseRef, CaseStart, Reconciled, Standing, workflow_id
from workflows.reconciliation import Reconciliation

log = structlog.get_logger(__name__)
Item = TypeVar("Item")

Asked: TypeAlias = Literal["submit", "catch_up"]  # the updates of a case

AT_ONCE = 16
CALL = timedelta(seconds=10)
RUNNING = "WorkflowType = 'Case' AND ExecutionStatus = 'Running'"
SCHEDULE = "reconciliation"


@dataclass(frozen=True)
class Recorded:
    """Every open case with a deadline to come, the earliest first, and the subjects that cannot be read."""

    rings: Sequence[Ring]
    unreadable: Sequence[Stopped] = ()


@dataclass(frozen=True)
class Difference:
    """Deadlines recorded against alarms armed: cases without a workflow, workflows set to another date."""

    recorded: int
    armed: int
    missing: tuple[Ring, ...]
    wrong: tuple[str, ...]
    unreadable: tuple[Stopped, ...] = ()

    @property
    def none(self) -> bool:
        return not (self.missing or self.wrong or self.unreadable)


@dataclass(frozen=True)
class Report:
    """What a rearming did."""

    recorded: int
    started: int
    rung: int
    unreadable: tuple[Stopped, ...]
    seconds: float = field(compare=False)


def silent(done: int, total: int) -> None:
    """Say nothing."""


class Alarms:
    """The alarm clocks of all cases, as the store wants them."""

    def __init__(self, client: Client, service: Service, task_queue: str, renew_after: int | None = None) -> None:
        self.client = client
        self._service = service
        self._task_queue = task_queue
        self._renew_after = renew_after

    # -- One case --

    async def start(self, ring: Ring, today: date) -> None:
        """Start the workflow of a case that has a deadline to come; nothing happens when it runs.

        One whose deadline is not due needs no look at the store: it begins with its timer set.
        """
        case, clock = case_ref(ring), self._service.clock
        known = await standing(clock, ring) if ring.next_due and ring.next_due > today else None
        await self.client.start_workflow(
            Case.run, self._begins(case, known), **self._options(case, known), rpc_timeout=CALL
        )

    async def ring(self, case: CaseRef) -> None:
        """Tell a case to look at the store; its workflow is started when it does not run."""
        await self.client.start_workflow(
            Case.run, self._begins(case), start_signal="reconsider", **self._options(case), rpc_timeout=CALL
        )

    async def ask(self, case: CaseRef, update: Asked, *arguments: object, patience: timedelta) -> Answer:
        """Ask a case and wait for its answer; its workflow is started when it does not run."""
        starting = WithStartWorkflowOperation(Case.run, self._begins(case), **self._options(case))
        try:
            answer: Answer = await self.client.execute_update_with_start_workflow(
                update, args=arguments, start_workflow_operation=starting, result_type=Answer, rpc_timeout=patience
            )
        except TemporalError:
            with suppress(TemporalError):
                await starting.workflow_handle()  # the same failure, kept a second time by the client
            raise
        return answer

    def _begins(self, case: CaseRef, known: Standing | None = None) -> CaseStart:
        return CaseStart(case, known, renew_after=self._renew_after)

    def _options(self, case: CaseRef, known: Standing | None = None) -> dict[str, Any]:
        attributes: list[SearchAttributePair[Any]] = [SearchAttributePair(CASE_KIND, case.procedure)]
        if self._service.establishment is not None:
            attributes.append(SearchAttributePair(ESTABLISHMENT, self._service.establishment))
        if known is not None and known.due is not None:
            attributes.append(SearchAttributePair(CASE_STATE, known.status))
            attributes.append(SearchAttributePair(NEXT_DUE, shown(known.due)))
        return {
            "id": workflow_id(case.case_id),
            "task_queue": self._task_queue,
            "id_conflict_policy": WorkflowIDConflictPolicy.USE_EXISTING,
            "id_reuse_policy": WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            "search_attributes": TypedSearchAttributes(attributes),
            "static_summary": f"{case.procedure} {case.ref}",
        }

    # -- All cases --

    async def recorded(self) -> Recorded:
        """What the store says, subject by subject; no view is trusted."""
        rings: list[Ring] = []
        unreadable: list[Stopped] = []

        async def read(subject_id: UUID) -> None:
            try:
                rings.extend(ring for ring in await self._service.rings(subject_id) if ring.next_due)
            except Stopped as stopped:
                unreadable.append(stopped)

        await each(await self._service.register.subjects(), read, at_once=4)
        rings.sort(key=lambda ring: (ring.next_due or date.max, ring.case_id))
        return Recorded(rings, unreadable)

    async def armed(self) -> dict[str, date | None]:
        """The running workflows, and the date that each is set to."""
        found: dict[str, date | None] = {}
        async for execution in self.client.list_workflows(RUNNING, page_size=1000):
            due = execution.typed_search_attributes.get(NEXT_DUE)
            found[execution.id] = due.date() if due else None
        return found

    async def difference(self) -> Difference:
        """What is recorded against what is armed; nothing is changed."""
        return _difference(await self.recorded(), await self.armed())

    async def rearm(self, progress: Progress = silent) -> Report:
        """Start every case that has a deadline to come, the earliest first, and ring those set to another date."""
        return (await self._rearm(progress))[1]

    async def reconcile(self, progress: Progress = silent) -> Reconciled:
        """Set the alarms right, and say what was wrong."""
        found, _ = await self._rearm(progress)
        return Reconciled(found.recorded, found.armed, len(found.missing), len(found.wrong), len(found.unreadable))

    async def _rearm(self, progress: Progress) -> tuple[Difference, Report]:
        began = monotonic()
        recorded = await self.recorded()
        difference = _difference(recorded, await self.armed())
        today = await self._service.clock.today()
        total, done = len(recorded.rings), 0

        async def start(ring: Ring) -> None:
            nonlocal done
            await self.start(ring, today)
            done += 1
            progress(done, total)

        await each(recorded.rings, start)
        await each(difference.wrong, self._signal)
        started, rung = len(difference.missing), len(difference.wrong)
        report = Report(total, started, rung, difference.unreadable, monotonic() - began)
        log.info("rearmed", recorded=total, started=started, rung=rung, unreadable=len(difference.unreadable))
        return difference, report

    async def _signal(self, name: str) -> None:
        await self.client.get_workflow_handle(name).signal(Case.reconsider, rpc_timeout=CALL)

    async def schedule(self) -> None:
        """Have the reconciliation run every day; nothing happens when it already does."""
        wanted = Schedule(
            action=ScheduleActionStartWorkflow(Reconciliation.run, id=SCHEDULE, task_queue=self._task_queue),
            spec=ScheduleSpec(cron_expressions=["15 5 * * *"], time_zone_name=self._service.clock.zone.key),
            policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=timedelta(days=2)),
        )
        try:
            await self.client.create_schedule(SCHEDULE, wanted)
        except ScheduleAlreadyRunningError:
            log.debug("schedule_known", schedule=SCHEDULE)


def _difference(recorded: Recorded, armed: Mapping[str, date | None]) -> Difference:
    wanted = {workflow_id(ring.case_id): ring for ring in recorded.rings}
    due = {name: ring.next_due for name, ring in wanted.items()}
    return Difference(
        recorded=len(wanted),
        armed=sum(day is not None for day in armed.values()),
        missing=tuple(ring for name, ring in wanted.items() if name not in armed),
        wrong=tuple(name for name, day in armed.items() if day != due.get(name)),
        unreadable=tuple(recorded.unreadable),
    )


async def each(items: Iterable[Item], do: Callable[[Item], Awaitable[None]], at_once: int = AT_ONCE) -> None:
    """Do this for each, some at once, in the order given."""
    waiting = iter(items)

    async def work() -> None:
        for item in waiting:
            await do(item)

    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(work())
