"""`greffe import`: dossiers from an office's export, all of them or none."""

import asyncio
import getpass
from pathlib import Path
from typing import Annotated

import typer

from adapters.cli.installation import connected
from adapters.cli.options import Data, Debug, ExternalDatabase, Json, Quiet
from adapters.cli.output import Failure, Status, Voice
from adapters.imports.journey import Plan, against_base, read_agents, record
from adapters.imports.sheet import NotASheet, write_errors
from adapters.service import Actor

HELP = "Ouvrir des dossiers depuis un fichier CSV ; tout est enregistré, ou rien."


def add(app: typer.Typer) -> None:
    app.command("import", help=f"{HELP}\n\nExemple : greffe import agents export.csv --dry-run --errors erreurs.csv")(
        verb
    )


def verb(
    kind: Annotated[str, typer.Argument(metavar="QUOI", help="agents")],
    file: Annotated[Path, typer.Argument(metavar="FICHIER", help="Fichier CSV : ; ou , ; UTF-8 ou Windows-1252.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Contrôler sans rien enregistrer.")] = False,
    errors: Annotated[
        Path | None, typer.Option(metavar="FICHIER", help="Écrire les lignes en erreur dans ce CSV.")
    ] = None,
    as_json: Json = False,
    data: Data = None,
    database: ExternalDatabase = None,
    quiet: Quiet = False,
    _: Debug = False,
) -> None:
    if kind != "agents":
        raise typer.BadParameter("seuls les agents s'importent : greffe import agents FICHIER")
    voice = Voice(quiet=quiet)
    try:
        plan = read_agents(file)
    except NotASheet as error:
        raise Failure(f"{file} : {error}", status=Status.USAGE) from error
    plan, recorded = asyncio.run(imported(voice, plan, data, database, dry_run=dry_run))
    if errors is not None and plan.flaws:
        write_errors(errors, plan.sheet, plan.lines_in_error())
    show(voice, plan, recorded, as_json=as_json)
    raise typer.Exit(Status.REFUSED if plan.flaws else Status.DONE)


async def imported(voice: Voice, plan: Plan, data: Data, database: str | None, *, dry_run: bool) -> tuple[Plan, int]:
    async with connected(data, database) as parts:
        plan = await against_base(plan, parts.service, parts.persons)
        if plan.flaws or dry_run:
            return plan, 0
        progress = voice.progress("dossiers", len(plan.ready))
        actor = Actor(getpass.getuser(), "gestionnaire")
        recorded = await record(plan, parts.service, parts.persons, actor, progress.advance)
        progress.close()
        return plan, recorded


def show(voice: Voice, plan: Plan, recorded: int, *, as_json: bool) -> None:
    flaws = [(flaw.line, flaw.column, flaw.value, flaw.message, flaw.code) for flaw in plan.flaws]
    if as_json:
        named = [dict(zip(("line", "column", "value", "message", "code"), flaw, strict=True)) for flaw in flaws]
        voice.document(
            {"lines": len(plan.sheet.lines), "ready": len(plan.ready), "in_error": plan.in_error, "known": plan.known}
            | {"recorded": recorded, "ignored_columns": plan.ignored, "errors": named}
        )
        return
    if flaws:
        voice.table(("Ligne", "Colonne", "Valeur", "Erreur", "Code"), flaws)
    if plan.ignored:
        voice.say(f"colonnes laissées de côté : {', '.join(plan.ignored)}")
    voice.line(plan.summary)
    if plan.flaws:
        voice.say("Rien n'est enregistré tant qu'une ligne est en erreur.")
    elif recorded:
        voice.say(f"{recorded} dossiers ouverts.")
