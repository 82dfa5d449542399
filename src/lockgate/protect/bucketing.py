"""Numbers or days replaced by the bucket between two given edges, and extremes by the bound they pass.

A bucket holds its lower edge and not its upper one. Whole numbers between whole edges lie in `[18,29]`, other numbers
in `[18,30]`, days in `[1990-01-01,1999-12-31]`; below the first edge is `<18`, from the last edge on `>=65`. With one
or two edges and the inside left as it is, this is top and bottom coding. Labels of the same edges stay as they are.
Edges that are chosen by looking at the data tell of the data; choose them beforehand.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pyarrow as pa

from lockgate.protect.codes import Texts, as_distinct
from lockgate.protect.readings import day_of, number_of, write_number
from lockgate.protect.unfit import Treated, Unfit, settle
from lockgate.terms.errors import InputError
from lockgate.terms.label import Range, render_label

VERSION = "1"


@dataclass(frozen=True, slots=True)
class Edges:
    """Edges of buckets: numbers or days, rising. Made by `parse_edges`."""

    values: tuple[Decimal, ...] | tuple[date, ...]

    @property
    def are_days(self) -> bool:
        """Whether they are days."""
        return isinstance(self.values[0], date)


def parse_edges(texts: Sequence[str]) -> Edges:
    """Return edges from their texts.

    Raises:
        InputError: If there is none, they are not all numbers or all days, or they do not rise.
    """
    numbers = [number_of(text) for text in texts]
    days = [day_of(text) for text in texts]
    found: list[Any] = numbers if None not in numbers else days
    if not found or None in found or any(low >= high for low, high in pairwise(found)):
        raise InputError("expected edges that are all numbers or all days and rise", "Write them in rising order.")
    return Edges(tuple(found))


def bucket(texts: Texts, edges: Edges, unfit: Unfit) -> Treated:
    """Return for each text the label of its bucket; null stays null.

    Args:
        texts: Numbers or days as text.
        edges: Between buckets.
        unfit: What to do about cells that are neither a number or day as the edges are, nor a label of them.

    Raises:
        InputError: If there are such cells and they are refused.
    """
    return _labelled(texts, edges, unfit, keeps_inside=False)


def code_extremes(texts: Texts, edges: Edges, unfit: Unfit) -> Treated:
    """Return the texts, with those below the first edge and from the last edge on replaced by their label.

    Args:
        texts: Numbers or days as text.
        edges: The first and the last bound; with one edge, only what is from it on is coded.
        unfit: What to do about other cells.

    Raises:
        InputError: If there are more than two edges, or other cells and they are refused.
    """
    if len(edges.values) > 2:  # noqa: PLR2004 - bottom and top
        raise InputError("expected one or two bounds of extremes", "Use buckets for more.")
    return _labelled(texts, edges, unfit, keeps_inside=True)


def _labelled(texts: Texts, edges: Edges, unfit: Unfit, *, keeps_inside: bool) -> Treated:
    distinct, index = as_distinct(texts)
    own = _own_labels(edges)
    labels = [text if text in own else _label(text, edges, keeps_inside=keeps_inside) for text in distinct]
    cells = pa.array(labels, type=pa.string()).take(index)
    return settle(cells, texts, unfit, "days in ISO 8601" if edges.are_days else "numbers")


def _label(text: str, edges: Edges, *, keeps_inside: bool) -> str | None:
    value: Any = day_of(text) if edges.are_days else number_of(text)
    if value is None:
        return None
    values: Sequence[Any] = edges.values
    place = bisect_right(values, value)
    if keeps_inside and (place == 1 < len(values) or (place == 0 and len(values) == 1)):
        return text
    if place == 0:
        return f"<{_written(values[0])}"
    if place == len(values):
        return f">={_written(values[-1])}"
    is_whole = not edges.are_days and value == value.to_integral_value()
    return _between(values[place - 1], values[place], is_whole=is_whole)


def _between(low: Any, high: Any, *, is_whole: bool) -> str:
    if isinstance(low, date):
        return render_label(Range(low.isoformat(), (high - timedelta(days=1)).isoformat()))
    are_whole = is_whole and low == low.to_integral_value() and high == high.to_integral_value()
    return render_label(Range(write_number(low), write_number(high - 1 if are_whole else high)))


def _own_labels(edges: Edges) -> set[str]:
    values: Sequence[Any] = edges.values
    inner = {_between(low, high, is_whole=is_whole) for low, high in pairwise(values) for is_whole in (True, False)}
    return inner | {f"<{_written(values[0])}", f">={_written(values[-1])}"}


def _written(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else write_number(value)
