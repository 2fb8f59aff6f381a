"""What every procedure is made of: commands, events, deadlines, refusals, and the subject they fold into.

A procedure decides (`decide`), remembers (`evolve`), says what time will bring (`deadlines`) and what
happens when it comes (`lapse`). The kernel runs one act at a time over one subject: the decision, what
the other open cases make of it (`react`), then the deadlines that are armed, moved or given up. All of
it is a pure function of the subject's events.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictInt, StrictStr, StringConstraints

from domain.calendar import Span
from domain.law import Article, ArticleRef, Law

# -- Words of the input ------------------------------------------------------------------------------

FIRST_DATE = date(1900, 1, 1)
LAST_DATE = date(2200, 12, 31)


def _civil_date(value: object) -> object:
    """Only `YYYY-MM-DD`: a number or an instant is not a civil date."""
    if isinstance(value, str):
        if len(value) != 10:
            raise ValueError("a date YYYY-MM-DD is expected")
        value = date.fromisoformat(value)
    if type(value) is not date:
        raise ValueError("a date YYYY-MM-DD is expected")
    if not FIRST_DATE <= value <= LAST_DATE:
        raise ValueError(f"a date from {FIRST_DATE} to {LAST_DATE} is expected")
    return value


CivilDate = Annotated[date, BeforeValidator(_civil_date)]
Text = Annotated[StrictStr, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Reference = Annotated[StrictStr, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]*$", max_length=64)]
Number = Annotated[StrictInt, Field(ge=-100_000, le=100_000)]


class Value(BaseModel):
    """A frozen record that refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Command(Value):
    """What a person asks; `type` is its public name, `<procedure>.<verb>`."""

    type: str
    case: str | None = None


class CaseCommand(Command):
    """A command that belongs to a case, under the reference chosen by the caller."""

    case: Reference


class Opening(CaseCommand):
    """A command that opens a case."""


class SubjectCommand(Command):
    """A command about the subject itself; it names no case."""

    case: None = None


# -- What has happened -------------------------------------------------------------------------------


def _one_or_many(basis: object) -> object:
    return (basis,) if isinstance(basis, str | Article) else basis


LegalBasis = Annotated[tuple[ArticleRef, ...], BeforeValidator(_one_or_many), Field(min_length=1)]


class Event(Value):
    """What has happened in law: its legal day, its basis, the case, the day of the act that made it.

    `on` is the day of legal effect, which a decision may set later (or earlier) than `acted_on`, the day of
    the act itself. `law` is the edition, choices included, under which it was decided. The kernel writes
    `acted_on` and `law`, and, where a procedure leaves them out, `case` and `on`: the case at hand, the day of
    the act.
    """

    on: date = date.min
    basis: LegalBasis
    case: str | None = None
    warnings: tuple[str, ...] = ()
    acted_on: date = date.min
    law: str = ""

    bookkeeping: ClassVar[bool] = False  # True: about the register, not an act of law

    @classmethod
    def name(cls) -> str:
        """The public name of the event type."""
        return cls.__name__


# -- What time will bring ----------------------------------------------------------------------------

Nature: TypeAlias = Literal["statutory", "internal"]


class Deadline(Value):
    """A day that matters: what falls, under which article, and what happens then if nobody acts.

    `due` is the first day on which the consequence applies. `consequence` is a stable code, put into words
    by the catalogue. `awaits` names who is expected to act before; none when the effect is automatic.
    """

    kind: str
    due: date
    basis: LegalBasis
    nature: Nature
    consequence: str
    awaits: tuple[str, ...] = ()
    case: str | None = None


def automatic(kind: str, due: date, basis: Article, consequence: str) -> Deadline:
    """A statutory day on which something happens though nobody acts."""
    return Deadline(kind=kind, due=due, basis=basis, nature="statutory", consequence=consequence)


def awaited(kind: str, due: date, basis: Article, nature: Nature, consequence: str, *awaits: str) -> Deadline:
    """A day by which somebody is expected to act."""
    return Deadline(kind=kind, due=due, basis=basis, nature=nature, consequence=consequence, awaits=awaits)


Key: TypeAlias = tuple[str, str, date]  # case, kind, due


