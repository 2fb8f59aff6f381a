"""Lists, and how the service is."""

from importlib.metadata import version as installed
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from adapters import words
from adapters.http import answers, contract, schema
from adapters.http.api.shared import PARAM, Cursor, Day, Limit, Word, json, name_of, page_of, place_of
from adapters.http.bodies import civil_day, identifier
from adapters.http.office import Office
from adapters.store.queries import AgendaAfter, AgendaFilter
from domain.law.editions import EDITION


def lists(routes: APIRouter, office: Office) -> None:
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
        return page_of([_agenda_line(row) for row in rows[:limit]], place)

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
        return json({"items": [*rules, *own]})


def health(routes: APIRouter, office: Office) -> None:
    @routes.get("/health/live", response_model=contract.Health)
    async def live() -> Response:
        """Le processus répond."""
        return json({"status": "ok"})

    @routes.get("/health/ready", response_model=contract.Health, responses=schema.problems(503))
    async def ready() -> Response:
        """Le registre répond ; `degraded_since` quand les échéances automatiques sont en pause."""
        await office.queries.ready()
        since = office.desk.degraded_since
        return json({"status": "ok", "degraded_since": since and answers.instant(since)})

    @routes.get("/version", response_model=contract.Version)
    async def version() -> Response:
        """La version du logiciel et l'édition du droit."""
        return json({"greffe": installed("greffe"), "law": EDITION})


def _agenda_line(row: Any) -> dict[str, Any]:
    return {
        "case": row["case_ref"] or None,
        "case_id": str(row["case_id"]),
        "procedure": row["procedure"],
        "agent": str(row["subject_id"]),
        "name": name_of(row),
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
    after = place_of(cursor, 4)
    if after is None:
        return None
    due = civil_day(after[0], "cursor", code=PARAM)
    assert due is not None
    return AgendaAfter(due, identifier(after[1], "cursor", PARAM), after[2], after[3])
