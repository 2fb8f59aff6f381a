"""Placements that are asked, reviewed and decided: the manner of articles 12, 30 to 32 and 37-1, said once.

A procedure names its opinions, its authority and its own rules; what it leaves out is as the others.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar, get_args

from pydantic import create_model

from domain.agents.acts import consulted, in_activity, in_state, may_withdraw, signed, timely, timing_warnings
from domain.agents.career import Career, missing
from domain.agents.placement import (
    DecidePlacement,
    EndPlacementEarly,
    OpinionOnPlacement,
    Placement,
    PlacementEnded,
    PlacementGranted,
    PlacementOpinionGiven,
    PlacementRefused,
    PlacementRenewalRequested,
    PlacementRenewed,
    PlacementRequested,
    PlacementWithdrawn,
    RenewPlacement,
    RequestPlacement,
    Status,
    WithdrawPlacement,
    before_end,
    deadlines_of_end,
    end_allowed,
    ends_with_the_post,
    evolve_placement,
    in_order,
    no_overlap,
    periods_of,
)
from domain.authorities import Authorities, OneOrMany
from domain.calendar import Span, next_day
from domain.kernel import CaseCommand, Check, Context, Deadline, Event, Period, Procedure, UnknownEvent, check
from domain.law import Article, Choice, Parameter
from domain.law.d2021_1645 import STAGE_MONTHS

E = TypeVar("E", bound=Event)
C = TypeVar("C", bound=CaseCommand)
literal: Any = Literal  # the names are known when the procedure is written, not to the type checker

Opinions = Callable[[Context, Any], tuple[str, ...]]
Signatures = Callable[[Context, Any, Any], tuple[str, ...]]


@dataclass(frozen=True)
class Words:
    """The events by which one procedure says what all of them do."""

    requested: type[PlacementRequested]
    opinion_given: type[PlacementOpinionGiven]
    granted: type[PlacementGranted]
    refused: type[PlacementRefused]
    withdrawn: type[PlacementWithdrawn]
    ended: type[PlacementEnded]
    renewal_requested: type[PlacementRenewalRequested] | None = None
    renewed: type[PlacementRenewed] | None = None

    @classmethod
    def of(cls, prefix: str, requested: type[PlacementRequested], *, renewable: bool = False) -> "Words":
        """The events of one procedure, named after it, beside the request that it writes itself."""

        def event(base: type[E], name: str) -> type[E]:
            return create_model(f"{prefix}{name}", __base__=base, __doc__=base.__doc__)

        return cls(
            requested,
            event(PlacementOpinionGiven, "OpinionGiven"),
            event(PlacementGranted, "Granted"),
            event(PlacementRefused, "Refused"),
            event(PlacementWithdrawn, "Withdrawn"),
            event(PlacementEnded, "Ended"),
            event(PlacementRenewalRequested, "RenewalRequested") if renewable else None,
            event(PlacementRenewed, "Renewed") if renewable else None,
        )

    def all(self) -> tuple[type[Event], ...]:
        listed: tuple[type[Event] | None, ...] = (
            self.requested,
            self.opinion_given,
            self.renewal_requested,
            self.granted,
            self.renewed,
            self.refused,
            self.withdrawn,
            self.ended,
        )
        return tuple(event for event in listed if event is not None)


def verbs(
    procedure: str, *heard: str, renewable: bool = False, decide: type[DecidePlacement] | None = None
) -> tuple[type[CaseCommand], ...]:
    """The commands that follow a request: an opinion of those who are heard, a decision, an end, a withdrawal."""

    def command(base: type[C], verb: str, **fields: Any) -> type[C]:
        name = f"{procedure}.{verb}"
        return create_model(base.__name__, __base__=base, __doc__=base.__doc__, type=(literal[name], name), **fields)

    by = Annotated[tuple[literal[heard], ...], OneOrMany] if heard else Authorities
    found: list[type[CaseCommand]] = [
        command(OpinionOnPlacement, "give_opinion", by=(by, ...)),
        decide or command(DecidePlacement, "decide"),
    ]
    if renewable:
        found.append(command(RenewPlacement, "renew"))
    return (*found, command(EndPlacementEarly, "end_early"), command(WithdrawPlacement, "withdraw"))


@dataclass(frozen=True)
class Reviewed:
    """One such procedure: what it is, who is heard, who decides, and the rules that are its own.

    `limits` are tested at the request, at the renewal and again at the grant, on a state as it would be;
    `documents` at the grant alone. `open_opened` makes the state of a new case from its first event.
    """

    name: str
    article: Article
    words: Words
    opened: Callable[[Any], Any]
    opinions: Opinions
    authority: Signatures
    reminder: Choice[int]
    lane: str = "position"
    in_force: Parameter[Any] = STAGE_MONTHS
    eligible: Callable[[Context, Any], Check] | None = None
    limits: Callable[[Context, Any, Span, str], Iterable[Check]] = lambda *_: ()
    renewable: Callable[[Context, Any], Iterable[Check]] = lambda *_: ()
    documents: Callable[[Context, Any], Iterable[Check]] = lambda *_: ()
    evolve_own: Callable[[Any, Event], Any] | None = None
    notices: tuple[type[Event], ...] = ()  # events that are kept in the history and change nothing
    rules_own: Callable[[Context, Any, Any], Iterable[Check]] | None = None
    decide_own: Callable[[Context, Any, Any], Iterable[Event]] | None = None
    deadlines_own: Callable[[Context, Any], Iterable[Deadline]] = lambda *_: ()
    lapse_own: Callable[[Context, Any, Deadline], Iterable[Event]] | None = None

    # -- The rules, in the order in which the law tests them -----------------------------------------

    def rules(self, context: Context, placement: Any, command: CaseCommand) -> Iterable[Check]:
        match command:
            case RequestPlacement():
                return self.rules_of_request(context, command)
            case OpinionOnPlacement():
                return (in_state(placement.pending is not None and placement.alive(), self.article),)
            case DecidePlacement():
                return self.rules_of_decide(context, placement, command)
            case RenewPlacement():
                return self.rules_of_renew(context, placement, command)
            case EndPlacementEarly(ends_on=ends_on):
                return end_allowed(context, placement, ends_on, self.article)
            case WithdrawPlacement():
                granted = placement.status == "granted"
                met = placement.alive() and may_withdraw(context, granted, placement.first)
                return (in_state(met, self.article),)
        assert self.rules_own is not None
        return self.rules_own(context, placement, command)

    def rules_of_request(self, context: Context, asked: Any) -> Iterator[Check]:
        span, on = asked.span, asked.starts_on
        yield self.eligible(context, asked) if self.eligible else first_category(context, asked, self.article)
        in_force = context.law.in_force(self.in_force, on) is not None
        yield check("law_not_in_force", in_force, self.article, field="starts_on", found=on)
        ordered = in_order(span, self.article)
        yield ordered
        if ordered.met and in_force:  # the figures below do not exist before
            yield from self.in_place(context, asked.case, span)
            yield from self.limits(context, asked, span, asked.case)

    def in_place(self, context: Context, case: str, span: Span) -> Iterator[Check]:
        """In activité, and no other case of the same procedure, pending or granted, over the period."""
        held = span if self.lane == "position" else Span(span.first, span.first)
        yield in_activity(context, held, self.article, self.name)
        yield no_overlap(context, self.name, case, span, "position_incompatible", self.article)

    def rules_of_renew(self, context: Context, placement: Any, asked: RenewPlacement) -> Iterator[Check]:
        span = Span(next_day(placement.last), asked.ends_on)
        yield before_end(context, placement, self.article)
        yield from self.renewable(context, placement)
        ordered = in_order(span, self.article)
        yield ordered
        if ordered.met:
            yield from self.in_place(context, asked.case, span)
            yield from self.limits(context, placement, span, asked.case)

    def rules_of_decide(self, context: Context, placement: Any, decision: DecidePlacement) -> Iterator[Check]:
        asked = placement.pending if placement.alive() else None
        yield in_state(asked is not None, self.article)
        if asked is None:
            return
        granting = decision.outcome == "granted"
        if granting:
            yield from self.in_place(context, decision.case, asked)
            yield from self.limits(context, placement, asked, decision.case)
            yield from self.documents(context, placement)
            unheard = [body for body in self.opinions(context, placement) if body not in placement.opinions]
            yield consulted(unheard, self.article)
        yield signed(decision.by, self.authority(context, placement, decision), self.article)
        if granting:
            yield timely(context, asked.first, self.article)

    # -- The decision ---------------------------------------------------------------------------------

    def decide(self, context: Context, placement: Any, command: CaseCommand) -> Iterable[Event]:
        words, basis = self.words, self.article
        match command:
            case RequestPlacement():
                return (self.requested(context, command),)
            case OpinionOnPlacement(by=bodies, favourable=favourable):
                return [words.opinion_given(basis=basis, by=body, favourable=favourable) for body in bodies]
            case DecidePlacement(outcome="refused"):
                subject = "renewal" if placement.status == "granted" else "placement"
                return (words.refused(basis=basis, object=subject),)
            case DecidePlacement():
                return (self.granted(context, placement),)
            case RenewPlacement(ends_on=ends_on) if words.renewal_requested is not None:
                return (words.renewal_requested(basis=basis, ends_on=ends_on),)
            case EndPlacementEarly(ends_on=ends_on):
                return (words.ended(on=next_day(ends_on), basis=basis, cause="early"),)
            case WithdrawPlacement():
                return (words.withdrawn(basis=basis),)
        assert self.decide_own is not None
        return self.decide_own(context, placement, command)

    def requested(self, context: Context, asked: Any) -> Event:
        """The request, with every field of its own that the command carries."""
        own = {
            name: getattr(asked, name) for name in self.words.requested.model_fields if name in type(asked).model_fields
        }
        unknown = missing(corps=Career(context).corps(asked.starts_on))
        return self.words.requested(**{**own, "basis": self.article, "warnings": unknown, "case": None})

    def granted(self, context: Context, placement: Any) -> Event:
        asked: Span = placement.pending
        assert asked.last is not None
        word = self.words.renewed if placement.status == "granted" else self.words.granted
        assert word is not None
        late = timing_warnings(context, asked.first)
        return word(on=asked.first, basis=self.article, warnings=late, ends_on=asked.last)

    # -- What time brings -----------------------------------------------------------------------------

    def deadlines(self, context: Context, placement: Any) -> Iterator[Deadline]:
        if placement.granted:
            yield from deadlines_of_end(context, placement, self.name, self.article, self.reminder)
            yield from self.deadlines_own(context, placement)

    def lapse(self, context: Context, placement: Any, deadline: Deadline) -> Iterable[Event]:
        if deadline.kind == f"{self.name}_end":
            running = placement.status == "granted"
            return (self.words.ended(basis=self.article, cause="term"),) if running else ()
        if deadline.kind == f"{self.name}_end_reminder":
            return ()
        if self.lapse_own is None:
            raise UnknownEvent(deadline.kind)
        return self.lapse_own(context, placement, deadline)

    def react(self, context: Context, placement: Any, _: tuple[Event, ...]) -> Iterable[Event]:
        return ends_with_the_post(context, placement, self.words.ended, self.article)

    # -- The evolution --------------------------------------------------------------------------------

    def evolve(self, placement: Any, event: Event) -> Any:
        if placement is None:
            if not isinstance(event, PlacementRequested):
                raise UnknownEvent(event.name())
            return self.opened(event)
        if isinstance(event, self.notices):
            return placement
        if self.evolve_own is not None and not isinstance(event, self.words.all()):
            return self.evolve_own(placement, event)
        return evolve_placement(placement, event)

    def periods(self, placement: Placement) -> Iterable[Period]:
        return periods_of(placement, self.lane, self.name)

    def procedure(
        self, *articles: Article, commands: tuple[type[CaseCommand], ...], events: tuple[type[Event], ...] = ()
    ) -> Procedure:
        """The procedure that the registry lists."""
        return Procedure(
            name=self.name,
            subject="agent",
            articles=articles,
            commands=commands,
            events=(*self.words.all(), *self.notices, *events),
            rules=self.rules,
            decide=self.decide,
            evolve=self.evolve,
            status=lambda placement: str(placement.status),
            statuses=get_args(Status),
            closed=lambda placement: not placement.alive(),
            deadlines=self.deadlines,
            lapse=self.lapse,
            react=self.react,
            periods=self.periods,
        )


def first_category(context: Context, asked: Any, basis: Article) -> Check:
    """The chapters on titulaires bind category 1 alone; an unknown corps is left to the office."""
    career = Career(context)
    met = career.corps(asked.starts_on) is None or career.category(asked.starts_on) == 1
    return check("not_eligible", met, basis, corps=career.corps(asked.starts_on))


def opened(event: PlacementRequested, kind: str = "") -> Mapping[str, Any]:
    """What every new placement begins with."""
    span = Span(event.starts_on, event.ends_on)
    return {"status": "requested", "kind": kind, "first": event.starts_on, "last": event.ends_on, "pending": span}
