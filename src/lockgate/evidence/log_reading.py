"""Reading a log: its checkpoint, entries and proofs, each checked against the signed root before it is given out.

Needs the verifier key only, so that anyone can read a log that lies at hand.

Source: C2SP tlog-tiles, tlog-checkpoint, tlog-proof.
"""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from lockgate.evidence.checkpoint import Checkpoint, parse_checkpoint
from lockgate.evidence.entry import has_said
from lockgate.evidence.merkle import (
    EMPTY_ROOT,
    Node,
    TreeHead,
    consistency_path,
    inclusion_path,
    is_consistent,
    is_included,
    leaf_hash,
    nodes_over,
    range_hash,
    tree_hash,
)
from lockgate.evidence.note import VerifierKey, is_signed_by
from lockgate.evidence.proof import render_proof
from lockgate.evidence.storage import CHECKPOINT, FolderStorage, LogStorage
from lockgate.evidence.tiles import TILE_HEIGHT, TILE_WIDTH, Edge, edge_tiles, parse_bundle, parse_tile, tile_path
from lockgate.terms.errors import EvidenceError

__all__ = ["CHECKPOINT", "LogReader"]

_TILES_KEPT = 64
"""Tiles that a reader keeps in memory, each with the roots of its subtrees: some 40 kB a tile, and a proof needs
two a level."""


