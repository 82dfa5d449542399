"""Identifiers inside text, and those left in a copy."""

from itertools import pairwise

import pyarrow as pa
import pytest
from classify_samples import cn_resident_id, customers, luhn, step
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.classify.residual import residual_identifiers
from lockgate.classify.text import identifier_spans, search, search_patterns

GLUED = [
    ("请打13800138000找我", "13800138000", "phone"),
    ("전화번호는010-1234-5678입니다", "010-1234-5678", "phone"),
    ("身份证11010519491231002X号", "11010519491231002X", "cn-resident-id"),
    ("주민번호900101-1234567확인", "900101-1234567", "kr-resident-number"),
    ("卡号4111111111111111请查", "4111111111111111", "bank-card"),
    ("卡号4111 1111 1111 1111请查", "4111 1111 1111 1111", "bank-card"),
    ("邮箱li.na@mail.example谢谢", "li.na@mail.example", "email"),
    ("IBAN: GB29 NWBK 6016 1331 9268 19.", "GB29 NWBK 6016 1331 9268 19", "iban"),
    ("login from 203.0.113.77, twice", "203.0.113.77", "ip"),
    ("车牌京A12345停在门口", "京A12345", "vehicle-plate"),
    ("联系人：张伟，白天在家", "张伟", "person-name"),
    ("客户王丽要求周末送货", "王丽", "person-name"),
    ("김민수 고객님께 안내", "김민수", "person-name"),
    ("please contact Laura Baker about it", "Laura Baker", "person-name"),
    ("实名张伟已登记", "张伟", "person-name"),
    ("call Laura Baker on Monday", "Laura Baker", "person-name"),
    ("护照号码E12345678已核", "E12345678", "passport"),
    ("passport M12345678 checked", "M12345678", "passport"),
    ("请打１３８００１３８０００找我", "１３８００１３８０００", "phone"),
    ("请打138\u200b0013\u200b8000找我", "138\u200b0013\u200b8000", "phone"),
]


@pytest.mark.parametrize(("text", "value", "type_"), GLUED)
def test_an_identifier_glued_to_han_or_hangul_is_found_at_its_bytes(text: str, value: str, type_: str) -> None:
    spans = identifier_spans(pa.array([None, text]))
    assert [(row, text.encode()[start:end].decode(), found) for row, start, end, found in spans] == [(1, value, type_)]


@pytest.mark.parametrize(
    "text",
    [
        "ratio 0.4208281138001380001",
        "order 4111111111111112 shipped",
        "on 2024-10-15 at 10:30:59, version 1.2.3.4",
        "hash 13800138000abc or x13800138000",
        "[1990-01-01,1999-12-31]",
        "{13800000|13900000}",
        "110105194912310021",
        "900101-9234567",
        "1612345678",
        "客户要求周末送货",
        "고객 요청으로 배송",
        "[PHONE-K7Q2MXAB]",
    ],
)
def test_what_only_looks_like_an_identifier_is_left_alone(text: str) -> None:
    assert search(text) == []


def test_two_identifiers_side_by_side_are_two() -> None:
    found = search("13800138000/13900139000，备用4111111111111111")
    assert [item.type for item in found] == ["phone", "phone", "bank-card"]


PIECES = st.sampled_from([text for text, _, _ in GLUED] + ["，", " ", "a1", "好的", "확인", "12", "-", "13800138000"])


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=4).map("".join))
def test_spans_are_in_order_and_redacted_text_holds_none(text: str) -> None:
    spans = identifier_spans(pa.array([text]))
    assert all(first[2] <= second[1] for first, second in pairwise(spans))
    raw = text.encode()
    for _, start, end, type_ in reversed(spans):
        raw = raw[:start] + f"[{type_.upper()}-K7Q2MXAB]".encode() + raw[end:]
    assert residual_identifiers(pa.record_batch({"note": [raw.decode()]}), ["note"]) == {}


def test_a_copy_with_one_identifier_is_told() -> None:
    notes = ["ok"] * 50 + ["call 010-1234-5678"]
    batch = pa.record_batch({"note": notes, "city": ["Seoul"] * 51, "card": ["x"] * 50 + ["4111111111111111"]})
    assert residual_identifiers(batch, ["note", "city", "card"]) == {"note": 1, "card": 1}


def test_a_copy_of_labels_and_pseudonyms_holds_none() -> None:
    rows = range(500)
    batch = pa.record_batch(
        {
            "pseudonym": [f"{step(row, 60):016x}{step(row, 61):016x}" for row in rows],
            "age": ["[20,29]", "*"] * 250,
            "race": ["White", "{Black|Other}", "Gray", "Brown"] * 125,
            "country": ["Jordan", "Mexico", "China", "한국", "中国"] * 100,
            "born": ["[1950-01-01,1959-12-31]"] * 500,
            "order": [f"{step(row, 62) % 10**16:016}" for row in rows],
            "sku": [f"E{step(row, 67) % 10**8:08}" for row in rows],
            "fifteen": [f"{10**14 + step(row, 63) % 10**14}" for row in rows],
            "when": [str(1_700_000_000_000 + step(row, 64) % 10**10) for row in rows],
            "amount": pa.array([step(row, 65) % 10**16 / 7 for row in rows]),
        }
    )
    assert residual_identifiers(batch, batch.schema.names) == {}


def test_whole_columns_left_in_clear_are_told() -> None:
    table = customers(200)
    names = ["姓名", "身份证号", "手机号", "email", "bank_card", "备注"]
    found = residual_identifiers(table.to_batches()[0], names)
    assert set(found) == set(names)
    assert found["身份证号"] == found["email"] == found["bank_card"] == 200


def test_identifiers_held_as_numbers_are_told() -> None:
    cards = [int(luhn(f"62220{step(row, 66) % 10**10:010}")) for row in range(50)]
    ids = [int(cn_resident_id("110105", "19900101", 3 * row + 1).replace("X", "0")) for row in range(50)]
    found = residual_identifiers(pa.record_batch({"card": cards, "id": ids, "n": list(range(50))}), ["card", "id", "n"])
    assert found["card"] == 50
    assert found["id"] > 40
    assert "n" not in found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("주민등록번호는 850315-2345678이며", ["kr-resident-number"]),
        ("server 198.51.100.7:443 hit", ["ip"]),
        ("부산 해운대구 중동 12라 3456", []),
        ("차량번호 12라 3456 주차", ["vehicle-plate"]),
        ("reach us: 5552013347", ["phone"]),
        ("the helpline 1300 123 456", ["phone"]),
        ("the code 1300 123 456", []),
        ("请打138.0013.8000", ["phone"]),
    ],
)
def test_what_a_text_holds_depends_on_what_stands_beside_it(text: str, found: list[str]) -> None:
    assert [item.type for item in search_patterns(text)] == found
