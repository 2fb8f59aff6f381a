"""Every figure that Greffe promises, taken now on this machine: one JSON document, progress on standard error.

Each part runs in a process of its own, on servers of its own, one after the other. A goal that is not met is
said, not raised: figures depend on the machine, and the document says on which one they were taken.
"""

import json
import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter
from typing import Any, Literal


@dataclass(frozen=True)
class Goal:
    """A figure of one part, and the bound it must keep."""

    part: str
    figure: str
    bound: float
    side: Literal["at least", "under"]

    def met(self, value: float) -> bool:
        return value >= self.bound if self.side == "at least" else value < self.bound


PARTS = ("store", "domain", "http", "temporal", "memory")
GOALS = (
    Goal("store", "append_to_bare_insert", 0.7, "at least"),
    Goal("store", "read_events_per_s", 150_000, "at least"),
    Goal("domain", "fold_50_events_ms", 1, "under"),
    Goal("domain", "simulate_300_scenarios_s", 10, "under"),
    Goal("http", "dossier_200_events_p50_ms", 50, "under"),
    Goal("temporal", "command_over_empty_update", 1.5, "under"),
    Goal("temporal", "rearm_cases_per_s", 100, "at least"),
    Goal("memory", "idle_mb", 1000, "under"),
)


def main() -> int:
    """The document on standard output; 1 when a part could not be measured."""
    taken = {part: _measured(part) for part in PARTS}
    document = {
        "taken_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {"processors": os.cpu_count(), "load": os.getloadavg(), "python": platform.python_version()},
        "goals": [_judged(goal, taken[goal.part]) for goal in GOALS],
        "figures": taken,
    }
    sys.stdout.write(json.dumps(document, indent=2) + "\n")
    return 1 if None in taken.values() else 0


def _measured(part: str) -> dict[str, Any] | None:
    sys.stderr.write(f"{part}… ")
    sys.stderr.flush()
    begun = perf_counter()
    run = subprocess.run([sys.executable, "-m", f"bench.{part}"], check=False, stdout=subprocess.PIPE)  # noqa: S603
    sys.stderr.write(f"{perf_counter() - begun:.0f} s\n" if run.returncode == 0 else "échec\n")
    figures: dict[str, Any] | None = json.loads(run.stdout) if run.returncode == 0 else None
    return figures


def _judged(goal: Goal, figures: dict[str, Any] | None) -> dict[str, Any]:
    value = None if figures is None else figures[goal.figure]
    met = value is not None and goal.met(value)
    return {"figure": goal.figure, "goal": f"{goal.side} {goal.bound:g}", "value": value, "met": met}


if __name__ == "__main__":
    sys.exit(main())
