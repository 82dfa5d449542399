"""`lockgate scan` of folders and databases, and its page."""

import json
import sqlite3
import subprocess
import sys

import pytest

PEOPLE = "name,email\n" + "".join(f"Anna Berg{n},anna{n}@example.org\n" for n in range(30))
STEEL = "site,tonnes\n" + "".join(f"S{n % 3},{n}\n" for n in range(30))


def scan(*arguments):
    done = subprocess.run(
        [sys.executable, "-m", "lockgate", "scan", *map(str, arguments)], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "in" / "inner").mkdir(parents=True)
    (tmp_path / "in" / "people.csv").write_text(PEOPLE)
    (tmp_path / "in" / "inner" / "steel.csv").write_text(STEEL)
    (tmp_path / "in" / "readme.txt").write_text("nothing")
    return tmp_path / "in"


def test_every_file_of_a_folder_of_different_tables_is_scanned(folder):
    code, out, _ = scan(folder, "--json")
    documents = json.loads(out)["sources"]
    assert code == 0
    assert [document["source"] for document in documents] == ["steel.csv", "people.csv"]
    assert {column["name"]: column["type"] for column in documents[1]["columns"]}["email"] == "email"


def test_files_that_are_one_table_are_scanned_as_one(tmp_path):
    for part in range(2):
        (tmp_path / f"part-{part}.csv").write_text(PEOPLE)
    code, out, _ = scan(tmp_path, "--json")
    assert (code, json.loads(out)["rows"]) == (0, 60)


def test_every_table_of_a_database_is_scanned(tmp_path):
    path = tmp_path / "shop.db"
    with sqlite3.connect(path) as connection:
        connection.execute("create table people (name text, email text)")
        connection.executemany("insert into people values (?, ?)", [("A", f"a{n}@example.org") for n in range(30)])
        connection.execute("create table stock (site text, tonnes integer)")
        connection.execute("insert into stock values ('S1', 3)")
    connection.close()
    code, out, _ = scan(path, "--json")
    assert code == 0
    assert [document["source"] for document in json.loads(out)["sources"]] == ["shop.db:people", "shop.db:stock"]
    code, out, _ = scan(path, "--table", "people", "--json")
    assert json.loads(out)["rows"] == 30


def test_the_page_stands_alone_and_holds_no_value(folder, tmp_path):
    page = tmp_path / "scan.html"
    code, _, _ = scan(folder, "--html", page)
    text = page.read_text(encoding="utf-8")
    assert code == 0
    assert "people.csv" in text
    assert "confirmed" in text
    assert "http://" not in text
    assert "https://" not in text
    assert not any(f"anna{n}@" in text or f"Berg{n}" in text for n in range(30))


def test_a_column_is_explained_with_all_its_evidence(folder):
    code, out, _ = scan(folder / "people.csv", "--explain", "email")
    assert code == 0
    assert "confirmed" in out
    assert "header" in out
    code, _, err = scan(folder / "people.csv", "--explain", "mail")
    assert code == 2
    assert "Columns are: name, email." in err


def test_an_empty_folder_is_an_input_error(tmp_path):
    code, _, err = scan(tmp_path)
    assert code == 2
    assert "known format" in err
