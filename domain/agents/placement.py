"""What délégation, détachement, disponibilité and the like share: asked, decided, renewed, ended, withdrawn.

A placement runs from a first day to a last day, both included. Each procedure gives its own commands, events and
rules; the state, its evolution, its end, its traces and the effect of leaving the functions are said here once.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal, TypeAlias

from pydantic import StrictBool

from domain.agents.acts import Basis, in_state
from domain.agents.career import ENDS_ALL, Career
from domain.authorities import Authorities, Authority
from domain.calendar import Span, add_months, eve, next_day
from domain.kernel import (
    CaseClosed,
    CaseCommand,
    Check,
    CivilDate,
    Context,
    Deadline,
    Event,
    Opening,
    Period,
    UnknownEvent,
    automatic,
    awaited,
    check,
)
from domain.law import Article, Choice

Status: TypeAlias = Literal["requested", "granted", "refused", "withdrawn", "ended"]
Object: TypeAlias = Literal["placement", "renewal"]
Cause: TypeAlias = Literal["term", "early", "cessation"]


# -- The facts ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Placement:
    """A placement: the period that is asked or runs, its renewals, what awaits a decision, the opinions on it."""

    status: Status
    kind: str
    first: date
    last: date
    periods: tuple[Span, ...] = ()  # the first period and its renewals, as granted
    pending: Span | None = None
    opinions: Mapping[str, bool] = field(default_factory=dict)
    ended_on: date | None = None

    @property
    def granted(self) -> bool:
        return self.status in ("granted", "ended") and bool(self.periods)

    @property
    def granted_last(self) -> date:
        """The last day as it was decided, before any early end."""
        return self.periods[-1].last or self.last

    @property
    def renewals(self) -> int:
        return len(self.periods) - 1

    @property
    def span(self) -> Span:
        return Span(self.first, self.last)

    def running(self, on: date) -> bool:
        return self.status == "granted" and self.first <= on <= self.last

    def alive(self) -> bool:
        """Asked or granted, and not over."""
        return self.status in ("requested", "granted")

    def holds(self) -> bool:
        """Asked or granted, over or not, for at least a day: what another request may not overlap."""
        return (self.alive() or self.granted) and self.first <= self.last


# -- The commands ------------------------------------------------------------------------------------


class RequestPlacement(Opening):
    """Ask for a placement, both days included."""

    starts_on: CivilDate
    ends_on: CivilDate

    @property
    def span(self) -> Span:
        return Span(self.starts_on, self.ends_on)


class RenewPlacement(CaseCommand):
    """Ask for a period that starts the day after the running one ends."""

    ends_on: CivilDate


class DecidePlacement(CaseCommand):
    """Decide on what is pending."""

    by: Authorities
    outcome: Literal["granted", "refused"]


class OpinionOnPlacement(CaseCommand):
    """Give an opinion on what is pending."""

    by: Authorities
    favourable: StrictBool


class EndPlacementEarly(CaseCommand):
    """End the placement before its term, on its new last day."""

    ends_on: CivilDate


class WithdrawPlacement(CaseCommand):
    """Withdraw the placement before its first day."""


# -- The events --------------------------------------------------------------------------------------


class PlacementRequested(Event):
    starts_on: date
    ends_on: date


class PlacementOpinionGiven(Event):
    by: Authority
    favourable: bool


class PlacementRenewalRequested(Event):
    ends_on: date


class PlacementGranted(Event):
    ends_on: date


class PlacementRenewed(Event):
    ends_on: date


class PlacementRefused(Event):
    object: Object = "placement"


class PlacementWithdrawn(Event):
    """The placement was withdrawn before its first day."""


class PlacementEnded(Event):
    """The placement is over; `on` is the first day out of it."""

    cause: Cause


# -- The rules ---------------------------------------------------------------------------------------


def other_spans(context: Context, procedure: str, case: str) -> Iterator[Span]:
    """The periods, pending or granted, of the other cases of one procedure: done, up to their last day, too."""
    for other in context.cases(procedure):
        if other.ref != case and other.closed_on is None and other.state.holds():
            yield other.state.span


def no_overlap(context: Context, procedure: str, case: str, span: Span, code: str, basis: Basis) -> Check:
    """No other case of the same procedure, pending or granted, meets this period."""
    met = not any(other.meets(span) for other in other_spans(context, procedure, case))
    return check(code, met, basis, field="starts_on", found=span.first)


def in_order(span: Span, basis: Basis) -> Check:
    """A period ends on or after the day it begins."""
    met = span.last is None or span.first <= span.last
    return check("bad_period", met, basis, field="ends_on", found=span.last, earliest=span.first)


def at_most(first: date, last: date, months: int, basis: Basis, code: str = "duration_exceeds_maximum") -> Check:
    """A period of n months from its first day ends by the eve of that day n months later."""
    latest = eve(add_months(first, months))
    suggest = {"ends_on": latest}
    return check(
        code, last <= latest, basis, field="ends_on", found=last, suggest=suggest, latest=latest, months=months
    )


def before_end(context: Context, placement: Placement, basis: Basis) -> Check:
    """A renewal is asked while the placement runs or is still to come, and nothing else is pending."""
    asked_in_time = placement.status == "granted" and context.on <= placement.last and placement.pending is None
    return in_state(asked_in_time, basis)


def end_allowed(context: Context, placement: Placement, ends_on: date, basis: Basis) -> Iterator[Check]:
    """An early end: while it runs, from the day it is said to the eve of the last day."""
    yield in_state(placement.running(context.on) and ends_on < placement.last, basis)
    yield check(
        "retroactive_decision", ends_on >= context.on, basis, field="ends_on", found=ends_on, earliest=context.on
    )


# -- The deadlines -----------------------------------------------------------------------------------


def deadlines_of_end(
    context: Context, placement: Placement, name: str, basis: Article, reminder: Choice[int] | None = None
) -> Iterator[Deadline]:
    """The first day out of the placement, and the reminder before it unless that day is past."""
    due = placement.ended_on or next_day(placement.last)
    if placement.status == "granted" or (placement.status == "ended" and context.on < due):
        yield automatic(f"{name}_end", due, basis, f"{name}_ends")
    if placement.status == "granted" and reminder is not None:
        day = add_months(next_day(placement.last), -context.law.choice(reminder))
        if context.on < day:
            yield awaited(f"{name}_end_reminder", day, basis, "internal", "reminder", "agent")


# -- The evolution -----------------------------------------------------------------------------------


def evolve_placement(placement: Placement, event: Event) -> Placement:
    """The placement after one of the events that all placements share."""
    match event:
        case PlacementOpinionGiven(by=by, favourable=favourable):
            return replace(placement, opinions={**placement.opinions, by: favourable})
        case PlacementRenewalRequested(ends_on=ends_on):
            return replace(placement, pending=Span(next_day(placement.last), ends_on), opinions={})
        case PlacementGranted(on=on, ends_on=ends_on):
            return replace(placement, status="granted", periods=(Span(on, ends_on),), pending=None)
        case PlacementRenewed(on=on, ends_on=ends_on):
            periods = (*placement.periods, Span(on, ends_on))
            return replace(placement, last=ends_on, periods=periods, pending=None)
        case PlacementRefused(object="renewal"):
            return replace(placement, pending=None)
        case PlacementRefused():
            return replace(placement, status="refused", pending=None)
        case PlacementWithdrawn():
            return replace(placement, status="withdrawn", pending=None, periods=())
        case PlacementEnded(on=on):
            return replace(placement, status="ended", last=eve(on), ended_on=on, pending=None)
    raise UnknownEvent(event.name())


# -- What leaving the post does ----------------------------------------------------------------------


def ends_with_the_post(
    context: Context, placement: Placement, ended: type[PlacementEnded], basis: Basis
) -> Iterator[Event]:
    """Exclusion and leaving the functions end what runs, and close what is pending without an act."""
    for out in Career(context).positions:
        if out.value not in ENDS_ALL or out.first > context.on:
            continue
        cause: Cause = "cessation" if out.value == "hors_cadre" else "early"
        if placement.granted and placement.first < out.first <= placement.last:  # also one whose early end is to come
            yield ended(on=out.first, basis=basis, cause=cause)
            return
        never = placement.status == "granted" and out.span.covers(placement.first)
        if never or (placement.status == "requested" and cause == "cessation"):
            yield CaseClosed(on=out.first, basis=basis, cause=cause)
            return


# -- The traces --------------------------------------------------------------------------------------


def periods_of(placement: Placement, lane: str, value: str) -> Iterable[Period]:
    """The placement on its lane: what is granted up to its last day, what is asked hatched."""
    if placement.granted and placement.first <= placement.last:
        yield Period(lane, value, placement.first, placement.last)
    if placement.status == "requested":
        yield Period(lane, value, placement.first, placement.last, granted=False)
    elif placement.pending is not None:
        yield Period(lane, value, placement.pending.first, placement.pending.last, granted=False)
