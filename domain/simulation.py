"""A fictional clock that runs a scenario against the kernel, and compares what happened with what was expected.

A scenario is the JSON of the public contract: a subject, choices of reading, dated steps, an end, an
expectation. Nothing is recorded.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from pydantic import Field, TypeAdapter, ValidationError

from domain.agents.career import AgentFacts, Register
from domain.kernel import (
    Check,
    CivilDate,
    Command,
    Context,
    Deadline,
    DeadlineArmed,
    DeadlineCancelled,
    DeadlineFell,
    DeadlineRevised,
    Event,
    Key,
    Outcome,
    Registry,
    Rejection,
    Subject,
    Text,
    Value,
    key_of,
    lapse_next,
    submit,
)
from domain.law import Article, Law, NotCovered
from domain.law.editions import current

MOST_STEPS = 5_000


class InputError(Exception):
    """A scenario or a command that cannot be read: where in it, and why."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}" if path else reason)
        self.path = path
        self.reason = reason


# -- Reading -----------------------------------------------------------------------------------------


class Step(Value):
    """A command on the day it is made."""

    on: CivilDate
    command: dict[str, Any]


class Expectation(Value):
    """What a scenario expects; a key left out expects nothing."""

    accepted: list[int] | None = None
    rejected: list[dict[str, Any]] | None = None
    events: list[dict[str, Any]] = Field(default=[])
    no_events: list[str | dict[str, Any]] = Field(default=[])
    deadlines: list[dict[str, Any]] = Field(default=[])
    no_deadlines: list[dict[str, Any]] = Field(default=[])
    entitlements: dict[str, Any] | None = None


class Scenario(Value):
    """The public form of a scenario."""

    id: str | None = None
    title: str | None = None
    procedure: str | None = None
    notes: Any = None
    subject: dict[str, Any]
    choices: dict[str, Any] = Field(default={})
    steps: list[Step] = Field(default=[], max_length=MOST_STEPS)
    until: CivilDate | None = None
    expect: Expectation | None = None


class AgentSubject(AgentFacts):
    """The subject of a scenario about an agent."""

    kind: str = "agent"
    id: Text = "A1"


def read_scenario(given: Any) -> Scenario:
    """The scenario, its shape checked; InputError names the path of what is wrong."""
    scenario: Scenario = _validated(TypeAdapter(Scenario), given, "")
    return scenario


def read_command(registry: Registry, given: Mapping[str, Any], path: str = "") -> Command:
    """The command of this JSON object; InputError on an unknown type, a missing, surplus or ill-typed field."""
    name = given.get("type")
    found = registry.commands.get(name) if isinstance(name, str) else None
    if found is None:
        raise InputError(_join(path, "type"), f"commande inconnue : {name!r}")
    command: Command = _validated(TypeAdapter(found[0]), given, path)
    return command


def _validated(adapter: TypeAdapter[Any], given: Any, path: str) -> Any:
    try:
        return adapter.validate_python(given)
    except (ValidationError, RecursionError, OverflowError) as error:
        if not isinstance(error, ValidationError):
            raise InputError(path, "trop profond ou trop grand") from error
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputError(_join(path, where), _reason(first["type"], first.get("ctx", {}), first["msg"])) from error


_REASONS = {
    "missing": "champ manquant",
    "extra_forbidden": "champ inconnu",
    "int_type": "un nombre entier est attendu",
    "bool_type": "true ou false est attendu",
    "string_type": "un texte est attendu",
    "string_pattern_mismatch": "une référence est attendue : lettres, chiffres et . _ : / - (64 caractères au plus)",
    "string_too_short": "un texte non vide est attendu",
    "string_too_long": "texte trop long : {max_length} caractères au plus",
    "dict_type": "un objet est attendu",
    "model_type": "un objet est attendu",
    "model_attributes_type": "un objet est attendu",
    "list_type": "une liste est attendue",
    "tuple_type": "une liste est attendue",
    "too_long": "liste trop longue : {max_length} éléments au plus",
    "too_short": "liste trop courte : {min_length} élément au moins",
    "literal_error": "valeur attendue : {expected}",
    "greater_than_equal": "{ge} au moins est attendu",
    "less_than_equal": "{le} au plus est attendu",
    "decimal_type": "un nombre décimal est attendu",
    "decimal_parsing": "un nombre décimal est attendu",
    "finite_number": "un nombre fini est attendu",
}


def _reason(kind: str, context: Mapping[str, Any], message: str) -> str:
    """What is wrong, in French where the validator has its own words for it."""
    said = _REASONS.get(kind)
    if said is None:
        return message.removeprefix("Value error, ")
    return said.format(**context).replace(" or ", " ou ")


