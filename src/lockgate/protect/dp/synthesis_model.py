"""What noisy marginals say together: weights on a pool of candidate rows, fitted until the pool agrees with them.

Works on noisy figures only, so nothing here costs anything, and floating-point numbers are harmless. The pool's rows
are drawn from the noisy distribution of each column, evenly; raking multiplies the weights of the rows of each cell
by what the cell lacks, marginal after marginal. Its limit is the distribution closest to the pool that has the
marginals.

Source: W. E. Deming, F. F. Stephan, On a Least Squares Adjustment, Ann. Math. Stat. 1940 (raking); R. McKenna et al.,
AIM, PVLDB 2022 (which marginals).
"""

import numpy as np
import numpy.typing as npt

from lockgate.protect.dp.coins import Integers, Rng

Floats = npt.NDArray[np.float64]

POOL_ROWS = 100_000
COARSEST = 12
"""Most bins of a column in a marginal of two."""

_RARE = 0.01
_KERNEL = np.array([1, 2, 3, 2, 1]) / 9
_LEAST = 1e-9


class Pool:
    """Candidate rows with weights.

    Args:
        ones: Fitted distribution of each column over its cells, each with the same sum.
        bins: Bin of each cell of each column.
        rng: Randomness, for the order of the pool's columns.
    """

    def __init__(self, ones: list[Floats], bins: list[Integers], rng: Rng) -> None:
        self._ones = ones
        self.widths = [int(part.max()) + 1 for part in bins]
        total = float(ones[0].sum())
        at = (np.arange(POOL_ROWS) + 0.5) / POOL_ROWS * total
        self.rows = [
            np.minimum(np.searchsorted(np.cumsum(part), at), len(part) - 1)[_shuffled(rng, POOL_ROWS)] for part in ones
        ]
        self._binned = [part[row] for part, row in zip(bins, self.rows, strict=True)]
        self.weights: Floats = np.full(POOL_ROWS, total / POOL_ROWS)
        self._pairs: dict[tuple[int, int], tuple[Integers, Floats]] = {}

    def cells(self, pair: tuple[int, int]) -> Integers:
        """Return the cell of each row in the marginal of two columns."""
        first, second = pair
        return self._binned[first] * self.widths[second] + self._binned[second]

    def counts(self, pair: tuple[int, int]) -> Floats:
        """Return what the pool says of the marginal of two columns."""
        size = self.widths[pair[0]] * self.widths[pair[1]]
        found: Floats = np.bincount(self.cells(pair), weights=self.weights, minlength=size).astype(np.float64)
        return found

    def learn(self, pair: tuple[int, int], counts: Floats) -> None:
        """Take a fitted marginal of two columns as known."""
        self._pairs[pair] = (self.cells(pair), counts)

    def rake(self, sweeps: int) -> None:
        """Fit the weights to everything that is known."""
        for _ in range(sweeps):
            for cells, target in self._pairs.values():
                self._scale(cells, target)
            for row, target in zip(self.rows, self._ones, strict=True):
                self._scale(row, target)

    def draw(self, count: int, rng: Rng) -> list[Integers]:
        """Return so many rows by column, evenly along the order of the columns, the coarsest first."""
        by_width = sorted(range(len(self.widths)), key=lambda column: self.widths[column])
        order = np.lexsort([self._binned[column] for column in reversed(by_width)])
        total = np.cumsum(self.weights[order] if self.weights.any() else np.ones(len(order)))
        start = int.from_bytes(rng(4), "little") / (1 << 32)
        at = (np.arange(count) + start) * (total[-1] / max(count, 1))
        chosen = order[np.minimum(np.searchsorted(total, at), len(order) - 1)][_shuffled(rng, count)]
        return [row[chosen] for row in self.rows]

    def _scale(self, cells: Integers, target: Floats) -> None:
        now = np.bincount(cells, weights=self.weights, minlength=len(target))
        self.weights = self.weights * np.where(now > 0, target / np.maximum(now, _LEAST), 0.0)[cells]
        if not self.weights.any():  # targets that no row of the pool can meet
            self.weights = np.full(len(cells), max(float(target.sum()), 1.0) / len(cells))


def fitted(noisy: Integers, total: float) -> Floats:
    """Return the distribution of a sum that is nearest to noisy counts.

    Source: the projection onto the simplex, J. Duchi et al., ICML 2008.
    """
    return _projected(noisy.astype(np.float64), total)


def fitted_in_order(noisy: Integers, total: float, sigma: float) -> Floats:
    """Return the same for an ordered column, whose neighbours smooth it where that is estimated to bring it closer.

    Args:
        noisy: Counts in the order of the values.
        total: Their sum, as far as is known.
        sigma: Of the noise on each.

    Source: C. Stein, Estimation of the Mean of a Multivariate Normal Distribution, Ann. Stat. 1981 (the estimate).
    """
    counts = noisy.astype(np.float64)
    if len(counts) > 2 * len(_KERNEL):
        smooth = np.convolve(np.pad(counts, len(_KERNEL) // 2, mode="edge"), _KERNEL, "valid")
        middle, spread = float(_KERNEL.max()), float((_KERNEL**2).sum())
        bias = float(((counts - smooth) ** 2).mean()) - sigma**2 * (1 - 2 * middle + spread)
        if bias + sigma**2 * spread < sigma**2:
            counts = smooth
    return _projected(counts, total)


def _projected(counts: Floats, total: float) -> Floats:
    falling = np.sort(counts)[::-1]
    excess = (np.cumsum(falling) - total) / np.arange(1, len(counts) + 1)
    last = np.flatnonzero(falling > excess)
    shift = excess[last[-1]] if len(last) else excess[-1]
    found: Floats = np.maximum(counts - shift, 0.0)
    return found


def bins_of(ones: Floats, sigma: float, *, ordered: bool) -> Integers:
    """Return the bin of each cell for marginals of two columns: equal shares of an ordered column, else rare together.

    Args:
        ones: Fitted distribution of the column.
        sigma: Of the noise on it.
        ordered: Whether neighbouring cells hold neighbouring values.
    """
    total = max(float(ones.sum()), _LEAST)
    if ordered and len(ones) > COARSEST:
        middle = (np.cumsum(ones) - ones / 2) / total
        return _numbered(np.minimum((middle * COARSEST).astype(np.int64), COARSEST - 1))
    if ordered:
        return np.arange(len(ones))
    rank = np.empty(len(ones), np.int64)
    rank[np.argsort(-ones, kind="stable")] = np.arange(len(ones))
    is_rare = (ones < max(2 * sigma, _RARE * total)) | ((rank >= COARSEST - 1) & (len(ones) > COARSEST))
    return _numbered(np.where(is_rare, len(ones), np.arange(len(ones))))


def _numbered(bins: Integers) -> Integers:
    return np.unique(bins, return_inverse=True)[1].astype(np.int64)


def _shuffled(rng: Rng, count: int) -> Integers:
    return np.argsort(np.frombuffer(rng(8 * count), "<u8"), kind="stable")
