"""The shell of a page: navigation, identity, banners; and forms that come only from our own pages."""

import hmac
from datetime import date
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any
from urllib.parse import urlsplit

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined

from adapters import words
from adapters.http.identities import SANDBOX
from adapters.http.office import Office
from adapters.http.problems import Problem
from adapters.http.static import address
from domain.calendar import add_months
from domain.law.coverage import ARTICLES
from domain.law.editions import EDITION, provision

SESSION = "greffe_session"

# -- Rendering -----------------------------------------------------------------------------------------

templates = Environment(
    loader=PackageLoader("adapters.http"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
templates.globals |= {
    "address": address,
    "chip": words.chip,
    "provision": provision,
    "texts": frozenset(ARTICLES),
    "day": words.day,
    "capital": words.capital,
}


async def page(office: Office, request: Request, template: str, status: int = 200, **shown: Any) -> Response:
    """A page in the shell: navigation, identity, banners."""
    session = request.cookies.get(SESSION) or token_urlsafe(24)
    today = await office.today()
    shell = {
        "request_path": request.url.path,
        "settings": office.settings,
        "who": office.identity(request),
        "identities": SANDBOX,
        "roles": words.ROLES,
        "today": today,
        "edition": EDITION,
        "pressing": await office.queries.pressing(today),
        "paused": _paused(office),
        "csrf": _token(session),
        "next_day": words.day(date.fromordinal(today.toordinal() + 1)),
        "next_month": words.day(add_months(today, 1)),
    }
    response = Response(templates.get_template(template).render(**shell, **shown), status, media_type="text/html")
    if SESSION not in request.cookies:
        response.set_cookie(SESSION, session, httponly=True, samesite="strict", secure=request.url.scheme == "https")
    return response


def _paused(office: Office) -> str | None:
    since = office.desk.degraded_since
    return f"{since.astimezone(office.settings.zone):%H:%M}" if since else None


async def faults(office: Office, request: Request, problem: Problem) -> Response:
    """An error as a page. When the register is away the page asks nothing of it, and has no form."""
    title = words.PROBLEMS[problem.code][1]
    shown = {"title": title, "detail": problem.detail, "request_id": request.state.request_id}
    if problem.status >= 500:
        bare = templates.get_template("panne.html").render(**shown, establishment=office.settings.establishment_name)
        return Response(bare, problem.status, headers=problem.headers, media_type="text/html")
    response = await page(office, request, "erreur.html", problem.status, **shown)
    response.headers.update(problem.headers)
    return response


# -- Forms are only taken from our own pages -----------------------------------------------------------


def _token(session: str) -> str:
    return sha256(f"greffe/form\n{session}".encode()).hexdigest()


async def entries(request: Request) -> dict[str, str]:
    """The entries of a form that comes from one of our pages; a problem otherwise."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise Problem("forbidden", "Ce formulaire vient d'un autre site.")
    form = await request.form()
    given = {name: value for name, value in form.items() if isinstance(value, str)}
    session = request.cookies.get(SESSION, "")
    if not session or not hmac.compare_digest(given.pop("jeton", "").encode(), _token(session).encode()):
        raise Problem("forbidden", "Ce formulaire a expiré : rechargez la page, puis envoyez-le de nouveau.")
    return given


def to(address: str) -> Response:
    return RedirectResponse(address, 303)
