"""JSON bodies and conditional headers, read strictly: what is not certain is refused."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from fastapi import Request

from adapters.http.problems import Problem

MOST_BYTES = 256 * 1024
LONGEST_KEY = 64
DEEPEST = 32

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_ETAG = re.compile(r'\s*(?:(W/)?"([\x21\x23-\x7e]*)")\s*')


async def json_object(request: Request) -> dict[str, Any]:
    """The JSON object of the body; a problem otherwise."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json" and not media_type.endswith("+json"):
        raise Problem("not_json", "Envoyez du JSON, avec Content-Type: application/json.")
    try:
        body = orjson.loads(await request.body())
    except orjson.JSONDecodeError as error:
        raise Problem("invalid_command", "Le corps de la demande n'est pas du JSON.") from error
    if not isinstance(body, dict):
        raise Problem("invalid_command", "Un objet JSON est attendu.")
    _check(body, "", 0)
    return body


def _check(value: Any, path: str, depth: int) -> None:
    """No control character, no lone number beyond what a register can hold, no bottomless nesting."""
    if depth > DEEPEST:
        raise Problem("invalid_command", "Le JSON est trop imbriqué.", field=path)
    if isinstance(value, str):
        if _CONTROL.search(value):
            raise Problem("invalid_command", f"Champ « {path} » : caractère de contrôle.", field=path)
    elif isinstance(value, dict):
        for key, item in value.items():
            _check(key, path, depth)
            _check(item, f"{path}.{key}" if path else key, depth + 1)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _check(item, f"{path}.{index}", depth + 1)


def taken(body: dict[str, Any], name: str) -> Any:
    """A member of the envelope, taken out of the command."""
    return body.pop(name, None)


def civil_day(value: Any, name: str, default: date | None = None, code: str = "invalid_command") -> date | None:
    """A date YYYY-MM-DD."""
    if value is None:
        return default
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            found = date.fromisoformat(value)
        except ValueError:
            pass
        else:
            if 1900 <= found.year <= 2200:
                return found
    raise Problem(code, f"« {name} » : une date AAAA-MM-JJ est attendue.", field=name)


def instant(value: str | None, name: str) -> datetime | None:
    """An instant of RFC 3339."""
    if value is None:
        return None
    if _INSTANT.fullmatch(value):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            pass
    raise Problem("invalid_parameter", f"« {name} » : un instant RFC 3339 est attendu.", field=name)


def identifier(value: Any, name: str, code: str = "invalid_command") -> UUID:
    """A UUID in its usual writing."""
    if isinstance(value, str) and _UUID.fullmatch(value):
        return UUID(value)
    raise Problem(code, f"« {name} » : un identifiant est attendu.", field=name)


def idempotency_key(request: Request) -> str:
    """The key under which this request is recorded once."""
    key = request.headers.get("idempotency-key")
    if key is None:
        raise Problem("idempotency_key_missing", "Ajoutez l'en-tête Idempotency-Key, puis renvoyez la demande.")
    if not 1 <= len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable() or " " in key:
        raise Problem("invalid_header", f"Idempotency-Key : de 1 à {LONGEST_KEY} caractères ASCII, sans espace.")
    return key


def expected_version(request: Request) -> int | None:
    """The version of the stream that the caller has seen; None when any will do (`*`)."""
    given = request.headers.get("if-match")
    if given is None:
        detail = "Lisez le dossier, puis renvoyez la demande avec son ETag dans If-Match."
        raise Problem("precondition_required", detail)
    if given.strip() == "*":
        return None
    weak, tag = _tags(given, "If-Match")[0]
    if weak or not tag.isdecimal() or not tag.isascii() or len(tag) > 15:
        raise Problem("invalid_header", 'If-Match : un ETag de dossier est attendu, par exemple "7".')
    return int(tag)


def already_known(request: Request, version: int) -> bool:
    """Whether the caller already holds this version."""
    given = request.headers.get("if-none-match")
    if given is None:
        return False
    return given.strip() == "*" or any(tag == str(version) for _, tag in _tags(given, "If-None-Match"))


def _tags(header: str, name: str) -> list[tuple[bool, str]]:
    tags: list[tuple[bool, str]] = []
    for one in header.split(","):
        found = _ETAG.fullmatch(one)
        if found is None:
            raise Problem("invalid_header", f"{name} : un ETag entre guillemets est attendu.")
        tags.append((bool(found[1]), found[2]))
    return tags


def etag(version: int) -> Mapping[str, str]:
    return {"ETag": f'"{version}"'}
