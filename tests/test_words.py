"""Every code has its French words, and no word is left without a code."""

import ast
import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path
from string import Formatter
from typing import Any, get_args

import placements
import proceedings
import pytest
from pydantic import BaseModel
from scenario import Given

import domain
from adapters import words
from adapters.http.forms import fields
from adapters.http.possible import name_of, options
from domain.agents.career import ENDS_ALL
from domain.agents.mission_rights import Kind, Right
from domain.agents.pay import Rates
from domain.agents.placement import PlacementEnded
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
    """The codes that an expression may be: written there, chosen there, or named in the same file."""
    if isinstance(value, ast.Subscript):
        yield from chosen(tree, value)
    elif isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value
    elif isinstance(value, ast.IfExp):
        yield from constants(tree, value.body)
        yield from constants(tree, value.orelse)
    elif isinstance(value, ast.Name):
        for node in ast.walk(tree):
            if not isinstance(node, ast.Assign) or isinstance(node.value, ast.Name):
                continue
            if any(isinstance(t, ast.Name) and t.id == value.id for t in node.targets):
                yield from constants(tree, node.value)


def chosen(tree: ast.AST, value: ast.Subscript) -> Iterator[str]:
    """The codes of the table that an expression picks from."""
    for node in ast.walk(tree):
        match node:
            case ast.AnnAssign(target=named, value=ast.Dict(values=codes)) if ast.unparse(named) == ast.unparse(
                value.value
            ):
                for one in codes:
                    yield from constants(tree, one)


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
    matches = [node for tree in SOURCES for node in ast.walk(tree) if isinstance(node, ast.Match)]
    patterns = [
        p for m in matches if ast.unparse(m.subject) == "deadline.kind" for c in m.cases for p in ast.walk(c.pattern)
    ]
    values = [pattern.value for pattern in patterns if isinstance(pattern, ast.MatchValue)]
    return {one.value for one in values if isinstance(one, ast.Constant) and isinstance(one.value, str)}


