"""What can be asked of the register, whoever asks: the screens, the command line, the alarms.

A command is kept first (`receive`), decided next (`handle`): every deadline due by its day falls, then the law
decides, then the outcome is recorded, once for ever. Nothing here knows who calls, nor waits for anyone.
"""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, Protocol
from uuid import UUID, uuid4

import structlog
from structlog.contextvars import bound_contextvars

from adapters.clock import Clock
from adapters.store import canonical
from adapters.store.connection import StoreError, UnknownCommand
from adapters.store.ids import case_id, deadline_command_id
from adapters.store.register import Appended, CommandRow, Conflict, Recorded, Register, StoredOutcome, Verdict
from domain.kernel import (
    Case,
    Check,
    Command,
    Deadline,
    Outcome,
    Procedure,
    Registry,
    Rejection,
    Subject,
    lapse_next,
    submit,
)
from domain.law import Law
from domain.simulation import InputError, read_command, violation_json

log = structlog.get_logger(__name__)

Role = Literal["gestionnaire", "signataire_universite", "signataire_chu", "auditeur", "service"]

MOST_ATTEMPTS = 50  # each lost attempt means that another writer won: more writers than this is a fault elsewhere
PAUSE = 0.002  # seconds, longer at each attempt
LONGEST_BODY = 200_000  # below the store's own bound, with room for what is added
LONGEST_ERROR = 2000
EXPECTED = "expected_version"  # kept with the command: the same command says the same thing


# -- What is said and answered -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and in which role."""

    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class Ring:
    """A case whose next deadline moved: what its alarm clock has to know."""

    case_id: UUID
    subject_id: UUID
    ref: str
    procedure: str
    status: str
    closed: bool
    next_due: date | None
    standing: bool = False

    @property
    def over(self) -> bool:
        """No alarm is needed any more: the case is closed, or stands always, and no deadline is left."""
        return (self.closed or self.standing) and self.next_due is None


@dataclass(frozen=True, slots=True)
class Handled:
    """The outcome of a command: its events, or why it is refused; `version` is the stream's afterwards."""

    command_id: UUID
    subject_id: UUID
    result: Literal["accepted", "rejected"]
    version: int
    events: tuple[Recorded, ...]
    rejection: Mapping[str, Any] | None
    checks: tuple[Mapping[str, Any], ...]
    replayed: bool
    rings: tuple[Ring, ...]


class ServiceError(Exception):
    """What was asked was not decided, or not as it was asked."""


class DateInFuture(ServiceError):
    """An act cannot be dated after today."""

    def __init__(self, on: date, today: date) -> None:
        super().__init__(f"{on} is after today, {today}")
        self.on = on
        self.today = today


class Stale(ServiceError):
    """The dossier is no longer as the command supposed; a deadline that fell since counts as a change."""

    def __init__(self, expected_version: int, current_version: int, events_since: tuple[Recorded, ...]) -> None:
        super().__init__(f"version {current_version}, expected {expected_version}")
        self.expected_version = expected_version
        self.current_version = current_version
        self.events_since = events_since


class Busy(ServiceError):
    """Too many others write to this dossier; the same call again is safe."""


class Stopped(ServiceError):
    """The program failed on this case: it waits for a repair, the command is kept and others go on."""

    def __init__(self, subject_id: UUID, case_ref: str, error: str) -> None:
        super().__init__(error)
        self.subject_id = subject_id
        self.case_ref = case_ref
        self.error = error


class Persons(Protocol):
    """Where names are kept; the service itself never reads one."""


# -- The service -------------------------------------------------------------------------------------


