"""How a verb speaks: data on the standard output, everything else on the standard error."""

import json
import os
import sys
import time
from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import Any

REFRESH = 5.0  # seconds between two progress lines where no terminal looks on
RED, GREEN, DIM, PLAIN = "\033[31m", "\033[32m", "\033[2m", "\033[0m"


class Status(IntEnum):
    """The exit codes of the command."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    REFUSED = 3
    NOT_FOUND = 4
    CONFLICT = 5
    PROOF_FAILED = 6
    UNREACHABLE = 7
    PARTIAL = 8
    INTERRUPTED = 130


class Failure(Exception):
    """The verb cannot go on: the cause, the remedy when there is one, the exit code."""

    def __init__(self, cause: str, remedy: str = "", status: Status = Status.FAILED) -> None:
        super().__init__(cause)
        self.cause = cause
        self.remedy = remedy
        self.status = status


class Voice:
    """What the common options ask of the output of one run."""

    def __init__(self, *, quiet: bool = False, color: bool = True) -> None:
        self.quiet = quiet
        self.color = color and not os.environ.get("NO_COLOR")

    # -- Data --

    def document(self, value: Any) -> None:
        """One JSON document."""
        print(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False))

    def line(self, text: str = "", style: str = "") -> None:
        print(self._paint(printable(text), style))

    def table(self, headers: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Columns on a terminal; where the output goes to a program, fields between tabs, without headers."""
        shown = [[printable(cell) for cell in row] for row in rows]
        if not sys.stdout.isatty():
            for row in shown:
                print("\t".join(row))
            return
        widths = [max(map(len, column)) for column in zip(headers, *shown, strict=True)]
        for number, row in enumerate([list(headers), *shown]):
            text = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            print(self._paint(text, DIM) if number == 0 else text)

    def _paint(self, text: str, style: str) -> str:
        """The text in a colour, on a terminal that wants one."""
        return f"{style}{text}{PLAIN}" if style and self.color and sys.stdout.isatty() else text

    # -- Messages --

    def say(self, text: str) -> None:
        """A message to the person, kept silent by --quiet."""
        if not self.quiet:
            print(printable(text), file=sys.stderr, flush=True)

    def progress(self, title: str, total: int | None = None) -> "Progress":
        return Progress(self, title, total)


class Progress:
    """A line that a terminal sees moving, or one line now and then."""

    def __init__(self, voice: Voice, title: str, total: int | None) -> None:
        self._voice = voice
        self._title = title
        self._total = total
        self._live = sys.stderr.isatty()
        self._shown_at = time.monotonic()
        self._done = 0

    def advance(self, by: int = 1) -> None:
        """So many more are done."""
        self.reach(self._done + by)

    def reach(self, done: int) -> None:
        """So many are done in all."""
        self._done = done
        now = time.monotonic()
        if self._voice.quiet or now - self._shown_at < (0.1 if self._live else REFRESH):
            return
        self._shown_at = now
        self._show("\r" if self._live else "", "" if self._live else "\n")

    def close(self) -> None:
        """Leave the last count on the terminal."""
        if self._live and not self._voice.quiet:
            self._show("\r", "\n")

    def _show(self, before: str, after: str) -> None:
        of = f" / {self._total}" if self._total is not None else ""
        print(f"{before}{self._title} : {self._done}{of}", end=after, file=sys.stderr, flush=True)


def printable(value: object) -> str:
    """The value on one line, without what a terminal would obey."""
    text = "" if value is None else str(value)
    return "".join(c if c.isprintable() else " " for c in text)


def complain(failure: Failure) -> None:
    """Say on the standard error what failed, and what to do about it."""
    print("greffe :", printable(failure.cause), file=sys.stderr)
    if failure.remedy:
        print("  →", printable(failure.remedy), file=sys.stderr)
    sys.stderr.flush()
