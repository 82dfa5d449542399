"""Bad input: one clear message with a hint on standard error, nothing on standard output, nothing left."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lockgate.flow import release as releasing
from small_flows import PASSENGERS, write_flow

BROKEN_FILES = {
    "ragged.csv": b"name,town\nAnn Smith,Alpha\nBea Jones,Beta,Gamma\n",
    "quote.csv": b'name,town\nAnn Smith,"Alpha\nBea Jones,Beta\n',
    "twice.csv": b"name,name\nAnn Smith,Alpha\n",
    "latin.csv": "name,town\nJosé García,Málaga\n".encode("latin-1"),
    "nothing.csv": b"",
    "cut.parquet": b"PAR1" + bytes(40),
    "cut.jsonl": b'{"name": "Ann Smith", "town": "Alpha"}\n{"name": "Bea Jones", "to\n',
    "list.jsonl": b'["Ann Smith"]\n',
    "no.sqlite": b"Ann Smith lives in Alpha, and this is no database at all" * 20,
    "notes.txt": b"Ann Smith",
}
FLOWS: dict[str, tuple[dict[str, Any], str]] = {
    "unknown key": ({"holder.nmae": "x"}, "unknown key `holder.nmae`"),
    "unknown word": ({"purpose.use": "reserch"}, "mean `research`?"),
    "wrong type": ({"data.employees": "perhaps"}, "expected true or false"),
    "wrong place": ({"holder.in": "China"}, "ISO 3166-1"),
    "fewer held than sent": ({"holder.persons_held": 3}, "is less than the persons in the data (160)"),
    "more sensitive than sent": ({"data.sensitive_persons": 500}, "is more than the persons in the data"),
    "core and not important": ({"data.core": True, "data.important": "no"}, "data.core says yes"),
    "role held and unknown": (
        {"holder.roles": ["lender"], "holder.roles_unknown": ["lender"]},
        "both held and unknown",
    ),
    "column of nobody": ({"data.columns": {"Nmae": {"necessary": True}}}, "mean `Name`?"),
    "subject key of nobody": ({"data.subject_key": "Nmae"}, "`data.subject_key` names `Nmae`"),
    "two wishes for a column": ({"protect.redact": ["Name"]}, "column `Name` is both"),
    "missing data": ({"data.source": "nowhere.csv"}, "no file `nowhere.csv`"),
    "missing hierarchies": ({"protect.hierarchies": "nowhere"}, "no folder at"),
    "every column dropped": (
        {"protect": {"drop": PASSENGERS.read_text(encoding="utf-8").partition("\n")[0].split(",")}},
        "drops every column",
    ),
}


def assert_one_clear_message(answer: Any, code: int, told: str) -> None:
    assert answer.code == code, told
    assert answer.out == "", told
    message, hint, *rest = answer.err.splitlines()
    assert message.startswith("lockgate: "), told
    assert hint.startswith("  "), told
    assert rest == [], told


@pytest.mark.parametrize("name", BROKEN_FILES)
@pytest.mark.parametrize("command", ["scan", "new", "release"])
def test_a_broken_file_is_told_of_without_a_word_of_what_it_holds(
    name: str, command: str, place: Path, lockgate: Callable[..., Any]
):
    (place / name).write_bytes(BROKEN_FILES[name])
    if command == "release":
        write_flow(place, {"data.source": name, "data.columns": {}, "protect": None})
        answer = lockgate("release", "flow.toml", "--out", "out")
    else:
        answer = lockgate(command, name)
    assert_one_clear_message(answer, 2, name)
    assert not any(word in answer.err for word in ("Ann", "Smith", "Bea", "Jones", "Alpha", "Garc"))
    assert not (place / "out").exists()
    assert not list(place.glob("*.toml")) or sorted(place.glob("*.toml")) == [place / "flow.toml"]


@pytest.mark.parametrize("case", FLOWS)
def test_a_flow_file_that_cannot_be_meant_is_told_of(case: str, place: Path, lockgate: Callable[..., Any]):
    changes, words = FLOWS[case]
    write_flow(place, changes)
    answer = lockgate("release", "flow.toml", "--out", "out")
    assert_one_clear_message(answer, 2, case)
    assert words in answer.err
    assert not (place / "out").exists()


def test_a_hierarchy_that_lacks_a_value_is_told_of_without_the_value(place: Path, lockgate: Callable[..., Any]):
    (place / "levels").mkdir()
    (place / "levels" / "Embarked.csv").write_text("S;port;*\nC;port;*\n", encoding="utf-8")
    (place / "people.csv").write_text(
        "Name,Embarked\n" + "".join(f"Person {number},{'SC'[number % 2]}\n" for number in range(20)) + "Ann,Zanzibar\n",
        encoding="utf-8",
    )
    protect = {"k": 3, "quasi_identifiers": ["Embarked"], "hierarchies": "levels", "drop": ["Name"]}
    columns = {
        "Name": {"necessary": True},
        "Embarked": {"necessary": True, "category": "location", "role": "quasi-identifier"},
    }
    write_flow(place, {"data.source": "people.csv", "protect": protect, "data.columns": columns, "data.min_age": 20})
    answer = lockgate("release", "flow.toml", "--out", "out")
    assert_one_clear_message(answer, 2, "hierarchy")
    assert "Embarked" in answer.err
    assert "Zanzibar" not in answer.err


def test_a_database_that_is_locked_or_changes_meanwhile_is_told_of(place: Path, lockgate: Callable[..., Any]):
    with sqlite3.connect(place / "people.sqlite") as database:
        database.execute("create table people (name text)")
        database.execute("insert into people values ('Ann Smith')")
    database.close()
    answer = lockgate("scan", "sqlite:///people.sqlite", "--table", "persons")
    assert_one_clear_message(answer, 2, "no such table")
    assert "people" in answer.err
    answer = lockgate("scan", "sqlite:///people.sqlite", "--query", "select nme from people")
    assert_one_clear_message(answer, 2, "wrong query")
    assert "Ann" not in answer.err


def test_a_source_that_changes_between_two_passes_is_told_of(
    place: Path, lockgate: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
):
    solve = releasing.solve_protection

    def changing(*given: Any, **named: Any) -> Any:
        with (place / "passengers.csv").open("a", encoding="utf-8") as file:
            file.write(PASSENGERS.read_text(encoding="utf-8").splitlines()[1] + "\n")
        return solve(*given, **named)

    monkeypatch.setattr(releasing, "solve_protection", changing)
    answer = lockgate("release", "flow.toml", "--out", "out")
    assert answer.code in (1, 2)
    assert "passengers.csv" in answer.err
    assert "changed" in answer.err
    assert "Braund" not in answer.err
    assert not (place / "out").exists()


@pytest.mark.parametrize("home", ["flow.toml", "open"])
def test_a_home_that_cannot_be_one_is_told_of(home: str, place: Path, lockgate: Callable[..., Any]):
    (place / "open").mkdir(mode=0o755)
    answer = lockgate("release", "flow.toml", "--out", "out", "--home", home)
    assert_one_clear_message(answer, 2, home)
    assert home in answer.err


def test_a_file_where_the_out_folder_should_be_made_is_told_of(place: Path, lockgate: Callable[..., Any]):
    assert_one_clear_message(lockgate("release", "flow.toml", "--out", "flow.toml/out"), 2, "below a file")
    assert_one_clear_message(lockgate("release", "flow.toml", "--out", "flow.toml"), 2, "a file")
    assert (place / "flow.toml").is_file()
