"""Checkpoints as C2SP signed notes: three lines of text, a blank one, and Ed25519 signatures.

The text is the origin, the size of the tree and its root in base64. A reader pins the origin and the key; parsing is
strict, so that no second reading of the same bytes exists.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ALGORITHM = b"\x01"  # Ed25519, in the C2SP registry
KEY_ID = 4
NAME = re.compile(r"[^\s+]+")
SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


class NoteError(ValueError):
    """A note or a key that is not written as it must be, or whose signature does not hold."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of the tree: its name, its size, its root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key under a name, as a reader pins it."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + ALGORITHM + self.public).digest()[:KEY_ID]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{b64encode(ALGORITHM + self.public).decode()}"

    @classmethod
    def parse(cls, text: str) -> "VerifierKey":
        """Read `name+id+key`; NoteError when a part does not fit the others."""
        name, _, rest = text.strip().partition("+")
        found, _, encoded = rest.partition("+")
        material = _base64(encoded)
        if not NAME.fullmatch(name) or material[:1] != ALGORITHM or len(material) != 33:
            raise NoteError("not an Ed25519 verifier key")
        key = cls(name, material[1:])
        if key.id.hex() != found:
            raise NoteError("the id is not that of the key")
        return key


@dataclass(frozen=True)
class SignerKey:
    """A private key under a name."""

    name: str
    private: Ed25519PrivateKey

    @property
    def verifier(self) -> VerifierKey:
        return VerifierKey(self.name, self.private.public_key().public_bytes_raw())

    def sign(self, text: str) -> str:
        """The signature line of a text."""
        signature = self.private.sign(text.encode())
        return f"— {self.name} {b64encode(self.verifier.id + signature).decode()}\n"


def signed(checkpoint: Checkpoint, *keys: SignerKey) -> str:
    """The note of a checkpoint, signed by each key."""
    text = checkpoint.text()
    return text + "\n" + "".join(key.sign(text) for key in keys)


def opened(note: str, *keys: VerifierKey) -> Checkpoint:
    """The checkpoint of a note that one of these keys has signed under its name; NoteError otherwise."""
    text, blank, lines = note.partition("\n\n")
    if not blank or not lines.endswith("\n"):
        raise NoteError("a note has a text, a blank line and signatures")
    text += "\n"
    checkpoint = _read(text)
    if not any(_holds(text, line, keys) for line in lines[:-1].split("\n")):
        raise NoteError("no signature of a known key")
    return checkpoint


def _read(text: str) -> Checkpoint:
    parts = text.split("\n")
    if len(parts) != 4 or parts[3]:
        raise NoteError("a checkpoint has three lines")
    origin, size, encoded = parts[:3]
    root = _base64(encoded)
    if not NAME.fullmatch(origin) or not SIZE.fullmatch(size) or len(root) != 32:
        raise NoteError("the three lines are an origin, a size and a root")
    return Checkpoint(origin, int(size), root)


def _holds(text: str, line: str, keys: tuple[VerifierKey, ...]) -> bool:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != "—":
        raise NoteError("a signature line is a dash, a name and base64")
    material = _base64(parts[2])
    for key in keys:
        if parts[1] == key.name == text.partition("\n")[0] and material[:KEY_ID] == key.id:
            try:
                Ed25519PublicKey.from_public_bytes(key.public).verify(material[KEY_ID:], text.encode())
            except InvalidSignature as error:
                raise NoteError(f"the signature of {key.name} does not hold") from error
            return True
    return False


def _base64(text: str) -> bytes:
    try:
        raw = b64decode(text, validate=True)
    except (NotBase64, ValueError) as error:
        raise NoteError("not base64") from error
    if b64encode(raw).decode() != text:
        raise NoteError("base64 with bits to spare")
    return raw
