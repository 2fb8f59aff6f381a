"""Stage des MCU-PH, de la nomination à la titularisation : décret 2021-1645, art. 51 et art. 15 (I, 3e alinéa)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Annotated, Any, Literal, TypeAlias, get_args

from pydantic import Field, StrictBool, model_validator

from domain.agents.acts import consulted, in_state, signed
from domain.agents.career import Career, missing
from domain.authorities import Authorities, OneOrMany
from domain.calendar import ONE_DAY, Span, add_months
from domain.kernel import (
    CaseCommand,
    Check,
    CivilDate,
    Context,
    Deadline,
    Event,
    Opening,
    Period,
    Procedure,
    UnknownEvent,
    awaited,
    check,
)
from domain.law.choices import (
    STAGE_ABSENCE,
    STAGE_AUTHORITY,
    STAGE_DISMISS_OFFICIAL,
    STAGE_LATE_DECISION,
    STAGE_PART_TIME,
)
from domain.law.d2021_1645 import ART_15, ART_51, STAGE_LAST_YEAR_MONTHS, STAGE_MONTHS, STAGE_SENIORITY_MONTHS

DELEGATION = ART_15.par("I.3")
NOMINATION, STAGE, SENIORITY = ART_51.par(1), ART_51.par(2), ART_51.par(3)

Consulted = Literal["conseil_ufr", "cme"]
AbsenceKind = Literal["maladie", "maternite", "adoption", "paternite", "conge_annuel", "non_remunere"]
FAMILY = frozenset({"maternite", "adoption", "paternite"})
Outcome = Literal["titularise", "prolonge", "reintegre", "licencie"]
Cause = Literal["delegation", "absence", "part_time"]

# -- The facts ---------------------------------------------------------------------------------------

Status: TypeAlias = Literal[
    "running",
    "completed",
    "last_year_running",
    "last_year_completed",
    "titularised",
    "reintegrated",
    "dismissed",
    "closed",
]


@dataclass(frozen=True, slots=True)
class Absence:
    kind: AbsenceKind
    span: Span


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage: the day its round began, the day that round ends, what has interrupted it."""

    status: Status
    starts_on: date
    round_starts_on: date
    due: date
    absences: tuple[Absence, ...] = ()
    opinions: Mapping[str, bool] = field(default_factory=dict)
    last_year: bool = False
    left_on: date | None = None
    titularised_on: date | None = None

    @property
    def runs(self) -> bool:
        return self.status in ("running", "last_year_running")

    @property
    def over(self) -> bool:
        return self.status in ("completed", "last_year_completed")


# -- The commands ------------------------------------------------------------------------------------


class Open(Opening):
    """Open the stage on the day of the nomination."""

    type: Literal["stage.open"] = "stage.open"
    starts_on: CivilDate


class GiveOpinion(CaseCommand):
    """Give an opinion on the end of the running round."""

    type: Literal["stage.give_opinion"] = "stage.give_opinion"
    by: Annotated[tuple[Consulted, ...], OneOrMany]
    favourable: StrictBool


class RecordAbsence(CaseCommand):
    """Record an absence, both days included."""

    type: Literal["stage.record_absence"] = "stage.record_absence"
    first: CivilDate = Field(alias="from")
    last: CivilDate = Field(alias="to")
    kind: AbsenceKind

    @model_validator(mode="after")
    def _in_order(self) -> "RecordAbsence":
        if self.last < self.first:
            raise ValueError("une absence finit au plus tôt le jour où elle commence")
        return self


class Decide(CaseCommand):
    """Decide what follows the stage."""

    type: Literal["stage.decide"] = "stage.decide"
    by: Authorities
    outcome: Outcome


# -- The events --------------------------------------------------------------------------------------


class StageOpened(Event):
    due: date


class StageOpinionGiven(Event):
    by: Consulted
    favourable: bool


class StageAbsenceRecorded(Event):
    first: date
    last: date
    kind: AbsenceKind


class StageEndMoved(Event):
    """What happened moves the end of the running round."""

    old_due: date
    new_due: date
    cause: Cause