class Service:
    """The application over one register, under one law, with one clock."""

    def __init__(
        self,
        register: Register,
        law: Law,
        clock: Clock,
        persons: Persons | None = None,
        establishment: str | None = None,
    ) -> None:
        self.register = register
        self.law = law
        self.clock = clock
        self.persons = persons
        self.establishment = establishment

    @property
    def registry(self) -> Registry:
        return self.register.mapper.registry

    # -- Commands --

    async def receive(
        self,
        subject_id: UUID,
        body: Mapping[str, Any],
        on: date,
        actor: Actor,
        idempotency_key: str | None,
        request_id: str,
        expected_version: int | None = None,
    ) -> CommandRow:
        """Keep a command whose shape is right; InputError, DateInFuture, or KeyReused when its key said something else."""
        command = read_command(self.registry, body)
        today = await self.clock.today()
        if on > today:
            raise DateInFuture(on, today)
        asked = dict(body) if expected_version is None else {**body, EXPECTED: expected_version}
        return await self.register.put_command(
            CommandRow(
                command_id=uuid4(),
                subject_id=subject_id,
                type=command.type,
                acted_on=on,
                actor=actor.name,
                role=actor.role,
                body=_written(asked),
                establishment=self.establishment,
                idempotency_key=idempotency_key,
                request_id=request_id,
            )
        )

    async def handle(self, command_id: UUID) -> Handled:
        """Decide a command once for ever: what is due by its day falls first, a repeated call gives the first outcome.

        Stale when the command supposed another version, Stopped when the program failed, Busy when others won.
        """
        row, stored = await asyncio.gather(self.register.command(command_id), self.register.outcome(command_id))
        if row is None or row.type not in self.registry.commands:
            raise UnknownCommand(f"no command {command_id} to decide")
        procedure, ref = self.case_of(row)
        with bound_contextvars(
            request_id=row.request_id,
            command_id=str(command_id),
            subject=str(row.subject_id),
            case=ref,
            procedure=procedure.name,
        ):
            try:
                return await (self._replayed(row, stored) if stored else self._handle(row, procedure, ref))
            except Stopped as stopped:
                await self._stop(stopped)
                raise

    async def outcome(self, command_id: UUID) -> Handled | None:
        """The outcome of a command as it was first given; None while there is none, Stale when that was it."""
        stored = await self.register.outcome(command_id)
        row = await self.register.command(command_id) if stored else None
        if row is None or stored is None:
            return None
        version = await self.register.stream_version(row.subject_id)
        return await self._handled(row, stored, version, (), replayed=True)

    async def check(self, subject_id: UUID, body: Mapping[str, Any], on: date) -> Outcome | Rejection:
        """What the law would say of a command on a day; nothing is recorded."""
        command = read_command(self.registry, body)
        kind = self.registry.commands[command.type][1].subject
        subject = self._advanced(self._fold(subject_id, await self.history(subject_id), kind), on)
        return submit(subject, command, on, self.law)

    # -- Deadlines --

    async def lapse(self, subject_id: UUID, until: date, ref: str = "") -> tuple[Ring, ...]:
        """Let every deadline of a subject due by a day fall, each at its due date, once; the cases that this moves.

        `ref` is the case that asks, and that stops when the subject's history cannot be read.
        """
        with bound_contextvars(subject=str(subject_id), case=ref):
            try:
                rings, fallen = await self._lapse(subject_id, until, ref)
            except Stopped as stopped:
                await self._stop(stopped)
                raise
            await self._resume(subject_id, fallen, deadlines=True)
            return rings

    # -- Reads --

    async def history(self, subject_id: UUID) -> list[Recorded]:
        """Everything recorded of a subject, in order."""
        return await self.register.load(subject_id)

    async def subject(
        self, subject_id: UUID, recorded_at: datetime | None = None, effective_on: date | None = None
    ) -> Subject:
        """A subject as recorded at an instant, and as the deadlines due by a day make it if nobody acts.

        Of version 0 when nothing was recorded then.
        """
        subject = self._fold(subject_id, await self.register.load(subject_id, recorded_at))
        return subject if effective_on is None else self._advanced(subject, effective_on)

    async def rings(self, subject_id: UUID) -> tuple[Ring, ...]:
        """Where each case of a subject stands, for its alarm clock; Stopped when its history cannot be read."""
        subject = await self._load(subject_id, "", None)
        with _stopping(subject_id, "", "history"):
            return tuple(_ring(subject_id, subject, case) for case in _begun(subject))

    def case_of(self, row: CommandRow) -> tuple[Procedure, str]:
        """The procedure and the reference of the case that a command is about."""
        procedure = self.registry.commands[row.type][1]
        return procedure, procedure.name if procedure.standing else canonical.loads(row.body)["case"]

    # -- One command --

    async def _handle(self, row: CommandRow, procedure: Procedure, ref: str) -> Handled:
        before: Subject | None = None
        fallen: set[str] = set()
        for attempt in range(MOST_ATTEMPTS):
            await asyncio.sleep(PAUSE * attempt)
            loaded = await self._load(row.subject_id, ref, procedure.subject)
            before = before or loaded
            subject = await self._fall(loaded, row.subject_id, row.acted_on, fallen)
            if subject is None:
                continue
            with _stopping(row.subject_id, ref, f"command {row.command_id}"):
                outcome, verdict = self._decide(subject, row)
                events = outcome.events if isinstance(outcome, Outcome) else ()
                after = outcome.subject if isinstance(outcome, Outcome) else subject
                rings = _moved(row.subject_id, before, after, always=ref)
                appended = await self.register.append(row.command_id, row.subject_id, subject.version, events, verdict)
            if isinstance(appended, Conflict):
                continue
            if appended.replayed:
                return await self._replayed(row, appended.outcome)
            log.info("handled", result=verdict.result, events=len(events), version=appended.version)
            if after.next_due(row.acted_on):
                after, rings = await self._afterwards(before, after, row, ref)
            told = self._handled(row, appended.outcome, after.version, rings, replayed=False)
            _, handled = await asyncio.gather(self._resume(row.subject_id, {*fallen, ref}), told)
            return handled
        raise Busy(f"{MOST_ATTEMPTS} attempts lost")

    async def _afterwards(
        self, before: Subject, after: Subject, row: CommandRow, ref: str
    ) -> tuple[Subject, tuple[Ring, ...]]:
        """What a command makes due on its own day falls at once; whatever happens there, the command is decided."""
        try:
            after = await self._fall(after, row.subject_id, row.acted_on, set()) or after
        except Stopped as stopped:
            await self._stop(stopped)
        return after, _moved(row.subject_id, before, after, always=ref)

    def _decide(self, subject: Subject, row: CommandRow) -> tuple[Outcome | Rejection | None, Verdict]:
        body = canonical.loads(row.body)
        expected = body.pop(EXPECTED, None)
        if expected is not None and expected != subject.version:
            return None, Verdict(
                "rejected", canonical.dumps({"stale": {"expected": expected, "current": subject.version}})
            )
        command: Command = read_command(self.registry, body)
        outcome = submit(subject, command, row.acted_on, self.law)
        said: dict[str, Any] = {"checks": [_check_json(check) for check in outcome.checks]}
        if isinstance(outcome, Outcome):
            return outcome, Verdict("accepted", _written(said))
        said["code"] = outcome.code
        said["basis"] = [str(article) for article in outcome.basis]
        said["violations"] = [violation_json(check) for check in outcome.violations]
        return outcome, Verdict("rejected", _written(said))

    async def _replayed(self, row: CommandRow, stored: StoredOutcome) -> Handled:
        """The first outcome; whoever asks again may have missed the rings, so every alarm of the subject gets one."""
        version = await self.register.stream_version(row.subject_id)
        rings = await self.rings(row.subject_id)
        _, ref = self.case_of(row)
        wanted = tuple(ring for ring in rings if ring.next_due or ring.ref == ref)
        return await self._handled(row, stored, version, wanted, replayed=True)

    async def _handled(
        self, row: CommandRow, stored: StoredOutcome, version: int, rings: tuple[Ring, ...], *, replayed: bool
    ) -> Handled:
        said = canonical.loads(stored.body)
        if "stale" in said:
            expected, current = said["stale"]["expected"], said["stale"]["current"]
            since = await self.register.events_since(row.subject_id, expected)
            raise Stale(expected, current, tuple(event for event in since if event.seq <= current))
        assert stored.result != "fault"
        checks = tuple(said.pop("checks", ()))
        return Handled(
            command_id=row.command_id,
            subject_id=row.subject_id,
            result=stored.result,
            version=version,
            events=await self._events_of(row.subject_id, stored),
            rejection=said if stored.result == "rejected" else None,
            checks=checks,
            replayed=replayed,
            rings=rings,
        )

    async def _events_of(self, subject_id: UUID, stored: StoredOutcome) -> tuple[Recorded, ...]:
        if stored.first_version is None or stored.last_version is None:
            return ()
        since = await self.register.events_since(subject_id, stored.first_version - 1)
        return tuple(event for event in since if event.seq <= stored.last_version)

    # -- Deadlines that fall --

    async def _lapse(self, subject_id: UUID, until: date, ref: str) -> tuple[tuple[Ring, ...], set[str]]:
        before: Subject | None = None
        fallen: set[str] = set()
        for attempt in range(MOST_ATTEMPTS):
            await asyncio.sleep(PAUSE * attempt)
            loaded = await self._load(subject_id, ref, None)
            before = before or loaded
            after = await self._fall(loaded, subject_id, until, fallen)
            if after is not None:
                with _stopping(subject_id, ref, "history"):
                    return _moved(subject_id, before, after), fallen
        raise Busy(f"{MOST_ATTEMPTS} attempts lost")

    async def _fall(self, subject: Subject, subject_id: UUID, until: date, fallen: set[str]) -> Subject | None:
        """The subject once all that is due has fallen, each deadline recorded; None when another writer was first."""
        while armed := subject.next_due(until):
            deadline = armed.deadline
            ref = deadline.case or ""
            with _stopping(subject_id, ref, f"deadline {deadline.kind} {deadline.due}"):
                lapsed = lapse_next(subject, until, self.law)
                assert lapsed is not None
                appended = await self._append_deadline(subject, subject_id, deadline, lapsed[1])
            if isinstance(appended, Conflict) or appended.replayed:
                return None
            log.info("deadline_fell", case=ref, kind=deadline.kind, due=str(deadline.due), version=appended.version)
            fallen.add(ref)
            subject = lapsed[1].subject
        return subject

    async def _append_deadline(
        self, subject: Subject, subject_id: UUID, deadline: Deadline, outcome: Outcome
    ) -> Appended | Conflict:
        ref = deadline.case or ""
        said = {"type": "deadline", "case": ref, "kind": deadline.kind, "due": deadline.due.isoformat()}
        row = CommandRow(
            command_id=deadline_command_id(subject_id, ref, deadline.kind, deadline.due),
            subject_id=subject_id,
            type="deadline",
            acted_on=deadline.due,
            actor="greffe",
            role="greffe",
            body=canonical.dumps(said),
            establishment=self.establishment,
        )
        verdict = Verdict("accepted", canonical.dumps({}))
        return await self.register.append(
            row.command_id, subject_id, subject.version, outcome.events, verdict, deadline_row=row
        )

    # -- From events to a subject --

    async def _load(self, subject_id: UUID, ref: str, kind: str | None) -> Subject:
        with _stopping(subject_id, ref, "history"):
            return self._fold(subject_id, await self.register.load(subject_id), kind)

    def _fold(self, subject_id: UUID, history: list[Recorded], kind: str | None = None) -> Subject:
        """The subject of these events; its kind is told by the first of them, or by the command to come."""
        opener = self.registry.openers.get(type(history[0].event)) if history else None
        known = opener.subject if opener else kind or self.registry.procedures[0].subject
        return Subject.new(str(subject_id), known, self.registry).fold(recorded.event for recorded in history)

    def _advanced(self, subject: Subject, until: date) -> Subject:
        while lapsed := lapse_next(subject, until, self.law):
            subject = lapsed[1].subject
        return subject

    # -- Faults of the program --

    async def _stop(self, stopped: Stopped) -> None:
        log.error("case_stopped", case=stopped.case_ref, error=stopped.error, exc_info=stopped.__cause__)
        await self.register.stop_case(stopped.subject_id, stopped.case_ref, stopped.error)

    async def _resume(self, subject_id: UUID, settled: set[str], *, deadlines: bool = False) -> None:
        """Say that what has just succeeded is repaired; a command that failed stays so until itself succeeds."""
        for fault in await self.register.stopped_cases():
            done = fault.case_ref in settled or (deadlines and not fault.error.startswith("command "))
            if fault.subject_id == subject_id and done:
                await self.register.resume_case(subject_id, fault.case_ref)
                log.info("case_resumed", case=fault.case_ref)


