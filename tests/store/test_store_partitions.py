"""Partitions of earlier releases: whole or not there, whatever the disk does, and never read damaged."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from faulty_disk import Fault, FaultyDisk, Killed
from lockgate.store.partitions import KeptRelease, LinkKind, Partitions
from lockgate.terms.errors import EvidenceError, LockgateError

ABOUT = KeptRelease(
    release="a1",
    statement_hash="0" * 64,
    log_size=0,
    dataset="shop",
    recipient="Acme",
    group="",
    is_public=False,
    made_at="2026-11-21T09:30:00Z",
    kind=LinkKind.PERSON,
    k=2,
    quasi_identifiers=("age", "sex"),
    entries=3,
)
ENTRIES = pa.table(
    {
        "link": pa.array([3, 9, 2**64 - 1], pa.uint64()),
        "class": pa.array([0, 1, -1], pa.int32()),
        "weight": pa.array([1, 1, 1], pa.int32()),
    }
)
CLASSES = pa.table({"age": ["[20,29]", None], "sex": ["*", "f"]})


def test_a_partition_is_read_as_it_was_kept(tmp_path: Path):
    partitions = Partitions(tmp_path)
    partitions.keep(ABOUT, ENTRIES, CLASSES)
    assert partitions.list_all() == (ABOUT,)
    assert partitions.entries("a1").equals(ENTRIES)
    assert partitions.classes("a1").equals(CLASSES)


def test_the_oldest_comes_first(tmp_path: Path):
    partitions = Partitions(tmp_path)
    for release, made_at in (("b", "2026-11-22T00:00:00Z"), ("c", "2026-11-20T00:00:00Z")):
        partitions.keep(replace(ABOUT, release=release, made_at=made_at), ENTRIES, CLASSES)
    assert [item.release for item in partitions.list_all()] == ["c", "b"]


@pytest.mark.parametrize("fault", list(Fault), ids=lambda fault: fault.value)
def test_a_partition_is_whole_or_not_there_wherever_writing_ends(fault: Fault, tmp_path: Path):
    counted = FaultyDisk()
    (tmp_path / "counted").mkdir()
    with counted.active():
        Partitions(tmp_path / "counted").keep(ABOUT, ENTRIES, CLASSES)
    found = set()
    for at in range(1, len(counted.seen) + 1):
        folder = tmp_path / str(at)
        folder.mkdir()
        with FaultyDisk(at, fault).active(), suppress(Killed, LockgateError, KeyboardInterrupt):
            Partitions(folder).keep(ABOUT, ENTRIES, CLASSES)
        partitions = Partitions(folder)
        partitions.remove_torn()
        kept = partitions.list_all()
        found.add(len(kept))
        if kept:
            assert partitions.entries("a1").equals(ENTRIES)
            assert partitions.classes("a1").equals(CLASSES)
        else:
            assert list(folder.iterdir()) == []
    assert 0 in found


@pytest.mark.parametrize("suffix", [".entries.parquet", ".classes.parquet", ".json"])
@pytest.mark.parametrize("way", ["changed", "cut", "gone"])
def test_a_damaged_partition_is_an_error_and_never_an_empty_one(suffix: str, way: str, tmp_path: Path):
    partitions = Partitions(tmp_path)
    partitions.keep(ABOUT, ENTRIES, CLASSES)
    path = tmp_path / f"a1{suffix}"
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2] if way == "cut" else data[:-1] + bytes([data[-1] ^ 1]))
    if way == "gone":
        path.unlink()
    with pytest.raises(EvidenceError, match="damaged"):
        [partitions.list_all(), partitions.entries("a1"), partitions.classes("a1")]


def test_removing_takes_every_file(tmp_path: Path):
    partitions = Partitions(tmp_path)
    partitions.keep(ABOUT, ENTRIES, CLASSES)
    partitions.remove("a1")
    partitions.remove("a1")
    assert list(tmp_path.iterdir()) == []


def test_an_id_that_is_no_release_is_not_taken_for_a_path(tmp_path: Path):
    with pytest.raises(ValueError, match="release id"):
        Partitions(tmp_path).keep(replace(ABOUT, release="../x"), ENTRIES, CLASSES)


def test_a_partition_holds_little_for_each_person(tmp_path: Path):
    count = 100_000
    links = pa.array([(7919 * at * 2**40 + at) % 2**64 for at in range(count)], pa.uint64())
    ones = pa.array([1] * count, pa.int32())
    Partitions(tmp_path).keep(ABOUT, pa.table({"link": links, "class": ones, "weight": ones}), CLASSES)
    assert (tmp_path / "a1.entries.parquet").stat().st_size < 17 * count


def test_a_partition_in_pieces_is_read_as_one_and_counted(tmp_path: Path):
    partitions = Partitions(tmp_path)
    partitions.keep(replace(ABOUT, entries=0), iter([ENTRIES.slice(0, 1), ENTRIES.slice(1)]), CLASSES)
    assert partitions.list_all() == (ABOUT,)
    assert partitions.entries("a1").equals(ENTRIES)
    assert partitions.faults("a1") == {}
