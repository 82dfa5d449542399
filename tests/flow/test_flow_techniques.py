"""Measures of single columns and settings of the search, through a whole release that verifies."""

import csv
import re
from pathlib import Path
from typing import Any

import pytest

from lockgate.evidence.dossier import parse_statement
from lockgate.evidence.trust import parse_trust
from lockgate.flow.checking import CheckMeans, check_release
from lockgate.laws.catalogue import load_laws
from lockgate.store.home import Home
from lockgate.store.vault import Vault
from lockgate.terms.errors import InputError
from small_flows import PASSENGERS, do_not_wait_for_the_disk, release_at


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    do_not_wait_for_the_disk(monkeypatch)


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def released(folder: Path, changes: dict[str, Any]) -> tuple[list[dict[str, str]], dict[str, Any]]:
    """Return the rows and the statement of a release, once every step of its check has passed."""
    out = release_at(folder, changes).out
    assert out is not None
    home = Home.open(folder / ".lockgate")
    steps = check_release(out, CheckMeans(load_laws(), parse_trust(str(home.verifier_key)), home.path))
    assert [step for step in steps if not (step.ok and step.settled)] == []
    return rows_of(out / "data" / "passengers.csv"), parse_statement((out / "statement.json").read_bytes())


def test_columns_are_covered_rounded_and_noised_as_the_flow_file_says(tmp_path: Path) -> None:
    columns = {
        "Ticket": {"measure": "mask", "keep_first": 1},
        "Fare": {"measure": "round", "step": 10},
        "SibSp": {"measure": "add-noise", "scale": 2, "low": 0},
    }
    rows, statement = released(tmp_path, {"protect.drop": ["Cabin"], "protect.columns": columns})
    originals = rows_of(PASSENGERS)
    assert all(re.fullmatch(r".\**", row["Ticket"]) for row in rows)
    assert sorted(float(row["Fare"]) for row in rows) != sorted(float(row["Fare"]) for row in originals)
    assert all(float(row["Fare"]) % 10 == 0 for row in rows)
    noised = [int(row["SibSp"]) for row in rows]
    assert min(noised) == 0
    assert sorted(noised) != sorted(int(row["SibSp"]) for row in originals)
    steps = {step["measure"]: step for step in statement["route"]["steps"]}
    assert steps["add-noise"]["parameters"]["scale"] == "2"
    assert statement["plan"]["search"] == "local"


def test_classes_are_made_of_changed_values_too(tmp_path: Path) -> None:
    columns = {"Age": {"measure": "add-noise", "scale": 3, "low": 0}}
    rows, statement = released(tmp_path, {"protect.columns": columns})
    figures = {check["name"]: check for check in statement["verification"]["checks"]}
    assert figures["k"]["measured"] >= 3
    assert figures["untrue-rows"]["measured"] == 0
    assert any(row["Age"].startswith("[") for row in rows)


def test_a_built_in_hierarchy_names_the_classes(tmp_path: Path) -> None:
    columns = {"Age": {"hierarchy": "number:10,40"}}
    rows, statement = released(tmp_path, {"protect.columns": columns, "protect.labels": "hierarchy"})
    bands = {row["Age"] for row in rows if "..<" in row["Age"]}
    assert bands
    assert all(int(high) - int(low) in (10, 40) for low, high in (band.split("..<") for band in bands))
    assert statement["plan"]["hierarchies"] == {"Age": "built in: number:10,40"}


def test_cells_that_cannot_be_treated_stop_the_release_and_name_the_column(tmp_path: Path) -> None:
    columns = {"Ticket": {"measure": "encrypt"}}
    with pytest.raises(InputError, match="column `Ticket`, encrypt: expected") as caught:
        release_at(tmp_path, {"protect.drop": ["Cabin"], "protect.columns": columns})
    assert "A/5" not in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_parameters_that_exclude_each_other_are_an_input_error(tmp_path: Path) -> None:
    columns = {"Fare": {"measure": "round", "step": 10, "precision": "year"}}
    with pytest.raises(InputError, match=r"protect\.columns\.Fare`: rounding needs"):
        release_at(tmp_path, {"protect.columns": columns})


def test_columns_are_microaggregated_together(tmp_path: Path) -> None:
    wish = {"measure": "microaggregate", "k": 4}
    changes = {"protect.drop": ["Cabin", "Ticket"], "protect.columns": {"Fare": wish, "SibSp": wish}}
    rows, statement = released(tmp_path, changes)
    pairs = [(row["Fare"], row["SibSp"]) for row in rows]
    assert min(pairs.count(pair) for pair in set(pairs)) >= 4
    steps = [step for step in statement["route"]["steps"] if step["measure"] == "microaggregate"]
    assert [step["columns"] for step in steps] == [["Fare", "SibSp"]]


def test_tokens_are_turned_back_on_record_only(tmp_path: Path) -> None:
    changes = {
        "protect.pseudonymise": ["PassengerId"],
        "protect.columns": {"Name": {"measure": "tokenise"}},
    }
    rows, _ = released(tmp_path, changes)
    tokens = [row["Name"] for row in rows]
    assert all(re.fullmatch(r"t_[a-z2-7]{26}", token) for token in tokens)
    found = Vault(Home.open(tmp_path / ".lockgate")).open_tokens(tokens[:1])
    assert found[0].value in {row["Name"] for row in rows_of(PASSENGERS)}
