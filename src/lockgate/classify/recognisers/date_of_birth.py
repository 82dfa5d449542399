"""Dates of birth, and years of birth under a header that says so.

Source: ISO 8601-1 (calendar dates); the written forms of China, Korea, Europe and the United States; GB/T 7408.1.
Whether dates are of birth is told by the header and by ages that persons have.
"""

import re
from calendar import monthrange

from lockgate.classify.cells import Kind
from lockgate.classify.recogniser import ColumnStatistics, Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_YEAR = r"(?:18|19|20)[0-9]{2}"
_MONTH = (
    "(?i:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?)"
)
_NAMES_OF_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FORM = (
    rf"{_YEAR}[-/.][0-9]{{1,2}}[-/.][0-9]{{1,2}}(?:[ T]00:00(?::00(?:\.0+)?)?(?:Z|[+]00:?00)?)?"
    rf"|{_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
    rf"|{_MONTH}\.? [0-9]{{1,2}},? {_YEAR}|[0-9]{{1,2}}\.?[ -]{_MONTH}\.?,?[ -](?:{_YEAR}|[0-9]{{2}})"
    r"|(?:明治|大正|昭和|平成|令和)(?:[0-9]{1,2}|元)年[0-9]{1,2}月[0-9]{1,2}日"
    rf"|{_YEAR}[年년] ?[0-9]{{1,2}}[月월]份?|{_YEAR}[年년] ?[0-9]{{1,2}}[月월] ?[0-9]{{1,2}}[日일号]?"
    rf"|[0-9]{{1,2}}[-/.][0-9]{{1,2}}[-/.]{_YEAR}"
)
_SHORT = r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{2}"
_OLDEST, _MONTHS = 115, 12
_ERAS = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018}
"""The year before the first of each era of Japan."""
_LAST_OF_CENTURY = 30
"""Two digits up to it are a year of this century, above it of the last: a simplification."""


def born_in(value: str) -> int | None:
    """Return the month of a date as `year * 12 + month - 1`; None if the calendar has no such day.

    >>> born_in("1990-02-30"), born_in("31/12/1990") == born_in("1990-12-31") == born_in("31-Dec-90")
    (None, True)
    """
    day = parse_day(value)
    return None if day is None else day[0] * 12 + day[1] - 1


def parse_day(value: str) -> tuple[int, int, int] | None:
    """Return year, month and day of a written date; None if the calendar has no such day.

    A lone year is its last day. Of `03/04/1990` the first number is the month, as in the United States, unless it
    exceeds 12 or full stops stand between.
    """
    if re.fullmatch(_YEAR, value):
        return int(value), 12, 31
    year, month, day = _parse_written(value) or _parse_numbers(value)
    if not (1 <= month <= _MONTHS and 1 <= day <= monthrange(year, month)[1]):
        return None
    return year, month, day


def _parse_written(value: str) -> tuple[int, int, int] | None:
    """Return the numbers of a day whose month is a word or whose year is of an era; None for another form."""
    digits = [int(part) for part in re.findall(r"[0-9]+", value)]
    if value[:2] in _ERAS:
        return _ERAS[value[:2]] + (digits[0] if "元" not in value else 1), digits[-2], digits[-1]
    word = re.search(r"[A-Za-z]{3}", value)
    if word is None or len(digits) != 2:  # noqa: PLR2004 - a day and a year
        return None
    return _whole_year(digits[1]), _NAMES_OF_MONTHS.index(word[0].lower()) + 1, digits[0]


def _parse_numbers(value: str) -> list[int]:
    digits = re.findall(r"[0-9]+", value[:11])
    if len(digits) == 1:
        digits = [value[:4], value[4:6], value[6:8]]
    numbers = [int(part) for part in digits[:3]]
    if len(digits[0]) > 2:  # noqa: PLR2004 - the year stands first
        return numbers if len(numbers) > 2 else [*numbers, 1]  # noqa: PLR2004 - a month without a day
    first, second, year = numbers
    day_first = first > _MONTHS or "." in value
    return [_whole_year(year), second, first] if day_first else [_whole_year(year), first, second]


def _whole_year(year: int) -> int:
    if year >= 100:  # noqa: PLR2004 - three digits or more are all of it
        return year
    return year + (2000 if year <= _LAST_OF_CENTURY else 1900)


def _holds(value: str) -> bool:
    return born_in(value) is not None


def _plausible(column: ColumnStatistics) -> float:
    """Return log odds by ages at the day of the scan: births spread over decades and none lies ahead."""
    today = column.as_of.year * 12 + column.as_of.month - 1
    ages = {(today - month) / 12: cells for month, cells in column.births.items()}
    total = sum(ages.values())
    if not total:
        return 0.0
    living = sum(cells for age, cells in ages.items() if 0 <= age <= _OLDEST) / total
    if living < 0.97:  # noqa: PLR2004 - share of dates that may be mistyped
        return -8.0
    mean = sum(age * cells for age, cells in ages.items()) / total
    spread = (sum((age - mean) ** 2 * cells for age, cells in ages.items()) / total) ** 0.5
    if mean > 15 and spread > 6:  # noqa: PLR2004 - years, as a population has
        return 2.0
    return -2.0 if mean < 3 else 0.0  # noqa: PLR2004 - years: dates of what happened lately


RECOGNISER = Recogniser(
    type="date-of-birth",
    category=Category.DATE_OF_BIRTH,
    role=ColumnRole.QUASI_IDENTIFIER,
    headers=phrases(
        "date of birth, birth date, d o b, birthdate, bdate, birth dt, geburtsdatum, geburtstag",
        "date de naissance, date naissance, fecha de nacimiento, fecha nacimiento, data di nascita, data nascita",
        "data nascimento, geboortedatum, brthdyde, brthde, brth, birthday, dob, birth, birth day, born, brthdy",
        "brdt, year of birth, birth year, yob, birthyear, csrq, csny, ~sr, shengri",
        "出生日期, 出生年月, 出生年月日, 生日, 出生年份, 出生, 出生时间, 生年月日, 생년월일, 생일, 출생일",
        "출생년도, 출생연도",
    ),
    not_headers=frozenset({"place", "country", "city", "weight", "地"}),
    form=rf"^(?:{_FORM}|{_YEAR}|{_SHORT})$",
    strong=rf"^(?:{_FORM})$",
    chance=0.3,
    strong_chance=0.1,
    weight=0.3,
    strong_weight=2.2,
    check=_holds,
    check_chance=0.5,
    check_weight=1.6,
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.DAY, Kind.DECIMAL}),
    plausible=_plausible,
    plausible_weight=2.0,
    born=born_in,
)
