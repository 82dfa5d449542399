import csv
import json
from collections import defaultdict
from pathlib import Path

import pytest

from lockgate.evidence.dossier import leaf_entry, parse_statement, statement_hash
from lockgate.evidence.entry import entry_of, has_said
from lockgate.evidence.trust import parse_trust
from lockgate.flow.checking import CheckMeans, check_release
from lockgate.flow.file import read_flow_file
from lockgate.flow.recovery import open_log
from lockgate.flow.release import Released, release
from lockgate.laws.catalogue import load_laws
from lockgate.store.home import Home
from lockgate.terms.errors import InputError, LockgateError, ReleaseRefused, Undecided, VerificationFailed
from lockgate.terms.measure import MeasureKind
from small_flows import (
    COLUMNS,
    CONDITIONAL,
    COUNTS_ONLY,
    FAILS_VERIFICATION,
    NOW,
    PASSENGERS,
    REFUSED,
    UNDECIDED,
    do_not_wait_for_the_disk,
    fix_keys,
    node_at,
    release_at,
    write_adults,
    write_flow,
)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    do_not_wait_for_the_disk(monkeypatch)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one release at `out`, read only."""
    folder = tmp_path_factory.mktemp("released")
    release_at(folder)
    return folder


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def failed_steps(out: Path) -> list[str]:
    home = Home.open(out.parent / ".lockgate")
    means = CheckMeans(load_laws(), parse_trust(str(home.verifier_key)), home.path)
    return [step.step for step in check_release(out, means) if not step.ok or not step.settled]


def leaf_kinds(home: Path) -> list[str]:
    log = open_log(Home.open(home))
    return [json.loads(log.entry(index))["kind"] for index in range(log.size)]


def left_in(folder: Path) -> list[str]:
    """Everything in a folder but its inputs and the home, and what is left in the home's work folder."""
    known = {".lockgate", "flow.toml", PASSENGERS.name}
    names = sorted(item.name for item in folder.iterdir() if item.name not in known)
    work = folder / ".lockgate" / "work"
    return names + (sorted(item.name for item in work.iterdir()) if work.is_dir() else [])


def test_a_release_folder_holds_data_statement_proof_and_report_and_nothing_else(place: Path):
    found = sorted(path.relative_to(place / "out").as_posix() for path in (place / "out").rglob("*") if path.is_file())
    assert found == ["data/passengers.csv", "proof", "report.html", "salts", "statement.json"]
    assert left_in(place) == ["out"]


def test_a_release_verifies_in_every_step_under_a_trust_anchor(place: Path):
    assert failed_steps(place / "out") == []


def test_the_statement_says_what_went_in_and_what_came_out(place: Path):
    statement = parse_statement((place / "out" / "statement.json").read_bytes())
    assert statement["kind"] == "release"
    assert statement["input"]["rows"] == statement["output"]["rows"] == 160
    assert [item["name"] for item in statement["input"]["files"]] == ["passengers.csv"]
    assert sorted(statement["output"]["columns"]) == sorted(set(COLUMNS) - {"Ticket", "Cabin"})
    assert statement["made_at"] == "2026-11-21T09:30:00Z"
    assert statement["recipient"]["name"] == "Acme Korea"


def test_the_log_holds_the_leaf_of_the_statement_then_that_it_was_released(place: Path):
    log = open_log(Home.open(place / ".lockgate"))
    data = (place / "out" / "statement.json").read_bytes()
    leaves = [leaf_entry(data), entry_of(statement_hash(data), "released")]
    assert [log.entry(index) for index in range(log.size)] == leaves
    assert has_said(leaves[0], entry_of(statement_hash(data), "release"))


