"""Nested columns by path, in every format that has them: structs are columns, lists are tables, nothing is lost."""

import json
import struct
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import ipc, parquet

from lockgate.tables.listing import list_sources, tables_within
from lockgate.tables.nesting import find_nesting
from lockgate.tables.source import open_source
from lockgate.terms.errors import InputError
from lockgate.terms.flow_request import SourceReference

ORDERS = [
    {
        "id": 1,
        "customer": {"name": "Li Na", "address": {"city": "Hangzhou", "zip": "310000"}},
        "items": [
            {"name": "tea", "price": 2.5, "tags": ["green", "leaf"]},
            {"name": "cup", "price": 4.0, "tags": []},
        ],
    },
    {"id": 2, "customer": {"name": "Kim", "address": None}, "items": []},
    {"id": 3, "customer": None, "items": [{"name": "pot", "price": 9.0, "tags": ["iron"]}]},
]


def write(folder: Path, form: str) -> Path:
    table = pa.Table.from_pylist(ORDERS)
    path = folder / f"orders.{form}"
    match form:
        case "parquet":
            parquet.write_table(table, path)
        case "arrow":
            with ipc.new_file(path, table.schema) as writer:
                writer.write_table(table)
        case "arrows":
            with ipc.new_stream(path, table.schema) as writer:
                writer.write_table(table)
        case "jsonl":
            path.write_text("\n".join(json.dumps(row) for row in ORDERS))
        case _:
            path.write_text(json.dumps(ORDERS, indent=2))
    return path


def rows_of(path: Path, table: str = "", columns: list[str] | None = None) -> list[dict[str, Any]]:
    source = open_source(SourceReference(str(path), table))
    return [row for batch in source.batches(columns) for row in batch.to_pylist()]


def refusal(path: Path, table: str = "") -> InputError:
    with pytest.raises(InputError) as caught:
        rows_of(path, table)
    assert caught.value.hint
    return caught.value


FORMS = pytest.mark.parametrize("form", ["parquet", "arrow", "arrows", "jsonl", "json"])


@FORMS
def test_a_struct_is_columns_by_path_and_a_list_is_left_out_and_said(tmp_path: Path, form: str) -> None:
    path = write(tmp_path, form)
    source = open_source(SourceReference(str(path)))
    assert source.schema.names == ["id", "customer.name", "customer.address.city", "customer.address.zip"]
    assert rows_of(path)[1] == {
        "id": 2,
        "customer.name": "Kim",
        "customer.address.city": None,
        "customer.address.zip": None,
    }
    assert [row["customer.name"] for row in rows_of(path)] == ["Li Na", "Kim", None]
    assert "lists `items[]`, `items[].tags[]` of " in source.notes[-1]
    assert "left out" in source.notes[-1]


@FORMS
def test_the_elements_of_a_list_are_rows_beside_what_they_are_in(tmp_path: Path, form: str) -> None:
    path = write(tmp_path, form)
    assert [(row["id"], row["items[].name"], row["items[].price"]) for row in rows_of(path, "items[]")] == [
        (1, "tea", 2.5),
        (1, "cup", 4.0),
        (3, "pot", 9.0),
    ]
    tags = rows_of(path, "items[].tags[]", ["items[].tags[]", "customer.name", "items[].name"])
    assert [tuple(row.values()) for row in tags] == [
        ("green", "Li Na", "tea"),
        ("leaf", "Li Na", "tea"),
        ("iron", None, "pot"),
    ]
    assert "has `items[]`, `items[].tags[]`" in str(refusal(path, "things[]"))


@FORMS
def test_a_scan_is_told_every_table_within(tmp_path: Path, form: str) -> None:
    reference = SourceReference(str(write(tmp_path, form)))
    assert list_sources(reference) == (reference,)
    source = open_source(reference)
    found = tables_within(reference, source)
    assert [one.table for one in found] == ["items[]", "items[].tags[]"]
    assert tables_within(found[0], open_source(found[0])) == ()


