"""Two small procedures for the tests of the store: a career that always stands, an errand with a term."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from domain.kernel import (
    CaseCommand,
    Check,
    CivilDate,
    Context,
    Deadline,
    Event,
    Opening,
    Procedure,
    Reference,
    Registry,
    Subject,
    SubjectCommand,
    Text,
)
from domain.law import Article, Law

RULE = Article("TEST", "1")
LAW = Law("test-1")


class NoteCorps(SubjectCommand):
    type: Literal["toy.note_corps"] = "toy.note_corps"
    corps: Text
    quotite: int = 100


class OpenErrand(Opening):
    type: Literal["toy.open"] = "toy.open"
    term: CivilDate
    note: Text = "sans objet"


class CloseErrand(CaseCommand):
    type: Literal["toy.close"] = "toy.close"
    case: Reference


class CorpsNoted(Event):
    corps: str
    quotite: int


class ErrandOpened(Event):
    term: date
    note: str


class ErrandClosed(Event):
    pass


class ErrandOverdue(Event):
    pass


@dataclass(frozen=True)
class Errand:
    term: date
    status: str = "open"


def _no_rule(*_: object) -> Iterable[Check]:
    return ()


def _note(context: Context, state: object, command: NoteCorps) -> Iterable[Event]:
    yield CorpsNoted(on=context.on, basis=(RULE,), corps=command.corps, quotite=command.quotite)


def _decide(context: Context, state: Errand | None, command: Any) -> Iterable[Event]:
    if isinstance(command, OpenErrand):
        yield ErrandOpened(on=context.on, basis=(RULE,), case=command.case, term=command.term, note=command.note)
    else:
        yield ErrandClosed(on=context.on, basis=(RULE,), case=command.case)


def _evolve(state: Errand | None, event: Event) -> Errand:
    match event:
        case ErrandOpened():
            return Errand(event.term)
        case ErrandClosed():
            assert state is not None
            return replace(state, status="closed")
        case _:
            assert state is not None
            return replace(state, status="overdue")


def _deadlines(context: Context, state: Errand) -> Iterable[Deadline]:
    if state.status == "closed":
        return
    yield Deadline(
        kind="term", due=state.term, basis=(RULE,), nature="statutory", consequence="errand_overdue", awaits=("agent",)
    )


def _lapse(context: Context, state: Errand, deadline: Deadline) -> Iterable[Event]:
    yield ErrandOverdue(on=context.on, basis=(RULE,), case=deadline.case)


CAREER = Procedure(
    name="career",
    subject="agent",
    articles=(RULE,),
    commands=(NoteCorps,),
    events=(CorpsNoted,),
    rules=_no_rule,
    decide=_note,
    evolve=lambda state, event: event,
    status=lambda state: "known",
    statuses=("known",),
    standing=True,
)
ERRAND = Procedure(
    name="errand",
    subject="agent",
    articles=(RULE,),
    commands=(OpenErrand, CloseErrand),
    events=(ErrandOpened, ErrandClosed, ErrandOverdue),
    rules=_no_rule,
    decide=_decide,
    evolve=_evolve,
    status=lambda state: state.status,
    statuses=("open", "overdue", "closed"),
    closed=lambda state: state.status == "closed",
    deadlines=_deadlines,
    lapse=_lapse,
)
REGISTRY = Registry((CAREER, ERRAND))


def summary(subject: Subject) -> dict[str, Any]:
    noted: CorpsNoted | None = subject.state("career")
    return {} if noted is None else {"corps": noted.corps, "statut": "titulaire", "quotite": noted.quotite}


def opened(number: int = 1, note: str = "sans objet") -> ErrandOpened:
    """An event as a decision would leave it."""
    return ErrandOpened(
        on=date(2026, 3, 1),
        acted_on=date(2026, 3, 1),
        law="test-1",
        basis=(RULE,),
        case=f"E{number}",
        term=date(2026, 9, 1),
        note=note,
    )
