"""Merkle trees as transparency logs build them: hashes, proofs that a leaf is included, proofs that a tree only grew.

Pure functions over hashes; where hashes are stored is the log's affair. A tree is read through a `Node`: a function
from (level, index) to the hash of the complete subtree over leaves `index * 2**level` to `(index + 1) * 2**level`.

Source: RFC 6962, section 2.1 (hashing, proofs); RFC 9162, sections 2.1.3.2 and 2.1.4.2 (verification).
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Node = Callable[[int, int], bytes]

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()
"""Root of the tree without leaves."""


@dataclass(frozen=True, slots=True)
class TreeHead:
    """State of a tree: how many leaves it has and what they hash to.

    Attributes:
        size: Number of leaves, 0 or more.
        root: Root hash, 32 bytes.
    """

    size: int
    root: bytes


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of a leaf: SHA-256(0x00 || entry)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node: SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def tree_hash(leaves: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes; `EMPTY_ROOT` for none.

    Args:
        leaves: Leaf hashes in order, 32 bytes each.
    """
    level = list(leaves)
    if not level:
        return EMPTY_ROOT
    while len(level) > 1:
        paired = [node_hash(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
        # An odd last node rises unchanged: the left subtree of RFC 6962 is always complete.
        level = paired + level[len(paired) * 2 :]
    return level[0]


def nodes_over(leaves: Sequence[bytes]) -> Node:
    """Return the node function of a tree held in memory.

    Args:
        leaves: Leaf hashes in order, 32 bytes each.
    """
    levels = [list(leaves)]
    while len(levels[-1]) > 1:
        below = levels[-1]
        levels.append([node_hash(below[at], below[at + 1]) for at in range(0, len(below) - 1, 2)])
    return lambda level, index: levels[level][index]


def range_hash(node: Node, start: int, end: int) -> bytes:
    """Return the hash over leaves `start` to `end`, a range that occurs in the recursion of RFC 6962.

    Args:
        node: The tree.
        start: First leaf; a multiple of the largest power of two that is not above the length of the range.
        end: One past the last leaf, above `start`.
    """
    length = end - start
    split = _largest_power_below(length)
    if length == 1 or split * 2 == length:
        level = length.bit_length() - 1
        return node(level, start >> level)
    return node_hash(range_hash(node, start, start + split), range_hash(node, start + split, end))


def inclusion_path(node: Node, index: int, size: int) -> tuple[bytes, ...]:
    """Return the proof that a leaf is in the tree: from its sibling up to the child of the root.

    Args:
        node: The tree.
        index: Number of the leaf, 0 to `size` - 1.
        size: Leaves of the tree that the proof is for.

    Raises:
        ValueError: If there is no such leaf.

    Source: RFC 6962, section 2.1.1.
    """
    if not 0 <= index < size:
        raise ValueError(f"expected a leaf below {size}, found {index}")
    path, start, end = [], 0, size
    while end - start > 1:
        middle = start + _largest_power_below(end - start)
        if index < middle:
            path.append(range_hash(node, middle, end))
            end = middle
        else:
            path.append(range_hash(node, start, middle))
            start = middle
    return tuple(reversed(path))


def consistency_path(node: Node, old_size: int, new_size: int) -> tuple[bytes, ...]:
    """Return the proof that the tree of `old_size` leaves is a beginning of the tree of `new_size` leaves.

    Args:
        node: The newer tree.
        old_size: 0 to `new_size`.
        new_size: Leaves of the newer tree.

    Returns:
        Hashes; none where the trees are the same or the older one is empty.

    Raises:
        ValueError: If the older tree is larger.

    Source: RFC 6962, section 2.1.2.
    """
    if not 0 <= old_size <= new_size:
        raise ValueError(f"expected an older tree of at most {new_size} leaves, found {old_size}")
    if old_size in (0, new_size):
        return ()
    path, start, end, known = [], 0, new_size, True
    while old_size != end:
        middle = start + _largest_power_below(end - start)
        if old_size <= middle:
            path.append(range_hash(node, middle, end))
            end = middle
        else:
            path.append(range_hash(node, start, middle))
            start, known = middle, False
    if not known:
        path.append(range_hash(node, start, end))
    return tuple(reversed(path))


def is_included(leaf: bytes, index: int, head: TreeHead, path: Sequence[bytes]) -> bool:
    """Return whether the path proves that the leaf is at that place of the tree.

    Args:
        leaf: Leaf hash, 32 bytes.
        index: Claimed number of the leaf.
        head: The tree.
        path: Claimed proof.

    Source: RFC 9162, section 2.1.3.2.
    """
    return path_root(leaf, index, head.size, path) == head.root


def path_root(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """Return the root to which a path leads from a leaf; None if no tree of the size has such a path.

    Args:
        leaf: Leaf hash, 32 bytes.
        index: Claimed number of the leaf.
        size: Leaves of the tree.
        path: Claimed proof.

    Source: RFC 9162, section 2.1.3.2.
    """
    if not 0 <= index < size:
        return None
    place, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            found = node_hash(sibling, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    return found if last == 0 else None


def is_consistent(old: TreeHead, new: TreeHead, path: Sequence[bytes]) -> bool:
    """Return whether the path proves that the older tree is a beginning of the newer one.

    Args:
        old: The older tree.
        new: The newer tree.
        path: Claimed proof.

    Source: RFC 9162, section 2.1.4.2; an empty older tree is a beginning of every tree.
    """
    if old.size == new.size:
        return old.root == new.root and not path
    if old.size == 0:
        return old.root == EMPTY_ROOT and not path
    if old.size > new.size or not path:
        return False
    return _climb(old, new, path)


def _climb(old: TreeHead, new: TreeHead, path: Sequence[bytes]) -> bool:
    """Rebuild both roots along the border between the older leaves and the new ones."""
    hashes = list(path)
    if old.size & (old.size - 1) == 0:
        hashes.insert(0, old.root)
    place, last = old.size - 1, new.size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old_root = new_root = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old_root, new_root = node_hash(sibling, old_root), node_hash(sibling, new_root)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new_root = node_hash(new_root, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and old_root == old.root and new_root == new.root


def _largest_power_below(number: int) -> int:
    """Return the largest power of two below the number; 1 for numbers up to 2."""
    return 1 << max(0, (number - 1).bit_length() - 1)
