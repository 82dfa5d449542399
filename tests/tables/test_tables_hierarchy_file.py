"""Hierarchy files."""

from pathlib import Path

import pytest

from lockgate.tables.hierarchy_file import read_hierarchy
from lockgate.terms.errors import InputError


def test_a_hierarchy_runs_from_the_value_to_the_root(tmp_path: Path) -> None:
    (tmp_path / "h.csv").write_text('1;0-4;*\n2;0-4;*\n"5;a";5-9;*\n', encoding="utf-8-sig")
    hierarchy = read_hierarchy(tmp_path / "h.csv", "age")
    assert hierarchy.column == "age"
    assert hierarchy.height == 2
    assert list(hierarchy.paths) == ["1", "2", "5;a"]
    assert hierarchy.leaves_under("0-4") == {"1", "2"}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("1;0-4;*\nSECRET;*\n", "expected 3 labels in row 2, found 2"),
        ("1;*\n1;*\n", "row 2 names a value a second time"),
        ("1;a;x\n2;a;y\n", "two parents"),
        ("", "at least one row"),
        ('1;"SECRET\n', "unexpected end of data"),
    ],
)
def test_rows_that_do_not_hold_together_are_an_input_error(tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "h.csv").write_text(text)
    with pytest.raises(InputError, match=complaint) as caught:
        read_hierarchy(tmp_path / "h.csv", "age")
    assert "SECRET" not in str(caught.value)
    assert caught.value.hint


def test_a_missing_hierarchy_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no file `h\.csv`"):
        read_hierarchy(tmp_path / "h.csv", "age")
