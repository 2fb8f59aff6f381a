"""Whole careers at random: any command of the registry, its fields drawn from their types, over forty years.

The office mostly does things in order, with the right signatures; it takes up what a refusal suggests; now and then
it asks anything of anybody.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from hypothesis import note
from hypothesis import strategies as st
from pydantic import BaseModel

from domain.agents.career import AgentFacts, Register
from domain.calendar import add_months, eve
from domain.kernel import Check, Command, Context, Event, Opening, Outcome, Procedure, Rejection, Subject, submit
from domain.law.choices import CHOICES
from domain.law.editions import current
from domain.procedures import REGISTRY
from domain.simulation import InputError, Run, read_command

Json = dict[str, Any]
FIRST_DAY, LAST_DAY = date(2021, 12, 16), date(2061, 12, 16)
DECISIONS = ("decide", "accept", "confirm")
PROCEEDINGS = ("discipline", "insuffisance_professionnelle")
TIMES = {"stage": 2, "discipline": 2, "suspension": 2, "cessation": 1, "insuffisance_professionnelle": 1}  # else 4
OPENINGS = {
    procedure.name: [command for command in procedure.commands if issubclass(command, Opening)]
    for procedure in REGISTRY.procedures
}
OFTEN = [name for name, openings in OPENINGS.items() if openings for _ in range(TIMES.get(name, 4))]

GAPS = [0, 1, 7, 30, 62, 92, 200, 365, 365, 500, 700, 1000, 1500, 2500]
AHEAD = [0, 0, 1, 30, 61, 62, 92, *range(5, 500, 23)]
LENGTHS = [1, 2, 3, 3, 6, 6, 9, 12, 12, 12, 13, 18, 24, 24, 36, 60]
NUMBERS = [50, 60, 70, 80, 90, 6, 7, 9, 12, 12, 5, 13, 55, 100]
AMOUNTS = ["3000.00", "3000.00", "600.00", "5000.00", "5000.01", "0.00"]
SHARES = ["0.50", "0.50", "0.25", "1", "0.01"]
SHARED = ("share", "pay_deprivation", "retenue", "universitaire", "hospitaliere")
choices = st.dictionaries(
    st.sampled_from([key for key, one in CHOICES.items() if one.alternatives and key != "mt.window"]),
    st.integers(0, 1),
    max_size=4,
).map(
    lambda drawn: {
        key: (CHOICES[key].alternatives or ())[n % len(CHOICES[key].alternatives or ())] for key, n in drawn.items()
    }
)
facts = st.fixed_dictionaries(
    {
        "corps": st.sampled_from([*["PU-PH"] * 5, *["MCU-PH"] * 5, "PHU", "CCA", "AHU", "PH", None]),
        "hu_entry_on": st.dates(date(2008, 1, 1), date(2022, 6, 30)),
    },
    optional={
        "statut": st.sampled_from(["stagiaire", "titulaire"]),
        "corps_origine": st.just("PH"),
        "chu_since": st.dates(date(2015, 1, 1), FIRST_DAY),
        "nomination_ends_on": st.dates(date(2023, 1, 1), date(2032, 12, 31)),
        "last_report_on": st.dates(date(2018, 1, 1), FIRST_DAY),
        "validated_years": st.just("11.5"),
        "pension_entitled": st.booleans(),
        "pay": st.just(
            {
                "remuneration_universitaire": "5000.00",
                "emoluments_hospitaliers": "5500.00",
                "primes": "800.00",
                "supplement_familial": "110.00",
                "retenue_pension_civile": "555.00",
                "charges_sociales": "2000.00",
            }
        ),
    },
)


# -- The career --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Act:
    """What was done on a day, and the rules that were put to it."""

    on: date
    command: Command
    accepted: bool
    checks: tuple[Check, ...]


class Career:
    """A run under way; after each act, how many events there were and the subject they had made."""

    def __init__(self, run: Run, opening: tuple[Event, ...]) -> None:
        self.run, self.opening, self.first = run, opening, run.subject
        self.acts: list[Act] = []
        self.copies: list[tuple[int, date, Subject]] = []

    def act(self, on: date, command: Command) -> Rejection | None:
        """Put a command; when it is refused, the subject is as it was and nothing is recorded."""
        self.run.advance(on)
        before, known = self.run.subject, len(self.run.events)
        decision = submit(before, command, on, self.run.law)
        accepted = isinstance(decision, Outcome)
        self.acts.append(Act(on, command, accepted, decision.checks))
        self.run.act(len(self.acts), on, command)
        self.copies.append((len(self.run.events), on, self.run.subject))
        if isinstance(decision, Outcome):
            assert all(check.met for check in decision.checks)
            assert self.run.subject == decision.subject
            return None
        assert decision.violations
        assert self.run.subject == before
        assert len(self.run.events) == known
        return decision

    def __repr__(self) -> str:
        said = (f"{act.on} {'+' if act.accepted else '-'} {shown(act.command)}" for act in self.acts)
        return "\n".join(
            [str(shown(self.opening[0])), str(dict(self.run.law.choices)), *said, f"until {self.last_day}"]
        )

    def end(self, until: date) -> None:
        self.run.advance(until)
        self.copies.append((len(self.run.events), until, self.run.subject))

    @property
    def events(self) -> list[Event]:
        return [event for _, event in self.run.events]

    @property
    def last_day(self) -> date:
        return self.copies[-1][1]

    def context(self, on: date) -> Context:
        return Context(on, self.run.subject, self.run.law)


def shown(said: BaseModel) -> Json:
    return said.model_dump(mode="json", exclude_unset=True, exclude={"law", "acted_on", "basis"}) | {
        "type": getattr(said, "type", type(said).__name__)
    }


def begin(known: Json, readings: Json) -> Career:
    law = current(readings)
    registered = submit(Subject.new("A1", "agent", REGISTRY), Register(facts=AgentFacts(**known)), FIRST_DAY, law)
    assert isinstance(registered, Outcome)
    return Career(Run(registered.subject, law), registered.events)


# -- The fields of a command, by their types ---------------------------------------------------------


@dataclass
class Clerk:
    """Who fills in the commands, on a day, in a career; `willing` when everything is to be granted."""

    chance: Random
    career: Career
    on: date
    recount: bool
    willing: bool = True

    @property
    def often(self) -> bool:
        return self.chance.random() < 0.75

    def fill(self, model: type[BaseModel], ref: str | None) -> Json:
        """The fields of a command or of one of its parts, dates after those that come before them."""
        said: Json = {}
        for name, one in model.model_fields.items():
            if name == "type":
                said[name] = one.default
            elif name == "case":
                said |= {name: ref} if ref is not None else {}
            elif name == "hu_entry_on" and not self.recount:  # another entry counts every right anew
                continue
            elif one.is_required() or self.chance.random() < 0.6:
                said[one.alias or name] = self.value(one.annotation, name, said, ref)
        return said

    def value(self, kind: Any, name: str, said: Json, ref: str | None) -> Any:
        origin, parts = get_origin(kind), get_args(kind)
        if origin is Annotated:
            return self.value(parts[0], name, said, ref)
        if origin in (Union, UnionType):
            return self.value(self.chance.choice([arm for arm in parts if arm is not type(None)]), name, said, ref)
        if origin is Literal:
            return "granted" if self.willing and self.often and "granted" in parts else self.chance.choice(parts)
        if origin is tuple:
            codes = get_args(parts[0])
            return list(codes) if self.willing or self.often else [self.chance.choice(codes)]
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return self.fill(kind, None)
        if kind is bool:
            return self.often
        return self.day(said, ref).isoformat() if kind is date else self.plain(kind, name)

    def plain(self, kind: Any, name: str) -> Any:
        if kind is int:
            return self.chance.choice(NUMBERS)
        if kind is Decimal:
            return self.chance.choice(SHARES if name in SHARED else AMOUNTS)
        assert kind is str, (kind, name)
        if name == "procedure":
            open_cases = [case for case in self.career.run.subject.open_cases() if not case.procedure.standing]
            proceedings = [case.ref for case in open_cases if case.procedure.name in PROCEEDINGS]
            return self.chance.choice(proceedings or ["X1"])
        return self.chance.choice(["PU-PH", "MCU-PH", "CCA"]) if name == "corps" else "CHU B"

    def day(self, said: Json, ref: str | None) -> date:
        """A length after the last date given, or a day inside the period that runs, near today, or near a deadline."""
        near = timedelta(days=0 if self.willing else self.chance.choice([-1, 0, 1]))
        before = [date.fromisoformat(given) for given in said.values() if is_date(given)]
        if before and (self.willing or self.often):
            return eve(add_months(before[-1], self.chance.choice(LENGTHS))) + near
        held = [p for p in self.career.context(self.on).timeline if p.case == ref and p.span.covers(self.on)]
        if held and held[0].last is not None and self.chance.random() < 0.5:
            return self.on + timedelta(days=self.chance.randint(0, (held[0].last - self.on).days))
        armed = self.career.run.subject.armed.values()
        due = sorted({one.deadline.due for one in armed if one.deadline.case == ref})
        if due and self.chance.random() < 0.5:
            months = self.chance.choice([0, 0, 3, 12, 24])
            return add_months(self.chance.choice(due), months) + timedelta(days=self.chance.choice([-1, 0, 1]))
        back = not self.willing and not self.often
        return self.on + timedelta(days=self.chance.choice(AHEAD) * (-1 if back else 1))


def is_date(given: Any) -> bool:
    return isinstance(given, str) and len(given) == 10 and given[4] == given[7] == "-"


# -- What the office does ----------------------------------------------------------------------------


def put(clerk: Clerk, command: type[Command], ref: str | None) -> bool:
    """Fill in a command and put it, again with what a refusal suggests; True once it is accepted."""
    said = clerk.fill(command, ref)
    for nth in range(4):
        try:
            read = read_command(REGISTRY, said)
        except InputError:
            return False
        refused = clerk.career.act(clerk.on, read)
        if refused is None:
            return True
        better = {name: plainly(value) for one in refused.violations for name, value in one.suggestion.items()}
        if "object" in command.model_fields and refused.code == "invalid_state":
            objects = get_args(command.model_fields["object"].annotation)
            better["object"] = objects[nth % len(objects)]
        if not better or not clerk.willing:
            return False
        said |= better
    return False


def plainly(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def in_order(clerk: Clerk, procedure: Procedure, ref: str, gaps: list[int]) -> None:
    """What comes after a request, up to the decision, each some days later."""
    for command in procedure.commands:
        if not issubclass(command, Opening):
            clerk.on = min(LAST_DAY, clerk.on + timedelta(days=clerk.chance.choice(gaps)))
            put(clerk, command, ref)
            if verb(command) in DECISIONS:
                return


def verb(command: type[Command]) -> str:
    name: str = command.model_fields["type"].default
    return name.partition(".")[2]


def opens(clerk: Clerk) -> None:
    """A new case, of any procedure, carried through to its decision more often than not."""
    name = clerk.chance.choice(OFTEN)
    procedure, ref = REGISTRY.by_name[name], f"{name}-{len(clerk.career.acts)}"
    if put(clerk, clerk.chance.choice(OPENINGS[name]), ref) and clerk.often:
        in_order(clerk, procedure, ref, [0] * 9 + [5])


def follows(clerk: Clerk) -> None:
    """Something more in a case that is open, most often one that runs, then the decision on it."""
    cases = [case for case in clerk.career.run.subject.cases.values() if not (case.procedure.standing or case.closed)]
    running = {p.case for p in clerk.career.context(clerk.on).timeline if p.granted and p.span.covers(clerk.on)}
    now = [case for case in cases if case.ref in running]
    for _ in range(4 if cases else 0):
        case = clerk.chance.choice(now if now and clerk.often else cases)
        command = clerk.chance.choice([one for one in case.procedure.commands if not issubclass(one, Opening)])
        if put(clerk, command, case.ref):
            if verb(command) not in DECISIONS:
                in_order(clerk, case.procedure, case.ref, [0])
            return


def anything(clerk: Clerk) -> None:
    """Any command, of any case."""
    clerk.willing = False
    command, procedure = clerk.chance.choice(list(REGISTRY.commands.values()))
    own = [case.ref for case in clerk.career.run.subject.cases.values() if case.procedure is procedure]
    put(clerk, command, None if procedure.standing else clerk.chance.choice([*own, *own, "X1"]))


DOES = [opens, opens, opens, follows, follows, follows, anything]


def next_day(clerk: Clerk) -> date:
    """Some time later, inside a period, or around the next day that matters."""
    on, chance = clerk.on, clerk.chance
    granted = [period for period in clerk.career.context(on).timeline if period.last is not None and period.last > on]
    if granted and chance.random() < 0.4:
        period = chance.choice(granted)
        assert period.last is not None
        first = max(on, min(period.first, LAST_DAY))
        return min(LAST_DAY, first + timedelta(days=chance.randint(0, max(0, (period.last - first).days))))
    coming = sorted({due for one in clerk.career.run.subject.armed.values() if (due := one.deadline.due) > on})
    if coming and chance.random() < 0.5:
        return min(LAST_DAY, max(on, chance.choice(coming[:4]) + timedelta(days=chance.choice([-1, 0, 1]))))
    return min(LAST_DAY, on + timedelta(days=chance.choice(GAPS)))


@st.composite
def careers(draw: st.DrawFn, recount: bool = True, readings: Json | None = None) -> Career:
    """The acts of an office over up to forty years; `recount` when the day of entry may be corrected meanwhile.

    Each act is drawn from a seed of its own, so that a career that fails is shortened act by act.
    """
    known = draw(facts)
    career, on = begin(known, draw(choices) | (readings or {})), FIRST_DAY
    for nth, seed in enumerate(draw(st.lists(st.integers(0, 2**32), min_size=10, max_size=40))):
        clerk = Clerk(Random(f"{seed} {nth} {known}"), career, on, recount)
        clerk.on = next_day(clerk)
        clerk.chance.choice(DOES)(clerk)
        on = clerk.on
    career.end(min(LAST_DAY, on + timedelta(days=draw(st.sampled_from([0, 400, 4000])))))
    note(repr(career))
    return career


# -- Read again --------------------------------------------------------------------------------------


def read_again(events: list[Event]) -> Iterator[Event]:
    """The events as a store gives them back."""
    for event in events:
        yield REGISTRY.events[event.name()].model_validate_json(event.model_dump_json(by_alias=True))


def acts_of(career: Career) -> Iterator[list[Event]]:
    """The events of each act and of each deadline that fell, one list for each."""
    act: list[Event] = []
    day: tuple[date, int | None] | None = None
    for step, event in career.run.events:
        if act and (event.acted_on, step) != day:
            yield act
            act = []
        act.append(event)
        day = event.acted_on, step
    if act:
        yield act
