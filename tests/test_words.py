"""Every code has its French words, and no word is left without a code."""

import ast
import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from string import Formatter
from typing import Any, get_args

import pytest
from pydantic import BaseModel

import domain
from adapters import words
from adapters.http.forms import fields
from adapters.http.possible import name_of, options
from domain.authorities import AUTHORITIES
from domain.kernel import Check, Context, Rejection, check
from domain.law import Article
from domain.law.editions import TEXTS
from domain.procedures import REGISTRY
from domain.simulation import InputError, Result, read_scenario, simulate

SOURCES = [ast.parse(path.read_text()) for path in sorted(Path(domain.__file__).parent.rglob("*.py"))]
COMMANDS = [command for command, _ in REGISTRY.commands.values()]


# -- What the domain says --


def functions() -> dict[str, list[str]]:
    """The parameters of every function and record of the domain, by name."""
    found: dict[str, list[str]] = {}
    for tree in SOURCES:
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                found[node.name] = [
                    argument.arg for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
                ]
            if isinstance(node, ast.ClassDef):
                found.setdefault(
                    node.name,
                    [a.target.id for a in node.body if isinstance(a, ast.AnnAssign) and isinstance(a.target, ast.Name)],
                )
    return found


FUNCTIONS = functions()


def constants(tree: ast.AST, value: ast.AST) -> Iterator[str]:
    """The codes that an expression may be: written there, chosen there, or named a few lines above."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value
    elif isinstance(value, ast.IfExp):
        yield from constants(tree, value.body)
        yield from constants(tree, value.orelse)
    elif isinstance(value, ast.Name):
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == value.id for t in node.targets):
                if not isinstance(node.value, ast.Name):
                    yield from constants(tree, node.value)


def said(parameter: str, beside: str) -> set[str]:
    """The constants given for a parameter by calls of functions that also take `beside`."""
    found: set[str] = set()
    for tree in SOURCES:
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                names = [argument.arg for argument in node.args.args]
                defaults = dict(zip(reversed(names), reversed(node.args.defaults), strict=False))
                if parameter in defaults and beside in names:
                    found |= set(constants(tree, defaults[parameter]))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                taken = FUNCTIONS.get(node.func.id, [])
                if parameter in taken and beside in taken:
                    given = [value for name, value in zip(taken, node.args, strict=False) if name == parameter]
                    given += [keyword.value for keyword in node.keywords if keyword.arg == parameter]
                    found |= {one for value in given for one in constants(tree, value)}
    return found


def lapsing() -> set[str]:
    """The kinds of deadline that some procedure lets fall."""
    found: set[str] = set()
    for tree in SOURCES:
        for node in ast.walk(tree):
            if isinstance(node, ast.Match) and isinstance(node.subject, ast.Attribute) and node.subject.attr == "kind":
                if isinstance(node.subject.value, ast.Name) and node.subject.value.id == "deadline":
                    found |= {
                        inner.value.value
                        for case in node.cases
                        for inner in ast.walk(case.pattern)
                        if isinstance(inner, ast.MatchValue)
                        and isinstance(inner.value, ast.Constant)
                        and isinstance(inner.value.value, str)
                    }
    return found


def literals() -> set[str]:
    """Every string written in the domain, for what is composed from parts."""
    return {
        node.value
        for tree in SOURCES
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


CODES = said("code", "basis")
KINDS = lapsing() | said("kind", "consequence")
CONSEQUENCES = said("consequence", "kind")


def test_the_domain_was_read() -> None:
    assert {"invalid_state", "notice_too_short", "duplicate_case", "already_registered"} <= CODES
    assert {"stage_end", "part_time_express_renewal_reminder"} <= KINDS
    assert {"stage_completed", "part_time_lapses", "reminder"} <= CONSEQUENCES


# -- Both ways --


def leaves(model: type[BaseModel], path: str = "") -> Iterator[tuple[str, Any]]:
    for attribute, info in model.model_fields.items():
        name = name_of(attribute, info)
        inner = [one for one in (info.annotation, *get_args(info.annotation)) if isinstance(one, type)]
        models = [one for one in inner if issubclass(one, BaseModel)]
        yield f"{path}{name}", info.annotation
        for one in models:
            yield from leaves(one, f"{path}{name}.")


def values_of(model: type[BaseModel]) -> set[str]:
    """The values of a record that are neither an authority nor a type."""
    return {
        f"{path.rpartition('.')[2]}.{code}"
        for path, annotation in leaves(model)
        for code in options(annotation)
        if path != "type" and isinstance(code, str) and code not in AUTHORITIES
    }


def test_procedures_and_their_statuses_have_words() -> None:
    assert set(words.PROCEDURES) == set(REGISTRY.by_name)
    prefixes = [word.prefix for word in words.PROCEDURES.values()]
    assert len(set(prefixes)) == len(prefixes)
    assert set(words.STATUSES) == {f"{p.name}.{status}" for p in REGISTRY.procedures for status in p.statuses}


def test_commands_have_words() -> None:
    assert set(words.COMMANDS) == set(REGISTRY.commands)


def test_every_field_of_every_command_has_words_and_no_word_is_orphan() -> None:
    used = {"on", "case"}
    for command in COMMANDS:
        type_ = command.model_fields["type"].default
        for path, _ in leaves(command):
            if path not in ("type", "case"):
                assert words.field(type_, path).label
                used |= {path.rpartition(".")[2], f"{type_}.{path}"}
    assert set(words.FIELDS) <= used


def test_every_value_has_words_and_no_word_is_orphan() -> None:
    needed = {value for model in (*COMMANDS, *REGISTRY.events.values()) for value in values_of(model)}
    needed -= {f"nature.{code}" for code in words.NATURES}
    assert needed - set(words.VALUES) == set()
    extra = set(words.VALUES) - needed
    assert {value.partition(".")[0] for value in extra} <= {"missing"}
    assert {value.partition(".")[2] for value in extra} <= literals()


def test_authorities_have_words() -> None:
    assert set(words.AUTHORITIES) == AUTHORITIES


@pytest.mark.parametrize("name", REGISTRY.events)
def test_an_event_is_told_with_its_own_fields(name: str) -> None:
    known = set(REGISTRY.events[name].model_fields) | {"due", "title"}
    assert {field for _, field, _, _ in Formatter().parse(words.EVENTS[name]) if field} <= known


def test_no_sentence_tells_an_event_that_does_not_exist() -> None:
    assert set(words.EVENTS) == set(REGISTRY.events)


def test_deadlines_and_their_consequences_have_words() -> None:
    assert set(words.DEADLINES) == KINDS
    missing = CONSEQUENCES - set(words.CONSEQUENCES)
    composed = {code for code in set(words.CONSEQUENCES) - CONSEQUENCES if not code.endswith("_ends")}
    assert (missing, composed) == (set(), set())


def test_every_code_of_a_refusal_has_words_and_no_word_is_orphan() -> None:
    assert {code.partition("@")[0] for code in words.RULES} == CODES
    for code, word in words.RULES.items():
        assert word.met
        assert word.title
        assert word.met != word.title, code


def test_the_articles_of_the_words_are_known_texts() -> None:
    for word in words.RULES.values():
        for ref in word.basis:
            assert Article.parse(ref).text in TEXTS


def test_warnings_have_words() -> None:
    assert words.warning("retroactive_decision")
    named = {keyword.arg for tree in SOURCES for keyword in _missing(tree) if keyword.arg}
    assert named
    for name in named:
        assert words.warning(f"fact_missing:{name}").startswith("À compléter : ")


def _missing(tree: ast.AST) -> Iterator[ast.keyword]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "missing":
            yield from node.keywords


# -- As they are read --


def examples() -> Iterator[Result]:
    """The examples of the procedures that are there."""
    for path in sorted((Path(__file__).parent / "examples").glob("*.json")):
        for one in json.loads(path.read_text()):
            with suppress(InputError):
                yield simulate(REGISTRY, read_scenario(one))


def test_everything_that_happens_in_the_examples_can_be_told() -> None:
    told = refused = 0
    for result in examples():
        for _, event in result.run.events:
            assert "{" not in words.event(event)
            assert "None" not in words.event(event)
            for warning in event.warnings:
                assert words.warning(warning)
            told += 1
        for one in result.deadlines():
            assert words.DEADLINES[one.deadline.kind]
            assert words.CONSEQUENCES[one.deadline.consequence]
            assert words.awaited(one.deadline)
        for step in result.run.steps:
            if isinstance(step.decision, Rejection):
                for violation in step.decision.violations:
                    said_of(violation)
                    refused += 1
        for name, section in result.run.entitlements(result.entitled_on).items():
            assert words.SECTIONS[name]
            assert all(f"{name}.{key}" in words.ENTITLEMENTS for key in section)
        for period in Context(result.until, result.run.subject, result.run.law).timeline:
            assert period.lane in words.LANES
            assert words.lane_value(period.lane, period.value)
    assert told > 40
    assert refused > 3


def said_of(violation: Check) -> None:
    """A refusal names its facts: no sentence falls back on the title when one was written."""
    sentence = words.refusal(violation)
    assert "{" not in sentence.detail
    assert "_" not in sentence.detail, sentence.detail
    if words.RULES[violation.code].fact:
        assert sentence.fact != f"{sentence.title}.", violation
    listed = words.RULES[violation.code].basis
    if listed:
        assert any(str(one).startswith(ref.partition(".")[0]) for one in violation.basis for ref in listed), violation


def test_a_refusal_is_fact_rule_and_way_out() -> None:
    notice = check(
        "notice_too_short",
        False,
        Article("D2021-1645", "28-2", "2"),
        field="effective_on",
        found=date(2026, 4, 15),
        suggest={"effective_on": date(2026, 4, 20)},
        earliest=date(2026, 4, 20),
    )
    assert words.refusal(notice).detail == (
        "La date d'effet (15/04/2026) précède le délai de deux mois (20/04/2026). Choisissez le 20/04/2026 ou plus tard."
    )
    assert words.rule(notice.model_copy(update={"met": True})) == "Préavis de deux mois respecté"
    stored = Check.model_validate(notice.model_dump(mode="json"))
    assert words.refusal(stored) == words.refusal(notice)


def test_dates_counts_and_chips_are_french() -> None:
    assert words.day(date(2026, 3, 2)) == "02/03/2026"
    assert words.countdown(date(2026, 4, 30), date(2026, 3, 12)) == "J-49"
    assert words.countdown(date(2026, 3, 5), date(2026, 3, 12)) == "J+7"
    assert words.countdown(date(2026, 3, 5), date(2026, 3, 5)) == "Aujourd'hui"
    assert words.chip("D2021-1645:28-2.2") == "art. 28-2, al. 2"
    assert words.chip("D2021-1645:15.I.3") == "art. 15, I, al. 3"
    assert words.chip("D2021-1645:92.11") == "art. 92, 11°"
    assert words.chip("D2021-1645:92.dernier") == "art. 92, dernier al."
    assert words.chip("GREFFE:cases") == "règle du registre"
    assert words.listed(["a", "b", "c"]) == "a, b et c"
    assert words.listed([]) == ""
    assert words.month(date(2026, 8, 1)) == "Août 2026"


def test_a_form_is_made_of_the_fields_of_its_command() -> None:
    command = REGISTRY.commands["part_time.request"][0]
    kinds = {field.name: field.kind for field in fields(command)}
    assert kinds == {
        "quotite": "number",
        "starts_on": "date",
        "months": "number",
        "ends_on": "date",
        "ground": "choice",
        "annualised": "box",
        "on": "date",
    }
    for one in COMMANDS:
        assert all(field.label for field in fields(one))
