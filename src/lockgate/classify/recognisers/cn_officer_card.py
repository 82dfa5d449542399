"""Cards of officers, soldiers and police of China: a word of the unit, `字第`, digits and `号`.

Source: GB/T 35273-2020, annex A (identity documents: officer card); the wording is usage of the cards.
"""

from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="cn-officer-card",
    category=Category.GOVERNMENT_DOCUMENT,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "officer card, military id, soldier id, police card, jgz, jgzh",
        "军官证, 军官证号, 士兵证, 士官证, 文职干部证, 警官证, 警官证号, 军人证件号",
    ),
    form=r"^\p{Han}{1,4}字第?[0-9]{4,10}号$",
    strong=r"^[军兵士文警武海空京沈兰济宁广成南北东西中政参后装联火总]\p{Han}{0,3}字第?[0-9]{4,10}号$",
    chance=0.001,
    strong_chance=0.0005,
    weight=4.0,
    strong_weight=8.0,
    text=r"[军兵士文警武海空京沈兰济宁广成南北东西中政参后装联火总][\u4e00-\u9fff]{0,2}字第[0-9]{4,10}号",
)
