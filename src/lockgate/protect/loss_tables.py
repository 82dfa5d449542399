"""The loss of any group of values, column by column, as flat arrays that compiled loops can read.

A group is given by its first and last code and its number of distinct codes, as in `lockgate.protect.domains`; the
figures are those of `Domain.cost`, to the last bit.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from lockgate.protect.codes import Codes
from lockgate.protect.domains import Domain, Reals, SetDomain, TreeDomain

PAIRS, LINE, TREE, SET = range(4)
"""Where the loss stands: by first and last code; by position on a line; by level and code; by number of codes."""

_WIDEST_PAIRS = 256
"""Columns of at most so many values get a table by first and last code."""


KIND, WIDTH, AT, ORDERED, HAS_NULL, LEVELS, GROUPS_AT, AT_BIT = range(8)
"""What is known of a column, by position among its facts; see `LossTables`."""


class LossTables(NamedTuple):
    """The columns of a problem as arrays.

    Attributes:
        facts: Shape (columns, 8). KIND: where the loss stands. WIDTH: the number of values. AT: where the column's
            figures begin. ORDERED: of a line, how many values can be ordered; the others cost 1 with any other value.
            HAS_NULL: of sets, whether the last value is null; it costs 1 with any other value. LEVELS: levels of the
            hierarchy below `*`, 0 where there is none. GROUPS_AT: where its groups begin. AT_BIT: of
            sets, where the column's marks begin among those of all sets.
        figures: The loss, one column after the other. PAIRS: first code by last code. LINE: lower positions, then
            higher ones, then their span. TREE: level by code. SET: by number of codes, from none.
        groups: Nodes of hierarchies, level by code, one column after the other.
    """

    facts: Codes
    figures: Reals
    groups: Codes


def make_loss_tables(domains: Sequence[Domain], widths: Sequence[int]) -> LossTables:
    """Return the loss of groups in all columns.

    Args:
        domains: One for each column.
        widths: Number of values of each.
    """
    facts = np.zeros((len(domains), 8), dtype=np.int64)
    figures, groups, marks = [np.zeros(0)], [np.zeros(0, dtype=np.int64)], 0
    for fact, domain, width in zip(facts, domains, widths, strict=True):
        fact[[WIDTH, AT, GROUPS_AT]] = width, sum(map(len, figures)), sum(map(len, groups))
        fact[KIND], of_column = _figures(domain, width)
        figures.append(of_column)
        if isinstance(domain, TreeDomain):
            fact[LEVELS] = domain.levels - 1
            groups.append(domain.groups[:-1].ravel())
        elif isinstance(domain, SetDomain):
            fact[HAS_NULL], fact[AT_BIT], marks = domain.has_null, marks, marks + width
        else:
            fact[ORDERED] = len(domain.lows)
    return LossTables(facts, np.concatenate(figures), np.concatenate(groups))


def _figures(domain: Domain, width: int) -> tuple[int, Reals]:
    if isinstance(domain, SetDomain):
        count = np.arange(width + 1)
        return SET, domain.cost(count, np.full(width + 1, -1), count)
    if width <= _WIDEST_PAIRS:
        first, last = (axis.ravel() for axis in np.indices((width, width)))
        pairs = np.zeros(width * width)
        rising = first <= last
        pairs[rising] = domain.cost(first[rising], last[rising], last[rising] - first[rising] + 1)
        return PAIRS, pairs
    if isinstance(domain, TreeDomain):
        return TREE, np.concatenate([cost[group] for cost, group in zip(domain.costs, domain.groups, strict=True)])
    span = domain.high_at[-1] - domain.low_at[0] if len(domain.lows) else 0.0
    return LINE, np.concatenate([domain.low_at, domain.high_at, [span]])
