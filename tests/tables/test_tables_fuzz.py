"""Broken files by the hundred, in a process of their own: none crashes it, hangs it, or asks for memory without end."""

import subprocess
import sys
from pathlib import Path

import pytest

WORKER = Path(__file__).parent / "fuzzing.py"
HANG_S = 900
FORMATS = ["csv", "jsonl", "json", "xlsx", "arrow", "parquet", "sqlite"]


def read_broken(form: str, first: int, last: int, folder: Path) -> None:
    command = [sys.executable, "-X", "faulthandler", str(WORKER), form, str(first), str(last), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=HANG_S, check=False)
    numbers = done.stdout.split()
    assert done.returncode == 0, f"{form}, file {numbers[-1:]}: exit {done.returncode}: {done.stderr[-2_000:]}"
    assert numbers[-2] == "read"
    assert int(numbers[-1]) < last - first


@pytest.mark.parametrize("form", FORMATS)
def test_a_broken_file_is_read_or_refused(form: str, tmp_path: Path) -> None:
    read_broken(form, 0, 60, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMATS)
def test_any_of_two_thousand_broken_files_is_read_or_refused(form: str, tmp_path: Path) -> None:
    read_broken(form, 1_000, 3_000, tmp_path)
