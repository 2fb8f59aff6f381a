"""Disponibilité : décret 2021-1645, art. 32.

Not covered: the limits of the other kinds of disponibilité, which are those of the enseignants-chercheurs.
"""

from collections.abc import Iterator
from typing import Any, Literal

from domain.agents.career import Career
from domain.agents.placement import Placement, PlacementRequested, RequestPlacement, at_most
from domain.agents.post import PostMayBeFilled, post_deadline, post_lapse
from domain.agents.reviewed import Reviewed, Words, opened, verbs
from domain.calendar import Span, eve, next_day
from domain.kernel import Check, Context, check
from domain.law.choices import DISPONIBILITE_AGAIN, DISPONIBILITE_REMINDER_MONTHS
from domain.law.d2021_1645 import ART_32, CONVENANCES_MONTHS

NAME = "disponibilite"
CONVENANCES = ART_32.par("2°")
Kind = Literal["convenances_personnelles", "autre"]
OPINIONS = ("directeur_ufr", "chef_pole", "chef_service", "president_cme", "dg_chu")
AUTHORITY = ("president_universite", "cng")


# -- The commands ------------------------------------------------------------------------------------


class Request(RequestPlacement):
    """Ask for a disponibilité."""

    type: Literal["disponibilite.request"] = "disponibilite.request"
    kind: Kind


# -- The events --------------------------------------------------------------------------------------


class DisponibiliteRequested(PlacementRequested):
    kind: Kind


# -- The rules of its own ----------------------------------------------------------------------------


def limits(context: Context, asked: Any, span: Span, case: str) -> Iterator[Check]:
    """Pour convenances personnelles: two years at most, and not again without a return to duty."""
    if asked.kind == "convenances_personnelles" and span.last is not None:
        yield check("not_renewable", not follows_another(context, span, case), CONVENANCES, field="starts_on")
        months = context.law.value(CONVENANCES_MONTHS, span.first)
        yield at_most(span.first, span.last, months, CONVENANCES)


def follows_another(context: Context, span: Span, case: str) -> bool:
    """Whether a former disponibilité pour convenances came without a day of duty between, as the office reads it."""
    reading = context.law.choice(DISPONIBILITE_AGAIN)
    others = (one for one in context.cases(NAME) if one.ref != case and one.state.kind == "convenances_personnelles")
    former = [one.state for one in others if one.state.granted and one.state.last < span.first]
    if reading == "always" or not former:
        return False
    last = max(one.last for one in former)
    career = Career(context)
    return reading == "never" or all(
        career.position(day) != "activite" for day in Span(next_day(last), eve(span.first)).days()
    )


def renewable(_: Context, disponibilite: Placement) -> Iterator[Check]:
    met = disponibilite.kind != "convenances_personnelles"
    yield check("not_renewable", met, CONVENANCES, field="ends_on")


PROCEDURE = Reviewed(
    name=NAME,
    article=ART_32,
    words=Words.of("Disponibilite", DisponibiliteRequested, renewable=True),
    opened=lambda event: Placement(**opened(event, event.kind)),
    opinions=lambda *_: OPINIONS,
    authority=lambda *_: AUTHORITY,
    reminder=DISPONIBILITE_REMINDER_MONTHS,
    limits=limits,
    renewable=renewable,
    deadlines_own=lambda context, placement: post_deadline(context, placement, ART_32.par("1°")),
    lapse_own=post_lapse,
    notices=(PostMayBeFilled,),
).procedure(ART_32, commands=(Request, *verbs(NAME, *OPINIONS, renewable=True)))
