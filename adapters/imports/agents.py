"""One line of an export as an agent, or everything that is wrong with it."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from adapters.imports.sheet import Line, NotASheet, Sheet, plain
from domain.agents.career import CATEGORIES, AgentFacts
from domain.kernel import FIRST_DATE, LAST_DATE

# Field to the headings under which offices export it, the usual one first.
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "matricule": ("matricule", "numero matricule", "n matricule", "no matricule", "numero agent", "id agent"),
    "family_name": ("nom", "nom d usage", "nom usuel", "nom de famille", "nom patronymique"),
    "given_name": ("prénom", "prenoms", "prenom usuel"),
    "birth_date": ("date de naissance", "naissance", "ne le", "nee le", "ne e le", "date naissance"),
    "email": ("courriel", "email", "e mail", "mail", "adresse electronique"),
    "discipline": ("discipline", "specialite", "section cnu", "section"),
    "service": ("service", "unite", "structure", "pole"),
    "establishment": ("établissement", "chu", "hopital", "affectation"),
    "university": ("université", "ufr", "composante"),
    "corps": ("corps", "grade", "corps actuel"),
    "statut": ("statut", "qualite", "situation statutaire"),
    "corps_origine": ("corps d'origine", "ancien corps"),
    "hu_entry_on": (
        "date d'entrée HU", "entree hu", "date d entree", "premiere nomination", "date de premiere nomination",
        "date de nomination", "nomination",
    ),
    "chu_since": ("CHU depuis", "au chu depuis", "arrivee au chu", "date d arrivee au chu", "date d affectation"),
    "nomination_ends_on": ("fin de nomination", "terme de la nomination", "fin de contrat", "date de fin", "terme"),
    "last_report_on": ("dernier rapport", "date du dernier rapport", "rapport d activite"),
}  # fmt: skip
REQUIRED = ("matricule", "family_name", "given_name")
DATES = frozenset({"birth_date", "hu_entry_on", "chu_since", "nomination_ends_on", "last_report_on"})
PERSONAL = (
    "family_name", "given_name", "birth_date", "email", "discipline", "service", "establishment", "university",
)  # fmt: skip
CORPS = {plain(corps): corps for corps in CATEGORIES} | {plain(corps).replace(" ", ""): corps for corps in CATEGORIES}
STATUTS = {
    "titulaire": "titulaire", "tit": "titulaire", "stagiaire": "stagiaire", "stag": "stagiaire", "temporaire": None,
    "contractuel": None, "non titulaire": None,
}  # fmt: skip
MATRICULE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,31}")
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong in one cell, under a stable code."""

    line: int
    column: str
    value: str
    message: str
    code: str


@dataclass(frozen=True, slots=True)
class AgentLine:
    """An agent as one line gives it."""

    line: Line
    matricule: str
    person: Mapping[str, Any]
    facts: AgentFacts

    @property
    def content(self) -> tuple[Mapping[str, Any], AgentFacts]:
        return self.person, self.facts


@dataclass(frozen=True)
class Columns:
    """Which column holds which field, and those that are left aside."""

    places: Mapping[str, int]
    names: Mapping[str, str]
    ignored: tuple[str, ...]
    width: int


def columns_of(sheet: Sheet) -> Columns:
    """The columns by their headings; NotASheet when one is missing or there twice."""
    by_heading = {plain(heading): field for field, headings in HEADINGS.items() for heading in headings}
    places: dict[str, int] = {}
    names: dict[str, str] = {}
    ignored: list[str] = []
    for place, heading in enumerate(sheet.columns):
        found = by_heading.get(plain(heading))
        if found is None:
            ignored.append(heading)
        elif found in places:
            raise NotASheet(f"« {names[found]} » et « {heading} » disent la même chose : garder une des deux colonnes")
        else:
            places[found], names[found] = place, heading
    missing = [HEADINGS[name][0] for name in REQUIRED if name not in places]
    if missing:
        raise NotASheet(f"colonne absente : {', '.join(missing)} (première ligne lue : {', '.join(sheet.columns)})")
    return Columns(places, names, tuple(filter(None, ignored)), len(sheet.columns))


