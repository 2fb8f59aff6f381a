"""Those who keep checkpoints away from the database: a file that grows, a mail a day.

What was signed and is held by somebody else can no longer be written otherwise without it being seen; everything
after the last such checkpoint is exposed, and said to be.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Protocol

from adapters.proof.note import Checkpoint, VerifierKey, opened


class Witness(Protocol):
    """Somebody who is handed each checkpoint."""

    def keep(self, checkpoint: Checkpoint, note: str, day: date) -> None: ...


@dataclass(frozen=True)
class WitnessFile:
    """A file, better on another machine, to which each note is added with an empty line after it."""

    path: Path

    def keep(self, checkpoint: Checkpoint, note: str, day: date) -> None:  # noqa: ARG002  what a witness is handed
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        with os.fdopen(descriptor, "r+b") as stream:
            stream.seek(_whole(stream.read()))
            stream.truncate()  # what a power cut left of a note would spoil the next one
            stream.write(f"{note}\n".encode())
            stream.flush()
            os.fsync(stream.fileno())


@dataclass(frozen=True)
class WitnessMail:
    """A directory where one message a day waits for whoever sends the mail."""

    spool: Path
    to: str
    keys: tuple[VerifierKey, ...]

    def keep(self, checkpoint: Checkpoint, note: str, day: date) -> None:
        file = self.spool / f"{day.isoformat()}.eml"
        if file.exists():
            return
        message = EmailMessage()
        message["From"] = message["To"] = self.to
        message["Subject"] = f"Greffe : le registre {checkpoint.origin} au {day:%d/%m/%Y}, n° {checkpoint.size}"
        message["Message-ID"] = f"<{day.isoformat()}.{checkpoint.size}.{checkpoint.root.hex()[:16]}@greffe>"
        keys = "\n".join(map(str, self.keys))
        message.set_content(
            f"Garder ce message : il atteste l'état du registre jusqu'au n° {checkpoint.size}.\n\n{note}\n"
            f"Clef publique, à comparer avec celle du procès-verbal d'installation :\n{keys}\n",
            cte="8bit",
        )
        written = file.with_suffix(".part")
        written.write_bytes(message.as_bytes(policy=SMTP))
        written.replace(file)


def exposed(head: int, sealed: int, held: int) -> str:
    """What the proof is worth today, in one sentence."""
    if not held:
        return f"scellé jusqu'au n° {sealed} sur {head} ; aucun témoin : donner GREFFE_WITNESS_FILE"
    rest = f" ; n° {held + 1} à {head} pas encore" if head > held else ""
    return f"preuve opposable jusqu'au n° {held}{rest}"


def kept(path: Path, keys: Iterable[VerifierKey]) -> list[Checkpoint]:
    """The checkpoints of a witness file; NoteError on one that none of these keys has signed."""
    known = tuple(keys)
    try:
        text = path.read_bytes().decode(errors="replace")  # the end of the last note may have been cut anywhere
    except FileNotFoundError:
        return []
    return [opened(note, *known) for note in notes(f"{text}\n")]


def _whole(written: bytes) -> int:
    """Where the last whole note ends."""
    return sum(len(note.encode()) + 1 for note in notes(written.decode(errors="replace")))


def notes(text: str) -> Iterator[str]:
    """The notes of a witness file; the last one is left out when its writing was cut."""
    parts = text.split("\n\n")
    for body, signatures in zip(parts[0:-1:2], parts[1:-1:2], strict=False):
        yield f"{body}\n\n{signatures}\n"
