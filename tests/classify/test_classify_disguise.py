"""A number in other signs is the same number, wherever it stands in a text."""

from collections.abc import Callable

import pyarrow as pa
import pytest

from lockgate.classify.disguise import undisguise, undisguise_with_places
from lockgate.classify.normal import normalise
from lockgate.classify.text import identifier_spans
from lockgate.terms.classification import ColumnVerdict
from lockgate.terms.column import Verdict

ScanColumn = Callable[..., ColumnVerdict]

PHONE = "13800138000"

DISGUISES = {
    "full width": "".join(chr(ord(sign) + 0xFEE0) for sign in PHONE),
    "arabic digits": "".join(chr(0x0660 + int(sign)) for sign in PHONE),
    "devanagari digits": "".join(chr(0x0966 + int(sign)) for sign in PHONE),
    "bold digits": "".join(chr(0x1D7CE + int(sign)) for sign in PHONE),
    "circled digits": "".join("⓪①②③④⑤⑥⑦⑧⑨"[int(sign)] for sign in PHONE),
    "word joiners": "\u2060".join(PHONE),
    "variation selectors": "\ufe0f".join(PHONE),
    "tag characters": "\U000e0020".join(PHONE),
    "combining grapheme joiners": "\u034f".join(PHONE),
    "hangul fillers": "\u3164".join(PHONE),
    "mongolian selectors": "\u180b".join(PHONE),
    "direction marks": f"\u202d{PHONE}\u202c",
    "a null byte": f"{PHONE[:4]}\0{PHONE[4:]}",
    "figure dashes": f"{PHONE[:3]}\u2012{PHONE[3:7]}\u2012{PHONE[7:]}",
    "spaces without break": f"{PHONE[:3]}\u00a0{PHONE[3:7]}\u202f{PHONE[7:]}",
}


@pytest.mark.parametrize("name", DISGUISES)
def test_a_disguised_number_inside_text_is_found_with_its_place(name: str):
    text = f"请打{DISGUISES[name]}找我 – ①"
    ((row, start, end, type_),) = identifier_spans(pa.array([None, "无", text]))
    assert (row, type_) == (2, "phone")
    found = text.encode()[start:end].decode()
    assert undisguise(found).replace("-", "").replace(" ", "") == PHONE
    rest = text.encode()[:start].decode() + text.encode()[end:].decode()
    assert not any(sign.isdigit() for sign in rest.removesuffix("①"))


@pytest.mark.parametrize("text", ["张三", "北京市二十三号", "Zoë Ångström", "홍길동", "Иван", "½ l", "中国\u200b"])
def test_a_word_stays_what_it_is(text: str):
    assert undisguise(text) == text.replace("\u200b", "")


def test_places_are_those_of_the_text_before():
    assert undisguise_with_places("a\u200b①\u2060b") == ("a1b", [0, 2, 4])
    assert undisguise_with_places("a①b") == ("a1b", None)


CELLS = DISGUISES | {"han digits": "一三八〇〇一三八〇〇〇", "stops": "138.0013.8000", "strokes": "138/0013/8000"}


@pytest.mark.parametrize("name", CELLS)
def test_cells_that_are_disguised_numbers_are_numbers(scan_column: ScanColumn, name: str):
    plain = [f"13800138{number:03}" for number in range(20)]
    column = scan_column("c1", [CELLS[name], *plain])
    assert (column.type, column.verdict, column.evidence["format"]) == ("phone", Verdict.CONFIRMED, 1.0)


def test_a_word_of_numerals_stays_a_word():
    assert normalise(pa.array(["一二三四", "三十八万五千六百七十二"])).to_pylist() == [
        "一二三四",
        "三十八万五千六百七十二",
    ]
