"""Tables with noise: drawn once, paid from the budget ledger, the same for the same request.

1. *Ask the ledger*: the same request on the same data gets the table that was drawn before, at no cost.
2. *Refuse early* what the budget does not allow, before a row is read.
3. *Fold* all rows; with persons, their contributions go to disk by person where there are many. Where the source is cut
   into ranges (`lockgate.flow.sharing`), workers fold these, and contributions of persons bucket by bucket of them all.
4. *Reserve*, with a durable leaf; only then is randomness handed out.
5. *Draw* the noise, once, and *keep* the table on the disk before it is written anywhere else.

The caller writes the table, records the release, and then calls `settle`. It holds the home's lock all the while.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lockgate.flow.passes import Passes
from lockgate.flow.progress import Progress
from lockgate.protect.dp.contribution import bucket_of
from lockgate.store.budget import BudgetLedger, Reservation
from lockgate.tables.bucket_file import BUCKETS, BucketFiles
from lockgate.tables.cut import Cut
from lockgate.tables.job import read_found, write_found
from lockgate.terms.budget import BudgetAccount
from lockgate.terms.privacy_loss import PrivacyLoss

Persons = npt.NDArray[np.uint64]
NumberedBatch = tuple[pa.RecordBatch, Persons]
Rng = Callable[[int], bytes]
_Partial = TypeVar("_Partial")

_HELD_ROWS = 2_000_000
_MERGED = 64


@dataclass(frozen=True, slots=True)
class Payment:
    """What a release with noise is paid from.

    Attributes:
        ledger: Of the home, whose lock is held.
        account: What it counts for.
        rng: Randomness of the operating system.
    """

    ledger: BudgetLedger
    account: BudgetAccount
    rng: Rng


@dataclass(frozen=True, slots=True)
class DrawnFrom:
    """What a table with noise is drawn from, and by what means.

    Attributes:
        batches: Starts a pass over the source, each batch with the keyed hashes of its persons.
        state: Names and hashes of the source's files, a JSON value: tells states of the data apart.
        payment: Ledger, account, randomness.
        secret: Of the ranks by which contributions are bounded.
        persons_repeat: Whether a person may have several rows.
        work: Folder for what does not fit in memory.
        progress: Told of every batch.
        passes: The same passes where they are shared; else None.
    """

    batches: Callable[[], Iterator[NumberedBatch]]
    state: object
    payment: Payment
    secret: bytes
    persons_repeat: bool
    work: Path
    progress: Progress
    passes: Passes | None = None


@dataclass(frozen=True, slots=True)
class DrawnTable:
    """A table with noise.

    Attributes:
        table: What may be released.
        cost: What it cost the account; nothing if it was drawn for an earlier release.
        reservation: To be settled once the release is recorded; None if nothing was reserved.
    """

    table: pa.Table
    cost: PrivacyLoss
    reservation: Reservation | None


def draw_once(
    request: str,
    losses: tuple[PrivacyLoss, PrivacyLoss],
    payment: Payment,
    fold: Callable[[], _Partial],
    draw: Callable[[_Partial, Rng], pa.Table],
) -> DrawnTable:
    """Return the table of a request: drawn now and paid for, or the one that was drawn before.

    Args:
        request: Hash of what is asked of which data.
        losses: What it costs, and the budget.
        payment: Ledger, account, randomness.
        fold: Reads the source.
        draw: Makes the table of what was folded.

    Raises:
        ReleaseRefused: If the budget does not allow it.
        EvidenceError: If the ledger is broken.
    """
    cost, budget = losses
    known = payment.ledger.kept(payment.account, request)
    if known is not None:
        return DrawnTable(_read_table(known), PrivacyLoss(), None)
    payment.ledger.check(payment.account, cost, budget)
    partial = fold()
    reservation = payment.ledger.reserve(payment.account, cost, budget, request, payment.rng)
    table = draw(partial, reservation.randomness(payment.rng))
    payment.ledger.keep(reservation, _table_bytes(table))
    return DrawnTable(table, cost, reservation)


def settle(drawn: DrawnTable, ledger: BudgetLedger) -> None:
    """Note that the release of a table is recorded; call it after the release's own leaf."""
    if drawn.reservation is not None:
        ledger.commit(drawn.reservation)


