"""A table held against the population it was drawn from: how many persons there fit each class of the table."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from lockgate.terms.errors import InputError
from lockgate.terms.hierarchy import Hierarchy
from lockgate.verify.classes import Classes, Ints, Rules, number_rows, require_columns
from lockgate.verify.classes import encode as encode_column
from lockgate.verify.figures import Reading, group, make_copy, numbered_persons, persons_by, silent_classes
from lockgate.verify.fold import WEIGHT, columns_of
from lockgate.verify.linkage import Copy, compatible_pairs


@dataclass(frozen=True, slots=True, eq=False)
class Presence:
    """How the classes of a table stand in a population.

    Attributes:
        sizes: Rows of the population that fit each class of the table; persons, where a column of the population tells
            them apart.
        k_map: The least of them; 0 without a class.
        delta: Least and greatest share of a class of the population that is in the table.
        short: Classes to which the population has fewer rows than the table: it is not the population.
        most: Greatest sum of the shares of all classes that somebody of the population fits; None where not measured.
    """

    sizes: Ints
    k_map: int
    delta: tuple[float, float]
    short: int
    most: float | None = None


def presence_of(pairs: pa.Table, population: pa.Table, reading: Reading) -> Presence:
    """Return how the classes of a copy stand in the population, held against it value by value.

    Whom a class fits is told by its labels alone. Labels of classes may overlap, so that a person fits several: then
    the share of each class is too low a figure of the chance that the person is in the copy, and the sum of the shares
    of all that fit is a bound of it (`Presence.most`). Classes that say nothing fit everybody and are left out.

    Args:
        pairs: Merged partials of `lockgate.verify.fold.fold` over copy and source.
        population: Merged partials of `lockgate.verify.fold.fold_original` over the quasi-identifiers of the copy.
        reading: How released cells are to be read.
    """
    names = columns_of(pairs, "r")
    released, classes = group(pairs, [f"r:{name}" for name in names])
    combination, people = group(population, [f"o:{name}" for name in names])
    copy = make_copy(names, people, classes, reading)
    tells = ~silent_classes(copy)
    weight = np.asarray(pairs[WEIGHT], dtype=np.int64)
    inside = persons_by(released, numbered_persons(pairs), weight, classes.num_rows)
    sizes = _fitting(copy, combination, population)
    shares = np.where(tells, np.minimum(inside / np.maximum(sizes, 1), 1.0), 0.0)
    chance, fits = np.zeros(people.num_rows), np.zeros(people.num_rows, dtype=np.int64)
    for original, fitting in compatible_pairs(copy):
        chance += np.bincount(original, shares[fitting], minlength=len(chance))
        fits += np.bincount(original, tells[fitting], minlength=len(chance)).astype(np.int64)
    most = min(float(chance.max(initial=0.0)), 1.0)
    inside, sizes = inside[tells], sizes[tells]
    shares = shares[tells]
    low = 0.0 if (fits == 0).any() else float(shares.min(initial=1.0))
    k_map = int(sizes.min()) if len(sizes) else 0
    short = int(np.count_nonzero(sizes < inside))
    return Presence(sizes, k_map, (low, float(shares.max(initial=0.0))), short, most)


def _fitting(copy: Copy, combination: Ints, population: pa.Table) -> Ints:
    """Return the persons of the population whom each class fits, each counted once a class."""
    person, weight = numbered_persons(population), np.asarray(population[WEIGHT], dtype=np.int64)
    rows = np.bincount(combination, weight, minlength=copy.originals.shape[1]).astype(np.int64)
    sizes = np.zeros(copy.classes.shape[1], dtype=np.int64)
    if person is None:
        for original, fitting in compatible_pairs(copy):
            sizes += np.bincount(fitting, rows[original], minlength=len(sizes)).astype(np.int64)
        return sizes
    order = np.argsort(combination, kind="stable")
    start = np.searchsorted(combination[order], np.arange(copy.originals.shape[1] + 1))
    width, found = int(person.max(initial=0)) + 1, [np.zeros(0, dtype=np.int64)]
    for original, fitting in compatible_pairs(copy):
        length = start[original + 1] - start[original]
        at = np.arange(int(length.sum())) - np.repeat(np.cumsum(length) - length - start[original], length)
        found.append(np.unique(np.repeat(fitting, length) * width + person[order[at]]))
    return np.bincount(np.unique(np.concatenate(found)) // width, minlength=len(sizes)).astype(np.int64)


def in_population(
    table: pa.Table, classes: Classes, population: pa.Table, hierarchies: Mapping[str, Hierarchy], rules: Rules
) -> Presence:
    """Return how the classes of a table stand in a population.

    Args:
        table: The table.
        classes: Its classes.
        population: All persons from whom the table was drawn, those of the table among them.
        hierarchies: By column, for columns whose cells are labels.
        rules: How the table is to be read.

    Raises:
        InputError: If the population lacks a quasi-identifier or is empty.
    """
    names = classes.quasi_identifiers
    require_columns(population, names, "population")
    if not population.num_rows:
        raise InputError("the population has no rows", "give the table of all persons")
    labelled = rules.labelled & set(names)
    members = classes.sizes if rules.person else classes.rows
    is_told = bool(rules.person) and rules.person in population.column_names
    person = encode_column(population, rules.person).codes if is_told else None
    if labelled:
        sizes, absent = _covered(table, classes, population, person, Reading(hierarchies, labelled))
    else:
        sizes, absent = _alike(table, classes, population, person)
    share = members / np.maximum(sizes, 1)
    low = 0.0 if absent else float(share.min(initial=1.0))
    k_map = int(sizes.min()) if len(sizes) else 0
    return Presence(sizes, k_map, (low, float(share.max(initial=0.0))), int(np.count_nonzero(sizes < members)))


def _alike(table: pa.Table, classes: Classes, population: pa.Table, person: Ints | None) -> tuple[Ints, bool]:
    """Return the members of the population that read like each class, and whether some read like none."""
    names = list(classes.quasi_identifiers)
    one = table.select(names).take(classes.first)
    texts = [_as_texts(part) for part in (one, population.select(names))]
    together = pa.concat_tables(texts)
    number, count = number_rows([encode_column(together, name) for name in names], together.num_rows)
    ours, theirs = number[: len(classes.first)], number[len(classes.first) :]
    return _members(theirs, person, count)[ours], bool(np.setdiff1d(theirs, ours).size)


def _members(group: Ints, person: Ints | None, count: int) -> Ints:
    """Return the distinct persons of each group; its rows where each row is one."""
    if person is None:
        return np.bincount(group, minlength=count).astype(np.int64)
    width = int(person.max(initial=0)) + 1
    return np.bincount(np.unique(group * width + person) // width, minlength=count).astype(np.int64)


def _as_texts(table: pa.Table) -> pa.Table:
    return pa.table({name: table[name].cast(pa.string()) for name in table.column_names})


def _covered(
    table: pa.Table, classes: Classes, population: pa.Table, person: Ints | None, reading: Reading
) -> tuple[Ints, bool]:
    """Return the members of the population that each class covers, and whether some are covered by none."""
    names = list(classes.quasi_identifiers)
    number, count = number_rows([encode_column(population, name) for name in names], population.num_rows)
    first = np.zeros(count, dtype=np.int64)
    first[number[::-1]] = np.arange(len(number))[::-1]
    people = _texts(population.take(first), classes.quasi_identifiers, "o")
    released_texts = _texts(table.take(classes.first), classes.quasi_identifiers, "r")
    copy = make_copy(classes.quasi_identifiers, people, released_texts, reading)
    order = np.argsort(number, kind="stable")
    start = np.searchsorted(number[order], np.arange(count + 1))
    found = np.zeros(count, dtype=np.bool_)
    sizes = np.zeros(len(classes.first), dtype=np.int64)
    covering, covered = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for original, released in compatible_pairs(copy):
        length = start[original + 1] - start[original]
        found[original] = True
        if person is None:
            sizes += np.bincount(released, length, minlength=len(sizes)).astype(np.int64)
            continue
        shift = np.repeat(start[original] - np.append(0, np.cumsum(length)[:-1]), length)
        covering.append(np.repeat(released, length))
        covered.append(person[order[np.arange(int(length.sum())) + shift]])
    if person is not None:
        sizes = _members(np.concatenate(covering), np.concatenate(covered), len(sizes))
    return sizes, not bool(found.all())


def _texts(table: pa.Table, names: tuple[str, ...], prefix: str) -> pa.Table:
    return _as_texts(table.select(list(names))).rename_columns([f"{prefix}:{name}" for name in names])
