"""The key that signs checkpoints: one file for its owner's eyes only, and its public line beside it.

The private file is `PRIVATE+KEY+name+id+base64`, the form that signed notes use everywhere. `cle.vkey` keeps one
public line per key, oldest first; whoever verifies copies it once, at installation, and never from an export.
"""

import os
import stat
from base64 import b64decode, b64encode
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from adapters.proof.note import ALGORITHM, NAME, NoteError, SignerKey, VerifierKey

PRIVATE = "clef"
PUBLIC = "cle.vkey"
PREFIX = "PRIVATE+KEY+"
DEMO = "demo."


class KeyRefused(Exception):
    """A key that must not be used, and why."""


def create(home: Path, name: str) -> SignerKey:
    """A new key under a name, written once; KeyRefused when there is one already."""
    if not NAME.fullmatch(name):
        raise KeyRefused(f"« {name} » : un nom sans espace ni + est attendu")
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = generated(name)
    try:
        write(home / PRIVATE, key)
    except FileExistsError as error:
        raise KeyRefused(f"{home / PRIVATE} existe déjà") from error
    publish(home, key)
    return key


def generated(name: str) -> SignerKey:
    """A key that is nowhere yet."""
    return SignerKey(name, Ed25519PrivateKey.generate())


def write(file: Path, key: SignerKey) -> None:
    """Write a private key where no file is, for its owner alone."""
    secret = b64encode(ALGORITHM + key.private.private_bytes_raw()).decode()
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(f"{PREFIX}{key.name}+{key.verifier.id.hex()}+{secret}\n")
        stream.flush()
        os.fsync(stream.fileno())


def publish(home: Path, key: SignerKey) -> None:
    """Add the public line of a key to those already known."""
    with (home / PUBLIC).open("a") as stream:
        stream.write(f"{key.verifier}\n")


def read(home: Path) -> SignerKey:
    """The key that signs; KeyRefused when it is missing, or when somebody else could have read it."""
    file = home / PRIVATE
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError as error:
        raise KeyRefused(f"{file} manque : la créer une fois avec « greffe seal key »") from error
    except OSError as error:
        raise KeyRefused(f"{file} : {error.strerror}") from error
    with os.fdopen(descriptor) as stream:
        status = os.fstat(stream.fileno())
        if not stat.S_ISREG(status.st_mode) or status.st_mode & 0o077 or status.st_uid != os.geteuid():
            raise KeyRefused(f"{file} est lisible d'un autre compte : en changer, puis chmod 600")
        return _parsed(stream.read(), file)


def verifiers(home: Path, pinned: str | None = None) -> list[VerifierKey]:
    """The public lines known here, those of a setting first; none where nothing was ever sealed."""
    try:
        lines = (home / PUBLIC).read_text().split()
    except FileNotFoundError:
        lines = []
    try:
        return [VerifierKey.parse(line) for line in dict.fromkeys([*(pinned or "").split(), *lines])]
    except NoteError as error:
        raise KeyRefused(f"{home / PUBLIC} : {error}") from error


def _parsed(text: str, file: Path) -> SignerKey:
    name, _, rest = text.strip().removeprefix(PREFIX).partition("+")
    found, _, encoded = rest.partition("+")
    try:
        material = b64decode(encoded, validate=True)
        key = SignerKey(name, Ed25519PrivateKey.from_private_bytes(material[1:]))
    except ValueError as error:
        raise KeyRefused(f"{file} n'est pas une clef") from error
    if material[:1] != ALGORITHM or not NAME.fullmatch(name) or key.verifier.id.hex() != found:
        raise KeyRefused(f"{file} n'est pas une clef Ed25519 de ce nom")
    return key
