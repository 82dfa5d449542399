"""Releases held against the population of their data: k-map and delta-presence, and what is no population."""

import csv
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest

from lockgate.evidence.dossier import parse_statement
from lockgate.flow.checking import CheckMeans, check_release
from lockgate.flow.file import parse_flow
from lockgate.flow.population_check import PopulationAtHand
from lockgate.flow.release import Released, release
from lockgate.laws.catalogue import load_laws
from lockgate.terms.errors import InputError, VerificationFailed
from lockgate.terms.flow_request import SourceReference
from small_flows import PASSENGERS, fix_keys, flow_text, node_at

QUASI = ("Pclass", "Sex", "Age")
K_MAP = '[[protect.models]]\nmodel = "k-map"\nk = 6\n'
PRESENCE = '[[protect.models]]\nmodel = "delta-presence"\nlow = 0.0\nhigh = 0.6\n'
Row = dict[str, str]


def rows_of(file: Path) -> list[Row]:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def write(file: Path, rows: list[Row]) -> None:
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def drawn(
    folder: Path, models: str, changes: dict[str, Any] | None = None, change: Callable[[Row], Row | None] = dict
) -> Released:
    """Return a release of every other passenger, the population being all of them, each changed."""
    everybody = rows_of(PASSENGERS)
    write(folder / PASSENGERS.name, everybody[::2])
    write(folder / "everybody.csv", [row for one in everybody if (row := change(one))])
    wish = {"protect.population": "everybody.csv", "protect.k": 2, **(changes or {})}
    request = parse_flow(f"{flow_text(wish)}\n{models}", "flow.toml", folder)
    return release(request, folder / "out", node_at(fix_keys(folder / ".lockgate")))


def fits(label: str, value: str) -> bool:
    """Whether a released label covers a value: read here anew, for intervals, choices and single values."""
    if label == "*":
        return True
    if label.startswith("["):
        low, high = map(float, label[1:-1].split(","))
        return bool(value) and low <= float(value) <= high
    return value in label[1:-1].split("|") if label.startswith("{") else value == label


def persons_by_class(out: Path | None) -> list[tuple[int, int]]:
    """Return for each class of a copy its rows and the persons of the population whom it fits, one by one."""
    assert out is not None
    (file,) = (out / "data").iterdir()
    classes = Counter(tuple(row[name] for name in QUASI) for row in rows_of(file))
    return [
        (rows, sum(all(map(fits, labels, (one[name] for name in QUASI))) for one in rows_of(PASSENGERS)))
        for labels, rows in classes.items()
    ]


def checks_of(made: Released) -> dict[str, float]:
    return {check.name: check.measured for check in made.copy.verification.checks}


def test_every_class_fits_k_persons_of_the_population(tmp_path: Path) -> None:
    made = drawn(tmp_path, K_MAP)
    found = persons_by_class(made.out)
    assert len(found) > 5
    assert min(people for _, people in found) == checks_of(made)["k-map"] >= 6
    assert min(rows for rows, _ in found) < 6  # so it is the population that is counted, not the copy


def test_classes_without_the_model_fit_fewer(tmp_path: Path) -> None:
    found = persons_by_class(drawn(tmp_path, "").out)
    assert min(people for _, people in found) < 6


def test_nobody_of_the_population_is_surely_in_the_copy(tmp_path: Path) -> None:
    made = drawn(tmp_path, PRESENCE)
    found = persons_by_class(made.out)
    most = max(rows / people for rows, people in found)
    assert len(found) > 5
    assert most == pytest.approx(checks_of(made)["delta-presence:high"])
    assert most <= 0.6 + 1e-9
    assert 0 < checks_of(made)["presence-bound"] <= 1


def test_presence_without_the_model_is_sure_for_some(tmp_path: Path) -> None:
    assert max(rows / people for rows, people in persons_by_class(drawn(tmp_path, "").out)) > 0.6


