"""What protect makes, verify finds good: the two rooms share no code, so this holds them against each other."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.protect import combinations
from lockgate.protect.pipeline import Means, Protection, make_protection
from lockgate.terms.hierarchy import make_hierarchy
from lockgate.terms.measure import Measure, MeasureKind
from lockgate.terms.protected import Plan
from lockgate.verify import counts, figures, fold, report

TOWNS = make_hierarchy("town", [("Seoul", "Korea", "*"), ("Busan", "Korea", "*"), ("Lyon", "France", "*")])
COLUMNS = ("age", "born", "town", "word")

rows = st.lists(
    st.tuples(
        st.one_of(st.none(), st.decimals(0, 500, places=1).map(str)),
        st.one_of(st.none(), st.dates().map(lambda day: day.isoformat())),
        st.one_of(st.none(), st.sampled_from(list(TOWNS.paths))),
        st.one_of(st.none(), st.text("*[]{}|\\,a", max_size=3)),
        st.integers(0, 9),
    ),
    min_size=1,
    max_size=50,
)


def protect(table: list, *steps: Measure) -> tuple[Protection, pa.RecordBatch, np.ndarray]:
    batch = pa.RecordBatch.from_arrays(
        [pa.array([row[at] for row in table], type=pa.string()) for at in range(4)], names=list(COLUMNS)
    )
    persons = np.array([(row[4], row[4] % 3) for row in table], dtype=np.uint64)
    means = Means(bytes(range(32)), 1, lambda _texts: [], {"town": TOWNS}, {}, persons_repeat=True)
    protection = make_protection(Plan(steps, COLUMNS, 0, 1.0, {}), batch.schema, means)
    while protection.needs_fold:
        protection = protection.solve(combinations.merge([protection.fold(batch, persons)]))
    return protection, batch, persons


@settings(max_examples=150, deadline=None)
@given(rows, st.integers(1, 5), st.booleans())
def test_a_recoded_copy_is_true_and_holds_k_persons_in_each_class(table: list, k: int, generalise_first: bool) -> None:
    first = (Measure(MeasureKind.GENERALISE, ("age", "born"), 10),) if generalise_first else ()
    protection, batch, persons = protect(table, *first, Measure(MeasureKind.K_ANONYMISE, COLUMNS, k))
    released, kept = protection.map_with_rows(batch, persons)
    reading = figures.Reading({"town": TOWNS}, protection.labelled)
    pairs = fold.fold(released, batch.take(kept), persons[kept], COLUMNS)
    found = figures.measure(pairs, fold.fold_sensitive(released, COLUMNS, []), reading)
    assert found.rows_untrue == 0
    assert found.rows_suppressed == 0
    made = report.solve(found, {}, report.Requirement(k, 1.0, batch.num_rows, "id"))
    assert made.ok, [check for check in made.checks if not check.ok]
    assert found.linkage <= 1
    if protection.recoding is not None and not generalise_first:
        lost = next(check.measured for check in made.checks if check.name == "loss")
        if protection.rows_suppressed == 0:
            assert lost == pytest.approx(protection.recoding.loss)


@settings(max_examples=100, deadline=None)
@given(rows, st.integers(1, 4), st.booleans())
def test_released_counts_are_right(table: list, k: int, generalise_first: bool) -> None:
    first = (Measure(MeasureKind.GENERALISE, ("born",), 10),) if generalise_first else ()
    protection, batch, persons = protect(table, *first, Measure(MeasureKind.AGGREGATE, ("born", "town", "word"), k))
    released = pa.Table.from_batches(protection.finish(), schema=protection.schema)
    originals = fold.fold_original(batch, persons, ("born", "town", "word"))
    reading = figures.Reading({"town": TOWNS}, protection.labelled)
    made = counts.solve(released, originals, {}, reading, report.Requirement(k, 1.0, batch.num_rows, "id"))
    assert made.ok, [check for check in made.checks if not check.ok]
    suppressed = next(check.measured for check in made.checks if check.name == "suppressed-share")
    assert suppressed == pytest.approx(protection.rows_suppressed / batch.num_rows)
