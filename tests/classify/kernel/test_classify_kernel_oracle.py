"""A million made-up cells against Python's `re`, whole and inside text: what the kernel says is what Python says.

Cells are made from the forms and vectors of every recogniser and from what stands close to them: one byte dropped,
doubled or changed, glued to Han, Hangul and letters, side by side, cut, empty, long.
"""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.classify.catalogue import CATALOGUE, SEARCHED
from lockgate.classify.kernel import charset, lazy_search
from lockgate.classify.kernel.block import block_of
from lockgate.classify.kernel.engine import engine, machine
from lockgate.classify.kernel.group import label_of
from lockgate.classify.kernel.reading import Reading
from lockgate.classify.text import find_in_cells, search_patterns

VECTORS = Path(__file__).parent.parent / "vectors"
PIECES = (
    "请打",
    "找我",
    "号码",
    "，",
    "：",
    "(",
    ")",
    " ",
    "  ",
    "-",
    ".",
    "/",
    "@",
    "_",
    ":",
    "+",
    "x",
    "A",
    "é",
    "ß",
    "中",
    "가",
    "입니다",
    "０",
    "１２",
    "\u200b",
    "\u00a0",
    "\U00020000",
    "\U0001f600",
    "0",
    "7",
    "12",
    "2024",
    "身份证",
    "IMEI",
    "微信",
    "客户",
    "姓名",
    "passport ",
    "SSN ",
    "NHS ",
    "http://",
    "a.b",
    ".com",
    "@mail.example",
    "\n",
    "\t",
    "\0",
    "[",
    "]",
    "*",
    "****",
)
ALPHABET = "0123456789ABCXYZabcxyz-. @:_/()+*中가é１ "
CELLS, BATCH = 1_000_000, 50_000


def step(number: int) -> int:
    """A number that looks random (the finaliser of SplitMix64)."""
    mixed = (number * 0x9E3779B97F4A7C15) % 2**64
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 1)):
        mixed = ((mixed ^ (mixed >> shift)) * factor) % 2**64
    return mixed


def seeds() -> list[str]:
    """Cells of every vector, accepted and rejected."""
    found = {}
    for path in sorted(VECTORS.glob("*.toml")):
        for vector in tomllib.loads(path.read_text(encoding="utf-8"))["vector"]:
            found.update(dict.fromkeys(str(vector[key]) for key in ("accept", "reject") if key in vector))
    return list(found)