class StageCompleted(Event):
    """The round is over; the agent stays stagiaire until a decision."""


class StagiaireTitularised(Event):
    seniority_from: date


class StageLastYearGranted(Event):
    new_due: date


class StagiaireReintegrated(Event):
    """The agent returns to the corps d'origine."""


class StagiaireDismissed(Event):
    """The agent is dismissed at the end of the stage."""


class StageClosed(Event):
    cause: Literal["cessation"]


# -- The rules, in the order in which the law tests them ---------------------------------------------


def rules_of_open(context: Context, _: None, asked: Open) -> Iterator[Check]:
    career, starts_on = Career(context), asked.starts_on
    corps, statut = career.corps(starts_on), career.statut(starts_on)
    yield in_state(all(case.closed for case in context.cases("stage")), STAGE)
    yield check(
        "not_eligible", corps in (None, "MCU-PH") and statut != "titulaire", NOMINATION, corps=corps, statut=statut
    )
    in_force = context.law.in_force(STAGE_MONTHS, starts_on) is not None
    yield check("law_not_in_force", in_force, NOMINATION, field="starts_on", found=starts_on)


def rules_of_give_opinion(_: Context, stage: Stage, __: GiveOpinion) -> Iterator[Check]:
    yield in_state(stage.runs or stage.over, STAGE)


def rules_of_record_absence(_: Context, stage: Stage, __: RecordAbsence) -> Iterator[Check]:
    yield in_state(stage.runs, STAGE)


def rules_of_decide(context: Context, stage: Stage, decision: Decide) -> Iterator[Check]:
    yield in_state(stage.runs or stage.over, STAGE)
    yield check("stage_not_completed", context.on >= stage.due, STAGE, earliest=stage.due)
    yield from rules_of_outcome(context, stage, decision.outcome)
    yield consulted([body for body in get_args(Consulted) if body not in stage.opinions], STAGE)
    yield signed(decision.by, context.law.choice(STAGE_AUTHORITY), STAGE)


def rules_of_outcome(context: Context, stage: Stage, outcome: Outcome) -> Iterator[Check]:
    origin = Career(context).facts.corps_origine
    match outcome:
        case "prolonge":
            yield check("extension_already_granted", not stage.last_year, STAGE, field="outcome")
        case "reintegre":
            yield check("no_corps_origine", origin is not None, STAGE, field="outcome")
        case "licencie":
            allowed = origin is None or context.law.choice(STAGE_DISMISS_OFFICIAL) == "allow"
            suggest = {"outcome": "reintegre"}
            yield check(
                "reintegration_required", allowed, STAGE, field="outcome", suggest=suggest, corps_origine=origin
            )


RULES: Mapping[type[CaseCommand], Callable[[Context, Any, Any], Iterable[Check]]] = {
    Open: rules_of_open,
    GiveOpinion: rules_of_give_opinion,
    RecordAbsence: rules_of_record_absence,
    Decide: rules_of_decide,
}


# -- The clock of the stage --------------------------------------------------------------------------


def due_of(context: Context, stage: Stage) -> date:
    """The first day after the running round, once every day has been weighed."""
    months = STAGE_LAST_YEAR_MONTHS if stage.last_year else STAGE_MONTHS
    start = stage.round_starts_on
    end = add_months(start, context.law.value(months, start))
    return walk(context, stage, start, (end - start).days, for_effect=False)


def effect_of(context: Context, stage: Stage) -> date:
    """The day a titularisation takes effect: the end of the stage without what a délégation prolonged (15.I)."""
    if context.law.choice(STAGE_LATE_DECISION) == "decision_day" and context.on > stage.due:
        return context.on
    end = stage.starts_on
    for months in (STAGE_MONTHS, STAGE_LAST_YEAR_MONTHS) if stage.last_year else (STAGE_MONTHS,):
        statutory = add_months(end, context.law.value(months, stage.starts_on)) - end
        end = walk(context, stage, end, statutory.days, for_effect=True)
    return end


