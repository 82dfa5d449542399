"""Publishing, broken off at every change of the file system: the next run finishes it or gives it up."""

import json
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from faulty_disk import Fault, FaultyDisk, Killed
from lockgate.evidence.canonical import canonical_bytes
from lockgate.evidence.disk import FileDisk
from lockgate.evidence.dossier import statement_hash
from lockgate.evidence.entry import entry_of, has_said
from lockgate.flow import log_fsck, recovery
from lockgate.flow import release as releasing
from lockgate.flow.checking import CheckMeans, check_release
from lockgate.flow.home_check import Finding
from lockgate.flow.log_fsck import examine
from lockgate.flow.node import Node
from lockgate.flow.recovery import STATEMENT, open_log, recover, sweep
from lockgate.flow.revealing import Demand
from lockgate.flow.revoking import revoke, settle_revocations
from lockgate.laws.catalogue import load_laws
from lockgate.store.home import Home
from lockgate.store.releases import Releases, ReleaseState
from lockgate.terms.errors import InputError, LockgateError
from small_flows import NOW, do_not_wait_for_the_disk, fix_keys, fixed_bytes, node_at, release_at


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    do_not_wait_for_the_disk(monkeypatch)


@dataclass(frozen=True)
class Prepared:
    """A release just before it is published, kept so that it can be put back.

    Attributes:
        place: Folder with the home and the staged folder.
        kept: A copy of it.
        release: Its id.
        hash: Of its statement.
    """

    place: Path
    kept: Path
    release: str
    hash: str

    @property
    def home(self) -> Path:
        return self.place / ".lockgate"

    @property
    def target(self) -> Path:
        return self.place / "out"

    @property
    def staged(self) -> Path:
        return self.place / f".out.lockgate-{self.release}"

    def put_back(self) -> None:
        shutil.rmtree(self.place)
        shutil.copytree(self.kept, self.place)

    def node(self) -> Node:
        return node_at(self.home)

    def publish(self) -> None:
        node = self.node()
        with node.home.lock():
            releasing._publish(node, Releases(node.home.releases), (self.release, self.staged, self.target, self.hash))


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    place = tmp_path_factory.mktemp("prepared")
    disk = FaultyDisk()

    def killed(*_: object) -> None:
        disk.is_dead = True
        raise Killed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(releasing, "_publish", killed)
        fix_keys(place / ".lockgate")
        with disk.active(), suppress(Killed):
            release_at(place, node=node_at(place / ".lockgate"))
    (staged,) = place.glob(".out.lockgate-*")
    kept = tmp_path_factory.mktemp("kept") / "prepared"
    shutil.copytree(place, kept)
    hash_ = statement_hash((staged / STATEMENT).read_bytes())
    return Prepared(place, kept, staged.name.rpartition("-")[2], hash_)


@pytest.fixture
def at_rest(prepared: Prepared) -> Prepared:
    prepared.put_back()
    return prepared


def next_run(home: Path) -> None:
    """What every release does first."""
    opened = Home.open(home)
    with opened.lock():
        journal = Releases(opened.releases)
        recover(opened, open_log(opened), journal)
        sweep(opened, journal)


def leaves_of(home: Path, hash_: str) -> list[str]:
    log = open_log(Home.open(home))
    entries = [json.loads(log.entry(index)) for index in range(log.size)]
    return [entry["kind"] for entry in entries if entry["statement"] == hash_]


def assert_settled(prepared: Prepared, told: str) -> bool:
    """Hold the state after a next run to what the house promises; return whether the release came out."""
    home = prepared.home
    assert not list(prepared.place.glob(".out*")), told
    assert not list((home / "work").iterdir()), told
    running = Releases(home / "releases").find(prepared.release)
    leaves = leaves_of(home, prepared.hash)
    if prepared.target.exists():
        assert running is not None, told
        assert running.state is ReleaseState.RELEASED, told
        assert leaves == ["release", "released"], told
        _assert_whole(prepared, told)
        return True
    assert running is None or running.state is ReleaseState.ABANDONED, told
    assert leaves in ([], ["abandoned"], ["release", "abandoned"]), told
    return False


def _assert_whole(prepared: Prepared, told: str) -> None:
    files, kept = _files(prepared.target), _files(prepared.kept / prepared.staged.name)
    proof = files.pop("proof", b"")
    assert files == kept, told
    if proof not in _PROVED:  # each proof is checked once; what it proves is the same
        steps = check_release(prepared.target, CheckMeans(load_laws(), None, prepared.home))
        assert [step.step for step in steps if not step.ok] == [], told
        _PROVED.add(proof)


_PROVED: set[bytes] = set()


def _files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@contextmanager
def ending_badly() -> Iterator[None]:
    with suppress(Killed, LockgateError, OSError, KeyboardInterrupt):
        yield


def _changes_of_publishing(prepared: Prepared) -> int:
    prepared.put_back()
    disk = FaultyDisk()
    with disk.active():
        prepared.publish()
    return len(disk.seen)


