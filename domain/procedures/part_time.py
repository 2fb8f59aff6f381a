"""Temps partiel : décret 2021-1645, art. 28 (second alinéa), 28-1 à 28-4, 85 (second alinéa), 92 (11°).

Not covered: therapeutic part time (art. 28, first paragraph; art. 93), another regime; the articles of
décret 82-624 that art. 28-4 imports, which are not in the sources.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Annotated, Any, Literal, TypeAlias, get_args

from pydantic import StrictBool, model_validator

from domain.agents.acts import consulted, in_state, may_withdraw, signed, timely, timing_warnings
from domain.agents.career import Career, missing
from domain.agents.quotite import entitlements
from domain.authorities import Authorities, Authority, OneOrMany
from domain.calendar import Length, add_months, eve, next_day, split
from domain.kernel import (
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
)
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

AUTHORISATION, CHANGE, DOCTOR = ART_28_2.par(1), ART_28_2.par(2), ART_28_2.par(5)
SAME_YEAR, CNG = ART_28_2.par(3), ART_28_2.par(4)
TERM = ART_92.par("dernier")
REGIME = {1: ART_28.par(2), 2: ART_85.par(2), 3: ART_92.par("11")}

Ground = Literal["convenance", "de_droit_famille", "de_droit_handicap"]
Object = Literal["authorisation", "quotite", "renewal", "return_full_time"]
Consulted = Literal[
    "directeur_ufr", "president_cme", "chef_pole", "chef_service", "responsable_structure", "medecin_prevention"
]
Opponent = Literal["agent", "president_universite", "dg_chu"]
Outcome = Literal["granted", "refused"]
Cause = Literal["opposed", "nomination_term", "return_full_time", "position_change", "cessation"]

HEADS_OF_UNIT = ("chef_service", "responsable_structure")  # "ou, à défaut": either serves


# -- The facts ---------------------------------------------------------------------------------------


NO_LENGTH = Length(0, 0)


@dataclass(frozen=True, slots=True)
class Pending:
    """A request that awaits its decision, and the opinions given on it."""

    quotite: int | None = None
    length: Length = NO_LENGTH
    effective_on: date | None = None
    opinions: Mapping[str, bool] = field(default_factory=dict)


Status: TypeAlias = Literal["requested", "granted", "refused", "withdrawn", "lapsed", "ended"]


@dataclass(frozen=True, slots=True)
class PartTime:
    """One part time: the three years that run from `anchor`, cut in periods of the same `length`."""

    status: Status
    ground: Ground
    requested_from: date
    pending: Mapping[Object, Pending]
    anchor: date | None = None  # P: first day of the authorisation, or of the last express renewal
    length: Length = NO_LENGTH
    ends_on: date | None = None  # last day of the period in force
    quotites: tuple[tuple[date, int], ...] = ()
    changes: tuple[date, ...] = ()
    opposed: bool = False
    renewal: Pending | None = None  # granted, awaiting the end of the three years
    returning_on: date | None = None
    referred_on: date | None = None
    deemed: bool = False
    cng_due: tuple[date, ...] = ()

    def running(self, on: date) -> bool:
        """Granted, and the return to full time has not come."""
        return self.status == "granted" and (self.returning_on is None or on < self.returning_on)


def boundaries(anchor: date, length: Length) -> Iterator[date]:
    """The first day of each following period: counted from the anchor in months, one after the other in days."""
    if length.days == 0:
        for k in range(1, 1000):
            yield add_months(anchor, k * length.months)
    start = anchor
    for _ in range(1000):
        start = length.after(start)
        yield start


def limit(context: Context, anchor: date, length: Length) -> date:
    """The first day after the three years, or after the last full period when the office stops there."""
    cap = add_months(anchor, context.law.value(PART_TIME_LIMIT_MONTHS, anchor))
    if context.law.choice(PART_TIME_LAST_PERIOD) == "truncate":
        return cap
    last = anchor
    for day in boundaries(anchor, length):
        if day > cap:
            break
        last = day
    return last


def nomination_term(context: Context, on: date) -> date | None:
    """The last day of the nomination, for those it binds (categories 2 and 3)."""
    career = Career(context)
    category = career.category(on)
    if category == 3 or (category == 2 and context.law.choice(PART_TIME_PHU_TERM) == "applies"):
        return career.nomination_term(on)
    return None


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
        if self.months is not None:
            return Length(self.months, 0)
        assert self.ends_on is not None
        return split(self.starts_on, self.ends_on)


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
    outcome: Outcome


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
    """Ask expressly for a new three years."""

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


class PartTimeRequested(Event):
    quotite: int
    starts_on: date
    ends_on: date
    months: int
    days: int
    ground: Ground
    annualised: bool


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


class PartTimeRefused(Event):
    object: Object


class PartTimeRenewedTacitly(Event):
    ends_on: date


class PartTimeRenewalOpposed(Event):
    by: tuple[Opponent, ...]


class PartTimeRenewalRequested(Event):
    months: int
    quotite: int


class PartTimeRenewalGranted(Event):
    """The express renewal is decided; it takes effect at the end of the three years."""

    months: int
    quotite: int


class PartTimeRenewedExpressly(Event):
    quotite: int
    ends_on: date
    months: int


class PartTimeQuotiteChangeRequested(Event):
    quotite: int
    effective_on: date
    exceptional: bool


class PartTimeQuotiteChanged(Event):
    quotite: int


class PartTimeReturnRequested(Event):
    effective_on: date
    ground: Literal["motif_grave"] | None
    reason: str | None


class PartTimeLapsed(Event):
    """The three years are over without an express renewal: back to full time."""


class PartTimeEnded(Event):
    """The part time ends; `on` is the first day at full time."""

    cause: Cause


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
    quotites = context.law.in_force(PART_TIME_QUOTITES, asked.starts_on)
    yield eligible(context, asked.starts_on)
    yield Check(
        code="law_not_in_force", met=quotites is not None, basis=ART_28_1, field="starts_on", found=asked.starts_on
    )
    if quotites is None:
        return  # the figures that follow do not exist yet
    yield open_position(context, asked.starts_on)
    yield no_other_part_time(context, asked.case, asked.starts_on)
    yield allowed_quotite(context, asked.quotite, asked.starts_on)
    yield from allowed_length(context, asked.length, asked.starts_on)
    yield within_nomination(context, asked.length, asked.starts_on)
    yield served_long_enough(context, asked.starts_on)


def eligible(context: Context, on: date) -> Check:
    """Categories 1 (art. 28), 2 (art. 85) and 3 (art. 92, 11°); an unknown corps is left to the office."""
    corps, category = Career(context).corps(on), Career(context).category(on)
    return Check(
        code="not_eligible", met=corps is None or category is not None, basis=REGIME.get(category or 1, ART_28)
    )


def open_position(context: Context, starts_on: date) -> Check:
    """Part time starts from the position of activité, not under suspension."""
    position = Career(context).position(starts_on)
    return Check(
        code="position_incompatible",
        met=Career(context).available(starts_on),
        basis=ART_28.par(2),
        field="starts_on",
        found=position,
    )


def no_other_part_time(context: Context, case: str, starts_on: date) -> Check:
    """One part time at a time, pending ones included, save one whose return is granted by then."""
    others = [other.ref for other in context.cases("part_time") if other.ref != case and bars(other.state, starts_on)]
    return Check(code="already_part_time", met=not others, basis=AUTHORISATION, expected={"cases": tuple(others)})


def bars(other: PartTime, starts_on: date) -> bool:
    if other.status == "granted":
        return other.returning_on is None or starts_on < other.returning_on
    return other.status == "requested"


def allowed_quotite(context: Context, quotite: int, on: date) -> Check:
    allowed = context.law.value(PART_TIME_QUOTITES, on)
    return Check(
        code="quotite_not_allowed",
        met=quotite in allowed,
        basis=ART_28_1,
        field="quotite",
        found=quotite,
        expected={"allowed": allowed},
        suggestion={"quotite": min(allowed, key=lambda one: abs(one - quotite))} if quotite not in allowed else {},
    )


def allowed_length(context: Context, length: Length, starts_on: date) -> Iterator[Check]:
    """From six months to one year (28-2, first paragraph)."""
    least = context.law.value(PART_TIME_MONTHS_LEAST, starts_on)
    most = context.law.value(PART_TIME_MONTHS_MOST, starts_on)
    end = length.after(starts_on)
    bounds = {"least_months": least, "most_months": most}
    yield Check(
        code="period_too_short",
        met=end >= add_months(starts_on, least),
        basis=AUTHORISATION,
        field="months",
        expected=bounds,
        suggestion={"months": least},
    )
    yield Check(
        code="period_too_long",
        met=end <= add_months(starts_on, most),
        basis=AUTHORISATION,
        field="months",
        expected=bounds,
        suggestion={"months": most},
    )


def within_nomination(context: Context, length: Length, starts_on: date) -> Check:
    """The period ends by the term of the nomination (92, last paragraph)."""
    term = nomination_term(context, starts_on)
    return Check(
        code="beyond_nomination_term",
        met=term is None or eve(length.after(starts_on)) <= term,
        basis=TERM,
        field="ends_on",
        found=eve(length.after(starts_on)),
        expected={"latest": term} if term else {},
    )


def served_long_enough(context: Context, starts_on: date) -> Check:
    """Earlier service that décret 91-155 may demand of category 3, when the office has set it."""
    career = Career(context)
    months = context.law.choice(PART_TIME_CCA_MIN_SERVICE_MONTHS)
    since = career.facts.chu_since or career.facts.hu_entry_on
    bound = months is not None and since is not None and career.category(starts_on) == 3
    enough = add_months(since, months) <= starts_on if bound and since and months is not None else True
    return Check(code="service_too_short", met=enough, basis=REGIME[3], field="starts_on")


def rules_of_refer_doctor(_: Context, part_time: PartTime, __: ReferDoctor) -> Iterator[Check]:
    asked = "authorisation" in part_time.pending and part_time.ground == "de_droit_handicap"
    yield in_state(asked and part_time.referred_on is None, DOCTOR)


def rules_of_give_opinion(_: Context, part_time: PartTime, given: GiveOpinion) -> Iterator[Check]:
    awaited = any(subject != "return_full_time" for subject in part_time.pending)
    late = part_time.deemed and given.by == ("medecin_prevention",)
    yield in_state(awaited or late, CHANGE)


def rules_of_decide(context: Context, part_time: PartTime, decision: Decide) -> Iterator[Check]:
    if decision.object == "renewal" and part_time.status == "lapsed":
        yield Check(code="authorisation_lapsed", met=False, basis=AUTHORISATION)
        return
    pending = part_time.pending.get(decision.object)
    yield in_state(pending is not None, (basis_of(decision.object),))
    if pending is None:
        return
    granting = decision.outcome == "granted"
    effect = effect_of(context, part_time, decision.object, pending)
    if granting:
        yield from limits_again(context, part_time, decision, pending, effect)
    elif decision.object == "authorisation":
        # A part time de droit (L. 612-3) is not the administration's to refuse.
        yield Check(code="refusal_not_allowed", met=part_time.ground == "convenance", basis=ART_28_1, field="outcome")
    yield consulted(missing_opinions(context, part_time, decision.object, pending), (CHANGE,))
    yield signed(decision.by, context.law.choice(PART_TIME_AUTHORITY), (CHANGE,))
    if granting:
        yield timely(context, effect, (basis_of(decision.object),))


def limits_again(
    context: Context, part_time: PartTime, decision: Decide, pending: Pending, effect: date
) -> Iterator[Check]:
    """What was tested at the request, tested again at the grant, since other acts may have come between."""
    if decision.object == "authorisation":
        assert pending.length is not None
        yield eligible(context, effect)
        yield open_position(context, effect)
        yield no_other_part_time(context, decision.case, effect)
        yield within_nomination(context, pending.length, effect)
    elif decision.object == "renewal":
        assert pending.length is not None
        yield within_nomination(context, pending.length, effect)
    else:
        yield within_period(context, part_time, effect)


def basis_of(subject: Object) -> Any:
    return {"quotite": CHANGE, "return_full_time": SAME_YEAR}.get(subject, AUTHORISATION)


def effect_of(context: Context, part_time: PartTime, subject: Object, pending: Pending) -> date:
    """The day on which a grant would take effect."""
    if subject == "authorisation":
        return part_time.requested_from
    if subject == "renewal":
        assert part_time.anchor is not None
        return limit(context, part_time.anchor, part_time.length)
    assert pending.effective_on is not None
    return pending.effective_on


def missing_opinions(context: Context, part_time: PartTime, subject: Object, pending: Pending) -> tuple[str, ...]:
    """The opinions of 28-2, second paragraph, still missing; the return to full time needs none."""
    if subject == "return_full_time":
        return ()
    required = [one for one in context.law.choice(PART_TIME_OPINIONS) if one not in pending.opinions]
    if not any(head in pending.opinions for head in HEADS_OF_UNIT):
        required.append("chef_service")
    handicap = subject == "authorisation" and part_time.ground == "de_droit_handicap"
    if handicap and not part_time.deemed and "medecin_prevention" not in pending.opinions:
        required.append("medecin_prevention")
    return tuple(required)


def rules_of_amend(context: Context, part_time: PartTime, asked: Amend) -> Iterator[Check]:
    yield in_state(part_time.running(context.on) and "quotite" not in part_time.pending, CHANGE)
    if not part_time.running(context.on):
        return
    yield allowed_quotite(context, asked.quotite, asked.effective_on)
    yield within_period(context, part_time, asked.effective_on)
    earlier = changes_in_same_year(context, part_time, asked.effective_on)
    most = context.law.value(PART_TIME_CHANGES_A_YEAR, context.on)
    exceptional = asked.exceptional and asked.agent_consent
    yield Check(
        code="second_change_same_year",
        met=earlier == 0 or earlier >= most or exceptional,
        basis=SAME_YEAR,
        field="exceptional",
        expected={"changes": earlier},
        suggestion={"exceptional": True, "agent_consent": True} if earlier and not exceptional else {},
    )
    yield Check(
        code="change_limit_reached",
        met=earlier < most,
        basis=SAME_YEAR,
        field="effective_on",
        expected={"changes": earlier, "most": most},
    )
    if earlier == 0:  # the exceptional change needs no notice
        yield enough_notice(context, asked.effective_on, CHANGE)


def within_period(context: Context, part_time: PartTime, effective_on: date) -> Check:
    """Between the first day of the authorisation and the eve of its furthest end."""
    assert part_time.anchor is not None
    term = nomination_term(context, part_time.anchor)
    ends = [limit(context, part_time.anchor, part_time.length), part_time.returning_on, term and next_day(term)]
    last = eve(min(day for day in ends if day is not None))
    return Check(
        code="outside_period",
        met=part_time.anchor <= effective_on <= last,
        basis=AUTHORISATION,
        field="effective_on",
        found=effective_on,
        expected={"earliest": part_time.anchor, "latest": last},
    )


def changes_in_same_year(context: Context, part_time: PartTime, effective_on: date) -> int:
    """How many granted changes take effect in the same year as this one, as the office reads "year"."""
    reading = context.law.choice(PART_TIME_YEAR)
    anchor = part_time.anchor
    assert anchor is not None

    def same(other: date) -> bool:
        if reading == "civil":
            return other.year == effective_on.year
        if reading == "rolling12":
            return max(other, effective_on) < add_months(min(other, effective_on), 12)
        return year_of_authorisation(anchor, other) == year_of_authorisation(anchor, effective_on)

    return sum(same(change) for change in part_time.changes)


def year_of_authorisation(anchor: date, on: date) -> int:
    return split(anchor, on).months // 12 if on >= anchor else -1 - split(on, eve(anchor)).months // 12


def enough_notice(context: Context, effective_on: date, basis: Any) -> Check:
    """Asked two months before it takes effect (28-2, second paragraph)."""
    earliest = add_months(context.on, context.law.value(PART_TIME_NOTICE_MONTHS, context.on))
    return Check(
        code="notice_too_short",
        met=earliest <= effective_on,
        basis=basis,
        field="effective_on",
        found=effective_on,
        expected={"earliest": earliest},
        suggestion={"effective_on": earliest} if earliest > effective_on else {},
    )


def rules_of_oppose(context: Context, part_time: PartTime, _: OpposeRenewal) -> Iterator[Check]:
    left = not part_time.opposed and any(True for _ in renewals_to_come(context, part_time))
    yield in_state(part_time.running(context.on) and left, AUTHORISATION)


def rules_of_request_renewal(context: Context, part_time: PartTime, asked: RequestRenewal) -> Iterator[Check]:
    open_to_it = (
        part_time.status == "granted"
        and part_time.returning_on is None
        and not part_time.opposed
        and "renewal" not in part_time.pending
        and part_time.renewal is None
    )
    yield in_state(open_to_it, AUTHORISATION)
    if not open_to_it:
        return
    assert part_time.anchor is not None
    starts_on = limit(context, part_time.anchor, part_time.length)
    if asked.quotite is not None:
        yield allowed_quotite(context, asked.quotite, starts_on)
    yield from allowed_length(context, Length(asked.months, 0), starts_on)
    yield within_nomination(context, Length(asked.months, 0), starts_on)


def rules_of_return(context: Context, part_time: PartTime, asked: ReturnFullTime) -> Iterator[Check]:
    open_to_it = (
        part_time.running(context.on) and part_time.returning_on is None and "return_full_time" not in part_time.pending
    )
    yield in_state(open_to_it, SAME_YEAR)
    if not open_to_it:
        return
    yield within_period(context, part_time, asked.effective_on)
    if asked.ground == "motif_grave":  # "sans délai": no notice, but no return before the day it is asked
        yield Check(
            code="notice_too_short",
            met=asked.effective_on >= context.on,
            basis=SAME_YEAR,
            field="effective_on",
            found=asked.effective_on,
            expected={"earliest": context.on},
            suggestion={"effective_on": context.on} if asked.effective_on < context.on else {},
        )
    else:
        yield enough_notice(context, asked.effective_on, CHANGE)


def rules_of_inform_cng(_: Context, part_time: PartTime, __: InformCng) -> Iterator[Check]:
    yield in_state(bool(part_time.cng_due), CNG)


def rules_of_withdraw(context: Context, part_time: PartTime, _: Withdraw) -> Iterator[Check]:
    granted = part_time.status == "granted"
    pending = part_time.status == "requested"
    yield in_state((granted or pending) and may_withdraw(context, granted, part_time.requested_from), (AUTHORISATION,))


RULES: Mapping[type[CaseCommand], Callable[[Context, Any, Any], Iterable[Check]]] = {
    Request: rules_of_request,
    ReferDoctor: rules_of_refer_doctor,
    GiveOpinion: rules_of_give_opinion,
    Decide: rules_of_decide,
    Amend: rules_of_amend,
    OpposeRenewal: rules_of_oppose,
    RequestRenewal: rules_of_request_renewal,
    ReturnFullTime: rules_of_return,
    InformCng: rules_of_inform_cng,
    Withdraw: rules_of_withdraw,
}


# -- The decision ------------------------------------------------------------------------------------


def decide(context: Context, part_time: PartTime, command: CaseCommand) -> Iterable[Event]:
    match command:
        case Request():
            return (requested(context, command),)
        case ReferDoctor():
            return (PartTimeDoctorReferred(basis=DOCTOR),)
        case GiveOpinion():
            return opinions(part_time, command)
        case Decide(outcome="refused", object=subject):
            return (PartTimeRefused(basis=basis_of(subject), object=subject),)
        case Decide():
            return granted(context, part_time, command)
        case Amend(quotite=quotite, effective_on=day, exceptional=exceptional):
            return (
                PartTimeQuotiteChangeRequested(
                    basis=CHANGE, quotite=quotite, effective_on=day, exceptional=exceptional
                ),
            )
        case OpposeRenewal(by=by):
            return (PartTimeRenewalOpposed(basis=AUTHORISATION, by=by),)
        case RequestRenewal(months=months, quotite=quotite):
            quotite = part_time.quotites[-1][1] if quotite is None else quotite
            return (PartTimeRenewalRequested(basis=AUTHORISATION, months=months, quotite=quotite),)
        case ReturnFullTime(effective_on=day, ground=ground, reason=reason):
            basis = SAME_YEAR if ground else CHANGE
            return (PartTimeReturnRequested(basis=basis, effective_on=day, ground=ground, reason=reason),)
        case InformCng():
            return (CngInformed(basis=CNG),)
        case Withdraw():
            return (PartTimeWithdrawn(basis=AUTHORISATION),)
    raise UnknownEvent(command.type)


def requested(context: Context, asked: Request) -> Event:
    career = Career(context)
    category = career.category(asked.starts_on)
    unknown = missing(corps=career.corps(asked.starts_on))
    if category in (2, 3):
        unknown += missing(nomination_ends_on=career.nomination_term(asked.starts_on))
    return PartTimeRequested(
        basis=(REGIME.get(category or 1, ART_28), AUTHORISATION),
        warnings=unknown,
        quotite=asked.quotite,
        starts_on=asked.starts_on,
        ends_on=eve(asked.length.after(asked.starts_on)),
        months=asked.length.months,
        days=asked.length.days,
        ground=asked.ground,
        annualised=asked.annualised,
    )


def opinions(part_time: PartTime, given: GiveOpinion) -> Iterator[Event]:
    for by in given.by:
        if by == "medecin_prevention" and part_time.deemed:
            kind: type[PartTimeOpinionGiven | OpinionRecordedLate] = OpinionRecordedLate
        else:
            kind = PartTimeOpinionGiven
        basis = DOCTOR if by == "medecin_prevention" else CHANGE
        yield kind(basis=basis, by=by, favourable=given.favourable)


def granted(context: Context, part_time: PartTime, decision: Decide) -> Iterator[Event]:
    pending = part_time.pending[decision.object]
    effect = effect_of(context, part_time, decision.object, pending)
    warnings = timing_warnings(context, effect)
    match decision.object:
        case "authorisation":
            assert pending.length is not None
            assert pending.quotite is not None
            yield PartTimeGranted(
                on=effect,
                basis=(AUTHORISATION, ART_28_1),
                warnings=warnings,
                quotite=pending.quotite,
                ends_on=eve(pending.length.after(effect)),
                months=pending.length.months,
                days=pending.length.days,
            )
        case "quotite":
            assert pending.quotite is not None
            yield PartTimeQuotiteChanged(on=effect, basis=CHANGE, warnings=warnings, quotite=pending.quotite)
        case "renewal":
            assert pending.length is not None
            assert pending.quotite is not None
            yield PartTimeRenewalGranted(
                on=effect, basis=AUTHORISATION, warnings=warnings, months=pending.length.months, quotite=pending.quotite
            )
        case "return_full_time":
            yield PartTimeEnded(on=effect, basis=SAME_YEAR, warnings=warnings, cause="return_full_time")
    yield from inform_cng(context)


def inform_cng(context: Context) -> Iterator[Event]:
    """Category 1 only: the CNG is informed of what changes the quotité (28-2, fourth paragraph)."""
    if Career(context).category(context.on) == 1:
        yield CngInformationDue(basis=CNG)


# -- The deadlines -----------------------------------------------------------------------------------


def renewals_to_come(context: Context, part_time: PartTime) -> Iterator[date]:
    """The days on which a tacit renewal would fall, after the period in force and before any end."""
    assert part_time.anchor is not None
    assert part_time.ends_on is not None
    end = furthest(context, part_time)
    for day in boundaries(part_time.anchor, part_time.length):
        if day >= end:
            return
        if day > part_time.ends_on:
            yield day


def furthest(context: Context, part_time: PartTime) -> date:
    """The first day on which the part time can no longer run."""
    assert part_time.anchor is not None
    cap = limit(context, part_time.anchor, part_time.length)
    term = nomination_term(context, part_time.anchor)
    return min(day for day in (cap, part_time.returning_on, term and next_day(term)) if day is not None)


def deadlines(context: Context, part_time: PartTime) -> Iterator[Deadline]:
    if "authorisation" in part_time.pending and part_time.referred_on and not doctor_heard(part_time):
        months = context.law.value(PART_TIME_DOCTOR_MONTHS, part_time.referred_on)
        yield automatic(
            "part_time_doctor_opinion", add_months(part_time.referred_on, months), DOCTOR, "opinion_deemed_given"
        )
    if part_time.status == "granted":
        yield from deadlines_of_periods(context, part_time)
    for day in part_time.cng_due:
        yield Deadline(
            kind="part_time_cng_information",
            due=day,
            basis=CNG,
            nature="statutory",
            consequence="reminder",
            awaits=("dg_chu",),
        )


def deadlines_of_periods(context: Context, part_time: PartTime) -> Iterator[Deadline]:
    assert part_time.anchor is not None
    cap = limit(context, part_time.anchor, part_time.length)
    term = nomination_term(context, part_time.anchor)
    for day in renewals_to_come(context, part_time):
        consequence = "part_time_ends" if part_time.opposed else "part_time_renewed_tacitly"
        yield automatic("part_time_tacit_renewal", day, AUTHORISATION, consequence)
        if part_time.opposed:
            break
    if part_time.returning_on is not None:
        yield automatic("part_time_return", part_time.returning_on, SAME_YEAR, "full_time_resumed")
    elif term is not None and next_day(term) <= cap:
        yield automatic("part_time_nomination_term", next_day(term), TERM, "part_time_ends")
    elif not part_time.opposed:
        yield from deadlines_of_limit(context, part_time, cap)
    away = Career(context).away_on(part_time.anchor)
    if away is not None and away.first < furthest(context, part_time):
        yield automatic("part_time_position_change", away.first, ART_28.par(2), "part_time_ends")


def deadlines_of_limit(context: Context, part_time: PartTime, cap: date) -> Iterator[Deadline]:
    """The end of the three years: an express request and decision, or full time again."""
    yield Deadline(
        kind="part_time_express_renewal",
        due=cap,
        basis=AUTHORISATION,
        nature="statutory",
        consequence="part_time_renewed_expressly" if part_time.renewal else "part_time_lapses",
        awaits=() if part_time.renewal else ("agent", "president_universite", "dg_chu"),
    )
    if part_time.renewal is None and "renewal" not in part_time.pending:
        yield Deadline(
            kind="part_time_express_renewal_reminder",
            due=add_months(cap, -context.law.choice(PART_TIME_EXPRESS_REMINDER_MONTHS)),
            basis=AUTHORISATION,
            nature="internal",
            consequence="reminder",
            awaits=("agent",),
        )


def automatic(kind: str, due: date, article: Any, consequence: str) -> Deadline:
    """A statutory day on which something happens though nobody acts."""
    return Deadline(kind=kind, due=due, basis=article, nature="statutory", consequence=consequence)


def doctor_heard(part_time: PartTime) -> bool:
    return part_time.deemed or "medecin_prevention" in part_time.pending["authorisation"].opinions


def lapse(context: Context, part_time: PartTime, deadline: Deadline) -> Iterator[Event]:
    match deadline.kind:
        case "part_time_tacit_renewal" if part_time.opposed:
            yield PartTimeEnded(basis=AUTHORISATION, cause="opposed")
            yield from inform_cng(context)
        case "part_time_tacit_renewal":
            yield PartTimeRenewedTacitly(basis=AUTHORISATION, ends_on=end_of_period(context, part_time, deadline.due))
        case "part_time_express_renewal" if part_time.renewal is not None:
            yield renewed_expressly(part_time, deadline)
        case "part_time_express_renewal":
            yield PartTimeLapsed(basis=AUTHORISATION)
            yield from inform_cng(context)
        case "part_time_doctor_opinion":
            yield OpinionDeemedGiven(basis=DOCTOR, by="medecin_prevention")
        case "part_time_nomination_term":
            yield PartTimeEnded(basis=TERM, cause="nomination_term")
        case "part_time_position_change":
            left = Career(context).position(deadline.due) == "hors_cadre"
            yield PartTimeEnded(basis=ART_28.par(2), cause="cessation" if left else "position_change")
            if not left:
                yield from inform_cng(context)
        case "part_time_return":
            yield FullTimeResumed(basis=SAME_YEAR)
        case "part_time_express_renewal_reminder" | "part_time_cng_information":
            return
        case _:
            raise UnknownEvent(deadline.kind)


def end_of_period(context: Context, part_time: PartTime, first: date) -> date:
    """The last day of the period begun on `first`: the eve of the next, of the three years, or of the term."""
    assert part_time.anchor is not None
    following = next(day for day in boundaries(part_time.anchor, part_time.length) if day > first)
    term = nomination_term(context, part_time.anchor)
    ends = (following, limit(context, part_time.anchor, part_time.length), term and next_day(term))
    return eve(min(day for day in ends if day is not None))


def renewed_expressly(part_time: PartTime, deadline: Deadline) -> Event:
    renewal = part_time.renewal
    assert renewal is not None
    assert renewal.length is not None
    assert renewal.quotite is not None
    return PartTimeRenewedExpressly(
        basis=AUTHORISATION,
        quotite=renewal.quotite,
        ends_on=eve(renewal.length.after(deadline.due)),
        months=renewal.length.months,
    )


# -- The evolution -----------------------------------------------------------------------------------


def evolve(part_time: PartTime | None, event: Event) -> PartTime:
    if part_time is None:
        if not isinstance(event, PartTimeRequested):
            raise UnknownEvent(event.name())
        asked = Pending(quotite=event.quotite, length=Length(event.months, event.days))
        return PartTime("requested", event.ground, event.starts_on, {"authorisation": asked})
    match event:
        case PartTimeDoctorReferred(on=on):
            return replace(part_time, referred_on=on)
        case PartTimeOpinionGiven(by=by, favourable=favourable):
            return replace(part_time, pending=with_opinion(part_time.pending, by, favourable))
        case OpinionDeemedGiven():
            return replace(part_time, deemed=True)
        case PartTimeRefused(object="authorisation"):
            return replace(part_time, status="refused", pending={})
        case PartTimeRefused(object=subject):
            return without(part_time, subject)
        case PartTimeGranted(on=on, quotite=quotite, ends_on=ends_on):
            length = Length(event.months, event.days)
            return replace(
                part_time,
                status="granted",
                pending={},
                anchor=on,
                length=length,
                ends_on=ends_on,
                quotites=((on, quotite),),
            )
        case PartTimeRenewedTacitly(ends_on=ends_on):
            return replace(part_time, ends_on=ends_on)
        case PartTimeRenewalOpposed():
            return replace(part_time, opposed=True)
        case PartTimeRenewalRequested(months=months, quotite=quotite):
            return with_pending(part_time, "renewal", Pending(quotite=quotite, length=Length(months, 0)))
        case PartTimeRenewalGranted(months=months, quotite=quotite):
            renewal = Pending(quotite=quotite, length=Length(months, 0))
            return replace(without(part_time, "renewal"), renewal=renewal)
        case PartTimeRenewedExpressly(on=on, quotite=quotite, ends_on=ends_on, months=months):
            return replace(
                part_time,
                anchor=on,
                length=Length(months, 0),
                ends_on=ends_on,
                quotites=(*part_time.quotites, (on, quotite)),
                renewal=None,
            )
        case PartTimeQuotiteChangeRequested(quotite=quotite, effective_on=day):
            return with_pending(part_time, "quotite", Pending(quotite=quotite, effective_on=day))
        case PartTimeQuotiteChanged(on=on, quotite=quotite):
            changed = tuple(sorted((*part_time.quotites, (on, quotite)), key=lambda step: step[0]))
            return replace(without(part_time, "quotite"), quotites=changed, changes=(*part_time.changes, on))
        case PartTimeReturnRequested(effective_on=day):
            return with_pending(part_time, "return_full_time", Pending(effective_on=day))
        case PartTimeEnded(cause="return_full_time", on=on, acted_on=acted_on) if on > acted_on:
            return replace(without(part_time, "return_full_time"), returning_on=on)
        case PartTimeEnded(on=on) | PartTimeLapsed(on=on):
            status: Status = "lapsed" if isinstance(event, PartTimeLapsed) else "ended"
            return replace(part_time, status=status, pending={}, returning_on=on)
        case FullTimeResumed():
            return replace(part_time, status="ended", pending={})
        case CngInformationDue(on=on):
            return replace(part_time, cng_due=tuple(dict.fromkeys((*part_time.cng_due, on))))
        case CngInformed():
            return replace(part_time, cng_due=())
        case PartTimeWithdrawn():
            return replace(part_time, status="withdrawn", pending={}, cng_due=())
        case OpinionRecordedLate():
            return part_time  # kept in the history, without effect
    raise UnknownEvent(event.name())


def with_pending(part_time: PartTime, subject: Object, asked: Pending) -> PartTime:
    return replace(part_time, pending={**part_time.pending, subject: asked})


def without(part_time: PartTime, subject: Object) -> PartTime:
    left = {key: asked for key, asked in part_time.pending.items() if key != subject}
    return replace(part_time, pending=left)


def with_opinion(pending: Mapping[Object, Pending], by: str, favourable: bool) -> Mapping[Object, Pending]:
    """An opinion bears on what is pending when it is given, and replaces an earlier one of the same body."""
    return {
        subject: asked if subject == "return_full_time" else replace(asked, opinions={**asked.opinions, by: favourable})
        for subject, asked in pending.items()
    }


# -- The traces --------------------------------------------------------------------------------------


def periods(part_time: PartTime) -> Iterator[Period]:
    """The quotité of each stretch of time, as authorised so far: no tacit renewal is presumed."""
    if part_time.status == "requested":
        asked = part_time.pending["authorisation"]
        assert asked.length is not None
        last = eve(asked.length.after(part_time.requested_from))
        yield Period("quotite", str(asked.quotite), part_time.requested_from, last, granted=False)
    if part_time.status not in ("granted", "lapsed", "ended") or part_time.ends_on is None:
        return
    end = part_time.ends_on
    if part_time.returning_on is not None:
        end = min(end, eve(part_time.returning_on))
    starts = part_time.quotites
    for (first, quotite), following in zip(starts, (*starts[1:], None), strict=True):
        last = end if following is None else min(end, eve(following[0]))
        if first <= last:
            yield Period("quotite", str(quotite), first, last)


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
    periods=periods,
    entitlements=entitlements,
)
