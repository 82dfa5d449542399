"""Every file of a home taken away, emptied, changed: `fsck` finds it, or the documents say that nobody can."""

import fnmatch
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lockgate.evidence.checkpoint import sign_checkpoint
from lockgate.evidence.log_reading import LogReader
from lockgate.evidence.merkle import TreeHead
from lockgate.evidence.sealing import Cover
from lockgate.flow import log_fsck
from lockgate.flow.checking import open_log_at_hand
from lockgate.flow.cosigning import open_reader
from lockgate.flow.log_fsck import examine, remember
from lockgate.flow.recovery import open_log
from lockgate.flow.revealing import Demand, reveal
from lockgate.flow.revoking import revoke
from lockgate.flow.sealing import Wish, delete_sealed, open_sealed, review_sealed, seal
from lockgate.store.cosigned import Cosigned
from lockgate.store.home import Home
from lockgate.store.sealed import seat_of
from lockgate.store.vault import Vault
from lockgate.terms.errors import EvidenceError, InputError, ReleaseRefused
from small_flows import DAY, NOW, REFUSED, do_not_wait_for_the_disk, fixed_bytes, node_at, release_at

DEMAND = Demand("A. Officer", "case 2026-77", 1000, NOW)
SEAT, SEAT_KEY = seat_of("court", bytes([7] * 32)), bytes([7] * 32)
STATISTICS: dict[str, Any] = {
    "protect": {
        "statistics": {
            "by": ["Sex"],
            "keys": {"Sex": ["female", "male"]},
            "epsilon": 2.0,
            "max_rows_per_person": 1,
            "max_groups_per_person": 1,
            "budget": {"epsilon": 5.0},
            "ask": [{"statistic": "count"}],
        }
    }
}

NOT_HELD = ("vault/*", "refusals/*/report.html", "cosigned/*")
"""What may change in a home, or go, and nobody can tell, but for the exceptions below; `docs/evidence.md` says so."""

