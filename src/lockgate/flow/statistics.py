"""Statistics with differential privacy carried out on a source, paid from the budget ledger.

1. *Ask the ledger*: the same request on the same data gets the table that was drawn before, at no cost.
2. *Refuse early* what the budget does not allow, before a row is read.
3. *Fold* all rows; with persons, their contributions go to disk by person where there are many.
4. *Reserve*, with a durable leaf; only then is randomness handed out.
5. *Draw* the noise, once, and *keep* the table on the disk before it is written anywhere else.

The caller writes the table, records the release, and then calls `settle`. It holds the home's lock all the while.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lockgate.evidence.canonical import canonical_bytes
from lockgate.flow.progress import Progress
from lockgate.flow.statistics_wish import StatisticsWish
from lockgate.protect.dp.contribution import bucket_of
from lockgate.protect.dp.grouping import Partial, contributions_of, fold, merge
from lockgate.protect.dp.plan import cost_of
from lockgate.protect.dp.release_table import VERSION, release_table
from lockgate.store.budget import BudgetLedger, Reservation
from lockgate.tables.bucket_file import BUCKETS, BucketFiles
from lockgate.terms.budget import BudgetAccount
from lockgate.terms.privacy_loss import PrivacyLoss
from lockgate.terms.statistic import StatisticsPlan

Persons = npt.NDArray[np.uint64]
NumberedBatch = tuple[pa.RecordBatch, Persons]
Rng = Callable[[int], bytes]

_HELD_ROWS = 2_000_000
_MERGED = 64


@dataclass(frozen=True, slots=True)
class Payment:
    """What a release of statistics is paid from.

    Attributes:
        ledger: Of the home, whose lock is held.
        account: What it counts for.
        rng: Randomness of the operating system.
    """

    ledger: BudgetLedger
    account: BudgetAccount
    rng: Rng


@dataclass(frozen=True, slots=True)
class DrawnTable:
    """Statistics with noise.

    Attributes:
        table: What may be released.
        cost: What it cost the account; nothing if it was drawn for an earlier release.
        reservation: To be settled once the release is recorded; None if nothing was reserved.
    """

    table: pa.Table
    cost: PrivacyLoss
    reservation: Reservation | None


def make_statistics(
    wish: StatisticsWish,
    batches: Callable[[], Iterator[NumberedBatch]],
    source: object,
    payment: Payment,
    means: tuple[bytes, bool, Path, Progress],
) -> DrawnTable:
    """Return the noisy table of a source.

    Args:
        wish: From the flow file.
        batches: Starts a pass over the source, each batch with the keyed hashes of its persons.
        source: Names and hashes of the source's files, a JSON value: tells states of the data apart.
        payment: Ledger, account, randomness.
        means: Secret of ranks; whether a person may have several rows; folder for what does not fit in memory; who
            is told of progress.

    Raises:
        InputError: If a column is missing or holds no numbers.
        ReleaseRefused: If the budget does not allow it.
        EvidenceError: If the ledger is broken.
    """
    request = request_of(wish.plan, source)
    known = payment.ledger.kept(payment.account, request)
    if known is not None:
        return DrawnTable(_read_table(known), PrivacyLoss(), None)
    cost = cost_of(wish.plan)
    payment.ledger.check(payment.account, cost, wish.budget)
    partial = _folded(wish.plan, batches, means)
    reservation = payment.ledger.reserve(payment.account, cost, wish.budget, request, payment.rng)
    table = release_table(partial, wish.plan, reservation.randomness(payment.rng))
    payment.ledger.keep(reservation, _table_bytes(table))
    return DrawnTable(table, cost, reservation)


def settle(drawn: DrawnTable, ledger: BudgetLedger) -> None:
    """Note that the release of a table is recorded; call it after the release's own leaf."""
    if drawn.reservation is not None:
        ledger.commit(drawn.reservation)


def request_of(plan: StatisticsPlan, source: object) -> str:
    """Return the hash of what is asked of which data, hexadecimal.

    Args:
        plan: What is asked.
        source: Names and hashes of the source's files, a JSON value.
    """
    return hashlib.sha256(canonical_bytes([VERSION, plan_as_json(plan), source])).hexdigest()


def plan_as_json(plan: StatisticsPlan) -> dict[str, object]:
    """Return a plan as a JSON object, for the statement and for `request_of`."""
    return {
        "by": list(plan.by),
        "keys": [list(values) for values in plan.keys],
        "loss": plan.loss.as_json(),
        "max_groups": plan.max_groups,
        "max_rows": plan.max_rows,
        "signed": plan.signed,
        "statistics": [
            {
                "column": item.column,
                "decimals": item.decimals,
                "edges": [str(edge) for edge in item.edges],
                "high": None if item.high is None else str(item.high),
                "low": None if item.low is None else str(item.low),
                "quantile": None if item.quantile is None else str(item.quantile),
                "statistic": item.kind.value,
                "weight": item.weight,
            }
            for item in plan.statistics
        ],
    }


def _folded(
    plan: StatisticsPlan,
    batches: Callable[[], Iterator[NumberedBatch]],
    means: tuple[bytes, bool, Path, Progress],
) -> Partial:
    key, persons_repeat, work, progress = means
    progress.step("counting for statistics")
    if persons_repeat:
        return _folded_by_person(plan, _contributions(plan, batches(), key, progress), key, work)
    parts: list[Partial] = []
    for batch, _ in batches():
        parts.append(fold(contributions_of(batch, plan, None, 0, key), plan, key))
        progress.rows(batch.num_rows)
        if len(parts) >= _MERGED:
            parts = [merge(parts)]
    return merge(parts)


def _contributions(
    plan: StatisticsPlan, batches: Iterable[NumberedBatch], key: bytes, progress: Progress
) -> Iterator[tuple[pa.Table, Persons]]:
    first = 0
    for batch, persons in batches:
        table = contributions_of(batch, plan, persons, first, key)
        yield table, np.stack([np.asarray(table[f"person:{half}"], np.uint64) for half in ("high", "low")], axis=1)
        first += batch.num_rows
        progress.rows(batch.num_rows)


def _folded_by_person(
    plan: StatisticsPlan, contributions: Iterable[tuple[pa.Table, Persons]], key: bytes, work: Path
) -> Partial:
    """Fold person by person: all in memory, or bucket by bucket from disk where there are many rows."""
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
            return fold(pa.concat_tables([table for table, _ in waiting]), plan, key)
        _flush(files, waiting)
        parts = []
        for bucket in range(BUCKETS):
            rows = list(files.read(bucket))
            if rows:
                parts.append(fold(pa.Table.from_batches(rows), plan, key))
        return merge(parts)
    finally:
        files.remove()


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
