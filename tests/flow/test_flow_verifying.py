"""Releases checked with passes that are shared: the same steps in the same words, however many workers there are."""

import os
import signal
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from pyarrow import csv, parquet

from lockgate.evidence.step import Step
from lockgate.flow import sharing
from lockgate.flow.checking import CheckMeans, check_release
from lockgate.flow.progress import Silent
from lockgate.flow.sharing import Sharing
from lockgate.laws.catalogue import load_laws
from lockgate.tables.engine_local import LocalEngine
from lockgate.tables.fragments import FRAGMENT_ROWS
from lockgate.tables.scratch import leave_scratch, scratch_folder
from lockgate.terms.errors import CounterpartyError, InputError, LockgateError
from many_passengers import HELD, IN_ONE_PIECE, RANGES, many_passengers
from small_flows import do_not_wait_for_the_disk, fix_keys, node_at, release_at

WHOLE = Sharing(LocalEngine(1), IN_ONE_PIECE)


def _released(folder: Path, kind: str) -> Path:
    """Return a release of the passengers again and again, each time with other numbers."""
    whole = many_passengers()
    file = folder / f"many.{kind}"
    if kind == "csv":
        csv.write_csv(whole, file)
    else:
        parquet.write_table(whole, file)
    node = replace(node_at(fix_keys(folder / ".lockgate")), sharing=WHOLE)
    release_at(folder, {**HELD, "data.source": str(file)}, node=node)
    return folder / "out"


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        do_not_wait_for_the_disk(patch)
        yield _released(tmp_path_factory.mktemp("verifying"), "parquet")


def checked(out: Path, shared: Sharing, progress: object = None) -> tuple[Step, ...]:
    means = CheckMeans(load_laws(), None, out.parent / ".lockgate", sharing=shared)
    return check_release(out, replace(means, progress=progress) if progress else means)


def failing(steps: Sequence[Step]) -> list[str]:
    return [step.step for step in steps if not step.ok]


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """The shared passes that are made, and of how many ranges."""
    made: list[tuple[str, int]] = []
    find = sharing.unfinished
    monkeypatch.setattr(
        sharing, "unfinished", lambda folder, numbers: made.append((folder.name, len(numbers))) or find(folder, numbers)
    )
    return made


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2, 3])
def test_a_check_finds_the_same_with_any_number_of_workers(
    out: Path, workers: int, passes: list[tuple[str, int]]
) -> None:
    whole = checked(out, WHOLE)
    assert passes == []
    engine = LocalEngine(workers)
    try:
        found = checked(out, Sharing(engine, FRAGMENT_ROWS))
    finally:
        engine.close()
    assert failing(found) == []
    assert found == whole
    assert passes == [("1-reading-every-row", RANGES), ("2-measuring-the-copy-again", RANGES)]


class KillsWorkers:
    """Progress that kills a worker whenever a range is finished, up to a number of them."""

    def __init__(self, most: int) -> None:
        self.most, self.killed, self.name = most, 0, ""

    def step(self, name: str) -> None:
        self.name = name

    def rows(self, count: int) -> None:
        if count and self.killed < self.most:
            children = [file.read_text().split() for file in Path("/proc/self/task").glob("*/children")]
            own = Path("/proc/self/cmdline").read_bytes()  # workers are copies; a server of other tests is none
            found = [int(number) for numbers in children for number in numbers]
            copies = [number for number in found if Path(f"/proc/{number}/cmdline").read_bytes() == own]
            os.kill(max(copies), signal.SIGKILL)
            self.killed += 1


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="no /proc here that tells the workers")
def test_a_check_that_loses_a_worker_on_the_way_finds_the_same(out: Path) -> None:
    kills, engine = KillsWorkers(2), LocalEngine(2)
    try:
        found = checked(out, Sharing(engine, FRAGMENT_ROWS), kills)
    finally:
        engine.close()
    assert kills.killed == 2
    assert found == checked(out, WHOLE)


class Fails:
    """An engine of a cluster on which no fragment is ever finished."""

    name = "ray"
    workers = 2

    def __init__(self, error: LockgateError) -> None:
        self.error = error

    def run(self, _folder: Path, _numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
        raise self.error
        yield 0, 0

    def close(self) -> None:
        """Nothing is open."""


@pytest.mark.parametrize(
    "error",
    [
        CounterpartyError("the connection to the Ray cluster was lost"),
        InputError("the worker on `b` does not see the folder"),
        LockgateError("no space left to write `00001.part`"),
    ],
    ids=["gone", "blind", "full"],
)
def test_what_hinders_a_check_ends_it_and_says_nothing_of_the_data(out: Path, error: LockgateError) -> None:
    with pytest.raises(type(error)) as caught:
        checked(out, Sharing(Fails(error), FRAGMENT_ROWS))
    assert caught.value is error


@pytest.mark.slow
@pytest.mark.parametrize("place", [0.2, 0.5, 0.7])
def test_data_that_were_changed_fail_the_same_steps_with_workers(out: Path, tmp_path: Path, place: float) -> None:
    copied = tmp_path / "out"
    (copied / "data").mkdir(parents=True)
    for file in out.rglob("*"):
        if file.is_file():
            (copied / file.relative_to(out)).write_bytes(file.read_bytes())
    data = copied / "data" / "many.parquet"
    cells = bytearray(data.read_bytes())
    cells[int(len(cells) * place)] ^= 0x55
    data.write_bytes(cells)
    means = CheckMeans(load_laws(), None, out.parent / ".lockgate")
    whole = check_release(copied, replace(means, sharing=WHOLE))
    engine = LocalEngine(2)
    try:
        shared = check_release(copied, replace(means, sharing=Sharing(engine, FRAGMENT_ROWS)))
    finally:
        engine.close()
    assert "files" in failing(whole)
    assert shared == whole


@pytest.mark.slow
def test_a_release_of_csv_is_checked_the_same_read_as_it_is_or_copied_and_cut(
    tmp_path: Path, passes: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    do_not_wait_for_the_disk(monkeypatch)
    out = _released(tmp_path, "csv")
    whole = checked(out, WHOLE)
    found = checked(out, Sharing(LocalEngine(1), FRAGMENT_ROWS, copied_bytes=1))
    assert found == whole
    assert failing(found) == []
    assert passes == [("1-reading-every-row", RANGES), ("2-measuring-the-copy-again", RANGES)]


@pytest.mark.slow
def test_a_check_leaves_nothing_in_the_folder_for_temporary_files(
    out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.delenv("TMPDIR", raising=False)
    checked(out, Sharing(LocalEngine(1), FRAGMENT_ROWS), Silent())
    assert list(scratch_folder().glob("[!h]*")) == []
    assert list(tmp_path.iterdir()) == [scratch_folder()]
    leave_scratch()
    assert list(tmp_path.iterdir()) == []
