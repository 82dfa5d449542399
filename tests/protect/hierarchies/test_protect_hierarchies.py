"""Built-in hierarchies: which nodes a value lies under, and what is not covered."""

from collections.abc import Iterable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.protect.domain_choice import Vocabulary, choose_domain
from lockgate.protect.hierarchies.catalogue import HIERARCHIES, build_hierarchy, parse_hierarchy
from lockgate.protect.hierarchies.regions import PROVINCES
from lockgate.terms.errors import InputError
from lockgate.terms.hierarchy import Hierarchy


def built(name: str, values: Iterable[str]) -> Hierarchy:
    return build_hierarchy(name, "c", dict.fromkeys(values, 1))


def path(name: str, value: str, *others: str) -> tuple[str, ...]:
    """Return what lies above a value."""
    return built(name, (value, *others)).paths[value][1:]


def test_a_day_lies_under_month_quarter_year_and_decade() -> None:
    assert path("date", "1990-05-17") == ("1990-05", "1990-Q2", "1990", "1990s", "*")
    assert path("date", "1999-12-31", "2000-01-01")[-3:-1] == ("1999", "1990s")


@pytest.mark.parametrize("written", ["1990/5/17", "1990.05.17", "19900517", "1990年5月17日", "1990-05-17T08:30:00Z"])
def test_a_day_may_be_written_otherwise_with_its_year_first(written: str) -> None:
    assert path("date", written) == ("1990-05-17", "1990-05", "1990-Q2", "1990", "1990s", "*")


@pytest.mark.parametrize("written", ["17.05.1990", "05/17/1990", "1990-13-01", "19900230", "1990-05", "1990/05-17"])
def test_what_is_no_day_for_certain_is_not_read(written: str) -> None:
    with pytest.raises(InputError, match="column `c` has 1 distinct values of 1"):
        built("date", [written])


def test_ages_lie_in_bands_of_five_ten_and_twenty() -> None:
    assert path("number", "43", "17", "90") == ("40-44", "40-49", "40-59", "*")


def test_bands_nest_whatever_the_range() -> None:
    assert path("number", "-7", "60") == ("-10..-6", "-10..-1", "-20..-1", "-100..-1", "*")
    assert path("number", "0.25", "0.1", "0.9") == ("0.25..<0.26", "0.25..<0.3", "0.2..<0.3", "0.2..<0.4", "*")
    assert path("number", "1234567", "1", "9000000")[0] == "1200000-1299999"


def test_widths_may_be_given_and_must_nest() -> None:
    assert path("number:15,30", "43") == ("30-44", "30-59", "*")
    assert path("number:0.5,2.5", "3.3") == ("3..<3.5", "2.5..<5", "*")
    for wrong in ("number:5,7", "number:10,5", "number:0", "number:-5"):
        with pytest.raises(InputError, match="do not nest"):
            built(wrong, ["1"])


@given(st.lists(st.decimals(-(10**6), 10**6, places=3), min_size=1, max_size=20))
def test_a_number_lies_inside_each_of_its_bands(numbers: list[Decimal]) -> None:
    values = {format(number.normalize() + 0, "f") for number in numbers}
    hierarchy = built("number", values)
    for value, labels in hierarchy.paths.items():
        for label in labels[1:-1]:
            if "..<" in label:
                low, high = label.split("..<")
                assert Decimal(low) <= Decimal(value) < Decimal(high)
            elif ".." in label:
                low, high = label.split("..")
                assert Decimal(low) <= Decimal(value) <= Decimal(high)
            else:
                low, _, high = label.partition("-")
                assert Decimal(low) <= Decimal(value) <= Decimal(high or low)


def test_a_column_of_one_number_has_no_bands() -> None:
    assert path("number", "7") == ("*",)