@dataclass(frozen=True, slots=True)
class Armed:
    """A deadline in force, with the day it was armed and, once it has fallen, that it still awaits an act."""

    deadline: Deadline
    armed_on: date
    fallen: bool = False


class DeadlineArmed(Event):
    """A deadline now runs; `fallen` when its day has fallen once already, so that only the act is awaited."""

    bookkeeping = True
    deadline: Deadline
    fallen: bool = False


class DeadlineRevised(Event):
    """What a deadline that runs says has changed: who is awaited, or what happens then."""

    bookkeeping = True
    deadline: Deadline


class DeadlineCancelled(Event):
    """A deadline no longer runs: superseded, or its case has ended."""

    bookkeeping = True
    kind: str
    due: date


class DeadlineFell(Event):
    """A deadline has fallen; `pending` while an act is still awaited."""

    bookkeeping = True
    kind: str
    due: date
    pending: bool


class DeadlineMet(Event):
    """What a fallen deadline still awaited has been done, or is no longer needed."""

    bookkeeping = True
    kind: str
    due: date


DEADLINE_EVENTS: tuple[type[Event], ...] = (
    DeadlineArmed,
    DeadlineRevised,
    DeadlineCancelled,
    DeadlineFell,
    DeadlineMet,
)


class CaseClosed(Event):
    """A case is over without an act of its own, because of what happened in another."""

    bookkeeping = True
    cause: str


KERNEL_EVENTS: tuple[type[Event], ...] = (*DEADLINE_EVENTS, CaseClosed)


# -- What is refused ---------------------------------------------------------------------------------


class Check(Value):
    """One rule put to one command: whether it is met, its code when it is not, and where it is written.

    `field` is the field of the command, `found` what was given, `expected` what the rule wanted in a few
    machine-readable facts, `suggestion` the values of fields that would be accepted.
    """

    code: str
    met: bool
    basis: LegalBasis
    field: str | None = None
    found: Any = None
    expected: Mapping[str, Any] = {}
    suggestion: Mapping[str, Any] = {}


def check(
    code: str,
    met: bool,
    basis: Article | tuple[Article, ...],
    *,
    field: str | None = None,
    found: Any = None,
    suggest: Mapping[str, Any] | None = None,
    **expected: Any,
) -> Check:
    """A rule put to a command; what would be accepted is suggested only when the rule is not met."""
    return Check(
        code=code,
        met=met,
        basis=basis,
        field=field,
        found=found,
        expected=expected,
        suggestion=suggest if suggest and not met else {},
    )


@dataclass(frozen=True, slots=True)
class Rejection:
    """A lawful refusal: every rule that was tested, in the order in which the law tests them."""

    checks: tuple[Check, ...]

    @property
    def violations(self) -> tuple[Check, ...]:
        """The rules not met; the first one names the refusal."""
        return tuple(check for check in self.checks if not check.met)

    @property
    def code(self) -> str:
        return self.violations[0].code

    @property
    def basis(self) -> tuple[Article, ...]:
        return self.violations[0].basis


# -- Procedures --------------------------------------------------------------------------------------


class Fault(Exception):
    """The program, not the person, is wrong: the case must stop and be looked at."""


class UnknownEvent(Fault):
    """An event that no rule knows how to fold: never skipped."""


@dataclass(frozen=True, slots=True)
class Period:
    """What a case puts on one lane of the subject's timeline: a value, from a day to a day.

    `granted` is False while the decision is awaited; `lane` and `value` are codes; the kernel writes `case`.
    """

    lane: str
    value: str
    first: date
    last: date | None
    case: str | None = None
    granted: bool = True

    @property
    def span(self) -> Span:
        return Span(self.first, self.last)


CaseState: TypeAlias = Any  # each procedure has its own frozen state


@dataclass(frozen=True, slots=True)
class Case:
    """One procedure of a subject: its reference, where it stands, since when."""

    ref: str
    procedure: "Procedure"
    state: CaseState
    opened_on: date
    closed_on: date | None = None

    @property
    def status(self) -> str:
        return self.procedure.status(self.state) if self.closed_on is None else "closed"

    @property
    def closed(self) -> bool:
        """Nothing more can happen to it, and nothing is owed any more."""
        return self.closed_on is not None or (self.state is not None and self.procedure.closed(self.state))


