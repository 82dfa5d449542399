"""The models of a problem as one requirement, and what each combination brings to the histogram of its class."""

from dataclasses import dataclass

import numpy as np

from lockgate.protect.codes import Codes
from lockgate.protect.models import Requirement, make_requirement
from lockgate.protect.problem import Problem
from lockgate.terms.errors import InputError
from lockgate.terms.privacy_model import KAnonymity


@dataclass(frozen=True, slots=True, eq=False)
class Entries:
    """Persons by combination and slot: of combination i, `start[i]` up to `start[i + 1]`, slots rising.

    Attributes:
        start: First entry of each combination, and the number of entries at the end.
        slot: Slot of each entry.
        persons: Persons of each entry.
    """

    start: Codes
    slot: Codes
    persons: Codes

    def histograms(self, classes: Codes, slots: int) -> Codes:
        """Return the histogram of each class; shape (classes, slots).

        Args:
            classes: Class of each combination, from 0; -1 for none.
            slots: Length of a histogram.
        """
        of_entry = np.repeat(classes, np.diff(self.start))
        kept = of_entry >= 0
        count = int(classes.max(initial=-1)) + 1
        cells = np.bincount(of_entry[kept] * slots + self.slot[kept], self.persons[kept], minlength=count * slots)
        return cells.astype(np.int64).reshape(count, slots)


def require(problem: Problem) -> tuple[Requirement, Entries]:
    """Return the requirement of a problem, k among its models, and what its combinations bring.

    Where a person has several rows, what combinations bring counts the person at one combination only. A class that
    search finds to hold must then be counted anew, as `lockgate.protect.models.count_classes` does, before it is kept.

    Args:
        problem: Its secrets are the columns that its models name.

    Raises:
        InputError: As `lockgate.protect.models.make_requirement` does, and if a model speaks of a population and the
            problem has none.
    """
    tables = {
        secret.column: dict(
            zip(
                secret.values,
                np.bincount(secret.code, secret.rows, minlength=len(secret.values)).astype(int).tolist(),
                strict=True,
            )
        )
        for secret in problem.secrets
    }
    hierarchies = {secret.column: secret.hierarchy for secret in problem.secrets if secret.hierarchy is not None}
    requirement = make_requirement((KAnonymity(problem.k), *problem.models), tables, hierarchies)
    if requirement.needs_population and problem.population is None:
        raise InputError(
            "a privacy model speaks of a population, and there is none",
            "Name the table of all persons in protect.population, or take `k-map` and `delta-presence` out.",
        )
    item, slot, persons = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for secret in problem.secrets:
        if secret.column not in requirement.columns:
            continue
        place = requirement.columns.index(secret.column)
        of_value = {value: number for number, value in enumerate(requirement.values[place])}
        slots = np.array([of_value.get(value, -1) for value in secret.values], dtype=np.int64)
        there = np.flatnonzero(secret.rows)
        item.append(np.repeat(np.arange(len(secret.start) - 1), np.diff(secret.start))[there])
        slot.append(requirement.start[place] + slots[secret.code[there]])
        persons.append(secret.rows[there])
    items, slots, weights = np.concatenate(item), np.concatenate(slot), np.concatenate(persons)
    order = np.lexsort((slots, items))
    start = np.concatenate([[0], np.cumsum(np.bincount(items, minlength=len(problem.rows)))])
    return requirement, Entries(start.astype(np.int64), slots[order], weights[order])