def walk(context: Context, stage: Stage, start: date, days: int, *, for_effect: bool) -> date:
    """The first day after as many whole days of stage as `days`, counted in hundredths from `start`.

    `for_effect` weighs délégation, maternity, adoption and paternity as served: they prolong the stage, not the
    day on which the titularisation takes effect.
    """
    away = [period.span for period in Career(context).positions if period.value == "delegation"]
    served = [(period.span, int(period.value)) for period in Career(context).quotites]
    if context.law.choice(STAGE_PART_TIME) == "none":
        served = []
    reading = context.law.choice(STAGE_ABSENCE)
    tenth = days // 10
    day, counted = start, 0
    while counted < 100 * days:
        if any(span.covers(day) for span in away):
            counted += 100 if for_effect else 0
        else:
            present, from_tenth = weight_of_absence(stage, day, reading, tenth, for_effect=for_effect)
            tenth -= from_tenth
            quotite = next((share for span, share in served if span.covers(day)), 100)
            counted += quotite if present else 0
        day += ONE_DAY
    return day


def weight_of_absence(stage: Stage, day: date, reading: str, tenth: int, *, for_effect: bool) -> tuple[bool, bool]:
    """Whether the day counts as stage, and whether it is taken from the tenth of paid absences."""
    kinds = {absence.kind for absence in stage.absences if absence.span.covers(day)} - {"conge_annuel"}
    if not kinds or reading == "none" or (for_effect and kinds <= FAMILY):
        return True, False
    if reading == "full" or "non_remunere" in kinds:
        return False, False
    return tenth > 0, tenth > 0


def moved(context: Context, old: Stage, new: Stage, cause: Cause) -> Iterator[Event]:
    due = due_of(context, new)
    if due != old.due:
        basis = DELEGATION if cause == "delegation" else STAGE
        yield StageEndMoved(basis=basis, old_due=old.due, new_due=due, cause=cause)


# -- The decision ------------------------------------------------------------------------------------


def decide(context: Context, stage: Stage, command: CaseCommand) -> Iterable[Event]:
    match command:
        case Open(starts_on=starts_on):
            opened = Stage("running", starts_on, starts_on, starts_on)
            unknown = missing(corps=Career(context).corps(starts_on), statut=Career(context).statut(starts_on))
            due = due_of(context, opened)
            return (StageOpened(on=starts_on, basis=(NOMINATION, STAGE), warnings=unknown, due=due),)
        case GiveOpinion(by=bodies, favourable=favourable):
            return tuple(StageOpinionGiven(basis=STAGE, by=body, favourable=favourable) for body in bodies)
        case RecordAbsence(first=first, last=last, kind=kind):
            absence = Absence(kind, Span(first, last))
            longer = replace(stage, absences=(*stage.absences, absence))
            recorded = StageAbsenceRecorded(basis=STAGE, first=first, last=last, kind=kind)
            return (recorded, *moved(context, stage, longer, "absence"))
        case Decide(outcome=outcome):
            return (concluded(context, stage, outcome),)
    raise UnknownEvent(command.type)


def concluded(context: Context, stage: Stage, outcome: Outcome) -> Event:
    match outcome:
        case "titularise":
            effect = effect_of(context, stage)
            kept = add_months(effect, -context.law.value(STAGE_SENIORITY_MONTHS, effect))
            basis = (STAGE, SENIORITY, DELEGATION) if prolonged(context, stage) else (STAGE, SENIORITY)
            return StagiaireTitularised(on=effect, basis=basis, seniority_from=max(kept, stage.starts_on))
        case "prolonge":
            last = replace(stage, last_year=True, round_starts_on=stage.due)
            return StageLastYearGranted(on=stage.due, basis=STAGE, new_due=due_of(context, last))
        case "reintegre":
            return StagiaireReintegrated(basis=STAGE)
        case "licencie":
            return StagiaireDismissed(basis=STAGE)


def prolonged(context: Context, stage: Stage) -> bool:
    """Whether a délégation kept the stage open beyond its statutory end."""
    span = Span(stage.starts_on, stage.due)
    return any(p.value == "delegation" and p.span.meets(span) for p in Career(context).positions)


