"""A synthetic table with differential privacy made of a source, paid from the budget ledger as `drawing` says."""

import hashlib
from functools import partial

from lockgate.evidence.canonical import canonical_bytes
from lockgate.flow.drawing import DrawnFrom, DrawnTable, Folding, draw_once, fold_source
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


def make_synthetic(wish: SynthesisWish, origin: DrawnFrom) -> DrawnTable:
    """Return the synthetic table of a source.

    Args:
        wish: From the flow file.
        origin: The source, its persons, and what pays.

    Raises:
        InputError: If a column is missing, or holds a value that its domain does not.
        ReleaseRefused: If the budget does not allow it.
        EvidenceError: If the ledger is broken.
    """
    plan = wish.plan
    return draw_once(
        synthesis_request(plan, origin.state),
        (cost_of_synthesis(plan), wish.budget),
        origin.payment,
        lambda: _folded(plan, origin),
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


def _folded(plan: SynthesisPlan, origin: DrawnFrom) -> CodedRows:
    origin.progress.step("counting for a synthetic table")
    folding = Folding(
        rows=partial(fold, plan=plan),
        contributions=partial(contributions_of, plan=plan, key=origin.secret),
        persons=partial(fold_bounded, plan=plan),
        merge=merge,
    )
    return fold_source(origin, folding)
