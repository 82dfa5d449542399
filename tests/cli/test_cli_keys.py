"""`keys`: the public key stays while a secret key is made anew, and what is released then carries the new version."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any


def _tokens(folder: Path) -> list[str]:
    with next((folder / "data").iterdir()).open(encoding="utf-8", newline="") as file:
        return [row["Name"] for row in csv.DictReader(file)]


def test_a_release_after_a_rotation_carries_the_new_version(lockgate: Callable[..., Any], place: Path):
    before = lockgate("keys", "--json").document
    assert before["versions"] == {"pseudonym": 1, "vault": 1}
    assert lockgate("release", "flow.toml", "--out", "first").code == 0
    after = lockgate("keys", "--rotate", "pseudonym", "--json").document
    assert after == {**before, "versions": {"pseudonym": 2, "vault": 1}}
    assert lockgate("release", "flow.toml", "--out", "second").code == 0
    first, second = set(_tokens(place / "first")), set(_tokens(place / "second"))
    assert {token[:3] for token in first} == {"p1_"}
    assert {token[:3] for token in second} == {"p2_"}
    assert not {token[3:] for token in first} & {token[3:] for token in second}


def test_the_key_that_signs_is_never_made_anew(lockgate: Callable[..., Any]):
    assert lockgate("keys", "--rotate", "signing").code == 2
