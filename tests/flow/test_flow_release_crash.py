"""A whole release, from a home that is not there yet to the last leaf, broken off at every change of the disk."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from faulty_disk import TORN, Fault, FaultyDisk, Killed
from lockgate.flow import release as releasing
from lockgate.flow.checking import CheckMeans, check_release
from lockgate.flow.deciding import Decided, decide_request
from lockgate.flow.earlier import settle_partitions
from lockgate.flow.recovery import open_log, recover, sweep
from lockgate.flow.revoking import settle_revocations
from lockgate.store.home import Home
from lockgate.store.partitions import Partitions
from lockgate.store.releases import Releases, ReleaseState
from lockgate.terms.errors import LockgateError
from power_cut import PowerCuts
from small_flows import ONE_COUNTRY, PASSENGERS, do_not_wait_for_the_disk, few_passengers, node_at, one_law, release_at

ENDINGS = (Killed, LockgateError, OSError, KeyboardInterrupt)
KINDS = ([], ["release", "released"], ["release", "abandoned"], ["abandoned"])
CONDITIONAL = {**ONE_COUNTRY, "safeguards": None}
PROGRAM = Path(__file__).parents[1] / "killed_at_every_change.py"
EVERY_SO_MANY = 17
"""In the fast suite; the slow one takes every change."""


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    do_not_wait_for_the_disk(monkeypatch)


@pytest.fixture
def decided_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Scanning and deciding change nothing on the disk: they are done once and remembered."""
    remembered: list[Decided] = []

    def decide(*given: object) -> Decided:
        if not remembered:
            remembered.append(decide_request(*given))
        return remembered[0]

    monkeypatch.setattr(releasing, "decide_request", decide)


def _folder(parent: Path, name: str) -> Path:
    """Return an empty folder with a link to a table that lies outside of it, so that nothing done to it alters that."""
    folder, given = parent / name, parent / "given"
    if not given.exists():
        given.mkdir()
        few_passengers(given)
    folder.mkdir()
    (folder / PASSENGERS.name).symlink_to(given / PASSENGERS.name)
    return folder


def _run(folder: Path, changes: Mapping[str, Any] = ONE_COUNTRY, seed: str = "1", out: str = "out") -> None:
    release_at(folder, changes, node=replace(node_at(folder / ".lockgate", seed), laws=one_law()), out=out)


def _changes(parent: Path) -> list[str]:
    folder = _folder(parent, "counted")
    disk = FaultyDisk(within=folder)
    with disk.active():
        _run(folder)
    return disk.seen


def next_run(path: Path) -> None:
    """What every release does first."""
    home = Home.open(path)
    with home.lock():
        journal = Releases(home.releases)
        recover(home, open_log(home), journal)
        settle_revocations(home, open_log(home), journal)
        settle_partitions(Partitions(home.partitions), open_log(home), journal)
        sweep(home, journal)


def _leaves(home: Path) -> list[str]:
    log = open_log(Home.open(home))
    return [json.loads(log.entry(index))["kind"] for index in range(log.size)]


def _assert_settled(folder: Path, told: str) -> bool:
    home = folder / ".lockgate"
    kinds = _leaves(home)
    assert kinds[-2:] == ["release", "released"], told  # those of the next run
    assert kinds[:-2] in KINDS, told
    assert (folder / "out").exists() is (kinds[:-2] == ["release", "released"]), told
    assert not list(folder.glob(".*.lockgate-*")), told
    assert not list((home / "work").iterdir()), told
    for out in ("next", *(["out"] if (folder / "out").exists() else [])):
        steps = check_release(folder / out / "statement.json", CheckMeans(one_law(), None, home))
        assert [step.step for step in steps if not step.ok] == [], told
    assert_every_release_has_its_partition(home, told)
    return (folder / "out").exists()


def assert_every_release_has_its_partition(home: Path, told: str) -> None:
    partitions = Partitions(home / "partitions")
    kept = {item.release for item in partitions.list_all()}
    states = {running.release: running.state for running in Releases(home / "releases").list_all()}
    released = {release for release, state in states.items() if state is ReleaseState.RELEASED}
    assert released <= kept <= set(states), told
    for release in kept:
        assert partitions.entries(release).num_rows, told


def _try_all(parent: Path, fault: Fault, step: int) -> Iterator[bool]:
    changes = _changes(parent)
    places = [at for at, change in enumerate(changes, 1) if fault not in TORN or change.startswith("write")]
    for number, at in enumerate(places[::step], list(Fault).index(fault)):
        folder = _folder(parent, f"at {at}")
        disk = FaultyDisk(at, fault, within=folder)
        with disk.active(), suppress(*ENDINGS):
            _run(folder)
        yield _go_on_after(folder, number, f"{fault.value}, change {at}: {disk.seen[at - 1]}")


@pytest.mark.usefixtures("decided_once")
@pytest.mark.parametrize("fault", [Fault.KILLED_BEFORE, Fault.FAILED, Fault.FULL], ids=lambda fault: fault.value)
def test_a_release_that_ends_badly_comes_out_whole_or_not_at_all(fault: Fault, tmp_path: Path):
    assert set(_try_all(tmp_path, fault, EVERY_SO_MANY)) == {True, False}


