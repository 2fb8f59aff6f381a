"""The law alone: folding a dossier of fifty events, and three hundred scenarios through the command line."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

from bench.career import fifty_events, scenario
from domain.kernel import Subject
from domain.procedures import REGISTRY

FOLDS, ROUNDS, SCENARIOS = 200, 5, 300


def measure() -> dict[str, float]:
    """Milliseconds of a fold, seconds of a run of the command on many scenarios and on one."""
    return {
        "fold_50_events_ms": median(_fold() for _ in range(ROUNDS)),
        f"simulate_{SCENARIOS}_scenarios_s": _simulate(SCENARIOS),
        "simulate_1_scenario_s": _simulate(1),
    }


def _fold() -> float:
    events, nobody = fifty_events(), Subject.new("A1", "agent", REGISTRY)
    begun = perf_counter()
    for _ in range(FOLDS):
        assert nobody.fold(events).version == 50
    return (perf_counter() - begun) * 1000 / FOLDS


def _simulate(count: int) -> float:
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "scenarios.json"
        file.write_text(json.dumps([scenario(f"A{number}") for number in range(count)]))
        begun = perf_counter()
        greffe = [sys.executable, "-m", "adapters", "simulate", "--json", str(file)]
        run = subprocess.run(greffe, check=True, capture_output=True)  # noqa: S603  # our own program
        taken = perf_counter() - begun
    assert len(json.loads(run.stdout)) == count
    return taken


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(), indent=2) + "\n")
