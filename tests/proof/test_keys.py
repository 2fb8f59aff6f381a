"""The sealing key, the notes it signs, the witnesses who keep them."""

from datetime import date
from email import message_from_bytes
from email.policy import SMTP
from hashlib import sha256
from pathlib import Path

import pytest

from adapters.cli.seal import create_key
from adapters.proof import keys, verifier
from adapters.proof.note import Checkpoint, NoteError, SignerKey, VerifierKey, opened, signed
from adapters.proof.witness import WitnessFile, WitnessMail, exposed, kept
from adapters.settings import Settings

NAME = "greffe/essai"
DAY = date(2026, 3, 1)


def point(size: int, origin: str = NAME) -> Checkpoint:
    return Checkpoint(origin, size, sha256(bytes([size])).digest())


@pytest.fixture
def key(tmp_path: Path) -> SignerKey:
    return keys.create(tmp_path / "sceau", NAME)


def test_only_a_demonstration_bears_a_name_that_begins_with_demo(tmp_path: Path) -> None:
    with pytest.raises(keys.KeyRefused, match="demo"):
        create_key(Settings(data_dir=tmp_path, demo=True), "hopital")
    with pytest.raises(keys.KeyRefused, match="demo"):
        create_key(Settings(data_dir=tmp_path), "demo.hopital")
    made = create_key(Settings(data_dir=tmp_path, establishment_name="CHU de Besançon"))
    assert made.name == "greffe/chu-de-besancon"


def test_a_key_is_created_once_for_its_owner_alone(key: SignerKey, tmp_path: Path) -> None:
    home = tmp_path / "sceau"
    assert (home / keys.PRIVATE).stat().st_mode & 0o777 == 0o600
    assert keys.read(home).verifier == key.verifier
    assert keys.verifiers(home) == [key.verifier]
    with pytest.raises(keys.KeyRefused, match="existe déjà"):
        keys.create(home, NAME)


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o666, 0o602])
def test_a_key_that_others_could_read_or_change_is_refused(key: SignerKey, tmp_path: Path, mode: int) -> None:
    (tmp_path / "sceau" / keys.PRIVATE).chmod(mode)
    with pytest.raises(keys.KeyRefused, match="autre compte"):
        keys.read(tmp_path / "sceau")


def test_a_key_behind_a_link_or_absent_or_damaged_is_refused(key: SignerKey, tmp_path: Path) -> None:
    home = tmp_path / "sceau"
    with pytest.raises(keys.KeyRefused, match="greffe seal key"):
        keys.read(tmp_path)
    linked = tmp_path / "autre"
    linked.mkdir()
    (linked / keys.PRIVATE).symlink_to(home / keys.PRIVATE)
    with pytest.raises(keys.KeyRefused):
        keys.read(linked)
    whole = (home / keys.PRIVATE).read_text()
    for damaged in ("", whole[:40], whole.replace("greffe/essai", "greffe/autre"), whole.replace("PRIVATE", "PUBLIC")):
        (home / keys.PRIVATE).write_text(damaged)
        with pytest.raises(keys.KeyRefused):
            keys.read(home)


def test_a_pinned_key_is_known_where_the_sealing_process_is_not(key: SignerKey, tmp_path: Path) -> None:
    other = keys.generated(NAME).verifier
    assert keys.verifiers(tmp_path) == []
    assert keys.verifiers(tmp_path, f"{key.verifier} {other}") == [key.verifier, other]
    assert keys.verifiers(tmp_path / "sceau", f"{key.verifier}") == [key.verifier]
    with pytest.raises(keys.KeyRefused):
        keys.verifiers(tmp_path, "n'importe quoi")


@pytest.mark.parametrize(
    ("head", "sealed", "held", "said"),
    [
        (12, 12, 12, "preuve opposable jusqu'au n° 12"),
        (15, 14, 12, "preuve opposable jusqu'au n° 12 ; n° 13 à 15 pas encore"),
        (15, 14, 0, "scellé jusqu'au n° 14 sur 15 ; aucun témoin"),
    ],
)
def test_what_is_exposed_is_said(head: int, sealed: int, held: int, said: str) -> None:
    assert exposed(head, sealed, held).startswith(said)


