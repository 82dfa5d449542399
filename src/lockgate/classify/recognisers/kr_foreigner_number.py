"""Registration numbers of foreigners in Korea: date of birth, digit 5 to 8 of century and sex, six more.

Source: Immigration Act of Korea, article 31(5), and Enforcement Decree, article 40-2; the digit of century and sex by
the Enforcement Rule of the Resident Registration Act, article 2. Numbers given since October 2020 have no check
digit.
"""

from lockgate.classify.cells import Kind
from lockgate.classify.check_digits import digits_of, is_day
from lockgate.classify.recogniser import ColumnStatistics, Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_MONTHS_OF_A_CENTURY = 1200
_CENTURIES = {"5": 19, "6": 19, "7": 20, "8": 20}


def _born(value: str) -> int | None:
    digits = digits_of(value)
    year, month = _CENTURIES[digits[6]] * 100 + int(digits[:2]), int(digits[2:4])
    return year * 12 + month - 1 if is_day(year, month, int(digits[4:6])) else None


def _holds(value: str) -> bool:
    return _born(value) is not None


def _plausible(column: ColumnStatistics) -> float:
    """Return log odds: many born in one month are no people; numbers of corporations begin with their office."""
    months = {born % _MONTHS_OF_A_CENTURY for born in column.births}
    return -6.0 if column.cells >= 5 and len(months) == 1 else 0.0  # noqa: PLR2004 - a class of one month


RECOGNISER = Recogniser(
    type="kr-foreigner-number",
    category=Category.NATIONAL_IDENTIFIER,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "foreigner no, foreigner registration number, frgnr no",
        "frn, foreigner registration number, alien registration number, arc number, frgnrno, frgnr ihidnum",
        "외국인등록번호, 외국인번호, 외국인등록, 거소신고번호",
    ),
    form=r"^[0-9]{6}[ -]?[5-8][0-9]{6}$",
    strong=r"^[0-9]{6}-[5-8][0-9]{6}$",
    chance=0.05,
    weight=0.9,
    strong_chance=0.005,
    strong_weight=6.0,
    check=_holds,
    check_chance=0.037,
    check_weight=3.0,
    text=r"(?<![0-9A-Za-z.-])[0-9]{6} ?- ?[5-8][0-9]{6}(?![0-9A-Za-z]|[.-][0-9])",
    born=_born,
    plausible=_plausible,
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.OTHER}),
)
