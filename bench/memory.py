"""What `greffe up --demo` holds in memory once nothing happens any more, all its processes together."""

import json
import signal
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from time import monotonic, sleep

import psutil

STARTING, SETTLING, STOPPING = 120.0, 120.0, 60.0  # seconds of patience
STEP, QUIET = 2.0, 0.1  # idle: in all its processes, less than this part of one processor for three steps


def measure() -> dict[str, float]:
    """Megabytes of proportional memory (shared pages counted once) by program, and their sum."""
    with tempfile.TemporaryDirectory(prefix="greffe-bench-") as place:
        Path(place).chmod(0o711)
        greffe = [sys.executable, "-m", "adapters", "up", "--demo", "--port", "0", "--data", f"{place}/data"]
        with subprocess.Popen(greffe, stdout=subprocess.PIPE, text=True) as up:  # noqa: S603  # our own program
            try:
                _wait_for_pages(up)
                _wait_for_idle(up.pid)
                held = _held(up.pid)
            finally:
                up.send_signal(signal.SIGINT)
                up.wait(STOPPING)
    return {"idle_mb": sum(held.values()), **{f"idle_{name}_mb": size for name, size in held.items()}}


def _wait_for_pages(up: "subprocess.Popen[str]") -> None:
    assert up.stdout is not None
    for line in up.stdout:
        if "http://" in line:
            return
    raise RuntimeError("greffe up ended before its pages opened")


def _wait_for_idle(pid: int) -> None:
    give_up, calm, before = monotonic() + SETTLING, 0, _busy(pid)
    while calm < 3:
        if monotonic() > give_up:
            raise RuntimeError("greffe up never became idle")
        sleep(STEP)
        now = _busy(pid)
        calm = calm + 1 if now - before < QUIET * STEP else 0
        before = now


def _busy(pid: int) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in _tree(pid))


def _held(pid: int) -> dict[str, float]:
    held: dict[str, float] = defaultdict(float)
    for process in _tree(pid):
        name = "greffe" if process.pid == pid else process.name().split(":")[0]
        held[name] += process.memory_full_info().pss / 1e6
    return held


def _tree(pid: int) -> list[psutil.Process]:
    root = psutil.Process(pid)
    return [root, *root.children(recursive=True)]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(), indent=2) + "\n")
