"""The noisy table of a partial: the only place where statistics meet noise.

1. *Groups*: every combination of the public keys, whether it occurs or not; or, where keys are hidden, those groups
   whose noisy number of persons reaches a threshold, so that nobody's presence shows in which groups there are.
2. *Noise* on each statistic by its share of the loss, drawn once from the randomness given.
3. *Output* from noisy numbers alone: means as quotients, counts not below 0 unless the plan says so.

Source: C. Dwork, A. Roth, The Algorithmic Foundations of Differential Privacy, 2014; A. Korolova et al., Releasing
Search Queries and Clicks Privately, WWW 2009 (threshold); Canonne et al. 2020 (tails of the discrete Gaussian).
"""

from collections.abc import Mapping
from decimal import ROUND_CEILING, Context, Decimal
from fractions import Fraction
from itertools import product

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lockgate.protect.codes import Texts
from lockgate.protect.dp.coins import Integers, Rng
from lockgate.protect.dp.discrete_noise import discrete_gaussian, discrete_laplace
from lockgate.protect.dp.grouping import Partial, sums_of
from lockgate.protect.dp.plan import Share, bounds_of, check_plan, edges_of, halves, has_hidden_keys, shares
from lockgate.protect.dp.quantile import choose, epsilon_under, grid_of
from lockgate.terms.privacy_loss import DELTA_UNITS
from lockgate.terms.statistic import Statistic, StatisticKind, StatisticsPlan

VERSION = "1"

MEAN_DIGITS = 3
"""Digits that a mean has beyond those of its values."""

_EXACT = Context(prec=40)
_MARGIN = Decimal("1e-12")
_DIGITS = 38
_AT_ONCE = 512


def schema_of(plan: StatisticsPlan) -> pa.Schema:
    """Return the schema of the table that a plan gives, whatever the data."""
    fields: list[pa.Field[pa.DataType]] = [pa.field(name, pa.string()) for name in plan.by]
    for statistic in plan.statistics:
        fields += [pa.field(name, _type_of(statistic)) for name in statistic.names]
    return pa.schema(fields)


def release_table(partial: Partial, plan: StatisticsPlan, rng: Rng) -> pa.Table:
    """Return the statistics with noise; call it once for a reserved loss, and keep what it returns.

    Args:
        partial: Of all rows.
        plan: What is asked, at a cost of `cost_of(plan)`.
        rng: Randomness of the operating system.

    Raises:
        InputError: If the plan cannot be carried out.
    """
    check_plan(plan)
    frame = _Frame(partial, plan)
    threshold, parts = shares(plan)
    persons = np.zeros(0, np.int64)
    if threshold is not None:
        reach = min(plan.max_groups, plan.max_rows)
        persons = frame.numbers("persons") + _noise(rng, threshold, reach, reach, len(frame))
        shown = np.flatnonzero(persons >= threshold_of(threshold, reach, plan.loss.delta))
        frame, persons = frame.take(shown), persons[shown]
    columns: list[Texts] = [frame.labels[f"g:{name}"] for name in plan.by]
    for place, (statistic, share) in enumerate(zip(plan.statistics, parts, strict=True)):
        if threshold is not None and statistic.kind is StatisticKind.PERSONS:
            columns.append(pa.array(persons))
        else:
            columns += _Query(frame, plan, place, share, rng).columns()
    return pa.table(columns, schema=schema_of(plan))


def threshold_of(share: Share, reach: int, delta: int) -> int:
    """Return the least threshold that a group of one person passes with a probability of at most delta in all groups.

    Args:
        share: Of the count of persons.
        reach: Groups of one person.
        delta: In 10^-15ths, above 0.
    """
    scale = share.scale(reach, reach)
    exact = _EXACT.divide(Decimal(scale.numerator), Decimal(scale.denominator))
    log = _EXACT.ln(_EXACT.divide(Decimal(reach * DELTA_UNITS), Decimal(delta)))
    if share.epsilon:  # P(X >= k) = p^k / (1 + p) with p = exp(-1/scale)
        step = _EXACT.exp(_EXACT.divide(Decimal(-1), exact))
        tail = _EXACT.multiply(exact, _EXACT.subtract(log, _EXACT.ln(_EXACT.add(step, Decimal(1)))))
    else:  # P(X >= k) <= exp(-k^2 / (2 sigma^2))
        tail = _EXACT.multiply(exact, _EXACT.sqrt(_EXACT.multiply(Decimal(2), log)))
    return 1 + max(1, int(_EXACT.add(tail, _MARGIN).to_integral_value(ROUND_CEILING)))


