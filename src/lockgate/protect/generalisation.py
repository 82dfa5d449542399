"""Numbers and days replaced by the interval of a fixed grid in which they lie.

A whole number lies in `[20,29]` for a width of ten; a number with decimals in `[20,30]`, whose upper bound belongs to
the next interval. A day lies in its month for a width of 0, else in a block of so many years, counted from year 0:
1 gives years, 10 decades. Negative numbers lie in intervals that start below them. What is neither a number nor a day
becomes `*`. A fixed grid says nothing of the other rows; unlike k-anonymity, it promises nothing of them either.
"""

from datetime import MAXYEAR, date
from decimal import Decimal

import pyarrow as pa

from lockgate.protect.codes import Texts, as_distinct
from lockgate.protect.readings import day_of, floor_to, last_of_month, number_of, write_number
from lockgate.terms.label import SUPPRESSED, Range, render_label

VERSION = "1"


def generalise(texts: Texts, width: int) -> Texts:
    """Return for each text the label of its interval; null stays null.

    Args:
        texts: Values as text.
        width: Width of intervals of numbers, and of days in years; 0 means months, and `*` for numbers.
    """
    distinct, index = as_distinct(texts)
    labels = [_label(text, width) for text in distinct]
    return pa.array(labels, type=pa.string()).take(index)


def _label(text: str, width: int) -> str:
    day = day_of(text)
    if day is not None:
        return _day_label(day, width)
    number = number_of(text)
    if number is None or width < 1:
        return SUPPRESSED
    low = floor_to(number, Decimal(width))
    is_whole = number == number.to_integral_value()
    return render_label(Range(write_number(low), write_number(low + width - (1 if is_whole else 0))))


def _day_label(day: date, years: int) -> str:
    if years < 1:
        low, high = day.replace(day=1), last_of_month(day.year, day.month)
    else:
        start = day.year - day.year % years
        low, high = date(max(start, 1), 1, 1), date(min(start + years - 1, MAXYEAR), 12, 31)
    return render_label(Range(low.isoformat(), high.isoformat()))
