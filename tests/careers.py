"""Careers at random: what an office might do, in and out of order, and what must hold whatever it does."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st
from positions import WITH_POSITIONS

from domain.agents.career import AgentFacts, Register
from domain.kernel import Context, DeadlineFell, Event, Outcome, Subject, key_of, submit
from domain.law.editions import PROVISIONS, current
from domain.simulation import InputError, Run, read_command

Json = dict[str, Any]
FIRST_DAY = date(2024, 9, 2)
PART_TIMES, STAGES = ("TP1", "TP2"), ("ST1", "ST2")
OPINIONS = ["directeur_ufr", "president_cme", "chef_pole", "chef_service", "medecin_prevention"]
OBJECTS = ["authorisation", "quotite", "renewal", "return_full_time"]

shares = st.sampled_from([50, 60, 70, 80, 90, 90, 55, 100])
lengths = st.sampled_from([6, 6, 7, 8, 10, 12, 12, 5, 13])
gaps = st.one_of(st.sampled_from([0, 0, 0, 1, 1, 7, 30, 60, 61, 62]), st.integers(0, 400))
ahead = st.one_of(st.sampled_from([0, 1, 30, 61, 62, 92]), st.integers(-40, 800))
jointly = st.sampled_from([["president_universite", "dg_chu"]] * 6 + [["dg_chu"]])
outcomes = st.sampled_from(["granted"] * 5 + ["refused"])


@dataclass
class Career:
    """A run under way, with a copy of the subject after each act, and the refusals met."""

    run: Run
    first: Subject
    copies: list[tuple[int, Subject]] = field(default_factory=list)
    refused: int = 0

    def act(self, on: date, command: Json) -> None:
        self.run.advance(on)
        before, known = self.run.subject, len(self.run.events)
        try:
            read = read_command(WITH_POSITIONS, command)
        except InputError:
            return
        self.run.act(len(self.run.steps), on, read)
        if not self.run.steps[-1].accepted:
            self.refused += 1
            assert self.run.subject == before
            assert len(self.run.events) == known
        self.copies.append((len(self.run.events), self.run.subject))

    def end(self, until: date) -> None:
        self.run.advance(until)
        self.copies.append((len(self.run.events), self.run.subject))

    @property
    def events(self) -> list[Event]:
        return [event for _, event in self.run.events]

    def context(self, on: date) -> Context:
        return Context(on, self.run.subject, self.run.law)

    def quotite(self, on: date) -> int:
        share: int = self.run.entitlements(on)["part_time"]["quotite"]
        return share


def begin(facts: Json, choices: Json) -> Career:
    law = current(choices)
    registered = submit(Subject.new("A1", "agent", WITH_POSITIONS), Register(facts=AgentFacts(**facts)), FIRST_DAY, law)
    assert isinstance(registered, Outcome)
    return Career(Run(registered.subject, law), registered.subject)


facts = st.one_of(
    st.fixed_dictionaries({"corps": st.just("MCU-PH"), "statut": st.just("stagiaire")}),
    st.fixed_dictionaries({"corps": st.just("MCU-PH"), "statut": st.just("stagiaire"), "corps_origine": st.just("PH")}),
    st.fixed_dictionaries({"corps": st.just("PU-PH")}),
    st.fixed_dictionaries(
        {
            "corps": st.sampled_from(["PHU", "CCA", "AHU"]),
            "nomination_ends_on": st.dates(date(2025, 6, 1), date(2029, 12, 31)),
        }
    ),
)
choices = st.fixed_dictionaries(
    {},
    optional={
        "part_time.last_period": st.sampled_from(["stop"]),
        "part_time.year": st.sampled_from(["rolling12", "authorisation"]),
        "decide.retroactive": st.sampled_from(["warn"]),
        "withdraw.after_grant": st.sampled_from(["never"]),
        "stage.part_time": st.sampled_from(["none"]),
        "stage.absence": st.sampled_from(["none", "full"]),
        "stage.late_decision": st.sampled_from(["decision_day"]),
        "positions.part_time_then_other": st.sampled_from(["keep"]),
        "part_time.phu_nomination_term": st.sampled_from(["ignored"]),
    },
)


def _iso(on: date, days: int) -> str:
    return (on + timedelta(days=days)).isoformat()


def part_time_commands(draw: st.DrawFn, on: date, case: str) -> Json:
    verb = draw(
        st.sampled_from(
            ["request"] * 3
            + ["give_opinion"] * 6
            + ["decide"] * 8
            + ["amend", "amend", "oppose_renewal", "request_renewal", "request_renewal", "return_full_time"]
            + ["return_full_time", "inform_cng", "withdraw", "refer_doctor"]
        )
    )
    fields: Json = {}
    match verb:
        case "request":
            fields = {"quotite": draw(shares), "starts_on": _iso(on, draw(ahead))}
            if draw(st.booleans()):
                fields["months"] = draw(lengths)
            else:
                fields["ends_on"] = _iso(on, draw(st.integers(180, 460)))
            fields["ground"] = draw(st.sampled_from(["convenance", "de_droit_famille", "de_droit_handicap"]))
        case "give_opinion":
            fields = {"by": OPINIONS if draw(st.integers(0, 4)) else OPINIONS[:2], "favourable": draw(st.booleans())}
        case "decide":
            fields = {"object": draw(st.sampled_from(OBJECTS)), "by": draw(jointly), "outcome": draw(outcomes)}
        case "amend":
            fields = {"quotite": draw(shares), "effective_on": _iso(on, draw(ahead))}
            fields |= dict.fromkeys(("exceptional", "agent_consent"), draw(st.booleans()))
        case "oppose_renewal":
            fields = {"by": draw(st.sampled_from(["agent", "dg_chu"]))}
        case "request_renewal":
            fields = {"months": draw(lengths)} | draw(st.fixed_dictionaries({}, optional={"quotite": shares}))
        case "return_full_time":
            fields = {"effective_on": _iso(on, draw(ahead))}
            fields |= draw(st.fixed_dictionaries({}, optional={"ground": st.just("motif_grave")}))
    return {"type": f"part_time.{verb}", "case": case, **fields}


def stage_commands(draw: st.DrawFn, on: date, case: str) -> Json:
    verb = draw(st.sampled_from(["open", "open", "give_opinion", "give_opinion", "record_absence", "decide", "decide"]))
    fields: Json = {}
    match verb:
        case "open":
            fields = {"starts_on": _iso(on, draw(st.integers(-500, 120)))}
        case "give_opinion":
            fields = {"by": ["conseil_ufr", "cme"], "favourable": draw(st.booleans())}
        case "record_absence":
            start = draw(st.integers(-300, 300))
            kinds = ["maladie", "maternite", "adoption", "paternite", "conge_annuel", "non_remunere"]
            fields = {"from": _iso(on, start), "to": _iso(on, start + draw(st.integers(0, 150)))}
            fields["kind"] = draw(st.sampled_from(kinds))
        case "decide":
            fields = {"by": ["ministre_esr", "ministre_sante"]}
            fields["outcome"] = draw(st.sampled_from(["titularise", "prolonge", "prolonge", "reintegre", "licencie"]))
    return {"type": f"stage.{verb}", "case": case, **fields}


def hold_command(draw: st.DrawFn, on: date, case: str) -> Json:
    start = draw(st.integers(0, 300))
    values = ["delegation", "mission_temporaire", "detachement", "disponibilite"]
    return {
        "type": "delegation.hold",
        "case": case,
        "value": draw(st.sampled_from(values)),
        "starts_on": _iso(on, start),
        "ends_on": _iso(on, start + draw(st.integers(0, 300))),
    }


JOINTLY = ["president_universite", "dg_chu"]
MINISTERS = ["ministre_esr", "ministre_sante"]


def settled(case: str, object: str) -> Iterator[Json]:
    """The opinions and the grant of what has just been asked."""
    yield {"type": "part_time.give_opinion", "case": case, "by": OPINIONS, "favourable": True}
    yield {"type": "part_time.decide", "case": case, "object": object, "by": JOINTLY, "outcome": "granted"}


def whole_acts(draw: st.DrawFn, act: str, on: date, case: str, stage: str) -> Iterator[Json]:
    """What an office does when it does things in order."""
    share, months = draw(st.sampled_from([50, 60, 70, 80, 90])), draw(st.integers(6, 12))
    later = _iso(on, draw(st.sampled_from([0, 30, 61, 62, 62, 92, 92, 150, 200, 300, 400])))
    match act:
        case "grant":
            first = max(_iso(on, draw(st.integers(0, 120))), "2024-10-19")
            asked = {"quotite": share, "starts_on": first, "months": months}
            yield {"type": "part_time.request", "case": case, **asked}
            yield from settled(case, "authorisation")
        case "change":
            allowed = dict.fromkeys(("exceptional", "agent_consent"), draw(st.booleans()))
            yield {"type": "part_time.amend", "case": case, "quotite": share, "effective_on": later, **allowed}
            yield from settled(case, "quotite")
        case "return":
            ground = draw(st.fixed_dictionaries({}, optional={"ground": st.just("motif_grave")}))
            yield {"type": "part_time.return_full_time", "case": case, "effective_on": later, **ground}
            yield from settled(case, "return_full_time")
        case "renew":
            yield {"type": "part_time.request_renewal", "case": case, "months": months, "quotite": share}
            yield from settled(case, "renewal")
        case "conclude":
            yield {"type": "stage.give_opinion", "case": stage, "by": ["conseil_ufr", "cme"], "favourable": True}
            outcome = draw(st.sampled_from(["prolonge", "titularise", "licencie", "reintegre"]))
            yield {"type": "stage.decide", "case": stage, "by": MINISTERS, "outcome": outcome}


ACTS = ["change", "change", "return", "renew", "renew", "conclude", "grant", "part_time", "part_time", "stage", "hold"]


def next_day(draw: st.DrawFn, career: Career, on: date) -> date:
    """Some days later, or around the next day that matters."""
    if draw(st.booleans()):
        return on + timedelta(days=draw(gaps))
    coming = [armed.deadline.due for armed in career.run.subject.armed.values() if armed.deadline.due > on]
    if not coming:
        return on
    return max(on, draw(st.sampled_from(sorted(coming))) + timedelta(days=draw(st.integers(-1, 1))))


@st.composite
def careers(draw: st.DrawFn, *, stage: bool = True, positions: bool = True) -> Career:
    """The acts of an office over some years, in order and out of order."""
    career = begin(draw(facts), draw(choices))
    on = FIRST_DAY
    known = [act for act in ACTS if (stage or act not in ("stage", "conclude")) and (positions or act != "hold")]
    if stage and draw(st.booleans()):
        career.act(on, {"type": "stage.open", "case": "ST1", "starts_on": _iso(on, draw(st.integers(-200, 60)))})
    for act in ["grant", *draw(st.lists(st.sampled_from(known), max_size=12))]:
        on = next_day(draw, career, on)
        case = draw(st.sampled_from([*PART_TIMES, *PART_TIMES[:1] * 4])) if len(career.run.steps) > 5 else PART_TIMES[0]
        round_of = draw(st.sampled_from([*STAGES, *STAGES[:1] * 3]))
        match act:
            case "part_time":
                career.act(on, part_time_commands(draw, on, case))
            case "stage":
                career.act(on, stage_commands(draw, on, round_of))
            case "hold":
                career.act(on, hold_command(draw, on, f"D{len(career.run.steps)}"))
            case _:
                for command in whole_acts(draw, act, on, case, round_of):
                    career.act(on, command)
    career.end(on + timedelta(days=draw(st.sampled_from([0, 400, 1500, 3000]))))
    return career


# -- What must hold in every career ------------------------------------------------------------------


def every_event_names_an_article_that_is_known(career: Career) -> None:
    for event in career.events:
        assert event.basis
        assert all(article.whole in PROVISIONS for article in event.basis), event


def no_deadline_falls_twice(career: Career) -> None:
    fell = [(event.case, event.kind, event.due) for event in career.events if isinstance(event, DeadlineFell)]
    assert len(fell) == len(set(fell))


def a_deadline_falls_on_its_day(career: Career) -> None:
    for event in career.events:
        if isinstance(event, DeadlineFell):
            assert event.on == event.due == event.acted_on


def every_copy_is_the_fold_of_its_prefix(career: Career) -> None:
    folded, done = career.first, 0
    for count, copy in career.copies:
        folded, done = folded.fold(career.events[done:count]), count
        assert folded == copy
    assert career.first.fold(career.events) == career.run.subject


def nothing_due_is_left_unfallen(career: Career, until: date) -> None:
    for armed in career.run.subject.armed.values():
        assert armed.fallen or armed.deadline.due > until
        assert (key_of(armed.deadline) in career.run.subject.fallen) is armed.fallen


def armed_deadlines_are_those_that_the_cases_call_for(career: Career, on: date) -> None:
    subject = career.run.subject
    called_for = {
        (case.ref, deadline.kind, deadline.due)
        for case in subject.cases.values()
        if case.state is not None and case.closed_on is None
        for deadline in case.procedure.deadlines(career.context(on), case.state)
    }
    assert set(subject.armed) == called_for
