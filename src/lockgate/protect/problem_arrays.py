"""A problem as arrays, in the shapes that compiled loops take."""

from typing import Any, NamedTuple

import numpy as np

from lockgate.protect.codes import Codes
from lockgate.protect.loss_tables import LossTables, make_loss_tables
from lockgate.protect.models import Arrays
from lockgate.protect.problem import Problem
from lockgate.protect.problem_models import require

Items = tuple["np.ndarray[Any, np.dtype[np.int32]]", Codes, Codes, Codes]
"""Codes, shape (combinations, columns), rows, persons, and persons of the population."""

Models = tuple[Arrays, Codes, Codes, Codes, int]
"""`Requirement.arrays`, and the histograms of combinations: starts, slots, persons and the number of slots."""


class ProblemArrays(NamedTuple):
    """What compiled loops are given of a problem.

    Attributes:
        items: The combinations.
        tables: What groups of values lose.
        models: What classes have to satisfy.
        is_asked: Whether they have to satisfy more than k.
    """

    items: Items
    tables: LossTables
    models: Models
    is_asked: bool


def as_arrays(problem: Problem) -> ProblemArrays:
    """Return the arrays of a problem.

    Raises:
        InputError: As `lockgate.protect.problem_models.require` does.
    """
    requirement, entries = require(problem)
    codes = np.ascontiguousarray(problem.codes.T, dtype=np.int32)
    tables = make_loss_tables(problem.domains, [int(column.max()) + 1 for column in problem.codes])
    population = np.zeros_like(problem.persons) if problem.population is None else problem.population
    models = (requirement.arrays, entries.start, entries.slot, entries.persons, requirement.slots)
    return ProblemArrays(
        (codes, problem.rows, problem.persons, population), tables, models, len(requirement.models) > 1
    )