@dataclass(frozen=True, slots=True)
class Folding(Generic[_Partial]):
    """How a source is folded for a table with noise; picklable, as its functions are.

    Attributes:
        rows: From a batch in which each row is a person of its own to its partial.
        contributions: From a batch, its persons and the number of its first row to what they contribute.
        persons: From all contributions of some persons to their partial.
        merge: From some partials, at least one, to the partial of all that they stand for.
    """

    rows: Callable[[pa.RecordBatch], _Partial] = field(repr=False)  # it may hold a key, as the next two
    contributions: Callable[[pa.RecordBatch, Persons, int], pa.Table] = field(repr=False)
    persons: Callable[[pa.Table], _Partial] = field(repr=False)
    merge: Callable[[list[_Partial]], _Partial]


def fold_source(origin: DrawnFrom, folding: Folding[_Partial]) -> _Partial:
    """Return the partial of a source.

    Args:
        origin: The source.
        folding: How it is folded.
    """
    if origin.passes is not None:
        return _fold_shared(origin.passes, folding, origin)
    batches = origin.batches()
    if origin.persons_repeat:
        contributions = _contributions(batches, folding, origin.progress)
        return fold_by_person(contributions, folding.persons, folding.merge, origin.work)
    return fold_rows(_parts(batches, folding, origin.progress), folding.merge)


