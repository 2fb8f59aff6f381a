"""Why a scenario went as it did: the rules that were tested, the articles, the readings of the law."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, TypeVar

from adapters import words
from adapters.cli.output import DIM, RED, Voice
from domain.kernel import Check, Event
from domain.law.choices import CHOICES
from domain.law.editions import provision
from domain.simulation import Result, StepResult, violation_json

Named = TypeVar("Named")


def explain(voice: Voice, result: Result) -> None:
    for step in result.run.steps:
        verdict = "accepté" if step.accepted else "refusé"
        voice.line()
        voice.line(f"{step.index}. {step.on} {step.type} {step.case or ''} : {verdict}")
        for check in step.decision.checks:
            said = f"{_named(words.rule, check, check.code)} ({articles(check)}){figures(check)}"
            voice.line(f"   ✓ {said}") if check.met else voice.line(f"   ✕ {said}", RED)
    voice.line()
    voice.line("Ce qui est arrivé")
    for event in acts(result):
        case = f" {event.case}" if event.case else ""
        voice.line(f"   {event.on}{case} {_named(words.event, event, event.name())}")
        for paraphrase in paraphrases(event):
            voice.line(f"      {paraphrase}", DIM)
    voice.line()
    voice.line(f"Lectures du droit en vigueur (édition {result.run.law.reference})")
    for key, value, chosen in readings(result):
        voice.line(f"   {key} = {plain(value)}{'  (choix du scénario)' if chosen else ''}")


def explanation_json(result: Result) -> dict[str, Any]:
    """The same, as data."""
    return {
        "edition": result.run.law.reference,
        "steps": [_step_json(step) for step in result.run.steps],
        "articles": {
            str(article): found.paraphrase
            for event in acts(result)
            for article in event.basis
            if (found := provision(article)) is not None
        },
        "choices": {key: value for key, value, _ in readings(result)},
    }


def _step_json(step: StepResult) -> dict[str, Any]:
    checks = [{**violation_json(check), "met": check.met} for check in step.decision.checks]
    return {"step": step.index, "checks": checks}


def acts(result: Result) -> Iterator[Event]:
    return (event for _, event in result.run.events if not event.bookkeeping)


def articles(check: Check) -> str:
    return ", ".join(map(str, check.basis))


def _named(word: Callable[[Named], str], of: Named, code: str) -> str:
    """The French words, or the code itself while it has none: a scenario is explained all the same."""
    try:
        return word(of)
    except KeyError:
        return code


def figures(check: Check) -> str:
    """What was given, and what the rule wanted, in the order in which it says it."""
    shown = check.model_dump(mode="json", include={"found", "expected"})
    facts = {"donné": shown["found"], **shown["expected"]}
    said = [f"{name} : {plain(value)}" for name, value in facts.items() if value not in (None, [], {}, "")]
    return f" — {' ; '.join(said)}" if said else ""


def plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def paraphrases(event: Event) -> Iterator[str]:
    for whole in dict.fromkeys(article.whole for article in event.basis):
        found = provision(whole)
        if found is not None:
            yield f"{whole} {found.title}. {found.paraphrase}"


def readings(result: Result) -> Iterator[tuple[str, Any, bool]]:
    """The choices that bear on the procedures at hand: those of the procedure, and those common to all."""
    law = result.run.law
    procedures = {procedure.name for procedure in result.run.subject.registry.procedures}
    used = {step.type.partition(".")[0] for step in result.run.steps}
    for key, choice in CHOICES.items():
        prefix = key.partition(".")[0]
        if prefix in used or prefix not in procedures or key in law.choices:
            value = law.choice(choice)
            shown = list(value) if isinstance(value, tuple) else value.isoformat() if isinstance(value, date) else value
            yield key, shown, key in law.choices
