"""The alarms, measured: a command through its workflow beside an Update that does nothing, and setting them all again.

`empty_update` asks a running workflow that calls an empty local activity; `command` has a command decided, from the
Update to the event stored; `desk` is the whole of `Desk.submit`. They are taken in turns within one run. `rearm` starts
the workflows of a thousand cases on a server that knows nothing.
"""

import asyncio
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import structlog
from temporalio.client import Client
from temporalio.worker import Worker

from adapters.clock import Clock
from adapters.embedded.postgres import Databases, EmbeddedPostgres
from adapters.embedded.temporal import EmbeddedTemporal
from adapters.service import Actor, Handled, Service
from adapters.store.ids import case_id
from adapters.store.mapper import EventMapper
from adapters.store.migrations import migrate
from adapters.store.register import CommandRow, Register
from adapters.temporal.client import CONVERTER, Desk, connect
from adapters.temporal.rearm import Alarms, each
from adapters.temporal.worker import case_worker, runner
from bench.empty_workflow import Empty, nothing
from domain.law.editions import current
from domain.procedures import REGISTRY
from workflows.messages import CaseRef

CASES, UPDATES, REARMED, TOGETHER = 20, 10, 1000, 8
QUEUE = "bench"
BENCH = Actor("bench", "gestionnaire")
PATIENCE = timedelta(seconds=30)
OPINION = {"type": "part_time.give_opinion", "case": "TP1", "by": "directeur_ufr", "favourable": True}
BEGAN = datetime.now(UTC).date() - timedelta(days=30)  # so that the thousand cases have nothing due yet
REQUEST = {
    "type": "part_time.request",
    "case": "TP1",
    "quotite": 80,
    "starts_on": (BEGAN + timedelta(days=100)).isoformat(),
    "months": 12,
}


class Bench:
    """A service, a desk and a worker on servers of their own."""

    def __init__(self, service: Service, client: Client, lazy: Client) -> None:
        self.service = service
        self.client = client
        self.desk = Desk(lazy, service, QUEUE, PATIENCE)

    async def received(self, subject_id: UUID, body: dict[str, Any], on: date) -> CommandRow:
        return await self.service.receive(subject_id, body, on, BENCH, None, "bench")

    async def agent(self, *bodies: dict[str, Any]) -> UUID:
        """An agent whose file went through these commands, without Temporal."""
        subject_id = uuid4()
        for body in ({"type": "agent.register", "facts": {"corps": "MCU-PH", "statut": "stagiaire"}}, *bodies):
            row = await self.received(subject_id, body, BEGAN)
            handled = await self.service.handle(row.command_id)
            assert handled.result == "accepted", handled.rejection
        return subject_id

    async def updates(self) -> dict[str, float]:
        """What one command costs, in milliseconds, one after the other and some at once."""
        empty = await self.client.start_workflow(Empty.run, id=f"empty-{uuid4()}", task_queue=f"{QUEUE}-empty")
        agents = [await self.agent(REQUEST) for _ in range(CASES)]
        cases = [CaseRef(case_id(agent, "TP1"), agent, "TP1", "part_time") for agent in agents]
        await each(cases, self.desk.alarms.ring)
        samples: dict[str, list[float]] = {"empty_update": [], "command": [], "desk": []}
        for _ in range(UPDATES):
            for agent, case in zip(agents, cases, strict=True):
                samples["empty_update"].append(await _timed(lambda: empty.execute_update(Empty.ask)))
                row = await self.received(agent, OPINION, BEGAN)
                samples["command"].append(
                    await _timed(lambda case=case, row=row: self._asked(case, row))  # type: ignore[misc]
                )
                row = await self.received(agent, OPINION, BEGAN)
                samples["desk"].append(await _timed(lambda row=row: self._submitted(row)))  # type: ignore[misc]
        figures = {f"{name}_p50_ms": median(times) for name, times in samples.items()}
        figures |= {f"{name}_p99_ms": quantiles(times, n=100)[98] for name, times in samples.items()}
        figures["command_over_empty_update"] = figures["command_p50_ms"] / figures["empty_update_p50_ms"]
        rows = [await self.received(agent, OPINION, BEGAN) for agent in agents for _ in range(UPDATES)]
        elapsed = await _timed(lambda: each(rows, self._submitted, at_once=TOGETHER))
        figures["commands_per_s_8_callers"] = len(rows) / elapsed * 1000
        return figures

    async def _asked(self, case: CaseRef, row: CommandRow) -> None:
        answer = await self.desk.alarms.ask(case, "submit", row.command_id, patience=PATIENCE)
        assert answer.state == "decided"

    async def _submitted(self, row: CommandRow) -> None:
        assert isinstance(await self.desk.submit(row), Handled)

    async def rearmed(self) -> dict[str, float]:
        """How fast a thousand cases are armed again, and once they already are."""
        opening = {"type": "stage.open", "case": "ST1", "starts_on": BEGAN.isoformat()}
        for _ in range(REARMED):
            await self.agent(opening)
        first = await self.desk.rearm()
        assert first.started >= REARMED
        begun = perf_counter()
        while (await self.desk.alarms.difference()).armed < REARMED:
            assert perf_counter() - begun < PATIENCE.total_seconds() * 4
            await asyncio.sleep(0.1)
        settled = first.seconds + perf_counter() - begun
        again = await self.desk.rearm()
        assert again.started == 0
        return {
            "rearm_cases": first.recorded,
            "rearm_cases_per_s": first.recorded / first.seconds,
            "rearm_cases_per_s_until_every_timer_is_set": first.recorded / settled,
            "rearm_again_cases_per_s": again.recorded / again.seconds,
        }


async def _timed(work: Callable[[], Awaitable[object]]) -> float:
    begun = perf_counter()
    await work()
    return (perf_counter() - begun) * 1000


async def _figures(databases: Databases, address: str) -> dict[str, float]:
    register = await Register.open(databases.app_dsn, EventMapper(REGISTRY))
    service = Service(register, current(), Clock(ZoneInfo("Europe/Paris")))
    client = await Client.connect(address, data_converter=CONVERTER)
    bench = Bench(service, client, await connect(address))
    empty = Worker(
        client, task_queue=f"{QUEUE}-empty", workflows=[Empty], activities=[nothing], workflow_runner=runner()
    )
    try:
        async with empty, case_worker(client, service, Alarms(client, service, QUEUE), QUEUE):
            return {**await bench.updates(), **await bench.rearmed()}
    finally:
        await register.close()


def measure() -> dict[str, float]:
    """All figures of the alarms, on servers of their own."""
    root = Path(tempfile.mkdtemp(prefix="greffe-bench-"))
    root.chmod(0o711)
    postgres, temporal = EmbeddedPostgres(root), EmbeddedTemporal(root)
    try:
        databases = postgres.start()
        migrate(databases.migration_dsn)
        return asyncio.run(_figures(databases, temporal.start()))
    finally:
        temporal.stop()
        postgres.stop()
        shutil.rmtree(root)


if __name__ == "__main__":
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    figures = {name: round(value, 2) for name, value in measure().items()}
    sys.stdout.write(json.dumps(figures, indent=2) + "\n")
    sys.stdout.flush()
    os._exit(0)  # Temporal's native threads may outlive the interpreter and abort it