def test_a_lower_bound_of_presence_is_kept_or_refused(tmp_path: Path) -> None:
    both = PRESENCE.replace("low = 0.0", "low = 0.3")
    made = drawn(tmp_path, both, {"protect.search": "global"})
    assert 0.3 <= checks_of(made)["delta-presence:low"] <= checks_of(made)["delta-presence:high"] <= 0.6 + 1e-9


def test_a_bound_that_all_of_the_data_miss_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the whole table does not satisfy delta-presence"):
        drawn(tmp_path, PRESENCE.replace("0.6", "0.4"))
    assert not (tmp_path / "out").exists()


def test_persons_with_several_rows_are_counted_once(tmp_path: Path) -> None:
    """The population holds everybody three times under the same number, and fits as many persons as if once."""
    everybody = rows_of(PASSENGERS)
    write(tmp_path / PASSENGERS.name, everybody[::2])
    write(tmp_path / "everybody.csv", everybody * 3)
    wish = {"protect.population": "everybody.csv", "protect.k": 2, "data.subject_key": "PassengerId"}
    request = parse_flow(f"{flow_text(wish)}\n{K_MAP}", "flow.toml", tmp_path)
    made = release(request, tmp_path / "out", node_at(fix_keys(tmp_path / ".lockgate")))
    assert checks_of(made)["k-map"] == min(people for _, people in persons_by_class(made.out)) >= 6


def test_the_statement_holds_hash_and_size_of_the_population_and_no_row(tmp_path: Path) -> None:
    def mark(row: Row) -> Row:
        return row if int(row["PassengerId"]) % 2 else {**row, "Cabin": "ZEPPELIN"}

    made = drawn(tmp_path, K_MAP, change=mark)
    assert made.out is not None
    text = (made.out / "statement.json").read_bytes()
    said = parse_statement(text)["input"]["population"]
    assert said["rows"] == len(rows_of(PASSENGERS))
    assert said["files"][0]["name"] == "everybody.csv"
    assert len(said["data_hash"]) == 64
    assert b"ZEPPELIN" not in b"".join(file.read_bytes() for file in made.out.rglob("*") if file.is_file())


def steps_of(out: Path, population: Path | None) -> dict[str, tuple[bool, bool]]:
    known = PopulationAtHand(SourceReference(str(population))) if population else None
    steps = check_release(out, CheckMeans(load_laws(), None, None, None, known))
    return {step.step: (step.ok, step.settled) for step in steps}


def test_who_has_the_population_checks_it_again(tmp_path: Path) -> None:
    out = drawn(tmp_path, K_MAP).out
    assert out is not None
    assert steps_of(out, tmp_path / "everybody.csv")["population"] == (True, True)
    assert steps_of(out, None)["population"] == (True, False)
    assert steps_of(out, tmp_path / PASSENGERS.name)["population"] == (False, True)


def test_a_release_without_a_population_says_nothing_of_one(tmp_path: Path) -> None:
    out = drawn(tmp_path, "", {"protect.population": None}).out
    assert out is not None
    assert "population" not in steps_of(out, None)
    assert steps_of(out, tmp_path / "everybody.csv")["population"] == (True, False)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda row: {name: row[name] for name in row if name != "Age"}, "has no column `Age`"),
        (lambda row: row if row["Sex"] == "male" else None, "fewer persons than the data in"),
        (lambda row: {**row, "Age": row["Age"] and f"{row['Age']} y"}, "fewer persons than the data in"),
    ],
)
def test_what_is_no_population_of_the_data_is_an_error(
    tmp_path: Path, change: Callable[[Row], Row | None], found: str
) -> None:
    with pytest.raises(InputError, match=found) as caught:
        drawn(tmp_path, K_MAP, change=change)
    assert caught.value.hint
    assert not (tmp_path / "out").exists()


