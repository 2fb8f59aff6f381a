"""The kernel: one act at a time over a subject, deadlines before commands, and a fold that never guesses."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

import pytest
from scenario import Given

from domain.agents.career import AgentFacts, Register
from domain.kernel import (
    Armed,
    CaseCommand,
    Check,
    CivilDate,
    Context,
    Deadline,
    DeadlineArmed,
    DeadlineFell,
    DeadlineMet,
    Event,
    Fault,
    Opening,
    Outcome,
    Procedure,
    Registry,
    Rejection,
    Subject,
    UnknownEvent,
    automatic,
    awaited,
    lapse_next,
    submit,
)
from domain.law import Article
from domain.law.editions import current
from domain.procedures import REGISTRY
from domain.procedures.part_time import PartTimeLapsed
from domain.simulation import Run, read_command

LAW = current()
ARTICLE = Article("GREFFE", "cases")


# -- A procedure of bells, made for these tests ------------------------------------------------------


class Open(Opening):
    type: Literal["bells.open"] = "bells.open"
    echo: bool = False


class Set(CaseCommand):
    type: Literal["bells.set"] = "bells.set"
    bell: str
    due: CivilDate
    awaited: bool = False


class Stop(CaseCommand):
    type: Literal["bells.stop"] = "bells.stop"
    bell: str


class Forbid(CaseCommand):
    type: Literal["bells.forbid"] = "bells.forbid"


class Opened(Event):
    echo: bool


class BellSet(Event):
    bell: str
    due: date
    awaited: bool


class BellStopped(Event):
    bell: str


class Rang(Event):
    bell: str


@dataclass(frozen=True)
class Bells:
    echo: bool
    bells: tuple[tuple[str, date, bool], ...] = ()
    rung: tuple[str, ...] = ()


def left(bells: Bells, bell: str) -> tuple[tuple[str, date, bool], ...]:
    return tuple(one for one in bells.bells if one[0] != bell)


def _rules(_: Context, __: Bells | None, command: Any) -> Iterator[Check]:
    yield Check(code="first", met=not isinstance(command, Forbid), basis=ARTICLE)
    yield Check(code="second", met=not isinstance(command, Forbid), basis=ARTICLE)


def _decide(_: Context, __: Bells | None, command: Any) -> Iterator[Event]:
    match command:
        case Open(echo=echo):
            yield Opened(basis=ARTICLE, echo=echo)
        case Set(bell=bell, due=due, awaited=waits):
            yield BellSet(basis=ARTICLE, bell=bell, due=due, awaited=waits)
        case Stop(bell=bell):
            yield BellStopped(basis=ARTICLE, bell=bell)


def _evolve(bells: Bells | None, event: Any) -> Bells:
    match event:
        case Opened(echo=echo):
            return Bells(echo)
        case BellSet(bell=bell, due=due, awaited=waits) if bells is not None:
            return replace(bells, bells=(*left(bells, bell), (bell, due, waits)))
        case BellStopped(bell=bell) if bells is not None:
            return replace(bells, bells=left(bells, bell))
        case Rang(bell=bell) if bells is not None:
            kept = tuple(one for one in bells.bells if one[0] != bell or one[2])
            return replace(bells, bells=kept, rung=(*bells.rung, bell))
    raise UnknownEvent(event.name())


def _deadlines(_: Context, bells: Bells) -> Iterator[Deadline]:
    for name, due, waits in bells.bells:
        if waits:
            yield awaited(name, due, ARTICLE, "internal", "rings", "agent")
        else:
            yield automatic(name, due, ARTICLE, "rings")


def _lapse(_: Context, __: Bells, deadline: Deadline) -> Iterator[Event]:
    yield Rang(basis=ARTICLE, bell=deadline.kind)


def _react(_: Context, bells: Bells, __: tuple[Event, ...]) -> Iterator[Event]:
    if bells.echo:
        yield Rang(basis=ARTICLE, bell="echo")


BELLS = Procedure(
    name="bells",
    subject="agent",
    articles=(ARTICLE,),
    commands=(Open, Set, Stop, Forbid),
    events=(Opened, BellSet, BellStopped, Rang),
    rules=_rules,
    decide=_decide,
    evolve=_evolve,
    status=lambda _: "open",
    statuses=("open",),
    deadlines=_deadlines,
    lapse=_lapse,
    react=_react,
)
BELFRY = Registry((BELLS,))


def on(day: str) -> date:
    return date.fromisoformat(day)


def belfry(*acts: tuple[str, str, dict[str, Any]], until: str = "2025-01-01") -> Run:
    """Case B1 opened on 1 January 2025, then these acts."""
    run = Run(Subject.new("A1", "agent", BELFRY), LAW)
    for index, (day, verb, fields) in enumerate((("2025-01-01", "open", {}), *acts)):
        command = read_command(BELFRY, {"type": f"bells.{verb}", "case": "B1", **fields})
        run.act(index, on(day), command)
    run.advance(on(until))
    return run


def bell(name: str, due: str, **more: Any) -> tuple[str, str, dict[str, Any]]:
    return ("2025-01-01", "set", {"bell": name, "due": due, **more})


def rung(run: Run) -> list[tuple[str, str]]:
    return [(event.bell, event.on.isoformat()) for _, event in run.events if isinstance(event, Rang)]


def kinds(run: Run, event: type[Event]) -> list[str]:
    return [getattr(one, "kind") for _, one in run.events if isinstance(one, event)]  # noqa: B009


# -- Deadlines ---------------------------------------------------------------------------------------


def test_deadlines_fall_by_day_then_in_the_order_in_which_they_were_armed() -> None:
    run = belfry(
        bell("late", "2025-03-02"), bell("first", "2025-03-01"), bell("second", "2025-03-01"), until="2025-04-01"
    )
    assert rung(run) == [("first", "2025-03-01"), ("second", "2025-03-01"), ("late", "2025-03-02")]


def test_a_deadline_falls_before_the_command_of_its_day() -> None:
    run = belfry(bell("one", "2025-03-01"), ("2025-03-01", "stop", {"bell": "one"}))
    assert rung(run) == [("one", "2025-03-01")]
    names = [type(event).__name__ for _, event in run.events if not event.bookkeeping]
    assert names.index("Rang") < names.index("BellStopped")


def test_a_command_of_the_eve_comes_before_the_deadline() -> None:
    run = belfry(bell("one", "2025-03-01"), ("2025-02-28", "stop", {"bell": "one"}), until="2025-04-01")
    assert rung(run) == []


def test_a_deadline_keeps_its_legal_day_however_late_it_falls() -> None:
    run = belfry(bell("one", "2025-03-01"), until="2030-01-01")
    assert rung(run) == [("one", "2025-03-01")]
    (fell,) = [event for _, event in run.events if isinstance(event, DeadlineFell)]
    assert fell.on == fell.due == fell.acted_on == on("2025-03-01")


def test_a_deadline_set_in_the_past_falls_at_once_on_its_own_day() -> None:
    run = belfry(("2025-06-01", "set", {"bell": "past", "due": "2025-02-01"}), until="2025-06-01")
    assert rung(run) == [("past", "2025-02-01")]


def test_nothing_falls_before_its_day() -> None:
    assert rung(belfry(bell("one", "2025-03-01"), until="2025-02-28")) == []


def test_a_deadline_falls_once() -> None:
    run = belfry(bell("one", "2025-03-01", awaited=True), until="2026-01-01")
    run.advance(on("2027-01-01"))
    assert rung(run) == [("one", "2025-03-01")]


def test_a_fallen_deadline_that_awaits_an_act_stays_until_it_is_met() -> None:
    waiting = belfry(bell("one", "2025-03-01", awaited=True), until="2025-06-01")
    (armed,) = waiting.subject.armed.values()
    assert armed.fallen
    assert [event.pending for _, event in waiting.events if isinstance(event, DeadlineFell)] == [True]
    met = belfry(bell("one", "2025-03-01", awaited=True), ("2025-06-01", "stop", {"bell": "one"}))
    assert met.subject.armed == {}
    assert kinds(met, DeadlineMet) == ["one"]


def test_an_automatic_deadline_is_over_once_it_has_fallen() -> None:
    run = belfry(bell("one", "2025-03-01"), until="2025-06-01")
    assert run.subject.armed == {}
    assert [event.pending for _, event in run.events if isinstance(event, DeadlineFell)] == [False]


def test_a_deadline_given_up_before_its_day_is_cancelled_and_may_be_armed_again() -> None:
    run = belfry(
        bell("one", "2025-03-01"),
        ("2025-01-05", "stop", {"bell": "one"}),
        ("2025-01-06", "set", {"bell": "one", "due": "2025-03-01"}),
        until="2025-04-01",
    )
    assert kinds(run, DeadlineMet) == []
    assert len([event for _, event in run.events if isinstance(event, DeadlineArmed)]) == 2
    assert rung(run) == [("one", "2025-03-01")]


def test_a_duty_that_is_met_and_then_owed_again_on_the_same_day_is_awaited_again() -> None:
    run = belfry(
        bell("one", "2025-03-01", awaited=True),
        ("2025-03-01", "stop", {"bell": "one"}),
        ("2025-03-01", "set", {"bell": "one", "due": "2025-03-01", "awaited": True}),
        until="2025-03-01",
    )
    assert [armed.deadline.kind for armed in run.subject.armed.values()] == ["one"]


def test_what_a_deadline_says_is_what_will_happen() -> None:
    run = belfry(bell("one", "2025-03-01"), bell("one", "2025-03-01", awaited=True))
    (armed,) = run.subject.armed.values()
    assert armed.deadline.awaits == ("agent",)


# -- The same, on real procedures --------------------------------------------------------------------


def part_time_run(*acts: tuple[str, str, dict[str, Any]], until: str) -> Run:
    given = Given().when("2024-11-04", "part_time.request", quotite=80, starts_on="2025-01-01", months=12)
    opinions = ["directeur_ufr", "president_cme", "chef_pole", "chef_service"]
    jointly = ["president_universite", "dg_chu"]
    given.when("2024-11-20", "part_time.give_opinion", by=opinions, favourable=True)
    given.when("2024-12-02", "part_time.decide", by=jointly, outcome="granted")
    for day, verb, fields in acts:
        given.when(day, f"part_time.{verb}", **fields)
    registered = submit(
        Subject.new("A1", "agent", REGISTRY), Register(facts=AgentFacts(corps="PU-PH")), on("2024-11-01"), LAW
    )
    assert isinstance(registered, Outcome)
    run = Run(registered.subject, LAW)
    for index, step in enumerate(given.json["steps"]):
        run.act(index, on(step["on"]), read_command(REGISTRY, step["command"]))
    assert all(step.accepted for step in run.steps)
    run.advance(on(until))
    return run


def armed_of(run: Run, kind: str) -> list[Armed]:
    return [armed for armed in run.subject.armed.values() if armed.deadline.kind == kind]


def test_the_information_of_the_CNG_is_awaited_until_it_is_given() -> None:
    (armed,) = armed_of(part_time_run(until="2025-06-01"), "part_time_cng_information")
    assert (armed.deadline.due, armed.fallen) == (on("2024-12-02"), True)
    informed = part_time_run(("2025-06-01", "inform_cng", {}), until="2025-06-02")
    assert armed_of(informed, "part_time_cng_information") == []


def test_the_information_of_the_CNG_is_awaited_again_after_another_decision_of_the_same_day() -> None:
    run = part_time_run(
        ("2024-12-02", "inform_cng", {}),
        ("2024-12-02", "return_full_time", {"effective_on": "2025-03-01"}),
        (
            "2024-12-02",
            "decide",
            {"object": "return_full_time", "by": ["president_universite", "dg_chu"], "outcome": "granted"},
        ),
        until="2024-12-10",
    )
    assert [armed.deadline.due for armed in armed_of(run, "part_time_cng_information")] == [on("2024-12-02")]


def test_after_an_opposition_the_agenda_says_that_the_part_time_ends() -> None:
    run = part_time_run(("2025-06-01", "oppose_renewal", {"by": "agent"}), until="2025-06-02")
    (armed,) = armed_of(run, "part_time_tacit_renewal")
    assert (armed.deadline.due, armed.deadline.consequence) == (on("2026-01-01"), "part_time_ends")


def test_after_an_express_renewal_the_agenda_awaits_nobody_at_the_end_of_the_three_years() -> None:
    opinions = ["directeur_ufr", "president_cme", "chef_pole", "chef_service"]
    jointly = ["president_universite", "dg_chu"]
    run = part_time_run(
        ("2027-09-01", "request_renewal", {"months": 12}),
        ("2027-09-02", "give_opinion", {"by": opinions, "favourable": True}),
        ("2027-09-03", "decide", {"object": "renewal", "by": jointly, "outcome": "granted"}),
        until="2027-10-01",
    )
    (armed,) = armed_of(run, "part_time_express_renewal")
    assert (armed.deadline.consequence, armed.deadline.awaits) == ("part_time_renewed_expressly", ())


def test_a_reminder_that_fell_is_awaited_again_when_the_end_of_the_stage_comes_back() -> None:
    opinions = ["directeur_ufr", "president_cme", "chef_pole", "chef_service"]
    steps: list[tuple[str, str, dict[str, Any]]] = [
        ("2025-01-01", "stage.open", {"case": "ST", "starts_on": "2025-01-01"}),
        ("2025-11-05", "part_time.request", {"case": "TP", "quotite": 50, "starts_on": "2025-12-01", "months": 6}),
        ("2025-11-06", "part_time.give_opinion", {"case": "TP", "by": opinions, "favourable": True}),
        (
            "2025-11-10",
            "part_time.decide",
            {"case": "TP", "by": ["president_universite", "dg_chu"], "outcome": "granted"},
        ),
        ("2025-11-20", "part_time.withdraw", {"case": "TP"}),
    ]
    facts = AgentFacts(corps="MCU-PH", statut="stagiaire")
    registered = submit(Subject.new("A1", "agent", REGISTRY), Register(facts=facts), on("2025-01-01"), LAW)
    assert isinstance(registered, Outcome)
    run = Run(registered.subject, LAW)
    for index, (day, name, fields) in enumerate(steps):
        run.act(index, on(day), read_command(REGISTRY, {"type": name, **fields}))
    assert all(step.accepted for step in run.steps)
    assert [armed.deadline.due for armed in armed_of(run, "stage_end")] == [on("2026-01-01")]
    assert [armed.deadline.due for armed in armed_of(run, "stage_opinions_reminder")] == [on("2025-11-01")]


# -- Refusals ----------------------------------------------------------------------------------------


def test_a_refusal_lists_every_rule_that_is_not_met_and_changes_nothing() -> None:
    run = belfry(bell("one", "2025-03-01"))
    before, known = run.subject, list(run.events)
    run.act(9, on("2025-02-01"), Forbid(case="B1"))
    refusal = run.steps[-1].decision
    assert isinstance(refusal, Rejection)
    assert refusal.code == "first"
    assert [check.code for check in refusal.violations] == ["first", "second"]
    assert (run.subject, run.events) == (before, known)


def code(subject: Subject, command: Any) -> str | None:
    decision = submit(subject, command, on("2025-02-01"), LAW)
    return decision.code if isinstance(decision, Rejection) else None


def test_a_case_is_opened_once_and_must_exist() -> None:
    subject = belfry().subject
    assert code(subject, Open(case="B1")) == "duplicate_case"
    assert code(subject, Open(case="B2")) is None
    assert code(subject, Stop(case="B2", bell="one")) == "unknown_case"
    assert code(subject, Stop(case="B1", bell="one")) is None


def test_the_name_of_a_standing_case_cannot_be_taken() -> None:
    registered = submit(Subject.new("A1", "agent", REGISTRY), Register(facts=AgentFacts()), on("2024-11-01"), LAW)
    assert isinstance(registered, Outcome)
    request = read_command(
        REGISTRY, {"type": "part_time.request", "case": "career", "quotite": 80, "starts_on": "2025-01-01", "months": 6}
    )
    assert code(registered.subject, request) == "duplicate_case"


# -- The fold ----------------------------------------------------------------------------------------


class Strange(Event):
    """An event that no procedure lists."""


def test_an_event_that_no_procedure_lists_is_a_fault() -> None:
    with pytest.raises(UnknownEvent, match="Strange"):
        belfry().subject.fold([Strange(on=on("2025-02-01"), basis=ARTICLE, case="B1")])


def test_an_event_of_another_procedure_is_a_fault() -> None:
    both = Registry((*REGISTRY.procedures, BELLS))
    opened = submit(Subject.new("A1", "agent", both), Open(case="B1"), on("2025-01-01"), LAW)
    assert isinstance(opened, Outcome)
    with pytest.raises(UnknownEvent):
        opened.subject.fold([PartTimeLapsed(on=on("2025-02-01"), basis=ARTICLE, case="B1")])


def test_a_case_never_begins_with_an_event_that_does_not_open_it() -> None:
    subject = Subject.new("A1", "agent", REGISTRY)
    with pytest.raises(UnknownEvent):
        subject.fold([PartTimeLapsed(on=on("2025-02-01"), basis=ARTICLE, case="NEW")])


def test_two_cases_that_answer_each_other_for_ever_are_a_fault() -> None:
    first = submit(Subject.new("A1", "agent", BELFRY), Open(case="B1", echo=True), on("2025-01-01"), LAW)
    assert isinstance(first, Outcome)
    with pytest.raises(Fault, match="react"):
        submit(first.subject, Open(case="B2", echo=True), on("2025-01-01"), LAW)


def test_the_fold_of_the_events_is_the_subject() -> None:
    run = belfry(bell("one", "2025-03-01", awaited=True), bell("two", "2025-02-01"), until="2025-06-01")
    folded = Subject.new("A1", "agent", BELFRY).fold([event for _, event in run.events])
    assert folded == run.subject
    assert folded.version == len(run.events)


def test_every_event_says_when_it_was_decided_and_under_which_law() -> None:
    for _, event in belfry(bell("one", "2025-03-01"), until="2025-06-01").events:
        assert event.case == "B1"
        assert event.acted_on <= on("2025-06-01")
        assert event.law == LAW.reference


def test_the_law_of_an_event_names_the_choices_of_the_office() -> None:
    other = current({"part_time.last_period": "stop"})
    outcome = submit(Subject.new("A1", "agent", BELFRY), Open(case="B1"), on("2025-01-01"), other)
    assert isinstance(outcome, Outcome)
    assert {event.law for event in outcome.events} == {other.reference} != {LAW.reference}


def test_the_same_acts_give_the_same_events() -> None:
    def run() -> list[str]:
        done = part_time_run(("2025-06-01", "oppose_renewal", {"by": "agent"}), until="2028-02-01")
        return [event.model_dump_json() for _, event in done.events]

    assert run() == run()


def test_nothing_falls_for_a_subject_without_deadlines() -> None:
    assert lapse_next(belfry().subject, date.max, LAW) is None
