"""A synthetic table with differential privacy: rows of nobody that agree with noisy marginals of the real ones.

1. *Encode* rows as cells of declared domains; equal rows become one with a weight (`fold`, `merge`).
2. *Measure* every column alone, with a quarter of the cost, more of it for columns of many cells.
3. *Choose*, again and again, the pair of columns that the model so far misses most, by the exponential mechanism with
   exact coins, and measure it over bins of about equal shares; fit the model to what is known (`synthesis_model`).
4. *Draw* as many rows as there are by the noisy count, or as are asked for.

Every noise is discrete Gaussian. A choice with epsilon costs rho = epsilon^2 / 8; how long it takes depends on what it
chooses from, as in every rejection sampler, so it is not for machines on which others can time it.

Source: R. McKenna et al., AIM: An Adaptive and Iterative Mechanism for Differentially Private Synthetic Data, PVLDB
2022; Winning the NIST Contest (MST), JPC 2021; M. Cesar, R. Rogers, Bounding, Concentrating, and Truncating, ALT 2021
(the exponential mechanism has bounded range).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import isqrt, sqrt

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lockgate.protect.dp.coins import Integers, Rng, decay_coin, uniform_below
from lockgate.protect.dp.contribution import Limits, Words, keep_contributions, row_ranks
from lockgate.protect.dp.discrete_noise import discrete_gaussian
from lockgate.protect.dp.plan import Share
from lockgate.protect.dp.synthesis_domain import MOST_ROWS, Cells, cells_in, check_domains, decode, encode, is_ordered
from lockgate.protect.dp.synthesis_model import Floats, Pool, bins_of, fitted, fitted_in_order
from lockgate.terms.errors import InputError
from lockgate.terms.privacy_loss import MICRO, PrivacyLoss
from lockgate.terms.synthesis import SynthesisPlan

SYNTHESIS_VERSION = "1"

PERSON, _RANK = ("person:high", "person:low"), "rank"
"""Columns of contributions beside cells."""

_ALONE, _CHOOSING = 25, 10
"""Hundredths of the cost for single columns, and for choosing pairs."""

_SWEEPS, _LAST_SWEEPS = 3, 10
_HALF_NORMAL = sqrt(2 / np.pi)

Weights = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class CodedRows:
    """Distinct rows as cells, with the number of rows behind each.

    Attributes:
        cells: Shape (distinct rows, columns).
        weights: Shape (distinct rows,).
    """

    cells: Cells
    weights: Weights


def fold(batch: pa.RecordBatch, plan: SynthesisPlan) -> CodedRows:
    """Return the distinct rows of a batch; no person may have more than `max_rows` rows in all batches.

    Where a person may have more, `contributions_of` and `fold_bounded` take the place of it.

    Raises:
        InputError: If a column is missing, or holds a value that its domain does not.
    """
    cells = encode(batch, plan)
    return _distinct(cells, np.ones(len(cells), np.int64))


def contributions_of(
    batch: pa.RecordBatch, persons: Words, first_row: int, plan: SynthesisPlan, key: bytes
) -> pa.Table:
    """Return the cells of a batch's rows with their persons and ranks, of which `fold_bounded` keeps some.

    Args:
        batch: Rows of the source.
        persons: Keyed hash of the person of each row, shape (rows, 2).
        first_row: Number of the batch's first row in the source.
        plan: Checked.
        key: Secret bytes, for ranks.

    Raises:
        InputError: If a column is missing, or holds a value that its domain does not.
    """
    cells = encode(batch, plan)
    arrays = [*cells.T, *persons.T, row_ranks(persons, first_row, key)]
    names = [*(f"c:{place}" for place in range(len(plan.columns))), *PERSON, _RANK]
    return pa.table([pa.array(np.ascontiguousarray(array)) for array in arrays], names=names)


def fold_bounded(contributions: pa.Table, plan: SynthesisPlan) -> CodedRows:
    """Return the distinct rows of contributions, of each person at most `max_rows`: those of the lowest ranks.

    Args:
        contributions: From `contributions_of`; all of a person that there are.
        plan: Checked.
    """
    table = contributions.combine_chunks()
    persons = np.stack([np.asarray(table[name], np.uint64) for name in PERSON], axis=1)
    all_one = np.zeros(table.num_rows, np.int64), np.zeros(1, np.uint64)
    kept = keep_contributions(persons, np.asarray(table[_RANK], np.uint64), *all_one, Limits(plan.max_rows, 1)).rows
    cells = np.stack([np.asarray(table[f"c:{place}"], np.uint16) for place in range(len(plan.columns))], axis=1)
    return _distinct(cells[kept], np.ones(int(kept.sum()), np.int64))


def merge(parts: Iterable[CodedRows]) -> CodedRows:
    """Return the distinct rows of some parts; at least one."""
    some = list(parts)
    return _distinct(np.concatenate([part.cells for part in some]), np.concatenate([part.weights for part in some]))


def cost_of_synthesis(plan: SynthesisPlan) -> PrivacyLoss:
    """Return what a plan costs, whatever the data: to be reserved before noise is drawn.

    Raises:
        InputError: If the plan cannot be carried out.
    """
    check_domains(plan)
    _Costs(plan)
    return plan.loss


def synthesise(rows: CodedRows, plan: SynthesisPlan, rng: Rng) -> pa.Table:
    """Return a synthetic table; call it once for a reserved loss, and keep what it returns.

    Args:
        rows: Of the whole source.
        plan: What is asked, at a cost of `cost_of_synthesis(plan)`.
        rng: Randomness of the operating system.

    Raises:
        InputError: If the plan cannot be carried out.
    """
    check_domains(plan)
    costs = _Costs(plan)
    ordered = [is_ordered(domain) for domain in plan.columns]
    noisy = [_measured(rows, [place], [None], share, plan, rng) for place, share in enumerate(costs.alone)]
    sigmas = [float(share.scale(plan.max_rows, plan.max_rows**2)) for share in costs.alone]
    total = max(_total(noisy, sigmas), 0.0)
    ones = [
        fitted_in_order(counts, total, sigma) if flag else fitted(counts, total)
        for counts, sigma, flag in zip(noisy, sigmas, ordered, strict=True)
    ]
    bins = [bins_of(part, sigma, ordered=flag) for part, sigma, flag in zip(ones, sigmas, ordered, strict=True)]
    pool = Pool(ones, bins, rng)
    if costs.pair is not None and costs.choice:
        _learn_pairs(rows, plan, (bins, total), pool, costs, rng)
    drawn = pool.draw(plan.rows or min(round(total), MOST_ROWS), rng)
    columns = [decode(cells, domain, rng) for cells, domain in zip(drawn, plan.columns, strict=True)]
    return pa.table(columns, names=[domain.column for domain in plan.columns])


class _Costs:
    """The shares of a plan's rho, rounded down to millionths."""

    def __init__(self, plan: SynthesisPlan) -> None:
        columns, rho = len(plan.columns), plan.loss.rho
        pairs = columns * (columns - 1) // 2
        self.rounds = min(pairs, 2 * columns)
        alone = rho * _ALONE // 100 if pairs else rho
        # the error of a marginal of d cells with share s is about d / sqrt(s): least in all for s ~ d^(2/3)
        sizes = [max(round(cells_in(domain) ** (2 / 3) * 1000), 1) for domain in plan.columns]
        self.alone = [_share(alone * size // sum(sizes)) for size in sizes]
        self.pair = _share(rho * (100 - _ALONE - _CHOOSING) // (100 * self.rounds)) if pairs else None
        self.choice = isqrt(8 * (rho * _CHOOSING // (100 * self.rounds)) * MICRO) if pairs else 0


def _share(rho: int) -> Share:
    if rho < 1:
        raise InputError(
            "the rho of a synthetic table is too small to be shared among its columns", "Set a larger one."
        )
    return Share(0, rho)


def _learn_pairs(
    rows: CodedRows, plan: SynthesisPlan, known: tuple[list[Integers], float], pool: Pool, costs: _Costs, rng: Rng
) -> None:
    bins, total = known
    share = costs.pair
    assert share is not None
    sigma = float(share.scale(plan.max_rows, plan.max_rows**2))
    left = list(combinations(range(len(plan.columns)), 2))
    exact = {pair: _counts(rows, list(pair), [bins[pair[0]], bins[pair[1]]]) for pair in left}
    rate = Fraction(costs.choice, 2 * plan.max_rows * MICRO)
    for _ in range(costs.rounds):
        scores = np.array([_missed(exact[pair], pool.counts(pair), sigma) for pair in left])
        pair = left.pop(_choose(scores, rate, rng))
        drawn = discrete_gaussian(rng, share.scale(plan.max_rows, plan.max_rows**2), len(exact[pair]))
        pool.learn(pair, fitted(exact[pair] + drawn, total))
        pool.rake(_SWEEPS)
    pool.rake(_LAST_SWEEPS)


def _missed(exact: Integers, model: Floats, sigma: float) -> int:
    """Return how far the model is from the data beyond the noise: a whole number that one row changes by 1 at most."""
    return int(np.abs(exact - np.rint(model).astype(np.int64)).sum()) - round(_HALF_NORMAL * sigma * len(exact))


def _choose(scores: Integers, rate: Fraction, rng: Rng) -> int:
    """Return a place by the exponential mechanism: a uniform proposal, accepted with exp(-rate * its distance)."""
    short = scores.max() - scores
    exact = [divmod(int(gap) * rate.numerator, rate.denominator) for gap in short]
    whole, rest = (np.array([pair[part] for pair in exact], np.int64) for part in (0, 1))
    while True:
        place = uniform_below(rng, len(scores), 1)
        if decay_coin(rng, whole[place], rest[place], rate.denominator)(np.zeros(1, np.int64))[0]:
            return int(place[0])


def _measured(
    rows: CodedRows, places: list[int], bins: list[Integers | None], share: Share, plan: SynthesisPlan, rng: Rng
) -> Integers:
    size = cells_in(plan.columns[places[0]])
    exact = _counts(rows, places, [np.arange(size) if part is None else part for part in bins])
    return exact + discrete_gaussian(rng, share.scale(plan.max_rows, plan.max_rows**2), len(exact))


def _counts(rows: CodedRows, places: list[int], bins: list[Integers]) -> Integers:
    """Return the exact marginal over bins; a double counts rows exactly below 2^53."""
    cell, size = np.zeros(len(rows.weights), np.int64), 1
    for place, part in zip(places, bins, strict=True):
        width = int(part.max()) + 1
        cell, size = cell * width + part[rows.cells[:, place]], size * width
    return np.bincount(cell, weights=rows.weights, minlength=size).astype(np.int64)


def _total(noisy: list[Integers], sigmas: list[float]) -> float:
    """Return the number of rows that the noisy columns say together, the surer ones counting more."""
    weights = np.array([1 / (len(counts) * sigma**2) for counts, sigma in zip(noisy, sigmas, strict=True)])
    return float(np.dot(weights, [counts.sum() for counts in noisy]) / weights.sum())


def _distinct(cells: Cells, weights: Weights) -> CodedRows:
    if not len(cells):
        return CodedRows(cells, weights)
    order = np.lexsort(cells.T[::-1])
    some = cells[order]
    is_new = np.ones(len(order), np.bool_)
    is_new[1:] = (some[1:] != some[:-1]).any(axis=1)
    return CodedRows(some[is_new], np.add.reduceat(weights[order], np.flatnonzero(is_new)))
