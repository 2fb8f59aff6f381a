"""Délégation : décret 2021-1645, art. 15 (étude, enseignement), 16 (création d'entreprise), 29 (IUF).

Not covered: the hospital pay of an agent at the IUF, which follows the service done and is set by hand.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal, get_args

from pydantic import Field, StrictBool

from domain.agents.acts import consulted, in_activity, in_state, may_withdraw, signed, timely, timing_warnings
from domain.agents.career import Career, Pay, missing
from domain.agents.placement import (
    DecidePlacement,
    EndPlacementEarly,
    Placement,
    PlacementEnded,
    PlacementGranted,
    PlacementRefused,
    PlacementRenewalRequested,
    PlacementRenewed,
    PlacementRequested,
    PlacementWithdrawn,
    RenewPlacement,
    RequestPlacement,
    Status,
    WithdrawPlacement,
    at_most,
    before_end,
    deadlines_of_end,
    end_allowed,
    ends_with_the_post,
    evolve_placement,
    in_order,
    no_overlap,
    periods_of,
)
from domain.authorities import Authorities
from domain.calendar import Span, add_months, eve, next_day
from domain.kernel import (
    CaseCommand,
    Check,
    Context,
    Deadline,
    Event,
    Period,
    Procedure,
    Text,
    UnknownEvent,
    automatic,
    check,
)
from domain.law import Article, choices, d2021_1645
from domain.law.d2021_1645 import ART_15, ART_16, ART_29
from domain.money import Euros, euros

NAME = "delegation"
Purpose = Literal["mission_etude", "enseignement", "creation_entreprise", "iuf"]
BASIS: Mapping[str, Article] = {
    "mission_etude": ART_15.par("I.1"),
    "enseignement": ART_15.par("I.1"),
    "creation_entreprise": ART_16,
    "iuf": ART_29.par(2),
}
LENGTH, STAGIAIRES, PAY, PENSION = ART_15.par("I.2"), ART_15.par("I.3"), ART_15.par("II.1"), ART_15.par("II.2")
RETURN, RENEWAL, RENEWAL_LENGTH, POST = ART_15.par("III.1"), ART_15.par("III.2"), ART_15.par("III.3"), ART_29.par(1)
ARTICLE_15 = ("mission_etude", "enseignement")
MINISTERS = ("ministre_esr", "ministre_sante")
AWAY = frozenset({"delegation", "detachement", "disponibilite", "exclusion", "hors_cadre"})  # not a day of duty


# -- The facts ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Delegation(Placement):
    """A délégation, what is paid during each of its periods, and the file of article 16."""

    paid: tuple[str, ...] = ()  # for each period: monthly euros, or "whole" where the university pay is kept
    authorised: bool = False
    convention: bool = False
    contribution: Literal["a", "b"] | None = None
    waived: Decimal = Decimal(0)


# -- The commands ------------------------------------------------------------------------------------


class Request(RequestPlacement):
    """Ask to be placed en délégation."""

    type: Literal["delegation.request"] = "delegation.request"
    purpose: Purpose
    pay_monthly: Euros | None = None
    host: Text | None = None


class Renew(RenewPlacement):
    """Ask for a further period."""

    type: Literal["delegation.renew"] = "delegation.renew"
    pay_monthly: Euros | None = None


class Decide(DecidePlacement):
    """Decide on the placement, or on its renewal, and set what stays paid."""

    type: Literal["delegation.decide"] = "delegation.decide"
    object: Literal["placement", "renewal"] = "placement"
    pay_monthly: Euros | None = None


class RecordAuthorisation(CaseCommand):
    """Record the authorisation of both ministers (art. 16)."""

    type: Literal["delegation.record_authorisation"] = "delegation.record_authorisation"
    by: Authorities


class RecordConvention(CaseCommand):
    """Record the convention between the university, the CHU and the company (art. 16)."""

    type: Literal["delegation.record_convention"] = "delegation.record_convention"


class SetContribution(CaseCommand):
    """Set the kind of the company's contribution (art. 16)."""

    type: Literal["delegation.set_contribution"] = "delegation.set_contribution"
    kind: Literal["a", "b"]
    monthly: Euros | None = None


