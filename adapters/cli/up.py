"""`greffe up`: everything in one process, over one directory."""

import asyncio
import logging
import os
import socket
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack
from typing import Annotated, Any, TypeVar

import typer

from adapters import logs
from adapters.bootstrap import (
    Parts,
    background,
    keep_scheduled,
    keep_working,
    opened,
    projecting,
    refuse_other_register,
)
from adapters.cli.installation import FILE, Running, settings_of
from adapters.cli.options import Data, Debug, ExternalDatabase, ExternalTemporal, Quiet
from adapters.cli.output import Failure, Status, Voice
from adapters.cli.processes import address, listening, part, refuse_open, serving, until_stopped
from adapters.cli.seal import create_key, keep_sealed, refusing
from adapters.clock import DemoClock
from adapters.embedded.postgres import EmbeddedPostgres
from adapters.embedded.processes import Claim, Server, supervise
from adapters.embedded.temporal import EmbeddedTemporal
from adapters.proof.keys import PRIVATE, KeyRefused
from adapters.sandbox.load import NotASandbox, load
from adapters.settings import Settings
from adapters.store.migrations import migrate, protect

HELP = "Démarrer Greffe ici : base de données, Temporal, réveils, vues et pages."
Started = TypeVar("Started")

VIEWS_PATIENCE = 30.0  # seconds to let the views show the sandbox before the pages open


def add(app: typer.Typer) -> None:
    app.command("up", help=f"{HELP}\n\nExemple : greffe up --demo --port 8080")(verb)


