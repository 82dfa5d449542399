"""Classes for a later release of persons who were released before, so that laying the releases together tells no more.

A *unit* is the set of records that were in the same classes of all earlier releases; those that were in none are a unit
too. Every class made here holds, of every unit, nobody or at least k persons. There may be several *families* of
units, one for each group of recipients that can put releases together; all of them are kept to.

1. *Withhold* units that cannot be shown: those with fewer than k persons left; and, where some persons of a unit are
   not shown any more but fewer than k, as many more of the unit as make k of them, or all of it.
2. *Classes* of what is left, within every model, as the search and the moves of the question say
   (`lockgate.protect.nested_classes`). Those that do not hold, counted anew, are withheld whole.
3. *Label* the classes as tightly as the vocabulary allows, and leave out those that say nothing.

With one family, and a k no larger than before, the classes are those of the earlier release or parts of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lockgate.protect.codes import Codes, Texts
from lockgate.protect.combinations import PERSON, WEIGHT, as_text, key_names
from lockgate.protect.kanonymity import Question, Recoding, relabel, without_stars
from lockgate.protect.labelling import label_classes
from lockgate.protect.nested_classes import find_classes
from lockgate.protect.nested_items import Family, Items, find_items, shown_items, unit_names
from lockgate.protect.problem import Partition
from lockgate.protect.sensitive_values import keep_holding

VERSION = "2"


@dataclass(frozen=True, slots=True, eq=False)
class Nested:
    """Classes that are nested in earlier ones.

    Attributes:
        recoding: Labels of the classes; its codebook has a column more for each family.
        rows_withheld: Rows left out because of earlier releases.
    """

    recoding: Recoding
    rows_withheld: int


def fold(
    batch: pa.RecordBatch, columns: Sequence[str], units: Sequence[Codes], persons: npt.NDArray[np.uint64] | None
) -> pa.Table:
    """Return the distinct combinations of a batch with their units and the number of their rows.

    Args:
        batch: Rows before their quasi-identifiers are recoded.
        columns: The quasi-identifiers, and the sensitive columns that models name.
        units: For each family the unit of each row, or `NEW` or `DOUBTFUL`.
        persons: Keyed hash of the person of each row, shape (rows, 2); None where each row is one person.
    """
    arrays: list[Texts] = [as_text(batch.column(name), name) for name in columns]
    arrays += [pa.array(np.asarray(unit, dtype=np.int64)) for unit in units]
    if persons is not None:
        arrays += [pa.array(persons[:, 0]), pa.array(persons[:, 1])]
    names = fold_keys(columns, len(units), by_person=persons is not None)
    table = pa.table([*arrays, pa.array(np.ones(batch.num_rows, dtype=np.int64))], names=[*names, WEIGHT])
    grouped = table.group_by(names, use_threads=False).aggregate([(WEIGHT, "sum")])
    return grouped.select([*names, f"{WEIGHT}_sum"]).rename_columns([*names, WEIGHT])


def fold_keys(columns: Sequence[str], families: int, *, by_person: bool) -> list[str]:
    """Return the names of the key columns of a partial."""
    quasi = key_names(columns, by_person=False)
    return [*quasi, *unit_names(families), *(PERSON if by_person else ())]


def solve(combinations: pa.Table, question: Question, families: Sequence[Family]) -> Nested:
    """Return classes that are nested in those of earlier releases.

    Args:
        combinations: Merged partials of `fold` over the quasi-identifiers and the columns that the models name.
        question: What to achieve.
        families: The units of each group of recipients, at least one.

    Raises:
        InputError: If a hierarchy does not cover a value.
    """
    items = find_items(combinations, question, len(families))
    problem = items.problem
    shown = shown_items(items, families)
    found = Partition(np.full(len(problem.rows), -1))
    if int(problem.persons[shown].sum()) >= problem.k:
        found = find_classes(items, shown, families, question.search)
        found = keep_holding(problem, _large_enough(items, found), combinations, items.number)
    withheld = int(problem.rows[found.classes < 0].sum())
    labels, lost = label_classes(problem, found)
    classes, labels = without_stars(found.classes, labels)
    total = int(problem.rows.sum())
    recoding = Recoding(
        columns=question.quasi_identifiers,
        codebook=items.codebook,
        classes=classes,
        labels=labels,
        rows=total,
        rows_suppressed=int(problem.rows[classes < 0].sum()),
        suppression_limit=question.suppression_limit,
        loss=lost / (total * len(question.quasi_identifiers)) if total else 0.0,
        moves=found.moves,
    )
    return Nested(recoding, withheld)


def apply(batch: pa.RecordBatch, nested: Nested, units: Sequence[Codes]) -> tuple[pa.RecordBatch, Codes]:
    """Return the batch with labels in its quasi-identifiers, and which of its rows it holds.

    Args:
        batch: Rows before their quasi-identifiers are recoded.
        nested: The classes.
        units: For each family the unit of each row.
    """
    recoding = nested.recoding
    texts = [as_text(batch.column(name), name) for name in recoding.columns]
    texts += [pc.cast(pa.array(np.asarray(unit, dtype=np.int64)), pa.string()) for unit in units]
    number = recoding.codebook.combinations_of(texts)
    # what was not folded is shown to nobody: a row whose unit is not known cannot be put into a class
    classes = np.where(number >= 0, recoding.classes[number], -1) if len(recoding.classes) else number
    return relabel(batch, recoding, classes), np.flatnonzero(classes >= 0)


def _large_enough(items: Items, found: Partition) -> Partition:
    """Return the classes that hold k persons, each counted once in a class; the others are withheld.

    A class holds, of every unit, nobody or enough persons, so who is withheld with it does not stand alone.
    """
    kept = found.classes >= 0
    count = int(found.classes.max(initial=-1)) + 1
    holds = items.count(found.classes, count, kept) >= items.problem.k
    if holds.all():
        return found
    names = np.append(np.where(holds, np.cumsum(holds) - 1, -1), -1)
    levels = None if found.levels is None else found.levels[:, holds]
    return replace(found, classes=names[found.classes], levels=levels)
