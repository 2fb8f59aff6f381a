"""Détachement : décret 2021-1645, art. 30.

Not covered: the limits of the détachement de droit commun, which are those of the enseignants-chercheurs; the reserve of
article L. 952-12 of the code de l'éducation on the filling of the post.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from domain.agents.acts import in_state, signed
from domain.agents.placement import Placement, PlacementRequested, RequestPlacement, at_most
from domain.agents.post import PostMayBeFilled, post_deadline, post_lapse
from domain.agents.reviewed import Reviewed, Words, opened, verbs
from domain.authorities import Authorities
from domain.calendar import Span
from domain.kernel import CaseCommand, Check, Context, Event, UnknownEvent, check
from domain.law.choices import DETACHEMENT_AUTHORITY, DETACHEMENT_REMINDER_MONTHS, DETACHEMENT_RENEWAL_OPINIONS
from domain.law.d2021_1645 import ART_30, DETACHEMENT_MONTHS, DETACHEMENT_RENEWALS

NAME = "detachement"
COMPANY, POST = ART_30.par(2), ART_30.par(4)
Kind = Literal["l531", "gip", "droit_commun"]
HEARD = ("conseil_ufr", "cme", "dg_chu", "directeur_ufr")
OPINIONS = {"l531": HEARD, "gip": ("conseil_ufr", "cme"), "droit_commun": ()}
MINISTERS = ("ministre_esr", "ministre_sante")


@dataclass(frozen=True)
class Detachement(Placement):
    """A détachement, and whether the ministers have authorised it (it serves for all its periods)."""

    authorised: bool = False


# -- The commands ------------------------------------------------------------------------------------


class Request(RequestPlacement):
    """Ask for a détachement."""

    type: Literal["detachement.request"] = "detachement.request"
    kind: Kind


class RecordAuthorisation(CaseCommand):
    """Record the authorisation of both ministers."""

    type: Literal["detachement.record_authorisation"] = "detachement.record_authorisation"
    by: Authorities


# -- The events --------------------------------------------------------------------------------------


class DetachementRequested(PlacementRequested):
    kind: Kind


class DetachementAuthorised(Event):
    """Both ministers have authorised it."""


# -- The rules of its own ----------------------------------------------------------------------------


def limits(context: Context, asked: Any, span: Span, _: str) -> Iterator[Check]:
    """For a company: each period two years at most."""
    if asked.kind == "l531" and span.last is not None:
        yield at_most(span.first, span.last, context.law.value(DETACHEMENT_MONTHS, span.first), COMPANY)


def renewable(context: Context, detachement: Detachement) -> Iterator[Check]:
    most = context.law.value(DETACHEMENT_RENEWALS, detachement.first)
    met = detachement.kind != "l531" or detachement.renewals < most
    yield check("renewal_limit_reached", met, COMPANY, most=most)


def documents(_: Context, detachement: Detachement) -> Iterator[Check]:
    met = detachement.kind != "l531" or detachement.authorised
    yield check("missing_ministerial_authorisation", met, COMPANY)


def opinions(context: Context, detachement: Detachement) -> tuple[str, ...]:
    renewing = detachement.status == "granted"
    if renewing and context.law.choice(DETACHEMENT_RENEWAL_OPINIONS) == "once":
        return ()
    return OPINIONS[detachement.kind]


def authority(context: Context, detachement: Detachement, _: object) -> tuple[str, ...]:
    return MINISTERS if detachement.kind == "l531" else context.law.choice(DETACHEMENT_AUTHORITY)


def rules_of_authorisation(_: Context, detachement: Detachement, command: RecordAuthorisation) -> Iterator[Check]:
    yield in_state(detachement.kind == "l531" and detachement.alive(), COMPANY)
    yield signed(command.by, MINISTERS, COMPANY)


def authorise(_: Context, __: Detachement, ___: RecordAuthorisation) -> Iterator[Event]:
    yield DetachementAuthorised(basis=COMPANY)


def evolve_own(detachement: Detachement, event: Event) -> Detachement:
    if isinstance(event, DetachementAuthorised):
        return replace(detachement, authorised=True)
    raise UnknownEvent(event.name())


PROCEDURE = Reviewed(
    name=NAME,
    article=ART_30,
    words=Words.of("Detachement", DetachementRequested, renewable=True),
    opened=lambda event: Detachement(**opened(event, event.kind)),
    opinions=opinions,
    authority=authority,
    reminder=DETACHEMENT_REMINDER_MONTHS,
    limits=limits,
    renewable=renewable,
    documents=documents,
    rules_own=rules_of_authorisation,
    decide_own=authorise,
    evolve_own=evolve_own,
    deadlines_own=lambda context, placement: post_deadline(context, placement, POST),
    lapse_own=post_lapse,
    notices=(PostMayBeFilled,),
).procedure(
    ART_30,
    commands=(Request, RecordAuthorisation, *verbs(NAME, *HEARD, renewable=True)),
    events=(DetachementAuthorised,),
)
