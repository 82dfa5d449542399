"""The log: an append-only Merkle tree in C2SP tiles, with signed checkpoints.

A leaf exists once the checkpoint that counts it has its name. Each append writes to a folder in this order:

1. entry bundles, then tiles of hashes, level 0 first: written;
2. the checkpoint under another name: written;
3. all of these files, and every folder that a new name stands in: synced, in whatever order, several at once;
4. the checkpoint renamed into place: the commit point;
5. the log's folder: synced; only then does `append` return.

The disk is waited for twice, in steps 3 and 5, however many leaves there are: nothing of what is written before the
rename counts, so none of it has to come before the rest.

Start-up, recovery and the normal path are one: the size is what the checkpoint says. Whatever lies beyond it was left
by an append that never returned; it is not read, and the next append writes over it. A tile that a checkpoint has
counted is never written again, because a wider tile has another name. A checkpoint that was signed in step 2 and
never renamed was shown to nobody.

After a write has failed, nobody can say what is on the disk: the log object refuses to go on, and opening the folder
again finds out.

Other storages keep the same files behind `LogStorage`, with the same promise: `lockgate.store.postgres_log` in one
transaction. Where several may write, an append first takes up what another writer has added, as opening does.

Not here: who may write to a folder (one writer at a time is `store`'s affair) and witnesses.

Source: C2SP tlog-tiles, tlog-checkpoint; RFC 6962.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lockgate.evidence.checkpoint import parse_checkpoint, sign_checkpoint
from lockgate.evidence.cosignature import add_own_cosignature, cosigned_at, cosigner_key
from lockgate.evidence.disk import Disk
from lockgate.evidence.log_reading import LogReader
from lockgate.evidence.merkle import TreeHead, is_consistent
from lockgate.evidence.note import VerifierKey, verifier_key
from lockgate.evidence.storage import CHECKPOINT, FolderStorage, LogStorage
from lockgate.evidence.tiles import Edge, grow
from lockgate.terms.errors import EvidenceError


@dataclass(frozen=True, slots=True)
class Seeds:
    """The secret keys of a log.

    Attributes:
        signing: Ed25519 seed, 32 bytes.
        cosigning: ML-DSA-44 seed, 32 bytes; None where the log signs with Ed25519 alone.
    """

    signing: bytes
    cosigning: bytes | None = None

    def sign(self, origin: str, head: TreeHead) -> str:
        """Return the checkpoint of a tree, signed with every key: the Ed25519 line first."""
        checkpoint = sign_checkpoint(origin, head, self.signing)
        return add_own_cosignature(checkpoint, self.cosigning) if self.cosigning else checkpoint


class Log:
    """A log that this node writes. In a folder one at a time: hold the home's lock from `open` to the last `append`."""

    def __init__(self, reader: LogReader, storage: LogStorage, seeds: Seeds) -> None:
        self._reader = reader
        self._storage = storage
        self._seeds = seeds
        self._is_usable = True

    @classmethod
    def open(
        cls,
        folder: Path,
        origin: str,
        signing_seed: bytes,
        *,
        cosigning_seed: bytes | None = None,
        high_water: TreeHead | None = None,
        disk: Disk | None = None,
    ) -> "Log":
        """Return the log of a folder, made new if the folder is not there or empty.

        Args:
            folder: The log's folder; its parent exists.
            origin: Identity of the log, and name of its key.
            signing_seed: Ed25519 seed, 32 bytes.
            cosigning_seed: ML-DSA-44 seed, 32 bytes, with which the log cosigns its own checkpoints; None for not.
            high_water: The largest tree that this node remembers outside the folder, or None.
            disk: Where writes go; the file system unless a test says otherwise.

        Raises:
            EvidenceError: If the log is broken, signed by another key, or older or other than the high-water mark.
            LockgateError: If the folder cannot be written.
        """
        seeds = Seeds(signing_seed, cosigning_seed)
        return cls.open_in(FolderStorage(folder, disk), origin, seeds, high_water=high_water)

    @classmethod
    def open_in(cls, storage: LogStorage, origin: str, seeds: Seeds, *, high_water: TreeHead | None = None) -> "Log":
        """Return the log in a storage, made new if there is none; see `open`."""
        key = verifier_key(origin, seeds.signing)
        with storage.hold():
            if storage.is_new() and (high_water is None or high_water.size == 0):
                # A checkpoint of no leaves tells a new log from one whose checkpoint was taken away.
                storage.commit((), seeds.sign(origin, Edge().head).encode("utf-8"))
            storage.settle()  # nothing is told of a leaf before it is durable
        reader = LogReader.open_in(storage, key)
        _check_own_cosignature(reader, seeds)
        _check_high_water(reader, high_water)
        return cls(reader, storage, seeds)

    @property
    def origin(self) -> str:
        """Return the identity of the log."""
        return self._reader.origin

    @property
    def key(self) -> VerifierKey:
        """Return the key that signs the log's checkpoints."""
        return self._reader.key

    @property
    def head(self) -> TreeHead:
        """Return size and root of the log."""
        return self._reader.head

    @property
    def size(self) -> int:
        """Return the number of leaves."""
        return self._reader.size

    @property
    def reader(self) -> LogReader:
        """Return the log as others read it, at its present size."""
        return self._reader

    def checkpoint(self) -> str:
        """Return the signed checkpoint."""
        return self._reader.checkpoint()

    def entry(self, index: int) -> bytes:
        """Return one entry; see `LogReader.entry`."""
        return self._reader.entry(index)

    def find(self, entry: bytes, since: int = 0) -> int | None:
        """Return the number of the first leaf that holds the entry, or None; see `LogReader.find`."""
        return self._reader.find(entry, since)

    def prove(self, index: int) -> str:
        """Return the proof that a leaf is in the log; see `LogReader.prove`."""
        return self._reader.prove(index)

    def consistency(self, old_size: int) -> tuple[bytes, ...]:
        """Return the proof that the log only grew; see `LogReader.consistency`."""
        return self._reader.consistency(old_size)

    def append(self, entries: Sequence[bytes]) -> int:
        """Return the number of the first new leaf, once all are on the disk and signed.

        Args:
            entries: New entries in order, at least one, each at most 65,535 bytes.

        Raises:
            EvidenceError: If an earlier write of this object failed.
            LockgateError: If a write fails; the leaves are then in the log or not: open it again to find out.
            ValueError: If there is no entry, or one is too long.
        """
        if not entries:
            raise ValueError("expected at least one entry")
        if not self._is_usable:
            raise EvidenceError("an earlier write to the log failed", "Open the log again.")
        with self._storage.hold():
            self._catch_up()
            edge, tiles = grow(self._reader.edge, entries)
            checkpoint = self._seeds.sign(self.origin, edge.head)
            self._is_usable = False
            self._storage.commit(tiles, checkpoint.encode("utf-8"))
        first = self.size
        self._follow(edge, checkpoint)
        return first

    def _catch_up(self) -> None:
        """Take up what another writer has added since; it must go on from what this one knows."""
        if self._storage.read(CHECKPOINT) == self.checkpoint().encode("utf-8"):
            return
        reader = LogReader.open_in(self._storage, self.key)
        _check_own_cosignature(reader, self._seeds)
        _check_high_water(reader, self.head)
        self._reader = reader

    def _follow(self, edge: Edge, checkpoint: str) -> None:
        self._reader = LogReader(self._storage, self.key, checkpoint, edge)
        self._is_usable = True


def _check_own_cosignature(reader: LogReader, seeds: Seeds) -> None:
    """A checkpoint of before the log had its second key has no such line; one that has it has a good one."""
    if seeds.cosigning is None:
        return
    key, checkpoint = cosigner_key(reader.origin, seeds.cosigning), parse_checkpoint(reader.checkpoint().encode())
    if key.key_id in {key_id for _, key_id, _ in checkpoint.note.signatures} and cosigned_at(checkpoint, key) is None:
        raise EvidenceError(
            f"the ML-DSA-44 line on the checkpoint of the log `{reader.origin}` does not hold",
            "Restore the log's folder from a backup.",
        )


def _check_high_water(reader: LogReader, mark: TreeHead | None) -> None:
    if mark is None:
        return
    if reader.size < mark.size:
        raise EvidenceError(
            f"the log `{reader.origin}` was cut short: it holds {reader.size} leaves and has held {mark.size}",
            "Restore the log's folder from its newest backup.",
        )
    if not is_consistent(mark, reader.head, reader.consistency(mark.size)):
        raise EvidenceError(
            f"the log `{reader.origin}` is another than the one of {mark.size} leaves written before",
            "Restore the log's folder from its newest backup.",
        )
