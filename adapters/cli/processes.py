"""What a process that lasts needs: a place to listen, parts that start one by one, an end that is asked for."""

import asyncio
import errno
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from time import monotonic

import uvicorn
from fastapi import FastAPI

from adapters.cli.installation import is_loopback
from adapters.cli.output import Failure, Status, Voice
from adapters.embedded.processes import DirectoryInUse

LAST_ANSWERS = 3  # seconds left to the answers under way when the end is asked for


@contextmanager
def part(voice: Voice, name: str, ready: str, remedy: str = "") -> Iterator[None]:
    """A part that starts: its line and its time, or the cause and the remedy."""
    begun = monotonic()
    try:
        yield
    except Failure:
        raise
    except DirectoryInUse as error:
        remedy = "arrêter l'autre, ou donner un autre répertoire avec --data"
        raise Failure(str(error).rstrip("."), remedy, Status.CONFLICT) from error
    except Exception as error:  # whatever a part raises stops the whole, and is said as its cause
        raise Failure(f"{name} : {error or type(error).__name__}", remedy) from error
    voice.say(f"{name} {ready} {monotonic() - begun:.1f} s".replace(".", ","))


def listening(host: str, port: int) -> socket.socket:
    """The place where the pages are served, taken before anything else starts."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        place = socket.socket(family, socket.SOCK_STREAM)
        place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        place.bind((host, port))
        place.listen(128)
    except OSError as error:
        reason = "" if error.errno == errno.EADDRINUSE else f" ({error.strerror})"
        raise Failure(
            f"le port {port} n'est pas libre sur {host}{reason}",
            "arrêter l'autre programme, ou choisir un autre --port",
            Status.CONFLICT,
        ) from error
    return place


def refuse_open(host: str) -> None:
    """Nobody is identified yet: only this machine may ask."""
    if not is_loopback(host):
        raise Failure(
            f"{host} n'est pas une adresse de cette machine",
            "garder 127.0.0.1 et mettre devant un serveur qui identifie les personnes",
            Status.USAGE,
        )


def address(place: socket.socket) -> str:
    host, port = place.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


class _Server(uvicorn.Server):
    """The HTTP server, which leaves the signals to its caller."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serving(app: FastAPI, place: socket.socket) -> AsyncIterator[None]:
    """Answer requests meanwhile."""
    config = uvicorn.Config(
        app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=LAST_ANSWERS
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[place]))
    while not server.started:  # the server says it by a plain attribute
        await asyncio.sleep(0.01)
        if task.done():
            await task
            raise Failure("les pages ne démarrent pas")
    try:
        yield
    finally:
        server.should_exit = True
        await task


def until_stopped(main: Callable[[Callable[[], Awaitable[None]]], Awaitable[None]]) -> Status:
    """Run until Ctrl-C or SIGTERM; `main` is handed what to await once everything has started.

    The first signal begins an orderly end; those that follow wait for it.
    """
    return asyncio.run(_until_stopped(main))


async def _until_stopped(main: Callable[[Callable[[], Awaitable[None]]], Awaitable[None]]) -> Status:
    stop = asyncio.Event()
    started = False

    async def lasting() -> None:
        nonlocal started
        started = True
        await stop.wait()

    loop = asyncio.get_running_loop()
    running = asyncio.ensure_future(main(lasting))

    def end() -> None:
        if not stop.is_set():
            stop.set()
            if not started:
                running.cancel()

    for one in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(one, end)
    try:
        await running
    except asyncio.CancelledError:
        return Status.INTERRUPTED
    return Status.DONE
