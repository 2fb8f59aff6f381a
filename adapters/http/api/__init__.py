"""The routes of the API, `/api/v1`: the same application functions as the pages, for programs."""

from fastapi import APIRouter

from adapters.http.api.agents import agents, parts
from adapters.http.api.cases import cases, commands
from adapters.http.api.laws import laws
from adapters.http.api.lists import health, lists
from adapters.http.api.questions import questions
from adapters.http.api.shared import BASE
from adapters.http.office import Office


def router(office: Office) -> APIRouter:
    """All routes of the API over one office."""
    routes = APIRouter(prefix=BASE)
    for register in (agents, parts, cases, commands, questions, lists, laws, health):
        register(routes, office)
    return routes