@dataclass
class _Reading:
    """One line being read: its values, and its flaws."""

    line: Line
    columns: Columns
    flaws: list[Flaw] = field(default_factory=list)

    def value(self, name: str) -> Any:
        place = self.columns.places.get(name)
        given = self.line.cells[place] if place is not None and place < len(self.line.cells) else ""
        if not given:
            if name in REQUIRED:
                self.refuse(name, given, "valeur absente", "missing")
            return None
        try:
            return _read(name, given)
        except ValueError as error:
            self.refuse(name, given, str(error), f"{name}_invalid")
            return None

    def refuse(self, name: str, value: str, message: str, code: str) -> None:
        column = self.columns.names.get(name, HEADINGS[name][0])
        self.flaws.append(Flaw(self.line.number, column, value, message, code))


def read_agent(line: Line, columns: Columns) -> AgentLine | tuple[Flaw, ...]:
    """The agent of this line, or all its flaws."""
    reading = _Reading(line, columns)
    if any(line.cells[columns.width :]):
        message = "plus de cellules que de colonnes : un séparateur est dans une valeur"
        reading.flaws.append(Flaw(line.number, "", line.cells[columns.width], message, "too_wide"))
    values = {name: reading.value(name) for name in HEADINGS}
    for flaw in _contradictions(values):
        reading.refuse(*flaw)
    if reading.flaws:
        return tuple(reading.flaws)
    person = {name: values[name] for name in PERSONAL}
    known = {name: values[name] for name in AgentFacts.model_fields if values.get(name) is not None}
    return AgentLine(line, values["matricule"], person, AgentFacts.model_validate(known))


def _contradictions(values: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """Values that cannot be true together."""
    born, entered, ends = values["birth_date"], values["hu_entry_on"], values["nomination_ends_on"]
    if born and entered and entered <= born:
        yield "hu_entry_on", entered.isoformat(), "entrée avant la naissance", "hu_entry_on_invalid"
    if entered and ends and ends < entered:
        yield "nomination_ends_on", ends.isoformat(), "fin avant l'entrée", "nomination_ends_on_invalid"
    if values["statut"] == "stagiaire" and values["corps"] not in (None, "PU-PH", "MCU-PH"):
        yield "statut", "stagiaire", f"un {values['corps']} n'est pas stagiaire", "statut_invalid"


# -- Values ------------------------------------------------------------------------------------------


def _read(name: str, given: str) -> Any:
    if len(given) > LONGEST:
        raise ValueError(f"plus de {LONGEST} caractères")
    if any(not c.isprintable() for c in given):
        raise ValueError("caractère invisible dans la valeur")
    if name in DATES:
        return civil_date(given)
    return READERS.get(name, str)(given)


FRENCH_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


def civil_date(given: str) -> date:
    """31/12/2024 or 2024-12-31, with or without midnight after it."""
    day = re.sub(r"[ T]00:00(:00)?$", "", given)
    french = FRENCH_DATE.fullmatch(day)
    try:
        read = date(int(french[3]), int(french[2]), int(french[1])) if french else date.fromisoformat(day)
    except ValueError:
        raise ValueError("date illisible : JJ/MM/AAAA ou AAAA-MM-JJ") from None
    if not FIRST_DATE <= read <= LAST_DATE:
        raise ValueError(f"année hors de {FIRST_DATE.year}-{LAST_DATE.year}")
    return read


def _matricule(given: str) -> str:
    if not MATRICULE.fullmatch(given):
        raise ValueError("lettres, chiffres, point, tiret ou barre : 32 au plus")
    return given


def _corps(given: str) -> str:
    words = plain(given)
    found = CORPS.get(words) or CORPS.get(words.replace(" ", ""))
    if found is None:
        raise ValueError(f"corps inconnu : {', '.join(CATEGORIES)}")
    return found


def _statut(given: str) -> str | None:
    words = plain(given)
    if words not in STATUTS:
        raise ValueError("statut inconnu : titulaire, stagiaire ou temporaire")
    return STATUTS[words]


READERS: Mapping[str, Callable[[str], Any]] = {"matricule": _matricule, "corps": _corps, "statut": _statut}