class WaiveContribution(CaseCommand):
    """Waive a share of the company's contribution (art. 16)."""

    type: Literal["delegation.waive_contribution"] = "delegation.waive_contribution"
    by: Authorities
    conseil_administration_opinion: StrictBool = False
    share: Decimal = Field(ge=0, le=1)


class EndEarly(EndPlacementEarly):
    """End the délégation before its term."""

    type: Literal["delegation.end_early"] = "delegation.end_early"


class Replace(CaseCommand):
    """Replace the agent meanwhile (art. 29)."""

    type: Literal["delegation.replace"] = "delegation.replace"
    kind: Literal["temporary", "permanent"]


class Withdraw(WithdrawPlacement):
    """Withdraw the délégation before its first day."""

    type: Literal["delegation.withdraw"] = "delegation.withdraw"


# -- The events --------------------------------------------------------------------------------------


class DelegationRequested(PlacementRequested):
    purpose: Purpose
    host: str | None = None


class DelegationRenewalRequested(PlacementRenewalRequested):
    """A further period is asked."""


class DelegationGranted(PlacementGranted):
    pay_monthly: Euros | None = None


class DelegationRenewed(PlacementRenewed):
    pay_monthly: Euros | None = None


class DelegationRefused(PlacementRefused):
    """The délégation, or its renewal, is refused."""


class DelegationWithdrawn(PlacementWithdrawn):
    """The délégation was withdrawn before its first day."""


class DelegationEnded(PlacementEnded):
    """Back to the post."""


class DelegationAuthorised(Event):
    """Both ministers have authorised it."""


class DelegationConventionRecorded(Event):
    """The convention with the company is concluded."""


class CompanyContributionSet(Event):
    kind: Literal["a", "b"]
    monthly: Euros | None = None


class CompanyContributionWaived(Event):
    share: Decimal


class CompanyContributionMandatory(Event):
    """Beyond a year the contribution of kind b is due whatever was set; `monthly` None when the pay is unknown."""

    monthly: Euros | None


class TemporaryReplacementRecorded(Event):
    """The agent is replaced for the length of the délégation."""


# -- The rules, in the order in which the law tests them ---------------------------------------------


def rules_of_request(context: Context, _: None, asked: Request) -> Iterator[Check]:
    category, on, basis = Career(context).category(asked.starts_on), asked.starts_on, BASIS[asked.purpose]
    yield eligible(context, asked.purpose, on)
    applies = in_force(context, on)
    yield applies
    open_to_it = asked.purpose != "enseignement" or category in (1, None)
    yield check("purpose_not_open_to_category", open_to_it, basis, field="purpose", category=category)
    ordered = in_order(asked.span, basis)
    yield ordered
    if ordered.met and applies.met:  # the figures below do not exist before
        yield from limits(context, asked.case, asked.purpose, asked.span)


def eligible(context: Context, purpose: Purpose, on: date) -> Check:
    career = Career(context)
    corps, category = career.corps(on), career.category(on)
    met = corps is None or category is not None
    if purpose == "iuf":
        stagiaire = (
            career.statut(on) == "stagiaire" and context.law.choice(choices.DELEGATION_IUF_STAGIAIRE) == "reject"
        )
        met = category in (1, None) and met and not stagiaire
    return check("not_eligible", met, BASIS[purpose], corps=corps)


def in_force(context: Context, on: date) -> Check:
    """The décret itself, and since 2024 for the stagiaires."""
    stagiaire = Career(context).statut(on) == "stagiaire"
    rule: Any = d2021_1645.STAGIAIRE_DELEGATION if stagiaire else d2021_1645.DELEGATION_MONTHS
    met = context.law.in_force(rule, on) is not None
    return check("law_not_in_force", met, STAGIAIRES if stagiaire else LENGTH, field="starts_on", found=on)