def react(context: Context, stage: Stage, events: tuple[Event, ...]) -> Iterator[Event]:
    """Délégation and part time move the end of the round; leaving the functions closes the stage."""
    left = Career(context).left_on()
    if left is not None:
        yield StageClosed(on=left, basis=STAGE, cause="cessation")
    elif stage.runs:
        delegations = {case.ref for case in context.cases("delegation")}
        by_delegation = any(event.case in delegations for event in events)
        yield from moved(context, stage, stage, "delegation" if by_delegation else "part_time")


# -- The deadlines -----------------------------------------------------------------------------------


def deadlines(context: Context, stage: Stage) -> Iterator[Deadline]:
    missing_bodies = tuple(body for body in get_args(Consulted) if body not in stage.opinions)
    if not (stage.runs or stage.over):
        return
    if missing_bodies:
        due = add_months(stage.due, -2)
        yield awaited("stage_opinions_reminder", due, STAGE, "internal", "reminder", *missing_bodies)
    authority = context.law.choice(STAGE_AUTHORITY)
    yield awaited("stage_end", stage.due, STAGE, "statutory", "stage_completed", *authority)


def lapse(_: Context, __: Stage, deadline: Deadline) -> Iterator[Event]:
    match deadline.kind:
        case "stage_end":
            yield StageCompleted(basis=STAGE)
        case "stage_opinions_reminder":
            return
        case _:
            raise UnknownEvent(deadline.kind)


# -- The evolution -----------------------------------------------------------------------------------


def evolve(stage: Stage | None, event: Event) -> Stage:
    if stage is None:
        if not isinstance(event, StageOpened):
            raise UnknownEvent(event.name())
        return Stage("running", event.on, event.on, event.due)
    match event:
        case StageOpinionGiven(by=by, favourable=favourable):
            return replace(stage, opinions={**stage.opinions, by: favourable})
        case StageAbsenceRecorded(first=first, last=last, kind=kind):
            return replace(stage, absences=(*stage.absences, Absence(kind, Span(first, last))))
        case StageEndMoved(new_due=due):
            return replace(stage, due=due)
        case StageCompleted():
            return replace(stage, status="last_year_completed" if stage.last_year else "completed")
        case StageLastYearGranted(on=on, new_due=due):
            return replace(stage, status="last_year_running", last_year=True, round_starts_on=on, due=due, opinions={})
        case StagiaireTitularised(on=on):
            return replace(stage, status="titularised", titularised_on=on)
        case StagiaireReintegrated(on=on):
            return replace(stage, status="reintegrated", left_on=on)
        case StagiaireDismissed(on=on):
            return replace(stage, status="dismissed", left_on=on)
        case StageClosed():
            return replace(stage, status="closed")
    raise UnknownEvent(event.name())


# -- The traces --------------------------------------------------------------------------------------


def periods(stage: Stage) -> Iterator[Period]:
    """Stagiaire, then titulaire, or out of the functions."""
    end = stage.titularised_on or stage.left_on
    last = end - ONE_DAY if end else None
    if last is None or stage.starts_on <= last:
        yield Period("statut", "stagiaire", stage.starts_on, last)
    if stage.titularised_on is not None:
        yield Period("statut", "titulaire", stage.titularised_on, None)
    if stage.left_on is not None:
        yield Period("position", "hors_cadre", stage.left_on, None)


PROCEDURE = Procedure(
    name="stage",
    subject="agent",
    articles=(ART_51, ART_15),
    commands=tuple(RULES),
    events=(
        StageOpened,
        StageOpinionGiven,
        StageAbsenceRecorded,
        StageEndMoved,
        StageCompleted,
        StagiaireTitularised,
        StageLastYearGranted,
        StagiaireReintegrated,
        StagiaireDismissed,
        StageClosed,
    ),
    rules=lambda context, state, command: RULES[type(command)](context, state, command),
    decide=decide,
    evolve=evolve,
    status=lambda state: state.status,
    statuses=get_args(Status),
    closed=lambda state: not (state.runs or state.over),
    deadlines=deadlines,
    lapse=lapse,
    react=react,
    periods=periods,
)
