"""Temps partiel : décret 2021-1645, art. 28 (second alinéa), 28-1 à 28-4, 85 (second alinéa), 92 (11°).

Not covered: therapeutic part time (art. 28, first paragraph; art. 93), another regime; the articles of
décret 82-624 that art. 28-4 imports, which are not in the sources.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import count
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, TypeAlias, get_args

from pydantic import Field, StrictBool, model_validator

from domain.agents.acts import (
    consulted,
    first_late_day,
    in_activity,
    in_state,
    may_withdraw,
    signed,
    timely,
    timing_warnings,
)
from domain.agents.career import Career, missing
from domain.agents.quotite import entitlements
from domain.authorities import Authorities, Authority, OneOrMany
from domain.calendar import Length, Span, add_months, eve, next_day, split
from domain.kernel import (
    CaseClosed,
    CaseCommand,
    Check,
    CivilDate,
    Context,
    Deadline,
    Event,
    Number,
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
from domain.law.choices import (
    PART_TIME_AUTHORITY,
    PART_TIME_CCA_MIN_SERVICE_MONTHS,
    PART_TIME_EXPRESS_REMINDER_MONTHS,
    PART_TIME_LAST_PERIOD,
    PART_TIME_OPINIONS,
    PART_TIME_PHU_TERM,
    PART_TIME_YEAR,
)
from domain.law.d2021_1645 import (
    ART_28,
    ART_28_1,
    ART_28_2,
    ART_28_3,
    ART_28_4,
    ART_85,
    ART_92,
    PART_TIME_CHANGES_A_YEAR,
    PART_TIME_DOCTOR_MONTHS,
    PART_TIME_LIMIT_MONTHS,
    PART_TIME_MONTHS_LEAST,
    PART_TIME_MONTHS_MOST,
    PART_TIME_NOTICE_MONTHS,
    PART_TIME_QUOTITES,
)

REGIME = {1: ART_28.par(2), 2: ART_85.par(2), 3: ART_92.par("11")}
AUTHORISATION, CHANGE, SAME_YEAR = ART_28_2.par(1), ART_28_2.par(2), ART_28_2.par(3)
CNG, DOCTOR, TERM = ART_28_2.par(4), ART_28_2.par(5), ART_92.par("dernier")

Ground = Literal["convenance", "de_droit_famille", "de_droit_handicap"]
Object = Literal["authorisation", "quotite", "renewal", "return_full_time"]
BASIS: Mapping[Object, Article] = {
    "authorisation": AUTHORISATION,
    "quotite": CHANGE,
    "renewal": AUTHORISATION,
    "return_full_time": SAME_YEAR,
}
MEDECIN = "medecin_prevention"
HEADS_OF_UNIT = ("chef_service", "responsable_structure")  # "ou, à défaut": either serves
Consulted = Literal[
    "directeur_ufr", "president_cme", "chef_pole", "chef_service", "responsable_structure", "medecin_prevention"
]
Opponent = Literal["agent", "president_universite", "dg_chu"]


# -- The facts ---------------------------------------------------------------------------------------

Status: TypeAlias = Literal["requested", "granted", "refused", "withdrawn", "lapsed", "ended"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What awaits a decision, or its day: from when, at what quotité, for how long, and the opinions given on it."""

    effective_on: date
    quotite: int
    length: Length = Length(0, 0)  # noqa: RUF009  # a tuple, which nothing can change
    week: int | None = None
    opinions: Mapping[str, bool] = field(default_factory=dict)


class Step(NamedTuple):
    """From a day on: the quotité, and the whole half-days of a week when the decision fixed them."""

    first: date
    quotite: int
    week: int | None


@dataclass(frozen=True, slots=True)
class Grant:
    """What is authorised: the three years that run from `anchor`, cut in periods of one `length`."""

    anchor: date  # P: first day of the authorisation, or of the last express renewal
    length: Length
    ends_on: date  # last day of the period in force
    opposed: bool = False
    renewal: Asked | None = None  # granted, awaits the end of the three years
    returns_on: date | None = None  # first day at full time


@dataclass(frozen=True, slots=True)
class PartTime:
    """One part time, from its request to the return to full time."""

    status: Status
    ground: Ground
    starts_on: date
    pending: Mapping[Object, Asked]
    grant: Grant | None = None
    steps: tuple[Step, ...] = ()
    changes: tuple[date, ...] = ()
    referred_on: date | None = None
    doctor_deemed: bool = False
    cng_due: tuple[date, ...] = ()

    def running(self, on: date) -> Grant | None:
        """The grant, as long as the return to full time has not come."""
        if self.status != "granted" or self.grant is None:
            return None
        return self.grant if self.grant.returns_on is None or on < self.grant.returns_on else None


def boundaries(grant: Grant) -> Iterator[date]:
    """The first day of each following period: whole months from the anchor, else each after the former."""
    start = grant.anchor
    for k in count(1):
        start = grant.length.after(start) if grant.length.days else add_months(grant.anchor, k * grant.length.months)
        yield start


