"""Distinct combinations with their units, and which of them a later release can show.

A *unit* is the set of records that were in the same classes of all earlier releases of one family; see
`lockgate.protect.nesting`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lockgate.protect.codes import Codebook, Codes, Texts, codes_of, make_codebook
from lockgate.protect.combinations import PERSON, WEIGHT, key_names, persons_once
from lockgate.protect.domain_choice import choose_domain
from lockgate.protect.kanonymity import Question
from lockgate.protect.problem import Problem
from lockgate.protect.sensitive_values import secrets_of, sensitive_columns

Bools = npt.NDArray[np.bool_]

NEW, DOUBTFUL = -1, -2
"""Units of rows that were in no earlier release, and of rows of which that is not known."""


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """The units of one group of recipients.

    Attributes:
        least: The fewest persons of a class that any of the releases promised, this one among them; at least 1.
        absent: By unit, persons of it that are not in the table any more.
    """

    least: int
    absent: Codes


def unit_names(families: int) -> list[str]:
    """Return the names of the columns of a partial that hold the unit of each combination."""
    return [f"u:{number}" for number in range(families)]


@dataclass(frozen=True, slots=True, eq=False)
class Items:
    """Distinct combinations with their units.

    Attributes:
        problem: The combinations, those that cannot be shown too: it is all of them that models compare with.
        units: Shape (families, combinations).
        codebook: What finds a row's combination.
        number: Combination of each row of the table.
        pairs: Combination and person of each row of the table; None where each row is one person.
    """

    problem: Problem
    units: Codes
    codebook: Codebook
    number: Codes
    pairs: tuple[Codes, Codes] | None = None

    def count(self, group: Codes, size: int, chosen: Bools) -> Codes:
        """Return the distinct persons of the chosen items in each group."""
        if self.pairs is None:
            return np.bincount(group[chosen], self.problem.persons[chosen], minlength=size).astype(np.int64)
        item, person = self.pairs
        held = chosen[item]
        width = int(person.max(initial=0)) + 1
        return np.bincount(np.unique(group[item[held]] * width + person[held]) // width, minlength=size)


def find_items(table: pa.Table, question: Question, families: int) -> Items:
    """Return the combinations behind merged partials of `lockgate.protect.nesting.fold`.

    Args:
        table: The partials.
        question: What to achieve.
        families: Number of families.

    Raises:
        InputError: If a hierarchy does not cover a value.
    """
    columns = question.quasi_identifiers
    values: list[Texts] = []
    domains = []
    texts: list[Texts] = [table[name].combine_chunks() for name in key_names(columns, by_person=False)]
    for name, text in zip(columns, texts, strict=True):
        order, domain = choose_domain(
            name,
            pc.unique(text).to_pylist(),
            question.hierarchies.get(name),
            question.vocabulary,
            generalised=name in question.generalised,
        )
        domains.append(domain)
        values.append(pa.array(order, type=pa.string()))
    for name in unit_names(families):
        unit_text: Texts = pc.cast(table[name].combine_chunks(), pa.string())
        texts.append(unit_text)
        values.append(pc.unique(unit_text))
    codes = [codes_of(text, value) for text, value in zip(texts, values, strict=True)]
    codebook = make_codebook(tuple(values), codes)
    number = codebook.combinations_of(texts)
    rows = np.bincount(number, np.asarray(table[WEIGHT]), minlength=len(codebook.keys)).astype(np.int64)
    persons, pairs = rows, None
    if PERSON[0] in table.column_names:
        high, low = (np.asarray(table[name], dtype=np.uint64) for name in PERSON)
        persons, pairs = persons_once(number, high, low, len(rows)), (number, _numbered(high, low))
    first = np.unique(number, return_index=True)[1]
    problem = Problem(
        domains=tuple(domains),
        codes=np.array([code[first] for code in codes[: len(columns)]]),
        rows=rows,
        persons=persons,
        k=max(question.k, 1),
        models=question.models,
        secrets=secrets_of(table, sensitive_columns(question.models), number, question.hierarchies),
        suppression_limit=question.suppression_limit,
        moves=question.moves,
        should_stop=question.should_stop,
    )
    unit = np.array([np.asarray(table[name], dtype=np.int64)[first] for name in unit_names(families)])
    return Items(problem, unit, codebook, number, pairs)


def shown_items(items: Items, families: Sequence[Family]) -> Bools:
    """Return which items can be shown; what one family withholds may leave too few for another, so until it is steady.

    In a unit some of whose persons are withheld or gone, these are at least k, or nobody is shown.
    """
    shown: Bools = np.asarray((items.units != DOUBTFUL).all(axis=0))
    while True:
        before = int(np.count_nonzero(shown))
        for family, unit in zip(families, items.units, strict=True):
            shown = _shown_in(items, family, unit, shown)
        if int(np.count_nonzero(shown)) == before:
            return shown


def _shown_in(items: Items, family: Family, unit: Codes, shown: Bools) -> Bools:
    count = len(family.absent)
    place = np.where(unit < 0, count, unit)
    present = items.count(place, count + 1, shown)
    hidden = items.count(place, count + 1, ~shown)
    away = np.append(family.absent, 0) + hidden
    away[count] = 0  # who is new and not shown was never seen
    lacking = np.where((away > 0) & (away < family.least), family.least - away, 0)
    bad = (present < family.least) | ((lacking > 0) & (present - lacking < family.least))
    if items.pairs is not None:  # rows of one person might be shown in part
        bad |= lacking > 0
    shown = np.asarray(shown & ~bad[place])
    partly = (lacking > 0) & ~bad
    if not partly.any():
        return shown
    return _withhold_some(items, place, np.where(partly, lacking, 0), (shown, present, family.least))


def _withhold_some(items: Items, place: Codes, lacking: Codes, now: tuple[Bools, Codes, int]) -> Bools:
    """Withhold whole items of units until enough persons are; all of a unit where too few would be left."""
    shown, present, least = now
    chosen = np.flatnonzero(shown & (lacking[place] > 0))
    order = chosen[np.lexsort((items.problem.persons[chosen], place[chosen]))]
    unit, weight = place[order], items.problem.persons[order]
    start = np.flatnonzero(np.diff(unit, prepend=-1))
    total = np.cumsum(weight)
    before = total - weight - np.repeat((total - weight)[start], np.diff(np.append(start, len(unit))))
    taken = before < lacking[unit]
    gone = np.bincount(unit[taken], weight[taken], minlength=len(lacking)).astype(np.int64)
    too_few = present - gone < least
    shown = shown.copy()
    shown[order[taken | too_few[unit]]] = False
    return shown


def _numbered(high: npt.NDArray[np.uint64], low: npt.NDArray[np.uint64]) -> Codes:
    """Return a number for each person."""
    order = np.lexsort((low, high))
    fresh = np.append(False, (np.diff(high[order]) != 0) | (np.diff(low[order]) != 0))[: len(order)]
    number = np.empty_like(order)
    number[order] = np.cumsum(fresh)
    return number
