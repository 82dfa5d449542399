"""Techniques that treat some columns of a row together, and have looked at all rows before they treat one.

* `coarsen-place`: latitude and longitude become the middle of a square of the map. It looks at one row only.
* `move-place`: places are moved by noise that stays the same for a person and a place (`lockgate.protect.place_noise`).
* `hide-stays`, `thin-track`, `crowd-place`: rows of tracks are left out (`lockgate.protect.track_steps`).
* `swap`: numbers or days of neighbouring ranks change places (`lockgate.protect.swapping`).
* `microaggregate`: numbers become the means of groups of persons (`lockgate.protect.microaggregation`).

Fold and solve come first where a technique has to look: what it learned is then given to `treat`.
"""

import hmac
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import shake_256
from types import MappingProxyType
from typing import Any

import numpy as np
import pyarrow as pa

from lockgate.protect import place_noise, swapping, track_steps
from lockgate.protect.codes import Codebook, Codes, Texts, codes_of, make_codebook
from lockgate.protect.combinations import PERSON, WEIGHT, as_text, merge
from lockgate.protect.coordinate_systems import CoordinateSystem
from lockgate.protect.microaggregation import Grouping, microaggregate
from lockgate.protect.person_draws import Persons
from lockgate.protect.place_noise import Noise
from lockgate.protect.places import FINEST_ZOOM, Points, centre_of, find_cells, read_points
from lockgate.protect.readings import day_of, number_of, write_number
from lockgate.protect.track_steps import LEAVING_OUT
from lockgate.terms.errors import InputError
from lockgate.terms.measure import Measure, MeasureKind

_PLACE_DECIMALS = 5  # about a metre: more would only look exact
_MEAN_DECIMALS = 6


@dataclass(frozen=True, slots=True, eq=False)
class Means:
    """Means of groups by person and values.

    Attributes:
        codebook: What finds a person's record.
        cells: By column, the mean of each record as text; null where a value was missing.
    """

    codebook: Codebook
    cells: tuple[Texts, ...]


def steps_of(steps: Sequence[Measure], dropped: Sequence[str]) -> tuple[Measure, ...]:
    """Return the steps of this room in the order of a protection, without those of columns that are dropped."""
    ordered = [step for kind in TOGETHER for step in steps if step.kind is kind]
    return tuple(step for step in ordered if not set(step.columns) & set(dropped))


def check_steps(steps: Collection[Measure], *, persons_repeat: bool) -> None:
    """Refuse steps that need to know which rows are of one person where nothing says it, and those that lack a column.

    Raises:
        InputError: If there are such steps.
    """
    for step in steps:
        needed = _COLUMNS.get(step.kind, len(step.columns))
        if len(step.columns) < needed:
            raise InputError(
                f"`{step.kind.value}` needs {needed} columns, and one of them is dropped",
                "keep the column, or take the measure out",
            )
    if not persons_repeat and {step.kind for step in steps} & set(BY_PERSON):
        raise InputError(
            "places and tracks are treated person by person, and no column tells persons apart",
            "name the column in data.subject_key, or use `coarsen-place`",
        )


def fold_keys(step: Measure) -> list[str]:
    """Return the key columns of the partials that a step folds; none where it looks at one row only."""
    if step.kind in LEAVING_OUT:
        return track_steps.fold_keys(step)
    match step.kind:
        case MeasureKind.MICROAGGREGATE | MeasureKind.SWAP:
            return [*PERSON, *(f"v:{name}" for name in step.columns)]
        case MeasureKind.MOVE_PLACE:
            return [*PERSON, place_noise.CELL]
        case _:
            return []


def check_parameters(step: Measure) -> None:
    """Check the parameters of a step, before anything is known of the data.

    Raises:
        InputError: If one is out of range.
    """
    if step.kind in LEAVING_OUT:
        track_steps.check_parameters(step)
    match step.kind:
        case MeasureKind.MOVE_PLACE:
            _noise(step, bytes(32))
        case MeasureKind.SWAP:
            swapping.check_share(Fraction(step.parameter("share")))
        case MeasureKind.MICROAGGREGATE if int(step.parameter("k")) <= 1:  # one person is the person
            raise InputError("expected groups of at least 2 persons", "choose `k` of 3 or more")
        case MeasureKind.COARSEN_PLACE if int(step.parameter("zoom")) > FINEST_ZOOM:
            raise InputError(f"expected a zoom of 0 to {FINEST_ZOOM}", "choose 12")
        case _:
            pass


