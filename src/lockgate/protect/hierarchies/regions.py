"""Chinese places: administrative codes, and addresses that begin with their province.

A code of GB/T 2260 has six digits: great region, province (two digits with the first), prefecture (two) and county
(two). The codes of the statistical office go on with three digits for the township and three for the village. What is
no province has no path.

Source: GB/T 2260, structure of codes; names of the 34 units of provincial level.
"""

import re
from collections.abc import Mapping

from lockgate.protect.hierarchies.paths import Parameters, Paths, of_each

PROVINCES: Mapping[str, str] = {
    "11": "北京市",
    "12": "天津市",
    "13": "河北省",
    "14": "山西省",
    "15": "内蒙古自治区",
    "21": "辽宁省",
    "22": "吉林省",
    "23": "黑龙江省",
    "31": "上海市",
    "32": "江苏省",
    "33": "浙江省",
    "34": "安徽省",
    "35": "福建省",
    "36": "江西省",
    "37": "山东省",
    "41": "河南省",
    "42": "湖北省",
    "43": "湖南省",
    "44": "广东省",
    "45": "广西壮族自治区",
    "46": "海南省",
    "50": "重庆市",
    "51": "四川省",
    "52": "贵州省",
    "53": "云南省",
    "54": "西藏自治区",
    "61": "陕西省",
    "62": "甘肃省",
    "63": "青海省",
    "64": "宁夏回族自治区",
    "65": "新疆维吾尔自治区",
    "71": "台湾省",
    "81": "香港特别行政区",
    "82": "澳门特别行政区",
}
"""Units of provincial level by the first two digits of their code."""

_SUFFIXES = ("特别行政区", "壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "省", "市")
_CUTS = (9, 6, 4, 2, 1)
_PREFECTURE = re.compile(r"[^市区县0-9路街号]{1,12}?(?:自治州|地区|盟|市)")
_COUNTY = re.compile(r"[^区县0-9路街号]{1,14}?(?:自治县|自治旗|林区|特区|区|县|市|旗)")
_ELSEWHERE = re.compile(r"海南藏族|河南蒙古族")
"""Units of another province whose names begin like a province."""


def code_paths(values: Mapping[str, int], _parameters: Parameters) -> Paths:
    """Return the paths of administrative codes: as written, (township,) county, prefecture, province, region, `*`."""
    longest = max(map(len, values), default=0)
    return of_each(values, lambda value: _code_path(value, longest))


def address_paths(values: Mapping[str, int], _parameters: Parameters) -> Paths:
    """Return the paths of addresses that begin with a province: as written, county, prefecture, province, `*`.

    A part that an address does not name is that above: the four municipalities have no prefecture.
    """
    return of_each(values, _address_path)


def _code_path(value: str, longest: int) -> tuple[str, ...] | None:
    fits = re.fullmatch(r"[0-9]{6}(?:[0-9]{3}){0,2}", value) and value[:2] in PROVINCES
    if not fits or len(value) != longest:
        return None
    masked = (value[:cut] + "*" * (longest - cut) for cut in _CUTS if cut < longest)
    return (value, *masked, "*")


def _address_path(value: str) -> tuple[str, ...] | None:
    text = re.sub(r"^中国|\s", "", value)
    if _ELSEWHERE.match(text):
        return None
    for name in PROVINCES.values():
        suffix = next(suffix for suffix in _SUFFIXES if name.endswith(suffix))
        short = name.removesuffix(suffix)
        if not text.startswith(short):
            continue
        rest = text.removeprefix(name) if text.startswith(name) else text.removeprefix(short)
        prefecture = "" if suffix == "市" else _first(_PREFECTURE, rest)
        county = _first(_COUNTY, rest[len(prefecture) :])
        return (value, name + prefecture + county, name + prefecture, name, "*")
    return None


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.match(text)
    return found[0] if found else ""
