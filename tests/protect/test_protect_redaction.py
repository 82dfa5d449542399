"""Redaction: spans become stand-ins, everything else stays byte for byte."""

import re

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

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
    one, two, three = redacted(["전화 0101234 요", "call 0101234 or 555", None])
    stand_in = re.fullmatch(r"전화 (\[PHONE-[A-Z2-7]{8}\]) 요", one or "")
    assert stand_in
    assert re.fullmatch(rf"call {re.escape(stand_in[1])} or \[PHONE-[A-Z2-7]{{8}}\]", two or "")
    assert (two or "").count(stand_in[1]) == 1
    assert three is None


def test_text_without_identifiers_stays() -> None:
    assert redacted(["张三 likes tea", ""]) == ["张三 likes tea", ""]


def test_redacting_twice_changes_nothing() -> None:
    once = redacted(["call 0101234"])
    assert redacted(once) == once


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
    assert re.sub(r"\[[AB]-[A-Z2-7]{8}\]", "", cell or "") == kept
