"""`[protect.synthesise]` is read as it is written, and what is wrong is refused with a hint."""

import tomllib
from decimal import Decimal

import pytest

from lockgate.flow.synthesis_wish import SynthesisWish, read_synthesis
from lockgate.flow.synthetic import synthesis_request
from lockgate.terms.errors import InputError
from lockgate.terms.hierarchy import make_hierarchy
from lockgate.terms.privacy_loss import PrivacyLoss, epsilon_of
from lockgate.terms.synthesis import ColumnDomain

TEXT = """
epsilon = 0.9
delta = 1e-9
max_rows_per_person = 3
rows = 500
budget = { epsilon = 1, delta = 1e-6 }
[columns]
sex = { values = ["f", "m"], missing = true }
class = { values = [1, 2] }
age = { low = 0, high = 120 }
pay = { edges = [0, 0.5, 20], decimals = 1 }
job = { hierarchy = true }
"""
JOBS = {"job": make_hierarchy("job", [("cook", "*"), ("clerk", "*")])}


def wish_of(text: str = TEXT, *, persons_repeat: bool = True) -> SynthesisWish:
    return read_synthesis(tomllib.loads(text), persons_repeat=persons_repeat, hierarchies=JOBS)


def test_a_wish_is_read_as_it_is_written():
    wish = wish_of()
    assert wish.budget == PrivacyLoss(epsilon=1_000_000, delta=10**9)
    assert wish.asked == PrivacyLoss(epsilon=900_000, delta=10**6)
    assert (wish.plan.max_rows, wish.plan.rows) == (3, 500)
    assert wish.plan.columns == (
        ColumnDomain("sex", ("f", "m", None)),
        ColumnDomain("class", ("1", "2")),
        ColumnDomain("age", low=Decimal(0), high=Decimal(120)),
        ColumnDomain("pay", decimals=1, edges=(Decimal(0), Decimal("0.5"), Decimal(20))),
        ColumnDomain("job", ("cook", "clerk")),
    )


def test_rho_is_the_most_that_epsilon_and_delta_allow():
    rho = wish_of().plan.loss.rho
    assert epsilon_of(rho, 10**6) <= 900_000 < epsilon_of(rho + 1, 10**6)


def test_without_repeated_persons_one_row_of_each_counts_whatever_the_file_says():
    assert wish_of(persons_repeat=False).plan.max_rows == 1
    assert wish_of(TEXT.replace("max_rows_per_person = 3", ""), persons_repeat=False).plan.max_rows == 1


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("epsilon = 0.9", "epsillon = 0.9", "unknown key `epsillon`"),
        ("epsilon = 0.9", "", "either epsilon or rho"),
        ("delta = 1e-9\n", "\n", "Gaussian"),
        ("epsilon = 0.9", "rho = 0.1", "rho needs none"),
        ("epsilon = 0.9", "epsilon = 0.0001", "rho"),
        ("budget = { epsilon = 1, delta = 1e-6 }", "", "names no budget"),
        ("budget = { epsilon = 1, delta = 1e-6 }", "budget = { epsilon = 1 }", "without a delta"),
        ("max_rows_per_person = 3", "", "nothing says how many"),
        ("max_rows_per_person = 3", "max_rows_per_person = 0", "max_rows from 1"),
        ("rows = 500", "rows = 0", "1 or more"),
        ("rows = 500", "rows = 50_000_001", "at most 50000000 rows"),
        ("rows = 500", 'rows = "all"', "whole number"),
        ('values = ["f", "m"]', "values = []", "list of texts"),
        ('values = ["f", "m"]', 'values = ["f", "f"]', "names a value twice"),
        ('values = ["f", "m"]', 'values = ["f", 0.5]', "list of texts"),
        ('values = ["f", "m"]', 'value = ["f", "m"]', "unknown key `value`"),
        ("low = 0, high = 120", "low = 0", "is not known"),
        ("low = 0, high = 120", "low = 0, high = 120, missing = true", "missing"),
        ("low = 0, high = 120", "low = 0, high = 120, edges = [0, 120]", "both edges and bounds"),
        ("low = 0, high = 120", 'low = 0, high = 120, values = ["1"]', "one of the three"),
        ("low = 0, high = 120", "low = 120, high = 0", "low below high"),
        ("[0, 0.5, 20]", "[0, 20, 0.5]", "rising edges"),
        ("[0, 0.5, 20]", "[0, 0.05, 20]", "decimals"),
        ("hierarchy = true", "hierarchy = false", "expected true"),
        ("job =", "town =", "no hierarchy file"),
    ],
)
def test_a_wrong_wish_is_refused_with_a_hint(old: str, new: str, message: str):
    assert old in TEXT
    with pytest.raises(InputError) as caught:
        wish_of(TEXT.replace(old, new, 1))
    assert message in str(caught.value) + caught.value.hint
    assert caught.value.hint


def test_every_part_of_a_plan_tells_requests_apart():
    changes = [("0.9", "0.9"), ("0.9", "0.8"), ("1e-9", "1e-10"), ("= 3", "= 4"), ("500", "501"), ('"m"', '"x"'),
               ("120", "121"), ("0.5", "0.6"), ("decimals = 1", "decimals = 2"), (", missing = true", "")]  # fmt: skip
    assert len({synthesis_request(wish_of(TEXT.replace(*change, 1)).plan, "x") for change in changes}) == len(changes)
    assert synthesis_request(wish_of().plan, "x") != synthesis_request(wish_of().plan, "y")
