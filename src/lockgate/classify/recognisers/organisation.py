"""Organisations that persons work for or belong to.

Source: usage; legal forms of companies in Chinese, Korean and English.
"""

from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="organisation",
    category=Category.EMPLOYMENT,
    role=ColumnRole.QUASI_IDENTIFIER,
    headers=phrases(
        "company, company name, employer, organisation, organization, org, work unit, workplace, 公司, 单位",
        "工作单位, 公司名称, 企业名称, gzdw, 회사, 회사명, 직장, 근무처, 소속, 기관명",
    ),
    form=r"^.*\p{L}.*$",
    strong=r"^.*(?:有限公司|股份公司|集团|事务所|주식회사|㈜|\(주\)|(?i:\b(?:ltd|inc|llc|gmbh|corp|plc|co)\b\.?))$|^(?:주식회사|\(주\)).*$",
    chance=0.5,
    strong_chance=0.005,
    strong_weight=6.0,
)