@pytest.mark.slow
@pytest.mark.parametrize("fault", list(Fault), ids=lambda fault: fault.value)
def test_publishing_that_ends_badly_anywhere_is_finished_or_given_up_by_the_next_run(fault: Fault, prepared: Prepared):
    outcomes = set()
    for at in range(1, _changes_of_publishing(prepared) + 1):
        prepared.put_back()
        disk = FaultyDisk(at, fault)
        with disk.active(), ending_badly():
            prepared.publish()
        told = f"{fault.value}, change {at}: {disk.seen[at - 1]}"
        if prepared.target.exists():  # never a folder without its leaf, even before the next run
            assert "release" in leaves_of(prepared.home, prepared.hash), told
            assert (prepared.target / "proof").exists(), told
        next_run(prepared.home)
        outcomes.add(assert_settled(prepared, told))
        next_run(prepared.home)
        assert_settled(prepared, f"{told}, and once more")
    assert outcomes == {True, False}


@pytest.mark.parametrize(
    "fault", [Fault.FAILED, Fault.FAILED_BUT_PERSISTED, Fault.STOPPED], ids=lambda fault: fault.value
)
def test_publishing_that_fails_once_leaves_nothing_half_done_even_before_the_next_run(fault: Fault, prepared: Prepared):
    for at in range(1, _changes_of_publishing(prepared) + 1):
        prepared.put_back()
        disk = FaultyDisk(at, fault)
        is_published = False
        with disk.active(), ending_badly():
            prepared.publish()
            is_published = True
        told = f"{fault.value}, change {at}: {disk.seen[at - 1]}"
        assert prepared.target.exists() is is_published, told
        # before the journal knows of it, the folder is removed by `staged_folder`, which is not under test here
        assert not prepared.staged.exists() or Releases(prepared.home / "releases").find(prepared.release) is None, told


@pytest.mark.slow
@pytest.mark.parametrize("broken_at", [6, 14, 22, 30])
def test_recovery_that_is_killed_anywhere_is_taken_up_by_the_next_one(broken_at: int, prepared: Prepared):
    at = 0
    while True:
        at += 1
        prepared.put_back()
        with FaultyDisk(broken_at, Fault.KILLED_AFTER).active(), ending_badly():
            prepared.publish()
        disk = FaultyDisk(at, Fault.KILLED_AFTER)
        with disk.active(), ending_badly():
            next_run(prepared.home)
        next_run(prepared.home)
        assert_settled(prepared, f"killed at {broken_at}, then after {disk.seen[-1]}")
        if not disk.is_dead:
            break
    assert at > 5


def test_a_write_cut_in_half_never_becomes_a_release_or_a_broken_home(prepared: Prepared):
    count = 0
    while True:
        prepared.put_back()
        count += 1
        writes = iter(range(1, count + 1))

        def torn(self: FileDisk, path: Path, data: bytes, writes: Iterator[int] = writes, last: int = count) -> None:
            number = next(writes, last + 1)
            path.write_bytes(data[: len(data) // 2] if number == last else data)
            path.chmod(0o600)
            if number == last:
                raise Killed

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(FileDisk, "write", torn)
            patch.setattr(recovery, "_write_synced", lambda path, data: torn(FileDisk(), path, data))
            try:
                prepared.publish()
                break
            except Killed:
                pass
        next_run(prepared.home)
        assert_settled(prepared, f"write {count} was torn")
    assert count > 8


def test_a_target_that_somebody_else_made_meanwhile_is_left_alone_and_the_release_given_up(at_rest: Prepared):
    at_rest.target.mkdir()
    (at_rest.target / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="exists already"):
        at_rest.publish()
    assert not at_rest.staged.exists()
    assert [file.name for file in at_rest.target.iterdir()] == ["mine.txt"]
    assert leaves_of(at_rest.home, at_rest.hash) == ["release", "abandoned"]


def test_a_target_made_between_a_crash_and_the_next_run_is_left_alone(at_rest: Prepared):
    disk = FaultyDisk()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recovery, "_rename_whole", lambda *_: (_ for _ in ()).throw(Killed))
        with disk.active(), suppress(Killed):
            at_rest.publish()
    at_rest.target.mkdir()
    (at_rest.target / "mine.txt").write_text("mine")
    next_run(at_rest.home)
    assert [file.name for file in at_rest.target.iterdir()] == ["mine.txt"]
    assert leaves_of(at_rest.home, at_rest.hash) == ["release", "abandoned"]
    assert not at_rest.staged.exists()


def test_a_staged_folder_that_was_touched_after_its_leaf_is_given_up(at_rest: Prepared):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recovery, "_rename_whole", lambda *_: (_ for _ in ()).throw(Killed))
        with suppress(Killed):
            at_rest.publish()
    (at_rest.staged / STATEMENT).write_bytes(b"{}")
    next_run(at_rest.home)
    assert not assert_settled(at_rest, "touched")
    assert leaves_of(at_rest.home, at_rest.hash) == ["release", "abandoned"]


def test_a_finished_release_is_not_looked_at_again(at_rest: Prepared):
    at_rest.publish()
    shutil.rmtree(at_rest.target)
    next_run(at_rest.home)
    assert leaves_of(at_rest.home, at_rest.hash) == ["release", "released"]


