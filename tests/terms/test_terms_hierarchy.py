"""Generalisation hierarchies: which rows make a tree, and which values a label stands for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.terms.hierarchy import make_hierarchy

MARITAL = [  # three rows of the Adult extract's hierarchy of marital status, as the ARX project distributes it
    ("Married-civ-spouse", "spouse present", "*"),
    ("Divorced", "spouse not present", "*"),
    ("Never-married", "spouse not present", "*"),
]


def test_a_label_stands_for_the_values_under_it():
    hierarchy = make_hierarchy("marital-status", MARITAL)
    assert hierarchy.height == 2
    assert hierarchy.leaves_under("spouse not present") == {"Divorced", "Never-married"}
    assert hierarchy.leaves_under("*") == {"Married-civ-spouse", "Divorced", "Never-married"}
    assert hierarchy.leaves_under("Divorced") == {"Divorced"}
    assert hierarchy.leaves_under("widowed") == frozenset()


def test_values_keep_the_order_of_the_rows():
    assert list(make_hierarchy("marital-status", MARITAL).paths) == [row[0] for row in MARITAL]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "at least one row"),
        ([("a", "x", "*"), ("b", "*")], "expected 3 labels in row 2, found 2"),
        ([("a", "*"), ("a", "*")], "row 2 names a value a second time"),
        ([("a", "x", "*"), ("b", "x", "+")], "two parents, the second in row 2"),
    ],
)
def test_rows_that_make_no_tree_are_refused(rows, message):
    with pytest.raises(ValueError, match=message):
        make_hierarchy("column", rows)


def test_an_error_never_shows_a_value():
    with pytest.raises(ValueError, match="row") as caught:
        make_hierarchy("column", [("Hong", "*"), ("Hong", "*")])
    assert "Hong" not in str(caught.value)


@given(st.lists(st.integers(min_value=0, max_value=999), unique=True, min_size=1))
def test_the_labels_of_a_level_share_out_the_values(numbers):
    rows = [(str(number), f"{number // 10}x", f"{number // 100}xx", "*") for number in numbers]
    hierarchy = make_hierarchy("number", rows)
    for level in range(1, 4):
        labels = {row[level] for row in rows}
        parts = [hierarchy.leaves_under(label) for label in labels]
        assert sum(map(len, parts)) == len(numbers)
        assert frozenset().union(*parts) == set(hierarchy.paths)
