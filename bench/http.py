"""How long the server takes for the page of a dossier of 200 events, and for its API answer."""

import asyncio
import sys
import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from uuid import UUID, uuid4

import httpx

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

EVENTS, TIMES, MOST_MILLISECONDS = 200, 40, 50.0
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


async def measure(database: str) -> bool:
    """Whether the page is fast enough; the figures on the standard output."""
    register = await Register.open(database, MAPPER)
    settings = Settings()
    service = Service(register, current(), Clock(settings.zone))
    app = create_app(service, Direct(service), Queries(register.pool), settings)
    agent = await fill(service)
    page = f"/dossiers/{agent}"
    middle: dict[str, float] = {}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bench") as client:
        for path in (page, f"{page}?historique=tout&tout=1", f"/api/v1/agents/{agent}"):
            spent = [await timed(client, path) for _ in range(TIMES)]
            middle[path], late = median(spent), quantiles(spent, n=20)[-1]
            shown = path.replace(str(agent), "…")
            sys.stdout.write(f"{shown:<45} p50 {middle[path]:6.1f} ms   p95 {late:6.1f} ms\n")
    await register.close()
    return middle[page] <= MOST_MILLISECONDS


async def timed(client: httpx.AsyncClient, path: str) -> float:
    """The milliseconds of one answer."""
    begun = perf_counter()
    answer = await client.get(path)
    answer.raise_for_status()
    return (perf_counter() - begun) * 1000


def main() -> int:
    with tempfile.TemporaryDirectory() as root:
        Path(root).chmod(0o711)
        server = EmbeddedPostgres(Path(root))
        databases = server.start()
        try:
            migrate(databases.migration_dsn)
            protect(databases.superuser_dsn)
            return 0 if asyncio.run(measure(databases.app_dsn)) else 1
        finally:
            server.stop()


if __name__ == "__main__":
    sys.exit(main())
