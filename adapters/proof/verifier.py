"""Vérificateur autonome d'un export de Greffe : bibliothèque standard seule, sans réseau.

    python -I verifier.py EXPORT --cle 'nom+id+clef' [--ancien POINT.note] [--json]

EXPORT est un dossier ou un fichier zip. La clef se lit dans le procès-verbal d'installation, jamais dans l'export.
Code de sortie : 0 intègre, 1 altéré (la première position fautive est nommée), 2 incomplet ou illisible.
"""

import argparse
import base64
import hashlib
import json
import sys
import zipfile
from pathlib import Path

H = hashlib.sha256
FIRST_PREV = bytes(32)


class Altered(Exception):
    def __init__(self, what, pos=None):
        super().__init__(what)
        self.what, self.pos = what, pos


class Incomplete(Exception):
    pass


# -- Ed25519 (RFC 8032), verification only ------------------------------------------------------------

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def add(a, b):
    e = (a[1] - a[0]) * (b[1] - b[0]) % P
    f = (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    x, y, z, t = f - e, h - g, h + g, f + e
    return (x * y % P, t * z % P, y * z % P, x * t % P)


def multiply(k, point):
    total = (0, 1, 1, 0)
    while k:
        if k & 1:
            total = add(total, point)
        point, k = add(point, point), k >> 1
    return total


def recover(y, sign):
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    return P - x if x & 1 != sign else x


def decompress(raw):
    y = int.from_bytes(raw, "little")
    x = recover(y & (2**255 - 1), y >> 255)
    y &= 2**255 - 1
    return None if x is None else (x, y, 1, x * y % P)


BASE_Y = 4 * pow(5, -1, P) % P
BASE_X = recover(BASE_Y, 0)
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def ed25519_holds(public, message, signature):
    if len(public) != 32 or len(signature) != 64:
        return False
    a, r, s = decompress(public), decompress(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= Q:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % Q
    one, other = multiply(s, BASE), add(r, multiply(k, a))
    return (one[0] * other[2] - other[0] * one[2]) % P == 0 and (one[1] * other[2] - other[1] * one[2]) % P == 0


# -- Merkle tree (RFC 6962) ---------------------------------------------------------------------------


def node(left, right):
    return H(b"\x01" + left + right).digest()


class Frontier:
    """The roots of the complete subtrees so far."""

    def __init__(self):
        self.size, self.stack = 0, []

    def append(self, leaf):
        index, self.size = self.size, self.size + 1
        while index & 1:
            leaf, index = node(self.stack.pop(), leaf), index >> 1
        self.stack.append(leaf)

    def root(self):
        if not self.stack:
            return H(b"").digest()
        root = self.stack[-1]
        for left in reversed(self.stack[:-1]):
            root = node(left, root)
        return root


def included(root, size, index, leaf, proof):
    if not 0 <= index < size:
        return False
    at, last = index, size - 1
    for sibling in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            leaf = node(sibling, leaf)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            leaf = node(leaf, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and leaf == root


# -- Signed notes (C2SP) ------------------------------------------------------------------------------


def read_key(text):
    try:
        name, key_id, encoded = text.strip().split("+", 2)
        material = base64.b64decode(encoded, validate=True)
    except ValueError:
        raise Incomplete("la clef n'est pas de la forme nom+id+clef") from None
    if material[:1] != b"\x01" or H(name.encode() + b"\n" + material).digest()[:4].hex() != key_id:
        raise Incomplete("l'identifiant n'est pas celui de la clef")
    return name, bytes.fromhex(key_id), material[1:]


def unbase64(text):
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise Altered("point de contrôle mal formé") from None


def read_note(note, key):
    """The size and the root of a note signed by the pinned key."""
    name, key_id, public = key
    text, blank, lines = note.partition("\n\n")
    parts = text.split("\n")
    if not blank or len(parts) != 3 or not parts[1].isdigit() or parts[1] != str(int(parts[1])):
        raise Altered("point de contrôle mal formé")
    if parts[0] != name:
        raise Altered(f"point de contrôle d'une autre origine : {parts[0]}")
    for line in lines.splitlines():
        mark, _, rest = line.partition(" ")
        signer, _, encoded = rest.partition(" ")
        raw = unbase64(encoded)
        if mark == "—" and signer == name and raw[:4] == key_id:
            if not ed25519_holds(public, (text + "\n").encode(), raw[4:]):
                raise Altered("signature fausse")
            return int(parts[1]), unbase64(parts[2])
    raise Altered("point de contrôle que la clef donnée n'a pas signé")


# -- The export ---------------------------------------------------------------------------------------


class Export:
    """The files of an export, in a folder or in a zip."""

    def __init__(self, path):
        self.zip = zipfile.ZipFile(path) if zipfile.is_zipfile(path) else None
        self.folder = None if self.zip else Path(path)
        if self.folder and not self.folder.is_dir():
            raise Incomplete(f"{path} n'est ni un dossier ni un zip")

    def names(self):
        if self.zip:
            return set(self.zip.namelist())
        return {p.relative_to(self.folder).as_posix() for p in self.folder.rglob("*") if p.is_file()}

    def open(self, name):
        try:
            return self.zip.open(name) if self.zip else (self.folder / name).open("rb")
        except (KeyError, FileNotFoundError):
            raise Incomplete(f"il manque {name}") from None

    def read(self, name):
        with self.open(name) as file:
            return file.read()


def event_hash(e, prev, body):
    header = f"{e['stream']}\n{e['seq']}\n{e['pos']}\n{e['topic']}\n{e['command_id']}\n{e['k']}\n{e['recorded_at']}\n"
    return H(b"greffe/event/v1\n" + prev + header.encode() + body).digest()


def chained(lines, whole):
    """Each event with its leaf, once its numbers, its chain and its hash hold."""
    heads, commands, pos, clock = {}, set(), 0, ""
    for line in lines:
        try:
            e = json.loads(line)
            at, body = e["pos"], base64.b64decode(e["body"], validate=True)
            said = bytes.fromhex(e["prev"]), bytes.fromhex(e["hash"])
            found_in = (e["stream"], e["seq"], e["topic"], e["command_id"], e["k"], e["recorded_at"])
        except (ValueError, KeyError, TypeError):
            raise Altered("ligne illisible", pos + 1) from None
        if any("\n" in str(one) for one in found_in):
            raise Altered("en-tête mal formé", at)
        if at != pos + 1 if whole else at <= pos:
            raise Altered("position manquante, répétée ou déplacée", pos + 1)
        seq, prev = heads.get(e["stream"], (0, FIRST_PREV))
        if e["seq"] != seq + 1:
            raise Altered(f"numéro {seq + 1} du dossier manquant ou déplacé", at)
        if e["recorded_at"] < clock:
            raise Altered("l'horloge recule", at)
        if (e["command_id"], e["k"]) in commands:
            raise Altered("effet en double d'une même commande", at)
        found = event_hash(e, prev, body)
        if said != (prev, found):
            raise Altered("empreinte fausse", at)
        commands.add((e["command_id"], e["k"]))
        heads[e["stream"]], pos, clock = (e["seq"], found), at, e["recorded_at"]
        yield e, H(b"\x00greffe/leaf/v1\n" + found).digest()


def check(path, key_text, older=None):
    """What was checked; Altered or Incomplete otherwise."""
    key, export = read_key(key_text), Export(path)
    manifest = json.loads(export.read("export.json"))
    for name, digest in sorted(manifest["files"].items()):
        if H(export.read(name)).hexdigest() != digest:
            raise Altered(f"{name} n'est pas le fichier annoncé")
    names = sorted(n for n in export.names() if n.startswith("points/") and n.endswith(".note"))
    points = [read_note(export.read(name).decode(), key) for name in names]
    if not points:
        raise Incomplete("aucun point de contrôle")
    if older:
        points.append(read_note(Path(older).read_text(encoding="utf-8"), key))
    whole = manifest["scope"] == "register"
    with export.open("evenements.jsonl") as lines:
        events = chained(lines, whole)
        checked = whole_register(events, points) if whole else one_dossier(events, points, export)
    return {"origin": key[0], "demo": key[0].startswith("demo."), "scope": manifest["scope"], "points": len(points), **checked}


def whole_register(events, points):
    expected, frontier, count = {}, Frontier(), 0
    for size, root in points:
        if expected.setdefault(size, root) != root:
            raise Altered(f"deux points de contrôle se contredisent à {size}")
    for count, (event, leaf) in enumerate(events, 1):
        frontier.append(leaf)
        root = expected.pop(count, None)
        if root is not None and root != frontier.root():
            raise Altered(f"le registre n'est pas celui du point de contrôle {count}", event["pos"])
    expected.pop(0, None)
    if expected:
        raise Altered(f"le registre s'arrête à {count}, un point de contrôle en atteste {max(expected)}", count + 1)
    sealed = max(size for size, _ in points)
    return {"events": count, "sealed": sealed, "unsealed": count - sealed}


def one_dossier(events, points, export):
    proofs = json.loads(export.read("preuves.json"))
    size, root = int(proofs["size"]), None
    for point_size, point_root in points:
        if point_size == size:
            root = point_root
    if root is None:
        raise Incomplete(f"aucun point de contrôle signé à {size}")
    count = sealed = 0
    for count, (event, leaf) in enumerate(events, 1):
        pos = event["pos"]
        if pos > size:
            continue
        proof = [bytes.fromhex(one) for one in proofs["inclusion"].get(str(pos), [])]
        if not included(root, size, pos - 1, leaf, proof):
            raise Altered("l'événement n'est pas dans le registre scellé", pos)
        sealed += 1
    if count != int(proofs["events"]):
        raise Altered(f"{count} événements, {proofs['events']} annoncés", None)
    return {"events": count, "sealed": sealed, "unsealed": count - sealed}


def main():
    parser = argparse.ArgumentParser(description="Vérifier un export de Greffe")
    parser.add_argument("export")
    parser.add_argument("--cle", required=True, help="la clef du procès-verbal : nom+id+clef")
    parser.add_argument("--ancien", help="un point de contrôle gardé ailleurs")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    try:
        said, code = {"verdict": "intact", **check(given.export, given.cle, given.ancien)}, 0
    except Altered as error:
        said, code = {"verdict": "altered", "what": error.what, "position": error.pos}, 1
    except Incomplete as error:
        said, code = {"verdict": "incomplete", "what": str(error)}, 2
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        said, code = {"verdict": "incomplete", "what": f"export illisible : {error!r}"}, 2
    if given.json:
        print(json.dumps(said, ensure_ascii=False))
    else:
        print("\n".join(f"{name:<10} {value}" for name, value in said.items()))
    sys.exit(code)


if __name__ == "__main__":
    main()
