"""The Temporal development server as a child of Greffe; it holds nothing that the store cannot give back."""

import asyncio
import json
import signal
import socket
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.service import ConnectConfig, RPCError, ServiceClient

from adapters.embedded import binaries, processes
from adapters.embedded.accounts import own_account

LOOPBACK = "127.0.0.1"
DEFAULT_NAMESPACE = "default"
START_PATIENCE = 120.0
CALL_PATIENCE = timedelta(seconds=5)
# `Procedure` is a word of the visibility store's SQL: it cannot be a name here.
SEARCH_ATTRIBUTES = {"CaseKind": "Keyword", "CaseState": "Keyword", "NextDue": "Datetime", "Establishment": "Keyword"}


@dataclass(frozen=True)
class Ports:
    """The server's port, and its console's."""

    server: int
    console: int


class EmbeddedTemporal:
    """A Temporal server in `root/temporal`, on the loopback only; its address stays the same across restarts."""

    name = "temporal"

    def __init__(
        self,
        root: Path,
        *,
        port: int | None = None,
        console_port: int | None = None,
        namespace: str = DEFAULT_NAMESPACE,
    ) -> None:
        self._home = root.absolute() / "temporal"
        self._asked = (port, console_port)
        self._namespace = namespace
        self._log = self._home / "temporal.log"
        self._claim = processes.Claim(self._home / "lock")
        self._child: subprocess.Popen[bytes] | None = None
        self._ports: Ports | None = None

    def start(self) -> str:
        """Return the address once the server answers for its namespace."""
        if not (self._child and self.alive()):
            processes.private_directory(self._home, own_account())
            self._claim.take()
            self._end()
            try:
                processes.clear(self._home, signal.SIGTERM)
                self._run()
            except BaseException:
                self.stop()
                raise
        return self.address

    def stop(self) -> None:
        self._end()
        self._claim.release()

    def restart(self) -> str:
        self._end()
        return self.start()

    def wipe(self) -> None:
        """Stop the server and forget all it knew; the store arms every open case again."""
        self._end()
        for part in self._home.glob("temporal.db*"):
            part.unlink()

    def exited(self) -> bool:
        return self._child is None or self._child.poll() is not None

    def alive(self) -> bool:
        """Whether the server answers for its namespace."""
        return not self.exited() and self._answers()

    @property
    def pid(self) -> int:
        if self._child is None:
            raise processes.ServerFailed("Temporal n'est pas démarré.")
        return self._child.pid

    @property
    def address(self) -> str:
        """The address, known from the first start on, whichever process runs the server."""
        return f"{LOOPBACK}:{self._known_ports().server}"

    @property
    def console(self) -> str:
        return f"http://{LOOPBACK}:{self._known_ports().console}"

    def _run(self) -> None:
        self._ports = self._ports or self._choose_ports()
        (self._home / "ports.json").write_text(json.dumps([self._ports.server, self._ports.console]))
        processes.rotate(self._log)
        self._child = processes.spawn(self._command(self._ports), self._home, self._log, own_account())
        processes.wait_until(self._answers, self._child, self._log, START_PATIENCE)

    def _command(self, ports: Ports) -> list[str]:
        attributes = [f"--search-attribute={name}={kind}" for name, kind in SEARCH_ATTRIBUTES.items()]
        namespace = [] if self._namespace == DEFAULT_NAMESPACE else [f"--namespace={self._namespace}"]
        return [
            str(binaries.temporal()),
            "server",
            "start-dev",
            "--disable-config-file",
            "--disable-config-env",
            "--log-level=error",
            f"--ip={LOOPBACK}",
            f"--port={ports.server}",
            f"--ui-ip={LOOPBACK}",
            f"--ui-port={ports.console}",
            "--ui-disable-news-fetch",
            f"--db-filename={self._home / 'temporal.db'}",
            "--sqlite-pragma=journal_mode=wal",
            *attributes,
            *namespace,
        ]

    def _choose_ports(self) -> Ports:
        former = self._read_ports()
        server, console = self._asked
        server = server or _free_port(former.server if former else 0)
        console = console or _free_port(former.console if former else 0)
        return Ports(server, console)

    def _read_ports(self) -> Ports | None:
        file = self._home / "ports.json"
        return Ports(*json.loads(file.read_text())) if file.exists() else None

    def _known_ports(self) -> Ports:
        ports = self._ports or self._read_ports()
        if ports is None:
            raise processes.ServerFailed("Temporal n'a jamais été démarré ici.")
        return ports

    def _end(self) -> None:
        if self._child is not None:
            processes.end(self._child, signal.SIGTERM, patience=10.0)
            self._child = None

    def _answers(self) -> bool:
        # In a thread of its own, the caller may already be inside an event loop.
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(asyncio.run, _serves(self.address, self._namespace)).result()


async def _serves(address: str, namespace: str) -> bool:
    try:
        service = await ServiceClient.connect(ConnectConfig(address, connect_timeout=CALL_PATIENCE))
        await service.workflow_service.describe_namespace(
            DescribeNamespaceRequest(namespace=namespace), timeout=CALL_PATIENCE
        )
        return await service.check_health(timeout=CALL_PATIENCE)
    except (RuntimeError, RPCError):  # how the client says that it cannot connect, and that it is refused
        return False


def _free_port(wanted: int) -> int:
    """The wanted port when it is free, any free one otherwise."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, wanted))
        except OSError:
            probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])
