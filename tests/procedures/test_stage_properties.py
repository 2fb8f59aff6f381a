"""What holds of any stage: the end against a walk written apart, and the chain of its movements."""

from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import careers as c
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from domain.kernel import DeadlineArmed
from domain.procedures.stage import (
    StageCompleted,
    StageEndMoved,
    StageLastYearGranted,
    StageOpened,
    StagiaireTitularised,
)

MORE = settings(max_examples=2 * settings().max_examples)
ONE_DAY = timedelta(days=1)
OPENED_ON = date(2024, 10, 19)
FAMILY = {"maternite", "adoption", "paternite"}
Absences = list[tuple[date, date, str]]


def months_after(day: date, months: int) -> date:
    """The same day `months` later, stepping back while the month has no such day."""
    year, month = day.year + (day.month - 1 + months) // 12, (day.month - 1 + months) % 12 + 1
    for back in range(4):
        try:
            return date(year, month, day.day - back)
        except ValueError:
            continue
    raise AssertionError(day)


def walk(start: date, absences: Absences, shares: dict[date, int], *, effect: bool) -> date:
    """The end of a year's round, day by day: the tenth of paid absences first, then the quotité."""
    needed = Fraction((months_after(start, 12) - start).days)
    tenth, day, served = int(needed / 10), start, Fraction(0)
    while served < needed:
        kinds = {kind for first, last, kind in absences if first <= day <= last} - {"conge_annuel"}
        paid = kinds - {"non_remunere"}
        if effect:
            paid -= FAMILY
        present = True
        if "non_remunere" in kinds:
            present = False
        elif paid:
            present, tenth = tenth > 0, tenth - (tenth > 0)
        served += Fraction(shares.get(day, 100), 100) * present
        day += ONE_DAY
    return day


def served_at(first: date, after: date, quotite: int) -> dict[date, int]:
    return {first + timedelta(days=n): quotite for n in range((after - first).days)}


@st.composite
def absences(draw: st.DrawFn, starts_on: date) -> Absences:
    kinds = st.sampled_from(["maladie", "maternite", "adoption", "paternite", "conge_annuel", "non_remunere"])
    found = []
    for _ in range(draw(st.integers(0, 5))):
        first = starts_on + timedelta(days=draw(st.integers(-30, 360)))
        found.append((first, first + timedelta(days=draw(st.integers(0, 60))), draw(kinds)))
    return found


def opened(starts_on: date, away: Iterable[tuple[date, date, str]]) -> c.Career:
    career = c.begin({"corps": "MCU-PH", "statut": "stagiaire"}, {})
    career.act(OPENED_ON, {"type": "stage.open", "case": "ST1", "starts_on": starts_on.isoformat()})
    for first, last, kind in away:
        fields = {"from": first.isoformat(), "to": last.isoformat(), "kind": kind}
        career.act(OPENED_ON, {"type": "stage.record_absence", "case": "ST1", **fields})
    return career


def part_time(career: c.Career, starts_on: date, quotite: int, months: int) -> None:
    said: dict[str, Any] = {"quotite": quotite, "starts_on": starts_on.isoformat(), "months": months}
    career.act(OPENED_ON, {"type": "part_time.request", "case": "TP1", **said})
    career.act(OPENED_ON, {"type": "part_time.give_opinion", "case": "TP1", "by": c.OPINIONS, "favourable": True})
    by = ["president_universite", "dg_chu"]
    career.act(OPENED_ON, {"type": "part_time.decide", "case": "TP1", "by": by, "outcome": "granted"})
    assert career.refused == 0


def end_in_force(career: c.Career) -> date:
    (due,) = [armed.deadline.due for armed in career.run.subject.armed.values() if armed.deadline.kind == "stage_end"]
    return due


@MORE
@given(st.data(), st.dates(OPENED_ON, date(2028, 3, 1)))
def test_the_end_of_a_stage_is_the_end_of_the_walk(data: st.DataObject, starts_on: date) -> None:
    away = data.draw(absences(starts_on))
    career = opened(starts_on, away)
    assert end_in_force(career) == walk(starts_on, away, {}, effect=False)


@MORE
@given(
    st.data(),
    st.dates(OPENED_ON, date(2028, 3, 1)),
    st.integers(-200, 400),
    st.sampled_from([50, 60, 70, 80, 90]),
    st.integers(6, 12),
)
def test_a_titularisation_takes_effect_at_the_end_of_the_walk_whatever_was_renewed(
    data: st.DataObject, starts_on: date, offset: int, quotite: int, months: int
) -> None:
    first = starts_on + timedelta(days=offset)
    assume(first >= OPENED_ON)
    away = data.draw(absences(starts_on))
    career = opened(starts_on, away)
    part_time(career, first, quotite, months)

    periods, after = 1, months_after(first, months)
    end = walk(starts_on, away, served_at(first, after, quotite), effect=False)
    assert end_in_force(career) == end
    while after < end and periods * months < 36:
        periods += 1
        after = min(months_after(first, periods * months), months_after(first, 36))
        end = walk(starts_on, away, served_at(first, after, quotite), effect=False)
    decided_on = end + timedelta(days=data.draw(st.integers(0, 40)))
    by_effect = walk(starts_on, away, served_at(first, after, quotite), effect=True)
    career.act(
        end - ONE_DAY, {"type": "stage.give_opinion", "case": "ST1", "by": ["conseil_ufr", "cme"], "favourable": True}
    )
    assert end_in_force(career) == end
    by = ["ministre_esr", "ministre_sante"]
    career.act(decided_on, {"type": "stage.decide", "case": "ST1", "by": by, "outcome": "titularise"})
    assert [event.on for event in career.events if isinstance(event, StageCompleted)] == [end]
    (titularised,) = [event for event in career.events if isinstance(event, StagiaireTitularised)]
    assert titularised.on == by_effect <= end
    assert titularised.seniority_from == max(starts_on, months_after(by_effect, -12))


@MORE
@given(c.careers())
def test_each_movement_starts_from_the_former_end(career: c.Career) -> None:
    for case in c.STAGES:
        due: date | None = None
        for event in career.events:
            if event.case != case:
                continue
            if isinstance(event, StageOpened):
                due = event.due
            elif isinstance(event, StageEndMoved):
                assert event.old_due == due
                assert event.new_due != due
                due = event.new_due
            elif isinstance(event, StageLastYearGranted):
                assert event.on == due
                due = event.new_due
            elif isinstance(event, StageCompleted):
                assert event.on == due


@MORE
@given(c.careers())
def test_seniority_counts_a_year_at_most(career: c.Career) -> None:
    opening = {event.case: event.on for event in career.events if isinstance(event, StageOpened)}
    for event in career.events:
        if isinstance(event, StagiaireTitularised):
            assert event.seniority_from == max(months_after(event.on, -12), opening[event.case])
            assert event.seniority_from < event.on


@MORE
@given(c.careers())
def test_an_end_is_never_armed_before_a_year_of_stage(career: c.Career) -> None:
    opening = {event.case: event.on for event in career.events if isinstance(event, StageOpened)}
    for event in career.events:
        if isinstance(event, DeadlineArmed) and event.deadline.kind == "stage_end":
            assert event.deadline.due >= months_after(opening[event.case], 12)