def _join(path: str, more: str) -> str:
    return ".".join(part for part in (path, more) if part)


# -- Running -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StepResult:
    """What became of one step."""

    index: int
    on: date
    type: str
    case: str | None
    decision: Outcome | Rejection

    @property
    def accepted(self) -> bool:
        return isinstance(self.decision, Outcome)


@dataclass
class Run:
    """A scenario under way: the subject, and everything that happened, each event with the step that made it."""

    subject: Subject
    law: Law
    steps: list[StepResult] = field(default_factory=list)
    events: list[tuple[int | None, Event]] = field(default_factory=list)

    def act(self, index: int, on: date, command: Command) -> None:
        """Let what is due fall, then decide the command."""
        self.advance(on)
        decision = submit(self.subject, command, on, self.law)
        self.steps.append(StepResult(index, on, command.type, command.case, decision))
        if isinstance(decision, Outcome):
            self._keep(index, decision)

    def advance(self, until: date) -> None:
        """Let every deadline due by this day fall, earliest first."""
        while fallen := lapse_next(self.subject, until, self.law):
            self._keep(None, fallen[1])

    def _keep(self, index: int | None, outcome: Outcome) -> None:
        self.subject = outcome.subject
        self.events += [(index, event) for event in outcome.events]

    def entitlements(self, on: date) -> Mapping[str, Any]:
        """The rights of a day, or what the encoded law does not cover on it."""
        try:
            return self.subject.registry.entitled(Context(on, self.subject, self.law))
        except NotCovered as gap:
            return {"not_covered": str(gap)}


@dataclass(frozen=True)
class DeadlineResult:
    """A deadline that was armed in the run, and what became of it."""

    deadline: Deadline
    armed_on: date
    status: str


@dataclass(frozen=True)
class Result:
    """What a scenario gave."""

    scenario: Scenario
    run: Run
    until: date
    entitled_on: date
    entitlements: Mapping[str, Any]
    findings: tuple[tuple[str, ...], ...]  # for each thing expected, how what happened differs from it

    @property
    def differences(self) -> tuple[str, ...]:
        return tuple(difference for finding in self.findings for difference in finding)

    @property
    def met(self) -> bool:
        return not self.differences

    def deadlines(self) -> Iterator[DeadlineResult]:
        """Every deadline armed in the run, in the order in which it was armed, as it was last said."""
        armed: dict[Key, DeadlineArmed] = {}
        said: dict[Key, Deadline] = {}
        ended: dict[Key, str] = {}
        for _, event in self.run.events:
            if isinstance(event, DeadlineArmed):
                armed.setdefault(key_of(event.deadline), event)
            if isinstance(event, DeadlineArmed | DeadlineRevised):
                said[key_of(event.deadline)] = event.deadline
            elif isinstance(event, DeadlineFell | DeadlineCancelled):
                fell = isinstance(event, DeadlineFell)
                ended[(event.case or "", event.kind, event.due)] = "fallen" if fell else "cancelled"
        for key, event in armed.items():
            now = self.run.subject.armed.get(key)
            status = "open" if now is not None and not now.fallen else ended.get(key, "open")
            yield DeadlineResult(said[key], event.acted_on, status)

    def as_json(self) -> dict[str, Any]:
        """The public form of the result."""
        shown: dict[str, Any] = {"id": self.scenario.id, "title": self.scenario.title}
        shown["steps"] = [_step_json(step) for step in self.run.steps]
        shown["events"] = [
            event_json(event) | ({} if step is None else {"step": step})
            for step, event in self.run.events
            if not event.bookkeeping
        ]
        shown["deadlines"] = [_deadline_json(one) for one in self.deadlines()]
        shown["entitlements"] = {"on": self.entitled_on.isoformat(), **self.entitlements}
        shown["expect"] = {"met": self.met, "differences": list(self.differences)}
        return shown


def simulate(registry: Registry, scenario: Scenario, on: date | None = None) -> Result:
    """Run one scenario; InputError when its subject, choices or commands cannot be read."""
    try:
        return _simulated(registry, scenario, on)
    except NotCovered as gap:
        raise InputError("", f"hors de la loi encodée : {gap}") from gap
    except OverflowError as error:
        raise InputError("", f"date hors du calendrier : {error}") from error