def limits(context: Context, case: str, purpose: Purpose, span: Span) -> Iterator[Check]:
    """What is tested at the request and again at the grant."""
    basis = BASIS[purpose]
    yield in_activity(context, span, basis, NAME)
    yield no_overlap(context, NAME, case, span, "overlapping_delegation", basis)
    yield long_enough(context, case, purpose, span)
    yield served_for_company(context, purpose, span.first)
    yield within_nomination(context, purpose, span)
    yield returned_to_duty(context, case, purpose, span.first)


def long_enough(context: Context, case: str, purpose: Purpose, span: Span) -> Check:
    """The maximum of the article; délégations of one article without a day of duty between them count as one."""
    assert span.last is not None
    start = span.first
    if purpose != "iuf" and context.law.choice(choices.DELEGATION_MERGE_CONTIGUOUS):
        joined = (one for one in joined_to(context, case, span) if article_of(one.kind) == article_of(purpose))
        start -= timedelta(days=sum((one.last - one.first).days + 1 for one in joined))
    months = maximum(context, purpose, span.first)
    return at_most(start, span.last, months, LENGTH if purpose in ARTICLE_15 else BASIS[purpose])


def maximum(context: Context, purpose: Purpose, on: date) -> int:
    category = Career(context).category(on) or 1
    if purpose == "iuf":
        return context.law.value(d2021_1645.IUF_MONTHS, on)
    if purpose == "creation_entreprise":
        default = context.law.choice(choices.DELEGATION_CREATION_MONTHS)
        return context.law.value(d2021_1645.CREATION_MONTHS, on).get(category, default)
    return context.law.value(d2021_1645.DELEGATION_MONTHS, on)[category]


def served_for_company(context: Context, purpose: Purpose, starts_on: date) -> Check:
    """Article 16, category 3: a year of continuous employment first."""
    career = Career(context)
    since = career.chu_since(starts_on) or career.facts.hu_entry_on
    if purpose != "creation_entreprise" or career.category(starts_on) != 3 or since is None:
        return check("service_too_short", True, ART_16)
    earliest = add_months(since, context.law.value(d2021_1645.CREATION_SERVICE_MONTHS, starts_on))
    return check(
        "service_too_short", earliest <= starts_on, ART_16, field="starts_on", found=starts_on, earliest=earliest
    )


def within_nomination(context: Context, purpose: str, span: Span) -> Check:
    """Categories 2 and 3: a délégation does not prolong the nomination, nor pass its term."""
    career, extended = Career(context), context.law.choice(choices.DELEGATION_NOMINATION_TERM) == "applies"
    bound = career.category(span.first) in (2, 3) and (extended or purpose == "creation_entreprise")
    latest = career.nomination_term(span.first) if bound else None
    met = latest is None or (span.last is not None and span.last <= latest)
    return check("beyond_nomination_term", met, ART_16, field="ends_on", found=span.last, latest=latest)


def returned_to_duty(context: Context, case: str, purpose: Purpose, starts_on: date) -> Check:
    """Category 1: three years of duty since a délégation of a year or more."""
    scoped = purpose in ARTICLE_15 or context.law.choice(choices.DELEGATION_THREE_YEAR_SCOPE) == "all"
    earliest = earliest_next_start(context, starts_on, case) if scoped else None
    met = earliest is None or earliest <= starts_on
    suggest = {"starts_on": earliest}
    return check(
        "return_to_duty_too_short", met, RETURN, field="starts_on", found=starts_on, suggest=suggest, earliest=earliest
    )


def rules_of_renew(context: Context, delegation: Delegation, asked: Renew) -> Iterator[Check]:
    yield before_end(context, delegation, RENEWAL)
    span = Span(next_day(delegation.last), asked.ends_on)
    ordered = in_order(span, RENEWAL)
    yield ordered
    if ordered.met:
        yield from limits_of_renewal(context, asked.case, delegation, span)


