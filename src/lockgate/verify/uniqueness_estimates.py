"""How many persons of a population are unique, estimated from the class sizes of a sample.

n rows of the sample, N persons of the population, sampling fraction n/N, u classes of the sample, s_j of size j.

* Zayatz (1991): the population's classes are taken to be distributed as the sample's; by Bayes' rule with the
  hypergeometric chance that a class of size j shows one member, the share of sample uniques that are unique in the
  population is s_1 h(1) / sum of s_j h(j). Estimate: s_1 x that share x N/n.
* Pitman (Hoshino 2001): theta and alpha of Pitman's sampling formula by maximum likelihood. Estimate:
  Gamma(theta + 1) / Gamma(theta + alpha) x N^alpha.
* Slide negative binomial (Chen, McNulty; as in Dankar et al. 2012): the size of a class less one is negative binomial
  with alpha and beta; the number K of classes is Shlosser's estimate (1981); alpha and beta make the expected u and s_1
  of a Bernoulli sample those found. Estimate: K (1 - beta)^alpha. None where no such parameters exist.
* Dankar's decision rule: at a sampling fraction up to 0.1 Pitman's, above it the lesser of the slide negative binomial
  and Zayatz's; Zayatz's where the wanted one is None.

Without a sample unique all estimates are 0; of a sample that is the population they are its own uniques.

Source: Dankar, El Emam, Neisa, Roffey, "Estimating the re-identification risk of clinical data sets", BMC Medical
Informatics and Decision Making 12:66, 2012, with appendix A.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, lgamma, log, log1p, sqrt

import numpy as np

from lockgate.terms.errors import InputError
from lockgate.verify.classes import Floats, Ints

_FEW = 0.1
"""Sampling fraction up to which Dankar's rule takes Pitman's estimate."""

_STEPS = 200
_EXACT = 1e-12
_EDGE = 1e-9
_GOLDEN = (sqrt(5) - 1) / 2
_SECTIONS = 60
_POLISH = 20
_LEAST, _MOST = log(1e-9), log(1e12)
"""Bounds of the logarithm of theta + alpha."""


@dataclass(frozen=True, slots=True)
class UniquenessEstimates:
    """Unique persons of a population, estimated; as counts of persons.

    Attributes:
        population: Number of persons.
        sampling_fraction: Rows of the sample / persons.
        zayatz: Zayatz's estimate.
        pitman: Pitman's; None where the sample has no likelihood maximum.
        snb: Of the slide negative binomial; None where it does not fit.
        dankar: That of the decision rule.
        by: Which one the rule chose: `zayatz`, `pitman`, `snb`, or `none` where nothing had to be estimated.
        share: The rule's estimate / persons.
    """

    population: int
    sampling_fraction: float
    zayatz: float
    pitman: float | None
    snb: float | None
    dankar: float
    by: str
    share: float


def estimate_uniqueness(sizes: Ints, population: int) -> UniquenessEstimates:
    """Return the estimates of a sample.

    Args:
        sizes: Rows of each class of the sample, at least one each.
        population: Persons of the population.

    Raises:
        InputError: If the population is smaller than the sample.
    """
    rows = int(sizes.sum())
    if population < max(rows, 1):
        raise InputError(f"a population of {population} is smaller than the sample of {rows}", "give a larger one")
    by_size = np.bincount(sizes) if len(sizes) else np.zeros(2, dtype=np.int64)
    size = np.flatnonzero(by_size)
    sample = _Sample(rows, population, size, by_size[size])
    alone, fraction = sample.uniques, rows / population
    if not alone or rows == population:
        return UniquenessEstimates(
            population, fraction, alone, float(alone), float(alone), alone, "none", alone / population
        )
    zayatz, pitman, snb = _zayatz(sample), _pitman(sample), _slide_negative_binomial(sample)
    chosen = {"zayatz": zayatz, "pitman": pitman, "snb": snb}
    if fraction <= _FEW:
        by = "zayatz" if pitman is None else "pitman"
    else:
        by = "zayatz" if snb is None or zayatz < snb else "snb"
    best = chosen[by]
    assert best is not None
    return UniquenessEstimates(population, fraction, zayatz, pitman, snb, best, by, best / population)


@dataclass(frozen=True, slots=True, eq=False)
class _Sample:
    """Sizes of classes that occur, rising, and how many classes have each."""

    rows: int
    population: int
    size: Ints
    classes: Ints

    @property
    def uniques(self) -> int:
        """Return the classes of one row."""
        return self.with_size(1)

    @property
    def count(self) -> int:
        """Return the number of classes."""
        return int(self.classes.sum())

    @property
    def fraction(self) -> float:
        """Return the sampling fraction."""
        return self.rows / self.population

    def with_size(self, size: int) -> int:
        """Return the number of classes of one size."""
        return int(self.classes[self.size == size].sum())


def _zayatz(sample: _Sample) -> float:
    """Return Zayatz's estimate; terms relative to that of size 1, so that nothing underflows."""
    rows, persons = sample.rows, sample.population
    shown = [
        log(size) + _log_choose(persons - size, rows - 1) if persons - size >= rows - 1 else -np.inf
        for size in sample.size.tolist()
    ]
    chance = np.exp(np.array(shown) - _log_choose(persons - 1, rows - 1))
    alone = sample.uniques
    return float(alone * (alone / (chance @ sample.classes)) / sample.fraction)