def _simulated(registry: Registry, scenario: Scenario, on: date | None) -> Result:
    law = _law(scenario)
    commands = [
        read_command(registry, step.command, f"steps.{index}.command") for index, step in enumerate(scenario.steps)
    ]
    order = sorted(range(len(commands)), key=lambda index: scenario.steps[index].on)
    days = [scenario.steps[index].on for index in order]
    until = scenario.until or (days[-1] if days else on)
    if until is None:
        raise InputError("until", "champ manquant : le scénario n'a pas d'étape")
    entitled_on = _entitled_on(scenario, on, until)
    run = Run(_subject(registry, scenario, law, min([*days, until])), law)
    entitlements: Mapping[str, Any] | None = None
    for index in order:
        day = scenario.steps[index].on
        if entitlements is None and day > entitled_on:
            run.advance(entitled_on)
            entitlements = run.entitlements(entitled_on)
        run.act(index, day, commands[index])
    if entitlements is None:
        run.advance(min(entitled_on, until))
        entitlements = run.entitlements(entitled_on)
    run.advance(until)
    result = Result(scenario, run, until, entitled_on, entitlements, ())
    return replace(result, findings=tuple(map(tuple, _findings(result))))


def _law(scenario: Scenario) -> Law:
    try:
        return current(scenario.choices)
    except (ValueError, TypeError) as error:
        raise InputError("choices", str(error)) from error


def _entitled_on(scenario: Scenario, on: date | None, until: date) -> date:
    expected = (scenario.expect.entitlements or {}).get("on") if scenario.expect else None
    if expected is None:
        return on or until
    day: date = _validated(TypeAdapter(CivilDate), expected, "expect.entitlements.on")
    return day


def _subject(registry: Registry, scenario: Scenario, law: Law, on: date) -> Subject:
    kind = scenario.subject.get("kind", "agent")
    if kind != "agent":
        raise InputError("subject.kind", f"sujet inconnu : {kind!r}")
    known: AgentSubject = _validated(TypeAdapter(AgentSubject), scenario.subject, "subject")
    facts = AgentFacts.model_validate(known.model_dump(exclude={"kind", "id"}, exclude_unset=True))
    registered = submit(Subject.new(known.id, kind, registry), Register(facts=facts), on, law)
    assert isinstance(registered, Outcome)
    return registered.subject


# -- Showing -----------------------------------------------------------------------------------------


def event_json(event: Event) -> dict[str, Any]:
    """An event in its public form: type, legal day, case, basis, and its data at top level."""
    shown = event.model_dump(mode="json", by_alias=True)
    for internal in ("acted_on", "law"):
        shown.pop(internal)
    if not shown["warnings"]:
        shown.pop("warnings")
    return {"type": event.name(), **shown}


def _step_json(step: StepResult) -> dict[str, Any]:
    shown: dict[str, Any] = {"step": step.index, "on": step.on.isoformat(), "type": step.type, "case": step.case}
    decision = step.decision
    if isinstance(decision, Rejection):
        shown |= {"accepted": False, "code": decision.code, "basis": [str(one) for one in decision.basis]}
        shown["violations"] = [violation_json(one) for one in decision.violations]
    else:
        shown["accepted"] = True
    return shown


def violation_json(check: Check) -> dict[str, Any]:
    """A rule that was not met, as data."""
    shown = check.model_dump(mode="json", exclude={"met"})
    return {name: value for name, value in shown.items() if value not in (None, {})}


def _deadline_json(one: DeadlineResult) -> dict[str, Any]:
    shown = one.deadline.model_dump(mode="json")
    return {**shown, "status": one.status, "armed_on": one.armed_on.isoformat()}


# -- Comparing ---------------------------------------------------------------------------------------


def _findings(result: Result) -> Iterator[Iterable[str]]:
    """For each thing expected, how what happened differs from it: nothing when it is met."""
    expect = result.scenario.expect
    if expect is None:
        return
    yield from _step_findings(expect, result.run.steps)
    events = [event_json(event) for _, event in result.run.events if not event.bookkeeping]
    yield from _unmatched(expect.events, events)
    for unwanted in expect.no_events:
        pattern = {"type": unwanted} if isinstance(unwanted, str) else unwanted
        found = [event for event in events if _matches(pattern, event)]
        yield [f"event {event['type']} on {event['on']} was not expected" for event in found]
    deadlines = [_deadline_json(one) for one in result.deadlines()]
    for wanted in expect.deadlines:
        armed = any(_matches(wanted, deadline) for deadline in deadlines)
        yield [] if armed else [f"deadline {_said(wanted, 'kind', 'due')} not armed"]
    standing = [deadline for deadline in deadlines if deadline["status"] != "cancelled"]
    for unwanted_one in expect.no_deadlines:
        seen = [deadline for deadline in standing if _matches(unwanted_one, deadline)]
        yield [f"deadline {one['kind']} due {one['due']} was not expected ({one['status']})" for one in seen]
    if expect.entitlements is not None:
        wanted_rights = {name: value for name, value in expect.entitlements.items() if name != "on"}
        yield _deep_differences(wanted_rights, result.entitlements, "entitlements")


