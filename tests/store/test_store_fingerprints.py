"""Keys that a home has had: none is made a second time, none is exchanged unseen."""

import multiprocessing
import os
import shutil
import stat
from pathlib import Path

import pytest

from lockgate.store.home import Home
from lockgate.store.key_versions import newest_version, rotate, versioned_key
from lockgate.terms.errors import EvidenceError

NAMES = ("persons", "pseudonym", "row-order", "places", "vault", "column-salts", "signing-ml-dsa", "signing")


def _key(path: Path) -> bytes:
    return Home.open(path).key("persons")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.open(tmp_path / "home")


@pytest.mark.parametrize("name", NAMES)
def test_a_key_that_is_lost_is_not_made_a_second_time(name: str, home: Home):
    home.key(name)
    path = home.keys / f"{name}.key"
    path.unlink()
    with pytest.raises(EvidenceError, match="is gone") as caught:
        Home.open(home.path).key(name)
    assert "backup" in caught.value.hint
    assert not path.exists()


@pytest.mark.parametrize("name", NAMES)
def test_a_key_that_was_changed_is_not_used(name: str, home: Home):
    key = home.key(name)
    path = home.keys / f"{name}.key"
    path.write_bytes(bytes([key[0] ^ 1]) + key[1:])
    with pytest.raises(EvidenceError, match="it was changed"):
        Home.open(home.path).key(name)
    path.write_bytes(key)
    assert Home.open(home.path).key(name) == key


@pytest.mark.parametrize("name", NAMES)
def test_a_key_first_needed_now_is_made_beside_others(name: str, home: Home):
    home.key("example")
    assert len(home.key(name)) == 32


@pytest.mark.parametrize("folder", ["partitions", "releases"])
def test_a_home_with_releases_makes_no_key_of_persons_even_without_a_fingerprint(folder: str, home: Home):
    home.key("persons")
    (home.keys / "persons.key").unlink()
    shutil.rmtree(home.path / "fingerprints")
    (home.path / folder / "one.json").write_text("{}")
    with pytest.raises(EvidenceError, match="held against earlier ones is gone"):
        home.key("persons")


def test_a_log_with_lines_of_a_key_gets_no_second_one_even_without_a_fingerprint(home: Home):
    with home.lock():
        home.open_log()
    (home.keys / "signing-ml-dsa.key").unlink()
    shutil.rmtree(home.path / "fingerprints")
    with pytest.raises(EvidenceError, match="ML-DSA-44 is gone"):
        _ = home.cosigner_key
    assert not (home.keys / "signing-ml-dsa.key").exists()


def test_a_home_of_before_there_were_fingerprints_gets_them_from_its_next_writer(home: Home):
    home.key("persons")
    home.key("vault")
    (home.keys / "torn.key").write_bytes(b"short")
    shutil.rmtree(home.path / "fingerprints")
    assert home.fingerprints.names() == set()
    with home.lock():
        pass
    assert home.fingerprints.names() == {"persons", "vault"}


def test_a_fingerprint_is_closed_to_others_and_does_not_hold_the_key(home: Home):
    key = home.key("persons")
    path = home.path / "fingerprints" / "persons"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert key.hex() not in path.read_text()
    assert len(path.read_text()) == 64


def test_a_newest_version_that_is_lost_is_missed_and_not_replaced_by_an_older_one(home: Home):
    assert rotate(home, "pseudonym") == 2
    (home.keys / "pseudonym-v2.key").unlink()
    assert newest_version(home, "pseudonym") == 2
    with pytest.raises(EvidenceError, match="is gone"):
        versioned_key(home, "pseudonym", 2)


def test_processes_that_race_for_a_key_remember_the_one_that_was_made(tmp_path: Path):
    Home.open(tmp_path / "home")
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        assert len(set(pool.map(_key, [tmp_path / "home"] * 8))) == 1
    assert os.listdir(tmp_path / "home" / "fingerprints") == ["persons"]  # noqa: PTH208 - names alone