def _log_choose(whole: int, part: int) -> float:
    return lgamma(whole + 1) - lgamma(part + 1) - lgamma(whole - part + 1)


def _slide_negative_binomial(sample: _Sample) -> float | None:
    """Return the estimate of the slide negative binomial; both equations leave one for beta, solved by halving."""
    left = 1 - sample.fraction
    classes = _shlosser(sample)
    unseen = (classes - sample.count) / (classes * left)  # chance that all members but one go unseen
    if not 0 < unseen < 1:
        return None
    rate = (sample.uniques / (classes * sample.fraction * unseen) - 1) / left

    def excess(beta: float) -> float:
        return rate * (1 - beta * left) / beta * (log1p(-beta) - log1p(-beta * left)) - log(unseen)

    low, high = _EXACT, 1 - _EXACT
    if rate <= 0 or excess(low) < 0 or excess(high) > 0:
        return None
    for _ in range(_STEPS):
        beta = (low + high) / 2
        low, high = (beta, high) if excess(beta) > 0 else (low, beta)
    alpha = rate * (1 - low * left) / low
    return classes * exp(alpha * log1p(-low))


def _shlosser(sample: _Sample) -> float:
    left = 1 - sample.fraction
    seen = left**sample.size @ sample.classes
    all_seen = (sample.size * sample.fraction * left ** (sample.size - 1)) @ sample.classes
    return float(sample.count + sample.uniques * seen / all_seen)


def _pitman(sample: _Sample) -> float | None:
    """Return Pitman's estimate: alpha by golden section over the best theta of each, then Newton's method."""
    if sample.count in (1, sample.rows):
        return None
    alpha = _highest(lambda tried: _best_theta(sample, tried)[1], _EDGE, 1 - _EDGE)
    theta = _best_theta(sample, alpha)[0]
    for _ in range(_POLISH):
        slope, step = _newton_step(sample, theta, alpha)
        tried = (theta + step[0], alpha + step[1])
        if not (_EDGE < tried[1] < 1 - _EDGE and tried[0] > -tried[1]):
            break  # the maximum lies on the border of the domain
        after, _ = _newton_step(sample, *tried)
        if abs(after[0]) + abs(after[1]) >= abs(slope[0]) + abs(slope[1]):
            break
        theta, alpha = tried
    return _pitman_uniques(sample, theta, alpha)


def _best_theta(sample: _Sample, alpha: float) -> tuple[float, float]:
    """Return the likeliest theta for an alpha, and its likelihood."""
    larger = sample.size > 1
    inside = [lgamma(size - alpha) - lgamma(1 - alpha) for size in sample.size[larger].tolist()]
    fixed = float(np.array(inside) @ sample.classes[larger])

    def likelihood(logarithm: float) -> float:
        return _likelihood(sample, exp(logarithm) - alpha, alpha) + fixed

    best = _highest(likelihood, _LEAST, _MOST)
    return exp(best) - alpha, likelihood(best)


def _highest(function: Callable[[float], float], low: float, high: float) -> float:
    """Return where a function of one maximum has it, by golden section."""
    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    at_left, at_right = function(left), function(right)
    for _ in range(_SECTIONS):
        if at_left < at_right:
            low, left, at_left = left, right, at_right
            right = low + _GOLDEN * (high - low)
            at_right = function(right)
        else:
            high, right, at_right = right, left, at_left
            left = high - _GOLDEN * (high - low)
            at_left = function(left)
    return (low + high) / 2


def _pitman_uniques(sample: _Sample, theta: float, alpha: float) -> float:
    found = lgamma(theta + 1) - lgamma(theta + alpha) + alpha * log(sample.population)
    return min(exp(found), float(sample.population))


def _likelihood(sample: _Sample, theta: float, alpha: float) -> float:
    """Return the logarithm of Pitman's sampling formula as far as theta is in it."""
    classes = sample.count - 1
    ratio = theta / alpha + 1
    found = classes * log(alpha) + lgamma(ratio + classes) - lgamma(ratio)
    return found - lgamma(theta + sample.rows) + lgamma(theta + 1)


def _newton_step(sample: _Sample, theta: float, alpha: float) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the slope of the log-likelihood, and the step of Newton's method; none where it leads down."""
    place = np.arange(1, sample.count)
    share: Floats = 1 / (theta + place * alpha)
    row: Floats = 1 / (theta + np.arange(1, sample.rows))
    above = np.cumsum(sample.classes[::-1])[::-1]
    member = np.arange(1, int(sample.size[-1]))
    holders = above[np.searchsorted(sample.size, member + 1)]
    inner: Floats = 1 / (member - alpha)
    slope = (float(share.sum() - row.sum()), float(place @ share - holders @ inner))
    by_theta = float(row @ row - share @ share)
    mixed = float(-(place @ (share * share)))
    by_alpha = float(-(place * place) @ (share * share) - holders @ (inner * inner))
    determinant = by_theta * by_alpha - mixed * mixed
    if not (by_theta < 0 and determinant > 0):
        return slope, (0.0, 0.0)
    return slope, (
        (mixed * slope[1] - by_alpha * slope[0]) / determinant,
        (mixed * slope[0] - by_theta * slope[1]) / determinant,
    )
