"""`greffe rearm`: set every alarm again from the store."""

import asyncio

import typer
from temporalio.service import RPCError

from adapters.cli.installation import connected
from adapters.cli.options import Data, Debug, ExternalDatabase, ExternalTemporal, Json, Quiet
from adapters.cli.output import Failure, Status, Voice
from adapters.temporal.rearm import Report

HELP = "Remettre tous les réveils d'après le registre ; sans effet sur ceux qui sont justes."


def add(app: typer.Typer) -> None:
    app.command("rearm", help=f"{HELP}\n\nExemple : greffe rearm")(verb)


def verb(
    as_json: Json = False,
    data: Data = None,
    database: ExternalDatabase = None,
    temporal: ExternalTemporal = None,
    quiet: Quiet = False,
    _: Debug = False,
) -> None:
    voice = Voice(quiet=quiet)
    report = asyncio.run(rearmed(voice, data, database, temporal))
    if as_json:
        voice.document({"recorded": report.recorded, "started": report.started, "rung": report.rung})
    else:
        voice.line(
            f"{report.recorded} procédures ont une échéance à venir : "
            f"{report.started} réveils remis, {report.rung} corrigés, {report.seconds:.1f} s".replace(".", ",")
        )
    for stopped in report.unreadable:
        voice.say(f"dossier {stopped.subject_id} illisible : {stopped.error}")
    raise typer.Exit(Status.PARTIAL if report.unreadable else Status.DONE)


async def rearmed(voice: Voice, data: Data, database: str | None, temporal: str | None) -> Report:
    async with connected(data, database, temporal) as parts:
        progress = voice.progress("réveils")
        try:
            report = await parts.desk.rearm(lambda *_: progress.advance())
        except (LookupError, RPCError, RuntimeError) as error:
            raise Failure(
                f"Temporal ne répond pas ({error})",
                "démarrer Greffe, ou donner --external-temporal",
                Status.UNREACHABLE,
            ) from error
        progress.close()
        return report
