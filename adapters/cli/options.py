"""The options that verbs share, each written once."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer

from domain.kernel import FIRST_DATE, LAST_DATE


def civil_date(text: str) -> date:
    """A date as the law writes it, or as it is said in French."""
    try:
        if "/" in text:
            day, month, year = (int(part) for part in text.split("/"))
            read = date(year, month, day)
        else:
            read = date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} n'est pas une date : AAAA-MM-JJ ou JJ/MM/AAAA") from error
    if not FIRST_DATE <= read <= LAST_DATE:
        raise typer.BadParameter(f"{text!r} : une date de {FIRST_DATE.year} à {LAST_DATE.year} est attendue")
    return read


def day(help: str) -> Any:
    """An option that takes a civil date."""
    return typer.Option(parser=civil_date, metavar="DATE", help=help)


Json: TypeAlias = Annotated[bool, typer.Option("--json", help="Un document JSON sur la sortie standard.")]
Quiet: TypeAlias = Annotated[bool, typer.Option("--quiet", "-q", help="Ne rien dire sur la sortie d'erreur.")]
NoColor: TypeAlias = Annotated[bool, typer.Option("--no-color", help="Sans couleur, comme avec NO_COLOR.")]
Debug: TypeAlias = Annotated[bool, typer.Option("--debug", help="Montrer la trace d'une erreur.")]
Data: TypeAlias = Annotated[
    Path | None, typer.Option("--data", metavar="RÉP", help="Répertoire des données de l'installation.")
]
ExternalDatabase: TypeAlias = Annotated[
    str | None, typer.Option("--external-db", metavar="URL", help="Base PostgreSQL extérieure.")
]
ExternalTemporal: TypeAlias = Annotated[
    str | None, typer.Option("--external-temporal", metavar="ADRESSE", help="Serveur Temporal extérieur.")
]
