"""What a scan finds does not depend on how often it reads, nor on what its first rows suggest."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from lockgate.flow.progress import Silent
from lockgate.flow.scanning import ScanMeans, count_persons, find_verdicts, scan_source
from lockgate.laws.catalogue import load_laws

ROWS = 1_000


@dataclass
class Batches:
    """A source in memory that notes which columns each pass reads."""

    table: pa.Table
    name: str = "table"
    format: str = "parquet"
    notes: tuple[str, ...] = ()
    passes: list[Sequence[str] | None] = field(default_factory=list)

    @property
    def schema(self) -> pa.Schema:
        return self.table.schema

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        self.passes.append(columns)
        yield from (self.table if columns is None else self.table.select(list(columns))).to_batches(ROWS)


def means_in(folder: Path) -> ScanMeans:
    return ScanMeans(load_laws(), date(2026, 11, 21), b"k" * 32, folder, Silent())


def resident_id(row: int) -> str:
    body = f"110105{1950 + row % 70}{1 + row % 12:02}{1 + row % 28:02}{row % 1000:03}"
    return body + "10X98765432"[sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(body)) % 11]


def people(rows: int, known: int) -> pa.Table:
    """A table in which only the first rows have an identity number."""
    return pa.table(
        {
            "id_number": [resident_id(row) if row < known else f"see file {row}" for row in range(rows)],
            "customer_id": [f"C{row:08}" for row in range(rows)],
            "religion": ["Buddhist" if row % 5 == 0 else None for row in range(rows)],
        }
    )


def test_a_source_is_read_once_where_its_first_rows_say_what_all_say(tmp_path: Path) -> None:
    source = Batches(people(4 * ROWS, known=4 * ROWS))
    found = scan_source(source, "", means_in(tmp_path))
    assert source.passes == [None]
    assert found.persons.by == "id_number"
    verdicts = find_verdicts(source, "", means_in(tmp_path))
    sensitive = tuple(column.name for column in found.columns if "CN" in column.sensitive_in)
    counted = count_persons(source, verdicts, sensitive, means_in(tmp_path))
    assert (counted.count, counted.sensitive, counted.youngest) == (
        found.persons.count,
        found.persons.sensitive,
        found.persons.youngest,
    )
    assert source.passes[2] == ["id_number", "religion"]


def test_first_rows_that_mislead_cost_a_pass_and_change_nothing(tmp_path: Path) -> None:
    source = Batches(people(12 * ROWS, known=2 * ROWS))
    found = scan_source(source, "", means_in(tmp_path))
    assert found.persons.by == "customer_id"
    assert found.persons.count == 12 * ROWS
    assert len(source.passes) == 2
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("rows", [0, 1, 37])
def test_a_source_of_one_batch_is_read_once(tmp_path: Path, rows: int) -> None:
    source = Batches(people(rows, known=rows))
    found = scan_source(source, "", means_in(tmp_path))
    assert source.passes == [None]
    assert found.persons.count == rows
    assert found.rows == rows


def test_a_wide_source_is_sampled_in_a_pass_of_its_own_with_the_same_result(tmp_path: Path) -> None:
    table = pa.table(
        {
            "name": [
                f"王{'伟芳娜敏静丽强磊军洋'[row % 10]}{'勇艳杰娟涛明超霞平刚'[row // 10 % 10]}" for row in range(500)
            ],
            "birth_date": [f"{1950 + row % 61}-{1 + row % 12:02}-{1 + row % 28:02}" for row in range(500)],
            "gender": ["男" if row % 3 else "女" for row in range(500)],
        }
    )
    narrow, wide = Batches(table), Batches(table)
    for number in range(70):
        wide.table = wide.table.append_column(f"empty_{number}", pa.nulls(500, pa.string()))
    found, same = (scan_source(source, "", means_in(tmp_path)) for source in (narrow, wide))
    assert found.quasi_identifiers
    assert found.quasi_identifiers == same.quasi_identifiers
    assert (len(narrow.passes), len(wide.passes)) == (1, 2)
