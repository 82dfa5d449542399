"""A synthetic table with differential privacy made of a source, paid from the budget ledger as `drawing` says."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa

from lockgate.evidence.canonical import canonical_bytes
from lockgate.flow.drawing import DrawnTable, Folding, Payment, Persons, draw_once, fold_source
from lockgate.flow.progress import Progress
from lockgate.flow.synthesis_wish import SynthesisWish
from lockgate.protect.dp.synthesis import (
    SYNTHESIS_VERSION,
    CodedRows,
    contributions_of,
    cost_of_synthesis,
    fold,
    fold_bounded,
    merge,
    synthesise,
)
from lockgate.terms.synthesis import SynthesisPlan

NumberedBatch = tuple[pa.RecordBatch, Persons]


def make_synthetic(
    wish: SynthesisWish,
    batches: Callable[[], Iterator[NumberedBatch]],
    source: object,
    payment: Payment,
    means: tuple[bytes, bool, Path, Progress],
) -> DrawnTable:
    """Return the synthetic table of a source.

    Args:
        wish: From the flow file.
        batches: Starts a pass over the source, each batch with the keyed hashes of its persons.
        source: Names and hashes of the source's files, a JSON value: tells states of the data apart.
        payment: Ledger, account, randomness.
        means: Secret of ranks; whether a person may have several rows; folder for what does not fit in memory; who
            is told of progress.

    Raises:
        InputError: If a column is missing, or holds a value that its domain does not.
        ReleaseRefused: If the budget does not allow it.
        EvidenceError: If the ledger is broken.
    """
    plan = wish.plan
    return draw_once(
        synthesis_request(plan, source),
        (cost_of_synthesis(plan), wish.budget),
        payment,
        lambda: _folded(plan, batches, means),
        lambda rows, rng: synthesise(rows, plan, rng),
    )


def synthesis_request(plan: SynthesisPlan, source: object) -> str:
    """Return the hash of what is asked of which data, hexadecimal.

    Args:
        plan: What is asked.
        source: Names and hashes of the source's files, a JSON value.
    """
    parts = ["synthesis", SYNTHESIS_VERSION, synthesis_as_json(plan), source]
    return hashlib.sha256(canonical_bytes(parts)).hexdigest()


def synthesis_as_json(plan: SynthesisPlan) -> dict[str, object]:
    """Return a plan as a JSON object, for the statement and for `synthesis_request`."""
    return {
        "columns": [
            {
                "column": item.column,
                "decimals": item.decimals,
                "edges": [str(edge) for edge in item.edges],
                "high": None if item.high is None else str(item.high),
                "low": None if item.low is None else str(item.low),
                "values": list(item.values),
            }
            for item in plan.columns
        ],
        "loss": plan.loss.as_json(),
        "max_rows": plan.max_rows,
        "rows": plan.rows,
    }


def _folded(
    plan: SynthesisPlan, batches: Callable[[], Iterator[NumberedBatch]], means: tuple[bytes, bool, Path, Progress]
) -> CodedRows:
    means[3].step("counting for a synthetic table")
    folding = Folding(
        lambda batch: fold(batch, plan),
        lambda batch, persons, first: contributions_of(batch, plan, persons, first, means[0]),
        lambda table: fold_bounded(table, plan),
        merge,
    )
    return fold_source(batches(), folding, means)
