"""The monthly pay that is due in the state of a day: the facts of the dossier, less what the law reduces.

The lanes of the timeline say what reduces it: the position, what stays paid in délégation, the quotité, the retenue of
a suspension, the deprivation of an exclusion.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from domain.agents.career import Career, Pay
from domain.calendar import Span, add_months, eve, next_day, split
from domain.kernel import Context
from domain.law.choices import EXCLUSION_SFT, PART_TIME_SFT, PAY_PART_MONTH
from domain.money import euros

UNIVERSITY, HOSPITAL, FAMILY = "remuneration_universitaire", "emoluments_hospitaliers", "supplement_familial"
REDUCED = (UNIVERSITY, HOSPITAL, "indemnite_residence", "primes")
UNPAID = frozenset({"detachement", "disponibilite", "hors_cadre"})  # nothing from the establishment of origin
ZERO, ONE = Decimal(0), Decimal(1)


class Rates(NamedTuple):
    """The share withheld of each part of the pay, written on the lane `retenue` as `0.50/0.50`."""

    universitaire: Decimal
    hospitaliere: Decimal

    def __str__(self) -> str:
        return f"{self.universitaire}/{self.hospitaliere}"

    @classmethod
    def parse(cls, value: str) -> "Rates":
        university, _, hospital = value.partition("/")
        return cls(Decimal(university), Decimal(hospital))


NO_RETENUE = Rates(ZERO, ZERO)


def entitlements(context: Context) -> Mapping[str, Any]:
    """Amounts due for a full month, in euros; nothing when no pay is known."""
    pay = Career(context).facts.pay
    return {"pay": monthly(context, pay)} if pay is not None else {}


def monthly(context: Context, pay: Pay) -> Mapping[str, Any]:
    """What the position leaves, less the deprivation and the retenue."""
    due = after_exclusion(context, by_position(context, pay))
    rates = Rates.parse(value_on(context, "retenue") or "0/0")
    retenue = {
        UNIVERSITY: due.get(UNIVERSITY, ZERO) * rates.universitaire,
        HOSPITAL: due.get(HOSPITAL, ZERO) * rates.hospitaliere,
    }
    net = {name: amount - retenue.get(name, ZERO) for name, amount in due.items()}
    return {
        **{name: euros(net[name]) for name in (UNIVERSITY, HOSPITAL, FAMILY) if name in net},
        "monthly_retenue": euros(sum(retenue.values(), ZERO)),
        "monthly_paid": euros(sum(net.values(), ZERO)),
    }


def by_position(context: Context, pay: Pay) -> dict[str, Decimal]:
    """The pay of the position held: at the quotité served, none, or in délégation what is kept of the university pay."""
    known = {name: amount for name in (*REDUCED, FAMILY) if (amount := getattr(pay, name)) is not None}
    position = Career(context).position(context.on)
    if position in UNPAID:
        return dict.fromkeys(known, ZERO)
    if position != "delegation":
        return by_quotite(context, known)
    kept = value_on(context, "paid") or "whole"
    due = {name: amount if name in (UNIVERSITY, FAMILY) else ZERO for name, amount in known.items()}
    return due if kept == "whole" else due | {UNIVERSITY: Decimal(kept)}


def by_quotite(context: Context, due: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Each component strictly pro rata of the quotité (28-3), the supplément familial whole."""
    rate = Decimal(Career(context).quotite(context.on)) / 100
    family_rate = rate if context.law.choice(PART_TIME_SFT) == "pro_rata" else ONE
    return {name: amount * (family_rate if name == FAMILY else rate) for name, amount in due.items()}


def after_exclusion(context: Context, due: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """What an exclusion leaves, of the supplément familial as well unless the office reads otherwise."""
    excluded = Career(context).position(context.on) == "exclusion"
    left = ONE - Decimal(value_on(context, "deprivation") or 0) if excluded else ONE
    family_left = left if context.law.choice(EXCLUSION_SFT) == "reduced" else ONE
    return {name: amount * (family_left if name == FAMILY else left) for name, amount in due.items()}


def value_on(context: Context, lane: str) -> str | None:
    """The value that a lane holds on the day."""
    return next((p.value for p in context.lane(lane) if p.granted and p.span.covers(context.on)), None)


# -- Over a length of time ---------------------------------------------------------------------------


def withheld(context: Context, span: Span, rates: Rates) -> Decimal:
    """What these rates take of the university and hospital pay over a span, at the quotités served; not rounded."""
    pay = Career(context).facts.pay
    university = (pay and pay.remuneration_universitaire) or ZERO
    hospital = (pay and pay.emoluments_hospitaliers) or ZERO
    a_month = university * rates.universitaire + hospital * rates.hospitaliere
    return sum((in_months(context, part, a_month * quotite / 100) for part, quotite in stretches(context, span)), ZERO)


def in_months(context: Context, span: Span, monthly_amount: Decimal) -> Decimal:
    """A monthly amount over a span: whole months, then the days left in thirtieths, or of their calendar month."""
    assert span.last is not None
    months, days = split(span.first, span.last)
    month = 30
    if context.law.choice(PAY_PART_MONTH) == "calendar":
        month = (add_months(span.first, months + 1) - add_months(span.first, months)).days
    return monthly_amount * (months * month + days) / month


def stretches(context: Context, span: Span) -> Iterator[tuple[Span, int]]:
    """A span cut where the quotité changes, each part with its own."""
    assert span.last is not None
    career = Career(context)
    ends = (day for p in career.quotites for day in (p.first, p.last and next_day(p.last)))
    cuts = sorted({day for day in ends if day is not None and span.first < day <= span.last})
    for first, following in zip((span.first, *cuts), (*cuts, next_day(span.last)), strict=True):
        yield Span(first, eve(following)), career.quotite(first)
