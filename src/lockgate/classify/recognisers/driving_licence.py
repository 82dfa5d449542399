"""Numbers of driving licences of any country.

Source: Directive 2006/126/EC, annex I, field 5 (number of the licence); DVLA's driver number of Great Britain (five
letters of the surname, digits of the birth date, initials and a check of its own). Others have no common form, so the
header leads.
"""

from lockgate.classify.cells import Kind
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="driving-licence",
    category=Category.GOVERNMENT_DOCUMENT,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "driving licence, driver licence, driver license number, drivers license, driving license number",
        "drivers licence no, driver lic, dl number, licence number, ~license number, fuhrerschein",
        "permis de conduire, patente di guida, jsz, jszh",
        "驾驶证, 驾驶证号, 驾照, 驾照号, 驾驶证号码, 免许証番号, 运転免许証番号",
    ),
    not_headers=frozenset(phrases("type, class, state, vehicle, software, plate, date, 类型, 准驾, 日期")),
    form=r"^[0-9A-Za-z](?:[ -]?[0-9A-Za-z]){5,19}$",
    strong=r"^[A-Z9]{5}[0-9](?:[05][1-9]|[16][0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9][A-Z9]{2}[0-9][A-Z]{2}$",
    chance=0.3,
    strong_chance=0.0005,
    weight=2.0,
    strong_weight=8.0,
    text=(
        r"(?<![0-9A-Za-z])[A-Z9]{5}[0-9](?:[05][1-9]|[16][0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9][A-Z9]{2}[0"
        r"-9][A-Z]{2}(?![0-9A-Za-z])"
    ),
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.OTHER}),
)
