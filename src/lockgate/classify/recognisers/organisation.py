"""Organisations that persons work for or belong to.

Source: usage; legal forms of companies in Chinese, Korean and English.
"""

from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_LATIN = (
    r"[ ,.&](?i:ltd|limited|inc|llc|llp|gmbh|corp|corporation|plc|pty|bhd|s\.?a\.?|ag|co|company"
    r"|group|holdings|partners"
    r"|associates|university|foundation|association|institute|solutions|technologies|industries|enterprises)\.?"
)

RECOGNISER = Recogniser(
    type="organisation",
    category=Category.EMPLOYMENT,
    role=ColumnRole.QUASI_IDENTIFIER,
    headers=phrases(
        "조직명, orgnzt nm",
        "company, company name, employer, employer name, work company, business name, institution, affiliation",
        "corp name, cmpnynm, ~organisation name, organisation, organization, org, work unit, workplace, gzdw",
        "~department, ~school, school name, university, college, ~deptnm, deptname",
        "部门, 部门名称, 科室, 院系, 学院, 学校, 学校名称, 班级, 부서, 부서명, 학과, 학교, 학교명, 기관명",
        "公司, 单位, 工作单位, 公司名称, 企业名称, 회사, 회사명, 직장, 근무처, 소속",
    ),
    form=r"^.*\p{L}.*$",
    strong=rf"^(?:.*(?:有限公司|股份公司|集团|事务所|委员会|研究院|株式会社|주식회사|㈜|\(주\)|{_LATIN})"
    r"|(?:주식회사|\(주\)|株式会社).*)$",
    chance=0.5,
    strong_chance=0.005,
    strong_weight=6.0,
    contextual=True,
)
