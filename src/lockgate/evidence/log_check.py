"""Every file of a log held against every other, and against the signed root: what is wrong, where, to the byte.

Reading a log stops at the first thing that is wrong; this goes on, and says which of two files that disagree is the
wrong one: the entries, from which all else follows, or a tile. Which it is hangs on what the files above say, and in
the end on the root that the checkpoint signs.

In bounded memory: one tile of each level, and the roots of the tiles below.

Source: C2SP tlog-tiles, tlog-checkpoint; RFC 6962.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from lockgate.evidence.checkpoint import Checkpoint, parse_checkpoint
from lockgate.evidence.cosignature import cosigned_at
from lockgate.evidence.merkle import HASH_BYTES, TreeHead, leaf_hash, tree_hash
from lockgate.evidence.note import VerifierKey, is_signed_by
from lockgate.evidence.storage import CHECKPOINT, LogStorage
from lockgate.evidence.tiles import TILE_WIDTH, Edge, tile_path
from lockgate.terms.errors import EvidenceError

_LENGTH_BYTES = 2
_TILE = re.compile(
    r"tile/(?P<level>entries|[0-9]|[1-5][0-9]|6[0-3])/(?P<number>(x[0-9]{3}/)*[0-9]{3})(\.p/(?P<width>[0-9]{1,3}))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is wrong with a log.

    Attributes:
        file: Path of the file in the log.
        problem: What is wrong, one sentence.
        first: First byte that is wrong, from 0; None where it is not about bytes.
        last: Last byte that may be wrong.
        leaf: Number of the first leaf that it touches; None if it touches none.
    """

    file: str
    problem: str
    first: int | None = None
    last: int | None = None
    leaf: int | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of checking a log.

    Attributes:
        checkpoint: What it signs; None if that cannot be read.
        files: Number of files that were held against others.
        faults: What is wrong, in the order of the log.
    """

    checkpoint: Checkpoint | None
    files: int
    faults: tuple[Fault, ...]


def check_log(storage: LogStorage, key: VerifierKey, own: VerifierKey | None, names: Iterable[str] = ()) -> Checked:
    """Return what is wrong with the files of a log.

    Args:
        storage: Where they lie.
        key: The log's key; its name is the origin.
        own: The log's ML-DSA-44 key, whose line holds if the checkpoint has one; None if it has no such key.
        names: Paths that are there, so that narrower tiles of earlier checkpoints are looked at too.
    """
    try:
        checkpoint = parse_checkpoint(storage.read(CHECKPOINT))
    except EvidenceError as error:
        return Checked(None, 1, (Fault(CHECKPOINT, str(error)),))
    check = _Check(storage, checkpoint.head.size)
    faults = _signature_faults(checkpoint, key, own)
    levels = check.go_up()
    faults += _root_faults(check, levels, checkpoint.head)
    for name in sorted(names):
        check.look_at_narrower(name)
    return Checked(checkpoint, check.files + 1, tuple(faults + check.faults))


def _signature_faults(checkpoint: Checkpoint, key: VerifierKey, own: VerifierKey | None) -> list[Fault]:
    faults = []
    if checkpoint.origin != key.name:
        faults.append(Fault(CHECKPOINT, f"it is of the log `{checkpoint.origin}`, not `{key.name}`"))
    if not is_signed_by(checkpoint.note, key):
        faults.append(Fault(CHECKPOINT, f"it is not signed by the log's key `{key}`"))
    lines = {(name, key_id) for name, key_id, _ in checkpoint.note.signatures}
    known = {(item.name, item.key_id) for item in (key, own) if item}
    if own and (own.name, own.key_id) in lines and cosigned_at(checkpoint, own) is None:
        faults.append(Fault(CHECKPOINT, "its ML-DSA-44 line does not hold"))
    if own and len(lines - known):
        faults.append(Fault(CHECKPOINT, "it has a signature line that is not the log's"))
    return faults


@dataclass(slots=True)
class _Level:
    """What a level says of the one below, twice: computed from the entries, and from the tiles as they are stored.

    Attributes:
        computed: Hashes that the entries give.
        below: Hashes that the stored tiles of the level below give; at level 0 those of the entries.
        stored: Hashes that the stored tiles of this level hold.
    """

    computed: list[bytes] = field(default_factory=list)
    below: list[bytes] = field(default_factory=list)
    stored: list[bytes] = field(default_factory=list)


class _Check:
    """A check under way."""

    def __init__(self, storage: LogStorage, size: int) -> None:
        self._storage = storage
        self._size = size
        self.files = 0
        self.faults: list[Fault] = []
        self._doubts: list[tuple[int, Fault, Fault]] = []

    def go_up(self) -> list[Edge]:
        """Return the right edges that the entries, and the stored tiles, give, once all tiles were looked at."""
        above = _Level()
        edges: tuple[list[tuple[bytes, ...]], list[tuple[bytes, ...]]] = ([], [])
        for number in range(-(-self._size // TILE_WIDTH)):
            self._look_at_leaves(number, above, edges)
        if self._size and self._size % TILE_WIDTH == 0:
            for edge in edges:
                edge.append(())
        level, width = 1, self._size // TILE_WIDTH
        while width:
            self._read_level(level, width, above)
            above = self._look_at_level(level, width, above, edges)
            level, width = level + 1, width // TILE_WIDTH
        return [Edge(self._size, (), tuple(edge)) for edge in edges]

    def _look_at_leaves(self, number: int, above: _Level, edges: tuple[list[tuple[bytes, ...]], ...]) -> None:
        """Hold a bundle against its tile, and keep the doubt which of them is wrong until the level above is known."""
        width = min(TILE_WIDTH, self._size - number * TILE_WIDTH)
        bundle, offsets = self._read_bundle(number, width)
        stored = self._read_tile(0, number, width)
        computed = [leaf_hash(entry) for entry in bundle]
        computed += stored[len(computed) :]
        stored += computed[len(stored) :]
        if computed != stored:
            at = next(place for place in range(width) if computed[place] != stored[place])
            leaf = number * TILE_WIDTH + at
            entries = Fault(
                tile_path(None, number, width),
                f"the entry of leaf {leaf} is not the one that was signed",
                offsets[at],
                offsets[at + 1] - 1,
                leaf,
            )
            tile = Fault(tile_path(0, number, width), f"the hash of leaf {leaf} is wrong", *_hash_bytes(at), leaf)
            self._doubts.append((number, entries, tile))
        if width == TILE_WIDTH:
            above.computed.append(tree_hash(computed))
            above.below.append(tree_hash(stored))
        else:
            edges[0].append(tuple(computed))
            edges[1].append(tuple(stored))

    def _read_level(self, level: int, width: int, here: _Level) -> None:
        for number in range(-(-width // TILE_WIDTH)):
            tile = self._read_tile(level, number, min(TILE_WIDTH, width - number * TILE_WIDTH))
            here.stored += tile
            here.stored += here.computed[len(here.stored) : min(width, (number + 1) * TILE_WIDTH)]
        if level == 1:
            self._settle_doubts(here)

    def _settle_doubts(self, here: _Level) -> None:
        """Say which of a bundle and its tile is wrong, by the level above; at the edge it is left to the root."""
        left = []
        for number, entries, tile in self._doubts:
            if number >= len(here.stored):
                left.append((number, entries, tile))
            elif here.stored[number] == here.below[number]:
                self.faults.append(entries)
            elif here.stored[number] == here.computed[number]:
                self.faults.append(tile)
            else:
                self.faults += [entries, tile]
        self._doubts = left

    def _look_at_level(
        self, level: int, width: int, here: _Level, edges: tuple[list[tuple[bytes, ...]], ...]
    ) -> _Level:
        """Return what the next level ought to hold, once this one was held against what is below it."""
        for at, found in enumerate(here.stored):
            if found not in (here.below[at], here.computed[at]):
                number, place = divmod(at, TILE_WIDTH)
                path = tile_path(level, number, min(TILE_WIDTH, width - number * TILE_WIDTH))
                leaf = at * TILE_WIDTH**level
                problem = f"hash {place} is not that of the tile below it"
                self.faults.append(Fault(path, problem, *_hash_bytes(place), leaf))
        above = _Level()
        for start in range(0, width - width % TILE_WIDTH, TILE_WIDTH):
            above.computed.append(tree_hash(here.computed[start : start + TILE_WIDTH]))
            above.below.append(tree_hash(here.stored[start : start + TILE_WIDTH]))
        start = width - width % TILE_WIDTH
        edges[0].append(tuple(here.computed[start:]))
        edges[1].append(tuple(here.stored[start:]))
        return above

    def settle_edge(self, *, are_entries_good: bool, are_tiles_good: bool) -> None:
        """Say which of the newest bundle and its tile is wrong, by the root."""
        for _, entries, tile in self._doubts:
            if are_entries_good:
                self.faults.append(tile)
            elif are_tiles_good:
                self.faults.append(entries)
            else:
                self.faults += [entries, tile]
        self._doubts = []

    def look_at_narrower(self, name: str) -> None:
        """Hold a tile that an earlier checkpoint counted against the wider one that took its place."""
        found = _TILE.fullmatch(name)
        if not found or not found["width"]:
            return
        level = None if found["level"] == "entries" else int(found["level"])
        number = int(found["number"].replace("x", "").replace("/", ""))
        wide = min(TILE_WIDTH, (self._size >> (8 * (level or 0))) - number * TILE_WIDTH)
        width = int(found["width"])
        # The one that counts, what an append has left that never returned, and what cannot be judged by a wrong one.
        if width >= wide or tile_path(level, number, wide) in {fault.file for fault in self.faults}:
            return
        narrow, wider = self._bytes(name), self._bytes(tile_path(level, number, wide))
        length = _frames(wider, width)[-1] if level is None else width * HASH_BYTES
        at = next((at for at in range(max(len(narrow), length)) if narrow[at : at + 1] != wider[at : at + 1]), None)
        if narrow != wider[:length]:
            first = length if at is None else min(at, length)
            self.faults.append(
                Fault(name, f"it is not the beginning of {tile_path(level, number, wide)}", first, first)
            )

    def _read_bundle(self, number: int, width: int) -> tuple[list[bytes], list[int]]:
        """Return the entries of a bundle, as many as stand in it whole, and where each begins."""
        name = tile_path(None, number, width)
        data = self._bytes(name)
        offsets = _frames(data, width)
        entries = [data[at + _LENGTH_BYTES : end] for at, end in pairwise(offsets)]
        if len(entries) < width or offsets[-1] != len(data):
            leaf = number * TILE_WIDTH + min(len(entries), width - 1)
            problem = f"expected {width} whole entries, found {len(entries)} and {len(data) - offsets[-1]} bytes more"
            self.faults.append(Fault(name, problem, offsets[-1], max(offsets[-1], len(data) - 1), leaf))
        return entries, offsets

    def _read_tile(self, level: int, number: int, width: int) -> list[bytes]:
        name = tile_path(level, number, width)
        data = self._bytes(name)
        if len(data) != width * HASH_BYTES:
            problem = f"expected {width * HASH_BYTES} bytes, found {len(data)}"
            first = min(len(data), width * HASH_BYTES)
            self.faults.append(Fault(name, problem, first, None, number * TILE_WIDTH ** (level + 1)))
        whole = min(width, len(data) // HASH_BYTES)
        return [data[at * HASH_BYTES : (at + 1) * HASH_BYTES] for at in range(whole)]

    def _bytes(self, name: str) -> bytes:
        self.files += 1
        try:
            return self._storage.read(name)
        except EvidenceError as error:
            self.faults.append(Fault(name, str(error)))
            return b""


def _root_faults(check: _Check, edges: Sequence[Edge], signed: TreeHead) -> list[Fault]:
    from_entries, from_tiles = (edge.head.root == signed.root for edge in edges)
    check.settle_edge(are_entries_good=from_entries, are_tiles_good=from_tiles)
    if from_entries or check.faults:
        return []
    return [Fault(CHECKPOINT, "the entries and tiles agree, and give another root than it signs")]


def _hash_bytes(place: int) -> tuple[int, int]:
    return place * HASH_BYTES, (place + 1) * HASH_BYTES - 1


def _frames(data: bytes, width: int) -> list[int]:
    """Return where the entries of a bundle begin, and where the last whole one ends; at most `width` of them."""
    offsets = [0]
    while len(offsets) <= width:
        start = offsets[-1] + _LENGTH_BYTES
        end = start + int.from_bytes(data[offsets[-1] : start], "big")
        if start > len(data) or end > len(data):
            break
        offsets.append(end)
    return offsets
