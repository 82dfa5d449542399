from collections.abc import Callable
from pathlib import Path

import pytest

from lockgate.evidence.disk import FileDisk
from lockgate.store.releases import Releases, ReleaseState
from lockgate.terms.errors import EvidenceError, LockgateError

HASH = "ab" * 32


@pytest.fixture
def journal(tmp_path: Path) -> Releases:
    return Releases(tmp_path)


def test_a_release_is_unfinished_until_it_is_released_or_abandoned(journal: Releases, tmp_path: Path):
    one = journal.prepare("r-1", tmp_path / "staged", tmp_path / "out", HASH, 4)
    two = journal.prepare("r-2", Path("staged"), Path("out"), HASH, 4)
    assert journal.list_unfinished() == (one, two)
    assert two.target.is_absolute()
    one = journal.record(one, 4)
    assert (one.state, one.leaf, one.log_size, one.statement_hash) == (ReleaseState.RECORDED, 4, 4, HASH)
    assert Releases(tmp_path).list_unfinished() == (one, two)
    one, two = journal.finish(one), journal.abandon(two)
    assert journal.list_unfinished() == ()
    assert journal.list_all() == (one, two)
    assert journal.find("r-1") == one
    assert journal.find("r-3") is None


def test_states_come_in_their_order_and_may_be_noted_twice(journal: Releases):
    one = journal.prepare("r-1", Path("s"), Path("t"), HASH, 0)
    with pytest.raises(EvidenceError, match="cannot note `released`"):
        journal.finish(one)
    recorded = journal.record(one, 0)
    assert journal.record(one, 0) == recorded
    with pytest.raises(EvidenceError, match="cannot note `recorded`"):
        journal.record(one, 1)
    released = journal.finish(recorded)
    assert journal.finish(recorded) == released
    with pytest.raises(EvidenceError, match="cannot note `abandoned`"):
        journal.abandon(recorded)


def test_an_id_is_used_once_and_cannot_leave_the_folder(journal: Releases):
    journal.prepare("r-1", Path("s"), Path("t"), HASH, 0)
    with pytest.raises(EvidenceError, match="already"):
        journal.prepare("r-1", Path("s"), Path("t"), HASH, 0)
    for name in ("", ".", "../x", "a/b", "x" * 65):
        with pytest.raises(ValueError, match="release id"):
            journal.prepare(name, Path("s"), Path("t"), HASH, 0)


def test_a_release_that_was_never_prepared_cannot_go_on(journal: Releases, tmp_path: Path):
    one = journal.prepare("r-1", Path("s"), Path("t"), HASH, 0)
    (tmp_path / "r-1.json").unlink()
    with pytest.raises(EvidenceError, match="no release `r-1`"):
        journal.record(one, 0)


@pytest.mark.parametrize("data", [b"", b"{}", b'{"release":"r-1","state":"gone"}'])
def test_a_damaged_journal_is_an_evidence_error(journal: Releases, tmp_path: Path, data: bytes):
    (tmp_path / "r-1.json").write_bytes(data)
    with pytest.raises(EvidenceError, match="damaged"):
        journal.list_unfinished()


class Faulty(FileDisk):
    def __init__(self, at: int, *, persists: bool) -> None:
        self.count, self.at, self.persists = 0, at, persists

    def _act(self, write: Callable[[], None]) -> None:
        self.count += 1
        if self.count != self.at or self.persists:
            write()
        if self.count == self.at:
            raise OSError(28, "No space left on device")

    def write(self, path: Path, data: bytes) -> None:
        self._act(lambda: FileDisk.write(self, path, data))

    def sync(self, path: Path) -> None:
        self._act(lambda: FileDisk.sync(self, path))

    def rename(self, source: Path, target: Path) -> None:
        self._act(lambda: FileDisk.rename(self, source, target))


@pytest.mark.parametrize("persists", [False, True])
@pytest.mark.parametrize("at", [1, 2, 3, 4])
def test_a_failed_write_leaves_the_old_state_or_the_new_one(tmp_path: Path, at: int, persists: bool):
    journal = Releases(tmp_path)
    one = journal.prepare("r-1", Path("s"), Path("t"), HASH, 0)
    with pytest.raises(LockgateError, match="No space left on device"):
        Releases(tmp_path, disk=Faulty(at, persists=persists)).record(one, 0)
    found = journal.list_unfinished()
    assert len(found) == 1
    assert found[0].state == (ReleaseState.RECORDED if at == 4 or (at == 3 and persists) else ReleaseState.PREPARED)
    assert journal.record(one, 0).leaf == 0
