"""`greffe seal`: the process that signs checkpoints of the register; its key, the change of it, what it has proved."""

import asyncio
import os
import re
import signal
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from adapters import logs
from adapters.cli.installation import Running, connected, settings_of
from adapters.cli.options import Data, Debug, Json, Quiet
from adapters.cli.output import Failure, Status, Voice
from adapters.embedded.postgres import EmbeddedPostgres
from adapters.embedded.processes import Claim, DirectoryInUse, ServerFailed
from adapters.proof import keys, sealing
from adapters.proof.note import Checkpoint, NoteError, VerifierKey
from adapters.proof.opening import Shortened, witnessed
from adapters.proof.sealing import PAUSE, Contradicted, Sealer, keep_sealing
from adapters.proof.witness import Witness, WitnessFile, WitnessMail, exposed
from adapters.settings import PREFIX, Settings

HELP = "Sceller le registre : signer son état chaque minute, tant qu'il avance."


def add(app: typer.Typer) -> None:
    group = typer.Typer(invoke_without_command=True, rich_markup_mode=None)
    group.callback(help=f"{HELP}\n\nExemple : greffe seal --data /srv/greffe")(verb)
    group.command("key", help="Créer la clef du sceau, une fois, et dire ce qui va au procès-verbal.")(key)
    group.command("rotate", help="Changer de clef ; l'ancienne et la nouvelle signent le même point.")(rotate)
    group.command("state", help="Dire jusqu'où la preuve est opposable.")(state)
    app.add_typer(group, name="seal")


def verb(
    context: typer.Context,
    data: Data = None,
    child: Annotated[bool, typer.Option("--child", hidden=True)] = False,
    quiet: Quiet = False,
    _: Debug = False,
) -> None:
    if context.invoked_subcommand is not None:
        return
    settings = settings_here(data)
    voice = Voice(quiet=quiet)
    logs.configure("console" if child else settings.log_format)
    with sealing_alone(settings), refusing():
        sealer = sealer_of(settings)
        asyncio.run(_sealing(dsn(settings), sealer, voice, os.getppid() if child else None))


def key(
    name: Annotated[
        str | None, typer.Option(help="Origine du registre, sans espace ; commence par demo. en démonstration.")
    ] = None,
    data: Data = None,
    quiet: Quiet = False,
    _: Debug = False,
) -> None:
    settings = settings_here(data)
    with refusing():
        created = create_key(settings, name)
    Voice(quiet=quiet).say("À recopier au procès-verbal d'installation, et à donner aux auditeurs :")
    Voice().line(str(created))


def rotate(data: Data = None, quiet: Quiet = False, _: Debug = False) -> None:
    settings = settings_here(data)

    async def run() -> str:
        async with sealing.connected(dsn(settings)) as connection:
            return str((await sealing.rotate(connection, sealer_of(settings))).verifier)

    with sealing_alone(settings), refusing():
        line = asyncio.run(run())
    Voice(quiet=quiet).say("Nouvelle clef, à donner aux auditeurs avec l'ancienne, qui a signé le même point :")
    Voice().line(line)


def state(as_json: Json = False, data: Data = None, quiet: Quiet = False, _: Debug = False) -> None:
    settings = settings_here(data)

    async def run() -> int:
        async with connected(data) as parts:
            return await parts.service.register.head()

    head = asyncio.run(run())
    with refusing():
        signed = max((one.size for one in witnessed(settings.sealing_dir, (), settings.seal_key)), default=0)
        elsewhere = max(
            (one.size for one in witnessed(settings.sealing_dir, settings.witness_files, settings.seal_key)), default=0
        )
    held = elsewhere if settings.witness_files else 0
    said = {"head": head, "sealed": signed, "witnessed": held, "exposed": head - held}
    voice = Voice(quiet=quiet)
    voice.document(said) if as_json else voice.line(exposed(head, signed, held))


# -- What the verbs and `up` share -------------------------------------------------------------------


def settings_here(data: Path | None) -> Settings:
    """The settings, of a demonstration when that is what runs here."""
    settings = settings_of(data_dir=data)
    running = Running.read(settings.data_dir)
    return settings if running is None else settings.model_copy(update={"demo": running.demo})


def origin(settings: Settings) -> str:
    """The name of the register in its checkpoints."""
    plain = unicodedata.normalize("NFKD", settings.establishment_name).encode("ascii", "ignore").decode().lower()
    return f"{keys.DEMO if settings.demo else ''}greffe/{re.sub(r'[^a-z0-9]+', '-', plain).strip('-')}"


