"""The tree, against the definition of RFC 6962, against published values, and against another implementation."""

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256

import pytest
from pymerkle import InmemoryTree, verify_consistency

from adapters.proof.merkle import EMPTY, ProofError, Tree, consistent, includes, leaf_hash, node_hash, split
from adapters.proof.verifier import Frontier, included

LARGEST = 64
EVENTS = [sha256(bytes([n])).digest() for n in range(LARGEST)]
LEAVES = [leaf_hash(event) for event in EVENTS]
TREE = Tree(LEAVES)
STRANGE = sha256(b"strange").digest()

# The reference values of certificate transparency: eight inputs, the root after each.
PUBLISHED = [
    ("", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
    ("00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
    ("10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
    ("2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
    ("3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"),
    ("40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"),
    ("5051525354555657", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"),
    ("606162636465666768696a6b6c6d6e6f", "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
]


def defined_root(leaves: Sequence[bytes]) -> bytes:
    """The root as RFC 6962 defines it, without any tree."""
    if len(leaves) < 2:
        return leaves[0] if leaves else EMPTY
    middle = split(len(leaves))
    return node_hash(defined_root(leaves[:middle]), defined_root(leaves[middle:]))


def altered(proof: list[bytes]) -> Iterator[list[bytes]]:
    """The proof with one bit changed in each hash, one hash less, one more, two in the other order."""
    for at, sibling in enumerate(proof):
        for byte, bit in ((0, 128), (31, 1)):
            changed = bytearray(sibling)
            changed[byte] ^= bit
            yield [*proof[:at], bytes(changed), *proof[at + 1 :]]
        yield proof[:at] + proof[at + 1 :]
    yield [*proof, STRANGE]
    yield [STRANGE, *proof]
    for at in range(len(proof) - 1):
        yield [*proof[:at], proof[at + 1], proof[at], *proof[at + 2 :]]


def test_the_roots_are_those_of_the_definition_and_of_the_streaming_verifier() -> None:
    frontier = Frontier()
    assert frontier.root() == TREE.root(0) == EMPTY
    for size, leaf in enumerate(LEAVES, 1):
        frontier.append(leaf)
        assert TREE.root(size) == Tree(LEAVES[:size]).root() == defined_root(LEAVES[:size]) == frontier.root()


def test_the_roots_are_those_published() -> None:
    tree = Tree()
    for entry, root in PUBLISHED:
        tree.append(sha256(b"\x00" + bytes.fromhex(entry)).digest())
        assert tree.root().hex() == root


def test_another_implementation_finds_the_same_roots_and_the_same_proofs() -> None:
    other = InmemoryTree()
    for event in EVENTS:
        other.append_entry(b"greffe/leaf/v1\n" + event)
    for size in range(1, LARGEST + 1):
        assert other.get_root(size) == TREE.root(size)
        for index in range(size):
            path = other.prove_inclusion(index + 1, size).path
            assert (path[0], path[1:]) == (LEAVES[index], TREE.inclusion(index, size))
        for old in range(1, size):
            # Its own proofs are cut otherwise than those of the RFC; they must hold between our roots.
            verify_consistency(TREE.root(old), TREE.root(size), other.prove_consistency(old, size))


@pytest.mark.parametrize("check", [includes, included], ids=["service", "verifier"])
def test_every_inclusion_up_to_64_holds_and_no_altered_one_does(check: Callable[..., bool]) -> None:
    held = refused = 0
    for size in range(1, LARGEST + 1):
        root = TREE.root(size)
        for index in range(size):
            leaf, proof = LEAVES[index], TREE.inclusion(index, size)
            assert check(root, size, index, leaf, proof)
            held += 1
            wrong = [
                *(check(root, size, index, leaf, one) for one in altered(proof)),
                *(check(root, size, place, leaf, proof) for place in range(-1, size + 1) if place != index),
                check(root, size, index, STRANGE, proof),
                check(STRANGE, size, index, leaf, proof),
            ]
            assert not any(wrong), (size, index)
            refused += len(wrong)
    assert held == 2080
    assert refused > 100_000


def test_every_consistency_up_to_64_holds_and_no_altered_one_does() -> None:
    held = refused = 0
    for new in range(LARGEST + 1):
        for old in range(new + 1):
            roots, proof = (TREE.root(old), TREE.root(new)), TREE.consistency(old, new)
            assert consistent(roots[0], old, roots[1], new, proof)
            held += 1
            wrong = [
                *(consistent(roots[0], old, roots[1], new, one) for one in altered(proof)),
                consistent(STRANGE, old, roots[1], new, proof),
                *([consistent(roots[0], old, STRANGE, new, proof)] if old else []),
            ]
            assert not any(wrong), (old, new)
            refused += len(wrong)
    assert held == 2145
    assert refused > 40_000


def test_a_history_written_otherwise_is_not_consistent() -> None:
    for changed in range(LARGEST):
        forked = Tree([*LEAVES[:changed], STRANGE, *LEAVES[changed + 1 :]])
        for old in range(1, LARGEST + 1):
            holds = consistent(TREE.root(old), old, forked.root(), LARGEST, forked.consistency(old))
            assert holds == (changed >= old), (changed, old)


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 65), (0, -1)])
def test_a_place_that_the_tree_lacks_has_no_proof(index: int, size: int) -> None:
    with pytest.raises(ProofError):
        TREE.inclusion(index, size)


@pytest.mark.parametrize(("old", "new"), [(-1, 3), (4, 3), (3, 65)])
def test_sizes_that_the_tree_lacks_have_no_proof(old: int, new: int) -> None:
    with pytest.raises(ProofError):
        TREE.consistency(old, new)
