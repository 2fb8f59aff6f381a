"""Months and lengths of the calendar, against a day-by-day count that knows nothing of divisions."""

from calendar import isleap
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from domain.calendar import Length, Span, add_months, civil_year, eve, next_day, split

LENGTHS = {1: 31, 3: 31, 4: 30, 5: 31, 6: 30, 7: 31, 8: 31, 9: 30, 10: 31, 11: 30, 12: 31}
FIRST, LAST = date(2024, 1, 1), date(2027, 12, 31)  # four years, one of them leap


def every_day() -> Iterator[date]:
    day = FIRST
    while day <= LAST:
        yield day
        day += timedelta(days=1)


def length_of(year: int, month: int) -> int:
    return (29 if isleap(year) else 28) if month == 2 else LENGTHS[month]


def month_by_month(day: date, months: int) -> date:
    """Step one month at a time, and only then look for the day."""
    year, month = day.year, day.month
    for _ in range(abs(months)):
        month += 1 if months > 0 else -1
        if month in (0, 13):
            year, month = (year - 1, 12) if month == 0 else (year + 1, 1)
    return date(year, month, min(day.day, length_of(year, month)))


def test_months_are_counted_from_the_anchor_every_day_of_four_years() -> None:
    for day in every_day():
        for months in (-36, -13, -12, -2, -1, 0, 1, 2, 5, 6, 7, 11, 12, 13, 24, 36, 48, 96):
            assert add_months(day, months) == month_by_month(day, months), (day, months)


def test_months_are_not_chained() -> None:
    assert add_months(date(2025, 8, 31), 6) == date(2026, 2, 28)
    assert add_months(date(2025, 8, 31), 12) == date(2026, 8, 31)
    assert add_months(date(2028, 2, 29), 12) == date(2029, 2, 28)
    assert add_months(date(2028, 2, 29), 48) == date(2032, 2, 29)


def slow_split(first: date, last: date) -> Length:
    """The most months whose anniversary is not after the end, then the days left, one by one."""
    end, months = last + timedelta(days=1), 0
    while month_by_month(first, months + 1) <= end:
        months += 1
    day, days = month_by_month(first, months), 0
    while day < end:
        day, days = day + timedelta(days=1), days + 1
    return Length(months, days)


def test_a_period_is_split_in_months_then_days_every_day_of_four_years() -> None:
    for first in every_day():
        for days in (0, 1, 27, 28, 29, 30, 31, 58, 59, 60, 90, 181, 190, 364, 365, 366, 730):
            last = first + timedelta(days=days)
            assert split(first, last) == slow_split(first, last), (first, last)


def test_every_period_of_a_winter_over_a_leap_day_is_split() -> None:
    first = date(2027, 12, 29)
    while first <= date(2028, 3, 2):
        last = first
        while last <= date(2028, 4, 2):
            assert split(first, last) == slow_split(first, last), (first, last)
            last += timedelta(days=1)
        first += timedelta(days=1)


def test_a_length_begun_on_the_first_day_ends_where_it_was_split() -> None:
    for first in every_day():
        for days in (0, 30, 59, 190, 365):
            last = first + timedelta(days=days)
            assert split(first, last).after(first) == last + timedelta(days=1)


@pytest.mark.parametrize(
    ("first", "last", "length"),
    [
        (date(2025, 1, 1), date(2025, 7, 10), Length(6, 10)),
        (date(2025, 1, 31), date(2025, 2, 27), Length(1, 0)),
        (date(2025, 1, 31), date(2025, 2, 26), Length(0, 27)),
        (date(2028, 2, 29), date(2029, 2, 27), Length(12, 0)),
        (date(2025, 1, 1), date(2025, 1, 1), Length(0, 1)),
    ],
)
def test_lengths_of_the_spec(first: date, last: date, length: Length) -> None:
    assert split(first, last) == length


def test_the_eve_and_the_next_day() -> None:
    assert eve(date(2028, 3, 1)) == date(2028, 2, 29)
    assert next_day(date(2026, 12, 31)) == date(2027, 1, 1)


JUNE = Span(date(2025, 6, 1), date(2025, 6, 30))


@pytest.mark.parametrize(
    ("first", "last", "common"),
    [
        (date(2025, 5, 1), date(2025, 5, 31), None),
        (date(2025, 5, 1), date(2025, 6, 1), Span(date(2025, 6, 1), date(2025, 6, 1))),
        (date(2025, 6, 30), None, Span(date(2025, 6, 30), date(2025, 6, 30))),
        (date(2025, 7, 1), None, None),
        (date(2025, 1, 1), None, JUNE),
        (date(2025, 6, 10), date(2025, 6, 20), Span(date(2025, 6, 10), date(2025, 6, 20))),
    ],
)
def test_two_spans_share_the_days_they_have_in_common(first: date, last: date | None, common: Span | None) -> None:
    other = Span(first, last)
    assert other.within(JUNE) == JUNE.within(other) == common
    assert other.meets(JUNE) == JUNE.meets(other) == (common is not None)


def test_a_span_covers_both_its_days() -> None:
    assert [JUNE.covers(day) for day in (date(2025, 5, 31), date(2025, 6, 1), date(2025, 6, 30), date(2025, 7, 1))] == [
        False,
        True,
        True,
        False,
    ]
    assert len(list(civil_year(2028).days())) == 366


def test_a_span_without_end_has_no_last_day_to_list() -> None:
    with pytest.raises(ValueError, match="no end"):
        list(Span(date(2025, 1, 1), None).days())
