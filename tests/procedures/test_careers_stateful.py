"""What holds of any career of forty years, whatever procedures it goes through and in whatever order."""

from datetime import date, timedelta
from itertools import combinations, pairwise
from typing import Any

import whole_careers as w
from hypothesis import given, settings
from hypothesis import strategies as st
from placements import granted
from scenario import Given

from domain.agents.career import ENDS_ALL, Career
from domain.agents.mission_rights import Rights, rights
from domain.calendar import Span
from domain.kernel import Context, DeadlineCancelled, DeadlineFell, DeadlineMet, Key, Subject
from domain.law import Article
from domain.law.editions import PROVISIONS
from domain.procedures import REGISTRY
from domain.simulation import Run, read_command, read_scenario, simulate

MORE = settings(max_examples=2 * settings().max_examples)


# -- Positions ---------------------------------------------------------------------------------------


@MORE
@given(w.careers())
def test_no_day_bears_two_positions(career: w.Career) -> None:
    for _, on, subject in career.copies:
        seen = Career(Context(on, subject, career.run.law))
        for one, following in pairwise(sorted(seen.positions, key=lambda p: p.first)):
            assert one.last is not None
            assert one.last < following.first


@MORE
@given(w.careers())
def test_only_exclusion_and_leaving_are_laid_over_a_position(career: w.Career) -> None:
    for _, on, subject in career.copies:
        held = [p for p in Context(on, subject, career.run.law).lane("position") if p.granted]
        for one, other in combinations(held, 2):
            assert not one.span.meets(other.span) or {one.value, other.value} & ENDS_ALL


@MORE
@given(w.careers())
def test_no_day_bears_two_quotites_nor_two_suspensions(career: w.Career) -> None:
    for lane in ("quotite", "suspension"):
        for one, following in pairwise(p for p in career.context(w.FIRST_DAY).lane(lane) if p.granted):
            assert one.last is not None
            assert one.last < following.first


# -- What is over ------------------------------------------------------------------------------------

KEPT = {"OrderProceedingsRecorded", "MissionPayRecorded", "RepaymentDue"}  # facts recorded whatever became of the case
WHILE_AWAY = {"PostMayBeFilled", "CompanyContributionMandatory"}  # an early end is said: the period runs up to it
OUTLIVING = {"delegation_reopen", "mission_temporaire_report"}  # said to come after the end
UP_TO_THE_END = {"post_may_be_filled", "delegation_contribution_b"}


@MORE
@given(w.careers())
def test_nothing_happens_in_a_case_that_is_over(career: w.Career) -> None:
    subject = career.first
    for act in w.acts_of(career):
        for event in act:
            case = subject.cases.get(event.case or "")
            if case is None or event.bookkeeping or case.procedure.standing or not case.closed:
                continue
            assert event.name() in KEPT or (event.name() in WHILE_AWAY and event.on <= case.state.last), event
        subject = subject.fold(act)


@MORE
@given(w.careers())
def test_a_case_closed_by_another_stays_so(career: w.Career) -> None:
    closed: set[str] = set()
    for event in career.events:
        assert event.case not in closed or isinstance(event, DeadlineCancelled | DeadlineMet), event
        if event.name() == "CaseClosed":
            assert event.case is not None
            closed.add(event.case)


@MORE
@given(w.careers())
def test_what_is_over_keeps_no_deadline_but_those_announced(career: w.Career) -> None:
    for _, on, subject in career.copies:
        for one in subject.armed.values():
            case, kind = subject.cases[one.deadline.case or ""], one.deadline.kind
            if not case.closed:
                continue
            assert case.closed_on is None
            to_come = kind in UP_TO_THE_END or kind == f"{case.procedure.name}_end"
            assert kind in OUTLIVING or (to_come and on <= case.state.last), (on, one)


# -- Deadlines ---------------------------------------------------------------------------------------


@MORE
@given(w.careers())
def test_no_deadline_falls_twice_and_each_on_its_day(career: w.Career) -> None:
    fell: set[Key] = set()
    for event in career.events:
        if isinstance(event, DeadlineFell):
            key = (event.case or "", event.kind, event.due)
            assert key not in fell
            assert event.on == event.due == event.acted_on
            fell.add(key)
    assert fell == career.run.subject.fallen


@MORE
@given(w.careers())
def test_time_brings_deadlines_in_their_order(career: w.Career) -> None:
    last: date | None = None
    for step, event in career.run.events:
        if step is not None:  # an act that comes too late arms days that are past
            last = None
        elif isinstance(event, DeadlineFell):
            assert last is None or last <= event.on
            last = event.on


@MORE
@given(w.careers())
def test_the_deadlines_in_force_are_those_the_cases_call_for(career: w.Career) -> None:
    for _, on, subject in career.copies:
        called_for = set(wanted(Context(on, subject, career.run.law)))
        for key, one in subject.armed.items():
            assert key in called_for
            assert one.fallen or one.deadline.due > on or one.armed_on == on  # by an act that comes too late


def wanted(context: Context) -> Any:
    left = Career(context).left_on()
    for case in context.subject.cases.values():
        goes_on = case.state is not None and case.closed_on is None
        if goes_on and (case.procedure.outlives or left is None or left > context.on):
            for deadline in case.procedure.deadlines(context, case.state):
                yield (deadline.case or case.ref, deadline.kind, deadline.due)


