"""Statistics with differential privacy carried out on a source, paid from the budget ledger as `drawing` says."""

import hashlib
from functools import partial

import pyarrow as pa

from lockgate.evidence.canonical import canonical_bytes
from lockgate.flow.drawing import DrawnFrom, DrawnTable, Folding, draw_once, fold_source
from lockgate.flow.statistics_wish import StatisticsWish
from lockgate.protect.dp.grouping import Partial, contributions_of, fold, merge
from lockgate.protect.dp.plan import cost_of
from lockgate.protect.dp.release_table import VERSION, release_table
from lockgate.terms.statistic import StatisticsPlan


def make_statistics(wish: StatisticsWish, origin: DrawnFrom) -> DrawnTable:
    """Return the noisy table of a source.

    Args:
        wish: From the flow file.
        origin: The source, its persons, and what pays.

    Raises:
        InputError: If a column is missing or holds no numbers.
        ReleaseRefused: If the budget does not allow it.
        EvidenceError: If the ledger is broken.
    """
    plan = wish.plan
    return draw_once(
        request_of(plan, origin.state),
        (cost_of(plan), wish.budget),
        origin.payment,
        lambda: _folded(plan, origin),
        lambda folded, rng: release_table(folded, plan, rng),
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


def _folded(plan: StatisticsPlan, origin: DrawnFrom) -> Partial:
    origin.progress.step("counting for statistics")
    key = origin.secret
    folding = Folding(
        rows=partial(_fold_rows, plan=plan, key=key),
        contributions=partial(contributions_of, plan=plan, key=key),
        persons=partial(fold, plan=plan, key=key),
        merge=merge,
    )
    return fold_source(origin, folding)


def _fold_rows(batch: pa.RecordBatch, plan: StatisticsPlan, key: bytes) -> Partial:
    """Return the groups of a batch in which each row is a person of its own."""
    return fold(contributions_of(batch, None, 0, plan, key), plan, key)
