"""The server is killed under a storm of appends; every acknowledged command must be stored, once."""

import asyncio
import os
import signal
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from service.store_acts import ACCEPTED, received
from service.store_procedure import opened, summary

from adapters.embedded.postgres import EmbeddedPostgres
from adapters.store.connection import StoreUnavailable
from adapters.store.mapper import EventMapper
from adapters.store.migrations import migrate, protect
from adapters.store.projections import Projections
from adapters.store.rebuild import rebuild
from adapters.store.register import Appended, Conflict, Register
from adapters.store.verify import verify
from adapters.store.views import Views

pytestmark = [pytest.mark.service, pytest.mark.slow]

WRITERS, STREAMS, KILLS = 6, 3, 3
ACKNOWLEDGED_BETWEEN_KILLS = 120


@dataclass
class Storm:
    """Writers that append until told to stop, and what the register has acknowledged to them."""

    register: Register
    streams: list[UUID] = field(default_factory=lambda: [uuid4() for _ in range(STREAMS)])
    acknowledged: dict[UUID, Appended] = field(default_factory=dict)
    sent: set[UUID] = field(default_factory=set)
    in_flight: set[UUID] = field(default_factory=set)
    over: bool = False

    async def writer(self, number: int) -> None:
        stream, version = self.streams[number % STREAMS], 0
        while not self.over:
            command = await received(self.register, stream)
            self.sent.add(command)
            self.in_flight.add(command)
            done: Appended | Conflict = Conflict(version)
            while isinstance(done, Conflict):
                version = done.version
                done = await self.register.append(command, stream, version, [opened(1), opened(2)], ACCEPTED)
            version = done.version
            self.in_flight.discard(command)
            self.acknowledged[command] = done

    async def until(self, count: int) -> None:
        async with asyncio.timeout(30):
            while len(self.acknowledged) < count:  # noqa: ASYNC110  # six writers move it
                await asyncio.sleep(0.001)


async def test_every_acknowledged_command_is_stored_once_whatever_is_killed(
    server_root: Path, mapper: EventMapper
) -> None:
    server = EmbeddedPostgres(server_root / "killed")
    databases = server.start()
    migrate(databases.migration_dsn)
    protect(databases.superuser_dsn)
    register = await Register.open(databases.app_dsn, mapper)
    projections = Projections(databases.app_dsn, mapper, summary)
    projections.start()
    storm = Storm(register)
    writing = asyncio.gather(*(storm.writer(number) for number in range(WRITERS)))
    hit = 0
    try:
        for kill in range(1, KILLS + 1):
            await storm.until(kill * ACKNOWLEDGED_BETWEEN_KILLS)
            hit += bool(storm.in_flight)
            os.kill(server.pid, signal.SIGKILL)
            await asyncio.to_thread(server.start)
        await storm.until((KILLS + 1) * ACKNOWLEDGED_BETWEEN_KILLS)
        storm.over = True
        await writing

        assert hit == KILLS
        assert storm.acknowledged.keys() == storm.sent
        stored = [recorded async for batch in register.read_all() for recorded in batch]
        assert [recorded.pos for recorded in stored] == list(range(1, 2 * len(storm.sent) + 1))
        by_command: dict[UUID, list[int]] = {}
        for recorded in stored:
            by_command.setdefault(recorded.command_id, []).append(recorded.k)
        assert by_command == {command: [1, 2] for command in storm.sent}
        for command, done in storm.acknowledged.items():
            assert await register.outcome(command) == done.outcome
        assert (await verify(register.pool)).intact
        assert await Views(register.pool).caught_up(len(stored), timeout=30)
        assert projections.error is None
        assert all(view.same for view in await rebuild(register.pool, mapper, summary, check=True))
    finally:
        storm.over = True
        await asyncio.gather(writing, return_exceptions=True)
        await asyncio.to_thread(projections.stop)
        await register.close()
        await asyncio.to_thread(server.stop)


async def test_a_register_whose_server_is_down_says_so_and_finds_it_again(
    server_root: Path, mapper: EventMapper
) -> None:
    server = EmbeddedPostgres(server_root / "stopped")
    databases = server.start()
    migrate(databases.migration_dsn)
    register = await Register.open(databases.app_dsn, mapper)
    register._patience = 0.3
    subject = uuid4()
    command = await received(register, subject)
    try:
        server.stop()
        with pytest.raises(StoreUnavailable):
            await register.load(subject)
        with pytest.raises(StoreUnavailable):
            await register.append(command, subject, 0, [opened(1)], ACCEPTED)
        server.start()
        assert isinstance(await register.append(command, subject, 0, [opened(1)], ACCEPTED), Appended)
        assert await register.stream_version(subject) == 1
    finally:
        await register.close()
        server.stop()
