"""The Merkle tree of RFC 6962 over the register: roots at any past size, inclusion and consistency proofs.

The leaf of the event at position `pos` has the index `pos - 1`. Hashes are 32 bytes, proofs lists of them from
the leaf towards the root.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256

SIZE = 32
LEAF = b"\x00greffe/leaf/v1\n"
NODE = b"\x01"
EMPTY = sha256(b"").digest()


class ProofError(ValueError):
    """A proof was asked for a place that the tree does not have."""


def leaf_hash(event_hash: bytes) -> bytes:
    """The leaf of an event, from its hash in the chain."""
    return sha256(LEAF + event_hash).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(NODE + left + right).digest()


class Tree:
    """All complete subtrees, by level: 64 bytes for each leaf, and any past root in a few hashes."""

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self._levels: list[bytearray] = [bytearray()]
        for leaf in leaves:
            self.append(leaf)

    def __len__(self) -> int:
        return len(self._levels[0]) // SIZE

    def append(self, leaf: bytes) -> None:
        """Add a leaf hash."""
        level, index = 0, len(self)
        self._levels[0] += leaf
        while index & 1:
            nodes = self._levels[level]
            parent = node_hash(bytes(nodes[-2 * SIZE : -SIZE]), bytes(nodes[-SIZE:]))
            level, index = level + 1, index >> 1
            if level == len(self._levels):
                self._levels.append(bytearray())
            self._levels[level] += parent

    def root(self, size: int | None = None) -> bytes:
        """The root of the first `size` leaves, of all by default."""
        size = len(self) if size is None else size
        self._has(size)
        return self._range(0, size) if size else EMPTY

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """The proof that the leaf at `index` is under the root of the first `size` leaves."""
        size = len(self) if size is None else size
        self._has(size)
        if not 0 <= index < size:
            raise ProofError(f"no leaf {index} among {size}")
        return self._path(index, 0, size)

    def consistency(self, old: int, new: int | None = None) -> list[bytes]:
        """The proof that the first `old` leaves are those of the first `new`."""
        new = len(self) if new is None else new
        self._has(new)
        if not 0 <= old <= new:
            raise ProofError(f"{old} leaves do not come before {new}")
        return [] if old in (0, new) else self._growth(old, 0, new, whole=True)

    def _has(self, size: int) -> None:
        if not 0 <= size <= len(self):
            raise ProofError(f"the tree has {len(self)} leaves, not {size}")

    def _range(self, start: int, end: int) -> bytes:
        """The hash over leaves `start` to `end` excluded, where `start` is a multiple of the span's power of two."""
        level = (end - start - 1).bit_length()
        if end - start == 1 << level:
            at = (start >> level) * SIZE
            return bytes(self._levels[level][at : at + SIZE])
        middle = start + (1 << (level - 1))
        return node_hash(self._range(start, middle), self._range(middle, end))

    def _path(self, index: int, start: int, end: int) -> list[bytes]:
        if end - start == 1:
            return []
        middle = start + split(end - start)
        if index < middle:
            return [*self._path(index, start, middle), self._range(middle, end)]
        return [*self._path(index, middle, end), self._range(start, middle)]

    def _growth(self, old: int, start: int, end: int, *, whole: bool) -> list[bytes]:
        """RFC 6962, 2.1.2: `whole` while the old tree's root is known to the reader."""
        if old == end - start:
            return [] if whole else [self._range(start, end)]
        middle = split(end - start)
        if old <= middle:
            return [*self._growth(old, start, start + middle, whole=whole), self._range(start + middle, end)]
        return [*self._growth(old - middle, start + middle, end, whole=False), self._range(start, start + middle)]


def split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def includes(root: bytes, size: int, index: int, leaf: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof places this leaf at this index under this root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    at, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_hash(sibling, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def consistent(old_root: bytes, old: int, new_root: bytes, new: int, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows that the new tree begins with the old one (RFC 9162, 2.1.4.2)."""
    if old == new:
        return not proof and old_root == new_root
    if old == 0:
        return not proof and old_root == EMPTY
    if not 0 < old < new or not proof:
        return False
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    found_old = found_new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            found_old, found_new = node_hash(sibling, found_old), node_hash(sibling, found_new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found_new = node_hash(found_new, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and found_old == old_root and found_new == new_root
