"""Equivalence classes of any table, as numbers: which rows read alike in the quasi-identifiers, and how many they are.

Cells are compared as they stand: a label of a released copy equals the same label, nothing else. Two treatments are the
caller's choice and stated in every result (`Rules`):

* Suppressed rows, whose every quasi-identifier reads `*`: left out as if they were not in the table, or counted as a
  class like any other. Left out is the default, because such a class is one of nobody in particular.
* Missing cells: a value of their own, so that null equals null only (the default); or their rows are left out.

The matching in which a missing cell equals every value is `lockgate.verify.missing`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lockgate.terms.errors import InputError
from lockgate.terms.label import SUPPRESSED
from lockgate.verify.encoding import distinct_codes, loops_for

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_ROOM = 1 << 62
"""Packed keys stay below this; beyond, they are numbered anew."""

_DENSE = 8
"""Possible keys a row up to which keys are counted in an array instead of being sorted."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How a table is to be read.

    Attributes:
        suppressed: Whether rows whose every quasi-identifier reads `*` are `excluded` or `counted`.
        missing: Whether a missing cell is an `own-value`, or its row is `excluded`.
        others_known: Whether an attacker who asks for one sensitive column knows the other ones.
        person: Column that tells persons apart, by which classes are counted; empty counts rows.
        weight: Column with the number of rows that a row stands for; empty where each stands for itself.
        labelled: Columns whose cells follow the grammar of labels where they are held against a population.
    """

    suppressed: Literal["excluded", "counted"] = "excluded"
    missing: Literal["own-value", "excluded"] = "own-value"
    others_known: bool = False
    person: str = ""
    weight: str = ""
    labelled: frozenset[str] = frozenset()


AS_IT_STANDS = Rules()


@dataclass(frozen=True, slots=True, eq=False)
class Codes:
    """The cells of one column as numbers.

    Attributes:
        codes: One a row, below `count`.
        values: The distinct cells in order of their number; null is one of them.
    """

    codes: Ints
    values: "pa.Array[Any]"

    @property
    def count(self) -> int:
        """Return the number of distinct cells."""
        return len(self.values)


@dataclass(frozen=True, slots=True, eq=False)
class Classes:
    """The equivalence classes of a table.

    Attributes:
        number: Class of each row that is left.
        weight: Rows of the table behind each of them.
        sizes: Members of each class: persons where rules name a person, else rows.
        rows: Rows of each class.
        first: A row of each class, as a place in the table.
        kept: Places in the table of the rows that are left.
        excluded: Rows that the rules leave out.
    """

    number: Ints
    weight: Ints
    sizes: Ints
    rows: Ints
    first: Ints
    kept: Ints
    excluded: int = 0
    quasi_identifiers: tuple[str, ...] = field(default=())

    @property
    def total(self) -> int:
        """Return the rows that are left."""
        return int(self.weight.sum())

    @property
    def k(self) -> int:
        """Return the members of the smallest class; 0 without a class."""
        return int(self.sizes.min()) if len(self.sizes) else 0


def as_table(table: object) -> pa.Table:
    """Return an Arrow table of what a person has: Arrow, pandas, polars, or lists by column.

    Args:
        table: An Arrow table or batch, a mapping of columns, or anything with the Arrow stream interface.

    Raises:
        InputError: If it is none of them.
    """
    if isinstance(table, pa.Table):
        return table
    if isinstance(table, pa.RecordBatch):
        return pa.Table.from_batches([table])
    if isinstance(table, Mapping):
        return pa.table({str(name): pa.array(values, from_pandas=True) for name, values in table.items()})
    if hasattr(table, "__arrow_c_stream__"):
        found: pa.Table = pa.table(table)
        return found
    raise InputError(f"a {type(table).__name__} is no table", "give an Arrow, pandas or polars table, or lists by name")


def require_columns(table: pa.Table, names: Sequence[str], what: str) -> None:
    """Raise if a column is not there, or is named twice.

    Raises:
        InputError: If so.
    """
    for name in names:
        count = table.column_names.count(name)
        if count != 1:
            found = "no" if not count else f"{count} columns"
            hint = f"columns are: {', '.join(table.column_names)}"
            raise InputError(f"{what}: {found} column `{name}`" if not count else f"{what}: {found} `{name}`", hint)
    if len(set(names)) != len(names):
        raise InputError(f"{what}: a column is named twice", "name each column once")


def encode(table: pa.Table, name: str) -> Codes:
    """Return the cells of a column as numbers; NaN counts as missing.

    Raises:
        InputError: If its type has no values that could be compared.
    """
    column = table[name].combine_chunks()
    if isinstance(column, pa.ChunkedArray):  # a column of no chunk, or one too large for a single array
        column = pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], table.schema.field(name).type)
    if pa.types.is_floating(column.type):
        column = pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column)
    try:
        return _coded(column)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise InputError(
            f"column `{name}` of type {column.type} has no values to compare", "turn it into text before"
        ) from error


def _coded(column: Any) -> Codes:
    """Return a column as codes of distinct cells, null as one of them."""
    if not pa.types.is_dictionary(column.type):
        return Codes(*distinct_codes(column))
    values = column.dictionary
    if values.null_count or len(values) != len(pc.unique(values)):
        return _coded(column.dictionary_decode())
    if not column.null_count:
        return Codes(np.asarray(column.indices, dtype=np.int64), values)
    codes = pc.fill_null(column.indices.cast(pa.int64()), len(values))
    return Codes(np.asarray(codes, dtype=np.int64), pa.concat_arrays([values, pa.nulls(1, values.type)]))


def number_rows(columns: Sequence[Codes], rows: int) -> tuple[Ints, int]:
    """Return for each row the number of its combination, and how many combinations there are.

    Args:
        columns: As `encode` gives them; keys beyond 62 bits are numbered anew on the way.
        rows: Rows of the table, for a table of no column.
    """
    return _renumber(*_packed(columns, rows))


def _packed(columns: Sequence[Codes], rows: int) -> tuple[Ints, int]:
    """Return a key for each row, and more than the greatest possible key."""
    if not columns:
        return np.zeros(rows, dtype=np.int64), 1
    packed, width = columns[0].codes.copy(), max(columns[0].count, 1)
    for column in columns[1:]:
        if width * max(column.count, 1) >= _ROOM:
            packed, width = _renumber(packed, _ROOM)
        packed *= column.count
        packed += column.codes
        width *= max(column.count, 1)
    return packed, width


def _renumber(packed: Ints, room: int) -> tuple[Ints, int]:
    """Return keys below a number as numbers without gaps, and how many there are."""
    if room <= _DENSE * len(packed):
        occurs = np.zeros(room, dtype=np.bool_)
        occurs[packed] = True
        place = np.cumsum(occurs) - 1
        return place[packed], int(place[-1]) + 1
    whole: Any = np.ascontiguousarray(packed)
    encoded: Any = pc.dictionary_encode(pa.Array.from_buffers(pa.int64(), len(packed), [None, pa.py_buffer(whole)]))
    return np.asarray(encoded.indices, dtype=np.int64), len(encoded.dictionary)


def count_keys(keys: Ints, weight: Ints, room: int) -> tuple[Ints, Ints]:
    """Return the distinct keys, rising, and the weight behind each.

    Args:
        keys: Numbers below `room`.
        weight: One a key.
        room: More than the greatest possible key.
    """
    if room <= _DENSE * len(keys):
        counts = count_numbers(keys, weight, room)
        found = np.flatnonzero(counts)
        return found, counts[found]
    distinct, place = np.unique(keys, return_inverse=True)
    return distinct, count_numbers(place, weight, len(distinct))


def count_numbers(numbers: Ints, weight: Ints, room: int) -> Ints:
    """Return the weight behind each number below `room`; quicker where each is one that takes no room (`_ones`)."""
    each = None if _is_one_each(weight) else weight
    return np.bincount(numbers, each, minlength=room).astype(np.int64, copy=False)


def count_pairs(classes: Classes, codes: Ints, ranks: Ints) -> tuple[Ints, Ints]:
    """Return the distinct pairs of a class and a value as class * values + rank, rising, and the weight behind each.

    Args:
        classes: Of the rows.
        codes: Of each row.
        ranks: Place of each code in the order of values.
    """
    room = len(classes.rows) * max(len(ranks), 1)
    loops = loops_for(len(codes))
    if loops is None or room > _DENSE * len(codes) or not _is_one_each(classes.weight):
        return count_keys(classes.number * max(len(ranks), 1) + ranks[codes], classes.weight, room)
    counts = np.zeros(room, dtype=np.int64)
    loops.count_pairs(classes.number, codes, ranks, counts)
    found = np.flatnonzero(counts)
    return found, counts[found]


def make_classes(table: pa.Table, quasi_identifiers: Sequence[str], rules: Rules = AS_IT_STANDS) -> Classes:
    """Return the classes of a table.

    Args:
        table: Any; without quasi-identifiers all rows are one class.
        quasi_identifiers: Columns that tell persons apart.
        rules: How the table is to be read.

    Raises:
        InputError: If a column is missing, or weights are no counts.
    """
    require_columns(table, quasi_identifiers, "quasi-identifiers")
    columns = [encode(table, name) for name in quasi_identifiers]
    weight = _weights(table, rules)
    kept = _kept(columns, table.num_rows, rules)
    excluded = 0
    if len(kept) < table.num_rows:
        excluded = int(weight.sum() - weight[kept].sum())
        columns = [Codes(column.codes[kept], column.values) for column in columns]
        weight = weight[kept] if rules.weight else _ones(len(kept))
    number, rows, first = _grouped(*_packed(columns, len(kept)), weight, kept)
    sizes = rows
    if rules.person:
        require_columns(table, [rules.person], "person")
        sizes = _persons_of(number, Codes(encode(table, rules.person).codes[kept], pa.nulls(table.num_rows)), len(rows))
    return Classes(number, weight, sizes, rows, first, kept, excluded, tuple(quasi_identifiers))


def _grouped(packed: Ints, room: int, weight: Ints, kept: Ints) -> tuple[Ints, Ints, Ints]:
    """Return for each row the number of its key; and for each number the weight behind it, and its first row's place.

    Args:
        packed: Key of each row.
        room: More than the greatest possible key.
        weight: Of each row.
        kept: Place of each row in the table.
    """
    loops = loops_for(len(packed))
    if loops is None or room > _DENSE * len(packed) or not _is_one_each(weight):
        number, count = _renumber(packed, room)
        first = np.zeros(count, dtype=np.int64)
        first[number[::-1]] = kept[::-1]
        return number, count_numbers(number, weight, count), first
    most = min(room, len(packed))
    found = np.empty(len(packed), dtype=np.int64), np.zeros(most, dtype=np.int64), np.zeros(most, dtype=np.int64)
    count = int(loops.number_keys(packed, np.zeros(room, dtype=np.int64), found))
    return found[0], found[1][:count], kept[found[2][:count]]


def _weights(table: pa.Table, rules: Rules) -> Ints:
    if not rules.weight:
        return _ones(table.num_rows)
    require_columns(table, [rules.weight], "weight")
    column = table[rules.weight]
    if not pa.types.is_integer(column.type) or column.null_count:
        raise InputError(f"weight: column `{rules.weight}` holds no counts", "give whole numbers, none of them missing")
    weight = np.asarray(column, dtype=np.int64)
    if len(weight) and int(weight.min()) < 1:
        raise InputError(f"weight: column `{rules.weight}` holds counts below 1", "leave such rows out")
    return weight


def _ones(rows: int) -> Ints:
    """Return a weight of one for each row, which takes no room."""
    return np.broadcast_to(np.int64(1), rows)


def _is_one_each(weight: Ints) -> bool:
    return weight.strides == (0,) and len(weight) > 0 and int(weight[0]) == 1


def _kept(columns: Sequence[Codes], rows: int, rules: Rules) -> Ints:
    """Return the places of the rows that the rules leave in."""
    left_out = []
    if rules.suppressed == "excluded" and columns:
        starred = [_place_of(column, SUPPRESSED) for column in columns]
        if min(starred) >= 0:
            reads = [column.codes == place for column, place in zip(columns, starred, strict=True)]
            left_out.append(np.logical_and.reduce(reads))
    if rules.missing == "excluded":
        left_out += [np.asarray(pc.is_null(item.values))[item.codes] for item in columns if item.values.null_count]
    return np.flatnonzero(~np.logical_or.reduce(left_out)) if left_out else np.arange(rows)


def _place_of(column: Codes, text: str) -> int:
    """Return the number of a text among the cells of a column; -1 where it is not there."""
    kind = column.values.type
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)):
        return -1
    if pa.types.is_string_view(kind):
        kind, column = pa.string(), Codes(column.codes, column.values.cast(pa.string()))
    found: int = pc.index(column.values, pa.scalar(text, kind)).as_py()
    return found


def _persons_of(number: Ints, persons: Codes, count: int) -> Ints:
    pairs = np.unique(number * (int(persons.codes.max(initial=0)) + 1) + persons.codes)
    return np.bincount(pairs // (int(persons.codes.max(initial=0)) + 1), minlength=count).astype(np.int64)
