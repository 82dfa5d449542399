"""Versions of a key: the first is `NAME.key`, a later one `NAME-vN.key`. None is ever deleted by the program.

A new version is used for what is made from then on; what was made under an older one stays recognisable, because the
version stands in it or beside it. Versions are whole numbers from 1 on, without gaps.
"""

import re

from lockgate.store.home import Home
from lockgate.terms.errors import InputError


def newest_version(home: Home, name: str) -> int:
    """Return the number of the newest version of a key, also if it is lost; 1 also where none has been made yet."""
    form = re.compile(rf"{re.escape(name)}-v([1-9][0-9]*)")
    found = [form.fullmatch(known) for known in home.key_names()]
    return max([1, *(int(match[1]) for match in found if match)])


def versioned_key(home: Home, name: str, version: int) -> bytes:
    """Return one version of a key, 32 bytes; the first is made when it is first asked for.

    Args:
        home: Where keys lie.
        name: What it is for, such as `pseudonym`.
        version: Its number.

    Raises:
        InputError: If there is no such version, or others than its owner may read it.
        EvidenceError: If it is lost or was changed.
        LockgateError: If it cannot be read or written, or is damaged.
    """
    if not 1 <= version <= newest_version(home, name):
        raise InputError(f"the key `{name}` has no version {version}", "Name a version that `lockgate keys` shows.")
    return home.key(_file_of(name, version))


def all_versions(home: Home, name: str) -> dict[int, bytes]:
    """Return every version of a key by its number."""
    return {version: versioned_key(home, name, version) for version in range(1, newest_version(home, name) + 1)}


def rotate(home: Home, name: str) -> int:
    """Return the number of a version that was made anew; call it under the lock of the home.

    Raises:
        LockgateError: If it cannot be written.
    """
    home.key(name)  # the first version exists before the second
    version = newest_version(home, name) + 1
    home.key(_file_of(name, version))
    return version


def _file_of(name: str, version: int) -> str:
    return name if version == 1 else f"{name}-v{version}"
