"""Everything that an installation can check of itself, one verdict after the other, each with the first bad position.

Numbers, chain and hashes of the events; the tree against every checkpoint and against the witnesses; signatures;
the chain of migrations; and whether the screens show what the register says.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from adapters.proof.merkle import leaf_hash
from adapters.proof.note import Checkpoint, NoteError, VerifierKey, opened
from adapters.proof.verifier import Frontier
from adapters.store import migrations
from adapters.store.connection import Connection, Pool, connected
from adapters.store.mapper import EventMapper
from adapters.store.rebuild import rebuild
from adapters.store.verify import Report, instant, verify
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

BATCH = 5000
SCRIPTS = Path(migrations.__file__).parent / "versions"
GUARD = Path(migrations.__file__).parent.parent / "guard.sql"
_HASHES = "SELECT pos, hash FROM dossier_events WHERE pos > $1 AND pos <= $2 ORDER BY pos LIMIT $3"
_STREAM = """SELECT topic, state, pos, recorded_at FROM dossier_events
    WHERE originator_id = $1 AND pos <= (SELECT notification_id FROM views_tracking WHERE application_name = $2)
    ORDER BY originator_version"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was checked (a stable code), whether it holds, what was found, and the first bad position if one is known."""

    check: str
    well: bool
    found: str
    position: int | None = None


Progress = Callable[[int], None] | None


async def events(pool: Pool, subject_id: UUID | None, progress: Progress = None) -> tuple[Verdict, Report]:
    """Numbers, chain and hashes, read again from the rows."""
    report = await verify(pool, subject_id, progress)
    if report.first_bad is None:
        return Verdict("chain", well=True, found=f"{report.checked} événements"), report
    return Verdict("chain", well=False, found=f"{report.diverging} défauts", position=report.first_bad.pos), report


async def tree(
    pool: Pool, keys: Sequence[VerifierKey], witnessed: Sequence[Checkpoint], progress: Progress = None
) -> AsyncIterator[Verdict]:
    """The signatures of all checkpoints, their order, and the tree against each of them and against the witnesses."""
    async with _still(pool) as connection:
        rows = await connection.fetch("SELECT size, note FROM checkpoints ORDER BY id")
        if not rows and not witnessed:
            yield Verdict("signatures", well=True, found="rien n'est encore scellé")
            return
        try:
            points = [_signed(row, keys) for row in rows]
        except NoteError as error:
            yield Verdict("signatures", well=False, found=f"un point de contrôle ne tient pas : {error}")
            return
        yield Verdict("signatures", well=True, found=f"{len(points)} points de contrôle")
        yield await _tree(connection, [*points, *witnessed], progress)


def _signed(row: asyncpg.Record, keys: Sequence[VerifierKey]) -> Checkpoint:
    point = opened(row["note"], *keys)
    if point.size != row["size"]:
        raise NoteError(f"the note of size {row['size']} speaks of {point.size}")
    return point


async def _tree(connection: Connection, points: Sequence[Checkpoint], progress: Progress) -> Verdict:
    roots = {point.size: point.root for point in points}
    for point in points:
        if roots[point.size] != point.root:
            found = f"deux points de contrôle de taille {point.size} se contredisent"
            return Verdict("tree", well=False, found=found, position=point.size)
    last, held, grown = max(roots, default=0), 0, Frontier()
    while rows := await connection.fetch(_HASHES, grown.size, last, BATCH):
        for pos, hash_ in rows:
            if pos != grown.size + 1:
                break
            grown.append(leaf_hash(hash_))
            if pos in roots:
                if grown.root() != roots[pos]:
                    found = f"un événement entre les n° {held + 1} et {pos} n'est pas celui qui a été scellé"
                    return Verdict("tree", well=False, found=found, position=held + 1)
                held = pos
        if grown.size != rows[-1]["pos"]:
            break
        if progress is not None:
            progress(grown.size)
        await asyncio.sleep(0)
    if grown.size < last:
        found = f"le registre s'arrête au n° {grown.size}, le n° {last} a été scellé"
        return Verdict("tree", well=False, found=found, position=grown.size + 1)
    return Verdict("tree", well=True, found=f"scellé jusqu'au n° {last}")


