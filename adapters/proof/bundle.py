"""An export that a stranger verifies: the events, what was signed of them, the law they cite, and the verifier.

The bundle of one dossier holds its own events and, of everybody else's, hashes only. It never holds a name.
"""

import asyncio
import json
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import asyncpg

from adapters.proof import cited, verifier
from adapters.proof.merkle import Tree, leaf_hash
from adapters.proof.note import Checkpoint, NoteError, VerifierKey, opened
from adapters.store.connection import Pool, connected
from adapters.store.verify import instant
from domain.law import Law

FORMAT = "greffe/export/v1"
BATCH = 1000
EPOCH = (1980, 1, 1, 0, 0, 0)  # the manifest says when; the archive need not
VERIFIER = Path(verifier.__file__)

_EVENT = "topic, state, originator_id, originator_version, pos, command_id, k, recorded_at, prev, hash"
_LOG = f"SELECT {_EVENT} FROM dossier_events WHERE pos > $1 AND pos <= $2 ORDER BY pos LIMIT $3"  # noqa: S608  constants
_STREAM = f"""SELECT {_EVENT} FROM dossier_events WHERE pos > $1 AND pos <= $2 AND originator_id = $4
    ORDER BY pos LIMIT $3"""  # noqa: S608  constants
# The last point of each month, and the last of all: a point a minute would be too much to read.
_POINTS = """SELECT DISTINCT ON (date_trunc('month', sealed_at AT TIME ZONE 'UTC')) size, note FROM checkpoints
    WHERE id <= $1 ORDER BY date_trunc('month', sealed_at AT TIME ZONE 'UTC'), id DESC"""


class NotSealed(Exception):
    """Nothing was signed yet, so that an export would prove nothing."""


@dataclass
class Bundle:
    """What is written, with the hash of each file."""

    archive: ZipFile
    files: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, content: bytes) -> None:
        self.archive.writestr(_entry(name), content)
        self.files[name] = sha256(content).hexdigest()

    def add_json(self, name: str, value: Any) -> None:
        self.add(name, json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n")


@dataclass(frozen=True)
class Exported:
    """What an export holds, and how much of it is signed."""

    events: int
    sealed: int
    size: int
    points: int


async def export(
    pool: Pool,
    out: Path,
    keys: Sequence[VerifierKey],
    law: Law,
    subject_id: UUID | None = None,
    older: Iterable[Checkpoint] = (),
    progress: Callable[[int], None] | None = None,
) -> Exported:
    """Write the bundle of a dossier, or of the whole register; the file appears once it is whole."""
    unfinished = out.with_name(f".{out.name}.part")
    try:
        async with connected(pool) as connection, connection.transaction(isolation="repeatable_read", readonly=True):
            with ZipFile(unfinished, "w", ZIP_DEFLATED) as archive:
                done = await _written(connection, Bundle(archive), keys, law, subject_id, older, progress)
        unfinished.replace(out)
    finally:
        unfinished.unlink(missing_ok=True)
    return done


async def _written(
    connection: Any,
    bundle: Bundle,
    keys: Sequence[VerifierKey],
    law: Law,
    subject_id: UUID | None,
    older: Iterable[Checkpoint],
    progress: Callable[[int], None] | None,
) -> Exported:
    points = await _points(connection, keys)
    if not points:
        raise NotSealed
    size = max(points)
    for number, note in sorted(points.items()):
        bundle.add(f"points/{number:012}.note", note.encode())
    head: int = await connection.fetchval("SELECT coalesce(max(pos), 0) FROM dossier_events")
    seen = _Seen()
    with bundle.archive.open(_entry("evenements.jsonl"), "w", force_zip64=True) as stream:
        digest = sha256()
        async for rows in _rows(connection, head, subject_id):
            for row in rows:
                written = line(row)
                digest.update(written)
                stream.write(written)
                seen.add(row)
            if progress is not None:
                progress(len(seen.positions))
            await asyncio.sleep(0)
    bundle.files["evenements.jsonl"] = digest.hexdigest()
    if subject_id is not None:
        sizes = {*points, *(one.size for one in older if one.size <= size)}
        bundle.add_json("preuves.json", await _proofs(connection, size, sizes, seen.positions))
    else:
        bundle.add("migrations.jsonl", await _migrations(connection))
    for name, content in cited.files(law, seen.articles):
        bundle.add_json(f"loi/{name}.json", content)
    bundle.add("cle.vkey", "".join(f"{key}\n" for key in keys).encode())
    bundle.add("verifier.py", await asyncio.to_thread(VERIFIER.read_bytes))
    bundle.add("LISEZMOI.txt", _readme(subject_id is not None, size, len(seen.positions)).encode())
    manifest = {
        "format": FORMAT,
        "scope": "register" if subject_id is None else "dossier",
        "subject": None if subject_id is None else str(subject_id),
        "origin": keys[-1].name,
        "law": {"current": law.reference, "cited": sorted(seen.laws)},
        "made_at": instant(datetime.now(UTC)),
        "files": dict(sorted(bundle.files.items())),
    }
    bundle.add_json("export.json", manifest)
    return Exported(len(seen.positions), sum(pos <= size for pos in seen.positions), size, len(points))


class _Seen:
    """What was met on the way."""

    def __init__(self) -> None:
        self.positions: list[int] = []
        self.articles: set[str] = set()
        self.laws: set[str] = set()

    def add(self, row: asyncpg.Record) -> None:
        self.positions.append(row["pos"])
        body = json.loads(row["state"])
        self.articles.update(body.get("basis", ()))
        if isinstance(body.get("law"), str):
            self.laws.add(body["law"])


def line(row: asyncpg.Record) -> bytes:
    """An event as the verifier wants it written, and in no other way."""
    return (
        verifier.LINE
        % {
            "body": b64encode(row["state"]).decode(),
            "command_id": row["command_id"],
            "hash": row["hash"].hex(),
            "k": row["k"],
            "pos": row["pos"],
            "prev": row["prev"].hex(),
            "recorded_at": instant(row["recorded_at"]),
            "seq": row["originator_version"],
            "stream": row["originator_id"],
            "topic": row["topic"],
        }
    ).encode()


async def _points(connection: Any, keys: Sequence[VerifierKey]) -> dict[int, str]:
    """The notes to hand over, by size; a note that none of our keys has signed is a fault of the database."""
    last = await connection.fetchval("SELECT max(id) FROM checkpoints")
    rows = await connection.fetch(_POINTS, last)
    for row in rows:
        if opened(row["note"], *keys).size != row["size"]:
            raise NoteError(f"the note of size {row['size']} is not of this size")
    return {row["size"]: row["note"] for row in rows}


async def _rows(connection: Any, head: int, subject_id: UUID | None) -> AsyncIterator[list[asyncpg.Record]]:
    after = 0
    query, more = (_LOG, ()) if subject_id is None else (_STREAM, (subject_id,))
    while rows := await connection.fetch(query, after, head, BATCH, *more):
        yield rows
        after = rows[-1]["pos"]


async def _proofs(connection: Any, size: int, sizes: set[int], positions: Sequence[int]) -> dict[str, Any]:
    tree = Tree()
    while len(tree) < size and (
        rows := await connection.fetch(
            "SELECT hash FROM dossier_events WHERE pos > $1 AND pos <= $2 ORDER BY pos LIMIT 5000", len(tree), size
        )
    ):
        for row in rows:
            tree.append(leaf_hash(row["hash"]))
        await asyncio.sleep(0)

    def hexed(proof: list[bytes]) -> list[str]:
        return [one.hex() for one in proof]

    return {
        "size": size,
        "events": len(positions),
        "inclusion": {str(pos): hexed(tree.inclusion(pos - 1, size)) for pos in positions if pos <= size},
        "consistency": {str(other): hexed(tree.consistency(other, size)) for other in sorted(sizes - {size})},
    }


async def _migrations(connection: Any) -> bytes:
    rows = await connection.fetch("SELECT * FROM migrations_applied ORDER BY n")
    said = (
        {
            "n": row["n"],
            "revision": row["revision"],
            "sha256": row["sha256"].hex(),
            "applied_by": row["applied_by"],
            "applied_at": instant(row["applied_at"]),
            "prev": row["prev"].hex(),
            "hash": row["hash"].hex(),
        }
        for row in rows
    )
    return "".join(f"{json.dumps(one, sort_keys=True)}\n" for one in said).encode()


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, EPOCH)
    entry.compress_type, entry.external_attr = ZIP_DEFLATED, 0o644 << 16
    return entry


