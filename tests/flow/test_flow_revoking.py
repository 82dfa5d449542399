"""A release taken back: by a leaf of its own, found by whoever has the log, whatever happens to the disk on the way."""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from shutil import copytree

import pytest

from faulty_disk import Fault, FaultyDisk, Killed
from lockgate.evidence.entry import read_revocation_entry, revocation_entry_of
from lockgate.evidence.release_state import Standing, find_standing
from lockgate.evidence.step import Step
from lockgate.flow.checking import CheckMeans, check_release
from lockgate.flow.recovery import open_log
from lockgate.flow.revealing import Demand
from lockgate.flow.revoking import Revoked, revoke
from lockgate.laws.catalogue import load_laws
from lockgate.store.home import Home
from lockgate.store.partitions import Partitions
from lockgate.store.releases import Releases, ReleaseState
from lockgate.terms.errors import EvidenceError, InputError, LockgateError
from small_flows import DAY, NOW, do_not_wait_for_the_disk, fixed_bytes, release_at

WHO = Demand("R. Fischer", "consent withdrawn, case 7", 1000, NOW)
ENDINGS = (Killed, LockgateError, OSError, KeyboardInterrupt)
EVERY_SO_MANY = 3


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    do_not_wait_for_the_disk(monkeypatch)


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("released")
    release_at(folder, {"until": date(2026, 12, 31)})
    return folder


@pytest.fixture
def place(released: Path, tmp_path: Path) -> Path:
    return _copied(released, tmp_path / "place")


def _copied(released: Path, to: Path) -> Path:
    copytree(released, to)
    return to


def _revoke(folder: Path, seed: str = "revocation") -> Revoked:
    return revoke(Home.open(folder / ".lockgate"), str(folder / "out"), WHO, fixed_bytes(seed))


def _state(folder: Path, today: date | None = DAY, *, has_log: bool = True) -> Step:
    means = CheckMeans(load_laws(), None, folder / ".lockgate" if has_log else None, today)
    steps = check_release(folder / "out", means)
    assert [step.step for step in steps if not step.ok and step.step != "state"] == []
    return steps[-1]


def _kinds(folder: Path) -> list[str]:
    log = open_log(Home.open(folder / ".lockgate"))
    return [json.loads(log.entry(index))["kind"] for index in range(log.size)]


def _journal_state(folder: Path) -> ReleaseState:
    (running,) = Releases(folder / ".lockgate" / "releases").list_all()
    return running.state


def test_a_revoked_release_is_found_by_whoever_has_the_log_and_nothing_of_it_is_rewritten(place: Path):
    before = {path: path.read_bytes() for path in (place / "out").rglob("*") if path.is_file()}
    assert _state(place) == Step("state", ok=True, detail="released, not revoked, until 2026-12-31")
    revoked = _revoke(place)
    assert revoked.is_new
    assert _kinds(place) == ["release", "released", "revoked"]
    assert revoked.leaf == 2
    assert not _state(place).ok
    assert _state(place).detail.startswith("revoked")
    assert before == {path: path.read_bytes() for path in (place / "out").rglob("*") if path.is_file()}
    assert _journal_state(place) is ReleaseState.REVOKED


def test_without_the_log_nobody_can_know_of_a_revocation_and_the_check_says_so(place: Path):
    _revoke(place)
    step = _state(place, has_log=False)
    assert step.ok
    assert "not known whether it was revoked" in step.detail


def test_revoking_again_changes_nothing_and_tells_of_the_first_time(place: Path):
    first = _revoke(place)
    again = revoke(Home.open(place / ".lockgate"), first.release, WHO, fixed_bytes("other"))
    assert (again.is_new, again.id, again.leaf) == (False, first.id, first.leaf)
    assert _kinds(place).count("revoked") == 1


def test_the_log_tells_neither_who_revoked_nor_why(place: Path):
    revoked = _revoke(place)
    log = open_log(Home.open(place / ".lockgate"))
    entry = log.entry(revoked.leaf)
    assert b"Fischer" not in entry
    assert b"case 7" not in entry
    record = (place / ".lockgate" / "revocations" / revoked.id / "statement.json").read_text(encoding="utf-8")
    assert json.loads(record)["why"] == "consent withdrawn, case 7"


def test_the_partition_of_a_revoked_release_still_binds_later_ones(place: Path):
    _revoke(place)
    assert len(Partitions(place / ".lockgate" / "partitions").list_all()) == 1
    later = release_at(place, {"title": "again"}, out="later", seed="2")
    names = [check.name for check in later.copy.verification.checks]
    assert "k-composed" in names
    assert later.copy.verification.ok


