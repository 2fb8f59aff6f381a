"""Discipline : décret 2021-1645, art. 18 à 25 (juridiction), 38, 86 et 96 (échelles des sanctions).

Not covered: how the bench is made up (art. 19 to 23), which is told and not run; the sursis, which the text ignores.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeAlias, get_args

from pydantic import Field

from domain.agents.acts import in_post, in_state, of_category, signed, under_decree
from domain.agents.career import Career, missing
from domain.agents.leaving import BASIS as LEAVING_BASIS
from domain.agents.leaving import CessationEffective, Kind, out_since
from domain.agents.placement import at_most, in_order
from domain.authorities import MINISTERS, Authorities
from domain.calendar import Span, add_months, eve, next_day
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
    Text,
    UnknownEvent,
    automatic,
    awaited,
    check,
)
from domain.law import Article
from domain.law.choices import DISCIPLINE_REVIEW_MONTHS
from domain.law.d2021_1645 import ART_18, ART_24, ART_25, ART_38, ART_86, ART_96, EXCLUSION_MONTHS, SANCTIONS_RANKED
from domain.money import Share

NAME = "discipline"
BENCH = "juridiction_disciplinaire"
SCALE: Mapping[int, Article] = {1: ART_38, 2: ART_86, 3: ART_96}

Sanction = Literal[
    "aucune",
    "avertissement",
    "blame",
    "reduction_anciennete_echelon",
    "abaissement_echelon",
    "exclusion_temporaire",
    "retraite_office",
    "revocation",
    "exclusion_definitive",
    "licenciement",
]
LIGHT = ("avertissement", "blame")  # article 26: the retenues are refunded all the same
LEAVING: Mapping[str, Kind] = {
    "retraite_office": "retraite",
    "revocation": "revocation",
    "licenciement": "licenciement",
}
WITH_A_DAY = frozenset({"exclusion_temporaire", "exclusion_definitive", *LEAVING})  # take effect on a day of their own


# -- The facts ---------------------------------------------------------------------------------------

Status: TypeAlias = Literal["open", "sanctioned", "executed", "no_sanction", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Discipline:
    """Disciplinary proceedings, the sanction they came to, and what is left to execute of it."""

    status: Status
    opened_on: date
    sanction: Sanction | None = None
    starts_on: date | None = None  # first day of effect of the sanction
    ends_on: date | None = None  # last day of an exclusion
    deprivation: Decimal = Decimal(0)
    started: bool = False
    left_on: date | None = None

    @property
    def to_execute(self) -> bool:
        return self.status == "sanctioned" and self.sanction in WITH_A_DAY


# -- The commands ------------------------------------------------------------------------------------


class Open(Opening):
    """Bring the facts before the juridiction disciplinaire."""

    type: Literal["discipline.open"] = "discipline.open"
    by: Authorities
    facts: Text | None = None


class Decide(CaseCommand):
    """Pronounce a sanction, or none."""

    type: Literal["discipline.decide"] = "discipline.decide"
    by: Authorities
    sanction: Sanction
    starts_on: CivilDate | None = None
    ends_on: CivilDate | None = None
    pay_deprivation: Annotated[Share, Field(ge=Decimal("0.01"), le=1)] | None = None


class Withdraw(CaseCommand):
    """Withdraw the proceedings."""

    type: Literal["discipline.withdraw"] = "discipline.withdraw"
    by: Authorities


class RecordOrderProceedings(CaseCommand):
    """Record proceedings before the ordre on the same facts, or their outcome."""

    type: Literal["discipline.record_order_proceedings"] = "discipline.record_order_proceedings"
    body: Text
    outcome: Text | None = None


# -- The events --------------------------------------------------------------------------------------


class DisciplinaryProcedureOpened(Event):
    facts: str | None = None


class SanctionPronounced(Event):
    """`rank` is the degree in the scale of the category, None when the corps is unknown."""

    sanction: Sanction
    rank: int | None
    starts_on: date
    ends_on: date | None = None
    pay_deprivation: Share | None = None


class DisciplinaryProcedureClosedWithoutSanction(Event):
    cause: Literal["no_sanction", "withdrawn"]


class ExclusionStarted(Event):
    ends_on: date
    pay_deprivation: Share


class ExclusionEnded(Event):
    """Back to the post, unless the agent has left; `on` is the first day out of the exclusion."""

    cause: Literal["term", "cessation"]


class OrderProceedingsRecorded(Event):
    body: str
    outcome: str | None = None


class ReinstatedInCorpsOrigine(Event):
    """Excluded for good from the functions of PHU, the agent returns to the corps d'origine."""

    corps_origine: str | None


class PhDisciplinaryAuthoritySeized(Event):
    """The file goes to the disciplinary authority of the praticiens hospitaliers."""


# -- The rules, in the order in which the law tests them ---------------------------------------------


