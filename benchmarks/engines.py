"""A release on each engine, start-up apart; and two workers of this machine beside one.

`python benchmarks/engines.py [--rows N] [--engines local,ray://local,spark://local] [--pairs 5] [--folder FOLDER]`

The table is Adult drawn again, as in `benchmarks/release.py`. Each engine has two workers, is started and has run four
empty fragments before anything is counted; then `lockgate release` runs in this process with that engine. Seconds of
the processor are those of this process and of all below it, from /proc before and after: those of a cluster's own
processes too. Pairs are whole commands, `lockgate release --workers 1` and `--workers 2`, each in a process of its own
from its start to its end, by turns; the median of their ratios of wall time is told. On a busy machine they tell
little.
"""

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from pathlib import Path

import engines  # this module by its name, so that workers find the task
from release import ADULT, make_table, wait_for_code
from release import release as release_alone

from lockgate.cli import door, workers
from lockgate.cli import release as _release  # noqa: F401 - loaded before anything is counted
from lockgate.tables.engine import Engine, open_engine
from lockgate.tables.job import make_job

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Nothing:
    """A fragment without work."""

    def __call__(self, number: int, part: Path) -> int:
        """Make an empty part."""
        part.touch()
        return number


def spent() -> float:
    """Seconds of the processor of this process and of all below it, those that have ended and were waited for too."""
    own: dict[int, float] = {}
    below: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if entry.name.isdecimal():
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
                own[int(entry.name)] = sum(int(field) for field in fields[11:15]) / TICKS
                below.setdefault(int(fields[1]), []).append(int(entry.name))
    members = [os.getpid()]
    for member in members:
        members += below.get(member, [])
    return sum(own.get(member, 0.0) for member in members)


@contextmanager
def started(address: str, count: int) -> Iterator[Engine]:
    """An engine that has worked already."""
    engine = open_engine(address, count)
    with tempfile.TemporaryDirectory() as folder:
        job = Path(folder, "job")
        make_job(job, engines.Nothing())
        list(engine.run(job, range(4)))
        try:
            yield engine
        finally:
            engine.close()


class Kept:
    """An engine that is not ended by a command that uses it."""

    def __init__(self, engine: Engine) -> None:
        self.name, self.workers, self.run, self.lend = engine.name, engine.workers, engine.run, engine.lend

    def close(self) -> None:
        """Do nothing."""


def release(engine: Engine, file: Path, folder: Path) -> tuple[float, float]:
    """Seconds of the processor and of the wall of a release of a file, in a home with keys of its own."""
    flow = (ADULT / "flow.toml").read_text(encoding="utf-8")
    flow = flow.replace('"adult.csv"', f'"{file}"').replace("k = 10", "k = 5")
    (folder / "flow.toml").write_text(flow.replace('hierarchies = "."', f'hierarchies = "{ADULT}"'), encoding="utf-8")
    workers.open_engine = lambda *_: Kept(engine)
    home = ["--home", str(folder / "home"), "--out", str(folder / "copy")]
    before, start = spent(), time.perf_counter()
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
        code = door.main(["release", *home, str(folder / "flow.toml")])
    took = spent() - before, time.perf_counter() - start
    if code:
        raise SystemExit(f"the release ended with {code}")
    for name in ("home", "copy"):
        shutil.rmtree(folder / name)
    return took


def main() -> None:
    """Make the table; print a line for each engine, and the ratio of two workers to one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1 << 22)
    parser.add_argument("--engines", default="local,ray://local,spark://local")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--folder", type=Path)
    wanted = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # modules are compiled once, as where the program is installed
    with tempfile.TemporaryDirectory() as work:
        file = (wanted.folder or Path(work)).resolve() / f"adult-{wanted.rows}.parquet"
        make_table(file, wanted.rows)
        wait_for_code()
        pool = 0.0
        for address in filter(None, wanted.engines.split(",")):
            with started(address, 2) as engine:
                processor, wall = release(engine, file, Path(work))
            pool = pool or processor
            print(f"{address}: {processor:.1f} s of the processor ({processor / pool:.2f}), {wall:.1f} s", flush=True)
        ratios = []
        for _ in range(wanted.pairs):
            one, two = (release_alone(file, Path(work), count) for count in (1, 2))
            ratios.append((one.wall / two.wall, two.processor / one.processor, one.processor / one.wall))
            speed, cost, cores = ratios[-1]
            print(
                f"{one.wall:.1f} s and {two.wall:.1f} s; {one.processor:.1f} and {two.processor:.1f} s of the processor"
            )
            print(f"  {speed:.2f} times as fast, {cost:.2f} the processor; one uses {cores:.2f} cores", flush=True)
        if ratios:
            speed, cost, cores = (statistics.median(column) for column in zip(*ratios, strict=True))
            print(f"median: {speed:.2f} times as fast, {cost:.2f} the processor; one worker uses {cores:.2f} cores")


if __name__ == "__main__":
    sys.exit(main())
