"""Redaction: spans become stand-ins, everything else stays byte for byte."""

import re

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from lockgate.classify.residual import residual_identifiers
from lockgate.classify.text import identifier_spans, pattern_spans
from lockgate.protect.redaction import Span, redact

KEY = bytes(range(32))


def phones(texts: "pa.Array[str]") -> list[Span]:
    return [
        (row, match.start(), match.end(), "phone")
        for row, text in enumerate(texts.to_pylist())
        for match in re.finditer(rb"[0-9]{3,}", (text or "").encode())
    ]


def redacted(values: list[str | None], find=phones) -> list[str | None]:
    return redact(pa.array(values, type=pa.string()), find, KEY).to_pylist()


def test_the_same_identifier_gets_the_same_stand_in_and_another_does_not() -> None:
    one, two, three = redacted(["tell 0101234 now", "call 0101234 or 555", None])
    stand_in = re.fullmatch(r"tell (\[PHONE-[A-Z2-7]{8}\]) now", one or "")
    assert stand_in
    assert re.fullmatch(rf"call {re.escape(stand_in[1])} or \[PHONE-[A-Z2-7]{{8}}\]", two or "")
    assert (two or "").count(stand_in[1]) == 1
    assert three is None


def test_the_word_is_of_the_language_around_and_the_short_form_of_the_value() -> None:
    cells = redacted(["전화 0101234 요", "请打0101234", "電話は0101234です", "call 0101234", "0101234"])
    found = [re.fullmatch(r".*\[(.+)-([A-Z2-7]{8})\].*", cell or "") for cell in cells]
    assert [match and match[1] for match in found] == ["전화", "电话", "電話", "PHONE", "PHONE"]
    assert len({match and match[2] for match in found}) == 1


def test_the_language_of_a_name_alone_is_its_own_and_else_that_of_the_text() -> None:
    def names(texts: object) -> list[Span]:
        return [
            (row, len(text[: match.start()].encode()), len(text[: match.end()].encode()), "person-name")
            for row, text in enumerate(texts.to_pylist())
            for match in re.finditer("王小明|홍길동", text)
        ]

    cells = redacted(["王小明", "Call 王小明 now", "王小明来了", "홍길동"], names)
    assert [re.sub(r"-[A-Z2-7]{8}", "", cell or "") for cell in cells] == [
        "[姓名]", "Call [NAME] now", "[姓名]来了", "[이름]",
    ]  # fmt: skip


def test_grouping_case_and_width_do_not_change_who_is_meant() -> None:
    def whole(texts: object) -> list[Span]:
        return [(row, 0, len(text.encode()), "phone") for row, text in enumerate(texts.to_pylist())]

    assert (
        len(
            set(
                redacted(
                    ["010-1234-5678", "01012345678", "010 1234.5678", "(010) 1234-5678", "０１０-1234-5678"], whole
                )
            )
        )
        == 1
    )
    assert len(set(redacted(["Ann@Example.org", "ann@example.org"], whole))) == 1
    assert len(set(redacted(["Ann Lee", "ann  lee", "ANN LEE "], whole))) == 1
    assert (
        len(set(redacted(["a.b@x.org", "ab@x.org", "+8613812345678", "13812345678", "annlee", "ann lee"], whole))) == 6
    )


def test_text_without_identifiers_stays() -> None:
    assert redacted(["张三 likes tea", ""]) == ["张三 likes tea", ""]


def test_redacting_twice_changes_nothing() -> None:
    once = redacted(["call 0101234"])
    assert redacted(once) == once


def test_a_stand_in_stays_even_where_somebody_takes_it_for_an_identifier() -> None:
    def everything(texts: object) -> list[Span]:
        return [(row, 0, len(text.encode()), "account") for row, text in enumerate(texts.to_pylist())]

    (stand_in,) = redacted(["전화0101234"], phones)
    assert stand_in is not None
    assert redacted([stand_in.removeprefix("전화")], everything) == [stand_in.removeprefix("전화")]
    (both,) = redacted([f"김 {stand_in.removeprefix('전화')} 42, {stand_in.removeprefix('전화')}."], everything)
    parts = re.fullmatch(r"(\[.*?\])(\[.*?\])(\[.*?\])(\[.*?\])\.", both or "")
    assert parts
    assert parts[2] == parts[4] == stand_in.removeprefix("전화")
    assert "김" not in parts[1]
    assert "42" not in parts[3]


def test_what_only_looks_like_a_stand_in_is_redacted() -> None:
    def inner(texts: object) -> list[Span]:
        return [(0, 1, len(texts.to_pylist()[0]) - 1, "person-name")]

    for near in ("[JOHN-SMITHSON]", "[PHONE-K7Q2MXA]", "[PHONE-K7Q2MXA1]", "[phone-K7Q2MXAB]"):
        assert "SMITH" not in redacted([near], inner)[0]
        assert redacted([near], inner) != [near]


def test_stand_ins_are_nothing_that_a_recogniser_knows_and_are_not_replaced_again() -> None:
    kinds = [
        "person-name",
        "phone",
        "email",
        "postal-address",
        "bank-card",
        "iban",
        "passport",
        "vin",
        "mac",
        "ip",
        "jwt",
        "x",
    ]

    def numbers(texts: object) -> list[Span]:
        return [(row, start, end, kinds[row % len(kinds)]) for row, start, end, _ in phones(texts)]

    frames = ("请打{}找他。", "고객 {} 확인", "Please call {} today.", "電話は{}です", "{}")
    for frame in frames:
        texts = pa.array([frame.format(number) for number in range(10_000_000, 10_000_600)])
        copies = redact(texts, numbers, KEY)
        assert pattern_spans(copies) == []
        assert residual_identifiers(pa.record_batch([copies], names=["notes"]), ["notes"]) == {}
        assert redact(copies, identifier_spans, KEY).equals(copies)


def test_overlapping_spans_leave_nothing_in_clear() -> None:
    def overlapping(_texts: object) -> list[Span]:
        return [(0, 2, 6, "phone"), (0, 4, 12, "account"), (0, 5, 6, "digit")]

    (cell,) = redacted(["ab3456789012yz"], overlapping)
    assert re.fullmatch(r"ab\[ACCOUNT-[A-Z2-7]{8}\]yz", cell or "")


spans = st.lists(st.tuples(st.just(0), st.integers(0, 30), st.integers(1, 10), st.sampled_from(["a", "b"])), max_size=8)


@given(st.text("0123456789", min_size=40, max_size=40), spans)
def test_no_byte_of_a_span_is_left_and_no_other_byte_is_lost(text: str, chosen: list[Span]) -> None:
    inside = [(row, start, start + length, kind) for row, start, length, kind in chosen]
    (cell,) = redacted([text], lambda _texts: inside)
    hidden = {at for _, start, end, _ in inside for at in range(start, end)}
    kept = "".join(character for at, character in enumerate(text) if at not in hidden)
    assert re.sub(r"\[IDENTIFIER-[A-Z2-7]{8}\]", "", cell or "") == kept
