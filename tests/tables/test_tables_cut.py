"""Rows cut into ranges: every row in one of them, the short ones behind, nothing told by how many share them."""

from hypothesis import given
from hypothesis import strategies as st

from lockgate.tables.cut import cut_rows
from lockgate.tables.fragments import FRAGMENT_ROWS


@given(st.integers(0, 400 * FRAGMENT_ROWS), st.integers(1, 40), st.integers(1, 40 * FRAGMENT_ROWS))
def test_every_row_is_in_one_range_and_ranges_begin_where_fragments_do(rows: int, size: int, together: int) -> None:
    cut = cut_rows(rows, size * FRAGMENT_ROWS, together)
    spans = [cut.span(number) for number in cut.numbers]
    assert sum(count for _, count in spans) == rows
    assert [first for first, _ in spans] == [sum(count for _, count in spans[:at]) for at in range(len(spans))]
    assert all(count % FRAGMENT_ROWS == 0 for _, count in spans[:-1])
    assert all(0 < count <= cut.size for _, count in spans)
    assert [count for _, count in spans] == sorted((count for _, count in spans), reverse=True)


def test_the_end_of_a_long_table_is_cut_four_times_as_fine() -> None:
    cut = cut_rows(10_000_000, 16 * FRAGMENT_ROWS)
    counts = [cut.span(number)[1] for number in cut.numbers]
    assert counts[:8] == [16 * FRAGMENT_ROWS] * 8
    assert counts[8:-1] == [4 * FRAGMENT_ROWS] * 6


def test_rows_that_lie_together_and_are_few_are_not_cut_finer() -> None:
    assert len(cut_rows(10_000_000, 16 * FRAGMENT_ROWS, 5 * FRAGMENT_ROWS).numbers) == 10
    assert len(cut_rows(16 * FRAGMENT_ROWS, 16 * FRAGMENT_ROWS).numbers) == 1
    assert len(cut_rows(0, 16 * FRAGMENT_ROWS).numbers) == 0
