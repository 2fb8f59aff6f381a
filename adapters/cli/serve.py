"""`greffe serve`: the pages and the API alone, over servers that run elsewhere."""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Annotated

import typer

from adapters import logs
from adapters.bootstrap import background, opened, projecting, refuse_other_register
from adapters.cli.installation import external, settings_of
from adapters.cli.options import Debug, ExternalDatabase, ExternalTemporal, Quiet
from adapters.cli.output import Voice
from adapters.cli.processes import address, listening, part, refuse_open, serving, until_stopped
from adapters.cli.seal import refusing

HELP = "Servir les pages et l'API, sur une base et un Temporal extérieurs."


def add(app: typer.Typer) -> None:
    example = "greffe serve --external-db postgresql://… --external-temporal temporal:7233"
    app.command("serve", help=f"{HELP}\n\nExemple : {example}")(verb)


def verb(
    host: Annotated[str | None, typer.Option(help="Adresse où servir les pages.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port des pages.")] = None,
    behind_proxy: Annotated[
        bool, typer.Option("--behind-proxy", help="Un serveur placé devant identifie les personnes : écouter ailleurs.")
    ] = False,
    database: ExternalDatabase = None,
    temporal: ExternalTemporal = None,
    quiet: Quiet = False,
    _: Debug = False,
) -> None:
    settings = settings_of(host=host, port=port, database_url=database, temporal_address=temporal)
    addresses = external(settings)
    logs.configure(settings.log_format)
    voice = Voice(quiet=quiet)
    if not behind_proxy:
        refuse_open(settings.host)
    with listening(settings.host, settings.port) as place:

        async def run(lasting: Callable[[], Awaitable[None]]) -> None:
            async with AsyncExitStack() as stack:
                with part(voice, "registre", "ouvert"), refusing():
                    parts = await stack.enter_async_context(opened(settings, *addresses))
                    await refuse_other_register(parts)
                await stack.enter_async_context(projecting(addresses[0]))
                await stack.enter_async_context(background(parts.desk.keep_sweeping))
                with part(voice, "pages", "servies"):
                    await stack.enter_async_context(serving(parts.web(), place))
                voice.line(f"Greffe : {address(place)}   Ctrl-C pour arrêter")
                await lasting()

        raise typer.Exit(until_stopped(run))