def limit(context: Context, grant: Grant) -> date:
    """The first day after the three years, or after the last full period when the office stops there."""
    cap = last = add_months(grant.anchor, context.law.value(PART_TIME_LIMIT_MONTHS, grant.anchor))
    if context.law.choice(PART_TIME_LAST_PERIOD) == "stop":
        for day in boundaries(grant):
            if day > cap:
                break
            last = day
    return last


def term(context: Context, on: date) -> date | None:
    """The last day of the nomination in force on a day, for those it binds (categories 2 and 3)."""
    category = Career(context).category(on)
    bound = category == 3 or (category == 2 and context.law.choice(PART_TIME_PHU_TERM) == "applies")
    return Career(context).nomination_term(on) if bound else None


def furthest(context: Context, grant: Grant) -> date:
    """The first day on which the part time can no longer run."""
    nomination = term(context, grant.anchor)
    ends = (limit(context, grant), grant.returns_on, nomination and next_day(nomination))
    return min(day for day in ends if day is not None)


def renewals_to_come(context: Context, grant: Grant) -> Iterator[date]:
    """The days on which a tacit renewal would fall, after the period in force and before any end."""
    end = furthest(context, grant)
    for day in boundaries(grant):
        if day >= end:
            return
        if day > grant.ends_on:
            yield day


# -- The commands ------------------------------------------------------------------------------------


class Request(Opening):
    """Ask to work part time."""

    type: Literal["part_time.request"] = "part_time.request"
    quotite: Number
    starts_on: CivilDate
    months: Number | None = None
    ends_on: CivilDate | None = None
    ground: Ground = "convenance"
    annualised: StrictBool = False

    @model_validator(mode="after")
    def _one_duration(self) -> "Request":
        if (self.months is None) == (self.ends_on is None):
            raise ValueError("either months or ends_on is expected")
        return self

    @property
    def length(self) -> Length:
        return split(self.starts_on, self.ends_on) if self.ends_on is not None else Length(self.months or 0, 0)


class ReferDoctor(CaseCommand):
    """Refer the request to the médecin de prévention."""

    type: Literal["part_time.refer_doctor"] = "part_time.refer_doctor"


class GiveOpinion(CaseCommand):
    """Give an opinion on what is pending."""

    type: Literal["part_time.give_opinion"] = "part_time.give_opinion"
    by: Annotated[tuple[Consulted, ...], OneOrMany]
    favourable: StrictBool


class Decide(CaseCommand):
    """Decide, jointly, on what is pending."""

    type: Literal["part_time.decide"] = "part_time.decide"
    object: Object = "authorisation"
    by: Authorities
    outcome: Literal["granted", "refused"]
    weekly_half_days: Annotated[Number, Field(ge=5, le=9)] | None = None


class Amend(CaseCommand):
    """Ask for another quotité."""

    type: Literal["part_time.amend"] = "part_time.amend"
    quotite: Number
    effective_on: CivilDate
    exceptional: StrictBool = False
    agent_consent: StrictBool = False


class OpposeRenewal(CaseCommand):
    """Oppose the next tacit renewal."""

    type: Literal["part_time.oppose_renewal"] = "part_time.oppose_renewal"
    by: Annotated[tuple[Opponent, ...], OneOrMany]


class RequestRenewal(CaseCommand):
    """Ask expressly for another three years."""

    type: Literal["part_time.request_renewal"] = "part_time.request_renewal"
    months: Number
    quotite: Number | None = None


class ReturnFullTime(CaseCommand):
    """Ask to return to full time."""

    type: Literal["part_time.return_full_time"] = "part_time.return_full_time"
    effective_on: CivilDate
    ground: Literal["motif_grave"] | None = None
    reason: Text | None = None


class InformCng(CaseCommand):
    """Record that the CNG has been informed."""

    type: Literal["part_time.inform_cng"] = "part_time.inform_cng"


class Withdraw(CaseCommand):
    """Withdraw the part time before its first day."""

    type: Literal["part_time.withdraw"] = "part_time.withdraw"


# -- The events --------------------------------------------------------------------------------------


class Requested(Event):
    """Something is asked, that now awaits a decision."""

    object: ClassVar[Object]
    effective_on: date
    quotite: int


class PartTimeRequested(Requested):
    object = "authorisation"
    ends_on: date
    months: int
    days: int
    ground: Ground
    annualised: bool


class PartTimeQuotiteChangeRequested(Requested):
    object = "quotite"
    exceptional: bool


class PartTimeRenewalRequested(Requested):
    object = "renewal"
    months: int


class PartTimeReturnRequested(Requested):
    object = "return_full_time"
    ground: Literal["motif_grave"] | None
    reason: str | None