def test_the_copy_has_no_dropped_column_no_name_and_classes_of_k(place: Path):
    rows, originals = rows_of(place / "out" / "data" / "passengers.csv"), rows_of(PASSENGERS)
    assert not {"Ticket", "Cabin"} & set(rows[0])
    assert not {row["Name"] for row in rows} & {row["Name"] for row in originals}
    classes: dict[tuple[str, ...], int] = defaultdict(int)
    for row in rows:
        classes[row["Pclass"], row["Sex"], row["Age"]] += 1
    assert min(classes.values()) >= 3
    assert sorted(row["Fare"] for row in rows) == sorted(row["Fare"] for row in originals)


def test_the_same_inputs_and_keys_give_the_same_data_bytes(place: Path, tmp_path: Path):
    again = release_at(tmp_path, node=node_at(fix_keys(tmp_path / ".lockgate"), "another run"))
    assert again.out is not None
    ours, theirs = (folder / "data" / "passengers.csv" for folder in (again.out, place / "out"))
    assert ours.read_bytes() == theirs.read_bytes()
    assert (again.out / "statement.json").read_bytes() != (place / "out" / "statement.json").read_bytes()


def test_other_keys_give_other_pseudonyms(place: Path, tmp_path: Path):
    again = release_at(tmp_path, node=node_at(tmp_path / ".lockgate"))
    ours, theirs = (
        rows_of(again.copy.file.parents[2] / "out/data/passengers.csv"),
        rows_of(place / "out/data/passengers.csv"),
    )
    assert not {row["Name"] for row in ours} & {row["Name"] for row in theirs}


def test_another_recipient_gets_other_pseudonyms_in_another_order(place: Path, tmp_path: Path):
    release_at(tmp_path, {"recipient.name": "Acme Busan"})
    ours, theirs = rows_of(tmp_path / "out/data/passengers.csv"), rows_of(place / "out/data/passengers.csv")
    for column in ("Name", "PassengerId"):
        assert not {row[column] for row in ours} & {row[column] for row in theirs}
    assert sorted(row["Fare"] for row in ours) == sorted(row["Fare"] for row in theirs)
    assert [row["Fare"] for row in ours] != [row["Fare"] for row in theirs]


def test_recipients_of_one_group_get_the_same_pseudonyms_since_they_count_as_one(tmp_path: Path):
    names = []
    for recipient in ("Acme Korea", "Acme Busan"):
        folder = tmp_path / recipient
        folder.mkdir()
        release_at(folder, {"recipient.name": recipient, "recipient.group": "acme"})
        names.append({row["Name"] for row in rows_of(folder / "out/data/passengers.csv")})
    assert names[0] == names[1]


def test_the_order_of_released_rows_is_not_that_of_the_source(place: Path):
    ours = [row["Fare"] for row in rows_of(place / "out/data/passengers.csv")]
    assert ours != [row["Fare"] for row in rows_of(PASSENGERS)]


