"""Everything checked again inside an installation: each fault makes its own check fail, and no other way."""

import asyncio
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from service.store_acts import DAY, act, lapse
from service.store_procedure import REGISTRY, NoteCorps, OpenErrand, summary

from adapters.embedded.postgres import Databases
from adapters.proof import audit, keys
from adapters.proof.note import Checkpoint, VerifierKey, signed
from adapters.proof.sealing import Sealer, connected
from adapters.store.mapper import EventMapper
from adapters.store.rebuild import rebuild
from adapters.store.register import Register

pytestmark = pytest.mark.service

FIRST, SECOND = uuid4(), uuid4()


@pytest.fixture
async def home(register: Register, store: Databases, tmp_path: Path, mapper: EventMapper) -> Path:
    """A register of two persons, sealed twice, shown on the screens."""
    home = tmp_path / "sceau"
    keys.create(home, "greffe/essai")
    async with connected(store.seal_dsn) as seal:
        for subject in (FIRST, SECOND):
            await act(register, subject, NoteCorps(corps="PU-PH"))
            await act(register, subject, OpenErrand(case="E1", term=DAY))
            assert await Sealer(keys.read(home), home).seal(seal) is not None
    await lapse(register, SECOND, DAY)
    await rebuild(register.pool, mapper, summary)
    return home


async def audited(
    register: Register,
    home: Path,
    subject: UUID | None = None,
    known: list[VerifierKey] | None = None,
    witnessed: list[Checkpoint] | None = None,
) -> dict[str, audit.Verdict]:
    chain, _ = await audit.events(register.pool, subject)
    found = [chain]
    found += [one async for one in audit.tree(register.pool, known or keys.verifiers(home), witnessed or [])]
    found.append(await audit.schema(register.pool))
    found.append(await audit.replay(register.pool, EventMapper(REGISTRY), summary, subject))
    return {one.check: one for one in found}


def failing(found: dict[str, audit.Verdict]) -> dict[str, int | None]:
    return {name: one.position for name, one in found.items() if not one.well}


async def test_a_sound_installation_passes_every_check(register: Register, home: Path) -> None:
    for subject in (None, FIRST, SECOND):
        found = await audited(register, home, subject)
        assert list(found) == ["chain", "signatures", "tree", "migrations", "replay"]
        assert failing(found) == {}
    ((size,),) = await register.pool.fetch("SELECT max(size) FROM checkpoints")
    assert found["tree"].found == f"scellé jusqu'au n° {size}"


REWRITTEN = "UPDATE dossier_events SET hash = sha256(hash) WHERE pos = (SELECT max(pos) FROM dossier_events) - 4"


@pytest.mark.parametrize(
    ("tampering", "checks"),
    [
        ("UPDATE dossier_events SET state = '{}' WHERE topic = 'greffe.ErrandOpened/1'", {"chain", "replay"}),
        (REWRITTEN, {"chain", "tree"}),
        ("DELETE FROM checkpoints WHERE id = 1", set[str]()),
        ("UPDATE checkpoints SET size = size + 1 WHERE id = 1", {"signatures"}),
        ("UPDATE checkpoints SET note = replace(note, 'greffe', 'autres')", {"signatures"}),
        ("UPDATE migrations_applied SET applied_by = 'x' WHERE n = 2", {"migrations"}),
        ("DELETE FROM migrations_applied WHERE n = 2", {"migrations"}),
        ("INSERT INTO migrations_applied (revision, sha256) VALUES ('v0007_x', sha256('x'))", {"migrations"}),
        ("UPDATE dossiers SET summary = '{}'", {"replay"}),
        ("UPDATE agenda SET due = due + 1", {"replay"}),
        ("DELETE FROM open_cases", {"replay"}),
        ("DELETE FROM dossiers", {"replay"}),
    ],
)
async def test_what_is_altered_makes_its_check_fail(
    register: Register, home: Path, superuser: Any, tampering: str, checks: set[str]
) -> None:
    await superuser.execute("SET event_triggers = off")
    for table in ("dossier_events", "checkpoints", "migrations_applied"):
        if not tampering.startswith("INSERT"):
            await superuser.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    await superuser.execute(tampering)
    if "state" not in tampering:
        found = await audited(register, home)
        assert set(failing(found)) == checks
        if "tree" in checks:
            assert found["tree"].position is not None
    if "replay" in checks and "state" not in tampering:
        assert "replay" in failing(await audited(register, home, SECOND))
    elif "state" in tampering:
        chain, _ = await audit.events(register.pool, None)
        assert not chain.well


async def test_the_tree_is_compared_with_witnesses_and_with_pinned_keys(register: Register, home: Path) -> None:
    ((size,),) = await register.pool.fetch("SELECT max(size) FROM checkpoints")
    stranger = Checkpoint("greffe/essai", size, bytes(32))
    found = await audited(register, home, witnessed=[stranger])
    assert failing(found) == {"tree": size}
    beyond = Checkpoint("greffe/essai", 99, bytes(32))
    head = await register.head()
    assert failing(await audited(register, home, witnessed=[beyond])) == {"tree": head + 1}
    assert set(failing(await audited(register, home, known=[keys.generated("greffe/essai").verifier]))) == {
        "signatures"
    }


async def test_a_point_signed_for_another_history_is_seen(register: Register, home: Path, superuser: Any) -> None:
    ((size,),) = await register.pool.fetch("SELECT max(size) FROM checkpoints")
    forged = signed(Checkpoint("greffe/essai", size, bytes(32)), await asyncio.to_thread(keys.read, home))
    await superuser.execute("INSERT INTO checkpoints (size, note) VALUES ($1, $2)", size, forged)
    assert failing(await audited(register, home)) == {"tree": size}