def rules_of_open(context: Context, _: None, asked: Open) -> Iterator[Check]:
    yield of_category(context, context.on, ART_18, 1, 2, 3)
    yield under_decree(context, context.on, ART_18, "on")
    yield in_post(context, context.on, ART_18)
    yield signed(asked.by, MINISTERS, ART_24)


def rules_of_decide(context: Context, discipline: Discipline, decision: Decide) -> Iterator[Check]:
    yield in_state(discipline.status == "open", ART_18)
    scale = scale_of(context)
    met = decision.sanction == "aucune" or scale is None or decision.sanction in scale
    yield check(
        "sanction_not_in_scale", met, basis_of(context), field="sanction", found=decision.sanction, scale=scale or ()
    )
    if decision.sanction == "exclusion_temporaire":
        yield from rules_of_exclusion(context, decision)
    yield signed(decision.by, (BENCH,), ART_18)
    earliest = context.on
    late = decision.starts_on is not None and decision.starts_on < earliest
    yield check(
        "retroactive_sanction", not late, ART_18, field="starts_on", found=decision.starts_on, earliest=earliest
    )


def rules_of_exclusion(context: Context, decision: Decide) -> Iterator[Check]:
    """Three years at most, with all or part of the pay taken away."""
    basis, first = basis_of(context), decision.starts_on or context.on
    yield check("duration_not_specified", decision.ends_on is not None, basis, field="ends_on")
    if decision.ends_on is not None:
        yield in_order(Span(first, decision.ends_on), basis)
        months = context.law.value(EXCLUSION_MONTHS, context.on)
        yield at_most(first, decision.ends_on, months, basis, "exclusion_exceeds_three_years")
    yield check("pay_not_specified", decision.pay_deprivation is not None, basis, field="pay_deprivation")


def rules_of_withdraw(_: Context, discipline: Discipline, asked: Withdraw) -> Iterator[Check]:
    yield in_state(discipline.status == "open", ART_24)
    yield signed(asked.by, MINISTERS, ART_24)


def rules_of_order(_: Context, __: Discipline, ___: RecordOrderProceedings) -> Iterable[Check]:
    """They run apart: never blocked, never blocking (25)."""
    return ()


RULES: Mapping[type[CaseCommand], Callable[[Context, Any, Any], Iterable[Check]]] = {
    Open: rules_of_open,
    Decide: rules_of_decide,
    Withdraw: rules_of_withdraw,
    RecordOrderProceedings: rules_of_order,
}


def scale_of(context: Context) -> tuple[str, ...] | None:
    """The sanctions open against the agent's category on that day; None when the corps is unknown."""
    category = Career(context).category(context.on)
    return None if category is None else context.law.value(SANCTIONS_RANKED, context.on)[category]


def basis_of(context: Context) -> Article:
    return SCALE[Career(context).category(context.on) or 1]


# -- The decision ------------------------------------------------------------------------------------


def decide(context: Context, _: Discipline, command: CaseCommand) -> Iterator[Event]:
    match command:
        case Open(facts=facts):
            unknown = missing(corps=Career(context).corps(context.on))
            yield DisciplinaryProcedureOpened(basis=ART_24, warnings=unknown, facts=facts)
        case Decide(sanction="aucune"):
            yield DisciplinaryProcedureClosedWithoutSanction(basis=ART_18, cause="no_sanction")
        case Decide():
            yield from pronounced(context, command)
        case Withdraw():
            yield DisciplinaryProcedureClosedWithoutSanction(basis=ART_24, cause="withdrawn")
        case RecordOrderProceedings(body=body, outcome=outcome):
            yield OrderProceedingsRecorded(basis=ART_25, body=body, outcome=outcome)
        case _:
            raise UnknownEvent(command.type)


def pronounced(context: Context, decision: Decide) -> Iterator[Event]:
    """The sanction, and what it does at once when its day is today."""
    scale, starts_on = scale_of(context), decision.starts_on or context.on
    excluded = decision.sanction == "exclusion_temporaire"
    yield SanctionPronounced(
        basis=(ART_18, basis_of(context)),
        warnings=missing(corps=Career(context).corps(context.on)),
        sanction=decision.sanction,
        rank=None if scale is None else scale.index(decision.sanction) + 1,
        starts_on=starts_on,
        ends_on=decision.ends_on if excluded else None,
        pay_deprivation=decision.pay_deprivation if excluded else None,
    )
    if starts_on == context.on:
        yield from executed(context, decision.sanction, decision.ends_on, decision.pay_deprivation)


def executed(context: Context, sanction: str, ends_on: date | None, deprivation: Decimal | None) -> Iterator[Event]:
    """What a sanction does on its day."""
    if sanction == "exclusion_temporaire" and ends_on is not None and deprivation is not None:
        yield ExclusionStarted(basis=basis_of(context), ends_on=ends_on, pay_deprivation=deprivation)
    elif sanction == "exclusion_definitive":
        origin = Career(context).facts.corps_origine
        yield ReinstatedInCorpsOrigine(basis=ART_86, warnings=missing(corps_origine=origin), corps_origine=origin)
        yield PhDisciplinaryAuthoritySeized(basis=ART_86)
    elif sanction in LEAVING:
        kind = LEAVING[sanction]
        yield CessationEffective(basis=(basis_of(context), LEAVING_BASIS[kind]), kind=kind, imposed=True)


