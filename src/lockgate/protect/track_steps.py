"""Techniques for tracks as steps of a plan: points around homes left out, tracks thinned, k persons in place and hour.

* `hide-stays` leaves out the rows within discs around a person's home and place of work (`stay_zones`).
* `thin-track` keeps one row of a person in so many seconds (`tracks.thin`).
* `crowd-place` shows squares of the map and hours that hold k persons, and leaves out rows where there are fewer.

Fold: the points of each person, or the persons of each square and hour. Solve: which of them are shown, and how. Map:
look up. Rows without a place or a time are left out by all three, for nothing says where they belong.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lockgate.protect import tracks
from lockgate.protect.codes import Codebook, Texts, codes_of, make_codebook
from lockgate.protect.combinations import PERSON, WEIGHT, as_text, merge
from lockgate.protect.coordinate_systems import CoordinateSystem
from lockgate.protect.mdav import Numbers
from lockgate.protect.person_draws import Persons
from lockgate.protect.places import Points, centre_of, find_cells, make_points, parent_of, read_points
from lockgate.protect.readings import number_of
from lockgate.protect.stay_zones import Zones, leave_out_homes
from lockgate.terms.errors import InputError
from lockgate.terms.measure import Measure, MeasureKind

VERSION = "1"

Flags = npt.NDArray[np.bool_]

LEAVING_OUT = (MeasureKind.HIDE_STAYS, MeasureKind.THIN_TRACK, MeasureKind.CROWD_PLACE)
"""Steps that leave rows out, in the order in which they are done."""

_NAMES = ("latitude", "longitude", "time")


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What a step found of all rows.

    Attributes:
        codebook: What finds a person's point; None where squares are looked up.
        kept: By point, whether it is shown.
        crowds: How squares and hours are shown; None where points are looked up.
        rows_left_out: Rows that are not shown.
    """

    codebook: Codebook | None
    kept: Flags
    crowds: tracks.Crowds | None
    rows_left_out: int


def check_parameters(step: Measure) -> None:
    """Check the parameters of a step before anything is known of the data.

    Raises:
        InputError: If one is out of range.
    """
    match step.kind:
        case MeasureKind.HIDE_STAYS:
            _zones(step, bytes(32))
        case MeasureKind.THIN_TRACK:
            tracks.thin(_no_points(), np.zeros((0, 2), np.uint64), np.zeros(0, np.int64), int(step.parameter("every")))
        case _:
            _crowding(step)


def fold_keys(step: Measure) -> list[str]:
    """Return the key columns of the partials of a step."""
    if step.kind is MeasureKind.CROWD_PLACE:
        return [*PERSON, tracks.CELL, tracks.HOUR]
    return [*PERSON, *(f"v:{name}" for name in _NAMES)]


def fold(batch: pa.RecordBatch, persons: Persons, step: Measure) -> pa.Table:
    """Return the partial of a batch.

    Args:
        batch: Holds the columns of the step.
        persons: Keyed hash of the person of each row, shape (rows, 2).
        step: The step.

    Raises:
        InputError: If a cell is no place or no time.
    """
    if step.kind is MeasureKind.CROWD_PLACE:
        points, time_s, here = _read(batch, step)
        chosen = Points(points.latitude[here], points.longitude[here])
        return tracks.fold(chosen, persons[here], time_s[here], _crowding(step))
    _read(batch, step)  # what is no place or no time is told here, where its column is known
    ones = pa.array(np.ones(batch.num_rows, dtype=np.int64))
    arrays = [pa.array(persons[:, 0]), pa.array(persons[:, 1]), *_texts(batch, step), ones]
    return merge([pa.table(arrays, names=[*fold_keys(step), WEIGHT])])


def solve(table: pa.Table, step: Measure, key: bytes) -> Shown:
    """Return what a step found of all rows.

    Args:
        table: Merged partials of `fold`.
        step: The step.
        key: 32 secret bytes, never rotated.
    """
    weight = np.asarray(table[WEIGHT], dtype=np.int64)
    if step.kind is MeasureKind.CROWD_PLACE:
        crowding = _crowding(step)
        crowds = tracks.solve(table, crowding)
        places = centre_of(np.asarray(table[tracks.CELL], np.int64), crowding.finest_zoom)
        hours = np.asarray(table[tracks.HOUR], np.int64) * crowding.hour_s
        found = tracks.map_rows(places, hours, crowds, crowding)[0]
        return Shown(None, np.zeros(0, dtype=bool), crowds, int(weight[np.asarray(found.is_null())].sum()))
    persons = np.stack([np.asarray(table[name], dtype=np.uint64) for name in PERSON], axis=1)
    texts = [table[f"v:{name}"].combine_chunks() for name in _NAMES]
    points, time_s, here = (
        _read(pa.table(texts, names=list(_NAMES)).to_batches()[0], step, _NAMES) if len(weight) else _none()
    )
    kept = np.zeros(len(weight), dtype=bool)
    chosen = Points(points.latitude[here], points.longitude[here])
    kept[here] = (
        leave_out_homes(chosen, persons[here], time_s[here], _zones(step, key))
        if step.kind is MeasureKind.HIDE_STAYS
        else tracks.thin(chosen, persons[here], time_s[here], int(step.parameter("every")))
    )
    keys = [_person_texts(persons), *texts]
    values = tuple(text.unique() for text in keys)
    codebook = make_codebook(values, [codes_of(text, value) for text, value in zip(keys, values, strict=True)])
    by_key = np.zeros(len(codebook.keys), dtype=bool)
    by_key[codebook.combinations_of(keys)] = kept
    return Shown(codebook, by_key, None, int(weight[~kept].sum()))


