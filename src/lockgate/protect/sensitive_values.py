"""Sensitive values behind combinations, for searches that keep models on them, and the classes counted anew at the end.

The partials that are solved name the sensitive columns beside the quasi-identifiers (`sensitive_columns`). Where a
person has several rows, a search sees the person at one combination for each value, so that sums count nobody twice;
what it finds is counted anew here, exactly, and a class that does not hold after all is suppressed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lockgate.protect.codes import Codes, Texts, codes_of
from lockgate.protect.combinations import PERSON, WEIGHT, key_names
from lockgate.protect.models import ClassCounts, count_classes
from lockgate.protect.problem import Partition, Problem, Secret
from lockgate.protect.problem_models import require
from lockgate.terms.errors import InputError
from lockgate.terms.hierarchy import Hierarchy
from lockgate.terms.privacy_model import DeltaPresence, KAnonymity, KMap, PrivacyModel, model_name

_CELLS = 1 << 24
"""Cells of the histograms that are looked at together."""


def sensitive_columns(models: Iterable[PrivacyModel]) -> tuple[str, ...]:
    """Return the columns that models speak of, each once."""
    return tuple(
        dict.fromkeys(model.column for model in models if not isinstance(model, KAnonymity | KMap | DeltaPresence))
    )


def secrets_of(
    table: pa.Table, columns: Sequence[str], number: Codes, hierarchies: Mapping[str, Hierarchy], count: int = 0
) -> tuple[Secret, ...]:
    """Return the values of sensitive columns by combination.

    Args:
        table: Merged partials, the sensitive columns among their keys.
        columns: The sensitive columns.
        number: Combination of each row of the table, from 0 without gaps.
        hierarchies: Hierarchies by column.
        count: Number of combinations, where some of them are behind no row of the table.

    Raises:
        InputError: If a sensitive column is not among the keys of the table.
    """
    for column, key in zip(columns, key_names(columns, by_person=False), strict=True):
        if key not in table.column_names:
            raise InputError(f"a privacy model names column `{column}`, which the copy would not have", "Name another.")
    rows, person = np.asarray(table[WEIGHT], dtype=np.int64), _person(table)
    return tuple(
        _secret(column, text, (number, rows, person, count), hierarchies.get(column))
        for column, text in zip(columns, _texts(table, columns), strict=True)
    )


def check_feasible(problem: Problem) -> None:
    """Check that the whole table as one class satisfies every model: if not, no classes without suppression do.

    Raises:
        InputError: If a model cannot be brought about, by name and column; and as
            `lockgate.protect.problem_models.require` does.
    """
    requirement, _ = require(problem)
    population = 0 if problem.population is None else int(problem.population.sum())
    unmet = [model for model in requirement.unmet(int(problem.persons.sum()), population) if model in problem.models]
    if unmet:
        column = getattr(unmet[0], "column", "")
        of_column = f" of column `{column}`" if column else ""
        raise InputError(
            f"the whole table does not satisfy {model_name(unmet[0])}{of_column}, so no classes of it can",
            "Ask for less, or leave the column out.",
        )


def keep_holding(problem: Problem, found: Partition, table: pa.Table, number: Codes) -> Partition:
    """Return the classes that satisfy every model, counted anew; the others are suppressed.

    Args:
        problem: What was searched.
        found: What was found.
        table: Merged partials.
        number: Combination of each row of the table.
    """
    if not problem.models or not (found.classes >= 0).any():
        return found
    requirement, entries = require(problem)
    person = _person(table)
    texts = {} if person is None else dict(zip(requirement.columns, _texts(table, requirement.columns), strict=True))
    count = int(found.classes.max()) + 1
    holds = np.ones(count, dtype=bool)
    step = _CELLS // max(requirement.slots, 1) + 1
    for begin in range(0, count, step):
        is_here = (found.classes >= begin) & (found.classes < begin + step)
        classes = np.where(is_here, found.classes - begin, -1)
        if person is None:  # a person has one row, so sums count nobody twice
            persons = _sums(classes, problem.persons)
            counts = ClassCounts(persons, entries.histograms(classes, requirement.slots))
        else:
            counts = count_classes(requirement, classes[number], texts, person)
        population = None if problem.population is None else _sums(classes, problem.population)
        holds[begin : begin + step] = requirement.holds(counts.persons, counts.histograms, population)
    if holds.all():
        return found
    names = np.where(holds, np.cumsum(holds) - 1, -1)
    levels = None if found.levels is None else found.levels[:, holds]
    return replace(found, classes=np.where(found.classes >= 0, names[found.classes], -1), levels=levels)


def _sums(classes: Codes, weights: Codes) -> Codes:
    """Return the sum of the weights of each class; -1 is none."""
    kept = np.flatnonzero(classes >= 0)
    return np.bincount(classes[kept], weights[kept]).astype(np.int64)


def _texts(table: pa.Table, columns: Sequence[str]) -> list[Texts]:
    return [table[name].combine_chunks() for name in key_names(columns, by_person=False)]


def _person(table: pa.Table) -> Codes | None:
    """Return the number of the person of each row; None where each row is one person."""
    if PERSON[0] not in table.column_names:
        return None
    high, low = (np.asarray(table[name], dtype=np.uint64) for name in PERSON)
    order = np.lexsort((low, high))
    is_new = np.ones(len(order), dtype=bool)
    is_new[1:] = (np.diff(high[order]) != 0) | (np.diff(low[order]) != 0)
    person = np.empty(len(order), dtype=np.int64)
    person[order] = np.cumsum(is_new) - 1
    return person


def _secret(
    column: str, text: Texts, counted: tuple[Codes, Codes, Codes | None, int], hierarchy: Hierarchy | None
) -> Secret:
    number, rows, person, least = counted
    distinct = pc.unique(text).to_pylist()
    values = (*sorted(value for value in distinct if value is not None), *([None] if None in distinct else []))
    code = codes_of(text, pa.array(values, type=pa.string()))
    count = max(int(number.max(initial=-1)) + 1, least)
    if person is not None:  # each person at the first combination only, for each value
        order = np.lexsort((number, code, person))
        first = np.ones(len(order), dtype=bool)
        first[1:] = (np.diff(person[order]) != 0) | (np.diff(code[order]) != 0)
        kept = order[first]
        number, code, rows = number[kept], code[kept], np.ones(len(kept), dtype=np.int64)
    pairs, place = np.unique(number * max(len(values), 1) + code, return_inverse=True)
    of_pair = pairs // max(len(values), 1)
    start = np.concatenate([[0], np.cumsum(np.bincount(of_pair, minlength=count))]).astype(np.int64)
    persons = np.bincount(place, rows, minlength=len(pairs)).astype(np.int64)
    return Secret(column, values, start, pairs % max(len(values), 1), persons, hierarchy)
