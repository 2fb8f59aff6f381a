"""The law as a bundle hands it over: what was cited, paraphrased, with the figures and the office's choices."""

import importlib
import json
import pkgutil
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from hashlib import sha256
from typing import Any

import domain.law
from domain.law import Article, Law, Parameter, Version
from domain.law.choices import CHOICES
from domain.law.editions import PROVISIONS, TEXTS


def files(law: Law, cited: Iterable[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """A file per text cited, and one for the choices; each entry with the hash of its canonical form."""
    articles = {Article.parse(ref).whole for ref in cited}
    for text in sorted({article.text for article in articles}):
        named = sorted(article for article in articles if article.text == text)
        yield (
            text,
            {
                "text": text,
                "title": TEXTS.get(text, ""),
                "edition": law.edition,
                "articles": [hashed(_article(article)) for article in named],
                "parameters": [hashed(one) for one in _figures(law, set(named))],
            },
        )
    choices = (
        {"key": key, "value": _plain(law.choice(choice)), "default": _plain(choice.default), "why": choice.why}
        for key, choice in sorted(CHOICES.items())
    )
    yield "choix", {"reference": law.reference, "choices": [hashed(one) for one in choices]}


def hashed(entry: dict[str, Any]) -> dict[str, Any]:
    """The entry with the SHA-256 of its JSON, keys sorted, without blanks."""
    written = json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return {**entry, "sha256": sha256(written.encode()).hexdigest()}


def _article(article: Article) -> dict[str, Any]:
    known = PROVISIONS.get(article)
    if known is None:
        return {"article": str(article), "encoded": False}
    return {
        "article": str(article),
        "encoded": True,
        "title": known.title,
        "paraphrase": known.paraphrase,
        "since": known.since.isoformat(),
        "until": _plain(known.until),
    }


def _figures(law: Law, articles: set[Article]) -> Iterator[dict[str, Any]]:
    for parameter in _parameters():
        if any(version.source.whole in articles for version in parameter.versions):
            versions = [_version(law, version) for version in parameter.versions]
            yield {"name": parameter.name, "checked_on": parameter.checked_on.isoformat(), "versions": versions}


def _version(law: Law, version: Version[Any]) -> dict[str, Any]:
    since = version.since if isinstance(version.since, date) else law.choice(version.since)
    return {"since": since.isoformat(), "value": _plain(version.value), "source": str(version.source)}


@cache
def _parameters() -> tuple[Parameter[Any], ...]:
    names = sorted(found.name for found in pkgutil.iter_modules(domain.law.__path__))
    modules = (importlib.import_module(f"domain.law.{name}") for name in names)
    return tuple(value for module in modules for value in vars(module).values() if isinstance(value, Parameter))


def _plain(value: Any) -> Any:
    """A figure of the law as JSON; what JSON does not know is said in words."""
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        read = [_plain(one) for one in value]
        return sorted(read, key=str) if isinstance(value, (set, frozenset)) else read
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)
