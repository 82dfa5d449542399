"""Rows folded into groups: exact counts and sums, and counts of cells for quantiles and histograms.

    contributions_of   pure kernel on a batch: the rows that may count, as group keys, whole numbers, person and rank
    fold               contributions bounded per person, and summed: a partial
    merge              partials added; associative, in any order

Without persons every row is a person of its own, nothing has to be bounded, and a partial is as small as its groups.
With persons, all contributions of a person must reach `fold` together: `split` parts them by person.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lockgate.protect.codes import Texts
from lockgate.protect.combinations import as_text
from lockgate.protect.dp.coins import Flags, Integers
from lockgate.protect.dp.contribution import (
    Kept,
    Limits,
    Words,
    bucket_of,
    keep_contributions,
    mixed,
    row_ranks,
    text_ranks,
)
from lockgate.protect.dp.fixed_point import to_units
from lockgate.protect.dp.plan import Bounds, bounds_of, edges_of
from lockgate.protect.dp.quantile import cells_of
from lockgate.terms.errors import InputError
from lockgate.terms.statistic import Statistic, StatisticKind, StatisticsPlan

PART = 1 << 26
"""A sum is kept as two whole numbers, high * 2^26 + low, so that no number of rows overflows it."""

_EXACT = 1 << 53
_DENSE = 1 << 20
_ALL = "all"
_CELL, _NUMBER = "cell", "number"
_PERSON, _RANK = ("person:high", "person:low"), "rank"


@dataclass(frozen=True, slots=True, eq=False)
class Partial:
    """What has been folded so far.

    Attributes:
        groups: One row for each group that occurs: its keys as text, rows, persons, and for each statistic `i` of a
            column how many rows hold a value (`n:i`) and their sum in units (`high:i`, `low:i`).
        cells: By number of a quantile or histogram, its cells that occur: keys, cell, number of rows.
    """

    groups: pa.Table
    cells: Mapping[int, pa.Table]


def contributions_of(
    batch: pa.RecordBatch, persons: Words | None, first_row: int, plan: StatisticsPlan, key: bytes
) -> pa.Table:
    """Return the rows of a batch that may count.

    Args:
        batch: Rows of the source.
        persons: Keyed hash of the person of each row, shape (rows, 2); None where each row is one person.
        first_row: Number of the batch's first row in the source.
        plan: Checked.
        key: Secret bytes, for ranks.

    Raises:
        InputError: If a column is missing, has no text form, or holds no numbers where numbers are asked for.
    """
    wanted = {*plan.by, *(item.column for item in plan.statistics if item.column)}
    missing = sorted(wanted - set(batch.schema.names))
    if missing:
        raise InputError(f"the statistics name column `{missing[0]}`, which the source has not", "Mend the name.")
    arrays: dict[str, Texts] = {f"g:{name}": _as_codes(batch.column(name), name) for name in plan.by}
    for place, statistic in enumerate(plan.statistics):
        if statistic.column:
            arrays[f"v:{place}"] = _values(batch, statistic)
    if not plan.by:
        arrays[_ALL] = pa.array(np.zeros(batch.num_rows, np.int8))
    if persons is not None:
        ranks = row_ranks(persons, first_row, key)
        arrays |= {_PERSON[0]: pa.array(persons[:, 0]), _PERSON[1]: pa.array(persons[:, 1]), _RANK: pa.array(ranks)}
    table = pa.table(arrays)
    public = _public_rows(table, plan) if plan.keys else None
    return table if public is None or public.all() else table.filter(pa.array(public))


def split(contributions: pa.Table, buckets: int) -> list[pa.Table]:
    """Return contributions by bucket of their persons.

    Args:
        contributions: With persons.
        buckets: How many, 1 to 65,536.
    """
    if buckets == 1:
        return [contributions]
    bucket = bucket_of(_persons(contributions), buckets).astype(np.uint16)
    order = np.argsort(bucket, kind="stable")
    ends = np.cumsum(np.bincount(bucket, minlength=buckets))
    taken = contributions.take(order)
    return [taken.slice(start, end - start) for start, end in zip([0, *ends[:-1]], ends, strict=True)]


def fold(contributions: pa.Table, plan: StatisticsPlan, key: bytes) -> Partial:
    """Return the partial of contributions, bounded per person.

    Args:
        contributions: From `contributions_of`; all of a person that there are.
        plan: Checked.
        key: Secret bytes, for ranks.
    """
    table = contributions.unify_dictionaries().combine_chunks()
    group, labels, ranks = _groups(table, plan, key)
    kept = _kept(table, group, ranks, plan)
    size = len(labels[_ALL])
    rows = np.bincount(group if kept is None else group[kept.rows], minlength=size)
    persons = rows if kept is None else np.bincount(group[kept.firsts], minlength=size)
    return _summed(table, plan, (group, None if kept is None else kept.rows), labels, (rows, persons))


def merge(partials: Iterable[Partial]) -> Partial:
    """Return the partial of everything behind some partials of the same plan; at least one."""
    some = list(partials)
    groups = _added([part.groups for part in some])
    places = some[0].cells
    return Partial(groups, {place: _added([part.cells[place] for part in some]) for place in places})


def sums_of(groups: pa.Table, place: int) -> list[int]:
    """Return the exact sums of a statistic in units, one for each group."""
    high: list[int] = np.asarray(groups[f"high:{place}"]).tolist()
    low: list[int] = np.asarray(groups[f"low:{place}"]).tolist()
    return [above * PART + below for above, below in zip(high, low, strict=True)]


def _as_codes(column: Texts, name: str) -> Texts:
    """Return a column as codes of texts."""
    if pa.types.is_dictionary(column.type):
        column = pc.cast(column, column.type.value_type)
    encoded: Any = column.dictionary_encode()
    texts = as_text(encoded.dictionary, name).cast(pa.string())
    return pa.DictionaryArray.from_arrays(encoded.indices.cast(pa.int32()), texts)


def _values(batch: pa.RecordBatch, statistic: Statistic) -> Texts:
    """Return the values of a statistic: units, or for quantiles and histograms the cell; null where there is none."""
    column = batch.column(statistic.column)
    if statistic.kind is StatisticKind.COUNT:
        valid = to_units(column, statistic.column, Bounds(0, 1, 0))[1] if _is_float(column) else column.is_valid()
        return pa.array(np.zeros(len(valid), np.int64), mask=~np.asarray(valid))
    if statistic.kind is StatisticKind.HISTOGRAM:
        edges = edges_of(statistic)
        units, valid = to_units(column, statistic.column, Bounds(edges[0] - 1, edges[-1] + 1, statistic.decimals))
        cell = np.searchsorted(np.array(edges), units, side="right") - 1
        cell[units == edges[-1]] = len(edges) - 2  # the last bin holds its upper bound
        return pa.array(cell, mask=~valid | (units < edges[0]) | (units > edges[-1]))
    units, valid = to_units(column, statistic.column, bounds_of(statistic))
    if statistic.kind is StatisticKind.QUANTILE:
        units = cells_of(units, statistic)
    return pa.array(units, mask=None if valid.all() else ~valid)


def _is_float(column: Texts) -> bool:
    return bool(pa.types.is_floating(column.type))


def _public_rows(table: pa.Table, plan: StatisticsPlan) -> Flags:
    """Return which rows have public keys; the others never count."""
    found = np.ones(table.num_rows, np.bool_)
    for name, keys in zip(plan.by, plan.keys, strict=True):
        texts, codes = _codes_of(table, name)
        found &= np.asarray(pc.is_in(texts, value_set=pa.array(keys, pa.string()), skip_nulls=True))[codes]
    return found


def _persons(table: pa.Table) -> Words:
    return np.stack([np.asarray(table[name], np.uint64) for name in _PERSON], axis=1)


def _groups(table: pa.Table, plan: StatisticsPlan, key: bytes) -> tuple[Integers, dict[str, Texts], Words]:
    """Return the number of each row's group, the keys of the groups, and their ranks."""
    code, size = np.zeros(table.num_rows, np.int64), 1
    codes: list[tuple[str, Texts, Integers]] = []
    for name in plan.by:
        texts, here = _codes_of(table, name)
        codes.append((name, texts, here))
        values = max(len(texts), 1)
        if size * values > _DENSE:
            present, code = np.unique(code, return_inverse=True)
            size = len(present)
        code = code * values + here if size > 1 else here
        size *= values
    group, example = _compact(code, size)
    labels: dict[str, Texts] = {}
    ranks = np.zeros(len(example), np.uint64)
    for name, texts, here in codes:
        chosen = here[example]
        labels[f"g:{name}"] = texts.take(chosen)
        hashes = text_ranks(texts.to_pylist(), key)
        ranks = mixed(ranks, hashes[chosen] if len(chosen) else ranks)
    labels[_ALL] = pa.array(np.zeros(len(example), np.int8))
    return group, labels, ranks


