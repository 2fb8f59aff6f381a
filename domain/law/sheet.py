"""What Greffe holds of one article: its words, its figures, the readings that bear on it, its procedures."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from domain.kernel import Registry
from domain.law import Article, Choice, Parameter, Provision
from domain.law.choices import CHOICES
from domain.law.coverage import ARTICLES, Coverage, coverage
from domain.law.d2021_1645 import TEXT
from domain.law.editions import PARAMETERS, provision

NAMED = re.compile(r"\b[Aa]rticles? (\d[\d-]*(?:(?:, | et | ou )\d[\d-]*)*)")  # an article of the décret, by its number


@dataclass(frozen=True, slots=True)
class Sheet:
    """An article: what it says, since when, what is encoded of it and where."""

    article: Article
    provision: Provision | None
    coverage: Coverage | None  # None: a rule of the registre, not of a text
    figures: tuple[Parameter[Any], ...]
    choices: tuple[Choice[Any], ...]

    def in_force(self, on: date) -> bool | None:
        """Whether the article is in force on a day; None when its dates are not held."""
        known = self.provision
        return None if known is None else known.since <= on and (known.until is None or on <= known.until)


def sheet(registry: Registry, article: Article) -> Sheet | None:
    """What is held of the article of this place; None when no text has such an article."""
    whole, found = article.whole, None
    if whole in ARTICLES.get(whole.text, ()):
        found = next(one for one in coverage(registry, whole.text) if one.article == whole)
    known = provision(whole)
    if found is None and known is None:
        return None
    figures = tuple(figure for figure in PARAMETERS if whole in {one.source.whole for one in figure.versions})
    return Sheet(whole, known, found, figures, tuple(_choices(whole, figures)))


def _choices(article: Article, figures: tuple[Parameter[Any], ...]) -> Iterator[Choice[Any]]:
    """The readings that name the article, or that date one of its figures."""
    dating = {
        version.since.key for figure in figures for version in figure.versions if isinstance(version.since, Choice)
    }
    for choice in CHOICES.values():
        named = article.text == TEXT and article.number in numbers(choice.why)
        if named or choice.key in dating:
            yield choice


def numbers(why: str) -> set[str]:
    """The articles of the décret that a sentence names."""
    return {number for found in NAMED.finditer(why) for number in re.findall(r"\d[\d-]*", found[1])}
