"""What is told of a long step: a line on a terminal, lines of JSON elsewhere."""

import csv
import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from lockgate.cli.progress import Lines, Moving
from lockgate.tables.extent import Extent


class Bar:
    """Keeps what is shown."""

    def __init__(self) -> None:
        self.shown: list[str] = []

    def add_task(self, *_: Any, **__: Any) -> int:
        return 1

    def update(self, _task: int, *, rows: str, **_: Any) -> None:
        self.shown.append(rows)


def test_the_pace_is_shown_and_once_the_number_of_rows_is_known_the_time_left() -> None:
    bar, times = Bar(), iter([0.0, 0.0, 0.5, 2.0, 4.0, 10.0, 12.0, 14.0, 16.0])
    moving = Moving(bar, lambda: next(times))

    moving.step("scanning every row")
    for count in (10, 3_990, 6_000):
        moving.rows(count)
    moving.step("protecting every row")
    for count in (2_500, 7_500, 0):
        moving.rows(count)

    assert bar.shown == [
        "",
        "10 rows",
        "4,000 rows, 2,000 a second",
        "10,000 rows, 2,500 a second",
        "",
        "2,500 rows, 1,250 a second, 6 s left",
        "10,000 rows, 2,500 a second",
        "10,000 rows, 1,667 a second",
    ]


def test_the_time_left_is_told_in_the_first_pass_where_rows_or_bytes_are_known() -> None:
    bar, times = Bar(), iter([0.0, 0.0, 2.0, 10.0, 14.0, 20.0, 24.0])
    moving = Moving(bar, lambda: next(times))

    moving.step("scanning every row")
    moving.expect(Extent(rows=1_000))
    moving.rows(250)
    moving.step("scanning a file of text")
    moving.expect(Extent(bytes=8_000))
    moving.read(2_000)
    moving.step("going on")
    moving.expect(Extent(rows=1_000, done=600))
    moving.rows(200)

    assert [words for words in bar.shown if words] == [
        "250 rows, 125 a second, 6 s left",
        "12 s left",
        "800 rows, 50 a second, 4 s left",
    ]


def lines_of(out: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_lines_come_every_two_seconds_and_none_before() -> None:
    now = [0.0]
    out = io.StringIO()
    lines = Lines(out, lambda: now[0])
    lines.step("scanning every row")
    lines.expect(Extent(rows=1_000))
    for tenth in range(1, 61):
        now[0] = tenth / 10
        lines.rows(10)
        if tenth == 19:
            assert out.getvalue() == ""
    found = lines_of(out)
    assert [line["seconds"] for line in found] == [2.0, 4.0, 6.0]
    assert found[0] == {
        "stage": "scanning every row",
        "rows": 200,
        "rows_total": 1_000,
        "rows_per_second": 100.0,
        "seconds": 2.0,
        "seconds_left": 8.0,
    }


def test_a_reader_of_lines_that_is_gone_hinders_nothing() -> None:
    now = [0.0]
    out = io.StringIO()
    lines = Lines(out, lambda: now[0])
    out.close()
    now[0] = 5.0
    lines.rows(1)


NAMES = ("Ada Lovelace", "Grace Hopper", "Emmy Noether", "Rosalind Franklin", "Hedy Lamarr")
STAGES = {
    "starting",
    "opening the source",
    "scanning every row",
    "reading the table",
    "counting persons",
    "measuring who stands out",
}


def table(rows: int) -> dict[str, list[str]]:
    return {
        "name": [f"{NAMES[row % 5]} {row}" for row in range(rows)],
        "mail": [f"person{row}@example.org" for row in range(rows)],
        "note": [f"called on {row % 28 + 1}.3.2024 about order {row * 7919}" for row in range(rows)],
    }


EVERY_S = 0.05
OFTEN = f"""
import sys
from lockgate.cli import door, progress
progress._EVERY_S = progress._LEAST_S = {EVERY_S}
sys.exit(door.main())
"""
"""The program, with lines more often than every two seconds: in which a scan may be done."""


def lines_while_scanning(file: Path, *more: str, environment: dict[str, str] | None = None) -> list[dict[str, Any]]:
    """Return the lines of a real scan, which ends well; they hold no cell."""
    begun = time.monotonic()
    command = [sys.executable, "-c", OFTEN, "scan", str(file), *more]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    passed = time.monotonic() - begun
    assert not any(name in done.stderr for name in (*NAMES, "example.org", "called on"))
    said = [line for line in done.stderr.splitlines() if line.startswith("{")]
    assert len(said) <= passed / EVERY_S
    return [json.loads(line) for line in said]


def check_lines(found: Sequence[dict[str, Any]]) -> None:
    assert found
    assert {line["stage"] for line in found} <= STAGES
    members = ["stage", "rows", "rows_total", "rows_per_second", "seconds", "seconds_left"]
    assert all(list(line) == members for line in found)
    assert all(isinstance(line[name], int | float | None) for line in found for name in members[1:])


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["csv", "parquet", "jsonl"])
def test_a_real_scan_whose_output_is_no_terminal_tells_rows_and_time_left_in_its_first_pass(
    tmp_path: Path, kind: str
) -> None:
    rows = 120_000
    file, columns = tmp_path / f"many.{kind}", table(rows)
    if kind == "parquet":
        parquet.write_table(pa.table(columns), file, row_group_size=50_000)
    elif kind == "csv":
        with file.open("w", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(columns)
            writer.writerows(zip(*columns.values(), strict=True))
    else:
        with file.open("w") as out:
            out.writelines(
                json.dumps(dict(zip(columns, row, strict=True))) + "\n" for row in zip(*columns.values(), strict=True)
            )
    found = lines_while_scanning(file, "--workers", "1")
    check_lines(found)
    first = [line for line in found if line["stage"] in ("opening the source", "scanning every row")]
    assert any(line["seconds_left"] is not None for line in first)
    if kind == "parquet":
        assert {line["rows_total"] for line in first if line["rows"]} == {rows}


@pytest.mark.slow
def test_who_wants_to_read_nothing_of_progress_says_so(tmp_path: Path) -> None:
    file = tmp_path / "many.parquet"
    parquet.write_table(pa.table(table(120_000)), file)
    assert lines_while_scanning(file, environment={**os.environ, "LOCKGATE_PROGRESS": "off"}) == []
