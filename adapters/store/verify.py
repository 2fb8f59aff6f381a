"""Numbering and hash chain, checked again from the rows and from nothing else.

hash = SHA-256("greffe/event/v1" LF || prev (32 bytes) || stream LF seq LF pos LF topic LF command_id LF k LF
recorded_at LF || state), recorded_at in UTC with six digits: 2026-03-01T08:00:00.123456Z. `prev` is the hash
of the stream's previous event, 32 zero bytes for the first one.

Every event is compared with the one before it in its stream and in the register, so that memory does not
grow with the register. What was cut off at the end, or written again from there with all hashes, shows only
against a number or a hash noted elsewhere.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import asyncpg

from adapters.store.connection import Pool, connected

FIRST_PREV = bytes(32)
MOST_NAMED = 20
BATCH = 1000


@dataclass(frozen=True, slots=True)
class Divergence:
    """A place where the rows contradict each other; `what` is a stable code."""

    pos: int
    subject_id: UUID
    seq: int
    what: str


@dataclass(frozen=True, slots=True)
class Report:
    """What was read, where it ends, and where it diverges: the first places, and how many in all."""

    checked: int
    head: int
    divergences: tuple[Divergence, ...]
    diverging: int

    @property
    def intact(self) -> bool:
        return self.diverging == 0

    @property
    def first_bad(self) -> Divergence | None:
        return self.divergences[0] if self.divergences else None


def event_hash(row: asyncpg.Record) -> bytes:
    """The hash of one event, from what is stored."""
    header = "\n".join(
        (
            str(row["originator_id"]),
            str(row["originator_version"]),
            str(row["pos"]),
            row["topic"],
            str(row["command_id"]),
            str(row["k"]),
            instant(row["recorded_at"]),
            "",
        )
    )
    return sha256(b"greffe/event/v1\n" + row["prev"] + header.encode() + row["state"]).digest()


def instant(at: datetime) -> str:
    """An instant as it enters the hash."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


# The previous event of the stream comes with each event: nothing has to be remembered from one batch to the next.
_ROWS = """SELECT e.pos, e.notification_id, e.originator_id, e.originator_version, e.topic, e.state, e.command_id,
        e.k, e.recorded_at, e.prev, e.hash, p.pos AS prev_pos, p.hash AS prev_hash
    FROM dossier_events e LEFT JOIN dossier_events p
        ON p.originator_id = e.originator_id AND p.originator_version = e.originator_version - 1"""
_REGISTER = _ROWS + " WHERE e.pos > $1 ORDER BY e.pos LIMIT $2"
_SUBJECT = _ROWS + " WHERE e.pos > $1 AND e.originator_id = $3 ORDER BY e.pos LIMIT $2"


async def verify(pool: Pool, subject_id: UUID | None = None, progress: Callable[[int], None] | None = None) -> Report:
    """Check the whole register, or one subject's stream, up to its end; `progress` hears the events checked."""
    found: list[Divergence] = []
    checked, diverging = 0, 0
    last: asyncpg.Record | None = None
    while rows := await _batch(pool, 0 if last is None else last["pos"], subject_id):
        for row in rows:
            faults = list(_contradictions(row, last, whole=subject_id is None))
            diverging += len(faults)
            found += faults[: MOST_NAMED - len(found)]
            last = row
        checked += len(rows)
        if progress is not None:
            progress(checked)
    return Report(checked, 0 if last is None else last["pos"], tuple(found), diverging)


async def _batch(pool: Pool, after_pos: int, subject_id: UUID | None) -> list[asyncpg.Record]:
    async with connected(pool) as connection:
        if subject_id is None:
            return await connection.fetch(_REGISTER, after_pos, BATCH)
        return await connection.fetch(_SUBJECT, after_pos, BATCH, subject_id)


def _contradictions(row: asyncpg.Record, last: asyncpg.Record | None, *, whole: bool) -> Iterator[Divergence]:
    def at(what: str) -> Divergence:
        return Divergence(row["pos"], row["originator_id"], row["originator_version"], what)

    before: Any = last or {"pos": 0, "recorded_at": row["recorded_at"], "originator_version": 0}
    if whole and row["pos"] != before["pos"] + 1:
        yield at("pos_gap")
    if not whole and row["originator_version"] != before["originator_version"] + 1:
        yield at("seq_gap")
    if row["notification_id"] != row["pos"]:
        yield at("notification_id")
    if row["recorded_at"] < before["recorded_at"]:
        yield at("recorded_at_decreases")
    if row["originator_version"] != 1 and (row["prev_pos"] is None or row["prev_pos"] >= row["pos"]):
        yield at("previous_event_missing")
    if row["prev"] != (FIRST_PREV if row["originator_version"] == 1 else row["prev_hash"]):
        yield at("prev")
    if row["hash"] != event_hash(row):
        yield at("hash")
