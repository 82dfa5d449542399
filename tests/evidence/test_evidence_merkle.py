"""Vectors: the eight leaves and roots of the reference tree of RFC 6962 (certificate-transparency's Merkle tests)."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.evidence.merkle import (
    EMPTY_ROOT,
    TreeHead,
    consistency_path,
    inclusion_path,
    is_consistent,
    is_included,
    leaf_hash,
    node_hash,
    nodes_over,
    tree_hash,
)

ENTRIES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
CONSISTENCY = {
    (1, 1): [],
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
LEAVES = [leaf_hash(bytes.fromhex(entry)) for entry in ENTRIES]
MANY = [leaf_hash(number.to_bytes(4, "big")) for number in range(1000)]


def _recursive_root(leaves: list[bytes]) -> bytes:
    """The definition of RFC 6962, section 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(_recursive_root(leaves[:split]), _recursive_root(leaves[split:]))


@pytest.mark.parametrize("size", range(9))
def test_the_reference_tree_has_the_published_roots(size: int):
    assert tree_hash(LEAVES[:size]).hex() == ROOTS[size]


@pytest.mark.parametrize(("sizes", "path"), CONSISTENCY.items())
def test_the_reference_tree_has_the_published_consistency_proofs(sizes: tuple[int, int], path: list[str]):
    old, new = sizes
    assert [item.hex() for item in consistency_path(nodes_over(LEAVES[:new]), old, new)] == path


def test_an_inclusion_proof_of_the_reference_tree_is_the_published_one():
    assert [item.hex() for item in inclusion_path(nodes_over(LEAVES), 0, 8)] == CONSISTENCY[1, 8]


def test_the_root_agrees_with_the_recursive_definition_for_every_size():
    for size in range(131):
        assert tree_hash(MANY[:size]) == _recursive_root(MANY[:size])


def test_every_leaf_of_every_small_tree_is_included_and_nowhere_else():
    for size in range(1, 71):
        head, node = TreeHead(size, tree_hash(MANY[:size])), nodes_over(MANY[:size])
        for index in range(size):
            path = inclusion_path(node, index, size)
            assert is_included(MANY[index], index, head, path)
            assert not is_included(MANY[index], (index + 1) % size, head, path) or size == 1
            assert not is_included(MANY[index + 1], index, head, path)
            assert not is_included(MANY[index], index, head, (*path, EMPTY_ROOT))
            assert not path or not is_included(MANY[index], index, head, path[:-1])


def test_every_small_tree_is_consistent_with_every_earlier_one_and_with_no_other():
    heads = [TreeHead(size, tree_hash(MANY[:size])) for size in range(71)]
    for new in range(71):
        node = nodes_over(MANY[:new])
        for old in range(new + 1):
            path = consistency_path(node, old, new)
            assert is_consistent(heads[old], heads[new], path)
            if old:
                assert not is_consistent(TreeHead(old, EMPTY_ROOT), heads[new], path)
                assert not is_consistent(heads[old], TreeHead(new, EMPTY_ROOT), path)
            assert not is_consistent(heads[old], heads[new], (*path, EMPTY_ROOT))
            assert not path or not is_consistent(heads[old], heads[new], path[:-1])


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 1000), st.data())
def test_a_leaf_once_included_stays_included_as_the_tree_grows(new: int, data: st.DataObject):
    old = data.draw(st.integers(1, new))
    index = data.draw(st.integers(0, old - 1))
    node = nodes_over(MANY[:new])
    before, after = TreeHead(old, tree_hash(MANY[:old])), TreeHead(new, tree_hash(MANY[:new]))
    assert is_included(MANY[index], index, before, inclusion_path(node, index, old))
    assert is_included(MANY[index], index, after, inclusion_path(node, index, new))
    assert is_consistent(before, after, consistency_path(node, old, new))


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 300), st.data())
def test_a_tree_whose_past_was_changed_is_not_consistent(size: int, data: st.DataObject):
    old = data.draw(st.integers(1, size))
    changed = data.draw(st.integers(0, old - 1))
    forged = [*MANY[:size]]
    forged[changed] = leaf_hash(b"forged")
    before, after = TreeHead(old, tree_hash(MANY[:old])), TreeHead(size, tree_hash(forged))
    assert not is_consistent(before, after, consistency_path(nodes_over(forged), old, size))


def test_proofs_for_leaves_and_trees_that_are_not_there_are_refused():
    node = nodes_over(LEAVES)
    with pytest.raises(ValueError, match="expected a leaf below 8"):
        inclusion_path(node, 8, 8)
    with pytest.raises(ValueError, match="at most 8 leaves"):
        consistency_path(node, 9, 8)
    assert not is_included(LEAVES[0], 8, TreeHead(8, tree_hash(LEAVES)), ())
    assert not is_included(LEAVES[0], -1, TreeHead(8, tree_hash(LEAVES)), ())
    assert not is_consistent(TreeHead(9, EMPTY_ROOT), TreeHead(8, tree_hash(LEAVES)), (EMPTY_ROOT,))
