"""Numbers of bank branches in the payment system of China (CNAPS, 联行号): twelve digits.

Source: People's Bank of China, rules of bank codes of the China National Advanced Payment System (bank of three
digits, area of four, branch of four, a check digit whose weights are not published).
"""

from lockgate.classify.cells import Kind
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="cnaps-code",
    category=Category.NOT_PERSONAL,
    role=ColumnRole.ORDINARY,
    headers=phrases(
        "cnaps, cnaps code, bank branch code, lhh, khhlhh",
        "联行号, 银行联行号, 大额行号, 支付行号, 行号",
    ),
    form=r"^[1-9][0-9]{11}$",
    chance=0.05,
    weight=2.5,
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.OTHER}),
)
