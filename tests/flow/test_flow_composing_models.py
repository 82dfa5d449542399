"""A later release keeps its privacy models, its search and its moves too, although its classes are nested."""

import csv
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

from lockgate.flow.release import Released
from small_flows import do_not_wait_for_the_disk, release_at

DIVERSE = {"protect.models": [{"model": "distinct-l-diversity", "column": "Survived", "l": 2}]}
CLOSE = {"protect.models": [{"model": "t-closeness", "column": "Survived", "t": 0.3}]}
OTHER_COLUMNS = {"protect.quasi_identifiers": ["Sex", "Age", "SibSp"]}


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    do_not_wait_for_the_disk(monkeypatch)


def rows_of(folder: Path, number: int, changes: dict[str, Any]) -> tuple[Released, list[dict[str, str]]]:
    """A release into the same home as those before, and its rows."""
    changes = {"protect.suppression_limit": 0.5, "data.columns.Survived.role": "sensitive", **changes}
    made = release_at(folder, changes, seed=str(number), out=f"out{number}", flow=f"flow{number}.toml")
    with next((folder / f"out{number}" / "data").iterdir()).open(encoding="utf-8", newline="") as lines:
        return made, list(csv.DictReader(lines))


def classes_of(rows: list[dict[str, str]], columns: tuple[str, ...]) -> dict[tuple[str, ...], list[dict[str, str]]]:
    found = defaultdict(list)
    for row in rows:
        found[tuple(row[name] for name in columns)].append(row)
    return found


@pytest.mark.parametrize(
    "asked",
    [
        DIVERSE,
        CLOSE,
        {**DIVERSE, **OTHER_COLUMNS},
        {**DIVERSE, "protect.moves": 2_000},
        {**CLOSE, "protect.search": "strict"},
    ],
)
def test_a_later_release_with_a_model_is_made_and_keeps_it(tmp_path: Path, asked: dict[str, Any]):
    columns = tuple(asked.get("protect.quasi_identifiers", ("Pclass", "Sex", "Age")))
    _, first = rows_of(tmp_path, 1, {})
    made, second = rows_of(tmp_path, 2, asked)
    assert len(second) > 100
    own = classes_of(second, columns)
    assert all(len({row["Survived"] for row in rows}) == 2 for rows in own.values())
    assert min(map(len, own.values())) >= 3
    before = {row["PassengerId"]: (row["Pclass"], row["Sex"], row["Age"]) for row in first}
    after = {row["PassengerId"]: tuple(row[name] for name in columns) for row in second}
    together = Counter((before.get(who), after.get(who)) for who in {*before, *after})
    assert min(together.values()) >= 3
    assert all(check.ok for check in made.copy.verification.checks)


def test_without_models_the_earlier_classes_do_not_keep_it(tmp_path: Path):
    _, first = rows_of(tmp_path, 1, {})
    own = classes_of(first, ("Pclass", "Sex", "Age"))
    assert any(len({row["Survived"] for row in rows}) < 2 for rows in own.values()), "or the test above shows nothing"


def test_moves_of_the_flow_file_lower_the_loss_of_nested_classes(tmp_path: Path):
    losses = []
    for name, moves in (("none", 0), ("many", 3_000)):
        (tmp_path / name).mkdir()
        rows_of(tmp_path / name, 1, {})
        made, _ = rows_of(tmp_path / name, 2, {**DIVERSE, "protect.k": 6, "protect.moves": moves})
        losses.append(next(c.measured for c in made.copy.verification.checks if c.name == "loss"))
    assert losses[1] < losses[0]


def test_a_search_for_one_level_stays_one(tmp_path: Path):
    search = {"protect.search": "global", "protect.columns.Age.hierarchy": "number:10,20,40"}
    rows_of(tmp_path, 1, search)
    _, second = rows_of(tmp_path, 2, {**search, **DIVERSE, "protect.k": 5})
    assert len({row["Age"].count(",") for row in second}) == 1
    assert all(
        len({row["Survived"] for row in rows}) == 2 for rows in classes_of(second, ("Pclass", "Sex", "Age")).values()
    )
