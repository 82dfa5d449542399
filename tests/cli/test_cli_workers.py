"""Options that say what shares a large source."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lockgate.cli import workers
from lockgate.tables.engine import open_engine
from small_flows import write_flow


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--workers", "0"), "at least one worker"),
        (("--workers", "-2"), "at least one worker"),
        (("--workers", "2.5"), "expected a whole number, found `2.5`"),
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


@pytest.mark.parametrize(("asked", "started"), [(1, 1), (2, 2), (3, 2), (999, 2)])
def test_more_workers_than_cores_are_not_started_and_a_note_says_so_once(
    tmp_path: Path, lockgate: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, asked: int, started: int
) -> None:
    opened: list[int] = []
    monkeypatch.setattr(workers, "_cores", lambda: 2)
    monkeypatch.setattr(workers, "open_engine", lambda address, count: opened.append(count) or open_engine(address, 1))
    (tmp_path / "tables").mkdir()
    for name in ("a", "b"):  # two tables, which the same workers share
        (tmp_path / "tables" / f"{name}.csv").write_text(f"{name},city\n1,Ulm\n")
    answer = lockgate("scan", str(tmp_path / "tables"), "--workers", str(asked))
    assert answer.code == 0
    assert opened == [started]
    told = f"note: {asked} workers were asked for; 2 share the work, one a core\n"
    assert answer.err.count("workers") == answer.err.count(told) == (asked > 2)


def test_as_many_workers_are_asked_of_a_cluster_as_were_named(
    tmp_path: Path, lockgate: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[tuple[str, int]] = []
    monkeypatch.setattr(workers, "open_engine", lambda *asked: opened.append(asked) or open_engine("", 1))
    (tmp_path / "a.csv").write_text("a,city\n1,Ulm\n")
    answer = lockgate("scan", str(tmp_path / "a.csv"), "--workers", "999", "--engine", "ray://host:1")
    assert (answer.code, opened) == (0, [("ray://host:1", 999)])
    assert "workers" not in answer.err
