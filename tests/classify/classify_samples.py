"""A made-up list of customers and helpers for the tests of this room; all values are computed here."""

from collections.abc import Callable
from datetime import date

import pyarrow as pa
import pytest

from lockgate.classify import scan, uniqueness
from lockgate.terms.category import Category
from lockgate.terms.classification import ColumnVerdict

AS_OF = date(2026, 11, 21)
KEY = bytes(range(32))

_ZH_SURNAMES, _ZH_GIVEN = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚"
_KO_SURNAMES, _KO_GIVEN = "김이박최정강조윤장임한오서신권황안송류전", "민서지준현우영수진성호재승상동경은혜미정"
_EN_GIVEN = ("James", "Mary", "Robert", "Linda", "Owen", "Laura", "Henry", "Edith", "Oscar", "Anna")
_EN_SURNAMES = ("Smith", "Baker", "Turner", "Cooper", "Hughes", "Fisher", "Olsen", "Harris", "Reed", "Ward")
_WORKS = ("engineer", "teacher", "clerk", "driver", "nurse")
_MARITAL = ("未婚", "已婚", "离异", "丧偶")
_EDUCATION = ("高中", "大专", "本科", "硕士", "博士")
_CITIES = ("北京", "上海", "广州", "深圳", "成都", "武汉")


def step(number: int, salt: int) -> int:
    """A number that looks random: SplitMix64 in plain arithmetic."""
    mixed = (number * 0x9E3779B97F4A7C15 + salt * 0xD1B54A32D192ED03) % 2**64
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 1)):
        mixed = ((mixed ^ (mixed >> shift)) * factor) % 2**64
    return mixed


def cn_resident_id(area: str, born: str, sequence: int) -> str:
    body = f"{area}{born}{sequence:03}"
    rest = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(body)) % 11
    return body + "10X98765432"[rest]


def luhn(body: str) -> str:
    doubled = [int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body))]
    return body + str(-sum(value // 10 + value % 10 for value in doubled) % 10)


def name_of(row: int) -> str:
    kind, a, b, c = row % 3, step(row, 1), step(row, 2), step(row, 3)
    if kind == 0:
        return _ZH_SURNAMES[a % 20] + _ZH_GIVEN[b % 20] + (_ZH_GIVEN[c % 20] if c % 3 else "")
    if kind == 1:
        return _KO_SURNAMES[a % 20] + _KO_GIVEN[b % 20] + _KO_GIVEN[c % 20]
    return f"{_EN_GIVEN[a % 10]} {_EN_SURNAMES[b % 10]}"


def birthday_of(row: int) -> str:
    number = step(row, 4)
    return f"{1950 + number % 56}-{1 + number // 100 % 12:02}-{1 + number // 10_000 % 28:02}"


def phone_of(row: int) -> str:
    number = step(row, 5)
    return (
        f"1{3 + number % 7}{number // 10 % 10**9:09}"
        if row % 2
        else f"010-{number % 10_000:04}-{number // 10_000 % 10_000:04}"
    )


def note_of(row: int) -> str:
    texts = (
        f"客户{name_of(row - row % 3)}要求周末送货，电话{phone_of(row | 1)}，请提前联系。",
        f"배송 전에 {phone_of(row & ~1)}로 연락 부탁드립니다. 문 앞에 놓아 주세요.",
        f"Please call before delivery, order number {row:05}, leave it with the neighbour at the back door.",
        "客户对产品质量表示满意，希望下次活动的时候可以再次通知。" + str(row),
    )
    return texts[step(row, 6) % 4]


def customers(rows: int) -> pa.Table:
    numbers = range(rows)
    born = [birthday_of(row) for row in numbers]
    areas = ("110105", "310115", "440305", "510104")
    columns = {
        "customer_id": [f"C{row:07}" for row in numbers],
        "姓名": [name_of(row) for row in numbers],
        "身份证号": [
            cn_resident_id(areas[row % 4], day.replace("-", ""), step(row, 7) % 1000)
            for row, day in zip(numbers, born, strict=True)
        ],
        "手机号": [phone_of(row) for row in numbers],
        "email": [f"user{step(row, 8) % 10**8}@mail{row % 7}.example" for row in numbers],
        "性别": ["男" if row % 2 else "女" for row in numbers],
        "出生日期": born,
        "住址": [
            f"{_CITIES[row % 6]}市朝阳区建国路{1 + step(row, 9) % 300}号{1 + row % 20}栋{101 + row % 60}室"
            for row in numbers
        ],
        "邮编": [f"{100000 + step(row, 10) % 800000}" for row in numbers],
        "bank_card": [luhn(f"62220{step(row, 11) % 10**10:010}") for row in numbers],
        "婚姻状况": [_MARITAL[step(row, 12) % 4] for row in numbers],
        "学历": [_EDUCATION[step(row, 13) % 5] for row in numbers],
        "occupation": [_WORKS[step(row, 14) % 5] for row in numbers],
        "annual_income": [str(30_000 + step(row, 15) % 400_000) for row in numbers],
        "last_ip": [f"203.0.113.{step(row, 16) % 256}" for row in numbers],
        "order_count": [str(step(row, 17) % 40) for row in numbers],
        "备注": [note_of(row) for row in numbers],
    }
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})


def scan_table(table: pa.Table, chunk: int = 65_536) -> dict[str, ColumnVerdict]:
    partial = scan.EMPTY
    for batch in table.to_batches(max_chunksize=chunk):
        partial = scan.merge(partial, scan.fold(batch))
    return {item.name: item for item in scan.solve(partial, table.schema, AS_OF, KEY, sensitive_for_test)}


def sensitive_for_test(category: Category) -> tuple[str, ...]:
    return ("CN", "EU") if category in (Category.HEALTH, Category.RELIGION) else ()


def with_roles(table: pa.Table, verdicts: dict[str, ColumnVerdict]) -> dict[str, ColumnVerdict]:
    names = uniqueness.candidates(list(verdicts.values()), table.num_rows)
    partial, first = uniqueness.empty(names), 0
    for batch in table.to_batches():
        partial = uniqueness.merge(partial, uniqueness.fold(batch, names, first))
        first += batch.num_rows
    return {
        item.name: item for item in uniqueness.assign_roles(list(verdicts.values()), uniqueness.solve(partial, names))
    }


@pytest.fixture(scope="session")
def customer_table() -> pa.Table:
    return customers(2_000)


@pytest.fixture(scope="session")
def customer_verdicts(customer_table: pa.Table) -> dict[str, ColumnVerdict]:
    return scan_table(customer_table)


@pytest.fixture(scope="session")
def scan_column() -> Callable[[str, list[object]], ColumnVerdict]:
    def scan_one(name: str, values: list[object], type_: pa.DataType | None = None) -> ColumnVerdict:
        return scan_table(pa.table({name: pa.array(values, type_ or pa.string())}))[name]

    return scan_one
