"""Suspension : décret 2021-1645, art. 26 (I : par les ministres ; II : en urgence, par les deux chefs d'établissement).

Not covered: the primes during a suspension, which the article does not name and which are paid whole.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal, TypeAlias, get_args

from pydantic import StrictBool

from domain.agents.acts import in_post, in_state, of_category, signed, timely, timing_warnings, under_decree
from domain.agents.career import Career, missing
from domain.agents.pay import NO_RETENUE, Rates, withheld
from domain.authorities import MINISTERS, Authorities, missing_from
from domain.calendar import Span, add_months, eve
from domain.kernel import (
    Case,
    CaseClosed,
    CaseCommand,
    Check,
    CivilDate,
    Context,
    Deadline,
    Event,
    Opening,
    Period,
    Procedure,
    Reference,
    UnknownEvent,
    Value,
    automatic,
    awaited,
    check,
)
from domain.law import choices
from domain.law.d2021_1645 import ART_26, SUSPENSION_FULL_PAY_MONTHS, SUSPENSION_RETENUE_MOST
from domain.money import Euros, Share, to_the_cent
from domain.procedures import discipline, insuffisance_professionnelle
from domain.procedures.discipline import DisciplinaryProcedureClosedWithoutSanction, SanctionPronounced
from domain.procedures.insuffisance_professionnelle import InsuffisanceProfessionnelleDecided

NAME = "suspension"
MINISTERIAL, EMERGENCY = ART_26.par("I"), ART_26.par("II")
HEADS = ("dg_chu", "president_universite")
PROCEEDINGS = (discipline.NAME, insuffisance_professionnelle.NAME)


# -- The facts ---------------------------------------------------------------------------------------

Status: TypeAlias = Literal[
    "emergency", "referred", "confirmed", "active", "full_pay", "lifted", "ended", "settlement_pending", "settled"
]
SUSPENDED = frozenset({"emergency", "referred", "confirmed", "active", "full_pay"})


@dataclass(frozen=True, slots=True)
class Suspension:
    """A suspension, what is withheld meanwhile and since when, and what is still to settle."""

    status: Status
    starts_on: date
    full_pay_on: date  # three months from its first day
    procedure: str | None = None  # the proceedings it was decided under; None: whichever the agent is under
    rates: Rates = NO_RETENUE
    since: date | None = None  # first day under retenue
    until: date | None = None  # first day at full pay again
    referred_on: date | None = None
    prosecuted: bool = False
    refunded: bool = False
    owed: bool = False  # a refund awaits the judgment
    ended_on: date | None = None

    @property
    def runs(self) -> bool:
        return self.status in SUSPENDED

    @property
    def withheld(self) -> bool:
        """Something is withheld from the pay."""
        return self.runs and self.since is not None and self.until is None

    @property
    def to_refund(self) -> bool:
        """Something was withheld and has not been given back."""
        return self.since is not None and not self.refunded

    def withheld_until(self, day: date) -> Span | None:
        """The days under retenue before a day."""
        if self.since is None:
            return None
        last = eve(min(day, self.until or day))
        return Span(self.since, last) if self.since <= last else None


# -- The commands ------------------------------------------------------------------------------------


class TwoRates(Value):
    """A rate for each part of the pay."""

    universitaire: Share
    hospitaliere: Share


class Circumstances(Value):
    """What the exceptional circumstances put in danger."""

    continuite: StrictBool = False
    securite_patients: StrictBool = False
    securite_etudiants: StrictBool = False

    @property
    def exceptional(self) -> bool:
        return self.continuite and (self.securite_patients or self.securite_etudiants)


class Decide(Opening):
    """Suspend, by both ministers, an agent under proceedings."""

    type: Literal["suspension.decide"] = "suspension.decide"
    procedure: Reference
    by: Authorities
    starts_on: CivilDate
    retenue: Share | TwoRates | None = None
    penal_prosecution: StrictBool = False


class Emergency(Opening):
    """Suspend in an emergency, by both heads of the establishments."""

    type: Literal["suspension.emergency"] = "suspension.emergency"
    by: Authorities
    starts_on: CivilDate
    circumstances: Circumstances


class Refer(CaseCommand):
    """Refer the emergency suspension to the ministers."""

    type: Literal["suspension.refer"] = "suspension.refer"


class Confirm(CaseCommand):
    """Confirm the emergency suspension."""

    type: Literal["suspension.confirm"] = "suspension.confirm"
    by: Authorities
    procedure: Reference | None = None
    retenue: Share | TwoRates | None = None


class Lift(CaseCommand):
    """Lift the suspension."""

    type: Literal["suspension.lift"] = "suspension.lift"
    by: Authorities


class RecordProsecution(CaseCommand):
    """Record that the agent is prosecuted."""

    type: Literal["suspension.record_prosecution"] = "suspension.record_prosecution"


class RecordJudgment(CaseCommand):
    """Record the judgment of the criminal court."""

    type: Literal["suspension.record_judgment"] = "suspension.record_judgment"
    final: StrictBool


# -- The events --------------------------------------------------------------------------------------


class SuspensionDecided(Event):
    procedure: str
    universitaire: Share
    hospitaliere: Share
    penal_prosecution: bool
    full_pay_on: date


class EmergencySuspensionDecided(Event):
    circumstances: Circumstances
    full_pay_on: date


class EmergencySuspensionReferred(Event):
    """The ministers have been told."""


class SuspensionConfirmed(Event):
    """`on` is the first day of the retenue, when there is one."""

    procedure: str | None
    universitaire: Share
    hospitaliere: Share
    full_pay_on: date


class FullPayRestored(Event):
    """The agent, still suspended, is paid whole again."""


class RetenueRefundDue(Event):
    """`amount` is None when the pay is unknown."""

    amount: Euros | None
    reason: Literal["three_months", "no_heavy_sanction"]


class PaySettlementDeferred(Event):
    """The pay is settled once the judgment is final; `refund` says whether something is then due."""

    refund: bool


class SuspensionEnded(Event):
    """`on` is the first day out of the suspension."""

    cause: Literal["procedure_ended", "lifted", "cessation"]


class ProsecutionRecorded(Event):
    """`counts` is False when it came after the pay had been restored."""

    counts: bool


class JudgmentRecorded(Event):
    final: bool


# -- The rules, in the order in which the law tests them ---------------------------------------------


def rules_of_decide(context: Context, _: None, decision: Decide) -> Iterator[Check]:
    yield from rules_of_start(context, decision)
    under_way = in_progress(context, decision.procedure)
    yield check("no_procedure_open", under_way, MINISTERIAL, field="procedure", found=decision.procedure)
    yield not_suspended(context, decision.starts_on)
    yield check("pay_not_specified", decision.retenue is not None, MINISTERIAL, field="retenue")
    yield at_most_half(context, decision.retenue)
    yield signed(decision.by, MINISTERS, MINISTERIAL)
    yield timely(context, decision.starts_on, MINISTERIAL)


def rules_of_emergency(context: Context, _: None, decision: Emergency) -> Iterator[Check]:
    yield from rules_of_start(context, decision)
    yield not_suspended(context, decision.starts_on)
    yield check("conditions_not_met", decision.circumstances.exceptional, EMERGENCY, field="circumstances")
    yield signed(decision.by, HEADS, EMERGENCY)
    yield timely(context, decision.starts_on, EMERGENCY)


def rules_of_start(context: Context, decision: Decide | Emergency) -> Iterator[Check]:
    yield of_category(context, decision.starts_on, ART_26, 1, 2, 3)
    yield under_decree(context, decision.starts_on, ART_26)
    yield in_post(context, decision.starts_on, ART_26)


def not_suspended(context: Context, starts_on: date) -> Check:
    met = not any(period.span.meets(Span(starts_on, None)) for period in context.lane(NAME))
    return check("already_suspended", met, ART_26, field="starts_on", found=starts_on)


def at_most_half(context: Context, retenue: Decimal | TwoRates | None) -> Check:
    """Half of both parts together; two rates cannot be weighed when the pay is unknown, unless both are above."""
    pay, rates = Career(context).facts.pay, rates_of(retenue)
    most = context.law.value(SUSPENSION_RETENUE_MOST, context.on)
    university, hospital = parts(context)
    if pay is None or university is None or hospital is None or university + hospital == 0:
        met = min(rates) <= most
    else:
        met = rates.universitaire * university + rates.hospitaliere * hospital <= most * (university + hospital)
    found = None if retenue is None else [str(rate) for rate in rates]
    return check("retenue_above_half", met, MINISTERIAL, field="retenue", found=found, most=str(most))


def rules_of_refer(_: Context, suspension: Suspension, __: Refer) -> Iterator[Check]:
    yield in_state(suspension.status == "emergency", EMERGENCY)


def rules_of_confirm(context: Context, suspension: Suspension, decision: Confirm) -> Iterator[Check]:
    yield in_state(suspension.status in ("emergency", "referred"), EMERGENCY)
    yield check("not_referred", suspension.status != "emergency", EMERGENCY)
    named = decision.procedure
    needed = named is not None or any(rates_of(decision.retenue))
    under_way = named is not None and in_progress(context, named)
    yield check("no_procedure_open", under_way or not needed, MINISTERIAL, field="procedure", found=named)
    yield at_most_half(context, decision.retenue)
    yield signed(decision.by, MINISTERS, EMERGENCY)


def rules_of_lift(_: Context, suspension: Suspension, decision: Lift) -> Iterator[Check]:
    """The ministers at any time; the two heads, as long as the ministers have not confirmed."""
    yield in_state(suspension.runs, ART_26)
    unconfirmed = suspension.status in ("emergency", "referred")
    by_heads = unconfirmed and not missing_from(decision.by, HEADS)
    yield signed(decision.by, HEADS if by_heads else MINISTERS, EMERGENCY if unconfirmed else MINISTERIAL)


def rules_of_prosecution(_: Context, suspension: Suspension, __: RecordProsecution) -> Iterator[Check]:
    to_come = suspension.runs or (suspension.status == "lifted" and suspension.to_refund)
    yield in_state(to_come and not suspension.prosecuted, MINISTERIAL)


def rules_of_judgment(_: Context, suspension: Suspension, __: RecordJudgment) -> Iterator[Check]:
    to_settle = suspension.runs or suspension.status in ("lifted", "settlement_pending")
    yield in_state(to_settle and suspension.prosecuted, MINISTERIAL)


RULES: Mapping[type[CaseCommand], Callable[[Context, Any, Any], Iterable[Check]]] = {
    Decide: rules_of_decide,
    Emergency: rules_of_emergency,
    Refer: rules_of_refer,
    Confirm: rules_of_confirm,
    Lift: rules_of_lift,
    RecordProsecution: rules_of_prosecution,
    RecordJudgment: rules_of_judgment,
}


# -- The proceedings behind it -----------------------------------------------------------------------


def under_way(context: Context) -> Iterator[Case]:
    """The proceedings, disciplinary or for insuffisance, in which no decision has come."""
    found = (case for name in PROCEEDINGS for case in context.cases(name))
    return (case for case in found if case.closed_on is None and case.state.status == "open")


def in_progress(context: Context, ref: str) -> bool:
    return any(case.ref == ref for case in under_way(context))


def heavy(context: Context, event: Event) -> bool | None:
    """Whether proceedings ended on a heavy measure, which leaves the retenues with the State; None for other events."""
    match event:
        case SanctionPronounced(sanction=sanction):
            return sanction not in discipline.LIGHT
        case DisciplinaryProcedureClosedWithoutSanction():
            return False
        case InsuffisanceProfessionnelleDecided(outcome="aucune"):
            return context.law.choice(choices.SUSPENSION_INSUFFISANCE_WITHOUT_MEASURE) == "not_refunded"
        case InsuffisanceProfessionnelleDecided():
            return True
    return None


def conclusion(context: Context, suspension: Suspension, events: tuple[Event, ...]) -> tuple[date, bool] | None:
    """The day its proceedings ended, and whether heavily; without named ones, the last of those of the agent."""
    for event in events:
        ended = heavy(context, event)
        mine = event.case == suspension.procedure
        if suspension.procedure is None:
            mine = not any(under_way(context))
        if ended is not None and mine:
            return event.on, ended
    return None


# -- What is withheld, and given back ----------------------------------------------------------------


def rates_of(retenue: Decimal | TwoRates | None) -> Rates:
    if retenue is None:
        return NO_RETENUE
    if isinstance(retenue, TwoRates):
        return Rates(retenue.universitaire, retenue.hospitaliere)
    return Rates(retenue, retenue)


def parts(context: Context) -> tuple[Decimal | None, Decimal | None]:
    pay = Career(context).facts.pay
    return (None, None) if pay is None else (pay.remuneration_universitaire, pay.emoluments_hospitaliers)


def refund(
    context: Context, suspension: Suspension, on: date, reason: Literal["three_months", "no_heavy_sanction"]
) -> Iterator[Event]:
    """The retenues on the university pay (the text names it alone), unless nothing was withheld from it."""
    span = suspension.withheld_until(suspension.ended_on or on)
    if span is None or suspension.refunded:
        return
    rates = suspension.rates
    if not context.law.choice(choices.SUSPENSION_REFUND_HOSPITAL):
        rates = rates._replace(hospitaliere=Decimal(0))
    if not any(rates):
        return
    university, hospital = parts(context)
    unknown = missing(
        remuneration_universitaire=university if rates.universitaire else Decimal(0),
        emoluments_hospitaliers=hospital if rates.hospitaliere else Decimal(0),
    )
    amount = None if unknown else to_the_cent(withheld(context, span, rates))
    if amount != 0:
        yield RetenueRefundDue(on=on, basis=MINISTERIAL, warnings=unknown, amount=amount, reason=reason)


def restored(context: Context, suspension: Suspension) -> Iterator[Event]:
    """Three months without a decision, nor prosecution: paid whole again, and refunded."""
    if suspension.withheld and not suspension.prosecuted:
        yield FullPayRestored(basis=MINISTERIAL)
        yield from refund(context, suspension, context.on, "three_months")


def settled(context: Context, suspension: Suspension, on: date, *, heavily: bool) -> Iterator[Event]:
    """Once the proceedings are over: at once, or when the judgment is final."""
    owed = () if heavily else tuple(refund(context, suspension, on, "no_heavy_sanction"))
    if suspension.prosecuted:
        yield PaySettlementDeferred(on=on, basis=MINISTERIAL, refund=bool(owed))
    else:
        yield from owed


# -- The decision ------------------------------------------------------------------------------------


def decide(context: Context, suspension: Suspension, command: CaseCommand) -> Iterator[Event]:
    match command:
        case Decide():
            event = decided(context, command)
            yield event
            if event.full_pay_on <= context.on:
                yield from restored(context, opened(event))
        case Emergency(starts_on=starts_on, circumstances=circumstances):
            yield EmergencySuspensionDecided(
                on=starts_on,
                basis=EMERGENCY,
                warnings=(*unknown_corps(context, starts_on), *timing_warnings(context, starts_on)),
                circumstances=circumstances,
                full_pay_on=full_pay_from(context, starts_on),
            )
        case Refer():
            yield EmergencySuspensionReferred(basis=EMERGENCY)
        case Confirm():
            yield confirmed(context, suspension, command)
        case Lift():
            by_ministers = not missing_from(command.by, MINISTERS)
            yield SuspensionEnded(basis=MINISTERIAL if by_ministers else EMERGENCY, cause="lifted")
        case RecordProsecution():
            late = context.law.choice(choices.SUSPENSION_LATE_PROSECUTION) == "ignored"
            yield ProsecutionRecorded(basis=MINISTERIAL, counts=not late or context.on < suspension.full_pay_on)
        case RecordJudgment(final=final):
            yield JudgmentRecorded(basis=MINISTERIAL, final=final)
            if final:
                yield from judged(context, suspension)
        case _:
            raise UnknownEvent(command.type)


def decided(context: Context, decision: Decide) -> SuspensionDecided:
    rates, on = rates_of(decision.retenue), decision.starts_on
    return SuspensionDecided(
        on=on,
        basis=MINISTERIAL,
        warnings=(*unknown_corps(context, on), *unknown_pay(context, rates), *timing_warnings(context, on)),
        procedure=decision.procedure,
        universitaire=rates.universitaire,
        hospitaliere=rates.hospitaliere,
        penal_prosecution=decision.penal_prosecution,
        full_pay_on=full_pay_from(context, on),
    )


def confirmed(context: Context, suspension: Suspension, decision: Confirm) -> Event:
    """A retenue set once the three months have run has no effect, save under prosecution."""
    rates, full_pay_on = rates_of(decision.retenue), suspension.full_pay_on
    if context.law.choice(choices.SUSPENSION_EMERGENCY_COUNT) == "from_confirmation":
        full_pay_on = full_pay_from(context, context.on)
    too_late = any(rates) and context.on >= full_pay_on and not suspension.prosecuted
    warnings = ("retenue_without_effect",) if too_late else unknown_pay(context, rates)
    applied = NO_RETENUE if too_late else rates
    return SuspensionConfirmed(
        basis=(EMERGENCY, MINISTERIAL) if any(rates) else EMERGENCY,
        warnings=warnings,
        procedure=decision.procedure,
        universitaire=applied.universitaire,
        hospitaliere=applied.hospitaliere,
        full_pay_on=full_pay_on,
    )


def judged(context: Context, suspension: Suspension) -> Iterator[Event]:
    """The judgment settles what awaited it; before any decision it lets the three months count again."""
    if suspension.status == "settlement_pending":
        if suspension.owed:
            yield from refund(context, suspension, context.on, "no_heavy_sanction")
    elif context.on >= suspension.full_pay_on:
        yield from restored(context, replace(suspension, prosecuted=False))


def full_pay_from(context: Context, starts_on: date) -> date:
    return add_months(starts_on, context.law.value(SUSPENSION_FULL_PAY_MONTHS, starts_on))


def unknown_corps(context: Context, on: date) -> tuple[str, ...]:
    return missing(corps=Career(context).corps(on))


def unknown_pay(context: Context, rates: Rates) -> tuple[str, ...]:
    university, hospital = parts(context)
    return missing(remuneration_universitaire=university, emoluments_hospitaliers=hospital) if any(rates) else ()


# -- The deadlines -----------------------------------------------------------------------------------


def deadlines(context: Context, suspension: Suspension) -> Iterator[Deadline]:
    if suspension.runs and context.on < suspension.full_pay_on:
        yield automatic("suspension_three_months", suspension.full_pay_on, MINISTERIAL, "full_pay_restored")
    if suspension.status == "emergency":
        due = suspension.starts_on + timedelta(days=context.law.choice(choices.SUSPENSION_REFERRAL_DAYS))
        yield awaited("suspension_referral", due, EMERGENCY, "statutory", "reminder", *HEADS)
    if suspension.status == "referred" and suspension.referred_on is not None:
        days = context.law.choice(choices.SUSPENSION_ANSWER_REMINDER_DAYS)
        due = suspension.referred_on + timedelta(days=days)
        yield awaited("suspension_ministers_answer", due, EMERGENCY, "internal", "reminder", *MINISTERS)


def lapse(context: Context, suspension: Suspension, deadline: Deadline) -> Iterator[Event]:
    match deadline.kind:
        case "suspension_three_months":
            yield from restored(context, suspension)
        case "suspension_referral" | "suspension_ministers_answer":
            return
        case _:
            raise UnknownEvent(deadline.kind)


# -- What the proceedings, or leaving the functions, do to it ----------------------------------------


def react(context: Context, suspension: Suspension, events: tuple[Event, ...]) -> Iterator[Event]:
    """The end of the proceedings ends it and settles what was withheld; so, but for the refund, does leaving."""
    found = conclusion(context, suspension, events)
    left = Career(context).left_on()
    if found is not None and suspension.status != "settlement_pending":
        day, heavily = found
        if suspension.runs:
            yield SuspensionEnded(on=day, basis=MINISTERIAL, cause="procedure_ended")
            suspension = replace(suspension, ended_on=day)
        yield from settled(context, suspension, day, heavily=heavily)
        if suspension.status == "lifted" and not suspension.prosecuted:
            yield CaseClosed(on=day, basis=MINISTERIAL, cause="procedure_ended")
    elif left is not None and left <= context.on:
        yield from left_behind(context, suspension, left)


def left_behind(context: Context, suspension: Suspension, left: date) -> Iterator[Event]:
    """What leaving the functions does before the proceedings are over."""
    refunds = context.law.choice(choices.SUSPENSION_REFUND_ON_CESSATION)
    if suspension.runs:
        yield SuspensionEnded(on=left, basis=ART_26, cause="cessation")
        suspension = replace(suspension, ended_on=left)
    elif suspension.status == "lifted":
        yield CaseClosed(on=left, basis=ART_26, cause="cessation")
    if refunds and suspension.status != "settlement_pending":
        yield from refund(context, suspension, left, "no_heavy_sanction")


# -- The evolution -----------------------------------------------------------------------------------


def evolve(suspension: Suspension | None, event: Event) -> Suspension:
    if suspension is None:
        return opened(event)
    match event:
        case EmergencySuspensionReferred(on=on):
            return replace(suspension, status="referred", referred_on=on)
        case SuspensionConfirmed(procedure=procedure, full_pay_on=full_pay_on):
            told = replace(suspension, status="confirmed", procedure=procedure, full_pay_on=full_pay_on)
            return withholding(told, event)
        case FullPayRestored(on=on):
            return replace(suspension, status="full_pay", until=on)
        case RetenueRefundDue():
            return replace(suspension, refunded=True)
        case PaySettlementDeferred(refund=owed):
            return replace(suspension, status="settlement_pending", owed=owed)
        case SuspensionEnded(on=on, cause=cause):
            return replace(suspension, status="lifted" if cause == "lifted" else "ended", ended_on=on)
        case ProsecutionRecorded(counts=counts):
            return replace(suspension, prosecuted=counts)
        case JudgmentRecorded(final=True):
            status = "settled" if suspension.status == "settlement_pending" else suspension.status
            return replace(suspension, status=status, prosecuted=False)
        case JudgmentRecorded():
            return suspension
    raise UnknownEvent(event.name())


def opened(event: Event) -> Suspension:
    match event:
        case SuspensionDecided(on=on, procedure=procedure, full_pay_on=full_pay_on, penal_prosecution=prosecuted):
            return withholding(Suspension("active", on, full_pay_on, procedure, prosecuted=prosecuted), event)
        case EmergencySuspensionDecided(on=on, full_pay_on=full_pay_on):
            return Suspension("emergency", on, full_pay_on)
    raise UnknownEvent(event.name())


def withholding(suspension: Suspension, event: SuspensionDecided | SuspensionConfirmed) -> Suspension:
    rates = Rates(event.universitaire, event.hospitaliere)
    return replace(suspension, rates=rates, since=max(event.on, suspension.starts_on)) if any(rates) else suspension


# -- The traces --------------------------------------------------------------------------------------


def periods(suspension: Suspension) -> Iterator[Period]:
    """The suspension, and the days on which something is withheld from the pay."""
    last = None if suspension.ended_on is None else eve(suspension.ended_on)
    if last is None or suspension.starts_on <= last:
        yield Period(NAME, "suspended", suspension.starts_on, last)
    ends = [day for day in (suspension.until, suspension.ended_on) if day is not None]
    end = eve(min(ends)) if ends else None
    if suspension.since is not None and (end is None or suspension.since <= end):
        yield Period("retenue", str(suspension.rates), suspension.since, end)


PROCEDURE = Procedure(
    name=NAME,
    subject="agent",
    articles=(ART_26,),
    commands=tuple(RULES),
    events=(
        SuspensionDecided,
        EmergencySuspensionDecided,
        EmergencySuspensionReferred,
        SuspensionConfirmed,
        FullPayRestored,
        RetenueRefundDue,
        PaySettlementDeferred,
        SuspensionEnded,
        ProsecutionRecorded,
        JudgmentRecorded,
    ),
    rules=lambda context, state, command: RULES[type(command)](context, state, command),
    decide=decide,
    evolve=evolve,
    status=lambda state: state.status,
    statuses=get_args(Status),
    closed=lambda state: not (state.runs or state.status == "settlement_pending" or owes_after_lift(state)),
    deadlines=deadlines,
    lapse=lapse,
    react=react,
    periods=periods,
    outlives=True,  # a settlement may await a judgment after the agent has left
)


def owes_after_lift(suspension: Suspension) -> bool:
    """Lifted before the proceedings are over: its retenues may still be refunded then."""
    return suspension.status == "lifted" and suspension.to_refund
