"""Jobs on processes of this machine: what is lost, what fails, what is left."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Timer

import pytest
from fragment_tasks import Fails, Holds, IsKilled, Meets, Tells, TellsRows, Waits, Writes, wrong_column

from lockgate.tables import engine_local
from lockgate.tables.bytes_read import BytesRead
from lockgate.tables.engine import open_engine
from lockgate.tables.engine_local import LocalEngine
from lockgate.tables.job import Task, finish_fragment, make_job, part_of, unfinished
from lockgate.terms.errors import InputError, LockgateError

PATIENCE_S = 30.0
MUCH_KIB = 400 << 10


@pytest.fixture(params=["copies of this process", "processes of their own"])
def two(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalEngine]:
    if "own" in request.param:
        monkeypatch.setattr(engine_local, "_can_copy", lambda: False)
    engine = LocalEngine(2)
    yield engine
    engine.close()


@pytest.fixture
def marks(tmp_path: Path) -> Path:
    folder = tmp_path / "marks"
    folder.mkdir()
    return folder


def job_of(tmp_path: Path, task: Task) -> Path:
    folder = tmp_path / "job"
    folder.parent.mkdir(exist_ok=True)
    make_job(folder, task)
    return folder


def left_in(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def is_alive(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def private_kib(number: int) -> int:
    lines = Path(f"/proc/{number}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))


def wait_until(is_so) -> None:
    end = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def test_every_fragment_is_finished_once_by_other_processes(tmp_path: Path, two: LocalEngine) -> None:
    folder = job_of(tmp_path, Writes())

    assert sorted(two.run(folder, range(5))) == [(number, 10) for number in range(5)]

    texts = [part_of(folder, number).read_text().split() for number in range(5)]
    assert [text[0] for text in texts] == [str(number) for number in range(5)]
    assert 1 <= len({text[1] for text in texts}) <= 2
    assert str(os.getpid()) not in {text[1] for text in texts}
    assert left_in(folder) == [*(f"{number:05d}.part" for number in range(5)), "task"]


def test_workers_go_on_while_who_asked_is_busy_with_an_answer(tmp_path: Path, two: LocalEngine) -> None:
    folder = job_of(tmp_path, Writes())
    run = two.run(folder, range(20))

    found = [next(run)]
    wait_until(lambda: len(unfinished(folder, range(20))) <= 20 - 5)  # two of each worker, and the one that was told
    found += run

    assert sorted(found) == [(number, 10) for number in range(20)]


def test_a_core_that_is_lent_is_left_alone_until_it_is_back(tmp_path: Path, two: LocalEngine, marks: Path) -> None:
    folder = job_of(tmp_path, Meets(marks, 1))
    two.lend(1)
    assert len(list(two.run(folder, range(3)))) == 3
    assert len({mark.name.split("-")[0] for mark in marks.iterdir()}) == 1

    waiting = two.run(job_of(tmp_path / "later", Meets(marks / "later", 2)), range(2))
    Timer(0.2, two.lend, [-1]).start()
    assert len(list(waiting)) == 2  # each waits for the other


def test_workers_that_have_nothing_to_do_hold_no_task(tmp_path: Path, two: LocalEngine) -> None:
    folder = job_of(tmp_path, Holds(os.urandom(MUCH_KIB << 10)))
    assert len(list(two.run(folder, range(4)))) == 4
    workers = {int(part_of(folder, number).read_text()) for number in range(4)}

    wait_until(lambda: all(private_kib(worker) < MUCH_KIB for worker in workers))

    again = job_of(tmp_path / "again", Writes())
    assert len(list(two.run(again, range(4)))) == 4
    assert {int(part_of(again, number).read_text().split()[1]) for number in range(4)} <= workers


def test_one_worker_and_one_fragment_need_no_other_process(tmp_path: Path, two: LocalEngine) -> None:
    folder = job_of(tmp_path, Writes())

    assert list(LocalEngine(1).run(folder, [0, 1])) == [(0, 10), (1, 10)]
    assert list(two.run(folder, [2])) == [(2, 10)]

    assert {part_of(folder, number).read_text().split()[1] for number in range(3)} == {str(os.getpid())}


def test_a_fragment_whose_worker_is_killed_is_run_again(tmp_path: Path, two: LocalEngine, marks: Path) -> None:
    folder = job_of(tmp_path, IsKilled(1, 2, marks))

    assert sorted(two.run(folder, range(4))) == [(number, 1) for number in range(4)]

    assert len(list(marks.iterdir())) == 2
    assert [part_of(folder, number).read_text() for number in range(4)] == [f"whole {n}" for n in range(4)]


def test_rows_are_told_on_the_way_once_each_whether_a_worker_is_lost_or_not(
    tmp_path: Path, two: LocalEngine, marks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []
    monkeypatch.setattr(BytesRead, "tell_rows", told.append)
    folder = job_of(tmp_path, TellsRows(marks))
    assert sorted(two.run(folder, range(3))) == [(0, 6), (1, 6), (2, 6)]
    assert sorted(told) == [-4, 4, 4, 4, 4]
    told.clear()
    folder = job_of(tmp_path / "here", TellsRows(marks))
    assert list(LocalEngine(1).run(folder, range(2))) == [(0, 6), (1, 6)]
    assert told == [4, 4]
    assert BytesRead.tell_range is None


def test_a_fragment_that_kills_every_worker_is_given_up(tmp_path: Path, two: LocalEngine, marks: Path) -> None:
    folder = job_of(tmp_path, IsKilled(1, 99, marks))

    with pytest.raises(LockgateError, match="fragment 1 lost its worker 3 times") as caught:
        list(two.run(folder, range(4)))

    assert "fewer workers" in caught.value.hint
    assert not part_of(folder, 1).exists()


def test_an_error_of_a_task_arrives_as_itself(tmp_path: Path, two: LocalEngine) -> None:
    folder = job_of(tmp_path, Fails(1, wrong_column()))

    with pytest.raises(InputError, match="no column `a`") as caught:
        list(two.run(folder, range(4)))

    assert caught.value.hint == "name another"
    assert unfinished(folder, [1]) == [1]
    assert "fragment_tasks.py" in caught.value.__notes__[0]


def test_an_error_that_cannot_be_sent_says_no_more_than_its_kind(tmp_path: Path, two: LocalEngine) -> None:
    folder = job_of(tmp_path, Fails(1, UnicodeDecodeError("utf-8", b"Ann", 0, 1, "no text")))
    with pytest.raises(UnicodeDecodeError):
        list(two.run(folder, range(4)))


def test_parts_that_are_there_are_skipped(tmp_path: Path, two: LocalEngine) -> None:
    folder = job_of(tmp_path, Writes())
    list(two.run(folder, range(3)))
    was = [part_of(folder, number).read_text() for number in range(3)]
    (folder / ".00007.abc.tmp").write_text("half")

    make_job(folder, Writes(99))

    assert ".00007.abc.tmp" not in left_in(folder)
    assert unfinished(folder, range(5)) == [3, 4]
    assert sorted(two.run(folder, range(5))) == [(0, 0), (1, 0), (2, 0), (3, 99), (4, 99)]
    assert [part_of(folder, number).read_text() for number in range(3)] == was


def test_the_folder_of_a_job_is_for_its_user_only(tmp_path: Path) -> None:
    folder = job_of(tmp_path, Writes())
    assert oct(folder.stat().st_mode & 0o777) == "0o700"
    assert oct((folder / "task").stat().st_mode & 0o777) == "0o600"

    folder.chmod(0o777)

    with pytest.raises(LockgateError, match="others may write"):
        finish_fragment(str(folder), 0)


def test_a_closed_run_leaves_nobody_at_work(tmp_path: Path, marks: Path) -> None:
    engine = LocalEngine(2)
    run = engine.run(job_of(tmp_path, Waits(marks)), range(4))
    process = _begin_and_stop(run, marks)
    engine.close()
    wait_until(lambda: not any(map(is_alive, process)))


def _begin_and_stop(run: Iterator[tuple[int, int]], marks: Path) -> list[int]:
    """Have a run begin, interrupt it once both workers are at work, return their numbers."""

    def interrupt(_number: int, _frame: object) -> None:
        if len(list(marks.iterdir())) == 2:
            raise KeyboardInterrupt
        signal.setitimer(signal.ITIMER_REAL, 0.2)

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    try:
        with pytest.raises(KeyboardInterrupt):
            next(run)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    return [int(mark.name) for mark in marks.iterdir()]


DRIVER = """
import signal
import sys
from pathlib import Path
from fragment_tasks import Waits
from lockgate.tables.engine_local import LocalEngine
from lockgate.tables.job import make_job
folder, marks = Path(sys.argv[1]), Path(sys.argv[2])
signal.signal(signal.SIGINT, signal.default_int_handler)  # who starts the tests may ignore it
make_job(folder, Waits(marks))
list(LocalEngine(2).run(folder, range(4)))
"""


@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_no_worker_outlives_who_started_it(tmp_path: Path, marks: Path, by: signal.Signals) -> None:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", DRIVER, str(tmp_path / "job"), str(marks)]
    with subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL) as driver:
        wait_until(lambda: len(list(marks.iterdir())) == 2)
        driver.send_signal(by)
    workers = [int(mark.name) for mark in marks.iterdir()]
    wait_until(lambda: not any(map(is_alive, workers)))


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a worker is no copy")
def test_a_worker_keeps_no_file_and_no_watch_of_who_started_it_and_uses_one_core(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(BytesRead, "tell", print)
    engine = LocalEngine(2)
    with (tmp_path / "held").open("w"):
        list(engine.run(job_of(tmp_path, Tells()), range(2)))
        engine.close()
        told = json.loads(part_of(tmp_path / "job", 0).read_text())
    assert told["cores"] == 1
    assert not told["watched"]
    assert not [path for path in told["files"] if str(tmp_path / "held") in path]
    assert sum("socket" in path for path in told["files"]) == 1


def test_a_worker_of_another_thread_is_no_copy(tmp_path: Path) -> None:
    engine = LocalEngine(2)
    with ThreadPoolExecutor(1) as pool:
        assert not pool.submit(engine_local._can_copy).result()
        assert sorted(pool.submit(lambda: list(engine.run(job_of(tmp_path, Writes()), range(2)))).result())
    engine.close()


def test_an_engine_that_is_not_there_is_refused() -> None:
    with pytest.raises(InputError, match="no engine `slurm://…`") as raised:
        open_engine("slurm://reader:hunter2@x", 0)  # a cluster would know its workers
    assert "hunter2" not in f"{raised.value} {raised.value.hint}"
    with pytest.raises(InputError, match="at least one worker"):
        open_engine("", 0)
    assert open_engine("local", 3).workers == 3


POOLED = """
from concurrent.futures import ThreadPoolExecutor
from lockgate.tables.engine_local import _can_copy
ThreadPoolExecutor(1, "fsync").submit(int).result()
before = _can_copy()
with ThreadPoolExecutor(1) as pool:
    pool.submit(int).result()
    print(before, _can_copy())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="processes are copied on Linux only")
def test_a_process_is_not_copied_while_a_thread_of_a_pool_may_hold_a_lock() -> None:
    done = subprocess.run([sys.executable, "-c", POOLED], check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["True", "False"]
