import multiprocessing
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from lockgate.evidence.log import Log
from lockgate.evidence.merkle import EMPTY_ROOT, TreeHead
from lockgate.store.home import Home
from lockgate.terms.errors import EvidenceError, InputError, LockgateError


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _key(path: Path) -> bytes:
    return Home.open(path).key("pseudonym")


def test_a_home_and_its_folders_are_closed_to_others_whatever_the_umask(tmp_path: Path):
    old = os.umask(0)
    try:
        home = Home.open(tmp_path / "deep" / "home")
        home.key("pseudonym")
        Log.open(home.log, home.origin, home.signing_key()).append([b"x"])
        home.raise_high_water(TreeHead(1, EMPTY_ROOT))
        with home.lock():
            pass
    finally:
        os.umask(old)
    for path in (home.path, *home.path.rglob("*")):
        assert _mode(path) == (0o700 if path.is_dir() else 0o600), path
    assert {path.name for path in home.path.iterdir()} == {
        "keys", "fingerprints", "log", "releases", "work", "partitions", "lock", "high-water.json",
    }  # fmt: skip


def test_a_key_is_made_once_and_kept(tmp_path: Path):
    home = Home.open(tmp_path / "home")
    keys = {name: home.key(name) for name in ("pseudonym", "row-order", "example")}
    assert len(set(keys.values())) == 3
    assert all(len(key) == 32 for key in keys.values())
    again = Home.open(tmp_path / "home")
    assert {name: again.key(name) for name in keys} == keys
    assert {path.name for path in home.keys.iterdir()} == {f"{name}.key" for name in keys}


def test_processes_that_race_for_a_key_get_the_same_one(tmp_path: Path):
    Home.open(tmp_path / "home")
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        assert len(set(pool.map(_key, [tmp_path / "home"] * 8))) == 1


def test_the_origin_of_the_log_comes_from_its_key(tmp_path: Path):
    home = Home.open(tmp_path / "home")
    key = home.verifier_key
    assert home.origin == key.name == f"lockgate.local/{key.public_key[:4].hex()}"
    assert Home.open(tmp_path / "home").origin == home.origin
    assert Home.open(tmp_path / "other").origin != home.origin


def test_a_home_that_others_may_enter_is_refused_with_the_command_that_mends_it(tmp_path: Path):
    home = Home.open(tmp_path / "home")
    for mode in (0o701, 0o750, 0o755):
        home.path.chmod(mode)
        with pytest.raises(InputError) as caught:
            Home.open(home.path)
        assert f"chmod 700 '{home.path}'" in caught.value.hint
    home.path.chmod(0o700)
    assert Home.open(home.path).key("pseudonym") == home.key("pseudonym")


def test_a_key_that_others_may_read_is_refused(tmp_path: Path):
    home = Home.open(tmp_path / "home")
    home.key("pseudonym")
    (home.keys / "pseudonym.key").chmod(0o640)
    with pytest.raises(InputError) as caught:
        home.key("pseudonym")
    assert "chmod 600" in caught.value.hint


def test_a_damaged_key_is_not_replaced(tmp_path: Path):
    home = Home.open(tmp_path / "home")
    home.key("pseudonym")
    (home.keys / "pseudonym.key").write_bytes(b"short")
    with pytest.raises(LockgateError, match="expected 32 bytes"):
        home.key("pseudonym")


@pytest.mark.parametrize("name", ["", "../x", "A", "a.b", "a/b"])
def test_a_key_name_cannot_leave_the_folder(tmp_path: Path, name: str):
    with pytest.raises(ValueError, match="key name"):
        Home.open(tmp_path / "home").key(name)


