"""Before the register is opened for writing: it must still begin with what was signed and kept elsewhere.

A copy restored from too old a backup, or a register written again, would otherwise grow from there, and give for the
second time numbers that others have seen.
"""

from collections.abc import Sequence
from pathlib import Path

from adapters.proof import keys
from adapters.proof.merkle import leaf_hash
from adapters.proof.note import Checkpoint, NoteError
from adapters.proof.sealing import LAST
from adapters.proof.verifier import Frontier
from adapters.proof.witness import kept
from adapters.store.connection import Pool, connected

BATCH = 5000
_HASHES = "SELECT pos, hash FROM dossier_events WHERE pos > $1 AND pos <= $2 ORDER BY pos LIMIT $3"


class Shortened(Exception):
    """The register is not, or no longer, the one that was witnessed; it must not be written to."""


def witnessed(home: Path, files: Sequence[Path] = (), pinned: str | None = None) -> list[Checkpoint]:
    """The checkpoints kept outside the database, smallest first; Shortened on one that cannot be trusted."""
    known = keys.verifiers(home, pinned)
    if not known:
        return []
    try:
        found = [one for file in (home / LAST, *files) for one in kept(file, known)]
    except NoteError as error:
        raise Shortened(f"un point de contrôle gardé hors de la base est altéré ({error})") from error
    return sorted(set(found), key=lambda one: one.size)


async def refuse_shortened(pool: Pool, points: Sequence[Checkpoint]) -> int:
    """The largest witnessed size, once the register holds every point; Shortened otherwise."""
    awaited = {point.size: point for point in points}
    if any(awaited[point.size].root != point.root for point in points):
        raise Shortened("deux points de contrôle de même taille se contredisent")
    largest, held, tree = max(awaited, default=0), 0, Frontier()
    async with connected(pool) as connection:
        while tree.size < largest and (rows := await connection.fetch(_HASHES, tree.size, largest, BATCH)):
            for pos, hash_ in rows:
                if pos != tree.size + 1:
                    raise Shortened(f"le n° {tree.size + 1} manque au registre")
                tree.append(leaf_hash(hash_))
                if pos in awaited:
                    if tree.root() != awaited[pos].root:
                        raise Shortened(
                            f"un événement entre les n° {held + 1} et {pos} n'est pas celui qui a été scellé"
                        )
                    held = pos
    if tree.size < largest:
        raise Shortened(f"le registre s'arrête au n° {tree.size} ; les n° {tree.size + 1} à {largest} ont été scellés")
    return largest
