"""Number plates of vehicles in China and Korea.

Source: GA 36-2018 (plates of China, eight characters for new energy); Korean
notice on number plates (two or three digits, a syllable, four digits).
"""

from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_USES = "가나다라마거너더러머버서어저고노도로모보소오조구누두루무부수우주아바사자하허호배국합육해공"
_REGIONS = "서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|충북|충남|전북|전남|경북|경남|제주"
_CHINESE = (
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领][A-Z][· ]?"
    r"(?:[0-9A-HJ-NP-Z]{4}[0-9A-HJ-NP-Z挂学警港澳]|[0-9A-HJ-NP-Z]{6})"
)
_PLATE = _CHINESE + rf"|(?:(?:{_REGIONS}) ?)?[0-9]{{2,3}} ?[{_USES}] ?[0-9]{{4}}"

RECOGNISER = Recogniser(
    type="vehicle-plate",
    category=Category.VEHICLE,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "vehicle no, vhrno, vhclno, carno, car no",
        "~plate, license plate, licence plate, plate number, number plate, vehicle number, vehicle plate",
        "car number, vehicle registration number, vehicle reg no, plate no, ~registration number, tag number",
        "license tag, cphm, hphm, vhcleno, cph",
        "ナンバープレート, 号牌, 车牌, 车牌号, 车牌号码, 号牌号码, 차량번호, 자동차번호, 차번호",
    ),
    form=rf"^(?:{_PLATE}|(?:[0-9A-Z][ -]?){{4,8}})$",
    strong=rf"^(?:{_PLATE})$",
    chance=0.1,
    strong_chance=0.001,
    weight=2.0,
    strong_weight=9.0,
    # Beside an address `12라 3456` may be a plot of land: with a space inside, a word or a region has to tell.
    text=rf"(?<![0-9A-Za-z])(?:{_CHINESE}|(?:{_REGIONS}) ?[0-9]{{2,3}}[{_USES}] ?[0-9]{{4}}"
    rf"|[0-9]{{2,3}}[{_USES}][0-9]{{4}})(?![0-9A-Za-z])"
    rf"|(?:차량|차량번호|차번호|번호판|자동차)[은는이가:]? ?([0-9]{{2,3}} ?[{_USES}] ?[0-9]{{4}})(?![0-9A-Za-z])",
)
