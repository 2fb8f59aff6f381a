"""What is said of the articles of the law, by the command, the API and the pages alike."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from adapters import words
from domain.kernel import Procedure
from domain.law import Article, Choice, Law, Parameter, Version
from domain.law.coverage import Coverage as Line
from domain.law.coverage import How
from domain.law.d2021_1645 import TEXT
from domain.law.editions import TEXTS
from domain.law.sheet import Sheet

SOURCES = Path(__file__).parent.parent  # the tests stand there in a checkout, not in an installed package

STATES: Mapping[How, str] = {"encoded": "Encodé", "data": "En données", "not_encoded": "Non encodé"}


def reference(text: str) -> Article | None:
    """The article under `TEXT:article[.paragraph]`, or under its number alone in the décret."""
    try:
        return Article.parse(text if ":" in text else f"{TEXT}:{text}")
    except ValueError:
        return None


def total(lines: Iterable[Line]) -> str:
    """105 articles : so many encoded, data, not encoded."""
    states = [line.how for line in lines]
    encoded, data, absent = (states.count(state) for state in STATES)
    return f"{len(states)} articles : {encoded} encodés, {data} en données, {absent} non encodés"


# -- Where an article is encoded -----------------------------------------------------------------------


def rules_file(procedure: Procedure) -> str:
    """The file that states the rules of a procedure."""
    return procedure.events[0].__module__.replace(".", "/") + ".py"


def test_files(procedure: Procedure) -> list[str]:
    """The files that try these rules, where the sources are at hand."""
    name = rules_file(procedure).rpartition("/")[2].removesuffix(".py")
    found = (SOURCES / "tests" / "procedures").glob(f"test_{name}*.py")
    return sorted(file.relative_to(SOURCES).as_posix() for file in found)


def title(procedure: Procedure) -> str:
    return words.PROCEDURES[procedure.name].title if procedure.name in words.PROCEDURES else procedure.name


def procedures(line: Line | None) -> list[dict[str, Any]]:
    return [
        {"name": one.name, "title": title(one), "rules": rules_file(one), "tests": test_files(one)}
        for one in (line.procedures if line else ())
    ]


# -- As data -------------------------------------------------------------------------------------------


def line_json(line: Line) -> dict[str, Any]:
    """One article among those of its text."""
    return {
        "ref": str(line.article),
        "title": line.title or None,
        "state": line.how,
        "why": line.why or None,
        "procedures": procedures(line),
    }


def sheet_json(sheet: Sheet, law: Law, on: date | None) -> dict[str, Any]:
    """All that is held of one article, and what applies on a day."""
    known, line = sheet.provision, sheet.coverage
    return {
        "ref": str(sheet.article),
        "text": TEXTS[sheet.article.text],
        "title": known.title if known else None,
        "paraphrase": known.paraphrase if known else None,
        "since": known.since.isoformat() if known else None,
        "until": known.until.isoformat() if known and known.until else None,
        "on": on.isoformat() if on else None,
        "in_force": sheet.in_force(on) if on else None,
        "state": line.how if line else None,
        "why": (line.why or None) if line else None,
        "figures": [figure_json(one, sheet.article, law, on) for one in sheet.figures],
        "choices": [choice_json(one, law) for one in sheet.choices],
        "procedures": procedures(line),
        "refusals": [{"code": code, "title": said} for code, said in refusals(sheet.article).items()],
    }


def figure_json(figure: Parameter[Any], article: Article, law: Law, on: date | None) -> dict[str, Any]:
    applied = law.in_force(figure, on) if on else None
    return {
        "name": figure.name,
        "versions": [
            {
                "since": law.since(one).isoformat(),
                "value": plain(one.value),
                "source": str(one.source),
                "applies": one is applied if on else None,
            }
            for one in versions(figure, article)
        ],
    }


def versions(figure: Parameter[Any], article: Article) -> list[Version[Any]]:
    """The versions of a figure that the article gives."""
    return [one for one in figure.versions if one.source.whole == article]


def choice_json(choice: Choice[Any], law: Law) -> dict[str, Any]:
    value = law.choice(choice)
    return {"key": choice.key, "value": plain(value), "default": plain(choice.default), "why": choice.why}


def refusals(article: Article) -> dict[str, str]:
    """The refusals whose rule is written in this article, by code."""
    found: dict[str, str] = {}
    for code, word in words.RULES.items():
        if any(article == Article.parse(ref).whole for ref in word.basis):
            found.setdefault(code.partition("@")[0], word.title)
    return found


def plain(value: Any) -> Any:
    """A figure as JSON holds it: amounts and rates as text, so that none is rounded."""
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, tuple):
        return [plain(one) for one in value]
    return str(value) if isinstance(value, Decimal | date) else value


# -- In French -----------------------------------------------------------------------------------------


def told(value: Any) -> str:
    """A figure, or the value of a choice, as a person reads it."""
    if value is None:
        return "aucune"
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, Mapping):
        return " ; ".join(f"{key} : {told(one)}" for key, one in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(told, value))
    return str(value).replace(".", ",") if isinstance(value, Decimal) else str(value)
