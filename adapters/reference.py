"""The pages of reference that follow the code: `python -m adapters.reference` writes them again."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from adapters import words
from domain.kernel import Command, Event
from domain.law import Choice
from domain.law.choices import CHOICES
from domain.procedures import REGISTRY

DOCS = Path(__file__).parent.parent / "docs"
MARK = "<!-- Ce qui suit est écrit par : python -m adapters.reference -->"


def glossary() -> str:
    """Every act and every event, with its articles and its class."""
    return "\n".join(_glossary())


def _glossary() -> Iterator[str]:
    for procedure in REGISTRY.procedures:
        articles = ", ".join(words.chip(article) for article in procedure.articles)
        yield f"## {_title(procedure.name)}\n"
        yield f"Articles : {articles}. Fichier : `{procedure.events[0].__module__.replace('.', '/')}.py`.\n"
        yield from _table(("Acte", "Code", "Classe"), map(_command, procedure.commands))
        yield from _table(("Ce qui est arrivé", "Classe"), map(_event, procedure.events))
    own = {event for procedure in REGISTRY.procedures for event in procedure.events}
    yield "## Tenue du registre\n"
    common = (event for event in REGISTRY.events.values() if event not in own)
    yield from _table(("Ce qui est arrivé", "Classe"), map(_event, common))


def _title(procedure: str) -> str:
    known = words.PROCEDURES.get(procedure)
    return known.title if known else procedure


def _command(command: type[Command]) -> tuple[str, ...]:
    code = command.model_fields["type"].default
    return (words.COMMANDS.get(code, code), f"`{code}`", f"`{command.__name__}`")


def _event(event: type[Event]) -> tuple[str, ...]:
    return (re.sub(r"\{[^}]*\}", "…", words.EVENTS.get(event.name(), event.name())), f"`{event.name()}`")


def readings() -> str:
    """Every choice of reading, with its default, what else it may be, and why."""
    return "\n".join(_readings())


def _readings() -> Iterator[str]:
    for prefix in dict.fromkeys(key.partition(".")[0] for key in CHOICES):
        yield f"## {_GENERAL.get(prefix) or _title(prefix)}\n"
        chosen = (choice for key, choice in CHOICES.items() if key.partition(".")[0] == prefix)
        yield from _table(("Clé", "Par défaut", "Autres valeurs", "Pourquoi"), map(_choice, chosen))


_GENERAL = {
    "law": "Entrée en vigueur",
    "decide": "Décisions",
    "withdraw": "Retraits",
    "positions": "Positions",
    "pay": "Rémunération",
}


def _choice(choice: Choice[Any]) -> tuple[str, ...]:
    others = "au choix" if choice.alternatives is None else ", ".join(map(_value, choice.alternatives)) or "aucune"
    why = f"{choice.why} **À vérifier** : hors des textes encodés." if choice.outside else choice.why
    return (f"`{choice.key}`", _value(choice.default), others, why)


def _value(value: Any) -> str:
    shown = ", ".join(map(str, value)) if isinstance(value, tuple) else "aucune" if value is None else str(value)
    return f"`{shown}`"


def _table(headers: tuple[str, ...], rows: Any) -> Iterator[str]:
    yield f"| {' | '.join(headers)} |"
    yield f"|{' --- |' * len(headers)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '/') for cell in row)} |"
    yield ""


PAGES = {"glossaire.md": glossary, "lectures-du-droit.md": readings}


def page(name: str) -> str:
    """A page as it should be: what people wrote above the mark, what the code says under it."""
    head, mark, _ = (DOCS / name).read_text(encoding="utf-8").partition(MARK)
    if not mark:
        raise ValueError(f"{name} has lost its mark")
    return f"{head}{MARK}\n\n{PAGES[name]()}"


def main() -> None:
    for name in PAGES:
        (DOCS / name).write_text(page(name), encoding="utf-8")


if __name__ == "__main__":
    main()