def literals() -> set[str]:
    """Every string written in the domain, for what is composed from parts."""
    return {
        node.value
        for tree in SOURCES
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


CODES = said("code", "basis")
PLACED = {p.name for p in REGISTRY.procedures if any(issubclass(event, PlacementEnded) for event in p.events)}
REMINDED = PLACED - {"mission_temporaire"}
KINDS = lapsing() | said("kind", "consequence") | {f"{n}_end" for n in PLACED} | {f"{n}_end_reminder" for n in REMINDED}
LANES = said("lane", "granted") | {"mise_a_disposition", "maintien_activite"}
CONSEQUENCES = said("consequence", "kind") | {f"{name}_ends" for name in PLACED}


def test_the_domain_was_read() -> None:
    assert {"invalid_state", "notice_too_short", "duplicate_case", "already_registered"} <= CODES
    assert {"stage_end", "part_time_express_renewal_reminder"} <= KINDS
    assert {"stage_completed", "part_time_lapses", "reminder", "detachement_ends"} <= CONSEQUENCES
    assert {"mission_limit_exceeded", "carry_over_insufficient"} <= CODES
    assert {"disponibilite_end", "disponibilite_end_reminder", "post_may_be_filled"} <= KINDS
    assert {"delegation", "mission_temporaire"} <= PLACED
    assert {"position", "paid", "deprivation", "suspension", "mise_a_disposition"} <= LANES


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
    assert {value.partition(".")[0] for value in extra} <= {"missing", "reason"}
    assert {value.partition(".")[2] for value in extra} <= literals()


def test_authorities_have_words() -> None:
    assert set(words.AUTHORITIES) == AUTHORITIES


@pytest.mark.parametrize("name", REGISTRY.events)
def test_an_event_is_told_with_its_own_fields(name: str) -> None:
    known = set(REGISTRY.events[name].model_fields) | {"due", "title", "length"}
    assert {field for _, field, _, _ in Formatter().parse(words.EVENTS[name]) if field} <= known


def test_no_sentence_tells_an_event_that_does_not_exist() -> None:
    assert set(words.EVENTS) == set(REGISTRY.events)


def test_deadlines_and_their_consequences_have_words() -> None:
    assert set(words.DEADLINES) == KINDS
    assert set(words.CONSEQUENCES) == CONSEQUENCES


def test_lanes_and_the_positions_held_have_words() -> None:
    assert set(words.LANES) == LANES
    positions = {lane_value.partition(".")[2] for lane_value in words.LANE_VALUES if lane_value.startswith("position.")}
    placed = {p.name for p in REGISTRY.procedures if p.name in PLACED and p.name not in LANES}
    assert positions == placed | ENDS_ALL | {"activite", "suspension"}
    for lane in ("mise_a_disposition", "maintien_activite"):
        assert words.lane_value(lane, lane) != lane
    assert words.lane_value("suspension", "suspended") == "Suspendu"
    assert words.lane_value("retenue", str(Rates(Decimal("0.50"), Decimal("0.50")))) == "50\u202f%"
    assert words.lane_value("retenue", "0.5/0.25") == "50\u202f% (université), 25\u202f% (hôpital)"
    assert words.lane_value("deprivation", "0.333") == "33,3\u202f%"
    assert words.lane_value("paid", "3000.00") == "3\u202f000,00\u202f€ par mois"


def test_the_account_of_rights_has_words() -> None:
    assert set(words.RIGHTS) == set(get_args(Right))
    assert set(words.MOVES) == set(get_args(Kind))


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
    assert set(words.WARNINGS) - literals() <= {"fact_missing"}
    assert words.warning("retenue_without_effect")
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


def read_through(result: Result) -> tuple[int, int]:
    """Everything of a run, in words; how many events were told, and how many refusals."""
    told = refused = 0
    for _, event in result.run.events:
        sentence = words.event(event)
        assert sentence, event
        assert "{" not in sentence
        assert "None" not in sentence
        assert "_" not in sentence, sentence
        for warning in event.warnings:
            assert words.warning(warning)
        told += 1
    for one in result.deadlines():
        assert words.DEADLINES[one.deadline.kind]
        assert words.CONSEQUENCES[one.deadline.consequence]
        assert words.authorities(one.deadline.awaits)
    for step in result.run.steps:
        if isinstance(step.decision, Rejection):
            for violation in step.decision.violations:
                said_of(violation)
                refused += 1
    for name, section in result.run.entitlements(result.entitled_on).items():
        assert words.SECTIONS[name]
        for key, right in section.items():
            for label, figure in words.entitlement(f"{name}.{key}", right):
                assert not {"{", "_"} & set(label + figure), (label, figure)
    for period in Context(result.until, result.run.subject, result.run.law).timeline:
        assert period.lane in words.LANES
        assert "_" not in words.lane_value(period.lane, period.value)
    return told, refused


def test_everything_that_happens_in_the_examples_can_be_told() -> None:
    counts = [read_through(result) for result in examples()]
    assert sum(told for told, _ in counts) > 40
    assert sum(refused for _, refused in counts) > 3


def placed() -> Iterator[Given]:
    """Each position granted, refused, or asked a second time over the first."""
    for name in placements.OPINIONS:
        corps = Given("PU-PH", statut="titulaire")
        yield placements.granted(corps, name, "2025-03-01", "2026-06-30")
        yield placements.asked(corps, name, "2025-02-01", "2025-06-01", "2025-07-31", "C2")
        asked = placements.asked(Given("AHU"), name, "2025-02-01", "2025-06-01", "2025-05-01")
        yield placements.decided(asked, name, "2025-02-02", outcome="refused")
        late = placements.asked(Given("MCU-PH"), name, "2025-01-01", "2025-02-01", "2029-01-31")
        yield placements.decided(late, name, "2025-03-02")
    company = Given("PU-PH").when(
        "2025-01-01", "detachement.request", kind="l531", starts_on="2025-03-01", ends_on="2027-02-28"
    )
    yield placements.decided(company, "detachement", "2025-01-02")
    moved = placements.asked(Given("PU-PH"), "mutation", "2025-01-01", "2025-06-01", "", same_chu=False)
    yield placements.decided(
        placements.heard(moved, "mutation", "2025-01-02", favourable=False), "mutation", "2025-01-03"
    )


def missions() -> Iterator[Given]:
    """Missions on each right, one too long, one taken in advance and its commitment broken."""
    heads = ["directeur_ufr", "dg_chu"]
    given = Given("PU-PH", hu_entry_on="2024-10-19", pay=proceedings.PAY)

    def asked(case: str, right: str, starts_on: str, ends_on: str, **more: Any) -> Given:
        more = {"basis": right, "starts_on": starts_on, "ends_on": ends_on, **more}
        return given.when("2025-01-10", "mission_temporaire.request", case, **more)

    yield asked("M1", "ordinary", "2025-03-01", "2025-08-31")
    yield asked("M2", "carry_over", "2025-03-01", "2025-04-15")
    yield asked("M3", "anticipated", "2025-03-01", "2025-08-31")
    yield asked("M4", "anticipated", "2025-03-01", "2025-08-31", commitment_accepted=True)
    given.when("2025-01-11", "mission_temporaire.decide", "M4", by=heads, outcome="granted")
    yield asked("M5", "ordinary", "2026-01-01", "2026-01-31")
    yield given.when("2025-03-02", "mission_temporaire.end_early", "M4", ends_on="2026-01-01")
    given.when("2025-09-02", "mission_temporaire.record_pay", "M4", amount="48000.00")
    yield given.when("2025-09-03", "mission_temporaire.breach", "M4", reason="disponibilite")


def accusations() -> Iterator[Given]:
    """Proceedings, suspensions and ways out, lawful and not."""
    yield proceedings.judged(proceedings.accused(), "2025-03-01", "revocation", starts_on="2025-02-01")
    yield proceedings.judged(proceedings.accused(Given("AHU")), "2025-03-01", "revocation")
    excluded = {"starts_on": "2025-03-01", "ends_on": "2030-02-28"}
    yield proceedings.judged(proceedings.accused(), "2025-03-01", "exclusion_temporaire", **excluded)
    excluded |= {"ends_on": "2026-02-28", "pay_deprivation": "0.5"}
    yield proceedings.judged(proceedings.accused(), "2025-03-01", "exclusion_temporaire", **excluded)
    yield proceedings.suspended(retenue=None)
    yield proceedings.suspended(retenue={"universitaire": "0.6", "hospitaliere": "0.7"})
    yield proceedings.suspended(procedure="ailleurs")
    yield proceedings.judged(proceedings.suspended(penal_prosecution=True), "2025-06-01", "blame")
    yield proceedings.in_emergency(circumstances={"continuite": True})
    yield proceedings.in_emergency().when("2025-01-16", "suspension.confirm", "SU", by=proceedings.MINISTERS)
    yield proceedings.suspended(proceedings.suspended(), "2025-02-01", case="S2")
    for entitled in (True, False):
        facts: dict[str, Any] = {"pay": proceedings.PAY, "pension_entitled": entitled, "validated_years": "12"}
        for outcome in ("retraite", "licencie"):
            for favourable in (True, False):
                heard = proceedings.opinion(proceedings.challenged(Given("MCU-PH", **facts)), "2025-02-01", favourable)
                yield proceedings.concluded(heard, "2025-03-01", outcome, effective_on="2025-04-01")
    yield proceedings.leaving(Given(), "2025-01-01", "2025-02-01", "demission")
    resigning = Given().when("2025-01-01", "cessation.request", "CE", kind="demission", effective_on="2025-02-01")
    yield resigning.when("2025-02-01", "cessation.accept", "CE", by=proceedings.MINISTERS)


def test_everything_that_happens_in_the_other_procedures_can_be_told() -> None:
    told: set[str] = set()
    refused: set[str] = set()
    for given in (*placed(), *missions(), *accusations()):
        for until in (None, "2036-01-01"):
            scenario = {**given.json, **({"until": until} if until else {})}
            result = simulate(REGISTRY, read_scenario(scenario))
            read_through(result)
            told |= {event.name() for _, event in result.run.events}
            refused |= {
                violation.code
                for step in result.run.steps
                if isinstance(step.decision, Rejection)
                for violation in step.decision.violations
            }
    assert {"CommitmentBroken", "RepaymentDue", "IndemniteLicenciementDue", "PaySettlementDeferred"} <= told
    assert {"mission_limit_exceeded", "retenue_above_half", "sanction_not_in_scale", "accord_required"} <= refused
    assert len(refused) > 25


def said_of(violation: Check) -> None:
    """A refusal names its facts: no sentence falls back on the title when one was written."""
    sentence = words.refusal(violation)
    assert "{" not in sentence.detail
    assert "_" not in sentence.detail, sentence.detail
    word = words.word_of(violation)
    if word.fact:
        assert sentence.fact != f"{sentence.title}.", violation
    listed = word.basis
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
