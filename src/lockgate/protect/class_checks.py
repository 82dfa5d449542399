"""The checks behind privacy models, over many classes at once; `lockgate.protect.models` says what they mean."""

from math import log

import numpy as np
import numpy.typing as npt

from lockgate.protect.codes import Codes
from lockgate.protect.domains import Reals
from lockgate.terms.errors import InputError

Answers = npt.NDArray[np.bool_]

TOLERANCE = 1e-9
"""How far rounding may take a figure beyond its bound: absolute for distances, entropies and chances, else relative."""

PERSONS, POPULATION, PRESENCE, DISTINCT, ENTROPY, RECURSIVE, EQUAL, ORDERED, HIERARCHICAL, LIKENESS = range(10)
"""Kinds of rules. A rule is a row: kind, first slot, slot after the last, two numbers, first row of its steps, rows."""

OF_SIZES = (PERSONS, POPULATION, PRESENCE)
"""Those that look at numbers of persons only."""


def is_large(rule: Reals, persons: Codes, population: Codes | None) -> Answers:
    """Return whether each class satisfies a rule of sizes.

    Args:
        rule: A rule.
        persons: Distinct persons by class.
        population: Persons of the population that each class matches, or None.

    Raises:
        InputError: If the rule speaks of a population and there is none.
    """
    answers: Answers
    if rule[0] == PERSONS:
        answers = (persons >= rule[3]) | (persons == 0)
        return answers
    if population is None:
        raise InputError(
            "a privacy model speaks of a population, and there is none",
            "Name the table of all persons in protect.population, or take `k-map` and `delta-presence` out.",
        )
    if rule[0] == POPULATION:
        answers = (population >= rule[3]) | (persons == 0)
        return answers
    least, most = rule[3] - TOLERANCE, rule[4] + TOLERANCE
    answers = (persons >= least * population) & (persons <= most * population)
    return answers


def is_well_spread(rule: Reals, counts: Codes, table: Reals, steps: Codes) -> Answers:
    """Return whether each class satisfies a rule of the values of one column; an empty class does.

    Args:
        rule: A rule.
        counts: Persons by class and value.
        table: Share of each value in the table, above 0.
        steps: `lockgate.protect.models.Requirement.steps`.
    """
    total = counts.sum(axis=1)
    is_empty: Answers = total == 0
    if rule[0] in (DISTINCT, ENTROPY, RECURSIVE):
        return _is_diverse(rule, counts, total) | is_empty
    shares = counts / np.maximum(total, 1)[:, np.newaxis]
    return _is_close(rule, shares, table, steps) | is_empty


def _is_diverse(rule: Reals, counts: Codes, total: Codes) -> Answers:
    answers: Answers
    if rule[0] == DISTINCT:
        answers = (counts > 0).sum(axis=1) >= rule[3]
        return answers
    if rule[0] == ENTROPY:
        weighted = (counts * np.log(np.maximum(counts, 1))).sum(axis=1)
        size = np.maximum(total, 1)
        answers = np.log(size) - weighted / size >= log(rule[3]) - TOLERANCE
        return answers
    falling = -np.sort(-counts, axis=1)
    rest = rule[4] * falling[:, int(rule[3]) - 1 :].sum(axis=1)
    answers = falling[:, 0] < rest * (1 - TOLERANCE)
    return answers


def _is_close(rule: Reals, shares: Reals, table: Reals, steps: Codes) -> Answers:
    answers: Answers
    if rule[0] == LIKENESS:
        bound = np.where(rule[4] > 0, np.minimum(rule[3], -np.log(table)), rule[3])
        answers = (shares <= table * (1 + bound) * (1 + TOLERANCE)).all(axis=1)
    else:
        answers = _distance(rule, shares - table, steps) <= rule[3] + TOLERANCE
    return answers


def _distance(rule: Reals, gap: Reals, steps: Codes) -> Reals:
    """Return the earth mover's distance of each class from the table, given the difference of shares.

    Ordered: Li et al., section 4.1. Hierarchical: moving mass up and down a tree whose edges are half a level each,
    over the height, costs as much as the distance there (height of the common node over the tree's height); on a tree
    the least cost is the mass that has to pass each edge, times its length.
    """
    width = gap.shape[1]
    distance: Reals
    if rule[0] == EQUAL:
        distance = np.abs(gap).sum(axis=1) / 2
        return distance
    row = int(rule[5])
    in_order = gap[:, steps[row, :width]]
    if rule[0] == ORDERED:
        distance = np.abs(np.cumsum(in_order, axis=1)).sum(axis=1) / max(width - 1, 1)
        return distance
    height = int(rule[6])
    passed = np.abs(in_order).sum(axis=1)
    for level in range(row + 1, row + height):
        ends = np.flatnonzero(steps[level, :width])
        starts = np.concatenate([[0], ends[:-1] + 1])
        passed = passed + np.abs(np.add.reduceat(in_order, starts, axis=1)).sum(axis=1)
    distance = passed / (2 * height)
    return distance
