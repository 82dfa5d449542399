"""Rows of loose nested values by path, as `nesting` has them for Arrow's types: `customer.city`, table `items[]`."""

from collections.abc import Iterator, Mapping
from typing import Any

from lockgate.tables.json_text import MOST_LEVELS, TOO_DEEP


def rows_at(record: Mapping[str, Any], table: str) -> Iterator[Mapping[str, Any]]:
    """Return the rows of one record, plain values by path.

    Args:
        record: An object of JSON.
        table: Path of the list whose elements are the rows; empty for the record itself.

    Raises:
        ValueError: If two values have the same path, or one is nested too deep.
    """
    if not table and not any(type(value) is dict or type(value) is list for value in record.values()):
        yield record
        return
    plain: dict[str, Any] = {}
    lists: dict[str, list[Any]] = {}
    for key, value in record.items():
        _put(key, value, (plain, lists), 0)
    yield from _exploded(plain, lists, table, 0)


def lists_of(record: Mapping[str, Any]) -> dict[str, None]:
    """Return the paths of all lists of a record, at any depth, in the order in which they come."""
    found: dict[str, None] = {}
    for key, value in record.items():
        if type(value) is dict or type(value) is list:
            _note_lists(key, value, found)
    return found


def _put(path: str, value: Any, into: tuple[dict[str, Any], dict[str, list[Any]]], depth: int) -> None:
    plain, lists = into
    if depth > MOST_LEVELS:
        raise ValueError(TOO_DEEP)
    if type(value) is dict:
        for key, inner in value.items():
            _put(f"{path}.{key}", inner, into, depth + 1)
        return
    if path in plain or path in lists:
        raise ValueError("has two values with the same path")
    if type(value) is list:
        lists[path] = value
    else:
        plain[path] = value


def _exploded(
    plain: Mapping[str, Any], lists: Mapping[str, list[Any]], table: str, start: int
) -> Iterator[Mapping[str, Any]]:
    place = table.find("[]", start)
    if place < 0:
        yield plain
        return
    name = table[:place]
    for element in lists.get(name, ()):
        row: dict[str, Any] = dict(plain)
        inner: dict[str, list[Any]] = {}
        _put(f"{name}[]", element, (row, inner), 0)
        yield from _exploded(row, inner, table, place + 2)


def _note_lists(path: str, value: Any, found: dict[str, None]) -> None:
    if type(value) is dict:
        for key, inner in value.items():
            _note_lists(f"{path}.{key}", inner, found)
    elif type(value) is list:
        found.setdefault(f"{path}[]")
        for element in value:
            if type(element) is dict or type(element) is list:
                _note_lists(f"{path}[]", element, found)