def _none(*_: Any) -> tuple[Any, ...]:
    return ()


@dataclass(frozen=True)
class Procedure:
    """A decider: what may be asked, what then happens, what time brings, and the traces it leaves.

    `rules` puts every rule to a command, in the order of the law; when all are met, `decide` says what then
    happens. `evolve` remembers an event; `deadlines` are all the days that now matter, `lapse` what happens
    on one of them; `react` the events that the events of other cases call for. `periods` are the case's
    marks on the timeline, `entitlements(context)` the rights it gives on `context.on`. A `standing`
    procedure has one case per subject, always there, under its own name.
    """

    name: str
    subject: str
    articles: tuple[Article, ...]
    commands: tuple[type[Command], ...]
    events: tuple[type[Event], ...]
    rules: Callable[["Context", Any, Any], Iterable[Check]]
    decide: Callable[["Context", Any, Any], Iterable[Event]]
    evolve: Callable[[Any, Any], Any]
    status: Callable[[Any], str]
    statuses: tuple[str, ...]
    closed: Callable[[Any], bool] = lambda _: False
    deadlines: Callable[["Context", Any], Iterable[Deadline]] = _none
    lapse: Callable[["Context", Any, Deadline], Iterable[Event]] = _none
    react: Callable[["Context", Any, tuple[Event, ...]], Iterable[Event]] = _none
    periods: Callable[[Any], Iterable[Period]] = _none
    entitlements: Callable[["Context"], Mapping[str, Any]] | None = None
    standing: bool = False


@dataclass(frozen=True)
class Registry:
    """All procedures of the product, and the codes by which they are found."""

    procedures: tuple[Procedure, ...]
    entitlements: tuple[Callable[["Context"], Mapping[str, Any]], ...] = ()

    @cached_property
    def by_name(self) -> Mapping[str, Procedure]:
        return {procedure.name: procedure for procedure in self.procedures}

    @cached_property
    def commands(self) -> Mapping[str, tuple[type[Command], Procedure]]:
        """Command type, for example `part_time.request`, to its class and its procedure."""
        return {
            command.model_fields["type"].default: (command, procedure)
            for procedure in self.procedures
            for command in procedure.commands
        }

    @cached_property
    def events(self) -> Mapping[str, type[Event]]:
        """Event type to its class."""
        classes = [event for procedure in self.procedures for event in procedure.events]
        return {event.name(): event for event in (*KERNEL_EVENTS, *classes)}

    @cached_property
    def openers(self) -> Mapping[type[Event], Procedure]:
        """Event class to the first procedure that lists it: the one whose case it may open."""
        found: dict[type[Event], Procedure] = {}
        for procedure in self.procedures:
            for event in procedure.events:
                found.setdefault(event, procedure)
        return found

    def standing(self, subject: str) -> Iterator[Procedure]:
        return (p for p in self.procedures if p.standing and p.subject == subject)

    def entitled(self, context: "Context") -> Mapping[str, Any]:
        """What the subject is entitled to on the context's day, by section."""
        rights = [p.entitlements for p in self.procedures if p.entitlements is not None]
        return {name: value for right in (*rights, *self.entitlements) for name, value in right(context).items()}


