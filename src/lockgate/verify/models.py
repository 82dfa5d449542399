"""All privacy models of one table in one pass: what k, l, t, alpha, beta, delta it has. `measure_models` is the entry.

Definitions. A class is a set of rows that read alike in the quasi-identifiers. Of a sensitive column, `p` is the share
of each value among all rows that are left, `q` its share in a class, `n` the values that occur.

* k: members of the smallest class (Sweeney 2002). k-map: rows of a population that read like the least such class
  (Sweeney 2002). delta-presence: least and greatest share of the population's rows of a class that are in the table
  (Nergiz, Atzori, Clifton 2007).
* alpha: greatest q (Wong et al. 2006). l: least number of distinct values in a class (Machanavajjhala et al. 2007).
* Entropy l: least exp(-sum q ln q) over classes (same). `entropy_l` is the whole number below it as floating point has
  it, so where a class holds equally frequent values it may be one too low, never more; `entropy_l_exact` is not cut.
* Recursive (c, l): the table is (c, l)-diverse for each c greater than the greatest r_1 / (r_l + ... + r_n) of a class,
  counts r falling (same); `recursive` gives that bound for l = 1, 2, ... up to l. `recursive_c_rising` is the figure
  that pyCANON 1.3.5 calls c, with counts rising and the l of all columns together; it is not the paper's.
* t: greatest distance between q and p (Li, Li, Venkatasubramanian 2007). Equal: half the sum of |q - p|. Ordered: sum
  of |cumulated q - p| / (n - 1), values in their order. Hierarchical: cost of moving q to p in a tree, where a move
  costs the height of the lowest node above both / the height of the tree. `t`: ordered for numbers, else equal.
* beta: greatest (q - p) / p (Cao, Karras 2012). Enhanced beta: the lesser of beta and the greatest -ln p; where a value
  gains more than -ln p allows, no beta fulfils the enhanced model: `enhanced_beta_holds` says so.
* delta-disclosure: greatest |ln (q / p)| of values that occur in a class, natural logarithm (Brickell, Shmatikov 2008).

Degenerate tables: without rows, k and l are 0 and all shares 0; a column of one value has t, beta and delta 0.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lockgate.terms.errors import InputError
from lockgate.terms.hierarchy import Hierarchy
from lockgate.verify.classes import (
    AS_IT_STANDS,
    Classes,
    Codes,
    Floats,
    Ints,
    Rules,
    as_table,
    count_numbers,
    count_pairs,
    encode,
    make_classes,
    require_columns,
)
from lockgate.verify.distances import equal_distance, hierarchical_distance, ordered_distance
from lockgate.verify.population import in_population

_MOST_LEVELS = 32
"""Values of l for which the bound of recursive (c, l)-diversity is given."""

_NEARLY = 1e-9


@dataclass(frozen=True, slots=True)
class SensitiveFigures:
    """What the classes give away of one sensitive column; see the definitions of the module.

    Attributes:
        column: Its name.
        values: Distinct values among the rows that are left; a missing one counts.
        alpha: Greatest share of a value in a class.
        l: Least number of distinct values in a class.
        entropy_l: Whole number below the entropy l.
        entropy_l_exact: Entropy l, not cut.
        recursive: Pairs of l and the c that must be exceeded, for l = 1, 2, ...
        recursive_c_rising: What pyCANON calls c; None where l is 1.
        t: Distance of t-closeness, ordered for numbers, else equal.
        t_equal: With equal distance.
        t_ordered: With ordered distance; None for values without an order.
        t_hierarchical: With the distance of a hierarchy; None without one.
        beta: Of basic beta-likeness.
        enhanced_beta: Of enhanced beta-likeness.
        enhanced_beta_holds: Whether some beta fulfils it.
        delta: Of delta-disclosure.
    """

    column: str
    values: int
    alpha: float
    l: int  # noqa: E741 - the name of the model
    entropy_l: int
    entropy_l_exact: float
    recursive: tuple[tuple[int, float], ...]
    recursive_c_rising: int | None
    t: float
    t_equal: float
    t_ordered: float | None
    t_hierarchical: float | None
    beta: float
    enhanced_beta: float
    enhanced_beta_holds: bool
    delta: float


@dataclass(frozen=True, slots=True)
class ModelFigures:
    """The privacy models of one table; see the definitions of the module.

    Attributes:
        quasi_identifiers: Columns that tell persons apart.
        rules: How the table was read.
        rows: Rows that are left.
        rows_excluded: Rows that the rules left out.
        classes: Number of classes.
        k: Members of the smallest class; 0 without one.
        k_map: Rows of the population in the least class; None without a population.
        delta_presence: Least and greatest share of a population's class that is in the table; None without one.
        sensitive: One for each sensitive column.
    """

    quasi_identifiers: tuple[str, ...]
    rules: Rules
    rows: int
    rows_excluded: int
    classes: int
    k: int
    k_map: int | None
    delta_presence: tuple[float, float] | None
    sensitive: tuple[SensitiveFigures, ...]

    @property
    def l(self) -> int:  # noqa: E743 - the name of the model
        """Return the least l of all sensitive columns; 0 without one."""
        return min((one.l for one in self.sensitive), default=0)

    @property
    def t(self) -> float:
        """Return the greatest t of all sensitive columns; 0 without one."""
        return max((one.t for one in self.sensitive), default=0.0)


def measure_models(
    table: object,
    quasi_identifiers: Sequence[str],
    sensitive: Sequence[str] = (),
    *,
    population: object = None,
    hierarchies: Mapping[str, Hierarchy] | None = None,
    rules: Rules = AS_IT_STANDS,
) -> ModelFigures:
    """Return the privacy models of a table.

    Args:
        table: Arrow, pandas or polars table, or lists by column.
        quasi_identifiers: Columns that tell persons apart.
        sensitive: Columns whose values nobody should learn.
        population: A table of all persons from whom the table was drawn, with the same quasi-identifiers; for k-map and
            delta-presence. Its cells are original values where `rules.labelled` names the column, else they are
            compared as they stand.
        hierarchies: By column: of sensitive columns for the hierarchical t, of labelled columns for the population.
        rules: How the table is to be read.

    Raises:
        InputError: If a column is missing, or both kinds at once.

    >>> table = {"age": ["3*", "3*", "4*", "4*"], "ill": ["flu", "cold", "flu", "flu"]}
    >>> figures = measure_models(table, ["age"], ["ill"])
    >>> figures.k, figures.l, figures.t
    (2, 1, 0.25)
    """
    read, trees = as_table(table), hierarchies or {}
    require_columns(read, sensitive, "sensitive")
    both = sorted({*quasi_identifiers} & {*sensitive})
    if both:
        raise InputError(f"`{both[0]}` is a quasi-identifier and sensitive at once", "name it once")
    classes = make_classes(read, quasi_identifiers, rules)
    found = []
    for name in sensitive:
        seen = classes
        if rules.others_known and len(sensitive) > 1:
            known = [*quasi_identifiers, *(other for other in sensitive if other != name)]
            seen = make_classes(read.take(classes.kept), known, replace(rules, suppressed="counted"))
            seen = replace(seen, kept=classes.kept[seen.kept])
        found.append(_measure_column(name, seen, encode(read, name), trees.get(name)))
    everywhere = min((one.l for one, _ in found), default=0)
    presence = None
    if population is not None:
        presence = in_population(read, classes, as_table(population), trees, rules)
    return ModelFigures(
        quasi_identifiers=tuple(quasi_identifiers),
        rules=rules,
        rows=classes.total,
        rows_excluded=classes.excluded,
        classes=len(classes.sizes),
        k=classes.k,
        k_map=None if presence is None else presence.k_map,
        delta_presence=None if presence is None else presence.delta,
        sensitive=tuple(
            replace(one, recursive_c_rising=rising.bound(everywhere)) if everywhere > 1 else one
            for one, rising in found
        ),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """The values of one sensitive column by class, those that occur only.

    Attributes:
        owner: Class of each entry, rising.
        value: Value of each entry, rising within the class; values are in their order.
        count: Rows of each entry.
        q: Share of the entry in its class.
        p: Share of each value among all rows.
        start: First entry of each class.
        has_order: Whether the values are numbers, days or times.
    """

    owner: Ints
    value: Ints
    count: Ints
    q: Floats
    p: Floats
    start: Ints
    has_order: bool

    def recursive_ratios(self, levels: int) -> list[float]:
        """Return for l = 1, 2, ... the greatest r_1 / (r_l + ... + r_n) of a class, counts falling.

        Infinite where a class has no r_l.
        """
        counts = self.count[np.lexsort((-self.count, self.owner))]
        total = np.concatenate([[0], np.cumsum(counts)])
        ends = np.append(self.start[1:], len(counts))
        most, all_of = counts[self.start], total[ends]
        found = []
        for level in range(levels):
            tail = all_of - total[np.minimum(self.start + level, ends)]
            found.append(float((most / tail).max()) if bool(tail.all()) else float("inf"))
        return found


def shares_of(classes: Classes, column: Codes) -> Shares:
    """Return the shares of the values of a column by class.

    Args:
        classes: Of the table.
        column: The whole column of the same table.
    """
    rank, has_order = _ranks(column)
    codes = column.codes if len(classes.kept) == len(column.codes) else column.codes[classes.kept]
    room = max(column.count, 1)
    keys, count = count_pairs(classes, codes, rank)
    owner, value = np.divmod(keys, room)
    overall = count_numbers(value, count, room)
    occurs = np.flatnonzero(overall)
    value = (np.cumsum(overall > 0) - 1)[value]
    p = overall[occurs] / max(classes.total, 1)
    start = np.searchsorted(owner, np.arange(len(classes.rows)))
    return Shares(owner, value, count, count / classes.rows[owner], p, start, has_order)


def _ranks(column: Codes) -> tuple[Ints, bool]:
    """Return the place of each value in the order of the column, and whether that order means anything; null first."""
    kind = column.values.type
    has_order = any(
        is_kind(kind)
        for is_kind in (pa.types.is_integer, pa.types.is_floating, pa.types.is_temporal, pa.types.is_decimal)
    )
    try:
        order = np.asarray(pc.array_sort_indices(column.values, null_placement="at_start"), dtype=np.int64)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        order = np.arange(column.count)
    rank = np.empty(column.count, dtype=np.int64)
    rank[order] = np.arange(column.count)
    return rank, has_order


@dataclass(frozen=True, slots=True, eq=False)
class _Rising:
    """Counts of each class, rising; and where each class begins."""

    counts: Ints
    start: Ints

    def bound(self, level: int) -> int:
        """Return floor(least / sum from the place of the level on + 1), the greatest of all classes."""
        total = np.concatenate([[0], np.cumsum(self.counts)])
        ends = np.append(self.start[1:], len(self.counts))
        tail = total[ends] - total[np.minimum(self.start + level - 1, ends)]
        return int(np.floor(self.counts[self.start] / np.maximum(tail, 1) + 1).max())


def _measure_column(
    name: str, classes: Classes, column: Codes, hierarchy: Hierarchy | None
) -> tuple[SensitiveFigures, _Rising]:
    """Return the figures of one sensitive column, and its counts by class.

    Args:
        name: Of the column.
        classes: Of the table.
        column: The whole column of the same table.
        hierarchy: Of its values, or None.
    """
    shares = shares_of(classes, column)
    if not len(shares.owner):
        nothing = SensitiveFigures(name, 0, 0.0, 0, 0, 0.0, (), None, 0.0, 0.0, None, None, 0.0, 0.0, True, 0.0)  # noqa: FBT003 - in the order of the record
        return nothing, _Rising(shares.count, shares.start)
    distinct = np.diff(np.append(shares.start, len(shares.owner)))
    least = int(distinct.min())
    gain = shares.q / shares.p[shares.value]
    beta = max(float(gain.max()) - 1, 0.0)
    rare = -np.log(shares.p)
    t_equal = equal_distance(shares.owner, shares.value, shares.q, shares.p, len(distinct))
    t_ordered = None
    if shares.has_order:
        t_ordered = ordered_distance(shares.owner, shares.value, shares.q, shares.p, shares.start)
    entropy = entropy_l(shares)
    figures = SensitiveFigures(
        column=name,
        values=len(shares.p),
        alpha=float(shares.q.max()),
        l=least,
        entropy_l=int(entropy),
        entropy_l_exact=float(round(entropy)) if abs(entropy - round(entropy)) < _NEARLY else entropy,
        recursive=tuple(enumerate(shares.recursive_ratios(min(least, _MOST_LEVELS)), 1)),
        recursive_c_rising=None,
        t=t_equal if t_ordered is None else t_ordered,
        t_equal=t_equal,
        t_ordered=t_ordered,
        t_hierarchical=None if hierarchy is None else _hierarchical(name, classes, column, shares, hierarchy),
        beta=beta,
        enhanced_beta=min(beta, float(rare.max())),
        enhanced_beta_holds=bool((gain - 1 <= rare[shares.value] + _NEARLY).all()),
        delta=float(np.abs(np.log(gain)).max()),
    )
    return figures, _Rising(shares.count[np.lexsort((shares.count, shares.owner))], shares.start)


def entropy_l(shares: Shares) -> float:
    """Return exp of the least entropy of a class, in floating point as if each class were summed up alone."""
    terms = -shares.q * np.log(shares.q)
    entropy = np.add.reduceat(terms, shares.start)
    ends = np.append(shares.start[1:], len(shares.owner))
    lowest = np.flatnonzero(entropy <= entropy.min() + _NEARLY)
    seen: set[bytes] = set()
    found = np.inf
    for place in lowest:
        q = shares.q[shares.start[place] : ends[place]]
        if q.tobytes() not in seen:
            seen.add(q.tobytes())
            found = min(found, -float(np.sum(q * np.log(q))))
    return float(np.exp(1) ** found)


def _hierarchical(name: str, classes: Classes, column: Codes, shares: Shares, hierarchy: Hierarchy) -> float:
    """Return the hierarchical t of a column; values stand in the order of their rank, as in `shares`."""
    rank, _ = _ranks(column)
    here = np.unique(rank[column.codes[classes.kept]])
    texts = [str(value) for value in column.values.to_pylist()]
    at = {int(place): texts[code] for code, place in enumerate(rank)}
    missing = sum(at[int(place)] not in hierarchy.paths for place in here)
    if missing:
        raise InputError(
            f"the hierarchy of `{name}` lacks {missing} values that the column holds", "complete the hierarchy"
        )
    paths = [hierarchy.paths[at[int(place)]] for place in here]
    return hierarchical_distance(shares.owner, shares.value, shares.q, shares.p, paths)
