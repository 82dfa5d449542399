"""Paths as people write them, and what is said of files that are not there."""

from pathlib import Path

import pytest

from lockgate.cli.door import main
from lockgate.flow.file import parse_flow
from lockgate.tables.extent import extent_of_file
from lockgate.tables.listing import list_sources
from lockgate.tables.local_path import local_path
from lockgate.tables.source import open_source
from lockgate.terms.errors import InputError
from lockgate.terms.flow_request import SourceReference


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "数据 one" / "客户 100%.csv"
    file.parent.mkdir()
    file.write_text("n\n1\n")
    return file


def test_an_address_of_this_machine_is_its_path_however_it_is_written(table: Path) -> None:
    for address in (table.as_uri(), f"file://{table}", f"FILE://localhost{table}", f"file:{table}"):
        reference = SourceReference(address)
        assert list_sources(reference) == (reference,)
        assert open_source(reference).name == table.name
        assert extent_of_file(reference).bytes == extent_of_file(SourceReference(str(table))).bytes > 0
    assert open_source(SourceReference(f"{table.parent.as_uri()}/")).name == table.parent.name
    assert open_source(SourceReference(f"{table.parent.as_uri()}/*.csv")).schema.names == ["n"]


def test_the_home_of_the_user_is_known(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(table.parent))
    assert open_source(SourceReference(f"~/{table.name}")).name == table.name
    assert local_path("~backup.csv") == "~backup.csv"


def test_a_flow_file_names_its_source_likewise(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(table.parent))
    for written in (table.as_uri(), f"~/{table.name}", f"{table.parent.name}/{table.name}"):
        request = parse_flow(f"[data]\nsource = '{written}'", "flow.toml", table.parent.parent)
        assert request.source == SourceReference(str(table))


def test_a_new_flow_file_names_an_address_of_this_machine_by_its_path(
    table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(table.parent)
    assert main(["new", table.as_uri(), "--out", "flow.toml"]) == 0
    assert f'source = "{table.name}"' in (table.parent / "flow.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("address", ["file://elsewhere/a.csv", "file://a.csv", "file://", "file://C:/a.csv"])
def test_an_address_of_another_machine_is_refused(address: str) -> None:
    with pytest.raises(InputError, match="this machine"):
        list_sources(SourceReference(address))


def test_of_a_file_that_is_not_there_the_nearest_name_is_told(table: Path) -> None:
    with pytest.raises(InputError, match=r"no file `客户 10%\.CSV`") as caught:
        open_source(SourceReference(str(table.with_name("客户 10%.CSV"))))
    assert caught.value.hint.startswith(f"Did you mean `{table.name}`?")
    with pytest.raises(InputError, match="no file `elsewhere`") as caught:
        open_source(SourceReference(str(table.parent / "elsewhere")))
    assert caught.value.hint.startswith("Check the path.")


def test_a_link_that_leads_nowhere_says_where_it_leads(table: Path) -> None:
    link = table.with_name("latest.csv")
    link.symlink_to("gone.csv")
    with pytest.raises(InputError, match=r"`latest\.csv` is a link to `gone\.csv`, and nothing lies there"):
        open_source(SourceReference(str(link)))