def test_an_administrative_code_lies_under_prefecture_province_and_region() -> None:
    assert path("cn-region", "310115") == ("3101**", "31****", "3*****", "*")
    assert path("cn-region", "440305001002")[:2] == ("440305001***", "440305******")
    assert len(PROVINCES) == 34


@pytest.mark.parametrize("code", ["990101", "31011", "3101155", "31011a"])
def test_what_is_no_administrative_code_is_not_covered(code: str) -> None:
    with pytest.raises(InputError, match="does not cover"):
        built("cn-region", [code])


@pytest.mark.parametrize(
    ("address", "above"),
    [
        ("广东省深圳市南山区科技园路1号", ("广东省深圳市南山区", "广东省深圳市", "广东省")),
        ("江苏苏州市吴中区东吴路", ("江苏省苏州市吴中区", "江苏省苏州市", "江苏省")),
        ("上海市浦东新区世纪大道100号", ("上海市浦东新区", "上海市", "上海市")),
        ("山东省济南市市中区", ("山东省济南市市中区", "山东省济南市", "山东省")),
        ("湖北省宜昌市长阳土家族自治县", ("湖北省宜昌市长阳土家族自治县", "湖北省宜昌市", "湖北省")),
        ("吉林省延边朝鲜族自治州延吉市", ("吉林省延边朝鲜族自治州延吉市", "吉林省延边朝鲜族自治州", "吉林省")),
        ("中国 新疆 阿勒泰地区", ("新疆维吾尔自治区阿勒泰地区", "新疆维吾尔自治区阿勒泰地区", "新疆维吾尔自治区")),
        ("北京朝阳区", ("北京市朝阳区", "北京市", "北京市")),
    ],
)
def test_an_address_lies_under_county_prefecture_and_province(address: str, above: tuple[str, ...]) -> None:
    assert path("cn-address", address) == (*above, "*")


@pytest.mark.parametrize("address", ["海南藏族自治州共和县", "深圳市南山区", "1 Main St"])
def test_an_address_without_its_province_is_not_covered(address: str) -> None:
    with pytest.raises(InputError, match="does not cover"):
        built("cn-address", [address])


def test_postcodes_lose_their_end() -> None:
    assert path("postcode", "02139") == ("0213*", "021**", "02***", "0****", "*")
    assert path("postcode", "02139-4307", "02139")[3:5] == ("02139****", "0213*****")
    assert path("postcode", "02139", "02139-4307")[0] == "02139****"
    assert path("postcode", "SW1A 1AA") == ("SW1A *", "SW*", "*")
    assert path("postcode", "k1a 0b1") == ("K1A *", "K*", "*")
    assert path("postcode", "1012 AB") == ("1012 *", "10*", "*")


def test_postcodes_of_two_lengths_are_refused() -> None:
    with pytest.raises(InputError, match="column `c` has 1 distinct values of 2"):
        built("postcode", ["100080", "02139"])


def test_addresses_of_both_versions_lie_under_networks() -> None:
    assert path("ip", "192.0.2.77") == ("192.0.2.0/24", "192.0.0.0/16", "192.0.0.0/8", "*")
    assert path("ip", "2001:db8:1:2::9", "192.0.2.77") == ("2001:db8:1:2::/64", "2001:db8:1::/48", "2001:db8::/32", "*")
    with pytest.raises(InputError):
        built("ip", ["192.0.2.256"])


def test_occupations_lie_under_their_groups() -> None:
    assert path("isco", "2512") == ("251*", "25**", "2 professionals", "*")
    assert path("isco", "0110")[2] == "0 armed forces occupations"
    with pytest.raises(InputError):
        built("isco", ["110"])


def test_addresses_of_mail_lie_under_their_domains() -> None:
    assert path("email", "ann@mail.Example.org") == ("@mail.example.org", "@…example.org", "@….org", "*")
    assert path("email", "ann@mx.shop.co.uk")[1] == "@…shop.co.uk"
    with pytest.raises(InputError):
        built("email", ["ann@localhost"])


