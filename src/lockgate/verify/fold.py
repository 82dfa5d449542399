"""Released values held beside the values they came from: the partials that every figure is measured on.

* Pairs: distinct (released combination, original combination, person) with the number of rows. Where each row is a
  person of its own, the person is left out and a weight counts persons.
* Secrets: distinct (released combination, column, value) of the columns that are sensitive.
* Classes: distinct released combinations alone, for who has nothing but the copy.

Columns are named `r:` (released), `o:` (original), `s:` (sensitive) and the source's name. Partials merge by
concatenation and grouping, in any order. Where text comes encoded, as dictionary arrays, it stays so, and keys may
repeat within a partial: whoever merges counts codes.
"""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lockgate.terms.errors import InputError

Hashes = npt.NDArray[np.uint64]

Texts: TypeAlias = "pa.Array[Any]"
"""A column of an Arrow batch; of texts, unless said otherwise."""

WEIGHT = "weight"
PERSON = ("person:high", "person:low")
SECRET = ("s:column", "s:value")


def pair_keys(released: Sequence[str], quasi_identifiers: Sequence[str], *, by_person: bool) -> list[str]:
    """Return the key columns of `fold`, given the names of the released columns."""
    columns = _still_there(released, quasi_identifiers)
    return _named("r", columns) + _named("o", columns) + (list(PERSON) if by_person else [])


def secret_keys(released: Sequence[str], quasi_identifiers: Sequence[str]) -> list[str]:
    """Return the key columns of `fold_sensitive`."""
    return [*_named("r", _still_there(released, quasi_identifiers)), *SECRET]


def fold(
    released: pa.RecordBatch, original: pa.RecordBatch, persons: Hashes | None, quasi_identifiers: Sequence[str]
) -> pa.Table:
    """Return the pairs of a batch.

    Args:
        released: Rows of the copy.
        original: The rows of the source that they came from, in the same order.
        persons: Keyed hash of the person of each row, shape (rows, 2); None where each row is a person of its own.
        quasi_identifiers: Columns that tell persons apart; those that the copy has not tell nothing and are left out.

    Raises:
        InputError: If a column has no text form.
    """
    if released.num_rows != original.num_rows:
        raise ValueError("expected the released rows beside the original ones")
    columns = _still_there(released.schema.names, quasi_identifiers)
    arrays = [*_texts(released, columns), *_texts(original, columns)]
    if persons is not None:
        arrays += [pa.array(persons[:, 0]), pa.array(persons[:, 1])]
    return _counted(arrays, pair_keys(columns, columns, by_person=persons is not None), released.num_rows)


def fold_sensitive(released: pa.RecordBatch, quasi_identifiers: Sequence[str], sensitive: Sequence[str]) -> pa.Table:
    """Return the secrets of a batch, as the copy shows them.

    Args:
        released: Rows of the copy.
        quasi_identifiers: Columns that tell persons apart.
        sensitive: Columns whose values nobody should learn; those that the copy has not, or that tell persons apart
            themselves, are left out.
    """
    columns = _still_there(released.schema.names, quasi_identifiers)
    keys = secret_keys(columns, columns)
    labels, parts = _texts(released, columns), []
    for name in sensitive:
        if name in released.schema.names and name not in columns:
            values = _texts(released, [name])
            parts.append(_counted([*labels, _repeated(name, released.num_rows), *values], keys, released.num_rows))
    empty = pa.schema([(key, pa.string()) for key in keys] + [(WEIGHT, pa.int64())]).empty_table()
    return _together(empty, parts)


def value_keys(released: Sequence[str], quasi_identifiers: Sequence[str], *, by_person: bool) -> list[str]:
    """Return the key columns of `fold_values`; of `fold_source_values` where no column is released."""
    columns = _still_there(released, quasi_identifiers)
    return [*_named("r", columns), *SECRET, *(PERSON if by_person else ())]


def fold_values(
    released: pa.RecordBatch,
    original: pa.RecordBatch,
    persons: Hashes | None,
    columns: tuple[Sequence[str], Sequence[str]],
) -> pa.Table:
    """Return the original values of sensitive columns by released combination, and by person where persons are given.

    Args:
        released: Rows of the copy.
        original: The rows of the source that they came from, in the same order.
        persons: Keyed hash of the person of each row; None where each row is a person of its own.
        columns: Quasi-identifiers, and sensitive columns, which the source must have.
    """
    quasi, sensitive = _still_there(released.schema.names, columns[0]), columns[1]
    return _valued(_texts(released, quasi), original, persons, (quasi, sensitive))


def fold_source_values(original: pa.RecordBatch, persons: Hashes | None, sensitive: Sequence[str]) -> pa.Table:
    """Return the values of sensitive columns of a batch of the source alone, likewise."""
    return _valued([], original, persons, ([], sensitive))