@pytest.mark.slow
@pytest.mark.usefixtures("decided_once")
@pytest.mark.parametrize("fault", list(Fault), ids=lambda fault: fault.value)
def test_a_release_that_ends_badly_anywhere_comes_out_whole_or_not_at_all(fault: Fault, tmp_path: Path):
    assert set(_try_all(tmp_path, fault, 1)) == {True, False}


@pytest.mark.usefixtures("decided_once")
def test_a_disk_that_is_full_before_the_leaf_is_written_is_told_of_and_nothing_is_left(tmp_path: Path):
    changes = _changes(tmp_path)
    founded, recorded, _ = (
        at for at, change in enumerate(changes, 1) if change.startswith("replace") and "log/checkpoint" in change
    )
    for at in range(founded + 1, recorded, 5):
        folder = _folder(tmp_path, f"full at {at}")
        with FaultyDisk(at, Fault.FULL, folder).active(), pytest.raises((LockgateError, OSError)) as caught:
            _run(folder)
        told = f"full at {at}: {caught.value}"
        assert "space" in str(caught.value).lower(), told
        assert sorted(item.name for item in folder.iterdir()) == [".lockgate", "flow.toml", "passengers.csv"], told


@pytest.mark.usefixtures("decided_once")
def test_a_refusal_that_is_broken_off_leaves_no_release_and_does_not_stop_the_next_run(tmp_path: Path):
    at, is_broken = 0, True
    while is_broken:
        at += 3
        folder = _folder(tmp_path, f"at {at}")
        disk = FaultyDisk(at, Fault.KILLED_AFTER, folder)
        with disk.active(), suppress(*ENDINGS):
            _run(folder, CONDITIONAL)
        is_broken = disk.is_dead
        with pytest.raises(LockgateError, match="safeguards-of-pseudonymised-data"):
            _run(folder, CONDITIONAL, seed="2", out="next")
        assert set(_leaves(folder / ".lockgate")) == {"refusal"}
        assert not list((folder / ".lockgate" / "work").iterdir())
        assert not (folder / "out").exists()
        for refusal in (folder / ".lockgate" / "refusals").iterdir():
            assert (refusal / "statement.json").stat().st_size > 0
    assert at > 30


PROVED: set[tuple[bytes, ...]] = set()
"""Dossiers that were checked: the same bytes are not checked again."""


def _go_on_after(folder: Path, number: int, told: str) -> bool:
    """Hold a folder to the promises, then to those that hold after a next run, or what every run does first."""
    home = folder / ".lockgate"
    if (folder / "out").exists():  # never a copy without its leaf, even before the next run
        assert "release" in _leaves(home), told
    if number % EVERY_SO_MANY == 0:
        _run(folder, seed="2", out="next")
        return _assert_settled(folder, told)
    next_run(home)
    kinds = _leaves(home)
    assert kinds in KINDS, told
    assert (folder / "out").exists() is (kinds == ["release", "released"]), told
    assert not list(folder.glob(".*.lockgate-*")), told
    assert not list((home / "work").iterdir()), told
    if kinds == ["release", "released"]:
        _assert_holds(folder / "out", home, told)
    assert_every_release_has_its_partition(home, told)
    return (folder / "out").exists()


def _assert_holds(out: Path, home: Path, told: str) -> None:
    files = [path for folder in (out, home / "log", home / "keys") for path in sorted(folder.rglob("*"))]
    identity = tuple(path.read_bytes() for path in files if path.is_file())
    if identity not in PROVED:
        steps = check_release(out / "statement.json", CheckMeans(one_law(), None, home))
        assert [step.step for step in steps if not step.ok] == [], told
        data = check_release(out, CheckMeans(one_law(), None, home))
        assert [step.step for step in data if not step.ok] == [], told
        PROVED.add(identity)


@pytest.mark.slow
@pytest.mark.usefixtures("decided_once")
def test_a_release_comes_out_whole_or_not_at_all_wherever_the_power_is_cut(tmp_path: Path):
    folder, returned = _folder(tmp_path, "disk"), [0]
    watch = PowerCuts(folder, lambda: returned[-1])
    with watch.watching():
        _run(folder)
        returned.append(1)
    came_out = {True: 0, False: 0}
    for number, cut in enumerate(watch.cuts):
        cut.put(folder)
        came_out[_go_on_after(folder, number, cut.told)] += 1
        assert not cut.promised or (folder / "out").exists(), cut.told
    assert min(came_out.values()) > 10, came_out


@pytest.mark.slow
@pytest.mark.usefixtures("decided_once")
@pytest.mark.parametrize("fault", [Fault.KILLED_BEFORE, Fault.KILLED_AFTER, Fault.TORN_AND_KILLED])
def test_a_release_comes_out_whole_or_not_at_all_wherever_its_process_is_really_killed(fault: Fault, tmp_path: Path):
    """A process of its own for every change, ended by SIGKILL there."""
    told = subprocess.run(
        [sys.executable, str(PROGRAM), "release", fault.name, str(tmp_path), "1"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    killed, came_out = 0, set()
    for number, line in enumerate(told.stdout.splitlines()):
        case = json.loads(line)
        killed += case["signal"] == signal.SIGKILL
        came_out.add(_go_on_after(Path(case["folder"]), number, f"{fault.value}, {case}"))
        assert not case["promised"] or (Path(case["folder"]) / "out").exists(), case
    assert came_out == {True, False}
    assert killed > (100 if fault is not Fault.TORN_AND_KILLED else 20)
