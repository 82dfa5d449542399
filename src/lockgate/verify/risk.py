"""Risk of being found again in a table, from the sizes of its classes. `measure_risk` is the entry.

An attacker looks for one person and picks at random among the rows that read like what the attacker knows. Per row the
chance of the right one is 1/f, f the members of its class, where the attacker knows that the person is in the table
(prosecutor); 1/F, F the members of the class in the population, where the attacker does not (journalist). Who looks
for everybody at once and counts hits (marketer) has the mean of 1/F.

* highest, lowest: of all rows. average: mean over rows; of the prosecutor it is classes / rows.
* at_risk: share of rows whose chance exceeds the threshold. at_highest, at_lowest: share of rows that have it.
* Without a population F is unknown; journalist and marketer are then as the prosecutor, which is never less.
* Sample uniques: rows of classes of one. Population uniques: of them, those that are alone in the population too.

Sources: Elliot, Dale, "Scenarios of attack", 1999; El Emam, "Guide to the De-Identification of Personal Health
Information", 2013, chapters 13 to 16 (prosecutor, journalist, marketer).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lockgate.terms.errors import InputError
from lockgate.terms.hierarchy import Hierarchy
from lockgate.verify.classes import AS_IT_STANDS, Floats, Ints, Rules, as_table, make_classes
from lockgate.verify.population import in_population
from lockgate.verify.uniqueness_estimates import UniquenessEstimates, estimate_uniqueness

THRESHOLD = 0.2
"""Chance above which a row counts as at risk; a class of fewer than five."""


@dataclass(frozen=True, slots=True)
class AttackerRisk:
    """The chances of one attacker over all rows, 0 to 1; see the definitions of the module.

    Attributes:
        average: Mean chance.
        highest: Greatest.
        lowest: Least.
        at_risk: Share of rows above the threshold.
        at_highest: Share of rows with the greatest chance.
        at_lowest: Share of rows with the least.
    """

    average: float
    highest: float
    lowest: float
    at_risk: float
    at_highest: float
    at_lowest: float


@dataclass(frozen=True, slots=True)
class RiskFigures:
    """The risk of a table.

    Attributes:
        quasi_identifiers: Columns that tell persons apart.
        rows: Rows that are left.
        rows_excluded: Rows that the rules left out.
        classes: Number of classes.
        k: Members of the smallest class.
        largest: Members of the largest.
        average_size: Mean size of a class.
        threshold: Chance above which a row is at risk.
        prosecutor: Who knows that the person is in the table.
        journalist: Who does not; as the prosecutor where no population is given.
        marketer: Share of all rows that are found again on average.
        sample_uniques: Share of rows that are alone in their class.
        population_uniques: Share of rows that are alone in the population; None without one.
        estimates: Uniqueness in a population of which only the size is known; None without it.
    """

    quasi_identifiers: tuple[str, ...]
    rows: int
    rows_excluded: int
    classes: int
    k: int
    largest: int
    average_size: float
    threshold: float
    prosecutor: AttackerRisk
    journalist: AttackerRisk
    marketer: float
    sample_uniques: float
    population_uniques: float | None
    estimates: UniquenessEstimates | None


@dataclass(frozen=True, slots=True)
class Against:
    """What is known of the population behind a table; one of the two, or neither.

    Attributes:
        population: Table of all persons, those of the table among them.
        size: Number of all persons, where only that is known; at least the rows of the table.
        hierarchies: By column, for columns whose cells are labels (`Rules.labelled`).
    """

    population: object = None
    size: int = 0
    hierarchies: Mapping[str, Hierarchy] | None = None


NOTHING_KNOWN = Against()


def measure_risk(
    table: object,
    quasi_identifiers: Sequence[str],
    *,
    against: Against = NOTHING_KNOWN,
    rules: Rules = AS_IT_STANDS,
    threshold: float = THRESHOLD,
) -> RiskFigures:
    """Return the risk of a table.

    Args:
        table: Arrow, pandas or polars table, or lists by column.
        quasi_identifiers: Columns that tell persons apart.
        against: What is known of the population.
        rules: How the table is to be read.
        threshold: Chance above which a row is at risk, 0 to 1.

    Raises:
        InputError: If a column is missing, the threshold is no share, or the population is smaller than the table.

    >>> measure_risk({"age": ["3*", "3*", "4*"]}, ["age"]).prosecutor.average
    0.6666666666666666
    """
    if not 0 <= threshold <= 1:
        raise InputError(f"a threshold of {threshold} is no share", "give one from 0 to 1")
    read = as_table(table)
    classes = make_classes(read, quasi_identifiers, rules)
    prosecutor = _risk_of(classes.sizes, classes.rows, threshold)
    journalist, marketer, population_uniques = prosecutor, prosecutor.average, None
    if against.population is not None:
        found = in_population(read, classes, as_table(against.population), against.hierarchies or {}, rules)
        if found.short:
            raise InputError(
                f"the population has fewer rows than the table in {found.short} classes, so it is not its population",
                "give the table of all persons, those of the table among them",
            )
        journalist = _risk_of(found.sizes, classes.rows, threshold)
        marketer = journalist.average
        population_uniques = _share(classes.rows[found.sizes == 1], classes.total)
    estimates = estimate_uniqueness(classes.rows, against.size) if against.size else None
    return RiskFigures(
        quasi_identifiers=tuple(quasi_identifiers),
        rows=classes.total,
        rows_excluded=classes.excluded,
        classes=len(classes.sizes),
        k=classes.k,
        largest=int(classes.sizes.max(initial=0)),
        average_size=float(classes.sizes.mean()) if len(classes.sizes) else 0.0,
        threshold=threshold,
        prosecutor=prosecutor,
        journalist=journalist,
        marketer=marketer,
        sample_uniques=_share(classes.rows[classes.sizes == 1], classes.total),
        population_uniques=population_uniques,
        estimates=estimates,
    )


def _risk_of(members: Ints, rows: Ints, threshold: float) -> AttackerRisk:
    """Return the chances where each class has so many members, and so many rows in the table."""
    if not len(members):
        return AttackerRisk(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    chance: Floats = 1 / np.maximum(members, 1)
    total = int(rows.sum())
    highest, lowest = float(chance.max()), float(chance.min())
    return AttackerRisk(
        average=float((chance * rows).sum()) / total,
        highest=highest,
        lowest=lowest,
        at_risk=_share(rows[chance > threshold], total),
        at_highest=_share(rows[chance == highest], total),
        at_lowest=_share(rows[chance == lowest], total),
    )


def _share(rows: Ints, total: int) -> float:
    return int(rows.sum()) / total if total else 0.0