# -- Missions ----------------------------------------------------------------------------------------


@MORE
@given(w.careers(recount=False))
def test_no_account_of_missions_is_ever_overdrawn(career: w.Career) -> None:
    for _, on, subject in career.copies:
        found = rights(Context(on, subject, career.run.law), granted=True)
        assert found is None or found.lacking("ordinary", "anticipated", "carry_over") == 0


@MORE
@given(w.careers(recount=False, readings={"mt.unit": "calendar_days"}))
def test_the_charges_are_the_days_spent_on_mission(career: w.Career) -> None:
    found = rights(career.context(career.last_day), granted=True)
    if found is None:
        return
    held = [p for p in career.context(w.LAST_DAY).lane("position") if p.granted and p.value == "mission_temporaire"]
    assert charged(found) == sum(days(period.span) for period in held)


def charged(found: Rights) -> int:
    """What the accounts were charged in all, each account once."""
    windows = dict.fromkeys(window for one in found.of("ordinary") for window in found.windows(one.span))
    inside = [one for one in found.stretches if one.opener is not None]
    accounts = [*map(found.ordinary_in, windows), *map(found.anticipated_in, inside)]
    carried = sum(found.charge(one.span) for one in found.of("carry_over"))
    return carried - sum(entry.units for account in accounts for entry in account.entries if entry.kind == "taken")


def days(span: Span) -> int:
    return sum(1 for _ in span.days())


# -- The register ------------------------------------------------------------------------------------


@MORE
@given(w.careers())
def test_what_is_stored_and_read_again_is_the_same_dossier_after_every_act(career: w.Career) -> None:
    again = list(w.read_again(career.events))
    folded, done = Subject.new("A1", "agent", REGISTRY).fold(w.read_again(list(career.opening))), 0
    for count, _, copy in career.copies:
        folded, done = folded.fold(again[done:count]), count
        assert folded == copy


@MORE
@given(w.careers())
def test_every_event_and_every_rule_names_an_article_that_is_known(career: w.Career) -> None:
    for event in career.events:
        assert known(event.basis), event
    for act in career.acts:
        for check in act.checks:
            assert known(check.basis), check
    for one in career.run.subject.armed.values():
        assert known(one.deadline.basis)


def known(basis: tuple[Article, ...]) -> bool:
    return bool(basis) and all(article.whole in PROVISIONS for article in basis)


@MORE
@given(w.careers())
def test_the_status_of_each_case_is_one_of_its_procedure(career: w.Career) -> None:
    for _, _, subject in career.copies:
        for case in subject.cases.values():
            assert case.state is None or case.status in (*case.procedure.statuses, "closed")


@MORE
@given(w.careers(), st.integers(0, 180))
def test_the_rights_of_any_day_can_be_read(career: w.Career, offset: int) -> None:
    for n in range(0, 45 * 365, 181):
        shown = REGISTRY.entitled(career.context(w.FIRST_DAY + timedelta(days=n + offset)))
        assert shown["part_time"]["quotite"] in (50, 60, 70, 80, 90, 100)


# -- The clock ---------------------------------------------------------------------------------------


@MORE
@given(w.careers(), st.lists(st.dates(w.FIRST_DAY, w.LAST_DAY), max_size=4))
def test_a_halt_on_any_day_changes_nothing(career: w.Career, halts: list[date]) -> None:
    again = Run(career.first, career.run.law)
    for number, act in enumerate(career.acts, start=1):
        for halt in sorted(halt for halt in halts if halt <= act.on):
            again.advance(halt)
        again.act(number, act.on, act.command)
        assert again.steps[-1].accepted is act.accepted
    for halt in sorted(halt for halt in halts if halt <= career.last_day):
        again.advance(halt)
    again.advance(career.last_day)
    assert again.events == career.run.events
    assert again.subject == career.run.subject


# -- Found by them -----------------------------------------------------------------------------------


def test_a_fact_left_out_is_kept_when_the_dossier_is_read_again() -> None:
    career = w.begin({"corps": "PU-PH", "hu_entry_on": date(2020, 9, 1)}, {})
    said = {"type": "agent.record_facts", "facts": {"statut": "titulaire", "pay": {"primes": "500.00"}}}
    career.act(date(2025, 1, 6), read_command(REGISTRY, said))
    again = career.first.fold(w.read_again(career.events))
    assert again == career.run.subject
    assert (again.state("career").facts.corps, again.state("career").facts.statut) == ("PU-PH", "titulaire")


def test_a_day_asked_for_in_the_past_arms_no_past_day_again() -> None:
    given = granted(Given(), "detachement", "2025-09-01", "2026-08-31")
    given.when("2026-01-12", "detachement.end_early", "C1", ends_on="2026-03-31")
    given.when("2026-05-04", "cessation.request", "C2", kind="demission", effective_on="2026-02-02")
    result = simulate(REGISTRY, read_scenario({**given.json, "until": "2026-06-01"}))
    assert given.days("ResignationNotAccepted", "2026-06-01") == ["2026-02-02"]
    assert not [one for one in result.run.subject.armed.values() if one.deadline.case == "C1"]


def test_the_leave_of_the_first_days_of_the_decree_can_be_read() -> None:
    assert Given().entitled("2021-12-16")["part_time"]["annual_leave_half_days"] == {"2021": 50}