async def schema(pool: Pool) -> Verdict:
    """The chain of migrations, and whether each script is the one that this version of Greffe holds."""
    async with connected(pool) as connection:
        rows = await connection.fetch("SELECT * FROM migrations_applied ORDER BY n")
    scripts = {script.stem: sha256(script.read_bytes()).digest() for script in SCRIPTS.glob("v*.sql")}
    for fault in _unchained(rows, scripts):
        return Verdict("migrations", well=False, found=fault)
    guards = [row["sha256"] for row in rows if row["revision"] == "guard"]
    if guards and guards[-1] != sha256(GUARD.read_bytes()).digest():
        return Verdict("migrations", well=False, found="le gardien du schéma n'est pas celui de cette version")
    return Verdict("migrations", well=True, found=f"{len(rows)} déclarées")


def _unchained(rows: Sequence[asyncpg.Record], scripts: dict[str, bytes]) -> Iterator[str]:
    prev = bytes(32)
    for number, row in enumerate(rows, 1):
        said = (row["n"], row["revision"], row["sha256"].hex(), row["applied_by"], instant(row["applied_at"]))
        found = sha256(b"greffe/migration/v1\n" + prev + "".join(f"{one}\n" for one in said).encode()).digest()
        if (row["n"], row["prev"], row["hash"]) != (number, prev, found):
            yield f"la déclaration n° {number} n'est pas celle qui a été enchaînée"
        if row["revision"] != "guard" and scripts.get(row["revision"]) != row["sha256"]:
            yield f"{row['revision']} (n° {number}) n'est pas une migration de cette version"
        prev = row["hash"]


async def replay(
    pool: Pool, mapper: EventMapper, summary: Summary, subject_id: UUID | None = None, progress: Progress = None
) -> Verdict:
    """Whether the screens show what the events say, read again from the first."""
    if subject_id is None:
        found = await rebuild(pool, mapper, summary, tuple(VIEWS), check=True, progress=progress)
        wrong = [one.view for one in found if not one.same]
    else:
        wrong = await _one_replayed(pool, mapper, summary, subject_id)
    said = f"vues qui diffèrent du registre : {', '.join(wrong)}" if wrong else "les vues disent ce que dit le registre"
    return Verdict("replay", well=not wrong, found=said)


async def _one_replayed(pool: Pool, mapper: EventMapper, summary: Summary, subject_id: UUID) -> list[str]:
    async with _still(pool) as connection:
        rows = await connection.fetch(_STREAM, subject_id, TRACKED)
        shown = {
            view.name: await connection.fetch(
                f"SELECT {', '.join(view.columns)} FROM {view.name} WHERE subject_id = $1",  # noqa: S608  constants
                subject_id,
            )
            for view in VIEWS.values()
        }
    if not rows:
        return [name for name, found in shown.items() if found]
    folded = Folded(subject_id, mapper.registry)
    for row in rows:
        folded.take(mapper.decode(row["topic"], row["state"]), row["pos"])
    assert folded.subject is not None
    last = rows[-1]
    expected: dict[str, list[Row]] = {
        AGENDA.name: list((folded.agenda or {}).values()),
        DOSSIERS.name: [dossier_row(folded, last["pos"], last["recorded_at"], summary)],
        OPEN_CASES.name: [case_row(folded, case) for case in begun(folded.subject.cases.values())],
    }
    return [
        view.name for view in VIEWS.values() if _shown(view, shown[view.name]) != _wanted(view, expected[view.name])
    ]


def _shown(view: View, rows: Sequence[asyncpg.Record]) -> list[str]:
    return sorted(_comparable(view, tuple(row)) for row in rows)


def _wanted(view: View, rows: Sequence[Row]) -> list[str]:
    return sorted(_comparable(view, view.values(row)) for row in rows)


def _comparable(view: View, values: tuple[Any, ...]) -> str:
    """The row as text: PostgreSQL writes JSON with blanks, and we without."""
    named = dict(zip(view.columns, values, strict=True))
    if "summary" in named:
        named["summary"] = json.loads(named["summary"])
    return json.dumps(named, default=str, sort_keys=True)


@asynccontextmanager
async def _still(pool: Pool) -> AsyncIterator[Connection]:
    """A connection that sees one state of the register, however long it reads."""
    async with connected(pool) as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        yield connection