def limits_of_renewal(context: Context, case: str, delegation: Delegation, span: Span) -> Iterator[Check]:
    category = Career(context).category(span.first) or 1
    basis = RENEWAL if delegation.kind in ARTICLE_15 else BASIS[delegation.kind]
    most = renewals_allowed(context, delegation.kind, category, span.first)
    yield check("renewal_not_allowed", most != 0, basis, category=category)
    yield check("renewal_already_used", most in (None, 0) or delegation.renewals < most, basis, most=most)
    if most == 0 or span.last is None:
        return
    yield in_activity(context, span, basis, NAME)
    yield no_overlap(context, NAME, case, span, "overlapping_delegation", basis)
    months = maximum(context, delegation.kind, span.first)  # type: ignore[arg-type]  # a purpose, as it was asked
    if delegation.kind in ARTICLE_15:
        months = context.law.value(d2021_1645.DELEGATION_RENEWAL_MONTHS, span.first)[category]
    yield at_most(span.first, span.last, months, RENEWAL_LENGTH if delegation.kind in ARTICLE_15 else basis)
    yield served_for_renewal(context, delegation, category, span.first)
    yield within_nomination(context, delegation.kind, span)


def renewals_allowed(context: Context, purpose: str, category: int, on: date) -> int | None:
    """How many renewals; None without limit."""
    if purpose == "iuf":
        return None
    if purpose == "creation_entreprise":
        return context.law.value(d2021_1645.CREATION_RENEWALS, on)[category]
    return 1 if category in context.law.value(d2021_1645.DELEGATION_RENEWAL_MONTHS, on) else 0


def served_for_renewal(context: Context, delegation: Delegation, category: int, on: date) -> Check:
    """Article 15, category 3: two years of effective service in a CHU, délégation not counted."""
    career = Career(context)
    since = career.chu_since(on) or career.facts.hu_entry_on
    if delegation.kind not in ARTICLE_15 or category != 3 or since is None:
        return check("service_too_short", True, RENEWAL_LENGTH)
    spent = sum((period.last - period.first).days + 1 for period in past(context) if period.last and period.first < on)
    months = context.law.value(d2021_1645.DELEGATION_RENEWAL_SERVICE_MONTHS, on)
    earliest = add_months(since, months) + timedelta(days=spent)
    return check("service_too_short", earliest <= on, RENEWAL_LENGTH, field="ends_on", found=on, earliest=earliest)


def past(context: Context) -> Iterator[Period]:
    return (period for period in Career(context).positions if period.value == NAME)


def rules_of_decide(context: Context, delegation: Delegation, decision: Decide) -> Iterator[Check]:
    asked = delegation.pending
    renewal = decision.object == "renewal"
    yield in_state(asked is not None and renewal is (delegation.status == "granted"), BASIS[delegation.kind])
    if asked is None:
        return
    if decision.outcome == "granted":
        if renewal:
            yield from limits_of_renewal(context, decision.case, delegation, asked)
        else:
            yield from limits(context, decision.case, delegation.kind, asked)  # type: ignore[arg-type]  # as asked
        yield from rules_of_pay(context, delegation, decision, asked.first)
        if delegation.kind == "creation_entreprise":
            yield check("missing_ministerial_authorisation", delegation.authorised, ART_16)
            yield check("missing_convention", delegation.convention, ART_16)
            yield check("missing_contribution", delegation.contribution is not None, ART_16)
    yield signed(decision.by, authority(context, delegation.kind, asked.first), authority_basis(delegation.kind))
    if decision.outcome == "granted":
        yield timely(context, asked.first, BASIS[delegation.kind])


