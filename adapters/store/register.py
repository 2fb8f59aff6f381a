"""The register: commands, the events they made, their outcomes.

`append` is one round trip to one SQL function, once per command for ever: the same call again returns the
first outcome. A write whose fate is unknown (the server died under it) is asked again until the server
answers, so that what it returns is what is stored.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from time import monotonic
from typing import Literal, NamedTuple, Self, TypeAlias
from uuid import UUID

import asyncpg

from adapters.store.connection import (
    MOST_CONNECTIONS,
    KeyReused,
    Pool,
    StoreUnavailable,
    UnknownCommand,
    connected,
    open_pool,
)
from adapters.store.mapper import EventMapper, encode
from domain.kernel import Event

Result: TypeAlias = Literal["accepted", "rejected", "fault"]


@dataclass(frozen=True, slots=True)
class CommandRow:
    """A command as it was received: who asked what, on which day of law; `body` is canonical JSON.

    `received_at` is the store's; it is None until the store has said it.
    """

    command_id: UUID
    subject_id: UUID
    type: str
    acted_on: date
    actor: str
    role: str
    body: bytes
    establishment: str | None = None
    idempotency_key: str | None = None
    request_id: str | None = None
    body_sha256: bytes | None = None
    received_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be kept as the outcome of a command; `body` is canonical JSON."""

    result: Result
    body: bytes


@dataclass(frozen=True, slots=True)
class StoredOutcome:
    """The outcome of a command, the first and only one; the versions are those of its events, if any."""

    command_id: UUID
    result: Result
    body: bytes
    first_version: int | None
    last_version: int | None
    decided_at: datetime


class Recorded(NamedTuple):
    """An event at its place: number in its stream and in the register, command, instant, chain."""

    event: Event
    subject_id: UUID
    seq: int
    pos: int
    command_id: UUID
    k: int
    recorded_at: datetime
    prev: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class Appended:
    """The outcome stands; `version` is the stream's now, `pos` of the last event made (0 when none was)."""

    outcome: StoredOutcome
    version: int
    pos: int
    replayed: bool


@dataclass(frozen=True, slots=True)
class Conflict:
    """Somebody else wrote to the stream first: nothing was recorded, `version` is the stream's now."""

    version: int


@dataclass(frozen=True, slots=True)
class CaseFault:
    """A case stopped by a fault of the program, until somebody says that it is repaired."""

    subject_id: UUID
    case_ref: str
    error: str
    since: datetime


_RECEIVE = "SELECT * FROM receive($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
_APPEND = "SELECT * FROM append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
_EVENT = "topic, state, originator_id, originator_version, pos, command_id, k, recorded_at, prev, hash"
_STREAM = f"""SELECT {_EVENT} FROM dossier_events WHERE originator_id = $1 AND originator_version > $2
    AND ($3::timestamptz IS NULL OR recorded_at <= $3) ORDER BY originator_version"""  # noqa: S608  # constants only
_LOG = f"SELECT {_EVENT} FROM dossier_events WHERE pos > $1 ORDER BY pos LIMIT $2"  # noqa: S608  # constants only

# What makes two commands the same one, whoever carried the second.
_meaning = attrgetter("subject_id", "type", "acted_on", "actor", "body")


