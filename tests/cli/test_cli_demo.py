"""`demo`: it plays where nothing of one's own lies, and one's own releases can follow in the same folder."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.mark.slow
def test_after_the_demo_one_s_own_home_opens_in_the_same_folder(
    lockgate: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "fresh").mkdir()
    monkeypatch.chdir(tmp_path / "fresh")
    assert lockgate("demo").code == 0
    assert lockgate("keys").code == 0
    assert lockgate("demo").code == 0  # made anew


def test_a_folder_that_holds_something_else_is_not_emptied_for_the_demo(lockgate: Callable[..., Any], place: Path):
    (place / "mine").mkdir()
    (place / "mine" / "thesis.txt").write_text("years of work", encoding="utf-8")
    assert lockgate("demo", "--out", "mine").code == 2
    assert lockgate("demo", "--out", ".").code == 2
    assert (place / "mine" / "thesis.txt").read_text(encoding="utf-8") == "years of work"


def test_a_file_in_the_place_of_the_demo_is_told_of(lockgate: Callable[..., Any], place: Path):
    (place / "taken").write_text("a file", encoding="utf-8")
    assert lockgate("demo", "--out", "taken").code == 2