def rules_of_pay(context: Context, delegation: Delegation, decision: Decide, on: date) -> Iterator[Check]:
    """What stays paid under article 15: between the pension contributions and the university pay, both included."""
    if delegation.kind not in ARTICLE_15:
        return
    category, amount, pay = Career(context).category(on), decision.pay_monthly, Career(context).facts.pay
    renewal = decision.object == "renewal" and category in (2, 3)
    if renewal and context.law.choice(choices.DELEGATION_RENEWAL_PAY) == "none":
        yield check("pay_forbidden_on_renewal", not amount, RENEWAL, field="pay_monthly", found=shown(amount))
        return
    yield check("pay_not_specified", amount is not None or renewal, PAY, field="pay_monthly")
    most = pay.remuneration_universitaire if pay else None
    least = pay.retenue_pension_civile if pay and category == 1 else None
    above = amount is not None and most is not None and amount > most
    below = amount is not None and least is not None and amount < least
    yield check(
        "pay_above_university_salary", not above, PAY, field="pay_monthly", found=shown(amount), most=shown(most)
    )
    yield check(
        "pay_below_pension_contributions",
        not below,
        PENSION,
        field="pay_monthly",
        found=shown(amount),
        least=shown(least),
    )


def shown(amount: Decimal | None) -> str | None:
    return None if amount is None else euros(amount)


def authority(context: Context, purpose: str, on: date) -> tuple[str, ...]:
    if purpose == "creation_entreprise":
        return ("dg_chu", "directeur_ufr")
    if purpose == "iuf":
        return context.law.choice(choices.DELEGATION_IUF_AUTHORITY)
    return ("president_universite", "cng" if Career(context).category(on) in (1, None) else "dg_chu")


def authority_basis(purpose: str) -> Article:
    return PAY if purpose in ARTICLE_15 else BASIS[purpose]


def rules_of_company_file(_: Context, delegation: Delegation, command: CaseCommand) -> Iterator[Check]:
    """The file of article 16, as long as the délégation is alive."""
    yield in_state(delegation.kind == "creation_entreprise" and delegation.alive(), ART_16)
    if isinstance(command, WaiveContribution):
        absent = () if command.conseil_administration_opinion else ("conseil_administration",)
        yield consulted(absent, ART_16)
        yield signed(command.by, ("directeur_ufr",), ART_16)
    if isinstance(command, RecordAuthorisation):
        yield signed(command.by, MINISTERS, ART_16)


def rules_of_end_early(context: Context, delegation: Delegation, asked: EndEarly) -> Iterator[Check]:
    yield from end_allowed(context, delegation, asked.ends_on, BASIS[delegation.kind])


def rules_of_replace(_: Context, delegation: Delegation, asked: Replace) -> Iterator[Check]:
    yield in_state(delegation.status == "granted", POST)
    yield check(
        "only_temporary_replacement", asked.kind == "temporary", POST, field="kind", suggest={"kind": "temporary"}
    )


def rules_of_withdraw(context: Context, delegation: Delegation, _: Withdraw) -> Iterator[Check]:
    granted = delegation.status == "granted"
    yield in_state(delegation.alive() and may_withdraw(context, granted, delegation.first), BASIS[delegation.kind])


RULES: Mapping[type[CaseCommand], Callable[[Context, Any, Any], Iterable[Check]]] = {
    Request: rules_of_request,
    RecordAuthorisation: rules_of_company_file,
    RecordConvention: rules_of_company_file,
    SetContribution: rules_of_company_file,
    WaiveContribution: rules_of_company_file,
    Decide: rules_of_decide,
    Renew: rules_of_renew,
    EndEarly: rules_of_end_early,
    Replace: rules_of_replace,
    Withdraw: rules_of_withdraw,
}


# -- The three years of duty between two délégations -------------------------------------------------


def article_of(purpose: str) -> Article:
    return BASIS[purpose].whole


def counted(context: Context, but: str = "") -> list[Delegation]:
    """The granted délégations of articles 15 and 16, by first day."""
    states = (case.state for case in context.cases(NAME) if case.ref != but and case.closed_on is None)
    return sorted((one for one in states if one.granted and one.kind != "iuf"), key=lambda one: one.first)


def without_duty_between(context: Context, last: date, first: date) -> bool:
    if first <= next_day(last):
        return True
    return all(Career(context).position(day) in AWAY for day in Span(next_day(last), eve(first)).days())


