"""A released table of counts held against the persons of the source, counted anew.

Every released row is a combination of labels with a number of persons. The persons of the source whose values the
labels cover are counted here again; fold with `lockgate.verify.fold.fold_original`.
"""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from lockgate.terms.verification import Check, VerificationReport
from lockgate.verify.coverage import Ints
from lockgate.verify.figures import Reading, group, make_copy, numbered_persons, persons_by
from lockgate.verify.fold import WEIGHT, columns_of
from lockgate.verify.linkage import compatible_pairs
from lockgate.verify.report import Requirement, in_order, k_check, residual_check, suppression_check


def solve(
    table: pa.Table, originals: pa.Table, residual: Mapping[str, int], reading: Reading, requirement: Requirement
) -> VerificationReport:
    """Return the report of a released table of counts.

    Args:
        table: The released table: the columns of the partial, and the counts as its last column.
        originals: Merged partials of `lockgate.verify.fold.fold_original` over the same columns.
        residual: Cells by column that still hold a direct identifier.
        reading: How released cells are to be read.
        requirement: What the plan promises.
    """
    columns = columns_of(originals, "o")
    claimed = np.asarray(table.column(table.num_columns - 1), dtype=np.int64)
    named = table.select(list(columns)).rename_columns([f"r:{name}" for name in columns])
    counted, rows = _counted_anew(named, originals, reading)
    wrong = int(np.count_nonzero(counted != claimed))
    repeated = len(claimed) - group(named, named.column_names)[1].num_rows
    checks = [
        k_check(int(counted.min()) if len(counted) else 0, requirement.k, has_classes=len(counted) > 0),
        residual_check(residual),
        Check("wrong-counts", wrong, 0, wrong == 0, f"{wrong} of {len(claimed)} counts differ from the source"),
        Check("repeated-rows", repeated, 0, repeated == 0, f"{repeated} combinations come twice"),
        suppression_check(requirement.rows - rows, requirement),
        Check("classes", len(claimed), None, ok=True, meaning=f"{len(claimed)} counts of persons"),
    ]
    return in_order(checks, columns, requirement.persons_by)


def _counted_anew(named: pa.Table, originals: pa.Table, reading: Reading) -> tuple[Ints, int]:
    """Return the persons that each released row covers, and the rows of the source that any covers."""
    columns = columns_of(originals, "o")
    number, combinations = group(originals, [f"o:{name}" for name in columns])
    person = numbered_persons(originals)
    weight = np.asarray(originals[WEIGHT], dtype=np.int64)
    copy = make_copy(columns, combinations, named, reading)
    pairs = list(compatible_pairs(copy))
    empty = np.zeros(0, dtype=np.int64)
    original = np.concatenate([empty, *(pair[0] for pair in pairs)])
    released = np.concatenate([empty, *(pair[1] for pair in pairs)])
    covered = np.isin(number, original)
    # beside each released row of a combination, all members of the combination
    by_combination = np.argsort(number, kind="stable")
    count = np.bincount(number, minlength=combinations.num_rows)
    first = np.cumsum(count) - count
    owner = np.repeat(np.arange(len(original)), count[original])
    within = np.arange(len(owner)) - np.repeat(np.cumsum(count[original]) - count[original], count[original])
    member = by_combination[first[original][owner] + within]
    people = None if person is None else person[member]
    counted = persons_by(released[owner], people, weight[member], named.num_rows)
    return counted, int(weight[covered].sum())
