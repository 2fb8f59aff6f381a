"""Maintien en activité au-delà de la limite d'âge : décret 2021-1645, art. 37-1.

Not covered: the ages and the longest duration, which are in L. 556-1 CGFP and not in the sources.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import StrictBool

from domain.agents.placement import DecidePlacement, Placement, PlacementRequested, RequestPlacement, at_most
from domain.agents.reviewed import Reviewed, Words, opened, verbs
from domain.calendar import Span
from domain.kernel import Check, Context
from domain.law.choices import MAINTIEN_MAX_MONTHS, MAINTIEN_RADIATION_AUTHORITY, MAINTIEN_REMINDER_MONTHS
from domain.law.d2021_1645 import ART_37_1, MAINTIEN

NAME = "maintien_activite"
OPINIONS = ("directeur_ufr", "chef_service", "chef_pole")
AUTHORITY = ("president_universite", "dg_chu", "president_cme")


@dataclass(frozen=True)
class Maintien(Placement):
    """A maintien, and whether the radiation des cadres stands in the same act."""

    radiation_same_act: bool = False


# -- The commands ------------------------------------------------------------------------------------


class Request(RequestPlacement):
    """Ask to stay in activity beyond the age limit."""

    type: Literal["maintien_activite.request"] = "maintien_activite.request"
    radiation_same_act: StrictBool = False


class Decide(DecidePlacement):
    """Decide on what is pending; the radiation des cadres may stand in the same act."""

    type: Literal["maintien_activite.decide"] = "maintien_activite.decide"
    radiation_same_act: StrictBool = False


# -- The events --------------------------------------------------------------------------------------


class MaintienActiviteRequested(PlacementRequested):
    radiation_same_act: bool


# -- The rules of its own ----------------------------------------------------------------------------


def limits(context: Context, _: Any, span: Span, __: str) -> Iterator[Check]:
    """The longest duration, when the office has set it."""
    months = context.law.choice(MAINTIEN_MAX_MONTHS)
    if months is not None and span.last is not None:
        yield at_most(span.first, span.last, months, ART_37_1)


def authority(context: Context, maintien: Maintien, decision: Decide) -> tuple[str, ...]:
    """The three local authorities, save when the same act strikes the agent off (37-1, last words)."""
    struck_off = maintien.radiation_same_act or decision.radiation_same_act
    return context.law.choice(MAINTIEN_RADIATION_AUTHORITY) if struck_off else AUTHORITY


PROCEDURE = Reviewed(
    name=NAME,
    article=ART_37_1,
    words=Words.of("MaintienActivite", MaintienActiviteRequested),
    opened=lambda event: Maintien(**opened(event), radiation_same_act=event.radiation_same_act),
    opinions=lambda *_: OPINIONS,
    authority=authority,
    reminder=MAINTIEN_REMINDER_MONTHS,
    lane=NAME,  # the position stays activité
    in_force=MAINTIEN,
    limits=limits,
).procedure(ART_37_1, commands=(Request, *verbs(NAME, *OPINIONS, decide=Decide)))
