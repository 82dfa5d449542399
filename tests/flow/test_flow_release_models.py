"""Releases within privacy models on a sensitive column: the copy holds them, and what cannot be is refused."""

import csv
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

from lockgate.flow.file import parse_flow
from lockgate.flow.release import release
from lockgate.terms.errors import InputError
from small_flows import PASSENGERS, fix_keys, flow_text, node_at

QUASI = ("Pclass", "Sex", "Age")


def released(folder: Path, models: str, changes: dict[str, Any] | None = None) -> list[dict[str, str]]:
    """Return the rows of a release of the passengers within models."""
    (folder / PASSENGERS.name).write_bytes(PASSENGERS.read_bytes())
    request = parse_flow(flow_text(changes) + "\n" + models, "flow.toml", folder)
    out = release(request, folder / "out", node_at(fix_keys(folder / ".lockgate"))).out
    assert out is not None
    (file,) = (out / "data").iterdir()
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def classes(rows: list[dict[str, str]]) -> list[Counter]:
    found: dict[tuple[str, ...], Counter] = defaultdict(Counter)
    for row in rows:
        found[tuple(row[name] for name in QUASI)][row["Survived"]] += 1
    return list(found.values())


def test_every_class_of_the_copy_is_diverse(tmp_path: Path) -> None:
    model = '[[protect.models]]\nmodel = "distinct-l-diversity"\ncolumn = "Survived"\nl = 2\n'
    assert any(len(one) < 2 for one in classes(released(_folder(tmp_path, "without"), "")))
    assert all(len(one) == 2 and one.total() >= 3 for one in classes(released(_folder(tmp_path, "with"), model)))


def test_every_class_of_the_copy_is_close_to_the_whole(tmp_path: Path) -> None:
    model = '[[protect.models]]\nmodel = "t-closeness"\ncolumn = "Survived"\nt = 0.25\n'
    rows = released(tmp_path, model)
    with PASSENGERS.open(encoding="utf-8", newline="") as opened:
        whole = [row["Survived"] for row in csv.DictReader(opened)]
    share = whole.count("1") / len(whole)
    found = classes(rows)
    assert len(found) > 1
    assert all(abs(one["1"] / one.total() - share) <= 0.25 + 1e-9 for one in found)


def test_a_model_that_the_whole_table_fails_is_an_error(tmp_path: Path) -> None:
    model = '[[protect.models]]\nmodel = "distinct-l-diversity"\ncolumn = "Survived"\nl = 3\n'
    with pytest.raises(InputError, match="the whole table does not satisfy distinct-l-diversity"):
        released(tmp_path, model)
    assert not (tmp_path / "out").exists()


def test_a_model_on_a_column_that_is_left_out_is_an_error(tmp_path: Path) -> None:
    model = '[[protect.models]]\nmodel = "distinct-l-diversity"\ncolumn = "Cabin"\nl = 2\n'
    with pytest.raises(InputError, match="`Cabin`, which the copy would not have"):
        released(tmp_path, model)


def _folder(place: Path, name: str) -> Path:
    (place / name).mkdir()
    return place / name
