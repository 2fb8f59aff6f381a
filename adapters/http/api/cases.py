"""Cases and commands: open, read, act, and what became of a command."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from adapters.http import answers, contract, schema
from adapters.http.api.shared import BASE, NOT_MODIFIED, answer, json, possibilities
from adapters.http.bodies import (
    already_known,
    civil_day,
    etag,
    expected_version,
    idempotency_key,
    identifier,
    json_object,
    taken,
)
from adapters.http.office import Asked, Office, of_case
from adapters.http.problems import Problem
from adapters.store import canonical
from adapters.store.ids import case_id
from domain.kernel import Opening


def cases(routes: APIRouter, office: Office) -> None:
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
        return await answer(office, request, done, row, location, 201)

    @routes.get(
        "/cases/{ref:path}/commands",
        response_model=contract.Possibilities,
        responses=schema.READING | schema.problems(409),
    )
    async def case_possibilities(ref: str) -> Response:
        """Ce qui peut être demandé dans cette procédure, et sinon pourquoi."""
        return await possibilities(office, *await office.find_case(ref))

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
        return await answer(office, request, done, row, f"{BASE}/cases/{case_id(subject_id, case)}", 200)

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
        return json(said, headers=dict(etag(subject.version)))


def commands(routes: APIRouter, office: Office) -> None:
    @routes.get("/commands/{command}", response_model=contract.CommandAnswer, responses=schema.READING)
    async def read_command(command: str) -> Response:
        """Une commande reçue, et ce qu'elle est devenue."""
        command_id = identifier(command, "command", "not_found")
        row = await office.service.register.command(command_id)
        if row is None:
            raise Problem("not_found", "Aucune commande sous cet identifiant.")
        outcome = await office.service.register.outcome(command_id)
        assert row.received_at is not None
        return json(
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
