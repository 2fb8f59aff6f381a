"""Insuffisance professionnelle : décret 2021-1645, art. 39.

Not covered: the formalities of décret 86-1053, chapter II, which are not in the sources.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR
from typing import Annotated, Any, Literal, TypeAlias, get_args

from pydantic import StrictBool, model_validator

from domain.agents.acts import consulted, in_post, in_state, of_category, signed, timely, timing_warnings, under_decree
from domain.agents.career import Career, missing
from domain.agents.leaving import BASIS as LEAVING_BASIS
from domain.agents.leaving import CessationEffective, Kind, out_since
from domain.authorities import MINISTERS, Authorities, OneOrMany
from domain.calendar import add_months
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
    check,
)
from domain.law.choices import INSUFFISANCE_CAP, INSUFFISANCE_YEARS
from domain.law.d2021_1645 import ART_39, INSUFFISANCE_SHARE
from domain.money import CENT, Euros, to_the_cent

NAME = "insuffisance_professionnelle"
MEASURE, DECISION, INDEMNITY = ART_39.par(1), ART_39.par(2), ART_39.par(3)
Consulted = Literal["juridiction_disciplinaire"]
Outcome = Literal["retraite", "licencie", "aucune"]
LEAVING: Mapping[str, Kind] = {"retraite": "retraite", "licencie": "licenciement"}


# -- The facts ---------------------------------------------------------------------------------------

Status: TypeAlias = Literal["open", "decided", "effective", "no_measure"]


@dataclass(frozen=True, slots=True)
class Insuffisance:
    """Proceedings for insuffisance professionnelle, the opinion that binds them, and the measure decided."""

    status: Status
    favourable: bool | None = None  # the avis conforme, None until it is given
    outcome: Outcome | None = None
    effective_on: date | None = None


# -- The commands ------------------------------------------------------------------------------------


class Open(Opening):
    """Open the proceedings."""

    type: Literal["insuffisance_professionnelle.open"] = "insuffisance_professionnelle.open"
    by: Authorities


class GiveOpinion(CaseCommand):
    """Give the opinion of the juridiction disciplinaire, sitting in its administrative form."""

    type: Literal["insuffisance_professionnelle.give_opinion"] = "insuffisance_professionnelle.give_opinion"
    by: Annotated[tuple[Consulted, ...], OneOrMany]
    favourable: StrictBool


class Decide(CaseCommand):
    """Retire or dismiss the agent, or neither."""

    type: Literal["insuffisance_professionnelle.decide"] = "insuffisance_professionnelle.decide"
    by: Authorities
    outcome: Outcome
    effective_on: CivilDate | None = None

    @model_validator(mode="after")
    def _dated(self) -> "Decide":
        if self.outcome != "aucune" and self.effective_on is None:
            raise ValueError("effective_on is expected")
        return self


# -- The events --------------------------------------------------------------------------------------


class InsuffisanceProfessionnelleOpened(Event):
    """The proceedings are open."""


class InsuffisanceProfessionnelleOpinionGiven(Event):
    by: Consulted
    favourable: bool


class InsuffisanceProfessionnelleDecided(Event):
    outcome: Outcome
    effective_on: date | None = None


class IndemniteLicenciementDue(Event):
    """What is owed to the agent dismissed, in monthly instalments of `monthly`, the last one of `last`."""

    amount: Euros
    instalments: int
    monthly: Euros
    last: Euros
    first_on: date
    last_on: date


# -- The rules, in the order in which the law tests them ---------------------------------------------


def rules_of_open(context: Context, _: None, asked: Open) -> Iterator[Check]:
    yield of_category(context, context.on, MEASURE, 1)
    yield under_decree(context, context.on, MEASURE, "on")
    yield in_post(context, context.on, MEASURE)
    yield signed(asked.by, MINISTERS, DECISION)


def rules_of_opinion(_: Context, proceedings: Insuffisance, __: GiveOpinion) -> Iterator[Check]:
    yield in_state(proceedings.status == "open", DECISION)


def rules_of_decide(context: Context, proceedings: Insuffisance, decision: Decide) -> Iterator[Check]:
    entitled, outcome = Career(context).facts.pension_entitled, decision.outcome
    yield in_state(proceedings.status == "open", DECISION)
    yield consulted(() if proceedings.favourable is not None else get_args(Consulted), DECISION)
    conform = proceedings.favourable is not False or outcome == "aucune"
    yield check("avis_conforme_required", conform, DECISION, field="outcome", suggest={"outcome": "aucune"})
    to_retire = outcome == "licencie" and entitled is True
    yield check("retirement_required", not to_retire, MEASURE, field="outcome", suggest={"outcome": "retraite"})
    to_dismiss = outcome == "retraite" and entitled is False
    yield check("no_pension_right", not to_dismiss, MEASURE, field="outcome", suggest={"outcome": "licencie"})
    yield signed(decision.by, MINISTERS, DECISION)
    if decision.effective_on is not None and outcome != "aucune":
        yield timely(context, decision.effective_on, DECISION)


RULES: Mapping[type[CaseCommand], Callable[[Context, Any, Any], Iterable[Check]]] = {
    Open: rules_of_open,
    GiveOpinion: rules_of_opinion,
    Decide: rules_of_decide,
}


# -- The decision ------------------------------------------------------------------------------------


def decide(context: Context, _: Insuffisance, command: CaseCommand) -> Iterator[Event]:
    match command:
        case Open():
            unknown = missing(corps=Career(context).corps(context.on))
            yield InsuffisanceProfessionnelleOpened(basis=MEASURE, warnings=unknown)
        case GiveOpinion(by=bodies, favourable=favourable):
            for body in bodies:
                yield InsuffisanceProfessionnelleOpinionGiven(basis=DECISION, by=body, favourable=favourable)
        case Decide(outcome="aucune"):
            yield InsuffisanceProfessionnelleDecided(basis=DECISION, outcome="aucune")
        case Decide(outcome=outcome, effective_on=day) if day is not None:
            unknown = missing(pension_entitled=Career(context).facts.pension_entitled)
            late = timing_warnings(context, day)
            yield InsuffisanceProfessionnelleDecided(
                basis=(MEASURE, DECISION), warnings=(*unknown, *late), outcome=outcome, effective_on=day
            )
            if day <= context.on:
                yield from effective(context, outcome, day)
        case _:
            raise UnknownEvent(command.type)


def effective(context: Context, outcome: str, on: date) -> Iterator[Event]:
    """The agent leaves; dismissed, an indemnity is due."""
    kind = LEAVING[outcome]
    unknown = unknown_for_indemnity(context) if outcome == "licencie" else ()
    if outcome == "licencie" and not unknown:
        yield from indemnity(context, on)
    basis = (MEASURE, LEAVING_BASIS[kind])
    yield CessationEffective(on=on, basis=basis, warnings=unknown, kind=kind, imposed=True)


# -- The indemnity -----------------------------------------------------------------------------------


def unknown_for_indemnity(context: Context) -> tuple[str, ...]:
    facts = Career(context).facts
    names = ("remuneration_universitaire", "emoluments_hospitaliers")
    parts = {name: getattr(facts.pay, name, None) for name in names}
    return missing(validated_years=facts.validated_years, **parts)


def indemnity(context: Context, on: date) -> Iterator[Event]:
    """Three quarters of the last month for each validated year, in instalments that never pass the last pay."""
    facts = Career(context).facts
    pay, years = facts.pay, facts.validated_years
    assert pay is not None
    assert pay.remuneration_universitaire is not None
    assert pay.emoluments_hospitaliers is not None
    assert years is not None
    if context.law.choice(INSUFFISANCE_YEARS) == "floor":
        years = years.to_integral_value(ROUND_FLOOR)
    month = pay.remuneration_universitaire + pay.emoluments_hospitaliers
    total = to_the_cent(context.law.value(INSUFFISANCE_SHARE, on) * month * years)
    hospital_alone = context.law.choice(INSUFFISANCE_CAP) == "hospital_only"
    most = pay.emoluments_hospitaliers if hospital_alone and pay.emoluments_hospitaliers >= CENT else month
    if total == 0:
        return
    times = int((total / most).to_integral_value(ROUND_CEILING))
    yield IndemniteLicenciementDue(
        on=on,
        basis=INDEMNITY,
        amount=total,
        instalments=times,
        monthly=min(total, most),
        last=total - (times - 1) * most,
        first_on=add_months(on, 1),
        last_on=add_months(on, times),
    )


# -- The deadlines -----------------------------------------------------------------------------------


def deadlines(_: Context, proceedings: Insuffisance) -> Iterator[Deadline]:
    if proceedings.status == "decided" and proceedings.effective_on is not None:
        yield automatic("cessation_effective", proceedings.effective_on, MEASURE, "cessation_effective")


def lapse(context: Context, proceedings: Insuffisance, deadline: Deadline) -> Iterator[Event]:
    if deadline.kind != "cessation_effective" or proceedings.outcome is None:
        raise UnknownEvent(deadline.kind)
    yield from effective(context, proceedings.outcome, deadline.due)


# -- The evolution -----------------------------------------------------------------------------------


def evolve(proceedings: Insuffisance | None, event: Event) -> Insuffisance:
    if proceedings is None:
        if not isinstance(event, InsuffisanceProfessionnelleOpened):
            raise UnknownEvent(event.name())
        return Insuffisance("open")
    match event:
        case InsuffisanceProfessionnelleOpinionGiven(favourable=favourable):
            return replace(proceedings, favourable=favourable)
        case InsuffisanceProfessionnelleDecided(outcome="aucune"):
            return replace(proceedings, status="no_measure", outcome="aucune")
        case InsuffisanceProfessionnelleDecided(outcome=outcome, effective_on=day):
            return replace(proceedings, status="decided", outcome=outcome, effective_on=day)
        case CessationEffective(on=on):
            return replace(proceedings, status="effective", effective_on=on)
        case IndemniteLicenciementDue():
            return proceedings
    raise UnknownEvent(event.name())


# -- The traces --------------------------------------------------------------------------------------


def periods(proceedings: Insuffisance) -> Iterator[Period]:
    yield from out_since(proceedings.effective_on if proceedings.status == "effective" else None)


PROCEDURE = Procedure(
    name=NAME,
    subject="agent",
    articles=(ART_39,),
    commands=tuple(RULES),
    events=(
        InsuffisanceProfessionnelleOpened,
        InsuffisanceProfessionnelleOpinionGiven,
        InsuffisanceProfessionnelleDecided,
        IndemniteLicenciementDue,
        CessationEffective,
    ),
    rules=lambda context, state, command: RULES[type(command)](context, state, command),
    decide=decide,
    evolve=evolve,
    status=lambda state: state.status,
    statuses=get_args(Status),
    closed=lambda state: state.status in ("effective", "no_measure"),
    deadlines=deadlines,
    lapse=lapse,
    periods=periods,
)
