"""Normal form of cells, before anything is matched; not a repair: the source's values stay as they are."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from lockgate.classify.disguise import undisguise_all

Text: TypeAlias = Any
"""A string array, or a Boolean one of the same length: Arrow's kernels return types too many to name."""

ZERO_WIDTH = "\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
"""Characters without width, which hide an identifier from a pattern."""

FLOAT = r"^[1-9](?:\.[0-9]+)?[Ee]\+?[0-9]{1,2}$|^[0-9]{7,}\.0+$"
"""RE2 pattern of a number that a spreadsheet may have shortened."""

_MOST_DIGITS = 20

_NUMERALS = "〇零一二三四五六七八九"
NUMERALS = rf"^[+]?[{_NUMERALS}](?:[ -]?[{_NUMERALS}]){{6,}}$"
"""RE2 pattern of a cell that is a number written in Chinese numerals, one a digit; fewer may be a name or a word."""

_DIGIT_OF = str.maketrans(_NUMERALS, "00123456789")

QUOTES = "'‘’"
"""Signs by which a spreadsheet keeps a number as text; the first character of a cell is dropped if it is one."""

MISSING = frozenset({"", "null", "none", "nan", "n/a", "na", "-", "--", "?", "\\n", "(null)", "无", "없음"})
"""Words of cells that say nothing, in lower case."""

_MISSING = pa.array(sorted(MISSING), pa.string())


def normalise(values: Text) -> Text:
    """Return the cells in normal form: NFKC, plain signs, trimmed, spreadsheet numbers and Chinese numerals as digits.

    Args:
        values: A string array; nulls stay null.

    Source: Unicode Standard Annex 15 (NFKC), which turns full-width digits and letters into ASCII.

    >>> normalise(pa.array(["\uff11\uff13\uff18\u200b0013", "'0044", "1.3812345678E+10", "一三八〇〇一三"])).to_pylist()
    ['1380013', '0044', '13812345678', '1380013']
    """
    text = undisguise_all(pc.call_function("utf8_normalize", [values], pc.Utf8NormalizeOptions("NFKC")))
    text = pc.replace_substring_regex(text, pattern=f"[{ZERO_WIDTH}]", replacement="")
    text = pc.replace_substring_regex(pc.utf8_trim_whitespace(text), pattern=f"^[{QUOTES}]", replacement="")
    return _rewrite(_rewrite(text, FLOAT, _write_out), NUMERALS, lambda value: value.translate(_DIGIT_OF))


def is_missing(values: Text) -> Text:
    """Return a Boolean array: whether a cell in normal form says nothing, by being null, empty or a word for that."""
    known = pc.fill_null(values, "")
    return pc.is_in(pc.utf8_lower(known), value_set=_MISSING)


def _rewrite(text: Text, pattern: str, write: Callable[[str], str]) -> Text:
    """Return the cells, those of a pattern written otherwise."""
    found: Text = pc.match_substring_regex(text, pattern=pattern)
    mask: Text = pc.fill_null(found, False)  # noqa: FBT003 - the value filled in
    if not pc.any(mask).as_py():
        return text
    written = [write(value) for value in text.filter(mask).to_pylist()]
    return pc.replace_with_mask(text, mask, pa.array(written, text.type))


def _write_out(value: str) -> str:
    """Return all digits of a number that a spreadsheet shortened; the value itself where digits were lost."""
    mantissa, _, exponent = value.lower().partition("e")
    lost = bool(exponent) and len(mantissa.partition(".")[2]) < int(exponent)
    number = Decimal(value)
    if lost or number != number.to_integral_value() or number.adjusted() >= _MOST_DIGITS:
        return value
    return str(int(number))
