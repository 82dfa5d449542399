"""Tax payer numbers of China: 15, 17, 18 or 20 signs.

Source: State Taxation Administration, order 48 and notice 2015/66 (natural persons are numbered by their identity
document; organisations by the unified code, which `cn-uscc` recognises by its check character).
"""

from lockgate.classify.cells import Kind
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="cn-tax-number",
    category=Category.NATIONAL_IDENTIFIER,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "taxpayer number, taxpayer id, taxpayer identification number, tax number, nsrsbh, sh",
        "纳税人识别号, 纳税识别号, 税号, 税务登记号, 税务登记证号",
    ),
    form=r"^(?:[0-9A-Za-z]{15}|[0-9A-Za-z]{17,18}|[0-9A-Za-z]{20})$",
    chance=0.1,
    weight=2.5,
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.OTHER}),
)
