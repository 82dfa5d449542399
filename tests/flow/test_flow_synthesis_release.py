"""A synthetic table with differential privacy, released through the whole gate and paid from the ledger."""

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
from small_flows import do_not_wait_for_the_disk, release_at

COLUMNS: dict[str, Any] = {
    "Pclass": {"values": [1, 2, 3]},
    "Sex": {"values": ["female", "male"]},
    "Embarked": {"values": ["C", "Q", "S"], "missing": True},
    "Fare": {"edges": [0, 10, 20, 50, 600], "decimals": 2},
}
ASKED: dict[str, Any] = {
    "columns": COLUMNS,
    "epsilon": 2.0,
    "delta": 1e-9,
    "max_rows_per_person": 1,
    "budget": {"epsilon": 5.0, "delta": 1e-8},
}

BOUNDS = {"max_rows_per_person": 1, "max_groups_per_person": 1}


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    do_not_wait_for_the_disk(monkeypatch)


def flow(**changes: Any) -> dict[str, Any]:
    return {"protect": {"synthesise": {**ASKED, **changes}}}


def release_again(folder: Path, name: str, changes: dict[str, Any]) -> Released:
    return release_at(folder, changes, out=folder / name, seed=name)


def rows_of(released: Released) -> list[dict[str, str]]:
    assert released.out is not None
    with next((released.out / "data").iterdir()).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def statement_of(released: Released) -> dict[str, Any]:
    assert released.out is not None
    return dict(parse_statement((released.out / "statement.json").read_bytes()))


def checks_of(released: Released) -> dict[str, Any]:
    return {check["name"]: check for check in statement_of(released)["verification"]["checks"]}


def test_a_synthetic_table_is_released_within_its_domains_and_verifies(tmp_path: Path) -> None:
    done = release_at(tmp_path, flow())
    assert done.out is not None
    rows = rows_of(done)
    assert 60 < len(rows) < 320
    assert list(rows[0]) == list(COLUMNS)
    assert {row["Pclass"] for row in rows} <= {"1", "2", "3"}
    assert {row["Embarked"] for row in rows} <= {"C", "Q", "S", ""}
    assert all(0 <= float(row["Fare"]) <= 600 for row in rows)
    home = Home.open(tmp_path / ".lockgate")
    steps = check_release(done.out, CheckMeans(load_laws(), parse_trust(str(home.verifier_key)), home.path))
    assert [step for step in steps if not (step.ok and step.settled)] == []


def test_the_statement_holds_plan_and_cost_and_no_distance_from_the_originals(tmp_path: Path) -> None:
    done = release_at(tmp_path, flow())
    plan, checks = statement_of(done)["plan"], checks_of(done)
    assert [step["measure"] for step in plan["steps"]] == ["synthesise"]
    assert plan["synthesis"]["asked"] == {"epsilon_micro": 2_000_000, "rho_micro": 0, "delta_femto": 1_000_000}
    assert plan["synthesis"]["columns"][2]["values"] == ["C", "Q", "S", None]
    assert plan["synthesis"]["loss"]["rho_micro"] > 0
    assert {*checks} == {
        "residual-identifiers", "privacy-budget", "cost", "synthetic-columns", "synthetic-domains", "synthetic-rows",
    }  # fmt: skip
    assert all(check["ok"] for check in checks.values())
    spent, allowed = checks["privacy-budget"]["measured"], checks["privacy-budget"]["required"]
    assert 1.5 < spent <= 2.0 < allowed == 5.0


@pytest.mark.slow
def test_the_same_question_gets_the_same_table_and_costs_nothing(tmp_path: Path) -> None:
    first, second = (release_again(tmp_path, name, flow()) for name in ("one", "two"))
    assert rows_of(first) == rows_of(second)
    ledger = BudgetLedger(Home.open(tmp_path / ".lockgate"))
    assert [item.state for item in ledger.reservations()] == [ReservationState.COMMITTED]
    assert checks_of(second)["cost"]["measured"] == 0


@pytest.mark.slow
def test_another_question_gets_other_rows_and_costs_again(tmp_path: Path) -> None:
    first = release_again(tmp_path, "one", flow(rows=100))
    second = release_again(tmp_path, "two", flow(rows=101))
    assert [len(rows_of(done)) for done in (first, second)] == [100, 101]
    assert checks_of(second)["synthetic-rows"]["required"] == 101
    assert len(BudgetLedger(Home.open(tmp_path / ".lockgate")).reservations()) == 2


