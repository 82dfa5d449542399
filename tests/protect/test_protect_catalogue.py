"""The catalogue has a technique for every measure, and what it does is what the measure says of the facts."""

from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from lockgate.flow.wishes import make_measure
from lockgate.protect.catalogue import TECHNIQUES, TREATMENTS
from lockgate.protect.combinations import merge
from lockgate.protect.pipeline import Means, Protection, make_protection
from lockgate.protect.together import BY_PERSON
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole, Treatment
from lockgate.terms.errors import InputError
from lockgate.terms.facts import ColumnFacts, Facts
from lockgate.terms.measure import ARRANGEMENTS, Measure, MeasureKind, change_facts, in_order
from lockgate.terms.protected import Plan

BATCH = pa.record_batch(
    {
        "name": ["Ann", "Bo", "Cy", "Di"],
        "age": pa.array([31, 32, 61, 62]),
        "born": pa.array([date(1990, 1, 5), date(1990, 1, 9), date(1960, 1, 5), None]),
        "notes": ["call 555", "tea", None, "call 556"],
        "lat": pa.array([31.2304, 31.2313, 39.9042, None]),
        "lon": pa.array([121.4737, 121.4741, 116.4074, 116.4]),
        "phone": ["13800138000", "13900139000", None, "13700137000"],
        "at": ["2026-01-05T08:00:00Z", "2026-01-05T08:30:00Z", "2026-01-05T08:40:00Z", "2026-01-05T09:00:00Z"],
    }
)
PERSONS = np.array([(0, number) for number in range(4)], dtype=np.uint64)
FACTS = Facts(
    as_of=date(2026, 11, 21),
    values={"data.persons": 4, "data.min_age": 30},
    columns=(
        ColumnFacts("name", Category.NAME, ColumnRole.DIRECT_IDENTIFIER),
        ColumnFacts("age", Category.OTHER_PERSONAL, ColumnRole.QUASI_IDENTIFIER),
        ColumnFacts("born", Category.DATE_OF_BIRTH, ColumnRole.QUASI_IDENTIFIER),
        ColumnFacts("notes", Category.FREE_TEXT, ColumnRole.ORDINARY),
        ColumnFacts("lat", Category.LOCATION, ColumnRole.QUASI_IDENTIFIER),
        ColumnFacts("lon", Category.LOCATION, ColumnRole.QUASI_IDENTIFIER),
        ColumnFacts("phone", Category.CONTACT, ColumnRole.DIRECT_IDENTIFIER),
        ColumnFacts("at", Category.LOCATION_TRACK, ColumnRole.QUASI_IDENTIFIER),
    ),
    safeguards={},
)
TRACK = {"longitude": "lon", "time": "at"}
STEPS = {
    MeasureKind.DROP: Measure(MeasureKind.DROP, ("name", "notes")),
    MeasureKind.PSEUDONYMISE: Measure(MeasureKind.PSEUDONYMISE, ("name",)),
    MeasureKind.REDACT: Measure(MeasureKind.REDACT, ("notes",)),
    MeasureKind.GENERALISE: Measure(MeasureKind.GENERALISE, ("age", "born"), 10),
    MeasureKind.K_ANONYMISE: Measure(MeasureKind.K_ANONYMISE, ("age", "born"), 2),
    MeasureKind.AGGREGATE: Measure(MeasureKind.AGGREGATE, ("age",), 1),
    MeasureKind.FEWER_PERSONS: Measure(MeasureKind.FEWER_PERSONS, (), 3),
    MeasureKind.MASK: make_measure("name", MeasureKind.MASK, {"keep_first": "1"}),
    MeasureKind.ENCRYPT: make_measure("phone", MeasureKind.ENCRYPT, {}),
    MeasureKind.SHIFT_DATES: make_measure("born", MeasureKind.SHIFT_DATES, {"most": "30"}),
    MeasureKind.ROUND: make_measure("age", MeasureKind.ROUND, {"step": "20"}),
    MeasureKind.BUCKET: make_measure("age", MeasureKind.BUCKET, {"edges": "40,60"}),
    MeasureKind.TOKENISE: make_measure("name", MeasureKind.TOKENISE, {}),
    MeasureKind.COARSEN_PLACE: make_measure("lat", MeasureKind.COARSEN_PLACE, {"longitude": "lon"}),
    MeasureKind.MOVE_PLACE: make_measure("lat", MeasureKind.MOVE_PLACE, {"longitude": "lon", "metres": "300"}),
    MeasureKind.MICROAGGREGATE: Measure(MeasureKind.MICROAGGREGATE, ("lat", "lon"), 0, (("k", "2"),)),
    MeasureKind.HIDE_STAYS: make_measure("lat", MeasureKind.HIDE_STAYS, {"metres": "500", **TRACK}),
    MeasureKind.THIN_TRACK: make_measure("lat", MeasureKind.THIN_TRACK, {"every": "60", **TRACK}),
    MeasureKind.CROWD_PLACE: make_measure("lat", MeasureKind.CROWD_PLACE, {"k": "2", **TRACK}),
    MeasureKind.SWAP: make_measure("age", MeasureKind.SWAP, {"share": "1"}),
    MeasureKind.ADD_NOISE: make_measure("phone", MeasureKind.ADD_NOISE, {"scale": "9999"}),
}