def chains(context: Context, but: str = "") -> list[list[Delegation]]:
    """The délégations, those without a day of duty between them together."""
    merge = context.law.choice(choices.DELEGATION_MERGE_CONTIGUOUS)
    found: list[list[Delegation]] = []
    for one in counted(context, but):
        if found and merge and without_duty_between(context, found[-1][-1].last, one.first):
            found[-1].append(one)
        else:
            found.append([one])
    return found


def joined_to(context: Context, case: str, span: Span) -> Iterator[Delegation]:
    """The délégations that run up to this period, or on from it, without a day of duty between."""
    for chain in chains(context, case):
        before, after = chain[0].first, chain[-1].last
        if after < span.first and without_duty_between(context, after, span.first):
            yield from chain
        if span.last is not None and span.last < before and without_duty_between(context, span.last, before):
            yield from chain


def reopens_on(context: Context, chain: list[Delegation]) -> date | None:
    """The first day on which a new délégation of article 15 may start after these; None when they were short."""
    last = chain[-1].last
    if context.law.choice(choices.DELEGATION_DURATION_BASIS) == "granted":
        last = chain[-1].granted_last
    spent = timedelta(days=sum((one.last - one.first).days + 1 for one in chain[:-1]))
    start = chain[-1].first - spent  # one uninterrupted délégation of the same length
    returned = next_day(chain[-1].last)
    if Career(context).category(chain[-1].first) != 1 or Career(context).left_on() is not None:
        return None
    if next_day(last) < add_months(start, context.law.value(d2021_1645.DELEGATION_SHORT_MONTHS, returned)):
        return None
    target = add_months(returned, context.law.value(d2021_1645.DELEGATION_RETURN_MONTHS, returned))
    reopening, away = target, -1
    while away != (reopening - target).days:
        away = (reopening - target).days
        reopening = target + timedelta(days=days_away(context, returned, reopening))
    return reopening


def open_again_on(context: Context, chain: list[Delegation]) -> date | None:
    """The same day, moved by the délégations begun meanwhile that hold a new one back for longer."""
    reopening = reopens_on(context, chain)
    while reopening is not None:
        held = earliest_next_start(context, reopening)
        if held is None or held <= reopening:
            break
        reopening = held
    return reopening


def days_away(context: Context, since: date, until: date) -> int:
    """Days outside activité from a day to the eve of another; mission temporaire counts as duty."""
    whole = Span(since, eve(until))
    parts = (p.span.within(whole) for p in Career(context).positions if p.value in AWAY)
    return sum((part.last - part.first).days + 1 for part in parts if part is not None and part.last is not None)


def earliest_next_start(context: Context, on: date, but: str = "") -> date | None:
    """The latest day to which the délégations begun before a day hold a new one back."""
    held = [reopens_on(context, chain) for chain in chains(context, but) if chain[0].first < on]
    return max((day for day in held if day is not None), default=None)


def entitlements(context: Context) -> Mapping[str, Any]:
    """The first day of a next délégation under article 15; null when nothing holds it back."""
    earliest = earliest_next_start(context, next_day(context.on))
    bound = earliest is not None and earliest > context.on and Career(context).category(context.on) in (1, None)
    return {"delegation": {"earliest_next_start": earliest.isoformat() if bound and earliest else None}}


# -- The decision ------------------------------------------------------------------------------------


