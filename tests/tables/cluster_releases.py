"""Releases made on clusters, held against the same made here in one piece."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest
from clusters import RealCluster
from pyarrow import parquet

from lockgate.flow import checking, sharing
from lockgate.flow.checking import CheckMeans
from lockgate.flow.sharing import Sharing
from lockgate.laws.catalogue import load_laws
from lockgate.tables.engine import Engine, open_engine
from lockgate.tables.engine_local import LocalEngine
from lockgate.tables.fragments import FRAGMENT_ROWS
from lockgate.tables.scratch import leave_scratch
from lockgate.terms.errors import CounterpartyError
from many_passengers import HELD, IN_ONE_PIECE, many_passengers
from small_flows import fix_keys, node_at, release_at

_RANGES = 4
_ROWS = (_RANGES - 1) * FRAGMENT_ROWS + 4_321

_KILLED = """
import os, signal, sys
from dataclasses import replace
from pathlib import Path
from cluster_releases import AtFirstRows, changes_for
from lockgate.flow.sharing import Sharing
from lockgate.tables.engine import open_engine
from lockgate.tables.fragments import FRAGMENT_ROWS
from lockgate.terms.errors import CounterpartyError
from small_flows import fix_keys, node_at, release_at

folder, table, address = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
node = node_at(fix_keys(folder / ".lockgate"))
kill = AtFirstRows(lambda: os.kill(os.getpid(), signal.SIGKILL))
node = replace(node, sharing=Sharing(open_engine(address, 1), FRAGMENT_ROWS, resumes=True), progress=kill)
release_at(folder, changes_for(table), node=node)
"""


class AtFirstRows:
    """A progress that does something once, when the first range of a step is finished, that of the copy by default."""

    def __init__(self, act: Callable[[], None], when: str = "protecting every row") -> None:
        self._act, self._when, self._name = act, when, ""
        self.acted = 0

    def step(self, name: str) -> None:
        self._name = name

    def rows(self, count: int) -> None:
        if count and self._name == self._when and not self.acted:
            self.acted = 1
            self._act()


class Made(NamedTuple):
    """A release: the bytes of its data file and of its statement, which holds decision, figures and hashes."""

    table: Path
    data: bytes
    statement: bytes


def changes_for(table: Path) -> dict[str, object]:
    return {**HELD, "data.source": str(table)}


def _made(folder: Path, table: Path, engine: Engine, size: int, act: Callable[[], None] = lambda: None) -> Made:
    folder.mkdir(exist_ok=True)
    node = node_at(fix_keys(folder / ".lockgate"))
    progress = AtFirstRows(act)
    node = replace(node, sharing=Sharing(engine, size, resumes=True), progress=progress)
    release_at(folder, changes_for(table), node=node)
    assert progress.acted
    out = folder / "out"
    return Made(table, (out / "data" / table.name).read_bytes(), (out / "statement.json").read_bytes())


def release_here(folder: Path) -> Made:
    """The passengers again and again, each with a number of its own, released in one piece."""
    parquet.write_table(many_passengers(rows=_ROWS), folder / "many.parquet", row_group_size=60_000)
    return _made(folder / "here", folder / "many.parquet", LocalEngine(1), IN_ONE_PIECE)


def check_release(cluster: RealCluster, tmp_path: Path, here: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same bytes on a cluster, and on one that loses a node in mid-copy."""
    shared: list[int] = []
    find = sharing.unfinished
    monkeypatch.setattr(sharing, "unfinished", lambda *given: shared.append(len(find(*given))) or find(*given))
    engine = open_engine(cluster.address, 0)
    assert engine.workers == 2, "a node is missing"
    assert _made(tmp_path / "there", here.table, engine, FRAGMENT_ROWS) == here
    assert shared[:2] == [_RANGES, _RANGES], "passes were shared"
    assert _made(tmp_path / "lost", here.table, engine, FRAGMENT_ROWS, cluster.workers[1].kill) == here
    engine.close()


def check_verification(cluster: RealCluster, tmp_path: Path, here: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    """A check on a cluster finds what one here finds, also when a node is lost; and the cluster's end is no finding."""
    out = here.table.parent / "here" / "out"
    shared: list[int] = []
    find = sharing.unfinished
    monkeypatch.setattr(sharing, "unfinished", lambda *given: shared.append(len(find(*given))) or find(*given))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    means = CheckMeans(load_laws(), None, out.parent / ".lockgate", sharing=Sharing(LocalEngine(1), IN_ONE_PIECE))
    steps = checking.check_release(out, means)
    assert [step.step for step in steps if not step.ok] == []
    assert shared == []
    engine = open_engine(cluster.address, 0)
    assert engine.workers == 2, "a node is missing"
    means = replace(means, sharing=Sharing(engine, FRAGMENT_ROWS))
    assert checking.check_release(out, means) == steps
    assert shared == [_RANGES, _RANGES]
    lose = AtFirstRows(cluster.workers[1].kill, "reading every row")
    assert checking.check_release(out, replace(means, progress=lose)) == steps
    assert lose.acted
    if cluster.scheme == "spark":  # does without its head
        engine.close()
        return
    assert cluster.head is not None
    end = AtFirstRows(cluster.head.kill, "reading every row")
    with pytest.raises(CounterpartyError):
        checking.check_release(out, replace(means, progress=end))
    engine.close()
    leave_scratch()
    assert list(tmp_path.iterdir()) == []


def check_lost_release(cluster: RealCluster, tmp_path: Path, here: Made) -> None:
    """A release whose cluster is lost in mid-copy keeps what is finished, and goes on when the cluster is back."""
    assert cluster.head is not None
    engine = open_engine(cluster.address, 1)
    with pytest.raises(CounterpartyError) as caught:
        _made(tmp_path / "lost", here.table, engine, FRAGMENT_ROWS, cluster.head.kill)
    assert "--resume" in caught.value.hint
    engine.close()
    finished = len(list((tmp_path / "lost" / ".lockgate" / "work").glob("job-*/*-copy/*.part")))
    assert 1 <= finished < _RANGES
    assert not (tmp_path / "lost" / "out").exists()
    assert _made(tmp_path / "lost", here.table, LocalEngine(1), FRAGMENT_ROWS) == here


def check_resumed_release(cluster: RealCluster, tmp_path: Path, here: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    """A release whose starter is killed in mid-copy goes on with what is finished."""
    folder = tmp_path / "killed"
    folder.mkdir()
    command = [sys.executable, "-c", _KILLED, str(folder), str(here.table), cluster.address]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    assert subprocess.run(command, env=environment, check=False).returncode == -signal.SIGKILL
    finished = len(list((folder / ".lockgate" / "work").glob("job-*/*-copy/*.part")))
    assert 1 <= finished < _RANGES
    missing: dict[str, int] = {}
    find = sharing.unfinished

    def note(job: Path, numbers: Sequence[int]) -> list[int]:
        found = find(job, numbers)
        missing[job.name.partition("-")[2]] = len(found)
        return found

    monkeypatch.setattr(sharing, "unfinished", note)
    engine = open_engine(cluster.address, 0)
    assert _made(folder, here.table, engine, FRAGMENT_ROWS) == here
    engine.close()
    assert missing["fold"] == 0
    assert 0 < missing["copy"] <= _RANGES - finished
