"""The generalisation lattice of a table: levels of each quasi-identifier, and the items that are generalised.

A node gives every quasi-identifier one level of its hierarchy: 0 leaves values as they are, the highest is the last
label of the paths. One node lies above another where none of its levels is lower.

Items are the distinct combinations of values with the rows and persons behind them; all work is on items. A null is a
value of its own: it joins the other values only at a level that has one label for all of them. Levels are those of
the hierarchy and no others: where it ends in several labels, nothing above them is added.

Source: Samarati, "Protecting respondents' identities in microdata release", IEEE TKDE 13(6), 2001, section 3;
LeFevre, DeWitt, Ramakrishnan, "Incognito", SIGMOD 2005.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lockgate.protect.codes import Codes, Texts, codes_of, make_codebook
from lockgate.protect.readings import number_of
from lockgate.terms.errors import InputError
from lockgate.terms.hierarchy import Hierarchy

Node = tuple[int, ...]
"""Level of each attribute."""

ROOT = "*"
"""The label above all values of a column without a hierarchy."""


@dataclass(frozen=True, slots=True, eq=False)
class Attribute:
    """A quasi-identifier with its levels.

    Attributes:
        column: Its name. values: Observed values in the order of their codes; None for null. maps: Shape (levels,
        values): code of the label of each value at each level; level 0 is the values' own codes. labels: By level and
        code, the label; None for null. leaves: By level and code, the values of the hierarchy under the label,
        observed or not; a null counts as one. domain: Values of the hierarchy, observed or not, and the null where one
        is observed. losses: By level and code, what a cell with the label loses, 0 to 1, never less than below; None
        to let the metric say it.
    """

    column: str
    values: tuple[str | None, ...]
    maps: Codes
    labels: tuple[tuple[str | None, ...], ...]
    leaves: tuple[Codes, ...]
    domain: int
    losses: tuple[npt.NDArray[np.float64], ...] | None = None

    @property
    def levels(self) -> int:
        """Return the number of levels, at least 1."""
        return len(self.labels)


@dataclass(frozen=True, slots=True, eq=False)
class Items:
    """Distinct combinations of values.

    Attributes:
        codes: Shape (items, attributes): code of each value.
        rows: Rows behind each item that are to be released.
        persons: Persons behind each item, each counted at one item only.
        population: Persons behind each item in the population that the released rows are drawn from; None where
            nothing is known of one.
    """

    codes: npt.NDArray[np.int32]
    rows: Codes
    persons: Codes
    population: Codes | None = None

    @property
    def total(self) -> int:
        """Return the rows that are to be released."""
        return int(self.rows.sum())


@dataclass(frozen=True, slots=True, eq=False)
class Lattice:
    """The nodes over some attributes.

    Attributes:
        attributes: The quasi-identifiers.
        lowest: Least level that each may have.
        highest: Greatest level that each may have.
    """

    attributes: tuple[Attribute, ...]
    lowest: Node
    highest: Node

    @property
    def shape(self) -> tuple[int, ...]:
        """Return for each attribute how many levels it may have."""
        return tuple(high - low + 1 for low, high in zip(self.lowest, self.highest, strict=True))

    @property
    def nodes(self) -> int:
        """Return the number of nodes; exact, however great."""
        count = 1
        for size in self.shape:
            count *= size
        return count


def make_lattice(attributes: Sequence[Attribute], bounds: Mapping[str, tuple[int, int]] | None = None) -> Lattice:
    """Return the lattice over the attributes.

    Args:
        attributes: At least one.
        bounds: Least and greatest level of columns that may not have all.

    Raises:
        InputError: If bounds name no attribute or no level of it.
    """
    bounds = bounds or {}
    names = {attribute.column for attribute in attributes}
    for column in bounds:
        if column not in names:
            raise InputError(f"levels are given for `{column}`, which is no quasi-identifier", "Leave it out.")
    lowest, highest = [], []
    for attribute in attributes:
        low, high = bounds.get(attribute.column, (0, attribute.levels - 1))
        if not 0 <= low <= high < attribute.levels:
            raise InputError(
                f"levels {low} to {high} are given for `{attribute.column}`, which has 0 to {attribute.levels - 1}",
                "Give levels that its hierarchy has.",
            )
        lowest.append(low)
        highest.append(high)
    return Lattice(tuple(attributes), tuple(lowest), tuple(highest))


def make_attribute(column: str, values: Sequence[str | None], hierarchy: Hierarchy | None) -> Attribute:
    """Return the attribute over some distinct values.

    Args:
        column: Its name.
        values: Distinct observed values, null among them where it occurs; the order of codes.
        hierarchy: Its hierarchy; None for two levels, the value and `*`.

    Raises:
        InputError: If the hierarchy does not cover a value.
    """
    known = [value for value in values if value is not None]
    paths = {value: (value, ROOT) for value in known} if hierarchy is None else hierarchy.paths
    missing = sum(value not in paths for value in known)
    if missing:
        raise InputError(
            f"column `{column}` has {missing} distinct values that its hierarchy does not cover",
            "Add the values to the hierarchy file or leave the hierarchy out.",
        )
    height = len(next(iter(paths.values()), (ROOT, ROOT))) - 1
    has_null = len(known) < len(values)
    maps, labels, leaves = [], [], []
    for level in range(height + 1):
        under = Counter(path[level] for path in paths.values())
        joins = len(under) == 1 and level > 0
        root = next(iter(under), ROOT)
        names = [(root if joins else None) if value is None else paths[value][level] for value in values]
        codes = {name: code for code, name in enumerate(dict.fromkeys(names))}
        maps.append([codes[name] for name in names])
        labels.append(tuple(codes))
        leaves.append(np.array([1 if name is None else under[name] + (joins and has_null) for name in codes]))
    shape = (height + 1, len(values))
    return Attribute(
        column,
        tuple(values),
        np.array(maps, dtype=np.int64).reshape(shape),
        tuple(labels),
        tuple(leaves),
        len(paths) + has_null,
    )


def positions_of(attribute: Attribute) -> npt.NDArray[np.float64] | None:
    """Return the observed values as numbers, NaN for null; None unless every other value writes a number."""
    numbers = [None if value is None else number_of(value) for value in attribute.values]
    texts = sum(value is not None for value in attribute.values)
    if not texts or sum(number is not None for number in numbers) < texts:
        return None
    return np.array([np.nan if number is None else float(number) for number in numbers])


def encode(
    columns: Mapping[str, Texts], hierarchies: Mapping[str, Hierarchy]
) -> tuple[list[Attribute], npt.NDArray[np.int32], Codes]:
    """Return the attributes of some columns, the codes of their distinct combinations, and each row's combination.

    Args:
        columns: Texts of equal length by name, at least one column.
        hierarchies: Hierarchies by column.

    Raises:
        InputError: If a hierarchy does not cover a value.
    """
    attributes, codes = [], []
    for column, texts in columns.items():
        values = sorted(pc.unique(texts).to_pylist(), key=lambda value: (value is None, value or ""))
        attributes.append(make_attribute(column, values, hierarchies.get(column)))
        codes.append(codes_of(texts, pa.array(values, type=pa.string())))
    arrays = tuple(pa.array(attribute.values, type=pa.string()) for attribute in attributes)
    number = make_codebook(arrays, codes).combinations_of(list(columns.values()))
    first = np.unique(number, return_index=True)[1]
    return attributes, np.stack([code[first] for code in codes], axis=1).astype(np.int32), number
