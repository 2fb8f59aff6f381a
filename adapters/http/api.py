"""The routes of the API, `/api/v1`: the same application functions as the pages, for programs."""

import asyncio
import base64
from collections.abc import Callable, Coroutine
from datetime import date
from importlib.metadata import version as installed
from typing import Annotated, Any, TypeAlias
from uuid import UUID, uuid4

import orjson
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, StringConstraints, TypeAdapter, ValidationError

from adapters import words
from adapters.http import answers, contract, schema
from adapters.http.bodies import (
    already_known,
    civil_day,
    etag,
    expected_version,
    idempotency_key,
    identifier,
    instant,
    json_object,
    taken,
)
from adapters.http.forecast import forecast
from adapters.http.office import Asked, Office, of_case
from adapters.http.possible import possible
from adapters.http.problems import Problem, refused
from adapters.service import Handled
from adapters.store import canonical
from adapters.store.ids import case_id
from adapters.store.persons import Person
from adapters.store.queries import AgendaAfter, AgendaFilter
from adapters.store.register import CommandRow
from domain.kernel import CivilDate, Context, Opening, Outcome, Subject, SubjectCommand
from domain.law.editions import EDITION
from domain.simulation import InputError, event_json, read_scenario, simulate

BASE = "/api/v1"
MOST_SIMULATED = 500
LARGEST = 2**53 - 1

Limit = Annotated[int, Query(ge=1, le=500)]
Cursor = Annotated[str | None, Query(max_length=400, pattern="^[A-Za-z0-9_=-]*$")]
Word = Annotated[str | None, Query(max_length=100, pattern=r"^[a-z0-9_]*$")]
Day = Annotated[str | None, Query(json_schema_extra=schema.DATE)]
Instant = Annotated[
    str | None,
    Query(
        json_schema_extra={
            "format": "date-time",
            "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})$",
        }
    ),
]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Answering: TypeAlias = Callable[..., Coroutine[Any, Any, Response]]


class PersonInput(BaseModel):
    """Who a new agent is."""

    model_config = ConfigDict(extra="forbid", strict=True)

    family_name: Line
    given_name: Line
    matricule: Line | None = None
    birth_date: CivilDate | None = None
    email: Line | None = None
    discipline: Line | None = None
    service: Line | None = None
    establishment: Line | None = None
    university: Line | None = None


def router(office: Office) -> APIRouter:
    """All routes of the API over one office."""
    routes = APIRouter(prefix=BASE)
    for register in (_agents, _cases, _commands, _questions, _lists, _health):
        register(routes, office)
    return routes


# -- Agents --------------------------------------------------------------------------------------------


