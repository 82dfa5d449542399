"""The consent register: rows of persons without a valid consent are withheld before anything is counted or decided.

A register is a table with the columns `subject`, `purpose`, `recipient`, `category`, `state` (given, paused or
withdrawn), `since` and `until`. What counts is the latest entry of a person for the purpose, the recipient and a
category that began by the day: it must say `given` and not have run out. An empty `category` is for all categories; a
person needs a valid entry for every category of personal data that moves. What the register does not say is no consent.

A simplification: the register is held in memory, sixteen bytes a person.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lockgate.classify.persons import person_keys
from lockgate.tables.source import Source, open_source
from lockgate.terms.errors import InputError
from lockgate.terms.flow_request import SourceReference

COLUMNS = ("subject", "purpose", "recipient", "category", "state", "since", "until")
STATES = ("given", "paused", "withdrawn")

_Hashes = npt.NDArray[np.void]
_PERSON = np.dtype([("high", "<u8"), ("low", "<u8")])


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
class WithheldSource:
    """A source without the rows of persons who have no valid consent.

    Attributes:
        whole: The source with all rows.
        subject_key: Column that tells persons apart.
        key: Secret of the hashes of persons.
        valid: Sorted hashes of the persons with a valid consent.
    """

    whole: Source
    subject_key: str
    key: bytes
    valid: _Hashes

    @property
    def name(self) -> str:
        """Return the name of the whole source."""
        return self.whole.name

    @property
    def format(self) -> str:
        """Return the format of the whole source."""
        return self.whole.format

    @property
    def schema(self) -> pa.Schema:
        """Return the columns of the whole source."""
        return self.whole.schema

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what was assumed of the whole source."""
        return self.whole.notes

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Return the rows of persons with a valid consent; a row without a subject key has none."""
        first = 0
        wanted = self.schema.names if columns is None else list(columns)
        for batch in self.whole.batches(list(dict.fromkeys([*wanted, self.subject_key]))):
            persons = _as_records(person_keys(batch, self.subject_key, first, self.key))
            has_key = np.asarray(batch.column(self.subject_key).is_valid())
            first += batch.num_rows
            kept = np.flatnonzero(_is_member(persons, self.valid) & has_key)
            if len(kept):
                yield batch.select(wanted).take(pa.array(kept, pa.int64()))


def withhold(source: Source, subject_key: str, key: bytes, register: str, wanted: Wanted) -> WithheldSource:
    """Return a source without the rows of persons who have no valid consent.

    Args:
        source: The data.
        subject_key: Column that tells persons apart.
        key: Secret of the hashes of persons.
        register: File of the consent register.
        wanted: The consent that the flow needs.

    Raises:
        InputError: If no column tells persons apart, or the register lacks a column or holds an unknown state.
    """
    if not subject_key:
        raise InputError(
            "basis.consent.register: no column tells persons apart, so no consent can be looked up",
            "name the column in data.subject_key",
        )
    return WithheldSource(source, subject_key, key, _valid_persons(open_source(SourceReference(register)), key, wanted))


def _valid_persons(register: Source, key: bytes, wanted: Wanted) -> _Hashes:
    missing = [name for name in COLUMNS if name not in register.schema.names]
    if missing:
        raise InputError(
            f"consent register `{register.name}`: no column `{missing[0]}`", f"it needs: {', '.join(COLUMNS)}"
        )
    latest: dict[tuple[bytes, str], tuple[date, int, bool]] = {}
    number = 0
    for batch in register.batches():
        persons = _as_records(person_keys(batch, "subject", number, key))
        columns = {name: batch.column(name).to_pylist() for name in COLUMNS[1:]}
        for row in range(batch.num_rows):
            number += 1
            entry = {name: values[row] for name, values in columns.items()}
            _enter(latest, persons[row].tobytes(), entry, (number, wanted, register.name))
    per_person: dict[bytes, set[str]] = {}
    for (person, category), (_, _, is_valid) in latest.items():
        if is_valid:
            per_person.setdefault(person, set()).add(category)
    valid = [person for person, given in per_person.items() if "" in given or wanted.categories <= given]
    denied = {person for (person, category), (_, _, is_valid) in latest.items() if not is_valid and category == ""}
    kept = b"".join(person for person in valid if person not in denied)
    return np.sort(np.frombuffer(kept, _PERSON))


def _enter(
    latest: dict[tuple[bytes, str], tuple[date, int, bool]],
    person: bytes,
    entry: dict[str, object],
    place: tuple[int, Wanted, str],
) -> None:
    """Note an entry if it is about the flow and no later one is known; of two of a day the later row counts."""
    row, wanted, name = place
    if entry["state"] not in STATES:
        raise InputError(
            f"consent register `{name}` row {row}: expected one of {', '.join(STATES)} as state", "mend the register"
        )
    category = str(entry["category"] or "")
    since, until = read_day(entry["since"], name, row), read_day(entry["until"], name, row)
    is_about_it = entry["purpose"] == wanted.purpose and entry["recipient"] in wanted.recipients
    if not is_about_it or since is None or since > wanted.as_of or (category and category not in wanted.categories):
        return
    is_valid = entry["state"] == "given" and (until is None or until >= wanted.as_of)
    known = latest.get((person, category))
    if known is None or (since, row) > known[:2]:
        latest[person, category] = (since, row, is_valid)


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


def _as_records(hashes: npt.NDArray[np.uint64]) -> _Hashes:
    return np.ascontiguousarray(hashes.astype("<u8")).view(_PERSON).reshape(-1)


def _is_member(persons: _Hashes, valid: _Hashes) -> npt.NDArray[np.bool_]:
    """Return which persons are among the sorted valid ones."""
    if not len(valid):
        return np.zeros(len(persons), np.bool_)
    at = np.minimum(np.searchsorted(valid, persons), len(valid) - 1)
    return np.asarray(valid[at] == persons)
