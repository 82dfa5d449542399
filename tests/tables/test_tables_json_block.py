"""Lines of JSON read by Arrow are what they are read line by line: the same columns, rows, notes and errors."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lockgate.tables import json_document, json_file
from lockgate.tables.source import open_source
from lockgate.terms.errors import InputError
from lockgate.terms.flow_request import SourceReference

KEYS = st.sampled_from(["a", "b", "c", "a.b", "x[]", "é", "a\u0000", ""])
WHOLE = st.sampled_from([0, 1, -1, 2**53, -(2**53) - 1, 2**63 - 1, -(2**63), 2**63])
NUMBERS = st.one_of(WHOLE, st.sampled_from([0.5, -0.0, 1e300, 2.0**53, 5e-324]))
TEXTS = st.sampled_from(["", "x", "2020-01-01", "2020-01-01T00:00:00Z", "00:01", "1", "\ud83d\ude00", "}{", "\n", "é"])
CELLS = st.one_of(
    st.none(), st.booleans(), NUMBERS, TEXTS, st.integers(-5, 5), st.floats(allow_nan=False, allow_infinity=False)
)
NESTED = st.one_of(CELLS, st.lists(CELLS, max_size=2), st.dictionaries(KEYS, CELLS, max_size=2))
ODD_LINES = st.sampled_from(
    [
        "",
        " \t",
        '{"a":1}{"a":2}',
        '{"a":1} {"a":2}',
        '{"a":',
        "1}",
        '{"a":1}{"a":2}\n{"a":\n3}',
        '{"a":1}{"a":{}\n}',
        '{"a":{}',
        ',"b":{"c":1}}',
        '{"a":-0}',
        '{"a":1e999}',
        '{"a":NaN}',
        '{"a":Infinity}',
        '{"a":1,"a":2}',
        '{"a":1,"\\u0061":2}',
        '{"a":"\\ud800"}',
        '{"a":"\\udc00x"}',
        '{"a":01}',
        '{"a":1.}',
        '{"a":1,}',
        '{"a":"\t"}',
        "[1]",
        "{}",
        ' {"a": 1} ',
        '{"a":1}\r',
        '\u00a0{"a":1}',
        '{"a":1}\x0c',
        '{"a":9007199254740993.0}',
        '{"a":12345678901234567890}',
        '/**/{"a":1}',
        '{"a":1}//',
        "{'a':1}",
        '{"a":True}',
        '{"a":0x10}',
        '{"a":+1}',
        '{"a":"\x7f"}',
    ]
)


def found_in(path: Path) -> tuple[Any, ...]:
    try:
        source = open_source(SourceReference(str(path)))
        rows = [row for batch in source.batches() for row in batch.to_pylist()]
        last = [row for batch in source.batches([source.schema.names[-1]]) for row in batch.to_pylist()]
    except InputError as error:
        return str(error), error.hint
    return str(source.schema), source.notes, repr(rows), repr(last)


def check_alike(path: Path, block_bytes: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_document, "_BLOCK_BYTES", block_bytes)
        by_arrow = found_in(path)
        patch.setattr(json_file, "read_block", lambda *_: None)
        assert by_arrow == found_in(path)


@given(
    lines=st.lists(
        st.one_of(
            st.dictionaries(KEYS, CELLS, max_size=4).map(json.dumps),
            st.dictionaries(KEYS, CELLS, max_size=4).map(lambda row: json.dumps(row, ensure_ascii=False)),
            st.dictionaries(KEYS, NESTED, max_size=3).map(json.dumps),
            ODD_LINES,
        ),
        max_size=8,
    ),
    block_bytes=st.sampled_from([1, 40, 1_000]),
)
@example(lines=['{"a":1}', '{"a":2.5}', '{"a":-0}'], block_bytes=1)
@example(lines=['{"a":"2020-01-01","b":1}', '{"c":null,"b":2,"a":null}'], block_bytes=40)
@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_what_arrow_reads_of_lines_is_what_we_read(tmp_path: Path, lines: list[str], block_bytes: int) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes("\n".join(lines).encode("utf-8", "surrogatepass"))
    check_alike(path, block_bytes)


@pytest.mark.parametrize("line", ODD_LINES.elements)  # type: ignore[attr-defined] # those of the strategy
@pytest.mark.parametrize("others", [[], ['{"a":3}'], ['{"a":"x"}'], ['{"b":0.5}']])
def test_an_odd_line_is_read_or_refused_alike(tmp_path: Path, line: str, others: list[str]) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes("\n".join([*others, line, *others]).encode("utf-8", "surrogatepass"))
    check_alike(path, 1_000)


def test_plain_lines_are_read_by_arrow_and_others_are_not(tmp_path: Path) -> None:
    rows = [{"n": n, "t": f"é{n}", "day": f"2020-01-{n % 28 + 1:02}"} for n in range(5_000)]
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    source = open_source(SourceReference(str(path)))
    assert isinstance(source, json_file.JsonSource)
    assert source.plain == (frozenset({0}),)
    assert [row for batch in source.batches() for row in batch.to_pylist()] == rows
    path.write_text('{"n": {"x": 1}}\n')
    nested = open_source(SourceReference(str(path)))
    assert isinstance(nested, json_file.JsonSource)
    assert nested.plain == (frozenset(),)
