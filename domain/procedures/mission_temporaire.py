"""Mission temporaire : décret 2021-1645, article mission-temporaire (sans numéro, après l'article 16), I à III.

The rights are counted in `domain.agents.mission_rights`. Not covered: which employers article L. 2 of the code général
de la fonction publique lists; the office records a breach when the agent leaves them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field, StrictBool

from domain.agents.acts import in_activity, in_state, may_withdraw, of_category, signed, timely, timing_warnings
from domain.agents.career import Career, missing
from domain.agents.leaving import CessationEffective
from domain.agents.mission_rights import BASIS, MISSION, MONTH, Right, Rights, Taken, length, rights
from domain.agents.placement import (
    DecidePlacement,
    EndPlacementEarly,
    Placement,
    PlacementEnded,
    PlacementGranted,
    PlacementRefused,
    PlacementRequested,
    PlacementWithdrawn,
    RequestPlacement,
    WithdrawPlacement,
    at_most,
    deadlines_of_end,
    ends_with_the_post,
    evolve_placement,
    in_order,
    no_overlap,
    periods_of,
)
from domain.calendar import Length, Span, add_months, eve, next_day, split
from domain.kernel import (
    CaseClosed,
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
    awaited,
    check,
)
from domain.law import Article
from domain.law.choices import MT_BREACH_KINDS, MT_COMMITMENT_BASE, MT_DISPONIBILITE, MT_REPAYMENT_BASE, MT_REPORT
from domain.law.d2021_1645 import (
    ART_40,
    ART_MISSION,
    MISSION_ANTICIPATED_MONTHS,
    MISSION_COMMITMENT_TIMES,
    MISSION_MONTHS,
    MISSION_WINDOW_MONTHS,
    REPORT_MONTHS,
)
from domain.money import Euros

NAME = MISSION
PLACEMENT, ANTICIPATED, CARRIED = ART_MISSION.par("I.1"), BASIS["anticipated"], BASIS["carry_over"]
AUTHORITY = ("directeur_ufr", "dg_chu")
LACKING: Mapping[Right, str] = {
    "ordinary": "mission_limit_exceeded",
    "anticipated": "anticipated_limit_exceeded",
    "carry_over": "carry_over_insufficient",
}
TOUCHED: Mapping[Right, tuple[Right, ...]] = {  # a pending anticipation is tested again, not what is asked before it
    "ordinary": ("ordinary", "carry_over"),
    "anticipated": ("ordinary", "anticipated", "carry_over"),
    "carry_over": ("carry_over",),
}


# -- The facts ---------------------------------------------------------------------------------------

Commitment: TypeAlias = Literal["none", "promised", "running", "fulfilled", "broken"]
COMMITTED: Mapping[Commitment, str] = {
    "none": "done",
    "promised": "done",
    "running": "committed",
    "fulfilled": "fulfilled",
    "broken": "broken",
}
STATUSES = ("requested", "granted", "refused", "withdrawn", "done", "committed", "fulfilled", "broken")


@dataclass(frozen=True)
class Mission(Placement):
    """A mission, the right it is taken on (`kind`), and the commitment that follows one taken in advance."""

    ref: str = ""
    asked_on: date = date.min
    accepted: bool = False
    project: bool = False
    deducted: tuple[str, ...] | None = None
    commitment: Commitment = "none"
    pay: Decimal | None = None
    served: tuple[int, int] = (0, 0)  # once broken: the days that remained, out of how many
    repaid: bool = False

    @property
    def committed(self) -> bool:
        """A commitment is given, and neither fulfilled nor broken."""
        return self.commitment in ("promised", "running")

    def taken(self) -> Taken | None:
        """The mission as the rights see it; None when it takes nothing."""
        if self.status in ("refused", "withdrawn") or self.last < self.first:
            return None
        right: Any = self.kind
        return Taken(self.ref, right, self.first, self.last, self.asked_on, self.granted, self.deducted)


# -- The commands ------------------------------------------------------------------------------------


class Request(RequestPlacement):
    """Ask for a mission temporaire, on one of the three rights."""

    type: Literal["mission_temporaire.request"] = "mission_temporaire.request"
    basis: Right
    commitment_accepted: StrictBool = False
    project: StrictBool | Text | None = None


class Decide(DecidePlacement):
    """Decide on the mission."""

    type: Literal["mission_temporaire.decide"] = "mission_temporaire.decide"


class RecordPay(CaseCommand):
    """Record the whole pay received during the mission."""

    type: Literal["mission_temporaire.record_pay"] = "mission_temporaire.record_pay"
    amount: Annotated[Euros, Field(ge=0)]


class EndEarly(EndPlacementEarly):
    """End the mission before its term."""

    type: Literal["mission_temporaire.end_early"] = "mission_temporaire.end_early"


class Breach(CaseCommand):
    """Record that the agent has left public service and broken the commitment."""

    type: Literal["mission_temporaire.breach"] = "mission_temporaire.breach"
    reason: Text


class Withdraw(WithdrawPlacement):
    """Withdraw the mission before its first day."""

    type: Literal["mission_temporaire.withdraw"] = "mission_temporaire.withdraw"


# -- The events --------------------------------------------------------------------------------------


class MissionTemporaireRequested(PlacementRequested):
    basis_of_right: Right
    commitment_accepted: bool = False
    project: bool | str | None = None


class MissionTemporaireGranted(PlacementGranted):
    basis_of_right: Right
    commitment: bool = False


class MissionTemporaireRefused(PlacementRefused):
    """The mission is refused."""


class MissionTemporaireWithdrawn(PlacementWithdrawn):
    """The mission was withdrawn before its first day; the rights are as if it had not been asked."""


class MissionTemporaireEnded(PlacementEnded):
    """Back to the post."""


class AnticipatedBlockOpened(Event):
    """Eight years are taken in advance; `deducted` names the ordinary missions that count against them."""

    until: date
    deducted: tuple[str, ...] = ()


class MissionPayRecorded(Event):
    """The whole pay of the mission, gross or net as the office reads the text."""

    amount: Euros
    base: Literal["gross", "net"]


class CommitmentStarted(Event):
    """The agent is bound to stay in public service; `until` is the last day, as foreseen."""

    until: date


class CommitmentFulfilled(Event):
    """The agent has stayed as long as was promised."""


class CommitmentBroken(Event):
    """The agent has left before the end; `remaining_days` of `total_days` were still to be served."""

    remaining_days: int
    total_days: int
    reason: str


class RepaymentDue(Event):
    """What the agent repays; said again, it replaces what was said."""

    amount: Euros


# -- The rules, in the order in which the law tests them ---------------------------------------------


def rules_of_request(context: Context, _: None, asked: Request) -> Iterable[Check]:
    return rules_of_placement(context, asked_by(asked, asked.basis, asked.case, context.on))


def asked_by(asked: Any, right: Right, ref: str, on: date) -> Mission:
    """The mission as its request, or the event of it, makes it."""
    return Mission(
        "requested",
        right,
        asked.starts_on,
        asked.ends_on,
        pending=Span(asked.starts_on, asked.ends_on),
        ref=ref,
        asked_on=on,
        accepted=asked.commitment_accepted,
        project=bool(asked.project),
    )


def rules_of_placement(context: Context, mission: Mission) -> Iterator[Check]:
    """What is tested at the request and again at the grant."""
    tested = (eligible(context, mission), in_force(context, mission), in_order(mission.span, PLACEMENT))
    yield from tested
    if not all(one.met for one in tested):  # no right can be counted
        return
    yield in_activity(context, mission.span, PLACEMENT, NAME)
    yield no_overlap(context, NAME, mission.ref, mission.span, "overlapping_mission", PLACEMENT)
    yield within_nomination(context, mission)
    if mission.kind == "carry_over":
        yield check("missing_project", mission.project, CARRIED, field="project")
    if mission.kind == "anticipated":
        yield at_most(
            mission.first, mission.last, context.law.value(MISSION_ANTICIPATED_MONTHS, mission.first), ANTICIPATED
        )
    yield from enough(context, mission)
    if mission.kind == "anticipated":
        signs = Career(context).category(mission.first) in (1, 2)
        suggest = {"commitment_accepted": True}
        accepted = mission.accepted or not signs
        yield check("commitment_not_signed", accepted, ANTICIPATED, field="commitment_accepted", suggest=suggest)


def eligible(context: Context, mission: Mission) -> Check:
    """The three categories, stagiaires included, once in the functions."""
    entry = Career(context).facts.hu_entry_on
    of_staff = of_category(context, mission.first, PLACEMENT, 1, 2, 3)
    met = of_staff.met and entry is not None and entry <= mission.first
    return check("not_eligible", met, PLACEMENT, hu_entry_on=entry, **of_staff.expected)


def in_force(context: Context, mission: Mission) -> Check:
    """The décret itself, and the reform of 2024 for what is taken in advance."""
    rule = MISSION_ANTICIPATED_MONTHS if mission.kind == "anticipated" else MISSION_MONTHS
    met = context.law.in_force(rule, mission.first) is not None
    return check("law_not_in_force", met, basis_of(mission), field="starts_on", found=mission.first)


def basis_of(mission: Mission) -> Article:
    right: Any = mission.kind
    return BASIS[right]


def within_nomination(context: Context, mission: Mission) -> Check:
    """Categories 2 and 3: a mission does not pass the term of the nomination."""
    career = Career(context)
    latest = career.nomination_term(mission.first) if career.category(mission.first) in (2, 3) else None
    met = latest is None or mission.last <= latest
    return check("beyond_nomination_term", met, PLACEMENT, field="ends_on", found=mission.last, latest=latest)


def enough(context: Context, mission: Mission) -> Iterator[Check]:
    """The right on which the mission is taken is open, and large enough, with the pending missions and without them."""
    one, counted = mission.taken(), [rights(context, mission.ref, granted=only) for only in (False, True)]
    known = [found for found in counted if found is not None]
    assert one is not None
    if one.right == "ordinary":
        stretches = (stretch for found in known for stretch in found.stretches if stretch.opener is not None)
        ahead = any(stretch.span.meets(one.span) for stretch in stretches)
        yield check("rights_consumed_in_advance", not ahead, ANTICIPATED, field="starts_on", found=one.first)
        if ahead:
            return
    touched = TOUCHED[one.right]
    met = all(found.plus(one).lacking(*touched) <= found.lacking(*touched) for found in known)
    left, cost = available(known[0], one), known[0].charge(one.span)
    yield check(LACKING[one.right], met, BASIS[one.right], field="ends_on", found=length(cost), available=left)


def available(known: Rights, one: Taken) -> dict[str, int]:
    """What is open to a mission before it is taken, by the account of its first day."""
    if one.right == "ordinary":
        return length(known.ordinary(one.first).balance)
    account = known.anticipated(one.first) if one.right == "anticipated" else known.carry_over(one.asked_on)
    return length(account.balance)


def rules_of_decide(context: Context, mission: Mission, decision: Decide) -> Iterator[Check]:
    yield in_state(mission.status == "requested", PLACEMENT)
    if mission.status != "requested":
        return
    if decision.outcome == "granted":
        yield from rules_of_placement(context, mission)
    yield signed(decision.by, AUTHORITY, PLACEMENT)
    if decision.outcome == "granted":
        yield timely(context, mission.first, PLACEMENT)


def rules_of_record_pay(_: Context, mission: Mission, __: RecordPay) -> Iterator[Check]:
    yield in_state(mission.granted, ANTICIPATED)


def rules_of_end_early(context: Context, mission: Mission, asked: EndEarly) -> Iterator[Check]:
    yield in_state(mission.status == "granted", PLACEMENT)
    inside = mission.span.covers(asked.ends_on)
    latest, found = mission.last, asked.ends_on
    yield check(
        "outside_period", inside, PLACEMENT, field="ends_on", found=found, earliest=mission.first, latest=latest
    )
    in_time = context.on <= asked.ends_on
    yield check("retroactive_decision", in_time, PLACEMENT, field="ends_on", found=found, earliest=context.on)


def rules_of_breach(context: Context, mission: Mission, _: Breach) -> Iterator[Check]:
    yield in_state(mission.granted, ANTICIPATED)
    if mission.granted:
        given = mission.commitment != "none"
        yield check("no_commitment", given, ANTICIPATED)
        if given:
            yield in_state(mission.committed and mission.first <= context.on, ANTICIPATED)


def rules_of_withdraw(context: Context, mission: Mission, _: Withdraw) -> Iterator[Check]:
    granted = mission.status == "granted"
    yield in_state(mission.alive() and may_withdraw(context, granted, mission.first), PLACEMENT)


RULES: Mapping[type[CaseCommand], Callable[[Context, Any, Any], Iterable[Check]]] = {
    Request: rules_of_request,
    Decide: rules_of_decide,
    RecordPay: rules_of_record_pay,
    EndEarly: rules_of_end_early,
    Breach: rules_of_breach,
    Withdraw: rules_of_withdraw,
}


# -- The commitment to stay --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bond:
    """The time to stay: from `first`, the day after the mission, to the eve of `due`, `total` days to be served."""

    first: date
    due: date
    total: int


def bond(context: Context, mission: Mission) -> Bond:
    """Three times the mission, months first, then days; a disponibilité puts the end off by as much."""
    first, done = next_day(mission.last), in_advance(context, mission)
    times = context.law.value(MISSION_COMMITMENT_TIMES, mission.first)
    due = Length(times * done.months, times * done.days).after(first)
    total = (due - first).days
    for away in disponibilites(context, first):
        if away.last is not None and away.first < due and context.law.choice(MT_DISPONIBILITE) == "suspend":
            due += next_day(away.last) - away.first
    return Bond(first, due, total)


def in_advance(context: Context, mission: Mission) -> Length:
    """The length of the mission that rests on rights not yet open, as the office reads it."""
    known = rights(context)
    if context.law.choice(MT_COMMITMENT_BASE) == "whole" or known is None or mission.last < mission.first:
        return split(mission.first, mission.last)
    stretch = known.stretch(mission.first)
    left = 0
    if stretch.opener is not None and stretch.opener.case == mission.ref:
        running = known.running(stretch)
        used = known.charges("ordinary", "used", "ordinary", running) if running else ()
        left = known.figure(MISSION_MONTHS, mission.first) * MONTH + sum(entry.units for entry in used)
    return Length(*divmod(max(0, known.charge(mission.span) - left), MONTH))


def disponibilites(context: Context, since: date) -> Iterator[Span]:
    """The disponibilités from a day on, by first day."""
    every = (p.span for p in Career(context).positions if p.value == "disponibilite")
    return (part for span in every if (part := span.within(Span(since, None))) is not None)


def remaining(context: Context, mission: Mission, on: date) -> tuple[int, int]:
    """The days still to be served on a day, out of how many; days en disponibilité are in neither."""
    due, until = bond(context, mission), Span(date.min, eve(on))
    away = [part for span in disponibilites(context, due.first) if (part := span.within(until)) is not None]
    served = (on - due.first).days - sum((part.last - part.first).days + 1 for part in away if part.last is not None)
    return due.total - served, due.total


def broken(context: Context, mission: Mission, on: date, reason: str) -> Iterator[Event]:
    """The commitment is broken on the first day out of public service; a mission that runs ends that day."""
    if mission.last >= on:
        ended = MissionTemporaireEnded(on=on, basis=ANTICIPATED, cause="early")
        yield ended
        mission = evolved(mission, ended)
    left, total = remaining(context, mission, on)
    said = CommitmentBroken(on=on, basis=ANTICIPATED, remaining_days=left, total_days=total, reason=reason)
    yield said
    yield from repayment(evolved(mission, said), on)


def repayment(mission: Mission, on: date) -> Iterator[RepaymentDue]:
    """The pay of the mission, in proportion to the days that were still to be served."""
    if mission.commitment == "broken" and mission.pay is not None:
        left, total = mission.served
        amount = mission.pay * left / total if total else mission.pay
        yield RepaymentDue(on=on, basis=ANTICIPATED, amount=amount)


# -- The decision ------------------------------------------------------------------------------------


def decide(context: Context, mission: Mission, command: CaseCommand) -> Iterator[Event]:
    match command:
        case Request(basis=right, starts_on=starts_on, ends_on=ends_on, commitment_accepted=accepted, project=project):
            yield MissionTemporaireRequested(
                basis=BASIS[right],
                warnings=unknown_facts(context, starts_on),
                starts_on=starts_on,
                ends_on=ends_on,
                basis_of_right=right,
                commitment_accepted=accepted,
                project=project,
            )
        case Decide(outcome="refused"):
            yield MissionTemporaireRefused(basis=PLACEMENT)
        case Decide():
            yield from granted(context, mission)
        case RecordPay(amount=amount):
            base = context.law.choice(MT_REPAYMENT_BASE)
            recorded = MissionPayRecorded.model_validate({"basis": ANTICIPATED, "amount": amount, "base": base})
            yield recorded
            yield from repayment(evolved(mission, recorded), context.on)
        case EndEarly(ends_on=ends_on):
            yield MissionTemporaireEnded(on=next_day(ends_on), basis=PLACEMENT, cause="early")
        case Breach(reason=reason):
            yield from broken(context, mission, context.on, reason)
        case Withdraw():
            yield MissionTemporaireWithdrawn(basis=PLACEMENT)
        case _:
            raise UnknownEvent(command.type)


def unknown_facts(context: Context, on: date) -> tuple[str, ...]:
    career = Career(context)
    unknown = missing(corps=career.corps(on))
    if career.category(on) in (2, 3):
        unknown += missing(nomination_ends_on=career.nomination_term(on))
    return unknown


def granted(context: Context, mission: Mission) -> Iterator[Event]:
    """The grant, the commitment of categories 1 and 2, and the eight years that an anticipation opens."""
    in_advance_, category = mission.kind == "anticipated", Career(context).category(mission.first)
    grant = MissionTemporaireGranted.model_validate(
        {
            "on": mission.first,
            "basis": (PLACEMENT, basis_of(mission)),
            "warnings": timing_warnings(context, mission.first),
            "ends_on": mission.last,
            "basis_of_right": mission.kind,
            "commitment": in_advance_ and category != 3 and (mission.accepted or category is not None),
        }
    )
    yield grant
    yield from block_opened(context, evolved(mission, grant))


def block_opened(context: Context, mission: Mission) -> Iterator[AnticipatedBlockOpened]:
    """A granted anticipation that starts outside the eight years of another opens its own."""
    if mission.kind != "anticipated":
        return
    decided, every, one = rights(context, mission.ref, granted=True), rights(context, mission.ref), mission.taken()
    if one is None or decided is None or every is None:
        return
    stretch = decided.plus(one).stretch(mission.first)
    if stretch.opener is one and stretch.last is not None:
        since = add_months(mission.first, -decided.figure(MISSION_WINDOW_MONTHS, mission.first))
        counted = tuple(other.case for other in every.of("ordinary") if other.last >= since)
        yield AnticipatedBlockOpened(on=mission.first, basis=ANTICIPATED, until=stretch.last, deducted=counted)


# -- The deadlines -----------------------------------------------------------------------------------


def deadlines(context: Context, mission: Mission) -> Iterator[Deadline]:
    if not mission.granted:
        return
    report = report_due(context, mission) if mission.kind == "carry_over" else None
    if report is not None and context.on < report and Career(context).left_on() is None:  # first: it falls on its day
        yield awaited("mission_temporaire_report", report, (CARRIED, ART_40), "statutory", "reminder", "agent")
    yield from deadlines_of_end(context, mission, NAME, PLACEMENT)
    if mission.committed:
        due = bond(context, mission)
        yield automatic("mission_temporaire_commitment_end", due.due, ANTICIPATED, "commitment_fulfilled")
        away = next((span.first for span in disponibilites(context, due.first)), None)
        if away is not None and away < due.due and context.law.choice(MT_DISPONIBILITE) == "breach":
            yield automatic("mission_temporaire_commitment_breach", away, ANTICIPATED, "commitment_broken")


def report_due(context: Context, mission: Mission) -> date | None:
    """The next report of article 40 after the mission, every five years from the last one, or from the entry."""
    facts = Career(context).facts
    last = facts.last_report_on or facts.hu_entry_on
    if context.law.choice(MT_REPORT) == "after_mission" or last is None:
        return next_day(mission.last)
    months = due = context.law.value(REPORT_MONTHS, mission.first)
    while add_months(last, due) <= mission.last:
        due += months
    return add_months(last, due)


def lapse(context: Context, mission: Mission, deadline: Deadline) -> Iterator[Event]:
    match deadline.kind:
        case "mission_temporaire_end":
            if mission.status == "granted":
                ended = MissionTemporaireEnded(on=deadline.due, basis=PLACEMENT, cause="term")
                yield ended
                mission = evolved(mission, ended)
            yield from commitment_started(context, mission)
        case "mission_temporaire_commitment_end":
            yield CommitmentFulfilled(basis=ANTICIPATED)
        case "mission_temporaire_commitment_breach":
            yield from broken(context, mission, deadline.due, "disponibilite")
        case "mission_temporaire_report":
            return
        case _:
            raise UnknownEvent(deadline.kind)


def commitment_started(context: Context, mission: Mission) -> Iterator[CommitmentStarted]:
    if mission.commitment == "promised":
        due = bond(context, mission)
        yield CommitmentStarted(on=due.first, basis=ANTICIPATED, until=eve(due.due))


def react(context: Context, mission: Mission, events: tuple[Event, ...]) -> Iterator[Event]:
    """Exclusion ends the mission; leaving the functions also breaks the commitment, or closes it without an act."""
    ended = tuple(ends_with_the_post(context, mission, MissionTemporaireEnded, PLACEMENT))
    yield from ended
    if any(isinstance(event, CaseClosed) for event in ended):
        return
    for event in ended:
        mission = evolved(mission, event)
    left = Career(context).left_on()
    if mission.committed and left is not None and left <= context.on:
        yield from left_committed(context, mission, left, events)
    elif ended:
        yield from commitment_started(context, mission)
    elif mission.status == "granted" and mission.deducted is None:  # the eight years it shared were withdrawn
        yield from block_opened(context, mission)


def left_committed(context: Context, mission: Mission, left: date, events: tuple[Event, ...]) -> Iterator[Event]:
    """A resignation, a revocation or a retirement that was asked breaks the commitment."""
    said = next((event for event in events if isinstance(event, CessationEffective)), None)
    forced = said is None or (said.imposed and said.kind == "retraite")
    if bond(context, mission).due <= left:  # served to the end: its own deadline falls the same day
        return
    if said is not None and not forced and said.kind in context.law.choice(MT_BREACH_KINDS):
        yield from broken(context, mission, left, said.kind)
    else:
        yield CaseClosed(on=left, basis=ANTICIPATED, cause="cessation")


# -- The evolution -----------------------------------------------------------------------------------


def evolve(mission: Mission | None, event: Event) -> Mission:
    if mission is None:
        if not isinstance(event, MissionTemporaireRequested):
            raise UnknownEvent(event.name())
        return asked_by(event, event.basis_of_right, event.case or "", event.acted_on)
    return evolved(mission, event)


def evolved(mission: Mission, event: Event) -> Mission:
    match event:
        case MissionTemporaireGranted(commitment=given):
            mission = replace(mission, commitment="promised" if given else "none")
        case AnticipatedBlockOpened(deducted=deducted):
            return replace(mission, deducted=deducted)
        case MissionPayRecorded(amount=amount):
            return replace(mission, pay=amount)
        case CommitmentStarted():
            return replace(mission, commitment="running")
        case CommitmentFulfilled():
            return replace(mission, commitment="fulfilled")
        case CommitmentBroken(remaining_days=left, total_days=total):
            return replace(mission, commitment="broken", served=(left, total))
        case RepaymentDue():
            return replace(mission, repaid=True)
        case MissionTemporaireWithdrawn():
            mission = replace(mission, commitment="none", deducted=None)
    after = evolve_placement(mission, event)
    assert isinstance(after, Mission)
    return after


# -- The traces --------------------------------------------------------------------------------------


def status(mission: Mission) -> str:
    return COMMITTED[mission.commitment] if mission.status == "ended" else mission.status


def closed(mission: Mission) -> bool:
    """Nothing is asked, running, promised, or still to be repaid."""
    owed = mission.commitment == "broken" and not mission.repaid
    return not (mission.alive() or mission.committed or owed)


def periods(mission: Mission) -> Iterable[Period]:
    return periods_of(mission, "position", NAME)


def entitlements(context: Context) -> Mapping[str, Any]:
    """What may be taken on the day, the commitment in force, and the entries that make each balance."""
    known = rights(context)
    if known is None or context.on < known.entry:
        return {}
    ordinary = known.ordinary(context.on)
    assert ordinary.span is not None
    return {
        "mission_temporaire": {
            "window": shown(ordinary.span),
            "ordinary_available": length(ordinary.balance),
            "carry_over_available": length(known.carry_over(context.on).balance),
            "anticipated_available": length(known.anticipated(context.on).balance),
            "commitment": commitment_of(context),
            "ledger": list(known.ledger(context.on)),
        }
    }


def commitment_of(context: Context) -> dict[str, str | None] | None:
    """The commitment in force, from the grant of its mission; of several, the last to end."""
    cases = (case for case in context.cases(NAME) if case.closed_on is None and case.state.committed)
    bonds = [bond(context, case.state) for case in cases]
    binding = max((one for one in bonds if context.on < one.due), key=lambda one: one.due, default=None)
    return None if binding is None else shown(Span(binding.first, eve(binding.due)))


def shown(span: Span) -> dict[str, str | None]:
    return {"from": span.first.isoformat(), "to": None if span.last is None else span.last.isoformat()}


PROCEDURE = Procedure(
    name=NAME,
    subject="agent",
    articles=(ART_MISSION, ART_40),
    commands=tuple(RULES),
    events=(
        MissionTemporaireRequested,
        MissionTemporaireGranted,
        MissionTemporaireRefused,
        MissionTemporaireWithdrawn,
        MissionTemporaireEnded,
        AnticipatedBlockOpened,
        MissionPayRecorded,
        CommitmentStarted,
        CommitmentFulfilled,
        CommitmentBroken,
        RepaymentDue,
    ),
    rules=lambda context, state, command: RULES[type(command)](context, state, command),
    decide=decide,
    evolve=evolve,
    status=status,
    statuses=STATUSES,
    closed=closed,
    deadlines=deadlines,
    lapse=lapse,
    react=react,
    periods=periods,
    entitlements=entitlements,
    outlives=True,
)
