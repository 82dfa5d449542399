"""The hierarchies of columns: those that are given, and those that are built from the values."""

from collections.abc import Mapping, Sequence

import pyarrow as pa

from lockgate.protect.combinations import WEIGHT, key_names
from lockgate.protect.hierarchies.catalogue import build_hierarchy
from lockgate.terms.hierarchy import Hierarchy


def find_hierarchies(
    told: tuple[Mapping[str, Hierarchy], Mapping[str, str]], table: pa.Table, columns: Sequence[str]
) -> dict[str, Hierarchy]:
    """Return the hierarchies of columns.

    Args:
        told: Hierarchies by column, and by column the names of those that are built.
        table: Merged partials over the columns, for the values.
        columns: Columns whose cells are no labels yet.

    Raises:
        InputError: If a value is outside a hierarchy that is built.
    """
    given, built = told
    found = {name: given[name] for name in columns if name in given}
    for name in columns:
        if name in built and name not in found:
            key = key_names([name], by_person=False)[0]
            rows = table.group_by([key]).aggregate([(WEIGHT, "sum")]).to_pydict()
            counts = dict(zip(rows[key], rows[f"{WEIGHT}_sum"], strict=True))
            counts.pop(None, None)
            found[name] = build_hierarchy(built[name], name, counts)
    return found
