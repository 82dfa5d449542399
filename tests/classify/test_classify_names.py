"""Names of persons in columns, of five cells and of many, against words that only look like them."""

from collections.abc import Callable

import pytest
from classify_samples import name_of

from lockgate.classify.catalogue import CATALOGUE
from lockgate.classify.recognition import recognises
from lockgate.terms.classification import ColumnVerdict
from lockgate.terms.column import ColumnRole, Verdict

ScanColumn = Callable[..., ColumnVerdict]

NAMES = {
    "zh": ["王小明", "李雷", "韩梅梅", "欧阳娜娜", "张伟"],
    "ko": ["김민수", "이지은", "박서준", "최유리", "남궁민"],
    "en": ["John Smith", "Mary Johnson", "Wei Zhang", "Priya Patel", "Carlos Díaz"],
    "last first": ["Smith, John", "Johnson, Mary", "Patel, Priya", "Garcia, Ana", "Olsen, Mr. Ole Martin"],
    "given": ["Emma", "Liam", "Olivia", "Noah", "Sophia"],
}

OTHERS = {
    "zh cities": ["北京", "沈阳", "宁波", "唐山", "石家庄", "安庆", "金华", "黄山", "连云港", "高雄"],
    "zh colours": ["红色", "黄色", "蓝色", "白色", "黑色", "金色", "银色", "米黄", "湖蓝", "明黄"],
    "zh goods": ["苹果", "白菜", "黄瓜", "花生", "牛奶", "沙发", "毛巾", "白酒", "方便面", "高压锅"],
    "ko districts": [
        "강남구",
        "서초구",
        "송파구",
        "노원구",
        "양천구",
        "용인시",
        "성남시",
        "안산시",
        "안양시",
        "수원시",
    ],
    "ko words": ["사무실", "연구소", "도서관", "경제학", "자전거", "냉장고", "주차장", "기획팀", "한국어", "개발팀"],
    "cars": ["Toyota Corolla", "Honda Civic", "Ford Focus", "Mazda RX4", "Fiat Panda", "Chevrolet Impala", "Volvo"],
    "places": ["New York", "Los Angeles", "San Francisco", "Salt Lake City", "Green Bay", "Long Beach", "El Paso"],
    "firms": ["Bank of America", "General Motors", "Home Depot", "Procter & Gamble", "Coca-Cola", "Visa", "Costco"],
    "status": ["pending", "approved", "rejected", "shipped", "cancelled", "active", "closed", "draft"],
    "files": ["a.txt", "report.pdf", "summary.doc", "photo.jpg", "b.png"],
}


@pytest.mark.parametrize("kind", NAMES)
def test_five_names_are_names_without_any_header(scan_column: ScanColumn, kind: str) -> None:
    item = scan_column("c1", NAMES[kind])
    assert (item.type, item.verdict) == ("person-name", Verdict.CONFIRMED)


@pytest.mark.parametrize("kind", OTHERS)
@pytest.mark.parametrize("header", ["c1", "name", "label"])
def test_other_words_are_no_names_whatever_the_header(scan_column: ScanColumn, kind: str, header: str) -> None:
    item = scan_column(header, OTHERS[kind])
    assert (item.type, item.verdict) != ("person-name", Verdict.CONFIRMED)
    assert item.role is not ColumnRole.DIRECT_IDENTIFIER


@pytest.mark.parametrize("header", ["city", "product_name", "company", "城市", "支店名"])
def test_names_of_other_things_are_those_things_under_their_header(scan_column: ScanColumn, header: str) -> None:
    item = scan_column(header, ["Austin", "Charlotte", "Madison", "Jackson", "Houston"])
    assert item.type != "person-name" or item.verdict is Verdict.REFUTED


def test_twenty_names_in_three_languages_are_names(scan_column: ScanColumn) -> None:
    assert scan_column("c1", [name_of(row) for row in range(20)]).verdict is Verdict.CONFIRMED


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("巩俐", "巩固"),
        ("司马光", "马上"),
        ("홍길동", "신림동"),
        ("남궁민", "남양주"),
        ("Nguyen Van Minh", "Nguyen & Co"),
        ("H. P. Turner", "H. P. Sauce"),
        ("Anna-Maria O'Brien", "Anna-Maria Street 5"),
    ],
)
def test_one_name_is_told_from_a_word_like_it(name: str, other: str) -> None:
    recogniser = CATALOGUE["person-name"]
    assert recognises(recogniser, name)
    assert not recognises(recogniser, other)
