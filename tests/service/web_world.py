"""The web application over a register of its own, on a day that the test chooses."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import httpx
import psycopg
from fastapi import FastAPI

from adapters.bootstrap import summary
from adapters.clock import Clock
from adapters.embedded.postgres import Databases
from adapters.http.app import create_app
from adapters.service import Actor, Handled, Service
from adapters.settings import Settings
from adapters.store.mapper import EventMapper
from adapters.store.persons import Person, Persons
from adapters.store.projections import Projections
from adapters.store.queries import Queries
from adapters.store.register import CommandRow, Register
from domain.law.editions import current
from domain.procedures import REGISTRY

PARIS = ZoneInfo("Europe/Paris")
TODAY = date(2026, 3, 12)
MAPPER = EventMapper(REGISTRY)
HR = Actor("Aïda Benali", "gestionnaire")
V1 = "/api/v1"


class StillClock(Clock):
    """A clock that stays at nine in the morning of one day."""

    def __init__(self, today: date) -> None:
        super().__init__(PARIS)
        self.day = today

    async def now(self) -> datetime:
        return datetime.combine(self.day, time(9), self.zone)


@dataclass
class DirectDesk:
    """A desk that decides at once; nothing rings."""

    service: Service
    degraded_since: datetime | None = None
    moved: list[date] = field(default_factory=list)
    answers: bool = True

    async def submit(self, row: CommandRow) -> Handled | UUID:
        return await self.service.handle(row.command_id) if self.answers else row.command_id

    async def move_clock(self, day: date) -> None:
        self.moved.append(day)


@dataclass
class World:
    """The application, its parts, and a client that follows no redirect."""

    app: FastAPI
    client: httpx.AsyncClient
    service: Service
    desk: DirectDesk
    clock: StillClock

    @property
    def persons(self) -> Persons:
        return Persons(self.service.register.pool)

    def reset(self) -> "World":
        """As at the beginning, but for what is recorded."""
        self.clock.day = TODAY
        self.desk.answers, self.desk.degraded_since, self.desk.moved = True, None, []
        self.client.cookies.clear()
        return self

    # -- Facts, straight through the service --

    async def act(self, subject_id: UUID, on: date, **body: Any) -> Handled:
        row = await self.service.receive(subject_id, body, on, HR, None, "test")
        handled = await self.service.handle(row.command_id)
        assert handled.result == "accepted", handled.rejection
        if handled.events:
            assert await self.app.state.office.views.caught_up(handled.events[-1].pos)
        return handled

    async def agent(self, family_name: str = "Marchand", on: date = date(2026, 1, 5), **facts: Any) -> UUID:
        subject_id = uuid4()
        await self.persons.put(Person(subject_id, family_name, "Claire", "test", matricule=str(subject_id)[:13]))
        facts = {"corps": "PU-PH", "statut": "titulaire", **facts}
        await self.act(subject_id, on, type="agent.register", facts=facts)
        return subject_id

    async def part_time(self, subject_id: UUID, ref: str | None = None, **more: Any) -> str:
        ref = ref or f"TP-{uuid4().hex[:8]}"
        asked = {"quotite": 80, "starts_on": "2026-05-01", "months": 12, **more}
        await self.act(subject_id, date(2026, 2, 20), type="part_time.request", case=ref, **asked)
        return ref

    async def opinions(self, subject_id: UUID, ref: str) -> None:
        by = ["directeur_ufr", "president_cme", "chef_pole", "chef_service"]
        await self.act(subject_id, date(2026, 3, 2), type="part_time.give_opinion", case=ref, by=by, favourable=True)

    async def version(self, subject_id: UUID) -> int:
        return await self.service.register.stream_version(subject_id)

    # -- The API --

    async def post(
        self, path: str, body: Any, *, version: int | None = None, key: str | None = "", **headers: str
    ) -> httpx.Response:
        """A recording POST with the headers that it needs, unless the test leaves one out."""
        sent = dict(headers)
        if key is not None:
            sent["Idempotency-Key"] = key or str(uuid4())
        if version is not None:
            sent["If-Match"] = f'"{version}"'
        return await self.client.post(V1 + path, json=body, headers=sent)

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.client.get(V1 + path, headers=headers)

    # -- The pages --

    async def submit(self, path: str, **entries: str) -> httpx.Response:
        """A form sent as a browser without scripts sends it, from a page that was read before."""
        page = await self.client.get("/dossiers")
        token = page.text.split('name="jeton" value="')[1].split('"')[0]
        return await self.client.post(path, data={"jeton": token, **entries}, headers={"Origin": "http://greffe.test"})

    def become(self, identity: str) -> None:
        self.client.cookies.set("greffe_identite", identity)


@contextmanager
def own_register(databases: Databases, template: str) -> Iterator[Databases]:
    """An empty register for the tests of one file."""
    name = f"web_{uuid4().hex}"
    with psycopg.connect(databases.superuser_dsn, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} OWNER greffe_owner")
        connection.execute(f"GRANT CONNECT, TEMPORARY ON DATABASE {name} TO greffe_app")
    yield replace(databases, app_dsn=databases.app_dsn.replace("@/greffe?", f"@/{name}?"))
    with psycopg.connect(databases.superuser_dsn, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@asynccontextmanager
async def world(store: Databases, *, demo: bool = True, today: date = TODAY) -> AsyncIterator[World]:
    register = await Register.open(store.app_dsn, MAPPER)
    projections = Projections(store.app_dsn, MAPPER, summary)
    projections.start()
    clock = StillClock(today)
    service = Service(register, current(), clock)
    desk = DirectDesk(service)
    settings = Settings(demo=demo, data_dir=Path("data"), establishment_name="CHU de Valmont")
    app = create_app(service, desk, Queries(register.pool), settings)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://greffe.test") as client:
            yield World(app, client, service, desk, clock)
    finally:
        projections.stop()
        await register.close()


def problem(response: httpx.Response, status: int, code: str) -> Any:
    """The document of an error, once it is what it should be."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    said = response.json()
    assert said["status"] == status
    assert said["code"] == code
    assert said["type"] == f"urn:greffe:rule:{code}"
    assert said["title"]
    assert said["detail"].endswith(".")
    assert said["trace_id"] == response.headers["x-request-id"]
    return said


LONG_AGO = datetime(2026, 3, 12, 8, 12, tzinfo=UTC)