def _step_findings(expect: Expectation, steps: Iterable[StepResult]) -> Iterator[Iterable[str]]:
    accepted = {step.index for step in steps if step.accepted}
    refused = {step.index: step.decision for step in steps if isinstance(step.decision, Rejection)}
    if expect.accepted is not None:
        yield _acceptance(set(expect.accepted), accepted, refused)
    if expect.rejected is not None:
        steps_named = [one["step"] for one in expect.rejected if isinstance(one.get("step"), int)]
        unnamed = sorted(set(refused) - set(steps_named))
        yield [f"step {index} rejected ({refused[index].code}), not expected" for index in unnamed]
        for one in expect.rejected:
            step = one.get("step")
            yield _refusal(step, one, refused.get(step) if isinstance(step, int) else None)


def _acceptance(wanted: set[int], accepted: set[int], refused: Mapping[int, Rejection]) -> Iterator[str]:
    for index in sorted(wanted ^ accepted):
        if index in refused:
            yield f"step {index} rejected ({refused[index].code}), expected accepted"
        else:
            yield f"step {index} {'accepted, not expected' if index in accepted else 'does not exist'}"


def _refusal(step: Any, wanted: Mapping[str, Any], found: Rejection | None) -> Iterator[str]:
    if found is None:
        yield f"step {step} not rejected, expected {wanted.get('code')}"
    elif "code" in wanted and found.code != wanted["code"]:
        yield f"step {step} rejected with {found.code}, expected {wanted['code']}"
    elif "basis" in wanted and not _basis_matches(wanted["basis"], [str(ref) for ref in found.basis]):
        yield f"step {step} rejected on {[str(ref) for ref in found.basis]}, expected {wanted['basis']}"


def _unmatched(wanted: list[dict[str, Any]], actual: list[dict[str, Any]]) -> Iterator[Iterable[str]]:
    """Each expectation takes its own actual event: an augmenting search, so that the order does not matter."""
    candidates = [[n for n, event in enumerate(actual) if _matches(pattern, event)] for pattern in wanted]
    taken: dict[int, int] = {}

    def place(pattern: int, seen: set[int]) -> bool:
        for n in candidates[pattern]:
            if n not in seen:
                seen.add(n)
                if n not in taken or place(taken[n], seen):
                    taken[n] = pattern
                    return True
        return False

    for index, pattern in enumerate(wanted):
        placed = place(index, set())
        yield [] if placed else [f"event {_said(pattern, 'type', 'on')} not found{_closest(pattern, actual)}"]


def _closest(pattern: dict[str, Any], actual: list[dict[str, Any]]) -> str:
    same = [event for event in actual if event["type"] == pattern.get("type")]
    return f"; there are: {same}" if same else ""


def _matches(pattern: Mapping[str, Any], actual: Mapping[str, Any]) -> bool:
    return all(
        _basis_matches(value, actual.get(name, []))
        if name == "basis"
        else name in actual and not any(_deep_differences(value, actual[name], name))
        for name, value in pattern.items()
    )


def _basis_matches(wanted: Any, actual: Iterable[str]) -> bool:
    refs = [wanted] if isinstance(wanted, str) else wanted
    found = [Article.parse(ref) for ref in actual]
    return isinstance(refs, list) and all(
        any(ref == str(one) or str(one).startswith(f"{ref}.") for one in found) for ref in refs
    )


def _deep_differences(wanted: Any, actual: Any, path: str) -> Iterator[str]:
    if isinstance(wanted, Mapping) and isinstance(actual, Mapping):
        for name, value in wanted.items():
            if name not in actual:
                yield f"{path}.{name} is absent, expected {value!r}"
            else:
                yield from _deep_differences(value, actual[name], f"{path}.{name}")
    elif wanted != actual or isinstance(wanted, bool) is not isinstance(actual, bool):
        yield f"{path} is {actual!r}, expected {wanted!r}"


def _said(pattern: Mapping[str, Any], *names: str) -> str:
    head = " ".join(str(pattern[name]) for name in names[:1] if name in pattern)
    rest = {name: value for name, value in pattern.items() if name != names[0]}
    return f"{head} {rest}" if rest else head