class PartTimeDoctorReferred(Event):
    """The médecin de prévention has been asked for an opinion."""


class PartTimeOpinionGiven(Event):
    by: Authority
    favourable: bool


class OpinionDeemedGiven(Event):
    by: Authority


class OpinionRecordedLate(Event):
    """An opinion came after it had been deemed given; it is kept, without effect."""

    by: Authority
    favourable: bool


class PartTimeGranted(Event):
    quotite: int
    ends_on: date
    months: int
    days: int
    weekly_half_days: int | None = None


class PartTimeRefused(Event):
    object: Object


class PartTimeRenewedTacitly(Event):
    ends_on: date


class PartTimeRenewalOpposed(Event):
    by: tuple[Opponent, ...]


class PartTimeRenewalGranted(Event):
    """The express renewal is decided; it takes effect at the end of the three years."""

    quotite: int
    months: int
    weekly_half_days: int | None = None


class PartTimeRenewedExpressly(Event):
    quotite: int
    months: int
    ends_on: date
    weekly_half_days: int | None = None


class PartTimeQuotiteChanged(Event):
    quotite: int
    weekly_half_days: int | None = None


class PartTimeLapsed(Event):
    """The three years are over without an express renewal: back to full time."""


class PartTimeEnded(Event):
    """The part time ends; `on` is the first day at full time."""

    cause: Literal["opposed", "nomination_term", "return_full_time", "position_change", "cessation"]


class FullTimeResumed(Event):
    """The day of the return to full time that had been granted has come."""


class CngInformationDue(Event):
    """The Centre national de gestion must be informed."""


class CngInformed(Event):
    """The Centre national de gestion has been informed."""


class PartTimeWithdrawn(Event):
    """The part time was withdrawn before its first day."""


# -- The rules, in the order in which the law tests them ---------------------------------------------


def rules_of_request(context: Context, _: None, asked: Request) -> Iterator[Check]:
    on, length = asked.starts_on, asked.length
    yield eligible(context, on)
    in_force = context.law.in_force(PART_TIME_QUOTITES, on) is not None
    yield check("law_not_in_force", in_force, ART_28_1, field="starts_on", found=on)
    if in_force:  # the figures below do not exist before
        yield in_activity(context, Span(on, on), REGIME[1])
        yield no_other_part_time(context, asked.case, on)
        yield allowed_quotite(context, asked.quotite, on)
        yield from allowed_length(context, length, on)
        yield within_nomination(context, length, on)
        yield served_long_enough(context, on)


def rules_of_refer_doctor(_: Context, part_time: PartTime, __: ReferDoctor) -> Iterator[Check]:
    asked = "authorisation" in part_time.pending and part_time.ground == "de_droit_handicap"
    yield in_state(asked and part_time.referred_on is None, DOCTOR)


def rules_of_give_opinion(_: Context, part_time: PartTime, given: GiveOpinion) -> Iterator[Check]:
    late = part_time.doctor_deemed and given.by == (MEDECIN,)
    yield in_state(bool(part_time.pending.keys() - {"return_full_time"}) or late, CHANGE)


def rules_of_decide(context: Context, part_time: PartTime, decision: Decide) -> Iterator[Check]:
    if decision.object == "renewal" and part_time.status == "lapsed":
        yield check("authorisation_lapsed", False, AUTHORISATION)
        return
    asked, basis = part_time.pending.get(decision.object), BASIS[decision.object]
    yield in_state(asked is not None, basis)
    if asked is None:
        return
    granting = decision.outcome == "granted"
    if granting:
        yield from limits_again(context, part_time, decision, asked)
    elif decision.object == "authorisation":  # what is of right (L. 612-3) is not refused
        yield check("refusal_not_allowed", part_time.ground == "convenance", ART_28_1, field="outcome")
    yield consulted(missing_opinions(context, part_time, decision.object), CHANGE)
    yield signed(decision.by, context.law.choice(PART_TIME_AUTHORITY), CHANGE)
    if granting:
        yield timely(context, asked.effective_on, basis)


def limits_again(context: Context, part_time: PartTime, decision: Decide, asked: Asked) -> Iterator[Check]:
    """What was tested at the request, tested again at the grant, since other acts may have come between."""
    on = asked.effective_on
    if decision.object == "authorisation":
        yield eligible(context, on)
        yield in_activity(context, Span(on, on), REGIME[1])
        yield no_other_part_time(context, decision.case, on)
    if decision.object in ("authorisation", "renewal"):
        yield within_nomination(context, asked.length, on)
    elif part_time.grant is not None:
        yield within_period(context, part_time.grant, on)


