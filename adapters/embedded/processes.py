"""Child processes that may die at any moment: one owner per directory, no leftovers, brought back when they fall."""

import asyncio
import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Protocol

import psutil
import structlog

from adapters.embedded.accounts import Account

log = structlog.get_logger(__name__)

FAILED_CHECKS = 3
# A variable of the caller's, PGPORT or TZ, must not change the server.
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


class DirectoryInUse(RuntimeError):
    """Another process already runs a server on this directory."""


class ServerFailed(RuntimeError):
    """A server did not start; the end of its log says why."""


class Claim:
    """The exclusive right to run a server in a directory; the system frees it when its holder dies."""

    def __init__(self, file: Path) -> None:
        self._path = file
        self._held: IO[bytes] | None = None

    def take(self) -> None:
        if self._held is not None:
            return
        file = self._path.open("ab")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            file.close()
            raise DirectoryInUse(f"{self._path.parent} est déjà utilisé par un autre Greffe.") from taken
        self._held = file

    def release(self) -> None:
        if self._held is not None:
            self._held.close()
            self._held = None


def leftovers(directory: Path) -> list[psutil.Process]:
    """The live processes that work in the directory: a server's workers outlive it, in sessions of their own."""
    place = str(directory.resolve())
    found = psutil.process_iter(["cwd", "status"])
    return [p for p in found if p.info["cwd"] == place and p.info["status"] != psutil.STATUS_ZOMBIE]


def clear(directory: Path, gentle: signal.Signals, patience: float = 20.0) -> None:
    """End what a former owner left running in the directory; the claim must be held."""
    remaining = leftovers(directory)
    for sent, seconds in ((gentle, patience), (signal.SIGKILL, 10.0)):
        for process in remaining:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(sent)
        deadline = time.monotonic() + seconds
        while remaining and time.monotonic() < deadline:
            time.sleep(0.02)
            remaining = leftovers(directory)
    if remaining:
        raise ServerFailed(f"Des processus restent actifs dans {directory} : {[p.pid for p in remaining]}.")


def spawn(command: list[str], directory: Path, log_file: Path, account: Account) -> subprocess.Popen[bytes]:
    """Start a child of ours in its own session, so that a Ctrl-C meant for Greffe does not reach it."""
    descriptor = os.open(log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "ab") as output:
        return subprocess.Popen(  # noqa: S603  the command is ours
            command,
            cwd=directory,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=ENVIRONMENT,
            start_new_session=True,
            user=account.uid,
            group=account.gid,
            extra_groups=account.groups,
        )


def end(child: subprocess.Popen[bytes], *signals: signal.Signals, patience: float = 30.0) -> None:
    """Send the signals one after the other until the child is gone, and reap it."""
    for sent in (*signals, signal.SIGKILL):
        if child.poll() is not None:
            return
        child.send_signal(sent)
        with suppress(subprocess.TimeoutExpired):
            child.wait(patience)


def wait_until(ready: Callable[[], bool], child: subprocess.Popen[bytes], log_file: Path, patience: float) -> None:
    """Return once the server answers; fail as soon as its process ends or patience runs out."""
    deadline = time.monotonic() + patience
    while not ready():
        if child.poll() is not None:
            raise ServerFailed(f"{log_file.stem} s'est arrêté au démarrage :\n{tail(log_file)}")
        if time.monotonic() > deadline:
            raise ServerFailed(f"{log_file.stem} ne répond pas après {patience:.0f} s :\n{tail(log_file)}")
        time.sleep(0.02)


def tail(log_file: Path, size: int = 2000) -> str:
    return log_file.read_bytes()[-size:].decode(errors="replace")


def rotate(log_file: Path, limit: int = 10_000_000) -> None:
    """Keep one former log, so that a log never fills the disk."""
    if log_file.exists() and log_file.stat().st_size > limit:
        log_file.replace(log_file.with_suffix(".log.1"))


class Server(Protocol):
    """What supervision needs to know of a server."""

    name: str

    def exited(self) -> bool: ...
    def alive(self) -> bool: ...
    def restart(self) -> object: ...


async def supervise(
    *servers: Server, every: float = 1.0, restarted: Callable[[Server], Awaitable[None]] | None = None
) -> None:
    """Bring back each server that died or no longer answers, until cancelled."""
    failures = dict.fromkeys(range(len(servers)), 0)
    while True:
        await asyncio.sleep(every)
        for number, server in enumerate(servers):
            answers = await asyncio.to_thread(server.alive)
            failures[number] = 0 if answers else failures[number] + 1
            if answers or (not server.exited() and failures[number] < FAILED_CHECKS):
                continue
            log.error("server_down", server=server.name)
            try:
                await asyncio.to_thread(server.restart)
            except (ServerFailed, OSError) as failure:
                log.error("server_restart_failed", server=server.name, reason=str(failure))  # noqa: TRY400  said in full by the reason
                continue
            failures[number] = 0
            log.info("server_restarted", server=server.name)
            if restarted:
                await restarted(server)


def private_directory(path: Path, owner: Account) -> None:
    """Make the directory for the owner alone; refuse one that another account could have prepared."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = path.lstat()
    if path.is_symlink() or status.st_uid not in {owner.uid, os.geteuid()}:
        raise PermissionError(f"{path} appartient à un autre compte.")
    os.chown(path, owner.uid, owner.gid)
    path.chmod(0o700)
