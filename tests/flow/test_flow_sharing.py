"""Releases whose passes are shared among workers: the same bytes as made in one piece, whatever the ranges."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pyarrow import csv, parquet

from lockgate.flow import sharing
from lockgate.flow.progress import Silent
from lockgate.flow.scanning import ScanMeans, find_verdicts, scan_source
from lockgate.flow.sharing import Sharing
from lockgate.laws.catalogue import load_laws
from lockgate.tables.engine_local import LocalEngine
from lockgate.tables.file_copy import copied_if_large
from lockgate.tables.fragments import FRAGMENT_ROWS
from lockgate.tables.row_ranges import find_ranges
from lockgate.tables.source import open_source
from lockgate.terms.errors import InputError
from lockgate.terms.flow_request import SourceReference
from many_passengers import HELD, IN_ONE_PIECE, ROWS, many_passengers
from small_flows import DAY, do_not_wait_for_the_disk, fix_keys, node_at, release_at


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    do_not_wait_for_the_disk(monkeypatch)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The passengers again and again, each time with other numbers; row groups are no fragments."""
    file = tmp_path_factory.mktemp("many") / "many.parquet"
    parquet.write_table(many_passengers(), file, row_group_size=50_000)
    return file


def released(
    folder: Path, many: Path, changes: Mapping[str, Any], engine: LocalEngine, size: int, *, resumes: bool = False
) -> tuple[bytes, bytes, list[str]]:
    """Return data file and statement of a release, and what is left in the work folder."""
    folder.mkdir(exist_ok=True)
    node = replace(node_at(fix_keys(folder / ".lockgate")), sharing=Sharing(engine, size, resumes=resumes))
    release_at(folder, {**HELD, "data.source": str(many), **changes}, node=node)
    out = folder / "out"
    left = sorted(path.name for path in (folder / ".lockgate" / "work").iterdir())
    return (out / "data" / "many.parquet").read_bytes(), (out / "statement.json").read_bytes(), left


INTERRUPTED = """
import os, signal, sys
from dataclasses import replace
from pathlib import Path
from lockgate.flow.sharing import Sharing
from lockgate.tables.engine_local import LocalEngine
from small_flows import fix_keys, node_at, release_at

class Kills:
    def step(self, name):
        self.name = name
    def rows(self, count):
        if count and self.name == sys.argv[4]:
            os.kill(os.getpid(), signal.SIGKILL)

folder, changes, size = Path(sys.argv[1]), eval(sys.argv[2]), int(sys.argv[3])
copied = int(sys.argv[5])
node = replace(node_at(fix_keys(folder / ".lockgate")), sharing=Sharing(LocalEngine(2), size, copied, resumes=True))
release_at(folder, changes, node=replace(node, progress=Kills()))
"""


def killed_in_mid_copy(folder: Path, changes: Mapping[str, Any]) -> int:
    """Have a release killed once a part of its copy is finished; return how many are."""
    return killed_at("protecting every row", "job-*/*-copy/*.part", folder, changes)


def killed_at(step: str, parts_: str, folder: Path, changes: Mapping[str, Any], copied: int = IN_ONE_PIECE) -> int:
    """Have a release killed once a part of a step is finished; return how many are."""
    folder.mkdir()
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", INTERRUPTED, str(folder), repr(dict(changes)), str(FRAGMENT_ROWS)]
    done = subprocess.run([*command, step, str(copied)], env=env, check=False)
    assert done.returncode == -signal.SIGKILL
    parts = list((folder / ".lockgate" / "work").glob(parts_))
    assert 1 <= len(parts) <= 2
    return len(parts)


@pytest.mark.slow
def test_a_killed_release_is_resumed_with_what_is_finished_and_gives_the_same_bytes(
    tmp_path: Path, many: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = {**HELD, "data.source": str(many)}
    whole = released(tmp_path / "whole", many, {}, LocalEngine(1), IN_ONE_PIECE)
    folder = tmp_path / "killed"
    parts = killed_in_mid_copy(folder, changes)
    missing: list[list[int]] = []
    find = sharing.unfinished
    monkeypatch.setattr(sharing, "unfinished", lambda *given: missing.append(find(*given)) or missing[-1])

    found = released(folder, many, {}, LocalEngine(1), FRAGMENT_ROWS, resumes=True)

    scanned, _counted, folded, copied, *_ = missing
    assert scanned == []
    assert folded == []
    assert len(copied) == 3 - parts
    assert found == whole


@pytest.mark.parametrize("subject_key", ["", "PassengerId"])
def test_a_scan_is_the_same_whatever_the_ranges(tmp_path: Path, many: Path, subject_key: str) -> None:
    source = open_source(SourceReference(str(many)))
    found = []
    for size in (IN_ONE_PIECE, FRAGMENT_ROWS):
        means = ScanMeans(load_laws(), DAY, bytes(32), tmp_path, Silent(), sharing=Sharing(LocalEngine(1), size))
        found.append((scan_source(source, subject_key, means), find_verdicts(source, subject_key, means)))
    assert found[0] == found[1]
    assert not list(tmp_path.iterdir())


class KillsAWorker:
    """Progress that kills a worker once a part of the copy is finished."""

    def __init__(self) -> None:
        self.step_, self.killed = "", 0

    def step(self, name: str) -> None:
        self.step_ = name

    def rows(self, count: int) -> None:
        if count and self.step_ == "protecting every row" and not self.killed:
            children = [file.read_text().split() for file in Path("/proc/self/task").glob("*/children")]
            own = Path("/proc/self/cmdline").read_bytes()  # workers are copies; a server of other tests is none
            found = [int(number) for numbers in children for number in numbers]
            self.killed = max(one for one in found if Path(f"/proc/{one}/cmdline").read_bytes() == own)
            os.kill(self.killed, signal.SIGKILL)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="no /proc here that tells the workers")
