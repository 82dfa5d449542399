"""The scan of tables: verdicts, vetoes, chance, batches, kinds of columns."""

import pickle
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from itertools import pairwise

import pyarrow as pa
import pytest
from classify_samples import AS_OF, KEY, customers, luhn, scan_table, sensitive_for_test, step, with_roles
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.classify import scan
from lockgate.classify.distinct import LIMIT
from lockgate.terms.category import Category
from lockgate.terms.classification import ColumnVerdict
from lockgate.terms.column import ColumnRole, Verdict

ScanColumn = Callable[..., ColumnVerdict]
ROWS = 1_000

EXPECTED = {
    "customer_id": "account-id",
    "姓名": "person-name",
    "身份证号": "cn-resident-id",
    "手机号": "phone",
    "email": "email",
    "性别": "gender",
    "出生日期": "date-of-birth",
    "住址": "postal-address",
    "邮编": "postcode",
    "bank_card": "bank-card",
    "婚姻状况": "marital-status",
    "学历": "education",
    "occupation": "occupation",
    "annual_income": "income",
    "last_ip": "ip",
    "order_count": "",
    "备注": "free-text",
}


def test_every_column_of_a_customer_list_gets_its_type(customer_verdicts: dict[str, ColumnVerdict]) -> None:
    assert {name: item.type for name, item in customer_verdicts.items()} == EXPECTED
    assert all(item.verdict is Verdict.CONFIRMED for item in customer_verdicts.values() if item.type)


def test_values_tell_identifiers_without_any_header(customer_table: pa.Table) -> None:
    bare = customer_table.rename_columns([f"c{place}" for place in range(customer_table.num_columns)])
    types = [item.type for item in scan_table(bare).values()]
    told = {"person-name", "cn-resident-id", "phone", "email", "bank-card", "postal-address", "ip", "gender"}
    assert told <= set(types)


def test_a_resident_number_has_the_evidence_that_the_contract_shows(
    customer_verdicts: dict[str, ColumnVerdict],
) -> None:
    item = customer_verdicts["身份证号"]
    assert item.category is Category.NATIONAL_IDENTIFIER
    assert item.role is ColumnRole.DIRECT_IDENTIFIER
    assert item.grade == "general-4"
    assert set(item.evidence) == {"format", "check", "chance", "distinct", "filled", "header"}
    assert item.evidence["chance"] == pytest.approx(1 / 11, abs=1e-4)
    assert all(0 <= value <= 1 for value in item.evidence.values())


NUMBERS = {
    "order_no": [f"{step(row, 30) % 10**16:016}" for row in range(ROWS)],
    "serial": [f"{step(row, 31) % 10**18:018}" for row in range(ROWS)],
    "reference": [f"{step(row, 32) % 10**11:011}" for row in range(ROWS)],
    "ms": [f"{1_600_000_000_000 + step(row, 33) % 10**11}" for row in range(ROWS)],
    "seconds": [f"{1_600_000_000 + step(row, 34) % 10**8}" for row in range(ROWS)],
    "fraction": [f"0.{step(row, 35) % 10**16:016}" for row in range(ROWS)],
    "visa_like": [f"4{step(row, 36) % 10**15:015}" for row in range(ROWS)],
    "fifteen": [f"{1 + step(row, 37) % 9}{step(row, 38) % 10**14:014}" for row in range(ROWS)],
    "release": [f"{row % 5}.{row % 7}.{row % 11}.{row % 13}" for row in range(ROWS)],
}


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_that_match_by_chance_are_no_identifiers(scan_column: ScanColumn, name: str) -> None:
    item = scan_column(name, NUMBERS[name])
    assert item.verdict in (Verdict.NONE, Verdict.REFUTED)
    assert item.role is ColumnRole.ORDINARY


