"""`evidence credential` signs what the home's log holds, nothing else; `verify` takes no anchor that is none."""

from collections.abc import Callable
from pathlib import Path
from typing import Any


def test_a_changed_statement_is_not_signed(lockgate: Callable[..., Any], place: Path):
    assert lockgate("release", "flow.toml", "--out", "copy").code == 0
    assert lockgate("evidence", "credential", "copy", "--out", "good.json").code == 0
    statement = place / "copy" / "statement.json"
    text = statement.read_text(encoding="utf-8")
    statement.write_text(text.replace('"persons_by":"PassengerId"', '"persons_by":"Name"'), encoding="utf-8")
    assert statement.read_text(encoding="utf-8") != text
    assert lockgate("evidence", "credential", "copy", "--out", "forged.json").code == 6
    assert not (place / "forged.json").exists()


def test_a_revoked_release_is_not_signed(lockgate: Callable[..., Any], place: Path):
    assert lockgate("release", "flow.toml", "--out", "copy").code == 0
    assert lockgate("revoke", "copy", "--by", "me", "--why", "consent withdrawn").code == 0
    assert lockgate("evidence", "credential", "copy", "--out", "late.json").code == 6
    assert not (place / "late.json").exists()


def test_an_empty_anchor_and_a_home_that_is_not_there_are_no_answer(lockgate: Callable[..., Any]):
    assert lockgate("release", "flow.toml", "--out", "copy").code == 0
    assert lockgate("verify", "copy", "--trust", "").code == 2
    assert lockgate("verify", "copy", "--home", "nowhere").code == 2