def mutate(text: str, random: int) -> str:
    """A text close to another."""
    place, sign = random % (len(text) + 1), ALPHABET[random // 64 % len(ALPHABET)]
    after, other = text[place:], PIECES[random // 4096 % len(PIECES)]
    return (
        text,
        text[:place] + after[1:],
        text[:place] + sign + after[1:],
        text[:place] + sign + after,
        text[:place] + after[:1] + after,
        other + text,
        text + other,
        other + text + other,
        text[:place] + other + after,
        text[:place],
        after,
        text.swapcase(),
        text * (random // 2**20 % 4),
    )[random // 2**40 % 13]


def cells() -> Iterator[str]:
    """Cells without end."""
    known = seeds()
    number = 0
    while True:
        number += 1
        random = step(number)
        text = mutate(known[random % len(known)], step(random))
        if random % 7 < 3:
            text = mutate(text, step(random + 1))
        if random % 11 == 0:
            text += PIECES[random // 16 % len(PIECES)] + mutate(known[random // 97 % len(known)], step(random + 2))
        yield text * (300 if random % 50_021 == 0 else 1)


TOKEN = re.compile(r"\\[pP]\{\w+\}|\\x\{[0-9A-Fa-f]+\}|\\.|\(\?s\)|\[\^?\]?|.", re.DOTALL)
WORD = "[0-9A-Za-z_]"
EDGE = f"(?:(?<!{WORD})(?={WORD})|(?<={WORD})(?!{WORD}))"


def in_python(pattern: str) -> re.Pattern[str]:
    """A pattern of RE2 as Python's `re` writes it; what a class of Unicode holds is asked of RE2."""
    out: list[str] = []
    inside, open_flags = False, [0]
    for token in TOKEN.findall(pattern):
        if inside:
            out.append(class_of(token) or token.replace("[", r"\["))
            inside = token != "]"
        elif token == "(?s)":  # up to the end of the group it stands in
            out.append("(?s:")
            open_flags[-1] += 1
        elif token == ")":
            out.append(")" * (1 + open_flags.pop()))
        else:
            inside = token[0] == "["
            open_flags += [0] if token == "(" else []
            body = class_of(token)
            out.append(f"[{body}]" if body else {"$": r"\Z", r"\b": EDGE}.get(token, token))
    return re.compile("".join(out) + ")" * open_flags[0])


def class_of(token: str) -> str:
    """The characters of a named class or number, as they stand between brackets; empty for other signs."""
    if not re.match(r"\\[pPxsS]", token):
        return ""
    ranges = charset.RE2.named(token)
    return "".join(re.escape(chr(low)) + (f"-{re.escape(chr(high))}" if high > low else "") for low, high in ranges)


@cache
def whole_cells() -> dict[str, re.Pattern[str] | frozenset[str]]:
    """Every pattern and word list of the catalogue, by label."""
    found: dict[str, re.Pattern[str] | frozenset[str]] = {}
    for item in CATALOGUE.values():
        found[label_of(item, strong=False)] = in_python(item.form) if item.form else frozenset(item.words)
        if item.strong:
            found[item.strong] = in_python(item.strong)
    return found


def expected_whole(oracle: re.Pattern[str] | frozenset[str], texts: list[str]) -> list[bool]:
    """What Python says of whole cells."""
    if isinstance(oracle, frozenset):
        return [text.lower() in oracle for text in texts]
    return [oracle.search(text) is not None for text in texts]


def expected_inside(number: int, text: str) -> set[tuple[int, int, int, str]]:
    """What Python finds inside a cell, in bytes."""
    return {
        (number, len(text[: item.start].encode()), len(text[: item.end].encode()), item.type)
        for item in search_patterns(text)
    }


def reading_of(texts: list[str], *, is_compiled: bool) -> Reading:
    """The cells as the kernel reads them."""
    tables = engine()
    assert tables is not None
    values = pa.array(texts, pa.string())
    return Reading(tables, values, block_of(values), machine() if is_compiled else None)


def agree_inside(texts: list[str]) -> None:
    """Assert that the search finds what Python finds in cells in normal form."""
    reading = reading_of(texts, is_compiled=True)
    hits = find_in_cells(reading.values, np.arange(len(texts)), reading)
    found = {(cell, start, end, SEARCHED[place].type) for cell, start, end, place in hits.tolist()}
    assert len(found) == len(hits)
    expected = {hit for number, text in enumerate(texts) for hit in expected_inside(number, text)}
    wrong = {texts[cell] for cell, *_ in found ^ expected}
    assert not wrong, sorted(wrong, key=len)[:5]


def agree_whole(texts: list[str], *, is_compiled: bool) -> None:
    """Assert that every pattern fits the cells in normal form that Python fits."""
    reading = reading_of(texts, is_compiled=is_compiled)
    for label, oracle in whole_cells().items():
        wrong = np.flatnonzero(reading.fits(label) != np.array(expected_whole(oracle, texts)))
        assert not len(wrong), (label, [texts[place] for place in wrong[:5]])


def tidy(texts: list[str]) -> list[str]:
    """Those cells that are in normal form, which are all that the kernel reads."""
    keep = ~reading_of(texts, is_compiled=True).untidy()
    return [text for text, is_kept in zip(texts, keep.tolist(), strict=True) if is_kept]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(seeds()), st.integers(0, 2**63), st.integers(0, 2**63)), max_size=8))
def test_what_stands_inside_cells_is_what_python_finds(made: list[tuple[str, int, int]]) -> None:
    agree_inside(tidy([mutate(mutate(text, first), second) for text, first, second in made]))


@pytest.mark.parametrize("states", [3, 40, 400])
def test_a_search_without_room_for_more_states_finds_the_same(states: int, monkeypatch: pytest.MonkeyPatch) -> None:
    tables = engine()
    assert tables is not None
    monkeypatch.setattr(lazy_search, "MOST_STATES", states)
    monkeypatch.setattr(tables, "_lazy_search", None)
    agree_inside(tidy(list(islice(cells(), 2_000))))


@pytest.mark.slow
def test_a_million_cells_are_told_as_python_tells_them() -> None:
    source, known = cells(), set[str]()
    for number in range(CELLS // BATCH):
        texts = tidy([text for text in dict.fromkeys(islice(source, BATCH)) if text not in known])
        known.update(texts)  # what was told once is told the same again
        agree_whole(texts, is_compiled=number > 0)
        agree_whole(texts[:1_000], is_compiled=number == 0)
        agree_inside(texts)
    assert len(known) > CELLS // 4
