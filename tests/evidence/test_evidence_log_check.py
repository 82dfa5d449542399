"""Whatever byte of a log is changed, the check names its file, and the byte within what it names."""

import shutil
from pathlib import Path

import pytest

from lockgate.evidence.checkpoint import sign_checkpoint
from lockgate.evidence.cosignature import cosigner_key
from lockgate.evidence.log import Log
from lockgate.evidence.log_check import Checked, check_log
from lockgate.evidence.merkle import TreeHead
from lockgate.evidence.note import verifier_key
from lockgate.evidence.storage import FolderStorage
from lockgate.evidence.tiles import encode_bundle
from small_flows import do_not_wait_for_the_disk

ORIGIN, SEED, SECOND = "lockgate.local/test", bytes(range(32)), bytes([9] * 32)
KEY, OWN = verifier_key(ORIGIN, SEED), cosigner_key(ORIGIN, SECOND)
SIZES = (1, 3, 256, 257, 600)


def _entry(number: int) -> bytes:
    return b"entry %d" % number


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    made = {}
    with pytest.MonkeyPatch.context() as patch:
        do_not_wait_for_the_disk(patch)
        for size in SIZES:
            made[size] = tmp_path_factory.mktemp("logs") / str(size)
            log = Log.open(made[size], ORIGIN, SEED, cosigning_seed=SECOND)
            for start in range(0, size, 200):
                log.append([_entry(number) for number in range(start, min(size, start + 200))])
    return made


def _names(folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")) if path.is_file()]


def _check(folder: Path) -> Checked:
    return check_log(FolderStorage(folder), KEY, OWN, [name for name in _names(folder) if name != "checkpoint"])


def _changed(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


@pytest.fixture
def broken(tmp_path: Path, logs: dict[int, Path]) -> Path:
    shutil.copytree(logs[600], tmp_path / "log")
    return tmp_path / "log"


@pytest.mark.parametrize("size", SIZES)
def test_a_good_log_has_no_fault_and_all_its_files_were_looked_at(size: int, logs: dict[int, Path]):
    checked = _check(logs[size])
    assert checked.faults == ()
    assert checked.checkpoint is not None
    assert checked.checkpoint.head.size == size
    assert checked.files >= len(_names(logs[size]))


@pytest.mark.parametrize("size", SIZES)
def test_a_changed_byte_of_any_file_is_named_with_its_file(size: int, logs: dict[int, Path], tmp_path: Path):
    folder = tmp_path / "log"
    shutil.copytree(logs[size], folder)
    for name in _names(folder):
        data = (folder / name).read_bytes()
        for at in sorted({0, 1, 2, 31, 32, len(data) // 2, len(data) - 1} & set(range(len(data)))):
            (folder / name).write_bytes(_changed(data, at))
            faults = _check(folder).faults
            assert [fault.file for fault in faults[:1]] == [name], f"byte {at} of {name}"
            if name != "checkpoint" and faults[0].first is not None:
                last = faults[0].last if faults[0].last is not None else faults[0].first
                assert faults[0].first <= at <= last or ".p/" in name or "entries" in name
        (folder / name).write_bytes(data)
    assert _check(folder).faults == ()


@pytest.mark.slow
def test_every_byte_of_a_log_of_three_leaves_is_watched(logs: dict[int, Path], tmp_path: Path):
    folder = tmp_path / "log"
    shutil.copytree(logs[3], folder)
    for name in _names(folder):
        data = (folder / name).read_bytes()
        for at in range(len(data)):
            (folder / name).write_bytes(_changed(data, at))
            assert [fault.file for fault in _check(folder).faults][:1] == [name], f"byte {at} of {name}"
        (folder / name).write_bytes(data)


def test_of_an_entry_and_a_hash_that_disagree_the_wrong_one_is_named_with_its_bytes(broken: Path):
    path = broken / "tile/entries/001"
    good = path.read_bytes()
    path.write_bytes(encode_bundle([*map(_entry, range(256, 300)), b"forgery 3", *map(_entry, range(301, 512))]))
    (fault,) = _check(broken).faults
    assert (fault.file, fault.leaf) == ("tile/entries/001", 300)
    assert fault.first is not None
    assert fault.last is not None
    assert path.read_bytes()[fault.first : fault.last + 1] == b"\x00\x09forgery 3"
    path.write_bytes(good)
    tile = broken / "tile/0/001"
    tile.write_bytes(_changed(tile.read_bytes(), 44 * 32 + 5))
    (fault,) = _check(broken).faults
    assert (fault.file, fault.leaf, fault.first, fault.last) == ("tile/0/001", 300, 44 * 32, 45 * 32 - 1)


def test_an_entry_and_its_hash_changed_together_are_found_by_the_tile_above(broken: Path):
    forged = [b"forged", *map(_entry, range(1, 256))]
    (broken / "tile/entries/000").write_bytes(encode_bundle(forged))
    other = Log.open(broken.parent / "other", ORIGIN, SEED)
    other.append(forged)
    shutil.copy(broken.parent / "other/tile/0/000", broken / "tile/0/000")
    files = [fault.file for fault in _check(broken).faults]
    assert "tile/1/000.p/2" in files  # it disagrees with what is below; the root says that the two below are forged


def test_a_whole_other_tree_under_the_old_checkpoint_is_found(broken: Path, tmp_path: Path):
    other = Log.open(tmp_path / "other", ORIGIN, SEED)
    other.append([b"another %d" % number for number in range(600)])
    shutil.rmtree(broken / "tile")
    shutil.copytree(tmp_path / "other" / "tile", broken / "tile")
    (fault,) = _check(broken).faults
    assert fault.file == "checkpoint"
    assert "another root" in fault.problem


@pytest.mark.parametrize("name", ["tile/entries/000", "tile/0/001", "tile/1/000.p/2", "tile/0/002.p/88", "checkpoint"])
@pytest.mark.parametrize("way", ["gone", "cut", "longer", "empty"])
def test_a_file_that_is_gone_cut_or_longer_is_named(name: str, way: str, broken: Path):
    data = (broken / name).read_bytes()
    (broken / name).unlink()
    changed = {"cut": data[:-1], "longer": data + b"\x00", "empty": b""}
    if way != "gone":
        (broken / name).write_bytes(changed[way])
    assert _check(broken).faults[0].file == name


def test_a_checkpoint_of_another_key_or_log_is_named(broken: Path, logs: dict[int, Path]):
    assert check_log(FolderStorage(logs[3]), verifier_key(ORIGIN, SECOND), None).faults[0].file == "checkpoint"
    other = verifier_key("lockgate.local/other", SEED)
    assert "is of the log" in check_log(FolderStorage(logs[3]), other, None).faults[0].problem
    (broken / "checkpoint").write_text(sign_checkpoint(ORIGIN, TreeHead(600, bytes(32)), SEED), encoding="utf-8")
    assert _check(broken).faults[0].file == "checkpoint"


def test_a_log_without_leaves_is_good(tmp_path: Path):
    Log.open(tmp_path / "log", ORIGIN, SEED, cosigning_seed=SECOND)
    assert _check(tmp_path / "log").faults == ()
