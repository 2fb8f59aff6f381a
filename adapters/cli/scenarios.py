"""Scenario files: what is read of them, and what is said of one that cannot be read."""

import json
import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

LARGEST = 20_000_000  # bytes
DEEPEST = 50  # objects and lists, one in another
STANDARD_INPUT = Path("-")


@dataclass(frozen=True)
class Unreadable(Exception):
    """A file, or a scenario in it, that cannot be read: where, and why."""

    file: str
    scenario: str | int | None
    path: str
    reason: str

    def __str__(self) -> str:
        scenario = None if self.scenario is None else f"scénario {self.scenario}"
        where = ", ".join(part for part in (self.file, scenario, self.path) if part)
        return f"{where} : {self.reason}"

    def as_json(self) -> dict[str, Any]:
        return {"file": self.file, "scenario": self.scenario, "path": self.path, "reason": self.reason}


@dataclass(frozen=True)
class Given:
    """One scenario as it stands in its file; `index` is its place in the list, when there is one."""

    file: str
    index: int | None
    body: Any

    @property
    def name(self) -> str | int | None:
        """Its own id, else its place in the list."""
        own = self.body.get("id") if isinstance(self.body, dict) else None
        return own if isinstance(own, str) else self.index


@dataclass(frozen=True)
class ScenarioFile:
    """The scenarios of a file; `listed` when it holds a list of them, even of one."""

    scenarios: tuple[Given, ...]
    listed: bool


def read_file(path: Path) -> ScenarioFile:
    """The scenarios of a file, still unchecked; Unreadable when it is not the JSON that is expected."""
    file = str(path)
    body = _parsed(file, _text(file, _bytes(path)))
    if isinstance(body, list):
        return ScenarioFile(tuple(Given(file, index, one) for index, one in enumerate(body)), listed=True)
    return ScenarioFile((Given(file, None, body),), listed=False)


def _bytes(path: Path) -> bytes:
    try:
        if path == STANDARD_INPUT:
            content = sys.stdin.buffer.read(LARGEST + 1)
        else:
            with path.open("rb") as stream:
                content = stream.read(LARGEST + 1)
    except OSError as error:
        raise Unreadable(str(path), None, "", _SAID.get(type(error), f"illisible ({error.strerror})")) from error
    except ValueError as error:  # a null byte in the name
        raise Unreadable(str(path), None, "", "nom de fichier impossible") from error
    if len(content) > LARGEST:
        raise Unreadable(str(path), None, "", f"plus de {LARGEST // 1_000_000} Mo")
    return content


_SAID: dict[type[OSError], str] = {
    FileNotFoundError: "fichier introuvable",
    IsADirectoryError: "c'est un répertoire, un fichier est attendu",
    PermissionError: "lecture interdite",
}


def _text(file: str, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(file, None, "", f"pas en UTF-8 (octet {error.start})") from error


def _parsed(file: str, text: str) -> Any:
    try:
        body = json.loads(text, object_pairs_hook=_without_duplicates, parse_constant=_no_constant, parse_float=_finite)
        if _deeper_than(body, DEEPEST):
            raise RecursionError
    except json.JSONDecodeError as error:
        where = f"ligne {error.lineno}, colonne {error.colno}"
        raise Unreadable(file, None, "", f"pas du JSON ({where})" if text.strip() else "fichier vide") from error
    except RecursionError as error:
        raise Unreadable(file, None, "", f"trop profond : {DEEPEST} niveaux au plus") from error
    except ValueError as error:
        raise Unreadable(file, None, "", str(error)) from error
    return body


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    body = dict(pairs)
    if len(body) < len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise ValueError(f"clé en double : {twice!r}")
    return body


def _no_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} n'est pas un nombre JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"nombre trop grand : {digits}")
    return number


def _deeper_than(body: Any, limit: int) -> bool:
    level = [body]
    for _ in range(limit):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return False
    return True


def _inside(body: Any) -> Iterator[Any]:
    inner = body.values() if isinstance(body, dict) else body if isinstance(body, list) else ()
    return (one for one in inner if isinstance(one, dict | list))