class LogReader:
    """A log as its checkpoint describes it; what lies beyond the checkpoint does not exist."""

    def __init__(self, storage: LogStorage, key: VerifierKey, checkpoint: str, edge: Edge) -> None:
        self._storage = storage
        self._key = key
        self._checkpoint = checkpoint
        self._edge = edge
        self._head = edge.head
        self._tile = lru_cache(_TILES_KEPT)(self._read_tile)

    @classmethod
    def open(cls, folder: Path, key: VerifierKey) -> "LogReader":
        """Return the log of a folder, once its checkpoint and its right edge have been found to agree.

        Args:
            folder: The log's folder.
            key: The log's key; its name is the log's origin.

        Raises:
            EvidenceError: If the checkpoint is missing, not signed by the key, of another log, or if the tiles at
                the right edge do not give its root.
        """
        return cls.open_in(FolderStorage(folder), key)

    @classmethod
    def open_in(cls, storage: LogStorage, key: VerifierKey) -> "LogReader":
        """Return the log in a storage; see `open`."""
        data = storage.read(CHECKPOINT)
        checkpoint = parse_checkpoint(data)
        if checkpoint.origin != key.name:
            raise EvidenceError(f"expected a checkpoint of the log `{key.name}`, found one of `{checkpoint.origin}`")
        if not is_signed_by(checkpoint.note, key):
            raise EvidenceError(
                f"the checkpoint of the log `{key.name}` is not signed by its key",
                "Restore the log's folder and the key it was written with from the same backup.",
            )
        edge = _read_edge(storage, checkpoint.head.size)
        if edge.head != checkpoint.head:
            raise EvidenceError(
                f"the tiles of the log `{key.name}` do not give the root that its checkpoint signs",
                "Restore the log's folder from a backup.",
            )
        return cls(storage, key, data.decode("utf-8"), edge)

    @property
    def origin(self) -> str:
        """Return the identity of the log."""
        return self._key.name

    @property
    def key(self) -> VerifierKey:
        """Return the key that signs the log's checkpoints."""
        return self._key

    @property
    def storage(self) -> LogStorage:
        """Return where the log's files lie, for those who look at them as files."""
        return self._storage

    @property
    def head(self) -> TreeHead:
        """Return size and root of the log."""
        return self._head

    @property
    def edge(self) -> Edge:
        """Return the right edge of the log."""
        return self._edge

    @property
    def size(self) -> int:
        """Return the number of leaves."""
        return self._head.size

    def checkpoint(self) -> str:
        """Return the signed checkpoint."""
        return self._checkpoint

    def entry(self, index: int) -> bytes:
        """Return one entry, after its hash has been found in the tree.

        Args:
            index: Number of the leaf, 0 to `size` - 1.

        Raises:
            EvidenceError: If there is no such leaf, or what lies there is not what the root says.
        """
        self._check_index(index)
        entry = self._bundle(index // TILE_WIDTH)[index % TILE_WIDTH]
        self._path(index, leaf_hash(entry))
        return entry

    def find(self, entry: bytes, since: int = 0) -> int | None:
        """Return the number of the first leaf that says what the entry says (see `entry.has_said`), or None.

        Args:
            entry: The entry looked for.
            since: The leaf to begin at.

        Raises:
            EvidenceError: If a bundle is missing or broken.
        """
        for index, found in self._entries(since):
            if has_said(found, entry):
                self._path(index, leaf_hash(found))
                return index
        return None

    def entries(self) -> tuple[bytes, ...]:
        """Return all entries in order, after their hashes have been found to give the signed root.

        Raises:
            EvidenceError: If a bundle is missing, or the entries are not those that the checkpoint signs.
        """
        found = tuple(entry for _, entry in self._entries(0))
        if tree_hash(tuple(map(leaf_hash, found))) != self._head.root:
            raise EvidenceError(
                f"the entries of the log `{self.origin}` are not those that its checkpoint signs",
                "Restore the log's folder from a backup.",
            )
        return found

    def scan(self, since: int = 0) -> Iterator[tuple[int, bytes]]:
        """Yield entries with their numbers, bundle by bundle in bounded memory, each once it was found in the tree.

        Args:
            since: The leaf to begin at.

        Raises:
            EvidenceError: If a bundle or tile is missing, or is not what the root says.
        """
        for number in range(since // TILE_WIDTH, -(-self.size // TILE_WIDTH)):
            entries, first = self._bundle(number), number * TILE_WIDTH
            node = self._tile(0, number)
            for at, entry in enumerate(entries):
                if node(0, at) != leaf_hash(entry):
                    raise self._other_leaf(first + at)
            self._path(first, node(0, 0))  # its siblings are made of the whole tile, so that this proves all of it
            yield from ((first + at, entry) for at, entry in enumerate(entries) if first + at >= since)

    def prove(self, index: int, checkpoint: str = "") -> str:
        """Return the proof that a leaf is in the log, C2SP tlog-proof text, after it has been verified.

        Args:
            index: Number of the leaf, 0 to `size` - 1.
            checkpoint: An earlier checkpoint of this log, such as a cosigned one; the newest where empty.

        Raises:
            EvidenceError: If there is no such leaf, the tiles do not prove it, or the checkpoint is of another tree.
        """
        if not checkpoint:
            self._check_index(index)
            return render_proof(index, self._path(index, self._node(0, index)), self._checkpoint)
        head = self.check_earlier(checkpoint).head
        if not 0 <= index < head.size:
            raise EvidenceError(f"expected a leaf below {head.size}, the size of the checkpoint, found {index}")
        path = inclusion_path(self._node, index, head.size)
        if not is_included(self._node(0, index), index, head, path):
            raise self._other_leaf(index)
        return render_proof(index, path, checkpoint)

    def check_earlier(self, checkpoint: str) -> Checkpoint:
        """Return an earlier checkpoint of this log, once its tree was found to be a beginning of this one.

        Args:
            checkpoint: Signed by the log.

        Raises:
            EvidenceError: If it is of another log, not signed, of a larger tree, or of another one.
        """
        earlier = parse_checkpoint(checkpoint.encode())
        if earlier.origin != self.origin or not is_signed_by(earlier.note, self._key):
            raise EvidenceError(f"the checkpoint is not one that the log `{self.origin}` signed")
        head = earlier.head
        if head.size > self.size:
            raise EvidenceError(
                f"the log `{self.origin}` was cut short: it holds {self.size} leaves and has signed {head.size}",
                "Restore the log's folder from its newest backup.",
            )
        if head.root != self.root_at(head.size) or not is_consistent(head, self._head, self.consistency(head.size)):
            raise EvidenceError(
                f"the log `{self.origin}` is forked: its first {head.size} leaves are other than it signed before",
                "Keep both checkpoints: together they prove it.",
            )
        return earlier

    def with_lines(self, checkpoint: str) -> "LogReader":
        """Return the same log, its checkpoint with the lines of another one of the same tree, such as a cosigned one.

        Args:
            checkpoint: Signed by the log.

        Raises:
            EvidenceError: If it is not one of this tree.
        """
        if self.check_earlier(checkpoint).head != self._head:
            raise EvidenceError(f"expected a checkpoint of the {self.size} leaves of the log `{self.origin}`")
        lines = self._checkpoint.rpartition("\n\n")[2].splitlines(keepends=True)
        more = [line for line in checkpoint.rpartition("\n\n")[2].splitlines(keepends=True) if line not in lines]
        return LogReader(self._storage, self._key, "".join((self._checkpoint, *more)), self._edge)

    def root_at(self, size: int) -> bytes:
        """Return the root over the first leaves, from the tiles.

        Args:
            size: How many leaves, 0 to the log's size.

        Raises:
            EvidenceError: If the log is smaller, or a tile is missing or broken.
        """
        self._check_size(size)
        return range_hash(self._node, 0, size) if size else EMPTY_ROOT

    def consistency(self, old_size: int, new_size: int | None = None) -> tuple[bytes, ...]:
        """Return the proof that the log's first leaves are those of an earlier checkpoint; not yet verified.

        Args:
            old_size: Leaves of the earlier checkpoint, 0 to the size of the later one.
            new_size: Leaves of the later one; None for the log's size.

        Raises:
            EvidenceError: If the log is smaller, or a tile is missing or broken.
        """
        new_size = self.size if new_size is None else new_size
        self._check_size(old_size)
        self._check_size(new_size)
        if old_size > new_size:
            raise EvidenceError(f"expected an earlier tree of at most {new_size} leaves, found {old_size}")
        return consistency_path(self._node, old_size, new_size)

    def _check_size(self, size: int) -> None:
        if not 0 <= size <= self.size:
            raise EvidenceError(f"expected at least {size} leaves in the log `{self.origin}`, found {self.size}")

    def _check_index(self, index: int) -> None:
        if not 0 <= index < self.size:
            raise EvidenceError(f"expected a leaf below {self.size} in the log `{self.origin}`, found {index}")

    def _path(self, index: int, leaf: bytes) -> tuple[bytes, ...]:
        path = inclusion_path(self._node, index, self.size)
        if not is_included(leaf, index, self._head, path):
            raise self._other_leaf(index)
        return path

    def _other_leaf(self, index: int) -> EvidenceError:
        return EvidenceError(
            f"leaf {index} of the log `{self.origin}` is not what its checkpoint signs",
            "Restore the log's folder from a backup.",
        )

    def _entries(self, since: int) -> Iterator[tuple[int, bytes]]:
        for number in range(since // TILE_WIDTH, -(-self.size // TILE_WIDTH)):
            for index, entry in enumerate(self._bundle(number), start=number * TILE_WIDTH):
                if index >= since:
                    yield index, entry

    def _bundle(self, number: int) -> tuple[bytes, ...]:
        width = min(TILE_WIDTH, self.size - number * TILE_WIDTH)
        return parse_bundle(self._storage.read(tile_path(None, number, width)), width)

    def _node(self, level: int, index: int) -> bytes:
        """Return the hash of a complete subtree, from the tile that holds its hashes."""
        row, height = divmod(level, TILE_HEIGHT)
        number, at = divmod(index << height, TILE_WIDTH)
        return self._tile(row, number)(height, at >> height)

    def _read_tile(self, row: int, number: int) -> Node:
        width = min(TILE_WIDTH, (self.size >> (row * TILE_HEIGHT)) - number * TILE_WIDTH)
        return nodes_over(parse_tile(self._storage.read(tile_path(row, number, width)), width))


def _read_edge(storage: LogStorage, size: int) -> Edge:
    levels = []
    for level, width in enumerate(edge_tiles(size)):
        number = size // TILE_WIDTH ** (level + 1)
        data = storage.read(tile_path(level, number, width)) if width else b""
        levels.append(parse_tile(data, width))
    width = size % TILE_WIDTH
    data = storage.read(tile_path(None, size // TILE_WIDTH, width)) if width else b""
    bundle = parse_bundle(data, width)
    # Entries of the edge are copied into every wider bundle, so they are held against their hashes here.
    if width and tuple(map(leaf_hash, bundle)) != levels[0]:
        raise EvidenceError("the newest entries of the log are not those that its tree holds")
    return Edge(size, bundle, tuple(levels))
