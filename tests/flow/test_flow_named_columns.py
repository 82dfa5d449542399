"""Columns that a flow file names and the data do not have are told before any row is read, each with the nearest."""

from pathlib import Path
from typing import Any

import pytest

from lockgate.cli.door import main
from lockgate.flow.file import parse_flow
from lockgate.flow.named_columns import require_columns
from lockgate.flow.scanning import ScanFold
from lockgate.terms.errors import InputError
from small_flows import PASSENGERS, flow_text, release_at

WITHOUT = {"protect": None, "data.columns": None}


def error_of(text: str, columns: tuple[str, ...] = ("PassengerId", "Sex", "Age")) -> InputError:
    request = parse_flow(flow_text(WITHOUT) + text, "flow.toml", Path())
    with pytest.raises(InputError) as caught:
        require_columns(request, columns, "people.csv")
    return caught.value


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("[protect]\nquasi_identifiers = ['sex ']", "protect.quasi_identifiers"),
        ("[protect]\ndrop = ['sex ']", "protect.drop"),
        ("[protect]\npseudonymise = ['sex ']", "protect.pseudonymise"),
        ("[protect]\nredact = ['sex ']", "protect.redact"),
        ("[protect.columns.'sex ']\nmeasure = 'mask'", "protect.columns.sex "),
        ("[protect.columns.'sex ']\nhierarchy = 'age'", "protect.columns.sex "),
        ("[data.columns.'sex ']\nnecessary = true", "data.columns.sex "),
        ("[[protect.models]]\nmodel = 'distinct-l-diversity'\ncolumn = 'sex '\nl = 2", "protect.models"),
    ],
)
def test_wherever_a_column_is_named_the_key_and_the_nearest_name_are_told(text: str, key: str) -> None:
    error = error_of("\n" + text)
    assert str(error) == f"`{key}` names `sex `: `people.csv` has no such column"
    assert error.hint == "did you mean `Sex`?"


def test_all_names_that_are_wrong_are_told_at_once() -> None:
    error = error_of("\n[protect]\ndrop = ['AGE']\nredact = ['passengerid', 'Sex']")
    assert "`protect.drop` names `AGE`, `protect.redact` names `passengerid`: " in str(error)
    assert error.hint == "did you mean `Age`, `PassengerId`?"


def test_a_name_unlike_any_other_lists_the_columns_but_not_thousands() -> None:
    assert error_of("\n[protect]\ndrop = ['zz']").hint == "columns are: PassengerId, Sex, Age"
    wide = tuple(f"column {number}" for number in range(4_000))
    assert error_of("\n[protect]\ndrop = ['zz']", wide).hint.endswith("column 19 and 3,980 more")


def refuse_to_read(*_: Any) -> None:
    raise AssertionError("a row was read")


def test_a_release_says_it_before_a_row_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ScanFold, "add", refuse_to_read)
    with pytest.raises(InputError, match=r"`data\.subject_key` names `passengerId`"):
        release_at(tmp_path, {"data.subject_key": "passengerId"})
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("option", [["--subject-key", "passengerid"], ["--explain", "PassengerID"]])
def test_a_scan_says_it_before_a_row_is_read(
    option: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(ScanFold, "add", refuse_to_read)
    assert main(["scan", str(PASSENGERS), *option]) == 2
    assert "Did you mean `PassengerId`?" in capsys.readouterr().err