def test_a_person_with_several_rows_counts_once_towards_k(tmp_path: Path):
    lines = ["person,town,visits"]
    for town, persons in (("Alpha", 4), ("Beta", 1), ("Gamma", 1), ("Delta", 1)):
        for person in range(persons):
            rows = 1 if persons > 1 else 6
            lines += [f"{town}-{person},{town},{visit}" for visit in range(rows)]
    (tmp_path / "visits.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    columns = {name: {"necessary": True} for name in ("person", "town", "visits")}
    columns["town"] |= {"category": "location", "role": "quasi-identifier"}
    columns["person"] |= {"category": "other-personal", "role": "direct-identifier"}
    protect = {"k": 3, "quasi_identifiers": ["town"], "suppression_limit": 0.0, "pseudonymise": ["person"]}
    changes = {
        "data.source": "visits.csv",
        "data.subject_key": "person",
        "data.min_age": 30,
        "data.columns": columns,
        "protect": protect,
    }
    released = release_at(tmp_path, changes)
    persons: dict[str, set[str]] = defaultdict(set)
    for row in rows_of(tmp_path / "out/data/visits.csv"):
        persons[row["town"]].add(row["person"])
    assert min(map(len, persons.values())) >= 3
    figures = {check.name: check.measured for check in released.copy.verification.checks}
    assert figures["k"] == min(map(len, persons.values()))
    assert released.copy.verification.persons_by == "person"


def _route(folder: Path, changes: dict[str, object], kind: MeasureKind) -> str:
    """Return the id of the route of a refused flow that takes a measure."""
    with pytest.raises(ReleaseRefused) as caught:
        release_at(folder, changes)
    assert left_in(folder) in ([], ["adults.csv"])
    decision = caught.value.details["decision"]
    return next(route.id for route in decision.routes if kind in {step.kind for step in route.steps})


def test_the_route_that_drops_a_column_releases_all_others(tmp_path: Path):
    route = _route(tmp_path, REFUSED, MeasureKind.DROP)
    released = release_at(tmp_path, REFUSED, route=route, seed="2")
    assert released.taken.id == route
    assert set(rows_of(tmp_path / "out/data/passengers.csv")[0]) == set(COLUMNS) - {"Ticket", "Cabin"}
    assert failed_steps(tmp_path / "out") == []


def test_the_route_that_aggregates_releases_counts_of_at_least_k_persons(tmp_path: Path):
    route = _route(tmp_path, COUNTS_ONLY, MeasureKind.AGGREGATE)
    released = release_at(tmp_path, COUNTS_ONLY, route=route, seed="2")
    step = next(step for step in released.taken.steps if step.kind is MeasureKind.AGGREGATE)
    rows = rows_of(tmp_path / "out/data/passengers.csv")
    assert list(rows[0])[: len(step.columns)] == list(step.columns)
    counts = [int(row[list(row)[-1]]) for row in rows]
    assert min(counts) >= step.amount
    assert sum(counts) <= 160
    assert failed_steps(tmp_path / "out") == []


def test_the_route_that_pseudonymises_releases_tokens(tmp_path: Path):
    write_adults(tmp_path)
    changes = {
        "data.source": "adults.csv",
        "data.subjects_in": ["KR"],
        "holder.in": "KR",
        "basis": {"ground": "legitimate-interests"},
        "safeguards.safeguards-of-pseudonymised-data": NOW.date(),
        "protect": None,
    }
    route = _route(tmp_path, changes, MeasureKind.PSEUDONYMISE)
    release_at(tmp_path, changes, route=route, seed="2")
    rows = rows_of(tmp_path / "out/data/adults.csv")
    assert all(row["Name"].startswith("p1_") for row in rows)
    assert failed_steps(tmp_path / "out") == []


def test_the_route_of_fewer_persons_releases_exactly_so_many(tmp_path: Path):
    write_adults(tmp_path)
    changes = {
        "data.source": "adults.csv",
        "holder.persons_held": 900_000,
        "holder.exported_this_year": {"ordinary": 99_920, "sensitive": 0},
        "safeguards.standard-contract": None,
        "protect": None,
    }
    route = _route(tmp_path, changes, MeasureKind.FEWER_PERSONS)
    released = release_at(tmp_path, changes, route=route, seed="2")
    assert released.copy.rows_in == 103
    rows = rows_of(tmp_path / "out/data/adults.csv")
    assert len(rows) == 79
    assert {row["Name"] for row in rows} < {row["Name"] for row in rows_of(tmp_path / "adults.csv")}
    assert failed_steps(tmp_path / "out") == []


def test_a_route_that_is_none_of_the_flow_names_those_that_are(tmp_path: Path):
    route = _route(tmp_path, REFUSED, MeasureKind.DROP)
    with pytest.raises(InputError, match=rf"no route `00000000`.*{route}"):
        release_at(tmp_path, REFUSED, route="00000000", seed="2")
    assert left_in(tmp_path) == []


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        (REFUSED, ReleaseRefused, "cn/pipl 6"),
        (CONDITIONAL, ReleaseRefused, "impact-assessment"),
        (UNDECIDED, Undecided, "data.important"),
        (FAILS_VERIFICATION, VerificationFailed, "k is 1000, and the source has 160 persons"),
    ],
    ids=["refused", "conditional", "undecided", "verification-failed"],
)
def test_what_may_not_be_released_leaves_a_refusal_that_verifies_and_nothing_else(
    changes: dict[str, object], error: type[LockgateError], words: str, tmp_path: Path
):
    with pytest.raises(error, match=words) as caught:
        release_at(tmp_path, changes)
    assert type(caught.value) is error
    assert left_in(tmp_path) == []
    assert leaf_kinds(tmp_path / ".lockgate") == ["refusal"]
    (refusal,) = (tmp_path / ".lockgate" / "refusals").iterdir()
    assert sorted(file.name for file in refusal.iterdir()) == ["proof", "report.html", "statement.json"]
    statement = parse_statement((refusal / "statement.json").read_bytes())
    assert any(words in reason for reason in statement["refusal"]["reasons"])
    means = CheckMeans(load_laws(), None, tmp_path / ".lockgate")
    assert [step.step for step in check_release(refusal, means) if not step.ok] == []


