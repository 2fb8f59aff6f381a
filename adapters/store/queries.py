"""What the screens and the API ask of the views, each in one round trip."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg

from adapters.store.connection import Pool, connected
from adapters.store.persons import _literal, _plain
from adapters.store.register import CommandRow

Row: TypeAlias = asyncpg.Record

MOST_ROWS = 500
NAMED = "p.family_name, p.given_name, p.matricule"


@dataclass(frozen=True, slots=True)
class AgendaFilter:
    """What the agenda is narrowed to; None means everything. `authority` "" means automatic."""

    procedure: str | None = None
    authority: str | None = None
    nature: str | None = None
    agent: UUID | None = None
    due_from: date | None = None
    due_until: date | None = None


@dataclass(frozen=True, slots=True)
class AgendaAfter:
    """The last line of the page before."""

    due: date
    subject_id: UUID
    case_ref: str
    kind: str


class Queries:
    """Read queries on the views of one database."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool

    async def agenda(
        self, wanted: AgendaFilter, limit: int = MOST_ROWS, after: AgendaAfter | None = None
    ) -> Sequence[Row]:
        """The deadlines in force by date, with the person and the procedure."""
        return await self._read(
            f"""SELECT a.*, {NAMED}, c.procedure FROM agenda a
            LEFT JOIN person p USING (subject_id) LEFT JOIN open_cases c USING (case_id)
            WHERE ($1::text IS NULL OR c.procedure = $1)
              AND ($2::text IS NULL OR CASE WHEN $2 = '' THEN a.awaits = '{{}}' ELSE $2 = ANY (a.awaits) END)
              AND ($3::text IS NULL OR a.nature = $3)
              AND ($4::uuid IS NULL OR a.subject_id = $4)
              AND ($5::date IS NULL OR a.due >= $5) AND ($6::date IS NULL OR a.due <= $6)
              AND ($7::date IS NULL OR (a.due, a.subject_id, a.case_ref, a.kind) > ($7, $8::uuid, $9::text, $10::text))
            ORDER BY a.due, a.subject_id, a.case_ref, a.kind LIMIT $11""",  # noqa: S608  # constants only
            wanted.procedure,
            wanted.authority,
            wanted.nature,
            wanted.agent,
            wanted.due_from,
            wanted.due_until,
            after and after.due,
            after and after.subject_id,
            after and after.case_ref,
            after and after.kind,
            limit,
        )

    async def pressing(self, today: date) -> int:
        """How many deadlines are late or fall within the week."""
        (row,) = await self._read("SELECT count(*) FROM agenda WHERE due < $1", today + timedelta(days=7))
        count: int = row[0]
        return count

    async def dossiers(
        self, sought: str = "", limit: int = 50, after: tuple[str, UUID] | None = None, kind: str = "agent"
    ) -> Sequence[Row]:
        """The dossiers by name, those whose name or matricule holds every word sought."""
        return await self._read(
            f"""SELECT d.*, {NAMED}, p.service, p.establishment, coalesce(p.sought, '') AS place FROM dossiers d
            LEFT JOIN person p USING (subject_id)
            WHERE d.kind = $1
              AND ($2::text[] = '{{}}' OR coalesce(p.sought, '') LIKE ALL ($2))
              AND ($3::text IS NULL OR (coalesce(p.sought, ''), d.subject_id) > ($3, $4::uuid))
            ORDER BY coalesce(p.sought, ''), d.subject_id LIMIT $5""",  # noqa: S608  # constants only
            kind,
            _patterns(sought),
            after and after[0],
            after and after[1],
            limit,
        )

    async def cases(
        self, procedure: str | None = None, closed: bool | None = False, limit: int = 50, after: str = ""
    ) -> Sequence[Row]:
        """The procedures that somebody opened, by reference."""
        return await self._read(
            f"""SELECT c.*, {NAMED} FROM open_cases c LEFT JOIN person p USING (subject_id)
            WHERE NOT c.standing AND c.ref > $1 AND ($2::text IS NULL OR c.procedure = $2)
              AND ($3::boolean IS NULL OR c.closed = $3)
            ORDER BY c.ref, c.case_id LIMIT $4""",  # noqa: S608  # constants only
            after,
            procedure,
            closed,
            limit,
        )

    async def cases_named(self, ref: str) -> Sequence[Row]:
        """The cases under a reference or an identifier; more than one when several dossiers use the reference."""
        return await self._read(
            "SELECT * FROM open_cases WHERE case_id = $1 OR (ref = $2 AND NOT standing)", _uuid(ref), ref
        )

    async def command_under(self, idempotency_key: str) -> CommandRow | None:
        """The command that was received under a key."""
        rows = await self._read("SELECT * FROM commands WHERE idempotency_key = $1", idempotency_key)
        return CommandRow(**rows[0]) if rows else None

    async def authors(self, subject_id: UUID) -> dict[UUID, Row]:
        """Who sent each command of a subject."""
        rows = await self._read("SELECT command_id, type, actor, role FROM commands WHERE subject_id = $1", subject_id)
        return {row["command_id"]: row for row in rows}

    async def next_number(self, prefix: str, year: int) -> int:
        """A number that no other case of this prefix and year receives."""
        (row,) = await self._read(
            """INSERT INTO case_numbers AS n (prefix, year, last) VALUES ($1, $2, 1)
            ON CONFLICT (prefix, year) DO UPDATE SET last = n.last + 1 RETURNING last""",
            prefix,
            year,
        )
        number: int = row[0]
        return number

    async def ready(self) -> None:
        """Nothing when the database answers; StoreUnavailable otherwise."""
        await self._read("SELECT 1")

    async def _read(self, query: str, *arguments: object) -> list[Any]:
        async with connected(self.pool) as connection:
            return await connection.fetch(query, *arguments)


def _patterns(sought: str) -> list[str]:
    return [f"%{_literal(word)}%" for word in _plain(sought).split()]


def _uuid(ref: str) -> UUID | None:
    try:
        return UUID(ref)
    except ValueError:
        return None