def test_a_file_in_the_place_of_the_home_is_an_input_error(tmp_path: Path):
    (tmp_path / "home").write_text("")
    (tmp_path / "home").chmod(0o600)
    for path in (tmp_path / "home", tmp_path / "home" / "below"):
        with pytest.raises(InputError, match="expected a folder"):
            Home.open(path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_home_that_cannot_be_written_is_one_clear_error(tmp_path: Path):
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(LockgateError, match="cannot be read or written") as caught:
            Home.open(tmp_path / "home")
    finally:
        tmp_path.chmod(0o700)
    assert caught.value.exit_code == 1


def test_a_disk_without_space_is_one_clear_error(tmp_path: Path):
    class Full:
        def make_folder(self, path: Path) -> None:
            raise OSError(28, "No space left on device")

        def write(self, path: Path, data: bytes) -> None:
            raise OSError(28, "No space left on device")

        sync = rename = make_folder

    with pytest.raises(LockgateError, match="No space left on device") as caught:
        Home.open(tmp_path / "home", disk=Full())
    assert caught.value.exit_code == 1
    Home.open(tmp_path / "home")
    home = Home.open(tmp_path / "home", disk=Full())
    for write in (lambda: home.key("pseudonym"), lambda: home.raise_high_water(TreeHead(0, EMPTY_ROOT))):
        with pytest.raises(LockgateError, match="No space left on device"):
            write()


def test_a_second_writer_waits_and_is_told(tmp_path: Path):
    home = Home.open(tmp_path / "home")
    with home.lock():
        with pytest.raises(LockgateError, match="another lockgate is writing") as caught, home.lock(wait_s=0.1):
            pytest.fail("the lock was given twice")
        assert caught.value.exit_code == 1
    with home.lock(wait_s=0):
        pass


def test_the_lock_of_a_killed_writer_is_free(tmp_path: Path):
    home = Home.open(tmp_path / "home")
    program = (
        "import sys, time\nfrom pathlib import Path\nfrom lockgate.store.home import Home\n"
        "with Home.open(Path(sys.argv[1])).lock():\n    print('held', flush=True)\n    time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(home.path)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(LockgateError), home.lock(wait_s=0):
            pytest.fail("the lock was given twice")
        process.kill()
    with home.lock(wait_s=5):
        pass


def test_an_error_under_the_lock_frees_it(tmp_path: Path):
    home = Home.open(tmp_path / "home")
    with pytest.raises(KeyError), home.lock():
        raise KeyError
    with home.lock(wait_s=0):
        pass


def test_the_high_water_mark_only_rises(tmp_path: Path):
    home = Home.open(tmp_path / "home")
    assert home.high_water() is None
    home.raise_high_water(TreeHead(3, b"\x03" * 32))
    home.raise_high_water(TreeHead(3, b"\x03" * 32))
    home.raise_high_water(TreeHead(5, b"\x05" * 32))
    assert Home.open(home.path).high_water() == TreeHead(5, b"\x05" * 32)
    for head in (TreeHead(4, b"\x04" * 32), TreeHead(5, b"\x04" * 32)):
        with pytest.raises(EvidenceError, match="does not follow"):
            home.raise_high_water(head)


def test_a_damaged_high_water_mark_is_an_evidence_error(tmp_path: Path):
    home = Home.open(tmp_path / "home")
    for data in (b"", b"{}", b'{"root":"zz","size":1}', b'{"root":"00","size":"x"}'):
        (home.path / "high-water.json").write_bytes(data)
        with pytest.raises(EvidenceError, match="damaged"):
            home.high_water()


def test_a_rolled_back_log_is_found_by_the_home(tmp_path: Path):
    home = Home.open(tmp_path / "home")
    log = Log.open(home.log, home.origin, home.signing_key(), high_water=home.high_water())
    log.append([b"one"])
    old = (home.log / "checkpoint").read_bytes()
    log.append([b"two"])
    home.raise_high_water(log.head)
    (home.log / "checkpoint").write_bytes(old)
    with pytest.raises(EvidenceError, match="cut short"):
        Log.open(home.log, home.origin, home.signing_key(), high_water=home.high_water())