def _agents(routes: APIRouter, office: Office) -> None:
    @routes.get("/agents", response_model=contract.AgentPage, responses=schema.problems(400, 503))
    async def list_agents(
        q: Annotated[str, Query(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")] = "",
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Response:
        """Les agents, par nom."""
        after = _cursor(cursor, 2)
        place = (after[0], identifier(after[1], "cursor", PARAM)) if after else None
        rows = await office.queries.dossiers(q, limit + 1, place)
        items = [_agent_line(row) for row in rows[:limit]]
        last = rows[limit - 1] if len(rows) > limit else None
        return _page(items, [last["place"], str(last["subject_id"])] if last else None)

    @routes.post(
        "/agents",
        status_code=201,
        response_model=contract.Recorded,
        responses=schema.PENDING | schema.problems(400, 403, 409, 412, 413, 415, 422, 503),
        openapi_extra=schema.writing("AgentCreation", versioned=False),
    )
    async def create_agent(request: Request) -> Response:
        """Ouvrir un dossier."""
        who, key, body = office.writer(request), idempotency_key(request), await json_object(request)
        person = _person(taken(body, "person"))
        on = civil_day(taken(body, "on"), "on")
        if not str(body.get("type")).endswith(".register") or office.command(body) is None:
            raise Problem("invalid_command", "Champ « type » : cette commande n'ouvre pas un dossier.", field="type")
        before = await office.asked_before(key)
        subject_id = before.subject_id if before else uuid4()
        await _free_matricule(office, person, subject_id)
        asked = Asked(subject_id, body, on or await office.today(), who, key, request.state.request_id, 0)
        done, row = await office.open(asked, dated=on is not None, new=True)
        if person is not None and isinstance(done, Handled) and done.result == "accepted":
            await office.persons.put(Person(subject_id=row.subject_id, source="api", **person.model_dump()))
        return await _answer(office, request, done, row, f"{BASE}/agents/{row.subject_id}", 201)

    @routes.get(
        "/agents/{agent}",
        response_model=contract.AgentAnswer,
        responses=schema.READING | NOT_MODIFIED,
        openapi_extra={"parameters": [schema.NONE_MATCH_HEADER]},
    )
    async def read_agent(
        request: Request, agent: str, as_recorded_at: Instant = None, effective_on: Day = None
    ) -> Response:
        """Un agent, tel qu'enregistré à un instant et vu un jour donné."""
        subject_id = _agent(agent)
        recorded_at = instant(as_recorded_at, "as_recorded_at")
        day = civil_day(effective_on, "effective_on", code=PARAM)
        subject = await office.subject(subject_id, recorded_at, day)
        if recorded_at is None and day is None and already_known(request, subject.version):
            return Response(status_code=304, headers=dict(etag(subject.version)))
        on = day or await office.today()
        who = await office.persons.get(subject_id)
        return _json(
            answers.agent(subject_id, subject, on, office.service.law, who), headers=dict(etag(subject.version))
        )

    @routes.get("/agents/{agent}/events", response_model=contract.EventPage, responses=schema.READING)
    async def read_events(
        agent: str, after: Annotated[int, Query(ge=0, le=LARGEST)] = 0, limit: Limit = 50
    ) -> Response:
        """L'histoire d'un agent, dans l'ordre du registre."""
        subject_id = _agent(agent)
        await office.subject(subject_id)
        found = await office.service.register.events_since(subject_id, after)
        items = [answers.recorded(one) for one in found[:limit]]
        return _json({"items": items, "next_after": found[limit - 1].seq if len(found) > limit else None})

    @routes.get("/agents/{agent}/entitlements", response_model=contract.Entitlements, responses=schema.READING)
    async def read_entitlements(agent: str, effective_on: Day = None) -> Response:
        """Les droits d'un agent un jour donné."""
        on = civil_day(effective_on, "effective_on", await office.today(), PARAM)
        assert on is not None
        subject = await office.subject(_agent(agent), None, on)
        return _json({"on": on.isoformat(), "entitlements": _entitled(office, subject, on)})

    @routes.get("/agents/{agent}/commands", response_model=contract.Possibilities, responses=schema.READING)
    async def agent_possibilities(agent: str) -> Response:
        """Ce qui peut être demandé pour ce dossier, et sinon pourquoi."""
        return await _possibilities(office, _agent(agent), None)

    @routes.post(
        "/agents/{agent}/commands",
        response_model=contract.Recorded,
        responses=schema.PENDING | schema.WRITING,
        openapi_extra=schema.writing("AgentCommand", versioned=True),
    )
    async def command_agent(request: Request, agent: str) -> Response:
        """Un acte sur le dossier lui-même."""
        who, key, version = office.writer(request), idempotency_key(request), expected_version(request)
        body = await json_object(request)
        on = civil_day(taken(body, "on"), "on")
        if not issubclass(office.command(body), SubjectCommand):
            raise Problem("invalid_command", "Champ « type » : cette commande porte sur une procédure.", field="type")
        subject_id = _agent(agent)
        await office.subject(subject_id)
        asked = Asked(subject_id, body, on or await office.today(), who, key, request.state.request_id, version)
        done, row = await office.open(asked, dated=on is not None)
        return await _answer(office, request, done, row, f"{BASE}/agents/{subject_id}", 200)


# -- Cases ---------------------------------------------------------------------------------------------


def _cases(routes: APIRouter, office: Office) -> None:
    @routes.post(
        "/cases",
        status_code=201,
        response_model=contract.Recorded,
        responses=schema.PENDING | schema.WRITING,
        openapi_extra=schema.writing("CaseOpening", versioned=True),
    )
    async def open_case(request: Request) -> Response:
        """Ouvrir une procédure."""
        who, key, version = office.writer(request), idempotency_key(request), expected_version(request)
        body = await json_object(request)
        subject_id = identifier(taken(body, "agent"), "agent")
        on = civil_day(taken(body, "on"), "on")
        if not issubclass(office.command(body), Opening):
            raise Problem("invalid_command", "Champ « type » : cette commande n'ouvre pas une procédure.", field="type")
        await office.subject(subject_id)
        asked = Asked(subject_id, body, on or await office.today(), who, key, request.state.request_id, version)
        done, row = await office.open(asked, dated=on is not None)
        location = f"{BASE}/cases/{case_id(subject_id, canonical.loads(row.body)['case'])}"
        return await _answer(office, request, done, row, location, 201)

    @routes.get(
        "/cases/{ref:path}/commands",
        response_model=contract.Possibilities,
        responses=schema.READING | schema.problems(409),
    )
    async def case_possibilities(ref: str) -> Response:
        """Ce qui peut être demandé dans cette procédure, et sinon pourquoi."""
        return await _possibilities(office, *await office.find_case(ref))

    @routes.post(
        "/cases/{ref:path}/commands",
        response_model=contract.Recorded,
        responses=schema.PENDING | schema.WRITING,
        openapi_extra=schema.writing("CaseCommand", versioned=True),
    )
    async def command_case(request: Request, ref: str) -> Response:
        """Un acte dans une procédure."""
        who, key, version = office.writer(request), idempotency_key(request), expected_version(request)
        body = await json_object(request)
        on = civil_day(taken(body, "on"), "on")
        if not of_case(office.command(body)):
            detail = "Champ « type » : cette commande ne porte pas sur une procédure ouverte."
            raise Problem("invalid_command", detail, field="type")
        subject_id, case = await office.find_case(ref)
        if body.setdefault("case", case) not in (case, ref):
            raise Problem("invalid_command", "Champ « case » : une autre procédure que l'adresse.", field="case")
        asked = Asked(
            subject_id, {**body, "case": case}, on or await office.today(), who, key, request.state.request_id, version
        )
        done, row = await office.open(asked, dated=on is not None)
        return await _answer(office, request, done, row, f"{BASE}/cases/{case_id(subject_id, case)}", 200)

    @routes.get(
        "/cases/{ref:path}",
        response_model=contract.CaseState,
        responses=schema.READING | schema.problems(409) | NOT_MODIFIED,
        openapi_extra={"parameters": [schema.NONE_MATCH_HEADER]},
    )
    async def read_case(request: Request, ref: str) -> Response:
        """Une procédure : son état, ses échéances, son histoire."""
        subject_id, case = await office.find_case(ref)
        history = await office.service.history(subject_id)
        subject = await office.subject(subject_id)
        if already_known(request, subject.version):
            return Response(status_code=304, headers=dict(etag(subject.version)))
        said = answers.case(subject_id, subject.cases[case]) | {
            "version": subject.version,
            "deadlines": answers.deadlines(subject, case),
            "events": [answers.recorded(one) for one in history if one.event.case == case],
        }
        return _json(said, headers=dict(etag(subject.version)))


# -- Commands ------------------------------------------------------------------------------------------


def _commands(routes: APIRouter, office: Office) -> None:
    @routes.get("/commands/{command}", response_model=contract.CommandAnswer, responses=schema.READING)
    async def read_command(command: str) -> Response:
        """Une commande reçue, et ce qu'elle est devenue."""
        command_id = identifier(command, "command", "not_found")
        row = await office.service.register.command(command_id)
        if row is None:
            raise Problem("not_found", "Aucune commande sous cet identifiant.")
        outcome = await office.service.register.outcome(command_id)
        assert row.received_at is not None
        return _json(
            {
                "command_id": str(row.command_id),
                "agent": str(row.subject_id),
                "type": row.type,
                "on": row.acted_on.isoformat(),
                "status": outcome.result if outcome else "pending",
                "received_at": answers.instant(row.received_at),
                "decided_at": answers.instant(outcome.decided_at) if outcome else None,
                "body": canonical.loads(row.body),
                "outcome": canonical.loads(outcome.body) if outcome else None,
            }
        )


# -- Questions: nothing is recorded --------------------------------------------------------------------


def _questions(routes: APIRouter, office: Office) -> None:
    @routes.post(
        "/checks",
        response_model=contract.CheckAnswer,
        responses=schema.problems(400, 404, 409, 413, 415, 503),
        openapi_extra={"requestBody": schema.body("Question")},
    )
    async def check(request: Request) -> Response:
        """Ce que ferait une commande ; rien n'est enregistré."""
        body = await json_object(request)
        subject_id = identifier(taken(body, "agent"), "agent")
        on = civil_day(taken(body, "on"), "on", await office.today())
        assert on is not None
        command = office.command(body)
        if issubclass(command, Opening) and body.get("case") is None:
            body["case"] = "nouvelle"
        decision = await office.service.check(subject_id, body, on)
        allowed = isinstance(decision, Outcome)
        after = (
            decision.subject if isinstance(decision, Outcome) else await office.service.subject(subject_id, None, on)
        )
        return _json(
            {
                "allowed": allowed,
                "on": on.isoformat(),
                "rules": [answers.check(one) for one in decision.checks],
                "events": [event_json(e) for e in decision.events] if isinstance(decision, Outcome) else [],
                "deadlines": answers.deadlines(after),
                "entitlements_after": _entitled(office, after, on),
                "forecast": [answers.coming(one) for one in forecast(after, on, office.service.law)],
            }
        )

    @routes.post(
        "/simulations",
        response_model=dict[str, Any],
        responses=schema.problems(400, 413, 415),
        openapi_extra={"requestBody": schema.body("Scenario")},
    )
    async def simulations(request: Request) -> Response:
        """Le résultat d'un scénario ; rien n'est enregistré."""
        scenario = read_scenario(await json_object(request))
        if len(scenario.steps) > MOST_SIMULATED:
            raise InputError("steps", f"{MOST_SIMULATED} étapes au plus")
        result = await asyncio.to_thread(simulate, office.service.registry, scenario)
        return _json(result.as_json())


# -- Lists ---------------------------------------------------------------------------------------------


def _lists(routes: APIRouter, office: Office) -> None:
    @routes.get("/deadlines", response_model=contract.AgendaPage, responses=schema.problems(400, 503))
    async def deadlines(
        procedure: Word = None,
        authority: Word = None,
        nature: Word = None,
        agent: Annotated[str | None, Query(json_schema_extra={"format": "uuid"})] = None,
        due_from: Day = None,
        due_until: Day = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Response:
        """Les échéances en cours, par date. `authority` vide : celles qui se produisent d'elles-mêmes."""
        wanted = AgendaFilter(
            procedure,
            authority,
            nature,
            identifier(agent, "agent", PARAM) if agent is not None else None,
            civil_day(due_from, "due_from", code=PARAM),
            civil_day(due_until, "due_until", code=PARAM),
        )
        rows = await office.queries.agenda(wanted, limit + 1, _agenda_after(cursor))
        last = rows[limit - 1] if len(rows) > limit else None
        place = [last["due"].isoformat(), str(last["subject_id"]), last["case_ref"], last["kind"]] if last else None
        return _page([_agenda_line(row) for row in rows[:limit]], place)

    @routes.get("/codes", response_model=contract.Codes)
    async def codes() -> Response:
        """Chaque code, son titre et son fondement."""
        rules = [
            {
                "code": code,
                "status": 422,
                "title": w.title,
                "met": w.met,
                "detail": f"{w.fact} {w.way}".strip(),
                "basis": list(w.basis),
            }
            for code, w in words.RULES.items()
            if "@" not in code
        ]
        own: list[dict[str, Any]] = [
            {"code": code, "status": status, "title": title, "met": None, "detail": None, "basis": []}
            for code, (status, title) in words.PROBLEMS.items()
        ]
        return _json({"items": [*rules, *own]})


def _health(routes: APIRouter, office: Office) -> None:
    @routes.get("/health/live", response_model=contract.Health)
    async def live() -> Response:
        """Le processus répond."""
        return _json({"status": "ok"})

    @routes.get("/health/ready", response_model=contract.Health, responses=schema.problems(503))
    async def ready() -> Response:
        """Le registre répond ; `degraded_since` quand les échéances automatiques sont en pause."""
        await office.queries.ready()
        since = office.desk.degraded_since
        return _json({"status": "ok", "degraded_since": since and answers.instant(since)})

    @routes.get("/version", response_model=contract.Version)
    async def version() -> Response:
        """La version du logiciel et l'édition du droit."""
        return _json({"greffe": installed("greffe"), "law": EDITION})


# -- Shared --------------------------------------------------------------------------------------------

PARAM = "invalid_parameter"
NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "L'ETag donné est à jour."}}


async def _answer(office: Office, request: Request, done: Any, row: CommandRow, location: str, status: int) -> Response:
    """The answer to a recorded command: what it did, why it is refused, or where to look for its outcome."""
    if not isinstance(done, Handled):
        headers = {"Location": f"{BASE}/commands/{row.command_id}", "Retry-After": "1"}
        return _json({"command_id": str(row.command_id), "status": "pending"}, 202, headers)
    headers = {"Location": location}
    if done.replayed:
        headers["Idempotent-Replayed"] = "true"
    if done.rejection is not None:
        return refused(request, done.rejection, {**etag(done.version), **headers})
    said = await _recorded(office, done, row)
    return _json(said, status, {**headers, **etag(said["version"])})


async def _recorded(office: Office, done: Handled, row: CommandRow) -> dict[str, Any]:
    """What a command did, told from the history up to it, so that a replay says the same."""
    registry = office.service.registry
    procedure, ref = office.service.case_of(row)
    history = await office.service.history(row.subject_id)
    version = done.events[-1].seq if done.events else done.version
    first = done.events[0].seq if done.events else version + 1
    before = answers.fold(procedure.subject, row.subject_id, registry, history[: first - 1])
    after = before.fold(one.event for one in history[first - 1 : version])
    return {
        "case": answers.case(row.subject_id, after.cases[ref]) if ref in after.cases else None,
        "agent": str(row.subject_id),
        "version": version,
        "command_id": str(row.command_id),
        "events": [answers.recorded(one) for one in done.events],
        "deadlines": answers.deadlines(after),
        "entitlements_changed": answers.entitlements_changed(
            _entitled(office, before, row.acted_on), _entitled(office, after, row.acted_on)
        ),
    }


async def _possibilities(office: Office, subject_id: UUID, case: str | None) -> Response:
    today = await office.today()
    await office.subject(subject_id)
    subject = await office.service.subject(subject_id, None, today)
    law = office.service.law
    if case is None:
        found = [one for p in office.service.registry.procedures for one in possible(subject, p, None, today, law)]
    else:
        found = list(possible(subject, subject.cases[case].procedure, case, today, law))
    version = await office.service.register.stream_version(subject_id)
    said = {"on": today.isoformat(), "version": version, "commands": [answers.possibility(one) for one in found]}
    return _json(said, headers=dict(etag(version)))


def _entitled(office: Office, subject: Subject, on: date) -> dict[str, Any]:
    return dict(office.service.registry.entitled(Context(on, subject, office.service.law)))


def _person(given: Any) -> PersonInput | None:
    if given is None:
        return None
    try:
        return TypeAdapter(PersonInput).validate_python(given)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        path = ".".join(("person", *map(str, first["loc"])))
        raise InputError(path, first["msg"].removeprefix("Value error, ")) from error


async def _free_matricule(office: Office, person: PersonInput | None, subject_id: UUID) -> None:
    if person is None or person.matricule is None:
        return
    known = await office.persons.by_matricule(person.matricule)
    if known is not None and known.subject_id != subject_id:
        raise Problem("matricule_taken", "Ce matricule désigne déjà un autre agent.", field="person.matricule")


def _agent(given: str) -> UUID:
    return identifier(given, "agent", "not_found")


def _name(row: Any) -> str | None:
    return f"{row['family_name']} {row['given_name']}" if row["family_name"] else None


def _agent_line(row: Any) -> dict[str, Any]:
    return {
        "id": str(row["subject_id"]),
        "version": row["version"],
        "name": _name(row),
        "matricule": row["matricule"],
        "open_cases": row["open_cases"],
        "next_due": row["next_due"],
        "summary": orjson.loads(row["summary"]),
    }


def _agenda_line(row: Any) -> dict[str, Any]:
    return {
        "case": row["case_ref"] or None,
        "case_id": str(row["case_id"]),
        "procedure": row["procedure"],
        "agent": str(row["subject_id"]),
        "name": _name(row),
        "kind": row["kind"],
        "title": words.DEADLINES[row["kind"]],
        "due": row["due"],
        "nature": row["nature"],
        "basis": answers.basis_of(row["basis"]),
        "consequence": row["consequence"],
        "awaits": row["awaits"],
        "armed_on": row["armed_on"],
        "late": row["fallen_on"] is not None,
    }


def _agenda_after(cursor: str | None) -> AgendaAfter | None:
    after = _cursor(cursor, 4)
    if after is None:
        return None
    due = civil_day(after[0], "cursor", code=PARAM)
    assert due is not None
    return AgendaAfter(due, identifier(after[1], "cursor", PARAM), after[2], after[3])


def _cursor(given: str | None, members: int) -> list[str] | None:
    """The place that a cursor names; a problem when it is not one of ours."""
    if not given:
        return None
    try:
        place = orjson.loads(base64.urlsafe_b64decode(given))
    except ValueError:
        place = None
    if (
        not isinstance(place, list)
        or len(place) != members
        or not all(isinstance(one, str) and (one == "" or one.isprintable()) for one in place)
    ):
        raise Problem(PARAM, "« cursor » : reprenez celui de la page précédente.", field="cursor")
    return place


def _page(items: list[dict[str, Any]], place: list[str] | None) -> Response:
    following = base64.urlsafe_b64encode(orjson.dumps(place)).decode() if place else None
    return _json({"items": items, "next_cursor": following})


def _json(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(orjson.dumps(body), status, headers=headers, media_type="application/json")