def _readme(alone: bool, size: int, events: int) -> str:
    return "\n".join(
        (
            "EXPORT DU GREFFE",
            "",
            f"{'Un dossier' if alone else 'Le registre entier'} : {events} événements. Point de contrôle : n° {size}.",
            "",
            "Vérifier, sur une machine sans réseau, avec Python 3.10 ou plus récent :",
            "",
            "    python -I verifier.py EXPORT.zip --cle 'nom+id+clef' --ancien POINT.note",
            "",
            "La clef se lit dans le procès-verbal d'installation. Celle de cle.vkey n'est là que pour information : un",
            "faussaire y mettrait la sienne. Si la clef a changé, donner toutes les clefs, un --cle pour chacune.",
            "--ancien est un point de contrôle reçu auparavant (courriel quotidien, fichier du témoin) : lui seul montre que le",
            "registre n'a pas été réécrit depuis. Prendre verifier.py d'un exemplaire déjà sûr plutôt que de cet export.",
            "Réponse : 0 intègre, 1 altéré (la première position fautive est nommée), 2 incomplet.",
            "",
            "evenements.jsonl  les événements : en-tête, corps en base64, empreinte, empreinte du précédent",
            "points/           points de contrôle signés (C2SP signed note, RFC 6962)",
            "preuves.json      (un dossier) preuves que ses événements sont dans le registre, sans rien montrer d'autrui",
            "migrations.jsonl  (le registre entier) changements du schéma de la base, enchaînés",
            "loi/              articles cités, paraphrasés, et chiffres en vigueur, avec leurs empreintes",
            "export.json       liste des fichiers et de leurs empreintes",
            "",
            "Ce que l'export ne montre pas : les événements au-delà du dernier point ne sont pas encore scellés ; un dossier",
            "privé de ses derniers événements ne se reconnaît qu'en le comparant à un export du registre entier ou plus ancien ;",
            "l'ordre et l'intégrité sont prouvés, la date ne l'est que par celle où un témoin a reçu un point.",
            "",
        )
    )