def test_one_in_ten_random_card_numbers_passes_the_check_and_a_header_does_not_make_them_cards(
    scan_column: ScanColumn,
) -> None:
    random = scan_column("card_number", NUMBERS["visa_like"])
    real = scan_column("card_number", [luhn(value[:-1]) for value in NUMBERS["visa_like"]])
    assert random.verdict is Verdict.REFUTED
    assert 0.05 < random.evidence["check"] < 0.15
    assert real.type == "bank-card"
    assert real.verdict is Verdict.CONFIRMED


def test_half_wrong_check_digits_are_still_far_beyond_chance(scan_column: ScanColumn) -> None:
    values = [luhn(value[:-1]) if row % 2 else value for row, value in enumerate(NUMBERS["visa_like"])]
    assert scan_column("c1", values).type == "bank-card"


@pytest.mark.parametrize(
    ("header", "values"),
    [
        ("email_verified", ["0", "1"] * 20),
        ("is_phone", ["true", "false"] * 20),
        ("name", [str(number) for number in range(40)]),
        ("姓名", [f"{number}.5" for number in range(40)]),
        ("age", [str(number * 100) for number in range(40)]),
        ("gender", [f"x{number}" for number in range(40)]),
        ("birth_date", [f"{2030 + number}-01-01" for number in range(40)]),
        ("身份证号", [f"{10**17 + number}" for number in range(40)]),
    ],
)
def test_values_veto_a_header(scan_column: ScanColumn, header: str, values: list[str]) -> None:
    item = scan_column(header, values)
    assert item.verdict is Verdict.REFUTED
    assert item.probability < 0.5


@pytest.mark.parametrize(
    ("header", "value", "type_"),
    [
        ("xm", "王小明", "person-name"),
        ("sfzh", "11010519491231002X", "cn-resident-id"),
        ("sjh", "13800138000", "phone"),
        ("csrq", "19491231", "date-of-birth"),
        ("客户姓名", "欧阳娜", "person-name"),
        ("고객 전화번호", "01012345678", "phone"),
        ("주민등록번호", "9001011234567", "kr-resident-number"),
        ("생년월일", "1990년 1월 1일", "date-of-birth"),
        ("customerPhone", "021-65290000", "phone"),
        ("home-address", "221B Baker Street", "postal-address"),
        ("IPAddress", "203.0.113.9", "ip"),
        ("성별", "여", "gender"),
        ("blood_type", "AB", "blood-type"),
        ("diagnosis", "E11.9", "health"),
        ("宗教信仰", "佛教", "religion"),
        ("车牌号", "京A12345", "vehicle-plate"),
        ("护照号码", "E12345678", "passport"),
    ],
)
def test_a_header_in_any_of_the_languages_lifts_few_values(
    scan_column: ScanColumn, header: str, value: str, type_: str
) -> None:
    item = scan_column(header, [value] * 3)
    assert item.type == type_
    assert item.verdict in (Verdict.CONFIRMED, Verdict.SUSPECTED)


def test_a_resident_number_without_hyphen_needs_its_header(scan_column: ScanColumn) -> None:
    values = [
        f"{80 + row % 20}{1 + row % 12:02}{1 + row % 28:02}{1 + row % 2}{step(row, 40) % 10**6:06}"
        for row in range(200)
    ]
    assert scan_column("c7", values).verdict is Verdict.NONE
    assert scan_column("rrn", values).verdict is Verdict.CONFIRMED
    assert scan_column("c7", [f"{value[:6]}-{value[6:]}" for value in values]).type == "kr-resident-number"


def test_a_resident_number_of_someone_not_yet_born_does_not_count(scan_column: ScanColumn) -> None:
    future = customers(300).column("身份证号").to_pylist()
    moved = [f"{value[:6]}2099{value[10:]}" for value in future]
    assert scan_column("身份证号", moved).verdict is Verdict.REFUTED


def test_dates_of_lately_are_no_dates_of_birth_without_a_header(scan_column: ScanColumn) -> None:
    lately = [f"202{4 + row % 3}-{1 + row % 10:02}-{1 + row % 28:02}" for row in range(300)]
    births = customers(300).column("出生日期").to_pylist()
    assert scan_column("c1", lately).verdict is Verdict.NONE
    assert scan_column("c1", births).verdict is Verdict.SUSPECTED


