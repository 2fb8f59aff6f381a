"""`greffe verify`: numbering and hash chain, checked again from the rows."""

import asyncio
from typing import Annotated

import typer

from adapters.cli.installation import connected, find_agent
from adapters.cli.options import Data, Debug, ExternalDatabase, Json, Quiet
from adapters.cli.output import Status, Voice
from adapters.store.verify import Report, verify

HELP = "Vérifier la numérotation et la chaîne de preuve du registre, ou d'un dossier."
SAID = {
    "pos_gap": "un numéro du registre manque avant celui-ci",
    "seq_gap": "un numéro du dossier manque avant celui-ci",
    "notification_id": "les deux numéros de registre diffèrent",
    "recorded_at_decreases": "enregistré avant le précédent",
    "previous_event_missing": "l'événement précédent du dossier manque",
    "prev": "n'est pas enchaîné au précédent",
    "hash": "l'empreinte n'est pas celle du contenu",
}


def add(app: typer.Typer) -> None:
    app.command("verify", help=f"{HELP}\n\nExemple : greffe verify --all")(verb)


def verb(
    agent: Annotated[str | None, typer.Argument(metavar="AGENT", help="Matricule, nom ou identifiant.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Tout le registre.")] = False,
    as_json: Json = False,
    data: Data = None,
    database: ExternalDatabase = None,
    quiet: Quiet = False,
    _: Debug = False,
) -> None:
    if (agent is None) is not everything:
        raise typer.BadParameter("nommer un agent, ou donner --all")
    voice = Voice(quiet=quiet)

    async def run() -> Report:
        async with connected(data, database) as parts:
            subject_id = None if agent is None else await find_agent(parts, agent)
            progress = voice.progress("événements vérifiés")
            report = await verify(parts.service.register.pool, subject_id, progress.reach)
            progress.close()
            return report

    report = asyncio.run(run())
    places = [
        {"pos": one.pos, "subject": str(one.subject_id), "seq": one.seq, "what": one.what} for one in report.divergences
    ]
    if as_json:
        voice.document(
            {"intact": report.intact, "checked": report.checked, "head": report.head, "diverging": report.diverging}
            | {"divergences": places}
        )
    else:
        if places:
            rows = [(one["pos"], one["subject"], one["seq"], SAID[str(one["what"])]) for one in places]
            voice.table(("Position", "Dossier", "Numéro", "Défaut"), rows)
        verdict = "intacts" if report.intact else f"{report.diverging} défauts"
        voice.line(f"{report.checked} événements vérifiés jusqu'à la position {report.head} : {verdict}")
    raise typer.Exit(Status.DONE if report.intact else Status.PROOF_FAILED)
