"""A service on a register of its own, agents in it, and a procedure that fails when told to."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from time import monotonic
from typing import Any, Literal
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from temporalio.testing import WorkflowEnvironment

from adapters.clock import Clock
from adapters.service import Actor, Handled, Service
from adapters.store.mapper import EventMapper
from adapters.store.register import CommandRow, Recorded, Register
from domain.kernel import CaseCommand, Check, CivilDate, Context, Deadline, Event, Opening, Procedure, Registry
from domain.law import Article
from domain.law.editions import current
from domain.procedures import REGISTRY

PARIS = ZoneInfo("Europe/Paris")
CLERK = Actor("u-100", "gestionnaire")
OPINIONS = ["directeur_ufr", "president_cme", "chef_pole", "chef_service"]
BOTH = ["president_universite", "dg_chu"]

# -- A procedure that fails when told to -------------------------------------------------------------

broken: set[str] = set()  # any of: decide, lapse, evolve


def _break(where: str) -> None:
    if where in broken:
        raise KeyError(where)


class OpenTrap(Opening):
    type: Literal["trap.open"] = "trap.open"
    term: CivilDate


class PullTrap(CaseCommand):
    type: Literal["trap.pull"] = "trap.pull"


class TrapOpened(Event):
    term: CivilDate


class TrapPulled(Event):
    pass


class TrapSprung(Event):
    pass


def _rules(_: Context, __: object, ___: object) -> Iterable[Check]:
    return ()


def _decide(_: Context, __: object, command: CaseCommand) -> Iterable[Event]:
    if isinstance(command, OpenTrap):
        return (TrapOpened(basis=RULE, term=command.term),)
    _break("decide")
    return (TrapPulled(basis=RULE),)


def _evolve(state: date | None, event: Event) -> date | None:
    if isinstance(event, TrapOpened):
        return event.term
    if isinstance(event, TrapPulled):
        _break("evolve")
    return state


def _deadlines(_: Context, term: date) -> Iterable[Deadline]:
    yield Deadline(kind="trap_term", due=term, basis=(RULE,), nature="statutory", consequence="trap_sprung")


def _lapse(_: Context, __: date, ___: Deadline) -> Iterable[Event]:
    _break("lapse")
    return (TrapSprung(basis=RULE),)


RULE = Article("TEST", "1")
TRAP = Procedure(
    name="trap",
    subject="agent",
    articles=(RULE,),
    commands=(OpenTrap, PullTrap),
    events=(TrapOpened, TrapPulled, TrapSprung),
    rules=_rules,
    decide=_decide,
    evolve=_evolve,
    status=lambda _: "set",
    statuses=("set",),
    deadlines=_deadlines,
    lapse=_lapse,
)
WITH_TRAP = Registry((*REGISTRY.procedures, TRAP), REGISTRY.entitlements)

# -- Clocks ------------------------------------------------------------------------------------------


class StillClock(Clock):
    """A clock that the test sets."""

    def __init__(self, today: date) -> None:
        super().__init__(PARIS)
        self.day = today

    async def now(self) -> datetime:
        return datetime(self.day.year, self.day.month, self.day.day, 12, tzinfo=PARIS)

    async def instant(self, due: date, subject_id: UUID) -> datetime:
        return datetime.now(UTC) + (due - self.day)


class SkippedClock(Clock):
    """The clock of a time-skipping server, which begins on the day that the test wants."""

    def __init__(self, environment: WorkflowEnvironment, begins: date) -> None:
        super().__init__(PARIS)
        self._environment = environment
        self._ahead = begins - datetime.now(UTC).date()

    async def now(self) -> datetime:
        return (await self._environment.get_current_time() + self._ahead).astimezone(PARIS)

    async def instant(self, due: date, subject_id: UUID) -> datetime:
        return await super().instant(due, subject_id) - self._ahead

    async def reach(self, day: str) -> None:
        """Let time pass until this day, at noon."""
        wanted = datetime.combine(date.fromisoformat(day), time(12), PARIS)
        await self._environment.sleep(wanted - await self.now())


# -- The service -------------------------------------------------------------------------------------


@dataclass
class World:
    """A service and its register; what an agent's file goes through."""

    register: Register
    service: Service

    async def asked(
        self, subject_id: UUID, on: str, type: str, case: str | None = None, *, key: str | None = None, **fields: Any
    ) -> CommandRow:
        """A command that was received."""
        version = fields.pop("expected_version", None)
        named = {} if case is None else {"case": case}
        body = {"type": type, **named, **fields}
        return await self.service.receive(subject_id, body, date.fromisoformat(on), CLERK, key, "r-1", version)

    async def done(self, subject_id: UUID, on: str, type: str, case: str | None = None, **fields: Any) -> Handled:
        """A command that was decided, without Temporal."""
        return await self.service.handle((await self.asked(subject_id, on, type, case, **fields)).command_id)

    async def agent(self, on: str = "2024-09-01", **facts: Any) -> UUID:
        """An agent whose file is open."""
        subject_id = uuid4()
        handled = await self.done(subject_id, on, "agent.register", facts={"corps": "PU-PH", **facts})
        assert handled.result == "accepted", handled.rejection
        return subject_id

    async def part_time(self, subject_id: UUID) -> Handled:
        """A part time of 80 % from 1 January 2025, granted."""
        for on, name, fields in PART_TIME:
            handled = await self.done(subject_id, on, name, "TP1", **fields)
            assert handled.result == "accepted", handled.rejection
        return handled

    async def days(self, subject_id: UUID, name: str) -> list[str]:
        """The legal day of each event of a name."""
        return [str(one.event.on) for one in await self.events(subject_id) if one.event.name() == name]

    async def events(self, subject_id: UUID) -> list[Recorded]:
        return await self.service.history(subject_id)


PART_TIME: list[tuple[str, str, dict[str, Any]]] = [
    ("2024-11-04", "part_time.request", {"quotite": 80, "starts_on": "2025-01-01", "months": 12}),
    ("2024-11-20", "part_time.give_opinion", {"by": OPINIONS, "favourable": True}),
    ("2024-12-02", "part_time.decide", {"by": BOTH, "outcome": "granted"}),
]


@asynccontextmanager
async def opened(dsn: str, clock: Clock, registry: Registry = WITH_TRAP) -> AsyncIterator[World]:
    """A world on this database."""
    register = await Register.open(dsn, EventMapper(registry))
    try:
        yield World(register, Service(register, current(), clock, establishment="chu-test"))
    finally:
        broken.clear()
        await register.close()


async def until(found: Callable[[], Awaitable[object]], wanted: object, patience: float = 20.0) -> None:
    """Wait until what is found is what is wanted."""
    give_up = monotonic() + patience
    while (seen := await found()) != wanted:
        assert monotonic() < give_up, f"still {seen}, not {wanted}"
        await asyncio.sleep(0.02)
