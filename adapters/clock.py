"""What day it is, and at which instant a day begins: the only place where law meets the real clock."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from adapters.store.connection import Pool, connected

JITTER = 600  # seconds over which the alarms of one midnight are spread


class ClockGoesBack(Exception):
    """A demonstration only moves forward: what has fallen stays fallen."""

    def __init__(self, today: date) -> None:
        super().__init__(f"the clock already stands at {today}")
        self.today = today


class DemoDatabase(Exception):
    """The clock of this database was moved: no real act may be recorded in it."""


class Clock:
    """The real clock, in the establishment's time zone."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone

    async def now(self) -> datetime:
        """The present instant, in the establishment's zone."""
        return datetime.now(UTC).astimezone(self.zone)

    async def today(self) -> date:
        """The civil date in the establishment's zone."""
        return (await self.now()).date()

    async def instant(self, due: date, subject_id: UUID) -> datetime:
        """The real instant at which the alarm of a due date rings: midnight, and a few minutes of the subject's own."""
        return _midnight(due, self.zone) + timedelta(seconds=subject_id.int % JITTER)


class DemoClock(Clock):
    """A clock that is ahead by the number of days kept in the database; it rings at midnight sharp."""

    def __init__(self, pool: Pool, zone: ZoneInfo) -> None:
        super().__init__(zone)
        self._pool = pool

    async def now(self) -> datetime:
        """The instant shown by the demonstration: the real time of another day."""
        real = await super().now()
        return real + timedelta(days=await offset_days(self._pool))

    async def instant(self, due: date, subject_id: UUID) -> datetime:  # noqa: ARG002  no jitter: a person is watching
        """The real instant at which the demonstration reaches a due date."""
        return _midnight(due - timedelta(days=await offset_days(self._pool)), self.zone)

    async def move_to(self, day: date) -> None:
        """Make it this day, for every process of the demonstration; ClockGoesBack when it is past."""
        today = await self.today()
        if day < today:
            raise ClockGoesBack(today)
        offset = day - (await super().now()).date()
        async with connected(self._pool) as connection:
            await connection.execute(
                """INSERT INTO demo_clock (offset_days) VALUES ($1) ON CONFLICT (only_row)
                   DO UPDATE SET offset_days = excluded.offset_days, moved_at = clock_timestamp()""",
                offset.days,
            )


async def offset_days(pool: Pool) -> int:
    """How many days the clock of this database is ahead; 0 when it was never moved."""
    async with connected(pool) as connection:
        found: int | None = await connection.fetchval("SELECT offset_days FROM demo_clock")
    return found or 0


async def refuse_moved(pool: Pool) -> None:
    """Refuse to serve for real a database whose clock was moved; DemoDatabase says so."""
    if days := await offset_days(pool):
        raise DemoDatabase(f"the clock of this database is {days} days ahead")


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)
