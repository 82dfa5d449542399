"""Full-domain generalisation with the least loss: `find_optimum`, for people with a table in hand.

1. Encode the quasi-identifiers (`lattice`), and what the models ask of sensitive columns (`models`).
2. Look at the whole lattice (`lattice_walk`), or where it has too many nodes for that, go down from the top
   (`lattice_descent`).
3. Write the labels of the best node; rows of classes that fail the models are suppressed.

One level of a hierarchy holds for all rows of a column. Everything is exact: sums are of whole numbers, and where the
result says `is_optimum`, no admissible node has a lesser loss.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lockgate.protect.codes import Codes
from lockgate.protect.lattice import ROOT, Lattice, Node, make_lattice
from lockgate.protect.lattice_case import Case, TextRows, Truths, make_case
from lockgate.protect.lattice_descent import descend
from lockgate.protect.lattice_groups import Grouper
from lockgate.protect.lattice_metric import Metric, MetricKind
from lockgate.protect.lattice_walk import Found, Walk
from lockgate.protect.lattice_yardstick import ColumnYardstick, Yardstick, make_yardstick
from lockgate.protect.problem import never
from lockgate.terms.compiled_code import load_code
from lockgate.terms.errors import InputError
from lockgate.terms.hierarchy import Hierarchy
from lockgate.terms.privacy_model import PrivacyModel

LOOPS = "lockgate.protect.lattice_loops"

LARGEST_LATTICE = 1 << 22
"""The most nodes of a lattice that is looked at whole."""

MOVES_WHOLE, MOVES_DOWN = 250_000, 5_000
"""Nodes that are grouped at most if nobody says otherwise: of a lattice looked at whole, and of a larger one."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Where the search may go.

    Attributes:
        levels: Least and greatest level of columns that may not have all.
        released: For each row of the table whether it is to be released; the others only tell of the population that
            k-map and δ-presence speak of. None releases all rows and knows of no population.
        moves: The most nodes to group; None for a number that fits the lattice.
        should_stop: Asked before each node; the search ends where it says so.
        is_compiled: Whether compiled code may be used; the answer is the same.
    """

    levels: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    released: Sequence[bool] | Truths | None = None
    moves: int | None = None
    should_stop: Callable[[], bool] = never
    is_compiled: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Optimum:
    """The best node that was found.

    Attributes:
        levels: Level of each quasi-identifier; None where no node satisfies the models.
        loss: Its value by the metric; infinite where there is none.
        loss_by_column: The figure of each column, for a metric of columns.
        rows: Rows to be released.
        rows_suppressed: Those of them in classes that fail the models.
        classes: Classes that are kept.
        is_optimum: Whether no node is better; without levels, whether there is no node at all.
        visited: Nodes that were grouped.
        nodes: Nodes of the lattice.
        table: The rows to be released in their order: labels in quasi-identifiers, `*` in all of them where the row is
            suppressed, other columns as they were. Empty without levels.
    """

    levels: Mapping[str, int] | None
    loss: float
    loss_by_column: Mapping[str, float]
    rows: int
    rows_suppressed: int
    classes: int
    is_optimum: bool
    visited: int
    nodes: int
    table: pa.Table


_EVERYWHERE = Scope()


def find_optimum(
    table: pa.Table | Mapping[str, Sequence[str | None]],
    hierarchies: Mapping[str, Hierarchy | TextRows],
    models: Sequence[PrivacyModel],
    metric: Metric | str = "loss",
    suppression_limit: float = 0.0,
    scope: Scope = _EVERYWHERE,
) -> Optimum:
    """Return the full-domain generalisation of a table with the least loss within the privacy models.

    Every column is a quasi-identifier but those that a model names as sensitive. Each row is one person.

    Args:
        table: Columns by name, of equal length, at least one row to be released.
        hierarchies: By column, for each value its labels from itself up, as `Hierarchy` or as rows. A quasi-identifier
            without one has the levels value and `*`. Levels are as given: no `*` is added above.
        models: What every class that is kept has to satisfy.
        metric: What to minimise, or its name: see `lockgate.protect.lattice_metric`.
        suppression_limit: Share of rows that may be suppressed, 0 to 1, the limit included.
        scope: Where the search may go.

    Raises:
        InputError: If there is no row or no quasi-identifier, a hierarchy does not cover a value, or a model asks for
            what is not there.

    >>> from lockgate.terms.privacy_model import KAnonymity
    >>> towns = [("Seoul", "Korea", "*"), ("Busan", "Korea", "*"), ("Lyon", "France", "*")]
    >>> table = {"town": ["Seoul", "Busan", "Lyon", "Lyon"], "sex": ["f", "m", "f", "f"]}
    >>> best = find_optimum(table, {"town": towns}, [KAnonymity(2)], "loss", suppression_limit=0.0)
    >>> best.levels, best.loss, best.rows_suppressed, best.is_optimum
    ({'town': 1, 'sex': 1}, 0.625, 0, True)
    >>> best.table.to_pylist()[0]
    {'town': 'Korea', 'sex': '*'}
    """
    if not 0 <= suppression_limit <= 1:
        raise InputError(f"the suppression limit is `{suppression_limit}`", "Give a share from 0 to 1.")
    case = make_case(table, hierarchies, models, scope.released)
    lattice = make_lattice(case.attributes, scope.levels)
    suppresses = suppression_limit * case.items.total >= 1
    yardstick = make_yardstick(_as_metric(metric), lattice, case.items, suppresses=suppresses)
    grouper = Grouper(
        lattice, case.items, case.demand, suppression_limit, load_code(LOOPS) if scope.is_compiled else None
    )
    found = search(lattice, grouper, yardstick, scope.moves, scope.should_stop)
    return _optimum(case, lattice, grouper, yardstick, found)


def search(
    lattice: Lattice, grouper: Grouper, yardstick: Yardstick, moves: int | None, should_stop: Callable[[], bool]
) -> Found:
    """Return the best node of a lattice, or the best that was met.

    Args:
        lattice: The nodes.
        grouper: Over its items.
        yardstick: The metric.
        moves: The most nodes to group; None for a number that fits the lattice.
        should_stop: Asked before each node.
    """
    if lattice.nodes > LARGEST_LATTICE:
        return descend(lattice, grouper, yardstick, MOVES_DOWN if moves is None else moves, should_stop)
    return Walk(lattice, grouper, yardstick).run(MOVES_WHOLE if moves is None else moves, should_stop)


def _as_metric(metric: Metric | str) -> Metric:
    if isinstance(metric, Metric):
        return metric
    if metric not in tuple(MetricKind):
        raise InputError(f"there is no metric `{metric}`", f"Take one of {', '.join(MetricKind)}.")
    return Metric(MetricKind(metric))


def _optimum(case: Case, lattice: Lattice, grouper: Grouper, yardstick: Yardstick, found: Found) -> Optimum:
    names = [attribute.column for attribute in lattice.attributes]
    tally = found.tally
    by_column: dict[str, float] = {}
    if tally is not None and isinstance(yardstick, ColumnYardstick):
        by_column = dict(zip(names, map(float, yardstick.by_column(tally)), strict=True))
    return Optimum(
        levels=None if tally is None else dict(zip(names, tally.node, strict=True)),
        loss=found.value,
        loss_by_column=by_column,
        rows=case.items.total,
        rows_suppressed=0 if tally is None else tally.lost,
        classes=0 if tally is None else tally.kept,
        is_optimum=found.is_optimum,
        visited=found.visited,
        nodes=lattice.nodes,
        table=case.table.slice(0, 0) if tally is None else _relabelled(case, grouper, tally.node),
    )


def _relabelled(case: Case, grouper: Grouper, node: Node) -> pa.Table:
    holds, _ = grouper.holds(grouper.groups(node))
    kept: Truths = holds[grouper.group_of_item(node)]
    row = np.flatnonzero(case.released)
    item: Codes = case.item_of[row]
    table = case.table.take(row)
    for at, (attribute, level) in enumerate(zip(case.attributes, node, strict=True)):
        labels = pa.array(attribute.labels[level], type=pa.string())
        own = labels.take(pa.array(attribute.maps[level][case.items.codes[item, at]]))
        shown = pc.if_else(pa.array(kept[item]), own, pa.scalar(ROOT))
        table = table.set_column(table.column_names.index(attribute.column), attribute.column, shown)
    return table
