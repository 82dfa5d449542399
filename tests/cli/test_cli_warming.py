"""Compiled code is made once, by a process of its own, in a folder that only its owner may write to."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow.feather import write_feather

from lockgate.cli import warming
from lockgate.examples.customers import generate_customers
from lockgate.tables.sink import write_table
from lockgate.terms.compiled_code import CodeFolder, load_code, set_code_folder


@pytest.fixture
def started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Return the commands that would be started; leave the folder of this process as it was."""
    before, commands = (CodeFolder.path, CodeFolder.made), []
    monkeypatch.setenv("LOCKGATE_CACHE", str(tmp_path))
    monkeypatch.setattr(warming.subprocess, "Popen", lambda command, **_: commands.append(command))
    yield commands
    CodeFolder.path, CodeFolder.made = before


def test_code_that_is_not_there_is_made_by_one_process_only(started: list[list[str]]):
    warming.begin()
    warming.begin()  # this process claimed it, and is alive
    assert len(started) == 1
    assert CodeFolder.path is not None
    assert CodeFolder.made == CodeFolder.path / warming.MADE
    assert CodeFolder.path.stat().st_mode & 0o077 == 0


def test_who_claimed_it_and_is_gone_does_not_stand_in_the_way(started: list[list[str]]):
    warming.begin()
    assert CodeFolder.path is not None
    for gone in ("999999999", "not a number", ""):
        (CodeFolder.path / warming.MAKING).write_text(gone)
        warming.begin()
    assert len(started) == 4


def test_code_that_is_made_is_not_made_again(started: list[list[str]]):
    warming.begin()
    assert CodeFolder.made is not None
    CodeFolder.made.touch()
    (CodeFolder.made.parent / warming.MAKING).unlink()
    warming.begin()
    assert len(started) == 1


def test_a_folder_that_others_may_write_to_is_not_used(started: list[list[str]], monkeypatch: pytest.MonkeyPatch):
    warming.begin()
    assert CodeFolder.path is not None
    CodeFolder.path.chmod(0o777)  # what is in it would be run
    set_code_folder(Path("before"), None)
    warming.begin()
    assert CodeFolder.path == Path("before")


def test_a_folder_that_leads_elsewhere_is_not_used(started: list[list[str]], tmp_path: Path):
    warming.begin()
    assert CodeFolder.path is not None
    (tmp_path / "lockgate").rename(tmp_path / "elsewhere")
    (tmp_path / "lockgate").symlink_to(tmp_path / "elsewhere")
    set_code_folder(Path("before"), None)
    warming.begin()
    assert CodeFolder.path == Path("before")


def test_a_folder_that_others_can_put_another_in_the_place_of_is_not_used(started: list[list[str]], tmp_path: Path):
    set_code_folder(Path("before"), None)
    tmp_path.chmod(0o777)
    warming.begin()
    assert CodeFolder.path == Path("before")
    tmp_path.chmod(0o1777)  # as /tmp is: only the owner of a folder in it may rename it
    warming.begin()
    assert CodeFolder.path != Path("before")


def test_a_user_without_a_home_does_without(started: list[list[str]], monkeypatch: pytest.MonkeyPatch):
    for name in ("LOCKGATE_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)

    def no_home(_: Path) -> Path:
        raise RuntimeError

    monkeypatch.setattr(Path, "expanduser", no_home)
    warming.begin()
    assert started == []


def test_a_folder_named_from_here_is_the_same_for_the_process_that_makes_the_code(
    started: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOCKGATE_CACHE", "cache")
    warming.begin()
    assert Path(started[0][-1]).is_absolute()


@pytest.mark.skipif(os.getuid() == 0, reason="nothing is forbidden to root")
def test_where_nothing_can_be_written_commands_do_without(started: list[list[str]], tmp_path: Path):
    tmp_path.chmod(0o500)
    warming.begin()
    assert started == []


def test_before_the_code_is_made_nobody_waits_for_it(tmp_path: Path):
    before = CodeFolder.path, CodeFolder.made
    try:
        set_code_folder(tmp_path, tmp_path / "made")
        assert load_code("lockgate.classify.kernel.no_such_module") is None
    finally:
        CodeFolder.path, CodeFolder.made = before


@pytest.mark.slow
def test_the_first_scan_and_the_scan_with_compiled_code_say_the_same_and_nothing_more_is_compiled(tmp_path: Path):
    batches = list(generate_customers(9_000, 5))
    files = [write_table(tmp_path, "customers", batches, batches[0].schema, "csv"), tmp_path / "customers.arrow"]
    table = pa.Table.from_batches(batches)
    table = table.append_column("empty", pa.array([""] * len(table)))
    write_feather(table, files[1], compression="uncompressed")  # read where it lies, so that nothing in it may change
    surroundings = {**os.environ, "LOCKGATE_CACHE": str(tmp_path / "cache"), "NUMBA_DEBUG_CACHE": "1"}

    def scan(file: Path) -> list[str]:
        command = [sys.executable, "-m", "lockgate", "scan", str(file)]
        done = subprocess.run(command, env=surroundings, capture_output=True, text=True, check=True, cwd=tmp_path)
        return done.stdout.splitlines()

    first = scan(files[0])
    assert not any("[cache]" in line for line in first)
    (folder,) = (tmp_path / "cache" / "lockgate").iterdir()
    for _ in range(1_200):
        if not (folder / warming.MAKING).exists():
            break
        time.sleep(0.5)
    assert (folder / warming.MADE).exists()
    second, third = map(scan, files)
    for lines in (second, third):
        assert any("[cache] data loaded" in line for line in lines)
        assert [line for line in lines if "[cache] data saved" in line] == []
    assert first == [line for line in second if "[cache]" not in line]
