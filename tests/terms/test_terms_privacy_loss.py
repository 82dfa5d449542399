"""Costs compose exactly, and every rounding errs on the strict side."""

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.terms.privacy_loss import (
    DELTA_UNITS,
    MICRO,
    PrivacyLoss,
    epsilon_of,
    is_within,
    parse_loss,
    rho_of,
    rho_within,
    units_of,
)


def exact_delta(sigma: float, epsilon: float) -> float:
    """Delta of the continuous Gaussian mechanism of sensitivity 1 (Balle and Wang 2018, theorem 8)."""

    def phi(x: float) -> float:
        return math.erfc(-x / math.sqrt(2)) / 2

    return phi(1 / (2 * sigma) - epsilon * sigma) - math.exp(epsilon) * phi(-1 / (2 * sigma) - epsilon * sigma)


@pytest.mark.parametrize("rho", [100, 5_000, 100_000, 1_000_000, 8_000_000])
@pytest.mark.parametrize("delta", [1_000, 1_000_000_000, 10**12])
def test_the_epsilon_of_a_rho_holds_and_beats_the_simple_formula(rho: int, delta: int):
    epsilon = epsilon_of(rho, delta) / MICRO
    sigma = math.sqrt(MICRO / (2 * rho))
    assert exact_delta(sigma, epsilon) <= delta / DELTA_UNITS
    exact = rho / MICRO
    assert epsilon < exact + 2 * math.sqrt(exact * math.log(DELTA_UNITS / delta))


def test_no_rho_costs_no_epsilon_and_no_delta_gives_none():
    assert epsilon_of(0, 0) == 0
    with pytest.raises(ValueError, match="delta above 0"):
        epsilon_of(1, 0)


@given(st.integers(1, 10**9))
def test_a_pure_loss_costs_half_its_square_rounded_up(epsilon: int):
    exact = epsilon * epsilon
    assert (rho_of(epsilon) - 1) * 2 * MICRO < exact <= rho_of(epsilon) * 2 * MICRO


@pytest.mark.parametrize(("epsilon", "delta"), [(1_000_000, 1_000_000), (10_000, 10**12), (20_000_000, 1)])
def test_the_largest_rho_within_an_epsilon_is_the_largest(epsilon: int, delta: int):
    rho = rho_within(epsilon, delta)
    assert epsilon_of(rho, delta) <= epsilon < epsilon_of(rho + 1, delta)


def test_pure_losses_add_up_to_the_budget_and_no_further():
    budget = PrivacyLoss(epsilon=1_000_000)
    tenth = PrivacyLoss(epsilon=100_000)
    assert is_within([tenth] * 10, budget)
    assert not is_within([tenth] * 10 + [PrivacyLoss(epsilon=1)], budget)


def test_a_delta_beyond_the_budget_is_too_much_whatever_the_epsilon():
    assert not is_within([PrivacyLoss(epsilon=1, delta=2)], PrivacyLoss(epsilon=MICRO, delta=1))
    assert not is_within([PrivacyLoss(rho=1)], PrivacyLoss(epsilon=MICRO)), "a rho needs a delta to be told as epsilon"


def test_a_budget_in_rho_counts_pure_losses_by_half_their_square():
    budget = PrivacyLoss(rho=500_000)
    assert is_within([PrivacyLoss(epsilon=1_000_000)], budget)
    assert is_within([PrivacyLoss(epsilon=500_000)] * 4, budget)
    assert not is_within([PrivacyLoss(epsilon=500_000)] * 4 + [PrivacyLoss(rho=1)], budget)


def test_a_budget_in_epsilon_composes_rho_before_it_is_turned_into_epsilon():
    loss = PrivacyLoss(rho=10_000)
    alone, together = epsilon_of(10_000, 10**9), epsilon_of(100_000, 10**9)
    assert together < 10 * alone
    assert is_within([loss] * 10, PrivacyLoss(epsilon=together, delta=10**9))
    assert not is_within([loss] * 10, PrivacyLoss(epsilon=together - 1, delta=10**9))


def test_a_number_that_the_units_cannot_hold_is_refused():
    assert units_of(Decimal("1e-15"), DELTA_UNITS) == 1
    assert units_of(Decimal("0.1"), MICRO) == 100_000
    for number in ("-1", "NaN", "Infinity", "1e-7", "1001"):
        with pytest.raises(ValueError, match="expected"):
            units_of(Decimal(number), MICRO)


@given(st.builds(PrivacyLoss, st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 10**15)))
def test_a_loss_is_read_back_as_it_was_written(loss: PrivacyLoss):
    assert parse_loss(loss.as_json()) == loss


@pytest.mark.parametrize(
    "value",
    [
        {"epsilon_micro": 1, "rho_micro": 0},
        {"epsilon_micro": 1.0, "rho_micro": 0, "delta_femto": 0},
        {"epsilon_micro": True, "rho_micro": 0, "delta_femto": 0},
        {"epsilon_micro": -1, "rho_micro": 0, "delta_femto": 0},
        {"epsilon_micro": 1, "rho_micro": 0, "delta_femto": 0, "more": 1},
        {"epsilon_micro": 1, "rho_micro": 0, "delta_femto": 10**15 + 1},
    ],
)
def test_what_is_no_loss_is_not_read_as_one(value):
    with pytest.raises((KeyError, TypeError, ValueError)):
        parse_loss(value)