def test_wide_digits_apostrophes_and_spreadsheet_numbers_are_read(scan_column: ScanColumn) -> None:
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    phones = [f"1380013{row:04}" for row in range(60)]
    for written in (
        [value.translate(wide) for value in phones],
        [f"'{value}" for value in phones],
        [f"{value[:3]}\u200b{value[3:]}" for value in phones],
        [f"{value[0]}.{value[1:]}E+10" for value in phones],
        [f"{value}.0" for value in phones],
    ):
        assert scan_column("手机", written).evidence["format"] == 1.0


COLUMNS = {
    "integer": pa.array([13_800_000_000 + row for row in range(60)]),
    "decimal": pa.array([float(13_800_000_000 + row) if row % 5 else None for row in range(60)]),
    "dictionary": pa.array([f"1380013{row % 7:04}" for row in range(60)]).dictionary_encode(),
    "large": pa.array([f"1380013{row:04}" for row in range(60)], pa.large_string()),
    "view": pa.array([f"1380013{row:04}" for row in range(60)], pa.string_view()),
}


@pytest.mark.parametrize("kind", COLUMNS)
def test_a_phone_is_a_phone_however_the_source_holds_it(kind: str) -> None:
    assert scan_table(pa.table({"phone": COLUMNS[kind]}))["phone"].type == "phone"


@pytest.mark.parametrize("kind", ["integer", "decimal"])
def test_a_number_column_is_no_phone_without_a_header(kind: str) -> None:
    assert scan_table(pa.table({"x": COLUMNS[kind]}))["x"].verdict is Verdict.NONE


@pytest.mark.parametrize(
    "column",
    [
        pa.nulls(5),
        pa.array([], pa.string()),
        pa.array([True, None]),
        pa.array([["a@b.example"], None]),
        pa.array([b"x"]),
        pa.array([{"a": 1}]),
        pa.array([float("nan"), float("inf")]),
        pa.array([date(1990, 1, 1)]).cast(pa.timestamp("us")),
    ],
    ids=str,
)
def test_any_arrow_column_can_be_scanned(column: pa.Array) -> None:
    assert scan_table(pa.table({"name": column}))["name"].name == "name"


def test_days_and_times_are_dates_of_birth_under_their_header() -> None:
    days = pa.array([date(1950 + row % 50, 1 + row % 12, 1) for row in range(60)])
    found = scan_table(pa.table({"dob": days, "birth": days.cast(pa.timestamp("ms", "UTC"))}))
    assert {item.type for item in found.values()} == {"date-of-birth"}


def test_free_text_with_an_identifier_in_any_cell_identifies(scan_column: ScanColumn) -> None:
    texts = [f"客户对第{row}次服务的产品质量表示满意希望再次通知" for row in range(100)]
    clean = scan_column("备注", texts)
    dirty = scan_column("备注", [*texts, "请打13800138000找我，谢谢您的配合和帮助"])
    assert clean.type == dirty.type == "free-text"
    assert clean.role is ColumnRole.ORDINARY
    assert clean.text_hits is None
    assert dirty.role is ColumnRole.DIRECT_IDENTIFIER
    assert dirty.text_hits == {"phone": 1}


def test_columns_without_a_type_are_personal_in_a_table_of_persons_only() -> None:
    alone = scan_table(pa.table({"amount": ["1.50", "2.75"] * 10}))
    beside = scan_table(
        pa.table({"amount": ["1.50", "2.75"] * 10, "email": [f"u{row}@mail.example" for row in range(20)]})
    )
    assert alone["amount"].category is Category.NOT_PERSONAL
    assert alone["amount"].grade == "general-1"
    assert beside["amount"].category is Category.OTHER_PERSONAL
    assert beside["amount"].grade == "general-2"


