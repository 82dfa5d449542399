"""`lockgate scan` of folders and databases, and its page."""

import json
import sqlite3

import pytest

from lockgate.cli import door

PEOPLE = "name,email\n" + "".join(f"Anna Berg{n},anna{n}@example.org\n" for n in range(30))
STEEL = "site,tonnes\n" + "".join(f"S{n % 3},{n}\n" for n in range(30))


@pytest.fixture
def scan(capsys, monkeypatch):
    monkeypatch.setenv("LOCKGATE_PROGRESS", "off")  # a slow machine would tell of it

    def run(*arguments):
        code = door.main(["scan", *map(str, arguments)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "in" / "inner").mkdir(parents=True)
    (tmp_path / "in" / "people.csv").write_text(PEOPLE)
    (tmp_path / "in" / "inner" / "steel.csv").write_text(STEEL)
    (tmp_path / "in" / "readme.txt").write_text("nothing")
    return tmp_path / "in"


def test_every_file_of_a_folder_of_different_tables_is_scanned(scan, folder):
    code, out, _ = scan(folder, "--json")
    documents = json.loads(out)["sources"]
    assert code == 0
    assert [document["source"] for document in documents] == ["steel.csv", "people.csv"]
    assert {column["name"]: column["type"] for column in documents[1]["columns"]}["email"] == "email"


@pytest.mark.parametrize("sign", ["=", "\\t", "\\x01"])
def test_a_file_with_a_delimiter_of_its_own_is_scanned(scan, tmp_path, sign):
    (tmp_path / "people.txt").write_text(PEOPLE.replace(",", sign.encode().decode("unicode_escape")))
    code, out, _ = scan(tmp_path / "people.txt", "--delimiter", sign, "--json")
    assert code == 0
    assert [column["name"] for column in json.loads(out)["columns"]] == ["name", "email"]


def test_a_delimiter_of_two_signs_is_refused(scan, tmp_path):
    code, _, err = scan(tmp_path / "people.txt", "--delimiter", "::")
    assert code == 2
    assert "--delimiter: expected one character of ASCII" in err


def test_files_that_are_one_table_are_scanned_as_one(scan, tmp_path):
    for part in range(2):
        (tmp_path / f"part-{part}.csv").write_text(PEOPLE)
    code, out, _ = scan(tmp_path, "--json")
    assert (code, json.loads(out)["rows"]) == (0, 60)


def test_every_table_of_a_database_is_scanned(scan, tmp_path):
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


def test_the_page_stands_alone_and_holds_no_value(scan, folder, tmp_path):
    page = tmp_path / "scan.html"
    code, _, _ = scan(folder, "--html", page)
    text = page.read_text(encoding="utf-8")
    assert code == 0
    assert "people.csv" in text
    assert "confirmed" in text
    assert "http://" not in text
    assert "https://" not in text
    assert not any(f"anna{n}@" in text or f"Berg{n}" in text for n in range(30))


def test_a_column_is_explained_with_all_its_evidence(scan, folder):
    code, out, _ = scan(folder / "people.csv", "--explain", "email")
    assert code == 0
    assert "confirmed" in out
    assert "header" in out
    code, _, err = scan(folder / "people.csv", "--explain", "age")
    assert code == 2
    assert "Columns are: name, email." in err


def test_an_empty_folder_is_an_input_error(scan, tmp_path):
    code, _, err = scan(tmp_path)
    assert code == 2
    assert "known format" in err


def test_no_sign_of_a_name_steers_the_terminal(scan, tmp_path):
    names = ["na\x1b[31mme", "ph\x07one", "\u202eabc", "x\x9b2J", "two\nlines"]
    text = ",".join(f'"{name}"' for name in names) + "\n" + "a,b,c,d,e\n" * 9
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    steering = set("\x1b\x07\u202e\x9b")
    for more in ((), ("--json",), ("--explain", names[0]), ("--explain", "nothing"), ("--html", tmp_path / "t.html")):
        _, out, err = scan(tmp_path / "t.csv", *more)
        assert not steering & set(out + err), more
        assert "na\\x1b[31mme" in out + err or more == ("--json",)
    assert not steering & set((tmp_path / "t.html").read_text(encoding="utf-8"))
    assert [item["name"] for item in json.loads(scan(tmp_path / "t.csv", "--json")[1])["columns"]] == names


def test_a_first_row_that_is_data_is_not_shown(scan, tmp_path):
    persons = [
        f"{first} {last}" for first in ("Peter", "Maria", "John", "Laura") for last in ("Miller", "Jones", "Brown")
    ]
    rows = "".join(f"{person},Rome,{20 + n}\n" for n, person in enumerate(persons * 3))
    (tmp_path / "t.csv").write_text(f"Anna Smith,Berlin,44\n{rows}", encoding="utf-8")
    code, out, err = scan(tmp_path / "t.csv")
    assert (code, out) == (2, "")
    assert "first row seems to be data" in err
    assert not any(word in err for word in ("Anna", "Smith", "Berlin"))
    (tmp_path / "t.csv").write_text(f"name,town,age\n{rows}", encoding="utf-8")
    assert scan(tmp_path / "t.csv")[0] == 0


def test_who_stands_out_is_measured_on_a_sample_that_is_said_and_on_all_rows_if_asked(scan, tmp_path):
    rows = "".join(f"a{n}@example.org,{n % 31},{n % 997},{n % 7}\n" for n in range(60_000))
    (tmp_path / "t.csv").write_text(f"email,age,postcode,size\n{rows}", encoding="utf-8")
    sampled = json.loads(scan(tmp_path / "t.csv", "--json")[1])
    assert (sampled["sampled"], sampled["sampled_persons"]) == (True, 50_000)
    assert "a sample of 50,000 persons" in " ".join(scan(tmp_path / "t.csv")[1].split())
    exact = json.loads(scan(tmp_path / "t.csv", "--json", "--exact")[1])
    assert (exact["sampled"], exact["sampled_persons"]) == (False, None)
    shares = [{tuple(i["columns"]): i["unique_share"] for i in one["quasi_identifiers"]} for one in (sampled, exact)]
    both = shares[0].keys() & shares[1].keys()
    assert both
    assert all(shares[1][columns] <= shares[0][columns] for columns in both)
