"""Numbers of social security and of medical insurance of China.

Source: LD/T 32-2015 (the social security number is that of the identity card; the card has nine signs of its own);
National Healthcare Security Administration, codes of insured persons. No check is published, so the header leads.
"""

from lockgate.classify.cells import Kind
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="cn-social-security",
    category=Category.NATIONAL_IDENTIFIER,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "social security card, social insurance number, medical insurance number, insurance card number, sbh",
        "sbkh, ybh, ybkh, shbzh, shbzhm, ylzh",
        "社保号, 社保卡号, 社会保障号, 社会保障号码, 社会保障卡号, 社保账号, 社保编号, 医保号, 医保卡号, 医保编号",
        "医保账号, 医疗保险号, 医疗证号, 个人编号",
    ),
    form=r"^[0-9A-Za-z]{8,30}$",
    chance=0.3,
    weight=2.5,
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.OTHER}),
)
