"""Account numbers of QQ: five to eleven digits that do not begin with 0.

Source: Tencent, QQ help (numbers from 10000 on). A number like any other, so the header leads.
"""

from lockgate.classify.cells import Kind
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="qq-number",
    category=Category.CONTACT,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "qq, qq number, qq no, qqh, qq account, qqhm",
        "qq号, qq号码, 企鹅号, qq账号",
    ),
    not_headers=frozenset(phrases("群, group, 邮箱, mail")),
    form=r"^[1-9][0-9]{4,10}$",
    chance=0.2,
    weight=2.5,
    text=r"(?<![0-9A-Za-z])(?:QQ|qq|Qq)(?:号码?|群)?[是为]?[:： ]{0,2}([1-9][0-9]{4,10})(?![0-9A-Za-z.])",
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.OTHER}),
)
