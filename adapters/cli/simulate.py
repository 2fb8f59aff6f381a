"""`greffe simulate`: run scenarios under a fictional clock, and compare with what they expect."""

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from adapters import words
from adapters.cli.explanation import explain, explanation_json
from adapters.cli.options import Debug, Json, NoColor, Quiet, day
from adapters.cli.output import DIM, GREEN, RED, Failure, Status, Voice, complain
from adapters.cli.scenarios import Given, ScenarioFile, Unreadable, read_file
from domain.kernel import Fault, Outcome
from domain.law import Article, LawError
from domain.procedures import REGISTRY
from domain.simulation import DeadlineResult, InputError, Result, StepResult, read_scenario, simulate

Answer = Result | Unreadable

STATUS = {"open": "", "fallen": "tombée", "cancelled": "annulée"}


def add(app: typer.Typer) -> None:
    app.command("simulate", help=f"{HELP}\n\nExemple : greffe simulate tp.json --explain")(verb)


HELP = "Dérouler des scénarios sans rien enregistrer, et les comparer à ce qu'ils attendent."


def verb(
    files: Annotated[list[Path], typer.Argument(metavar="FICHIER…", help="Scénarios JSON ; - lit l'entrée standard.")],
    until: Annotated[date | None, day("Dérouler jusqu'à ce jour.")] = None,
    on: Annotated[date | None, day("Jour des droits montrés.")] = None,
    as_json: Json = False,
    in_full: Annotated[bool, typer.Option("--explain", help="Montrer règles, articles et lectures du droit.")] = False,
    quiet: Quiet = False,
    no_color: NoColor = False,
    _: Debug = False,
) -> None:
    voice = Voice(quiet=quiet, color=not no_color)
    answers: list[Answer] = []
    listed = len(files) > 1
    for path in files:
        try:
            file = read_file(path)
        except Unreadable as unreadable:
            answers.append(unreadable)
            continue
        listed = listed or file.listed
        answers += answered(file, until, on)
    if as_json:
        shown = [as_document(answer, in_full=in_full) for answer in answers]
        voice.document(shown if listed else shown[0])
    else:
        for number, answer in enumerate(answers):
            if isinstance(answer, Result):
                show(voice, answer, titled=listed, first=number == 0, in_full=in_full)
    raise typer.Exit(conclusion(answers))


def answered(file: ScenarioFile, until: date | None, on: date | None) -> Iterator[Answer]:
    for given in file.scenarios:
        try:
            scenario = read_scenario(given.body)
            if until is not None:
                scenario = scenario.model_copy(update={"until": until})
            yield simulate(REGISTRY, scenario, on)
        except InputError as error:
            yield Unreadable(given.file, given.name, error.path, error.reason)
        except (Fault, LawError, AssertionError) as fault:
            raise Failure(f"{place(given)} : faute du programme : {type(fault).__name__} : {fault}") from fault


def place(given: Given) -> str:
    return given.file if given.name is None else f"{given.file}, scénario {given.name}"


def conclusion(answers: Iterable[Answer]) -> Status:
    """Every unreadable scenario is said on the standard error, and weighs more than an expectation not met."""
    unreadable = [answer for answer in answers if isinstance(answer, Unreadable)]
    for one in unreadable:
        complain(Failure(str(one)))
    if unreadable:
        return Status.USAGE
    met = all(answer.met for answer in answers if isinstance(answer, Result))
    return Status.DONE if met else Status.REFUSED


def as_document(answer: Answer, *, in_full: bool) -> dict[str, Any]:
    if isinstance(answer, Unreadable):
        return {"error": answer.as_json()}
    return answer.as_json() | ({"explanation": explanation_json(answer)} if in_full else {})


# -- The table ---------------------------------------------------------------------------------------


def show(voice: Voice, result: Result, *, titled: bool, first: bool, in_full: bool) -> None:
    if titled:
        named = " · ".join(part for part in (result.scenario.id, result.scenario.title) if part)
        if not first:
            voice.line()
        voice.line(named or "sans titre", DIM)
    voice.table(("#", "Date", "Commande", "Procédure", "Résultat", "Fondement"), map(step_row, result.run.steps))
    deadlines = sorted(result.deadlines(), key=lambda one: one.deadline.due)
    if deadlines:
        voice.line()
        voice.table(("Échéance", "Quoi", "Procédure", "Issue", "Fondement"), map(deadline_row, deadlines))
    if in_full:
        explain(voice, result)
    if result.findings:
        voice.line()
        show_expectation(voice, result)


def show_expectation(voice: Voice, result: Result) -> None:
    verified = sum(not finding for finding in result.findings)
    said = f"Attendu : {verified}/{len(result.findings)} vérifiés"
    voice.line(said, GREEN if result.met else RED)
    for difference in result.differences:
        voice.line(f"  ✕ {difference}")


def step_row(step: StepResult) -> tuple[object, ...]:
    decision = step.decision
    if isinstance(decision, Outcome):
        basis = [article for event in decision.events if not event.bookkeeping for article in event.basis]
        return (step.index, step.on, step.type, step.case, "accepté", together(basis))
    return (step.index, step.on, step.type, step.case, f"refusé : {decision.code}", together(decision.basis))


def deadline_row(one: DeadlineResult) -> tuple[object, ...]:
    deadline = one.deadline
    who = "" if deadline.awaits else " (automatique)" if deadline.nature == "statutory" else " (rappel interne)"
    title = words.DEADLINES.get(deadline.kind, deadline.kind) + who
    return (deadline.due, title, deadline.case, STATUS[one.status], together(deadline.basis))


def together(basis: Iterable[Article]) -> str:
    """Several articles of one text, the text said once."""
    by_text: dict[str, list[str]] = {}
    for article in dict.fromkeys(basis):
        by_text.setdefault(article.text, []).append(str(article).partition(":")[2])
    return " ; ".join(f"{text}:{', '.join(numbers)}" for text, numbers in by_text.items())
