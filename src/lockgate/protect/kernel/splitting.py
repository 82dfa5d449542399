"""The greedy partition, compiled: classes one by one instead of all of one depth, with the answers of `splitting`."""
# Loops are written out, because arrays inside them would cost more than the work itself.
# ruff: noqa: C901, PLR0913, PLR0917

from typing import Any

import numpy as np

from lockgate.protect.compiled_models import class_holds
from lockgate.protect.kernel.borrowing import borrow
from lockgate.protect.kernel.compiling import compiled
from lockgate.protect.kernel.losses import group_loss
from lockgate.protect.loss_tables import GROUPS_AT, HAS_NULL, KIND, LEVELS, SET, WIDTH

_SCANNED = 4
"""All values of a column are looked through if they are at most so many times the combinations of a class."""

_FEW = 64
"""Up to so many values are sorted by insertion."""


@compiled
def split_all(own_items: Any, groups: Any, own_tables: Any, limits: Any, own_models: Any, own_space: Any) -> int:
    """Write the class of each combination; return the number of classes.

    Args:
        own_items: Codes, shape (combinations, columns), rows, persons, and persons of the population.
        groups: The combinations, group by group, and the first of each group with their number behind it.
        own_tables: A `LossTables`.
        limits: k, the columns that are compared in all columns' loss, the combinations up to which they are, whether
            there are models beside k, and the combinations up to which a class is left as it is.
        own_models: See `lockgate.protect.problem_arrays`.
        own_space: The classes, to be filled, and space: a number for each combination, four for each value of the
            widest column, all 0, and a mark for each column and value.
    """
    items = (borrow(own_items[0]), borrow(own_items[1]), borrow(own_items[2]), borrow(own_items[3]))
    tables = (borrow(own_tables[0]), borrow(own_tables[1]), borrow(own_tables[2]))
    final, spare = borrow(own_space[0]), borrow(own_space[1])
    work, member = borrow(own_space[2]), borrow(own_space[3])
    rules, starts, slots, number, width = own_models
    arrays = (borrow(rules[0]), borrow(rules[1]), borrow(rules[2]))
    models = (limits[3], arrays, borrow(starts), borrow(slots), borrow(number), width)
    order = borrow(groups[0])
    codes, rows, _, _ = items
    count, columns = codes.shape
    gains = np.zeros(columns)
    stack = np.empty((count + 1, 2), np.int64)
    depth, classes = len(groups[1]) - 1, 0
    for group in range(depth):
        stack[group, 0], stack[group, 1] = groups[1][group], groups[1][group + 1]
    while depth:
        depth -= 1
        start, end = stack[depth, 0], stack[depth, 1]
        node = order[start:end]
        candidates = 0
        for column in range(columns if end - start > limits[4] else 0):
            gains[column] = _best(column, node, items, tables, limits, models, work, member)
            candidates += gains[column] > 0
        if not candidates:
            for item in node:
                final[item] = classes
            classes += 1
            continue
        chosen = int(np.argmax(gains))
        if candidates > 1 and len(node) <= limits[2]:
            chosen = _least(node, codes, rows, tables, limits[1], gains, member, work, spare)
        inside = outside = 0
        for item in node:
            if member[chosen, codes[item, chosen]]:
                order[start + inside] = item
                inside += 1
            else:
                spare[outside] = item
                outside += 1
        order[start + inside : end] = spare[:outside]
        stack[depth, 0], stack[depth, 1] = start, start + inside
        stack[depth + 1, 0], stack[depth + 1, 1] = start + inside, end
        depth += 2
    return classes


@compiled
def _best(column: int, node: Any, items: Any, tables: Any, limits: Any, models: Any, work: Any, member: Any) -> float:
    """Return the greatest gain of a cut in one column, 0 for none, and mark which values go inside."""
    rows_of, persons_of, value, _ = work
    found = _count(column, node, items, tables, work)
    gain, a, b = 0.0, 0, 0
    if found > 1 and tables[0][column, LEVELS]:
        gain, a, b = _best_node(column, found, node, items, tables, limits, models, work, member)
    elif found > 1:
        gain, a, b = _best_cut(column, found, node, items, tables, limits, models, work, member)
    for place in range(found):
        code = value[place]
        member[column, code] = gain > 0 and a <= place <= b
        rows_of[code] = persons_of[code] = 0
    return gain


