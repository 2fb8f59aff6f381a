"""The editions of the law that Greffe holds, and the provisions they are made of."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from domain.law import Article, Law, Parameter, Provision, d2021_1645
from domain.law.choices import read_choices

EDITION = "2024-11-04"  # the day to which the décret is consolidated

TEXTS: Mapping[str, str] = {d2021_1645.TEXT: d2021_1645.TITLE, "GREFFE": "Règles de tenue du registre"}

PROVISIONS: Mapping[Article, Provision] = {
    provision.article: provision
    for provision in (
        *d2021_1645.PROVISIONS,
        Provision(
            Article("GREFFE", "cases"),
            "Référence d'une procédure",
            "Une procédure s'ouvre sous une référence nouvelle et se poursuit sous la même.",
            date(2021, 12, 16),
        ),
    )
}

PARAMETERS: tuple[Parameter[Any], ...] = tuple(
    value for value in vars(d2021_1645).values() if isinstance(value, Parameter)
)


def current(choices: Mapping[str, Any] | None = None) -> Law:
    """The latest edition, under these choices; ValueError on a choice that is unknown or not allowed."""
    return Law(EDITION, read_choices(choices or {}))


def provision(article: Article) -> Provision | None:
    """What is known of the article that holds this place."""
    return PROVISIONS.get(article.whole)
