"""The routes of the pages: French, whole without JavaScript, over the same functions as the API."""

import hmac
from collections.abc import Mapping
from datetime import UTC, date, datetime
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined

from adapters import words
from adapters.clock import ClockGoesBack
from adapters.http import forms, views
from adapters.http.bodies import civil_day, identifier
from adapters.http.forecast import forecast
from adapters.http.identities import COOKIE, SANDBOX, Identity
from adapters.http.office import Asked, Office
from adapters.http.possible import Possible, possible, signatories, waits
from adapters.http.problems import Problem, check_of, reason
from adapters.http.static import address
from adapters.service import DateInFuture, Handled, Stale
from adapters.store import canonical
from adapters.store.ids import case_id
from adapters.store.persons import Person
from adapters.store.queries import AgendaFilter
from domain.calendar import add_months
from domain.kernel import Command, Context, Opening, Outcome, Procedure, Rejection, Subject, SubjectCommand
from domain.law.editions import EDITION, provision
from domain.simulation import InputError

SESSION = "greffe_session"
A_YEAR = 365 * 86400
NO_STORE = "store_unavailable"
ROWS = 50

# -- Rendering -----------------------------------------------------------------------------------------

templates = Environment(
    loader=PackageLoader("adapters.http"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
templates.globals |= {
    "address": address,
    "chip": words.chip,
    "provision": provision,
    "day": words.day,
    "capital": words.capital,
}


async def page(office: Office, request: Request, template: str, status: int = 200, **shown: Any) -> Response:
    """A page in the shell: navigation, identity, banners."""
    session = request.cookies.get(SESSION) or token_urlsafe(24)
    today = await office.today()
    shell = {
        "request_path": request.url.path,
        "settings": office.settings,
        "who": office.identity(request),
        "identities": SANDBOX,
        "roles": words.ROLES,
        "today": today,
        "edition": EDITION,
        "pressing": await office.queries.pressing(today),
        "paused": _paused(office),
        "csrf": _token(session),
        "next_day": words.day(date.fromordinal(today.toordinal() + 1)),
        "next_month": words.day(add_months(today, 1)),
    }
    response = Response(templates.get_template(template).render(**shell, **shown), status, media_type="text/html")
    if SESSION not in request.cookies:
        response.set_cookie(SESSION, session, httponly=True, samesite="strict", secure=request.url.scheme == "https")
    return response


def _paused(office: Office) -> str | None:
    since = office.desk.degraded_since
    return f"{since.astimezone(office.settings.zone):%H:%M}" if since else None


async def faults(office: Office, request: Request, problem: Problem) -> Response:
    """An error as a page. When the register is away the page asks nothing of it, and has no form."""
    title = words.PROBLEMS[problem.code][1]
    shown = {"title": title, "detail": problem.detail, "request_id": request.state.request_id}
    if problem.status >= 500:
        bare = templates.get_template("panne.html").render(**shown, establishment=office.settings.establishment_name)
        return Response(bare, problem.status, headers=problem.headers, media_type="text/html")
    response = await page(office, request, "erreur.html", problem.status, **shown)
    response.headers.update(problem.headers)
    return response


# -- Forms are only taken from our own pages -----------------------------------------------------------


def _token(session: str) -> str:
    return sha256(f"greffe/form\n{session}".encode()).hexdigest()


async def entries(request: Request) -> dict[str, str]:
    """The entries of a form that comes from one of our pages; a problem otherwise."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise Problem("forbidden", "Ce formulaire vient d'un autre site.")
    form = await request.form()
    given = {name: value for name, value in form.items() if isinstance(value, str)}
    session = request.cookies.get(SESSION, "")
    if not session or not hmac.compare_digest(given.pop("jeton", "").encode(), _token(session).encode()):
        raise Problem("forbidden", "Ce formulaire a expiré : rechargez la page, puis envoyez-le de nouveau.")
    return given


def _to(address: str) -> Response:
    return RedirectResponse(address, 303)


# -- Routes --------------------------------------------------------------------------------------------


def pages(office: Office) -> APIRouter:
    """All pages over one office."""
    routes = APIRouter()
    for register in (_agenda, _dossiers, _new_case, _case, _sandbox):
        register(routes, office)
    return routes


def _agenda(routes: APIRouter, office: Office) -> None:
    @routes.get("/")
    async def agenda(request: Request) -> Response:
        asked = request.query_params
        chosen = {name: asked.get(name, "") for name in ("procedure", "autorite", "nature", "jusqu_au")}
        until = (
            civil_day(forms.iso(chosen["jusqu_au"]), "jusqu_au", code="invalid_parameter")
            if chosen["jusqu_au"]
            else None
        )
        automatic = chosen["autorite"] == "automatique"
        authority = "" if automatic else chosen["autorite"] or None
        wanted = AgendaFilter(chosen["procedure"] or None, authority, chosen["nature"] or None, due_until=until)
        today = await office.today()
        rows = await office.queries.agenda(wanted)
        groups = views.grouped((views.due_of_row(row, today) for row in rows), today)
        return await page(
            office,
            request,
            "agenda.html",
            groups=groups,
            chosen=chosen,
            procedures={p.name: words.PROCEDURES[p.name].title for p in office.service.registry.procedures},
            authorities={code: words.capital(name) for code, name in words.AUTHORITIES.items()},
            natures=words.NATURES,
        )


# -- Dossiers ------------------------------------------------------------------------------------------


def _dossiers(routes: APIRouter, office: Office) -> None:
    @routes.get("/dossiers")
    async def dossiers(request: Request) -> Response:
        sought = request.query_params.get("q", "").strip()[:200]
        found = await office.queries.cases_named(sought) if sought.isprintable() and sought else []
        if len(found) == 1:
            return _to(f"/procedures/{found[0]['case_id']}")
        place, last = request.query_params.get("apres", ""), request.query_params.get("dossier", "")
        after = (place, identifier(last, "dossier", "invalid_parameter")) if last else None
        rows = await office.queries.dossiers(sought if sought.isprintable() else "", ROWS + 1, after)
        lines = [(row, views.name_of(row), canonical.loads(row["summary"].encode())) for row in rows[:ROWS]]
        more = rows[ROWS - 1] if len(rows) > ROWS else None
        return await page(office, request, "dossiers.html", lines=lines, sought=sought, more=more)

    @routes.get("/dossiers/nouveau")
    async def new_dossier(request: Request) -> Response:
        office.writer(request)
        return await _register_form(office, request, {}, ())

    @routes.post("/dossiers/nouveau")
    async def register(request: Request) -> Response:
        who, given = office.writer(request), await entries(request)
        command = _registering(office)
        shown = forms.fields(command)
        body = {"type": _type(command), **forms.read(command, shown, given)}
        named = {name: given.get(name, "").strip() for name in ("family_name", "given_name", "matricule")}
        errors = tuple(
            views.Error(name, "Nom requis", f"Saisissez le {label}.")
            for name, label in (("family_name", "nom"), ("given_name", "prénom"))
            if not named[name]
        )
        if errors:
            return await _register_form(office, request, given, errors)
        before = await office.asked_before(given.get("cle"))
        subject_id = before.subject_id if before else uuid4()
        done = await _recorded(office, request, Act(subject_id, command, body, who, given, 0))
        if isinstance(done, Refused):
            return await _register_form(office, request, given, done.errors, done.status)
        person = Person(
            subject_id, named["family_name"], named["given_name"], source="saisie", matricule=named["matricule"] or None
        )
        await office.persons.put(person)
        return _to(f"/dossiers/{subject_id}")

    @routes.get("/dossiers/{agent}")
    async def dossier(request: Request, agent: str) -> Response:
        subject_id = identifier(agent, "agent", "not_found")
        return await page(office, request, "dossier.html", **await _dossier(office, request, subject_id))

    @routes.get("/dossiers/{agent}/actes/{type_}")
    async def subject_form(request: Request, agent: str, type_: str) -> Response:
        office.writer(request)
        subject_id = identifier(agent, "agent", "not_found")
        return await _form(office, request, await _place(office, subject_id, None, _command(office, type_)))

    @routes.post("/dossiers/{agent}/actes/{type_}")
    async def subject_act(request: Request, agent: str, type_: str) -> Response:
        subject_id = identifier(agent, "agent", "not_found")
        return await _act(office, request, subject_id, None, _command(office, type_))


async def _register_form(
    office: Office, request: Request, given: Mapping[str, str], errors: tuple[views.Error, ...], status: int = 422
) -> Response:
    command = _registering(office)
    return await page(
        office,
        request,
        "nouveau.html",
        status if errors else 200,
        fields=forms.fields(command),
        entered={"on": words.day(await office.today()), **given},
        errors=errors,
        key=uuid4(),
    )


def _registering(office: Office) -> type[Command]:
    """The command that opens a dossier: the first one of the first procedure that always stands."""
    return next(p for p in office.service.registry.procedures if p.standing).commands[0]


async def _dossier(office: Office, request: Request, subject_id: UUID) -> dict[str, Any]:
    today, zone, law = await office.today(), office.settings.zone, office.service.law
    events = await office.service.history(subject_id)
    if not events:
        raise Problem("not_found", "Aucun dossier sous cet identifiant.")
    subject = await office.subject(subject_id)
    wanted = request.query_params.get("historique", "actes")
    told = views.history(events, await office.queries.authors(subject_id), zone, wanted)
    whole = request.query_params.get("tout") == "1"
    acts = [
        one for p in office.service.registry.standing(subject.kind) for one in possible(subject, p, None, today, law)
    ]
    bars = views.lanes(subject, today, law)
    return {
        "agent_id": subject_id,
        "person": await office.persons.get(subject_id),
        "name": await _name(office, subject_id),
        "bars": bars,
        "situation": [one for one in bars if one.current and one.granted],
        "sections": views.entitlements(office.service.registry.entitled(Context(today, subject, law))),
        "dues": _dues(subject, subject_id, today),
        "cases": [views.case_card(subject_id, case) for case in subject.cases.values() if not case.procedure.standing],
        "events": told if whole else told[:10],
        "count": len(told),
        "histories": views.HISTORIES,
        "wanted": wanted,
        "acts": [(one.name, words.COMMANDS[one.name]) for one in acts if one.offered],
        "version": subject.version,
    }


def _dues(subject: Subject, subject_id: UUID, today: date, case: str | None = None) -> list[views.Due]:
    found = [one for one in subject.armed.values() if case in (None, one.deadline.case)]
    return [views.due_of(one, subject_id, today) for one in sorted(found, key=lambda one: one.deadline.due)]


async def _name(office: Office, subject_id: UUID) -> str:
    person = await office.persons.get(subject_id)
    return f"{person.family_name.upper()} {person.given_name}" if person else f"Dossier {str(subject_id)[:8]}"


# -- A new procedure -----------------------------------------------------------------------------------


def _new_case(routes: APIRouter, office: Office) -> None:
    @routes.get("/dossiers/{agent}/procedures/nouvelle")
    async def choose(request: Request, agent: str) -> Response:
        office.writer(request)
        subject_id = identifier(agent, "agent", "not_found")
        subject = await office.subject(subject_id, None, await office.today())
        chosen = request.query_params.get("type")
        if chosen:
            return await _form(office, request, await _place(office, subject_id, None, _command(office, chosen)))
        today, law = await office.today(), office.service.law
        procedures = [p for p in office.service.registry.procedures if not p.standing and p.subject == subject.kind]
        openings = [(p, one) for p in procedures for one in possible(subject, p, None, today, law)]
        groups: dict[str, list[Any]] = {}
        for procedure, one in openings:
            word = words.PROCEDURES[procedure.name]
            why = [views.error(check) for check in one.best.violations] if not one.offered else []
            groups.setdefault(word.group, []).append((one.name, word.title, words.COMMANDS[one.name], why))
        name = await _name(office, subject_id)
        return await page(office, request, "nouvelle.html", agent_id=subject_id, name=name, groups=groups)

    @routes.post("/dossiers/{agent}/procedures/nouvelle")
    async def open_case(request: Request, agent: str) -> Response:
        type_ = request.query_params.get("type", "")
        subject_id = identifier(agent, "agent", "not_found")
        return await _act(office, request, subject_id, None, _command(office, type_))


# -- A procedure ---------------------------------------------------------------------------------------


def _case(routes: APIRouter, office: Office) -> None:
    @routes.get("/procedures")
    async def procedures(request: Request) -> Response:
        after = request.query_params.get("apres", "")
        closed = request.query_params.get("closes") == "1"
        rows = await office.queries.cases(
            None, None if closed else False, ROWS + 1, after if after.isprintable() else ""
        )
        lines = [
            (row, views.name_of(row), words.PROCEDURES[row["procedure"]].title, _row_status(row)) for row in rows[:ROWS]
        ]
        more = rows[ROWS - 1]["ref"] if len(rows) > ROWS else None
        return await page(office, request, "procedures.html", lines=lines, more=more, closed=closed)

    @routes.get("/procedures/{ref:path}/actes/{type_}")
    async def case_form(request: Request, ref: str, type_: str) -> Response:
        office.writer(request)
        subject_id, case = await office.find_case(ref)
        return await _form(office, request, await _place(office, subject_id, case, _command(office, type_)))

    @routes.post("/procedures/{ref:path}/actes/{type_}")
    async def act(request: Request, ref: str, type_: str) -> Response:
        subject_id, case = await office.find_case(ref)
        return await _act(office, request, subject_id, case, _command(office, type_))

    @routes.get("/procedures/{ref:path}")
    async def procedure(request: Request, ref: str) -> Response:
        dossier = request.query_params.get("dossier")
        agent = identifier(dossier, "dossier", "not_found") if dossier else None
        subject_id, case = await office.find_case(ref, agent)
        return await page(office, request, "procedure.html", **await _procedure(office, request, subject_id, case))

    @routes.get("/demandes/{command}")
    async def kept(request: Request, command: str) -> Response:
        command_id = identifier(command, "command", "not_found")
        row = await office.service.register.command(command_id)
        if row is None:
            raise Problem("not_found", "Aucune demande sous cet identifiant.")
        outcome = await office.service.register.outcome(command_id)
        said = outcome.result if outcome else None
        title = words.COMMANDS.get(row.type, "Échéance")
        return await page(office, request, "demande.html", row=row, said=said, act=title)


def _row_status(row: Any) -> str:
    return words.STATUSES[f"{row['procedure']}.{row['status']}"]


async def _procedure(office: Office, request: Request, subject_id: UUID, ref: str) -> dict[str, Any]:
    today, zone, law = await office.today(), office.settings.zone, office.service.law
    who = office.identity(request)
    subject = await office.subject(subject_id)
    case = subject.cases.get(ref)
    if case is None:
        raise Problem("not_found", f"Aucune procédure sous la référence {ref}.")
    events = await office.service.history(subject_id)
    wanted = request.query_params.get("historique", "actes")
    found = [] if case.closed else list(possible(subject, case.procedure, ref, today, law))
    offered = [one for one in found if one.offered]
    joint = [(one, required) for one in offered if (required := signatories(one))]
    drafts = {draft.type: draft for draft in await office.drafts.of_case(subject_id, ref)}
    decisions = [
        {
            "name": one.name,
            "title": words.COMMANDS[one.name],
            "fields": _decision_fields(one),
            "entered": _entered(
                _decision_fields(one), drafts[one.name].body if one.name in drafts else one.best.body, today
            ),
            "signatures": views.signatures(required, drafts.get(one.name), who, zone),
            "obstacles": [views.rule(check) for check in one.obstacles],
            "drafted": one.name in drafts,
        }
        for one, required in joint
    ]
    simple = [one for one in offered if not signatories(one)]
    trials = [one.best.checks for one, _ in joint] or [one.best.checks for one in simple[:1]]
    return {
        "agent_id": subject_id,
        "name": await _name(office, subject_id),
        "ref": ref,
        "id": case_id(subject_id, ref),
        "title": words.PROCEDURES[case.procedure.name].title,
        "status": views.status(case),
        "closed": case.closed,
        "opened_on": case.opened_on,
        "opinions": views.opinions(events, ref, found),
        "decisions": decisions,
        "acts": [
            (one.name, words.COMMANDS[one.name], fields, _entered(fields, {}, today))
            for one in simple
            for fields in [forms.fields(one.command)]
        ],
        "rules": views.rules(check for checks in trials for check in checks if check.code != "missing_authority"),
        "dues": _dues(subject, subject_id, today, ref),
        "calendar": views.calendar(c for c in forecast(subject, today, law) if c.deadline.case == ref),
        "events": views.history(events, await office.queries.authors(subject_id), zone, wanted, ref),
        "histories": views.HISTORIES,
        "wanted": wanted,
        "version": subject.version,
        "keys": {one.name: uuid4() for one in offered},
    }


def _decision_fields(one: Possible) -> tuple[forms.Field, ...]:
    return forms.fields(one.command, frozenset({"by"}))


def _entered(fields: tuple[forms.Field, ...], body: Mapping[str, Any], today: date) -> dict[str, str]:
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
        return _type(self.command)

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


async def _place(office: Office, subject_id: UUID, case: str | None, command: type[Command]) -> Place:
    subject = await office.subject(subject_id)
    fits = issubclass(command, Opening | SubjectCommand) is (case is None)
    if not fits:
        raise Problem("not_found", "Cet acte n'existe pas ici.")
    return Place(subject, subject_id, case, command, await _name(office, subject_id))


async def _form(
    office: Office,
    request: Request,
    place: Place,
    given: Mapping[str, str] | None = None,
    refused: Refused | None = None,
    checked: Outcome | Rejection | None = None,
) -> Response:
    """The form of an act, its entries kept, with what stands against them and what they would bring."""
    today = await office.today()
    required = await _required(office, place)
    fields = forms.fields(place.command, frozenset({"by"}) if required else frozenset())
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
        entered={**_entered(fields, {}, today), **(given or {})},
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


def civil_or(given: Mapping[str, str] | None, today: date) -> date:
    try:
        found = civil_day(forms.iso((given or {}).get("on", "")) or None, "on", today)
    except Problem:
        found = today
    return found or today


async def _act(
    office: Office, request: Request, subject_id: UUID, case: str | None, command: type[Command]
) -> Response:
    who, given = office.writer(request), await entries(request)
    place = await _place(office, subject_id, case, command)
    required = await _required(office, place)
    fields = forms.fields(command, frozenset({"by"}) if required else frozenset())
    body = place.body(forms.read(command, fields, given))
    on = body.pop("on", None)
    step = given.get("etape", "enregistrer")
    if required and step in ("confirmer", "signer"):
        return await _sign(office, request, place, who, given, body, required)
    if step == "verifier":
        return await _verify(office, request, place, given, body, required)
    if required:
        raise Problem("forbidden", "Cette décision se signe ; elle ne s'enregistre pas seule.")
    done = await _recorded(office, request, Act(subject_id, command, {**body, "on": on}, who, given, _version(given)))
    if isinstance(done, Refused):
        fresh = await _place(office, subject_id, case, command)
        return await _form(office, request, fresh, given, done)
    return done


async def _verify(
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
        return await _form(office, request, place, given, Refused((_input_error(error),)))
    refused = Refused(tuple(views.error(c) for c in checked.violations)) if isinstance(checked, Rejection) else None
    return await _form(office, request, place, given, refused, checked)


async def _recorded(office: Office, request: Request, act: Act) -> Response | Refused:
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
        return Refused((_input_error(error),))
    except DateInFuture as error:
        detail = f"La date de l'acte ({words.day(error.on)}) est à venir. Choisissez le {words.day(error.today)} ou plus tôt."
        return Refused((views.Error("on", "Date à venir", detail),))
    except Stale as stale:
        return Refused((), 412, stale.events_since)
    if not isinstance(done, Handled):
        return _to(f"/demandes/{row.command_id}")
    if done.rejection is not None:
        return Refused(tuple(views.error(check_of(violation)) for violation in done.rejection["violations"]))
    _, ref = office.service.case_of(row)
    if issubclass(act.command, SubjectCommand):
        return _to(f"/dossiers/{act.subject_id}")
    return _to(f"/procedures/{ref}?dossier={act.subject_id}")


def _input_error(error: InputError) -> views.Error:
    return views.Error(error.path or None, "À corriger", words.capital(reason(error)) + ".")


def _version(given: Mapping[str, str]) -> int | None:
    version = given.get("version", "")
    return int(version) if version.isdecimal() and version.isascii() and len(version) < 16 else None


# -- Decisions signed by several authorities -----------------------------------------------------------


async def _required(office: Office, place: Place) -> tuple[str, ...]:
    """The authorities that must all sign this act; none when it needs no joint signature."""
    if "by" not in place.command.model_fields or place.case is None:
        return ()
    found = possible(place.subject, place.procedure, place.case, await office.today(), office.service.law)
    return next((signatories(one) for one in found if one.command is place.command), ())


async def _sign(
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
        return await _form(office, request, place, given, Refused((_input_error(error),)))
    blocking = [check for check in checked.checks if not check.met and not waits(check)]
    if blocking:
        refused = Refused(tuple(views.error(check) for check in blocking))
        return await _form(office, request, place, given, refused, checked)
    if given["etape"] == "confirmer":
        return await _confirm(office, request, place, given, body, required, authority, checked)
    signature = {authority: {"name": who.actor.name, "at": datetime.now(UTC).isoformat(timespec="seconds")}}
    draft = await office.drafts.sign(place.subject_id, place.case, place.type, _unsigned(body), signature)
    if any(code not in draft.signed for code in required):
        return _to(place.back)
    whole = {**body, "by": list(required), "on": on.isoformat()}
    done = await _recorded(office, request, Act(place.subject_id, place.command, whole, who, given, _version(given)))
    if isinstance(done, Refused):
        fresh = await _place(office, place.subject_id, place.case, place.command)
        return await _form(office, request, fresh, given, done)
    await office.drafts.drop(place.subject_id, place.case, place.type)
    return done


def _unsigned(body: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in ("by", "type", "case")}


async def _confirm(
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


# -- The sandbox ---------------------------------------------------------------------------------------


def _sandbox(routes: APIRouter, office: Office) -> None:
    @routes.post("/bac-a-sable/identite")
    async def identity(request: Request) -> Response:
        given = await entries(request)
        _only_in_sandbox(office)
        if given.get("identite") not in {one.key for one in SANDBOX}:
            raise Problem("not_found", "Aucune identité de ce nom.")
        answer = _to(_local(given.get("retour", "/")))
        answer.set_cookie(COOKIE, given["identite"], httponly=True, samesite="strict", max_age=A_YEAR)
        return answer

    @routes.post("/bac-a-sable/horloge")
    async def clock(request: Request) -> Response:
        given = await entries(request)
        _only_in_sandbox(office)
        office.writer(request)
        day = civil_day(forms.iso(given.get("jour", "")), "jour", code="invalid_parameter")
        assert day is not None
        try:
            await office.desk.move_clock(day)
        except ClockGoesBack as back:
            detail = f"L'horloge ne recule pas : elle est au {words.day(back.today)}."
            raise Problem("invalid_parameter", detail) from back
        await office.views.caught_up(await office.service.register.head())
        return _to(_local(given.get("retour", "/")))


def _only_in_sandbox(office: Office) -> None:
    if not office.settings.demo:
        raise Problem("not_found", "Rien à cette adresse.")


def _local(path: str) -> str:
    """A path of this site, never another site."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() else "/"


def _command(office: Office, type_: str) -> type[Command]:
    found = office.service.registry.commands.get(type_)
    if found is None:
        raise Problem("not_found", "Cet acte n'existe pas.")
    return found[0]


def _type(command: type[Command]) -> str:
    name: str = command.model_fields["type"].default
    return name
