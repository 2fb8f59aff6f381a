"""An export given to a stranger: the intact one passes, whatever is done to it is seen, and it shows nobody else."""

import asyncio
import json
import subprocess
import sys
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4
from zipfile import ZipFile

import pytest
from service.store_acts import appended
from service.store_procedure import opened as event

from adapters.embedded.postgres import Databases
from adapters.proof import keys, verifier
from adapters.proof.bundle import NotSealed, export
from adapters.proof.merkle import Tree, leaf_hash
from adapters.proof.note import Checkpoint, NoteError, SignerKey, signed
from adapters.proof.sealing import Connection, Sealer, connected, rotate
from adapters.store.persons import Person, Persons
from adapters.store.register import Register
from domain.law.editions import current

pytestmark = pytest.mark.service

FIRST, SECOND, THIRD = (UUID(int=n) for n in (11, 22, 33))
VERIFIER = Path(verifier.__file__)
Files = dict[str, bytes]


@dataclass(frozen=True)
class World:
    """Nine events of three persons, in turn, sealed at 3, 6 and 8; the ninth is not sealed yet."""

    register: Register
    key: SignerKey
    home: Path
    place: Path
    points: dict[int, str]
    seal: Connection

    @property
    def vkey(self) -> str:
        return str(self.key.verifier)

    async def files(self, subject: UUID | None = None, older: tuple[int, ...] = ()) -> Files:
        out = self.place / f"{uuid4()}.zip"
        known = keys.verifiers(self.home)
        points = [Checkpoint(*_point(self.points[size], self.vkey)) for size in older]
        await export(self.register.pool, out, known, current(), subject, points)
        with ZipFile(out) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    def older(self, size: int) -> Path:
        file = self.place / f"ancien-{size}.note"
        file.write_text(self.points[size])
        return file


def _point(note: str, vkey: str) -> tuple[str, int, bytes]:
    size, root = verifier.read_note(note.encode(), [verifier.read_key(vkey)])
    return "greffe/essai", size, root


