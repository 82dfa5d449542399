import sqlite3
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pytest

from lockgate.evidence.dossier import parse_statement
from lockgate.flow.checking import CheckMeans, check_release
from lockgate.laws.catalogue import load_laws
from lockgate.tables.sink import write_table
from lockgate.tables.source import open_source
from lockgate.terms.errors import InputError
from lockgate.terms.flow_request import SourceReference
from small_flows import PASSENGERS, do_not_wait_for_the_disk, node_at, release_at

FORMATS = ("csv", "parquet", "jsonl", "sqlite")


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    do_not_wait_for_the_disk(monkeypatch)


def write_source(folder: Path, format_: str) -> str:
    """Write the passengers in a format; return how a flow file names them."""
    table = pyarrow.csv.read_csv(PASSENGERS)
    file = write_table(folder, "people", table.to_batches(), table.schema, format_)
    return f"sqlite:///{file.name}" if format_ == "sqlite" else file.name


def failed_steps(out: Path) -> list[str]:
    steps = check_release(out, CheckMeans(load_laws(), None, out.parent / ".lockgate"))
    return [f"{step.step}: {step.detail}" for step in steps if not step.ok]


def released_table(out: Path) -> pa.Table:
    (file,) = (out / "data").iterdir()
    source = open_source(SourceReference(str(file)))
    return pa.Table.from_batches(source.batches(), schema=source.schema)


@pytest.mark.parametrize("format_", FORMATS)
def test_a_source_of_each_format_is_released_in_it(format_: str, tmp_path: Path):
    release_at(tmp_path, {"data.source": write_source(tmp_path, format_)})
    assert [file.suffix for file in (tmp_path / "out/data").iterdir()] == [f".{format_}"]
    assert failed_steps(tmp_path / "out") == []
    table = released_table(tmp_path / "out")
    assert table.num_rows == 160
    fares = pyarrow.csv.read_csv(PASSENGERS)["Fare"].to_pylist()
    assert sorted(map(float, table["Fare"].to_pylist())) == sorted(fares)


def test_the_format_can_be_chosen_and_leaves_the_data_hash_as_it_is(tmp_path: Path):
    hashes = set()
    for format_ in FORMATS:
        folder = tmp_path / format_
        folder.mkdir()
        released = release_at(folder, format_=format_)
        hashes.add(released.copy.data_hash)
        assert released.copy.file.name == f"passengers.{format_}"
        assert failed_steps(folder / "out") == []
        statement = parse_statement((folder / "out" / "statement.json").read_bytes())
        assert statement["output"]["format"] == format_
    assert len(hashes) == 1


@pytest.mark.parametrize("format_", ["parquet", "sqlite"])
def test_counts_can_be_written_in_other_formats(format_: str, tmp_path: Path):
    changes = {"protect": None, "basis.consent.separate": False}
    with pytest.raises(Exception, match="separate-consent") as caught:
        release_at(tmp_path, changes)
    decision = caught.value.details["decision"]
    route = next(route for route in decision.routes if any(step.kind == "aggregate" for step in route.steps))
    release_at(tmp_path, changes, route=route.id, format_=format_, seed="2")
    assert failed_steps(tmp_path / "out") == []


def test_a_query_of_a_database_is_released(tmp_path: Path):
    write_source(tmp_path, "sqlite")
    changes = {
        "data.source": "sqlite:///people.sqlite",
        "data.query": "select * from people where Pclass = 3",
        "protect.quasi_identifiers": ["Sex", "Age"],
    }
    released = release_at(tmp_path, changes)
    assert released.copy.rows_in == sum(pyarrow.csv.read_csv(PASSENGERS)["Pclass"].to_numpy() == 3)
    assert failed_steps(tmp_path / "out") == []


def test_a_table_of_a_database_with_several_is_named(tmp_path: Path):
    write_source(tmp_path, "sqlite")
    with sqlite3.connect(tmp_path / "people.sqlite") as database:
        database.execute("create table other (x int)")
    database.close()
    with pytest.raises(InputError, match="people"):
        release_at(tmp_path, {"data.source": "sqlite:///people.sqlite"})
    release_at(tmp_path, {"data.source": "sqlite:///people.sqlite", "data.table": "people"}, seed="2")
    assert failed_steps(tmp_path / "out") == []


def test_several_files_are_released_as_one(tmp_path: Path):
    head, *rows = PASSENGERS.read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "parts").mkdir()
    for part in range(2):
        (tmp_path / "parts" / f"{part}.csv").write_text("".join([head, *rows[part::2]]), encoding="utf-8")
    for at, source in enumerate(("parts", "parts/*.csv")):
        out = f"out{at}"
        released = release_at(tmp_path, {"data.source": source}, out=out, seed=str(at))
        assert released.copy.rows_in == 160
        assert failed_steps(tmp_path / out) == []
        assert (tmp_path / out / "data").exists()
    names = [file.name for out in ("out0", "out1") for file in (tmp_path / out / "data").iterdir()]
    assert names == ["parts.csv", "data.csv"]


def test_a_release_whose_folder_has_letters_of_a_pattern_verifies(tmp_path: Path):
    release_at(tmp_path, out="out [1]*")
    assert failed_steps(tmp_path / "out [1]*") == []


def test_a_name_in_another_script_stays_the_name_of_the_data_file(tmp_path: Path):
    (tmp_path / "客户 名单.csv").write_bytes(PASSENGERS.read_bytes())
    released = release_at(tmp_path, {"data.source": "客户 名单.csv"}, node=node_at(tmp_path / ".lockgate"))
    assert released.copy.file.name == "客户-名单.csv"
    assert failed_steps(tmp_path / "out") == []
