"""The consent register: rows of persons without a valid consent are withheld before anything is counted or decided.

A register is a table with the columns `subject`, `purpose`, `recipient`, `category`, `state` (given, paused or
withdrawn), `since` and `until`. What counts is the latest entry of a person for the purpose, the recipient and a
category that began by the day: it must say `given` and not have run out. An empty `category` is for all categories; a
person needs a valid entry for every category of personal data that moves. What the register does not say is no consent.

A simplification: the register is held in memory, forty bytes an entry that is about the flow and three times as much
while they are sorted; then sixteen bytes a person with a valid consent, in every worker. Each row is looked up once;
what is found is one bit a row, by which every later pass goes.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lockgate.classify.persons import person_keys
from lockgate.flow.progress import Progress, Silent
from lockgate.flow.sharing import Sharing
from lockgate.tables.kept_rows import KeptSource, keep_rows
from lockgate.tables.row_ranges import RowRanges
from lockgate.tables.row_source import Source
from lockgate.tables.source import open_source
from lockgate.terms.errors import InputError
from lockgate.terms.flow_request import SourceReference

COLUMNS = ("subject", "purpose", "recipient", "category", "state", "since", "until")
STATES = ("given", "paused", "withdrawn")

_GIVEN, _NO = pa.scalar(STATES[0]), False
_EVERY_CATEGORY = 0
"""Number of the empty category; the others count from one."""


class Persons(NamedTuple):
    """Hashes of persons of 128 bits, sorted, each once.

    Attributes:
        high: The first 64 bits of each.
        low: The others.
    """

    high: npt.NDArray[np.uint64]
    low: npt.NDArray[np.uint64]


class Looking(NamedTuple):
    """How the rows of a source are looked up.

    Attributes:
        sharing: How passes are shared.
        progress: Told of every batch.
        folder: Where what workers leave lies; None for the system's.
    """

    sharing: Sharing
    progress: Progress
    folder: Path | None = None


class _Entries(NamedTuple):
    """Entries of a register that are about the flow, in the order of their rows.

    Attributes:
        persons: Hashes, two numbers each.
        categories: 0 for all categories, or the number of the one.
        since: Days since 1970.
        valid: Whether consent is given and has not run out.
    """

    persons: npt.NDArray[np.uint64]
    categories: npt.NDArray[np.int64]
    since: npt.NDArray[np.int64]
    valid: npt.NDArray[np.bool_]


IN_THIS_PROCESS = Looking(Sharing(), Silent())


@dataclass(frozen=True, slots=True)
class Wanted:
    """The consent that a flow needs.

    Attributes:
        purpose: What the data will be used for.
        recipients: Names by which the register may call the recipient.
        categories: Categories of personal data that move.
        as_of: The day.
    """

    purpose: str
    recipients: frozenset[str]
    categories: frozenset[str]
    as_of: date


@dataclass(frozen=True, slots=True, eq=False)
class _Consent:
    """Finds the rows of persons with a valid consent; picklable.

    Attributes:
        subject_key: Column that tells persons apart.
        key: Secret of the hashes of persons.
        valid: The persons with a valid consent.
        ranges: Of the source; None where it is not cut.
    """

    subject_key: str
    key: bytes = field(repr=False)
    valid: Persons
    ranges: RowRanges | None = None

    def __call__(self, number: int, part: Path) -> int:
        """Look up the rows of one range; leave one byte a row."""
        assert self.ranges is not None, "as a number is given"
        found = [self.of(batch) for _, batch in self.ranges.batches(number, [self.subject_key])]
        kept = np.concatenate(found)
        part.write_bytes(kept.tobytes())
        return len(kept)

    def of(self, batch: pa.RecordBatch) -> npt.NDArray[np.bool_]:
        """Return for each row whether it is of a person with a valid consent; one without a subject key is not."""
        persons = person_keys(batch, self.subject_key, 0, self.key)
        has_key = np.asarray(batch.column(self.subject_key).is_valid())
        found: npt.NDArray[np.bool_] = is_member(persons, self.valid) & has_key
        return found


def withhold(
    source: Source,
    subject_key: str,
    key: bytes,
    register: str,
    wanted: Wanted,
    looking: Looking = IN_THIS_PROCESS,
) -> KeptSource:
    """Return a source without the rows of persons who have no valid consent.

    Args:
        source: The data.
        subject_key: Column that tells persons apart.
        key: Secret of the hashes of persons.
        register: File of the consent register.
        wanted: The consent that the flow needs.
        looking: How rows are looked up.

    Raises:
        InputError: If no column tells persons apart, or the register lacks a column or holds an unknown state.
    """
    if not subject_key:
        raise InputError(
            "basis.consent.register: no column tells persons apart, so no consent can be looked up",
            "name the column in data.subject_key",
        )
    consent = _Consent(subject_key, key, _valid_persons(open_source(SourceReference(register)), key, wanted))
    return KeptSource(source, keep_rows(_looked_up(source, consent, looking)))


def _looked_up(source: Source, consent: _Consent, looking: Looking) -> Iterator[npt.NDArray[np.bool_]]:
    ranges = looking.sharing.ranges_of(source)
    looking.progress.step("looking up who consents")
    if ranges is None:
        for batch in source.batches([consent.subject_key]):
            yield consent.of(batch)
            looking.progress.rows(batch.num_rows)
        return
    with TemporaryDirectory(dir=looking.folder) as folder:
        task = replace(consent, ranges=ranges)
        for part in looking.sharing.parts(Path(folder) / "consent", task, ranges.cut, looking.progress):
            yield np.frombuffer(part.read_bytes(), np.bool_)


def _valid_persons(register: Source, key: bytes, wanted: Wanted) -> Persons:
    missing = [name for name in COLUMNS if name not in register.schema.names]
    if missing:
        raise InputError(
            f"consent register `{register.name}`: no column `{missing[0]}`", f"it needs: {', '.join(COLUMNS)}"
        )
    parts = []
    first = 0
    for batch in register.batches(COLUMNS):
        parts.append(_about_it(batch, (first, register.name), wanted, key))
        first += batch.num_rows
    numbers = np.zeros(0, np.int64)
    none = _Entries(np.zeros((0, 2), np.uint64), numbers, numbers, np.zeros(0, np.bool_))
    return _solved(_Entries(*map(np.concatenate, zip(none, *parts, strict=True))), len(wanted.categories))


def _about_it(batch: pa.RecordBatch, place: tuple[int, str], wanted: Wanted, key: bytes) -> _Entries:
    """Return the entries of a batch that are about the flow and have begun."""
    first, name = place
    state = _texts(batch.column("state"))
    wrong = np.flatnonzero(~np.asarray(pc.is_in(state, pa.array(STATES))))
    if len(wrong):
        raise InputError(
            f"consent register `{name}` row {first + int(wrong[0]) + 1}: expected one of {', '.join(STATES)} as state",
            "mend the register",
        )
    since, until = (_days(batch.column(one), name, first) for one in ("since", "until"))
    categories = pa.array(["", *sorted(wanted.categories)], pa.string())
    category = pc.index_in(_texts(batch.column("category")).fill_null(""), categories)
    day = pa.scalar(wanted.as_of, pa.date32())
    parts = (
        pc.equal(_texts(batch.column("purpose")), pa.scalar(wanted.purpose)),
        pc.is_in(_texts(batch.column("recipient")), pa.array(sorted(wanted.recipients), pa.string())),
        category.is_valid(),
        pc.less_equal(since, day),
    )
    chosen = np.flatnonzero(np.logical_and.reduce([np.asarray(part.fill_null(_NO)) for part in parts]))
    rows = pa.array(chosen, pa.int64())
    has_ended = np.asarray(pc.less(until, day).fill_null(_NO).take(rows))
    valid = np.asarray(pc.equal(state, _GIVEN).take(rows)) & ~has_ended
    began = np.asarray(since.take(rows).cast(pa.int32())).astype(np.int64)
    persons = person_keys(batch, "subject", first, key)[chosen]
    return _Entries(persons, np.asarray(category.take(rows)).astype(np.int64), began, valid)


def _solved(entries: _Entries, categories: int) -> Persons:
    """Return the persons whose latest entries say that consent is given, for all categories or for each."""
    high, low = entries.persons[:, 0], entries.persons[:, 1]
    order = np.lexsort((entries.since, entries.categories, low, high))  # stable: of two of a day the later row is last
    high, low, category = high[order], low[order], entries.categories[order]
    is_other = np.append((high[1:] != high[:-1]) | (low[1:] != low[:-1]), values=True)[: len(order)]
    is_last = is_other | np.append(category[1:] != category[:-1], values=True)[: len(order)]
    person = np.cumsum(np.append(0, is_other[:-1]))[: len(order)]
    last, known = np.flatnonzero(is_last), int(is_other.sum())
    valid, is_for_all = entries.valid[order][last], category[last] == _EVERY_CATEGORY

    def persons_with(which: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
        return np.bincount(person[last[which]], minlength=known)

    given = persons_with(valid & is_for_all) > 0
    if categories:
        given |= persons_with(valid & ~is_for_all) == categories
    kept = np.flatnonzero(given & (persons_with(~valid & is_for_all) == 0))
    ends = np.flatnonzero(is_other)[kept]
    return Persons(high[ends], low[ends])


def is_member(persons: npt.NDArray[np.uint64], valid: Persons) -> npt.NDArray[np.bool_]:
    """Return which of some persons are among the valid ones.

    Args:
        persons: Hashes, two numbers each.
        valid: Sorted.
    """
    found = np.zeros(len(persons), np.bool_)
    if not len(valid.high):
        return found
    order = np.argsort(persons[:, 0])  # in order, a search stays where the last one was
    high, low = persons[order, 0], persons[order, 1]
    at = np.searchsorted(valid.high, high)
    while True:  # once, but for hashes that begin alike
        within = np.minimum(at, len(valid.high) - 1)
        alike = (at < len(valid.high)) & (valid.high[within] == high)
        found[order[alike & (valid.low[within] == low)]] = True
        if not (alike & (valid.low[within] != low)).any():
            return found
        at = at + 1


def _texts(column: "pa.Array[Any]") -> "pa.Array[Any]":
    return column if pa.types.is_string(column.type) else column.cast(pa.string())


def _days(column: "pa.Array[Any]", name: str, first: int) -> "pa.Array[Any]":
    """Return days; an empty cell has none."""
    if pa.types.is_date(column.type):
        return column.cast(pa.date32())
    cells: Any = column.dictionary_encode()
    codes = np.asarray(cells.indices.fill_null(-1))
    present, rows = np.unique(codes, return_index=True)
    row_of = dict(zip(present.tolist(), rows.tolist(), strict=True))
    days = [read_day(cell, name, first + row_of[code] + 1) for code, cell in enumerate(cells.dictionary.to_pylist())]
    return pa.array(days, pa.date32()).take(cells.indices)


def read_day(value: object, name: str, row: int) -> date | None:
    """Return a day of a register; None for an empty cell."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise InputError(f"consent register `{name}` row {row}: expected days as YYYY-MM-DD", "mend it") from error