@pytest.fixture
async def world(register: Register, store: Databases, tmp_path: Path) -> AsyncIterator[World]:
    home = tmp_path / "sceau"
    key = keys.create(home, "greffe/essai")
    points: dict[int, str] = {}
    async with connected(store.seal_dsn) as seal:
        for number in range(9):
            subject = (FIRST, SECOND, THIRD)[number % 3]
            await appended(register, subject, number // 3, event(number))
            if number + 1 in (3, 6, 8):
                assert await Sealer(keys.read(home), home).seal(seal) is not None
                points[number + 1] = (home / "dernier.note").read_text()
        yield World(register, key, home, tmp_path, points, seal)


def written(place: Path, files: Files, *, declared: bool = True) -> Path:
    """The files as a zip; `declared`, the forger also makes the list of files agree."""
    if declared:
        manifest = json.loads(files["export.json"])
        manifest["files"] = {
            name: sha256(content).hexdigest() for name, content in files.items() if name != "export.json"
        }
        files = {**files, "export.json": json.dumps(manifest).encode()}
    out = place / f"{uuid4()}.zip"
    with ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out


def run(path: Path, *vkeys: str, older: tuple[Path, ...] = (), program: Path = VERIFIER) -> tuple[int, dict[str, Any]]:
    """What the stranger's command says, alone with the standard library."""
    words = [word for vkey in vkeys for word in ("--cle", vkey)] + [
        word for one in older for word in ("--ancien", str(one))
    ]
    command = [sys.executable, "-I", str(program), str(path), *words, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", timeout=60)
    assert not done.stderr, done.stderr
    return done.returncode, json.loads(done.stdout)


def lines(files: Files) -> list[bytes]:
    return files["evenements.jsonl"].splitlines(keepends=True)


def with_lines(files: Files, changed: list[bytes]) -> Files:
    return {**files, "evenements.jsonl": b"".join(changed)}


def rechained(changed: list[bytes]) -> list[bytes]:
    """The same events with new numbers, chain and hashes, as somebody who owns the database would write them."""
    heads: dict[str, tuple[int, bytes]] = {}
    out = []
    for pos, raw in enumerate(changed, 1):
        e = json.loads(raw)
        seq, prev = heads.get(e["stream"], (0, bytes(32)))
        header = "".join(
            f"{one}\n" for one in (e["stream"], seq + 1, pos, e["topic"], e["command_id"], e["k"], e["recorded_at"])
        )
        found = sha256(b"greffe/event/v1\n" + prev + header.encode() + b64decode(e["body"])).digest()
        heads[e["stream"]] = (seq + 1, found)
        out.append(
            (verifier.LINE % {**e, "seq": seq + 1, "pos": pos, "prev": prev.hex(), "hash": found.hex()}).encode()
        )
    return out


def resealed(files: Files, key: SignerKey) -> Files:
    """With points signed anew over the events as they now are."""
    tree = Tree(leaf_hash(bytes.fromhex(json.loads(raw)["hash"])) for raw in lines(files))
    kept = {name: content for name, content in files.items() if not name.startswith("points/")}
    size = len(tree)
    return {**kept, f"points/{size:012}.note": signed(Checkpoint(key.name, size, tree.root()), key).encode()}


def edited(raw: bytes) -> bytes:
    e = json.loads(raw)
    body = b64decode(e["body"]).replace(b"sans objet", b"AVEC objet")
    return (verifier.LINE % {**e, "body": b64encode(body).decode()}).encode()


async def test_an_intact_export_passes_alone_and_against_an_older_point(world: World) -> None:
    for subject, events in ((None, 9), (FIRST, 3), (THIRD, 3)):
        files = await world.files(subject)
        code, said = run(written(world.place, files, declared=False), world.vkey)
        unsealed = 0 if subject == FIRST else 1
        assert code == 0, said
        assert said == {
            "verdict": "intact",
            "origin": "greffe/essai",
            "scope": "register" if subject is None else "dossier",
            "points": 1,
            "events": events,
            "sealed": events - unsealed,
            "unsealed": unsealed,
            "proven_up_to": 8,
        }
    for subject in (None, SECOND):
        files = await world.files(subject, older=(3, 6))
        code, said = run(written(world.place, files), world.vkey, older=(world.older(3), world.older(6)))
        assert (code, said["points"]) == (0, 3)


async def test_a_folder_is_read_like_a_zip_and_the_bundle_brings_its_verifier(world: World) -> None:
    folder = world.place / "export"
    for name, content in (await world.files(FIRST)).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    assert run(folder, world.vkey)[0] == 0
    assert run(folder, world.vkey, program=folder / "verifier.py")[0] == 0


def test_the_verifier_stays_short_and_needs_nothing() -> None:
    text = Path(verifier.__file__).read_text()
    assert len(text.splitlines()) <= 300
    imported = {found.split()[1].split(".")[0] for found in text.splitlines() if found.startswith(("import ", "from "))}
    assert imported <= sys.stdlib_module_names


Forgery = Callable[[list[bytes]], list[bytes]]
FORGERIES: dict[str, tuple[Forgery, int]] = {
    "an edited event": (lambda raws: [*raws[:3], edited(raws[3]), *raws[4:]], 4),
    "two events in the other order": (lambda raws: [*raws[:3], raws[4], raws[3], *raws[5:]], 4),
    "a removed event": (lambda raws: raws[:3] + raws[4:], 4),
    "the first event removed": (lambda raws: raws[1:], 1),
    "an inserted event": (lambda raws: [*raws[:4], raws[3], *raws[4:]], 5),
    "a cut tail": (lambda raws: raws[:5], 6),
    "a whole person removed": (lambda raws: [raw for raw in raws if str(SECOND).encode() not in raw], 2),
    "nothing left": (lambda raws: [], 1),
}


@pytest.mark.parametrize("declared", [True, False])
@pytest.mark.parametrize("forgery", FORGERIES)
async def test_a_forged_register_is_seen_and_its_first_bad_position_named(
    world: World, forgery: str, declared: bool
) -> None:
    files = await world.files()
    change, position = FORGERIES[forgery]
    code, said = run(written(world.place, with_lines(files, change(lines(files))), declared=declared), world.vkey)
    assert (code, said["verdict"], said["position"]) == (1, "altered", position), said


@pytest.mark.parametrize(
    "forgery",
    [
        "an edited event",
        "two events in the other order",
        "a removed event",
        "a cut tail",
        "a whole person removed",
        "nothing left",
    ],
)
async def test_a_register_written_again_with_all_its_hashes_is_seen_against_the_point(
    world: World, forgery: str
) -> None:
    files = await world.files()
    forged = with_lines(files, rechained(FORGERIES[forgery][0](lines(files))))
    code, said = run(written(world.place, forged), world.vkey)
    assert (code, said["verdict"]) == (1, "altered"), said
    assert said["position"] is not None


async def test_a_register_written_and_signed_again_is_seen_against_an_older_point_only(world: World) -> None:
    files = await world.files()
    forged = resealed(
        with_lines(files, rechained([edited(raw) if n == 4 else raw for n, raw in enumerate(lines(files))])), world.key
    )
    path = written(world.place, forged)
    assert run(path, world.vkey)[0] == 0  # the key was stolen: nothing in the export betrays it
    assert run(path, world.vkey, older=(world.older(3),))[0] == 0  # held before the change: it stays true
    code, said = run(path, world.vkey, older=(world.older(3), world.older(6)))
    assert (code, said["position"]) == (1, 4)  # between 4 and 6
    shorter = resealed(with_lines(files, rechained(lines(files)[:5])), world.key)
    code, said = run(written(world.place, shorter), world.vkey, older=(world.older(8),))
    assert (code, said["position"]) == (1, 6)


async def test_another_key_is_refused_whatever_it_signs(world: World) -> None:
    files = await world.files()
    thief = keys.generated("greffe/essai")
    forged = {**resealed(files, thief), "cle.vkey": f"{thief.verifier}\n".encode()}
    code, said = run(written(world.place, forged), world.vkey)
    assert (code, said["verdict"]) == (1, "altered")
    renamed = replace(thief, name="greffe/autre")
    assert run(written(world.place, resealed(files, renamed)), world.vkey)[0] == 1
    assert run(written(world.place, files), str(thief.verifier))[0] == 1
    assert run(written(world.place, files), "greffe/essai+00000000+AAAA")[0] == 2


async def test_no_file_of_the_export_is_changed_added_or_removed_unseen(world: World) -> None:
    files = await world.files(FIRST)
    for name, content in files.items():
        removed = {other: kept for other, kept in files.items() if other != name}
        assert run(written(world.place, removed, declared=False), world.vkey)[0] in (1, 2), name
        if name != "export.json":
            changed = content[:-2] + bytes([content[-2] ^ 1]) + content[-1:]
            assert run(written(world.place, {**files, name: changed}, declared=False), world.vkey)[0] in (1, 2), name
    assert run(written(world.place, {**files, "ajout.txt": b""}, declared=False), world.vkey)[0] == 1
    manifest = json.loads(files["export.json"])
    for altered in (
        {**manifest, "files": dict.fromkeys(manifest["files"], "0" * 64)},
        {**manifest, "files": {name: digest for name, digest in manifest["files"].items() if name != "LISEZMOI.txt"}},
        {**manifest, "scope": "register"},
        {key: value for key, value in manifest.items() if key != "files"},
    ):
        forged = {**files, "export.json": json.dumps(altered).encode()}
        assert run(written(world.place, forged, declared=False), world.vkey)[0] in (1, 2)
    whole = await world.files()
    narrowed = {**json.loads(whole["export.json"]), "scope": "dossier"}
    assert run(written(world.place, {**whole, "export.json": json.dumps(narrowed).encode()}), world.vkey)[0] in (1, 2)


@pytest.mark.parametrize("subject", [None, SECOND])
async def test_no_byte_of_the_events_changes_unseen(world: World, subject: UUID | None) -> None:
    files = await world.files(subject)
    folder = world.place / "export"
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    text, positions = files["evenements.jsonl"], [json.loads(raw)["pos"] for raw in lines(files)]
    tried = 0
    for at in range(0, len(text), 11):
        changed = bytes([*text[:at], text[at] ^ (1 << (at % 7)), *text[at + 1 :]])
        (folder / "evenements.jsonl").write_bytes(changed)
        said, code = verifier.verdict(str(folder), [world.vkey])
        number = text[:at].count(b"\n")
        before = positions[number - 1] if number else 0
        assert code == 1, (at, said)
        # Where whole, the position itself; in one dossier, the first that could be meant.
        assert said["position"] in {before + 1, positions[number]}, (at, said)
        tried += 1
    assert tried > 100


async def test_the_events_of_one_dossier_are_forged_in_vain(world: World) -> None:
    files = await world.files(SECOND)
    whole = lines(files)
    other = lines(await world.files(THIRD))
    for forged in (
        whole[1:],
        [*whole[:1], *whole[2:]],
        [whole[1], whole[0], whole[2]],
        [*whole[:2], edited(whole[2])],
        [*whole, other[2]],
        other,
    ):
        code, said = run(written(world.place, with_lines(files, forged)), world.vkey)
        assert (code, said["verdict"]) == (1, "altered"), said
    # Renumbered and chained again, an event no longer has the leaf that was signed.
    code, said = run(written(world.place, with_lines(files, rechained([edited(whole[0]), *whole[1:]]))), world.vkey)
    assert code == 1
    assert said["position"] is not None


async def test_one_dossier_shows_that_the_register_continues_the_older_point_or_says_that_it_cannot(
    world: World,
) -> None:
    code, said = run(written(world.place, await world.files(SECOND)), world.vkey, older=(world.older(3),))
    assert (code, said["verdict"]) == (2, "incomplete")
    files = await world.files(SECOND, older=(3,))
    assert run(written(world.place, files), world.vkey, older=(world.older(3),))[0] == 0
    proofs = json.loads(files["preuves.json"])
    proofs["consistency"]["3"][0] = "00" * 32
    forged = {**files, "preuves.json": json.dumps(proofs).encode()}
    code, said = run(written(world.place, forged), world.vkey, older=(world.older(3),))
    assert (code, said["verdict"]) == (1, "altered")


async def test_one_dossier_shows_nobody_else(world: World) -> None:
    persons = Persons(world.register.pool)
    for subject, name in ((FIRST, "Zwingelstein"), (SECOND, "Oyelaran"), (THIRD, "Quatrefages")):
        await persons.put(Person(subject, name, "Prénom", "essai"))
    files = await world.files(SECOND)
    everything = b"\n".join([*files.values(), *(name.encode() for name in files)])
    bodies = b"\n".join(b64decode(json.loads(raw)["body"]) for raw in lines(files))
    for hidden in ("Zwingelstein", "Oyelaran", "Quatrefages", str(FIRST), str(THIRD)):
        assert hidden.encode() not in everything + bodies, hidden
    foreign = await world.register.pool.fetch(
        "SELECT command_id, hash FROM dossier_events WHERE originator_id <> $1", SECOND
    )
    for row in foreign:
        assert str(row["command_id"]).encode() not in everything
        assert row["hash"].hex().encode() not in everything  # the leaf is shown, and not even this
    assert {json.loads(raw)["stream"] for raw in lines(files)} == {str(SECOND)}


async def test_the_law_cited_comes_with_the_hash_of_each_entry(world: World) -> None:
    files = await world.files()
    law = json.loads(files["loi/TEST.json"])
    assert [entry["article"] for entry in law["articles"]] == ["TEST:1"]
    choices = json.loads(files["loi/choix.json"])["choices"]
    assert choices
    for entry in choices + law["articles"]:
        said = entry.pop("sha256")
        assert (
            sha256(json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
            == said
        )
    assert json.loads(files["export.json"])["law"]["cited"] == ["test-1"]


async def test_a_rotation_is_verified_with_both_keys(world: World) -> None:
    new = await rotate(world.seal, Sealer(keys.read(world.home), world.home))
    path = written(world.place, await world.files())
    assert run(path, world.vkey)[0] == 0  # the boundary bears both signatures
    assert run(path, str(new.verifier))[0] == 0
    await appended(world.register, FIRST, 3, event(10))
    await Sealer(keys.read(world.home), world.home).seal(world.seal)
    path = written(world.place, await world.files())
    assert run(path, str(new.verifier))[0] == 0
    assert run(path, world.vkey)[0] == 1
    assert run(path, world.vkey, str(new.verifier), older=(world.older(3), world.older(8)))[0] == 0


async def test_nothing_is_exported_before_it_is_sealed_nor_over_a_foreign_point(
    register: Register, superuser: Any, tmp_path: Path
) -> None:
    key = keys.create(tmp_path / "sceau", "greffe/essai")
    await appended(register, FIRST, 0, event(1))
    out = tmp_path / "x.zip"
    with pytest.raises(NotSealed):
        await export(register.pool, out, [key.verifier], current())
    note = signed(Checkpoint("greffe/essai", 1, bytes(32)), keys.generated("greffe/essai"))
    await superuser.execute("INSERT INTO checkpoints (size, note) VALUES (1, $1)", note)
    with pytest.raises(NoteError):
        await export(register.pool, out, [key.verifier], current())
    assert not await asyncio.to_thread(lambda: list(tmp_path.glob("*x.zip*")))
