"""Cessation définitive de fonctions : décret 2021-1645, art. 37.

Not covered: age limits and pension rights, which are in other texts. Revocation and dismissal decided here have
their own procedures; this one also records those decided elsewhere.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal, TypeAlias, get_args

from domain.agents.acts import in_post, in_state, may_withdraw, of_category, signed, under_decree
from domain.agents.career import Career, missing
from domain.agents.leaving import BASIS, CessationEffective, Kind, out_since
from domain.authorities import Authorities
from domain.kernel import (
    CaseCommand,
    Check,
    CivilDate,
    Context,
    Deadline,
    Event,
    Opening,
    Period,
    Procedure,
    UnknownEvent,
    automatic,
    awaited,
    check,
)
from domain.law.choices import CESSATION_AUTHORITY, CESSATION_CATEGORIES
from domain.law.d2021_1645 import ART_37

NAME = "cessation"
RESIGNATION = BASIS["demission"]
ASKED_BY_THE_AGENT = ("demission", "retraite")


# -- The facts ---------------------------------------------------------------------------------------

Status: TypeAlias = Literal["requested", "not_accepted", "accepted", "recorded", "withdrawn", "effective"]


@dataclass(frozen=True, slots=True)
class Cessation:
    """A resignation, from its request, or another way out, from its record; `effective_on` is the first day out."""

    status: Status
    kind: Kind
    effective_on: date

    @property
    def settled(self) -> bool:
        """It takes effect on its day without another act."""
        return self.status in ("accepted", "recorded")


# -- The commands ------------------------------------------------------------------------------------


class Request(Opening):
    """Ask to resign."""

    type: Literal["cessation.request"] = "cessation.request"
    kind: Literal["demission"]
    effective_on: CivilDate


class Accept(CaseCommand):
    """Accept the resignation."""

    type: Literal["cessation.accept"] = "cessation.accept"
    by: Authorities


class Record(Opening):
    """Record a retirement, or a cessation decided elsewhere."""

    type: Literal["cessation.record"] = "cessation.record"
    kind: Kind
    effective_on: CivilDate


class Withdraw(CaseCommand):
    """Withdraw a resignation, or a retirement on request, before its day."""

    type: Literal["cessation.withdraw"] = "cessation.withdraw"


# -- The events --------------------------------------------------------------------------------------


class CessationRequested(Event):
    kind: Kind
    effective_on: date


class CessationAccepted(Event):
    """The resignation is accepted; it takes effect on `effective_on`."""

    effective_on: date


class CessationRecorded(Event):
    kind: Kind
    effective_on: date


class CessationWithdrawn(Event):
    """The agent stays."""


class ResignationNotAccepted(Event):
    """The day that was asked has come without acceptance: the resignation has no effect."""


# -- The rules, in the order in which the law tests them ---------------------------------------------


def rules_of_opening(context: Context, _: None, asked: Request | Record) -> Iterator[Check]:
    on, basis = asked.effective_on, BASIS[asked.kind]
    all_staff = context.law.choice(CESSATION_CATEGORIES) == "all"
    yield of_category(context, on, basis, *((1, 2, 3) if all_staff else (1,)))
    yield under_decree(context, on, basis, "effective_on")
    yield in_post(context, on, basis)
    if isinstance(asked, Record):
        yield check("resignation_not_accepted", asked.kind != "demission", RESIGNATION, field="kind")


def rules_of_accept(context: Context, cessation: Cessation, accepted: Accept) -> Iterator[Check]:
    yield in_state(cessation.status in ("requested", "not_accepted"), RESIGNATION)
    yield signed(accepted.by, context.law.choice(CESSATION_AUTHORITY), RESIGNATION)
    met, latest = context.on < cessation.effective_on, cessation.effective_on
    yield check("retroactive_decision", met, RESIGNATION, found=context.on, before=latest)


def rules_of_withdraw(context: Context, cessation: Cessation, _: Withdraw) -> Iterator[Check]:
    unsettled = cessation.status in ("requested", "not_accepted")
    in_time = may_withdraw(context, cessation.settled, cessation.effective_on)
    own = cessation.settled and cessation.kind in ASKED_BY_THE_AGENT
    yield in_state(unsettled or (own and in_time), BASIS[cessation.kind])


RULES: Mapping[type[CaseCommand], Callable[[Context, Any, Any], Iterable[Check]]] = {
    Request: rules_of_opening,
    Accept: rules_of_accept,
    Record: rules_of_opening,
    Withdraw: rules_of_withdraw,
}


# -- The decision ------------------------------------------------------------------------------------


def decide(context: Context, cessation: Cessation, command: CaseCommand) -> Iterator[Event]:
    match command:
        case Request(kind=kind, effective_on=day) | Record(kind=kind, effective_on=day):
            word = CessationRequested if isinstance(command, Request) else CessationRecorded
            unknown = missing(corps=Career(context).corps(day))
            yield word(basis=BASIS[kind], warnings=unknown, kind=kind, effective_on=day)
        case Accept():
            yield CessationAccepted(basis=RESIGNATION, effective_on=cessation.effective_on)
        case Withdraw():
            yield CessationWithdrawn(basis=BASIS[cessation.kind])
        case _:
            raise UnknownEvent(command.type)


# -- The deadlines -----------------------------------------------------------------------------------


def deadlines(context: Context, cessation: Cessation) -> Iterator[Deadline]:
    kind, due = "cessation_effective", cessation.effective_on
    if cessation.settled:
        yield automatic(kind, due, BASIS[cessation.kind], "cessation_effective")
    elif cessation.status == "requested":
        authority = context.law.choice(CESSATION_AUTHORITY)
        yield awaited(kind, due, RESIGNATION, "statutory", "resignation_without_effect", *authority)


def lapse(_: Context, cessation: Cessation, deadline: Deadline) -> Iterator[Event]:
    if deadline.kind != "cessation_effective":
        raise UnknownEvent(deadline.kind)
    if cessation.settled:
        yield CessationEffective(basis=BASIS[cessation.kind], kind=cessation.kind)
    else:
        yield ResignationNotAccepted(basis=RESIGNATION)


# -- The evolution -----------------------------------------------------------------------------------


def evolve(cessation: Cessation | None, event: Event) -> Cessation:
    if cessation is None:
        match event:
            case CessationRequested(kind=kind, effective_on=day):
                return Cessation("requested", kind, day)
            case CessationRecorded(kind=kind, effective_on=day):
                return Cessation("recorded", kind, day)
        raise UnknownEvent(event.name())
    match event:
        case CessationAccepted():
            return replace(cessation, status="accepted")
        case ResignationNotAccepted():
            return replace(cessation, status="not_accepted")
        case CessationWithdrawn():
            return replace(cessation, status="withdrawn")
        case CessationEffective():
            return replace(cessation, status="effective")
    raise UnknownEvent(event.name())


# -- The traces --------------------------------------------------------------------------------------


def periods(cessation: Cessation) -> Iterator[Period]:
    yield from out_since(cessation.effective_on if cessation.status == "effective" else None)


PROCEDURE = Procedure(
    name=NAME,
    subject="agent",
    articles=(ART_37,),
    commands=tuple(RULES),
    events=(
        CessationRequested,
        CessationAccepted,
        CessationRecorded,
        CessationWithdrawn,
        ResignationNotAccepted,
        CessationEffective,
    ),
    rules=lambda context, state, command: RULES[type(command)](context, state, command),
    decide=decide,
    evolve=evolve,
    status=lambda state: state.status,
    statuses=get_args(Status),
    closed=lambda state: state.status in ("withdrawn", "effective"),
    deadlines=deadlines,
    lapse=lapse,
    periods=periods,
)
