"""Every error as problem+json (RFC 9457): a stable code, French words, the rules that were not met."""

import re
from collections.abc import Mapping
from typing import Any

import orjson
from fastapi import Request
from fastapi.responses import Response

from adapters import words
from domain.kernel import Check
from domain.law import Article
from domain.law.editions import provision
from domain.simulation import InputError

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """An answer that is an error; `more` are further members of the document."""

    def __init__(self, code: str, detail: str, *, headers: Mapping[str, str] | None = None, **more: Any) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.headers = dict(headers or {})
        self.more = more

    @property
    def status(self) -> int:
        return words.PROBLEMS[self.code][0]

    def response(self, request: Request) -> Response:
        title = words.PROBLEMS[self.code][1]
        return document(request, self.status, self.code, title, self.detail, self.headers, **self.more)


def document(
    request: Request,
    status: int,
    code: str,
    title: str,
    detail: str,
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> Response:
    """A problem+json response."""
    body = {
        "type": f"urn:greffe:rule:{code}",
        "title": title,
        "status": status,
        "code": code,
        "detail": detail,
        "instance": request.url.path,
        "trace_id": getattr(request.state, "request_id", ""),
        **more,
    }
    return Response(orjson.dumps(body), status, headers=dict(headers or {}), media_type=MEDIA_TYPE)


# -- Rules that are not met ----------------------------------------------------------------------------


def check_of(violation: Mapping[str, Any]) -> Check:
    """The rule of a recorded violation, as the words read it."""
    return Check.model_validate({**violation, "met": False})


def basis_json(basis: tuple[Article, ...]) -> list[dict[str, Any]]:
    """Where a rule is written, and since when it is in force."""
    known = [(article, provision(article)) for article in basis]
    return [
        {
            "ref": str(article),
            "paragraph": article.paragraph or None,
            "title": found.title if found else None,
            "in_force_from": found.since.isoformat() if found else None,
        }
        for article, found in known
    ]


def violation_json(check: Check) -> dict[str, Any]:
    """A rule that is not met, with its words."""
    said = words.refusal(check)
    shown = check.model_dump(mode="json", include={"code", "field", "found", "expected", "suggestion"})
    return {
        "code": shown["code"],
        "severity": "blocking",
        "title": said.title,
        "detail": said.detail,
        "field": shown["field"],
        "value": shown["found"],
        "expected": shown["expected"],
        "basis": basis_json(check.basis),
        "suggestion": shown["suggestion"],
    }


def refused(request: Request, rejection: Mapping[str, Any], headers: Mapping[str, str]) -> Response:
    """The answer to a lawful refusal: the first rule names it, all are given."""
    checks = [check_of(violation) for violation in rejection["violations"]]
    first = words.refusal(checks[0])
    violations = [violation_json(check) for check in checks]
    return document(request, 422, checks[0].code, first.title, first.detail, headers, violations=violations)


# -- What cannot be read -------------------------------------------------------------------------------

_REASONS: tuple[tuple[str, str], ...] = (
    (r"Field required", "champ manquant"),
    (r"Extra inputs are not permitted", "champ inconnu"),
    (r"Input should be a valid string.*", "un texte est attendu"),
    (r"Input should be (an object|a valid dictionary).*", "un objet est attendu"),
    (r"String should have at (most|least).*", "un texte de 1 à 200 caractères est attendu"),
    (r"a date from .*", "la date est hors des bornes admises (1900 à 2200)"),
    (r"a date YYYY-MM-DD is expected|.*isoformat.*|(day|month|year) .*range.*", "une date AAAA-MM-JJ est attendue"),
    (r"at least one authority is expected", "au moins une autorité est attendue"),
    (r"either months or ends_on is expected", "indiquez la durée en mois ou le dernier jour, l'un des deux"),
    (r"ends_on comes before starts_on", "le dernier jour précède le premier"),
    (r"an absence ends on or after the day it begins", "l'absence finit après avoir commencé"),
    (r"a decimal string of euros is expected", "un montant est attendu, sous forme de texte"),
)


def reason(error: InputError) -> str:
    """Why an input cannot be read, in French."""
    found = (french for pattern, french in _REASONS if re.fullmatch(pattern, error.reason, re.DOTALL))
    return next(found, error.reason)


def unreadable(error: InputError) -> Problem:
    """The problem of a command that cannot be read, with the path of what is wrong."""
    detail = f"Champ « {error.path} » : {reason(error)}." if error.path else f"{words.capital(reason(error))}."
    return Problem("invalid_command", detail, field=error.path or None)
