"""The law as encoded: every article, and what is held of one."""

from fastapi import APIRouter
from fastapi.responses import Response

from adapters import articles
from adapters.http import contract, schema
from adapters.http.api.shared import PARAM, Day, json
from adapters.http.bodies import civil_day
from adapters.http.office import Office
from adapters.http.problems import Problem
from domain.law.coverage import ARTICLES, coverage
from domain.law.editions import EDITION
from domain.law.sheet import sheet


def laws(routes: APIRouter, office: Office) -> None:
    @routes.get("/laws", response_model=contract.Laws)
    async def listed() -> Response:
        """Chaque article, ce qui en est encodé, ou pourquoi rien ne l'est."""
        lines = [line for text in ARTICLES for line in coverage(office.service.registry, text)]
        items = [articles.line_json(line) for line in lines]
        return json({"edition": EDITION, "summary": articles.total(lines), "items": items})

    @routes.get("/laws/{ref}", response_model=contract.LawAnswer, responses=schema.problems(400, 404, 503))
    async def law(ref: str, on: Day = None) -> Response:
        """Un article (`28-2` ou `D2021-1645:28-2`), et ce qui en vaut ce jour-là : aujourd'hui, sinon `on`."""
        article = articles.reference(ref)
        found = sheet(office.service.registry, article) if article is not None else None
        if found is None:
            raise Problem("not_found", "Aucun article sous cette référence.")
        day = civil_day(on, "on", await office.today(), PARAM)
        return json(articles.sheet_json(found, office.service.law, day))