def _compact(code: Integers, size: int) -> tuple[Integers, Integers]:
    """Return codes numbered from 0 without gaps, and for each a row that has it."""
    if size > _DENSE:
        _, example, group = np.unique(code, return_index=True, return_inverse=True)
        return group, example
    seen = np.full(size, -1, np.int64)
    seen[code] = np.arange(len(code))
    present = np.flatnonzero(seen >= 0)
    if len(present) == size:
        return code, seen
    number = np.zeros(size, np.int64)
    number[present] = np.arange(len(present))
    return number[code], seen[present]


def _codes_of(table: pa.Table, name: str) -> tuple[Texts, Integers]:
    """Return the values of a key column, and which of them each row has."""
    column: Any = table[f"g:{name}"].combine_chunks()
    if isinstance(column, pa.ChunkedArray):  # no rows at all
        return pa.array([], pa.string()), np.zeros(0, np.int64)
    if not column.null_count:
        return column.dictionary, np.asarray(column.indices, np.int64)
    texts = pa.concat_arrays([column.dictionary, pa.nulls(1, pa.string())])  # a null is a value too
    return texts, np.asarray(column.indices.fill_null(len(texts) - 1), np.int64)


def _kept(table: pa.Table, group: Integers, ranks: Words, plan: StatisticsPlan) -> Kept | None:
    if _RANK not in table.column_names:
        return None
    row = np.asarray(table[_RANK], np.uint64)
    limits = Limits(plan.max_rows, plan.max_groups)
    return keep_contributions(_persons(table), row, group, ranks, limits)


