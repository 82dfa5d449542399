"""Identifiers inside text: where they stand, so that they can be redacted, and how many there are.

Boundaries are ASCII ones: a number glued to Han or Hangul is found (Unicode word boundaries are blind there).
Names are found only beside a word that says so; a model of language is not used here.
"""

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lockgate.classify.catalogue import SEARCHED
from lockgate.classify.cells import Column, as_text
from lockgate.classify.disguise import undisguise_all, undisguise_with_places
from lockgate.classify.kernel.reading import Reading
from lockgate.classify.normal import Text
from lockgate.classify.recogniser import Recogniser

_PATTERNS = tuple((recogniser, re.compile(recogniser.text)) for recogniser in SEARCHED)

_PLACE_OF = {recogniser.type: place for place, recogniser in enumerate(SEARCHED)}

_HINT = (
    r"[@\x{ff20}]|[0-9\x{ff10}-\x{ff19}](?:[ ().\-\x{ff0d}\x{200b}-\x{200f}]{0,3}[0-9\x{ff10}-\x{ff19}]){6,}"
    r"|[0-9]+(?:\.[0-9]+){3}|(?:[0-9A-Fa-f]{0,4}:){2}|[A-Z]{2}[0-9]{2} ?[0-9A-Z]{4}"
    r"|[\p{Han}][A-Z][ \x{b7}]?[0-9A-Z]{4}|[0-9]{2,3}\p{Hangul} ?[0-9]{4}"
    r"|姓名|人|客户|户主|患者|用户|我是|我叫|家属|实名|本人|护照|여권|先生|女士|小姐|老师|医生|经理|同学"
    r"|고객|이름|성명|담당자|예금주|환자|회원|보호자|님|씨|Mr|Mrs|Ms|Miss|Dr|Prof"
    r"|(?i:name is|contact|customer|client|patient|attn|dear|ask for|call|passport)"
    r"|[*]{3}|字第|QQ|qq|微信|카톡|카카오톡|[Ww]e[Cc]hat|wxid_|://|[0-9A-Za-z]\.[a-z]{2}|0x[0-9A-Fa-f]{4}|bc1"
    r"|[13T][1-9A-Za-z]{25}|(?:[0-9A-Fa-f]{2}-){3}|[0-9]{6}/[0-9]{3}"
    r"|[A-Z]{2} ?[0-9]{2} ?[0-9]{2}|[A-Z]{5}[0-9]{4}|[A-Z9]{5}[0-9]{2}|[A-Z]{6}[0-9L-V]{2}|[0-9A-Z]{17}"
    r"|[0-9]{6}[A-FU-Y][0-9]{3}|[1-9][A-Z][0-9A-Z][0-9]-?[A-Z]|eyJ|-----BEGIN|AKI[AD]|A[SRI](?:IA|OA|DA)|AIza|LTAI|dop_v1|gh[pousr]_|github_pat"
    r"|glpat|xox[a-z]-|[rs]k[-_]|npm_|pypi-|SG\."
)
"""RE2 pattern of text in which an identifier may stand at all; everything else is skipped."""


@dataclass(frozen=True, slots=True)
class Found:
    """One identifier inside text.

    Attributes:
        start: First character.
        end: Character after the last.
        type: Recognised type.
    """

    start: int
    end: int
    type: str


def search(text: str) -> list[Found]:
    """Return the identifiers inside a text, in order, without overlaps; the more telling type claims a place first.

    >>> search("请打13800138000找我")
    [Found(start=2, end=13, type='phone')]
    """
    narrow, places = undisguise_with_places(text)
    taken: list[Found] = []
    for recogniser, pattern in _PATTERNS:
        for hit in pattern.finditer(narrow):
            start, end = hit.span(hit.lastindex or 0)
            length = _checked_length(recogniser, narrow[start:end])
            if length and not any(start < item.end and item.start < start + length for item in taken):
                taken.append(Found(start, start + length, recogniser.type))
    taken.sort(key=lambda item: item.start)
    if places is None:
        return taken
    return [Found(places[item.start], places[item.end - 1] + 1, item.type) for item in taken]


def may_hold_identifiers(values: Text) -> Text:
    """Return a Boolean array: whether a search of the cell can find anything; null for null."""
    return pc.match_substring_regex(values, pattern=_HINT)


def identifier_spans(text_array: Column) -> list[tuple[int, int, int, str]]:
    """Return where identifiers stand in the cells of a column, for redaction.

    Args:
        text_array: A column of a batch; of text, or of a type that can be written as text.

    Returns:
        Row, first byte, byte after the last, type; bytes of the cell in UTF-8; rising, without overlaps in a cell.
    """
    cells = as_text(text_array)
    may_hold = pc.fill_null(may_hold_identifiers(undisguise_all(cells)), False)  # noqa: FBT003 - the value filled in
    rows = np.flatnonzero(may_hold.to_numpy(zero_copy_only=False))
    spans = []
    for row, text in zip(rows.tolist(), cells.take(pa.array(rows)).to_pylist(), strict=True):
        for item in search(text):
            first = len(text[: item.start].encode())
            spans.append((row, first, first + len(text[item.start : item.end].encode()), item.type))
    return spans


def find_in_cells(values: Text, places: npt.NDArray[np.int64], reading: Reading | None) -> npt.NDArray[np.int64]:
    """Return the identifiers inside some cells in normal form: rows of cell, first byte, byte after the last, type.

    Args:
        values: The cells: a string array without nulls.
        places: Which of them to search.
        reading: What the kernel makes of the cells; None to do without it.

    Returns:
        Types are places in `SEARCHED`.
    """
    hits = None if reading is None else reading.search(places, SEARCHED)
    if hits is None:
        may_hold = may_hold_identifiers(values.take(pa.array(places))).to_numpy(zero_copy_only=False)
        hits, unsure = np.zeros((0, 4), np.int64), places[may_hold]
    else:
        known = hits[:, 3] >= 0
        hits, unsure = hits[known], hits[~known, 0]
    searched = [
        (place, len(text[: item.start].encode()), len(text[: item.end].encode()), _PLACE_OF[item.type])
        for place, text in zip(unsure.tolist(), values.take(pa.array(unsure)).to_pylist(), strict=True)
        for item in search(text)
    ]
    return np.concatenate([hits, np.array(searched, np.int64).reshape(-1, 4)])


def _checked_length(recogniser: Recogniser, value: str) -> int:
    """Return the length of the longest part from the start that passes the check; 0 for none."""
    if recogniser.check is None or recogniser.check(value):
        return len(value)
    shorter = value[:-1] if not value.isascii() else value[: max(value.rfind(" "), value.rfind("-"), 0)]
    return len(shorter) if len(shorter) > 1 and recogniser.check(shorter) else 0
