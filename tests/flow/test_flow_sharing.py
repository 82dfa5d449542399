"""Releases whose passes are shared among workers: the same bytes as made in one piece, whatever the ranges."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import csv, parquet

from lockgate.flow.sharing import Sharing
from lockgate.tables.engine_local import LocalEngine
from lockgate.tables.fragments import FRAGMENT_ROWS
from small_flows import PASSENGERS, do_not_wait_for_the_disk, fix_keys, node_at, release_at

ROWS = 2 * FRAGMENT_ROWS + 4_321
IN_ONE_PIECE = 1 << 30


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    do_not_wait_for_the_disk(monkeypatch)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The passengers again and again, each time with other numbers; row groups are no fragments."""
    few = csv.read_csv(PASSENGERS, convert_options=csv.ConvertOptions(strings_can_be_null=False))
    whole = pa.concat_tables([few] * (ROWS // few.num_rows + 1)).slice(0, ROWS).combine_chunks()
    numbers = pa.array([str(number // 2) for number in range(ROWS)])
    file = tmp_path_factory.mktemp("many") / "many.parquet"
    place = whole.schema.get_field_index("PassengerId")
    parquet.write_table(whole.set_column(place, "PassengerId", numbers), file, row_group_size=50_000)
    return file


def released(
    folder: Path, many: Path, changes: Mapping[str, Any], engine: LocalEngine, size: int
) -> tuple[bytes, bytes, list[str]]:
    """Return data file and statement of a release, and what is left in the work folder."""
    folder.mkdir()
    node = replace(node_at(fix_keys(folder / ".lockgate")), sharing=Sharing(engine, size))
    held = {"holder.persons_held": 900_000, "recipient.in": "CN", "data.source": str(many)}
    release_at(folder, held | dict(changes), node=node)
    out = folder / "out"
    left = sorted(path.name for path in (folder / ".lockgate" / "work").iterdir())
    return (out / "data" / "many.parquet").read_bytes(), (out / "statement.json").read_bytes(), left


FLOWS: list[dict[str, Any]] = [
    {},
    {
        "data.subject_key": "PassengerId",
        "protect.pseudonymise": [],
        "protect.drop": ["PassengerId", "Ticket", "Cabin", "Name"],
        "protect.persons": 60_000,
    },
]
"""By rows; and by persons with several rows, of whom some are chosen."""


@pytest.mark.slow
@pytest.mark.parametrize("changes", FLOWS, ids=["rows", "persons"])
def test_a_release_is_the_same_whatever_the_ranges_and_the_workers(
    tmp_path: Path, many: Path, changes: dict[str, Any]
) -> None:
    whole = released(tmp_path / "whole", many, changes, LocalEngine(1), IN_ONE_PIECE)
    assert whole[2] == []
    for workers, size in ((1, FRAGMENT_ROWS), (2, FRAGMENT_ROWS), (3, FRAGMENT_ROWS)):
        engine = LocalEngine(workers)
        try:
            found = released(tmp_path / f"{workers}-{size}", many, changes, engine, size)
        finally:
            engine.close()
        assert found[1] == whole[1]
        assert found[0] == whole[0]
        assert found[2] == []
