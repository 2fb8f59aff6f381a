"""What the share of time served entitles to: weekly service, pay rate, annual leave."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from domain.agents.career import Career
from domain.calendar import Span, civil_year
from domain.kernel import Context
from domain.law.d2021_1645 import FULL_TIME_LEAVE_HALF_DAYS, PART_TIME_LEAVE_HALF_DAYS, SERVICE_HALF_DAYS


def entitlements(context: Context) -> Mapping[str, Any]:
    """The quotité of the day, what it is worth, and the annual leave of each year that a part time touches."""
    quotite = Career(context).quotite(context.on)
    week = context.law.value(SERVICE_HALF_DAYS, context.on)
    return {
        "part_time": {
            "quotite": quotite,
            "pay_rate": str(Decimal(quotite).scaleb(-2).quantize(Decimal("0.01"))),
            "weekly_half_days": plain(Decimal(week * quotite) / 100),
            "annual_leave_half_days": {str(year): annual_leave(context, year) for year in years(context)},
        }
    }


def years(context: Context) -> list[int]:
    """The year asked about, and those in which some part time is authorised."""
    served = [year for p in Career(context).quotites if p.last for year in range(p.first.year, p.last.year + 1)]
    return sorted({context.on.year, *served})


def annual_leave(context: Context, year: int) -> int:
    """Half-days of leave of a civil year: each day at the leave of its quotité, half-up at the end (28-4.II)."""
    whole = civil_year(year)
    assert whole.last is not None
    total_days = (whole.last - whole.first).days + 1
    full = context.law.value(FULL_TIME_LEAVE_HALF_DAYS, whole.first)
    leave = Decimal(full * total_days)
    for period in Career(context).quotites:
        part = period.span.within(whole)
        if part is not None and part.last is not None:
            days = (part.last - part.first).days + 1
            leave += days * (leave_of(context, int(period.value), part) - full)
    return int((leave / total_days).quantize(Decimal(1), ROUND_HALF_UP))


def leave_of(context: Context, quotite: int, part: Span) -> int:
    """The leave of a whole year at a quotité, by the whole half-days of a week: its own, or those the decision fixed."""
    fixed = next((int(p.value) for p in context.lane("week") if p.span.covers(part.first)), None)
    week = context.law.value(SERVICE_HALF_DAYS, part.first) * quotite // 100 if fixed is None else fixed
    return context.law.value(PART_TIME_LEAVE_HALF_DAYS, part.first)[week]


def plain(number: Decimal) -> str:
    """A decimal without trailing zeros, never in scientific form."""
    return f"{number.normalize():f}"
