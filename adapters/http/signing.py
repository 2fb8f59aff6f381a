"""Decisions signed by several authorities: a draft until the last one signs, then one act of the register."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from adapters import words
from adapters.http import forms, views
from adapters.http.acts import Act, Place, Refused, act_form, civil_or, placed, record, unreadable_entry, version_of
from adapters.http.forecast import forecast
from adapters.http.identities import Identity
from adapters.http.office import Office
from adapters.http.possible import waits
from adapters.http.problems import Problem
from adapters.http.shell import page, to
from domain.kernel import Outcome, Rejection
from domain.simulation import InputError

# -- Decisions signed by several authorities -----------------------------------------------------------


async def sign(
    office: Office,
    request: Request,
    place: Place,
    who: Identity,
    given: Mapping[str, str],
    body: dict[str, Any],
    required: tuple[str, ...],
) -> Response:
    """Confirm, then sign; the decision is recorded, once, when the last authority signs."""
    assert place.case is not None
    authority = given.get("signataire", "")
    if authority not in required or not who.signs_for(authority):
        raise Problem("forbidden", "Cette identité ne signe pas pour cette autorité.")
    on = civil_or(given, await office.today())
    try:
        checked = await office.service.check(place.subject_id, {**body, "by": list(required)}, on)
    except InputError as error:
        return await act_form(office, request, place, given, Refused((unreadable_entry(error),)))
    blocking = [check for check in checked.checks if not check.met and not waits(check)]
    if blocking:
        refused = Refused(tuple(views.error(check) for check in blocking))
        return await act_form(office, request, place, given, refused, checked)
    if given["etape"] == "confirmer":
        return await confirm(office, request, place, given, body, required, authority, checked)
    signature = {
        authority: {"name": who.actor.name, "at": (await office.service.clock.now()).isoformat(timespec="seconds")}
    }
    draft = await office.drafts.sign(place.subject_id, place.case, place.type, _unsigned(body), signature)
    if any(code not in draft.signed for code in required):
        return to(place.back)
    whole = {**body, "by": list(required), "on": on.isoformat()}
    done = await record(office, request, Act(place.subject_id, place.command, whole, who, given, version_of(given)))
    if isinstance(done, Refused):
        fresh = await placed(office, place.subject_id, place.case, place.command)
        return await act_form(office, request, fresh, given, done)
    await office.drafts.drop(place.subject_id, place.case, place.type)
    return done


def _unsigned(body: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in ("by", "type", "case")}


async def confirm(
    office: Office,
    request: Request,
    place: Place,
    given: Mapping[str, str],
    body: dict[str, Any],
    required: tuple[str, ...],
    authority: str,
    checked: Outcome | Rejection,
) -> Response:
    assert place.case is not None
    fields = forms.fields(place.command, frozenset({"by"}))
    on = civil_or(given, await office.today())
    drafts = await office.drafts.of_case(place.subject_id, place.case)
    draft = next((one for one in drafts if one.type == place.type and one.body == _unsigned(body)), None)
    signed = set(draft.signed) if draft else set()
    after = checked.subject if isinstance(checked, Outcome) else None
    return await page(
        office,
        request,
        "confirmation.html",
        place=place,
        title=words.COMMANDS[place.type],
        lines=list(forms.summary(fields, {**body, "on": on.isoformat()})),
        authority=words.AUTHORITIES[authority],
        code=authority,
        last=set(required) <= signed | {authority},
        left=words.listed(words.AUTHORITIES[code] for code in required if code not in signed | {authority}),
        events=[words.event(e) for e in checked.events if not e.bookkeeping] if isinstance(checked, Outcome) else [],
        obstacles=[views.rule(check) for check in checked.checks if not check.met],
        calendar=views.calendar(forecast(after, on, office.service.law)) if after else [],
        given={name: value for name, value in given.items() if name not in ("etape", "signataire")},
    )
