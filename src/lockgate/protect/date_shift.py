"""Days moved by a number of days that is the person's own, so that intervals within a person stay what they were.

The offset of a person is drawn under a key, within a bound to either side and never 0; the same in all columns and
tables of one domain. In whole weeks it keeps the day of the week. A time of day and a zone stay as written. A day that
would leave the years 1 to 9999, or a cell that is no day, is refused or emptied, never passed on unmoved.

Who knows one true day of a person knows the offset, and so all days of that person: this blurs, it does not hide.
Not idempotent: what is shifted twice has moved twice.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from lockgate.protect.character_rows import Characters, Marks, Rows, Written, byte_rows, scatter, texts_of
from lockgate.protect.codes import Texts
from lockgate.protect.person_draws import Persons, draw_by_person
from lockgate.protect.unfit import Treated, Unfit, settle
from lockgate.terms.errors import InputError

VERSION = "1"

DAYS_AT_MOST = 36_500

_USE = b"date-shift"
_WEEK = 7
# As `readings.day_of` reads days.
_FORM = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|[+-][0-9:]+)?)?$"
_LENGTH = 10
_FIRST = np.datetime64("0001-01-01", "D").astype(np.int64)
_LAST = np.datetime64("9999-12-31", "D").astype(np.int64)

_Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Shift:
    """How far days may move.

    Attributes:
        most: Days to either side at most, 1 to 36,500; in whole weeks at least 7.
        in_weeks: Whether they move by whole weeks.
    """

    most: int
    in_weeks: bool = False

    def __post_init__(self) -> None:
        if not (_WEEK if self.in_weeks else 1) <= self.most <= DAYS_AT_MOST:
            raise InputError(
                f"expected days to move by 1 to {DAYS_AT_MOST} (in whole weeks by 7 at least), found {self.most}",
                "Name another greatest number of days.",
            )

    def offsets(self, persons: Persons, domain: str, key: bytes) -> _Numbers:
        """Return the days by which the days of each row's person move; never 0.

        Args:
            persons: Keyed hash of the person of each row, shape (rows, 2).
            domain: Name of where the offsets hold, such as the group of recipients.
            key: 32 secret bytes.
        """
        step = _WEEK if self.in_weeks else 1
        steps = self.most // step
        drawn = draw_by_person(persons, _USE, domain, key) % np.uint64(2 * steps)
        number = drawn.astype(np.int64)
        return np.where(number < steps, number + 1, steps - number - 1) * step


def shift_days(texts: Texts, offsets: _Numbers, unfit: Unfit) -> Treated:
    """Return days moved by their rows' offsets; null stays null.

    Args:
        texts: Days in ISO 8601, with or without a time.
        offsets: Days to move by, one for each row; from `Shift.offsets`.
        unfit: What to do about cells that are no days, or leave the years 1 to 9999.

    Raises:
        InputError: If there are such cells and they are refused.
    """
    cells = texts.drop_null()
    moves = offsets[np.asarray(pc.is_valid(texts))] if texts.null_count else offsets
    has_form = np.asarray(pc.match_substring_regex(cells, pattern=_FORM))
    made = texts_of((_shifted(rows, moves, has_form) for rows in byte_rows(cells)), len(cells))
    return settle(scatter(made, texts), texts, unfit, "days in ISO 8601 that stay within the years 1 to 9999")


def _shifted(rows: Rows, moves: _Numbers, has_form: Marks) -> Written:
    fits = has_form[rows.at]
    if rows.characters.shape[1] < _LENGTH or not fits.any():
        return Written(rows.at, rows.characters, np.zeros(len(rows.at), dtype=bool))
    day, is_day = _days(rows.characters[:, :_LENGTH])
    moved = day + moves[rows.at]
    fits = fits & is_day & (moved >= _FIRST) & (moved <= _LAST)
    written = rows.characters.copy()
    for columns, numbers in _parts(np.where(fits, moved, 0)):
        written[:, columns] = _digits(numbers, columns.stop - columns.start)
    return Written(rows.at, written, fits)


def _days(characters: Characters) -> tuple[_Numbers, Marks]:
    """Return days since 1970 that texts write, and where there is such a day."""
    digits = characters.astype(np.int64) - ord("0")
    year = digits[:, :4] @ (1000, 100, 10, 1)
    month = digits[:, 5:7] @ (10, 1)
    day = digits[:, 8:10] @ (10, 1)
    is_month = (year >= 1) & (year <= 9999) & (month >= 1) & (month <= 12)  # noqa: PLR2004 - the calendar
    months = np.where(is_month, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    first = months.astype("datetime64[D]").astype(np.int64)
    following = (months + 1).astype("datetime64[D]").astype(np.int64)
    return first + day - 1, is_month & (day >= 1) & (first + day <= following)


def _parts(days: _Numbers) -> Iterator[tuple[slice, _Numbers]]:
    """Yield where year, month and day of a month stand, with their numbers."""
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    count = months.astype(np.int64)
    yield slice(0, 4), count // 12 + 1970
    yield slice(5, 7), count % 12 + 1
    yield slice(8, 10), (dates - months.astype("datetime64[D]")).astype(np.int64) + 1


def _digits(numbers: _Numbers, width: int) -> npt.NDArray[np.uint8]:
    places = 10 ** np.arange(width - 1, -1, -1, dtype=np.int64)
    return (numbers[:, None] // places % 10 + ord("0")).astype(np.uint8)
