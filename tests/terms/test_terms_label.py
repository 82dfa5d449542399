"""The grammar of released values: what is written can be read again, whatever the text."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lockgate.terms.label import SUPPRESSED, Exact, OneOf, Range, Suppressed, parse_label, render_label

HOSTILE = st.one_of(
    st.text(),
    st.text(alphabet='\\|{}[]*, "\n王ㄱ\u202e', max_size=8),
)
NUMBERS = st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False)).map(str)
DAYS = st.dates().map(lambda day: day.isoformat())

EXACT = HOSTILE.map(Exact)
ONE_OF = st.lists(HOSTILE, min_size=2, unique=True).map(lambda values: OneOf(tuple(sorted(values))))
RANGE = st.one_of(st.tuples(NUMBERS, NUMBERS), st.tuples(DAYS, DAYS)).map(lambda bounds: Range(*bounds))
LABELS = st.one_of(EXACT, ONE_OF, RANGE, st.just(Suppressed()))


@given(LABELS)
@example(Exact(""))
@example(Exact("*"))
@example(Exact("\\"))
@example(Exact("\\*"))
@example(Exact("[20,29]"))
@example(Exact("{a|b}"))
@example(OneOf(("", "}")))
@example(OneOf(("\\", "|")))
@example(Range("-5", "1e-07"))
def test_a_label_that_is_written_is_read_again(label):
    assert parse_label(render_label(label)) == label


@given(LABELS, LABELS)
def test_two_labels_are_never_written_alike(one, other):
    assert (render_label(one) == render_label(other)) == (one == other)


@given(HOSTILE)
def test_any_cell_is_a_label_or_is_refused(cell):
    try:
        label = parse_label(cell)
    except ValueError:
        assert cell.startswith(("[", "{"))
    else:
        assert parse_label(render_label(label)) == label


def test_a_plain_value_is_written_as_it_is():
    assert render_label(Exact("Private")) == "Private"
    assert render_label(Suppressed()) == SUPPRESSED == "*"


@pytest.mark.parametrize(
    "cell",
    ["[", "[1", "[1]", "[1,2", "[1,2]x", "{", "{}", "{a}", "{a|b", "{a|b}x", "{a|b}x}", "{a|b\\}"],
)
def test_a_cell_that_begins_like_a_form_and_does_not_end_like_it_is_refused(cell):
    with pytest.raises(ValueError, match="expected `"):
        parse_label(cell)
