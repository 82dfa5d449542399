"""Whether one class satisfies a requirement, compiled, for loops that are compiled themselves.

The same answers as `lockgate.protect.models.Requirement.holds`. This module imports the compiler: only modules of
compiled loops may import it.
"""

import numba
import numpy as np

from lockgate.protect.class_checks import (
    DISTINCT,
    ENTROPY,
    EQUAL,
    LIKENESS,
    ORDERED,
    PERSONS,
    POPULATION,
    PRESENCE,
    RECURSIVE,
    TOLERANCE,
)

# The functions below have no types: the compiler infers them.
# mypy: allow-untyped-defs
# ruff: noqa: ANN001, ANN201, ANN202


@numba.njit(cache=True, nogil=True)
def class_holds(arrays, persons, population, histogram):
    """Return whether a class satisfies every rule.

    Args:
        arrays: `Requirement.arrays`.
        persons: Distinct persons of the class, int64.
        population: Persons of the population that it matches, int64; 0 where no rule speaks of one.
        histogram: Persons by slot, int64; length 0 where no rule speaks of a column.
    """
    rules, steps, shares = arrays
    for number in range(len(rules)):
        rule = rules[number]
        if rule[0] == PERSONS:
            holds = persons >= rule[3] or persons == 0
        elif rule[0] == POPULATION:
            holds = population >= rule[3] or persons == 0
        elif rule[0] == PRESENCE:
            holds = (rule[3] - TOLERANCE) * population <= persons <= (rule[4] + TOLERANCE) * population
        else:
            holds = _column_holds(rule, steps, shares, histogram)
        if not holds:
            return False
    return True


@numba.njit(cache=True, nogil=True)
def _column_holds(rule, steps, shares, histogram):
    first, last = int(rule[1]), int(rule[2])
    counts, table = histogram[first:last], shares[first:last]
    total = 0
    for count in counts:
        total += count
    if total == 0:
        return True
    if rule[0] == DISTINCT:
        return _distinct(counts) >= rule[3]
    if rule[0] == ENTROPY:
        return _entropy(counts, total) >= np.log(rule[3]) - TOLERANCE
    if rule[0] == RECURSIVE:
        return _is_recursive(counts, total, int(rule[3]), rule[4])
    if rule[0] == LIKENESS:
        return _is_alike(counts, table, total, rule[3], rule[4] > 0)
    return _distance(rule, steps, counts, table, total) <= rule[3] + TOLERANCE


@numba.njit(cache=True, nogil=True)
def _distinct(counts):
    distinct = 0
    for count in counts:
        if count > 0:
            distinct += 1
    return distinct


@numba.njit(cache=True, nogil=True)
def _entropy(counts, total):
    weighted = 0.0
    for count in counts:
        if count > 1:
            weighted += count * np.log(count)
    return np.log(total) - weighted / total


@numba.njit(cache=True, nogil=True)
def _is_recursive(counts, total, least, c):
    """Take the commonest values away one by one, equal counts by position, until the l-th is on top."""
    rest, top, size, place = total, 0, total + 1, -1
    for rank in range(least):
        best, at = 0, -1
        for position in range(len(counts)):
            count = counts[position]
            if count > best and (count < size or (count == size and position > place)):
                best, at = count, position
        if rank == 0:
            top = best
        if rank == least - 1 or at < 0:
            rest = rest if at >= 0 else 0
            break
        rest -= best
        size, place = best, at
    return top < c * rest * (1 - TOLERANCE)


@numba.njit(cache=True, nogil=True)
def _is_alike(counts, table, total, beta, is_enhanced):
    for position in range(len(counts)):
        share = table[position]
        bound = min(beta, -np.log(share)) if is_enhanced else beta
        if counts[position] / total > share * (1 + bound) * (1 + TOLERANCE):
            return False
    return True


@numba.njit(cache=True, nogil=True)
def _distance(rule, steps, counts, table, total):
    width, row, rows = len(counts), int(rule[5]), int(rule[6])
    distance = 0.0
    if rule[0] == EQUAL:
        for position in range(width):
            distance += abs(counts[position] / total - table[position])
        return distance / 2
    if rule[0] == ORDERED:
        passed = 0.0
        for place in range(width):
            position = steps[row, place]
            passed += counts[position] / total - table[position]
            distance += abs(passed)
        return distance / max(width - 1, 1)
    for level in range(row, row + rows):
        passed = 0.0
        for place in range(width):
            position = steps[row, place]
            passed += counts[position] / total - table[position]
            if level == row or steps[level, place] == 1:
                distance += abs(passed)
                passed = 0.0
    return distance / (2 * rows)
