"""Who was in which class is kept of what went out, and of nothing else, whatever ends a release or a recovery badly."""

import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from faulty_disk import Fault, FaultyDisk, Killed
from lockgate.flow import recovery
from lockgate.flow.release import Released
from lockgate.store.home import Home
from lockgate.store.partitions import Partitions
from lockgate.store.releases import Releases, ReleaseState
from lockgate.terms.errors import LockgateError
from small_flows import do_not_wait_for_the_disk, node_at, release_at

CHILD = """
import os, signal, sys
from pathlib import Path
import pytest
from small_flows import do_not_wait_for_the_disk, release_at

at, folder = int(sys.argv[1]), Path(sys.argv[2])
changes = 0

def counted(change):
    def wrapped(*given, **named):
        global changes
        changes += 1
        if changes == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return change(*given, **named)
    return wrapped

with pytest.MonkeyPatch.context() as patch:
    do_not_wait_for_the_disk(patch)
    for name in ("unlink", "rmdir", "replace", "rename", "mkdir"):
        patch.setattr(os, name, counted(getattr(os, name)))
    release_at(folder, seed="3", out="third", flow="third.toml")
print(changes)
"""
"""A release in a process of its own, which is killed by the system before a change of the disk."""


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    do_not_wait_for_the_disk(monkeypatch)


def released(folder: Path, number: int) -> Released:
    return release_at(folder, seed=str(number), out=f"out{number}", flow=f"flow{number}.toml")


def states(folder: Path) -> dict[str, ReleaseState]:
    journal = Releases(folder / ".lockgate" / "releases")
    return {running.release: running.state for running in journal.list_all()}


def kept(folder: Path) -> set[str]:
    return {path.name.partition(".")[0] for path in (folder / ".lockgate" / "partitions").iterdir()}


def gone_out(folder: Path) -> set[str]:
    return {release for release, state in states(folder).items() if state is ReleaseState.RELEASED}


@pytest.fixture
def taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with a release, and a second one that was killed before its folder got its name, which is taken since."""
    folder = tmp_path / "taken"
    folder.mkdir()
    released(folder, 1)

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch, suppress(Killed):
        patch.setattr(recovery, "_rename_whole", killed)
        released(folder, 2)
    assert len(kept(folder)) == 2
    (folder / "out2").mkdir()
    (folder / "out2" / "mine").touch()
    return folder


def run_child(at: int, folder: Path) -> subprocess.CompletedProcess[str]:
    paths = os.pathsep.join([str(Path(__file__).parents[1]), str(Path(__file__).parents[2] / "src")])
    return subprocess.run(
        [sys.executable, "-c", CHILD, str(at), str(folder)],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )


def assert_swept(folder: Path, told: object) -> None:
    assert kept(folder) == gone_out(folder), told
    for release in kept(folder):
        assert Partitions(folder / ".lockgate" / "partitions").entries(release).num_rows, told
    assert not list(folder.glob(".*.lockgate-*")), told


def test_the_partition_of_a_release_that_is_given_up_is_removed_by_recovery(taken: Path):
    node = node_at(taken / ".lockgate", "4")
    with node.home.lock():
        recovery.recover(node.home, recovery.open_log(node.home), Releases(node.home.releases))
    assert sorted(state.value for state in states(taken).values()) == ["abandoned", "released"]
    assert_swept(taken, "recovered")


@pytest.mark.slow
def test_a_recovery_that_is_killed_anywhere_loses_no_partition_that_binds_and_leaves_none_that_does_not(
    taken: Path, tmp_path: Path
):
    at, is_killed, seen = 0, True, set()
    while is_killed and at < 24:
        at += 1
        folder = tmp_path / f"killed at {at}"
        shutil.copytree(taken, folder, symlinks=True)
        for note in (folder / ".lockgate" / "releases").iterdir():  # what is staged is known by its whole path
            note.write_text(note.read_text().replace(str(taken), str(folder)))
        is_killed = run_child(at, folder).returncode == -signal.SIGKILL
        seen.add(frozenset(kept(folder)) >= gone_out(folder))
        if at % 2:  # what stood in the way is gone: a release that was not given up is finished
            shutil.rmtree(folder / "out2")
        released(folder, 4)
        assert_swept(folder, at)
        assert len(gone_out(folder)) >= 2
    assert seen == {True}
    assert at > 15


def test_a_release_whose_folder_was_taken_away_before_the_log_said_so_binds(tmp_path: Path):
    released(tmp_path, 1)
    with pytest.MonkeyPatch.context() as patch, suppress(Killed):
        real = recovery.append_leaf

        def killed(home: object, log: object, kind: str, hash_: str) -> int:
            if kind == "released":
                raise Killed
            return real(home, log, kind, hash_)

        patch.setattr(recovery, "append_leaf", killed)
        released(tmp_path, 2)
    (tmp_path / "out2").rename(tmp_path / "sent")
    third = released(tmp_path, 3)
    assert sorted(state.value for state in states(tmp_path).values()) == ["abandoned", "released", "released"]
    assert kept(tmp_path) == set(states(tmp_path)), "it may be out"
    check = next(check for check in third.copy.verification.checks if check.name == "k-composed")
    assert all(release in check.meaning for release in kept(tmp_path) - {third.release})


@pytest.mark.slow
def test_a_release_that_fails_on_a_full_disk_leaves_no_classes_behind(tmp_path: Path):
    for name in ("first", "counted"):  # what is done once in a process is not counted
        (tmp_path / name).mkdir()
        with FaultyDisk().active() as disk:
            released(tmp_path / name, 1)
    start = next(at for at, change in enumerate(disk.seen, 1) if "/partitions/" in change and "entries" in change)
    named = next(at for at, change in enumerate(disk.seen, 1) if change.startswith("rename"))
    failed = waiting = 0
    for at in range(start, named, 3):
        folder = tmp_path / str(at)
        folder.mkdir()
        with FaultyDisk(at, Fault.FULL).active(), suppress(LockgateError, OSError):
            released(folder, 1)
        if not (folder / "out1").exists():
            is_recorded = recovery.open_log(Home.open(folder / ".lockgate")).size > 0  # then it is finished later
            failed, waiting = failed + (not is_recorded), waiting + is_recorded
            assert len(kept(folder)) == is_recorded, disk.seen[at - 1]
            assert len(list(folder.glob(".*.lockgate-*"))) == is_recorded, disk.seen[at - 1]
        if at % 4 == 0:
            released(folder, 2)
            assert_swept(folder, disk.seen[at - 1])
    assert (failed > 8, waiting > 2) == (True, True)