def test_a_permit_counts_on_its_last_day_and_not_on_the_next(place: Path):
    assert _state(place, date(2026, 12, 31)).ok
    expired = _state(place, date(2027, 1, 1))
    assert not expired.ok
    assert expired.detail == "expired: the permit ended on 2026-12-31"
    assert not _state(place, date(2027, 1, 1), has_log=False).ok
    assert _state(place, None).ok


def test_a_day_before_the_decision_is_no_end_of_a_permit(tmp_path: Path):
    with pytest.raises(InputError, match="lies before the day of the decision"):
        release_at(tmp_path, {"until": date(2026, 11, 20)})


def test_a_release_that_the_home_does_not_know_is_not_revoked(place: Path):
    home = Home.open(place / ".lockgate")
    with pytest.raises(InputError, match="no such release"):
        revoke(home, "abcdef", WHO, fixed_bytes("1"))
    statement = place / "out" / "statement.json"
    statement.write_bytes(statement.read_bytes().replace(b"Acme Korea", b"Acme Japan"))
    with pytest.raises(InputError, match="no such release"):
        revoke(home, str(place / "out"), WHO, fixed_bytes("1"))
    with pytest.raises(InputError, match="a name and a reason"):
        revoke(home, str(place / "out"), Demand(" ", "x", 1, NOW), fixed_bytes("1"))


def test_a_damaged_record_stops_rather_than_passes(place: Path):
    revoked = _revoke(place)
    record = place / ".lockgate" / "revocations" / revoked.id / "statement.json"
    record.write_bytes(record.read_bytes()[:-2])
    with pytest.raises(EvidenceError, match="damaged"):
        revoke(Home.open(place / ".lockgate"), revoked.release, WHO, fixed_bytes("2"))


def test_a_tombstone_of_another_release_revokes_nothing():
    one, other, record = "11" * 32, "22" * 32, "33" * 32
    entries = (revocation_entry_of(other, record),)
    assert find_standing(one, None, entries, DAY) is Standing.RECORDED
    assert find_standing(other, None, entries, DAY) is Standing.REVOKED
    assert read_revocation_entry(entries[0]) == (other, record)
    assert read_revocation_entry(entries[0] + b" ") is None


def _changes(released: Path, parent: Path) -> list[str]:
    disk = FaultyDisk()
    folder = _copied(released, parent / "counted")
    with disk.active():
        _revoke(folder)
    return disk.seen


def _try_all(released: Path, parent: Path, fault: Fault, places: range) -> Iterator[bool]:
    for at in places:
        folder = _copied(released, parent / f"at {at}")
        disk, done = FaultyDisk(at, fault), False
        with disk.active(), suppress(*ENDINGS):
            _revoke(folder)
            done = True
        told = f"{fault.value}, change {at}: {disk.seen[at - 1]}"
        was_logged = "revoked" in _kinds(folder)
        assert was_logged or not done, told  # never told of before it is in the log
        assert (_journal_state(folder) is not ReleaseState.REVOKED) or was_logged, told
        assert _state(folder).ok is not was_logged, told
        again = _revoke(folder, "again")
        assert again.is_new is not was_logged, told
        assert _kinds(folder) == ["release", "released", "revoked"], told
        assert _journal_state(folder) is ReleaseState.REVOKED, told
        kept = list((folder / ".lockgate" / "revocations").iterdir())
        assert [(item.name, (item / "proof").exists()) for item in kept] == [(again.id, True)], told
        assert not _state(folder).ok, told
        yield was_logged


@pytest.mark.slow
@pytest.mark.parametrize("fault", [Fault.KILLED_BEFORE, Fault.FAILED_BUT_PERSISTED], ids=lambda fault: fault.value)
def test_a_revocation_that_ends_badly_happened_or_did_not(fault: Fault, released: Path, tmp_path: Path):
    places = range(2, len(_changes(released, tmp_path)) + 1, EVERY_SO_MANY)
    assert set(_try_all(released, tmp_path, fault, places)) == {True, False}


@pytest.mark.slow
@pytest.mark.parametrize("fault", list(Fault), ids=lambda fault: fault.value)
def test_a_revocation_that_ends_badly_anywhere_happened_or_did_not(fault: Fault, released: Path, tmp_path: Path):
    places = range(1, len(_changes(released, tmp_path)) + 1)
    assert set(_try_all(released, tmp_path, fault, places)) == {True, False}