def decide(context: Context, delegation: Delegation, command: CaseCommand) -> Iterator[Event]:
    match command:
        case Request(purpose=purpose, starts_on=starts_on, ends_on=ends_on, host=host):
            yield DelegationRequested(
                basis=BASIS[purpose],
                warnings=unknown_facts(context, purpose, starts_on),
                purpose=purpose,
                starts_on=starts_on,
                ends_on=ends_on,
                host=host,
            )
        case Renew(ends_on=ends_on):
            unknown = unknown_service(context, delegation.kind in ARTICLE_15, next_day(delegation.last))
            yield DelegationRenewalRequested(basis=RENEWAL, warnings=unknown, ends_on=ends_on)
        case Decide(outcome="refused", object=subject):
            yield DelegationRefused(basis=authority_basis(delegation.kind), object=subject)
        case Decide(pay_monthly=amount) if delegation.pending is not None and delegation.pending.last is not None:
            granted = DelegationRenewed if delegation.status == "granted" else DelegationGranted
            yield granted(
                on=delegation.pending.first,
                basis=(authority_basis(delegation.kind), BASIS[delegation.kind]),
                warnings=warnings_of_grant(context, delegation, delegation.pending.first),
                ends_on=delegation.pending.last,
                pay_monthly=paid(context, delegation, amount),
            )
        case RecordAuthorisation():
            yield DelegationAuthorised(basis=ART_16)
        case RecordConvention():
            yield DelegationConventionRecorded(basis=ART_16)
        case SetContribution(kind=kind, monthly=monthly):
            yield CompanyContributionSet(basis=ART_16, kind=kind, monthly=monthly)
        case WaiveContribution(share=share):
            yield CompanyContributionWaived(basis=ART_16, share=share)
        case EndEarly(ends_on=ends_on):
            yield DelegationEnded(on=next_day(ends_on), basis=BASIS[delegation.kind], cause="early")
        case Replace():
            yield TemporaryReplacementRecorded(basis=POST)
        case Withdraw():
            yield DelegationWithdrawn(basis=BASIS[delegation.kind])
        case _:
            raise UnknownEvent(command.type)


def unknown_facts(context: Context, purpose: Purpose, on: date) -> tuple[str, ...]:
    career = Career(context)
    unknown = missing(corps=career.corps(on))
    if career.category(on) in (2, 3):
        unknown += missing(nomination_ends_on=career.nomination_term(on))
    return unknown + unknown_service(context, purpose == "creation_entreprise", on)


def unknown_service(context: Context, wanted: bool, on: date) -> tuple[str, ...]:
    """The entry that a service of category 3 is counted from, where a rule wants that service."""
    if not wanted or Career(context).category(on) != 3:
        return ()
    return missing(chu_since=Career(context).chu_since(on) or Career(context).facts.hu_entry_on)


def warnings_of_grant(context: Context, delegation: Delegation, on: date) -> tuple[str, ...]:
    """A late grant, and the bounds of the pay of article 15 that are unknown."""
    late, category = timing_warnings(context, on), Career(context).category(on)
    if delegation.kind not in ARTICLE_15 or (delegation.status == "granted" and category in (2, 3)):
        return late
    pay = Career(context).facts.pay or Pay()
    late += missing(remuneration_universitaire=pay.remuneration_universitaire)
    return late + (missing(retenue_pension_civile=pay.retenue_pension_civile) if category == 1 else ())


def paid(context: Context, delegation: Delegation, amount: Decimal | None) -> Decimal | None:
    """What stays paid each month under article 15; elsewhere the university pay is kept whole (None)."""
    if delegation.kind not in ARTICLE_15:
        return None
    renewed = delegation.status == "granted" and Career(context).category(delegation.first) in (2, 3)
    return amount or Decimal(0) if renewed else amount


# -- The deadlines -----------------------------------------------------------------------------------


def deadlines(context: Context, delegation: Delegation) -> Iterator[Deadline]:
    if not delegation.granted:
        return
    reminder = choices.DELEGATION_REMINDER_MONTHS
    yield from deadlines_of_end(context, delegation, NAME, BASIS[delegation.kind], reminder)
    if delegation.kind == "creation_entreprise":
        due = add_months(delegation.first, context.law.value(d2021_1645.CREATION_FREE_MONTHS, delegation.first))
        if context.on < due <= delegation.last:
            yield automatic("delegation_contribution_b", due, ART_16, "contribution_mandatory")
    if delegation.kind in ARTICLE_15:
        for chain in chains(context):
            due_again = open_again_on(context, chain) if chain[-1] is delegation else None
            if due_again is not None and context.on < due_again:
                yield automatic("delegation_reopen", due_again, RETURN, "delegation_open_again")


