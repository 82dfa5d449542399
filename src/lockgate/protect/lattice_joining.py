"""Combinations that are in no class yet: each joins the class that it makes least dear, or is suppressed."""

import numpy as np

from lockgate.protect.codes import Codes
from lockgate.protect.domains import Reals, TreeDomain
from lockgate.protect.lattice_groups import Grouper
from lockgate.protect.lattice_problem import Levels
from lockgate.protect.problem import Problem

_TRIED = 50
"""The most classes that a combination tries to join, where models look at more than sizes."""


def join(problem: Problem, levels: Levels, grouper: Grouper, classes: Codes) -> Codes:
    """Return the classes with the combinations that were in none.

    Nobody joins where the suppression limit allows to leave all of them out; who finds no class is left out too.

    Args:
        problem: The combinations.
        levels: The same as a lattice.
        grouper: Says whether a class satisfies the models.
        classes: Class of each combination, -1 for none.
    """
    left = np.flatnonzero((classes < 0) & (problem.rows > 0))
    # a refinement wants everybody in a class
    budget = 0.0 if problem.moves else problem.suppression_limit * levels.items.total
    if int(problem.rows[left].sum()) <= budget or not (classes >= 0).any():
        return classes
    classes = classes.copy()
    joining = _Joining(problem, levels, grouper, classes)
    for item in left.tolist():
        joining.take(item)
    return classes


class _Joining:
    """Classes that grow."""

    def __init__(self, problem: Problem, levels: Levels, grouper: Grouper, classes: Codes) -> None:
        self._problem, self._levels, self._grouper, self._classes = problem, levels, grouper, classes
        count = int(classes.max()) + 1
        kept = np.flatnonzero(classes >= 0)
        self._rows = np.bincount(classes[kept], problem.rows[kept], minlength=count)
        self._first = np.full((len(problem.codes), count), np.iinfo(np.int64).max)
        self._last = np.full((len(problem.codes), count), -1)
        for at, code in enumerate(problem.codes):
            np.minimum.at(self._first[at], classes[kept], code[kept])
            np.maximum.at(self._last[at], classes[kept], code[kept])

    def take(self, item: int) -> None:
        """Put a combination into the class that it makes least dear of those that still satisfy the models."""
        added = self._added(item)
        for number in np.argsort(added, kind="stable")[:_TRIED].tolist():
            if self._may_join(item, number):
                self._classes[item] = number
                self._rows[number] += self._problem.rows[item]
                code = self._problem.codes[:, item]
                self._first[:, number] = np.minimum(self._first[:, number], code)
                self._last[:, number] = np.maximum(self._last[:, number], code)
                return

    def _added(self, item: int) -> Reals:
        """Return by class how much loss it would have more, with the loss of the combination there."""
        added = np.zeros(len(self._rows))
        for at, domain in enumerate(self._problem.domains):
            code = int(self._problem.codes[at, item])
            first, last = np.minimum(self._first[at], code), np.maximum(self._last[at], code)
            if isinstance(domain, TreeDomain):
                none = np.zeros(len(first), dtype=np.int64)
                before, after = (
                    domain.cost(*ends, none) for ends in ((self._first[at], self._last[at]), (first, last))
                )
            else:
                before, after = (self._first[at] != self._last[at]) * 1.0, (first != last) * 1.0
            added += self._rows * (after - before) + self._problem.rows[item] * after
        return added

    def _may_join(self, item: int, number: int) -> bool:
        if self._grouper.is_of_sizes:
            return True
        members = np.append(np.flatnonzero(self._classes == number), item)
        return self._grouper.is_class(members)
