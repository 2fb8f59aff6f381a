"""Given an agent, when commands are made, then read what happened: a scenario of the public contract, run."""

from typing import Any

from domain.kernel import Registry
from domain.procedures import REGISTRY
from domain.simulation import read_scenario, simulate

Json = dict[str, Any]


class Given:
    """An agent and the steps made so far; each question runs the whole scenario again."""

    def __init__(
        self, corps: str | None = "PU-PH", choices: Json | None = None, registry: Registry = REGISTRY, **facts: Any
    ) -> None:
        corps_known = {} if corps is None else {"corps": corps}
        self.json: Json = {
            "subject": {"kind": "agent", "id": "A1", **corps_known, **facts},
            "choices": choices or {},
            "steps": [],
        }
        self.registry = registry

    def when(self, on: str, type: str, case: str | None = "C1", **fields: Any) -> "Given":
        named = {} if case is None else {"case": case}
        self.json["steps"].append({"on": on, "command": {"type": type, **named, **fields}})
        return self

    def result(self, until: str | None = None, on: str | None = None) -> Json:
        last = {"until": until} if until else {}
        at = {"expect": {"entitlements": {"on": on}}} if on else {}
        return simulate(self.registry, read_scenario({**self.json, **last, **at})).as_json()

    def codes(self) -> list[str | None]:
        """The code of each step, in the order given; None when it was accepted."""
        return [step.get("code") for step in sorted(self.result()["steps"], key=lambda step: step["step"])]

    def code(self) -> str | None:
        """The code of the last step, those before it being accepted."""
        *before, last = self.codes()
        assert not any(before), before
        return last

    def events(self, name: str, until: str | None = None) -> list[Json]:
        return [event for event in self.result(until)["events"] if event["type"] == name]

    def days(self, name: str, until: str | None = None) -> list[str]:
        return [event["on"] for event in self.events(name, until)]

    def deadlines(self, kind: str, until: str | None = None) -> dict[str, str]:
        """Due date to status, in the order in which they were armed."""
        return {one["due"]: one["status"] for one in self.result(until)["deadlines"] if one["kind"] == kind}

    def entitled(self, on: str) -> Json:
        rights: Json = self.result(until=on, on=on)["entitlements"]
        return rights
