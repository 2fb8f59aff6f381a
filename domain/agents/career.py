"""What is known of an agent: the facts at the start, the appointments since, and the positions held."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import Field, PlainSerializer, SerializationInfo, StrictBool

from domain.calendar import eve, next_day
from domain.kernel import Check, CivilDate, Context, Event, Period, Procedure, SubjectCommand, Text, UnknownEvent, Value
from domain.law.choices import POSITIONS_PART_TIME_THEN_OTHER
from domain.law.d2021_1645 import ART_1
from domain.money import Euros

Corps = Literal["PU-PH", "MCU-PH", "PHU", "CCA", "AHU"]
CATEGORIES: dict[str, int] = {"PU-PH": 1, "MCU-PH": 1, "PHU": 2, "CCA": 3, "AHU": 3}
Statut = Literal["stagiaire", "titulaire"]

NAME = "career"


# -- The facts ---------------------------------------------------------------------------------------


class Pay(Value):
    """Monthly amounts at full time, in euros."""

    remuneration_universitaire: Euros | None = None
    emoluments_hospitaliers: Euros | None = None
    indemnite_residence: Euros | None = None
    primes: Euros | None = None
    supplement_familial: Euros | None = None
    retenue_pension_civile: Euros | None = None
    charges_sociales: Euros | None = None


class AgentFacts(Value):
    """What an office knows of an agent when the dossier is opened; any of it may be unknown."""

    corps: Text | None = None
    statut: Statut | None = None
    corps_origine: Text | None = None
    hu_entry_on: CivilDate | None = None
    chu_since: CivilDate | None = None
    nomination_ends_on: CivilDate | None = None
    last_report_on: CivilDate | None = None
    validated_years: Annotated[Decimal, Field(ge=0)] | None = None
    pension_entitled: StrictBool | None = None
    pay: Pay | None = None


class Provenance(Value):
    """Where a fact that was not decided here comes from, and what supports it."""

    source: Text
    evidence: Literal["act", "export", "declaration"] = "declaration"


@dataclass(frozen=True, slots=True)
class Appointment:
    """An appointment in a corps, until the next one or its own term."""

    corps: str | None
    starts_on: date
    statut: str | None
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class State:
    """The facts as last recorded, and the appointments in the order of their first day."""

    facts: AgentFacts
    appointments: tuple[Appointment, ...]


# -- The commands ------------------------------------------------------------------------------------


class Register(SubjectCommand):
    """Open the dossier of an agent with what is known."""

    type: Literal["agent.register"] = "agent.register"
    facts: AgentFacts
    provenance: Provenance | None = None


class RecordFacts(SubjectCommand):
    """Complete or replace facts of the dossier; those left out are kept."""

    type: Literal["agent.record_facts"] = "agent.record_facts"
    facts: AgentFacts
    provenance: Provenance | None = None


class ChangeCorps(SubjectCommand):
    """Record a new appointment."""

    type: Literal["agent.change_corps"] = "agent.change_corps"
    corps: Text
    starts_on: CivilDate
    statut: Statut | None = None
    nomination_ends_on: CivilDate | None = None


# -- The events --------------------------------------------------------------------------------------


class AgentRegistered(Event):
    """A dossier was opened with these facts."""

    bookkeeping = True
    facts: AgentFacts
    provenance: Provenance | None = None


def _said(facts: AgentFacts, info: SerializationInfo) -> dict[str, Any]:
    return facts.model_dump(mode=info.mode, exclude_unset=True)


class AgentFactsRecorded(Event):
    """Facts of the dossier were completed or replaced; only those are written, since null would forget the others."""

    bookkeeping = True
    facts: Annotated[AgentFacts, PlainSerializer(_said)]
    provenance: Provenance | None = None


class CorpsChanged(Event):
    """The agent was appointed in another corps, or anew in the same one, on `on`."""

    corps: str
    statut: str | None = None
    nomination_ends_on: date | None = None


# -- The decision ------------------------------------------------------------------------------------


def rules(_: Context, state: State | None, command: SubjectCommand) -> Iterator[Check]:
    opening = isinstance(command, Register)
    yield Check(
        code="already_registered" if opening else "unknown_subject", met=(state is None) is opening, basis=ART_1
    )


def decide(_: Context, __: State | None, command: SubjectCommand) -> Iterable[Event]:
    match command:
        case Register(facts=facts, provenance=provenance):
            return (AgentRegistered(basis=ART_1, facts=facts, provenance=provenance),)
        case RecordFacts(facts=facts, provenance=provenance):
            return (AgentFactsRecorded(basis=ART_1, facts=facts, provenance=provenance),)
        case ChangeCorps(corps=corps, starts_on=day, statut=statut, nomination_ends_on=term):
            return (CorpsChanged(on=day, basis=ART_1, corps=corps, statut=statut, nomination_ends_on=term),)
    raise UnknownEvent(command.type)


def evolve(state: State | None, event: Event) -> State:
    match event:
        case AgentRegistered(facts=facts):
            return State(facts, (_first(facts),))
        case AgentFactsRecorded(facts=given) if state is not None:
            facts = AgentFacts.model_validate({**state.facts.model_dump(), **given.model_dump(exclude_unset=True)})
            return State(facts, (_first(facts), *state.appointments[1:]))
        case CorpsChanged(corps=corps, on=day, statut=statut, nomination_ends_on=term) if state is not None:
            added = Appointment(corps, day, statut, term)
            return replace(state, appointments=tuple(sorted((*state.appointments, added), key=_starts)))
    raise UnknownEvent(event.name())


def _first(facts: AgentFacts) -> Appointment:
    return Appointment(facts.corps, date.min, facts.statut, facts.nomination_ends_on)


def _starts(appointment: Appointment) -> date:
    return appointment.starts_on


def periods(state: State) -> Iterator[Period]:
    """The corps held, each until the next appointment or its own term."""
    for one, following in zip(state.appointments, (*state.appointments[1:], None), strict=True):
        ends = [day for day in (one.ends_on, eve(following.starts_on) if following else None) if day]
        yield Period("corps", one.corps or "inconnu", one.starts_on, min(ends) if ends else None)


PROCEDURE = Procedure(
    name=NAME,
    subject="agent",
    articles=(ART_1,),
    commands=(Register, RecordFacts, ChangeCorps),
    events=(AgentRegistered, AgentFactsRecorded, CorpsChanged),
    rules=rules,
    decide=decide,
    evolve=evolve,
    status=lambda state: "open" if state is not None else "unknown",
    statuses=("unknown", "open"),
    periods=periods,
    standing=True,
)


# -- What others may ask of a career -----------------------------------------------------------------

ENDS_ALL = frozenset({"exclusion", "hors_cadre"})
ENDS_PART_TIME = frozenset({"delegation", "detachement", "disponibilite"})


@dataclass(frozen=True)
class Career:
    """The agent's career as a rule sees it: the facts of the dossier, and the lanes of the timeline."""

    context: Context

    @property
    def state(self) -> State:
        state: State | None = self.context.subject.state(NAME)
        return state if state is not None else State(AgentFacts(), (_first(AgentFacts()),))

    @property
    def facts(self) -> AgentFacts:
        return self.state.facts

    def appointment(self, on: date) -> Appointment:
        """The appointment in force on a day: the last one begun."""
        begun = [one for one in self.state.appointments if one.starts_on <= on]
        return begun[-1]

    def corps(self, on: date) -> str | None:
        return self.appointment(on).corps

    def category(self, on: date) -> int | None:
        """1, 2 or 3 of article 1, or None when the corps is not of that article."""
        return CATEGORIES.get(self.corps(on) or "")

    def statut(self, on: date) -> str | None:
        """Stagiaire or titulaire: by the stage when there is one, else as the appointment says."""
        by_stage = [p.value for p in self.context.lane("statut") if p.span.covers(on)]
        return by_stage[-1] if by_stage else self.appointment(on).statut

    def nomination_term(self, on: date) -> date | None:
        """The last day of the temporary appointment in force on a day, through those that follow at once."""
        current = self.appointment(on)
        for following in self.state.appointments:
            if current.starts_on < following.starts_on and current.ends_on is not None:
                if following.starts_on > next_day(current.ends_on):
                    break
                current = following
        return current.ends_on

    @cached_property
    def positions(self) -> tuple[Period, ...]:
        """The granted positions, by first day; exclusion and leaving the functions end any other on their eve."""
        granted = (period for period in self.context.lane("position") if period.granted)
        held = [lasting for period in granted if (lasting := self._until_appointed(period)) is not None]
        ending = [period for period in held if period.value in ENDS_ALL]
        return tuple(cut for period in held if (cut := _cut(period, ending)) is not None)

    def _until_appointed(self, period: Period) -> Period | None:
        """Leaving the functions lasts until a new appointment in a corps of article 1; None when it is on that day."""
        again = (one.starts_on for one in self.state.appointments if (one.corps or "") in CATEGORIES)
        following = next((day for day in again if day >= period.first), None)
        if period.value != "hors_cadre" or following is None:
            return period
        return replace(period, last=eve(following)) if following > period.first else None

    def position(self, on: date) -> str:
        """The position held on a day: activité unless a granted position covers it."""
        return next((p.value for p in self.positions if p.span.covers(on)), "activite")

    def suspended(self, on: date) -> bool:
        return any(p.span.covers(on) for p in self.context.lane("suspension"))

    def chu_since(self, on: date) -> date | None:
        """The start of the uninterrupted service in the CHU of that day; None when it is unknown."""
        moved = [p.first for p in self.context.lane("chu") if p.granted and p.first <= on]
        return moved[-1] if moved else self.facts.chu_since

    def left_on(self) -> date | None:
        """The first day out of the functions, unless a new appointment has followed."""
        return next((p.first for p in self.positions if p.value == "hors_cadre" and p.last is None), None)

    def ends_part_time(self, since: date) -> Iterator[Period]:
        """The positions, running on a day or to come, that end a running part time."""
        keep = self.context.law.choice(POSITIONS_PART_TIME_THEN_OTHER) == "keep"
        ending = ENDS_ALL if keep else ENDS_ALL | ENDS_PART_TIME
        return (p for p in self.positions if p.value in ending and (p.last is None or p.last >= since))

    @cached_property
    def quotites(self) -> tuple[Period, ...]:
        """The part-time periods that are authorised, each cut where another position ends it."""
        ending = tuple(self.ends_part_time(date.min))
        granted = (period for period in self.context.lane("quotite") if period.granted)
        return tuple(cut for period in granted if (cut := _cut(period, ending)) is not None)

    def quotite(self, on: date) -> int:
        """The share of full time served on a day, in hundredths."""
        return next((int(p.value) for p in self.quotites if p.span.covers(on)), 100)


def _ends(ending: Period, period: Period) -> bool:
    """Nothing ends leaving the functions; only that, or a later exclusion, ends an exclusion."""
    if ending.case == period.case or period.value == "hors_cadre":
        return False
    return period.value != "exclusion" or ending.value == "hors_cadre" or ending.first > period.first


def _cut(period: Period, ending: Iterable[Period]) -> Period | None:
    """The part of a period before the first one that ends it; None when nothing is left."""
    firsts = [one.first for one in ending if _ends(one, period) and one.span.meets(period.span)]
    if not firsts:
        return period
    return replace(period, last=eve(min(firsts))) if min(firsts) > period.first else None


def missing(**facts: Any) -> tuple[str, ...]:
    """The warnings `fact_missing:<name>` for the facts that a rule needed and that are unknown."""
    return tuple(f"fact_missing:{name}" for name, value in facts.items() if value is None)