class _Frame:
    """The groups of the table, in the order of their keys, with what was folded of each."""

    def __init__(self, partial: Partial, plan: StatisticsPlan) -> None:
        self._partial = partial
        groups = partial.groups
        if has_hidden_keys(plan):
            order = pc.sort_indices(groups, [(f"g:{name}", "ascending") for name in plan.by])
            self._rows = np.asarray(order, np.int64)
            self.labels: Mapping[str, Texts] = {
                f"g:{name}": groups[f"g:{name}"].combine_chunks().take(order) for name in plan.by
            }
        else:
            keys = list(product(*plan.keys))
            texts = zip(*keys, strict=True)
            self.labels = {f"g:{name}": pa.array(c, pa.string()) for name, c in zip(plan.by, texts, strict=False)}
            self._rows = np.full(len(keys), -1, np.int64)
            self._rows[_public_place(groups, plan)] = np.arange(groups.num_rows)

    def __len__(self) -> int:
        return len(self._rows)

    def take(self, places: Integers) -> "_Frame":
        """Return the frame of some groups only."""
        some = _Frame.__new__(_Frame)
        some._partial = self._partial  # noqa: SLF001 - same class
        some._rows = self._rows[places]  # noqa: SLF001 - same class
        some.labels = {name: column.take(places) for name, column in self.labels.items()}
        return some

    def numbers(self, name: str) -> Integers:
        """Return a folded number of each group; 0 where the group does not occur."""
        found = np.append(np.asarray(self._partial.groups[name], np.int64), 0)
        return found[self._rows]

    def sums(self, place: int) -> list[int]:
        """Return the exact sum of each group in units."""
        found = [*sums_of(self._partial.groups, place), 0]
        return [found[row] for row in self._rows]

    def cells(self, place: int, width: int, plan: StatisticsPlan) -> Integers:
        """Return the rows of each cell of each group, shape (groups, width)."""
        table = self._partial.cells[place]
        counts = np.zeros((len(self._rows), width), np.int64)
        place_of = np.full(self._partial.groups.num_rows + 1, -1, np.int64)
        shown = np.flatnonzero(self._rows >= 0)
        place_of[self._rows[shown]] = shown
        owner = place_of[_rows_of(table, self._partial.groups, plan)]
        known = owner >= 0
        cell, number = (np.asarray(table[name], np.int64) for name in ("cell", "number"))
        counts[owner[known], cell[known]] = number[known]
        return counts


