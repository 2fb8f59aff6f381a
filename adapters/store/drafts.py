"""Decisions being signed: outside the register, since a decision exists only at its last signature."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from adapters.store import canonical
from adapters.store.connection import Pool, connected


@dataclass(frozen=True, slots=True)
class Draft:
    """A decision awaiting signatures: the act without its signatories, and who has signed when."""

    subject_id: UUID
    case_ref: str
    type: str
    body: dict[str, Any]
    signed: dict[str, dict[str, str]]  # authority: name and instant
    updated_at: datetime


class Drafts:
    """The drafts of one database; one by case and act."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool

    async def of_case(self, subject_id: UUID, case_ref: str) -> list[Draft]:
        async with connected(self.pool) as connection:
            rows = await connection.fetch(
                "SELECT * FROM drafts WHERE subject_id = $1 AND case_ref = $2 ORDER BY updated_at", subject_id, case_ref
            )
        return [_draft(**row) for row in rows]

    async def sign(
        self, subject_id: UUID, case_ref: str, type: str, body: dict[str, Any], signed: dict[str, dict[str, str]]
    ) -> Draft:
        """Add signatures to a draft. Signatures of an act that said something else no longer count."""
        async with connected(self.pool) as connection:
            row = await connection.fetchrow(
                """INSERT INTO drafts AS d (subject_id, case_ref, type, body, signed) VALUES ($1, $2, $3, $4, $5)
                ON CONFLICT (subject_id, case_ref, type) DO UPDATE SET body = $4, updated_at = clock_timestamp(),
                    signed = CASE WHEN d.body = $4 THEN d.signed || excluded.signed ELSE excluded.signed END
                RETURNING *""",
                subject_id,
                case_ref,
                type,
                canonical.dumps(body).decode(),
                canonical.dumps(signed).decode(),
            )
        assert row is not None
        return _draft(**row)

    async def drop(self, subject_id: UUID, case_ref: str, type: str) -> None:
        """Give a draft up, or let it go once the act is recorded."""
        async with connected(self.pool) as connection:
            await connection.execute(
                "DELETE FROM drafts WHERE subject_id = $1 AND case_ref = $2 AND type = $3", subject_id, case_ref, type
            )


def _draft(*, body: str, signed: str, **rest: Any) -> Draft:
    return Draft(body=canonical.loads(body.encode()), signed=canonical.loads(signed.encode()), **rest)