def test_sensitive_places_come_from_the_caller(scan_column: ScanColumn) -> None:
    assert scan_column("diagnosis", ["flu", "asthma"] * 5).sensitive_in == ("CN", "EU")


def test_no_value_of_the_source_is_in_partial_or_verdicts(customer_table: pa.Table) -> None:
    partial = scan.fold(customer_table.to_batches()[0])
    verdicts = scan.solve(partial, customer_table.schema, AS_OF, KEY, sensitive_for_test)
    shown = repr(partial) + repr([asdict(item) for item in verdicts])
    for name in customer_table.column_names:
        leaked = [value for value in set(customer_table.column(name).to_pylist()) if len(value) > 3 and value in shown]
        # A decimal number of few digits stands in some hash; names, notes and addresses cannot.
        assert not [value for value in leaked if not value.isdigit() or len(value) > 8], name


def test_examples_depend_on_the_key_and_not_on_other_columns(customer_table: pa.Table) -> None:
    partial = scan.fold(customer_table.to_batches()[0])
    one, other = (
        {item.name: item.example for item in scan.solve(partial, customer_table.schema, AS_OF, key, sensitive_for_test)}
        for key in (KEY, b"another")
    )
    assert all(one[name] != other[name] for name in one)
    same = scan_table(pa.table({"a": ["x"], "b": ["x"]}))
    assert same["a"].example != same["b"].example


@settings(max_examples=6, deadline=None)
@given(st.lists(st.integers(0, 300), max_size=4))
def test_verdicts_do_not_depend_on_how_rows_are_cut_into_batches(cuts: list[int]) -> None:
    table = customers(300)
    bounds = sorted({0, 300, *cuts})
    parts = [table.slice(low, high - low).combine_chunks().to_batches() for low, high in pairwise(bounds)]
    partial = scan.EMPTY
    for part in parts:
        for batch in part:
            partial = scan.merge(partial, scan.fold(batch))
    assert partial == scan.fold(table.combine_chunks().to_batches()[0])


CELLS = st.lists(
    st.one_of(st.none(), st.sampled_from(["13800138000", "1990-01-01", "男", "电话13800138000"]), st.text(max_size=6)),
    max_size=6,
)


def partial_of(cells: list[str | None]) -> scan.ScanPartial:
    return scan.fold(pa.record_batch({"备注": pa.array(cells, pa.string()), "phone": pa.array(cells, pa.string())}))


@settings(max_examples=30, deadline=None)
@given(CELLS, CELLS, CELLS)
def test_merge_is_associative_and_commutative_with_an_identity(
    first: list[str | None], second: list[str | None], third: list[str | None]
) -> None:
    a, b, c = partial_of(first), partial_of(second), partial_of(third)
    assert scan.merge(scan.merge(a, b), c) == scan.merge(a, scan.merge(b, c))
    assert scan.merge(a, b) == scan.merge(b, a)
    assert scan.merge(a, scan.EMPTY) == a == scan.merge(scan.EMPTY, a)


def test_a_partial_stays_small_and_can_be_sent_to_another_process() -> None:
    table = pa.table({"x": pa.array([str(step(row, 50)) for row in range(40_000)])})
    partial = scan.merge(*(scan.fold(batch) for batch in table.to_batches(max_chunksize=20_000)))
    assert pickle.loads(pickle.dumps(partial)) == partial
    assert len(pickle.dumps(partial)) < 40_000
    assert len(partial.columns["x"].sketch.hashes) == LIMIT
    assert partial.columns["x"].sketch.distinct == pytest.approx(40_000, rel=0.1)


def test_roles_by_uniqueness_lift_plain_columns_of_persons(customer_table: pa.Table) -> None:
    lifted = with_roles(customer_table, scan_table(customer_table))
    assert lifted["order_count"].role is ColumnRole.QUASI_IDENTIFIER
    assert lifted["annual_income"].role is ColumnRole.SENSITIVE
    assert lifted["身份证号"].role is ColumnRole.DIRECT_IDENTIFIER
