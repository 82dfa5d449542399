"""What every class has to satisfy: all privacy models of a plan compiled into one requirement.

The contract:

* A class has *persons* (distinct persons), a *population* (persons of the population table that its labels match, if
  there is such a table) and a *histogram*: one row of whole numbers, the slots of all sensitive columns one after the
  other (`Requirement.start`), within a column in the order of `Requirement.values`, null last.
* Where a person has several rows, a class counts the person once, and counts the person once for each of the values
  that the person's rows in the class hold: so the slots of a column may add up to more than the persons. Shares are
  shares of that sum. `count_classes` counts so.
* `Requirement.holds` answers for many classes at once. `Requirement.arrays` is what the compiled check of one class
  takes, `lockgate.protect.compiled_models.class_holds(arrays, persons, population, histogram)`; both give the same
  answer.
* *The table* that t-closeness and beta-likeness compare with is the one that the requirement was made from: all rows of
  the source, also those that are suppressed later.
* A null is a value of its own: the last of an order, a branch of its own below the root of a hierarchy.
* An empty class satisfies everything but a lower bound of presence: who is of the population, with labels that nobody
  in the copy has, is known to be absent.

A bound counts as met within `TOLERANCE` of it (`lockgate.protect.class_checks`), so that entropy of exactly log l is
l-diverse whatever the rounding. The bound of recursive diversity excludes equality, so there a class within the
tolerance fails.

Sources: Sweeney, "k-anonymity", IJUFKS 2002; Machanavajjhala, Kifer, Gehrke, Venkitasubramaniam, "l-diversity", TKDD
2007, definitions 4.1 to 4.3; Li, Li, Venkatasubramanian, "t-closeness", ICDE 2007, section 4; Nergiz, Atzori, Clifton,
"Hiding the presence of individuals from shared databases", SIGMOD 2007; Cao, Karras, "Publishing microdata with a
robust privacy guarantee", PVLDB 2012, definitions 1 and 2.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

import numpy as np
import pyarrow as pa

from lockgate.protect.class_checks import (
    DISTINCT,
    ENTROPY,
    EQUAL,
    HIERARCHICAL,
    LIKENESS,
    OF_SIZES,
    ORDERED,
    PERSONS,
    POPULATION,
    PRESENCE,
    RECURSIVE,
    TOLERANCE,
    Answers,
    is_large,
    is_well_spread,
)
from lockgate.protect.codes import Codes, Texts, codes_of
from lockgate.protect.domains import Reals
from lockgate.protect.readings import day_of, number_of
from lockgate.terms.errors import InputError
from lockgate.terms.hierarchy import Hierarchy
from lockgate.terms.privacy_model import (
    BetaLikeness,
    DeltaPresence,
    DistinctDiversity,
    EntropyDiversity,
    GroundDistance,
    KAnonymity,
    KMap,
    PrivacyModel,
    RecursiveDiversity,
    TCloseness,
)

Arrays = tuple[Reals, Codes, Reals]
"""Rules, steps and shares of the table: what the compiled check of one class takes."""


@dataclass(frozen=True, slots=True, eq=False)
class Requirement:
    """All models of a plan over one table; make one by `make_requirement`.

    Attributes:
        models: The models.
        columns: The sensitive columns, in the order of their slots.
        values: For each column its values in the order of their slots: by text, null last.
        start: First slot of each column, and behind the last one the number of slots.
        table: By slot, the persons of the table with that value.
        shares: By slot, their share among those of the column.
        rules: The models as rows of numbers.
        steps: For ordered and hierarchical distance the slots of the column in their order; for the latter also, by
            level from the second up to that below the root, whether a slot is the last one of its node.
    """

    models: tuple[PrivacyModel, ...]
    columns: tuple[str, ...]
    values: tuple[tuple[str | None, ...], ...]
    start: Codes
    table: Codes
    shares: Reals
    rules: Reals
    steps: Codes

    @property
    def arrays(self) -> Arrays:
        """Return what the compiled check takes."""
        return self.rules, self.steps, self.shares

    @property
    def slots(self) -> int:
        """Return the length of a histogram."""
        return int(self.start[-1])

    @property
    def least_persons(self) -> int:
        """Return a number of persons below which no class holds if each person has one row; at least 1."""
        least = 1
        for kind, _, _, number, *_ in self.rules:
            if kind in (PERSONS, DISTINCT, ENTROPY, RECURSIVE):
                least = max(least, ceil(number - TOLERANCE))
        return least

    @property
    def needs_population(self) -> bool:
        """Whether a model speaks of a population table."""
        return any(isinstance(model, KMap | DeltaPresence) for model in self.models)

    def holds(self, persons: Codes, histograms: Codes, population: Codes | None = None) -> Answers:
        """Return whether each class satisfies every model.

        Args:
            persons: Distinct persons of each class, shape (classes,).
            histograms: Persons by class and slot, shape (classes, slots).
            population: Persons of the population that each class matches; needed where `needs_population`.
        """
        answers = np.ones(len(persons), dtype=bool)
        for rule in self.rules:
            answers &= self._rule_holds(rule, persons, histograms, population)
        return answers

    def unmet(self, persons: int, population: int = 0) -> tuple[PrivacyModel, ...]:
        """Return the models that the whole table fails as one class.

        Nothing but suppression can bring such a model about: every class is a part of the table, and every model
        that all parts satisfy the whole satisfies too.

        Args:
            persons: Distinct persons of the table.
            population: Persons of the population table.
        """
        whole = np.array([persons]), self.table[np.newaxis], np.array([population])
        return tuple(
            model
            for model, rule in zip(self.models, self.rules, strict=True)
            if not self._rule_holds(rule, whole[0], whole[1], whole[2])[0]
        )

    def _rule_holds(self, rule: Reals, persons: Codes, histograms: Codes, population: Codes | None) -> Answers:
        if rule[0] in OF_SIZES:
            return is_large(rule, persons, population)
        first, last = int(rule[1]), int(rule[2])
        return is_well_spread(rule, histograms[:, first:last], self.shares[first:last], self.steps)


@dataclass(frozen=True, slots=True, eq=False)
class ClassCounts:
    """What a requirement asks of classes.

    Attributes:
        persons: Distinct persons by class.
        histograms: By class and slot, distinct persons who have the value there.
    """

    persons: Codes
    histograms: Codes


def make_requirement(
    models: Sequence[PrivacyModel],
    tables: Mapping[str, Mapping[str | None, int]],
    hierarchies: Mapping[str, Hierarchy],
) -> Requirement:
    """Return all models compiled over one table.

    Args:
        models: The models, any number; with none, every class holds.
        tables: For each sensitive column the distinct persons of the table by value, nulls among them.
        hierarchies: Hierarchies by column; other columns' are not looked at.

    Raises:
        InputError: If a model names a column that is not among the tables, a hierarchical distance has no hierarchy or
            one that does not cover a value, or an ordered distance finds no order in the values.
    """
    asked = dict.fromkeys(model.column for model in models if not isinstance(model, KAnonymity | KMap | DeltaPresence))
    for column in asked:
        if column not in tables:
            raise InputError(f"a privacy model names column `{column}`, which is not among the sensitive columns")
    columns = tuple(asked)
    values = tuple(_in_order(tables[column]) for column in columns)
    start = np.concatenate([[0], np.cumsum([len(item) for item in values])]).astype(np.int64)
    table = np.array(
        [tables[name][value] for name, of_column in zip(columns, values, strict=True) for value in of_column],
        dtype=np.int64,
    )
    shares = np.zeros(len(table))
    for low, high in pairwise(start):
        shares[low:high] = table[low:high] / max(int(table[low:high].sum()), 1)
    rules = np.zeros((len(models), 7))
    steps: list[Codes] = []
    for rule, model in zip(rules, models, strict=True):
        rule[[0, 3, 4]] = _numbers(model)
        if isinstance(model, KAnonymity | KMap | DeltaPresence):
            continue
        place = columns.index(model.column)
        rule[1:3] = start[place], start[place + 1]
        own = _steps(model, values[place], hierarchies.get(model.column))
        rule[5:7] = len(steps), len(own)
        steps += [np.pad(row, (0, len(table) - len(row))) for row in own]
    stacked = np.array(steps, dtype=np.int64).reshape(len(steps), len(table))
    return Requirement(tuple(models), columns, values, start, table, shares, rules, stacked)


def count_classes(
    requirement: Requirement, classes: Codes, columns: Mapping[str, Texts], person: Codes | None = None
) -> ClassCounts:
    """Return persons and histograms of classes, nobody counted twice in a class or at a value.

    Args:
        requirement: Says which columns and values have slots.
        classes: Class of each row, from 0; rows of -1 are left out.
        columns: The sensitive columns, one text for each row.
        person: Number of the person of each row, from 0; None where each row is one person.

    Raises:
        InputError: If a row holds a value that the requirement was not made for.
    """
    count, kept = int(classes.max(initial=-1)) + 1, np.flatnonzero(classes >= 0)
    inside = classes[kept]
    people = None if person is None else person[kept]
    persons = _persons_by(inside, people, count)
    histograms = np.zeros((count, requirement.slots), dtype=np.int64)
    for name, values, first in zip(requirement.columns, requirement.values, requirement.start, strict=False):
        code = codes_of(columns[name], pa.array(values, type=pa.string()))[kept]
        unseen = int(np.count_nonzero(code < 0))
        if unseen:
            raise InputError(
                f"column `{name}` holds {unseen} values that were not there when the source was read first",
                "Run again while nobody changes the source.",
            )
        found = _persons_by(inside * len(values) + code, people, count * len(values))
        histograms[:, first : first + len(values)] = found.reshape(count, len(values))
    return ClassCounts(persons, histograms)


def is_monotone(models: Iterable[PrivacyModel], *, suppressing: bool, persons_repeat: bool = False) -> bool:
    """Whether generalising a table further never makes satisfied models fail, so that search may prune.

    Without suppression a table satisfies the models if every class does; every model here is kept when classes are
    united: sizes grow, and shares, entropies, distances and chances of a union lie between those of its parts (the
    distances are convex, the entropy is concave; Machanavajjhala et al., theorem 4.2; Li et al., section 3.2).

    With suppression a table satisfies them if no more rows than allowed are in failing classes. Then a satisfied
    class must stay so whatever it is united with, which only sizes and numbers of distinct values do.

    Args:
        models: The models; all must hold.
        suppressing: Whether rows of failing classes may be suppressed, up to a limit.
        persons_repeat: Whether a person may have several rows. The histogram of a union is then no sum, so only sizes
            and numbers of distinct values are safe.
    """
    if not (suppressing or persons_repeat):
        return True
    return all(isinstance(model, KAnonymity | KMap | DistinctDiversity) for model in models)


def _numbers(model: PrivacyModel) -> tuple[float, float, float]:
    """Return the kind of the rule and its two numbers; that of a lower bound comes first."""
    match model:
        case KAnonymity(k) | KMap(k):
            return (PERSONS if isinstance(model, KAnonymity) else POPULATION), k, 0
        case DeltaPresence(low, high):
            return PRESENCE, low, high
        case TCloseness(_, t, distance):
            return _DISTANCES[distance], t, 0
        case BetaLikeness(_, beta, enhanced):
            return LIKENESS, beta, float(enhanced)
        case DistinctDiversity() | EntropyDiversity() | RecursiveDiversity():
            return _diversity_numbers(model)


def _diversity_numbers(
    model: DistinctDiversity | EntropyDiversity | RecursiveDiversity,
) -> tuple[float, float, float]:
    if isinstance(model, RecursiveDiversity):
        return RECURSIVE, model.l, model.c
    return (DISTINCT if isinstance(model, DistinctDiversity) else ENTROPY), model.l, 0


_DISTANCES = {
    GroundDistance.EQUAL: EQUAL,
    GroundDistance.ORDERED: ORDERED,
    GroundDistance.HIERARCHICAL: HIERARCHICAL,
}


def _in_order(table: Mapping[str | None, int]) -> tuple[str | None, ...]:
    """Return the values that anybody has, by text, null last."""
    found = [value for value, persons in table.items() if persons > 0]
    texts = sorted(value for value in found if value is not None)
    return (*texts, *([None] if None in found else []))


def _steps(model: PrivacyModel, values: Sequence[str | None], hierarchy: Hierarchy | None) -> list[Codes]:
    """Return the rows of steps of a rule; none where the order of values does not matter."""
    if not isinstance(model, TCloseness) or model.distance is GroundDistance.EQUAL:
        return []
    if model.distance is GroundDistance.ORDERED:
        return [_order(model.column, values, hierarchy)]
    if hierarchy is None:
        raise InputError(
            f"column `{model.column}` has no hierarchy to measure distances in",
            "Name a hierarchy for the column, or take another distance.",
        )
    paths = _paths(model.column, values, hierarchy)
    order = np.array(sorted(range(len(values)), key=lambda slot: paths[slot][::-1]), dtype=np.int64)
    rows = [order]
    has_root = len({path[-1] for path in hierarchy.paths.values()}) == 1  # else it is above all paths
    for level in range(1, hierarchy.height + (not has_root)):
        nodes = [paths[slot][level:] for slot in order]
        is_last = [left != right for left, right in pairwise(nodes)] + [True]
        rows.append(np.array(is_last, dtype=np.int64))
    return rows


def _paths(column: str, values: Sequence[str | None], hierarchy: Hierarchy) -> list[tuple[str, ...]]:
    missing = sum(value is not None and value not in hierarchy.paths for value in values)
    if missing:
        raise InputError(
            f"column `{column}` has {missing} distinct values that its hierarchy does not cover",
            "Add the values to the hierarchy.",
        )
    # what is empty is no label, so that null's own branch cannot meet one of the hierarchy
    nothing = ("",) * (hierarchy.height + 1)
    return [nothing if value is None else tuple(f"/{name}" for name in hierarchy.paths[value]) for value in values]


def _order(column: str, values: Sequence[str | None], hierarchy: Hierarchy | None) -> Codes:
    """Return the slots by rising value: as numbers, as days, or as the hierarchy has them; null last."""
    texts = [value for value in values if value is not None]
    numbers = [number_of(text) for text in texts]
    days = [day_of(text) for text in texts]
    if None not in numbers:
        key = [float(number) for number in numbers if number is not None]
    elif None not in days:
        key = [float(day.toordinal()) for day in days if day is not None]
    elif hierarchy is not None and all(text in hierarchy.paths for text in texts):
        place = {value: position for position, value in enumerate(hierarchy.paths)}
        key = [float(place[text]) for text in texts]
    else:
        raise InputError(
            f"column `{column}` has values that are neither numbers nor days, so they have no order",
            "Give the column a hierarchy whose rows stand in order, or take another distance.",
        )
    ordered = sorted(range(len(texts)), key=key.__getitem__)
    return np.array([*ordered, *range(len(texts), len(values))], dtype=np.int64)


def _persons_by(group: Codes, person: Codes | None, count: int) -> Codes:
    """Return the distinct persons of each group."""
    if person is None or not len(group):
        return np.bincount(group, minlength=count).astype(np.int64)
    width = int(person.max()) + 1
    return np.bincount(np.unique(group * width + person) // width, minlength=count).astype(np.int64)
