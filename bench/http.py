"""How long the server takes for the page of a dossier of 200 events, and for its API answer."""

import asyncio
import json
import sys
import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from uuid import UUID, uuid4

import httpx
import structlog

from adapters.bootstrap import MAPPER
from adapters.clock import Clock
from adapters.embedded.postgres import EmbeddedPostgres
from adapters.http.app import create_app
from adapters.service import Actor, Service
from adapters.settings import Settings
from adapters.store.migrations import migrate, protect
from adapters.store.queries import Queries
from adapters.store.register import CommandRow, Register
from domain.law.editions import current

EVENTS, TIMES = 200, 40
WHO = Actor("banc", "gestionnaire")


class Direct:
    """A desk that decides at once."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.degraded_since: datetime | None = None

    async def submit(self, row: CommandRow) -> object:
        return await self.service.handle(row.command_id)

    async def move_clock(self, day: date) -> None:
        raise NotImplementedError(day)


async def fill(service: Service) -> UUID:
    """A dossier of 200 events: one part time, then opinions on its changes."""
    agent, today = uuid4(), await service.clock.today()

    async def act(on: date, **body: object) -> None:
        row = await service.receive(agent, body, on, WHO, None, "bench")
        await service.handle(row.command_id)

    begun = today - timedelta(days=60)
    await act(begun, type="agent.register", facts={"corps": "PU-PH", "statut": "titulaire"})
    starts_on = (today + timedelta(days=30)).isoformat()
    await act(begun, type="part_time.request", case="TP1", quotite=80, starts_on=starts_on, months=12)
    while await service.register.stream_version(agent) < EVENTS:
        by = ["directeur_ufr", "president_cme", "chef_pole", "chef_service"]
        await act(today, type="part_time.give_opinion", case="TP1", by=by, favourable=True)
    return agent


async def _figures(database: str) -> dict[str, float]:
    register = await Register.open(database, MAPPER)
    settings = Settings()
    service = Service(register, current(), Clock(settings.zone))
    app = create_app(service, Direct(service), Queries(register.pool), settings)
    agent = await fill(service)
    page = f"/dossiers/{agent}"
    places = {"dossier": page, "dossier_in_full": f"{page}?historique=tout&tout=1", "api": f"/api/v1/agents/{agent}"}
    figures: dict[str, float] = {}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bench") as client:
        for name, path in places.items():
            spent = [await timed(client, path) for _ in range(TIMES)]
            figures[f"{name}_{EVENTS}_events_p50_ms"] = median(spent)
            figures[f"{name}_{EVENTS}_events_p95_ms"] = quantiles(spent, n=20)[-1]
    await register.close()
    return figures


async def timed(client: httpx.AsyncClient, path: str) -> float:
    """The milliseconds of one answer."""
    begun = perf_counter()
    answer = await client.get(path)
    answer.raise_for_status()
    return (perf_counter() - begun) * 1000


def measure() -> dict[str, float]:
    """Milliseconds of an answer, on a server of its own."""
    with tempfile.TemporaryDirectory() as root:
        Path(root).chmod(0o711)
        server = EmbeddedPostgres(Path(root))
        try:
            databases = server.start()
            migrate(databases.migration_dsn)
            protect(databases.superuser_dsn)
            return asyncio.run(_figures(databases.app_dsn))
        finally:
            server.stop()


if __name__ == "__main__":
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    sys.stdout.write(json.dumps(measure(), indent=2) + "\n")
