"""Cells of declared domains: a column as numbers of cells, and cells as values again.

A word has a cell of its own. Numbers have a cell for each unit of the last decimal, or where that would make more than
1,024 cells, for each of as many equal steps; or those between declared edges. A word outside its domain is refused:
what to do with it is the holder's to say, and a cell made for it would tell that it is there.
"""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lockgate.protect.codes import Texts, codes_of
from lockgate.protect.combinations import as_text
from lockgate.protect.dp.coins import Integers, Rng, uniform_below_each
from lockgate.protect.dp.fixed_point import to_units
from lockgate.protect.dp.plan import LARGEST_CONTRIBUTION, Bounds, bounds_of, check_plan, edges_of
from lockgate.terms.errors import InputError
from lockgate.terms.privacy_loss import PrivacyLoss
from lockgate.terms.statistic import Statistic, StatisticKind, StatisticsPlan
from lockgate.terms.synthesis import ColumnDomain, SynthesisPlan

Cells = npt.NDArray[np.uint16]

_ANY = PrivacyLoss(rho=1)

MOST_CELLS = 1024
MOST_WORDS = 10_000
MOST_ROWS = 50_000_000


def check_domains(plan: SynthesisPlan) -> None:
    """Refuse a plan whose domains or cost cannot be carried out.

    Raises:
        InputError: If a domain is empty, wrong or named twice, or the loss is not in rho.
    """
    names = [domain.column for domain in plan.columns]
    if not names or len(set(names)) < len(names):
        raise InputError("expected at least one column for a synthetic table, each once", "Mend the columns.")
    if not plan.loss.rho or plan.loss.epsilon:
        raise InputError("a synthetic table costs rho", "Set rho, or epsilon and delta, from which rho follows.")
    if not 1 <= plan.max_rows <= LARGEST_CONTRIBUTION or not 0 <= plan.rows <= MOST_ROWS:
        raise InputError(
            f"expected max_rows from 1 to {LARGEST_CONTRIBUTION}, and at most {MOST_ROWS} rows", "Mend the number."
        )
    for domain in plan.columns:
        if domain.values and (domain.edges or domain.low is not None or domain.high is not None):
            raise InputError(
                f"the domain of column `{domain.column}` has both values and bounds", "Keep one of the two."
            )
        if domain.values:
            _check_words(domain)
        else:
            _starts(domain)


def cells_in(domain: ColumnDomain) -> int:
    """Return how many cells a checked domain has."""
    if domain.values:
        return len(domain.values)
    return len(_starts(domain))


def is_ordered(domain: ColumnDomain) -> bool:
    """Return whether neighbouring cells hold neighbouring values."""
    return not domain.values


def encode(batch: pa.RecordBatch, plan: SynthesisPlan) -> Cells:
    """Return the cells of each row, shape (rows, columns).

    Args:
        batch: Rows of the source.
        plan: Checked.

    Raises:
        InputError: If a column is missing, or holds a value that its domain does not.
    """
    cells = np.empty((batch.num_rows, len(plan.columns)), np.uint16)
    for place, domain in enumerate(plan.columns):
        if domain.column not in batch.schema.names:
            raise InputError(f"the domains name column `{domain.column}`, which the source has not", "Mend the name.")
        cells[:, place] = _encode(batch.column(domain.column), domain)
    return cells


def decode(cells: Integers, domain: ColumnDomain, rng: Rng) -> Texts:
    """Return values for cells; a number is drawn uniformly from its cell.

    Args:
        cells: Number of the cell of each row.
        domain: Checked.
        rng: Randomness.
    """
    if domain.values:
        words: Texts = pa.array(domain.values, pa.string())
        return words.take(cells)
    starts = _starts(domain)
    widths = np.diff(starts, append=_bounds(domain).high + 1)
    units: Texts = pa.array(starts[cells] + uniform_below_each(rng, widths[cells]))
    if not domain.decimals:
        return units
    wide: Texts = pc.cast(units, pa.decimal128(38, 0))
    found: Texts = pa.Array.from_buffers(pa.decimal128(38, domain.decimals), len(units), [None, wide.buffers()[1]])
    return found


def _encode(column: Texts, domain: ColumnDomain) -> Integers:
    name = domain.column
    if not domain.values:
        bounds = _bounds(domain)
        units, valid = to_units(column, name, bounds)
        if not valid.all():
            raise InputError(f"column `{name}` has cells without a number", "Fill or leave out those rows.")
        return np.searchsorted(_starts(domain), units, side="right") - 1
    if pa.types.is_dictionary(column.type):
        column = pc.cast(column, column.type.value_type)
    found = codes_of(as_text(column, name), pa.array(domain.values, pa.string()))
    if (found < 0).any():
        raise InputError(
            f"column `{name}` holds {int((found < 0).sum())} cells with values that its domain does not have",
            "Add the values to the domain, or leave the rows out.",
        )
    return found


def _check_words(domain: ColumnDomain) -> None:
    if len(set(domain.values)) < len(domain.values) or len(domain.values) > MOST_WORDS:
        raise InputError(
            f"the domain of column `{domain.column}` names a value twice, or more than {MOST_WORDS}", "Mend the domain."
        )


def _starts(domain: ColumnDomain) -> Integers:
    """Return the least number of each cell, in units.

    Raises:
        InputError: If bounds or edges are missing or wrong.
    """
    if not domain.edges:
        bounds = _bounds(domain)
        return np.arange(bounds.low, bounds.high + 1, _step(bounds), dtype=np.int64)
    if domain.low is not None or domain.high is not None:
        raise InputError(f"the domain of column `{domain.column}` has both edges and bounds", "Keep one of the two.")
    statistic = Statistic(
        StatisticKind.HISTOGRAM, domain.column, decimals=domain.decimals, edges=tuple(map(Decimal, domain.edges))
    )
    check_plan(StatisticsPlan((statistic,), _ANY))
    return np.array(edges_of(statistic)[:-1], np.int64)


def _bounds(domain: ColumnDomain) -> Bounds:
    """Return the bounds of a domain of numbers.

    Raises:
        InputError: If they are missing or wrong.
    """
    if domain.edges:
        return _bounds(replace(domain, edges=(), low=domain.edges[0], high=domain.edges[-1]))
    if domain.low is None or domain.high is None:
        raise InputError(
            f"the domain of column `{domain.column}` is not known", "List its values, or set low and high for numbers."
        )
    statistic = Statistic(StatisticKind.SUM, domain.column, Decimal(domain.low), Decimal(domain.high), domain.decimals)
    check_plan(StatisticsPlan((statistic,), _ANY))
    return bounds_of(statistic)


def _step(bounds: Bounds) -> int:
    return -(-(bounds.high - bounds.low + 1) // MOST_CELLS)