class Register:
    """The register of one database, read and written through the service's role."""

    def __init__(self, pool: Pool, mapper: EventMapper, patience: float = 10.0) -> None:
        self.pool = pool
        self.mapper = mapper
        self._patience = patience

    @classmethod
    async def open(cls, dsn: str, mapper: EventMapper, size: int = MOST_CONNECTIONS) -> Self:
        """A register on its own pool of connections; close it."""
        return cls(await open_pool(dsn, size), mapper)

    async def close(self) -> None:
        await self.pool.close()

    # -- Commands --

    async def put_command(self, command: CommandRow) -> CommandRow:
        """Keep a command; the first one kept under its id or its key, or KeyReused when they differ."""
        rows = await self._write(
            _RECEIVE,
            command.command_id,
            command.subject_id,
            command.idempotency_key,
            command.type,
            command.acted_on,
            command.actor,
            command.role,
            command.establishment,
            command.request_id,
            command.body,
        )
        kept = [CommandRow(**row) for row in rows]
        if any(_meaning(row) != _meaning(command) for row in kept) or len(kept) > 1:
            raise KeyReused("this key or id was used for another command")
        return kept[0]

    async def command(self, command_id: UUID) -> CommandRow | None:
        rows = await self._read("SELECT * FROM commands WHERE command_id = $1", command_id)
        return CommandRow(**rows[0]) if rows else None

    async def outcome(self, command_id: UUID) -> StoredOutcome | None:
        rows = await self._read("SELECT * FROM outcomes WHERE command_id = $1", command_id)
        return StoredOutcome(**rows[0]) if rows else None

    async def undecided(self, before: datetime, limit: int = 100) -> list[CommandRow]:
        """Commands received before an instant that still have no outcome, oldest first."""
        rows = await self._read(
            """SELECT * FROM commands c WHERE received_at < $1
               AND NOT EXISTS (SELECT FROM outcomes o WHERE o.command_id = c.command_id)
               ORDER BY received_at LIMIT $2""",
            before,
            limit,
        )
        return [CommandRow(**row) for row in rows]

    # -- Append --

    async def append(
        self,
        command_id: UUID,
        subject_id: UUID,
        expected_version: int,
        events: Sequence[Event],
        outcome: Verdict,
        *,
        deadline_row: CommandRow | None = None,
    ) -> Appended | Conflict:
        """Record the events and the outcome of a command on a stream that stands at the version expected.

        `deadline_row` is given when the command is a deadline, which nobody sent: its row is kept with it.
        """
        (row,) = await self._write(
            _APPEND,
            command_id,
            subject_id,
            expected_version,
            [self.mapper.topic(event) for event in events],
            [encode(event) for event in events],
            outcome.result,
            outcome.body,
            deadline_row and deadline_row.acted_on,
            deadline_row and deadline_row.establishment,
            deadline_row and deadline_row.body,
        )
        if row["status"] == "conflict":
            return Conflict(row["version"])
        stands = StoredOutcome(
            command_id, row["result"], row["body"], row["first_version"], row["last_version"], row["decided_at"]
        )
        return Appended(stands, row["version"], row["pos"], row["status"] == "replayed")

    # -- Reads --

    async def load(self, subject_id: UUID, recorded_until: datetime | None = None) -> list[Recorded]:
        """The events of a subject in order; those recorded by an instant, when one is given."""
        return await self._recorded(_STREAM, subject_id, 0, recorded_until)

    async def events_since(self, subject_id: UUID, version: int) -> list[Recorded]:
        """The events of a subject after a version."""
        return await self._recorded(_STREAM, subject_id, version, None)

    async def stream_version(self, subject_id: UUID) -> int:
        """The number of the subject's last event; 0 when it has none."""
        return await self._number(
            "SELECT coalesce(max(originator_version), 0) FROM dossier_events WHERE originator_id = $1", subject_id
        )

    async def head(self) -> int:
        """The number of the register's last event; 0 when it is empty."""
        return await self._number("SELECT coalesce(max(pos), 0) FROM dossier_events")

    async def read_all(self, after_pos: int = 0, limit: int = 500) -> AsyncIterator[list[Recorded]]:
        """All events after a position, in the order of the register, by batches of at most `limit`."""
        async with connected(self.pool) as connection:
            statement = await connection.prepare(_LOG)
            ahead = asyncio.create_task(statement.fetch(after_pos, limit))
            try:
                while rows := await ahead:
                    # The server works on the next batch while this one is read.
                    ahead = asyncio.create_task(statement.fetch(rows[-1]["pos"], limit))
                    await asyncio.sleep(0)
                    yield self._decoded(rows)
            finally:
                ahead.cancel()
                await asyncio.gather(ahead, return_exceptions=True)

    async def subjects(self) -> list[UUID]:
        """The subjects that have events, in the order of their first one."""
        rows = await self._read("SELECT originator_id FROM dossier_events WHERE originator_version = 1 ORDER BY pos")
        return [row["originator_id"] for row in rows]

    # -- Faults of the program --

    async def stop_case(self, subject_id: UUID, case_ref: str, error: str) -> None:
        """Say that a case is stopped by a fault; once until it is repaired."""
        await self._write(
            "INSERT INTO case_faults (subject_id, case_ref, error) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            subject_id,
            case_ref,
            error,
        )

    async def resume_case(self, subject_id: UUID, case_ref: str) -> None:
        """Say that a case is repaired."""
        await self._write(
            """UPDATE case_faults SET resolved_at = clock_timestamp()
               WHERE subject_id = $1 AND case_ref = $2 AND resolved_at IS NULL""",
            subject_id,
            case_ref,
        )

    async def stopped_cases(self) -> list[CaseFault]:
        """The cases that are stopped now, oldest first."""
        rows = await self._read(
            """SELECT subject_id, case_ref, error, since FROM case_faults
               WHERE resolved_at IS NULL ORDER BY since"""
        )
        return [CaseFault(**row) for row in rows]

    # -- The way to the database --

    async def _read(self, query: str, *arguments: object) -> list[asyncpg.Record]:
        async with connected(self.pool) as connection:
            return await connection.fetch(query, *arguments)

    async def _number(self, query: str, *arguments: object) -> int:
        (row,) = await self._read(query, *arguments)
        number: int = row[0]
        return number

    async def _recorded(self, query: str, *arguments: object) -> list[Recorded]:
        return self._decoded(await self._read(query, *arguments))

    def _decoded(self, rows: list[asyncpg.Record]) -> list[Recorded]:
        decode = self.mapper.decode
        return [
            Recorded(decode(topic, state), subject, seq, pos, command, k, at, prev, hash_)
            for topic, state, subject, seq, pos, command, k, at, prev, hash_ in rows
        ]

    async def _write(self, query: str, *arguments: object) -> list[asyncpg.Record]:
        """Run a write that may be run twice, again as long as its fate is unknown and patience lasts."""
        give_up = monotonic() + self._patience
        pause = 0.02
        while True:
            try:
                return await self._read(query, *arguments)
            except StoreUnavailable:
                if monotonic() + pause > give_up:
                    raise
            except asyncpg.ForeignKeyViolationError as error:
                raise UnknownCommand("this command was not received for this subject") from error
            await asyncio.sleep(pause)
            pause = min(pause * 2, 1.0)
