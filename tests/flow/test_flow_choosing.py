"""The setting of least loss, chosen by the program: enough for the duties, of no more loss than others, recorded."""

from pathlib import Path
from typing import Any

import pytest

from lockgate.evidence.dossier import parse_statement
from lockgate.flow.release import Released
from lockgate.terms.errors import InputError, VerificationFailed
from small_flows import COUNTS_ONLY, PASSENGERS, do_not_wait_for_the_disk, release_at

CHOOSE = {"protect.choose": "least-loss"}


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    do_not_wait_for_the_disk(monkeypatch)


def loss_of(made: Released) -> float:
    return next(check.measured for check in made.copy.verification.checks if check.name == "loss")


def statement_of(made: Released) -> Any:
    assert made.out is not None
    return parse_statement((made.out / "statement.json").read_bytes())


def test_the_setting_of_least_loss_is_taken_and_recorded(tmp_path: Path) -> None:
    losses = {}
    for labels in ("interval", "set"):
        (tmp_path / labels).mkdir()
        losses[labels] = loss_of(release_at(tmp_path / labels, {"protect.labels": labels}))
    (tmp_path / "chosen").mkdir()
    made = release_at(tmp_path / "chosen", CHOOSE)
    plan = statement_of(made)["plan"]
    told = plan["chosen"]
    assert loss_of(made) <= min(losses.values()) + 1e-9
    assert told["rule"] == "least-loss"
    assert told["tried"] > 5
    assert told["setting"]["labels"] == plan["labels"]
    assert told["setting"]["search"] == plan["search"]
    assert told["setting"]["k"] == plan["k"] >= told["needs_k"] == 3
    assert told["expected_loss"] == pytest.approx(loss_of(made), abs=0.02)
    assert made.copy.verification.ok


def test_what_a_flow_file_says_is_kept_where_the_program_chooses(tmp_path: Path) -> None:
    model = {"model": "distinct-l-diversity", "column": "Survived", "l": 2}
    made = release_at(tmp_path, {**CHOOSE, "protect.models": [model], "protect.k": 4})
    plan = statement_of(made)["plan"]
    assert plan["k"] >= 4
    assert model in plan["models"]
    assert plan["quasi_identifiers"] == ["Pclass", "Sex", "Age"]


def test_settings_are_tried_within_models_of_a_population(tmp_path: Path) -> None:
    model = {"model": "k-map", "k": 6}
    wish = {**CHOOSE, "protect.models": [model], "protect.k": 2, "protect.population": PASSENGERS.name}
    made = release_at(tmp_path, wish)
    checks = {check.name: check.measured for check in made.copy.verification.checks}
    assert checks["k-map"] >= 6
    assert statement_of(made)["plan"]["chosen"]["tried"] > 5


def test_without_the_wish_nothing_is_chosen(tmp_path: Path) -> None:
    assert "chosen" not in statement_of(release_at(tmp_path))["plan"]


def test_where_no_setting_is_enough_the_release_is_refused_with_a_leaf(tmp_path: Path) -> None:
    with pytest.raises(VerificationFailed, match="none leaves 161 persons who look alike"):
        release_at(tmp_path, {**CHOOSE, "protect.k": 161})
    assert not (tmp_path / "out").exists()
    assert len(list((tmp_path / ".lockgate" / "refusals").iterdir())) == 1


def test_where_nothing_asks_for_classes_none_are_made(tmp_path: Path) -> None:
    changes = {**CHOOSE, "protect.k": None, "protect.quasi_identifiers": None}
    plan = statement_of(release_at(tmp_path, changes))["plan"]
    assert plan["k"] == 0
    assert plan["chosen"]["tried"] == 0


def test_counts_are_left_as_the_route_makes_them(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no route") as caught:
        release_at(tmp_path, {**COUNTS_ONLY, "protect": {"choose": "least-loss"}}, route="00000000")
    known = str(caught.value).split("are: ")[1].split(", ")
    made = release_at(tmp_path, {**COUNTS_ONLY, "protect": {"choose": "least-loss"}}, route=known[0], seed="2")
    assert made.copy.verification.ok


def test_another_rule_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"protect\.choose"):
        release_at(tmp_path, {"protect.choose": "fastest"})
