"""Encoded columns counted and read at the end say what reading them batch by batch says."""

from datetime import date

import pyarrow as pa
import pytest

from lockgate.classify import ages, encoded_cells, scan
from lockgate.classify.cells import encode
from lockgate.classify.encoded_cells import EncodedCells
from lockgate.classify.partial import ColumnPartial, merge_columns
from lockgate.examples.customers import CUSTOMER_SCHEMA, generate_customers


@pytest.mark.parametrize("most", [5, 1 << 15])
def test_encoded_cells_say_what_plain_cells_say(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr(encoded_cells, "_MOST_TEXTS", most)
    table = pa.Table.from_batches(list(generate_customers(600, 3)), CUSTOMER_SCHEMA)
    texts = [name for name in table.schema.names if pa.types.is_string(table.schema.field(name).type)]
    gaps = pa.array([None, "", "  ", "13800138000", "Ann Lee, call 13800138000 at noon today"] * 120)
    whole = table.select(texts).append_column("gaps", gaps).combine_chunks()
    plain, cells = scan.EMPTY, EncodedCells()
    for start in range(0, 600, 150):
        batch = whole.slice(start, 150).to_batches()[0]
        plain = scan.merge(plain, scan.fold(batch))
        encoded = [column.dictionary_encode() for column in batch.columns]
        names = batch.schema.names
        assert cells.add(pa.RecordBatch.from_arrays(encoded, names=names)) == []
    found = cells.partials()
    assert {name: merge_columns(ColumnPartial(), item) for name, item in found.items()} == dict(plain.columns)


def test_a_value_that_no_row_has_is_none() -> None:
    column = pa.DictionaryArray.from_arrays(pa.array([3, None, 1, 3]), pa.array(["2", "30", None, "31"]))
    values, places = encode(column)
    assert (values.to_pylist(), places.tolist()) == (["30", "31"], [1, 2, 0, 1])
    batch = pa.record_batch({"age": pa.array(["30", "31"] * 9 + ["44"])})
    encoded = pa.DictionaryArray.from_arrays(pa.array([1, 3] * 9 + [1]), pa.array(["2", "30", None, "31"]))
    for rows in (batch, pa.record_batch({"age": encoded})):
        assert ages.fold(rows, (ages.AgeColumn("age", "age"),), date(2026, 1, 1)).youngest == 30


def test_columns_that_are_not_encoded_are_left_to_others() -> None:
    batch = pa.record_batch({"n": [1, 2], "t": ["a", "b"], "e": pa.array(["a", "b"]).dictionary_encode()})
    cells = EncodedCells()
    assert cells.add(batch) == ["n", "t"]
    assert list(cells.partials()) == ["e"]
    assert cells.partials()["e"].cells == 2