@pytest.mark.parametrize("changes", [{}, CONDITIONAL, FAILS_VERIFICATION], ids=["permitted", "conditional", "failing"])
def test_a_rehearsal_leaves_no_folder_and_no_leaf(changes: dict[str, object], tmp_path: Path):
    try:
        rehearsed: Released | None = release_at(tmp_path, changes, rehearse=True)
    except LockgateError:
        rehearsed = None
    assert (rehearsed is not None) is (not changes)
    assert left_in(tmp_path) == []
    assert leaf_kinds(tmp_path / ".lockgate") == []


def test_an_out_folder_that_holds_something_is_left_alone(tmp_path: Path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="exists already"):
        release_at(tmp_path)
    assert [item.name for item in (tmp_path / "out").iterdir()] == ["mine.txt"]


def test_an_empty_out_folder_becomes_the_release(tmp_path: Path):
    (tmp_path / "out").mkdir()
    release_at(tmp_path)
    assert failed_steps(tmp_path / "out") == []


def test_an_out_path_through_a_link_leads_to_the_folder_behind_it(tmp_path: Path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "elsewhere")
    release_at(tmp_path)
    assert (tmp_path / "out").is_symlink()
    assert failed_steps(tmp_path / "out") == []


def test_an_out_folder_whose_parent_is_missing_is_an_input_error(tmp_path: Path):
    with pytest.raises(InputError, match="no folder at"):
        release_at(tmp_path, out="no/such/out")


def test_a_flow_without_data_cannot_be_released(tmp_path: Path):
    changes = {"data.source": None, "data.columns": {"name": {"category": "name"}}, "protect": None}
    with pytest.raises(InputError, match="names none"):
        release_at(tmp_path, changes)


@pytest.mark.parametrize("changes", [{}, {"protect": None}, {"protect.persons": 5}], ids=["k", "as it is", "fewer"])
def test_an_empty_table_is_released_as_one(changes: dict[str, object], tmp_path: Path):
    (tmp_path / "passengers.csv").write_text(PASSENGERS.read_text(encoding="utf-8").partition("\n")[0] + "\n")
    released = release_at(tmp_path, changes)
    assert (released.copy.rows_in, released.copy.rows_out) == (0, 0)
    assert failed_steps(tmp_path / "out") == []


def test_two_releases_of_one_home_both_verify_and_stand_in_one_log(tmp_path: Path):
    release_at(tmp_path)
    release_at(tmp_path, {"recipient.name": "Acme Busan"}, out="second", seed="2")
    assert failed_steps(tmp_path / "out") == []
    assert failed_steps(tmp_path / "second") == []
    assert leaf_kinds(tmp_path / ".lockgate") == ["release", "released"] * 2


def test_a_flow_file_is_read_anew_for_each_release(tmp_path: Path):
    write_flow(tmp_path)
    node = node_at(fix_keys(tmp_path / ".lockgate"))
    released = release(read_flow_file(tmp_path / "flow.toml"), tmp_path / "out", node)
    assert released.taken.id == released.decided.decision.routes[0].id