def lapse(context: Context, delegation: Delegation, deadline: Deadline) -> Iterator[Event]:
    match deadline.kind:
        case "delegation_end" if delegation.status == "granted":
            yield DelegationEnded(basis=BASIS[delegation.kind], cause="term")
        case "delegation_contribution_b":
            pay = Career(context).facts.pay or Pay()
            unknown = missing(
                remuneration_universitaire=pay.remuneration_universitaire, charges_sociales=pay.charges_sociales
            )
            owed = company_owes(pay, delegation)
            yield CompanyContributionMandatory(basis=ART_16, warnings=unknown, monthly=owed)
        case "delegation_end" | "delegation_end_reminder" | "delegation_reopen":
            return
        case _:
            raise UnknownEvent(deadline.kind)


def company_owes(pay: Pay, delegation: Delegation) -> Decimal | None:
    """The university pay and its social charges, less the share that was waived."""
    if pay.remuneration_universitaire is None:
        return None
    return (pay.remuneration_universitaire + (pay.charges_sociales or 0)) * (1 - delegation.waived)


def react(context: Context, delegation: Delegation, _: tuple[Event, ...]) -> Iterator[Event]:
    yield from ends_with_the_post(context, delegation, DelegationEnded, BASIS[delegation.kind])


# -- The evolution -----------------------------------------------------------------------------------


def evolve(delegation: Delegation | None, event: Event) -> Placement:
    if delegation is None:
        if not isinstance(event, DelegationRequested):
            raise UnknownEvent(event.name())
        span = Span(event.starts_on, event.ends_on)
        return Delegation("requested", event.purpose, event.starts_on, event.ends_on, pending=span)
    match event:
        case DelegationAuthorised():
            return replace(delegation, authorised=True)
        case DelegationConventionRecorded():
            return replace(delegation, convention=True)
        case CompanyContributionSet(kind=kind):
            return replace(delegation, contribution=kind)
        case CompanyContributionWaived(share=share):
            return replace(delegation, waived=share)
        case CompanyContributionMandatory():
            return replace(delegation, contribution="b")
        case TemporaryReplacementRecorded():
            return delegation
        case DelegationWithdrawn():
            return evolve_placement(replace(delegation, paid=()), event)
        case DelegationGranted(pay_monthly=amount) | DelegationRenewed(pay_monthly=amount):
            kept = "whole" if amount is None else euros(amount)
            return evolve_placement(replace(delegation, paid=(*delegation.paid, kept)), event)
    return evolve_placement(delegation, event)


# -- The traces --------------------------------------------------------------------------------------


def periods(delegation: Delegation) -> Iterator[Period]:
    yield from periods_of(delegation, "position", NAME)
    for span, kept in zip(delegation.periods, delegation.paid, strict=True):
        part = span.within(delegation.span)
        if part is not None:
            yield Period("paid", kept, part.first, part.last)


PROCEDURE = Procedure(
    name=NAME,
    subject="agent",
    articles=(ART_15, ART_16, ART_29),
    commands=tuple(RULES),
    events=(
        DelegationRequested,
        DelegationRenewalRequested,
        DelegationGranted,
        DelegationRenewed,
        DelegationRefused,
        DelegationWithdrawn,
        DelegationEnded,
        DelegationAuthorised,
        DelegationConventionRecorded,
        CompanyContributionSet,
        CompanyContributionWaived,
        CompanyContributionMandatory,
        TemporaryReplacementRecorded,
    ),
    rules=lambda context, state, command: RULES[type(command)](context, state, command),
    decide=decide,
    evolve=evolve,
    status=lambda state: state.status,
    statuses=get_args(Status),
    closed=lambda state: not state.alive(),
    deadlines=deadlines,
    lapse=lapse,
    react=react,
    periods=periods,
    entitlements=entitlements,
)
