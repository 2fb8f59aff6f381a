"""`greffe worker`: the alarms alone, over servers that run elsewhere; any number of them share the work."""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

import typer

from adapters import logs
from adapters.bootstrap import background, keep_scheduled, keep_working, opened, projecting, refuse_other_register
from adapters.cli.installation import external, settings_of
from adapters.cli.options import Debug, ExternalDatabase, ExternalTemporal, Quiet
from adapters.cli.output import Voice
from adapters.cli.processes import part, until_stopped
from adapters.cli.seal import refusing

HELP = "Faire sonner les échéances, sur une base et un Temporal extérieurs."


def add(app: typer.Typer) -> None:
    example = "greffe worker --external-db postgresql://… --external-temporal temporal:7233"
    app.command("worker", help=f"{HELP}\n\nExemple : {example}")(verb)


def verb(
    database: ExternalDatabase = None, temporal: ExternalTemporal = None, quiet: Quiet = False, _: Debug = False
) -> None:
    settings = settings_of(database_url=database, temporal_address=temporal)
    addresses = external(settings)
    logs.configure(settings.log_format)
    voice = Voice(quiet=quiet)

    async def run(lasting: Callable[[], Awaitable[None]]) -> None:
        async with AsyncExitStack() as stack:
            with part(voice, "registre", "ouvert"), refusing():
                parts = await stack.enter_async_context(opened(settings, *addresses))
                await refuse_other_register(parts)
            await stack.enter_async_context(projecting(addresses[0]))
            await stack.enter_async_context(
                background(lambda: keep_working(parts), lambda: keep_scheduled(parts), parts.desk.keep_sweeping)
            )
            voice.say("Greffe : réveils tenus   Ctrl-C pour arrêter")
            await lasting()

    raise typer.Exit(until_stopped(run))
