"""The pool of connections, and the errors of the store.

StoreError
├── StoreUnavailable    the database does not answer; a write may have happened, the same call again is safe
│   └── StoreFull       no space is left to write
├── KeyReused           an idempotency key or a command id was already used for something else
└── UnknownCommand      a command that was never received, or was received for another subject
"""

import asyncio
from types import TracebackType
from typing import TypeAlias

import asyncpg

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


class StoreError(Exception):
    """The store did not do what was asked."""


class StoreUnavailable(StoreError):
    """The database does not answer; a write may have happened, the same call again is safe."""


class StoreFull(StoreUnavailable):
    """No space is left to write."""


class KeyReused(StoreError):
    """An idempotency key or a command id was already used for something else."""


class UnknownCommand(StoreError):
    """A command that was never received, or was received for another subject."""


MOST_CONNECTIONS = 8  # more writers than this wait longer for the same lock
PATIENCE = 5.0  # seconds to wait for a free connection
SETTINGS = {
    "application_name": "greffe",
    "statement_timeout": "10s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "15s",  # an idle transaction with the lock would stop the register
    "jit": "off",
}

_LOST = (
    OSError,  # TimeoutError is one
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # seen when the server dies during a time-out
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.LockNotAvailableError,
    asyncpg.ReadOnlySQLTransactionError,  # a replica not yet promoted
    asyncpg.InvalidCatalogNameError,
    asyncpg.InvalidAuthorizationSpecificationError,
)


class Pool:
    """Connections to one database, at most `size`, opened when they are needed.

    asyncpg's own pool resets each connection it takes back, in a task of its own: that costs more than a short
    query. Nothing here changes a session, and one that failed, or was interrupted, is not used again.
    """

    def __init__(self, dsn: str, size: int) -> None:
        self._dsn = dsn
        self._size = size
        self._places = asyncio.Semaphore(size)
        self._idle: list[Connection] = []
        self._closed = False

    async def take(self) -> Connection:
        """A connection that nobody else has; give it back."""
        if self._places.locked():
            async with asyncio.timeout(PATIENCE):
                await self._places.acquire()
        else:
            await self._places.acquire()
        try:
            if self._closed:
                raise asyncpg.InterfaceError("the pool is closed")
            while self._idle:
                connection = self._idle.pop()
                if not connection.is_closed():
                    return connection
            return await asyncpg.connect(self._dsn, command_timeout=15, timeout=PATIENCE, server_settings=SETTINGS)
        except BaseException:
            self._places.release()
            raise

    def give_back(self, connection: Connection, *, sound: bool = True) -> None:
        """Let somebody else have it, or nobody when what was done with it was left unfinished."""
        if sound and not self._closed and not connection.is_in_transaction():
            self._idle.append(connection)
        else:
            connection.terminate()
        self._places.release()

    async def fetch(self, query: str, *arguments: object) -> list[asyncpg.Record]:
        """The rows of one query."""
        async with connected(self) as connection:
            return await connection.fetch(query, *arguments)

    async def close(self) -> None:
        """Close the connections, each once it has been given back."""
        self._closed = True
        for _ in range(self._size):
            await self._places.acquire()
        for connection in self._idle:
            await connection.close(timeout=PATIENCE)
        self._idle.clear()
        for _ in range(self._size):
            self._places.release()


async def open_pool(dsn: str, size: int = MOST_CONNECTIONS) -> Pool:
    """A pool of connections to a database that answers."""
    pool = Pool(dsn, size)
    async with connected(pool):
        return pool


class connected:  # noqa: N801  # it is used as a word: `async with connected(pool) as connection`
    """A connection of the pool; whatever shows that the database is not there raises StoreUnavailable."""

    __slots__ = ("_connection", "_pool")

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def __aenter__(self) -> Connection:
        try:
            self._connection = await self._pool.take()
        except Exception as error:
            _tell(error)
            raise
        return self._connection

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.give_back(self._connection, sound=error is None or _answered(error))
        if error is not None:
            _tell(error)


def _answered(error: BaseException) -> bool:
    """Whether the server has said no to the query, and waits for the next one."""
    return isinstance(error, asyncpg.PostgresError) and not isinstance(error, _LOST)


def _tell(error: BaseException) -> None:
    """Raise the store's own error in the place of one that shows a database which is not there."""
    if isinstance(error, asyncpg.DiskFullError):
        raise StoreFull(str(error)) from error
    # A ValueError is an argument that asyncpg cannot send: our fault, not the server's.
    if isinstance(error, _LOST) and not isinstance(error, ValueError):
        raise StoreUnavailable(str(error) or type(error).__name__) from error
