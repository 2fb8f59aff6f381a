"""The application: one office behind an API and pages, with every error in its form."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.routing import Match

from adapters import words
from adapters.http import answers, api, schema
from adapters.http.gate import Gate
from adapters.http.office import Desk, Office
from adapters.http.pages import faults, pages
from adapters.http.problems import Problem, unreadable
from adapters.http.static import Static
from adapters.service import Busy, DateInFuture, Service, Stale, Stopped
from adapters.settings import Settings
from adapters.store.connection import KeyReused, StoreUnavailable
from adapters.store.persons import MatriculeTaken
from adapters.store.queries import Queries
from domain.simulation import InputError

log = structlog.get_logger(__name__)

Answer: TypeAlias = Callable[[Request, Problem], Awaitable[Response]]
API_ROOT = "/api/"


def create_app(service: Service, desk: Desk, queries: Queries, settings: Settings) -> FastAPI:
    """The web application over a service, a desk and the views."""
    office = Office(service, desk, queries, settings)
    app = FastAPI(
        title="Greffe",
        version="1",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.office = office
    programs, people = api.router(office), pages(office)
    app.include_router(programs)
    app.include_router(people, include_in_schema=False)
    app.state.routes = [*programs.routes, *people.routes]
    app.mount("/static", Static(), name="static")
    app.openapi = lambda: _described(app, office)  # type: ignore[method-assign]
    answer = _answer_errors(app, office)

    async def fault(request: Request) -> Response:
        detail = "L'erreur est journalisée sous l'identifiant de la demande."
        return await answer(request, Problem("internal_error", detail))

    app.add_middleware(Gate, desk=desk, fault=fault)
    return app


def _described(app: FastAPI, office: Office) -> dict[str, Any]:
    if app.openapi_schema is None:
        app.openapi_schema = schema.complete(app, office.service.registry)
    return app.openapi_schema


# -- Errors --------------------------------------------------------------------------------------------


def _answer_errors(app: FastAPI, office: Office) -> Answer:
    """Each error in its form: problem+json for programs, a page for people."""

    async def in_its_form(request: Request, said: Problem) -> Response:
        if request.url.path.startswith(API_ROOT):
            return said.response(request)
        return await faults(office, request, said)

    def answering(error: type[Exception], problem: Callable[[Request, Any], Problem]) -> None:
        async def answer(request: Request, raised: Exception) -> Response:
            return await in_its_form(request, problem(request, raised))

        app.add_exception_handler(error, answer)

    answering(Problem, lambda _, error: error)
    answering(InputError, lambda _, error: unreadable(error))
    answering(RequestValidationError, lambda _, error: _parameter(error))
    answering(
        KeyReused, lambda *_: Problem("idempotency_key_reused", "Prenez une clé nouvelle pour une autre demande.")
    )
    answering(DateInFuture, lambda _, error: future(error))
    answering(Stale, lambda _, error: stale(error))
    answering(Busy, lambda *_: Problem("in_progress", "D'autres écrivent dans ce dossier : renvoyez la même demande."))
    answering(
        Stopped, lambda *_: Problem("case_stopped", "La demande est conservée ; elle sera reprise après réparation.")
    )
    answering(MatriculeTaken, lambda *_: Problem("matricule_taken", "Ce matricule désigne déjà un autre agent."))
    answering(StoreUnavailable, lambda *_: unavailable())
    answering(HTTPException, _of_routing)
    return in_its_form


def unavailable() -> Problem:
    detail = "Le registre ne répond pas. Renvoyez la même demande plus tard : elle ne sera enregistrée qu'une fois."
    return Problem("store_unavailable", detail, headers={"Retry-After": "5"})


def future(error: DateInFuture) -> Problem:
    detail = f"La date de l'acte ({words.day(error.on)}) est après aujourd'hui ({words.day(error.today)})."
    return Problem("date_in_future", detail, field="on", suggestion={"on": error.today.isoformat()})


def stale(error: Stale) -> Problem:
    detail = f"Le dossier a changé : version {error.expected_version} → {error.current_version}. Relisez-le."
    return Problem(
        "stale_version",
        detail,
        headers={"ETag": f'"{error.current_version}"'},
        current_version=error.current_version,
        events_since=[answers.recorded(one) for one in error.events_since],
    )


def _parameter(error: RequestValidationError) -> Problem:
    first = error.errors()[0]
    name = str(first["loc"][-1])
    return Problem("invalid_parameter", f"« {name} » : valeur refusée.", field=name)


def _of_routing(request: Request, error: HTTPException) -> Problem:
    if error.status_code == 405:
        allowed = ", ".join(sorted(_methods(request)))
        return Problem("method_not_allowed", f"Méthodes admises ici : {allowed}.", headers={"Allow": allowed})
    if error.status_code == 404:
        return Problem("not_found", "Rien à cette adresse.")
    return Problem("invalid_parameter", "La demande ne peut pas être lue.")


def _methods(request: Request) -> set[str]:
    """All the methods of an address, whichever routes hold them."""
    scope: MutableMapping[str, Any] = request.scope
    routes = [route for route in request.app.state.routes if route.matches(scope)[0] is not Match.NONE]
    return {method for route in routes for method in route.methods}
