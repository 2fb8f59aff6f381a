"""Checkpoints: what makes the sealing process sign, what makes it refuse, what a start-up refuses."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from service.store_acts import appended
from service.store_procedure import opened as event

from adapters.embedded.postgres import Databases
from adapters.proof import keys
from adapters.proof.merkle import Tree, leaf_hash
from adapters.proof.note import Checkpoint, opened, signed
from adapters.proof.opening import Shortened, refuse_shortened, witnessed
from adapters.proof.sealing import LAST, Connection, Contradicted, Sealer, connected, keep_sealing, rotate
from adapters.proof.witness import WitnessFile, kept
from adapters.store.register import Register

pytestmark = pytest.mark.service

SUBJECT = uuid4()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    keys.create(tmp_path / "sceau", "demo.greffe")
    return tmp_path / "sceau"


@pytest.fixture
async def seal(store: Databases) -> AsyncIterator[Connection]:
    async with connected(store.seal_dsn) as connection:
        yield connection


async def grown(register: Register, by: int = 1) -> None:
    version = await register.stream_version(SUBJECT)
    await appended(register, SUBJECT, version, *(event(n) for n in range(by)))


def names(home: Path) -> list[str]:
    return sorted(path.name for path in home.iterdir())


async def root(register: Register) -> bytes:
    rows = await register.pool.fetch("SELECT hash FROM dossier_events ORDER BY pos")
    return Tree(leaf_hash(row[0]) for row in rows).root()


async def tampered(superuser: Any, statement: str) -> None:
    await superuser.execute("SET event_triggers = off")
    await superuser.execute("ALTER TABLE dossier_events DISABLE TRIGGER USER")
    await superuser.execute("ALTER TABLE checkpoints DISABLE TRIGGER USER")
    await superuser.execute(statement)


async def test_a_register_that_moves_is_sealed_and_one_that_rests_is_not(
    register: Register, seal: Connection, home: Path, tmp_path: Path
) -> None:
    file = tmp_path / "temoin"
    sealer = Sealer(keys.read(home), home, [WitnessFile(file)])
    assert await sealer.seal(seal) is None
    await grown(register, 5)
    assert await sealer.seal(seal) == Checkpoint("demo.greffe", 5, await root(register))
    assert await sealer.seal(seal) is None
    await grown(register, 2)
    last = await sealer.seal(seal)
    assert last == Checkpoint("demo.greffe", 7, await root(register))
    rows = await seal.fetch("SELECT size, note FROM checkpoints ORDER BY id")
    assert [row["size"] for row in rows] == [5, 7]
    assert opened(rows[1]["note"], *keys.verifiers(home)) == last
    assert (home / LAST).read_text() == rows[1]["note"]
    assert [one.size for one in kept(file, keys.verifiers(home))] == [5, 7]


async def test_a_process_that_begins_again_continues_and_publishes_what_it_had_signed(
    register: Register, seal: Connection, home: Path, superuser: Any
) -> None:
    await grown(register, 3)
    await Sealer(keys.read(home), home).seal(seal)
    # As if it had died between its memory and the database.
    await tampered(superuser, "DELETE FROM checkpoints")
    await superuser.execute("ALTER TABLE dossier_events ENABLE ALWAYS TRIGGER enchain")
    await grown(register)
    again = Sealer(keys.read(home), home)
    await again.compare(seal)
    assert await seal.fetchval("SELECT size FROM checkpoints") == 3
    sealed = await again.seal(seal)
    assert sealed is not None
    assert sealed.size == 4


REWRITTEN = """UPDATE dossier_events SET hash = sha256(hash) WHERE pos = 2"""


@pytest.mark.parametrize(
    ("tampering", "position", "cause"),
    [
        (REWRITTEN, 1, "n'est pas celui qui a été scellé"),
        ("DELETE FROM dossier_events WHERE pos > 2", 3, "s'arrête au n° 2"),
        ("DELETE FROM dossier_events WHERE pos = 2", 2, "le n° 2 manque"),
        ("DELETE FROM dossier_events", 1, "s'arrête au n° 0"),
    ],
)
async def test_nothing_is_signed_over_a_register_that_contradicts_the_last_checkpoint(
    register: Register, seal: Connection, home: Path, superuser: Any, tampering: str, position: int, cause: str
) -> None:
    await grown(register, 3)
    await Sealer(keys.read(home), home).seal(seal)
    before = (home / LAST).read_bytes()
    await tampered(superuser, tampering)
    for attempt in ("seal", "compare"):
        sealer = Sealer(keys.read(home), home)
        with pytest.raises(Contradicted, match=cause) as refused:
            await getattr(sealer, attempt)(seal)
        assert refused.value.position == position
    assert (home / LAST).read_bytes() == before
    assert await seal.fetchval("SELECT count(*) FROM checkpoints") == 1


async def test_the_old_key_signs_the_boundary_with_the_new_one_and_is_gone(
    register: Register, seal: Connection, home: Path
) -> None:
    await grown(register, 3)
    old = keys.read(home)
    await Sealer(old, home).seal(seal)
    new = await rotate(seal, Sealer(old, home))
    boundary = await seal.fetchval("SELECT note FROM checkpoints ORDER BY id DESC LIMIT 1")
    assert opened(boundary, old.verifier) == opened(boundary, new.verifier)
    assert keys.verifiers(home) == [old.verifier, new.verifier]
    assert keys.read(home).verifier == new.verifier
    assert names(home) == ["cle.vkey", "clef", LAST]
    await grown(register)
    sealed = await Sealer(keys.read(home), home).seal(seal)
    assert sealed is not None
    assert sealed.size == 4


async def test_the_process_seals_when_many_events_wait_when_time_has_passed_and_at_its_end(
    register: Register, store: Databases, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.proof.sealing.POLL", 0.02)
    await grown(register)
    said: asyncio.Queue[int] = asyncio.Queue()
    stopped = asyncio.Event()
    sealer = Sealer(keys.read(home), home)

    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        group.create_task(
            keep_sealing(store.seal_dsn, sealer, stopped, lambda one: said.put_nowait(one.size), every=0.5, most=4)
        )
        assert await said.get() == 1  # what was there already
        loop = asyncio.get_running_loop()
        begun = loop.time()
        await grown(register, 4)
        assert await said.get() == 5
        assert loop.time() - begun < 0.45  # many events do not wait for the time to pass
        await grown(register)
        assert await said.get() == 6
        assert loop.time() - begun > 0.45
        await grown(register)
        stopped.set()
    assert said.get_nowait() == 7


async def test_a_lost_connection_is_taken_again(
    register: Register, store: Databases, home: Path, superuser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.proof.sealing.POLL", 0.02)
    monkeypatch.setattr("adapters.proof.sealing.PAUSE", 0.02)
    said: asyncio.Queue[int] = asyncio.Queue()
    stopped = asyncio.Event()
    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        sealer = Sealer(keys.read(home), home)
        group.create_task(keep_sealing(store.seal_dsn, sealer, stopped, lambda one: said.put_nowait(one.size), every=0))
        await grown(register)
        assert await said.get() == 1
        await superuser.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'greffe_seal'")
        await grown(register)
        assert await said.get() == 2
        stopped.set()


async def test_the_process_ends_when_the_register_shrinks_under_it(
    register: Register, store: Databases, home: Path, superuser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.proof.sealing.POLL", 0.02)
    await grown(register, 3)
    said: asyncio.Queue[int] = asyncio.Queue()
    running = asyncio.create_task(
        keep_sealing(
            store.seal_dsn, Sealer(keys.read(home), home), asyncio.Event(), lambda one: said.put_nowait(one.size)
        )
    )
    assert await said.get() == 3
    await tampered(superuser, "DELETE FROM dossier_events WHERE pos = 3")
    with pytest.raises(Contradicted, match="s'arrête au n° 2"):
        await asyncio.wait_for(running, 10)


async def test_a_register_that_holds_every_witnessed_point_opens(
    register: Register, seal: Connection, home: Path, tmp_path: Path
) -> None:
    assert witnessed(tmp_path / "nulle-part") == []
    assert await refuse_shortened(register.pool, []) == 0
    file = tmp_path / "temoin"
    for _ in range(3):
        await grown(register, 2)
        await Sealer(keys.read(home), home, [WitnessFile(file)]).seal(seal)
    await grown(register)
    points = witnessed(home, [file])
    assert [one.size for one in points] == [2, 4, 6]
    assert await refuse_shortened(register.pool, points) == 6


@pytest.mark.parametrize(
    ("tampering", "cause"),
    [
        ("DELETE FROM dossier_events WHERE pos > 5", "s'arrête au n° 5 ; les n° 6 à 6 ont été scellés"),
        ("DELETE FROM dossier_events", "les n° 1 à 6"),
        ("DELETE FROM dossier_events WHERE pos = 3", "le n° 3 manque"),
        ("UPDATE dossier_events SET hash = sha256(hash) WHERE pos = 4", "entre les n° 3 et 4"),
    ],
)
async def test_a_shorter_or_other_register_is_not_opened_for_writing(
    register: Register, seal: Connection, home: Path, tmp_path: Path, superuser: Any, tampering: str, cause: str
) -> None:
    file = tmp_path / "temoin"
    for _ in range(3):
        await grown(register, 2)
        await Sealer(keys.read(home), home, [WitnessFile(file)]).seal(seal)
    await tampered(superuser, tampering)
    with pytest.raises(Shortened, match=cause):
        await refuse_shortened(register.pool, witnessed(home, [file]))


async def test_witnesses_that_lie_or_disagree_are_not_believed(
    register: Register, seal: Connection, home: Path, tmp_path: Path
) -> None:
    await grown(register, 2)
    key, file = keys.read(home), tmp_path / "temoin"
    point = await Sealer(key, home).seal(seal)
    assert point is not None
    stranger = Checkpoint("demo.greffe", 2, bytes(32))
    file.write_text(signed(stranger, keys.generated("demo.greffe")) + "\n")
    with pytest.raises(Shortened, match="altéré"):
        witnessed(home, [file])
    file.write_text(signed(stranger, key) + "\n")
    with pytest.raises(Shortened, match="se contredisent"):
        await refuse_shortened(register.pool, witnessed(home, [file]))


async def test_the_sealing_process_signs_nothing_it_did_not_read(seal: Connection, home: Path) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        await seal.execute("INSERT INTO checkpoints (size, note) VALUES (1, 'x')")
