"""Numbers that several types could be: the evidence of the column settles which, or that it is none."""

from collections.abc import Callable

import pyarrow as pa
import pytest
from classify_samples import cn_resident_id, luhn, scan_table, step

from lockgate.classify.catalogue import CATALOGUE
from lockgate.terms.category import Category
from lockgate.terms.classification import ColumnVerdict
from lockgate.terms.column import ColumnRole, Verdict

ScanColumn = Callable[..., ColumnVerdict]
ROWS = 200
SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def uscc(row: int) -> str:
    body = f"91310115{step(row, 70) % 10**8:08}M"
    total = sum(SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(body))
    return body + SIGNS[-total % 31]


def isbn(row: int) -> str:
    body = f"{step(row, 71) % 10**9:09}"
    rest = sum(int(digit) * (10 - place) for place, digit in enumerate(body)) % 11
    return body + "0X987654321"[rest]


def ean(row: int) -> str:
    body = f"400{step(row, 72) % 10**9:09}"
    return body + str(-sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body)) % 10)


def npi(row: int) -> str:
    return luhn(f"80840{1 + row % 2}{step(row, 73) % 10**8:08}")[5:]


def corporate(row: int) -> str:
    body = f"110111{step(row, 74) % 10**6:06}"
    return f"{body[:6]}-{body[6:]}{-sum(int(digit) * (1 + place % 2) for place, digit in enumerate(body)) % 10}"


def ids(row: int) -> str:
    return cn_resident_id("110105", f"19{50 + row % 50}0{1 + row % 9}1{row % 9}", step(row, 75) % 1000)


TOLD = {
    "cn-resident-id": ids,
    "cn-uscc": uscc,
    "us-npi": npi,
    "kr-corporate-number": corporate,
    "bank-card": lambda row: luhn(f"62220{step(row, 76) % 10**10:010}"),
    "us-ssn": lambda row: f"{1 + step(row, 77) % 600:03}-{1 + row % 99:02}-{1 + step(row, 78) % 9000:04}",
}


@pytest.mark.parametrize("type_", TOLD)
@pytest.mark.parametrize("rows", [8, ROWS])
def test_values_tell_which_number_it_is_without_a_header(scan_column: ScanColumn, type_: str, rows: int) -> None:
    item = scan_column("c1", [TOLD[type_](row) for row in range(rows)])
    assert (item.type, item.verdict) == (type_, Verdict.CONFIRMED)


NONE = {
    "isbn": isbn,
    "ean": ean,
    "order": lambda row: f"2026{step(row, 80) % 10**14:014}",
    "phone like": lambda row: f"{2 + row % 8}{step(row, 81) % 10**9:09}",
    "nine": lambda row: f"{step(row, 82) % 10**9:09}",
    "eleven": lambda row: f"{step(row, 83) % 10**11:011}",
    "twelve": lambda row: f"{step(row, 84) % 10**12:012}",
    "thirteen": lambda row: f"{step(row, 85) % 10**13:013}",
    "letter": lambda row: f"{'ABCDEFGH'[row % 8]}{step(row, 86) % 10**9:09}",
    "sku": lambda row: f"S{step(row, 87) % 10**7:07}{'ABCD'[row % 4]}",
    "hex": lambda row: f"{step(row, 88):016x}",
    "seventeen": lambda row: f"{step(row, 89) % 10**17:017}",
}


@pytest.mark.parametrize("kind", NONE)
@pytest.mark.parametrize("rows", [5, ROWS])
def test_numbers_of_things_are_no_identifier_of_a_person(scan_column: ScanColumn, kind: str, rows: int) -> None:
    item = scan_column("c1", [NONE[kind](row) for row in range(rows)])
    assert item.verdict in (Verdict.NONE, Verdict.REFUTED, Verdict.SUSPECTED)
    assert not (CATALOGUE[item.type].check if item.type else None)


@pytest.mark.parametrize("rows", [3, 5, 40])
def test_no_check_digit_holds_by_chance_in_hundreds_of_columns(rows: int) -> None:
    columns = {
        f"c{place}": [
            f"{1 + step(row, place) % 9}{step(row, place + 9_000) % 10 ** (7 + place % 12)}" for row in range(rows)
        ]
        for place in range(240)
    }
    found = scan_table(pa.table(columns))
    assert not [item.type for item in found.values() if item.verdict is Verdict.CONFIRMED]


def test_a_city_is_of_a_person_only_beside_persons() -> None:
    cities = ["Lyon", "Oslo", "Porto", "Graz", "Ghent"]
    alone = scan_table(
        pa.table({"city": cities, "company": ["Acme Inc", "Foo Ltd", "Bar GmbH", "Baz LLC", "Qux Corp"]})
    )
    beside = scan_table(pa.table({"city": cities, "email": [f"u{row}@mail.example" for row in range(5)]}))
    assert alone["city"].category is Category.NOT_PERSONAL
    assert alone["company"].role is ColumnRole.ORDINARY
    assert beside["city"].category is Category.POSTAL_ADDRESS
    assert beside["city"].role is ColumnRole.QUASI_IDENTIFIER


def test_an_id_is_of_a_person_only_beside_persons() -> None:
    numbers = [str(row) for row in range(40)]
    alone = scan_table(pa.table({"id": numbers, "price": numbers}))
    beside = scan_table(pa.table({"id": numbers, "email": [f"u{row}@mail.example" for row in range(40)]}))
    assert alone["id"].verdict is not Verdict.CONFIRMED
    assert alone["id"].role is ColumnRole.ORDINARY
    assert beside["id"].type == "account-id"


def test_masked_values_are_types_of_their_own(scan_column: ScanColumn) -> None:
    assert scan_column("手机号", ["138****1234", "139****5678", "150****0000"]).type == "masked-phone"
    assert scan_column("姓名", ["张*", "王*明", "李**"]).type == "masked-name"
    assert scan_column("c1", ["z***@mail.example", "q***@mail.example", "k***@mail.example"]).type == "masked-email"
    assert scan_column("c1", ["110***********002X", "310***********1234", "440***********5678"]).type == "masked-number"


def test_secrets_are_secret_and_company_numbers_are_not_personal(scan_column: ScanColumn) -> None:
    token = scan_column("c1", [f"ghp_{step(row, 90):020}{step(row, 91):020}"[:44] for row in range(5)])
    assert (token.type, token.category, token.role) == (
        "access-token", Category.ACCOUNT_CREDENTIAL, ColumnRole.SENSITIVE,
    )  # fmt: skip
    assert scan_column("tyshxydm", [uscc(row) for row in range(5)]).category is Category.NOT_PERSONAL
