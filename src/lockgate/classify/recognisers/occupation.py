"""Occupation, class of work, position.

Source: ILO ISCO-08; GB/T 6565-2015 (occupations).
"""

from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="occupation",
    category=Category.EMPLOYMENT,
    role=ColumnRole.QUASI_IDENTIFIER,
    headers=phrases(
        "직급명",
        "occupation, ofcps, ofcps name, job, job title, profession, ~position, job role, job category",
        "designation, career, workclass, work class, employment, employment type, ~industry, zy, zw",
        "职业, 职务, 职位, 岗位, 工种, 行业, 직업, 직종, 직위, 직책, 직급, 업종",
    ),
    not_headers=frozenset({"cursor", "x", "y", "queue"}),
    form=r"^.*\p{L}.*$",
    chance=0.5,
)
