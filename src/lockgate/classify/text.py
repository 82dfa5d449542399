"""Identifiers inside text: where they stand, so that they can be redacted, and how many there are.

Boundaries are ASCII ones: a number glued to Han or Hangul is found (Unicode word boundaries are blind there).
Names are found beside a word that says so by a pattern, and elsewhere by the tagger, which guesses.
"""

import re
from bisect import bisect
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lockgate.classify.catalogue import SEARCHED
from lockgate.classify.cells import Column, as_text
from lockgate.classify.disguise import undisguise_all, undisguise_with_places
from lockgate.classify.kernel.block import block_of
from lockgate.classify.kernel.codes import UNCLAIMED
from lockgate.classify.kernel.reading import Reading, reading_of
from lockgate.classify.normal import Text
from lockgate.classify.recogniser import Recogniser
from lockgate.classify.tagger.names import Span, in_bytes, name_spans

_PATTERNS = tuple((recogniser, re.compile(recogniser.text)) for recogniser in SEARCHED)

_PATTERN_OF = {recogniser.type: pattern for recogniser, pattern in _PATTERNS}

_Place = tuple[int, int, int, str]
"""Row of a cell, start, end, type."""

_NAME = "person-name"

_PLACE_OF = {recogniser.type: place for place, recogniser in enumerate(SEARCHED)}

_HINT = (
    r"[@\x{ff20}]|[0-9\x{ff10}-\x{ff19}](?:[ ()._/\-\x{ff0d}\x{200b}-\x{200f}]{0,3}[0-9\x{ff10}-\x{ff19}]){6,}"
    r"|8[0-9]{2}[-. )]+[0-9A-Z]{3}|[0-9]+(?:\.[0-9]+){3}|(?:[0-9A-Fa-f]{0,4}:){2}|[A-Z]{2}[0-9]{2} ?[0-9A-Z]{4}"
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
    """Return the identifiers and names inside a text, in order, without overlaps.

    >>> search("请打13800138000找王小明")
    [Found(start=2, end=13, type='phone'), Found(start=14, end=17, type='person-name')]
    """
    found = [(0, item.start, item.end, item.type) for item in search_patterns(text)]
    return [Found(start, end, type_) for _, start, end, type_ in _with_names(found, name_spans([text]))]


def search_patterns(text: str) -> list[Found]:
    """Return what the recognisers find inside a text, in order, without overlaps; the more telling type claims first.

    >>> search_patterns("请打13800138000找王小明")
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
    """Return where identifiers and names stand in the cells of a column, for redaction.

    Args:
        text_array: A column of a batch; of text, or of a type that can be written as text.

    Returns:
        Row, first byte, byte after the last, type; bytes of the cell in UTF-8; rising, without overlaps in a cell.
    """
    texts = pc.fill_null(as_text(text_array), "").to_pylist()
    return _with_names(pattern_spans(text_array), in_bytes(texts, name_spans(texts)))


def pattern_spans(text_array: Column) -> list[tuple[int, int, int, str]]:
    """Return where identifiers that a recogniser finds stand in the cells of a column (see `identifier_spans`)."""
    cells = pc.fill_null(as_text(text_array), "")
    reading = reading_of(cells)
    odd = np.ones(len(cells), np.bool_) if reading is None else reading.untidy()
    spans = [
        (row, start, end, SEARCHED[place].type)
        for row, start, end, place in find_in_cells(cells, np.flatnonzero(~odd), reading).tolist()
    ]
    spans += _search_all(cells, np.flatnonzero(odd))
    return sorted(spans)


def _with_names(found: list[_Place], names: list[Span]) -> list[_Place]:
    """Return what was found by patterns and by the tagger, in order: identifiers first, then names of the tagger."""
    kept = [item for item in found if item[3] != _NAME]
    for claims in ([(*span, _NAME) for span in names], [item for item in found if item[3] == _NAME]):
        taken = sorted(kept)
        for claim in claims:
            near = taken[max(bisect(taken, claim) - 1, 0) :][:2]
            if not any(row == claim[0] and claim[1] < end and start < claim[2] for row, start, end, _ in near):
                kept.append(claim)
    return sorted(kept)


def _search_all(cells: Text, places: npt.NDArray[np.int64]) -> list[tuple[int, int, int, str]]:
    """Return what stands in cells that may be disguised."""
    may_hold = may_hold_identifiers(undisguise_all(cells.take(pa.array(places)))).to_numpy(zero_copy_only=False)
    rows = places[may_hold]
    spans = []
    for row, text in zip(rows.tolist(), cells.take(pa.array(rows)).to_pylist(), strict=True):
        for item in search_patterns(text):
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
        unsure = hits[hits[:, 3] < 0, 0]
        unclaimed = _claim(values, hits[hits[:, 3] >= UNCLAIMED] - (0, 0, 0, UNCLAIMED))
        hits = np.concatenate([hits[(hits[:, 3] >= 0) & (hits[:, 3] < UNCLAIMED)], unclaimed])
    if not len(unsure):
        return hits
    searched = [
        (place, len(text[: item.start].encode()), len(text[: item.end].encode()), _PLACE_OF[item.type])
        for place, text in zip(unsure.tolist(), values.take(pa.array(unsure)).to_pylist(), strict=True)
        for item in search_patterns(text)
    ]
    return np.concatenate([hits, np.array(searched, np.int64).reshape(-1, 4)])


def _claim(values: Text, hits: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the hits that pass their check, each cut to what passes; the more telling type claims a place first."""
    block = block_of(values)
    ordered = hits[np.lexsort((hits[:, 1], hits[:, 3], hits[:, 0]))].tolist()
    claimed: list[tuple[int, int, int, int]] = []
    taken: list[tuple[int, int]] = []
    before = -1
    for cell, start, end, place in ordered:
        if cell != before:
            taken, before = [], cell
        first = int(block.offsets[cell])
        value = block.data[first + start : first + end].tobytes().decode()
        length = len(value[: _checked_length(SEARCHED[place], value)].encode())
        if length and not any(start < stop and other < start + length for other, stop in taken):
            taken.append((start, start + length))
            claimed.append((cell, start, start + length, place))
    return np.array(claimed, np.int64).reshape(-1, 4)


def _checked_length(recogniser: Recogniser, value: str) -> int:
    """Return the length of the longest part from the start that passes the check; 0 for none.

    A part of ASCII up to the last space or hyphen has to fit the pattern, because checks rely on the form.
    """
    if recogniser.check is None or recogniser.check(value):
        return len(value)
    shorter = value[:-1] if not value.isascii() else value[: max(value.rfind(" "), value.rfind("-"), 0)]
    if value.isascii() and not _PATTERN_OF[recogniser.type].fullmatch(shorter):
        return 0
    return len(shorter) if len(shorter) > 1 and recogniser.check(shorter) else 0
