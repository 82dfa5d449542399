"""Compiled checks against the checks of the recognisers, on cells made from their forms."""

import re

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.classify.catalogue import CATALOGUE
from lockgate.classify.dictionaries import chinese, japanese, korean
from lockgate.classify.kernel.block import block_of
from lockgate.classify.kernel.codes import COMPILED
from lockgate.classify.kernel.engine import machine
from lockgate.classify.kernel.reading import FAILED, UNASKED
from lockgate.classify.recogniser import Recogniser

TYPES = sorted(set(COMPILED) - {"person-name"})
"""The form of names is none that Python reads; they have tests of their own."""

CORPUS = {
    "cn-resident-id": ["11010519491231002X", "110105194912310021", "11010519491331002X", "130503670401001"],
    "bank-card": [
        "6222021234567890123",
        "4111111111111111",
        "4111-1111-1111-1111",
        "378282246310005",
        "2720999999999996",
    ],
    "date-of-birth": ["2000-02-29", "1900-02-29", "31/12/1990", "12.31.1990", "19901231", "1990年12月31日", "1985"],
    "iban": [
        "GB82 WEST 1234 5698 7654 32",
        "DE89370400440532013000",
        "gb82west12345698765432",
        "XX82WEST12345698765432",
    ],
    "cn-uscc": ["91350100M000100Y43", "91350100m000100y43", "91350100M000100Y44"],
    "ip": ["10.1.200.3", "1.2.3.4", "::1", "2001:db8::1"],
}


def form_of(recogniser: Recogniser) -> re.Pattern[str]:
    """The form as Python reads it."""
    return re.compile(recogniser.form)


def agree(recogniser: Recogniser, cells: list[str]) -> None:
    """Assert that compiled code says what the recogniser says, or leaves it to that."""
    loops = machine()
    assert loops is not None
    block = block_of(pa.array(cells, pa.string()))
    said = np.zeros(len(cells), np.int64)
    loops.check_cells(COMPILED[recogniser.type], block.offsets, block.data, np.arange(len(cells)), said)
    for cell, answer in zip(cells, said.tolist(), strict=True):
        assert recogniser.check is not None
        if answer == UNASKED:
            continue
        assert (answer != FAILED) == recogniser.check(cell), cell
        if recogniser.born is not None and answer != FAILED:
            assert answer == recogniser.born(cell), cell


@pytest.mark.parametrize("type_", sorted(CORPUS))
def test_known_values_are_told_as_the_recogniser_tells_them(type_: str) -> None:
    agree(CATALOGUE[type_], CORPUS[type_])


@pytest.mark.parametrize("type_", TYPES)
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_made_up_values_are_told_as_the_recogniser_tells_them(type_: str, data: st.DataObject) -> None:
    recogniser = CATALOGUE[type_]
    made = st.from_regex(form_of(recogniser), fullmatch=True).filter(lambda cell: not cell.endswith("\n"))
    agree(recogniser, data.draw(st.lists(made, min_size=1, max_size=60)))


@pytest.mark.parametrize("type_", [item for item in TYPES if CATALOGUE[item].check_chance < 0.2])
def test_numbers_one_after_the_other_are_told_as_the_recogniser_tells_them(type_: str) -> None:
    """Among consecutive numbers some hold, so that a filter that lets nothing through is found."""
    recogniser = CATALOGUE[type_]
    lengths = [size for size in range(8, 20) if recogniser.form and form_of(recogniser).match("1" * size)]
    starts = [10 ** (size - 1) * 7 // 5 for size in lengths]
    cells = [str(start + step) for start in starts for step in range(400)]
    agree(recogniser, [cell for cell in cells if form_of(recogniser).match(cell)])


_HAN = sorted(chinese.SURNAMES | chinese.GIVEN | chinese.NOT_GIVEN | japanese.LAST_NOT_GIVEN | {"々", "〇", "㐀", "龠"})
_HANGUL = sorted(korean.SURNAMES | korean.GIVEN | korean.LAST_NOT_GIVEN | {"뷁"})
_HAN_HEADS = sorted(chinese.SURNAMES | chinese.COMPOUND_SURNAMES | chinese.NOT_NAMES | japanese.SURNAMES)
_HANGUL_HEADS = sorted(korean.SURNAMES | korean.COMPOUND_SURNAMES | korean.NOT_NAMES)


def names_of(heads: list[str], signs: list[str]) -> st.SearchStrategy[str]:
    """What begins like a name and goes on with characters that names have or have not."""
    rest = st.text(st.sampled_from([*signs, " "]), max_size=7)
    return st.builds("".join, st.tuples(st.sampled_from(heads), rest)).map(str.strip)


@given(st.lists(names_of(_HAN_HEADS, _HAN) | names_of(_HANGUL_HEADS, _HANGUL), min_size=50, max_size=200))
@settings(max_examples=60)
def test_names_in_han_and_hangul_are_told_as_the_recogniser_tells_them(cells: list[str]) -> None:
    agree(CATALOGUE["person-name"], cells)


def test_every_short_name_of_a_surname_and_what_follows_is_told_as_the_recogniser_tells_it() -> None:
    han = [head + sign for head in _HAN_HEADS for sign in ("", *_HAN[:: 1 + len(_HAN) // 40])]
    hangul = [head + a + b for head in _HANGUL_HEADS for a in _HANGUL[::20] for b in ("", *_HANGUL[::9])]
    agree(CATALOGUE["person-name"], han + hangul)


def test_names_in_han_and_hangul_are_not_left_to_the_recogniser() -> None:
    loops, cells = machine(), ["王小明", "欧阳 娜娜", "山田太郎", "홍길동", "佐々木太郎", "不是名字"]
    assert loops is not None
    block, said = block_of(pa.array(cells, pa.string())), np.zeros(len(cells), np.int64)
    loops.check_cells(COMPILED["person-name"], block.offsets, block.data, np.arange(len(cells)), said)
    assert UNASKED not in said.tolist()