# -- The subject -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Subject:
    """An agent's dossier, or a contract, as its events have made it.

    `cases` in the order they were opened; `armed` the deadlines in force in the order they were armed;
    `fallen` all that ever fell, so that none falls twice.
    """

    id: str
    kind: str
    registry: Registry
    cases: Mapping[str, Case] = field(default_factory=dict)
    armed: Mapping[Key, Armed] = field(default_factory=dict)
    fallen: frozenset[Key] = frozenset()
    version: int = 0

    @classmethod
    def new(cls, id: str, kind: str, registry: Registry) -> "Subject":
        """A subject of which nothing is known but the procedures that always stand."""
        standing = {p.name: Case(p.name, p, None, date.min) for p in registry.standing(kind)}
        return cls(id, kind, registry, standing)

    def fold(self, events: Iterable[Event]) -> "Subject":
        """The subject after these events; UnknownEvent on an event that no rule knows."""
        cases, armed, version = dict(self.cases), dict(self.armed), self.version
        fallen: set[Key] = set()
        for event in events:
            version += 1
            if isinstance(event, DEADLINE_EVENTS):
                _keep_deadline(armed, fallen, event)
            elif isinstance(event, CaseClosed) and event.case in cases:
                cases[event.case] = replace(cases[event.case], closed_on=event.on)
            else:
                case = self._case_of(cases, event)
                cases[case.ref] = replace(case, state=case.procedure.evolve(case.state, event))
        fallen_so_far = self.fallen | fallen if fallen else self.fallen
        return replace(self, cases=cases, armed=armed, fallen=fallen_so_far, version=version)

    def _case_of(self, cases: Mapping[str, Case], event: Event) -> Case:
        opener = self.registry.openers.get(type(event))
        if opener is None:
            raise UnknownEvent(f"no procedure knows {event.name()}")
        ref = event.case if event.case is not None else opener.name
        return cases.get(ref) or Case(ref, opener, None, event.acted_on)

    def open_cases(self) -> Iterator[Case]:
        """The cases in which something may still happen, in the order they were opened."""
        return (case for case in self.cases.values() if not case.closed)

    def state(self, name: str) -> Any:
        """The state of a standing procedure."""
        return self.cases[name].state

    def next_due(self, until: date) -> Armed | None:
        """The earliest deadline due by this day that has not fallen; the first armed among equals."""
        due = [a for a in self.armed.values() if not a.fallen and a.deadline.due <= until]
        return min(due, key=lambda armed: armed.deadline.due, default=None)


def key_of(deadline: Deadline) -> Key:
    """What makes a deadline that one and no other."""
    return (deadline.case or "", deadline.kind, deadline.due)


def _keep_deadline(armed: dict[Key, Armed], fallen: set[Key], event: Event) -> None:
    if isinstance(event, DeadlineArmed):
        armed[key_of(event.deadline)] = Armed(event.deadline, event.acted_on, event.fallen)
        return
    if isinstance(event, DeadlineRevised):
        key = key_of(event.deadline)
        armed[key] = replace(armed[key], deadline=event.deadline)
        return
    assert isinstance(event, DeadlineCancelled | DeadlineFell | DeadlineMet)
    key = (event.case or "", event.kind, event.due)
    if isinstance(event, DeadlineFell):
        fallen.add(key)
        if event.pending:
            armed[key] = replace(armed[key], fallen=True)
            return
    del armed[key]


@dataclass(frozen=True)
class Context:
    """What a rule may look at: the day, the subject so far, the law in force with the office's choices."""

    on: date
    subject: Subject
    law: Law

    def at(self, on: date) -> "Context":
        """The same facts, looked at on another day."""
        return replace(self, on=on)

    def cases(self, procedure: str) -> Iterator[Case]:
        """The cases of one procedure, open or closed."""
        return (case for case in self.subject.cases.values() if case.procedure.name == procedure)

    @cached_property
    def timeline(self) -> tuple[Period, ...]:
        """What all cases put on the lanes of the timeline."""
        return tuple(
            replace(period, case=case.ref)
            for case in self.subject.cases.values()
            if case.state is not None
            for period in case.procedure.periods(case.state)
            if case.closed_on is None or (period.granted and period.first < case.closed_on)
        )

    def lane(self, lane: str) -> tuple[Period, ...]:
        """The periods of one lane, by first day."""
        return tuple(sorted((p for p in self.timeline if p.lane == lane), key=lambda p: p.first))


# -- One act at a time -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an act did: its events, in order, the subject after them, and the rules that were met."""

    events: tuple[Event, ...]
    subject: Subject
    checks: tuple[Check, ...] = ()


DUPLICATE_CASE = "duplicate_case"
UNKNOWN_CASE = "unknown_case"
MOST_REACTIONS = 50
RULES_OF_CASES = (Article("GREFFE", "cases"),)


def submit(subject: Subject, command: Command, on: date, law: Law) -> Outcome | Rejection:
    """Decide one command on a day, once every deadline due by that day has fallen (see `lapse_next`)."""
    procedure = subject.registry.commands[command.type][1]
    context = Context(on, subject, law)
    case = subject.cases.get(procedure.name if procedure.standing else command.case or "")
    misplaced = _misplaced(command, procedure, case)
    if misplaced is not None:
        return Rejection((misplaced,))
    if case is not None and case.closed_on is not None:
        return Rejection((check("invalid_state", False, RULES_OF_CASES, closed_on=case.closed_on),))
    state = None if case is None else case.state
    checks = tuple(procedure.rules(context, state, command))
    if not all(check.met for check in checks):
        return Rejection(checks)
    ref = None if procedure.standing else command.case
    return replace(_conclude(context, ref, procedure.decide(context, state, command)), checks=checks)


