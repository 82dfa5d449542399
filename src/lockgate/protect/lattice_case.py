"""A table made ready for the lattice: its items, and what privacy models ask of groups of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lockgate.protect.codes import Codes, Texts, codes_of
from lockgate.protect.combinations import as_text
from lockgate.protect.lattice import Attribute, Items, encode
from lockgate.protect.lattice_groups import Demand, Entries
from lockgate.protect.models import Requirement, is_monotone, make_requirement
from lockgate.terms.errors import InputError
from lockgate.terms.hierarchy import Hierarchy, make_hierarchy
from lockgate.terms.privacy_model import DeltaPresence, KAnonymity, KMap, PrivacyModel

TextRows = Sequence[Sequence[str]]
Truths = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A table made ready.

    Attributes:
        table: All rows as texts.
        attributes: The quasi-identifiers.
        items: Their distinct combinations.
        item_of: Item of each row.
        released: Whether each row is to be released.
        demand: What the models ask.
    """

    table: pa.Table
    attributes: tuple[Attribute, ...]
    items: Items
    item_of: Codes
    released: Truths
    demand: Demand


def make_case(
    table: pa.Table | Mapping[str, Sequence[str | None]],
    hierarchies: Mapping[str, Hierarchy | TextRows],
    models: Sequence[PrivacyModel],
    released: Sequence[bool] | Truths | None,
) -> Case:
    """Return a table made ready; each row is one person.

    Args:
        table: Columns by name, of equal length.
        hierarchies: By column.
        models: What every class has to satisfy.
        released: For each row whether it is to be released; the others tell of the population. None for all rows, and
            nothing of a population.

    Raises:
        InputError: If there is nothing to release or no quasi-identifier, a hierarchy is none or does not cover a
            value, or a model asks for what is not there.
    """
    texts = _texts(table)
    trees = {column: _tree(column, rows) for column, rows in hierarchies.items()}
    kept = np.ones(texts.num_rows, dtype=bool) if released is None else np.asarray(released, dtype=bool)
    if len(kept) != texts.num_rows:
        raise InputError(
            f"`released` speaks of {len(kept)} rows and the table has {texts.num_rows}", "Name each row once."
        )
    if not kept.any():
        raise InputError("the table has no row to be released", "Give at least one row.")
    sensitive = dict.fromkeys(model.column for model in models if not isinstance(model, _OF_SIZES))
    columns = {name: _column(texts, name) for name in texts.column_names if name not in sensitive}
    if not columns:
        raise InputError("the table has no quasi-identifier", "Give at least one column that no model calls sensitive.")
    attributes, codes, item_of = encode(columns, trees)
    persons = np.bincount(item_of[kept], minlength=len(codes)).astype(np.int64)
    population = None if released is None else np.bincount(item_of, minlength=len(codes)).astype(np.int64)
    values = {name: _column(texts, name).filter(pa.array(kept)) for name in sensitive if name in texts.column_names}
    requirement = make_requirement(models, {name: _counted(column) for name, column in values.items()}, trees)
    if requirement.needs_population and population is None:
        raise InputError("a privacy model speaks of a population, and there is none", "Say which rows are released.")
    entries = _entries(requirement, values, item_of[kept])
    demand = make_demand(requirement, entries, least=requirement.least_persons)
    return Case(texts, tuple(attributes), Items(codes, persons, persons, population), item_of, kept, demand)


def make_demand(
    requirement: Requirement, entries: Entries | None, *, least: int, persons_repeat: bool = False
) -> Demand:
    """Return what models ask of groups.

    Args:
        requirement: The models.
        entries: Sensitive values of items, or None.
        least: The least number of persons of a group, by all models together.
        persons_repeat: Whether a person may have several rows.
    """
    of_sizes = all(isinstance(model, KAnonymity | KMap) for model in requirement.models)
    return Demand(
        persons=least,
        population=max((model.k for model in requirement.models if isinstance(model, KMap)), default=0),
        requirement=None if of_sizes else requirement,
        entries=entries if requirement.slots else None,
        is_closed=is_monotone(requirement.models, suppressing=True, persons_repeat=persons_repeat),
        forbids_absence=any(isinstance(model, DeltaPresence) and model.low > 0 for model in requirement.models),
    )


_OF_SIZES = KAnonymity | KMap | DeltaPresence


def _texts(table: pa.Table | Mapping[str, Sequence[str | None]]) -> pa.Table:
    if isinstance(table, pa.Table):
        return table
    lengths = {len(column) for column in table.values()}
    if len(lengths) > 1:
        raise InputError(f"columns have {min(lengths)} to {max(lengths)} rows", "Give columns of equal length.")
    try:
        return pa.table({name: pa.array(column, type=pa.string()) for name, column in table.items()})
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise InputError(
            "a column holds something that is no text", "Write every value as text, nothing as None."
        ) from error


def _column(table: pa.Table, name: str) -> Texts:
    return as_text(table[name].combine_chunks(), name)


def _tree(column: str, rows: Hierarchy | TextRows) -> Hierarchy:
    if isinstance(rows, Hierarchy):
        return rows
    try:
        return make_hierarchy(column, [tuple(row) for row in rows])
    except ValueError as error:
        raise InputError(
            f"the hierarchy of `{column}`: {error}", "Give one row a value, from itself to the root."
        ) from error


def _counted(column: Texts) -> dict[str | None, int]:
    counts: Any = pc.value_counts(column)
    return dict(zip(counts.field(0).to_pylist(), counts.field(1).to_pylist(), strict=True))


def _entries(requirement: Requirement, values: Mapping[str, Texts], item_of: Codes) -> Entries:
    """Return the sensitive values of items, rows of the same item and value together."""
    parts = []
    for name, own, first in zip(requirement.columns, requirement.values, requirement.start, strict=False):
        slot = first + codes_of(values[name], pa.array(own, type=pa.string()))
        parts.append(item_of * requirement.slots + slot)
    cells = np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)
    distinct, rows = np.unique(cells, return_counts=True)
    slots = max(requirement.slots, 1)
    return Entries(distinct // slots, distinct % slots, rows.astype(np.int64), requirement.slots)
