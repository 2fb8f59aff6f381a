"""What the screens read: the agenda, the dossiers, the cases. Rows are computed from events and from nothing else.

The agenda comes from the Deadline events alone, so that it can be checked without any procedure; the two
others from what the subject has become.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from operator import attrgetter
from time import monotonic
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg

from adapters.store import canonical
from adapters.store.connection import Pool, connected
from adapters.store.ids import case_id
from domain.kernel import (
    DEADLINE_EVENTS,
    Case,
    Deadline,
    DeadlineArmed,
    DeadlineCancelled,
    DeadlineFell,
    DeadlineMet,
    DeadlineRevised,
    Event,
    Key,
    Registry,
    Subject,
    UnknownEvent,
    key_of,
)

Summary: TypeAlias = Callable[[Subject], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class AgendaRow:
    """A deadline in force; `fallen_on` when it has fallen and an act is still awaited, `pos` of its arming."""

    subject_id: UUID
    case_id: UUID
    case_ref: str
    kind: str
    due: date
    nature: str
    basis: list[str]
    consequence: str
    awaits: list[str]
    armed_on: date
    fallen_on: date | None
    pos: int


@dataclass(frozen=True, slots=True)
class DossierRow:
    """What a subject has become; `summary` is JSON, `open_cases` counts those that do not always stand."""

    subject_id: UUID
    kind: str
    version: int
    last_pos: int
    last_recorded_at: datetime
    summary: str
    open_cases: int
    next_due: date | None


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case, open or closed; one that always stands has no day of opening."""

    case_id: UUID
    subject_id: UUID
    ref: str
    procedure: str
    status: str
    standing: bool
    opened_on: date | None
    closed: bool
    next_due: date | None


Row: TypeAlias = AgendaRow | DossierRow | CaseRow


@dataclass(frozen=True)
class View:
    """A table, its key, and its columns in the order of its row."""

    name: str
    key: tuple[str, ...]
    row: type[Row]

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(field.name for field in fields(self.row))

    def values(self, row: Row) -> tuple[Any, ...]:
        found: tuple[Any, ...] = attrgetter(*self.columns)(row)
        return found


AGENDA = View("agenda", ("subject_id", "case_ref", "kind", "due"), AgendaRow)
DOSSIERS = View("dossiers", ("subject_id",), DossierRow)
OPEN_CASES = View("open_cases", ("case_id",), CaseRow)
VIEWS = {view.name: view for view in (AGENDA, DOSSIERS, OPEN_CASES)}


# -- From events to rows -----------------------------------------------------------------------------


@dataclass(slots=True)
class Folded:
    """A subject as its events have made it, and its agenda; the same whether they come one by one or at once."""

    subject_id: UUID
    registry: Registry
    subject: Subject | None = None
    agenda: dict[Key, AgendaRow] | None = None

    @property
    def version(self) -> int:
        return 0 if self.subject is None else self.subject.version

    def take(self, event: Event, pos: int) -> tuple[Key | None, list[Case]]:
        """Fold one event; the line of the agenda and the cases that it touches."""
        before = self.subject or self._new(event)
        self.subject = before.fold((event,))
        self.agenda = {} if self.agenda is None else self.agenda
        key = agenda_step(self.agenda, event, self.subject_id, pos)
        cases = self.subject.cases
        if key is not None:
            return key, [cases[key[0]]] if key[0] in cases else []
        return None, [case for ref, case in cases.items() if before.cases.get(ref) is not case]

    def _new(self, event: Event) -> Subject:
        opener = self.registry.openers.get(type(event))
        if opener is None:
            raise UnknownEvent(f"no procedure begins with {event.name()}")
        return Subject.new(str(self.subject_id), opener.subject, self.registry)


def agenda_step(agenda: dict[Key, AgendaRow], event: Event, subject_id: UUID, pos: int) -> Key | None:
    """Keep the deadlines in force; the one that an event arms, moves or ends, if it is about one."""
    if not isinstance(event, DEADLINE_EVENTS):
        return None
    if isinstance(event, DeadlineArmed):
        key = key_of(event.deadline)
        agenda[key] = _armed(event, subject_id, pos)
        return key
    if isinstance(event, DeadlineRevised):
        key = key_of(event.deadline)
        agenda[key] = replace(agenda[key], **_said(event.deadline))
        return key
    assert isinstance(event, DeadlineCancelled | DeadlineFell | DeadlineMet)
    key = (event.case or "", event.kind, event.due)
    if isinstance(event, DeadlineFell) and event.pending:
        agenda[key] = replace(agenda[key], fallen_on=event.due)
    else:
        del agenda[key]
    return key


def _armed(event: DeadlineArmed, subject_id: UUID, pos: int) -> AgendaRow:
    deadline = event.deadline
    ref = deadline.case or ""
    return AgendaRow(
        subject_id=subject_id,
        case_id=case_id(subject_id, ref),
        case_ref=ref,
        kind=deadline.kind,
        due=deadline.due,
        armed_on=event.acted_on,
        fallen_on=deadline.due if event.fallen else None,
        pos=pos,
        **_said(deadline),
    )


