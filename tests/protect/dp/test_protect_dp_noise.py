"""Noise has exactly the distribution that it says, and coins fall as often as they should."""

import ast
import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from lockgate.protect.dp import coins, discrete_noise
from lockgate.protect.dp.discrete_noise import LARGEST_SCALE, discrete_gaussian, discrete_laplace

DRAWS = 100_000


def chi_square(found: dict[int, int], probability: dict[int, float], draws: int) -> tuple[float, int]:
    """Pearson's statistic over the cells in which at least ten draws are expected, the rest as one cell; cells - 1."""
    cells = [value for value, p in probability.items() if p * draws >= 10]
    statistic = sum((found.get(v, 0) - probability[v] * draws) ** 2 / (probability[v] * draws) for v in cells)
    rest = draws * (1 - sum(probability[v] for v in cells))
    seen = draws - sum(found.get(v, 0) for v in cells)
    return statistic + (seen - rest) ** 2 / max(rest, 1e-9) * (rest >= 10), len(cells) - (rest < 10)


def limit(freedom: int) -> float:
    """Quantile of chi-square at 1 - 1e-4, by Wilson and Hilferty."""
    return freedom * (1 - 2 / (9 * freedom) + 3.719 * math.sqrt(2 / (9 * freedom))) ** 3


def laplace_probability(scale: Fraction) -> dict[int, float]:
    p = math.exp(-1 / scale)
    return {x: (1 - p) / (1 + p) * p ** abs(x) for x in range(-400, 401)}


def gaussian_probability(sigma: Fraction) -> dict[int, float]:
    weight = {x: math.exp(-x * x / (2 * float(sigma) ** 2)) for x in range(-400, 401)}
    total = sum(weight.values())
    return {x: w / total for x, w in weight.items()}


SCALES = [Fraction(1, 3), Fraction(1), Fraction(37, 10), Fraction(123_457, 10_000), Fraction(25)]


@pytest.mark.parametrize("scale", SCALES, ids=str)
@pytest.mark.parametrize(
    ("draw", "probability"),
    [(discrete_laplace, laplace_probability), (discrete_gaussian, gaussian_probability)],
    ids=["laplace", "gaussian"],
)
def test_a_hundred_thousand_draws_fit_the_exact_probabilities(stream, draw, probability, scale):
    drawn = draw(stream(f"{draw.__name__} {scale}"), scale, DRAWS)
    assert drawn.shape == (DRAWS,)
    values, counts = np.unique(drawn, return_counts=True)
    statistic, freedom = chi_square(dict(zip(values.tolist(), counts.tolist(), strict=True)), probability(scale), DRAWS)
    assert statistic < limit(freedom), (statistic, freedom)


def test_the_test_of_the_distribution_finds_a_scale_that_is_two_per_cent_off(stream):
    drawn = discrete_laplace(stream("off"), Fraction(51, 10), DRAWS)
    values, counts = np.unique(drawn, return_counts=True)
    statistic, freedom = chi_square(
        dict(zip(values.tolist(), counts.tolist(), strict=True)), laplace_probability(Fraction(5)), DRAWS
    )
    assert statistic > limit(freedom)


@pytest.mark.parametrize("scale", [Fraction(10**9, 7), Fraction(LARGEST_SCALE), Fraction(LARGEST_SCALE, 3)], ids=str)
def test_wide_noise_has_the_spread_of_the_continuous_distribution_and_even_low_bits(stream, scale):
    for draw, deviation in ((discrete_laplace, math.sqrt(2)), (discrete_gaussian, 1.0)):
        drawn = draw(stream(f"wide {scale}"), scale, DRAWS)
        assert drawn.astype(float).std() / float(scale) == pytest.approx(deviation, rel=0.02)
        assert abs(drawn.astype(float).mean()) < 6 * deviation * float(scale) / math.sqrt(DRAWS)
        for bit in range(8):
            assert abs(int(((drawn >> bit) & 1).sum()) - DRAWS / 2) < 5 * math.sqrt(DRAWS) / 2


def test_hardly_any_noise_is_hardly_any(stream):
    assert not discrete_laplace(stream("small"), Fraction(1, 10**6), 1000).any()
    assert not discrete_gaussian(stream("small"), Fraction(1, 10**6), 1000).any()


@pytest.mark.parametrize("scale", [Fraction(0), Fraction(-1), Fraction(LARGEST_SCALE + 1), Fraction(1, 2**60)])
def test_a_scale_out_of_range_is_refused(stream, scale):
    for draw in (discrete_laplace, discrete_gaussian):
        with pytest.raises(ValueError, match="expected a scale"):
            draw(stream("x"), scale, 1)


def test_no_draws_are_none(stream):
    assert len(discrete_laplace(stream("x"), Fraction(1), 0)) == 0


@pytest.mark.parametrize("bound", [1, 2, 3, 7, 8, 9, 1000])
def test_uniform_numbers_are_uniform(stream, bound):
    found = np.bincount(coins.uniform_below(stream(f"u{bound}"), bound, DRAWS), minlength=bound)
    assert len(found) == bound
    expected = DRAWS / bound
    assert bound == 1 or ((found - expected) ** 2 / expected).sum() < limit(bound - 1)


def test_uniform_numbers_reach_their_largest_bound_and_none_beyond(stream):
    drawn = coins.uniform_below(stream("large"), coins.LARGEST, 1000)
    assert int(drawn.max()) > coins.LARGEST * 0.99
    for bound in (0, -1, coins.LARGEST + 1):
        with pytest.raises(ValueError, match="expected a bound"):
            coins.uniform_below(stream("x"), bound, 1)


def test_uniform_numbers_below_bounds_of_their_own_are_uniform(stream):
    bounds = np.tile(np.array([1, 2, 3, 5, 8]), 20_000)
    drawn = coins.uniform_below_each(stream("each"), bounds)
    for bound in (1, 2, 3, 5, 8):
        found = np.bincount(drawn[bounds == bound], minlength=bound)
        assert len(found) == bound
        assert (np.abs(found - 20_000 / bound) < 5 * math.sqrt(20_000 / bound)).all()


@pytest.mark.parametrize(
    ("whole", "above", "below"), [(0, 0, 1), (0, 1, 2), (0, 9, 10), (1, 0, 1), (2, 1, 3), (5, 0, 7)]
)
def test_a_decaying_coin_comes_up_as_often_as_it_should(stream, whole, above, below):
    size = np.ones(DRAWS, np.int64)
    coin = coins.decay_coin(stream(f"{whole} {above}"), whole * size, above * size, below)
    up = int(coin(np.arange(DRAWS)).sum())
    p = math.exp(-(whole + above / below))
    assert abs(up - p * DRAWS) <= 4.5 * math.sqrt(DRAWS * p * (1 - p))


@pytest.mark.parametrize("module", [coins, discrete_noise])
def test_noise_and_coins_hold_no_floating_point_number_and_no_division(module):
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        assert not isinstance(node, ast.Div)
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float))
        assert not (isinstance(node, ast.Attribute) and node.attr in {"float64", "float32", "exp", "log", "sqrt"})
