"""`greffe rebuild`: compute the views again from the register, compare, replace."""

import asyncio
from typing import Annotated

import typer

from adapters.bootstrap import MAPPER, summary
from adapters.cli.installation import connected
from adapters.cli.options import Data, Debug, ExternalDatabase, Json, Quiet
from adapters.cli.output import Failure, Status, Voice
from adapters.store.rebuild import Difference, rebuild
from adapters.store.views import VIEWS

HELP = "Refaire les vues d'après le registre, les comparer, les remplacer."


def add(app: typer.Typer) -> None:
    app.command("rebuild", help=f"{HELP}\n\nExemple : greffe rebuild --all --check")(verb)


def verb(
    views: Annotated[list[str] | None, typer.Argument(metavar="VUE…", help=f"Parmi {', '.join(VIEWS)}.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Toutes les vues.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Comparer seulement.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Remplacer sans demander.")] = False,
    as_json: Json = False,
    data: Data = None,
    database: ExternalDatabase = None,
    quiet: Quiet = False,
    _: Debug = False,
) -> None:
    names = tuple(VIEWS) if everything else tuple(views or ())
    if not names or not set(names) <= set(VIEWS):
        raise typer.BadParameter(f"nommer une vue ({', '.join(VIEWS)}) ou donner --all")
    if not (check or yes):
        raise Failure("les vues seront remplacées", "ajouter --yes, ou --check pour comparer seulement", Status.USAGE)
    voice = Voice(quiet=quiet)

    async def run() -> list[Difference]:
        async with connected(data, database) as parts:
            progress = voice.progress("événements relus")
            found = await rebuild(
                parts.service.register.pool, MAPPER, summary, names, check=check, progress=progress.reach
            )
            progress.close()
            return found

    differences = asyncio.run(run())
    rows = [(one.view, one.missing, one.extra, ", ".join(map(str, one.subjects))) for one in differences]
    headers = ("view", "missing", "extra", "subjects")
    if as_json:
        voice.document([dict(zip(headers, row, strict=True)) for row in rows])
    else:
        voice.table(("Vue", "Manquent", "En trop", "Dossiers"), rows)
    same = all(one.same for one in differences)
    voice.say("Les vues disent ce que dit le registre." if same else "Des vues différaient du registre.")
    raise typer.Exit(Status.DONE if same or not check else Status.PROOF_FAILED)
