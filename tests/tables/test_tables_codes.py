"""Text as codes: spills, sources and copies are the same whether text comes spelled out or encoded."""

from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from lockgate.tables import coded_rows
from lockgate.tables.coding import TextCodes, make_packing
from lockgate.tables.source import encoded_batches, open_source
from lockgate.tables.spill import Spill
from lockgate.terms.flow_request import SourceReference

TEXTS = ["", "a", "ab", "é", "北京", None]


@given(st.lists(st.integers(1, 5_000), min_size=1, max_size=12), st.data())
def test_packed_codes_are_unpacked_as_they_were(counts: list[int], data: st.DataObject) -> None:
    rows = data.draw(st.lists(st.tuples(*(st.integers(0, count - 1) for count in counts)), max_size=20))
    packing = make_packing(counts)
    codes = [pa.array([row[place] for row in rows], pa.int32()).to_numpy() for place in range(len(counts))]
    words = packing.pack(codes, len(rows))
    assert [code.tolist() for code in packing.unpack(words)] == [code.tolist() for code in codes]
    assert packing.holds(counts)
    assert not packing.holds([2 * count + 1 for count in counts])


def test_a_text_has_one_code_however_it_is_encoded() -> None:
    codes = TextCodes()
    plain = pa.array(["b", None, "a", "b"])
    twice = pa.DictionaryArray.from_arrays(pa.array([0, 2, 1, None]), pa.array(["a", None, "a"]))
    assert codes.codes_of(plain).tolist() == [0, 2, 1, 0]
    assert codes.codes_of(plain.dictionary_encode()).tolist() == [0, 2, 1, 0]
    assert codes.codes_of(twice).tolist() == [1, 1, 2, 2]
    ranks, texts = codes.ranked()
    assert (ranks.tolist(), texts.to_pylist()) == ([1, 0, 2], ["a", "b"])


@pytest.mark.parametrize("limit", [4, 40, 4_000])
@pytest.mark.parametrize("most", [3, 1 << 17])
def test_a_spill_of_encoded_text_equals_one_of_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: int, most: int
) -> None:
    monkeypatch.setattr(coded_rows, "_MOST_TEXTS", most)
    tables = [
        pa.table(
            {
                "t": pa.array(TEXTS[: 1 + number % 6] * 2, pa.string()),
                "u": pa.array([f"text {number % 9}"] * (2 + number % 6 * 2)),
                "n": pa.array([number % 3] * (2 + number % 6 * 2), pa.uint64()),
                "w": pa.array([number] * (2 + number % 6 * 2), pa.int64()),
            }
        )
        for number in range(36)
    ]
    plain = pa.concat_tables(tables).group_by(["t", "u", "n"]).aggregate([("w", "sum")])
    expected = plain.sort_by([(name, "ascending") for name in ("t", "u", "n")]).to_pydict()
    for encoded in (False, True):
        with Spill(tmp_path, ["t", "u", "n"], ["w"], limit, encoded=encoded) as spill:
            for number, table in enumerate(tables):
                coded = table
                for place in (0, 1) if number % 2 else ():
                    coded = coded.set_column(place, table.column_names[place], table[place].dictionary_encode())
                spill.add(coded)
            found = spill.table()
        assert found.to_pydict() == {"t": expected["t"], "u": expected["u"], "n": expected["n"], "w": expected["w_sum"]}
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("limit", [50, 4_000])
@pytest.mark.parametrize("texts", [100, 126, 127, 300])
def test_a_spill_is_drained_once_in_order_or_not(tmp_path: Path, limit: int, texts: int) -> None:
    cells = [None, *(f"{number:03}" for number in range(texts))] * 2
    table = pa.table({"t": pa.array(cells, pa.string()), "n": pa.array(range(len(cells))), "w": [1] * len(cells)})
    drained = []
    for in_order in (True, False):
        with Spill(tmp_path, ["t", "n"], ["w"], limit, encoded=True) as spill:
            spill.add(table)
            drained.append(spill.drain(in_order=in_order))
            assert not list(tmp_path.iterdir())
            with pytest.raises(ValueError, match="at least one table"):
                spill.drain()
    expected = table.sort_by([("t", "ascending"), ("n", "ascending")]).to_pylist()
    assert drained[0].to_pylist() == expected
    assert sorted(drained[1].to_pylist(), key=lambda row: (row["t"] is None, row["t"] or "", row["n"])) == expected
    # an index is as short as it may be
    assert drained[0].schema.field("t").type.index_type == (pa.int8() if texts < 126 else pa.int16())


def test_a_source_gives_the_same_text_encoded_or_not(tmp_path: Path) -> None:
    rows = 70_000
    table = pa.table(
        {
            "few": pa.array(["x", "y", None, "z"] * (rows // 4)),
            "own": [f"person {number}" for number in range(rows)],
            "n": range(rows),
        }
    )
    parquet.write_table(table, tmp_path / "t.parquet", row_group_size=50_000)
    source = open_source(SourceReference(str(tmp_path / "t.parquet")))
    encoded = pa.Table.from_batches(list(encoded_batches(source)))
    assert pa.types.is_dictionary(encoded.schema.field("few").type)
    assert pa.types.is_string(encoded.schema.field("own").type)
    assert encoded.cast(source.schema).to_pydict() == table.to_pydict()
    (tmp_path / "t.csv").write_text("few,own\n" + "".join(f"{'xyz'[number % 3]},{number}\n" for number in range(9_000)))
    lines = open_source(SourceReference(str(tmp_path / "t.csv")))
    encoded = pa.Table.from_batches(list(encoded_batches(lines)))
    assert pa.types.is_dictionary(encoded.schema.field("few").type)
    assert encoded.cast(lines.schema).equals(pa.Table.from_batches(list(lines.batches())))


def test_a_file_that_changed_is_found_encoded_too(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    parquet.write_table(pa.table({"a": ["x", "y"] * 50}), path)
    source = open_source(SourceReference(str(path)))
    parquet.write_table(pa.table({"a": ["x", "y"] * 500}), path)
    with pytest.raises(Exception, match="changed meanwhile"):
        list(encoded_batches(source))
