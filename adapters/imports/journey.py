"""An import from its file to the register: everything is checked first, then everything is recorded or nothing is."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from adapters.imports.agents import PERSONAL, AgentLine, Flaw, columns_of, read_agent
from adapters.imports.sheet import Line, Sheet, read_sheet
from adapters.service import Actor, Service
from adapters.store import canonical
from adapters.store.connection import connected
from adapters.store.persons import Person, Persons
from adapters.temporal.rearm import each
from domain.agents.career import AgentFacts, AgentRegistered

Progress = Callable[[int], None]

AT_ONCE = 6  # below the number of connections


@dataclass(frozen=True, slots=True)
class Known:
    """Who the base holds under a matricule; `facts` None when the dossier was never opened."""

    person: Person
    facts: AgentFacts | None


@dataclass(frozen=True)
class Plan:
    """What an import would do: the agents to record, under the subject they are known by, and what stops it."""

    sheet: Sheet
    ready: tuple[tuple[AgentLine, UUID], ...]
    known: int
    flaws: tuple[Flaw, ...]
    ignored: tuple[str, ...]

    @property
    def in_error(self) -> int:
        return len({flaw.line for flaw in self.flaws})

    @property
    def summary(self) -> str:
        return (
            f"{_counted(len(self.sheet.lines), 'ligne')} : {_counted(len(self.ready), 'prête')}, "
            f"{self.in_error} en erreur, {_counted(self.known, 'déjà connue')}"
        )

    def lines_in_error(self) -> Sequence[tuple[Line, str]]:
        """Each line in error, with all that is wrong with it in one sentence."""
        wrong: dict[int, list[str]] = {}
        for flaw in self.flaws:
            wrong.setdefault(flaw.line, []).append(f"{flaw.column} : {flaw.message}" if flaw.column else flaw.message)
        return [(line, " ; ".join(wrong[line.number])) for line in self.sheet.lines if line.number in wrong]


def _counted(number: int, words: str) -> str:
    plural = " ".join(word if word.endswith(("s", "à")) else f"{word}s" for word in words.split())
    return f"{number} {words if number < 2 else plural}"


# -- Checked -----------------------------------------------------------------------------------------


def read_agents(path: Path) -> Plan:
    """The agents of a file, checked one by one and against each other; nothing is asked of the base."""
    sheet = read_sheet(path)
    columns = columns_of(sheet)
    agents: dict[str, AgentLine] = {}
    flaws: list[Flaw] = []
    repeated = 0
    for line in sheet.lines:
        read = read_agent(line, columns)
        if isinstance(read, tuple):
            flaws += read
            continue
        first = agents.setdefault(read.matricule, read)
        if first is not read and first.content == read.content:
            repeated += 1
        elif first is not read:
            message = f"déjà à la ligne {first.line.number} avec d'autres données"
            flaws.append(Flaw(line.number, columns.names["matricule"], read.matricule, message, "matricule_twice"))
    return Plan(sheet, tuple((agent, uuid4()) for agent in agents.values()), repeated, tuple(flaws), columns.ignored)


async def against_base(plan: Plan, service: Service, persons: Persons) -> Plan:
    """The same plan, without the agents that the base holds already; those it holds otherwise are flaws."""
    base = await _known(service, persons, [agent.matricule for agent, _ in plan.ready])
    ready: list[tuple[AgentLine, UUID]] = []
    flaws: list[Flaw] = []
    for agent, fresh in plan.ready:
        known = base.get(agent.matricule)
        differences = [] if known is None else list(_differences(agent, known))
        if differences:
            message = f"déjà connu avec d'autres données : {', '.join(differences)}"
            flaws.append(Flaw(agent.line.number, "matricule", agent.matricule, message, "agent_differs"))
        elif known is None:
            ready.append((agent, fresh))
        elif known.facts is None:
            ready.append((agent, known.person.subject_id))
    known_now = plan.known + len(plan.ready) - len(ready) - len(flaws)
    ordered = tuple(sorted((*plan.flaws, *flaws), key=lambda flaw: flaw.line))
    return replace(plan, ready=tuple(ready), known=known_now, flaws=ordered)


async def _known(service: Service, persons: Persons, matricules: list[str]) -> Mapping[str, Known]:
    async with connected(service.register.pool) as connection:
        rows = await connection.fetch("SELECT subject_id FROM person WHERE matricule = ANY($1)", matricules)
    found = await persons.named([row["subject_id"] for row in rows])
    known: dict[str, Known] = {}
    for subject_id, person in found.items():
        assert person.matricule is not None
        known[person.matricule] = Known(person, await _facts(service, subject_id))
    return known


async def _facts(service: Service, subject_id: UUID) -> AgentFacts | None:
    """The facts with which the dossier was opened: those that an export read again would repeat."""
    history = await service.history(subject_id)
    opened = (recorded.event for recorded in history)
    return next((event.facts for event in opened if isinstance(event, AgentRegistered)), None)


def _differences(agent: AgentLine, known: Known) -> Iterable[str]:
    for name in PERSONAL:
        given, held = agent.person[name], getattr(known.person, name)
        if given is not None and given != held:
            yield f"{name} {_said(given)} ≠ {_said(held)}"
    if known.facts is not None:
        for name, given in agent.facts.model_dump(exclude_unset=True).items():
            held = getattr(known.facts, name)
            if given != held:
                yield f"{name} {_said(given)} ≠ {_said(held)}"


def _said(value: Any) -> str:
    return "rien" if value is None else f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value)


# -- Recorded ----------------------------------------------------------------------------------------


async def record(plan: Plan, service: Service, persons: Persons, actor: Actor, progress: Progress) -> int:
    """Open every dossier of a plan without flaw. Interrupted, the same import goes on where it stopped."""
    assert not plan.flaws
    today = await service.clock.today()

    async def open_dossier(ready: tuple[AgentLine, UUID]) -> None:
        agent, subject_id = ready
        source = f"{plan.sheet.name} ligne {agent.line.number}"
        await persons.put(Person(subject_id=subject_id, matricule=agent.matricule, source=source, **agent.person))
        body = {
            "type": "agent.register",
            "facts": agent.facts.model_dump(mode="json", exclude_unset=True),
            "provenance": {"source": source, "evidence": "export"},
        }
        key = f"import-{sha256(agent.matricule.encode() + canonical.dumps(body)).hexdigest()}"
        row = await service.receive(subject_id, body, today, actor, key, key[:32])
        await service.handle(row.command_id)
        progress(1)

    try:
        await each(plan.ready, open_dossier, at_once=AT_ONCE)
    except ExceptionGroup as group:  # several at once, stopped by the same cause
        raise group.exceptions[0] from group
    return len(plan.ready)
