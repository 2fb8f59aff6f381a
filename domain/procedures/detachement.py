"""Détachement : décret 2021-1645, art. 30.

Not covered: the limits of the détachement de droit commun, which are those of the enseignants-chercheurs; the reserve of
article L. 952-12 of the code de l'éducation on the filling of the post.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

from domain.agents.acts import in_state, signed
from domain.agents.placement import (
    DecidePlacement,
    EndPlacementEarly,
    OpinionOnPlacement,
    Placement,
    PlacementEnded,
    PlacementGranted,
    PlacementOpinionGiven,
    PlacementRefused,
    PlacementRenewalRequested,
    PlacementRenewed,
    PlacementRequested,
    PlacementWithdrawn,
    RenewPlacement,
    RequestPlacement,
    WithdrawPlacement,
    at_most,
)
from domain.agents.post import PostMayBeFilled, post_deadline, post_lapse
from domain.agents.reviewed import Reviewed, Words, opened
from domain.authorities import Authorities, OneOrMany
from domain.calendar import Span
from domain.kernel import CaseCommand, Check, Context, Event, UnknownEvent, check
from domain.law.choices import DETACHEMENT_AUTHORITY, DETACHEMENT_REMINDER_MONTHS, DETACHEMENT_RENEWAL_OPINIONS
from domain.law.d2021_1645 import ART_30, DETACHEMENT_MONTHS, DETACHEMENT_RENEWALS

NAME = "detachement"
COMPANY, POST = ART_30.par(2), ART_30.par(4)
Kind = Literal["l531", "gip", "droit_commun"]
Consulted = Literal["conseil_ufr", "cme", "dg_chu", "directeur_ufr"]
OPINIONS = {
    "l531": ("conseil_ufr", "cme", "dg_chu", "directeur_ufr"),
    "gip": ("conseil_ufr", "cme"),
    "droit_commun": (),
}
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


class GiveOpinion(OpinionOnPlacement):
    """Give an opinion on what is pending."""

    type: Literal["detachement.give_opinion"] = "detachement.give_opinion"
    by: Annotated[tuple[Consulted, ...], OneOrMany]


class Decide(DecidePlacement):
    """Decide on what is pending."""

    type: Literal["detachement.decide"] = "detachement.decide"


class Renew(RenewPlacement):
    """Ask for a further period."""

    type: Literal["detachement.renew"] = "detachement.renew"


class EndEarly(EndPlacementEarly):
    """End it before its term."""

    type: Literal["detachement.end_early"] = "detachement.end_early"


class Withdraw(WithdrawPlacement):
    """Withdraw it before its first day."""

    type: Literal["detachement.withdraw"] = "detachement.withdraw"


class RecordAuthorisation(CaseCommand):
    """Record the authorisation of both ministers."""

    type: Literal["detachement.record_authorisation"] = "detachement.record_authorisation"
    by: Authorities


# -- The events --------------------------------------------------------------------------------------


class DetachementRequested(PlacementRequested):
    kind: Kind


class DetachementOpinionGiven(PlacementOpinionGiven):
    """An opinion is given."""


class DetachementRenewalRequested(PlacementRenewalRequested):
    """A further period is asked."""


class DetachementRenewed(PlacementRenewed):
    """A further period is pronounced."""


class DetachementGranted(PlacementGranted):
    """The détachement is pronounced."""


class DetachementRefused(PlacementRefused):
    """The détachement, or its renewal, is refused."""


class DetachementWithdrawn(PlacementWithdrawn):
    """The détachement was withdrawn before its first day."""


class DetachementEnded(PlacementEnded):
    """The détachement is over."""


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


def authority(context: Context, detachement: Detachement, _: Decide) -> tuple[str, ...]:
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
    words=Words(
        DetachementRequested,
        DetachementOpinionGiven,
        DetachementGranted,
        DetachementRefused,
        DetachementWithdrawn,
        DetachementEnded,
        DetachementRenewalRequested,
        DetachementRenewed,
    ),
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
    commands=(Request, RecordAuthorisation, GiveOpinion, Decide, Renew, EndEarly, Withdraw),
    events=(DetachementAuthorised,),
)