def fold(batch: pa.RecordBatch, persons: Persons, step: Measure, key: bytes) -> pa.Table:
    """Return the partial of a batch.

    Args:
        batch: Holds the columns of the step.
        persons: Keyed hash of the person of each row, shape (rows, 2).
        step: One that folds.
        key: 32 secret bytes.
    """
    if step.kind in LEAVING_OUT:
        return track_steps.fold(batch, persons, step)
    if step.kind is MeasureKind.MOVE_PLACE:
        return place_noise.fold(_points(batch, step), persons, _noise(step, key))
    ones = pa.array(np.ones(batch.num_rows, dtype=np.int64))
    arrays = [pa.array(persons[:, 0]), pa.array(persons[:, 1]), *_texts(batch, step.columns), ones]
    return merge([pa.table(arrays, names=[*fold_keys(step), WEIGHT])])


def solve(table: pa.Table, step: Measure, key: bytes) -> object:
    """Return what a step learned of all rows.

    Args:
        table: Merged partials of `fold`.
        step: The step.
        key: 32 secret bytes.

    Raises:
        InputError: If a cell is no number, or there are too few persons.
    """
    if step.kind in LEAVING_OUT:
        return track_steps.solve(table, step, key)
    if step.kind is MeasureKind.MOVE_PLACE:
        return place_noise.solve(table, _noise(step, key))
    persons = np.stack([np.asarray(table[name], dtype=np.uint64) for name in PERSON], axis=1)
    texts = [table[f"v:{name}"].combine_chunks() for name in step.columns]
    if step.kind is MeasureKind.SWAP:
        return _looked_up(persons, texts, [_swapped(texts[0], step, key)])
    number = np.unique(persons, axis=0, return_inverse=True)[1].reshape(-1)
    matrix = np.stack([_numbers(text, name) for text, name in zip(texts, step.columns, strict=True)], axis=1)
    grouping = Grouping(step.parameter("grouping", Grouping.REFINED))
    found = microaggregate(matrix, int(step.parameter("k")), grouping, persons=number)
    return _looked_up(persons, texts, [_means_as_text(found.released[:, at]) for at in range(len(step.columns))])


def _looked_up(persons: Persons, texts: Sequence[Texts], released: Sequence[Texts]) -> Means:
    """Return what finds the released cells of a person with some values."""
    keys = [_person_texts(persons), *texts]
    values = tuple(text.unique() for text in keys)
    codebook = make_codebook(values, [codes_of(text, value) for text, value in zip(keys, values, strict=True)])
    place = np.zeros(len(codebook.keys), dtype=np.int64)
    place[codebook.combinations_of(keys)] = np.arange(len(persons))
    index = pa.array(place, type=pa.int64())
    return Means(codebook, tuple(cells.take(index) for cells in released))


def _swapped(texts: Texts, step: Measure, key: bytes) -> Texts:
    """Return values in other places: the same ones each time, drawn under a key."""
    there = np.flatnonzero(~np.asarray(texts.is_null()))
    known: Texts = texts.take(pa.array(there, type=pa.int64()))
    values: list[str] = [str(value) for value in known.to_pylist()]
    read = [[reading(value) for value in values] for reading in (number_of, day_of)]
    sizes: Any = next((found for found in read if None not in found), None)
    if sizes is None:
        raise InputError(f"column `{step.columns[0]}`: expected numbers or days to swap by rank", "swap another column")
    ranks = np.unique(np.array(sizes, dtype=object), return_inverse=True)[1]
    told = f"{step.columns[0]}|{step.parameter('share')}".encode()
    stream = hmac.digest(key, b"lockgate/swap/1\x00" + told, "sha256")
    share = Fraction(step.parameter("share"))
    rows = swapping.swapped_rows(ranks, share, lambda count: shake_256(stream).digest(count))
    source = np.arange(len(texts))
    source[there] = there[rows]
    return texts.take(pa.array(source, type=pa.int64()))


def treat(batch: pa.RecordBatch, persons: Persons, step: Measure, learned: Any, key: bytes) -> pa.RecordBatch:
    """Return the batch with the step's columns treated, as text.

    Args:
        batch: Holds the columns of the step.
        persons: Keyed hash of the person of each row, shape (rows, 2).
        step: The step.
        learned: From `solve`; None for a step that looks at one row only.
        key: 32 secret bytes.

    Raises:
        InputError: If a row was not folded, or a place is none.
    """
    if step.kind not in _TREAT:
        return batch
    for name, cells in zip(step.columns, _TREAT[step.kind](batch, persons, step, (learned, key)), strict=True):
        position = batch.schema.get_field_index(name)
        batch = batch.set_column(position, pa.field(name, pa.string()), cells)
    return batch


def _coarsen(batch: pa.RecordBatch, _persons: Persons, step: Measure, _means: tuple[Any, bytes]) -> list[Texts]:
    zoom = int(step.parameter("zoom"))
    return _written(centre_of(find_cells(_points(batch, step), zoom), zoom))


def _crowd(batch: pa.RecordBatch, _persons: Persons, step: Measure, means: tuple[Any, bytes]) -> list[Texts]:
    places, hours = track_steps.crowded(batch, step, means[0])
    return [*_written(places), hours]