@pytest.mark.parametrize("name", ["", "deux mots", "a+b", "a\nb"])
def test_a_name_that_a_note_cannot_bear_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(keys.KeyRefused):
        keys.create(tmp_path, name)


def test_the_verifier_reads_the_same_notes_as_the_service(key: SignerKey) -> None:
    note, other = signed(point(7), key), keys.generated(NAME)
    pinned = verifier.read_key(str(key.verifier))
    assert verifier.read_note(note.encode(), [pinned]) == (7, point(7).root)
    both = signed(point(7), key, other)
    assert opened(both, other.verifier) == opened(both, key.verifier) == point(7)
    assert verifier.read_note(both.encode(), [verifier.read_key(str(other.verifier))]) == (7, point(7).root)


def test_no_byte_of_a_note_can_change(key: SignerKey) -> None:
    note = signed(point(7), key).encode()
    pinned = verifier.read_key(str(key.verifier))
    for at in range(len(note)):
        for flip in (1, 2, 32):
            changed = bytes([*note[:at], note[at] ^ flip, *note[at + 1 :]])
            with pytest.raises(verifier.Altered):
                verifier.read_note(changed, [pinned])
            with pytest.raises((NoteError, UnicodeDecodeError)):
                opened(changed.decode(), key.verifier)


def test_a_key_signs_under_its_own_name_only(key: SignerKey) -> None:
    note = signed(point(7, "greffe/ailleurs"), key)
    with pytest.raises(NoteError):
        opened(note, key.verifier)
    with pytest.raises(verifier.Altered):
        verifier.read_note(note.encode(), [verifier.read_key(str(key.verifier))])


def test_a_vkey_with_a_part_changed_is_refused(key: SignerKey) -> None:
    line = str(key.verifier)
    assert VerifierKey.parse(line) == key.verifier
    for at in range(len(line)):
        changed = line[:at] + ("A" if line[at] != "A" else "B") + line[at + 1 :]
        with pytest.raises(NoteError):
            VerifierKey.parse(changed)
        with pytest.raises(verifier.Incomplete):
            verifier.read_key(changed)


def test_a_witness_file_grows_and_forgets_only_a_note_cut_while_written(key: SignerKey, tmp_path: Path) -> None:
    file = WitnessFile(tmp_path / "temoin")
    for size in (1, 2, 3):
        file.keep(point(size), signed(point(size), key), DAY)
    whole = file.path.read_bytes()
    assert kept(file.path, [key.verifier]) == [point(1), point(2), point(3)]
    third = len(signed(point(3), key).encode()) + 1
    for cut in range(2, third):
        file.path.write_bytes(whole[:-cut])
        assert kept(file.path, [key.verifier]) == [point(1), point(2)]
        file.keep(point(3), signed(point(3), key), DAY)
        assert file.path.read_bytes() == whole
    file.path.write_bytes(whole.replace(b"\n2\n", b"\n4\n"))
    with pytest.raises(NoteError):
        kept(file.path, [key.verifier])


def test_one_message_a_day_waits_to_be_sent(key: SignerKey, tmp_path: Path) -> None:
    mail = WitnessMail(tmp_path, "audit@example.org", (key.verifier,))
    for size, day in ((1, DAY), (2, DAY), (3, date(2026, 3, 2))):
        mail.keep(point(size), signed(point(size), key), day)
    assert sorted(path.name for path in tmp_path.glob("*.eml")) == ["2026-03-01.eml", "2026-03-02.eml"]
    message = message_from_bytes((tmp_path / "2026-03-02.eml").read_bytes(), policy=SMTP)
    assert message["To"] == "audit@example.org"
    text = message.get_content().replace("\r\n", "\n")
    assert signed(point(3), key) in text
    assert str(key.verifier) in text
    assert "jusqu'au n° 3" in text
