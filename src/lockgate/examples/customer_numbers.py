"""Numbers with check digits, a column at a time.

Source: GB 11643 and ISO 7064 MOD 11-2 (resident identity number), ISO/IEC 7812-1 annex B (Luhn), the weights of the
Korean resident registration number as issued before October 2020.
"""

import numpy as np

from lockgate.examples.customer_stream import Numbers, Text, digits, joined, words

_RESIDENT_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_RESIDENT_CHECKS = tuple("10X98765432")
_CENTURY = 20_000_000
_KOREAN_WEIGHTS = np.array([2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5])


def resident_numbers(areas: Numbers, births: Numbers, order: Numbers) -> Text:
    """Return 18-digit resident identity numbers.

    Args:
        areas: Six-digit codes.
        births: Days since 1970-01-01.
        order: 1 to 999, odd for men.
    """
    body = (areas * 10**8 + compact_days(births)) * 1_000 + order
    sums = _digits_of(body, 17) @ _RESIDENT_WEIGHTS
    return joined(digits(body, 17), words(_RESIDENT_CHECKS, sums % 11))


def registration_numbers(births: Numbers, is_male: Numbers, order: Numbers) -> Text:
    """Return Korean resident registration numbers, with a hyphen.

    Args:
        births: Days since 1970-01-01, from 1900 to 2099.
        is_male: 0 or 1.
        order: 0 to 99,999.
    """
    days = compact_days(births)
    century = np.where(days >= _CENTURY, 3, 1) + (1 - is_male)
    body = (days % 10**6 * 10 + century) * 10**5 + order
    checks = (11 - _digits_of(body, 12) @ _KOREAN_WEIGHTS % 11) % 10
    return joined(digits(body // 10**6, 6), "-", digits(body % 10**6 * 10 + checks, 7))


def card_numbers(prefixes: Numbers, rest: Numbers, lengths: Numbers) -> Text:
    """Return card numbers of 16 or 19 digits.

    Args:
        prefixes: Six digits.
        rest: Any numbers that are not negative; as many of their last digits are taken as fit.
        lengths: 16 or 19.
    """
    short = prefixes * 10**9 + rest % 10**9
    long = prefixes * 10**12 + rest % 10**12
    is_long = lengths == 19  # noqa: PLR2004 - the longer of two lengths
    body = np.where(is_long, long, short)
    return joined(_as_text(body), _as_text(_luhn_digits(body)))


def _luhn_digits(body: Numbers) -> Numbers:
    cells = _digits_of(body, 18)[:, ::-1]
    doubled = cells[:, ::2] * 2
    sums = (doubled - 9 * (doubled > 9)).sum(axis=1) + cells[:, 1::2].sum(axis=1)  # noqa: PLR2004 - the last digit
    checks: Numbers = -sums % 10
    return checks


def compact_days(days: Numbers) -> Numbers:
    """Return days since 1970-01-01 as whole numbers of the form YYYYMMDD."""
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    years = dates.astype("datetime64[Y]")
    month = (months - years.astype("datetime64[M]")).astype(np.int64) + 1
    day = (dates - months.astype("datetime64[D]")).astype(np.int64) + 1
    whole: Numbers = (years.astype(np.int64) + 1970) * 10_000 + month * 100 + day
    return whole


def _digits_of(numbers: Numbers, width: int) -> Numbers:
    cells: Numbers = numbers[:, None] // 10 ** np.arange(width - 1, -1, -1, dtype=np.int64) % 10
    return cells


def _as_text(numbers: Numbers) -> Text:
    return digits(numbers, 1)
