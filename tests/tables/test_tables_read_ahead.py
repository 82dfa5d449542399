"""Batches read ahead, and columns read alone."""

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from lockgate.tables.read_ahead import read_ahead
from lockgate.tables.side_thread import side_threads
from lockgate.tables.source import open_source
from lockgate.terms.errors import InputError
from lockgate.terms.flow_request import SourceReference


def batch_of(number: int) -> pa.RecordBatch:
    return pa.record_batch({"n": [number]})


@pytest.fixture
def cores() -> Iterator[None]:
    before = pa.cpu_count()
    pa.set_cpu_count(2)
    yield
    pa.set_cpu_count(before)


@pytest.mark.usefixtures("cores")
def test_batches_come_in_order_and_the_next_is_read_while_one_is_used() -> None:
    was_read = [threading.Event() for _ in range(4)]

    def reading() -> Iterator[pa.RecordBatch]:
        for number, event in enumerate(was_read):
            event.set()
            yield batch_of(number)

    found = []
    for number, batch in enumerate(read_ahead(reading())):
        assert number == len(was_read) - 1 or was_read[number + 1].wait(timeout=30)
        assert number + 2 >= len(was_read) or not was_read[number + 2].is_set()
        found.append(batch.column("n")[0].as_py())
    assert found == [0, 1, 2, 3]


@pytest.mark.usefixtures("cores")
def test_with_one_core_a_batch_is_made_when_it_is_asked_for_and_a_reading_given_up_is_ended() -> None:
    pa.set_cpu_count(1)
    made: list[object] = []

    def reading() -> Iterator[pa.RecordBatch]:
        try:
            for number in range(3):
                made.append(threading.get_ident())
                yield batch_of(number)
        finally:
            made.append("ended")

    batches = read_ahead(reading())
    assert [next(batches).column("n")[0].as_py() for _ in range(2)] == [0, 1]
    assert made == [threading.get_ident()] * 2
    batches.close()
    assert made[2:] == ["ended"]
    with side_threads(2, "any") as pool:
        assert pool.submit(threading.get_ident).result() == threading.get_ident()
    pa.set_cpu_count(2)
    with side_threads(2, "any") as pool:
        assert pool.submit(threading.get_ident).result() != threading.get_ident()


@pytest.mark.usefixtures("cores")
def test_an_error_of_the_reading_comes_where_its_batch_would() -> None:
    def reading() -> Iterator[pa.RecordBatch]:
        yield batch_of(1)
        raise InputError("row 2 is broken", "Mend it.")

    batches = read_ahead(reading())
    assert next(batches).num_rows == 1
    with pytest.raises(InputError, match="row 2"):
        next(batches)


@pytest.mark.usefixtures("cores")
def test_a_reading_given_up_is_ended_in_the_thread_that_began_it() -> None:
    threads = []

    def reading() -> Iterator[pa.RecordBatch]:
        threads.append(threading.get_ident())
        try:
            while True:
                yield batch_of(1)
        finally:
            threads.append(threading.get_ident())

    batches = read_ahead(reading())
    next(batches)
    batches.close()
    assert len(threads) == 2
    assert len(set(threads)) == 1
    assert threads[0] != threading.get_ident()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    text = "a,b,c\n1,x,p\n2,,q\n"
    (tmp_path / "a.csv").write_text(text)
    (tmp_path / "utf16.csv").write_text(text, encoding="utf-16")
    (tmp_path / "a.jsonl").write_text('{"a": "1", "b": "x", "c": "p"}\n{"a": "2", "c": "q"}\n')
    parquet.write_table(pa.table({"a": ["1", "2"], "b": ["x", None], "c": ["p", "q"]}), tmp_path / "a.parquet")
    with sqlite3.connect(tmp_path / "a.db") as connection:
        connection.execute("CREATE TABLE t (a TEXT, b TEXT, c TEXT)")
        connection.executemany("INSERT INTO t VALUES (?, ?, ?)", [("1", "x", "p"), ("2", None, "q")])
    connection.close()
    return tmp_path


@pytest.mark.parametrize("name", ["a.csv", "utf16.csv", "a.jsonl", "a.parquet", "a.db"])
def test_some_columns_are_read_alone_in_the_order_asked_for(folder: Path, name: str) -> None:
    source = open_source(SourceReference(str(folder / name)))
    whole = pa.Table.from_batches(list(source.batches()))
    for columns in (["b"], ["c", "a"], ["a", "b", "c"]):
        some = pa.Table.from_batches(list(source.batches(columns)))
        assert some.schema.names == columns
        assert some.equals(whole.select(columns))
        assert pa.Table.from_batches(list(read_ahead(source.batches(columns)))).equals(some)


LEFT_TO_THE_COLLECTOR = """
import gc
import pyarrow as pa
from lockgate.tables.read_ahead import read_ahead
pa.set_cpu_count(2)
gc.disable()
for _ in range(3):
    batches = read_ahead(iter("abcdef"))
    assert next(batches) == "a"
    cycle = [batches]
    cycle.append(cycle)
    del batches, cycle
    gc.collect()
print("ended")
"""


def test_batches_that_nobody_reads_to_the_end_do_not_hold_up_the_collector_of_garbage() -> None:
    command = [sys.executable, "-c", LEFT_TO_THE_COLLECTOR]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("ended\n", "")
