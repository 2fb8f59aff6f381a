"""Dates, amounts, shares, lengths and lists, in French."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from domain.money import to_the_cent

THIN = "\N{NARROW NO-BREAK SPACE}"


def day(on: date) -> str:
    """12/03/2026."""
    return f"{on:%d/%m/%Y}"


def moment(at: datetime, zone: ZoneInfo) -> str:
    """12/03/2026 09:12, on the clock of the establishment."""
    return f"{at.astimezone(zone):%d/%m/%Y %H:%M}"


def countdown(due: date, today: date) -> str:
    """J-49 before, J+7 after."""
    left = (due - today).days
    return "Aujourd'hui" if left == 0 else f"J{-left:+d}"


MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


def month(on: date) -> str:
    """Mars 2026."""
    return f"{MONTHS[on.month - 1]} {on.year}".capitalize()


def listed(words: Iterable[str]) -> str:
    """A, b et c."""
    known = list(words)
    return " et ".join(part for part in (", ".join(known[:-1]), known[-1] if known else "") if part)


def capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def lowered(words: str) -> str:
    return words[:1].lower() + words[1:]


def euros(amount: Decimal | str) -> str:
    """4 843,80 €."""
    whole, _, cents = f"{to_the_cent(Decimal(amount)):,}".partition(".")
    return f"{whole.replace(',', THIN)},{cents}{THIN}€"


def percent(share: Decimal | str) -> str:
    """33,33 %."""
    figure = f"{to_the_cent(Decimal(share) * 100)}".rstrip("0").rstrip(".")
    return f"{figure.replace('.', ',')}{THIN}%"


def length(parts: Mapping[str, int]) -> str:
    """3 mois, 1 semaine, 5 jours."""
    names = {"months": ("mois", "mois"), "weeks": ("semaine", "semaines"), "days": ("jour", "jours")}
    counted = [f"{parts[name]} {words[parts[name] > 1]}" for name, words in names.items() if parts.get(name)]
    return ", ".join(counted) or "0 jour"


def told(sentences: str, facts: Mapping[str, str]) -> str:
    """The first of the sentences, one a line, of which every fact is given; nothing when there is none."""
    for sentence in sentences.split("\n"):
        try:
            return sentence.format_map(facts)
        except KeyError:
            continue
    return ""
