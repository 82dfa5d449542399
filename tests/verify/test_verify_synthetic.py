"""A synthetic table is looked through for columns, cells and rows that were not declared."""

from decimal import Decimal

import pyarrow as pa
import pytest

from lockgate.terms.synthesis import ColumnDomain
from lockgate.verify.synthetic import check_synthetic

SEX = ColumnDomain("sex", ("f", "m"))
PAY = ColumnDomain("pay", edges=(Decimal(0), Decimal("9.5"), Decimal(20)), decimals=1)
AGE = ColumnDomain("age", low=Decimal(0), high=Decimal(99))
TABLE = pa.table(
    {
        "sex": ["f", "m", "f"],
        "pay": pa.array([Decimal("0.0"), Decimal("20.0"), Decimal("9.5")], pa.decimal128(38, 1)),
        "age": pa.array([0, 99, 40]),
    }
)


def figures(table: pa.Table, rows: int = 0) -> dict[str, float]:
    return {check.name: check.measured for check in check_synthetic(table, (SEX, PAY, AGE), rows)}


@pytest.mark.parametrize("rows", [0, 3])
def test_a_table_within_its_domains_passes(rows: int) -> None:
    checks = check_synthetic(TABLE, (SEX, PAY, AGE), rows)
    assert all(check.ok for check in checks)
    assert figures(TABLE) == {"synthetic-columns": 0, "synthetic-domains": 0, "synthetic-rows": 3}


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("sex", pa.array(["f", "x", None])),
        ("pay", pa.array([Decimal("-0.1"), Decimal("20.1"), Decimal(1)], pa.decimal128(38, 1))),
        ("age", pa.array([None, 100, 1])),
    ],
)
def test_cells_outside_their_domains_are_counted(name: str, cells: "pa.Array[pa.Scalar[pa.DataType]]") -> None:
    table = TABLE.set_column(TABLE.column_names.index(name), name, cells)
    assert figures(table)["synthetic-domains"] == 2


def test_columns_and_rows_that_were_not_asked_for_are_found() -> None:
    assert figures(TABLE.drop_columns(["age"]).append_column("name", pa.array(["a"] * 3)))["synthetic-columns"] == 2
    assert not check_synthetic(TABLE, (SEX, PAY, AGE), 4)[-1].ok