def test_verification_finds_by_itself_that_a_population_lacks_somebody(tmp_path: Path) -> None:
    """Without a model nothing looks at the population before the copy is measured."""
    with pytest.raises(VerificationFailed, match="so it is not the copy's population"):
        drawn(tmp_path, "", change=lambda row: row if row["Sex"] == "male" else None)


def test_a_value_that_no_hierarchy_covers_is_an_error_though_only_the_population_has_it(tmp_path: Path) -> None:
    trees = tmp_path / "trees"
    trees.mkdir()
    (trees / "Sex.csv").write_text("male;*\nfemale;*\n", encoding="utf-8")

    def odd(row: Row) -> Row:
        return row if int(row["PassengerId"]) % 2 else {**row, "Sex": "unsaid"}

    with pytest.raises(InputError, match="`Sex`"):
        drawn(tmp_path, K_MAP, {"protect.hierarchies": "trees"}, odd)


def test_columns_of_another_type_are_an_error(tmp_path: Path) -> None:
    table = pc.read_csv(PASSENGERS)
    pq.write_table(table, tmp_path / "drawn.parquet")
    pq.write_table(
        table.set_column(table.schema.get_field_index("Pclass"), "Pclass", table["Pclass"].cast(pa.float64())),
        tmp_path / "all.parquet",
    )
    wish = {"protect.population": "all.parquet", "data.source": "drawn.parquet"}
    request = parse_flow(f"{flow_text(wish)}\n{K_MAP}", "flow.toml", tmp_path)
    with pytest.raises(InputError, match="`Pclass` holds numbers with decimals in the population, and whole numbers"):
        release(request, tmp_path / "out", node_at(fix_keys(tmp_path / ".lockgate")))


def test_a_population_without_rows_is_an_error(tmp_path: Path) -> None:
    write(tmp_path / PASSENGERS.name, rows_of(PASSENGERS))
    (tmp_path / "nobody.csv").write_text(",".join(rows_of(PASSENGERS)[0]) + "\n", encoding="utf-8")
    request = parse_flow(f"{flow_text({'protect.population': 'nobody.csv'})}\n{K_MAP}", "flow.toml", tmp_path)
    with pytest.raises(InputError, match="has no rows"):
        release(request, tmp_path / "out", node_at(fix_keys(tmp_path / ".lockgate")))


def test_values_changed_by_a_technique_cannot_be_held_against_a_population(tmp_path: Path) -> None:
    rounded = {"protect.columns.Age": {"measure": "round", "step": 5}}
    with pytest.raises(InputError, match="`Age` is changed by `round`"):
        drawn(tmp_path, K_MAP, rounded)


def test_a_model_of_a_population_without_one_says_where_it_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is none") as caught:
        drawn(tmp_path, K_MAP, {"protect.population": None})
    assert "protect.population" in caught.value.hint


def test_a_population_may_lie_in_a_database(tmp_path: Path) -> None:
    text = flow_text({"protect.population": {"source": "sqlite:///all.db", "table": "people"}})
    request = parse_flow(text, "flow.toml", tmp_path)
    assert request.wish.population == SourceReference(f"sqlite:///{tmp_path / 'all.db'}", "people", "")


@pytest.mark.parametrize(
    ("value", "found"),
    [("7", "a file, or `source`"), ('{table = "t"}', "a file, or `source`"), ('{source = "x", rows = 1}', "listed")],
)
def test_a_population_that_is_badly_said_is_an_error(tmp_path: Path, value: str, found: str) -> None:
    with pytest.raises(InputError, match=found):
        parse_flow(flow_text().replace("[protect]", f"[protect]\npopulation = {value}"), "flow.toml", tmp_path)


def test_the_statement_is_of_the_form_that_a_verifier_accepts(tmp_path: Path) -> None:
    out = drawn(tmp_path, K_MAP).out
    assert out is not None
    statement = json.loads((out / "statement.json").read_text(encoding="utf-8"))
    assert set(statement["input"]) == {"source", "files", "rows", "data_hash", "columns", "population"}
