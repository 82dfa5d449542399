"""Small files that would become very long: a limit is met, a clear error comes, or they are read in little memory."""

import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import ipc, parquet

from lockgate.tables.source import open_source
from lockgate.terms.errors import InputError
from lockgate.terms.flow_request import SourceReference

READ = """
import sys
from lockgate.tables.source import open_source
from lockgate.terms.flow_request import SourceReference
rows = sum(batch.num_rows for batch in open_source(SourceReference(sys.argv[1], sys.argv[2])).batches())
status = open("/proc/self/status").read()
print(rows, int(status.partition("VmHWM:")[2].split()[0]) >> 10)
"""

READ_IN_LITTLE = """
import os, resource, sys
os.environ["ARROW_DEFAULT_MEMORY_POOL"] = "system"  # takes nothing in advance
from lockgate.tables.source import open_source
from lockgate.terms.flow_request import SourceReference
source = open_source(SourceReference(sys.argv[1]))
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + (32 << 20), used + (32 << 20)))
list(source.batches())
"""


def rows_in_two_gigabytes(path: Path, table: str = "") -> int:
    """Return the rows read in a process of its own that held no more at any time; unpacked they take more than six."""
    done = subprocess.run([sys.executable, "-c", READ, str(path), table], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2_000:]
    rows, mebibytes = map(int, done.stdout.split())
    assert mebibytes < 2 << 10
    return rows


@pytest.mark.slow
def test_one_long_text_that_many_rows_share_is_read_a_few_rows_at_a_time(tmp_path: Path) -> None:
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * 6_500, pa.int32()), pa.array(["x" * (1 << 20)]))
    parquet.write_table(pa.table({"t": texts}), tmp_path / "a.parquet", compression="zstd", store_schema=False)
    assert (tmp_path / "a.parquet").stat().st_size < 100_000
    assert rows_in_two_gigabytes(tmp_path / "a.parquet") == 6_500


@pytest.mark.slow
def test_a_long_text_beside_a_long_list_is_repeated_a_few_rows_at_a_time(tmp_path: Path) -> None:
    rows = pa.table({"t": ["x" * (1 << 20)], "l": [list(range(6_500))]})
    parquet.write_table(rows, tmp_path / "a.parquet", compression="zstd")
    assert rows_in_two_gigabytes(tmp_path / "a.parquet", "l[]") == 6_500


@pytest.mark.slow
def test_a_packed_batch_of_arrow_that_says_it_becomes_too_long_is_refused(tmp_path: Path) -> None:
    table = pa.table({"n": pa.array([0] * 200_000_000, pa.int8())})
    for name, make in (("a.arrow", ipc.new_file), ("a.arrows", ipc.new_stream)):
        path = tmp_path / name
        with make(path, table.schema, options=ipc.IpcWriteOptions(compression="zstd")) as writer:
            writer.write_batch(table.to_batches()[0])
        content = path.read_bytes()
        assert len(content) < 100_000
        path.write_bytes(content.replace((200_000_000).to_bytes(8, "little"), (1 << 40).to_bytes(8, "little")))
        with pytest.raises(InputError, match=r"becomes longer than 1 GiB|no readable Arrow"):
            list(open_source(SourceReference(str(path))).batches())


def test_memory_that_is_refused_is_told_as_that(tmp_path: Path) -> None:
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * 512, pa.int32()), pa.array(["x" * (1 << 20)]))
    parquet.write_table(pa.table({"t": texts}), tmp_path / "a.parquet", compression="zstd", store_schema=False)
    done = subprocess.run(
        [sys.executable, "-c", READ_IN_LITTLE, str(tmp_path / "a.parquet")], capture_output=True, text=True, check=False
    )
    assert "`a.parquet` asks for more memory than there is" in done.stderr, done.stderr[-2_000:]


def test_a_cell_longer_than_the_limit_is_refused_in_every_format_that_packs(tmp_path: Path) -> None:
    table = pa.table({"t": ["x" * (17 << 20)]})
    parquet.write_table(table, tmp_path / "a.parquet")
    with ipc.new_file(tmp_path / "a.arrow", table.schema) as writer:
        writer.write_table(table)
    for name in ("a.parquet", "a.arrow"):
        with pytest.raises(InputError, match="holds a cell longer than 16 MiB"):
            list(open_source(SourceReference(str(tmp_path / name))).batches())


def test_many_rows_of_a_short_dictionary_come_in_batches_as_long_as_ever(tmp_path: Path) -> None:
    names = [f"{number:030}" for number in range(20_000)]
    table = pa.table({"t": names * 8})
    parquet.write_table(table, tmp_path / "a.parquet")
    batches = list(open_source(SourceReference(str(tmp_path / "a.parquet"))).batches())
    assert max(batch.num_rows for batch in batches) > 60_000
    assert pa.Table.from_batches(batches)["t"].to_pylist() == names * 8