def create_key(settings: Settings, name: str | None = None) -> VerifierKey:
    """The public line of a new key, in the place of this installation."""
    wanted = name or origin(settings)
    _fits(settings, wanted)
    return keys.create(settings.sealing_dir, wanted).verifier


def sealer_of(settings: Settings) -> Sealer:
    home = settings.sealing_dir
    found = keys.read(home)
    _fits(settings, found.name)
    given: list[Witness] = [WitnessFile(file) for file in settings.witness_files]
    if settings.witness_spool is not None and settings.witness_mail is not None:
        given.append(WitnessMail(settings.witness_spool, settings.witness_mail, tuple(keys.verifiers(home))))
    return Sealer(found, home, given, lambda: datetime.now(settings.zone).date())


def _fits(settings: Settings, name: str) -> None:
    if settings.demo != name.startswith(keys.DEMO):
        raise keys.KeyRefused(f"« {name} » : seule l'origine d'une démonstration commence par {keys.DEMO}")


def dsn(settings: Settings) -> str:
    """The sealing role's address: given, or that of the embedded database."""
    if settings.seal_database_url is not None:
        return settings.seal_database_url
    if settings.database_url is not None:
        raise Failure(
            "l'adresse de la base par le compte greffe_seal est attendue",
            "donner GREFFE_SEAL_DATABASE_URL",
            Status.USAGE,
        )
    try:
        return EmbeddedPostgres(settings.data_dir).databases.seal_dsn
    except ServerFailed as error:
        raise Failure(
            f"la base ne répond pas ({settings.data_dir})", "démarrer Greffe avec « greffe up »", Status.UNREACHABLE
        ) from error


async def keep_sealed(settings: Settings, voice: Voice) -> None:
    """Run the sealing process beside us until cancelled; once the register contradicts it, it is not run again."""
    words = ["seal", "--child", "--quiet", "--data", str(settings.data_dir)]
    environment = {**os.environ, f"{PREFIX}DEMO": str(settings.demo)}
    while True:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "adapters", *words),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
        )
        try:
            code = await child.wait()
        except asyncio.CancelledError:
            child.terminate()
            await child.wait()
            raise
        if code == Status.PROOF_FAILED:
            voice.say("Le sceau s'est arrêté : le registre n'est plus celui qui a été scellé.")
            return
        voice.say(f"sceau redémarré (code {code})")
        await asyncio.sleep(PAUSE)


@contextmanager
def refusing() -> Iterator[None]:
    """What the proof refuses, said with its remedy and its exit code."""
    try:
        yield
    except keys.KeyRefused as error:
        raise Failure(str(error), "voir « greffe seal --help »", Status.CONFLICT) from error
    except (Contradicted, Shortened, NoteError) as error:
        remedy = "ne plus rien écrire ; comparer la base à la dernière sauvegarde et aux points des témoins"
        raise Failure(str(error), remedy, Status.PROOF_FAILED) from error


@contextmanager
def sealing_alone(settings: Settings) -> Iterator[None]:
    """One sealing process per key."""
    settings.sealing_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    claim = Claim(settings.sealing_dir / "verrou")
    try:
        claim.take()
    except DirectoryInUse as error:
        raise Failure("un autre « greffe seal » tient ce sceau", "l'arrêter d'abord", Status.CONFLICT) from error
    try:
        yield
    finally:
        claim.release()


async def _sealing(address: str, sealer: Sealer, voice: Voice, parent: int | None) -> None:
    stopped = asyncio.Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(one, stopped.set)
    watched = asyncio.create_task(_orphaned(parent, stopped))
    try:
        await keep_sealing(address, sealer, stopped, lambda point: voice.say(_said(point)))
    finally:
        watched.cancel()
        with suppress(asyncio.CancelledError):
            await watched


def _said(point: Checkpoint) -> str:
    return f"scellé jusqu'au n° {point.size}, racine {point.root.hex()[:16]}"


async def _orphaned(parent: int | None, stopped: asyncio.Event) -> None:
    """A child whose `up` was killed ends too."""
    while parent is not None and os.getppid() == parent:  # noqa: ASYNC110  nothing tells of a parent's end
        await asyncio.sleep(1)
    if parent is not None:
        stopped.set()