@compiled
def _count(column: int, node: Any, items: Any, tables: Any, work: Any) -> int:
    """Count rows and persons by value; return the number of values, which stand in the order of candidates."""
    codes, rows, persons, _ = items
    rows_of, persons_of, value, seen = work
    width = tables[0][column, WIDTH]
    found = 0
    for item in node:
        code = codes[item, column]
        if not seen[code]:
            seen[code] = 1
            value[found] = code
            found += 1
        rows_of[code] += rows[item]
        persons_of[code] += persons[item]
    if found > 1 and width <= _SCANNED * len(node):
        found = 0
        for code in range(width):
            if seen[code]:
                value[found] = code
                found += 1
    elif found > _FEW:
        value[:found] = np.sort(value[:found])
    else:
        for place in range(1, found):
            code = value[place]
            while place and value[place - 1] > code:
                value[place] = value[place - 1]
                place -= 1  # noqa: PLW2901 - goes down to where the code belongs
            value[place] = code
    for place in range(found):
        seen[value[place]] = 0
    if found > 1 and tables[0][column, KIND] == SET:
        _by_frequency(column, found, tables, work)
    return found


@compiled
def _by_frequency(column: int, found: int, tables: Any, work: Any) -> None:
    """Put values in the order of falling rows, equal ones as they are, null last."""
    rows_of, _, value, spare = work  # `spare` is all 0 here, and left so
    ordered = found
    facts = tables[0]
    if facts[column, HAS_NULL] and value[found - 1] == facts[column, WIDTH] - 1:
        ordered -= 1
    if ordered <= _FEW:
        for place in range(1, ordered):
            code = value[place]
            while place and rows_of[value[place - 1]] < rows_of[code]:
                value[place] = value[place - 1]
                place -= 1  # noqa: PLW2901 - goes down to where the code belongs
            value[place] = code
        return
    for place in range(ordered):
        spare[place] = -rows_of[value[place]]
    order = np.argsort(spare[:ordered], kind="mergesort")
    for place in range(ordered):
        spare[place] = value[order[place]]
    value[:ordered] = spare[:ordered]
    spare[:ordered] = 0


@compiled
def _best_cut(
    column: int, found: int, node: Any, items: Any, tables: Any, limits: Any, models: Any, work: Any, member: Any
) -> tuple[float, int, int]:
    """Return the best cut between two values: its gain, and the first and last value inside, by place."""
    facts, figures, groups = tables
    rows_of, persons_of, value, _ = work
    least = limits[0]
    whole, people = _sums(0, found - 1, work)
    before = group_loss(facts, figures, groups, column, value[0], value[found - 1], found)
    best, last = 0.0, 0
    inside = persons = 0
    for place in range(found - 1):
        inside += rows_of[value[place]]
        persons += persons_of[value[place]]
        if persons < least or people - persons < least:
            continue
        taken = group_loss(facts, figures, groups, column, value[0], value[place], place + 1)
        rest = group_loss(facts, figures, groups, column, value[place + 1], value[found - 1], found - 1 - place)
        gain = whole * before - inside * taken - (whole - inside) * rest
        if gain > best and _holds(column, (0, place, found), node, items, models, work, member):
            best, last = gain, place
    return best, 0, last


