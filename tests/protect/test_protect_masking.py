"""Covering characters: what is kept, what is counted as one, and that nothing changes the second time."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.protect.masking import Covering, cover
from lockgate.terms.errors import InputError

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
coverings = st.builds(
    Covering,
    keep_first=st.integers(0, 4),
    keep_last=st.integers(0, 4),
    character=st.sampled_from("*#●"),
    length=st.integers(0, 6),
)


def covered(values, *given_, **named):
    return cover(pa.array(values, type=pa.string()), Covering(*given_, **named)).to_pylist()


def test_both_ends_are_kept_and_the_middle_is_covered():
    assert covered(["13812345678", "张三丰", "홍길동", None, ""], 1, 1) == ["1*********8", "张*丰", "홍*동", None, ""]
    assert covered(["138-1234-5678"], 3, 4, separators="-") == ["138-****-5678"]
    assert covered(["13812345678", "1381234567890"], 3, 4, length=4) == ["138****5678", "138****7890"]


def test_a_cell_with_nothing_to_cover_is_covered_whole():
    assert covered(["1234567", "12345678", "a", "ab"], 3, 4) == ["*******", "123*5678", "*", "**"]
    assert covered(["a-b"], 1, 1, separators="-") == ["*-*"]
    assert covered(["abc"], 2, 2, length=5) == ["*****"]


def test_an_accent_or_a_joined_picture_is_one_character():
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    assert covered(["e\u0301a", family + "ab"], 1, 0) == ["e\u0301*", family + "**"]
    assert covered(["ae\u0301"], 1, 0) == ["a*"]


@given(st.lists(st.one_of(st.none(), texts)), coverings)
def test_covering_twice_changes_nothing(values, covering):
    once = cover(pa.array(values, type=pa.string()), covering)
    assert cover(once, covering).to_pylist() == once.to_pylist()


@given(st.text("0123456789", min_size=1, max_size=20), st.integers(0, 4), st.integers(0, 4))
def test_no_more_than_the_ends_is_kept(value, first, last):
    (cell,) = covered([value], first, last)
    assert len(cell) == len(value)
    shown = [at for at, sign in enumerate(cell) if sign != "*"]
    assert len(shown) < len(value)
    assert all(at < first or at >= len(value) - last for at in shown)


@given(texts.filter(bool), texts.filter(bool))
def test_a_fixed_length_tells_nothing_but_the_ends(one, other):
    assert covered([one], length=8) == covered([other], length=8) == ["********"]


@pytest.mark.parametrize(
    "wrong",
    [{"keep_first": -1}, {"character": ""}, {"character": "**"}, {"separators": "*"}, {"length": 3, "separators": "-"}],
)
def test_a_covering_that_cannot_be_is_refused(wrong):
    with pytest.raises(InputError):
        Covering(**wrong)


def test_a_fixed_length_that_no_copy_could_hold_is_refused_before_any_cell_is_covered():
    assert covered(["abc"], length=1000) == ["*" * 1000]
    with pytest.raises(InputError, match="at most 1000"):
        Covering(length=1001)