# -- The deadlines -----------------------------------------------------------------------------------


def deadlines(context: Context, discipline: Discipline) -> Iterator[Deadline]:
    if discipline.status == "open":
        yield awaited("discipline_review", next_review(context, discipline), ART_24, "internal", "reminder", BENCH)
    if not discipline.to_execute or discipline.starts_on is None:
        return
    basis = basis_of(context)
    if discipline.sanction in LEAVING:
        yield automatic("cessation_effective", discipline.starts_on, basis, "cessation_effective")
    elif not discipline.started:
        yield automatic("exclusion_start", discipline.starts_on, basis, "exclusion_starts")
    if discipline.ends_on is not None:
        yield automatic("exclusion_end", next_day(discipline.ends_on), basis, "exclusion_ends")


def next_review(context: Context, discipline: Discipline) -> date:
    """The first reminder after today, every so many months from the day it was opened."""
    every, times = context.law.choice(DISCIPLINE_REVIEW_MONTHS), 1
    while add_months(discipline.opened_on, every * times) <= context.on:
        times += 1
    return add_months(discipline.opened_on, every * times)


def lapse(context: Context, discipline: Discipline, deadline: Deadline) -> Iterator[Event]:
    match deadline.kind:
        case "cessation_effective" | "exclusion_start" if discipline.sanction is not None:
            yield from executed(context, discipline.sanction, discipline.ends_on, discipline.deprivation)
        case "exclusion_end":
            yield ExclusionEnded(basis=basis_of(context), cause="term")
        case "discipline_review":
            return
        case _:
            raise UnknownEvent(deadline.kind)


def react(context: Context, discipline: Discipline, _: tuple[Event, ...]) -> Iterator[Event]:
    """Leaving the functions ends an exclusion that runs."""
    left = Career(context).left_on()
    running = discipline.started and discipline.to_execute and discipline.sanction == "exclusion_temporaire"
    if left is not None and left <= context.on and running:
        yield ExclusionEnded(on=left, basis=basis_of(context), cause="cessation")


# -- The evolution -----------------------------------------------------------------------------------


def evolve(discipline: Discipline | None, event: Event) -> Discipline:
    if discipline is None:
        if not isinstance(event, DisciplinaryProcedureOpened):
            raise UnknownEvent(event.name())
        return Discipline("open", event.on)
    match event:
        case SanctionPronounced(sanction=sanction, starts_on=starts_on, ends_on=ends_on, pay_deprivation=deprivation):
            return replace(
                discipline,
                status="sanctioned",
                sanction=sanction,
                starts_on=starts_on,
                ends_on=ends_on,
                deprivation=deprivation or Decimal(0),
            )
        case DisciplinaryProcedureClosedWithoutSanction(cause=cause):
            return replace(discipline, status=cause)
        case ExclusionStarted():
            return replace(discipline, started=True)
        case ExclusionEnded(on=on):
            return replace(discipline, status="executed", ends_on=eve(on))
        case CessationEffective(on=on) | ReinstatedInCorpsOrigine(on=on):
            return replace(discipline, status="executed", left_on=on)
        case OrderProceedingsRecorded() | PhDisciplinaryAuthoritySeized():
            return discipline
    raise UnknownEvent(event.name())


# -- The traces --------------------------------------------------------------------------------------


def periods(discipline: Discipline) -> Iterator[Period]:
    """The exclusion and what it takes of the pay, from the day it is pronounced; then out, when it is for good."""
    first, last = discipline.starts_on, discipline.ends_on
    if first is not None and last is not None and first <= last:
        yield Period("position", "exclusion", first, last)
        yield Period("deprivation", str(discipline.deprivation), first, last)
    yield from out_since(discipline.left_on)


PROCEDURE = Procedure(
    name=NAME,
    subject="agent",
    articles=(ART_18, ART_24, ART_25, ART_38, ART_86, ART_96),
    commands=tuple(RULES),
    events=(
        DisciplinaryProcedureOpened,
        SanctionPronounced,
        DisciplinaryProcedureClosedWithoutSanction,
        ExclusionStarted,
        ExclusionEnded,
        OrderProceedingsRecorded,
        ReinstatedInCorpsOrigine,
        PhDisciplinaryAuthoritySeized,
        CessationEffective,
    ),
    rules=lambda context, state, command: RULES[type(command)](context, state, command),
    decide=decide,
    evolve=evolve,
    status=lambda state: state.status,
    statuses=get_args(Status),
    closed=lambda state: state.status != "open" and not state.to_execute,
    deadlines=deadlines,
    lapse=lapse,
    react=react,
    periods=periods,
)
