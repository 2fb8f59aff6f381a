"""`greffe export`: a bundle that somebody verifies without us."""

import asyncio
from pathlib import Path
from typing import Annotated, Literal

import typer

from adapters.bootstrap import Parts
from adapters.cli.installation import connected, find_agent
from adapters.cli.options import Data, Debug, ExternalDatabase, Json, Quiet
from adapters.cli.output import Failure, Status, Voice
from adapters.cli.seal import refusing
from adapters.proof import keys
from adapters.proof.bundle import Exported, NotSealed, export
from adapters.proof.note import opened

HELP = "Exporter un dossier, ou tout le registre, avec de quoi le vérifier hors ligne."


def add(app: typer.Typer) -> None:
    app.command("export", help=f"{HELP}\n\nExemple : greffe export VAL-0012 -o dossier.zip")(verb)


def verb(
    agent: Annotated[str | None, typer.Argument(metavar="AGENT", help="Matricule, nom ou identifiant.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Tout le registre.")] = False,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FICHIER.zip", help="Où écrire.")] = Path("export.zip"),
    format: Annotated[Literal["bundle"], typer.Option(help="Forme de l'export.")] = "bundle",  # noqa: ARG001  one form today
    older: Annotated[
        list[Path] | None,
        typer.Option("--ancien", metavar="POINT.note", help="Point de contrôle dont montrer la suite."),
    ] = None,
    as_json: Json = False,
    data: Data = None,
    database: ExternalDatabase = None,
    quiet: Quiet = False,
    _: Debug = False,
) -> None:
    if (agent is None) is not everything:
        raise typer.BadParameter("nommer un agent, ou donner --all")
    voice = Voice(quiet=quiet)

    async def run() -> Exported:
        async with connected(data, database) as parts:
            return await exported(parts, agent, out, older or [], voice)

    with refusing():
        done = asyncio.run(run())
    rest = done.events - done.sealed
    said = {"file": str(out), "events": done.events, "sealed": done.sealed, "size": done.size, "points": done.points}
    if as_json:
        voice.document(said)
    else:
        after = f" ; {rest} pas encore scellés" if rest else ""
        voice.line(f"{out} : {done.events} événements, point de contrôle n° {done.size}{after}")


async def exported(parts: Parts, agent: str | None, out: Path, older: list[Path], voice: Voice) -> Exported:
    """Write the bundle of one agent, or of the register when none is named."""
    known = await asyncio.to_thread(keys.verifiers, parts.settings.sealing_dir, parts.settings.seal_key)
    if not known:
        raise Failure("aucune clef de sceau ici", "lancer « greffe seal key », puis « greffe seal »", Status.CONFLICT)
    subject_id = None if agent is None else await find_agent(parts, agent)
    points = [opened(await asyncio.to_thread(note.read_text, encoding="utf-8"), *known) for note in older]
    progress = voice.progress("événements exportés")
    try:
        done = await export(
            parts.service.register.pool, out, known, parts.service.law, subject_id, points, progress.reach
        )
    except NotSealed as error:
        raise Failure(
            "rien n'est encore scellé", "lancer « greffe seal », et attendre une minute", Status.CONFLICT
        ) from error
    progress.close()
    return done
