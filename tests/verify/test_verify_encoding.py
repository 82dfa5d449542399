"""Compiled loops give the codes that Arrow gives, and count as numpy counts, for any cells."""

from types import ModuleType

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.verify import compiled_encoding, encoding, encoding_loops
from lockgate.verify.classes import Rules
from lockgate.verify.encoding import distinct_codes
from lockgate.verify.models import measure_models


class PlainLoops(ModuleType):
    """The loops as plain Python, which lets numbers run over without a word as compiled code does."""

    def __getattr__(self, name: str) -> object:
        loop = getattr(encoding_loops, name)

        def run(*arguments: object) -> object:
            with np.errstate(over="ignore"):
                return loop(*arguments)

        return run


@pytest.fixture(params=[compiled_encoding, PlainLoops("plain")], ids=["compiled", "plain"])
def loops(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "loops_for", lambda _: request.param)
    monkeypatch.setattr("lockgate.verify.classes.loops_for", lambda _: request.param)
    monkeypatch.setattr(encoding, "_SLOTS", 4)
    monkeypatch.setattr(encoding, "_SINGLE", 3)


def assert_like_arrow(column: pa.Array) -> None:
    codes, values = distinct_codes(column)
    encoded = column.dictionary_encode(null_encoding="encode")
    assert codes.tolist() == encoded.indices.to_pylist()
    assert values.equals(encoded.dictionary)


CELLS = st.lists(
    st.one_of(st.none(), st.sampled_from(["", "\0", "\0\0", "ab", "abc"]), st.text("aé韓", max_size=40)), max_size=40
)


@pytest.mark.usefixtures("loops")
def test_any_text_gets_the_codes_that_arrow_gives_wherever_its_bytes_lie():
    @settings(max_examples=150, deadline=None)
    @given(CELLS, st.sampled_from([pa.string(), pa.large_string()]), st.integers(0, 5), st.integers(0, 5))
    def check(cells: list[str | None], kind: pa.DataType, begin: int, end: int) -> None:
        assert_like_arrow(pa.array(cells, kind))
        assert_like_arrow(pa.array(["x", *cells, *cells], kind).slice(begin, max(len(cells) - end, 0)))

    check()


@pytest.mark.usefixtures("loops")
@pytest.mark.parametrize("length", [*range(1, 26), 63, 64, 65])
def test_texts_of_one_length_that_differ_in_one_byte_stay_apart(length: int):
    texts = ["a" * place + "b" + "a" * (length - place - 1) for place in range(length)]
    assert_like_arrow(pa.array([*texts, *reversed(texts), "a" * length, "a" * (length - 1)]))


@pytest.mark.usefixtures("loops")
def test_numbers_and_many_distinct_cells_too():
    numbers = [0, -1, 2**63 - 1, -(2**63), 5, 0, 5, *range(300), *range(300)]
    assert_like_arrow(pa.array(numbers, pa.int64()))
    assert_like_arrow(pa.array([str(number) for number in numbers]))
    assert_like_arrow(pa.array([None, 1, None, 2], pa.int64()))


@pytest.mark.usefixtures("loops")
@pytest.mark.parametrize("rules", [Rules(), Rules(suppressed="counted"), Rules(missing="excluded"), Rules(weight="w")])
def test_the_figures_of_a_table_are_the_same(rules: Rules, monkeypatch: pytest.MonkeyPatch):
    rows = [("*", "*", "x"), ("a", "*", "x"), ("a", None, "y"), ("b", "*", None), ("a", "*", "y"), ("b", "*", "x")] * 9
    columns = list(zip(*rows, strict=True))
    table = pa.table({"q": columns[0], "r": columns[1], "s": columns[2], "t": list(range(54)), "w": [2, 1] * 27})
    compiled = measure_models(table, ["q", "r"], ["s", "t"], rules=rules)
    monkeypatch.setattr(encoding, "loops_for", lambda _: None)
    monkeypatch.setattr("lockgate.verify.classes.loops_for", lambda _: None)
    assert measure_models(table, ["q", "r"], ["s", "t"], rules=rules) == compiled
    assert (
        compiled.rows
        == {"excluded": 45, "counted": 54}[rules.suppressed]
        - (9 if rules.missing == "excluded" else 0)
        + ({"": 0, "w": 27 - 9}[rules.weight])
    )