def _summed(
    table: pa.Table,
    plan: StatisticsPlan,
    where: tuple[Integers, Flags | None],
    labels: Mapping[str, Texts],
    counted: tuple[Integers, Integers],
) -> Partial:
    group, kept = where
    rows, persons = counted
    size = len(rows)
    columns: dict[str, npt.NDArray[np.int64]] = {"rows": rows, "persons": persons}
    cells: dict[int, pa.Table] = {}
    for place, statistic in enumerate(plan.statistics):
        if not statistic.column:
            continue
        places, numbers = _present(table[f"v:{place}"].combine_chunks(), group, kept)
        columns[f"n:{place}"] = np.bincount(places, minlength=size)
        if statistic.kind in (StatisticKind.SUM, StatisticKind.MEAN):
            columns[f"high:{place}"], columns[f"low:{place}"] = _sums(places, numbers, size, statistic)
        elif statistic.kind is not StatisticKind.COUNT:
            cells[place] = _cells(places, numbers, labels)
    # groups that lost all rows to bounding are no groups
    present = np.flatnonzero(rows)
    taken = {name: column.take(present) for name, column in labels.items()}
    numbers_of = {name: pa.array(column[present]) for name, column in columns.items()}
    return Partial(pa.table({**taken, **numbers_of}), cells)


def _present(values: Texts, group: Integers, kept: Flags | None) -> tuple[Integers, Integers]:
    """Return the group and the number of each row that counts and holds a value."""
    numbers = np.asarray(values.fill_null(0) if values.null_count else values, np.int64)
    counts = kept
    if values.null_count:
        valid = np.asarray(values.is_valid())
        counts = valid if kept is None else kept & valid
    return (group, numbers) if counts is None else (group[counts], numbers[counts])


def _sums(group: Integers, units: Integers, size: int, statistic: Statistic) -> tuple[Integers, Integers]:
    """Return the exact sums: a double adds whole numbers without rounding as long as all sums stay below 2^53."""
    if bounds_of(statistic).largest * max(len(units), 1) < _EXACT:
        total = np.bincount(group, weights=units, minlength=size).astype(np.int64)
        return total >> 26, total & (PART - 1)
    high, low = np.zeros(size, np.int64), np.zeros(size, np.int64)
    for start in range(0, len(units), PART):
        some, where = units[start : start + PART], group[start : start + PART]
        high += np.bincount(where, weights=some >> 26, minlength=size).astype(np.int64)
        low += np.bincount(where, weights=some & (PART - 1), minlength=size).astype(np.int64)
    return high + (low >> 26), low & (PART - 1)


def _cells(group: Integers, cell: Integers, labels: Mapping[str, Texts]) -> pa.Table:
    """Return how many rows each cell of each group has."""
    width = int(cell.max(initial=0)) + 1
    pair = group * width + cell
    if len(labels[_ALL]) * width <= _DENSE:
        numbers = np.bincount(pair)
        found = np.flatnonzero(numbers)
        numbers = numbers[found]
    else:
        found, numbers = np.unique(pair, return_counts=True)
    owner = found // width
    taken: dict[str, Texts] = {name: column.take(owner) for name, column in labels.items()}
    return pa.table({**taken, _CELL: pa.array(found % width), _NUMBER: pa.array(numbers)})


def _added(tables: Sequence[pa.Table]) -> pa.Table:
    table = pa.concat_tables(tables)
    keys = [name for name in table.column_names if name in {_CELL, _ALL} or name.startswith("g:")]
    rest = [name for name in table.column_names if name not in keys]
    summed = table.group_by(keys, use_threads=False).aggregate([(name, "sum") for name in rest])
    return summed.select([*keys, *(f"{name}_sum" for name in rest)]).rename_columns([*keys, *rest])
