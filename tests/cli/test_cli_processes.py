"""Releases as processes of their own: killed, stopped, out of space, side by side, into closed pipes."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lockgate.cli import door
from lockgate.evidence.log_reading import LogReader
from lockgate.flow.checking import CheckMeans, check_release
from lockgate.laws.catalogue import load_laws
from lockgate.store.home import Home
from small_flows import LOCKGATE, node_at, release_at, write_flow

KINDS = ([], ["release", "released"], ["release", "abandoned"], ["abandoned"])
LISTENING = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
"""Behind a `&` of a shell without a terminal a process is born deaf to the keyboard, and its children with it."""

LIMITED = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size})); "


def start(folder: Path, *arguments: str, before: str = "") -> subprocess.Popen[str]:
    python, flag, code = LOCKGATE
    return subprocess.Popen(
        [python, flag, LISTENING + before + code, *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def run(folder: Path, *arguments: str, before: str = "") -> subprocess.CompletedProcess[str]:
    with start(folder, *arguments, before=before) as process:
        out, err = process.communicate(timeout=60)
    return subprocess.CompletedProcess(arguments, process.returncode, out, err)


def run_here(folder: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command in this process, with every path below a folder: what the disk says is the same, and sooner."""
    code = door.main([str(folder / word) if word in ("flow.toml", "out") else word for word in arguments])
    said = capsys.readouterr()
    return subprocess.CompletedProcess(arguments, code, said.out, said.err)


def kinds_of(home: Path) -> list[str]:
    opened = Home.open(home)
    if not (home / "log" / "checkpoint").exists():
        return []
    log = LogReader.open(home / "log", opened.verifier_key)
    return [json.loads(log.entry(index))["kind"] for index in range(log.size)]


def waiting_for(process: subprocess.Popen[str], folder: Path, pattern: str) -> bool:
    """Wait until a path is there; return whether the process still runs."""
    while process.poll() is None and not any(folder.glob(pattern)):
        time.sleep(0.001)
    return process.poll() is None


def left_in(folder: Path) -> list[str]:
    known = {".lockgate", "flow.toml", "passengers.csv"}
    names = sorted(item.name for item in folder.iterdir() if item.name not in known)
    work = folder / ".lockgate" / "work"
    return names + (sorted(item.name for item in work.iterdir()) if work.is_dir() else [])


def killed_after(folder: Path, pattern: str, wait_s: float) -> bool:
    """Start a release, wait for a path and some time more, kill the process; return whether it was killed."""
    write_flow(folder)
    with start(folder, "release", "flow.toml", "--out", "out") as process:
        waiting_for(process, folder, pattern)
        time.sleep(wait_s)
        process.kill()
        process.communicate()
    return process.returncode == -signal.SIGKILL


def assert_settled_by_the_next_run(folder: Path) -> bool:
    """Run the next release; hold what the killed one left to what the house promises."""
    home = folder / ".lockgate"
    was_there = (folder / "out").exists()
    release_at(folder, out="next", node=node_at(home, "next"))
    kinds = kinds_of(home)
    assert kinds[-2:] == ["release", "released"]
    assert kinds[:-2] in KINDS
    is_out = (folder / "out").exists()
    assert is_out is (kinds[:-2] == ["release", "released"])
    assert is_out or not was_there
    assert left_in(folder) == ["next", *(["out"] if is_out else [])]
    for out in ("next", *(["out"] if is_out else [])):
        steps = check_release(folder / out, CheckMeans(load_laws(), None, home))
        assert [step.step for step in steps if not step.ok] == []
    return is_out


@pytest.mark.slow
@pytest.mark.parametrize(
    ("pattern", "wait_s"),
    [
        (".lockgate/work/*", 0.0),
        (".out.lockgate-*", 0.02),
        (".lockgate/releases/*.json", 0.0),
        (".out.lockgate-*/proof", 0.0),
    ],
)
def test_a_release_killed_at_a_moment_comes_out_whole_or_not_at_all(pattern: str, wait_s: float, tmp_path: Path):
    killed_after(tmp_path, pattern, wait_s)
    assert_settled_by_the_next_run(tmp_path)


