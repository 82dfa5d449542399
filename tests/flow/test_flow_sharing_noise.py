"""Statistics and made-up rows with noise whose passes are shared among workers: the same as made in one piece."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from lockgate.flow.sharing import Sharing
from lockgate.tables.engine_local import LocalEngine
from lockgate.tables.fragments import FRAGMENT_ROWS
from many_passengers import HELD, IN_ONE_PIECE, ROWS, many_passengers
from small_flows import do_not_wait_for_the_disk, fix_keys, node_at, release_at

COUNTED: Mapping[str, Any] = {
    "by": ["Sex", "Embarked"],
    "epsilon": 2.0,
    "delta": 1e-9,
    "max_rows_per_person": 2,
    "max_groups_per_person": 1,
    "budget": {"epsilon": 5.0, "delta": 1e-8},
    "ask": [
        {"statistic": "count"},
        {"statistic": "persons"},
        {"statistic": "sum", "column": "Fare", "low": 0, "high": 600, "decimals": 2},
        {"statistic": "quantile", "quantile": 0.5, "column": "Age", "low": 0, "high": 100, "decimals": 0},
    ],
}
MADE: Mapping[str, Any] = {
    "columns": {
        "Pclass": {"values": [1, 2, 3]},
        "Sex": {"values": ["female", "male"]},
        "Embarked": {"values": ["C", "Q", "S", ""]},
        "Fare": {"edges": [0, 10, 20, 50, 600], "decimals": 2},
    },
    "epsilon": 2.0,
    "delta": 1e-9,
    "max_rows_per_person": 2,
    "budget": {"epsilon": 5.0, "delta": 1e-8},
}


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    do_not_wait_for_the_disk(monkeypatch)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The passengers again and again; each person has three rows, far apart."""
    file = tmp_path_factory.mktemp("many") / "many.parquet"
    parquet.write_table(many_passengers(lambda row: row % (ROWS // 3)), file, row_group_size=50_000)
    return file


@pytest.mark.slow
@pytest.mark.parametrize("subject_key", ["", "PassengerId"])
@pytest.mark.parametrize("wish", [{"statistics": COUNTED}, {"synthesise": MADE}], ids=["statistics", "synthesise"])
def test_what_is_drawn_is_the_same_whatever_the_ranges(
    tmp_path: Path, many: Path, wish: Mapping[str, Any], subject_key: str
) -> None:
    found = []
    for engine, size in (
        (LocalEngine(1), IN_ONE_PIECE),
        (LocalEngine(1), FRAGMENT_ROWS),
        (LocalEngine(2), FRAGMENT_ROWS),
    ):
        folder = tmp_path / str(len(found))
        folder.mkdir()
        node = replace(node_at(fix_keys(folder / ".lockgate")), sharing=Sharing(engine, size))
        key = {"data.subject_key": subject_key} if subject_key else {}
        release_at(folder, {**HELD, **key, "data.source": str(many), "protect": dict(wish)}, node=node)
        engine.close()
        assert not list((folder / ".lockgate" / "work").iterdir())
        out = folder / "out"
        found.append([(out / name).read_bytes() for name in ("data/many.parquet", "statement.json")])
    assert found[1] == found[0]
    assert found[2] == found[0]