def rules_of_amend(context: Context, part_time: PartTime, asked: Amend) -> Iterator[Check]:
    grant, on = part_time.running(context.on), asked.effective_on
    yield in_state(grant is not None and "quotite" not in part_time.pending, CHANGE)
    if grant is None:
        return
    yield allowed_quotite(context, asked.quotite, on)
    yield within_period(context, grant, on)
    earlier = sum(same_year(context, grant, change, on) for change in part_time.changes)
    most = context.law.value(PART_TIME_CHANGES_A_YEAR, grant.anchor)
    agreed = asked.exceptional and asked.agent_consent
    suggest = {"exceptional": True, "agent_consent": True}
    second = "second_change_same_year"
    yield check(
        second, agreed or earlier in (0, most), SAME_YEAR, field="exceptional", suggest=suggest, changes=earlier
    )
    yield check("change_limit_reached", earlier < most, SAME_YEAR, field="effective_on", changes=earlier, most=most)
    if earlier == 0:  # the exceptional change needs no notice
        yield enough_notice(context, grant, on)


def rules_of_oppose_renewal(context: Context, part_time: PartTime, _: OpposeRenewal) -> Iterator[Check]:
    grant = part_time.running(context.on)
    left = grant is not None and not grant.opposed and any(renewals_to_come(context, grant))
    yield in_state(left, AUTHORISATION)


def rules_of_request_renewal(context: Context, part_time: PartTime, asked: RequestRenewal) -> Iterator[Check]:
    grant = part_time.running(context.on)
    goes_on = grant is not None and grant.returns_on is None and not grant.opposed and grant.renewal is None
    yield in_state(goes_on and "renewal" not in part_time.pending, AUTHORISATION)
    if grant is not None:
        on, length = limit(context, grant), Length(asked.months, 0)
        if asked.quotite is not None:
            yield allowed_quotite(context, asked.quotite, on)
        yield from allowed_length(context, length, on)
        yield within_nomination(context, length, on)


def rules_of_return_full_time(context: Context, part_time: PartTime, asked: ReturnFullTime) -> Iterator[Check]:
    grant = part_time.running(context.on)
    goes_on = grant is not None and grant.returns_on is None
    yield in_state(goes_on and "return_full_time" not in part_time.pending, SAME_YEAR)
    if grant is not None:
        yield within_period(context, grant, asked.effective_on)
        yield enough_notice(context, grant, asked.effective_on, at_once=asked.ground == "motif_grave")


def rules_of_inform_cng(_: Context, part_time: PartTime, __: InformCng) -> Iterator[Check]:
    yield in_state(bool(part_time.cng_due), CNG)


def rules_of_withdraw(context: Context, part_time: PartTime, _: Withdraw) -> Iterator[Check]:
    granted = part_time.status == "granted"
    alive = granted or part_time.status == "requested"
    yield in_state(alive and may_withdraw(context, granted, part_time.starts_on), AUTHORISATION)


RULES: Mapping[type[CaseCommand], Callable[[Context, Any, Any], Iterable[Check]]] = {
    Request: rules_of_request,
    ReferDoctor: rules_of_refer_doctor,
    GiveOpinion: rules_of_give_opinion,
    Decide: rules_of_decide,
    Amend: rules_of_amend,
    OpposeRenewal: rules_of_oppose_renewal,
    RequestRenewal: rules_of_request_renewal,
    ReturnFullTime: rules_of_return_full_time,
    InformCng: rules_of_inform_cng,
    Withdraw: rules_of_withdraw,
}


# -- The rules, one by one ---------------------------------------------------------------------------


def eligible(context: Context, on: date) -> Check:
    """Categories 1 (art. 28), 2 (art. 85) and 3 (art. 92, 11°); an unknown corps is left to the office."""
    corps, category = Career(context).corps(on), Career(context).category(on)
    return check("not_eligible", corps is None or category is not None, REGIME[category or 1], corps=corps)


def no_other_part_time(context: Context, case: str, starts_on: date) -> Check:
    """One at a time, pending ones included, save one whose return to full time is granted by then."""

    def bars(other: PartTime) -> bool:
        returns_on = other.grant.returns_on if other.grant else None
        return other.status in ("requested", "granted") and (returns_on is None or starts_on < returns_on)

    others = tuple(other.ref for other in context.cases("part_time") if other.ref != case and bars(other.state))
    return check("already_part_time", not others, AUTHORISATION, cases=others)


def allowed_quotite(context: Context, quotite: int, on: date) -> Check:
    allowed = context.law.in_force(PART_TIME_QUOTITES, on)
    values = allowed.value if allowed else ()
    nearest = {"quotite": min(values, key=lambda one: abs(one - quotite))} if values else {}
    return check(
        "quotite_not_allowed",
        quotite in values,
        ART_28_1,
        field="quotite",
        found=quotite,
        suggest=nearest,
        allowed=values,
    )


