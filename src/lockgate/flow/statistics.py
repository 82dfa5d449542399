"""Statistics with differential privacy carried out on a source, paid from the budget ledger as `drawing` says."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa

from lockgate.evidence.canonical import canonical_bytes
from lockgate.flow.drawing import DrawnTable, Folding, Payment, Persons, draw_once, fold_source
from lockgate.flow.progress import Progress
from lockgate.flow.statistics_wish import StatisticsWish
from lockgate.protect.dp.grouping import Partial, contributions_of, fold, merge
from lockgate.protect.dp.plan import cost_of
from lockgate.protect.dp.release_table import VERSION, release_table
from lockgate.terms.statistic import StatisticsPlan

NumberedBatch = tuple[pa.RecordBatch, Persons]


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
    plan = wish.plan
    return draw_once(
        request_of(plan, source),
        (cost_of(plan), wish.budget),
        payment,
        lambda: _folded(plan, batches, means),
        lambda partial, rng: release_table(partial, plan, rng),
    )


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
    key = means[0]
    means[3].step("counting for statistics")
    folding = Folding(
        lambda batch: fold(contributions_of(batch, plan, None, 0, key), plan, key),
        lambda batch, persons, first: contributions_of(batch, plan, persons, first, key),
        lambda table: fold(table, plan, key),
        merge,
    )
    return fold_source(batches(), folding, means)