@pytest.mark.slow
def test_what_the_budget_does_not_allow_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    release_again(tmp_path, "one", flow())
    with pytest.raises(ReleaseRefused, match="budget"):
        release_again(tmp_path, "two", flow(epsilon=4.9))
    assert not (tmp_path / "two").exists()
    assert len(BudgetLedger(Home.open(tmp_path / ".lockgate")).reservations()) == 1


def test_statistics_and_synthetic_tables_draw_from_one_budget(tmp_path: Path) -> None:
    asked = {"statistics": {"epsilon": 4.0, **BOUNDS, "budget": ASKED["budget"], "ask": [{"statistic": "count"}]}}
    release_again(tmp_path, "one", {"protect": asked})
    with pytest.raises(ReleaseRefused, match="budget"):
        release_again(tmp_path, "two", flow())


def test_a_synthetic_table_is_not_rehearsed(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be rehearsed"):
        release_at(tmp_path, flow(), rehearse=True)
    assert BudgetLedger(Home.open(tmp_path / ".lockgate")).reservations() == ()


def test_other_measures_do_not_stand_beside_a_synthetic_table(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="`k-anonymise` would change it first"):
        release_at(tmp_path, {"protect.synthesise": ASKED, "protect.pseudonymise": None})
    statistics = {"epsilon": 1.0, "budget": {"epsilon": 5.0}, "ask": [{"statistic": "count"}]}
    with pytest.raises(InputError, match="`synthesise` would change it first"):
        release_at(tmp_path, {"protect": {"synthesise": ASKED, "statistics": statistics}})


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"Sex": {"values": ["female"]}}, "its domain does not have"),
        ({"Embarkation": {"values": ["C"]}}, "`protect.synthesise` names `Embarkation`"),
        ({"Age": {"low": 0, "high": 99}}, "without a number"),
        ({"Sex": {"hierarchy": True}}, "no hierarchy file"),
    ],
)
def test_domains_that_do_not_fit_the_data_cost_nothing(tmp_path: Path, columns: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        release_at(tmp_path, flow(columns=columns))
    assert BudgetLedger(Home.open(tmp_path / ".lockgate")).reservations() == ()
    assert not (tmp_path / "out").exists()


def test_a_column_that_is_dropped_is_not_made_up(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="`Sex`, which is dropped"):
        release_at(tmp_path, {"protect": {"drop": ["Sex"], "synthesise": ASKED}})


@pytest.mark.slow
def test_a_domain_comes_from_a_hierarchy_file(tmp_path: Path) -> None:
    (tmp_path / "ladders").mkdir()
    (tmp_path / "ladders" / "Sex.csv").write_text("male;*\nfemale;*\nunknown;*\n", encoding="utf-8")
    asked = {**ASKED, "columns": {"Sex": {"hierarchy": True}}, "rows": 50}
    done = release_at(tmp_path, {"protect": {"hierarchies": "ladders", "synthesise": asked}})
    assert statement_of(done)["plan"]["synthesis"]["columns"][0]["values"] == ["male", "female", "unknown"]
    assert {row["Sex"] for row in rows_of(done)} <= {"male", "female", "unknown"}


@pytest.mark.slow
def test_of_a_person_with_many_rows_only_so_many_count(tmp_path: Path) -> None:
    """Half of the rows are of one person, who alone is of class 1: bounded, that class is next to empty."""
    lines = ["who,kind", *(f"p{number},b" for number in range(300)), *["one,a"] * 300]
    (tmp_path / "visits.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    data = {
        "data.source": "visits.csv",
        "data.subject_key": "who",
        "data.columns": {"who": {"necessary": True}, "kind": {"necessary": True}},
    }
    asked = {**ASKED, "columns": {"kind": {"values": ["a", "b"]}}}
    counts = []
    for number, most in enumerate((1, 300)):
        changes = {**data, **flow(**{**asked, "max_rows_per_person": most, "epsilon": 200.0, "budget": {"rho": 900}})}
        rows = rows_of(release_again(tmp_path, str(number), changes))
        counts.append(sum(row["kind"] == "a" for row in rows))
    bounded, unbounded = counts
    assert bounded < 20
    assert unbounded > 250
