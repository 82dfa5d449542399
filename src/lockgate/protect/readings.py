"""Texts read as numbers or days, and the grids on which interval bounds may lie.

A number is written as JSON writes numbers. A leading zero or plus sign makes a code, not a number: `02139` is no
quantity. A day is an ISO 8601 calendar date; a time of day after it is allowed and not looked at.
"""

import re
from collections.abc import Sequence
from datetime import MAXYEAR, date, timedelta
from decimal import Context, Decimal

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,29})(?:\.[0-9]{1,30})?(?:[eE][+-]?[0-9]{1,2})?", re.ASCII)
_DAY = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|[+-][0-9:]+)?)?"
)

_GRID_STEPS = 100
_DAYS_PER_MONTH = 31
_EXACT = Context(prec=400)  # wider than any two numbers of the grammar are apart


def number_of(text: str) -> Decimal | None:
    """Return the number that a text writes, or None.

    >>> number_of("7.25"), number_of("02139")
    (Decimal('7.25'), None)
    """
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def day_of(text: str) -> date | None:
    """Return the day that a text writes, or None.

    >>> day_of("1990-05-17T08:00"), day_of("1990-13-01")
    (datetime.date(1990, 5, 17), None)
    """
    match = _DAY.fullmatch(text)
    try:
        return date.fromisoformat(match.group(1)) if match else None
    except ValueError:
        return None


def write_number(number: Decimal) -> str:
    """Return the number in plain digits, without needless zeros.

    >>> write_number(Decimal("1E+1")), write_number(Decimal("2.50"))
    ('10', '2.5')
    """
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def number_step(values: Sequence[Decimal]) -> Decimal:
    """Return the grid step of a column of numbers: 1, 2 or 5 times a power of ten, at least a hundredth of its range.

    An interval whose bounds are multiples of the step tells an extreme value to a hundredth of the range only.
    """
    span = _EXACT.subtract(max(values), min(values))
    if span == 0:
        return Decimal(1)
    least = _EXACT.divide(span, Decimal(_GRID_STEPS))
    power = Decimal(1).scaleb(least.adjusted())
    return next(factor * power for factor in map(Decimal, (1, 2, 5, 10)) if factor * power >= least)


def round_number(number: Decimal, step: Decimal) -> tuple[Decimal, Decimal]:
    """Return the multiples of the step at or below the number, and at or above it.

    >>> round_number(Decimal("-7.25"), Decimal(5))
    (Decimal('-10'), Decimal('-5'))
    """
    low = floor_to(number, step)
    return low, low if low == number else _EXACT.add(low, step)


def floor_to(number: Decimal, step: Decimal) -> Decimal:
    """Return the greatest multiple of the step that is not above the number."""
    low = _EXACT.multiply(_EXACT.divide_int(number, step), step)  # rounded towards zero
    return _EXACT.subtract(low, step) if low > number else low


def day_step(days: Sequence[date]) -> str:
    """Return the grid of a column of days: `day`, `month` or `year`, at most about a hundred steps over its range."""
    span = (max(days) - min(days)).days
    if span <= _GRID_STEPS:
        return "day"
    return "month" if span <= _GRID_STEPS * _DAYS_PER_MONTH else "year"


def round_day(day: date, step: str) -> tuple[date, date]:
    """Return the first and the last day of the day's month or year, or the day itself twice.

    >>> round_day(date(1990, 2, 17), "month")
    (datetime.date(1990, 2, 1), datetime.date(1990, 2, 28))
    """
    if step == "day":
        return day, day
    if step == "year":
        return date(day.year, 1, 1), date(day.year, 12, 31)
    return day.replace(day=1), last_of_month(day.year, day.month)


def last_of_month(year: int, month: int) -> date:
    """Return the last day of a month."""
    if (year, month) == (MAXYEAR, 12):
        return date.max
    following = date(year + 1, 1, 1) if month == 12 else date(year, month + 1, 1)  # noqa: PLR2004 - December
    return following - timedelta(days=1)