def test_beginnings_are_those_that_join_values() -> None:
    assert path("prefix:3,1", "J45.9") == ("J45*", "J*", "*")
    assert path("prefix", "J45.9", "J45.1", "J30.0", "K21.0") == ("J45.*", "J*", "*")
    for wrong in ("prefix:1,3", "prefix:0", "prefix:1.5", "prefix:3,3"):
        with pytest.raises(InputError, match="that fall"):
            built(wrong, ["abc"])


def test_rare_values_become_one() -> None:
    values = {"common": 970, "rare": 25, "rarer": 5}
    hierarchy = build_hierarchy("frequency:0.01,0.1", "c", values)
    assert hierarchy.paths["rare"] == ("rare", "rare", "rarer than 10 %", "*")
    assert hierarchy.paths["rarer"] == ("rarer", "rarer than 1 %", "rarer than 10 %", "*")
    assert hierarchy.paths["common"] == ("common", "common", "common", "*")
    with pytest.raises(InputError, match="have to rise"):
        build_hierarchy("frequency:0.1,0.01", "c", values)


def test_where_nothing_is_said_the_values_say_what_they_are() -> None:
    assert path("derived", "1990-05-17", "2001-01-01")[0] == "1990-05"
    assert path("derived", "43", "17", "90")[0] == "40-44"
    assert path("derived", "10.0.0.1", "10.0.0.2")[0] == "10.0.0.0/24"
    assert path("derived", "a@b.org", "c@b.org")[0] == "@b.org"
    assert path("derived", "A10", "A11", "B10")[0] == "A1*"
    assert path("derived", "red", "green")[-1] == "*"


def test_a_value_that_is_not_covered_is_counted_and_never_told() -> None:
    with pytest.raises(InputError, match="`c` has 2 distinct values of 3") as caught:
        built("date", ["1990-05-17", "Kim Secret", "Lee Secret"])
    assert "Secret" not in str(caught.value) + caught.value.hint


def test_no_kind_makes_a_hierarchy_of_nothing() -> None:
    for name in HIERARCHIES:
        with pytest.raises(InputError, match="no value"):
            built(name, [])


@pytest.mark.parametrize("name", ["dates", "date:5", "number:", "number:x", "", "number:5,"])
def test_a_wrong_name_is_refused(name: str) -> None:
    with pytest.raises(InputError):
        parse_hierarchy(name)


SAMPLES = {
    "date": ["1990-05-17", "1990-06-01", "2020-02-29", "1989-01-01T10:00"],
    "number": ["1", "22", "23", "4.5", "-8"],
    "cn-region": ["310115", "310104", "440305"],
    "cn-address": ["广东省深圳市南山区", "上海市浦东新区", "广东省广州市"],
    "postcode": ["02139", "02140", "10001"],
    "ip": ["192.0.2.77", "192.0.3.1", "2001:db8::1"],
    "isco": ["2512", "2513", "9111", "0110"],
    "email": ["a@x.org", "b@x.org", "c@mail.x.org", "d@y.co.uk"],
    "prefix": ["AB1", "AB2", "AC", "AB*", "A"],
    "frequency": ["a", "b", "c"],
    "derived": ["red", "green", "blue"],
}


def test_every_kind_gives_a_tree_that_recoding_takes() -> None:
    assert set(SAMPLES) == set(HIERARCHIES)
    for name, values in SAMPLES.items():
        hierarchy = built(name, values)
        assert set(hierarchy.paths) == set(values)
        assert {labels[-1] for labels in hierarchy.paths.values()} == {"*"}
        order, _ = choose_domain("c", [*values, None], hierarchy, Vocabulary(), generalised=False)
        assert sorted(order[:-1]) == sorted(values)


def test_the_order_of_values_does_not_matter() -> None:
    for name, values in SAMPLES.items():
        there, back = built(name, values), built(name, values[::-1])
        assert list(there.paths.items()) == list(back.paths.items())
