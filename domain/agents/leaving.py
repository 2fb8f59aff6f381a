"""Leaving the functions for good (article 37): the event that several procedures emit, and what it brings about."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Literal

from domain.agents.career import Career
from domain.kernel import Context, Departure, Event, Period
from domain.law import Article
from domain.law.d2021_1645 import ART_37

Kind = Literal[
    "demission",
    "retraite",
    "retraite_limite_age",
    "retraite_invalidite",
    "licenciement",
    "revocation",
    "perte_droits_civiques",
]
BASIS: Mapping[Kind, Article] = {
    "demission": ART_37.par("1°"),
    "retraite": ART_37.par("2°"),
    "retraite_limite_age": ART_37.par("2°"),
    "retraite_invalidite": ART_37.par("2°"),
    "licenciement": ART_37.par("3°"),
    "revocation": ART_37.par("4°"),
    "perte_droits_civiques": ART_37.par("5°"),
}


class CessationEffective(Event):
    """The agent has left; `on` is the first day out, `imposed` says that a sanction or insuffisance is the cause."""

    kind: Kind
    imposed: bool = False


def out_since(on: date | None) -> Iterator[Period]:
    """Out of the functions from a day on, once it has come."""
    if on is not None:
        yield Period("position", "hors_cadre", on, None)


def departure(context: Context) -> Departure | None:
    """The day on which whatever is still open in the dossier ends."""
    left = Career(context).left_on()
    return Departure(left, "cessation", (ART_37,)) if left is not None else None