# -- Around one act ----------------------------------------------------------------------------------


@contextmanager
def _stopping(subject_id: UUID, ref: str, act: str) -> Iterator[None]:
    """Whatever the law's code raises stops the case; what the store says of itself passes through."""
    try:
        yield
    except (StoreError, ServiceError):
        raise
    except Exception as error:
        raise Stopped(subject_id, ref, f"{act}: {type(error).__name__}: {error}"[:LONGEST_ERROR]) from error


def _written(said: Mapping[str, Any]) -> bytes:
    try:
        written = canonical.dumps(canonical.normalised(said))
    except canonical.NotCanonical as error:
        raise InputError("", str(error)) from error
    if len(written) > LONGEST_BODY:
        raise InputError("", f"longer than {LONGEST_BODY} bytes")
    return written


def _check_json(check: Check) -> dict[str, Any]:
    return {**violation_json(check), "met": check.met}


def _begun(subject: Subject) -> Iterator[Case]:
    return (case for case in subject.cases.values() if case.state is not None)


def _ring(subject_id: UUID, subject: Subject, case: Case) -> Ring:
    due = (a.deadline.due for a in subject.armed.values() if a.deadline.case == case.ref and not a.fallen)
    return Ring(
        case_id=case_id(subject_id, case.ref),
        subject_id=subject_id,
        ref=case.ref,
        procedure=case.procedure.name,
        status=case.status,
        closed=case.closed,
        next_due=min(due, default=None),
        standing=case.procedure.standing,
    )


def _moved(subject_id: UUID, before: Subject, after: Subject, always: str | None = None) -> tuple[Ring, ...]:
    """The cases whose next deadline is not what it was, and the one at hand."""
    then = {case.ref: _ring(subject_id, before, case) for case in _begun(before)}
    now = [_ring(subject_id, after, case) for case in _begun(after)]
    return tuple(ring for ring in now if ring.ref == always or _alarm(ring) != _alarm(then.get(ring.ref)))


def _alarm(ring: Ring | None) -> tuple[date | None, bool]:
    return (None, False) if ring is None else (ring.next_due, ring.over)
