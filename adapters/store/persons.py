"""Names and contacts, in one table apart from the register and keyed by the subject's random number."""

import unicodedata
from dataclasses import dataclass, fields
from datetime import date
from operator import attrgetter
from uuid import UUID

import asyncpg

from adapters.store.connection import Pool, StoreError, connected


class MatriculeTaken(StoreError):
    """Another person already has this matricule."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who a subject is; `source` says where the office has it from."""

    subject_id: UUID
    family_name: str
    given_name: str
    source: str
    matricule: str | None = None
    birth_date: date | None = None
    email: str | None = None
    discipline: str | None = None
    service: str | None = None
    establishment: str | None = None
    university: str | None = None


_FIELDS = tuple(field.name for field in fields(Person))
_values = attrgetter(*_FIELDS)
_COLUMNS = ", ".join(_FIELDS)
_GIVEN = ", ".join(f"${number}" for number in range(1, len(_FIELDS) + 2))
_CHANGED = ", ".join(f"{name} = excluded.{name}" for name in (*_FIELDS[1:], "sought"))
_PUT = f"""INSERT INTO person ({_COLUMNS}, sought) VALUES ({_GIVEN})
    ON CONFLICT (subject_id) DO UPDATE SET {_CHANGED}, updated_at = clock_timestamp()"""  # noqa: S608  # constants
_GET = f"SELECT {_COLUMNS} FROM person WHERE subject_id = ANY($1)"  # noqa: S608  # constants
_BY_MATRICULE = f"SELECT {_COLUMNS} FROM person WHERE matricule = $1"  # noqa: S608  # constants
_FIND = f"""SELECT {_COLUMNS} FROM person WHERE sought LIKE ALL($1)
    ORDER BY sought, subject_id LIMIT $2 OFFSET $3"""  # noqa: S608  # constants


class Persons:
    """The person table, read and written through the service's role."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def put(self, person: Person) -> None:
        """Keep a person, or what is now known of one; MatriculeTaken when it is somebody else's."""
        sought = _plain(" ".join((person.family_name, person.given_name, person.matricule or "")))
        async with connected(self._pool) as connection:
            try:
                await connection.execute(_PUT, *_values(person), sought)
            except asyncpg.UniqueViolationError as error:
                raise MatriculeTaken(f"matricule {person.matricule}") from error

    async def get(self, subject_id: UUID) -> Person | None:
        return (await self.named([subject_id])).get(subject_id)

    async def named(self, subject_ids: list[UUID]) -> dict[UUID, Person]:
        """The persons known among these subjects."""
        async with connected(self._pool) as connection:
            rows = await connection.fetch(_GET, subject_ids)
        return {row["subject_id"]: Person(**row) for row in rows}

    async def by_matricule(self, matricule: str) -> Person | None:
        async with connected(self._pool) as connection:
            row = await connection.fetchrow(_BY_MATRICULE, matricule)
        return Person(**row) if row else None

    async def find(self, text: str, limit: int = 50, offset: int = 0) -> list[Person]:
        """The persons whose name or matricule holds every word of the text, whatever the case and accents."""
        words = [f"%{_literal(word)}%" for word in _plain(text).split()]
        async with connected(self._pool) as connection:
            return [Person(**row) for row in await connection.fetch(_FIND, words, limit, offset)]


def _plain(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))


def _literal(word: str) -> str:
    """A word in which `%` and `_` stand for themselves."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