def allowed_length(context: Context, length: Length, starts_on: date) -> Iterator[Check]:
    """From six months to one year."""
    least = context.law.value(PART_TIME_MONTHS_LEAST, starts_on)
    most = context.law.value(PART_TIME_MONTHS_MOST, starts_on)
    end, found = length.after(starts_on), f"P{length.months}M{length.days}D"
    long_enough, short_enough = end >= add_months(starts_on, least), end <= add_months(starts_on, most)
    bounds = {"least": least, "most": most}
    yield check(
        "period_too_short", long_enough, AUTHORISATION, field="months", found=found, suggest={"months": least}, **bounds
    )
    yield check(
        "period_too_long", short_enough, AUTHORISATION, field="months", found=found, suggest={"months": most}, **bounds
    )


def within_nomination(context: Context, length: Length, starts_on: date) -> Check:
    """Categories 2 and 3: the period ends by the term of the nomination (92, last paragraph)."""
    latest, ends_on = term(context, starts_on), eve(length.after(starts_on))
    met = latest is None or ends_on <= latest
    return check("beyond_nomination_term", met, TERM, field="ends_on", found=ends_on, latest=latest)


def served_long_enough(context: Context, starts_on: date) -> Check:
    """Earlier service that décret 91-155 may demand of category 3, when the office has set it."""
    career, months = Career(context), context.law.choice(PART_TIME_CCA_MIN_SERVICE_MONTHS)
    since = career.facts.chu_since or career.facts.hu_entry_on
    if months is None or since is None or career.category(starts_on) != 3:
        return check("service_too_short", True, REGIME[3])
    earliest = add_months(since, months)
    return check("service_too_short", earliest <= starts_on, REGIME[3], field="starts_on", earliest=earliest)


def missing_opinions(context: Context, part_time: PartTime, subject: Object) -> tuple[str, ...]:
    """The opinions of 28-2, second paragraph, still missing; the return to full time needs none."""
    if subject == "return_full_time":
        return ()
    given = part_time.pending[subject].opinions
    required = [one for one in context.law.choice(PART_TIME_OPINIONS) if one not in given]
    if not any(head in given for head in HEADS_OF_UNIT):
        required.append(HEADS_OF_UNIT[0])
    if subject == "authorisation" and part_time.ground == "de_droit_handicap" and not doctor_heard(part_time):
        required.append(MEDECIN)
    return tuple(required)


def doctor_heard(part_time: PartTime) -> bool:
    return part_time.doctor_deemed or MEDECIN in part_time.pending["authorisation"].opinions


def within_period(context: Context, grant: Grant, on: date) -> Check:
    """Between the first day of the authorisation and the eve of its furthest end."""
    latest = eve(furthest(context, grant))
    met = grant.anchor <= on <= latest
    return check(
        "outside_period", met, AUTHORISATION, field="effective_on", found=on, earliest=grant.anchor, latest=latest
    )


