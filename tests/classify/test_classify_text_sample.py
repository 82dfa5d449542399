"""Names in a sample of the text of a column: the same whatever the batches, and without any value."""

from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.classify import scan
from lockgate.classify.text_sample import LIMIT, TextSample, merge_samples
from lockgate.terms.column import ColumnRole

NAMING = "客户王小明昨天来电，要求尽快退款，编号{}。"
NAMELESS = "系统将于今晚十点进行维护，请提前保存数据，第{}次提醒。"


def batch(cells):
    return pa.record_batch({"remark": pa.array(cells, pa.string())})


def remarks(naming, nameless):
    return [NAMING.format(number) for number in range(naming)] + [NAMELESS.format(number) for number in range(nameless)]


def verdict(cells):
    table = batch(cells)
    (found,) = scan.solve(scan.fold(table), table.schema, date(2026, 1, 1), b"k" * 32, lambda _: ())
    return found


def test_text_that_names_persons_says_so_with_its_share():
    found = verdict(remarks(30, 10))
    assert found.type == "free-text"
    assert found.role is ColumnRole.DIRECT_IDENTIFIER
    assert found.evidence["text"] == found.evidence["text_read"] == 1.0
    assert found.evidence["text_names"] == pytest.approx(0.75)


def test_text_that_names_nobody_says_how_much_was_read():
    found = verdict(remarks(0, 4 * LIMIT))
    assert found.role is not ColumnRole.DIRECT_IDENTIFIER
    assert found.evidence["text_names"] == 0.0
    assert found.evidence["text_read"] == pytest.approx(1 / 4)


def test_cells_that_are_equal_count_each_and_are_read_once():
    sample = scan.fold(batch([NAMING.format(1)] * 500 + [NAMELESS.format(2)] * 1500)).columns["remark"].sample
    assert (len(sample.hashes), sample.cells, sample.read, sample.naming) == (2, 2000, 2000, 500)


def test_short_cells_are_no_text():
    assert scan.fold(batch(["王小明", "ok", "12"])).columns["remark"].sample == TextSample()


@pytest.mark.parametrize("size", [7, 100, 333])
def test_batches_do_not_matter_nor_does_what_came_before(size):
    cells = remarks(250, 250) + remarks(40, 90)
    whole = scan.fold(batch(cells))
    parts = [batch(cells[start : start + size]) for start in range(0, len(cells), size)]
    blind, led = scan.EMPTY, scan.EMPTY
    for part in parts:
        blind = scan.merge(blind, scan.fold(part))
        led = scan.merge(led, scan.fold(part, led))
    backwards = scan.EMPTY
    for part in reversed(parts):
        backwards = scan.merge(scan.fold(part, backwards), backwards)
    assert whole == blind == led == backwards
    assert len(whole.columns["remark"].sample.hashes) == LIMIT


@st.composite
def samples(draw):
    hashes = draw(st.lists(st.integers(0, 200), unique=True, max_size=LIMIT).map(sorted))
    counts = draw(st.lists(st.integers(1, 5), min_size=len(hashes), max_size=len(hashes)))
    return TextSample(sum(counts), tuple(hashes), tuple(counts), tuple(value % 3 == 0 for value in hashes))


@settings(max_examples=50)
@given(samples(), samples(), samples())
def test_merging_samples_is_associative_and_commutative(a, b, c):
    assert merge_samples(merge_samples(a, b), c) == merge_samples(a, merge_samples(b, c))
    assert merge_samples(a, b) == merge_samples(b, a)
    assert merge_samples(a, TextSample()) == a


def test_a_partial_keeps_no_word_of_the_text():
    assert "王小明" not in repr(scan.fold(batch(remarks(20, 20))))