HELD = ("cosigned/[0-9]*",)
MAY_GO = ("log/tile/*.p/*", "cosigned/*", "fingerprints/*")
"""What may be deleted all the same: tiles of smaller trees, and what witnesses or the keys give again."""


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A home with a release, a revoked one, statistics, a refusal, a reversal, sealed records, cosignatures."""
    folder = tmp_path_factory.mktemp("full")
    with pytest.MonkeyPatch.context() as patch:
        do_not_wait_for_the_disk(patch)
        patch.setattr(log_fsck, "_PAUSE_S", 0.0)
        released = release_at(folder)
        with pytest.raises(ReleaseRefused):
            release_at(folder, REFUSED, out="none", seed="2")
        other = release_at(folder, {"recipient.name": "Acme Busan"}, out="other", seed="3")
        release_at(folder, STATISTICS, out="counts", seed="4")
        home = Home.open(folder / ".lockgate")
        revoke(home, other.release, DEMAND, fixed_bytes("5"))
        tokens = Vault(home).assign("acme/name", ["Ann"], fixed_bytes("tokens"))
        reveal(home, tokens, DEMAND, fixed_bytes("6"))
        wish = Wish(Cover("police", "court-order", "KR", "2026-11", True, "1", "full"), DAY + timedelta(60), (SEAT,))
        names = [seal(home, text, wish, DAY, os.urandom)[0].commitment for text in (b"one", b"two", b"three")]
        open_sealed(home, names[0], [SEAT_KEY], DEMAND, os.urandom)
        review_sealed(home, names[0], DAY + timedelta(90), DEMAND, os.urandom)
        kept = home.path / f"sealed/{names[1]}.keys"
        shutil.copy(kept, folder / "kept.keys")
        delete_sealed(home, names[1], DEMAND, os.urandom)
        Cosigned(home.path / "cosigned").add(open_log(home).checkpoint(), [])
        assert released.release
        assert examine(home).faults == ()
        yield home


def _files(home: Home) -> list[Path]:
    return sorted(path for path in home.path.rglob("*") if path.is_file())


def _matches(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch.fnmatch(name, pattern) for pattern in patterns)


def _is_held(name: str, how: str) -> bool:
    if how == "gone" and _matches(name, MAY_GO):
        return False
    return _matches(name, HELD) or not _matches(name, NOT_HELD)


WAYS: dict[str, Callable[[bytes], bytes | None]] = {
    "gone": lambda _: None,
    "emptied": lambda _: b"",
    "changed": lambda data: data[: len(data) // 2] + bytes([data[len(data) // 2] ^ 1]) + data[len(data) // 2 + 1 :],
}


@pytest.mark.slow
@pytest.mark.parametrize("how", WAYS)
def test_every_file_of_a_home_is_held_by_another_or_documented_as_not_held(how: str, full: Home):
    unseen = []
    for path in _files(full):
        name, data = path.relative_to(full.path).as_posix(), path.read_bytes()
        if not data:  # locks
            continue
        _put(path, WAYS[how](data))
        try:
            found = examine(full)
        except EvidenceError:
            found = None
        _put(path, data)
        if found is not None and not found.faults:
            unseen.append(name)
    assert [name for name in unseen if _is_held(name, how)] == []
    assert examine(full).faults == ()


def _put(path: Path, data: bytes | None) -> None:
    if data is None:
        path.unlink()
        return
    path.touch(0o600)
    path.write_bytes(data)


@pytest.fixture
def home(full: Home, tmp_path: Path) -> Home:
    """A copy, to be broken."""
    shutil.copytree(full.path, tmp_path / "home")
    return Home.open(tmp_path / "home")


def _named(home: Home) -> dict[str, str]:
    return {fault.where: fault.problem for fault in examine(home).faults}


def test_a_sealed_file_that_was_changed_is_named_with_its_leaf(home: Home):
    box = next(path for path in sorted((home.path / "sealed").glob("*.box")) if path.with_suffix(".keys").exists())
    for path in (box, box.with_suffix(".keys")):
        path.write_bytes(path.read_bytes()[:-1] + b"?")
    found = [fault for fault in examine(home).faults if fault.part == "sealed"]
    assert [fault.where for fault in found] == [f"sealed/{box.name}", f"sealed/{box.stem}.keys"]
    assert {fault.leaf is not None for fault in found} == {True}


def test_keys_of_two_sealed_records_that_were_exchanged_are_both_named(home: Home):
    one, two = sorted((home.path / "sealed").glob("*.keys"))
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)
    two.write_bytes(first)
    assert {f"sealed/{one.name}", f"sealed/{two.name}"} == set(_named(home))


def test_a_key_that_was_brought_back_after_it_was_destroyed_is_found_and_erase_destroys_it(full: Home, home: Home):
    erased = next(path for path in (home.path / "sealed").glob("*.box") if not path.with_suffix(".keys").exists())
    shutil.copy(full.path.parent / "kept.keys", erased.with_suffix(".keys"))
    assert "destroyed" in _named(home)[f"sealed/{erased.stem}.keys"]
    with pytest.raises(InputError, match="was destroyed"):
        delete_sealed(home, erased.stem, DEMAND, os.urandom)
    assert examine(home).faults == ()


@pytest.mark.parametrize("name", ["revocations", "refusals", "reversals", "sealed", "sealed-demands", "budgets"])
def test_a_folder_of_records_that_is_gone_is_found(name: str, home: Home):
    shutil.rmtree(home.path / name)
    assert _named(home)


def test_a_home_whose_mark_is_gone_is_refused_by_all_who_read_and_write_until_it_remembers(home: Home):
    (home.path / "high-water.json").unlink()
    assert "high-water.json" in _named(home)
    for act in (lambda: open_log(home), lambda: open_reader(home), home.open_log):
        with pytest.raises(EvidenceError, match="may have been cut short"):
            act()
    with pytest.raises(EvidenceError, match="may have been cut short"):
        open_log_at_hand(home.path, home.verifier_key)
    ahead = sign_checkpoint(home.origin, TreeHead(999, bytes(32)), home.signing_key())
    with pytest.raises(EvidenceError, match="cut short"):
        remember(home, ahead)
    assert remember(home, (home.log / "checkpoint").read_text()).faults == ()
    assert open_log(home).size == open_reader(home).size
    with pytest.raises(InputError, match="has not lost its mark"):
        remember(home, "")


def test_a_home_that_lost_more_than_its_mark_is_not_taken_as_it_is(home: Home):
    (home.path / "high-water.json").unlink()
    shutil.rmtree(home.path / "revocations")
    with pytest.raises(EvidenceError, match="more is wrong"):
        remember(home, "")
    assert home.high_water() is None


def test_log_and_mark_of_one_old_copy_are_told_by_the_journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    do_not_wait_for_the_disk(monkeypatch)
    release_at(tmp_path)
    home = Home.open(tmp_path / ".lockgate")
    for name in ("log", "high-water.json"):
        (shutil.copytree if name == "log" else shutil.copy)(home.path / name, tmp_path / name)
    release_at(tmp_path, out="later", seed="2")
    shutil.rmtree(home.log)
    for name in ("log", "high-water.json"):
        (shutil.copytree if name == "log" else shutil.copy)(tmp_path / name, home.path / name)
    assert home.high_water() == _head(tmp_path / ".lockgate")
    assert "cut short" in _named(home)["releases"]
    for act in (lambda: open_log(home), lambda: open_reader(home)):
        with pytest.raises(EvidenceError, match="cut short: it holds 2 leaves, and the journal of releases knows of"):
            act()


def _head(home: Path) -> TreeHead:
    """Return the tree that the folder of a log holds, whatever the home remembers."""
    opened = Home.open(home)
    return LogReader.open(opened.log, opened.verifier_key).head


@pytest.mark.parametrize("name", ["log", "keys", "log/checkpoint", "keys/signing.key"])
def test_a_home_without_log_or_keys_is_broken_and_not_new(name: str, home: Home):
    path = home.path / name
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
    assert _named(Home.open(home.path))
    assert not (home.path / "keys" / "signing.key").exists() or name.startswith("log")
    with pytest.raises(EvidenceError):
        Home.open(home.path).open_log()
    assert not (home.path / "log" / "checkpoint").exists() or name.startswith("keys")


@pytest.mark.parametrize("name", ["persons", "pseudonym", "row-order", "places", "vault", "signing-ml-dsa"])
def test_a_key_that_is_gone_or_changed_is_named_and_fsck_makes_none(name: str, home: Home):
    path = home.keys / f"{name}.key"
    key = path.read_bytes()
    path.unlink()
    before = _files(home)
    assert "it is gone" in _named(home)[f"keys/{name}.key"]
    assert _files(home) == before
    _put(path, key[:-1] + bytes([key[-1] ^ 1]))
    assert "it is not the key" in _named(home)[f"keys/{name}.key"]
    _put(path, key)
    assert _named(home) == {}


def test_a_release_without_the_key_of_earlier_ones_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    do_not_wait_for_the_disk(monkeypatch)
    release_at(tmp_path)
    home = tmp_path / ".lockgate"
    for fingerprints in (True, False):
        (home / "keys" / "persons.key").unlink(missing_ok=True)
        if not fingerprints:
            shutil.rmtree(home / "fingerprints")
        with pytest.raises(EvidenceError, match="is gone"):
            release_at(tmp_path, out="again", node=node_at(home, "2"))
        assert not (tmp_path / "again").exists()
        assert not (home / "keys" / "persons.key").exists()


def test_files_that_are_none_of_a_home_are_named_and_its_own_are_not(home: Home):
    (home.path / "cosigned" / "policy").unlink(missing_ok=True)
    said = "cosigned/policy: it is not there; the lines of witnesses were not checked"
    assert [note for note in examine(home).notes if "nothing reads it" in note] == []
    assert said in examine(home).notes
    (home.path / "cosigned" / "policy").write_text("quorum none\n")
    added = ["keys/persons.key.old", "partitions/list.csv", "releases/notes.txt", "refusals/x/more/raw.csv", "dump.sql"]
    for name in added:
        (home.path / name).parent.mkdir(parents=True, exist_ok=True)
        (home.path / name).write_text("x")
    (home.path / "mine").mkdir()
    found = examine(home)
    named = [note.partition(":")[0] for note in found.notes if "nothing reads it" in note]
    assert named == sorted([*added, "mine"])
    assert said not in found.notes


def test_a_key_without_a_fingerprint_is_a_note(home: Home):
    (home.path / "fingerprints" / "places").unlink()
    found = examine(home)
    assert found.faults == ()
    assert any(note.startswith("fingerprints/places: there is none yet") for note in found.notes)
    assert not (home.path / "fingerprints" / "places").exists()


def test_a_second_key_in_the_place_of_a_lost_one_proves_nothing_of_the_lines_of_the_first(home: Home):
    shutil.rmtree(home.path / "fingerprints")
    (home.keys / "signing-ml-dsa.key").write_bytes(os.urandom(32))
    found = _named(home)
    assert any(where.startswith("cosigned/") for where in found)


def test_a_home_whose_log_and_mark_are_gone_founds_no_other_log(home: Home):
    shutil.rmtree(home.log)
    (home.path / "high-water.json").unlink()
    for act in (home.open_log, lambda: open_reader(home)):
        with pytest.raises(EvidenceError, match="gone"):
            act()
    assert _named(home)
    assert not home.log.exists()


def test_a_new_home_remembers_its_log_before_anything_hangs_on_it(tmp_path: Path):
    home = Home.open(tmp_path / "home")
    with pytest.raises(InputError, match="no log in this home yet"):
        examine(home)
    assert home.open_log().size == 0
    assert home.high_water() == home.open_log().head
    assert examine(home).faults == ()
