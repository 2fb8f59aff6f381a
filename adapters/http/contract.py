"""The public form of answers, for the OpenAPI description; the answers themselves are written by `answers`."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Open(BaseModel):
    """An object whose further members depend on its type."""

    model_config = ConfigDict(extra="allow")


class Basis(BaseModel):
    """Where a rule is written."""

    ref: str
    paragraph: str | None
    title: str | None
    in_force_from: date | None


class Violation(BaseModel):
    """A rule that is not met: the fact, the rule, the way out."""

    code: str
    severity: Literal["blocking"]
    title: str
    detail: str
    field: str | None
    value: Any
    expected: dict[str, Any]
    basis: list[Basis]
    suggestion: dict[str, Any]


class ProblemDocument(Open):
    """An error (RFC 9457)."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    instance: str
    trace_id: str


class CaseAnswer(BaseModel):
    """A procedure of an agent."""

    id: UUID
    ref: str
    agent: UUID
    procedure: str
    title: str
    status: str | None
    closed: bool
    opened_on: date | None


class EventAnswer(Open):
    """An event at its place in the register; its own data stand at top level."""

    type: str
    title: str
    on: date
    case: str | None
    basis: list[str]
    acted_on: date
    law: str
    seq: int
    pos: int
    command_id: UUID
    recorded_at: datetime
    hash: str


class DeadlineAnswer(BaseModel):
    """A deadline in force."""

    case: str | None
    kind: str
    title: str
    due: date
    nature: Literal["statutory", "internal"]
    basis: list[Basis]
    consequence: str
    awaits: list[str]
    armed_on: date
    late: bool


class AgendaLine(DeadlineAnswer):
    """A deadline in force, with the agent and the procedure."""

    case_id: UUID
    procedure: str | None
    agent: UUID
    name: str | None


class ComingAnswer(BaseModel):
    """A day to come if nobody acts."""

    case: str | None
    kind: str
    title: str
    due: date
    nature: Literal["statutory", "internal"]
    basis: list[Basis]
    consequence: str
    awaits: list[str]
    automatic: bool
    events: list[dict[str, Any]]


class Changed(BaseModel):
    """A figure that an act has changed."""

    name: str
    before: Any
    after: Any


class Recorded(BaseModel):
    """What a recorded command did."""

    case: CaseAnswer | None
    agent: UUID
    version: int
    command_id: UUID
    events: list[EventAnswer]
    deadlines: list[DeadlineAnswer]
    entitlements_changed: list[Changed]


class Pending(BaseModel):
    """A command whose outcome is not known yet."""

    command_id: UUID
    status: Literal["pending"]


class CommandAnswer(BaseModel):
    """A command that was received, and what became of it."""

    command_id: UUID
    agent: UUID
    type: str
    on: date
    status: Literal["pending", "accepted", "rejected", "fault"]
    received_at: datetime
    decided_at: datetime | None
    body: dict[str, Any]
    outcome: dict[str, Any] | None


class PersonAnswer(BaseModel):
    """Who an agent is."""

    matricule: str | None
    family_name: str
    given_name: str
    birth_date: date | None
    email: str | None
    discipline: str | None
    service: str | None
    establishment: str | None


class PeriodAnswer(BaseModel):
    """A stretch of a lane of the timeline."""

    lane: str
    value: str
    first: date | None
    last: date | None
    case: str | None
    granted: bool


class AgentAnswer(BaseModel):
    """What is known of an agent, recorded by an instant and seen on a day."""

    id: UUID
    version: int
    effective_on: date
    person: PersonAnswer | None
    cases: list[CaseAnswer]
    periods: list[PeriodAnswer]
    deadlines: list[DeadlineAnswer]


class CaseState(CaseAnswer):
    """A procedure, its deadlines and its history."""

    version: int
    deadlines: list[DeadlineAnswer]
    events: list[EventAnswer]


class AgentLine(BaseModel):
    """One line of the list of agents."""

    id: UUID
    version: int
    name: str | None
    matricule: str | None
    open_cases: int
    next_due: date | None
    summary: dict[str, Any]


class AgentPage(BaseModel):
    items: list[AgentLine]
    next_cursor: str | None


class EventPage(BaseModel):
    items: list[EventAnswer]
    next_after: int | None


class AgendaPage(BaseModel):
    items: list[AgendaLine]
    next_cursor: str | None


class Entitlements(BaseModel):
    """What an agent is entitled to on a day."""

    on: date
    entitlements: dict[str, Any]


class Possibility(BaseModel):
    """A command that may be asked now, or why it may not."""

    type: str
    title: str
    possible: bool
    why_not: list[Violation]


class Possibilities(BaseModel):
    on: date
    version: int
    commands: list[Possibility]


class RuleAnswer(Open):
    """A rule that was tested."""

    code: str
    met: bool
    label: str
    field: str | None
    basis: list[Basis]


class CheckAnswer(BaseModel):
    """What a command would do; nothing is recorded."""

    allowed: bool
    on: date
    rules: list[RuleAnswer]
    events: list[dict[str, Any]]
    deadlines: list[DeadlineAnswer]
    entitlements_after: dict[str, Any]
    forecast: list[ComingAnswer]


class Code(BaseModel):
    """A stable code and its words."""

    code: str
    status: int
    title: str
    met: str | None
    detail: str | None
    basis: list[str]


class Codes(BaseModel):
    items: list[Code]


class Health(BaseModel):
    status: Literal["ok"]
    degraded_since: datetime | None = None


class Version(BaseModel):
    greffe: str
    law: str
