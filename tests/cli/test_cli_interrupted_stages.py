"""Ctrl-C in every stage of commands that share passes: nothing half-done, no worker left, 130 and one sentence."""

import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

import pytest
from pyarrow import parquet

from lockgate.evidence.disk import FileDisk
from lockgate.store.home import Home
from many_passengers import HELD, many_passengers
from small_flows import fix_keys, flow_text

PROGRAM = """
import os, signal, sys
from contextlib import contextmanager
from functools import partial
signal.signal(signal.SIGINT, signal.default_int_handler)  # who starts the tests may ignore it
stage, with_rows = sys.argv.pop(1), int(sys.argv.pop(1))
from lockgate.cli import door, load, release, scan, verify, workers
from pathlib import Path
from lockgate.flow.sharing import Sharing
from lockgate.terms.compiled_code import set_code_folder

set_code_folder(Path("none"), Path("none"))  # nothing is compiled meanwhile
door.warming.begin = lambda: None

class Stops:
    def step(self, name):
        self.name = name
        if name == stage and not with_rows:
            os.kill(os.getpid(), signal.SIGINT)

    def rows(self, count):
        if count and self.name == stage and with_rows:
            os.kill(os.getpid(), signal.SIGINT)

@contextmanager
def watch(_):
    yield Stops()

for command in (load, release, scan, verify):
    command.watch = watch
workers.Sharing = partial(Sharing, range_rows=65_536)
sys.exit(door.main())
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table of three ranges, its flow, and a release of it."""
    folder = tmp_path_factory.mktemp("stages")
    parquet.write_table(many_passengers(), folder / "many.parquet")
    changes = {**HELD, "data.source": "many.parquet"}
    (folder / "flow.toml").write_text(flow_text(changes), encoding="utf-8")
    fix_keys(folder / ".lockgate")
    code, said, _ = run(folder, "never", 0, "release", "flow.toml", "--out", "made")
    assert code == 0, said
    return folder


def run(place: Path, stage: str, with_rows: int, *arguments: str) -> tuple[int, str, bool]:
    """Return exit code and words of a command that is interrupted in a stage, and whether a process of it is left."""
    mark, scratch = token_hex(8), place / "scratch"
    scratch.mkdir(exist_ok=True)
    environment = {**os.environ, "LOCKGATE_MARK": mark, "TMPDIR": str(scratch)}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
    command = [sys.executable, "-c", PROGRAM, stage, str(with_rows), *arguments, "--workers", "2"]
    if arguments[0] == "load":
        command = command[:-2]
    done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)
    for _ in range(100):
        if not is_left(mark):
            break
        time.sleep(0.1)
    assert list(scratch.iterdir()) == []
    return done.returncode, done.stderr, is_left(mark)


def is_left(mark: str) -> bool:
    """Return whether a process of the command is there."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if f"LOCKGATE_MARK={mark}".encode() in (folder / "environ").read_bytes():
                return True
    return False


STAGES = [
    (("scan", "many.parquet"), "opening the source", 0),
    (("scan", "many.parquet"), "scanning every row", 0),
    (("scan", "many.parquet"), "scanning every row", 1),
    (("scan", "many.parquet"), "counting persons", 0),
    (("release", "flow.toml", "--out", "out"), "scanning every row", 1),
    (("release", "flow.toml", "--out", "out"), "making classes", 0),
    (("release", "flow.toml", "--out", "out"), "protecting every row", 1),
    (("release", "flow.toml", "--out", "out"), "verifying the copy", 0),
    (("verify", "made"), "reading every row", 0),
    (("verify", "made"), "reading every row", 1),
    (("verify", "made"), "measuring the copy again", 0),
    (("verify", "made"), "measuring the copy again", 1),
]


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="no /proc here that tells processes")
@pytest.mark.parametrize(("arguments", "stage", "rows"), STAGES, ids=[f"{a[0]}-{s}-{r}" for a, s, r in STAGES])
def test_ctrl_c_leaves_nothing_half_done(place: Path, arguments: tuple[str, ...], stage: str, rows: int) -> None:
    home = Home(place / ".lockgate", FileDisk())
    before = home.high_water()
    code, said, is_any_left = run(place, stage, rows, *arguments)
    assert said.startswith("lockgate: interrupted\n"), said
    assert code == 130
    assert not is_any_left
    assert not (place / "out").exists()
    assert list(home.work.iterdir()) == []
    assert not [path for path in place.iterdir() if path.name.startswith(".") and path.name != ".lockgate"]
    assert home.high_water() == before