def _fold_shared(passes: Passes, folding: Folding[_Partial], origin: DrawnFrom) -> _Partial:
    if not origin.persons_repeat:
        task = _FoldRange(passes.for_workers(), folding)
        counted: Iterator[_Partial] = map(read_found, passes.parts("count", task, origin.progress))
        return fold_rows(counted, folding.merge)
    counting = _PartRange(passes.for_workers(), folding)
    folders = list(passes.parts("contributions", counting, origin.progress))
    rows = sum(read_found(folder / _FILES)[1] for folder in folders)
    share = max(-(-rows // BUCKETS), 1)
    cut = Cut(rows, share, share)
    bounding = _FoldBuckets(tuple(folders), folding, max(len(cut.numbers), 1))
    origin.progress.step("bounding what persons contribute")
    bounded: Iterator[_Partial | None] = map(read_found, passes.parts("bounds", bounding, origin.progress, cut))
    nothing = pa.RecordBatch.from_pylist([], schema=passes.source.schema)
    nobody = folding.persons(folding.contributions(nothing, np.zeros((0, 2), np.uint64), 0))
    return fold_rows(chain([nobody], (part for part in bounded if part is not None)), folding.merge)


@dataclass(frozen=True, slots=True)
class _FoldRange(Generic[_Partial]):
    """Folds the ranges of a source in which each row is a person of its own; picklable."""

    passes: Passes
    folding: Folding[_Partial]

    def __call__(self, number: int, part: Path) -> int:
        """Leave the partial of one range."""
        rows = 0

        def partials() -> Iterator[_Partial]:
            nonlocal rows
            for _, batch, _ in self.passes.of_range(number):
                rows += batch.num_rows
                yield self.folding.rows(batch)

        write_found(fold_rows(partials(), self.folding.merge), part)
        return rows


@dataclass(frozen=True, slots=True)
class _PartRange(Generic[_Partial]):
    """Parts the contributions of the ranges of a source by person; picklable."""

    passes: Passes
    folding: Folding[_Partial]

    def __call__(self, number: int, part: Path) -> int:
        """Leave the contributions of one range by bucket."""
        part.mkdir(mode=0o700)
        files = BucketFiles(part)
        waiting: list[tuple[pa.Table, Persons]] = []
        rows = contributed = 0
        for first, batch, persons in self.passes.of_range(number):
            table = self.folding.contributions(batch, persons, first)
            waiting.append((table, persons_in(table)))
            rows += batch.num_rows
            contributed += table.num_rows
        _flush(files, waiting)
        write_found((files, contributed), part / _FILES)
        return rows


@dataclass(frozen=True, slots=True)
class _FoldBuckets(Generic[_Partial]):
    """Folds the contributions of some buckets of all ranges; picklable.

    Attributes:
        folders: What each range has left.
        folding: How contributions are folded.
        shares: Among how many the buckets are dealt.
    """

    folders: tuple[Path, ...]
    folding: Folding[_Partial]
    shares: int

    def __call__(self, number: int, part: Path) -> int:
        """Leave the partial of one share of the buckets."""
        files = [read_found(folder / _FILES)[0].moved_to(folder) for folder in self.folders]
        partials = []
        rows = 0
        for bucket in range(number, BUCKETS, self.shares):
            found = [batch for file in files for batch in file.read(bucket)]
            if found:
                rows += sum(batch.num_rows for batch in found)
                partials.append(self.folding.persons(pa.Table.from_batches(found)))
        write_found(self.folding.merge(partials) if partials else None, part)
        return rows


_FILES = "files"


def _parts(batches: Iterable[NumberedBatch], folding: Folding[_Partial], progress: Progress) -> Iterator[_Partial]:
    for batch, _ in batches:
        yield folding.rows(batch)
        progress.rows(batch.num_rows)


def _contributions(
    batches: Iterable[NumberedBatch], folding: Folding[_Partial], progress: Progress
) -> Iterator[tuple[pa.Table, Persons]]:
    first = 0
    for batch, persons in batches:
        table = folding.contributions(batch, persons, first)
        yield table, persons_in(table)
        first += batch.num_rows
        progress.rows(batch.num_rows)


def fold_rows(parts: Iterable[_Partial], merge: Callable[[list[_Partial]], _Partial]) -> _Partial:
    """Return one partial of many, of which only so many are held at a time; at least one."""
    held: list[_Partial] = []
    for part in parts:
        held.append(part)
        if len(held) >= _MERGED:
            held = [merge(held)]
    return merge(held)


def fold_by_person(
    contributions: Iterable[tuple[pa.Table, Persons]],
    fold: Callable[[pa.Table], _Partial],
    merge: Callable[[list[_Partial]], _Partial],
    work: Path,
) -> _Partial:
    """Return the partial of contributions, folded person by person: in memory, or by bucket from disk if many.

    Args:
        contributions: Tables of rows, each with the keyed hashes of its persons; at least one table.
        fold: Of all contributions of some persons.
        merge: Of partials.
        work: Folder for what does not fit in memory.
    """
    files = BucketFiles(work)
    waiting: list[tuple[pa.Table, Persons]] = []
    held = 0
    try:
        for table, persons in contributions:
            waiting.append((table, persons))
            held += table.num_rows
            if held >= _HELD_ROWS:
                _flush(files, waiting)
                waiting, held = [], 0
        if files.is_empty:
            return fold(pa.concat_tables([table for table, _ in waiting]))
        _flush(files, waiting)
        parts = []
        for bucket in range(BUCKETS):
            rows = list(files.read(bucket))
            if rows:
                parts.append(fold(pa.Table.from_batches(rows)))
        return merge(parts)
    finally:
        files.remove()


def persons_in(contributions: pa.Table) -> Persons:
    """Return the keyed hashes of the persons of contributions, shape (rows, 2)."""
    return np.stack([np.asarray(contributions[f"person:{half}"], np.uint64) for half in ("high", "low")], axis=1)


def _flush(files: BucketFiles, waiting: list[tuple[pa.Table, Persons]]) -> None:
    if waiting:
        table = pa.concat_tables([table for table, _ in waiting]).unify_dictionaries().combine_chunks()
        files.flush(table, bucket_of(np.concatenate([persons for _, persons in waiting]), BUCKETS))


def _table_bytes(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


def _read_table(data: bytes) -> pa.Table:
    with pa.ipc.open_stream(data) as reader:
        return reader.read_all()
