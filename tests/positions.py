"""A stand-in for the procedures that put an agent in another position: it grants, at once, what it is asked."""

from collections.abc import Iterable, Iterator
from typing import Literal

from domain.agents import career, pay
from domain.calendar import Span
from domain.kernel import Check, CivilDate, Context, Event, Opening, Period, Procedure, Registry
from domain.law.d2021_1645 import ART_15
from domain.procedures import part_time, stage


class Hold(Opening):
    type: Literal["delegation.hold"] = "delegation.hold"
    value: str
    starts_on: CivilDate
    ends_on: CivilDate | None = None
    lane: str = "position"


class Held(Event):
    value: str
    lane: str
    ends_on: CivilDate | None


def _rules(_: Context, __: None, ___: Hold) -> Iterable[Check]:
    return ()


def _decide(_: Context, __: None, asked: Hold) -> Iterator[Event]:
    yield Held(on=asked.starts_on, basis=ART_15, value=asked.value, lane=asked.lane, ends_on=asked.ends_on)


def _periods(held: Held) -> Iterator[Period]:
    span = Span(held.on, held.ends_on)
    yield Period(held.lane, held.value, span.first, span.last, held.case)


HOLDING = Procedure(
    name="delegation",
    subject="agent",
    articles=(ART_15,),
    commands=(Hold,),
    events=(Held,),
    rules=_rules,
    decide=_decide,
    evolve=lambda _, event: event,
    status=lambda _: "granted",
    statuses=("granted",),
    periods=_periods,
)
WITH_POSITIONS = Registry(
    (career.PROCEDURE, stage.PROCEDURE, part_time.PROCEDURE, HOLDING), entitlements=(pay.entitlements,)
)
