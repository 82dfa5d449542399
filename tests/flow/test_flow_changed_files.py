"""Files that are cut off or replaced while a job reads them: told is that they changed, not that they are broken."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import csv, ipc, parquet

from lockgate.flow import statement
from lockgate.flow.scanning import ScanMeans, find_verdicts
from lockgate.flow.sharing import Sharing
from lockgate.laws.catalogue import load_laws
from lockgate.tables.engine_local import LocalEngine
from lockgate.tables.fragments import FRAGMENT_ROWS
from lockgate.tables.row_source import Source
from lockgate.tables.source import FileDescription, open_source
from lockgate.terms.errors import InputError
from lockgate.terms.flow_request import SourceReference
from small_flows import PASSENGERS, do_not_wait_for_the_disk, release_at

ROWS = 8 * FRAGMENT_ROWS
TOLD = r"`a\.\w+` to stay as it was when it was opened, found that it changed meanwhile"


def write(path: Path, rows: int = ROWS) -> None:
    table = pa.table({"place": pa.array(range(rows), pa.int64()), "height": pa.array([1_700_000] * rows, pa.int64())})
    match path.suffix:
        case ".parquet":
            parquet.write_table(table, path, row_group_size=FRAGMENT_ROWS, compression="none", use_dictionary=False)
        case ".arrow":
            with ipc.new_file(path, table.schema) as writer:
                writer.write_table(table, max_chunksize=FRAGMENT_ROWS)
        case ".jsonl":
            path.write_text("".join(f'{{"place": {number}, "height": 1700000}}\n' for number in range(rows)))
        case _:
            csv.write_csv(table, path)


def cut_off(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def empty(path: Path) -> None:
    os.truncate(path, 0)


def replace_it(path: Path) -> None:
    other = path.with_name(f"other{path.suffix}")
    write(other, 3 * FRAGMENT_ROWS)
    other.replace(path)


def write_over_it(path: Path) -> None:
    path.write_bytes(b"\0" * path.stat().st_size)


CHANGES = (cut_off, empty, replace_it, write_over_it)
FORMATS = ("parquet", "csv", "arrow", "jsonl")


def source_of(folder: Path, format_: str) -> tuple[Path, Source]:
    path = folder / f"a.{format_}"
    write(path)
    return path, open_source(SourceReference(str(path)))


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("format_", FORMATS)
def test_a_file_that_changes_between_two_passes_or_inside_one_is_told_as_that(
    tmp_path: Path, format_: str, change: Callable[[Path], None]
) -> None:
    path, source = source_of(tmp_path, format_)
    rows = iter(source.batches())
    assert next(rows).num_rows
    change(path)
    with pytest.raises(InputError, match=TOLD):
        list(rows)
    with pytest.raises(InputError, match=TOLD):
        list(source.batches(["height"]))


@dataclass
class ChangesOnce:
    """Progress that changes the file as soon as some rows are done."""

    change: Callable[[Path], None]
    path: Path
    done: list[int] = field(default_factory=list)

    def step(self, name: str) -> None:
        """Say nothing."""

    def rows(self, count: int) -> None:
        if count and not self.done:
            self.change(self.path)
        self.done += [count] if count else []


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("change", [cut_off, replace_it])
@pytest.mark.parametrize("format_", ["parquet", "csv", "arrow"])
def test_a_scan_tells_of_a_file_that_changes_under_it(
    tmp_path: Path, format_: str, change: Callable[[Path], None], workers: int
) -> None:
    path, source = source_of(tmp_path, format_)
    progress = ChangesOnce(change, path)
    engine = LocalEngine(workers)
    sharing = Sharing(engine, FRAGMENT_ROWS, copied_bytes=1)  # text is copied first, once
    means = ScanMeans(load_laws(), date(2026, 11, 22), bytes(32), tmp_path, progress, sharing=sharing)
    try:
        with pytest.raises(InputError, match=TOLD):
            find_verdicts(sharing.opened(source, progress), "", means)
    finally:
        engine.close()
    assert progress.done


def test_a_broken_file_that_stays_as_it_was_is_told_as_broken(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    write(path)
    content = bytearray(path.read_bytes())
    content[100:2_000_000] = bytes(len(content[100:2_000_000]))
    path.write_bytes(content)
    with pytest.raises(InputError, match="no readable Parquet file"):
        list(open_source(SourceReference(str(path))).batches())


def test_a_file_that_is_replaced_after_the_last_row_was_read_is_not_taken_for_the_one_that_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    do_not_wait_for_the_disk(monkeypatch)
    describe = statement.describe_files

    def replaced(reference: SourceReference) -> list[FileDescription]:
        other = tmp_path / "other.csv"
        other.write_bytes(PASSENGERS.read_bytes() + PASSENGERS.read_bytes().splitlines(keepends=True)[-1])
        other.replace(reference.location)
        return describe(reference)

    monkeypatch.setattr(statement, "describe_files", replaced)
    with pytest.raises(InputError, match=r"`passengers\.csv` to stay as it was when it was opened"):
        release_at(tmp_path, {"protect.suppression_limit": 0.9}, seed="1", out="out", flow="flow.toml")
    assert not (tmp_path / "out").exists()