def test_a_release_that_loses_a_worker_on_the_way_gives_the_same_bytes(tmp_path: Path, many: Path) -> None:
    found = []
    progress = KillsAWorker()
    for name, watching, engine in (("whole", Silent(), LocalEngine(1)), ("lost", progress, LocalEngine(2))):
        (tmp_path / name).mkdir()
        node = replace(node_at(fix_keys(tmp_path / name / ".lockgate")), sharing=Sharing(engine, FRAGMENT_ROWS))
        release_at(tmp_path / name, {**HELD, "data.source": str(many)}, node=replace(node, progress=watching))
        engine.close()
        out = tmp_path / name / "out"
        found.append([(out / file).read_bytes() for file in ("data/many.parquet", "statement.json")])
    assert progress.killed
    assert found[0] == found[1]


@pytest.mark.slow
def test_a_release_of_csv_is_the_same_read_as_it_is_or_copied_and_cut(tmp_path: Path, many: Path) -> None:
    file = tmp_path / "many.csv"
    csv.write_csv(parquet.read_table(many), file)
    found = []
    for number, sharing_ in enumerate(
        (Sharing(LocalEngine(1), IN_ONE_PIECE), Sharing(LocalEngine(1), FRAGMENT_ROWS, copied_bytes=1))
    ):
        folder = tmp_path / f"{number}"
        folder.mkdir()
        node = replace(node_at(fix_keys(folder / ".lockgate")), sharing=sharing_)
        release_at(folder, {**HELD, "data.source": str(file)}, node=node)
        found.append([(folder / "out" / name).read_bytes() for name in ("data/many.csv", "statement.json")])
    assert found[0] == found[1]


def test_a_file_that_changes_after_it_was_copied_is_told_of(tmp_path: Path, many: Path) -> None:
    file = tmp_path / "many.csv"
    csv.write_csv(parquet.read_table(many), file)
    source = open_source(SourceReference(str(file)))
    assert copied_if_large(source) is None
    copied = copied_if_large(source, 1)
    assert copied is not None
    assert copied_if_large(source, 1) is copied
    ranges = find_ranges(copied, FRAGMENT_ROWS)
    assert ranges is not None
    assert sum(batch.num_rows for number in ranges.numbers for _, batch in ranges.batches(number)) == ROWS
    file.write_bytes(file.read_bytes() + b"\n")
    with pytest.raises(InputError, match="changed meanwhile"):
        list(ranges.batches(0))


@pytest.mark.slow
def test_what_a_killed_release_left_is_swept_by_one_that_does_not_resume(tmp_path: Path, many: Path) -> None:
    folder = tmp_path / "killed"
    killed_in_mid_copy(folder, {**HELD, "data.source": str(many)})
    assert list((folder / ".lockgate" / "work").glob("job-*"))
    assert released(folder, many, {}, LocalEngine(1), FRAGMENT_ROWS)[2] == []


FLOWS: list[dict[str, Any]] = [
    {},
    {
        "data.subject_key": "PassengerId",
        "protect.pseudonymise": [],
        "protect.drop": ["PassengerId", "Ticket", "Cabin", "Name"],
        "protect.persons": 60_000,
    },
]
"""By rows; and by persons with several rows, of whom some are chosen."""


@pytest.mark.slow
@pytest.mark.parametrize("changes", FLOWS, ids=["rows", "persons"])
def test_a_release_is_the_same_whatever_the_ranges_and_the_workers(
    tmp_path: Path, many: Path, changes: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    shared: list[int] = []
    find = sharing.unfinished
    monkeypatch.setattr(sharing, "unfinished", lambda *given: shared.append(len(given[1])) or find(*given))
    whole = released(tmp_path / "whole", many, changes, LocalEngine(1), IN_ONE_PIECE)
    assert whole[2] == []
    assert shared == []
    for workers, size in ((1, FRAGMENT_ROWS), (2, FRAGMENT_ROWS), (3, FRAGMENT_ROWS)):
        engine = LocalEngine(workers)
        try:
            found = released(tmp_path / f"{workers}-{size}", many, changes, engine, size)
        finally:
            engine.close()
        assert found[1] == whole[1]
        assert found[0] == whole[0]
        assert found[2] == []
        assert shared.count(3) > 3  # every pass, by its three ranges; the copy is written in its own pieces
        assert len(shared) >= 2 * workers
