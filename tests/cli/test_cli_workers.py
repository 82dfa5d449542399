"""Options that say what shares a large source."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from small_flows import write_flow


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--workers", "0"), "at least one worker"),
        (("--workers", "-2"), "at least one worker"),
        (("--engine", "slurm"), "no engine `slurm`"),
    ],
)
def test_an_engine_that_cannot_be_is_refused_before_anything_is_read(
    tmp_path: Path,
    lockgate: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    options: tuple[str, ...],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    write_flow(tmp_path)
    answer = lockgate("release", "flow.toml", "--out", "out", *options)
    assert answer.code == 2
    assert message in answer.err
    assert not (tmp_path / "out").exists()


def test_a_small_release_is_the_same_with_any_number_of_workers_and_asked_to_resume(
    tmp_path: Path, lockgate: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_flow(tmp_path)
    assert lockgate("release", "flow.toml", "--out", "one", "--workers", "1").code == 0
    assert lockgate("release", "flow.toml", "--out", "two", "--workers", "3", "--resume").code == 0
    files = [next((tmp_path / out / "data").iterdir()).read_bytes() for out in ("one", "two")]
    assert files[0] == files[1]
    assert list((tmp_path / ".lockgate" / "work").iterdir()) == []
