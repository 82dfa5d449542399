"""Marital status.

Source: GB/T 2261.2-2003 (codes of marital status); usage for words.
"""

from lockgate.classify.recogniser import ANY, Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="marital-status",
    category=Category.FAMILY,
    role=ColumnRole.QUASI_IDENTIFIER,
    headers=phrases(
        "marriage yn, marriage, married, marriage status",
        "marital status, marital, maritl, mar stat, familienstand, estado civil, mrrgat, married, marriage",
        "civil status, relationship, relationship status, hyzk",
        "结婚状况, 婚姻情况, 婚姻状态, 婚姻, 婚姻状况, 婚否, 혼인, 혼인여부, 결혼여부, 결혼, 혼인상태",
    ),
    form=r"^(?:.*\p{L}.*|[0-9]{1,2})$",
    strong=r"^(?i:(?:un)?married(?:-[a-z-]+)?|single|never[- ]married|divorced|widowed|separated"
    r"|未婚|已婚|离异|离婚|丧偶|再婚|기혼|미혼|이혼|사별)$",
    chance=0.5,
    strong_chance=0.005,
    strong_weight=7.0,
    kinds=ANY,
)