def verb(
    demo: Annotated[bool, typer.Option("--demo", help="Dossiers inventés, horloge que l'on avance.")] = False,
    host: Annotated[str | None, typer.Option(help="Adresse de cette machine où servir les pages.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port des pages ; 0 en choisit un libre.")] = None,
    data: Data = None,
    database: ExternalDatabase = None,
    temporal: ExternalTemporal = None,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    settings = settings_of(
        data_dir=data, host=host, port=port, demo=demo or None, database_url=database, temporal_address=temporal
    )
    voice = Voice(quiet=quiet)
    logs.configure("console")
    logging.getLogger().setLevel(logging.INFO if debug else logging.ERROR)
    refuse_open(settings.host)
    with listening(settings.host, settings.port) as place:
        raise typer.Exit(until_stopped(lambda lasting: Up(settings, voice, place).run(lasting)))


class Up:
    """The parts of one installation, started in order, stopped in the other."""

    def __init__(self, settings: Settings, voice: Voice, place: socket.socket) -> None:
        self.settings = settings
        self.voice = voice
        self.place = place
        self.servers: list[Server] = []
        self.stack = AsyncExitStack()
        self.restarted = asyncio.Event()

    async def run(self, lasting: Callable[[], Awaitable[None]]) -> None:
        async with self.stack as stack:
            database = await self.database()
            temporal = await self.temporal()
            with part(self.voice, "registre", "ouvert"), refusing():
                parts = await stack.enter_async_context(opened(self.settings, database, temporal))
                await refuse_other_register(parts)
            sealed = await self.seal(parts)
            with part(self.voice, "vues", "suivies"):
                await stack.enter_async_context(projecting(database))
            if self.settings.demo:
                await self.sandbox(parts)
            await stack.enter_async_context(
                background(
                    lambda: keep_working(parts),
                    lambda: keep_scheduled(parts, self.restarted),
                    parts.desk.keep_sweeping,
                    self.supervise,
                    *sealed,
                )
            )
            with part(self.voice, "pages", "servies"):
                await stack.enter_async_context(serving(parts.web(), self.place))
            self.declare(database, temporal)
            self.voice.line(f"Greffe : {address(self.place)}   Ctrl-C pour arrêter")
            await lasting()
            self.voice.say("Arrêt…")

    async def database(self) -> str:
        if self.settings.database_url is not None:
            if self.settings.migration_database_url is not None:
                with part(self.voice, "schéma", "à jour", "vérifier GREFFE_MIGRATION_DATABASE_URL"):
                    await asyncio.to_thread(migrate, self.settings.migration_database_url)
            self.settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.claim()
            return self.settings.database_url
        server = EmbeddedPostgres(self.settings.data_dir)
        with part(self.voice, "base de données", "prête", "voir le journal dans postgres/postgres.log"):
            databases = await self.started(server, server.start)
        self.claim()
        with part(self.voice, "schéma", "à jour"):
            await asyncio.to_thread(migrate, databases.migration_dsn)
            await asyncio.to_thread(protect, databases.superuser_dsn)
        return databases.app_dsn

    async def temporal(self) -> str:
        if self.settings.temporal_address is not None:
            return self.settings.temporal_address
        server = EmbeddedTemporal(self.settings.data_dir)
        with part(self.voice, "Temporal", "prêt", "voir le journal dans temporal/temporal.log"):
            return await self.started(server, server.start)

    async def started(self, server: EmbeddedPostgres | EmbeddedTemporal, start: Callable[[], Started]) -> Started:
        """Start a child, and see to it that it stops with us, even when we are stopped meanwhile."""
        self.stack.push_async_callback(asyncio.to_thread, server.stop)
        self.servers.append(server)
        return await asyncio.shield(asyncio.to_thread(start))

    async def seal(self, parts: Parts) -> list[Callable[[], Coroutine[Any, Any, None]]]:
        """What keeps the register sealed, unless that is left to a process of the deployment."""
        settings = self.settings
        if settings.database_url is not None and settings.seal_database_url is None:
            return []
        with part(self.voice, "sceau", "prêt"), refusing():
            if not (settings.sealing_dir / PRIVATE).exists():
                if await parts.service.register.pool.fetch("SELECT FROM checkpoints LIMIT 1"):
                    raise KeyRefused(f"{settings.sealing_dir / PRIVATE} manque : la reprendre d'une sauvegarde")
                self.voice.say(f"Clef du sceau, à recopier au procès-verbal d'installation : {create_key(settings)}")
        return [lambda: keep_sealed(settings, self.voice)]

    def claim(self) -> None:
        """One Greffe per directory, whatever servers it uses."""
        claim = Claim(self.settings.data_dir / "greffe.lock")
        with part(Voice(quiet=True), "répertoire", "réservé"):
            claim.take()
        self.stack.callback(claim.release)

    def declare(self, database: str, temporal: str) -> None:
        """Say where we are to the other verbs."""
        data_dir = self.settings.data_dir
        external = database if self.settings.database_url is not None else None
        place, settings = address(self.place), self.settings
        Running(os.getpid(), place, settings.demo, external, temporal, settings.choices).write(data_dir)
        self.stack.callback((data_dir / FILE).unlink, missing_ok=True)

    async def sandbox(self, parts: Parts) -> None:
        clock = parts.service.clock
        assert isinstance(clock, DemoClock)
        progress = self.voice.progress("dossiers inventés")
        with part(self.voice, "démonstration", "prête"):
            try:
                loaded = await load(parts.service, parts.persons, clock, progress.advance)
            except NotASandbox as error:
                raise Failure(
                    "cette base contient des dossiers qui n'ont pas été inventés",
                    "donner un autre répertoire avec --data, ou démarrer sans --demo",
                    Status.CONFLICT,
                ) from error
            await parts.views.caught_up(await parts.service.register.head(), VIEWS_PATIENCE)
        if loaded is not None:
            self.voice.say(f"{loaded.dossiers} dossiers inventés autour du {loaded.day:%d/%m/%Y}")

    async def supervise(self) -> None:
        """Bring back the children that die; the alarms are then set again from the store."""

        async def rearm(server: Server) -> None:
            self.voice.say(f"{server.name} redémarré")
            self.restarted.set()

        await supervise(*self.servers, restarted=rearm)