class _Query:
    """One statistic of a frame, with noise."""

    def __init__(self, frame: _Frame, plan: StatisticsPlan, place: int, share: Share, rng: Rng) -> None:
        self._frame = frame
        self._plan = plan
        self._place = place
        self._statistic = plan.statistics[place]
        self._share = share
        self._rng = rng

    def columns(self) -> list[Texts]:
        """Return the columns of the statistic."""
        match self._statistic.kind:
            case StatisticKind.COUNT:
                return [pa.array(self._count(self._share, self._rows()))]
            case StatisticKind.PERSONS:
                reach = min(self._plan.max_groups, self._plan.max_rows)
                noisy = self._frame.numbers("persons") + self._draw(self._share, reach, reach)
                return [pa.array(self._shown(noisy))]
            case StatisticKind.SUM:
                return [self._sum()]
            case StatisticKind.MEAN:
                return [self._mean()]
            case StatisticKind.QUANTILE:
                return [self._quantile()]
            case StatisticKind.HISTOGRAM:
                return self._histogram()

    def _rows(self) -> Integers:
        return self._frame.numbers(f"n:{self._place}" if self._statistic.column else "rows")

    def _count(self, share: Share, rows: Integers) -> Integers:
        most = self._plan.max_rows
        return self._shown(rows + self._draw(share, most, most * most))

    def _sum(self) -> Texts:
        most = self._plan.max_rows * bounds_of(self._statistic).largest
        noise = self._draw(self._share, most, most * most).tolist()
        sums = [exact + drawn for exact, drawn in zip(self._frame.sums(self._place), noise, strict=True)]
        return _decimals(sums, self._statistic.decimals)

    def _mean(self) -> Texts:
        """Deviations from the middle, in half units, over a count; missing where the noisy count is not above 0."""
        bounds, half, most = bounds_of(self._statistic), halves(self._share), self._plan.max_rows
        middle = bounds.low + bounds.high
        rows = self._rows()
        spread = most * (bounds.high - bounds.low)
        noise = self._draw(half, spread, spread * spread).tolist()
        counted = (rows + self._draw(half, most, most * most)).tolist()
        fine = 10**MEAN_DIGITS
        means: list[int | None] = []
        for exact, number, drawn, noisy in zip(
            self._frame.sums(self._place), rows.tolist(), noise, counted, strict=True
        ):
            if noisy <= 0:
                means.append(None)
                continue
            mean = (middle * fine + (2 * exact - number * middle + drawn) * fine // noisy) // 2
            means.append(min(max(mean, bounds.low * fine), bounds.high * fine))
        return _decimals(means, self._statistic.decimals + MEAN_DIGITS)

    def _quantile(self) -> Texts:
        epsilon = self._share.epsilon or epsilon_under(self._share.rho)
        width = 2 * len(grid_of(self._statistic)) + 1
        found: list[int] = []
        for start in range(0, len(self._frame), _AT_ONCE):
            some = self._frame.take(np.arange(start, min(start + _AT_ONCE, len(self._frame))))
            counts = some.cells(self._place, width, self._plan)
            found += choose(self._rng, counts, self._statistic, epsilon, self._plan.max_rows).tolist()
        return _decimals(found, self._statistic.decimals)

    def _histogram(self) -> list[Texts]:
        bins = len(edges_of(self._statistic)) - 1
        counts = self._frame.cells(self._place, bins, self._plan)
        most = self._plan.max_rows
        noise = _noise(self._rng, self._share, most, most * most, counts.size).reshape(counts.shape)
        return [pa.array(column) for column in self._shown(counts + noise).T]

    def _draw(self, share: Share, norm: int, squared: int) -> Integers:
        return _noise(self._rng, share, norm, squared, len(self._frame))

    def _shown(self, counts: Integers) -> Integers:
        return counts if self._plan.signed else np.maximum(counts, 0)


def _noise(rng: Rng, share: Share, norm: int, squared: int, count: int) -> Integers:
    scale: Fraction = share.scale(norm, squared)
    return (discrete_laplace if share.epsilon else discrete_gaussian)(rng, scale, count)


def _public_place(groups: pa.Table, plan: StatisticsPlan) -> Integers:
    place = np.zeros(groups.num_rows, np.int64)
    for name, keys in zip(plan.by, plan.keys, strict=True):
        found = pc.index_in(groups[f"g:{name}"].combine_chunks(), value_set=pa.array(keys, pa.string()))
        place = place * len(keys) + np.asarray(found, np.int64)
    return place


def _rows_of(table: pa.Table, groups: pa.Table, plan: StatisticsPlan) -> Integers:
    """Return for each row of a table the row of the groups with the same keys."""
    if not plan.by:
        return np.zeros(table.num_rows, np.int64)
    both = pa.concat_tables(
        [groups.select([f"g:{name}" for name in plan.by]), table.select([f"g:{n}" for n in plan.by])]
    )
    code = np.zeros(both.num_rows, np.int64)
    for name in both.column_names:
        encoded = both[name].combine_chunks().dictionary_encode(null_encoding="encode")
        _, code = np.unique(code * len(encoded.dictionary) + np.asarray(encoded.indices), return_inverse=True)
    row_of = np.zeros(int(code.max(initial=0)) + 1, np.int64)
    row_of[code[: groups.num_rows]] = np.arange(groups.num_rows)
    found: Integers = row_of[code[groups.num_rows :]]
    return found


def _type_of(statistic: Statistic) -> pa.DataType:
    match statistic.kind:
        case StatisticKind.COUNT | StatisticKind.PERSONS | StatisticKind.HISTOGRAM:
            return pa.int64()
        case StatisticKind.MEAN:
            return pa.decimal128(_DIGITS, statistic.decimals + MEAN_DIGITS)
        case StatisticKind.SUM | StatisticKind.QUANTILE:
            return pa.decimal128(_DIGITS, statistic.decimals)


def _decimals(units: "list[int] | list[int | None]", decimals: int) -> Texts:
    """Return whole numbers of units as decimals, exactly."""
    data = b"".join((unit or 0).to_bytes(16, "little", signed=True) for unit in units)
    kind = pa.decimal128(_DIGITS, decimals)
    plain = pa.Array.from_buffers(kind, len(units), [None, pa.py_buffer(data)])
    if None not in units:
        return plain
    found: Texts = pc.if_else(pa.array([unit is not None for unit in units]), plain, pa.scalar(None, kind))
    return found