LEAVING_ROWS_OUT = {MeasureKind.HIDE_STAYS, MeasureKind.THIN_TRACK}
"""Measures that leave rows out and change no cell."""

WITHOUT_ROWS = {MeasureKind.STATISTICS, MeasureKind.SYNTHESISE}
"""Measures that are carried out on the whole source at once, with noise: see `flow`."""


def find_phones(texts: "pa.Array[str]") -> list[tuple[int, int, int, str]]:
    cells = enumerate(texts.to_pylist())
    return [(row, cell.index("55"), cell.index("55") + 3, "phone") for row, cell in cells if cell and "55" in cell]


def protected(steps: tuple[Measure, ...], batch: pa.RecordBatch = BATCH, *, repeat: bool = False) -> Protection:
    plan = Plan(steps, (), 0, 0.0, {})
    means = Means(
        bytes(range(32)),
        1,
        find_phones,
        {},
        {},
        persons_repeat=repeat or bool({*BY_PERSON} & {step.kind for step in steps}),
        assign=lambda _, values: ["t_" + value[0].lower() * 26 for value in values],
        lasting_key=bytes(range(32)),
    )
    protection = make_protection(plan, batch.schema, means)
    while protection.needs_fold:
        protection = protection.solve(merge([protection.fold(batch, PERSONS)]))
    return protection


def released(protection: Protection) -> pa.Table:
    batches = [protection.map(BATCH, PERSONS), *protection.finish()]
    return pa.Table.from_batches(batches, schema=protection.schema)


def test_every_measure_has_a_technique() -> None:
    assert set(TECHNIQUES) == set(MeasureKind) - set(ARRANGEMENTS) == set(STEPS) | WITHOUT_ROWS


@pytest.mark.parametrize("kind", list(STEPS))
def test_a_technique_leaves_the_columns_that_its_measure_leaves(kind: MeasureKind) -> None:
    step = STEPS[kind]
    left = [column.name for column in change_facts(FACTS, step).columns]
    counts = ["persons"] if kind is MeasureKind.AGGREGATE else []
    assert released(protected((step,))).column_names == left + counts


@pytest.mark.parametrize("kind", list(STEPS))
def test_a_technique_treats_the_columns_that_its_measure_treats(kind: MeasureKind) -> None:
    step = STEPS[kind]
    for column in change_facts(FACTS, step).columns:
        is_chosen = column.name in step.columns and kind not in LEAVING_ROWS_OUT
        assert column.treatment is (TREATMENTS.get(kind, Treatment.NONE) if is_chosen else Treatment.NONE)


@pytest.mark.parametrize("kind", [kind for kind in STEPS if kind is not MeasureKind.AGGREGATE])
def test_a_technique_changes_no_cell_of_another_column(kind: MeasureKind) -> None:
    step = STEPS[kind]
    copy, rows = protected((step,)).map_with_rows(BATCH, PERSONS)
    assert copy.num_rows
    for name in copy.schema.names:
        same = copy.column(name).equals(BATCH.column(name).take(rows))
        assert same is (name not in step.columns or kind in LEAVING_ROWS_OUT)


def test_fewer_persons_are_as_many_as_the_facts_say() -> None:
    step = STEPS[MeasureKind.FEWER_PERSONS]
    assert released(protected((step,))).num_rows == change_facts(FACTS, step).values["data.persons"]


@pytest.mark.parametrize("kind", [MeasureKind.HIDE_STAYS, MeasureKind.CROWD_PLACE, MeasureKind.MOVE_PLACE])
def test_a_step_whose_column_the_route_drops_is_an_error(kind: MeasureKind) -> None:
    dropped = Measure(MeasureKind.DROP, STEPS[kind].columns[-1:])
    with pytest.raises(InputError, match="one of them is dropped"):
        protected(in_order((STEPS[kind], dropped)))


def test_places_are_not_moved_where_nothing_tells_persons_apart() -> None:
    plan = Plan((STEPS[MeasureKind.MOVE_PLACE],), (), 0, 0.0, {})
    means = Means(bytes(32), 1, find_phones, {}, {}, persons_repeat=False, lasting_key=bytes(32))
    with pytest.raises(InputError, match="no column tells persons apart"):
        make_protection(plan, BATCH.schema, means)
