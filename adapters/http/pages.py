"""The routes of the pages: French, whole without JavaScript, over the same functions as the API."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Request
from fastapi.responses import Response

from adapters import words
from adapters.clock import ClockGoesBack
from adapters.http import forms, views
from adapters.http.acts import (
    Act,
    Refused,
    act_form,
    command_of,
    decision_fields,
    dossier_name,
    entered,
    fields_of,
    placed,
    record,
    type_of,
    verify,
    version_of,
)
from adapters.http.bodies import civil_day, identifier
from adapters.http.forecast import forecast
from adapters.http.identities import COOKIE, SANDBOX
from adapters.http.law_pages import law_pages
from adapters.http.office import Office
from adapters.http.possible import possible, signatories
from adapters.http.problems import Problem
from adapters.http.shell import entries, page, to
from adapters.http.signing import sign
from adapters.store import canonical
from adapters.store.ids import case_id
from adapters.store.persons import Person
from adapters.store.queries import AgendaFilter
from domain.kernel import Command, Context, Subject

ROWS = 50
A_YEAR = 365 * 86400


# -- Routes --------------------------------------------------------------------------------------------


def pages(office: Office) -> APIRouter:
    """All pages over one office."""
    routes = APIRouter()
    for register in (_agenda, _dossiers, _new_case, _case, law_pages, _sandbox):
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
            return to(f"/procedures/{found[0]['case_id']}")
        after = _after(request, "dossier")
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
        body = {"type": type_of(command), **forms.read(command, shown, given)}
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
        done = await record(office, request, Act(subject_id, command, body, who, given, 0))
        if isinstance(done, Refused):
            return await _register_form(office, request, given, done.errors, done.status)
        person = Person(
            subject_id, named["family_name"], named["given_name"], source="saisie", matricule=named["matricule"] or None
        )
        await office.persons.put(person)
        return to(f"/dossiers/{subject_id}")

    @routes.get("/dossiers/{agent}")
    async def dossier(request: Request, agent: str) -> Response:
        subject_id = identifier(agent, "agent", "not_found")
        return await page(office, request, "dossier.html", **await _dossier(office, request, subject_id))

    @routes.get("/dossiers/{agent}/actes/{type_}")
    async def subject_form(request: Request, agent: str, type_: str) -> Response:
        office.writer(request)
        subject_id = identifier(agent, "agent", "not_found")
        return await act_form(office, request, await placed(office, subject_id, None, command_of(office, type_)))

    @routes.post("/dossiers/{agent}/actes/{type_}")
    async def subject_act(request: Request, agent: str, type_: str) -> Response:
        subject_id = identifier(agent, "agent", "not_found")
        return await take(office, request, subject_id, None, command_of(office, type_))


def _after(request: Request, name: str) -> tuple[str, UUID] | None:
    """The last line of the page before; None on the first page."""
    place, last = request.query_params.get("apres", ""), request.query_params.get(name)
    if not last:
        return None
    if not place.isprintable():
        raise Problem("invalid_parameter", "« apres » : reprenez l'adresse de la page précédente.")
    return place, identifier(last, name, "invalid_parameter")


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
        "name": await dossier_name(office, subject_id),
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


# -- A new procedure -----------------------------------------------------------------------------------


def _new_case(routes: APIRouter, office: Office) -> None:
    @routes.get("/dossiers/{agent}/procedures/nouvelle")
    async def choose(request: Request, agent: str) -> Response:
        office.writer(request)
        subject_id = identifier(agent, "agent", "not_found")
        subject = await office.subject(subject_id, None, await office.today())
        chosen = request.query_params.get("type")
        if chosen:
            return await act_form(office, request, await placed(office, subject_id, None, command_of(office, chosen)))
        today, law = await office.today(), office.service.law
        procedures = [p for p in office.service.registry.procedures if not p.standing and p.subject == subject.kind]
        openings = [(p, one) for p in procedures for one in possible(subject, p, None, today, law)]
        groups: dict[str, list[Any]] = {}
        for procedure, one in openings:
            word = words.PROCEDURES[procedure.name]
            why = [views.error(check) for check in one.obstacles] if not one.offered else []
            groups.setdefault(word.group, []).append((one.name, word.title, words.COMMANDS[one.name], why))
        name = await dossier_name(office, subject_id)
        return await page(office, request, "nouvelle.html", agent_id=subject_id, name=name, groups=groups)

    @routes.post("/dossiers/{agent}/procedures/nouvelle")
    async def open_case(request: Request, agent: str) -> Response:
        type_ = request.query_params.get("type", "")
        subject_id = identifier(agent, "agent", "not_found")
        return await take(office, request, subject_id, None, command_of(office, type_))


# -- A procedure ---------------------------------------------------------------------------------------


def _case(routes: APIRouter, office: Office) -> None:
    @routes.get("/procedures")
    async def procedures(request: Request) -> Response:
        closed = request.query_params.get("closes") == "1"
        after = _after(request, "procedure")
        rows = await office.queries.cases(None, None if closed else False, ROWS + 1, after)
        lines = [
            (row, views.name_of(row), words.PROCEDURES[row["procedure"]].title, _row_status(row)) for row in rows[:ROWS]
        ]
        more = rows[ROWS - 1] if len(rows) > ROWS else None
        return await page(office, request, "procedures.html", lines=lines, more=more, closed=closed)

    @routes.get("/procedures/{ref:path}/actes/{type_}")
    async def case_form(request: Request, ref: str, type_: str) -> Response:
        office.writer(request)
        subject_id, case = await office.find_case(ref)
        return await act_form(office, request, await placed(office, subject_id, case, command_of(office, type_)))

    @routes.post("/procedures/{ref:path}/actes/{type_}")
    async def act(request: Request, ref: str, type_: str) -> Response:
        subject_id, case = await office.find_case(ref)
        return await take(office, request, subject_id, case, command_of(office, type_))

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
            "fields": decision_fields(one),
            "entered": entered(
                decision_fields(one), drafts[one.name].body if one.name in drafts else one.best.body, today
            ),
            "signatures": views.signatures(required, drafts.get(one.name), who, zone),
            "obstacles": [views.rule(check) for check in one.obstacles],
            "drafted": one.name in drafts,
        }
        for one, required in joint
    ]
    simple = [one for one in offered if not signatories(one)]
    trials = [one.best.known for one, _ in joint] or [one.best.known for one in simple[:1]]
    return {
        "agent_id": subject_id,
        "name": await dossier_name(office, subject_id),
        "ref": ref,
        "id": case_id(subject_id, ref),
        "title": words.PROCEDURES[case.procedure.name].title,
        "state": views.status(case),
        "closed": case.closed,
        "opened_on": case.opened_on,
        "opinions": views.opinions(events, ref, found),
        "decisions": decisions,
        "acts": [
            (one.name, words.COMMANDS[one.name], fields, entered(fields, {}, today))
            for one in simple
            for fields in [forms.fields(one.command)]
        ],
        "rules": views.rules(check for checks in trials for check in checks),
        "dues": _dues(subject, subject_id, today, ref),
        "calendar": views.calendar(c for c in forecast(subject, today, law) if c.deadline.case == ref),
        "events": views.history(events, await office.queries.authors(subject_id), zone, wanted, ref),
        "histories": views.HISTORIES,
        "wanted": wanted,
        "version": subject.version,
        "keys": {one.name: uuid4() for one in offered},
    }


# -- An act --------------------------------------------------------------------------------------------


async def take(
    office: Office, request: Request, subject_id: UUID, case: str | None, command: type[Command]
) -> Response:
    who, given = office.writer(request), await entries(request)
    place = await placed(office, subject_id, case, command)
    fields, required = await fields_of(office, place)
    body = place.body(forms.read(command, fields, given))
    on = body.pop("on", None)
    step = given.get("etape", "enregistrer")
    if required and step in ("confirmer", "signer"):
        return await sign(office, request, place, who, given, body, required)
    if step == "verifier":
        return await verify(office, request, place, given, body, required)
    if required:
        raise Problem("forbidden", "Cette décision se signe ; elle ne s'enregistre pas seule.")
    done = await record(office, request, Act(subject_id, command, {**body, "on": on}, who, given, version_of(given)))
    if isinstance(done, Refused):
        fresh = await placed(office, subject_id, case, command)
        return await act_form(office, request, fresh, given, done)
    return done


# -- The sandbox ---------------------------------------------------------------------------------------


def _sandbox(routes: APIRouter, office: Office) -> None:
    @routes.post("/bac-a-sable/identite")
    async def identity(request: Request) -> Response:
        given = await entries(request)
        _only_in_sandbox(office)
        if given.get("identite") not in {one.key for one in SANDBOX}:
            raise Problem("not_found", "Aucune identité de ce nom.")
        answer = to(_local(given.get("retour", "/")))
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
        return to(_local(given.get("retour", "/")))


def _only_in_sandbox(office: Office) -> None:
    if not office.settings.demo:
        raise Problem("not_found", "Rien à cette adresse.")


def _local(path: str) -> str:
    """A path of this site, never another site."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() else "/"
