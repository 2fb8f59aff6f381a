"""The proof, measured: the stranger's verifier, an inclusion proof, and what sealing costs to those who write.

The verifier runs as a stranger runs it, a process of its own with the standard library alone. The sealing process is
the real one too; it is suspended every other round, so that both rates come from the same run.
"""

import asyncio
import gc
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from statistics import median
from time import perf_counter
from uuid import UUID, uuid4

from adapters.embedded.postgres import Databases, EmbeddedPostgres
from adapters.proof import keys, verifier
from adapters.proof.merkle import Tree, includes, leaf_hash
from adapters.proof.note import Checkpoint, SignerKey, signed
from adapters.store.mapper import EventMapper, encode
from adapters.store.migrations import migrate, protect
from adapters.store.register import Register
from bench.store import ACCEPTED, _rate, _received, a_life
from domain.procedures import REGISTRY

EVENTS, STREAMS, LEAVES, PROOFS = 200_000, 2000, 1_000_000, 2000
ROUNDS, APPENDS = 10, 1500


def measure() -> dict[str, float]:
    """All figures of the proof."""
    root = Path(tempfile.mkdtemp(prefix="greffe-bench-"))
    root.chmod(0o711)
    try:
        return {**verified(root), **proven(), **sealed(root)}
    finally:
        shutil.rmtree(root)


# -- The verifier ------------------------------------------------------------------------------------


def verified(root: Path) -> dict[str, float]:
    """Events a second, from a register of real bodies written as an export."""
    key, folder = keys.generated("greffe/bench"), root / "export"
    (folder / "points").mkdir(parents=True)
    size = _written(folder, key)
    command = [sys.executable, "-I", verifier.__file__, str(folder), "--cle", str(key.verifier)]
    taken, worked = [], []
    for _ in range(3):
        begun, before = perf_counter(), os.times()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603  the command is ours
        after = os.times()
        taken.append(perf_counter() - begun)
        worked.append(after.children_user + after.children_system - before.children_user - before.children_system)
    return {
        "verified_events_per_s": EVENTS / median(taken),
        "verified_events_per_cpu_s": EVENTS / median(worked),  # what a machine with nothing else to do would give
        "verified_mb_per_s": size / 1e6 / median(taken),
    }


def _written(folder: Path, key: SignerKey) -> int:
    bodies = [encode(event) for event in a_life()]
    heads: dict[str, tuple[int, bytes]] = {}
    streams, tree = [str(uuid4()) for _ in range(STREAMS)], Tree()
    file = folder / "evenements.jsonl"
    with file.open("wb") as out:
        for pos in range(1, EVENTS + 1):
            stream = streams[pos % STREAMS]
            written, leaf = _line(pos, stream, heads, bodies[pos % len(bodies)])
            out.write(written)
            tree.append(leaf)
    note = signed(Checkpoint(key.name, EVENTS, tree.root()), key)
    (folder / "points" / "1.note").write_text(note)
    named = {name: sha256((folder / name).read_bytes()).hexdigest() for name in ("evenements.jsonl", "points/1.note")}
    (folder / "export.json").write_text(json.dumps({"scope": "register", "files": named}))
    return file.stat().st_size


def _line(pos: int, stream: str, heads: dict[str, tuple[int, bytes]], body: bytes) -> tuple[bytes, bytes]:
    seq, prev = heads.get(stream, (0, bytes(32)))
    said = {
        "stream": stream,
        "seq": seq + 1,
        "pos": pos,
        "topic": "greffe.PartTimeGranted/1",
        "command_id": str(UUID(int=pos)),
        "k": 1,
        "recorded_at": f"2026-03-01T08:{pos // 60_000:02}:{pos // 1000 % 60:02}.{pos % 1000:06}Z",
    }
    header = "".join(f"{one}\n" for one in said.values())
    found = sha256(b"greffe/event/v1\n" + prev + header.encode() + body).digest()
    heads[stream] = (seq + 1, found)
    hexed = {"prev": prev.hex(), "hash": found.hex(), "body": b64encode(body).decode()}
    return (verifier.LINE % {**said, **hexed}).encode(), leaf_hash(found)


