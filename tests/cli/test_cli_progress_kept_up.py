"""Every command that reads rows tells of them, and a line comes while a step says nothing of itself."""

import io
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from lockgate.cli import attack, evidence_fsck, measure, new, progress
from lockgate.cli.progress import Lines
from lockgate.flow.sharing import Sharing
from lockgate.tables.bytes_read import BytesRead
from lockgate.tables.engine_local import LocalEngine
from lockgate.tables.snapshot import Origin, take_snapshot
from lockgate.tables.source import open_source
from lockgate.terms.flow_request import SourceReference
from small_flows import PASSENGERS, release_at

Lockgate = Callable[..., Any]


class Heard:
    """What is told of each step."""

    def __init__(self) -> None:
        self.told: Counter[str] = Counter()
        self._stage = ""

    def step(self, name: str) -> None:
        self._stage = name
        self.told[name] += 0

    def rows(self, count: int) -> None:
        self.told[self._stage] += count


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Heard:
    hearer = Heard()

    @contextmanager
    def watch(_: object) -> Iterator[Heard]:
        yield hearer

    for command in (attack, evidence_fsck, measure, new):
        monkeypatch.setattr(command, "watch", watch)
    return hearer


def test_a_line_comes_while_a_step_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_EVERY_S", 0.01)
    out = io.StringIO()
    lines = Lines(out)
    lines.step("checking the evidence")
    with lines.kept_up():
        for _ in range(1_000):
            if out.getvalue().count("\n") > 1:
                break
            time.sleep(0.01)
    told = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [line["stage"] for line in told[:2]] == ["checking the evidence"] * 2
    assert told[0]["rows"] == 0


def test_who_measures_a_table_is_told_of_its_rows(heard: Heard, lockgate: Lockgate) -> None:
    assert lockgate("measure", str(PASSENGERS), "--quasi", "Sex,Age").code == 0
    assert heard.told == {"opening the source": 0, "reading the table": 160, "measuring": 0}


def test_who_attacks_a_release_or_checks_its_evidence_is_told(heard: Heard, lockgate: Lockgate, tmp_path: Path) -> None:
    release_at(tmp_path, {})
    assert lockgate("attack", str(tmp_path / "out"), "--knowing", str(PASSENGERS)).code == 0
    assert set(heard.told) == {"opening the source", "reading the copy", "reading the known people"}
    assert heard.told["reading the known people"] == 160
    assert heard.told["reading the copy"] > 0
    assert lockgate("evidence", "fsck", "--home", str(tmp_path / ".lockgate")).code == 0
    assert "checking the evidence" in heard.told


def test_who_writes_a_flow_file_is_told_that_the_source_is_opened(
    heard: Heard, lockgate: Lockgate, tmp_path: Path
) -> None:
    assert lockgate("new", str(PASSENGERS), "--out", str(tmp_path / "new.toml")).code == 0
    assert heard.told["opening the source"] == 0
    assert heard.told["scanning every row"] == 160


def test_the_rows_of_a_table_that_is_read_to_be_opened_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []
    monkeypatch.setattr(BytesRead, "tell_rows", told.append)
    batch = pa.record_batch({"n": [1, 2, 3]})
    source = take_snapshot(("told",), Origin("people", "postgresql", batch.schema, lambda _: iter([batch, batch])))
    assert source.rows.schema.names == ["n"]
    assert told == [3, 3]


def test_the_rows_of_a_file_that_is_copied_are_told_once(
    monkeypatch: pytest.MonkeyPatch, heard: Heard, tmp_path: Path
) -> None:
    monkeypatch.setattr(BytesRead, "tell_rows", heard.rows)
    with pa.ipc.new_stream(tmp_path / "few.arrows", pa.schema([("n", pa.int64())])) as out:
        out.write_table(pa.table({"n": pa.array(range(1_000), pa.int64())}))
    source = open_source(SourceReference(str(tmp_path / "few.arrows")))
    copy = Sharing(LocalEngine(1), copied_bytes=1).opened(source, heard)
    assert copy is not source
    assert heard.told == {"reading the table": 1_000}
