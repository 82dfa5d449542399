"""The passengers again and again, in three ranges of rows, and what a flow has to say of so many."""

from collections.abc import Callable

import pyarrow as pa
from pyarrow import csv

from lockgate.tables.fragments import FRAGMENT_ROWS
from small_flows import PASSENGERS

RANGES = 3
ROWS = (RANGES - 1) * FRAGMENT_ROWS + 4_321
HELD = {"holder.persons_held": 900_000, "recipient.in": "CN"}
IN_ONE_PIECE = 1 << 30
"""Rows of a range that no table here fills."""


def many_passengers(person_of: Callable[[int], int] = lambda row: row // 2, rows: int = ROWS) -> pa.Table:
    """Return the passengers with other numbers each time: those of the person of each row."""
    few = csv.read_csv(PASSENGERS, convert_options=csv.ConvertOptions(strings_can_be_null=False))
    whole = pa.concat_tables([few] * (rows // few.num_rows + 1)).slice(0, rows).combine_chunks()
    numbers = pa.array([str(person_of(row)) for row in range(rows)])
    return whole.set_column(whole.schema.get_field_index("PassengerId"), "PassengerId", numbers)
