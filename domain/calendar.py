"""Civil dates of the law: months counted from an anchor, lengths of periods, spans of days."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, timedelta
from typing import NamedTuple

ONE_DAY = timedelta(days=1)


def add_months(day: date, months: int) -> date:
    """The same day `months` later, or the last day of that month when it has no such day.

    Always computed from the anchor, never chained: 31 August and six months is 28 February,
    31 August and twelve months is 31 August again.
    """
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not MINYEAR <= year <= MAXYEAR:
        raise OverflowError(f"{day} + {months} mois sort du calendrier")  # as adding days does
    return date(year, month0 + 1, min(day.day, monthrange(year, month0 + 1)[1]))


def eve(day: date) -> date:
    """The day before."""
    return day - ONE_DAY


def next_day(day: date) -> date:
    """The day after."""
    return day + ONE_DAY


class Length(NamedTuple):
    """A length of time as whole months, then days."""

    months: int
    days: int

    def after(self, day: date) -> date:
        """The first day once this length, begun on `day`, has run: months first, then days."""
        return add_months(day, self.months) + timedelta(days=self.days)


def split(first: date, last: date) -> Length:
    """The length of the inclusive period `first` to `last`: most whole months, then days."""
    end = next_day(last)
    months = (end.year - first.year) * 12 + end.month - first.month
    if add_months(first, months) > end:
        months -= 1
    return Length(months, (end - add_months(first, months)).days)


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `first` to `last`, both included; `last` None means no known end."""

    first: date
    last: date | None

    def covers(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)

    def meets(self, other: "Span") -> bool:
        """Whether the two spans share at least one day."""
        return (self.last is None or other.first <= self.last) and (other.last is None or self.first <= other.last)

    def within(self, outer: "Span") -> "Span | None":
        """The part of this span that lies inside `outer`, or None."""
        if not self.meets(outer):
            return None
        lasts = [last for last in (self.last, outer.last) if last is not None]
        return Span(max(self.first, outer.first), min(lasts) if lasts else None)

    def days(self) -> Iterator[date]:
        """Each day of a span whose end is known."""
        if self.last is None:
            raise ValueError(f"span from {self.first} has no end")
        day = self.first
        while day <= self.last:
            yield day
            day += ONE_DAY


def civil_year(year: int) -> Span:
    """1 January to 31 December."""
    return Span(date(year, 1, 1), date(year, 12, 31))
