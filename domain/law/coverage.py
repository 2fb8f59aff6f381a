"""Which articles of each text are encoded, which are data only, which are not encoded and why."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from domain.kernel import Procedure, Registry
from domain.law import Article
from domain.law.d2021_1645 import TEXT, art
from domain.law.editions import TEXTS, provision

How = Literal["encoded", "data", "not_encoded"]

NUMBERS = (
    *("1", "2", "3", "3-1", *(str(n) for n in range(4, 15)), "14-1", "14-2", "14-3", "15", "16"),
    *("participation-L531-8", "mission-temporaire", *(str(n) for n in range(18, 29))),
    *("28-1", "28-2", "28-3", "28-4", *(str(n) for n in range(29, 38)), "37-1"),
    *(*(str(n) for n in range(38, 49)), "48-1", *(str(n) for n in range(49, 67)), "68", "69"),
    *("71", "72", "73", *(str(n) for n in range(74, 97))),
)
ARTICLES: Mapping[str, tuple[Article, ...]] = {TEXT: tuple(art(number) for number in NUMBERS)}

CAREERS = "Carrières, congés et recrutement : pas encore encodés."
PAY = "Rémunération : pas encore encodée."
PRINCIPLE = "Principe ou renvoi, sans date ni condition que le registre puisse tenir."
CIVIL_SERVICE = "Renvoi à un texte qui n'est pas dans les sources."
BENCH = "Composition et fonctionnement de la juridiction disciplinaire : tenus par elle, non par l'établissement."

DATA: Mapping[str, str] = {
    "1": "Les corps et les trois catégories.",
    "5": "L'année civile, et le congé annuel à temps plein.",
    "6": "Les onze demi-journées de service ; le décompte horaire n'est pas encodé.",
    "40": "Les cinq ans entre deux rapports d'activité, avec lesquels se remet celui de la mission temporaire.",
}
NOT_ENCODED: Mapping[str, str] = {
    **dict.fromkeys(("2", "3", "3-1", "4", "9", "10", "13"), PRINCIPLE),
    **dict.fromkeys(("7", "8", "11"), CAREERS),
    **dict.fromkeys(("14", "14-1", "14-2", "14-3", "34", "84", "91"), PAY),
    "participation-L531-8": "Participation à une entreprise : seules l'autorité et l'éligibilité sont dans le décret.",
    **dict.fromkeys(("19", "20", "21", "22", "23"), BENCH),
    **dict.fromkeys(("27", "35", "93", "94"), CIVIL_SERVICE),
    **dict.fromkeys(("36", "42"), PRINCIPLE),
    **dict.fromkeys(
        (
            *("41", "43", "44", "45", "46", "47", "48", "48-1", "49", "50", "52", "53", "54", "55", "56", "57"),
            *("58", "59", "60", "61", "62", "63", "64", "65", "66", "68", "69", "71", "72", "73", "74", "75", "76"),
            *("77", "78", "79", "80", "81", "82", "83", "87", "88", "89", "90", "95"),
        ),
        CAREERS,
    ),
}


@dataclass(frozen=True, slots=True)
class Coverage:
    """What Greffe holds of one article: the procedures that apply it, or why there is none."""

    article: Article
    title: str
    how: How
    procedures: tuple[Procedure, ...]
    why: str


def coverage(registry: Registry, text: str = TEXT) -> Iterator[Coverage]:
    """Every article of a text, in the order of the text."""
    if text not in TEXTS:
        raise KeyError(text)
    for article in ARTICLES.get(text, ()):
        applied = tuple(p for p in registry.procedures if article in {one.whole for one in p.articles})
        known = provision(article)
        title = known.title if known else ""
        if applied and article.number not in DATA:
            yield Coverage(article, title, "encoded", applied, "")
        elif article.number in DATA:
            yield Coverage(article, title, "data", applied, DATA[article.number])
        else:
            yield Coverage(article, title, "not_encoded", (), NOT_ENCODED.get(article.number, ""))
