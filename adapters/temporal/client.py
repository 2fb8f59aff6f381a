"""The desk: a command goes in, its outcome comes out, whether Temporal answers or not."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TypeAlias
from uuid import UUID

import structlog
from temporalio.client import Client, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DefaultFailureConverterWithEncodedAttributes
from temporalio.service import RetryConfig, RPCError

from adapters.clock import ClockGoesBack, DemoClock
from adapters.service import Busy, Handled, Ring, Service, Stale, Stopped
from adapters.store.connection import StoreUnavailable, UnknownCommand
from adapters.store.ids import case_id
from adapters.store.register import CommandRow
from adapters.temporal.activities import Progress, case_ref
from adapters.temporal.rearm import Alarms, Difference, Report, each, silent
from workflows.messages import Answer, CaseRef

log = structlog.get_logger(__name__)

PATIENCE = timedelta(seconds=5)  # what a person waits at most before being told that the command is kept
PROBE = timedelta(seconds=1)
UNDELIVERED = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=5)
FAILING_FAST = RetryConfig(max_elapsed_time_millis=1500, max_retries=4)

CONVERTER = replace(pydantic_data_converter, failure_converter_class=DefaultFailureConverterWithEncodedAttributes)
UNREACHABLE = (RPCError, RuntimeError, WorkflowUpdateFailedError)  # RuntimeError: a first connection that fails

Step: TypeAlias = Callable[[date, int], None]


async def connect(address: str, namespace: str = "default") -> Client:
    """A client that connects when it is first used, so that Greffe starts without Temporal; no worker can use it."""
    return await Client.connect(
        address, namespace=namespace, data_converter=CONVERTER, retry_config=FAILING_FAST, lazy=True
    )


@dataclass(frozen=True, slots=True)
class Accepted:
    """The command is kept and will be decided; ask for it by its id."""

    command_id: UUID


@dataclass(frozen=True, slots=True)
class Moved:
    """What moving the clock did: the day it shows, how many cases rang, those that stay stopped."""

    day: date
    rung: int
    stopped: tuple[Ring, ...]


class NotDemonstration(Exception):
    """Only the clock of a demonstration can be moved."""


class Desk:
    """Where commands are brought; one per process, with `sweep` called every few seconds."""

    def __init__(self, client: Client, service: Service, task_queue: str, patience: timedelta = PATIENCE) -> None:
        self.service = service
        self.alarms = Alarms(client, service, task_queue)
        self.degraded_since: datetime | None = None
        self._client = client
        self._patience = patience
        self._owed: dict[UUID, CaseRef] = {}
        self._not_before: dict[UUID, tuple[datetime, timedelta]] = {}

    # -- Commands --

    async def submit(self, row: CommandRow) -> Handled | Accepted:
        """The outcome of a command that was received, or the word that it is kept; Stale, Stopped, Busy as `handle`."""
        known = await self.service.outcome(row.command_id)
        if known is not None:
            return known
        if self.degraded_since is None:
            try:
                answer = await self._update(row)
            except WorkflowUpdateRPCTimeoutOrCancelledError:
                if await self._reachable():
                    return await self.service.outcome(row.command_id) or Accepted(row.command_id)
                self._degrade("no answer")
            except UNREACHABLE as error:
                if not await self._reachable():
                    self._degrade(str(error))
            else:
                return await self._said(row, answer)
        return await self._directly(row.command_id)

    async def _update(self, row: CommandRow) -> Answer:
        procedure, ref = self.service.case_of(row)
        case = CaseRef(case_id(row.subject_id, ref), row.subject_id, ref, procedure.name)
        return await self.alarms.ask(case, "submit", row.command_id, patience=self._patience)

    async def _said(self, row: CommandRow, answer: Answer) -> Handled | Accepted:
        """What the store holds of a command that was answered."""
        if answer.state == "stopped":
            raise await self._stopped(row)
        if answer.state == "unknown":
            raise UnknownCommand(f"no command {row.command_id} to decide")
        handled = await self.service.outcome(row.command_id)
        return Accepted(row.command_id) if handled is None else replace(handled, replayed=answer.replayed)

    async def _stopped(self, row: CommandRow) -> Stopped:
        _, ref = self.service.case_of(row)
        faults = [one for one in await self.service.register.stopped_cases() if one.subject_id == row.subject_id]
        found = next((one for one in faults if one.case_ref == ref), faults[0] if faults else None)
        return Stopped(row.subject_id, found.case_ref if found else ref, found.error if found else "unknown")

    async def _directly(self, command_id: UUID) -> Handled:
        """Decide without Temporal; the alarms that moved are rung when it is back."""
        handled = await self.service.handle(command_id)
        self._owed |= {ring.case_id: case_ref(ring) for ring in handled.rings}
        return handled

    # -- What was left undone --

    async def sweep(self) -> None:
        """Decide the commands that were kept and not decided, and ring the cases that could not be rung."""
        now = datetime.now(UTC)
        for row in await self.service.register.undecided(now - UNDELIVERED):
            if row.type in self.service.registry.commands and self._may_try(row.command_id, now):
                await self._again(row.command_id, now)
        if not await self._reachable():
            return self._degrade("no answer")
        for case in list(self._owed.values()):
            try:
                await self.alarms.ring(case)
            except UNREACHABLE as error:
                return self._degrade(str(error))
            self._owed.pop(case.case_id, None)
        self._recover()
        return None

    async def keep_sweeping(self, every: float = 5.0) -> None:
        """Sweep until cancelled; a store that does not answer is asked again."""
        while True:
            try:
                await self.sweep()
            except StoreUnavailable as error:
                log.warning("not_swept", reason=str(error))
            await asyncio.sleep(every)

    async def _again(self, command_id: UUID, now: datetime) -> None:
        try:
            await self._directly(command_id)
        except Stale:
            log.info("swept_stale", command_id=str(command_id))
        except (Stopped, Busy, StoreUnavailable) as error:
            log.warning("swept_in_vain", command_id=str(command_id), reason=str(error))
            _, pause = self._not_before.get(command_id, (now, UNDELIVERED))
            self._not_before[command_id] = (now + pause, min(pause * 2, LONGEST_PAUSE))
            return
        self._not_before.pop(command_id, None)

    def _may_try(self, command_id: UUID, now: datetime) -> bool:
        return command_id not in self._not_before or now >= self._not_before[command_id][0]

    # -- Temporal up and down --

    async def _reachable(self) -> bool:
        try:
            return await self._client.service_client.check_health(timeout=PROBE)
        except (RPCError, RuntimeError):
            return False

    def _degrade(self, reason: str) -> None:
        if self.degraded_since is None:
            self.degraded_since = datetime.now(UTC)
            log.error("temporal_unreachable", reason=reason)

    def _recover(self) -> None:
        if self.degraded_since is not None:
            log.info("temporal_back", since=self.degraded_since.isoformat())
            self.degraded_since = None

    # -- Alarms --

    async def ring(self, ring: Ring) -> None:
        """Tell a case to look at the store, now or when Temporal is back."""
        self._owed[ring.case_id] = case_ref(ring)
        if self.degraded_since is None:
            try:
                await self.alarms.ring(case_ref(ring))
            except UNREACHABLE as error:
                self._degrade(str(error))
            else:
                self._owed.pop(ring.case_id, None)

    async def rearm(self, progress: Progress = silent) -> Report:
        """Set every alarm again from the store."""
        return await self.alarms.rearm(progress)

    async def difference(self) -> Difference:
        """The deadlines recorded against the alarms armed."""
        return await self.alarms.difference()

    # -- The clock of a demonstration --

    async def move_clock(self, day: date, progress: Step = lambda _, __: None) -> Moved:
        """Bring the demonstration to a day: what falls due rings on its own day, the earliest first, in its workflow."""
        clock = self.service.clock
        if not isinstance(clock, DemoClock):
            raise NotDemonstration("the clock is the real one")
        today = await clock.today()
        if day < today:
            raise ClockGoesBack(today)
        agenda: dict[UUID, list[Ring]] = {}
        for ring in (await self.alarms.recorded()).rings:
            agenda.setdefault(ring.subject_id, []).append(ring)
        return await self._advance(clock, day, agenda, progress)

    async def _advance(self, clock: DemoClock, day: date, agenda: dict[UUID, list[Ring]], progress: Step) -> Moved:
        stopped: dict[UUID, Ring] = {}
        rung = 0

        async def ring(earliest: Ring) -> None:
            nonlocal rung
            await self._catch_up(earliest)
            rung += 1
            agenda[earliest.subject_id] = [one for one in await self.service.rings(earliest.subject_id) if one.next_due]
            if earliest in agenda[earliest.subject_id]:
                stopped[earliest.subject_id] = earliest

        while soon := [_earliest(rings) for who, rings in agenda.items() if rings and who not in stopped]:
            due = min(_due(one) for one in soon)
            if due > day:
                break
            step = max(due, await clock.today())
            await clock.move_to(step)
            await each([one for one in soon if _due(one) <= step], ring, at_once=8)
            progress(step, rung)
        await clock.move_to(day)
        await each([one for rings in agenda.values() for one in rings], self.ring)  # each rings at a new instant
        progress(day, rung)
        return Moved(day, rung, tuple(stopped.values()))

    async def _catch_up(self, ring: Ring) -> None:
        if self.degraded_since is None:
            try:
                await self.alarms.ask(case_ref(ring), "catch_up", patience=self._patience)
            except UNREACHABLE as error:
                self._degrade(str(error))
            except WorkflowUpdateRPCTimeoutOrCancelledError:
                self._degrade("no answer")
            else:
                return
        await self._lapse(ring)

    async def _lapse(self, ring: Ring) -> None:
        try:
            rings = await self.service.lapse(ring.subject_id, await self.service.clock.today(), ring.ref)
        except Stopped:
            return
        self._owed |= {one.case_id: case_ref(one) for one in (ring, *rings)}


def _due(ring: Ring) -> date:
    return ring.next_due or date.max


def _earliest(rings: list[Ring]) -> Ring:
    return min(rings, key=_due)
