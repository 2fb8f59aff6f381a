"""The sealing process: it reads the hashes itself, compares them with what it signed before, and only then signs.

It has its own key, its own role in the database (which reads positions and hashes, and adds checkpoints) and its own
memory: the last checkpoint that it signed, in a file that the database cannot change.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from time import monotonic
from typing import TypeAlias

import asyncpg
import structlog

from adapters.proof import keys
from adapters.proof.merkle import Tree, consistent, leaf_hash
from adapters.proof.note import Checkpoint, SignerKey, VerifierKey, opened, signed
from adapters.proof.witness import Witness

log = structlog.get_logger(__name__)

LAST = "dernier.note"
EVERY = 60.0  # seconds between two checkpoints of a register that moves
MOST = 1000  # events that are never left unsealed for longer than it takes to sign
POLL = 1.0
READ_AGAIN = 86_400.0  # seconds after which everything is read again, and not only what is new
BATCH = 5000
PAUSE = 2.0

LOST = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


class Contradicted(Exception):
    """The register is not the continuation of what was signed; nothing more is signed, and the position is named."""

    def __init__(self, cause: str, position: int) -> None:
        super().__init__(cause)
        self.position = position


@dataclass
class Sealer:
    """One key, what it signed last, and the tree of what was read since the process began."""

    key: SignerKey
    home: Path
    witnesses: Sequence[Witness] = ()
    today: Callable[[], date] = date.today

    def __post_init__(self) -> None:
        self.verifiers: list[VerifierKey] = keys.verifiers(self.home)
        self.tree = Tree()
        self.last = self._remembered()
        self._read_at = monotonic()

    async def head(self, connection: Connection) -> int:
        """The number of the register's last event."""
        found: int = await connection.fetchval("SELECT coalesce(max(pos), 0) FROM dossier_events")
        return found

    async def seal(self, connection: Connection, successor: SignerKey | None = None) -> Checkpoint | None:
        """Sign the register as it is, if it moved; with the key that follows too, whether or not it moved."""
        await self._read(connection)
        size = len(self.tree)
        if size == 0 or (self.last is not None and self.last.size == size and successor is None):
            return None
        checkpoint = Checkpoint(self.key.name, size, self.tree.root())
        note = signed(checkpoint, *([self.key] if successor is None else [self.key, successor]))
        self._remember(note)
        await self._publish(connection, checkpoint, note)
        for witness in self.witnesses:
            await asyncio.to_thread(witness.keep, checkpoint, note, self.today())
        self.last = checkpoint
        return checkpoint

    async def compare(self, connection: Connection) -> None:
        """Contradicted when the register is not the continuation of the last checkpoint; nothing is signed."""
        await self._read(connection)
        if self.last is not None:
            await self._publish(connection, self.last, (self.home / LAST).read_text(encoding="utf-8"))

    async def _read(self, connection: Connection) -> None:
        if monotonic() - self._read_at > READ_AGAIN:
            self.tree, self._read_at = Tree(), monotonic()
        async with connection.transaction(readonly=True):
            after = len(self.tree)
            while rows := await connection.fetch(
                "SELECT pos, hash FROM dossier_events WHERE pos > $1 ORDER BY pos LIMIT $2", after, BATCH
            ):
                for pos, hash_ in rows:
                    if pos != len(self.tree) + 1:
                        raise Contradicted(f"le n° {len(self.tree) + 1} manque au registre", len(self.tree) + 1)
                    self.tree.append(leaf_hash(hash_))
                after = len(self.tree)
                await asyncio.sleep(0)
            head = await self.head(connection)
        self._continues(min(head, len(self.tree)))

    def _continues(self, size: int) -> None:
        """Contradicted unless the register, up to a size, begins with what was signed last."""
        last = self.last
        if last is None:
            return
        if size < last.size:
            raise Contradicted(f"le registre s'arrête au n° {size}, le n° {last.size} est scellé", size + 1)
        proof = self.tree.consistency(last.size)
        if self.tree.root(last.size) != last.root or not consistent(
            last.root, last.size, self.tree.root(), len(self.tree), proof
        ):
            raise Contradicted(f"un événement jusqu'au n° {last.size} n'est pas celui qui a été scellé", 1)

    async def _publish(self, connection: Connection, checkpoint: Checkpoint, note: str) -> None:
        await connection.execute(
            "INSERT INTO checkpoints (size, note) VALUES ($1, $2) ON CONFLICT (note) DO NOTHING", checkpoint.size, note
        )

    def _remembered(self) -> Checkpoint | None:
        file = self.home / LAST
        return opened(file.read_text(encoding="utf-8"), *self.verifiers) if file.exists() else None

    def _remember(self, note: str) -> None:
        """Our own memory first: a note that was published is never forgotten."""
        written = self.home / f"{LAST}.part"
        with written.open("w", encoding="utf-8") as stream:
            stream.write(note)
            stream.flush()
            os.fsync(stream.fileno())
        written.replace(self.home / LAST)


async def keep_sealing(
    dsn: str,
    sealer: Sealer,
    stopped: asyncio.Event,
    said: Callable[[Checkpoint], None],
    every: float = EVERY,
    most: int = MOST,
) -> None:
    """Seal until stopped, and once more at the end; a database that does not answer is asked again."""
    while not stopped.is_set():
        try:
            async with connected(dsn) as connection:
                await sealer.compare(connection)
                await _turns(connection, sealer, stopped, said, every, most)
        except LOST as error:
            log.warning("not_sealed", reason=str(error) or type(error).__name__)
            with suppress(TimeoutError):
                await asyncio.wait_for(stopped.wait(), PAUSE)


async def _turns(
    connection: Connection,
    sealer: Sealer,
    stopped: asyncio.Event,
    said: Callable[[Checkpoint], None],
    every: float,
    most: int,
) -> None:
    sealed_at = float("-inf")
    while True:
        ended = stopped.is_set()
        size = 0 if sealer.last is None else sealer.last.size
        unsealed = await sealer.head(connection) - size
        if unsealed < 0:
            await sealer.compare(connection)
        if unsealed and (ended or unsealed >= most or monotonic() - sealed_at >= every):
            checkpoint = await sealer.seal(connection)
            sealed_at = monotonic()
            if checkpoint is not None:
                said(checkpoint)
        if ended:
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(stopped.wait(), POLL)


async def rotate(connection: Connection, sealer: Sealer) -> SignerKey:
    """A new key in the place of the old one, and a checkpoint at the boundary that both have signed."""
    followed = sealer.home / f"{keys.PRIVATE}.suivante"
    followed.unlink(missing_ok=True)
    successor = keys.generated(sealer.key.name)
    keys.write(followed, successor)
    keys.publish(sealer.home, successor)
    await sealer.seal(connection, successor)
    followed.replace(sealer.home / keys.PRIVATE)
    return successor


@asynccontextmanager
async def connected(dsn: str) -> AsyncIterator[Connection]:
    """A connection of the sealing role."""
    connection = await asyncpg.connect(
        dsn, command_timeout=60, server_settings={"application_name": "greffe seal", "statement_timeout": "30s"}
    )
    try:
        yield connection
    finally:
        with suppress(*LOST):
            await connection.close()