def _misplaced(command: Command, procedure: Procedure, case: Case | None) -> Check | None:
    if isinstance(command, Opening):
        wrong = DUPLICATE_CASE if case is not None else None
    else:
        wrong = UNKNOWN_CASE if case is None or case.procedure is not procedure else None
    if wrong is None:
        return None
    return Check(code=wrong, met=False, basis=RULES_OF_CASES, field="case", found=command.case)


def lapse_next(subject: Subject, until: date, law: Law) -> tuple[Deadline, Outcome] | None:
    """Let the next deadline due by this day fall, on its due date however late it is; None when none is due."""
    armed = subject.next_due(until)
    if armed is None:
        return None
    deadline = armed.deadline
    case = subject.cases[deadline.case or ""]
    context = Context(deadline.due, subject, law)
    return deadline, _conclude(context, deadline.case, case.procedure.lapse(context, case.state, deadline), deadline)


def _conclude(context: Context, case: str | None, decided: Iterable[Event], fallen: Deadline | None = None) -> Outcome:
    """The events of an act, those they call for in other cases, and the deadlines that change with them."""
    done: list[Event] = []
    events = tuple(_stamp(event, context, case) for event in decided)
    for _ in range(MOST_REACTIONS):
        done += events
        context = replace(context, subject=context.subject.fold(events))
        events = tuple(_reactions(context, events))
        if not events:
            break
    else:
        raise Fault(f"cases still react to each other after {MOST_REACTIONS} rounds")
    changes = tuple(_stamp(event, context, None) for event in _rearm(context, fallen))
    return Outcome((*done, *changes), context.subject.fold(changes))


def _stamp(event: Event, context: Context, case: str | None) -> Event:
    on = context.on if event.on == date.min else event.on
    said = {"on": on, "case": event.case or case, "acted_on": context.on, "law": context.law.reference}
    return event.model_copy(update=said)


def _reactions(context: Context, events: tuple[Event, ...]) -> Iterator[Event]:
    """What open cases make of events that are not their own, case by case in the order they were opened."""
    for case in context.subject.open_cases():
        others = tuple(event for event in events if event.case != case.ref)
        if others and case.state is not None:
            for event in case.procedure.react(context, case.state, others):
                yield _stamp(event, context, case.ref)


def _rearm(context: Context, fallen: Deadline | None) -> Iterator[Event]:
    """The difference between the deadlines in force and those that the cases now call for."""
    armed = context.subject.armed
    wanted = {key_of(deadline): deadline for deadline in _wanted(context)}
    fell = key_of(fallen) if fallen is not None else None
    if fallen is not None and fell is not None:
        yield DeadlineFell(
            on=fallen.due,
            basis=fallen.basis,
            case=fallen.case,
            kind=fallen.kind,
            due=fallen.due,
            pending=fell in wanted,
        )
    for key, given_up in armed.items():
        if key != fell and key not in wanted:
            ended = DeadlineMet if given_up.fallen else DeadlineCancelled
            gone = given_up.deadline
            yield ended(basis=gone.basis, case=gone.case, kind=gone.kind, due=gone.due)
    for key, deadline in wanted.items():
        if key in armed:
            if armed[key].deadline != deadline:
                yield DeadlineRevised(basis=deadline.basis, case=deadline.case, deadline=deadline)
        elif key != fell:
            again = key in context.subject.fallen  # its day has passed: none falls twice
            yield DeadlineArmed(basis=deadline.basis, case=deadline.case, deadline=deadline, fallen=again)


def _wanted(context: Context) -> Iterator[Deadline]:
    for case in context.subject.cases.values():  # a right may reopen years after its case has ended
        if case.state is not None and case.closed_on is None:
            for deadline in case.procedure.deadlines(context, case.state):
                yield deadline if deadline.case else deadline.model_copy(update={"case": case.ref})
