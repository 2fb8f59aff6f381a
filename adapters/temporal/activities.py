"""What a workflow asks of the service. A refusal is a value, a failure too: no exception reaches a workflow."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, Protocol, TypeAlias
from uuid import UUID

import structlog
from temporalio import activity

from adapters.clock import Clock
from adapters.service import Busy, Ring, Service, Stale, Stopped
from adapters.store.connection import StoreError, UnknownCommand
from workflows.messages import Answer, CaseRef, Reconciled, Seen, Standing

log = structlog.get_logger(__name__)

Progress: TypeAlias = Callable[[int, int], None]  # told how many are done, of how many

AFTER_FAULT = timedelta(minutes=15)
AFTER_OUTAGE = timedelta(seconds=10)


class Bells(Protocol):
    """What rings other cases, and sets alarms right."""

    async def ring(self, case: CaseRef) -> None: ...
    async def reconcile(self, progress: Progress) -> Reconciled: ...


class Activities:
    """The activities of one worker."""

    def __init__(self, service: Service, bells: Bells) -> None:
        self._service = service
        self._bells = bells

    def all(self) -> Sequence[Any]:
        return [self.handle, self.lapse, self.ring, self.reconcile]

    @activity.defn(name="handle")
    async def handle(self, case: CaseRef, command_id: UUID) -> Seen:
        """Have a command decided."""
        try:
            handled = await self._service.handle(command_id)
            answer = Answer("decided", handled.version, handled.replayed)
            return await self._seen(case, answer, handled.rings)
        except Stale as stale:
            return await self._around(case, Answer("stale", stale.current_version))
        except UnknownCommand:
            return await self._around(case, Answer("unknown"))
        except Exception as error:  # noqa: BLE001  # whatever it is, the workflow has to go on
            return _failed(error)

    @activity.defn(name="lapse")
    async def lapse(self, case: CaseRef) -> Seen:
        """Let what is due fall."""
        return await self._around(case, Answer("decided"))

    @activity.defn(name="ring")
    async def ring(self, cases: list[CaseRef]) -> None:
        """Tell other cases to look at the store."""
        for case in cases:
            await self._bells.ring(case)

    @activity.defn(name="reconcile")
    async def reconcile(self) -> Reconciled:
        """Compare the alarms with the store, and set them right."""
        return await self._bells.reconcile(activity.heartbeat)

    async def _around(self, case: CaseRef, answer: Answer) -> Seen:
        """The answer, and where the case stands once what is due has fallen."""
        try:
            today = await self._service.clock.today()
            rings = await self._service.lapse(case.subject_id, today, case.ref)
            return await self._seen(case, answer, rings)
        except Exception as error:  # noqa: BLE001  # whatever it is, the workflow has to go on
            return _failed(error)

    async def _seen(self, case: CaseRef, answer: Answer, rings: Sequence[Ring]) -> Seen:
        own = next((ring for ring in rings if ring.case_id == case.case_id), None)
        if own is None:
            known = await self._service.rings(case.subject_id)
            own = next((ring for ring in known if ring.case_id == case.case_id), None)
        siblings = tuple(case_ref(ring) for ring in rings if ring.case_id != case.case_id)
        return Seen(answer, await standing(self._service.clock, own), siblings)


def case_ref(ring: Ring) -> CaseRef:
    """The case that a ring is about."""
    return CaseRef(ring.case_id, ring.subject_id, ring.ref, ring.procedure)


async def standing(clock: Clock, ring: Ring | None) -> Standing:
    """Where a case stands, for its workflow; a case that does not exist is over."""
    if ring is None:
        return Standing("none", None, None, over=True)
    due = ring.next_due
    rings_at = None if due is None else await clock.instant(due, ring.subject_id)
    return Standing(ring.status, due, rings_at, ring.over)


def _failed(error: Exception) -> Seen:
    """The failure as a value: the case waits, its workflow goes on."""
    if isinstance(error, Stopped):
        return Seen(Answer("stopped"), look_again_after=AFTER_FAULT)
    if isinstance(error, StoreError | Busy):
        log.warning("activity_postponed", reason=str(error))
        return Seen(Answer("unavailable"), look_again_after=AFTER_OUTAGE)
    log.error("activity_failed", exc_info=error)
    return Seen(Answer("stopped"), look_again_after=AFTER_FAULT)
