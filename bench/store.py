"""The event store, measured beside what PostgreSQL and asyncpg do without it, in turns within one run.

`append` keeps an event, its number, its place in the chain and its command's outcome, once for ever.
`bare_insert` is one row into a table with one key, by one connection; `bare_pair` the event and the outcome as
two bare rows in one transaction, which is what an append without any promise would take.
"""

import asyncio
import gc
import json
import shutil
import sys
import tempfile
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from adapters.embedded.postgres import Databases, EmbeddedPostgres
from adapters.store.mapper import EventMapper, encode
from adapters.store.migrations import migrate
from adapters.store.register import CommandRow, Register, Verdict
from adapters.store.verify import verify
from domain.kernel import Event, Subject
from domain.law.editions import current
from domain.procedures import REGISTRY
from domain.simulation import Run, read_command

ROUNDS, APPENDS, DOSSIERS, LOADS = 5, 400, 400, 200
ACCEPTED = Verdict("accepted", b"{}")
OPINIONS = ("directeur_ufr", "president_cme", "chef_pole", "chef_service")
BARE = """
CREATE TABLE bare_events (stream uuid, version bigint, topic text, state bytea, id bigserial,
    PRIMARY KEY (stream, version));
CREATE TABLE bare_outcomes (command_id uuid PRIMARY KEY, result text, body bytea)
"""
INSERT_EVENT = "INSERT INTO bare_events (stream, version, topic, state) VALUES ($1, $2, $3, $4)"
INSERT_OUTCOME = "INSERT INTO bare_outcomes VALUES ($1, 'accepted', $2)"


def measure() -> dict[str, float]:
    """All figures of the store, on a server of its own."""
    root = Path(tempfile.mkdtemp(prefix="greffe-bench-"))
    root.chmod(0o711)
    server = EmbeddedPostgres(root)
    try:
        databases = server.start()
        migrate(databases.migration_dsn)
        return asyncio.run(_figures(databases))
    finally:
        server.stop()
        shutil.rmtree(root)


async def _figures(databases: Databases) -> dict[str, float]:
    register = await Register.open(databases.app_dsn, EventMapper(REGISTRY))
    bare = await asyncpg.connect(databases.superuser_dsn)
    try:
        await bare.execute(BARE)
        events = a_life()
        return {**await _writes(register, bare, events[0]), **await _reads(register, events)}
    finally:
        await bare.close()
        await register.close()


def a_life() -> list[Event]:
    """Fifty events of a real dossier: part-time work authorised three times, and the deadlines it brings."""
    run = Run(Subject.new("A1", "agent", REGISTRY), current())
    opening = {"type": "agent.register", "facts": {"corps": "PU-PH"}}
    steps: list[tuple[date, dict[str, Any]]] = [(date(2024, 9, 1), opening)]
    for ref, year in (("TP1", 2024), ("TP2", 2028), ("TP3", 2032)):
        request: dict[str, Any] = {
            "type": "part_time.request",
            "quotite": 80,
            "starts_on": f"{year + 1}-02-01",
            "months": 12,
        }
        opinions: list[dict[str, Any]] = [
            {"type": "part_time.give_opinion", "by": by, "favourable": True} for by in OPINIONS
        ]
        granted = {"type": "part_time.decide", "by": ["president_universite", "dg_chu"], "outcome": "granted"}
        steps += [(date(year, 10, 1), {**command, "case": ref}) for command in (request, *opinions, granted)]
    for number, (on, command) in enumerate(steps):
        run.act(number, on, read_command(REGISTRY, command))
    run.advance(date(2037, 1, 1))
    assert all(step.accepted for step in run.steps)
    return [event for _, event in run.events][:50]


async def _writes(register: Register, bare: "asyncpg.Connection[asyncpg.Record]", event: Event) -> dict[str, float]:
    topic, state = register.mapper.topic(event), encode(event)

    async def append(stream: UUID, commands: list[UUID]) -> None:
        for version, command in enumerate(commands):
            await register.append(command, stream, version, [event], ACCEPTED)

    async def insert(stream: UUID, commands: list[UUID]) -> None:
        for version in range(len(commands)):
            await bare.execute(INSERT_EVENT, stream, version, topic, state)

    async def pair(stream: UUID, commands: list[UUID]) -> None:
        for version, command in enumerate(commands):
            async with bare.transaction():
                await bare.execute(INSERT_EVENT, stream, version, topic, state)
                await bare.execute(INSERT_OUTCOME, command, ACCEPTED.body)

    taken: dict[str, list[float]] = {"append": [], "bare_insert": [], "bare_pair": []}
    for _ in range(ROUNDS):
        for name, way in (("append", append), ("bare_insert", insert), ("bare_pair", pair)):
            stream = uuid4()
            commands = [await _received(register, stream) for _ in range(APPENDS)]
            taken[name].append(await _rate(APPENDS, lambda w=way, s=stream, c=commands: w(s, c)))  # type: ignore[misc]
    rates = {name: median(found) for name, found in taken.items()}
    return {
        "append_per_s": rates["append"],
        "bare_insert_per_s": rates["bare_insert"],
        "bare_pair_per_s": rates["bare_pair"],
        "append_to_bare_insert": rates["append"] / rates["bare_insert"],
        "append_to_bare_pair": rates["append"] / rates["bare_pair"],
    }


async def _reads(register: Register, events: list[Event]) -> dict[str, float]:
    streams = [uuid4() for _ in range(DOSSIERS)]
    for stream in streams:
        await register.append(await _received(register, stream), stream, 0, events, ACCEPTED)
    head = await register.head()

    async def read() -> None:
        async for _ in register.read_all():
            pass

    async def rows() -> None:
        after = 0
        while found := await register.pool.fetch(
            "SELECT * FROM dossier_events WHERE pos > $1 ORDER BY pos LIMIT 500", after
        ):
            after = found[-1]["pos"]

    async def load() -> None:
        for stream in streams[:LOADS]:
            loaded = [recorded.event for recorded in await register.load(stream)]
            assert Subject.new(str(stream), "agent", REGISTRY).fold(loaded).version == 50

    async def check() -> None:
        assert (await verify(register.pool)).intact

    figures = {
        "read_events_per_s": median([await _rate(head, read) for _ in range(ROUNDS)]),
        "bare_rows_per_s": median([await _rate(head, rows) for _ in range(ROUNDS)]),
        "load_and_fold_50_events_ms": 1000 / median([await _rate(LOADS, load) for _ in range(ROUNDS)]),
        "verify_events_per_s": await _rate(head, check),
    }
    # What a process gains that tells the collector once that its modules are there to stay.
    gc.collect()
    gc.freeze()
    figures["read_events_per_s_after_gc_freeze"] = median([await _rate(head, read) for _ in range(ROUNDS)])
    gc.unfreeze()
    return figures


async def _received(register: Register, subject_id: UUID) -> UUID:
    row = CommandRow(uuid4(), subject_id, "agent.register", date(2024, 9, 1), "bench", "gestionnaire", b"{}")
    return (await register.put_command(row)).command_id


async def _rate(count: int, work: Callable[[], Awaitable[None]]) -> float:
    begun = perf_counter()
    await work()
    return count / (perf_counter() - begun)


if __name__ == "__main__":
    figures = {name: round(value, 2) for name, value in measure().items()}
    sys.stdout.write(json.dumps(figures, indent=2) + "\n")
