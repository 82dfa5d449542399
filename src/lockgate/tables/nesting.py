"""Nested columns by path: what is inside a struct is a column, what is inside a list is a row of a table of its own.

    customer: struct<address: struct<city>>      column `customer.address.city`
    items: list<struct<name, tags: list>>        table `items[]`, column `items[].name`; table `items[].tags[]`
    extra: map<key, value>                       table `extra[]`, columns `extra[].key`, `extra[].value`

The table without a name has one row a record and leaves every list out, so that nothing goes along which nobody has
looked at. The table of a list has one row an element; the plain columns of what the list is in stand beside it,
repeated, and other lists are left out. A record with an empty list has no row there.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from lockgate.tables.fragments import FRAGMENT_ROWS
from lockgate.tables.plain_types import without_views
from lockgate.terms.errors import InputError

_DEEPEST = 64
"""Levels of nesting; a deeper one is no table."""

_REPEATED_BYTES = 1 << 28
"""What stands beside the elements of a list becomes no longer at once, however often it is repeated."""

_SHOWN = 20
"""Tables that a message names."""

Columns = Mapping[str, "pa.Array[Any]"]


@dataclass(frozen=True, slots=True)
class Nesting:
    """How the rows of one table come out of nested columns.

    Attributes:
        table: Path of the list whose elements are the rows; empty for the records themselves.
        leaves: Type of every column by path, in order.
        roots: Column of the file from which each column comes.
        list_roots: The same for all lists of the file, at any depth.
    """

    table: str
    leaves: Mapping[str, pa.DataType]
    roots: Mapping[str, str]
    list_roots: Mapping[str, str]

    @property
    def lists(self) -> tuple[str, ...]:
        """Return the paths of all lists of the file."""
        return tuple(self.list_roots)

    def schema(self) -> pa.Schema:
        """Return the columns by path, types as the file has them."""
        return pa.schema([pa.field(name, type_) for name, type_ in self.leaves.items()])

    def needed(self, columns: list[str]) -> list[str]:
        """Return the columns of the file that some columns come from, at least one."""
        wanted = [self.list_roots[self.table]] if self.table else []
        return list(dict.fromkeys([*wanted, *(self.roots[name] for name in columns)]))

    def unnest(self, batch: pa.RecordBatch, columns: list[str]) -> Iterator[pa.RecordBatch]:
        """Return the rows of the table that a batch of the file holds, at most 65,536 at once, in its own types.

        Args:
            batch: With at least the columns of `needed`.
            columns: Paths that are wanted, in order.
        """
        top = _flat(dict(zip(batch.schema.names, batch.columns, strict=True)))
        for found in self._rows(top, 0, batch.num_rows, frozenset(columns)):
            yield pa.RecordBatch.from_arrays([found[name] for name in columns], names=columns)

    def _rows(self, columns: Columns, start: int, count: int, wanted: frozenset[str]) -> Iterator[Columns]:
        """Return the columns with every list on the way to the table replaced by its elements."""
        place = self.table.find("[]", start)
        if place < 0:
            for first in range(0, count, FRAGMENT_ROWS):
                yield {name: column.slice(first, FRAGMENT_ROWS) for name, column in columns.items()}
            return
        name = self.table[:place]
        parents, elements = _elements(columns[name])
        kept = {one: column for one, column in columns.items() if one in wanted}
        rows = max(1, min(FRAGMENT_ROWS, _REPEATED_BYTES // max(1, sum(map(_longest, kept.values())))))
        for first in range(0, len(parents), rows):
            of = parents.slice(first, rows)
            repeated = {one: column.take(of) for one, column in kept.items()}
            own = _flat({f"{name}[]": elements.slice(first, rows)})
            yield from self._rows({**repeated, **own}, place + 2, len(of), wanted)


def find_nesting(schema: pa.Schema, table: str, where: str) -> Nesting | None:
    """Return how a table comes out of nested columns; None where no column is nested.

    Args:
        schema: As the file has it.
        table: Path of a list; empty for the records.
        where: Name of the file, for messages.

    Raises:
        InputError: If there is no such list, two columns have the same path, or a column is nested too deep.
    """
    if not table and not any(types.is_nested(_stored(field.type)) for field in schema):
        return None
    leaves: dict[str, pa.DataType] = {}
    roots: dict[str, str] = {}
    lists: dict[str, str] = {}
    for field in schema:
        for path, type_ in _paths(field.name, field.type, where, 0):
            into, name = (lists, f"{path}[]") if _is_list(type_) else (roots, path)
            if name in into:
                raise InputError(
                    f"two columns of `{where}` have the path `{name}`", "Rename one of them: a dot means a struct."
                )
            into[name] = field.name
            leaves[name] = type_
    leaves = {name: leaves[name] for name in roots if _is_within(name, table)}
    if table and table not in lists:
        raise no_table(table, tuple(lists), where)
    if not leaves:
        raise InputError(f"`{where}` has lists only", f"Name one as `table`: {shown_tables(tuple(lists))}.")
    return Nesting(table, leaves, roots, lists)


def list_notes(lists: tuple[str, ...], table: str, where: str) -> tuple[str, ...]:
    """Return what is said of lists that are left out, for people; at most one note."""
    out = tuple(one for one in lists if not _is_within(one, table))
    if not out:
        return ()
    word = "list" if len(out) == 1 else "lists"
    return (f"{word} {shown_tables(out)} of `{where}` left out; each is a table of its own, by `table`",)


def no_table(table: str, known: tuple[str, ...], where: str) -> InputError:
    """Return the error of a table that a file does not hold."""
    if not known:
        return InputError(f"`{where}` holds one table only, so it has no table `{table}`", "Leave `table` out.")
    return InputError(f"no table `{table}` in `{where}`, which has {shown_tables(known)}", "Name one of them.")


def shown_tables(names: tuple[str, ...]) -> str:
    """Return names of tables as a message shows them."""
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(f"`{one}`" for one in names[:_SHOWN]) + more


def _is_within(path: str, table: str) -> bool:
    """Whether the innermost list on a path is one on the way to the elements of a table."""
    inner = path[: path.rfind("[]") + 2] if "[]" in path else ""
    return not inner or table == inner or table.startswith((f"{inner}.", f"{inner}["))


def _paths(path: str, type_: pa.DataType, where: str, depth: int) -> Iterator[tuple[str, pa.DataType]]:
    """Return every leaf and every list below a column, each with its path."""
    if depth > _DEEPEST:
        raise InputError(f"column `{path[:60]}…` of `{where}` is nested too deep", "Flatten the column before.")
    type_ = _stored(type_)
    if types.is_struct(type_):
        for position in range(type_.num_fields):
            field = type_.field(position)
            yield from _paths(f"{path}.{field.name}", field.type, where, depth + 1)
    elif _is_list(type_):
        yield path, type_
        yield from _paths(f"{path}[]", _element_type(type_), where, depth + 1)
    else:
        yield path, type_


def _stored(type_: Any) -> Any:
    """Return the type without dictionaries and extensions around it, as far as it is nested."""
    if isinstance(type_, pa.BaseExtensionType):
        return _stored(type_.storage_type)
    if types.is_dictionary(type_) and types.is_nested(type_.value_type):
        return _stored(type_.value_type)
    return type_


def _is_list(type_: pa.DataType) -> bool:
    return (
        types.is_list(type_)
        or types.is_large_list(type_)
        or types.is_fixed_size_list(type_)
        or types.is_map(type_)
        or types.is_list_view(type_)
        or types.is_large_list_view(type_)
    )


def _element_type(type_: Any) -> pa.DataType:
    if types.is_map(type_):
        return pa.struct([pa.field("key", type_.key_type, nullable=False), pa.field("value", type_.item_type)])
    found: pa.DataType = type_.value_type
    return found


def _flat(columns: Columns) -> Columns:
    """Return the columns with every struct replaced by its members, each with its path."""
    flat: dict[str, pa.Array[Any]] = {}
    for name, column in columns.items():
        stored: Any = _storage(column)
        if types.is_struct(stored.type):
            names = [stored.type.field(position).name for position in range(stored.type.num_fields)]
            members = zip((f"{name}.{one}" for one in names), stored.flatten(), strict=True)
            flat.update(_flat(dict(members)))
        else:
            flat[name] = stored
    return flat


def _storage(column: Any) -> Any:
    """Return a column without dictionaries and extensions around what is nested in it."""
    if isinstance(column, pa.ExtensionArray):
        return _storage(column.storage)
    if types.is_dictionary(column.type) and types.is_nested(column.type.value_type):
        return _storage(column.dictionary_decode())
    return without_views(column)  # out of which Arrow takes no rows yet


def _elements(column: Any) -> tuple[Any, Any]:
    """Return the row of every element of all lists of a column, and the elements, in order."""
    if types.is_map(column.type):  # Arrow's functions of lists end the process when they are given a map
        column = column.cast(pa.list_(_element_type(column.type)))
    # below a null there may be elements, which `list_parent_indices` would count and `list_flatten` leaves out
    lengths = np.asarray(pc.list_value_length(column).fill_null(0))
    return pa.array(np.repeat(np.arange(len(column)), lengths), pa.int64()), pc.list_flatten(column)


def _longest(column: Any) -> int:
    """Return how long the longest text of a column is; 0 if it holds none."""
    if not (types.is_string(column.type) or types.is_binary(column.type) or types.is_large_string(column.type)):
        return 0
    return int(pc.max(pc.binary_length(column)).as_py() or 0)