@pytest.mark.slow
def test_releases_killed_at_many_moments_come_out_whole_or_not_at_all(tmp_path: Path):
    """At moments of a real start; `test_flow_release_crash` has each change of the disk for a moment."""
    killed = 0
    for number in range(36):
        folder = tmp_path / str(number)
        folder.mkdir()
        pattern = (".lockgate/lock", ".out.lockgate-*", ".lockgate/releases/*.json")[number % 3]
        killed += killed_after(folder, pattern, (number // 3) * (0.027, 0.009, 0.002)[number % 3])
        assert_settled_by_the_next_run(folder)
        shutil.rmtree(folder)
    assert killed > 18


@pytest.mark.parametrize("pattern", [".lockgate/work/*", ".out.lockgate-*"])
def test_a_release_stopped_from_the_keyboard_leaves_with_130_and_nothing_behind(pattern: str, tmp_path: Path):
    for number in range(10):
        folder = tmp_path / str(number)
        folder.mkdir()
        write_flow(folder)
        with start(folder, "release", "flow.toml", "--out", "out") as process:
            if waiting_for(process, folder, pattern):
                process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=60)
        assert process.returncode in (0, 130), err
        assert "Traceback" not in err
        if process.returncode == 130:
            assert "interrupted" in err
            assert left_in(folder) == []
            return
        assert left_in(folder) == ["out"]  # it was too fast to be stopped
    pytest.fail("no release could be stopped")


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "tiny"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=320k,mode=0700", "tmpfs", str(folder)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("only root may mount a small disk; the limit of a file's size is tested instead")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("free_kb", [0, 8, 60, 90])
def test_a_disk_without_space_is_told_of_and_nothing_half_written_is_left(
    free_kb: int, tiny_disk: Path, capsys: pytest.CaptureFixture[str]
):
    write_flow(tiny_disk)
    Home.open(tiny_disk / ".lockgate")
    fill(tiny_disk, free_kb)
    given = run_here(tiny_disk, capsys, "release", "flow.toml", "--out", "out")
    assert given.returncode == 1, given.stderr
    assert "space" in given.stderr.lower()
    assert given.stderr.count("\n") == 2, given.stderr  # a message and its hint
    assert left_in(tiny_disk) == ["filler"]
    (tiny_disk / "filler").unlink()
    assert run_here(tiny_disk, capsys, "release", "flow.toml", "--out", "out").returncode == 0
    assert kinds_of(tiny_disk / ".lockgate")[-2:] == ["release", "released"]


def fill(disk: Path, free_kb: int) -> None:
    status = os.statvfs(disk)
    (disk / "filler").write_bytes(bytes(max(status.f_bavail * status.f_frsize - free_kb * 1024, 0)))


def test_a_disk_that_is_full_once_the_leaf_is_written_lets_the_next_run_finish_the_release(
    tiny_disk: Path, capsys: pytest.CaptureFixture[str]
):
    write_flow(tiny_disk)
    given = None
    for free_kb in range(180, 340, 4):
        shutil.rmtree(tiny_disk / ".lockgate", ignore_errors=True)  # failed runs leave something each
        Home.open(tiny_disk / ".lockgate")
        fill(tiny_disk, free_kb)
        given = run_here(tiny_disk, capsys, "release", "flow.toml", "--out", "out")
        (tiny_disk / "filler").unlink()
        if kinds_of(tiny_disk / ".lockgate")[-1:] == ["release"]:
            break
        assert given.returncode == 1, "the space was never short at that moment: try smaller steps"
    assert given is not None
    assert given.returncode == 1
    assert "next release finishes this one" in given.stderr
    assert run_here(tiny_disk, capsys, "release", "flow.toml", "--out", "out").returncode == 2  # it is there already
    steps = check_release(tiny_disk / "out", CheckMeans(load_laws(), None, tiny_disk / ".lockgate"))
    assert [step.step for step in steps if not step.ok] == []
    assert left_in(tiny_disk) == ["out"]


def test_a_file_that_may_not_grow_is_told_of_and_nothing_half_written_is_left(tmp_path: Path):
    write_flow(tmp_path)
    given = run(tmp_path, "release", "flow.toml", "--out", "out", before=LIMITED.format(size=10_000))
    assert given.returncode == 1, given.stderr
    assert "too large" in given.stderr
    assert left_in(tmp_path) == []


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    """A folder that nobody may write, root neither."""
    folder = tmp_path / "read-only"
    folder.mkdir()
    if os.getuid():
        folder.chmod(0o555)
        yield folder
        folder.chmod(0o755)
        return
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", str(folder)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("root may write everywhere and cannot mount")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize(
    "command",
    [
        "release flow.toml --out {}/out",
        "release flow.toml --out out --home {}/home",
        "keys --home {}/home",
        "new passengers.csv --out {}/flow.toml",
    ],
)
def test_a_folder_that_may_not_be_written_is_told_of(
    command: str, read_only: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    write_flow(tmp_path)
    given = run_here(tmp_path, capsys, *command.format(read_only).split())
    assert given.returncode == 1, given.stderr
    assert str(read_only) in given.stderr
    assert given.stderr.count("\n") == 2, given.stderr
    assert left_in(tmp_path) == ["read-only"]


def test_two_releases_at_once_wait_for_each_other(tmp_path: Path):
    write_flow(tmp_path)
    with (
        start(tmp_path, "release", "flow.toml", "--out", "one") as one,
        start(tmp_path, "release", "flow.toml", "--out", "two") as two,
    ):
        errors = [process.communicate(timeout=120)[1] for process in (one, two)]
    if sorted((one.returncode, two.returncode)) == [0, 1]:  # on a machine so busy that the wait was too short
        assert "another lockgate is writing" in "".join(errors)
    else:
        assert (one.returncode, two.returncode) == (0, 0), errors
    done = [out for out, process in (("one", one), ("two", two)) if process.returncode == 0]
    assert kinds_of(tmp_path / ".lockgate") == ["release", "released"] * len(done)
    for out in done:
        steps = check_release(tmp_path / out, CheckMeans(load_laws(), None, tmp_path / ".lockgate"))
        assert [step.step for step in steps if not step.ok] == []


def test_a_reader_that_goes_away_is_no_mistake(tmp_path: Path):
    with start(tmp_path, "laws", "cn/pipl") as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        err = process.stderr.read()
    assert process.returncode == 1
    assert err == ""


@pytest.mark.parametrize("json_", [[], ["--json"]], ids=["words", "json"])
def test_a_terminal_that_lacks_a_letter_does_not_end_a_command(json_: list[str], tmp_path: Path):
    write_flow(tmp_path, {"title": "客户 名单 ✓"})
    given = subprocess.run(
        [*LOCKGATE, "decide", "flow.toml", *json_],
        cwd=tmp_path,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
    )
    assert given.returncode == 0, given.stderr
    assert json.loads(given.stdout)["outcome"] == "permitted" if json_ else b"\\u5ba2" in given.stdout


def test_the_installed_command_is_the_same(tmp_path: Path):
    command = Path(sys.executable).with_name("lockgate")
    if not command.exists():
        pytest.skip("lockgate is not installed beside this Python")
    given = subprocess.run([command, "laws"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "cn/pipl" in given.stdout
