"""Distinct combinations of column values with the rows behind them: the fold of k-anonymity and of counts.

A partial is a table with one text column for each chosen column (named `q:` and the name, so that no name of the
source can collide), two columns that name the person where a person may have several rows, and the number of rows.
Partials merge by concatenation and grouping; the merge is associative and its order does not matter.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lockgate.protect.codes import Texts
from lockgate.terms.errors import InputError

WEIGHT = "weight"
"""Column of a partial: rows behind one key."""

PERSON = ("person:high", "person:low")
"""Columns of a partial: the keyed hash of the person, 64 bits each."""


def key_names(columns: Sequence[str], *, by_person: bool) -> list[str]:
    """Return the names of the key columns of a partial over the columns."""
    return [f"q:{name}" for name in columns] + (list(PERSON) if by_person else [])


def fold(batch: pa.RecordBatch, columns: Sequence[str], persons: npt.NDArray[np.uint64] | None) -> pa.Table:
    """Return the distinct combinations of a batch with the number of their rows.

    Where text comes as dictionary arrays it stays so, and combinations may repeat: whoever merges counts codes.

    Args:
        batch: Rows of the source.
        columns: Columns of the combination, at least one.
        persons: Keyed hash of the person of each row, shape (rows, 2); None where each row is one person.

    Raises:
        InputError: If a column has no text form.
    """
    arrays: list[Texts] = [as_texts(batch.column(name), name) for name in columns]
    is_encoded = any(isinstance(array, pa.DictionaryArray) for array in arrays)
    if persons is not None:
        arrays += [pa.array(persons[:, 0]), pa.array(persons[:, 1])]
    arrays.append(pa.array(np.ones(batch.num_rows, dtype=np.int64)))
    names = key_names(columns, by_person=persons is not None)
    table = pa.table(arrays, names=[*names, WEIGHT])
    return table if is_encoded else merge([table])


def merge(partials: Sequence[pa.Table]) -> pa.Table:
    """Return the partial of all rows behind some partials of the same columns; at least one partial."""
    table = pa.concat_tables(partials)
    keys = [name for name in table.column_names if name != WEIGHT]
    grouped = table.group_by(keys, use_threads=False).aggregate([(WEIGHT, "sum")])
    return grouped.select([*keys, f"{WEIGHT}_sum"]).rename_columns([*keys, WEIGHT])


def as_text(column: Texts, name: str) -> Texts:
    """Return the values of a column as text, nulls kept.

    Raises:
        InputError: If the column's type has no text form.
    """
    if pa.types.is_string(column.type):
        return column
    try:
        return pc.cast(column, pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise InputError(
            f"column `{name}` of type {column.type} has no text form, so it cannot be generalised",
            "Drop the column or turn it into text before.",
        ) from error


def values_of(table: pa.Table, population: pa.Table | None) -> pa.Table:
    """Return partials in which every value of the table and of the population occurs.

    Args:
        table: Merged partials of the source.
        population: Merged partials over some of its columns; None for none.
    """
    if population is None:
        return table
    missing = [(name, pa.nulls(population.num_rows, table[name].type)) for name in table.column_names]
    columns = [population[name] if name in population.column_names else nulls for name, nulls in missing]
    return pa.concat_tables([table, pa.table(columns, schema=table.schema)])


def as_texts(column: Texts, name: str) -> Texts:
    """Return the values of a column as text, as `as_text` does, but leave encoded text encoded."""
    is_encoded = pa.types.is_dictionary(column.type) and pa.types.is_string(column.type.value_type)
    return column if is_encoded else as_text(column, name)


def spelled_out(table: pa.Table) -> pa.Table:
    """Return a partial whose text stands as text in every row."""
    types = [item.type.value_type if pa.types.is_dictionary(item.type) else item.type for item in table.schema]
    return table.cast(pa.schema(list(zip(table.schema.names, types, strict=True))))


def persons_once(
    combination: npt.NDArray[np.int64], high: npt.NDArray[np.uint64], low: npt.NDArray[np.uint64], count: int
) -> npt.NDArray[np.int64]:
    """Return for each combination the persons whose smallest combination it is, so that sums count nobody twice.

    Args:
        combination: Number of the combination of each (combination, person) pair.
        high: Upper half of the person's hash.
        low: Lower half.
        count: Number of combinations.
    """
    order = np.lexsort((combination, low, high))
    first = np.ones(len(order), dtype=bool)
    first[1:] = (np.diff(high[order]) != 0) | (np.diff(low[order]) != 0)
    return np.bincount(combination[order[first]], minlength=count)


def persons_of(table: pa.Table) -> int:
    """Return the distinct persons behind merged partials; the rows, where each row is one person.

    Args:
        table: Merged partials.
    """
    if PERSON[0] not in table.column_names:
        return int(np.asarray(table[WEIGHT], dtype=np.int64).sum())
    return int(table.group_by(list(PERSON), use_threads=False).aggregate([]).num_rows)
