"""Normal form of cells, before anything is matched; not a repair: the source's values stay as they are."""

from decimal import Decimal
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

Text: TypeAlias = Any
"""A string array, or a Boolean one of the same length: Arrow's kernels return types too many to name."""

ZERO_WIDTH = "\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
"""Characters without width, which hide an identifier from a pattern."""

FLOAT = r"^[1-9](?:\.[0-9]+)?[Ee]\+?[0-9]{1,2}$|^[0-9]{7,}\.0+$"
"""RE2 pattern of a number that a spreadsheet may have shortened."""

_MOST_DIGITS = 20

QUOTES = "'‘’"
"""Signs by which a spreadsheet keeps a number as text; the first character of a cell is dropped if it is one."""

MISSING = frozenset({"", "null", "none", "nan", "n/a", "na", "-", "--", "?", "\\n", "(null)", "无", "없음"})
"""Words of cells that say nothing, in lower case."""

_MISSING = pa.array(sorted(MISSING), pa.string())


def normalise(values: Text) -> Text:
    """Return the cells in normal form: NFKC, nothing of zero width, trimmed, spreadsheet numbers written out.

    Args:
        values: A string array; nulls stay null.

    Source: Unicode Standard Annex 15 (NFKC), which turns full-width digits and letters into ASCII.

    >>> normalise(pa.array(["\uff11\uff13\uff18\u200b0013", "'0044", "1.3812345678E+10"])).to_pylist()
    ['1380013', '0044', '13812345678']
    """
    text = pc.call_function("utf8_normalize", [values], pc.Utf8NormalizeOptions("NFKC"))
    text = pc.replace_substring_regex(text, pattern=f"[{ZERO_WIDTH}]", replacement="")
    text = pc.replace_substring_regex(pc.utf8_trim_whitespace(text), pattern=f"^[{QUOTES}]", replacement="")
    floats = pc.fill_null(pc.match_substring_regex(text, pattern=FLOAT), False)  # noqa: FBT003 - the value filled in
    if not pc.any(floats).as_py():
        return text
    written = [_write_out(value.as_py()) for value in text.filter(floats)]
    return pc.replace_with_mask(text, floats, pa.array(written, text.type))


def is_missing(values: Text) -> Text:
    """Return a Boolean array: whether a cell in normal form says nothing, by being null, empty or a word for that."""
    known = pc.fill_null(values, "")
    return pc.is_in(pc.utf8_lower(known), value_set=_MISSING)


def _write_out(value: str) -> str:
    """Return all digits of a number that a spreadsheet shortened; the value itself where digits were lost."""
    mantissa, _, exponent = value.lower().partition("e")
    lost = bool(exponent) and len(mantissa.partition(".")[2]) < int(exponent)
    number = Decimal(value)
    if lost or number != number.to_integral_value() or number.adjusted() >= _MOST_DIGITS:
        return value
    return str(int(number))
