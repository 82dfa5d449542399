"""The footer of a Parquet file, read without the library: the same facts, and no file that ends the process."""

import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from lockgate.tables.parquet_footer import Chunk, read_chunks
from lockgate.tables.thrift_compact import BrokenFooterError

ROWS = 50
READ = """
import sys
from pathlib import Path
from lockgate.tables.parquet_file import open_parquet
from lockgate.terms.errors import InputError
try:
    source = open_parquet("t", (Path(sys.argv[1]),))
    print(sum(batch.num_rows for batch in source.encoded_batches()))
except InputError as error:
    print(error)
"""


def table(rows: int) -> pa.Table:
    return pa.table(
        {
            "n": range(rows),
            "name": [None if n % 7 == 0 else f"person {n % 5}" for n in range(rows)],
            "tags": [["a", "b"] * (n % 3) for n in range(rows)],
            "in": [{"x": n / 2, "y": {"z": str(n)}} for n in range(rows)],
            "about": [[("k", n)] for n in range(rows)],
        },
        schema=pa.schema(
            [
                ("n", pa.int64()),
                ("name", pa.string()),
                ("tags", pa.list_(pa.string())),
                ("in", pa.struct([("x", pa.float64()), ("y", pa.struct([("z", pa.string())]))])),
                ("about", pa.map_(pa.string(), pa.int64())),
            ]
        ),
    )


@given(
    rows=st.integers(0, 40),
    group=st.integers(1, 20),
    coded=st.booleans(),
    version=st.sampled_from(["1.0", "2.6"]),
    statistics=st.booleans(),
)
def test_the_chunks_are_those_that_the_library_finds(
    tmp_path_factory: pytest.TempPathFactory, rows: int, group: int, *, coded: bool, version: str, statistics: bool
) -> None:
    path = tmp_path_factory.mktemp("p") / "t.parquet"
    parquet.write_table(
        table(rows),
        path,
        row_group_size=group,
        use_dictionary=coded,
        version=version,  # type: ignore[arg-type] # one of the two
        write_statistics=statistics,
        write_page_index=statistics,
    )
    metadata = parquet.read_metadata(path)
    groups = [metadata.row_group(place) for place in range(metadata.num_row_groups)]
    known = [[one.column(number) for number in range(one.num_columns)] for one in groups]
    with path.open("rb") as file:
        found = list(read_chunks(file))
    assert found == [
        [Chunk(chunk.dictionary_page_offset, chunk.total_uncompressed_size) for chunk in chunks] for chunks in known
    ]


def test_a_histogram_of_a_wrong_size_is_refused_and_ends_no_process(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    parquet.write_table(pa.table({"name": ["x" * (n % 3) for n in range(ROWS)]}), path)
    read = [sys.executable, "-c", READ, str(path)]
    assert subprocess.run(read, capture_output=True, text=True, check=True).stdout == f"{ROWS}\n"
    good = path.read_bytes()
    length = int.from_bytes(good[-8:-4], "little")
    footer = good[-8 - length : -8]
    histogram = bytes([0x26, 0, 2 * ROWS])  # two numbers: no nulls, fifty texts
    assert footer.count(histogram) == 1
    longer = footer.replace(histogram, bytes([0x36, 0, 0, 2 * ROWS]))
    path.write_bytes(good[: -8 - length] + longer + len(longer).to_bytes(4, "little") + b"PAR1")
    done = subprocess.run(read, capture_output=True, text=True, check=True)
    assert done.stdout == "`t.parquet` is no readable Parquet file\n"


@given(st.binary(max_size=200))
def test_bytes_that_are_no_footer_end_in_an_error_at_once(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.mktemp("p") / "t.parquet"
    path.write_bytes(content + len(content).to_bytes(4, "little") + b"PAR1")
    try:
        with path.open("rb") as file:
            for chunks in read_chunks(file):
                assert len(chunks) <= len(content)
    except BrokenFooterError:
        pass


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PAR1",
        b"\xff\xff\xff\x7fPAR1",
        bytes([0x1C]) * 9_000 + (9_000).to_bytes(4, "little") + b"PAR1",  # structs within structs
        bytes([0x49, 0xFC, *[0xFF] * 8, 0x01]) + (11).to_bytes(4, "little") + b"PAR1",  # row groups without end
        bytes([0x18, *[0xFF] * 200]) + (201).to_bytes(4, "little") + b"PAR1",  # a length without end
    ],
)
def test_a_footer_without_end_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "t.parquet"
    path.write_bytes(content)
    with path.open("rb") as file, pytest.raises(BrokenFooterError):
        list(read_chunks(file))
