"""What holds of any part time, whatever an office does and in whatever order."""

from calendar import isleap
from datetime import date, timedelta
from itertools import pairwise

import careers as c
from hypothesis import given, settings

from domain.kernel import Event
from domain.procedures.part_time import (
    PartTimeEnded,
    PartTimeGranted,
    PartTimeLapsed,
    PartTimeRenewedExpressly,
    PartTimeRenewedTacitly,
)

MORE = settings(max_examples=2 * settings().max_examples)
OPENING = PartTimeGranted | PartTimeRenewedExpressly
ONE_DAY = timedelta(days=1)


def three_years_after(day: date) -> date:
    year = day.year + 3
    return date(year, 2, 28) if (day.month, day.day) == (2, 29) and not isleap(year) else day.replace(year=year)


def of_case(career: c.Career, case: str) -> list[Event]:
    return [event for event in career.events if event.case == case]


@MORE
@given(c.careers())
def test_any_career_keeps_the_laws_of_the_register(career: c.Career) -> None:
    last = career.run.steps[-1].on if career.run.steps else c.FIRST_DAY
    c.every_event_names_an_article_that_is_known(career)
    c.no_deadline_falls_twice(career)
    c.a_deadline_falls_on_its_day(career)
    c.every_copy_is_the_fold_of_its_prefix(career)
    c.nothing_due_is_left_unfallen(career, last)
    c.armed_deadlines_are_those_that_the_cases_call_for(career, last)


@MORE
@given(c.careers(stage=False))
def test_nobody_stays_at_part_time_beyond_three_years_without_an_express_renewal(career: c.Career) -> None:
    for case in c.PART_TIMES:
        opened = [event.on for event in of_case(career, case) if isinstance(event, OPENING)]
        for period in career.context(c.FIRST_DAY).lane("quotite"):
            if period.case == case and period.granted:
                assert period.last is not None
                anchor = max(day for day in opened if day <= period.first)
                assert period.last < three_years_after(anchor)


@MORE
@given(c.careers(stage=False, positions=False))
def test_each_period_begins_the_day_after_the_former(career: c.Career) -> None:
    following = PartTimeRenewedTacitly | PartTimeRenewedExpressly | PartTimeLapsed
    for case in c.PART_TIMES:
        events = [event for event in of_case(career, case) if isinstance(event, OPENING | following)]
        for former, event in pairwise(events):
            assert not isinstance(former, PartTimeLapsed)
            assert isinstance(former, OPENING | PartTimeRenewedTacitly)
            assert event.on == former.ends_on + ONE_DAY
        for end in of_case(career, case):
            if isinstance(end, PartTimeEnded) and end.cause in ("opposed", "nomination_term"):
                last = [one for one in events if one.on < end.on][-1]
                assert isinstance(last, OPENING | PartTimeRenewedTacitly)
                assert end.on == last.ends_on + ONE_DAY


@MORE
@given(c.careers(stage=False))
def test_service_is_full_time_on_the_day_of_an_end(career: c.Career) -> None:
    for event in career.events:
        if isinstance(event, PartTimeEnded | PartTimeLapsed):
            others = [
                period
                for period in career.context(event.on).lane("quotite")
                if period.case != event.case and period.granted and period.span.covers(event.on)
            ]
            assert others or career.quotite(event.on) == 100


@MORE
@given(c.careers(stage=False))
def test_a_part_time_ends_once(career: c.Career) -> None:
    for case in c.PART_TIMES:
        ends = [event for event in of_case(career, case) if isinstance(event, PartTimeEnded | PartTimeLapsed)]
        early = [
            event
            for event in ends
            if isinstance(event, PartTimeEnded) and event.cause in ("position_change", "cessation")
        ]
        assert len(ends) - len(early) <= 1
        assert len(ends) <= 2


@MORE
@given(c.careers(stage=False))
def test_no_day_bears_two_part_times(career: c.Career) -> None:
    periods = [period for period in career.context(c.FIRST_DAY).lane("quotite") if period.granted]
    for one, other in pairwise(periods):
        assert one.last is not None
        assert one.last < other.first


@MORE
@given(c.careers(stage=False))
def test_the_rights_of_any_day_can_be_read(career: c.Career) -> None:
    for days in range(0, 2600, 97):
        rights = career.run.entitlements(c.FIRST_DAY + timedelta(days=days))["part_time"]
        assert rights["quotite"] in (50, 60, 70, 80, 90, 100)
        assert all(25 <= leave <= 50 for leave in rights["annual_leave_half_days"].values())
