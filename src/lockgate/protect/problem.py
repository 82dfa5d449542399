"""What a search for classes is given, and what it answers: the same for every search.

A *combination* is one that occurs in the source, as codes of the columns' domains, with the rows and persons behind
it. A search puts each combination into a class; combinations are never parted.
"""

from collections.abc import Callable
from dataclasses import dataclass

from lockgate.protect.codes import Codes
from lockgate.protect.domains import Domain
from lockgate.terms.hierarchy import Hierarchy
from lockgate.terms.privacy_model import PrivacyModel


def never() -> bool:
    """Return False: a search that nobody stops."""
    return False


@dataclass(frozen=True, slots=True, eq=False)
class Secret:
    """The values of one sensitive column by combination: of combination i, `start[i]` up to `start[i + 1]`.

    Attributes:
        column: Its name.
        values: Its distinct values in the order of their codes; None for null.
        start: First entry of each combination, and the number of entries at the end.
        code: Value of each entry, rising within a combination.
        rows: Rows of each entry; where a person has several rows, persons, each counted once at a value.
        hierarchy: The column's hierarchy, for distances; None where it has none.
    """

    column: str
    values: tuple[str | None, ...]
    start: Codes
    code: Codes
    rows: Codes
    hierarchy: Hierarchy | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """Combinations to be put into classes with little loss, every class within every model.

    Attributes:
        domains: One for each quasi-identifier: its values, its labels and their loss.
        codes: For each quasi-identifier the code of each combination; shape (columns, combinations).
        rows: Rows of each combination.
        persons: Persons of each combination, each counted at one combination only.
        k: The least number of persons of a class, at least 1; all combinations together hold as many.
        models: What a class has to satisfy beside k.
        secrets: The sensitive columns that models name.
        population: Persons of the population table by combination, where there is such a table. Combinations that
            occur only there hold no row.
        suppression_limit: Share of rows that may be suppressed, 0 to 1.
        moves: The most moves that a refinement tries.
        should_stop: Asked now and then; a refinement ends where it says so, with what it has reached.
    """

    domains: tuple[Domain, ...]
    codes: Codes
    rows: Codes
    persons: Codes
    k: int
    models: tuple[PrivacyModel, ...] = ()
    secrets: tuple[Secret, ...] = ()
    population: Codes | None = None
    suppression_limit: float = 0.0
    moves: int = 0
    should_stop: Callable[[], bool] = never


@dataclass(frozen=True, slots=True, eq=False)
class Partition:
    """The classes that a search found.

    Attributes:
        classes: Class of each combination, from 0 without gaps; -1 where it is suppressed.
        levels: Shape (columns, classes): the level of its domain at which each class is labelled, the last one being
            `*`; None where each label is the least one that covers its class.
        moves: Moves of a refinement that were tried.
    """

    classes: Codes
    levels: Codes | None = None
    moves: int = 0
