"""Appending, broken off at every change of the file system: killed, refused, torn, or unsynced when the power went."""

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import pytest

from faulty_disk import Fault, FaultyDisk, Killed
from lockgate.evidence.disk import FileDisk
from lockgate.evidence.log import Log
from lockgate.evidence.merkle import TreeHead, leaf_hash, tree_hash
from lockgate.terms.errors import LockgateError
from power_cut import PowerCuts
from small_flows import do_not_wait_for_the_disk

ORIGIN, SEED = "lockgate.local/test", bytes(range(32))
SIZES = ((0, 1, 3), (254, 257, 258))
"""Leaves before and after each append: a first one, and one over the end of a bundle."""

PROGRAM = Path(__file__).parents[1] / "killed_at_every_change.py"


def _entries(start: int, end: int) -> list[bytes]:
    return [b"%d" % number for number in range(start, end)]


def _heads(sizes: tuple[int, ...]) -> dict[int, TreeHead]:
    leaves = [leaf_hash(entry) for entry in _entries(0, sizes[-1] + 2)]
    return {size: TreeHead(size, tree_hash(leaves[:size])) for size in (0, *sizes, sizes[-1] + 1)}


def _grow(folder: Path, sizes: tuple[int, ...], acknowledged: list[int]) -> None:
    log = Log.open(folder, ORIGIN, SEED)
    acknowledged.append(log.size)
    for start, end in pairwise(sizes):
        if log.size < end:
            assert log.append(_entries(start, end)) == start
            acknowledged.append(end)


def _assert_goes_on(folder: Path, acknowledged: int, heads: dict[int, TreeHead], told: str) -> int:
    """Hold a log to its promises by the normal path; return how many leaves it was found to have."""
    log = Log.open(folder, ORIGIN, SEED, high_water=heads[acknowledged])
    found, last = log.size, max(heads)
    assert found >= acknowledged, told
    assert log.head == heads[found], told
    log.append(_entries(found, last))
    again = Log.open(folder, ORIGIN, SEED, high_water=heads[found])
    assert again.head == heads[last], told
    newest = range(max(0, last - 6), last)
    assert [again.entry(index) for index in newest] == _entries(newest.start, last), told
    return found


def _found(folder: Path, before: int) -> Path:
    """Return a log of so many leaves, made in one append."""
    folder.mkdir()
    if before:
        Log.open(folder / "log", ORIGIN, SEED).append(_entries(0, before))
    return folder / "log"


@pytest.mark.parametrize("fault", list(Fault), ids=lambda fault: fault.value)
@pytest.mark.parametrize("sizes", SIZES)
def test_no_leaf_is_lost_however_any_change_of_an_append_ends(
    sizes: tuple[int, ...], fault: Fault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    do_not_wait_for_the_disk(monkeypatch)
    heads, at, is_over = _heads(sizes), 0, False
    found = set()
    while not is_over:
        at += 1
        folder = _found(tmp_path / f"at-{at}", sizes[0])
        disk, acknowledged = FaultyDisk(at, fault, within=folder), [0]
        with disk.active(), suppress(Killed, LockgateError, KeyboardInterrupt):
            _grow(folder, sizes, acknowledged)
        is_over = len(disk.seen) < at
        told = f"{fault.value}, change {at}: {disk.seen[-1]}"
        found.add(_assert_goes_on(folder, max(acknowledged), heads, told))
    assert found == {*sizes}
    assert at > 30


ORDERS: dict[str, Callable[[list[Path]], list[Path]]] = {
    "as written": list,
    "backwards": lambda paths: paths[::-1],
    "folders first": lambda paths: sorted(paths, key=lambda path: (path.is_file(), path)),
    "checkpoint first": lambda paths: sorted(paths, key=lambda path: path.name != "checkpoint.new"),
}
"""What several fsyncs that run at once may end as; the trees of a power cut toss for the rest."""


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("sizes", SIZES)
def test_no_acknowledged_leaf_is_lost_wherever_the_power_is_cut(
    sizes: tuple[int, ...], order: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    do_not_wait_for_the_disk(monkeypatch)

    def sync_all(disk: FileDisk, paths: list[Path]) -> None:
        for path in ORDERS[order](paths):
            disk.sync(path)

    monkeypatch.setattr(FileDisk, "sync_all", sync_all)
    heads, root, acknowledged, found = _heads(sizes), tmp_path / "disk", [0], set()
    log = _found(root, sizes[0])
    watch = PowerCuts(root, lambda: max(acknowledged))
    with watch.watching():
        _grow(log, sizes, acknowledged)
    for cut in watch.cuts:
        cut.put(root)
        found.add(_assert_goes_on(log, cut.promised, heads, cut.told))
    assert found == {*sizes}
    assert len(watch.cuts) > 25


@pytest.mark.slow
@pytest.mark.parametrize("fault", [Fault.KILLED_BEFORE, Fault.KILLED_AFTER, Fault.TORN_AND_KILLED])
@pytest.mark.parametrize("sizes", SIZES)
def test_no_acknowledged_leaf_is_lost_at_whichever_change_the_process_is_really_killed(
    sizes: tuple[int, ...], fault: Fault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """A process of its own for every change, ended by SIGKILL there."""
    if sizes[0]:
        _found(tmp_path / "start", sizes[0])
    do_not_wait_for_the_disk(monkeypatch)
    told = subprocess.run(
        [sys.executable, str(PROGRAM), "append", fault.name, str(tmp_path), json.dumps(sizes)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    killed, found, heads = 0, set(), _heads(sizes)
    for line in told.stdout.splitlines():
        case = json.loads(line)
        killed += case["signal"] == 9
        found.add(_assert_goes_on(Path(case["folder"]) / "log", case["promised"], heads, f"{fault.value}, {case}"))
    assert found == {*sizes}
    assert killed > (30 if fault is not Fault.TORN_AND_KILLED else 5)
