"""Numbers rounded to multiples of a step, and days cut to their month or year; exact, and idempotent.

Numbers are decimals throughout: no binary fraction comes in between. Half-way values go to the even multiple, so that
sums do not drift. A day is written as ISO 8601 writes it with less precision: `1990-05`, `1990`; a time of day goes.
"""

import re
from decimal import Context, Decimal
from enum import StrEnum

import pyarrow as pa

from lockgate.protect.codes import Texts, as_distinct
from lockgate.protect.readings import day_of, number_of, write_number
from lockgate.protect.unfit import Treated, Unfit, settle
from lockgate.terms.errors import InputError

VERSION = "1"

_EXACT = Context(prec=400)  # wider than any two numbers of the grammar are apart
_REDUCED = re.compile(r"[0-9]{4}(?:-(?:0[1-9]|1[0-2]))?", re.ASCII)


class Precision(StrEnum):
    """What is left of a day."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


_LENGTHS = {Precision.DAY: 10, Precision.MONTH: 7, Precision.YEAR: 4}


def round_numbers(texts: Texts, step: Decimal, unfit: Unfit) -> Treated:
    """Return numbers rounded to the nearest multiple of a step; null stays null.

    Args:
        texts: Numbers as text.
        step: Above 0.
        unfit: What to do about cells that are no numbers.

    Raises:
        InputError: If the step is not above 0, or if cells are no numbers and such cells are refused.
    """
    if not step.is_finite() or step <= 0:
        raise InputError(f"expected a step above 0, found `{step}`", "Name a step such as 10 or 0.5.")
    distinct, index = as_distinct(texts)
    cells = pa.array([_rounded(text, step) for text in distinct], type=pa.string()).take(index)
    return settle(cells, texts, unfit, "numbers")


def nearest(number: Decimal, step: Decimal) -> int:
    """Return which multiple of a step is nearest to a number; the even one of two.

    >>> nearest(Decimal("2.5"), Decimal(1)), nearest(Decimal("-7.6"), Decimal("0.5"))
    (2, -15)
    """
    whole = _EXACT.divide_int(number, step)
    rest = _EXACT.subtract(number, _EXACT.multiply(whole, step))
    doubled = _EXACT.multiply(rest.copy_abs(), Decimal(2))
    is_next = doubled > step or (doubled == step and int(whole) % 2 == 1)
    return int(whole) + is_next * (-1 if rest < 0 else 1)


def multiple(count: int, step: Decimal) -> str:
    """Return the text of a multiple of a step."""
    return write_number(_EXACT.multiply(Decimal(count), step)) if count else "0"


def round_days(texts: Texts, precision: Precision, unfit: Unfit) -> Treated:
    """Return days cut to what is left of them; null stays null.

    Args:
        texts: Days in ISO 8601, with or without a time, or cut already.
        precision: What is left.
        unfit: What to do about cells that are no days, or cut further already.

    Raises:
        InputError: If there are such cells and they are refused.
    """
    distinct, index = as_distinct(texts)
    cells = pa.array([_cut(text, _LENGTHS[precision]) for text in distinct], type=pa.string()).take(index)
    return settle(cells, texts, unfit, "days in ISO 8601")


def _rounded(text: str, step: Decimal) -> str | None:
    number = number_of(text)
    return None if number is None else multiple(nearest(number, step), step)


def _cut(text: str, length: int) -> str | None:
    is_day = day_of(text) is not None or _REDUCED.fullmatch(text) is not None
    return text[:length] if is_day and len(text) >= length else None
