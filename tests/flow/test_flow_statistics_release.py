"""Statistics with differential privacy, released through the whole gate and paid from the ledger."""

import csv
from pathlib import Path
from typing import Any

import pytest

from lockgate.evidence.dossier import parse_statement
from lockgate.evidence.trust import parse_trust
from lockgate.flow.checking import CheckMeans, check_release
from lockgate.flow.release import Released
from lockgate.laws.catalogue import load_laws
from lockgate.store.budget import BudgetLedger, ReservationState
from lockgate.store.home import Home
from lockgate.terms.errors import InputError, ReleaseRefused
from small_flows import do_not_wait_for_the_disk, node_at, release_at

ASKED: dict[str, Any] = {
    "by": ["Sex"],
    "keys": {"Sex": ["female", "male"]},
    "epsilon": 2.0,
    "max_rows_per_person": 1,
    "max_groups_per_person": 1,
    "budget": {"epsilon": 5.0},
    "ask": [{"statistic": "count"}, {"statistic": "sum", "column": "Fare", "low": 0, "high": 600, "decimals": 0}],
}
FLOW: dict[str, Any] = {"protect": {"statistics": ASKED}}


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    do_not_wait_for_the_disk(monkeypatch)


def release_again(folder: Path, name: str, changes: dict[str, Any]) -> Released:
    return release_at(folder, changes, out=folder / name, seed=name)


def rows_of(released: Released) -> list[dict[str, str]]:
    assert released.out is not None
    with next((released.out / "data").iterdir()).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_statistics_are_released_with_noise_and_verify(tmp_path: Path) -> None:
    done = release_at(tmp_path, FLOW)
    assert done.out is not None
    rows = rows_of(done)
    assert [row["Sex"] for row in rows] == ["female", "male"]
    home = Home.open(tmp_path / ".lockgate")
    steps = check_release(done.out, CheckMeans(load_laws(), parse_trust(str(home.verifier_key)), home.path))
    assert [step for step in steps if not (step.ok and step.settled)] == []
    statement = parse_statement((done.out / "statement.json").read_bytes())
    assert statement["plan"]["statistics"]["by"] == ["Sex"]
    checks = {check["name"]: check for check in statement["verification"]["checks"]}
    assert checks["statistics-public-groups"]["ok"]
    assert checks["statistics-counts"]["ok"]
    assert (checks["privacy-budget"]["measured"], checks["privacy-budget"]["required"]) == (2.0, 5.0)


def test_the_same_question_gets_the_same_answer_and_costs_nothing(tmp_path: Path) -> None:
    first, second = (release_again(tmp_path, name, FLOW) for name in ("one", "two"))
    assert rows_of(first) == rows_of(second)
    ledger = BudgetLedger(Home.open(tmp_path / ".lockgate"))
    assert [item.state for item in ledger.reservations()] == [ReservationState.COMMITTED]


def test_what_the_budget_does_not_allow_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    release_again(tmp_path, "one", FLOW)
    other = {"protect": {"statistics": {**ASKED, "epsilon": 3.5}}}
    with pytest.raises(ReleaseRefused, match="budget"):
        release_again(tmp_path, "two", other)
    assert not (tmp_path / "two").exists()
    assert len(BudgetLedger(Home.open(tmp_path / ".lockgate")).reservations()) == 1


def test_another_recipient_of_the_group_draws_from_the_same_budget(tmp_path: Path) -> None:
    group = {"recipient.group": "acme"}
    release_again(tmp_path, "one", {**FLOW, **group})
    with pytest.raises(ReleaseRefused, match="budget"):
        release_again(
            tmp_path,
            "two",
            {"protect": {"statistics": {**ASKED, "epsilon": 3.5}}, **group, "recipient.name": "Acme Busan"},
        )


def test_statistics_are_not_rehearsed(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be rehearsed"):
        release_at(tmp_path, FLOW, rehearse=True)
    assert BudgetLedger(Home.open(tmp_path / ".lockgate")).reservations() == ()


def test_other_measures_do_not_stand_beside_statistics(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="`k-anonymise` would change it first"):
        release_at(tmp_path, {"protect.statistics": ASKED, "protect.pseudonymise": None})


def test_statistics_without_bounds_are_refused_when_the_file_is_read(tmp_path: Path) -> None:
    unbounded = {**ASKED, "ask": [{"statistic": "sum", "column": "Fare"}]}
    with pytest.raises(InputError, match="line"):
        release_at(tmp_path, {"protect": {"statistics": unbounded}}, node=node_at(tmp_path / ".lockgate"))


def test_one_group_of_all_rows_needs_no_keys_and_keeps_figures_within_their_bounds(tmp_path: Path) -> None:
    mean = {"statistic": "mean", "column": "Fare", "low": 0, "high": 100, "decimals": 1}
    alone = {name: value for name, value in ASKED.items() if name not in ("by", "keys")} | {"ask": [mean]}
    rows = rows_of(release_at(tmp_path, {"protect": {"statistics": alone}}))
    assert len(rows) == 1
    assert 0 <= float(rows[0]["mean_Fare"]) <= 100
