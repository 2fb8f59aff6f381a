"""Euros: exact decimals, rounded half-up once, at the end."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainSerializer

CENT = Decimal("0.01")


def to_the_cent(amount: Decimal) -> Decimal:
    """The amount rounded half-up to the cent."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def euros(amount: Decimal) -> str:
    """The amount rounded half-up to the cent, as a decimal string with two digits."""
    return str(to_the_cent(amount))


def _read(value: object) -> object:
    """Money is given as a decimal string; a binary float would already have lost cents."""
    if not isinstance(value, str | Decimal):
        raise ValueError('un montant en euros est attendu, entre guillemets : "1234.50"')
    return value


Euros = Annotated[Decimal, BeforeValidator(_read), PlainSerializer(euros, return_type=str)]
Share = Annotated[Decimal, BeforeValidator(_read), Field(ge=0), PlainSerializer(str, return_type=str)]
