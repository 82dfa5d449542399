"""Made-up customers: every check digit, every trait that must agree with another, and the same bytes every time."""

import hashlib
from collections import Counter, defaultdict
from datetime import date
from itertools import pairwise

import pyarrow as pa
import pytest

from lockgate.examples.customer_places import CITIES
from lockgate.examples.customer_words import MAIL_DOMAINS
from lockgate.examples.customers import CUSTOMER_SCHEMA, generate_customers

ROWS = 20_000


@pytest.fixture(scope="module")
def rows() -> list[dict[str, object]]:
    return pa.Table.from_batches(generate_customers(ROWS, 7)).to_pylist()


def whole(count: int, seed: int) -> pa.Table:
    return pa.Table.from_batches(generate_customers(count, seed), schema=CUSTOMER_SCHEMA)


def resident_check(number: str) -> bool:
    """ISO 7064 MOD 11-2, as the standard's recursion has it."""
    product = 0
    for letter in number[:-1]:
        product = (product + int(letter)) * 2 % 11
    return (product + (10 if number[-1] == "X" else int(number[-1]))) % 11 == 1


def luhn(number: str) -> bool:
    total = 0
    for place, letter in enumerate(reversed(number)):
        value = int(letter) * (1 + place % 2)
        total += value // 10 + value % 10
    return total % 10 == 0


def registration_check(number: str) -> bool:
    letters = [int(letter) for letter in number.replace("-", "")]
    total = sum(letter * (2 + place % 8) for place, letter in enumerate(letters[:12]))
    return (11 - total % 11) % 10 == letters[12]


def test_every_resident_number_holds_and_agrees_with_birth_gender_and_city(rows: list[dict[str, object]]) -> None:
    areas = {code: city.name for city in CITIES for code, _ in city.districts}
    numbers = [row for row in rows if row["id_number"]]
    assert len(numbers) > 0.85 * ROWS
    for row in numbers:
        number = str(row["id_number"])
        assert len(number) == 18
        assert resident_check(number)
        assert date(int(number[6:10]), int(number[10:12]), int(number[12:14])) == row["birth_date"]
        assert row["gender"] == ("男" if int(number[16]) % 2 else "女")
        assert areas[number[:6]] == row["city"]
        assert str(row["address"]).startswith(str(row["city"]))
        assert number[14:17] != "000"


def test_every_korean_registration_number_holds(rows: list[dict[str, object]]) -> None:
    korean = [row for row in rows if "-" in str(row["foreign_id"])]
    assert 0.03 * ROWS < len(korean) < 0.07 * ROWS
    for row in korean:
        number, born = str(row["foreign_id"]), row["birth_date"]
        assert isinstance(born, date)
        assert registration_check(number)
        assert number[:6] == born.strftime("%y%m%d")
        assert (number[7] in "13", number[7] in "34") == (row["gender"] == "男", born.year >= 2000)
        assert str(row["mobile"]).startswith("010-")
        assert len(str(row["postcode"])) == 5
        assert row["id_number"] is None


def test_every_card_holds_and_every_mobile_has_a_form(rows: list[dict[str, object]]) -> None:
    for row in rows:
        card, mobile = str(row["bank_card"]), str(row["mobile"])
        assert luhn(card)
        assert card.startswith("62")
        assert len(card) in (16, 19)
        assert (len(mobile) == 11 and mobile[0] == "1" and mobile[1] in "3456789") or len(mobile) == 13
        assert row["email"] is None or str(row["email"]).endswith(MAIL_DOMAINS)


def test_persons_are_fewer_than_rows_and_keep_their_traits(rows: list[dict[str, object]]) -> None:
    persons = defaultdict(list)
    for row in rows:
        persons[row["customer_id"]].append(row)
    sizes = Counter(map(len, persons.values()))
    assert set(sizes) == {1, 2, 3}
    assert 0.7 * ROWS < len(persons) < 0.9 * ROWS
    varying = {"monthly_spend", "last_order_date", "note"}
    for own in persons.values():
        for first, second in pairwise(own):
            assert all(first[name] == second[name] for name in CUSTOMER_SCHEMA.names if name not in varying)
    known = [own[0]["id_number"] or own[0]["foreign_id"] for own in persons.values()]
    assert len(set(known)) == len(known)


def test_traits_go_together(rows: list[dict[str, object]]) -> None:
    ages = defaultdict(list)
    spend = defaultdict(list)
    for row in rows:
        born = row["birth_date"]
        assert isinstance(born, date)
        ages[row["occupation"]].append(2026 - born.year)
        spend[row["income_band"]].append(float(str(row["monthly_spend"])))
        assert born <= date(2008, 6, 30)
        assert date(2025, 1, 1) < row["last_order_date"] <= date(2026, 6, 30)
    assert max(ages["学生"]) <= 23
    assert min(ages["退休"]) >= 60
    means = [
        sum(spend[band]) / len(spend[band]) for band in ("3000元以下", "5000-8000元", "12000-20000元", "20000元以上")
    ]
    assert means == sorted(means)


def test_notes_run_identifiers_into_han_and_hangul_and_tell_of_illness(rows: list[dict[str, object]]) -> None:
    notes = [(row, str(row["note"])) for row in rows if row["note"]]
    assert 0.35 * ROWS < len(notes) < 0.55 * ROWS
    assert any(f"电话{row['mobile']}要求" in note for row, note in notes)
    assert any(f"身份证{row['id_number']}与" in note for row, note in notes)
    assert any(f"{row['name']}님{row['mobile']}로" in note for row, note in notes)
    assert any(f"주민번호{row['foreign_id']}확인" in note for row, note in notes)
    assert any("糖尿病" in note for _, note in notes)
    assert any(f"call {row['name']} on" in note for row, note in notes)


def test_the_same_seed_gives_the_same_rows_and_another_seed_others() -> None:
    table = whole(5_000, 1)
    assert table.equals(whole(5_000, 1))
    other = whole(5_000, 2)
    for name in ("name", "id_number", "bank_card", "note"):
        same = sum(a == b for a, b in zip(table[name].to_pylist(), other[name].to_pylist(), strict=True))
        assert same < 2_500
    assert table["bank_card"].to_pylist()[0] == whole(1, 1)["bank_card"].to_pylist()[0]


def test_a_shorter_table_is_the_beginning_of_a_longer_one() -> None:
    long = whole(70_000, 3)
    for rows in (0, 1, 300, 4_096, 66_000):
        short = whole(rows, 3)
        assert short.num_rows == rows
        assert short.equals(long.slice(0, rows))
    assert max(batch.num_rows for batch in generate_customers(70_000, 3)) <= 65_536


def test_the_first_rows_never_change() -> None:
    """A table that is generated again elsewhere must be the same one; a change here changes every example."""
    digest = hashlib.sha256(repr(whole(5_000, 2026).to_pylist()).encode()).hexdigest()
    assert digest == "7dd8416aba07fc577cbdd1642248abbee71e9b140f888cdb6a2e4ecf97c15de5"
