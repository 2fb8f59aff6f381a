"""The monthly pay that is due in the state of a day: the facts of the dossier, less what the law reduces."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from domain.agents.career import Career, Pay
from domain.kernel import Context
from domain.law.choices import PART_TIME_SFT
from domain.money import euros

REDUCED = ("remuneration_universitaire", "emoluments_hospitaliers", "indemnite_residence", "primes")


def entitlements(context: Context) -> Mapping[str, Any]:
    """Amounts due for a full month, in euros; nothing when no pay is known."""
    pay = Career(context).facts.pay
    return {"pay": monthly(context, pay)} if pay is not None else {}


def monthly(context: Context, pay: Pay) -> Mapping[str, Any]:
    """Each component strictly pro rata of the quotité (28-3), the supplément familial whole."""
    rate = Decimal(Career(context).quotite(context.on)) / 100
    family_rate = rate if context.law.choice(PART_TIME_SFT) == "pro_rata" else Decimal(1)
    due = {name: amount * rate for name in REDUCED if (amount := getattr(pay, name)) is not None}
    if pay.supplement_familial is not None:
        due["supplement_familial"] = pay.supplement_familial * family_rate
    shown = ("remuneration_universitaire", "emoluments_hospitaliers", "supplement_familial")
    return {
        **{name: euros(due[name]) for name in shown if name in due},
        "monthly_retenue": euros(Decimal(0)),
        "monthly_paid": euros(sum(due.values(), Decimal(0))),
    }
