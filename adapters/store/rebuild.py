"""Computes views again from the register, beside the present ones; then compares, or replaces them.

Subjects are read one after the other, so that memory does not grow with the register. The present views and
their tracking row are locked only at the end, while the few subjects that have moved since are read again.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from adapters.store.connection import Connection, Pool, connected
from adapters.store.mapper import EventMapper
from adapters.store.views import (
    AGENDA,
    DOSSIERS,
    OPEN_CASES,
    TRACKED,
    VIEWS,
    Folded,
    Row,
    Summary,
    View,
    begun,
    case_row,
    dossier_row,
)

MOST_ROWS = 5000  # kept in memory before they are copied
PREFETCH = 1000
NAMED = 5

_EVENTS = """SELECT originator_id, originator_version, topic, state, pos, recorded_at FROM dossier_events
    WHERE pos <= $1 AND ($2::uuid[] IS NULL OR originator_id = ANY($2))
    ORDER BY originator_id, originator_version"""
_MOVED = "SELECT DISTINCT originator_id FROM dossier_events WHERE pos > $1 AND pos <= $2"
_HEAD = "SELECT coalesce(max(pos), 0) FROM dossier_events"
_TRACKED = "SELECT notification_id FROM views_tracking WHERE application_name = $1"


@dataclass(frozen=True, slots=True)
class Difference:
    """What a view lacks and what it has too much, in rows, with the subjects of the first ones."""

    view: str
    missing: int
    extra: int
    subjects: tuple[UUID, ...]

    @property
    def same(self) -> bool:
        return not self.missing and not self.extra


Progress = Callable[[int], None]


async def rebuild(
    pool: Pool,
    mapper: EventMapper,
    summary: Summary,
    names: Sequence[str] = tuple(VIEWS),
    *,
    check: bool = False,
    progress: Progress | None = None,
) -> list[Difference]:
    """Compute these views again and say how the present ones differ; replace them unless `check`.

    All views together come up to the end of the register; some of them, or a check, to where they stand.
    """
    views = [VIEWS[name] for name in names]
    work = _Rebuild(mapper, summary, views, progress)
    to_end = not check and len(views) == len(VIEWS)
    async with connected(pool) as reader, connected(pool) as writer:
        try:
            await work.make_shadows(writer)
            reached: int = await (reader.fetchval(_HEAD) if to_end else reader.fetchval(_TRACKED, TRACKED))
            await work.fill(reader, writer, reached, None)
            async with writer.transaction():
                await writer.execute("SET LOCAL statement_timeout = 0")
                tracked: int = await writer.fetchval(_TRACKED + " FOR UPDATE", TRACKED)
                if tracked > reached:
                    moved = [row[0] for row in await reader.fetch(_MOVED, reached, tracked)]
                    await work.forget(writer, moved)
                    await work.fill(reader, writer, tracked, moved)
                differences = [await _difference(writer, view) for view in views]
                if not check:
                    await work.replace(writer, max(tracked, reached))
        finally:
            await work.drop_shadows(writer)
    return differences


class _Rebuild:
    """Some views, computed into temporary tables."""

    def __init__(self, mapper: EventMapper, summary: Summary, views: list[View], progress: Progress | None) -> None:
        self._mapper = mapper
        self._summary = summary
        self._views = views
        self._progress = progress
        self._rows: dict[str, list[Row]] = {view.name: [] for view in views}
        self._read = 0

    async def make_shadows(self, writer: Connection) -> None:
        for view in self._views:
            await writer.execute(
                f"CREATE TEMPORARY TABLE {_shadow(view)} AS SELECT {_columns(view)} FROM {view.name} WITH NO DATA"  # noqa: S608  # constants
            )

    async def drop_shadows(self, writer: Connection) -> None:
        if not writer.is_closed():
            for view in self._views:
                await writer.execute(f"DROP TABLE IF EXISTS {_shadow(view)}")

    async def fill(self, reader: Connection, writer: Connection, until: int, subjects: list[UUID] | None) -> None:
        """Fold subjects (all when none are given) up to a position, and write what they have become."""
        async for folded, last in self._subjects(reader, until, subjects):
            for row in self._rows_of(folded, last):
                self._rows[row[0].name].append(row[1])
            if sum(map(len, self._rows.values())) >= MOST_ROWS:
                await self._copy(writer)
        await self._copy(writer)

    async def forget(self, writer: Connection, subjects: list[UUID]) -> None:
        for view in self._views:
            await writer.execute(f"DELETE FROM {_shadow(view)} WHERE subject_id = ANY($1)", subjects)  # noqa: S608  # constants

    async def replace(self, writer: Connection, position: int) -> None:
        for view in self._views:
            await writer.execute(f"DELETE FROM {view.name}")  # noqa: S608  # constants
            await writer.execute(
                f"INSERT INTO {view.name} ({_columns(view)}) SELECT {_columns(view)} FROM {_shadow(view)}"  # noqa: S608  # constants
            )
        await writer.execute(
            "UPDATE views_tracking SET notification_id = $1 WHERE application_name = $2", position, TRACKED
        )

    async def _subjects(
        self, reader: Connection, until: int, subjects: list[UUID] | None
    ) -> AsyncIterator[tuple[Folded, asyncpg.Record]]:
        folded: Folded | None = None
        last: asyncpg.Record | None = None
        async with reader.transaction(readonly=True):
            await reader.execute("SET LOCAL statement_timeout = 0")
            async for row in reader.cursor(_EVENTS, until, subjects, prefetch=PREFETCH):
                if folded is None or folded.subject_id != row["originator_id"]:
                    if folded is not None and last is not None:
                        yield folded, last
                    folded = Folded(row["originator_id"], self._mapper.registry)
                folded.take(self._mapper.decode(row["topic"], row["state"]), row["pos"])
                last = row
                self._read += 1
                if self._progress is not None and self._read % PREFETCH == 0:
                    self._progress(self._read)
        if folded is not None and last is not None:
            yield folded, last
        if self._progress is not None:
            self._progress(self._read)

    def _rows_of(self, folded: Folded, last: asyncpg.Record) -> list[tuple[View, Row]]:
        assert folded.subject is not None
        assert folded.agenda is not None
        cases = [case_row(folded, case) for case in begun(folded.subject.cases.values())]
        dossier = dossier_row(folded, last["pos"], last["recorded_at"], self._summary)
        rows: list[tuple[View, Row]] = [(AGENDA, row) for row in folded.agenda.values()]
        rows += [(DOSSIERS, dossier), *((OPEN_CASES, case) for case in cases)]
        return [(view, row) for view, row in rows if view in self._views]

    async def _copy(self, writer: Connection) -> None:
        for view in self._views:
            rows = self._rows[view.name]
            if rows:
                await writer.copy_records_to_table(_shadow(view), records=map(view.values, rows), columns=view.columns)
                rows.clear()


async def _difference(writer: Connection, view: View) -> Difference:
    now = f"SELECT {_columns(view)} FROM {view.name}"  # noqa: S608  # constants
    again = f"SELECT {_columns(view)} FROM {_shadow(view)}"  # noqa: S608  # constants
    missing = await writer.fetch(f"SELECT subject_id FROM ({again} EXCEPT {now}) AS d")  # noqa: S608  # constants
    extra = await writer.fetch(f"SELECT subject_id FROM ({now} EXCEPT {again}) AS d")  # noqa: S608  # constants
    subjects = dict.fromkeys(row[0] for row in (*missing, *extra))
    return Difference(view.name, len(missing), len(extra), tuple(subjects)[:NAMED])


def _shadow(view: View) -> str:
    return f"shadow_{view.name}"


def _columns(view: View) -> str:
    return ", ".join(view.columns)
