"""The layout of a log as tiles: paths, and what new leaves add at the right edge. Pure; the log does the writing.

A tile holds up to 256 hashes of one level. Level 0 holds leaf hashes, each level above the roots of the full tiles
below it. An entry bundle holds the entries of one tile of level 0. A tile that is not full is named after its width,
so that a growing log never changes a tile that a checkpoint has spoken of.

Source: C2SP tlog-tiles (c2sp.org/tlog-tiles).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from lockgate.evidence.merkle import EMPTY_ROOT, HASH_BYTES, TreeHead, leaf_hash, node_hash, tree_hash
from lockgate.terms.errors import EvidenceError

TILE_WIDTH = 256
TILE_HEIGHT = 8
ENTRY_BYTES = 65_535
"""Longest entry: its length is written in two bytes."""

_LENGTH_BYTES = 2


@dataclass(frozen=True, slots=True)
class Edge:
    """The right edge of a log: all that is needed to make it grow.

    Attributes:
        size: Leaves of the log.
        bundle: Entries of the bundle that is not full, at most 255.
        levels: Hashes of the tile that is not full, for each level, at most 255 each.
    """

    size: int = 0
    bundle: tuple[bytes, ...] = ()
    levels: tuple[tuple[bytes, ...], ...] = ()

    @property
    def head(self) -> TreeHead:
        """Return size and root of the tree, from the hashes of the edge alone."""
        peaks = [peak for hashes in reversed(self.levels) for peak in _peaks(hashes)]
        if not peaks:
            return TreeHead(self.size, EMPTY_ROOT)
        root = peaks.pop()
        while peaks:
            root = node_hash(peaks.pop(), root)
        return TreeHead(self.size, root)


@dataclass(frozen=True, slots=True)
class Tile:
    """One file of the log.

    Attributes:
        path: Its path in the log's folder, with slashes.
        data: Its content.
    """

    path: str
    data: bytes


def tile_path(level: int | None, index: int, width: int) -> str:
    """Return the path of a tile in the log's folder.

    Args:
        level: 0 to 63; None for an entry bundle.
        index: Number of the tile in its level.
        width: Hashes or entries in it, 1 to 256.

    >>> tile_path(0, 1234067, 256), tile_path(None, 0, 5)
    ('tile/0/x001/x234/067', 'tile/entries/000.p/5')
    """
    number = f"{index % 1000:03d}"
    while index := index // 1000:
        number = f"x{index % 1000:03d}/{number}"
    partial = "" if width == TILE_WIDTH else f".p/{width}"
    return f"tile/{'entries' if level is None else level}/{number}{partial}"


def edge_tiles(size: int) -> tuple[int, ...]:
    """Return the width of the tile that is not full, for each level from 0 up; 0 where there is none.

    >>> edge_tiles(70_000)
    (112, 17, 1)
    """
    widths = []
    while size:
        widths.append(size % TILE_WIDTH)
        size //= TILE_WIDTH
    return tuple(widths)


def grow(edge: Edge, entries: Sequence[bytes]) -> tuple[Edge, tuple[Tile, ...]]:
    """Return the edge after some entries and the tiles to write, bundles first, then hashes from level 0 up.

    Args:
        edge: The right edge before.
        entries: New entries in order, each at most 65,535 bytes.

    Raises:
        ValueError: If an entry is too long.
    """
    growth = _Growth(edge)
    for entry in entries:
        if len(entry) > ENTRY_BYTES:
            raise ValueError(f"expected entries of at most {ENTRY_BYTES} bytes, found {len(entry)}")
        growth.add(entry)
    return growth.finish()


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """Return entries as a bundle holds them, each after its length in two bytes."""
    return b"".join(len(entry).to_bytes(_LENGTH_BYTES, "big") + entry for entry in entries)


def parse_bundle(data: bytes, width: int) -> tuple[bytes, ...]:
    """Return the entries of a bundle.

    Args:
        data: Content of the bundle.
        width: Number of entries expected.

    Raises:
        EvidenceError: If the content is cut short, or holds another number of entries.
    """
    entries, at = [], 0
    while at < len(data):
        start = at + _LENGTH_BYTES
        at = start + int.from_bytes(data[at:start], "big")
        entries.append(data[start:at])
    if at != len(data) or len(entries) != width:
        raise EvidenceError(f"expected a bundle of {width} whole entries in the log")
    return tuple(entries)


def parse_tile(data: bytes, width: int) -> tuple[bytes, ...]:
    """Return the hashes of a tile.

    Args:
        data: Content of the tile.
        width: Number of hashes expected.

    Raises:
        EvidenceError: If the content is of another length.
    """
    if len(data) != width * HASH_BYTES:
        raise EvidenceError(f"expected a tile of {width * HASH_BYTES} bytes in the log, found {len(data)}")
    return tuple(data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES))


class _Growth:
    """A right edge while entries are added to it."""

    def __init__(self, edge: Edge) -> None:
        self._size = edge.size
        self._bundle = list(edge.bundle)
        self._levels = [list(hashes) for hashes in edge.levels]
        self._bundles: list[Tile] = []
        self._tiles: dict[int, list[Tile]] = {}

    def add(self, entry: bytes) -> None:
        self._bundle.append(entry)
        self._size += 1
        if len(self._bundle) == TILE_WIDTH:
            self._flush_bundle()
        self._push(0, leaf_hash(entry))

    def finish(self) -> tuple[Edge, tuple[Tile, ...]]:
        edge = Edge(self._size, tuple(self._bundle), tuple(map(tuple, self._levels)))
        if self._bundle:
            self._flush_bundle()
        for level in self._tiles:
            if self._levels[level]:
                self._flush_level(level)
        hashes = [tile for level in sorted(self._tiles) for tile in self._tiles[level]]
        return edge, (*self._bundles, *hashes)

    def _push(self, level: int, value: bytes) -> None:
        if level == len(self._levels):
            self._levels.append([])
        self._levels[level].append(value)
        self._tiles.setdefault(level, [])
        if len(self._levels[level]) == TILE_WIDTH:
            root = tree_hash(self._levels[level])
            self._flush_level(level)
            self._push(level + 1, root)

    def _flush_bundle(self) -> None:
        path = tile_path(None, (self._size - 1) // TILE_WIDTH, len(self._bundle))
        self._bundles.append(Tile(path, encode_bundle(self._bundle)))
        self._bundle = []

    def _flush_level(self, level: int) -> None:
        hashes = self._levels[level]
        index = (self._size // TILE_WIDTH**level - 1) // TILE_WIDTH
        self._tiles[level].append(Tile(tile_path(level, index, len(hashes)), b"".join(hashes)))
        self._levels[level] = []


def _peaks(hashes: Sequence[bytes]) -> list[bytes]:
    """Return the roots of the complete trees, largest first, that a tile's hashes are made of."""
    peaks, start = [], 0
    for height in reversed(range(TILE_HEIGHT)):
        if len(hashes) & (1 << height):
            peaks.append(tree_hash(hashes[start : start + (1 << height)]))
            start += 1 << height
    return peaks
