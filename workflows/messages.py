"""What goes through Temporal: identifiers, dates and codes, never what a dossier says nor whom it is about."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID


def workflow_id(case_id: UUID) -> str:
    """The identifier of the workflow of a case."""
    return f"case-{case_id}"


@dataclass(frozen=True)
class CaseRef:
    """A case, as its workflow has to name it."""

    case_id: UUID
    subject_id: UUID
    ref: str
    procedure: str


@dataclass(frozen=True)
class Standing:
    """Where a case stands: its next due date and the instant at which to ring; `over` when no alarm is needed."""

    status: str
    due: date | None
    rings_at: datetime | None
    over: bool


@dataclass(frozen=True)
class CaseStart:
    """What a run begins with: nothing but the case, or what the run before it knew."""

    case: CaseRef
    standing: Standing | None = None
    look: bool = False
    owed: tuple[CaseRef, ...] = ()
    renew_after: int | None = None  # events of history, when the server's own advice is too far away


@dataclass(frozen=True)
class Answer:
    """What became of a request; the store holds the rest."""

    state: Literal["decided", "stale", "stopped", "unknown", "unavailable"]
    version: int = 0
    replayed: bool = False


@dataclass(frozen=True)
class Seen:
    """What an activity brings back: the answer, where the case now stands, whom else to ring, when to look again."""

    answer: Answer
    standing: Standing | None = None
    siblings: tuple[CaseRef, ...] = ()
    look_again_after: timedelta | None = None


@dataclass(frozen=True)
class Reconciled:
    """How many alarms should be set, how many were, and what was repaired."""

    recorded: int
    armed: int
    missing: int
    wrong: int
    unreadable: int
