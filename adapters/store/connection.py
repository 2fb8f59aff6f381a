"""The pool of connections, and the errors of the store.

StoreError
├── StoreUnavailable    the database does not answer; a write may have happened, the same call again is safe
│   └── StoreFull       no space is left to write
├── KeyReused           an idempotency key or a command id was already used for something else
└── UnknownCommand      a command that was never received, or was received for another subject
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
Connection: TypeAlias = "PoolConnectionProxy[asyncpg.Record]"


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


async def open_pool(dsn: str, size: int = MOST_CONNECTIONS) -> Pool:
    """A pool of connections to the database."""
    with _unavailable():
        return await asyncpg.create_pool(
            dsn,
            min_size=1,
            max_size=size,
            command_timeout=15,
            timeout=PATIENCE,
            server_settings=SETTINGS,
            reset=_leave_as_is,
        )


@asynccontextmanager
async def connected(pool: Pool) -> AsyncIterator[Connection]:
    """A connection of the pool; whatever shows that the database is not there raises StoreUnavailable."""
    with _unavailable():
        async with asyncio.timeout(PATIENCE):
            connection = await pool.acquire()
        try:
            yield connection
        finally:
            await pool.release(connection)


async def _leave_as_is(_: object) -> None:
    """Nothing here changes a session, and a reset would double the round trips."""


@contextmanager
def _unavailable() -> Iterator[None]:
    try:
        yield
    except asyncpg.DiskFullError as error:
        raise StoreFull(str(error)) from error
    except _LOST as error:
        if isinstance(error, ValueError):  # an argument that asyncpg cannot send: our fault, not the server's
            raise
        raise StoreUnavailable(str(error) or type(error).__name__) from error
