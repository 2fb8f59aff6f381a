"""The public examples of the law, each run as soon as its procedures exist."""

import json
from pathlib import Path
from typing import Any

import pytest

from domain.procedures import REGISTRY
from domain.simulation import AgentSubject, read_scenario, simulate

FILES = sorted((Path(__file__).parent / "examples").glob("*.json"))
EXAMPLES = [example for file in FILES for example in json.loads(file.read_text("utf-8"))]


def runs(example: dict[str, Any]) -> bool:
    """Whether the commands are known, or, without any, the facts and the events that are waited for."""
    if example["subject"]["kind"] not in {procedure.subject for procedure in REGISTRY.procedures}:
        return False
    if example["steps"]:
        return {step["command"]["type"] for step in example["steps"]} <= set(REGISTRY.commands)
    waited_for = {event["type"] for event in example["expect"].get("events", [])}
    return set(example["subject"]) <= set(AgentSubject.model_fields) and waited_for <= set(REGISTRY.events)


RUNNABLE = [example for example in EXAMPLES if runs(example)]


@pytest.mark.parametrize("example", RUNNABLE, ids=lambda example: example["id"])
def test_the_example_is_met(example: dict[str, Any]) -> None:
    assert simulate(REGISTRY, read_scenario(example)).differences == ()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["id"])
def test_the_example_can_be_read(example: dict[str, Any]) -> None:
    assert read_scenario(example).steps is not None


def test_every_procedure_that_has_an_example_runs_it() -> None:
    shown = {step["command"]["type"].split(".")[0] for example in RUNNABLE for step in example["steps"]}
    named = {step["command"]["type"].split(".")[0] for example in EXAMPLES for step in example["steps"]}
    assert named & set(REGISTRY.by_name) <= shown
