"""One act, from its form to its record: read, verified, recorded, or shown again with what stands against it."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from fastapi import Request
from fastapi.responses import Response

from adapters import words
from adapters.http import forms, views
from adapters.http.bodies import civil_day
from adapters.http.forecast import forecast
from adapters.http.identities import Identity
from adapters.http.office import Asked, Office
from adapters.http.possible import Possible, possible, signatories
from adapters.http.problems import Problem, check_of, reason
from adapters.http.shell import page, to
from adapters.service import DateInFuture, Handled, Stale
from adapters.store.ids import case_id
from domain.kernel import Command, Opening, Outcome, Procedure, Rejection, Subject, SubjectCommand
from domain.simulation import InputError


def decision_fields(one: Possible) -> tuple[forms.Field, ...]:
    return forms.fields(one.command, frozenset({"by"}))


def entered(fields: tuple[forms.Field, ...], body: Mapping[str, Any], today: date) -> dict[str, str]:
    """What a form shows at first: a body, the defaults, the day."""
    entered: dict[str, str] = {}
    for field in fields:
        value: Any = body
        for part in field.name.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        entered[field.name] = forms.shown_value(field, value) or field.default
    return entered | {"on": words.day(today)}


# -- One act, from its form to its record --------------------------------------------------------------


class Place:
    """Where an act is made: the dossier, the case, the command, and what the page needs to say so."""

    def __init__(self, subject: Subject, subject_id: UUID, case: str | None, command: type[Command], name: str) -> None:
        self.subject = subject
        self.subject_id = subject_id
        self.case = case
        self.command = command
        self.name = name

    @property
    def type(self) -> str:
        return type_of(self.command)

    @property
    def opens(self) -> bool:
        return issubclass(self.command, Opening)

    @property
    def procedure(self) -> Procedure:
        return self.subject.registry.commands[self.type][1]

    @property
    def action(self) -> str:
        if self.opens:
            return f"/dossiers/{self.subject_id}/procedures/nouvelle?type={self.type}"
        if self.case is None:
            return f"/dossiers/{self.subject_id}/actes/{self.type}"
        return f"/procedures/{case_id(self.subject_id, self.case)}/actes/{self.type}"

    @property
    def back(self) -> str:
        if self.case is None:
            return f"/dossiers/{self.subject_id}"
        return f"/procedures/{case_id(self.subject_id, self.case)}"

    def body(self, given: Mapping[str, Any]) -> dict[str, Any]:
        said = {"type": self.type, **given}
        return said if self.case is None else {**said, "case": self.case}


class Act:
    """An act to record."""

    def __init__(
        self,
        subject_id: UUID,
        command: type[Command],
        body: dict[str, Any],
        who: Identity,
        given: Mapping[str, str],
        version: int | None,
    ) -> None:
        self.subject_id = subject_id
        self.command = command
        self.body = body
        self.who = who
        self.given = given
        self.version = version


class Refused:
    """An act that was not recorded: why, and what changed meanwhile."""

    def __init__(self, errors: tuple[views.Error, ...], status: int = 422, since: tuple[Any, ...] = ()) -> None:
        self.errors = errors
        self.status = status
        self.since = since


async def placed(office: Office, subject_id: UUID, case: str | None, command: type[Command]) -> Place:
    subject = await office.subject(subject_id)
    fits = issubclass(command, Opening | SubjectCommand) is (case is None)
    if not fits:
        raise Problem("not_found", "Cet acte n'existe pas ici.")
    return Place(subject, subject_id, case, command, await dossier_name(office, subject_id))


async def act_form(
    office: Office,
    request: Request,
    place: Place,
    given: Mapping[str, str] | None = None,
    refused: Refused | None = None,
    checked: Outcome | Rejection | None = None,
) -> Response:
    """The form of an act, its entries kept, with what stands against them and what they would bring."""
    today = await office.today()
    fields, required = await fields_of(office, place)
    on = civil_or(given, today)
    after = checked.subject if isinstance(checked, Outcome) else None
    since = [views.told(one, {}, office.settings.zone) for one in refused.since] if refused else []
    return await page(
        office,
        request,
        "formulaire.html",
        refused.status if refused else 200,
        place=place,
        title=words.COMMANDS[place.type],
        procedure=words.PROCEDURES[place.procedure.name].title,
        fields=fields,
        entered={**entered(fields, {}, today), **(given or {})},
        errors=refused.errors if refused else (),
        since=since,
        checked=checked is not None,
        allowed=isinstance(checked, Outcome),
        rules=views.rules(checked.checks) if checked else [],
        events=[words.event(e) for e in checked.events if not e.bookkeeping] if isinstance(checked, Outcome) else [],
        calendar=views.calendar(forecast(after, on, office.service.law)) if after else [],
        signatures=views.signatures(required, None, office.identity(request), office.settings.zone),
        version=place.subject.version,
        key=uuid4(),
    )


async def fields_of(office: Office, place: Place) -> tuple[tuple[forms.Field, ...], tuple[str, ...]]:
    """The entries of an act, and the authorities that must all sign it here; none when it needs no joint signature.

    What opens a case is recorded at once, with the authorities that have signed it elsewhere.
    """
    if "by" not in place.command.model_fields:
        return forms.fields(place.command), ()
    found = possible(place.subject, place.procedure, place.case, await office.today(), office.service.law)
    required = next((signatories(one) for one in found if one.command is place.command), ())
    if place.opens:
        return forms.fields(place.command, signed_by=required), ()
    return forms.fields(place.command, frozenset({"by"}) if required else frozenset()), required


def civil_or(given: Mapping[str, str] | None, today: date) -> date:
    try:
        found = civil_day(forms.iso((given or {}).get("on", "")) or None, "on", today)
    except Problem:
        found = today
    return found or today


async def verify(
    office: Office,
    request: Request,
    place: Place,
    given: Mapping[str, str],
    body: dict[str, Any],
    required: tuple[str, ...],
) -> Response:
    """The live check: the same form, the rules it meets and the calendar it would bring; nothing is recorded."""
    on = civil_or(given, await office.today())
    asked = {**body, "by": list(required)} if required else body
    if place.opens and not asked.get("case"):
        asked = {**asked, "case": "nouvelle"}
    try:
        checked = await office.service.check(place.subject_id, asked, on)
    except InputError as error:
        return await act_form(office, request, place, given, Refused((unreadable_entry(error),)))
    refused = Refused(tuple(views.error(c) for c in checked.violations)) if isinstance(checked, Rejection) else None
    return await act_form(office, request, place, given, refused, checked)


async def record(office: Office, request: Request, act: Act) -> Response | Refused:
    """Record an act; where to go next, or why not."""
    body = dict(act.body)
    on = body.pop("on", None)
    try:
        day = civil_day(on, "on", await office.today())
        assert day is not None
        asked = Asked(
            act.subject_id, body, day, act.who, act.given.get("cle") or None, request.state.request_id, act.version
        )
        done, row = await office.open(asked, dated=on is not None)
    except Problem as problem:
        if problem.code != "invalid_command":
            raise
        return Refused((views.Error(problem.more.get("field"), "À corriger", problem.detail),))
    except InputError as error:
        return Refused((unreadable_entry(error),))
    except DateInFuture as error:
        detail = f"La date de l'acte ({words.day(error.on)}) est à venir. Choisissez le {words.day(error.today)} ou plus tôt."
        return Refused((views.Error("on", "Date à venir", detail),))
    except Stale as stale:
        return Refused((), 412, stale.events_since)
    if not isinstance(done, Handled):
        return to(f"/demandes/{row.command_id}")
    if done.rejection is not None:
        return Refused(tuple(views.error(check_of(violation)) for violation in done.rejection["violations"]))
    _, ref = office.service.case_of(row)
    if issubclass(act.command, SubjectCommand):
        return to(f"/dossiers/{act.subject_id}")
    return to(f"/procedures/{ref}?dossier={act.subject_id}")


def unreadable_entry(error: InputError) -> views.Error:
    return views.Error(error.path or None, "À corriger", words.capital(reason(error)) + ".")


def version_of(given: Mapping[str, str]) -> int | None:
    version = given.get("version", "")
    return int(version) if version.isdecimal() and version.isascii() and len(version) < 16 else None


def command_of(office: Office, type_: str) -> type[Command]:
    found = office.service.registry.commands.get(type_)
    if found is None:
        raise Problem("not_found", "Cet acte n'existe pas.")
    return found[0]


def type_of(command: type[Command]) -> str:
    name: str = command.model_fields["type"].default
    return name


async def dossier_name(office: Office, subject_id: UUID) -> str:
    person = await office.persons.get(subject_id)
    return f"{person.family_name.upper()} {person.given_name}" if person else f"Dossier {str(subject_id)[:8]}"
