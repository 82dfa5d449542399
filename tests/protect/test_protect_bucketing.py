"""Buckets between given edges, and extremes coded by a bound."""

from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.protect.bucketing import bucket, code_extremes, parse_edges
from lockgate.protect.unfit import Unfit
from lockgate.terms.errors import InputError
from lockgate.terms.label import Range, parse_label

AGES = parse_edges(["18", "30", "65"])


def bucketed(values, edges=AGES, unfit=Unfit.REFUSE):
    return bucket(pa.array(values, type=pa.string()), edges, unfit).cells.to_pylist()


def coded(values, edges, unfit=Unfit.REFUSE):
    return code_extremes(pa.array(values, type=pa.string()), parse_edges(edges), unfit).cells.to_pylist()


def test_a_bucket_holds_its_lower_edge_and_not_its_upper_one():
    assert bucketed(["17", "18", "29", "30", "64", "65", "120", None]) == [
        "<18", "[18,29]", "[18,29]", "[30,64]", "[30,64]", ">=65", ">=65", None,
    ]  # fmt: skip
    assert bucketed(["29.5", "17.9"]) == ["[18,30]", "<18"]
    assert bucketed(["1"], parse_edges(["0.5", "1.5"])) == ["[0.5,1.5]"]


def test_days_have_buckets_too():
    edges = parse_edges(["1990-01-01", "2000-01-01"])
    assert bucketed(["1989-12-31", "1999-12-31T23:59", "2000-01-01"], edges) == [
        "<1990-01-01", "[1990-01-01,1999-12-31]", ">=2000-01-01",
    ]  # fmt: skip


def test_extremes_are_coded_and_the_inside_stays():
    assert coded(["10", "18", "40.5", "90", "104", None], ["18", "90"]) == ["<18", "18", "40.5", ">=90", ">=90", None]
    assert coded(["10", "89", "90"], ["90"]) == ["10", "89", ">=90"]


@given(
    st.lists(st.decimals(-1000, 1000, allow_nan=False, places=1).map(lambda number: format(number, "f")), max_size=8)
)
def test_a_label_covers_its_number_and_labels_stay_labels(values):
    values = [value.replace("-0.0", "0.0") for value in values]
    once = bucketed(values)
    assert bucketed(once) == once
    for value, cell in zip(values, once, strict=True):
        label = parse_label(cell)
        if isinstance(label, Range):
            assert Decimal(label.low) <= Decimal(value) <= Decimal(label.high)
        elif cell.startswith("<"):
            assert Decimal(value) < Decimal(cell[1:])
        else:
            assert Decimal(value) >= Decimal(cell.removeprefix(">="))


def test_coding_extremes_twice_changes_nothing():
    once = coded(["1", "50", "99"], ["18", "90"])
    assert coded(once, ["18", "90"]) == once


def test_other_cells_are_refused_or_emptied():
    for value in ("", "n/a", "*", "<19", "1990-01-01"):
        assert bucketed([value], unfit=Unfit.EMPTY) == [None]
        with pytest.raises(InputError):
            bucketed([value])


@pytest.mark.parametrize("wrong", [[], ["a"], ["2", "1"], ["1", "1"], ["1", "1990-01-01"]])
def test_edges_rise_and_are_of_one_kind(wrong):
    with pytest.raises(InputError):
        parse_edges(wrong)


def test_extremes_have_two_bounds_at_most():
    with pytest.raises(InputError):
        coded(["1"], ["1", "2", "3"])
