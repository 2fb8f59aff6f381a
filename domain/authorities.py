"""Who may sign and who gives an opinion: the authority codes, and how a command names them."""

from collections.abc import Collection, Iterable
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator

Authority = Literal[
    "president_universite",
    "dg_chu",
    "directeur_ufr",
    "conseil_ufr",
    "cme",
    "president_cme",
    "chef_pole",
    "chef_service",
    "responsable_structure",
    "cng",
    "ministre_esr",
    "ministre_sante",
    "comite_medical",
    "conseil_medical",
    "medecin_prevention",
    "cnu",
    "juridiction_disciplinaire",
    "directeur_etablissement",
    "president_republique",
    "jury",
    "ars",
    "etablissement",
    "agent",
]
AUTHORITIES: frozenset[str] = frozenset(get_args(Authority))
MINISTERS = ("ministre_esr", "ministre_sante")


def _one_or_many(value: object) -> object:
    """`by` is one code or a list of codes; either is read as a tuple without repetition."""
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list | tuple):
        if not value:
            raise ValueError("au moins une autorité est attendue")
        if all(isinstance(code, str) for code in value):
            return tuple(dict.fromkeys(value))
    return value


OneOrMany: Any = BeforeValidator(_one_or_many)
Authorities = Annotated[tuple[Authority, ...], OneOrMany]


def missing_from(signed: Iterable[str], required: Collection[str]) -> tuple[str, ...]:
    """The required authorities that have not signed, in the order in which they are required."""
    present = set(signed)
    return tuple(code for code in required if code not in present)
