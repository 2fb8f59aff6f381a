"""What the routes of the API share: their parameters, and the answers that several of them give."""

import base64
from collections.abc import Callable, Coroutine
from datetime import date
from typing import Annotated, Any, TypeAlias
from uuid import UUID

import orjson
from fastapi import Query, Request
from fastapi.responses import Response
from pydantic import StringConstraints

from adapters.http import answers, schema
from adapters.http.bodies import etag, identifier
from adapters.http.office import Office
from adapters.http.possible import possible
from adapters.http.problems import Problem, refused
from adapters.service import Handled
from adapters.store.register import CommandRow
from domain.kernel import Context, Subject
from domain.law import NotCovered

PARAM = "invalid_parameter"
BASE = "/api/v1"
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


NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "L'ETag donné est à jour."}}


async def answer(office: Office, request: Request, done: Any, row: CommandRow, location: str, status: int) -> Response:
    """The answer to a recorded command: what it did, why it is refused, or where to look for its outcome."""
    if not isinstance(done, Handled):
        headers = {"Location": f"{BASE}/commands/{row.command_id}", "Retry-After": "1"}
        return json({"command_id": str(row.command_id), "status": "pending"}, 202, headers)
    headers = {"Location": location}
    if done.replayed:
        headers["Idempotent-Replayed"] = "true"
    if done.rejection is not None:
        return refused(request, done.rejection, {**etag(done.version), **headers})
    said = await recorded(office, done, row)
    return json(said, status, {**headers, **etag(said["version"])})


async def recorded(office: Office, done: Handled, row: CommandRow) -> dict[str, Any]:
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
            known(office, before, row.acted_on), known(office, after, row.acted_on)
        ),
    }


async def possibilities(office: Office, subject_id: UUID, case: str | None) -> Response:
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
    return json(said, headers=dict(etag(version)))


def entitled(office: Office, subject: Subject, on: date) -> dict[str, Any]:
    return dict(office.service.registry.entitled(Context(on, subject, office.service.law)))


def known(office: Office, subject: Subject, on: date) -> dict[str, Any]:
    """What the subject is entitled to; nothing on a day before the law that is known."""
    try:
        return entitled(office, subject, on)
    except NotCovered:
        return {}


def agent_id(given: str) -> UUID:
    return identifier(given, "agent", "not_found")


def name_of(row: Any) -> str | None:
    return f"{row['family_name']} {row['given_name']}" if row["family_name"] else None


def place_of(given: str | None, members: int) -> list[str] | None:
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


def page_of(items: list[dict[str, Any]], place: list[str] | None) -> Response:
    following = base64.urlsafe_b64encode(orjson.dumps(place)).decode() if place else None
    return json({"items": items, "next_cursor": following})


def json(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(orjson.dumps(body), status, headers=headers, media_type="application/json")