def same_year(context: Context, grant: Grant, one: date, other: date) -> bool:
    """Whether two changes take effect in the same year, as the office reads "year"."""
    match context.law.choice(PART_TIME_YEAR):
        case "rolling12":
            return max(one, other) < add_months(min(one, other), 12)
        case "authorisation":
            return len({split(grant.anchor, eve(day)).months // 12 for day in (one, other)}) == 1
        case _:
            return one.year == other.year


def enough_notice(context: Context, grant: Grant, effective_on: date, *, at_once: bool = False) -> Check:
    """Asked two months before; "sans délai" for a grave reason, though never before the day it is asked."""
    notice = context.law.value(PART_TIME_NOTICE_MONTHS, grant.anchor)
    earliest = context.on if at_once else add_months(context.on, notice)
    basis, suggest = SAME_YEAR if at_once else CHANGE, {"effective_on": earliest}
    return check(
        "notice_too_short",
        earliest <= effective_on,
        basis,
        field="effective_on",
        found=effective_on,
        suggest=suggest,
        earliest=earliest,
        notice=0 if at_once else notice,
    )


# -- The decision ------------------------------------------------------------------------------------


def decide(context: Context, part_time: PartTime, command: CaseCommand) -> Iterator[Event]:
    match command:
        case Request():
            yield requested(context, command)
        case ReferDoctor():
            yield PartTimeDoctorReferred(basis=DOCTOR)
        case GiveOpinion(by=bodies, favourable=favourable):
            yield from (opinion(part_time, body, favourable) for body in bodies)
        case Decide(outcome="refused", object=subject):
            yield PartTimeRefused(basis=BASIS[subject], object=subject)
        case Decide(object=subject, weekly_half_days=week):
            yield granted(context, replace(part_time.pending[subject], week=week), subject)
            yield from cng_information(context)
        case Amend(quotite=quotite, effective_on=day, exceptional=exceptional):
            yield PartTimeQuotiteChangeRequested(
                basis=CHANGE, quotite=quotite, effective_on=day, exceptional=exceptional
            )
        case OpposeRenewal(by=by):
            yield PartTimeRenewalOpposed(basis=AUTHORISATION, by=by)
        case RequestRenewal(months=months, quotite=quotite) if part_time.grant is not None:
            kept = part_time.steps[-1].quotite if quotite is None else quotite
            day = limit(context, part_time.grant)
            yield PartTimeRenewalRequested(basis=AUTHORISATION, quotite=kept, effective_on=day, months=months)
        case ReturnFullTime(effective_on=day, ground=ground, reason=reason):
            basis = SAME_YEAR if ground else CHANGE
            yield PartTimeReturnRequested(basis=basis, quotite=100, effective_on=day, ground=ground, reason=reason)
        case InformCng():
            yield CngInformed(basis=CNG)
        case Withdraw():
            yield PartTimeWithdrawn(basis=AUTHORISATION)
        case _:
            raise UnknownEvent(command.type)


def requested(context: Context, asked: Request) -> Event:
    career, on = Career(context), asked.starts_on
    category = career.category(on)
    unknown = missing(corps=career.corps(on))
    if category in (2, 3):
        unknown += missing(nomination_ends_on=career.nomination_term(on))
    return PartTimeRequested(
        basis=(REGIME[category or 1], AUTHORISATION),
        warnings=unknown,
        quotite=asked.quotite,
        effective_on=on,
        ends_on=eve(asked.length.after(on)),
        months=asked.length.months,
        days=asked.length.days,
        ground=asked.ground,
        annualised=asked.annualised,
    )


def opinion(part_time: PartTime, by: Consulted, favourable: bool) -> Event:
    if by == MEDECIN and part_time.doctor_deemed:
        return OpinionRecordedLate(basis=DOCTOR, by=by, favourable=favourable)
    return PartTimeOpinionGiven(basis=DOCTOR if by == MEDECIN else CHANGE, by=by, favourable=favourable)


def granted(context: Context, asked: Asked, subject: Object) -> Event:
    on, (months, days) = asked.effective_on, asked.length
    said: dict[str, Any] = {"on": on, "basis": BASIS[subject], "warnings": timing_warnings(context, on)}
    if subject != "return_full_time":
        said |= {"quotite": asked.quotite, "weekly_half_days": asked.week}
    match subject:
        case "authorisation":
            ends_on, basis = eve(asked.length.after(on)), (AUTHORISATION, ART_28_1)
            return PartTimeGranted(**{**said, "basis": basis, "ends_on": ends_on, "months": months, "days": days})
        case "quotite":
            return PartTimeQuotiteChanged(**said)
        case "renewal":
            return PartTimeRenewalGranted(**said, months=months)
        case "return_full_time":
            return PartTimeEnded(**said, cause="return_full_time")


def cng_information(context: Context) -> Iterator[Event]:
    """Category 1 only: the CNG is informed of what changes the quotité."""
    if Career(context).category(context.on) == 1:
        yield CngInformationDue(basis=CNG)


# -- The deadlines -----------------------------------------------------------------------------------


def deadlines(context: Context, part_time: PartTime) -> Iterator[Deadline]:
    referred = part_time.referred_on
    if referred is not None and "authorisation" in part_time.pending and not doctor_heard(part_time):
        months = context.law.value(PART_TIME_DOCTOR_MONTHS, part_time.starts_on)
        due = first_late_day(context, referred, months)
        yield automatic("part_time_doctor_opinion", due, DOCTOR, "opinion_deemed_given")
    if part_time.status == "granted" and part_time.grant is not None:
        yield from deadlines_of_periods(context, part_time.grant)
        yield from deadlines_of_ends(context, part_time, part_time.grant)
    for day in part_time.cng_due:
        yield awaited("part_time_cng_information", day, CNG, "statutory", "reminder", "dg_chu")


def deadlines_of_periods(context: Context, grant: Grant) -> Iterator[Deadline]:
    for day in renewals_to_come(context, grant):
        if grant.opposed:
            yield automatic("part_time_tacit_renewal", day, AUTHORISATION, "part_time_ends")
            return
        yield automatic("part_time_tacit_renewal", day, AUTHORISATION, "part_time_renewed_tacitly")


def deadlines_of_ends(context: Context, part_time: PartTime, grant: Grant) -> Iterator[Deadline]:
    """What ends the part time first: the return granted, the nomination, or the three years; or another position."""
    cap, nomination = limit(context, grant), term(context, grant.anchor)
    if grant.returns_on is not None:
        yield automatic("part_time_return", grant.returns_on, SAME_YEAR, "full_time_resumed")
    elif nomination is not None and next_day(nomination) <= cap:
        yield automatic("part_time_nomination_term", next_day(nomination), TERM, "part_time_ends")
    elif not grant.opposed:
        yield from deadlines_of_limit(context, part_time, grant, cap)
    for away in Career(context).ends_part_time(grant.anchor):
        if grant.anchor < away.first < furthest(context, grant):
            yield automatic("part_time_position_change", away.first, REGIME[1], "part_time_ends")
            return


def deadlines_of_limit(context: Context, part_time: PartTime, grant: Grant, cap: date) -> Iterator[Deadline]:
    """The end of the three years: an express request and decision, or full time again."""
    kind = "part_time_express_renewal"
    if grant.renewal is not None:
        yield automatic(kind, cap, AUTHORISATION, "part_time_renewed_expressly")
        return
    yield awaited(
        kind, cap, AUTHORISATION, "statutory", "part_time_lapses", "agent", *context.law.choice(PART_TIME_AUTHORITY)
    )
    if "renewal" not in part_time.pending:
        due = add_months(cap, -context.law.choice(PART_TIME_EXPRESS_REMINDER_MONTHS))
        yield awaited(f"{kind}_reminder", due, AUTHORISATION, "internal", "reminder", "agent")


def lapse(context: Context, part_time: PartTime, deadline: Deadline) -> Iterator[Event]:
    grant, due = part_time.grant, deadline.due
    match deadline.kind:
        case "part_time_tacit_renewal" if grant is not None and grant.opposed:
            yield PartTimeEnded(basis=AUTHORISATION, cause="opposed")
            yield from cng_information(context)
        case "part_time_tacit_renewal" if grant is not None:
            yield PartTimeRenewedTacitly(basis=AUTHORISATION, ends_on=end_of_period(context, grant, due))
        case "part_time_express_renewal" if grant is not None and grant.renewal is not None:
            renewal, length = grant.renewal, grant.renewal.length
            yield PartTimeRenewedExpressly(
                basis=AUTHORISATION,
                quotite=renewal.quotite,
                months=length.months,
                ends_on=eve(length.after(due)),
                weekly_half_days=renewal.week,
            )
        case "part_time_express_renewal":
            yield PartTimeLapsed(basis=AUTHORISATION)
            yield from cng_information(context)
        case "part_time_doctor_opinion":
            yield OpinionDeemedGiven(basis=DOCTOR, by=MEDECIN)
        case "part_time_nomination_term":
            yield PartTimeEnded(basis=TERM, cause="nomination_term")
        case "part_time_position_change":
            yield PartTimeEnded(basis=REGIME[1], cause="position_change")
            yield from cng_information(context)
        case "part_time_return":
            yield FullTimeResumed(basis=SAME_YEAR)
        case "part_time_express_renewal_reminder" | "part_time_cng_information":
            return
        case _:
            raise UnknownEvent(deadline.kind)


def react(context: Context, part_time: PartTime, _: tuple[Event, ...]) -> Iterator[Event]:
    """Leaving the functions ends a running part time, and closes a pending one without an act."""
    left = Career(context).left_on()
    if left is None or left > context.on or part_time.status not in ("requested", "granted"):
        return
    if part_time.grant is not None and part_time.grant.anchor < left:
        yield PartTimeEnded(on=left, basis=REGIME[1], cause="cessation")
    else:
        yield CaseClosed(on=left, basis=REGIME[1], cause="cessation")


def end_of_period(context: Context, grant: Grant, first: date) -> date:
    """The last day of the period begun on `first`: the eve of the next, of the three years, or of the term."""
    following = next(day for day in boundaries(grant) if day > first)
    return eve(min(following, furthest(context, replace(grant, returns_on=None))))


# -- The evolution -----------------------------------------------------------------------------------


def evolve(part_time: PartTime | None, event: Event) -> PartTime:
    if part_time is None:
        if not isinstance(event, PartTimeRequested):
            raise UnknownEvent(event.name())
        return PartTime("requested", event.ground, event.effective_on, {"authorisation": asked_by(event)})
    match event:
        case Requested(object=subject):
            return replace(part_time, pending={**part_time.pending, subject: asked_by(event)})
        case PartTimeDoctorReferred(on=on):
            return replace(part_time, referred_on=on)
        case PartTimeOpinionGiven(by=by, favourable=favourable):
            return replace(part_time, pending=with_opinion(part_time.pending, by, favourable))
        case OpinionDeemedGiven():
            return replace(part_time, doctor_deemed=True)
        case OpinionRecordedLate():
            return part_time
        case PartTimeRefused(object="authorisation"):
            return replace(part_time, status="refused", pending={})
        case PartTimeRefused(object=subject):
            return decided(part_time, subject)
        case PartTimeGranted(on=on, quotite=quotite, ends_on=ends_on, months=months, days=days, weekly_half_days=week):
            grant = Grant(on, Length(months, days), ends_on)
            return replace(part_time, status="granted", pending={}, grant=grant, steps=(Step(on, quotite, week),))
        case PartTimeQuotiteChanged(on=on, quotite=quotite, weekly_half_days=week):
            steps = sorted((*part_time.steps, Step(on, quotite, week)), key=lambda step: step.first)
            return replace(decided(part_time, "quotite"), steps=tuple(steps), changes=(*part_time.changes, on))
        case CngInformationDue(on=on):
            return replace(part_time, cng_due=tuple(dict.fromkeys((*part_time.cng_due, on))))
        case CngInformed():
            return replace(part_time, cng_due=())
        case PartTimeWithdrawn():
            return replace(part_time, status="withdrawn", pending={}, grant=None, cng_due=())
    if part_time.grant is not None:
        return evolve_grant(part_time, part_time.grant, event)
    raise UnknownEvent(event.name())


def evolve_grant(part_time: PartTime, grant: Grant, event: Event) -> PartTime:
    match event:
        case PartTimeRenewedTacitly(ends_on=ends_on):
            return replace(part_time, grant=replace(grant, ends_on=ends_on))
        case PartTimeRenewalOpposed():
            return replace(part_time, grant=replace(grant, opposed=True))
        case PartTimeRenewalGranted(on=on, quotite=quotite, months=months, weekly_half_days=week):
            renewal = Asked(on, quotite, Length(months, 0), week=week)
            return replace(decided(part_time, "renewal"), grant=replace(grant, renewal=renewal))
        case PartTimeRenewedExpressly(on=on, quotite=quotite, months=months, ends_on=ends_on, weekly_half_days=week):
            steps_so_far = (*part_time.steps, Step(on, quotite, week))
            return replace(part_time, grant=Grant(on, Length(months, 0), ends_on), steps=steps_so_far)
        case PartTimeEnded(cause="return_full_time", on=on, acted_on=acted_on) if on > acted_on:
            return replace(decided(part_time, "return_full_time"), grant=replace(grant, returns_on=on))
        case PartTimeLapsed(on=on):
            return replace(part_time, status="lapsed", pending={}, grant=replace(grant, returns_on=on))
        case PartTimeEnded(on=on):
            return replace(part_time, status="ended", pending={}, grant=replace(grant, returns_on=on))
        case FullTimeResumed():
            return replace(part_time, status="ended", pending={})
    raise UnknownEvent(event.name())


def asked_by(event: Requested) -> Asked:
    length = Length(getattr(event, "months", 0), getattr(event, "days", 0))
    return Asked(event.effective_on, event.quotite, length)


def decided(part_time: PartTime, subject: Object) -> PartTime:
    left = {other: asked for other, asked in part_time.pending.items() if other != subject}
    return replace(part_time, pending=left)


def with_opinion(pending: Mapping[Object, Asked], by: str, favourable: bool) -> Mapping[Object, Asked]:
    """An opinion bears on what is pending when it is given, and replaces an earlier one of the same body."""
    return {subject: replace(asked, opinions={**asked.opinions, by: favourable}) for subject, asked in pending.items()}


# -- The traces --------------------------------------------------------------------------------------


def periods(part_time: PartTime) -> Iterator[Period]:
    """The quotité of each stretch of time, as authorised so far: no tacit renewal is presumed."""
    if part_time.status == "requested":
        asked = part_time.pending["authorisation"]
        last = eve(asked.length.after(asked.effective_on))
        yield Period("quotite", str(asked.quotite), asked.effective_on, last, granted=False)
    if part_time.grant is None:
        return
    end, returns_on = part_time.grant.ends_on, part_time.grant.returns_on
    if returns_on is not None:
        end = min(end, eve(returns_on))
    for step, following in zip(part_time.steps, (*part_time.steps[1:], None), strict=True):
        last = end if following is None else min(end, eve(following.first))
        if step.first <= last:
            yield Period("quotite", str(step.quotite), step.first, last)
            if step.week is not None:
                yield Period("week", str(step.week), step.first, last)


PROCEDURE = Procedure(
    name="part_time",
    subject="agent",
    articles=(ART_28, ART_28_1, ART_28_2, ART_28_3, ART_28_4, ART_85, ART_92),
    commands=tuple(RULES),
    events=(
        PartTimeRequested,
        PartTimeDoctorReferred,
        PartTimeOpinionGiven,
        OpinionDeemedGiven,
        OpinionRecordedLate,
        PartTimeGranted,
        PartTimeRefused,
        PartTimeRenewedTacitly,
        PartTimeRenewalOpposed,
        PartTimeRenewalRequested,
        PartTimeRenewalGranted,
        PartTimeRenewedExpressly,
        PartTimeQuotiteChangeRequested,
        PartTimeQuotiteChanged,
        PartTimeReturnRequested,
        PartTimeLapsed,
        PartTimeEnded,
        FullTimeResumed,
        CngInformationDue,
        CngInformed,
        PartTimeWithdrawn,
    ),
    rules=lambda context, state, command: RULES[type(command)](context, state, command),
    decide=decide,
    evolve=evolve,
    status=lambda state: state.status,
    statuses=get_args(Status),
    closed=lambda state: state.status not in ("requested", "granted") and not state.cng_due,
    deadlines=deadlines,
    lapse=lapse,
    react=react,
    periods=periods,
    entitlements=entitlements,
)