def test_an_object_with_one_array_is_that_array_and_one_with_two_is_two_tables(tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    path.write_text(json.dumps({"made": "2026-11-22", "orders": ORDERS, "count": 3}))
    assert [row["id"] for row in rows_of(path)] == [1, 2, 3]
    assert (
        "2 other members of `export.json` beside `orders` are not read" in open_source(SourceReference(str(path))).notes
    )
    assert [row["items[].name"] for row in rows_of(path, "items[]")] == ["tea", "cup", "pot"]
    path.write_text(json.dumps({"orders": ORDERS, "shops": [{"city": "Seoul"}]}))
    assert "several arrays of objects: `orders[]`, `shops[]`" in str(refusal(path))
    assert [one.table for one in list_sources(SourceReference(str(path)))] == ["orders[]", "shops[]"]
    assert rows_of(path, "shops[]") == [{"city": "Seoul"}]
    assert [row["items[].name"] for row in rows_of(path, "orders[].items[]")] == ["tea", "cup", "pot"]
    reference = SourceReference(str(path), "orders[]")
    assert [one.table for one in tables_within(reference, open_source(reference))] == [
        "orders[].items[]",
        "orders[].items[].tags[]",
    ]


def test_an_object_without_an_array_of_objects_is_one_record(tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    path.write_text('\ufeff{"name": "Li Na", "address": {"city": "Hangzhou"}, "tags": ["a", 1]}')
    assert rows_of(path) == [{"name": "Li Na", "address.city": "Hangzhou"}]
    assert [row["tags[]"] for row in rows_of(path, "tags[]")] == ["a", "1"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("[]", "is empty"),
        ("[1, 2]", "element 1 of `x.json` is no JSON object"),
        ('"SECRET"', "one bare value"),
        ('[{"a": 1}', "is no JSON"),
        ('[{"a": 1} {"a": 2}]', "is no JSON"),
        ('[{"a": 1}] SECRET', "goes on behind its end"),
        ('{"a": 1}\n{"a": 2}\n', "goes on behind its end"),
        ('[{"a": NaN}]', "element 1 of `x.json` is no JSON with single keys"),
        ('[{"a": 1, "a": "SECRET"}]', "element 1 of `x.json` is no JSON with single keys"),
        ('{"a": [{"b": 1}], "a": "SECRET"}', "has a key twice"),
        ('[{"a": "\\ud800"}]', "letters that UTF-8 does not have"),
        ('[{"a.b": 1, "a": {"b": "SECRET"}}]', "two values with the same path"),
        ("[" * 5_000, "nested too deep"),
        ('[{"a":' + '{"a":' * 80 + "1" + "}" * 81 + "]", "nested too deep"),
        ('[{"a": [[1]]}]', "has lists only"),
    ],
)
def test_a_broken_document_is_an_input_error_without_its_cells(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "x.json").write_text(text)
    caught = refusal(tmp_path / "x.json")
    assert said in str(caught)
    assert "SECRET" not in str(caught) + caught.hint


@pytest.mark.parametrize("name", ["x.json", "x.jsonl"])
def test_what_is_nested_too_deep_is_told_with_what_helps(tmp_path: Path, name: str) -> None:
    deep = '{"a":' * 200 + "1" + "}" * 200
    (tmp_path / name).write_text(f"[{deep}]" if name == "x.json" else deep)
    caught = refusal(tmp_path / name)
    assert "is nested too deep: more than 64 levels" in str(caught)
    assert caught.hint == "Flatten what is inside before."


def test_keys_that_are_data_are_no_columns(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text(json.dumps([{"by": {f"u{number}": 1 for number in range(5_000)}}]))
    assert "more than 4,096 different paths" in str(refusal(tmp_path / "x.json"))


def test_a_document_longer_than_what_is_read_at_once_is_read_whole(tmp_path: Path) -> None:
    rows = [{"n": number, "text": "é" * (number % 3_000), "in": {"m": -number}} for number in range(3_000)]
    (tmp_path / "x.json").write_text(json.dumps({"rows": rows, "long": list(range(300_000))}, ensure_ascii=False))
    assert rows_of(tmp_path / "x.json") == [{"n": row["n"], "text": row["text"], "in.m": -row["n"]} for row in rows]


def test_two_columns_with_one_path_are_refused(tmp_path: Path) -> None:
    parquet.write_table(pa.table({"a.b": [1], "a": [{"b": 2}]}), tmp_path / "a.parquet")
    assert "two columns of `a.parquet` have the path `a.b`" in str(refusal(tmp_path / "a.parquet"))


CELLS = st.none() | st.integers(0, 9)
TYPES = st.recursive(
    st.just(pa.int64()),
    lambda inner: (
        st.builds(pa.list_, inner)
        | st.builds(pa.large_list, inner)
        | st.builds(lambda one: pa.list_(one, 2), inner)
        | st.builds(lambda one: pa.map_(pa.string(), one), inner)
        | st.builds(lambda one, two: pa.struct([("x", one), ("y", two)]), inner, inner)
    ),
    max_leaves=4,
)


def value_of(draw: st.DrawFn, type_: Any) -> Any:
    if draw(st.integers(0, 5)) == 0:
        return None
    if pa.types.is_struct(type_):
        return {one.name: value_of(draw, one.type) for one in type_}
    if pa.types.is_map(type_):
        return [(f"k{number}", value_of(draw, type_.item_type)) for number in range(draw(st.integers(0, 2)))]
    if pa.types.is_fixed_size_list(type_):
        return [value_of(draw, type_.value_type) for _ in range(2)]
    if pa.types.is_integer(type_):
        return draw(CELLS)
    return [value_of(draw, type_.value_type) for _ in range(draw(st.integers(0, 3)))]


@st.composite
def nested_tables(draw: st.DrawFn) -> pa.RecordBatch:
    type_ = draw(TYPES)
    rows = draw(st.integers(1, 5))
    nested = pa.array([value_of(draw, type_) for _ in range(rows + 2)], type_).slice(1, rows)
    return pa.record_batch({"n": pa.array(range(rows)), "v": nested})


def by_hand(value: Any, type_: Any, path: str) -> list[tuple[str, Any]]:
    """All leaf values with their paths, in order, by plain recursion."""
    if value is None:
        return []
    if pa.types.is_struct(type_):
        return [found for one in type_ for found in by_hand(value[one.name], one.type, f"{path}.{one.name}")]
    if pa.types.is_map(type_):
        keys = [(f"{path}[].key", key) for key, _ in value]
        return keys + [found for _, item in value for found in by_hand(item, type_.item_type, f"{path}[].value")]
    if pa.types.is_integer(type_):
        return [(path, value)]
    return [found for one in value for found in by_hand(one, type_.value_type, f"{path}[]")]


@settings(max_examples=300, deadline=None)
@given(batch=nested_tables())
def test_every_value_of_any_nested_column_is_in_exactly_the_table_of_its_list(batch: pa.RecordBatch) -> None:
    expected = sorted(
        [
            (f"v{path[1:]}", value)
            for row in batch.column("v").to_pylist(maps_as_pydicts=None)
            for path, value in by_hand(row, batch.schema.field("v").type, "v")
        ],
        key=repr,
    )
    plain = find_nesting(batch.schema, "", "t")
    found = []
    for table in ("", *(plain.lists if plain else ())):
        nesting = find_nesting(batch.schema, table, "t")
        names = [name for name in (nesting.leaves if nesting else ["v"]) if name.startswith("v")]
        own = [name for name in names if name.rpartition("[]")[0] + "[]" * ("[]" in name) == table]
        parts = nesting.unnest(batch, list(nesting.leaves)) if nesting else [batch]
        for part in parts:
            part.validate(full=True)
            for name in own:
                found += [(name, value) for value in part.column(name).to_pylist() if value is not None]
    assert sorted(found, key=repr) == expected


def test_what_lies_below_a_null_is_no_row_and_moves_no_other(tmp_path: Path) -> None:
    is_null = pa.array([False, True, False])
    lists = pa.ListArray.from_arrays(pa.array([0, 2, 4, 6], pa.int32()), pa.array(list("abcdef")), mask=is_null)
    within = pa.StructArray.from_arrays([pa.array([[1], [2, 3], [4]])], names=["l"], mask=is_null)
    path = tmp_path / "a.arrow"
    table = pa.table({"n": [1, 2, 3], "lists": lists, "in": within})
    with ipc.new_file(path, table.schema) as writer:
        writer.write_table(table)
    assert rows_of(path, "lists[]", ["n", "lists[]"]) == [
        {"n": 1, "lists[]": "a"},
        {"n": 1, "lists[]": "b"},
        {"n": 3, "lists[]": "e"},
        {"n": 3, "lists[]": "f"},
    ]
    assert rows_of(path, "in.l[]", ["n"]) == [{"n": 1}, {"n": 3}]


def test_views_of_text_and_of_lists_are_read_beside_lists(tmp_path: Path) -> None:
    lists = pa.array([[1, 2], None, []], pa.list_view(pa.int64()))
    table = pa.table({"l": lists, "t": pa.array(["x" * 20, None, "y"], pa.string_view())})
    with ipc.new_file(tmp_path / "a.arrow", table.schema) as writer:
        writer.write_table(table)
    assert rows_of(tmp_path / "a.arrow", "l[]") == [{"l[]": 1, "t": "x" * 20}, {"l[]": 2, "t": "x" * 20}]


@pytest.mark.parametrize("type_", [pa.string_view(), pa.binary_view()])
def test_a_view_below_a_null_that_points_nowhere_is_not_followed(tmp_path: Path, type_: pa.DataType) -> None:
    good: Any = pa.array(["a" * 20, None, "b", "c" * 30], type_)
    validity, views, *texts = good.buffers()
    wild = bytearray(views.to_pybytes())
    wild[16:32] = struct.pack("<i4sii", 1 << 30, b"aaaa", 7_000, 1 << 30)
    column: Any = pa.Array.from_buffers(type_, 4, [validity, pa.py_buffer(bytes(wild)), *texts])
    table = pa.table({"t": column.slice(1), "l": pa.array([[1], [2], []])})
    with ipc.new_file(tmp_path / "a.arrow", table.schema) as writer:
        writer.write_table(table)
    plain = pa.string() if type_ == pa.string_view() else pa.binary()
    expected = pa.array([None, "b", "c" * 30]).cast(plain).to_pylist()
    assert [row["t"] for row in rows_of(tmp_path / "a.arrow", "", ["t"])] == expected
    assert [row["t"] for row in rows_of(tmp_path / "a.arrow", "l[]", ["t"])] == expected[:2]


def test_views_without_nested_columns_beside_them_are_read_as_well(tmp_path: Path) -> None:
    table = pa.table({"t": pa.array(["x" * 20, None, "y"], pa.string_view()).slice(1)})
    with ipc.new_file(tmp_path / "a.arrow", table.schema) as writer:
        writer.write_table(table)
    assert rows_of(tmp_path / "a.arrow") == [{"t": None}, {"t": "y"}]
