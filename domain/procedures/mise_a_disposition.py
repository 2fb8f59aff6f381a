"""Mise à disposition : décret 2021-1645, art. 31, et art. 12 (exercice dans un établissement lié).

Not covered: the conditions of the enseignants-chercheurs and of L. 512-8 CGFP, which are not in the sources.
"""

from collections.abc import Iterator
from typing import Any, Literal

from pydantic import StrictBool

from domain.agents.career import Career
from domain.agents.placement import Placement, PlacementRequested, RequestPlacement, at_most
from domain.agents.reviewed import Reviewed, Words, first_category, opened, verbs
from domain.calendar import Span
from domain.kernel import Check, Context, Text, check
from domain.law.choices import MAD_AUTHORITY, MAD_MAX_MONTHS, MAD_REMINDER_MONTHS
from domain.law.d2021_1645 import ART_12, ART_31

NAME = "mise_a_disposition"
OPINIONS = ("conseil_ufr", "cme")


# -- The commands ------------------------------------------------------------------------------------


class Request(RequestPlacement):
    """Ask for a mise à disposition."""

    type: Literal["mise_a_disposition.request"] = "mise_a_disposition.request"
    host: Text
    gip: StrictBool = False
    ground: Literal["art12"] | None = None


# -- The events --------------------------------------------------------------------------------------


class MiseADispositionRequested(PlacementRequested):
    host: str
    gip: bool
    ground: Literal["art12"] | None


# -- The rules of its own ----------------------------------------------------------------------------


def eligible(context: Context, asked: Request) -> Check:
    """Category 1 (art. 31); the three categories in a linked establishment (art. 12)."""
    if asked.ground is None:
        return first_category(context, asked, ART_31)
    career = Career(context)
    met = career.corps(asked.starts_on) is None or career.category(asked.starts_on) is not None
    return check("not_eligible", met, ART_12, corps=career.corps(asked.starts_on))


def limits(context: Context, _: Any, span: Span, __: str) -> Iterator[Check]:
    """No maximum in the decree; the office may have set one."""
    months = context.law.choice(MAD_MAX_MONTHS)
    if months is not None and span.last is not None:
        yield at_most(span.first, span.last, months, ART_31)


PROCEDURE = Reviewed(
    name=NAME,
    article=ART_31,
    words=Words.of("MiseADisposition", MiseADispositionRequested),
    opened=lambda event: Placement(**opened(event, event.ground or "")),
    opinions=lambda *_: OPINIONS,
    authority=lambda context, *_: context.law.choice(MAD_AUTHORITY),
    reminder=MAD_REMINDER_MONTHS,
    lane=NAME,  # the position stays activité
    eligible=eligible,
    limits=limits,
).procedure(ART_31, ART_12, commands=(Request, *verbs(NAME, *OPINIONS)))
