"""The tables against the engines that they stand in for: Arrow's RE2 for whole cells, Python's `re` for bytes."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.classify.catalogue import CATALOGUE
from lockgate.classify.kernel import charset, dfa, lazy_product, nfa, syntax
from lockgate.classify.kernel.block import block_of, count_characters
from lockgate.classify.kernel.dfa import Automaton
from lockgate.classify.kernel.engine import engine, hash_block, machine, step_plainly
from lockgate.classify.kernel.group import MISSING_LABEL, UNTIDY, label_of
from lockgate.classify.kernel.lazy_product import LazyProduct
from lockgate.classify.kernel.reading import Reading, read
from lockgate.classify.kernel.syntax import UnsupportedPatternError
from lockgate.classify.normal import is_missing, normalise

PATTERNS = (
    r"^(?:[0-9]{3}|a[b-d]{2,4}x?)$",
    r"^.*\p{Han}{2}.*$",
    r"(?i:street|st)\b.*",
    r"^a|b$",
    r"^(?:ab?)*?c{2,}$",
    r"\bcat\b",
    r"^[^0-9,]{1,3}(?s:.)$",
    r"^(?i:kelvin|stra[sß]e)$",
    r"^[가-힣]{2,3} ?[0-9]+$",
    r"^\S+\s\D$",
    "",
)
CELLS = st.text(alphabet="aAbBcCdxX019 ,.-\n_ſK中文가나éß\u200b１@", max_size=12)


@lru_cache
def automaton_of(pattern: str) -> Automaton:
    """The automaton of one pattern."""
    program = nfa.whole_program(syntax.parse(pattern, charset.RE2), nfa.UNLIMITED)
    return dfa.determine(program, [frozenset()], 10_000, ordered=False)


def accepts(automaton: Automaton, text: str) -> bool:
    """Whether the automaton fits a text."""
    state = int(automaton.starts[0])
    for byte in text.encode():
        state = int(automaton.table[state, byte])
    return bool(automaton.out_at_end[state] != dfa.NONE)


@given(CELLS)
@settings(max_examples=300, deadline=None)
def test_an_automaton_fits_what_re2_fits(text: str) -> None:
    for pattern in PATTERNS:
        assert accepts(automaton_of(pattern), text) == pc.match_substring_regex(pa.array([text]), pattern)[0].as_py()


@given(st.text(alphabet="ab01-. ", max_size=10))
@settings(max_examples=300, deadline=None)
def test_an_automaton_of_ascii_fits_what_python_fits_in_bytes(text: str) -> None:
    for pattern in (r"^(?:a|ab)(?:c|bcd|-)*[01]{2,}$", r"\ba[b.]+\b", r"^[^a]?(?:0-?){1,4}$"):
        expected = re.search(pattern.replace("$", r"\Z").encode(), text.encode()) is not None
        assert accepts(automaton_of(pattern), text) == expected


@pytest.mark.parametrize(
    "pattern", [r"(a)\1", r"a++", r"(?P<n>a)", r"[[:alpha:]]", r"\A", r"a{1001}", r"(?<=ab)c", "a{,3}"]
)
def test_what_the_kernel_does_not_know_is_refused(pattern: str) -> None:
    with pytest.raises(UnsupportedPatternError):
        nfa.whole_program(syntax.parse(pattern, charset.RE2), nfa.UNLIMITED)


def test_a_long_count_is_relaxed_and_says_up_to_where_it_is_exact() -> None:
    program = nfa.whole_program(syntax.parse(r"^[a-z]{2,40}$", charset.RE2), 20)
    assert program.exact_up_to == 40
    assert len(program.states) < 12


ODD = [
    "",
    " ",
    "-",
    "N/A",
    "无",
    "'0044",
    "１３８",
    "138\u200b00",
    "1.38E+10",
    "1380013.00",
    "e\u0301",
    "ㅎㅏㄴ",
    "x ",
    "\u3000x",
]


def table_of_oddities() -> pa.Array:
    """Cells of every sort, from vectors of recognisers and beside them."""
    words = [word for item in CATALOGUE.values() for word in sorted(item.words)[:20]]
    digits = [
        "11010519491231002X",
        "6222021234567890123",
        "900101-1234567",
        "138-0013-8000",
        "2020-02-30",
        "10.1.200.3",
    ]
    places = [
        "广东省深圳市南山区科技园路1号",
        "서울특별시 강남구 테헤란로 123",
        "12 High Street, London",
        "王小明",
        "김철수",
    ]
    return pa.array([*ODD, *words, *digits, *places, "a@b.cn", "x" * 70, "我在南山区路" * 20], pa.string())


def readings(values: pa.Array) -> Iterator[Reading]:
    """The same cells, read with and without compiled code."""
    tables = engine()
    assert tables is not None
    for loops in (None, machine()):
        yield Reading(tables, values, block_of(values), loops)


def test_every_pattern_of_the_catalogue_fits_the_cells_that_re2_fits() -> None:
    values = table_of_oddities()
    for reading in readings(values):
        tidy = ~reading.untidy()
        for item in CATALOGUE.values():
            if item.form:
                expected = pc.match_substring_regex(values, item.form).to_numpy(zero_copy_only=False)
            else:
                expected = pc.is_in(pc.utf8_lower(values), pa.array(sorted(item.words))).to_numpy(zero_copy_only=False)
            found = reading.fits(label_of(item, strong=False))
            assert (found == expected)[tidy].all(), item.type


def test_cells_that_normalising_changes_are_untidy_and_those_that_say_nothing_are_missing() -> None:
    values = table_of_oddities()
    changed = pc.not_equal(normalise(values), values).to_numpy(zero_copy_only=False)
    for reading in readings(values):
        untidy = reading.untidy()
        assert untidy[changed].all()
        expected = is_missing(values).to_numpy(zero_copy_only=False)
        assert (reading.missing() == expected)[~untidy].all()


@pytest.mark.parametrize("type_", [pa.string(), pa.large_string()])
def test_slices_and_wide_offsets_are_read_in_place(type_: pa.DataType) -> None:
    values = pa.array(["x", "13800138000", "", "中文", "a@b.cn", "12"], type_)
    for reading, again in zip(readings(values), readings(values.slice(1, 4)), strict=True):
        assert (reading.group(0)[1:5] == again.group(0)).all()
        assert (reading.hashes()[0][1:5] == again.hashes()[0]).all()


@given(st.lists(st.text(max_size=40), max_size=30))
@settings(max_examples=60, deadline=None)
def test_compiled_and_plain_loops_agree(cells: list[str]) -> None:
    values = pa.array(cells, pa.string())
    plain, fast = readings(values)
    assert (plain.untidy() == fast.untidy()).all()
    assert (plain.missing() == fast.missing()).all()
    assert all((plain.fits(label) == fast.fits(label)).all() for label in plain.engine.places)
    assert (plain.hashes()[0] == fast.hashes()[0]).all()
    assert plain.hashes()[1].tolist() == fast.hashes()[1].tolist() == [len(cell) for cell in cells]


@pytest.mark.parametrize(("states", "rows"), [(2, 8), (9, 8), (200, 16)])
def test_an_automaton_without_room_for_more_states_says_the_same(
    states: int, rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lazy_product, "MOST_STATES", states)
    monkeypatch.setattr(lazy_product, "FIRST_ROWS", rows)
    tables, loops = engine(), machine()
    assert tables is not None
    assert loops is not None
    block = block_of(pa.array(table_of_oddities().to_pylist() * 40))
    automaton = LazyProduct(tables.tables.groups, loops)
    for _ in range(2):
        numbers, found = automaton.run(block)
        for number, group in enumerate(tables.tables.groups):
            assert (found[numbers, number] == step_plainly(group, block)).all()
    assert automaton.is_full


def test_columns_that_are_read_beside_each_other_let_one_automaton_grow() -> None:
    tables, loops = engine(), machine()
    assert tables is not None
    assert loops is not None
    cells = table_of_oddities().to_pylist()
    blocks = [block_of(pa.array(cells[turn:] * 50 + cells[:turn] * 50)) for turn in range(24)]
    automaton = LazyProduct(tables.tables.groups, loops)
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(automaton.run, blocks))
    for block, (numbers, found) in zip(blocks, results, strict=True):
        for number, group in enumerate(tables.tables.groups):
            assert (found[numbers, number] == step_plainly(group, block)).all()


def test_equal_cells_have_equal_hashes_and_others_do_not() -> None:
    cells = ["", "a", "ab", "ab\0", "abcdefgh", "abcdefghi", "abcdefg\0", "abcdefghabcdefgh", "a"]
    hashes = hash_block(block_of(pa.array(cells)), None)[0]
    assert hashes[1] == hashes[-1]
    assert len(set(hashes.tolist())) == len(cells) - 1


def test_a_cell_that_is_too_long_for_plain_loops_is_left_to_the_engines() -> None:
    tables = engine()
    assert tables is not None
    if machine(0) is None:
        assert read(pa.array(["x" * 10_000]), tables) is None
    long = block_of(pa.array(["x" * 10_000, "中"]))
    assert step_plainly(tables.tables.groups[0], long).shape == (2,)
    assert count_characters(long).tolist() == [10_000, 1]


def test_labels_for_normalising_are_in_the_first_group() -> None:
    tables = engine()
    assert tables is not None
    assert {UNTIDY, MISSING_LABEL} <= set(tables.tables.groups[0].labels)
    assert np.iinfo(np.uint16).max >= max(len(group.table) for group in tables.tables.groups)
