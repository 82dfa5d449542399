"""Identities that the law of China holds apart: disabled persons, persons in need, servicemen, police, undercover.

Source: PIPL, article 28 (specific identity); GB/T 45574-2025, annex A (identity information of disabled persons,
undisclosed professional identities).
"""

from lockgate.classify.recogniser import ANY, Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="specific-identity",
    category=Category.SPECIFIC_IDENTITY,
    role=ColumnRole.SENSITIVE,
    headers=phrases(
        "disability grade, disability, disability type, disability code",
        "specific identity, special identity, special status, disability certificate, disability card number",
        "low income household, veteran status",
        "特定身份, 特殊身份, 人员类别, 残疾证号, 残疾人证号, 残疾等级, 是否低保, 低保户, 低保证号, 贫困户",
        "建档立卡, 是否贫困户, 退役军人, 军人身份, 涉密人员, 流动人口, 特困人员, 五保户, 기초생활수급자",
        "수급자여부, 장애등급, 장애인등록번호, 보훈번호, 국가유공자",
    ),
    form=r"^(?:.*\p{L}.*|[0-9]{1,20}[0-9Xx]?)$",
    chance=0.5,
    kinds=ANY,
)