def kept_rows(batch: pa.RecordBatch, persons: Persons, step: Measure, shown: Shown) -> Flags:
    """Return which rows of a batch are shown.

    Raises:
        InputError: If a row was not folded.
    """
    if shown.crowds is not None:
        points, time_s, here = _read(batch, step)
        names = tracks.map_rows(points, time_s, shown.crowds, _crowding(step))[0]
        kept: Flags = here & ~np.asarray(names.is_null())
        return kept
    assert shown.codebook is not None
    record = shown.codebook.combinations_of([_person_texts(persons), *_texts(batch, step)])
    if (record < 0).any():
        raise InputError(
            "rows hold values that were not there when the source was read first",
            "Run again while nobody changes the source.",
        )
    found: Flags = shown.kept[record] if len(record) else np.zeros(0, dtype=bool)
    return found


def crowded(batch: pa.RecordBatch, step: Measure, shown: Shown) -> tuple[Points, Texts]:
    """Return the middle of the square that is shown for each row, and the beginning of its hour, of rows that are kept.

    Args:
        batch: Rows that `kept_rows` keeps.
        step: One of squares and hours.
        shown: From `solve`.
    """
    assert shown.crowds is not None
    crowding = _crowding(step)
    points, time_s, _ = _read(batch, step)
    names, hours = tracks.map_rows(points, time_s, shown.crowds, crowding)
    zooms = np.array([0 if name in (None, "world") else len(name) for name in names.to_pylist()], dtype=np.int64)
    cells = find_cells(points, crowding.finest_zoom)
    latitude, longitude = np.full(len(cells), np.nan), np.full(len(cells), np.nan)
    for zoom in np.unique(zooms).tolist():
        here = zooms == zoom
        middle = centre_of(parent_of(cells[here], crowding.finest_zoom - zoom), zoom)
        latitude[here], longitude[here] = middle.latitude, middle.longitude
    texts = [datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") for second in hours.tolist()]
    return Points(latitude, longitude), pa.array(texts, type=pa.string())


def read_times(column: Texts, name: str) -> tuple[Numbers, Flags]:
    """Return seconds since 1970 and where there are any; times without a zone are taken as UTC.

    Args:
        column: Timestamps, days, whole seconds since 1970, or texts of these in ISO 8601.
        name: Of the column, for errors.

    Raises:
        InputError: If a cell is none of these.
    """
    there = ~np.asarray(column.is_null())
    kind = column.type
    if pa.types.is_integer(kind):
        return np.asarray(column.cast(pa.int64()).fill_null(0)), there
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return _seconds(column.cast(pa.timestamp("us", getattr(kind, "tz", None)))), there
    encoded: Any = pc.dictionary_encode(as_text(column, name))
    distinct = [_second_of(text) for text in encoded.dictionary.to_pylist()]
    wrong = sum(second is None for second in distinct)
    if wrong:
        raise InputError(
            f"column `{name}`: expected times, found {wrong} distinct cells that are none",
            "write them as 2026-11-21T09:30:00Z, or as seconds since 1970",
        )
    index = np.asarray(encoded.indices.fill_null(0), dtype=np.int64)
    seconds = np.array([*distinct, 0], dtype=np.int64)
    return np.where(there, seconds[np.where(there, index, len(distinct))], 0), there


def _second_of(text: str) -> int | None:
    number = number_of(text)
    if number is not None:
        return int(number) if number == number.to_integral_value() else None
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    return int((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() // 1)


def _seconds(column: Texts) -> Numbers:
    return np.asarray(column.cast(pa.int64()).fill_null(0), dtype=np.int64) // 1_000_000


def _read(batch: pa.RecordBatch, step: Measure, names: tuple[str, ...] = ()) -> tuple[Points, Numbers, Flags]:
    """Return the points and times of a batch, and which rows have both."""
    latitude, longitude, time = names or step.columns
    system = CoordinateSystem(step.parameter("system", CoordinateSystem.WGS_84))
    points = read_points(batch.column(latitude), batch.column(longitude), system)
    seconds, there = read_times(batch.column(time), step.columns[2])
    return points, seconds, there & ~points.missing


def _none() -> tuple[Points, Numbers, Flags]:
    return _no_points(), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=bool)


def _no_points() -> Points:
    return make_points(np.zeros(0), np.zeros(0))


def _texts(batch: pa.RecordBatch, step: Measure) -> list[Texts]:
    return [as_text(batch.column(name), name) for name in step.columns]


def _person_texts(persons: Persons) -> Texts:
    raw = np.ascontiguousarray(persons).astype("<u8").tobytes()
    return pa.Array.from_buffers(pa.binary(16), len(persons), [None, pa.py_buffer(raw)])


def _zones(step: Measure, key: bytes) -> Zones:
    return Zones(float(step.parameter("metres")), key, round(float(step.parameter("utc_offset")) * 3_600))


def _crowding(step: Measure) -> tracks.Crowding:
    finest, coarsest = (int(step.parameter(name)) for name in ("zoom", "coarsest"))
    return tracks.Crowding(int(step.parameter("k")), finest, coarsest, int(step.parameter("seconds")))
