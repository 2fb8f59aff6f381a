"""Agents: list, open, read, act on the dossier itself."""

from typing import Annotated, Any
from uuid import UUID, uuid4

import orjson
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from adapters.http import answers, contract, schema
from adapters.http.api.shared import (
    BASE,
    LARGEST,
    NOT_MODIFIED,
    PARAM,
    Cursor,
    Day,
    Instant,
    Limit,
    Line,
    agent_id,
    answer,
    entitled,
    json,
    name_of,
    page_of,
    place_of,
    possibilities,
)
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
from adapters.http.office import Asked, Office
from adapters.http.problems import Problem
from adapters.service import Handled
from adapters.store.persons import Person
from domain.kernel import CivilDate, SubjectCommand
from domain.simulation import InputError


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


def agents(routes: APIRouter, office: Office) -> None:
    @routes.get("/agents", response_model=contract.AgentPage, responses=schema.problems(400, 503))
    async def list_agents(
        q: Annotated[str, Query(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")] = "",
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Response:
        """Les agents, par nom."""
        after = place_of(cursor, 2)
        place = (after[0], identifier(after[1], "cursor", PARAM)) if after else None
        rows = await office.queries.dossiers(q, limit + 1, place)
        items = [_agent_line(row) for row in rows[:limit]]
        last = rows[limit - 1] if len(rows) > limit else None
        return page_of(items, [last["place"], str(last["subject_id"])] if last else None)

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
        return await answer(office, request, done, row, f"{BASE}/agents/{row.subject_id}", 201)

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
        subject_id = agent_id(agent)
        recorded_at = instant(as_recorded_at, "as_recorded_at")
        day = civil_day(effective_on, "effective_on", code=PARAM)
        subject = await office.subject(subject_id, recorded_at, day)
        if recorded_at is None and day is None and already_known(request, subject.version):
            return Response(status_code=304, headers=dict(etag(subject.version)))
        on = day or await office.today()
        who = await office.persons.get(subject_id)
        return json(
            answers.agent(subject_id, subject, on, office.service.law, who), headers=dict(etag(subject.version))
        )


def parts(routes: APIRouter, office: Office) -> None:
    @routes.get("/agents/{agent}/events", response_model=contract.EventPage, responses=schema.READING)
    async def read_events(
        agent: str, after: Annotated[int, Query(ge=0, le=LARGEST)] = 0, limit: Limit = 50
    ) -> Response:
        """L'histoire d'un agent, dans l'ordre du registre."""
        subject_id = agent_id(agent)
        await office.subject(subject_id)
        found = await office.service.register.events_since(subject_id, after)
        items = [answers.recorded(one) for one in found[:limit]]
        return json({"items": items, "next_after": found[limit - 1].seq if len(found) > limit else None})

    @routes.get(
        "/agents/{agent}/entitlements",
        response_model=contract.Entitlements,
        responses=schema.READING | schema.problems(422),
    )
    async def read_entitlements(agent: str, effective_on: Day = None) -> Response:
        """Les droits d'un agent un jour donné."""
        on = civil_day(effective_on, "effective_on", await office.today(), PARAM)
        assert on is not None
        subject = await office.subject(agent_id(agent), None, on)
        return json({"on": on.isoformat(), "entitlements": entitled(office, subject, on)})

    @routes.get("/agents/{agent}/commands", response_model=contract.Possibilities, responses=schema.READING)
    async def agent_possibilities(agent: str) -> Response:
        """Ce qui peut être demandé pour ce dossier, et sinon pourquoi."""
        return await possibilities(office, agent_id(agent), None)

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
        subject_id = agent_id(agent)
        await office.subject(subject_id)
        asked = Asked(subject_id, body, on or await office.today(), who, key, request.state.request_id, version)
        done, row = await office.open(asked, dated=on is not None)
        return await answer(office, request, done, row, f"{BASE}/agents/{subject_id}", 200)


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


def _agent_line(row: Any) -> dict[str, Any]:
    return {
        "id": str(row["subject_id"]),
        "version": row["version"],
        "name": name_of(row),
        "matricule": row["matricule"],
        "open_cases": row["open_cases"],
        "next_due": row["next_due"],
        "summary": orjson.loads(row["summary"]),
    }
