"""The pages of the law: which articles are encoded, and what is held of one."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from adapters import articles
from adapters.http import forms
from adapters.http.bodies import civil_day
from adapters.http.office import Office
from adapters.http.problems import Problem
from adapters.http.shell import page
from domain.law.coverage import ARTICLES, coverage
from domain.law.editions import TEXTS
from domain.law.sheet import sheet


def law_pages(routes: APIRouter, office: Office) -> None:
    @routes.get("/droit")
    async def law(request: Request) -> Response:
        wanted = request.query_params.get("etat", "")
        lines = [line for text in ARTICLES for line in coverage(office.service.registry, text)]
        shown = [line for line in lines if wanted not in articles.STATES or line.how == wanted]
        return await page(
            office,
            request,
            "droit.html",
            lines=[(line, articles.procedures(line)) for line in shown],
            states=articles.STATES,
            wanted=wanted,
            total=articles.total(lines),
            titles=[TEXTS[text] for text in ARTICLES],
        )

    @routes.get("/droit/{ref}")
    async def article(request: Request, ref: str) -> Response:
        sought = articles.reference(ref)
        found = sheet(office.service.registry, sought) if sought is not None else None
        if found is None:
            raise Problem("not_found", "Aucun article sous cette référence.")
        asked = request.query_params.get("au", "")
        today = await office.today()
        on = civil_day(forms.iso(asked) if asked else None, "au", today, "invalid_parameter")
        assert on is not None
        law = office.service.law
        figures: list[tuple[Any, Any, list[Any]]] = [
            (one, law.in_force(one, on), [(law.since(v), v) for v in articles.versions(one, found.article)])
            for one in found.figures
        ]
        return await page(
            office,
            request,
            "article.html",
            sheet=found,
            on=on,
            asked=asked,
            state=articles.STATES[found.coverage.how] if found.coverage else "Règle du registre",
            text=TEXTS[found.article.text],
            figures=figures,
            choices=[(one, articles.told(law.choice(one))) for one in found.choices],
            procedures=articles.procedures(found.coverage),
            refusals=articles.refusals(found.article),
            told=articles.told,
        )
