"""Resident registration numbers of Korea, with or without the hyphen; those of foreigners are `kr-foreigner-number`.

Source: Enforcement Rule of the Resident Registration Act, article 2 (form: date of birth, digit of century and sex).
Since October 2020 the last six digits are random, so the old check digit is not asked for. The check is the calendar.
"""

from calendar import monthrange

from lockgate.classify.cells import Kind
from lockgate.classify.recogniser import ColumnStatistics, Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_MONTHS_OF_A_CENTURY = 1200
_CENTURIES = {"9": 18, "0": 18, "1": 19, "2": 19, "3": 20, "4": 20}


def _holds(value: str) -> bool:
    return _born(value) is not None


def _born(value: str) -> int | None:
    digits = value.replace("-", "").replace(" ", "")
    year = _CENTURIES[digits[6]] * 100 + int(digits[:2])
    month, day = int(digits[2:4]), int(digits[4:6])
    if not (1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]):  # noqa: PLR2004 - the calendar
        return None
    return year * 12 + month - 1


def _plausible(column: ColumnStatistics) -> float:
    """Return log odds: many born in one month are no people; numbers of corporations begin with their office."""
    months = {born % _MONTHS_OF_A_CENTURY for born in column.births}
    return -6.0 if column.cells >= 5 and len(months) == 1 else 0.0  # noqa: PLR2004 - a class of one month


RECOGNISER = Recogniser(
    type="kr-resident-number",
    category=Category.NATIONAL_IDENTIFIER,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "rrn, resident registration number, resident number, ihidnum, jumin, juminno, jumin no, ~ssn, rrno",
        "jumin number, ihid",
        "주민등록번호, 주민번호, 주민등록, 주민등록번호 뒷자리, 주민번호앞자리, 실명번호",
    ),
    form=r"^[0-9]{6}[ -]?[0-49][0-9]{6}$",
    strong=r"^[0-9]{6}-[1-4][0-9]{6}$",
    chance=0.05,
    weight=0.9,
    strong_chance=0.005,
    strong_weight=6.0,
    check=_holds,
    check_chance=0.037,
    # Without the hyphen a number like a time in milliseconds passes the calendar too often, so that it needs a header.
    check_weight=3.0,
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.OTHER}),
    text=r"(?<![0-9A-Za-z.-])[0-9]{6} ?- ?[1-4][0-9]{6}(?![0-9A-Za-z]|[.-][0-9])",
    born=_born,
    plausible=_plausible,
)
