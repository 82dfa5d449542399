"""Releases of every kind of source whose passes are shared: the same bytes as made in one piece."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import dataset, ipc, parquet

from lockgate.flow import sharing
from lockgate.flow.sharing import Sharing
from lockgate.tables.engine_local import LocalEngine
from lockgate.tables.fragments import FRAGMENT_ROWS
from many_passengers import HELD, IN_ONE_PIECE, ROWS, many_passengers
from small_flows import COLUMNS, do_not_wait_for_the_disk, fix_keys, node_at, release_at

COPY_NOTHING, COPY_ALL = 1 << 40, 8


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    do_not_wait_for_the_disk(monkeypatch)


@pytest.fixture(scope="module")
def many() -> pa.Table:
    return many_passengers()


def _partitioned(path: Path, table: pa.Table) -> None:
    parting = dataset.partitioning(pa.schema([("Embarked", pa.string())]), flavor="hive")
    dataset.write_dataset(table, path, format="parquet", partitioning=parting, existing_data_behavior="error")


def _structs(path: Path, table: pa.Table) -> None:
    nested = pa.StructArray.from_arrays([table["Sex"].combine_chunks(), table["Age"].combine_chunks()], ["Sex", "Age"])
    others = table.drop(["Sex", "Age"])
    parquet.write_table(others.append_column("who", nested), path, row_group_size=50_000)


def _lists(path: Path, table: pa.Table) -> None:
    rows = table.to_struct_array().combine_chunks()
    offsets = pa.array([0, 5, 5, 90_000, ROWS], pa.int32())
    parquet.write_table(pa.table({"lists": pa.ListArray.from_arrays(offsets, rows)}), path)


def _arrow(path: Path, table: pa.Table) -> None:
    with ipc.new_file(path, table.schema, options=ipc.IpcWriteOptions(compression="lz4")) as writer:
        writer.write_table(table, max_chunksize=70_000)


def _lines(path: Path, table: pa.Table) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in table.to_pylist()))


def _sqlite(path: Path, table: pa.Table) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"CREATE TABLE t ({', '.join(table.schema.names)})")
        connection.executemany(f"INSERT INTO t VALUES ({', '.join('?' * 12)})", zip(*table.to_pydict().values()))  # noqa: B905 - of one length; names of ours
        connection.commit()


Write = Callable[[Path, pa.Table], None]

KINDS: dict[str, tuple[str, Write, dict[str, Any]]] = {
    "partitioned": ("many", _partitioned, {}),
    "structs": ("many.parquet", _structs, {"protect.quasi_identifiers": ["Pclass", "who.Sex", "who.Age"]}),
    "lists": (
        "many.parquet",
        _lists,
        {
            "data.table": "lists[]",
            "protect.quasi_identifiers": ["lists[].Pclass", "lists[].Sex", "lists[].Age"],
            "protect.drop": ["lists[].Ticket", "lists[].Cabin"],
            "protect.pseudonymise": ["lists[].PassengerId", "lists[].Name"],
        },
    ),
    "arrow": ("many.arrow", _arrow, {}),
    "jsonl": ("many.jsonl", _lines, {}),
    "sqlite": ("many.db", _sqlite, {}),
}


def columns_of(kind: str) -> dict[str, Any]:
    """Return what a flow file says of the columns as this kind calls them."""
    inner = {"structs": {"Sex": "who.Sex", "Age": "who.Age"}, "lists": {name: f"lists[].{name}" for name in COLUMNS}}
    return {inner.get(kind, {}).get(name, name): {"necessary": True} for name in COLUMNS}


def released(folder: Path, changes: dict[str, Any], how: Sharing) -> tuple[bytes, bytes]:
    """Return data file and statement of a release."""
    folder.mkdir()
    node = replace(node_at(fix_keys(folder / ".lockgate")), sharing=how)
    release_at(folder, {**HELD, **changes}, node=node)
    how.engine.close()
    assert not list((folder / ".lockgate" / "work").iterdir())
    (file,) = (folder / "out" / "data").iterdir()
    return file.read_bytes(), (folder / "out" / "statement.json").read_bytes()


def check_alike(
    folder: Path, changes: dict[str, Any], monkeypatch: pytest.MonkeyPatch, engines: tuple[int, ...] = (1, 2, 3)
) -> bytes:
    """Release in one piece and shared among some numbers of workers; return the statement, which is the same."""
    shared: list[int] = []
    find = sharing.unfinished
    monkeypatch.setattr(sharing, "unfinished", lambda *given: shared.append(len(given[1])) or find(*given))
    whole = released(folder / "whole", changes, Sharing(LocalEngine(1), IN_ONE_PIECE, COPY_NOTHING))
    assert shared == []
    for number, workers in enumerate(engines, start=1):
        how = Sharing(LocalEngine(workers), FRAGMENT_ROWS, COPY_ALL)
        assert released(folder / f"{workers}", changes, how) == whole
        assert len(shared) >= 3 * number
    return whole[1]


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_release_of_any_kind_of_source_is_the_same_in_one_piece_and_shared(
    tmp_path: Path, many: pa.Table, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, write, changes = KINDS[kind]
    write(tmp_path / name, many)
    source = {"data.source": str(tmp_path / name), "data.columns": columns_of(kind)}
    check_alike(tmp_path, {**source, **changes}, monkeypatch, (1, 2, 3) if kind == "partitioned" else (2,))


@pytest.mark.slow
def test_a_release_of_those_who_consent_is_the_same_in_one_piece_and_shared(
    tmp_path: Path, many: pa.Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    parquet.write_table(many, tmp_path / "many.parquet", row_group_size=50_000)
    register = {
        "subject": [str(number) for number in range(ROWS) if number % 40],
        "purpose": "research",
        "recipient": "Acme Korea",
        "category": "",
        "state": "given",
        "since": date(2026, 1, 1),
        "until": None,
    }
    count = len(register["subject"])  # type: ignore[arg-type] # a list
    columns = {
        name: pa.array(value if isinstance(value, list) else [value] * count) for name, value in register.items()
    }
    parquet.write_table(pa.table(columns), tmp_path / "register.parquet")
    changes = {
        "data.source": str(tmp_path / "many.parquet"),
        "data.subject_key": "PassengerId",
        "basis.consent.register": str(tmp_path / "register.parquet"),
        "protect.pseudonymise": [],
        "protect.drop": ["PassengerId", "Ticket", "Cabin", "Name"],
    }
    statement = json.loads(check_alike(tmp_path, changes, monkeypatch))
    kept = sum((number // 2) % 40 > 0 for number in range(ROWS))
    assert 2 * FRAGMENT_ROWS < kept < ROWS
    assert f"{kept}" in json.dumps(statement)