def _said(deadline: Deadline) -> dict[str, Any]:
    """What a deadline says, which may change while it runs."""
    return {
        "nature": deadline.nature,
        "basis": [str(article) for article in deadline.basis],
        "consequence": deadline.consequence,
        "awaits": list(deadline.awaits),
    }


def dossier_row(folded: Folded, pos: int, recorded_at: datetime, summary: Summary) -> DossierRow:
    """What the subject has become after the event at this position."""
    subject = folded.subject
    assert subject is not None
    return DossierRow(
        subject_id=folded.subject_id,
        kind=subject.kind,
        version=subject.version,
        last_pos=pos,
        last_recorded_at=recorded_at,
        summary=canonical.dumps(dict(summary(subject))).decode(),
        open_cases=sum(not case.procedure.standing for case in subject.open_cases()),
        next_due=_next_due(subject, None),
    )


def case_row(folded: Folded, case: Case) -> CaseRow:
    """Where a case stands."""
    assert folded.subject is not None
    return CaseRow(
        case_id=case_id(folded.subject_id, case.ref),
        subject_id=folded.subject_id,
        ref=case.ref,
        procedure=case.procedure.name,
        status=case.status,
        standing=case.procedure.standing,
        opened_on=None if case.procedure.standing else case.opened_on,
        closed=case.closed,
        next_due=_next_due(folded.subject, case.ref),
    )


def begun(cases: Iterable[Case]) -> Iterator[Case]:
    """The cases of which something is known."""
    return (case for case in cases if case.state is not None)


def _next_due(subject: Subject, ref: str | None) -> date | None:
    return min(
        (
            armed.deadline.due
            for armed in subject.armed.values()
            if not armed.fallen and (ref is None or (armed.deadline.case or "") == ref)
        ),
        default=None,
    )


# -- From rows to screens ----------------------------------------------------------------------------

TRACKED = "dossier"  # the name under which the eventsourcing library tracks the register


class Views:
    """The views of one database, read through the service's role."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def position(self) -> int:
        """The last event that the views show."""
        rows = await self._fetch("SELECT notification_id FROM views_tracking WHERE application_name = $1", TRACKED)
        position: int = rows[0][0]
        return position

    async def caught_up(self, pos: int, timeout: float = 2.0) -> bool:  # noqa: ASYNC109  # a delay to keep, not to enforce
        """Wait until the views show an event; False when they do not in time."""
        give_up, pause = monotonic() + timeout, 0.002
        while await self.position() < pos:
            if monotonic() > give_up:
                return False
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, 0.05)
        return True

    async def agenda(self, until: date | None = None, subject_id: UUID | None = None) -> list[AgendaRow]:
        """The deadlines in force due by a day, earliest first; those of one subject, when one is given."""
        rows = await self._fetch(
            """SELECT * FROM agenda WHERE ($1::date IS NULL OR due <= $1)
               AND ($2::uuid IS NULL OR subject_id = $2) ORDER BY due, pos""",
            until,
            subject_id,
        )
        return [AgendaRow(**row) for row in rows]

    async def due(self, until: date) -> list[UUID]:
        """The subjects with a deadline that should have fallen by a day, the earliest first."""
        rows = await self._fetch(
            """SELECT subject_id FROM agenda WHERE due <= $1 AND fallen_on IS NULL
               GROUP BY subject_id ORDER BY min(due), subject_id""",
            until,
        )
        return [row["subject_id"] for row in rows]

    async def dossier(self, subject_id: UUID) -> DossierRow | None:
        rows = await self._fetch(_DOSSIERS + " WHERE subject_id = $1", subject_id)
        return DossierRow(**rows[0]) if rows else None

    async def dossiers(self, limit: int = 50, offset: int = 0) -> list[DossierRow]:
        """The dossiers, the last one written first."""
        rows = await self._fetch(_DOSSIERS + " ORDER BY last_pos DESC LIMIT $1 OFFSET $2", limit, offset)
        return [DossierRow(**row) for row in rows]

    async def cases(self, subject_id: UUID) -> list[CaseRow]:
        """The cases of a subject, open and closed, in the order they were opened."""
        rows = await self._fetch(
            "SELECT * FROM open_cases WHERE subject_id = $1 ORDER BY opened_on NULLS FIRST, ref", subject_id
        )
        return [CaseRow(**row) for row in rows]

    async def open_cases(self) -> list[CaseRow]:
        """Every open case, the next one due first."""
        rows = await self._fetch("SELECT * FROM open_cases WHERE NOT closed ORDER BY next_due NULLS LAST, case_id")
        return [CaseRow(**row) for row in rows]

    async def _fetch(self, query: str, *arguments: object) -> list[asyncpg.Record]:
        async with connected(self._pool) as connection:
            return await connection.fetch(query, *arguments)


_DOSSIERS = f"SELECT {', '.join(DOSSIERS.columns)} FROM dossiers"  # noqa: S608  # constants
