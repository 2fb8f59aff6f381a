"""The composition root: from settings and addresses to the parts of one process."""

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import structlog
from fastapi import FastAPI
from temporalio.client import Client
from temporalio.service import RPCError
from temporalio.worker import Worker

from adapters.clock import Clock, DemoClock, refuse_moved
from adapters.http.app import create_app
from adapters.proof.opening import refuse_shortened, witnessed
from adapters.service import Service
from adapters.settings import Settings
from adapters.store.connection import StoreUnavailable
from adapters.store.mapper import EventMapper
from adapters.store.persons import Persons
from adapters.store.projections import Projections
from adapters.store.queries import Queries
from adapters.store.register import Register
from adapters.store.views import Views
from adapters.temporal.client import CONVERTER, Desk, connect
from adapters.temporal.worker import case_worker
from domain.agents import career
from domain.kernel import Subject
from domain.law.editions import current
from domain.procedures import REGISTRY

log = structlog.get_logger(__name__)

MAPPER = EventMapper(REGISTRY)
WORKER_PAUSE = 2.0  # seconds before a worker that fell is started again


def summary(subject: Subject) -> Mapping[str, Any]:
    """What the list of dossiers says of one beside its name."""
    known = subject.cases[career.NAME].state if career.NAME in subject.cases else None
    if known is None:
        return {}
    last = known.appointments[-1]
    return {name: value for name, value in (("corps", last.corps), ("statut", last.statut)) if value is not None}


@dataclass(frozen=True)
class Parts:
    """The application over one database, and the desk when Temporal has an address."""

    settings: Settings
    service: Service
    client: Client | None
    temporal: str | None = None

    @cached_property
    def persons(self) -> Persons:
        return Persons(self.service.register.pool)

    @cached_property
    def queries(self) -> Queries:
        return Queries(self.service.register.pool)

    @cached_property
    def views(self) -> Views:
        return Views(self.service.register.pool)

    @cached_property
    def desk(self) -> Desk:
        if self.client is None:
            raise LookupError("no Temporal address")
        return Desk(self.client, self.service, self.settings.task_queue)

    async def worker(self) -> Worker:
        """A worker on a client of its own, since a worker wants one that is connected already."""
        assert self.temporal is not None
        client = await Client.connect(self.temporal, namespace=self.settings.namespace, data_converter=CONVERTER)
        return case_worker(client, self.service, self.desk.alarms, self.settings.task_queue)

    def web(self) -> FastAPI:
        return create_app(self.service, self.desk, self.queries, self.settings)


@asynccontextmanager
async def opened(settings: Settings, database: str, temporal: str | None) -> AsyncIterator[Parts]:
    """The parts of one process, over servers that answer; a database whose clock was moved serves demonstrations only."""
    async with AsyncExitStack() as stack:
        register = await Register.open(database, MAPPER)
        stack.push_async_callback(register.close)
        if settings.demo:
            clock: Clock = DemoClock(register.pool, settings.zone)
        else:
            clock = Clock(settings.zone)
            await refuse_moved(register.pool)
        client = None if temporal is None else await connect(temporal, settings.namespace)
        law = current(settings.choices)
        service = Service(register, law, clock, Persons(register.pool), settings.establishment_name)
        gc.collect()
        gc.freeze()  # modules and models stay for good: the collector need not look at them again while reading events
        yield Parts(settings, service, client, temporal)


async def refuse_other_register(parts: Parts) -> int:
    """The size up to which witnesses vouch for the register; Shortened when it is not the one they saw."""
    settings = parts.settings
    points = await asyncio.to_thread(witnessed, settings.sealing_dir, settings.witness_files, settings.seal_key)
    return await refuse_shortened(parts.service.register.pool, points)


# -- What runs all the time --------------------------------------------------------------------------


@asynccontextmanager
async def projecting(database: str) -> AsyncIterator[Projections]:
    """Keep the views up to date meanwhile."""
    projections = Projections(database, MAPPER, summary)
    projections.start()
    try:
        yield projections
    finally:
        await asyncio.to_thread(projections.stop)


@asynccontextmanager
async def background(*tasks: Callable[[], Coroutine[Any, Any, None]]) -> AsyncIterator[None]:
    """Run these meanwhile, and cancel them at the end; when one of them falls, so does what runs here."""
    here = asyncio.current_task()
    assert here is not None

    def fallen(task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception() is not None:
            here.cancel()

    running = [asyncio.create_task(task()) for task in tasks]
    for one in running:
        one.add_done_callback(fallen)
    try:
        yield
    finally:
        for one in running:
            one.cancel()
        for one in running:
            with suppress(asyncio.CancelledError):
                await one


async def keep_working(parts: Parts) -> None:
    """Run a worker until cancelled; one that falls, or that Temporal does not answer, is replaced."""
    while True:
        try:
            worker = await parts.worker()
            await worker.run()
        except (RuntimeError, RPCError) as error:
            log.error("worker_fell", reason=str(error))  # noqa: TRY400  the reason says it
        await asyncio.sleep(WORKER_PAUSE)


async def keep_scheduled(parts: Parts, asked: asyncio.Event | None = None) -> None:
    """Set every alarm from the store and have it done again each day: now, then whenever it is asked for."""
    while True:
        if not await _scheduled(parts):
            await asyncio.sleep(WORKER_PAUSE)
        elif asked is None:
            return
        else:
            await asked.wait()
            asked.clear()


async def _scheduled(parts: Parts) -> bool:
    """Whether it was done; a server that does not answer is asked again."""
    done = False
    try:
        await parts.desk.alarms.schedule()
        await parts.desk.rearm()
        done = True
    except* (RuntimeError, RPCError, StoreUnavailable) as errors:
        log.warning("not_rearmed", reason=str(errors.exceptions[0]))
    return done