def _valued(
    labels: Sequence[Texts],
    original: pa.RecordBatch,
    persons: Hashes | None,
    columns: tuple[Sequence[str], Sequence[str]],
) -> pa.Table:
    keys = [*_named("r", columns[0]), *SECRET, *(PERSON if persons is not None else ())]
    who = [] if persons is None else [pa.array(persons[:, 0]), pa.array(persons[:, 1])]
    kinds = [pa.uint64() if key in PERSON else pa.string() for key in keys]
    empty = pa.schema([*zip(keys, kinds, strict=True), (WEIGHT, pa.int64())]).empty_table()
    parts = []
    for name in columns[1]:
        label = _repeated(name, original.num_rows)
        parts.append(_counted([*labels, label, *_texts(original, [name]), *who], keys, original.num_rows))
    return _together(empty, parts)


def fold_released(released: pa.RecordBatch, quasi_identifiers: Sequence[str]) -> pa.Table:
    """Return the classes of a batch of the copy alone."""
    columns = _still_there(released.schema.names, quasi_identifiers)
    return _counted(_texts(released, columns), _named("r", columns), released.num_rows)


def fold_original(original: pa.RecordBatch, persons: Hashes | None, columns: Sequence[str]) -> pa.Table:
    """Return the distinct combinations of a batch of the source alone, by person where persons are given."""
    arrays = _texts(original, columns)
    if persons is not None:
        arrays += [pa.array(persons[:, 0]), pa.array(persons[:, 1])]
    keys = _named("o", columns) + (list(PERSON) if persons is not None else [])
    return _counted(arrays, keys, original.num_rows)


def merge(partials: Sequence[pa.Table]) -> pa.Table:
    """Return the partial of all rows behind some partials of the same kind; at least one."""
    table = pa.concat_tables(partials)
    keys = [name for name in table.column_names if name != WEIGHT]
    if not keys:
        return pa.table({WEIGHT: pa.array([int(np.asarray(table[WEIGHT]).sum())], type=pa.int64())})
    grouped = table.group_by(keys, use_threads=False).aggregate([(WEIGHT, "sum")])
    return grouped.select([*keys, f"{WEIGHT}_sum"]).rename_columns([*keys, WEIGHT])


def spelled_out(partial: pa.Table) -> pa.Table:
    """Return a partial whose text stands as text in every row."""
    types = [item.type.value_type if pa.types.is_dictionary(item.type) else item.type for item in partial.schema]
    return partial.cast(pa.schema(list(zip(partial.schema.names, types, strict=True))))


def columns_of(partial: pa.Table, prefix: str) -> tuple[str, ...]:
    """Return the source's names of the columns of a partial that carry a prefix."""
    return tuple(name[len(prefix) + 1 :] for name in partial.column_names if name.startswith(f"{prefix}:"))


def _counted(arrays: Sequence[Texts], names: Sequence[str], rows: int) -> pa.Table:
    ones = pa.array(np.ones(rows, dtype=np.int64))
    table = pa.table([*arrays, ones], names=[*names, WEIGHT])
    return table if _is_encoded(table) else merge([table])


def _is_encoded(table: pa.Table) -> bool:
    return any(pa.types.is_dictionary(field.type) for field in table.schema)


def _together(empty: pa.Table, parts: Sequence[pa.Table]) -> pa.Table:
    """Return some partials as one; encoded ones keep their keys apart."""
    if not any(_is_encoded(part) for part in parts):
        return merge([empty, *parts])
    return pa.concat_tables([_encoded(part) for part in parts])


def _encoded(table: pa.Table) -> pa.Table:
    columns = [column.dictionary_encode() if pa.types.is_string(column.type) else column for column in table.columns]
    return pa.table(columns, names=table.column_names)


def _repeated(text: str, rows: int) -> Texts:
    return pa.DictionaryArray.from_arrays(np.zeros(rows, dtype=np.int32), pa.array([text])).cast(pa.string())


def _still_there(released: Sequence[str], quasi_identifiers: Sequence[str]) -> list[str]:
    return [name for name in quasi_identifiers if name in released]


def _named(prefix: str, columns: Sequence[str]) -> list[str]:
    return [f"{prefix}:{name}" for name in columns]


def _texts(batch: pa.RecordBatch, columns: Sequence[str]) -> list[Texts]:
    texts = []
    for name in columns:
        column = batch.column(name)
        try:
            texts.append(column if _is_text(column.type) else pc.cast(column, pa.string()))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise InputError(
                f"column `{name}` of type {column.type} has no text form, so it cannot be verified",
                "Drop the column or turn it into text before.",
            ) from error
    return texts


def _is_text(type_: pa.DataType) -> bool:
    """Whether a column is of text, spelled out or encoded."""
    return pa.types.is_string(type_) or (pa.types.is_dictionary(type_) and pa.types.is_string(type_.value_type))
