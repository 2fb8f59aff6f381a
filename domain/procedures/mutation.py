"""Mutation : décret 2021-1645, art. 33."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Annotated, Any, Literal, TypeAlias, get_args

from pydantic import StrictBool

from domain.agents.acts import consulted, in_activity, in_state, may_withdraw, signed, timely, timing_warnings
from domain.agents.career import Career, missing
from domain.authorities import Authorities, OneOrMany
from domain.calendar import Span, add_months, eve
from domain.kernel import (
    CaseClosed,
    CaseCommand,
    Check,
    CivilDate,
    Context,
    Event,
    Opening,
    Period,
    Procedure,
    Text,
    UnknownEvent,
    check,
)
from domain.law.choices import MUTATION_SERVICE
from domain.law.d2021_1645 import ART_33, MUTATION_SERVICE_MONTHS, STAGE_MONTHS

NAME = "mutation"
VACANCY, SERVICE = ART_33.par(1), ART_33.par(3)
Consulted = Literal["conseil_ufr", "cme"]
MINISTERS = ("ministre_esr", "ministre_sante")
ACCORD = ("directeur_ufr", "dg_chu")
NOT_SERVED = frozenset({"delegation", "detachement", "disponibilite", "exclusion", "hors_cadre"})


# -- The facts ---------------------------------------------------------------------------------------

Status: TypeAlias = Literal["requested", "pronounced", "refused", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Mutation:
    """A mutation asked for, the opinions on it, and the accord of the present CHU."""

    status: Status
    starts_on: date
    target_chu: str
    same_chu: bool
    opinions: Mapping[str, bool] = field(default_factory=dict)
    accord: bool = False


# -- The commands ------------------------------------------------------------------------------------


class Request(Opening):
    """Ask for a published post in another CHU or UFR, or under another title."""

    type: Literal["mutation.request"] = "mutation.request"
    vacancy_published: StrictBool
    target_chu: Text
    same_chu: StrictBool
    starts_on: CivilDate


class GiveOpinion(CaseCommand):
    """Give an opinion on the mutation."""

    type: Literal["mutation.give_opinion"] = "mutation.give_opinion"
    by: Annotated[tuple[Consulted, ...], OneOrMany]
    favourable: StrictBool


class RecordAccord(CaseCommand):
    """Record the accord of the UFR director and the general director of the present CHU."""

    type: Literal["mutation.record_accord"] = "mutation.record_accord"
    by: Authorities


class Decide(CaseCommand):
    """Decide on the mutation."""

    type: Literal["mutation.decide"] = "mutation.decide"
    by: Authorities
    outcome: Literal["granted", "refused"]


class Withdraw(CaseCommand):
    """Withdraw the mutation before it takes effect."""

    type: Literal["mutation.withdraw"] = "mutation.withdraw"


# -- The events --------------------------------------------------------------------------------------


class MutationRequested(Event):
    starts_on: date
    target_chu: str
    same_chu: bool


class MutationOpinionGiven(Event):
    by: Consulted
    favourable: bool


class MutationAccordRecorded(Event):
    """The present CHU and UFR agree that the agent leaves before three years."""


class MutationPronounced(Event):
    target_chu: str
    same_chu: bool


class MutationRefused(Event):
    """The mutation is refused."""


class MutationWithdrawn(Event):
    """The mutation was withdrawn."""


# -- The rules, in the order in which the law tests them ---------------------------------------------


def rules_of_request(context: Context, _: None, asked: Request) -> Iterator[Check]:
    career, on = Career(context), asked.starts_on
    met = career.corps(on) is None or career.category(on) == 1
    yield check("not_eligible", met, ART_33, corps=career.corps(on))
    in_force = context.law.in_force(STAGE_MONTHS, on) is not None
    yield check("law_not_in_force", in_force, ART_33, field="starts_on", found=on)
    yield in_activity(context, Span(on, on), ART_33)
    yield check("no_published_vacancy", asked.vacancy_published, VACANCY, field="vacancy_published")


def rules_of_opinion(_: Context, mutation: Mutation, __: GiveOpinion) -> Iterator[Check]:
    yield in_state(mutation.status == "requested", ART_33)


def rules_of_accord(_: Context, mutation: Mutation, recorded: RecordAccord) -> Iterator[Check]:
    yield in_state(mutation.status == "requested", SERVICE)
    yield signed(recorded.by, ACCORD, SERVICE)


def rules_of_decide(context: Context, mutation: Mutation, decision: Decide) -> Iterator[Check]:
    yield in_state(mutation.status == "requested", ART_33)
    if decision.outcome == "granted":
        bound = not mutation.same_chu and not served_three_years(context, mutation.starts_on)
        unfavourable = tuple(body for body, favourable in mutation.opinions.items() if not favourable)
        yield in_activity(context, Span(mutation.starts_on, mutation.starts_on), ART_33)
        yield check("accord_required", mutation.accord or not bound, SERVICE)
        yield consulted([body for body in get_args(Consulted) if body not in mutation.opinions], VACANCY)
        yield check("favourable_opinion_required", not bound or not unfavourable, SERVICE, unfavourable=unfavourable)
    yield signed(decision.by, MINISTERS, VACANCY)
    if decision.outcome == "granted":
        yield timely(context, mutation.starts_on, VACANCY)


def served_three_years(context: Context, on: date) -> bool:
    """Three years of activité in the present CHU by this day; an unknown entry counts as less."""
    career = Career(context)
    since = career.chu_since(eve(on))
    if since is None:
        return False
    away = 0
    if context.law.choice(MUTATION_SERVICE) == "activite":
        whole = Span(since, eve(on))
        parts = (p.span.within(whole) for p in career.positions if p.value in NOT_SERVED)
        away = sum((part.last - part.first).days + 1 for part in parts if part is not None and part.last is not None)
    months = context.law.value(MUTATION_SERVICE_MONTHS, on)
    return add_months(since, months) + timedelta(days=away) <= on


def rules_of_withdraw(context: Context, mutation: Mutation, _: Withdraw) -> Iterator[Check]:
    pronounced = mutation.status == "pronounced"
    alive = pronounced or mutation.status == "requested"
    yield in_state(alive and may_withdraw(context, pronounced, mutation.starts_on), ART_33)


RULES: Mapping[type[CaseCommand], Callable[[Context, Any, Any], Iterable[Check]]] = {
    Request: rules_of_request,
    GiveOpinion: rules_of_opinion,
    RecordAccord: rules_of_accord,
    Decide: rules_of_decide,
    Withdraw: rules_of_withdraw,
}


# -- The decision ------------------------------------------------------------------------------------


def decide(context: Context, mutation: Mutation, command: CaseCommand) -> Iterator[Event]:
    match command:
        case Request(starts_on=on, target_chu=target, same_chu=same):
            career = Career(context)
            unknown = missing(corps=career.corps(on), chu_since=career.chu_since(on))
            yield MutationRequested(basis=VACANCY, warnings=unknown, starts_on=on, target_chu=target, same_chu=same)
        case GiveOpinion(by=bodies, favourable=favourable):
            yield from (MutationOpinionGiven(basis=VACANCY, by=body, favourable=favourable) for body in bodies)
        case RecordAccord():
            yield MutationAccordRecorded(basis=SERVICE)
        case Decide(outcome="refused"):
            yield MutationRefused(basis=VACANCY)
        case Decide():
            late = timing_warnings(context, mutation.starts_on)
            target, same = mutation.target_chu, mutation.same_chu
            yield MutationPronounced(
                on=mutation.starts_on, basis=ART_33, warnings=late, target_chu=target, same_chu=same
            )
        case Withdraw():
            yield MutationWithdrawn(basis=ART_33)
        case _:
            raise UnknownEvent(command.type)


def react(context: Context, mutation: Mutation, _: tuple[Event, ...]) -> Iterator[Event]:
    """Leaving the functions closes a mutation that is pending or still to come."""
    left = Career(context).left_on()
    if left is not None and left <= context.on and mutation.status == "requested":
        yield CaseClosed(on=left, basis=ART_33, cause="cessation")


# -- The evolution -----------------------------------------------------------------------------------


def evolve(mutation: Mutation | None, event: Event) -> Mutation:
    if mutation is None:
        if not isinstance(event, MutationRequested):
            raise UnknownEvent(event.name())
        return Mutation("requested", event.starts_on, event.target_chu, event.same_chu)
    match event:
        case MutationOpinionGiven(by=by, favourable=favourable):
            return replace(mutation, opinions={**mutation.opinions, by: favourable})
        case MutationAccordRecorded():
            return replace(mutation, accord=True)
        case MutationPronounced():
            return replace(mutation, status="pronounced")
        case MutationRefused():
            return replace(mutation, status="refused")
        case MutationWithdrawn():
            return replace(mutation, status="withdrawn")
    raise UnknownEvent(event.name())


def periods(mutation: Mutation) -> Iterator[Period]:
    """The CHU of affectation, from the day of the mutation; a change within the same CHU leaves it."""
    if not mutation.same_chu and mutation.status in ("requested", "pronounced"):
        yield Period("chu", mutation.target_chu, mutation.starts_on, None, granted=mutation.status == "pronounced")


PROCEDURE = Procedure(
    name=NAME,
    subject="agent",
    articles=(ART_33,),
    commands=tuple(RULES),
    events=(
        MutationRequested,
        MutationOpinionGiven,
        MutationAccordRecorded,
        MutationPronounced,
        MutationRefused,
        MutationWithdrawn,
    ),
    rules=lambda context, state, command: RULES[type(command)](context, state, command),
    decide=decide,
    evolve=evolve,
    status=lambda state: state.status,
    statuses=get_args(Status),
    closed=lambda state: state.status != "requested",
    react=react,
    periods=periods,
)
