"""The dossier that the figures are taken on: part-time work authorised three times, and the deadlines it brings."""

from datetime import date
from typing import Any

from domain.kernel import Event, Subject
from domain.law.editions import current
from domain.procedures import REGISTRY
from domain.simulation import Run, read_command

UNTIL = date(2037, 1, 1)
OPINIONS = ("directeur_ufr", "president_cme", "chef_pole", "chef_service")


def scenario(name: str) -> dict[str, Any]:
    """The life of one agent, as a scenario file says it."""
    opening = {"type": "agent.register", "facts": {"corps": "PU-PH"}}
    steps = [{"on": "2024-09-01", "command": opening}]
    for ref, year in (("TP1", 2024), ("TP2", 2028), ("TP3", 2032)):
        steps += [{"on": f"{year}-10-01", "command": {**command, "case": ref}} for command in _part_time(year)]
    return {"title": name, "subject": {"kind": "agent", "id": name}, "steps": steps, "until": UNTIL.isoformat()}


def fifty_events() -> list[Event]:
    """The first fifty events of that life."""
    run = Run(Subject.new("A1", "agent", REGISTRY), current())
    for number, step in enumerate(scenario("A1")["steps"]):
        run.act(number, date.fromisoformat(step["on"]), read_command(REGISTRY, step["command"]))
    run.advance(UNTIL)
    assert all(step.accepted for step in run.steps)
    return [event for _, event in run.events][:50]


def _part_time(year: int) -> list[dict[str, Any]]:
    request = {"type": "part_time.request", "quotite": 80, "starts_on": f"{year + 1}-02-01", "months": 12}
    opinions = [{"type": "part_time.give_opinion", "by": by, "favourable": True} for by in OPINIONS]
    decision = {"type": "part_time.decide", "by": ["president_universite", "dg_chu"], "outcome": "granted"}
    return [request, *opinions, decision]