# -- A proof -----------------------------------------------------------------------------------------


def proven() -> dict[str, float]:
    """An inclusion proof among a million leaves: made, checked, carried."""
    leaves = [sha256(number.to_bytes(8, "big")).digest() for number in range(LEAVES)]
    begun = perf_counter()
    tree = Tree(leaves)
    grown = perf_counter() - begun
    places = [number * (LEAVES // PROOFS) for number in range(PROOFS)]
    begun = perf_counter()
    proofs = [tree.inclusion(place) for place in places]
    made = perf_counter() - begun
    root = tree.root()
    begun = perf_counter()
    held = sum(includes(root, LEAVES, at, leaves[at], proof) for at, proof in zip(places, proofs, strict=True))
    checked = perf_counter() - begun
    assert held == PROOFS
    return {
        "leaf_appended_us": grown / LEAVES * 1e6,
        "inclusion_proof_us": made / PROOFS * 1e6,
        "inclusion_checked_us": checked / PROOFS * 1e6,
        "inclusion_proof_bytes": max(map(_bytes, proofs)),
    }


def _bytes(proof: Sequence[bytes]) -> int:
    return sum(map(len, proof))


# -- Sealing -----------------------------------------------------------------------------------------


def sealed(root: Path) -> dict[str, float]:
    """Appends a second, with the sealing process at work and with it suspended."""
    server = EmbeddedPostgres(root / "data")
    try:
        databases = server.start()
        migrate(databases.migration_dsn)
        protect(databases.superuser_dsn)
        keys.create(root / "sceau", "greffe/bench")
        return asyncio.run(_appends(databases, root))
    finally:
        server.stop()


async def _appends(databases: Databases, root: Path) -> dict[str, float]:
    register = await Register.open(databases.app_dsn, EventMapper(REGISTRY))
    environment = {
        **os.environ,
        "GREFFE_DATABASE_URL": databases.app_dsn,
        "GREFFE_SEAL_DATABASE_URL": databases.seal_dsn,
        "GREFFE_SEAL_DIR": str(root / "sceau"),
    }
    words = [sys.executable, "-m", "adapters", "seal", "--quiet"]
    child = await asyncio.create_subprocess_exec(*words, env=environment)
    event = a_life()[0]

    async def append(stream: UUID, commands: list[UUID]) -> None:
        for version, command in enumerate(commands):
            await register.append(command, stream, version, [event], ACCEPTED)

    taken: dict[bool, list[float]] = {True: [], False: []}
    try:
        for number in range(2 * ROUNDS):
            at_work = number % 2 == 0
            child.send_signal(signal.SIGCONT if at_work else signal.SIGSTOP)
            stream = uuid4()
            commands = [await _received(register, stream) for _ in range(APPENDS)]
            gc.collect()
            taken[at_work].append(await _rate(APPENDS, lambda s=stream, c=commands: append(s, c)))  # type: ignore[misc]
        child.send_signal(signal.SIGCONT)
        child.terminate()
        assert await child.wait() == 0
        points = await register.pool.fetchval("SELECT count(*) FROM checkpoints")
        reached = await register.pool.fetchval("SELECT max(size) FROM checkpoints")
        assert reached == 2 * ROUNDS * APPENDS
    finally:
        await register.close()
    with_, without = median(taken[True]), median(taken[False])
    return {
        "append_per_s_sealed": with_,
        "append_per_s_unsealed": without,
        "sealed_to_unsealed": with_ / without,
        "checkpoints": points,
    }


if __name__ == "__main__":
    figures = {name: round(value, 3) for name, value in measure().items()}
    sys.stdout.write(json.dumps(figures, indent=2) + "\n")
