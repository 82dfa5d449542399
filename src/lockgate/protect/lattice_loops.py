"""Compiled loops of the lattice: items grouped by their labels at a node, and failing groups counted by label.

`lockgate.protect.lattice_groups` holds the same in numpy, with the same answers.
"""
# Loops are written out, because a call or a list inside them would cost more than the work itself.
# ruff: noqa: C901, PLR0912, PLR0913, PLR0915, PLR0917

from typing import Any

import numpy as np

from lockgate.protect.compiled_models import class_holds
from lockgate.protect.kernel.compiling import compiled


@compiled
def group(codes: Any, picked: Any, table: Any, start: Any, plan: Any, words: Any, of: Any, first: Any) -> Any:
    """Number the groups of equal labels in the order of their first items; return how many there are.

    Args:
        codes: Shape (items, attributes): code of each value.
        picked: Items to group.
        table: Codes of labels, all levels of all attributes one after the other.
        start: Where in the table the node's level of each attribute begins.
        plan: Attributes that have several labels at the node, the number of labels of each, and whether it begins a
            new word of the key.
        words: Number of words of a key.
        of: Filled with the group of each picked item.
        first: Filled with the first picked item, by position, of each group.
    """
    count = len(picked)
    room = 16
    while room < 2 * count:
        room *= 2
    slots = np.full(room, -1, np.int32)
    keys = np.empty((count + 1, words), np.int64)
    groups = 0
    for turn in range(count):
        item = picked[turn]
        word = -1
        value = np.int64(0)
        mixed = np.uint64(0)
        for step in range(plan.shape[1]):
            attribute = plan[0, step]
            if plan[2, step]:
                if word >= 0:
                    keys[groups, word] = value
                    mixed = (mixed ^ np.uint64(value)) * np.uint64(0x9E3779B97F4A7C15)
                    mixed ^= mixed >> np.uint64(29)
                word += 1
                value = np.int64(0)
            value = value * plan[1, step] + table[start[attribute] + codes[item, attribute]]
        keys[groups, word] = value
        mixed = (mixed ^ np.uint64(value)) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(32)
        place = np.int64(mixed & np.uint64(room - 1))
        while True:
            found = slots[place]
            if found < 0:
                slots[place] = groups
                of[turn] = groups
                first[groups] = turn
                groups += 1
                break
            same = True
            for at in range(words):
                if keys[found, at] != keys[groups, at]:
                    same = False
                    break
            if same:
                of[turn] = found
                break
            place = (place + 1) & (room - 1)
    return groups


@compiled
def add(of: Any, weights: Any, sums: Any) -> None:
    """Add to the sum of each group the weights of its members."""
    for turn in range(len(of)):
        sums[of[turn]] += weights[turn]


@compiled
def sizes(rows: Any, holds: Any) -> Any:
    """Return groups, squared rows of groups, groups that hold, their squared rows, and the rows of the others."""
    groups, squares, kept, kept_squares, lost = 0, 0, 0, 0, 0
    for at in range(len(rows)):
        size = rows[at]
        if size == 0:
            continue
        groups += 1
        squares += size * size
        if holds[at]:
            kept += 1
            kept_squares += size * size
        else:
            lost += size
    return groups, squares, kept, kept_squares, lost


@compiled
def lose(codes: Any, first: Any, rows: Any, holds: Any, table: Any, start: Any, place: Any, lost: Any) -> None:
    """Count the rows of failing groups by label.

    Args:
        codes: Shape (items, attributes): code of each value.
        first: An item of each group.
        rows: Rows of each group.
        holds: Whether each group is kept.
        table: Codes of labels, all levels of all attributes one after the other.
        start: Where in the table the node's level of each attribute begins.
        place: Where in `lost` the labels of each attribute begin.
        lost: Added to.
    """
    for at in range(len(first)):
        if holds[at] or rows[at] == 0:
            continue
        for attribute in range(codes.shape[1]):
            lost[place[attribute] + table[start[attribute] + codes[first[at], attribute]]] += rows[at]


@compiled
def fill(row: Any, slot: Any, rows: Any, histograms: Any) -> None:
    """Add entries to histograms.

    Args:
        row: Histogram of each entry; -1 for none.
        slot: Slot of each entry.
        rows: Rows of each entry.
        histograms: Shape (histograms, slots); added to.
    """
    for at in range(len(row)):
        if row[at] >= 0:
            histograms[row[at], slot[at]] += rows[at]


@compiled
def check(arrays: Any, persons: Any, population: Any, histograms: Any, answers: Any) -> None:
    """Say whether each group satisfies a requirement.

    Args:
        arrays: `lockgate.protect.models.Requirement.arrays`.
        persons: Persons of each group.
        population: Persons of the population that each matches; any number where nothing is asked of one.
        histograms: Shape (groups, slots).
        answers: Filled.
    """
    for at in range(len(persons)):
        answers[at] = class_holds(arrays, persons[at], population[at], histograms[at])


@compiled
def peel(codes: Any, persons: Any, table: Any, start: Any, size: Any, least: Any, classes: Any) -> Any:
    """Take away the groups of each node in turn that hold enough persons; return the nodes that were grouped.

    Args:
        codes: Shape (items, attributes): code of each value.
        persons: Persons of each item.
        table: Codes of labels, all levels of all attributes one after the other.
        start: Shape (nodes, attributes): where in the table the level of each attribute begins.
        size: Shape (nodes, attributes): labels of that level; their product fits a word.
        least: Persons of a class, at least 1.
        classes: By item, -1; filled with the classes, in the order in which they are made.
    """
    left = np.arange(len(codes))
    of, sums = np.empty(len(codes), np.int64), np.empty(len(codes), np.int64)
    room = 16
    while room < 2 * len(codes):
        room *= 2
    keys, slots, stamps = np.empty(room, np.int64), np.empty(room, np.int64), np.full(room, -1, np.int64)
    count, made, remain = len(codes), 0, persons.sum()
    for node in range(len(start)):
        if remain < least:
            return node
        while room > max(16, 4 * count):
            room //= 2
        groups = 0
        for turn in range(count):
            key = np.int64(0)
            for attribute in range(codes.shape[1]):
                if size[node, attribute] > 1:
                    label = table[start[node, attribute] + codes[left[turn], attribute]]
                    key = key * size[node, attribute] + label
            mixed = np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)
            place = np.int64((mixed >> np.uint64(32)) & np.uint64(room - 1))
            while stamps[place] == node and keys[place] != key:
                place = (place + 1) & (room - 1)
            if stamps[place] != node:
                stamps[place], keys[place], slots[place] = node, key, groups
                sums[groups] = 0
                groups += 1
            of[turn] = slots[place]
            sums[slots[place]] += persons[left[turn]]
        before = made
        for at in range(groups):
            if sums[at] >= least:
                remain -= sums[at]
                sums[at] = made
                made += 1
            else:
                sums[at] = -1
        if made > before:
            kept = 0
            for turn in range(count):
                classes[left[turn]] = sums[of[turn]]
                if sums[of[turn]] < 0:
                    left[kept] = left[turn]
                    kept += 1
            count = kept
    return len(start)
