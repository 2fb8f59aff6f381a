"""Vérificateur autonome d'un export de Greffe : bibliothèque standard seule, sans réseau.

    python -I verifier.py EXPORT --cle 'nom+id+clef' [--cle …] [--ancien POINT.note …] [--json]

EXPORT est un dossier ou un fichier zip. La clef se lit dans le procès-verbal d'installation, jamais dans l'export.
Code de sortie : 0 intègre, 1 altéré (la première position fautive est nommée), 2 incomplet ou illisible.
"""

import argparse
import base64
import hashlib
import json
import sys
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

H = hashlib.sha256
Curve = tuple[int, int, int, int]
Key = tuple[str, bytes, bytes]  # name, id, public key
Events = Iterator[tuple[int, bytes]]  # position, leaf


class Altered(Exception):
    """What does not hold, and the first position where it does not."""

    def __init__(self, what: str, pos: int | None = None) -> None:
        super().__init__(what)
        self.what, self.pos = what, pos


class Incomplete(Exception):
    """Something is missing, so that nothing can be said."""


P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def add(a: Curve, b: Curve) -> Curve:
    e = (a[1] - a[0]) * (b[1] - b[0]) % P
    f = (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    x, y, z, t = f - e, h - g, h + g, f + e
    return (x * y % P, t * z % P, y * z % P, x * t % P)


def multiply(k: int, point: Curve) -> Curve:
    total = (0, 1, 1, 0)
    while k:
        if k & 1:
            total = add(total, point)
        point, k = add(point, point), k >> 1
    return total


def decompress(raw: bytes) -> Curve | None:
    y = int.from_bytes(raw, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return (x, y, 1, x * y % P)


BASE = decompress((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def ed25519_holds(public: bytes, message: bytes, signature: bytes) -> bool:
    if len(public) != 32 or len(signature) != 64 or BASE is None:
        return False
    a, r, s = decompress(public), decompress(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= Q:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % Q
    one, other = multiply(s, BASE), add(r, multiply(k, a))
    return (one[0] * other[2] - other[0] * one[2]) % P == 0 and (one[1] * other[2] - other[1] * one[2]) % P == 0


def node(left: bytes, right: bytes) -> bytes:
    return H(b"\x01" + left + right).digest()


class Frontier:
    """The roots of the complete subtrees so far."""

    def __init__(self) -> None:
        self.size, self.stack = 0, list[bytes]()

    def append(self, leaf: bytes) -> None:
        index, self.size = self.size, self.size + 1
        while index & 1:
            leaf, index = node(self.stack.pop(), leaf), index >> 1
        self.stack.append(leaf)

    def root(self) -> bytes:
        root = self.stack[-1] if self.stack else H(b"").digest()
        for left in reversed(self.stack[:-1]):
            root = node(left, root)
        return root


def climbed(at: int, last: int, old: bytes, new: bytes, proof: list[bytes]) -> tuple[bytes, bytes] | None:
    """The two roots to which a proof leads: of the tree that ends here, and of the whole one."""
    for sibling in proof:
        if last == 0:
            return None
        if at & 1 or at == last:
            old, new = node(sibling, old), node(sibling, new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = node(new, sibling)
        at, last = at >> 1, last >> 1
    return (old, new) if last == 0 else None


def included(root: bytes, size: int, index: int, leaf: bytes, proof: list[bytes]) -> bool:
    return 0 <= index < size and (climbed(index, size - 1, leaf, leaf, proof) or (b"", b""))[1] == root


def consistent(old_root: bytes, old: int, new_root: bytes, new: int, proof: list[bytes]) -> bool:
    if old in (0, new):
        return not proof and old_root == (new_root if old == new else H(b"").digest())
    if not 0 < old < new or not proof:
        return False
    first, *rest = [old_root, *proof] if old & (old - 1) == 0 else proof
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    return climbed(at, last, first, first, rest) == (old_root, new_root)


def unbase64(text: str) -> bytes:
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:
        raise ValueError("des bits de trop")
    return raw


def read_key(text: str) -> Key:
    try:
        name, key_id, encoded = text.strip().split("+", 2)
        material = unbase64(encoded)
    except ValueError:
        raise Incomplete("la clef n'est pas de la forme nom+id+clef") from None
    if material[:1] != b"\x01" or H(name.encode() + b"\n" + material).digest()[:4].hex() != key_id:
        raise Incomplete("l'identifiant n'est pas celui de la clef")
    return name, bytes.fromhex(key_id), material[1:]


def read_note(raw: bytes, keys: list[Key]) -> tuple[int, bytes]:
    """The checkpoint of a note that a pinned key has signed; no signature of a pinned key may be false."""
    try:
        text, _, lines = raw.decode().partition("\n\n")
        origin, size, root = text.split("\n")
        point, signers = (int(size), unbase64(root)), lines[:-1].split("\n")
        signatures = [(mark, name, unbase64(s)) for mark, name, s in map(str.split, signers)]
    except ValueError:
        raise Altered("point de contrôle mal formé") from None
    if str(point[0]) != size or not lines.endswith("\n") or any(mark != "—" for mark, _, _ in signatures):
        raise Altered("point de contrôle mal formé")
    known = [(key, s) for key in keys for _, name, s in signatures if (name, s[:4]) == key[:2] and name == origin]
    if not known:
        raise Altered("point de contrôle qu'aucune clef donnée n'a signé")
    if not all(ed25519_holds(key[2], (text + "\n").encode(), s[4:]) for key, s in known):
        raise Altered("signature fausse")
    return point


def opened(path: str) -> tuple[Path | zipfile.Path, list[str]]:
    """An export, a folder or a zip, and the names of its files."""
    if zipfile.is_zipfile(path):
        archive = zipfile.ZipFile(path)
        return zipfile.Path(archive), sorted(name for name in archive.namelist() if not name.endswith("/"))
    folder = Path(path)
    return folder, sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


LINE = '{"body":"%(body)s","command_id":"%(command_id)s","hash":"%(hash)s","k":%(k)d,"pos":%(pos)d,"prev":"%(prev)s",'
LINE += '"recorded_at":"%(recorded_at)s","seq":%(seq)d,"stream":"%(stream)s","topic":"%(topic)s"}\n'


def chained(lines: Iterable[bytes], whole: bool) -> Events:
    """The position and the leaf of each event, once its writing, its numbers, its chain and its hash hold."""
    heads: dict[str, tuple[int, bytes]] = {}
    commands, pos, clock = set(), 0, ""
    for line in lines:
        try:
            e = json.loads(line)
            body, again, command = unbase64(e["body"]), LINE % e, f"{e['command_id']}\n{e['k']}"
        except (ValueError, KeyError, TypeError):
            raise Altered("ligne illisible", pos + 1) from None
        # One writing only: what json reads with indulgence would otherwise hide a change.
        if again.encode() != line or "\\" in again:
            raise Altered("ligne écrite autrement qu'elle ne doit l'être", pos + 1)
        at, stream, seq, recorded = e["pos"], e["stream"], e["seq"], e["recorded_at"]
        if at != pos + 1 if whole else at <= pos or len(heads) > (stream in heads):
            raise Altered("événement manquant, répété, déplacé ou d'un autre dossier", pos + 1)
        last, prev = heads.get(stream, (0, bytes(32)))
        if seq != last + 1:
            raise Altered(f"numéro {last + 1} du dossier manquant ou déplacé", at)
        if recorded < clock or command in commands:
            raise Altered("l'horloge recule, ou une commande a deux fois le même effet", at)
        header = f"{stream}\n{seq}\n{at}\n{e['topic']}\n{command}\n{recorded}\n".encode()
        found = H(b"greffe/event/v1\n" + prev + header + body).digest()
        if e["prev"] != prev.hex() or e["hash"] != found.hex():
            raise Altered("empreinte fausse", at)
        commands.add(command)
        heads[stream], pos, clock = (seq, found), at, recorded
        yield at, H(b"\x00greffe/leaf/v1\n" + found).digest()


def check(path: str, keys: list[str], older: Iterable[str] = ()) -> dict[str, Any]:
    """What was checked; Altered or Incomplete otherwise."""
    pinned, (export, names) = [read_key(key) for key in keys], opened(path)
    notes = [export / name for name in names if name.startswith("points/")] + [Path(one) for one in older]
    points = [read_note(note.read_bytes(), pinned) for note in notes]
    roots, manifest = dict(points), json.loads((export / "export.json").read_bytes())
    if not points:
        raise Incomplete("aucun point de contrôle")
    if any(roots[size] != root for size, root in points):
        raise Altered("deux points de contrôle de même taille se contredisent")
    scope, said = manifest["scope"], manifest["files"]
    with (export / "evenements.jsonl").open("rb") as lines:
        events = chained(lines, scope == "register")
        count, sealed = register(events, roots) if scope == "register" else dossier(events, roots, export)
    if sorted(["export.json", *said]) != names:
        raise Altered("les fichiers ne sont pas ceux que l'export annonce")
    for name, digest in sorted(said.items()):
        if H((export / name).read_bytes()).hexdigest() != digest:
            raise Altered(f"{name} n'est pas le fichier annoncé")
    counts = {"events": count, "sealed": sealed, "unsealed": count - sealed, "proven_up_to": max(roots)}
    return {"origin": pinned[0][0], "scope": scope, "points": len(points), **counts}


def register(events: Events, roots: dict[int, bytes]) -> tuple[int, int]:
    frontier, held = Frontier(), 0
    for count, leaf in events:
        frontier.append(leaf)
        if count in roots and roots[count] != frontier.root():
            raise Altered(f"un événement entre {held + 1} et {count} n'est pas celui que le point atteste", held + 1)
        held = count if count in roots else held
    if max(roots) > frontier.size:
        raise Altered(f"le registre s'arrête à {frontier.size}, un point en atteste {max(roots)}", frontier.size + 1)
    return frontier.size, max(roots)


def dossier(events: Events, roots: dict[int, bytes], export: Path | zipfile.Path) -> tuple[int, int]:
    proofs, count, sealed = json.loads((export / "preuves.json").read_bytes()), 0, 0
    size = proofs["size"]
    consistency = {size: [], **{int(other): proof for other, proof in proofs["consistency"].items()}}
    for pos, leaf in events:
        proof = [bytes.fromhex(one) for one in proofs["inclusion"].get(str(pos), [])]
        if pos <= size and not included(roots[size], size, pos - 1, leaf, proof):
            raise Altered("l'événement n'est pas dans le registre scellé", pos)
        count, sealed = count + 1, sealed + (pos <= size)
    for other, root in sorted(roots.items()):
        if other not in consistency:
            raise Incomplete(f"cet export ne montre pas la suite du point {other} : le demander avec --ancien")
        if not consistent(root, other, roots[size], size, [bytes.fromhex(one) for one in consistency[other]]):
            raise Altered(f"le registre n'est pas la suite de celui du point {other}")
    if count != proofs["events"]:
        raise Altered(f"{count} événements, {proofs['events']} annoncés")
    return count, sealed


def main() -> None:
    parser = argparse.ArgumentParser(description="Vérifier un export de Greffe")
    parser.add_argument("export")
    parser.add_argument("--cle", required=True, action="append", help="la clef du procès-verbal : nom+id+clef")
    parser.add_argument("--ancien", action="append", default=[], help="un point de contrôle gardé ailleurs")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    said, code = verdict(given.export, given.cle, given.ancien)
    print(json.dumps(said, ensure_ascii=False) if given.json else "\n".join(f"{n:<12} {v}" for n, v in said.items()))
    sys.exit(code)


def verdict(path: str, keys: list[str], older: Iterable[str] = ()) -> tuple[dict[str, Any], int]:
    """What is to be said of an export, and the exit code."""
    try:
        return {"verdict": "intact", **check(path, keys, older)}, 0
    except Altered as error:
        return {"verdict": "altered", "what": error.what, "position": error.pos}, 1
    except Incomplete as error:
        return {"verdict": "incomplete", "what": str(error)}, 2
    except Exception as error:  # noqa: BLE001  whatever a file may contain, the answer is an exit code
        return {"verdict": "incomplete", "what": f"export illisible : {error!r}"}, 2


if __name__ == "__main__":
    main()
