"""What holds on every cluster, whatever its library."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cluster_tasks import FailsOn, TellsSettings, WaitsForLeave
from clusters import RealCluster, is_alive, wait_until

from lockgate.tables import engine_cluster
from lockgate.tables.engine import Engine, open_engine
from lockgate.tables.job import make_job, unfinished
from lockgate.terms.errors import InputError

_STARTER = """
import signal
import sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # who starts the tests may ignore it
from pathlib import Path
from lockgate.tables.engine import open_engine
engine = open_engine(sys.argv[1], 2)
try:
    for _ in engine.run(Path(sys.argv[2]), range(4)):
        pass
finally:
    engine.close()
"""


def waiting_job(tmp_path: Path) -> tuple[Path, WaitsForLeave]:
    marks = tmp_path / "marks"
    marks.mkdir()
    task = WaitsForLeave(marks)
    make_job(tmp_path / "job", task)
    return tmp_path / "job", task


def check_loss_of_a_node(cluster: RealCluster, tmp_path: Path) -> None:
    folder, task = waiting_job(tmp_path)
    engine = open_engine(cluster.address, 0)
    assert engine.workers == 2, "a node is missing"
    with ThreadPoolExecutor(1) as thread:
        found = thread.submit(lambda: dict(engine.run(folder, range(6))))
        wait_until(lambda: len(task.numbers()) == 2, "fragments on both nodes")
        before = task.workers()
        cluster.workers[1].kill()
        assert len([pid for pid in before if is_alive(pid)]) == 1, "the node was at work"
        (task.marks / "go").touch()
        assert found.result(120) == {number: number * 10 for number in range(6)}
    engine.close()
    assert [(folder / f"{number:05d}.part").read_text() for number in range(6)] == [f"of {n}" for n in range(6)]
    assert not unfinished(folder, range(6))


def check_errors(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Errors that a task, a worker or a folder has; returns a word of the task's error."""
    word = "zq7vkx"
    make_job(tmp_path / "a", FailsOn(2, word))
    with pytest.raises(InputError, match=f"no column `{word}`") as caught:
        list(engine.run(tmp_path / "a", range(3)))
    assert caught.value.hint == "Name another."
    with pytest.raises(InputError, match=r"the worker on `.*` does not see the folder"):
        list(engine.run(tmp_path / "elsewhere", range(3)))
    ours = engine_cluster.list_versions()
    monkeypatch.setattr(engine_cluster, "list_versions", lambda: ours | {"lockgate": "9.9.9"})
    with pytest.raises(InputError, match=rf"has lockgate {ours['lockgate']}, expected 9\.9\.9 as here"):
        list(engine.run(tmp_path / "a", range(1)))
    monkeypatch.undo()
    return word


def check_settings(engine: Engine, tmp_path: Path) -> None:
    make_job(tmp_path / "settings", TellsSettings())
    assert dict(engine.run(tmp_path / "settings", range(1))) == {0: 1}
    said = json.loads((tmp_path / "settings" / "00000.part").read_text())
    assert said == {"DO_NOT_TRACK": "1", "RAY_USAGE_STATS_ENABLED": "0"}


def check_end_of_starter(address: str, tmp_path: Path, how: signal.Signals) -> None:
    """Whoever starts the work ends, and so does the work, and the driver."""
    folder, task = waiting_job(tmp_path)
    paths = os.pathsep.join(filter(None, sys.path))
    scratch = Path(tempfile.mkdtemp(prefix="lgt-", dir="/tmp"))
    starter = subprocess.Popen(
        [sys.executable, "-c", _STARTER, address, str(folder)],
        env={**os.environ, "PYTHONPATH": paths, "TMPDIR": str(scratch)},
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_until(lambda: starter.poll() is not None or len(task.numbers()) == 2, "work")
    assert starter.poll() is None
    workers = task.workers()
    starter.send_signal(how)
    _, said = starter.communicate(timeout=60)
    assert how is signal.SIGKILL or said.rstrip().endswith("KeyboardInterrupt")
    assert starter.returncode == -how
    wait_until(lambda: not any(map(is_alive, workers)), "the end of the work")
    wait_until(lambda: not list(scratch.glob("lg-*")), "the end of the driver")
    scratch.rmdir()
    assert len(unfinished(folder, range(4))) == 4