@compiled
def _best_node(
    column: int, found: int, node: Any, items: Any, tables: Any, limits: Any, models: Any, work: Any, member: Any
) -> tuple[float, int, int]:
    """Return the best node of the hierarchy against the rest: its gain, and its first and last value, by place."""
    facts, figures, groups = tables
    value = work[2]
    least, width, end = limits[0], facts[column, WIDTH], found - 1
    whole, people = _sums(0, end, work)
    before = group_loss(facts, figures, groups, column, value[0], value[end], found)
    best, first, last = 0.0, 0, 0
    for level in range(facts[column, LEVELS]):
        nodes = groups[facts[column, GROUPS_AT] + level * width :]
        a = 0
        while a < found:
            b = a
            while b < end and nodes[value[b + 1]] == nodes[value[a]]:
                b += 1
            inside, persons = _sums(a, b, work)
            if persons >= least and people - persons >= least:
                rest_first = value[b + 1] if a == 0 else value[0]
                rest_last = value[a - 1] if b == end else value[end]
                taken = group_loss(facts, figures, groups, column, value[a], value[b], b - a + 1)
                rest = group_loss(facts, figures, groups, column, rest_first, rest_last, found - b + a - 1)
                gain = whole * before - inside * taken - (whole - inside) * rest
                if gain > best and _holds(column, (a, b, found), node, items, models, work, member):
                    best, first, last = gain, a, b
            a = b + 1
    return best, first, last


@compiled
def _sums(a: int, b: int, work: Any) -> tuple[int, int]:
    """Return the rows and persons of the values from one place to another."""
    rows_of, persons_of, value, _ = work
    rows = persons = 0
    for place in range(a, b + 1):
        rows += rows_of[value[place]]
        persons += persons_of[value[place]]
    return rows, persons


@compiled
def _holds(column: int, places: Any, node: Any, items: Any, models: Any, work: Any, member: Any) -> Any:
    """Return whether both parts satisfy the models, given the places of the values inside and the number of values."""
    is_asked, arrays, start, slot, number, slots = models
    if not is_asked:
        return True
    a, b, found = places
    codes, _, persons, population = items
    for place in range(found):
        member[column, work[2][place]] = a <= place <= b
    histograms, people, known = np.zeros((2, slots), np.int64), np.zeros(2, np.int64), np.zeros(2, np.int64)
    for item in node:
        side = int(member[column, codes[item, column]])
        people[side] += persons[item]
        known[side] += population[item]
        for entry in range(start[item], start[item + 1]):
            histograms[side, slot[entry]] += number[entry]
    holds = class_holds(arrays, people[1], known[1], histograms[1])
    return holds and class_holds(arrays, people[0], known[0], histograms[0])


@compiled
def _least(
    node: Any, codes: Any, rows: Any, tables: Any, finalists: int, gains: Any, member: Any, work: Any, spare: Any
) -> int:
    """Return the column whose best cut leaves the least loss in all columns, among those that gain most alone."""
    chosen, least = 0, np.inf
    end = len(node) - 1
    for column in range(len(gains)):
        rank = 0
        for other in range(len(gains)):
            rank += gains[other] > gains[column] or (gains[other] == gains[column] and other < column)
        if gains[column] <= 0 or rank >= finalists:
            continue
        inside = outside = 0
        for item in node:
            if member[column, codes[item, column]]:
                spare[inside] = item
                inside += 1
            else:
                spare[end - outside] = item
                outside += 1
        loss = _loss(spare[:inside], codes, rows, tables, work) + _loss(
            spare[inside : end + 1], codes, rows, tables, work
        )
        if loss < least:
            chosen, least = column, loss
    return chosen


@compiled
def _loss(part: Any, codes: Any, rows: Any, tables: Any, work: Any) -> float:
    """Return the loss of a class in all columns."""
    facts, figures, groups = tables
    seen = work[3]  # all 0 here, and left so
    weight, total = 0, 0.0
    for item in part:
        weight += rows[item]
    for column in range(codes.shape[1]):
        first, last, count = 1 << 60, -1, 0
        if facts[column, KIND] == SET:
            for item in part:
                code = codes[item, column]
                count += not seen[code]
                seen[code] = 1
            for item in part:
                seen[codes[item, column]] = 0
        for item in part:
            code = codes[item, column]
            first, last = min(first, code), max(last, code)
        total += group_loss(facts, figures, groups, column, first, last, count)
    return weight * total
