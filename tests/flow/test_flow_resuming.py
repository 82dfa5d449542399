"""A release killed in its scan goes on with what is finished; copies of sources are used again if nothing changed."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import csv, parquet
from test_flow_sharing import HELD, IN_ONE_PIECE, ROWS, killed_at, many, released

from lockgate.flow import sharing
from lockgate.flow.resuming import scan_folder
from lockgate.flow.sharing import Sharing
from lockgate.tables import snapshot
from lockgate.tables.copy_folders import copies_in
from lockgate.tables.engine_local import LocalEngine
from lockgate.tables.fragments import FRAGMENT_ROWS
from lockgate.tables.row_ranges import find_ranges
from lockgate.tables.snapshot import Origin, SnapshotSource, take_snapshot
from small_flows import do_not_wait_for_the_disk, fix_keys, node_at, release_at

__all__ = ["many"]

SCANNED = "job-scan-*/*.part"


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    do_not_wait_for_the_disk(monkeypatch)


@pytest.fixture
def missing(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[int]]]:
    """The jobs that are made, and which of their fragments are missing."""
    made: list[tuple[str, list[int]]] = []
    find = sharing.unfinished

    def note(folder: Path, numbers: Sequence[int]) -> list[int]:
        made.append((folder.name, find(folder, numbers)))
        return made[-1][1]

    monkeypatch.setattr(sharing, "unfinished", note)
    return made


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / ".lockgate" / "work").iterdir())


@pytest.mark.slow
def test_a_release_killed_in_its_scan_skips_what_is_scanned_and_gives_the_same_bytes(
    tmp_path: Path,
    many: Path,
    missing: list[tuple[str, list[int]]],
) -> None:
    whole = released(tmp_path / "whole", many, {}, LocalEngine(1), IN_ONE_PIECE)
    folder = tmp_path / "killed"
    parts = killed_at("scanning every row", SCANNED, folder, {**HELD, "data.source": str(many)})
    work = folder / ".lockgate" / "work"
    assert {path.stat().st_mode & 0o777 for path in [work, *work.glob("job-*")]} == {0o700}

    found = released(folder, many, {}, LocalEngine(1), FRAGMENT_ROWS, resumes=True)

    name, scanned = missing[0]
    assert name.startswith("job-scan-")
    assert len(scanned) == 3 - parts
    assert found == whole
    assert found[2] == []


@pytest.mark.slow
def test_parts_of_the_scan_of_another_file_are_not_used(
    tmp_path: Path,
    many: Path,
    missing: list[tuple[str, list[int]]],
) -> None:
    ours = tmp_path / "many.parquet"
    ours.write_bytes(many.read_bytes())
    folder = tmp_path / "killed"
    killed_at("scanning every row", SCANNED, folder, {**HELD, "data.source": str(ours)})
    os.utime(ours)
    released(folder, ours, {}, LocalEngine(1), FRAGMENT_ROWS, resumes=True)
    assert missing[0][1] == [0, 1, 2]
    assert left_in(folder) == []


@pytest.mark.slow
@pytest.mark.parametrize("changes", [False, True], ids=["unchanged", "changed"])
def test_a_copy_of_csv_is_used_again_if_the_file_is_unchanged(
    tmp_path: Path,
    many: Path,
    missing: list[tuple[str, list[int]]],
    monkeypatch: pytest.MonkeyPatch,
    *,
    changes: bool,
) -> None:
    file = tmp_path / "many.csv"
    csv.write_csv(parquet.read_table(many), file)
    folder = tmp_path / "killed"
    flow = {**HELD, "data.source": str(file)}
    parts = killed_at("scanning every row", SCANNED, folder, flow, copied=1)
    if changes:
        os.utime(file)
    copied: list[Path] = []
    write = snapshot._taken
    monkeypatch.setattr(snapshot, "_taken", lambda path, origin: copied.append(path) or write(path, origin))

    node = replace(
        node_at(fix_keys(folder / ".lockgate")), sharing=Sharing(LocalEngine(1), FRAGMENT_ROWS, 1, resumes=True)
    )
    release_at(folder, flow, node=node)

    assert len(copied) == int(changes)
    assert len(missing[0][1]) == (3 if changes else 3 - parts)
    assert left_in(folder) == []
    (tmp_path / "whole").mkdir()
    whole = replace(node_at(fix_keys(tmp_path / "whole" / ".lockgate")), sharing=Sharing(LocalEngine(1), IN_ONE_PIECE))
    release_at(tmp_path / "whole", flow, node=whole)
    assert (folder / "out/data/many.csv").read_bytes() == (tmp_path / "whole/out/data/many.csv").read_bytes()


@pytest.mark.slow
def test_what_a_release_killed_in_its_scan_left_is_swept_by_one_that_does_not_resume(
    tmp_path: Path,
    many: Path,
) -> None:
    file = tmp_path / "many.csv"
    csv.write_csv(parquet.read_table(many), file)
    folder = tmp_path / "killed"
    killed_at("scanning every row", SCANNED, folder, {**HELD, "data.source": str(file)}, copied=1)
    assert any(name == "job-copies" for name in left_in(folder))
    assert released(folder, many, {}, LocalEngine(1), FRAGMENT_ROWS)[2] == []


def taken(key: str, first: int) -> SnapshotSource:
    """Return a copy of a table of a server, of which nothing proves that it is unchanged."""
    numbers = pa.table({"number": pa.array(range(first, first + ROWS))})

    def read(_: pa.Schema) -> Iterator[pa.RecordBatch]:
        yield from numbers.to_batches(FRAGMENT_ROWS)

    return take_snapshot((key,), Origin("table", "postgresql", numbers.schema, read))


def test_a_table_of_a_server_is_read_anew_and_known_again_by_its_rows(tmp_path: Path) -> None:
    node = node_at(tmp_path / "home")
    own, kept = tmp_path / "own", tmp_path / "kept"
    own.mkdir()
    names = []
    with copies_in(own, kept):
        for key, first in (("a", 0), ("b", 0), ("c", 1)):
            source = taken(key, first)
            ranges = find_ranges(source, FRAGMENT_ROWS)
            assert ranges is not None
            assert source.file.path.is_relative_to(own)
            names.append(scan_folder(node, source, ranges).name)
    assert names[0] == names[1] != names[2]
    assert not kept.exists()
