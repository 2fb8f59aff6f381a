"""What every act of an authority is tested on: state, opinions, signatures, timing, and withdrawal."""

from collections.abc import Collection
from datetime import date
from typing import TypeAlias

from domain.agents.career import Career
from domain.authorities import missing_from
from domain.calendar import Span, add_months, next_day
from domain.kernel import Check, Context, check
from domain.law import Article
from domain.law.choices import DECIDE_RETROACTIVE, TIME_LIMIT_LAST_DAY_INCLUDED, WITHDRAW_AFTER_GRANT

Basis: TypeAlias = Article | tuple[Article, ...]


def in_state(met: bool, basis: Basis) -> Check:
    """The state of the case allows this command."""
    return check("invalid_state", met, basis)


def consulted(missing: Collection[str], basis: Basis) -> Check:
    """Every opinion that the text requires has been given, or is deemed given."""
    return check("missing_opinion", not missing, basis, missing=tuple(missing))


def signed(by: Collection[str], required: tuple[str, ...], basis: Basis) -> Check:
    """Every authority that must sign has signed."""
    absent = missing_from(by, required)
    suggest = {"by": required}
    return check("missing_authority", not absent, basis, field="by", found=tuple(by), suggest=suggest, missing=absent)


def timely(context: Context, effect: date, basis: Basis) -> Check:
    """A decision that grants comes at the latest on the day it takes effect."""
    met = context.on <= effect or context.law.choice(DECIDE_RETROACTIVE) == "warn"
    return check("retroactive_decision", met, basis, found=context.on, latest=effect)


def timing_warnings(context: Context, effect: date) -> tuple[str, ...]:
    """The warning an office asked for instead of a refusal."""
    return ("retroactive_decision",) if context.on > effect else ()


def in_activity(context: Context, span: Span, basis: Basis, procedure: str | None = None) -> Check:
    """A position starts from activité, not under suspension, and meets no other granted position.

    `procedure` names the one whose own cases are left to its overlap codes.
    """
    career = Career(context)
    own = {case.ref for case in context.cases(procedure)} if procedure else set()
    held = [p.value for p in career.positions if p.case not in own and p.span.meets(span)]
    held += ["suspension"] if career.suspended(span.first) else []
    position = held[0] if held else "activite"
    return check("position_incompatible", not held, basis, field="starts_on", found=span.first, position=position)


def first_late_day(context: Context, since: date, months: int) -> date:
    """The first day on which a time limit of so many months given to a person is over.

    The anniversary day is late already, unless the office counts it as still in time.
    """
    anniversary = add_months(since, months)
    return next_day(anniversary) if context.law.choice(TIME_LIMIT_LAST_DAY_INCLUDED) else anniversary


def may_withdraw(context: Context, granted: bool, starts_on: date) -> bool:
    """Withdrawal is possible until the eve of the first day, also after the grant unless the office says never."""
    if granted and context.law.choice(WITHDRAW_AFTER_GRANT) == "never":
        return False
    return context.on < starts_on