def put_back_journal(home: Path, release: str, state: str, **changes: object) -> None:
    """Bring the journal of a release to an earlier state, as a copy from a backup would."""
    path = home / "releases" / f"{release}.json"
    known = json.loads(path.read_bytes())
    path.write_bytes(canonical_bytes({**known, "state": state, **changes}))


def journal_faults(home: Path) -> list[Finding]:
    """Return what `fsck` finds wrong with the journal; this release was prepared without its partition."""
    return [fault for fault in examine(Home.open(home)).faults if fault.part != "partitions"]


@pytest.mark.parametrize(("state", "changes"), [("recorded", {}), ("prepared", {"leaf": None})])
@pytest.mark.parametrize("is_taken_away", [False, True])
def test_a_journal_that_was_put_back_is_found_and_goes_on_from_the_log(
    state: str, changes: dict[str, object], is_taken_away: bool, at_rest: Prepared, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(log_fsck, "_PAUSE_S", 0.0)
    at_rest.publish()
    if is_taken_away:
        at_rest.target.rename(at_rest.place / "handed-over")
    before = Releases(at_rest.home / "releases").find(at_rest.release)
    put_back_journal(at_rest.home, at_rest.release, state, **changes)
    (fault,) = journal_faults(at_rest.home)
    assert fault.part == "journal"
    assert f"the journal notes `{state}`, and the log has the leaf `released`" in fault.problem
    next_run(at_rest.home)
    assert leaves_of(at_rest.home, at_rest.hash) == ["release", "released"]
    assert Releases(at_rest.home / "releases").find(at_rest.release) == before
    assert journal_faults(at_rest.home) == []


def test_a_journal_put_back_with_other_numbers_still_goes_on_from_the_log(at_rest: Prepared):
    at_rest.publish()
    at_rest.target.rename(at_rest.place / "handed-over")
    put_back_journal(at_rest.home, at_rest.release, "prepared", leaf=None, log_size=2)
    next_run(at_rest.home)
    assert leaves_of(at_rest.home, at_rest.hash) == ["release", "released"]


def test_a_revocation_that_the_journal_has_forgotten_is_found(at_rest: Prepared, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(log_fsck, "_PAUSE_S", 0.0)
    at_rest.publish()
    home = Home.open(at_rest.home)
    revoke(home, at_rest.release, Demand("A. Officer", "case 2026-77", 1000, NOW), fixed_bytes("5"))
    put_back_journal(at_rest.home, at_rest.release, "released")
    (fault,) = journal_faults(home.path)
    assert "the log has the leaf `revoked`" in fault.problem
    assert fault.leaf == 2
    put_back_journal(at_rest.home, at_rest.release, "recorded")
    assert journal_faults(home.path)
    with home.lock():
        journal = Releases(home.releases)
        recover(home, open_log(home), journal)
        settle_revocations(home, open_log(home), journal)
    assert journal_faults(home.path) == []
    assert leaves_of(at_rest.home, at_rest.hash) == ["release", "released", "revoked"]


def test_a_release_that_the_journal_calls_given_up_although_it_went_out_is_found(at_rest: Prepared):
    at_rest.publish()
    put_back_journal(at_rest.home, at_rest.release, "abandoned")
    assert [fault.part for fault in journal_faults(at_rest.home)] == ["journal"]


@pytest.mark.parametrize(("umask", "published"), [(0o022, 0o755), (0o077, 0o700), (0o007, 0o770)])
def test_the_staged_folder_is_closed_until_it_is_published(
    umask: int, published: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    seen, publish = [], releasing._publish

    def look(node: Node, journal: Releases, prepared: tuple[str, Path, Path, str], *more: Any) -> Any:
        seen.append(stat.S_IMODE(prepared[1].stat().st_mode))
        return publish(node, journal, prepared, *more)

    monkeypatch.setattr(releasing, "_publish", look)
    before = os.umask(umask)
    try:
        made = release_at(tmp_path)
    finally:
        os.umask(before)
    assert seen == [0o700]
    assert stat.S_IMODE(made.out.stat().st_mode) == published


@pytest.mark.parametrize("note", ["", "/", ".", "out", "precious", "{place}/precious", "{place}"])
def test_a_damaged_note_of_a_staged_folder_removes_nothing(
    note: str, at_rest: Prepared, monkeypatch: pytest.MonkeyPatch
):
    precious = at_rest.place / "precious"
    precious.mkdir()
    monkeypatch.chdir(precious)
    (precious / "mine.txt").write_text("mine")
    (at_rest.home / "work" / "0123456789ab.staged").write_text(note.format(place=at_rest.place))
    next_run(at_rest.home)
    assert (precious / "mine.txt").exists()


def test_leaves_of_a_settled_release_are_those_of_its_statement(at_rest: Prepared):
    at_rest.publish()
    log = open_log(Home.open(at_rest.home))
    assert has_said(log.entry(0), entry_of(at_rest.hash, "release"))
