"""Maintien en activité au-delà de la limite d'âge : décret 2021-1645, art. 37-1.

Not covered: the ages and the longest duration, which are in L. 556-1 CGFP and not in the sources.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import StrictBool

from domain.agents.placement import (
    DecidePlacement,
    EndPlacementEarly,
    OpinionOnPlacement,
    Placement,
    PlacementEnded,
    PlacementGranted,
    PlacementOpinionGiven,
    PlacementRefused,
    PlacementRequested,
    PlacementWithdrawn,
    RequestPlacement,
    WithdrawPlacement,
    at_most,
)
from domain.agents.reviewed import Reviewed, Words, opened
from domain.authorities import OneOrMany
from domain.calendar import Span
from domain.kernel import Check, Context
from domain.law.choices import MAINTIEN_MAX_MONTHS, MAINTIEN_RADIATION_AUTHORITY, MAINTIEN_REMINDER_MONTHS
from domain.law.d2021_1645 import ART_37_1, MAINTIEN

NAME = "maintien_activite"
Consulted = Literal["directeur_ufr", "chef_service", "chef_pole"]
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


class GiveOpinion(OpinionOnPlacement):
    """Give an opinion on what is pending."""

    type: Literal["maintien_activite.give_opinion"] = "maintien_activite.give_opinion"
    by: Annotated[tuple[Consulted, ...], OneOrMany]


class Decide(DecidePlacement):
    """Decide on what is pending; the radiation des cadres may stand in the same act."""

    type: Literal["maintien_activite.decide"] = "maintien_activite.decide"
    radiation_same_act: StrictBool = False


class EndEarly(EndPlacementEarly):
    """End it before its term."""

    type: Literal["maintien_activite.end_early"] = "maintien_activite.end_early"


class Withdraw(WithdrawPlacement):
    """Withdraw it before its first day."""

    type: Literal["maintien_activite.withdraw"] = "maintien_activite.withdraw"


# -- The events --------------------------------------------------------------------------------------


class MaintienActiviteRequested(PlacementRequested):
    radiation_same_act: bool


class MaintienActiviteOpinionGiven(PlacementOpinionGiven):
    """An opinion is given."""


class MaintienActiviteGranted(PlacementGranted):
    """The maintien en activité is pronounced."""


class MaintienActiviteRefused(PlacementRefused):
    """The maintien en activité, or its renewal, is refused."""


class MaintienActiviteWithdrawn(PlacementWithdrawn):
    """The maintien en activité was withdrawn before its first day."""


class MaintienActiviteEnded(PlacementEnded):
    """The maintien en activité is over."""


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
    words=Words(
        MaintienActiviteRequested,
        MaintienActiviteOpinionGiven,
        MaintienActiviteGranted,
        MaintienActiviteRefused,
        MaintienActiviteWithdrawn,
        MaintienActiviteEnded,
    ),
    opened=lambda event: Maintien(**opened(event), radiation_same_act=event.radiation_same_act),
    opinions=lambda *_: OPINIONS,
    authority=authority,
    reminder=MAINTIEN_REMINDER_MONTHS,
    lane=NAME,  # the position stays activité
    in_force=MAINTIEN,
    limits=limits,
).procedure(ART_37_1, commands=(Request, GiveOpinion, Decide, EndEarly, Withdraw))
