"""What every act of an authority is tested on: state, opinions, signatures, timing, and withdrawal."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import TypeAlias

from domain.authorities import missing_from
from domain.kernel import Check, Context
from domain.law import Article
from domain.law.choices import DECIDE_RETROACTIVE, WITHDRAW_AFTER_GRANT

Basis: TypeAlias = Article | tuple[Article, ...]
Opinions: TypeAlias = Mapping[str, bool]  # the authority, and whether its opinion is favourable


def in_state(met: bool, basis: Basis) -> Check:
    """The state of the case allows this command."""
    return Check(code="invalid_state", met=met, basis=basis)


def consulted(missing: Collection[str], basis: Basis) -> Check:
    """Every opinion that the text requires has been given, or is deemed given."""
    return Check(code="missing_opinion", met=not missing, basis=basis, expected={"missing": tuple(missing)})


def signed(by: Collection[str], required: tuple[str, ...], basis: Basis) -> Check:
    """Every authority that must sign has signed."""
    absent = missing_from(by, required)
    return Check(
        code="missing_authority",
        met=not absent,
        basis=basis,
        field="by",
        found=tuple(by),
        expected={"missing": absent},
        suggestion={} if not absent else {"by": tuple(required)},
    )


def timely(context: Context, effect: date, basis: Basis, field: str | None = None) -> Check:
    """A decision that grants comes at the latest on the day it takes effect."""
    late = context.on > effect
    return Check(
        code="retroactive_decision",
        met=not late or context.law.choice(DECIDE_RETROACTIVE) == "warn",
        basis=basis,
        field=field,
        found=context.on,
        expected={"latest": effect},
    )


def timing_warnings(context: Context, effect: date) -> tuple[str, ...]:
    """The warning an office asked for instead of a refusal."""
    return ("retroactive_decision",) if context.on > effect else ()


def may_withdraw(context: Context, granted: bool, starts_on: date) -> bool:
    """Withdrawal is possible until the eve of the first day, also after the grant unless the office says never."""
    if granted and context.law.choice(WITHDRAW_AFTER_GRANT) == "never":
        return False
    return context.on < starts_on
