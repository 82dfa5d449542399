"""Resident identity numbers of China: 18 characters with a check character, or the legacy 15 digits.

Source: GB 11643-1999 (form: area, date of birth, sequence, check character); ISO/IEC 7064 MOD 11-2; area prefixes
by GB/T 2260. An area is checked by its province, because areas that were abolished live on in numbers.
"""

from calendar import monthrange

from lockgate.classify.cells import Kind
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_STRONG = r"[1-9][0-9]{5}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]"
_FORM = (
    rf"{_STRONG}"
    r"|[1-9][0-9]{7}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}"
)
_PROVINCES = frozenset(
    [*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83, 91]
)
_LONG = 18


def _holds(value: str) -> bool:
    return int(value[:2]) in _PROVINCES and _born(value) is not None and (len(value) < _LONG or _check_holds(value))


def _check_holds(value: str) -> bool:
    """Whether the sum of digits weighted by powers of two is 1 modulo 11 (ISO/IEC 7064 MOD 11-2)."""
    digits = [int(character) for character in value[:-1]] + [10 if value[-1] in "Xx" else int(value[-1])]
    return sum(digit * pow(2, _LONG - 1 - place, 11) for place, digit in enumerate(digits)) % 11 == 1


def _born(value: str) -> int | None:
    day = value[6:14] if len(value) == _LONG else f"19{value[6:12]}"
    year, month, day_of_month = int(day[:4]), int(day[4:6]), int(day[6:])
    if not (1 <= month <= 12 and 1 <= day_of_month <= monthrange(year, month)[1]):  # noqa: PLR2004 - the calendar
        return None
    return year * 12 + month - 1


RECOGNISER = Recogniser(
    type="cn-resident-id",
    category=Category.NATIONAL_IDENTIFIER,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "~id number, ~id no, id card, id card number, identity number, identity card, resident id, idcard",
        "national id, citizen id, ~certificate number, ~cert no, certno, ~identity, identity no, cert id, sfz",
        "sfzh, sfzhm, zjhm, sfzhao, shenfenzheng, shenfenzhenghao, shenfenzhenghaoma, zjh, gmsfhm, sfzjhm",
        "身份证, 身份证号, 身份证号码, 公民身份号码, 居民身份证, 居民身份证号, 证件号, 证件号码, 身份证件号码",
        "居民身份证号码, 身份证编号, 身份证明号码, 有效证件号码",
    ),
    form=rf"^(?:{_FORM})$",
    strong=rf"^{_STRONG}$",
    chance=0.04,
    strong_chance=0.01,
    strong_weight=4.5,
    check=_holds,
    check_chance=1 / 11,
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.OTHER}),
    text=r"(?<![0-9A-Za-z.])(?:[1-9][0-9]{5}(?:18|19|20)[0-9]{9}[0-9Xx])(?![0-9A-Za-z]|[.-][0-9])"
    # Fifteen digits have no check character: inside text a word has to say what they are.
    r"|身份证(?:号码?)?[:： ]{0,2}([1-9][0-9]{14})(?![0-9A-Za-z]|[.-][0-9])",
    born=_born,
)
