"""Versions of keys: numbered from one without gaps, none lost, none made by asking."""

from pathlib import Path

import pytest

from lockgate.store.home import Home
from lockgate.store.key_versions import all_versions, newest_version, rotate, versioned_key
from lockgate.terms.errors import InputError


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.open(tmp_path / "home")


def test_the_first_version_is_the_key_that_was_always_there(home: Home):
    assert newest_version(home, "pseudonym") == 1
    assert versioned_key(home, "pseudonym", 1) == home.key("pseudonym")


def test_a_new_version_is_another_key_and_the_old_ones_stay(home: Home):
    first = versioned_key(home, "pseudonym", 1)
    assert [rotate(home, "pseudonym"), rotate(home, "pseudonym")] == [2, 3]
    versions = all_versions(home, "pseudonym")
    assert list(versions) == [1, 2, 3]
    assert versions[1] == first
    assert len(set(versions.values())) == 3
    assert newest_version(home, "vault") == 1


def test_rotating_a_key_that_was_never_asked_for_makes_the_first_too(home: Home):
    assert rotate(home, "vault") == 2
    assert (home.keys / "vault.key").exists()


@pytest.mark.parametrize("version", [0, -1, 2])
def test_a_version_that_was_not_made_is_not_made_by_asking(home: Home, version: int):
    with pytest.raises(InputError, match="no version"):
        versioned_key(home, "pseudonym", version)
    assert newest_version(home, "pseudonym") == 1
