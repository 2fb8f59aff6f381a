"""One open case: a mailbox for its commands and an alarm clock for its next due date.

It knows ids and dates. What is lawful is decided in the local activities, so that no change of law or code can
break a history that is eight years old.
"""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from temporalio import workflow
from temporalio.common import RetryPolicy, SearchAttributeKey, SearchAttributeUpdate
from temporalio.exceptions import ActivityError

from workflows.messages import Answer, CaseRef, CaseStart, Seen, Standing

CASE_KIND = SearchAttributeKey.for_keyword("CaseKind")
CASE_STATE = SearchAttributeKey.for_keyword("CaseState")
NEXT_DUE = SearchAttributeKey.for_datetime("NextDue")
ESTABLISHMENT = SearchAttributeKey.for_keyword("Establishment")

LONGEST_ACTIVITY = timedelta(seconds=60)
LONGEST_RINGING = timedelta(minutes=5)
LEAST_WAIT = timedelta(seconds=1)  # a clock behind the server's would otherwise ring without end
AFTER_FAILURE = timedelta(minutes=15)
PATIENTLY = RetryPolicy(initial_interval=timedelta(milliseconds=200), maximum_interval=timedelta(seconds=30))


@workflow.defn(name="Case")
class Case:
    """The workflow of one case, from its opening to its end."""

    @workflow.init
    def __init__(self, start: CaseStart) -> None:
        self._start = start
        self._standing = start.standing
        self._look = start.look
        self._look_again_at: datetime | None = None
        self._owed = list(start.owed)
        self._busy = 0
        self._lock = asyncio.Lock()

    @workflow.run
    async def run(self, _: CaseStart) -> None:
        """Ring when a deadline is due, until the case is over."""
        await asyncio.sleep(0)  # a command that came with the start goes first
        self._look = self._look or (self._standing is None and not self._busy)
        if self._standing is not None:
            workflow.set_current_details(_details(self._start.case, self._standing))
        while not await self._ended():
            if self._full() and not self._busy:
                await self._renew()
            if self._look:
                await self._see()
            elif self._owed:
                await self._ring()
            else:
                await self._wait()

    @workflow.update
    async def submit(self, command_id: UUID) -> Answer:
        """Have a command decided."""
        return (await self._do("handle", command_id)).answer

    @submit.validator
    def _is_an_id(self, command_id: UUID) -> None:
        if not isinstance(command_id, UUID):
            raise ValueError("a command id is expected")

    @workflow.update
    async def catch_up(self) -> Answer:
        """Let what is due fall, and say so once it has."""
        return (await self._see()).answer

    @workflow.signal
    def reconsider(self) -> None:
        """Look at the store again: the next due date may have moved."""
        self._look = True

    # -- The loop --

    async def _ended(self) -> bool:
        if not self._idle() or self._standing is None or not self._standing.over:
            return False
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self._idle() and self._standing.over

    def _idle(self) -> bool:
        return not (self._look or self._owed or self._busy)

    def _full(self) -> bool:
        info, limit = workflow.info(), self._start.renew_after
        return info.is_continue_as_new_suggested() or (limit is not None and info.get_current_history_length() >= limit)

    async def _renew(self) -> None:
        await workflow.wait_condition(workflow.all_handlers_finished)
        look = self._look or self._look_again_at is not None
        workflow.continue_as_new(replace(self._start, standing=self._standing, look=look, owed=tuple(self._owed)))

    async def _wait(self) -> None:
        """Until the next instant to look, or until a command or a signal changes what there is to do."""
        at = self._next()

        def changed() -> bool:
            if self._busy:
                return False
            over = self._standing is not None and self._standing.over
            return self._next() != at or over or not self._idle() or self._full()

        if at is None:
            await workflow.wait_condition(changed)
            return
        try:
            wait = max(at - workflow.now(), LEAST_WAIT)
            await workflow.wait_condition(changed, timeout=wait, timeout_summary=self._summary())
        except TimeoutError:
            self._look = True

    def _next(self) -> datetime | None:
        return self._look_again_at or (self._standing.rings_at if self._standing else None)

    # -- What is done outside --

    async def _see(self) -> Seen:
        return await self._do("lapse")

    async def _do(self, name: str, *arguments: object) -> Seen:
        self._busy += 1
        try:
            async with self._lock:
                self._look = self._look and name != "lapse"
                seen = await self._ask(name, *arguments)
                self._keep(seen)
                return seen
        finally:
            self._busy -= 1

    async def _ask(self, name: str, *arguments: object) -> Seen:
        try:
            seen: Seen = await workflow.execute_local_activity(
                name,
                args=[self._start.case, *arguments],
                result_type=Seen,
                start_to_close_timeout=LONGEST_ACTIVITY,
                retry_policy=PATIENTLY,
            )
        except ActivityError:
            seen = Seen(Answer("stopped"), look_again_after=AFTER_FAILURE)
        return seen

    async def _ring(self) -> None:
        owed, self._owed = self._owed, []
        try:
            await workflow.execute_local_activity(
                "ring", args=[owed], schedule_to_close_timeout=LONGEST_RINGING, retry_policy=PATIENTLY
            )
        except ActivityError:
            workflow.logger.warning("sibling cases were not rung; the reconciliation will")

    def _keep(self, seen: Seen) -> None:
        again = seen.look_again_after
        self._look_again_at = None if again is None else workflow.now() + again
        known = {owed.case_id for owed in self._owed}
        self._owed += [sibling for sibling in seen.siblings if sibling.case_id not in known]
        if seen.standing is None:
            self._look = self._look or (self._standing is None and again is None)
        elif seen.standing != self._standing:
            self._show(seen.standing)
            self._standing = seen.standing

    # -- What an operator sees --

    def _show(self, standing: Standing) -> None:
        before = self._standing
        changes: list[SearchAttributeUpdate[Any]] = []
        if before is None or before.status != standing.status:
            changes.append(CASE_STATE.value_set(standing.status))
        if (before and before.due) != standing.due:
            changes.append(NEXT_DUE.value_set(shown(standing.due)) if standing.due else NEXT_DUE.value_unset())
        if changes:
            workflow.upsert_search_attributes(changes)
        workflow.set_current_details(_details(self._start.case, standing))

    def _summary(self) -> str:
        due = self._standing.due if self._standing else None
        return f"échéance du {due}" if due and not self._look_again_at else "nouvel essai"


def shown(due: date) -> datetime:
    """A due date as a search attribute, which has to be an instant."""
    return datetime.combine(due, time.min, UTC)


def _details(case: CaseRef, standing: Standing) -> str:
    due = standing.due.isoformat() if standing.due else "aucune"
    return f"Procédure {case.procedure}, référence {case.ref}, état {standing.status}. Prochaine échéance : {due}."