def leave_out(batch: pa.RecordBatch, persons: Persons, step: Measure, learned: Any) -> Codes | None:
    """Return the rows of a batch that a step keeps; None where it leaves none out.

    Args:
        batch: Holds the columns of the step.
        persons: Keyed hash of the person of each row, shape (rows, 2).
        step: The step.
        learned: From `solve`.
    """
    if step.kind not in LEAVING_OUT:
        return None
    return np.flatnonzero(track_steps.kept_rows(batch, persons, step, learned))


def rows_left_out(learned: Sequence[object]) -> int:
    """Return the rows that steps leave out, given what they learned."""
    return sum(item.rows_left_out for item in learned if isinstance(item, track_steps.Shown))


def _move(batch: pa.RecordBatch, persons: Persons, step: Measure, means: tuple[Any, bytes]) -> list[Texts]:
    learned, key = means
    points = _points(batch, step)
    moved = place_noise.map_points(points, persons, learned, _noise(step, key))
    if np.isnan(moved.latitude[~np.isnan(points.latitude)]).any():
        raise _changed()
    return _written(moved)


def _average(batch: pa.RecordBatch, persons: Persons, step: Measure, means: tuple[Any, bytes]) -> list[Texts]:
    learned: Means = means[0]
    record = learned.codebook.combinations_of([_person_texts(persons), *_texts(batch, step.columns)])
    if (record < 0).any():
        raise _changed()
    index = pa.array(record, type=pa.int64())
    return [cells.take(index) for cells in learned.cells]


_TREAT: Mapping[MeasureKind, Callable[[pa.RecordBatch, Persons, Measure, tuple[Any, bytes]], list[Texts]]] = (
    MappingProxyType(
        {
            MeasureKind.CROWD_PLACE: _crowd,
            MeasureKind.COARSEN_PLACE: _coarsen,
            MeasureKind.MOVE_PLACE: _move,
            MeasureKind.MICROAGGREGATE: _average,
            MeasureKind.SWAP: _average,
        }
    )
)

TOGETHER = (MeasureKind.HIDE_STAYS, MeasureKind.THIN_TRACK, *_TREAT)
"""Measures of this room, in the order in which they are done."""

CHANGING = tuple(_TREAT)
"""Those of them that change cells."""

_COLUMNS: Mapping[MeasureKind, int] = MappingProxyType(
    {MeasureKind.COARSEN_PLACE: 2, MeasureKind.MOVE_PLACE: 2, **dict.fromkeys(LEAVING_OUT, 3)}
)
"""Columns of place and time that a step cannot do without."""

BY_PERSON = (*LEAVING_OUT, MeasureKind.MOVE_PLACE)
"""Those of them that need to know which rows are of one person."""


def _noise(step: Measure, key: bytes) -> Noise:
    """The mean displacement of the planar Laplace distribution is two over epsilon."""
    metres = float(step.parameter("metres"))
    if metres <= 0:
        raise InputError("places are moved by more than 0 metres on average", "choose `metres` such as 300")
    return Noise(2 / metres, float(step.parameter("square")), key)


def _points(batch: pa.RecordBatch, step: Measure) -> Points:
    latitude, longitude = (batch.column(name) for name in step.columns)
    return read_points(latitude, longitude, CoordinateSystem(step.parameter("system")))


def _written(points: Points) -> list[Texts]:
    return [_rounded(numbers, _PLACE_DECIMALS) for numbers in (points.latitude, points.longitude)]


def _means_as_text(numbers: Any) -> Texts:
    return _rounded(numbers, _MEAN_DECIMALS)


def _rounded(numbers: Any, decimals: int) -> Texts:
    cells = []
    for number in numbers.tolist():
        exact = None if number != number else number_of(f"{number:.{decimals}f}")  # noqa: PLR0124 - not a number
        cells.append(None if exact is None else write_number(exact))
    return pa.array(cells, type=pa.string())


def _numbers(texts: Texts, name: str) -> Any:
    read = [None if text is None else number_of(text) for text in texts.to_pylist()]
    wrong = sum(number is None for number in read) - texts.null_count
    if wrong:
        raise InputError(
            f"column `{name}`: expected numbers to take means of, found {wrong} distinct cells that are none",
            "leave the column out of the measure, or mend the cells",
        )
    return np.array([np.nan if number is None else float(number) for number in read])


def _texts(batch: pa.RecordBatch, columns: Sequence[str]) -> list[Texts]:
    return [as_text(batch.column(name), name) for name in columns]


def _person_texts(persons: Persons) -> Texts:
    raw = np.ascontiguousarray(persons).astype("<u8").tobytes()
    return pa.Array.from_buffers(pa.binary(16), len(persons), [None, pa.py_buffer(raw)])


def _changed() -> InputError:
    return InputError(
        "rows hold values that were not there when the source was read first",
        "Run again while nobody changes the source.",
    )
