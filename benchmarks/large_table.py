"""A table of any length for benchmarks, written in streaming form: an identifier of each person, and eight traits.

`python benchmarks/large_table.py FILE ROWS [--distinct 3000000] [--share 0.25]`

The identifier is a letter and twelve digits, different in every row. The traits are the columns of Adult without its
salary class, drawn as in `benchmarks/kanonymity.py`, block by block: the more rows, the more distinct combinations.
With `--distinct`, made-up hours of work stand in place of the country, combinations are made first, and rows are drawn
from that many of them, the frequent ones more often: the same combinations in a table of any length. `--share` is the
share of cells that are drawn anew; more than some 4,000,000 combinations need more of them.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from kanonymity import grow
from pyarrow import csv, parquet

import lockgate

ADULT = Path(lockgate.__file__).parent / "examples" / "adult"
IDENTIFIER = "person"
_BLOCK = 1 << 20
_GROUP = 1 << 16
_SHARE = 0.25
_DRAWS = 4
"""Rows drawn for each distinct combination that is wanted."""
_STEP, _FIRST, _NUMBERS = 618_033_988_749, 271_828_182_845, 10**12
"""Identifiers: multiples of a number without a common divisor, so that none comes twice."""


def adult() -> pa.RecordBatch:
    """The traits of Adult, as text."""
    file = ADULT / "adult.csv"
    parsed = csv.ParseOptions(delimiter=";")
    names = csv.read_csv(file, parse_options=parsed).column_names
    text = csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()))
    table = csv.read_csv(file, parse_options=parsed, convert_options=text).drop_columns(["salary-class"])
    return table.combine_chunks().to_batches()[0]


def write_large(file: Path, rows: int, distinct: int = 0, share: float = _SHARE) -> None:
    """Write the table, unless it is there.

    Args:
        file: Parquet; appears whole.
        rows: Of it.
        distinct: Distinct combinations that rows are drawn from; 0 for any number.
        share: Share of the cells that are drawn anew when combinations are made.
    """
    if file.exists():
        return
    people = adult()
    names = [*people.schema.names]
    if distinct:
        names.remove("native-country")
        traits = _from_pool(people.select(names), rows, distinct, share)
        names.append("hours")
    else:
        traits = _freely(people, rows)
    schema = pa.schema([(name, pa.string()) for name in (IDENTIFIER, *names)])
    part = file.with_suffix(".part")
    first = 0
    with parquet.ParquetWriter(part, schema, compression="zstd") as writer:
        for table in traits:
            columns = [_identifiers(first, table.num_rows), *table.columns]
            writer.write_table(pa.table(columns, schema=schema), row_group_size=_GROUP)
            first += table.num_rows
    part.rename(file)


def _identifiers(first: int, rows: int) -> pa.Array:
    numbers = (np.arange(first, first + rows, dtype=object) * _STEP + _FIRST) % _NUMBERS + _NUMBERS
    texts = pa.array(numbers.astype(np.int64)).cast(pa.string())
    return pc.binary_join_element_wise("K", pc.utf8_slice_codeunits(texts, 1), "")


def _freely(people: pa.RecordBatch, rows: int) -> Iterator[pa.Table]:
    for number, first in enumerate(range(0, rows, _BLOCK)):
        yield grow(people, min(_BLOCK, rows - first), seed=number + 1)


def _from_pool(people: pa.RecordBatch, rows: int, distinct: int, share: float) -> Iterator[pa.Table]:
    rng = np.random.default_rng(2)  # noqa: TID251 - made-up rows, the same each time
    hours = np.clip(np.rint(rng.normal(40, 12, _DRAWS * distinct)), 1, 99).astype(np.int64)
    drawn = grow(people, len(hours), share).append_column("hours", pa.array(hours).cast(pa.string()))
    counted = drawn.group_by(drawn.column_names).aggregate([([], "count_all")])
    if counted.num_rows < distinct:
        raise SystemExit(f"only {counted.num_rows} distinct combinations can be drawn")
    counted = counted.slice(0, distinct).combine_chunks()
    codes = [column.chunk(0).dictionary_encode() for column in counted.columns[:-1]]
    bounds = np.cumsum(np.asarray(counted.column("count_all")))
    for first in range(0, rows, _BLOCK):
        numbers = rng.integers(0, bounds[-1], min(_BLOCK, rows - first))
        chosen = pa.array(np.searchsorted(bounds, numbers, side="right"))
        yield pa.table([column.take(chosen).cast(pa.string()) for column in codes], names=counted.column_names[:-1])


def main() -> None:
    """Write a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("rows", type=int)
    parser.add_argument("--distinct", type=int, default=0)
    parser.add_argument("--share", type=float, default=_SHARE)
    wanted = parser.parse_args()
    write_large(wanted.file, wanted.rows, wanted.distinct, wanted.share)


if __name__ == "__main__":
    main()
