"""Numbers that an organisation gives to persons: customers, members, patients, staff.

Source: usage; a unique number under such a header stands for a person (Regulation (EU)
2016/679, article 4(1): an identification number).
"""

from lockgate.classify.recogniser import NUMERIC, ColumnStatistics, Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole


def _plausible(column: ColumnStatistics) -> float:
    """Return log odds: a number of persons seldom stands for many rows."""
    if column.distinct_ratio >= 0.9:  # noqa: PLR2004 - nearly one a row
        return 1.0
    return 0.0 if column.distinct >= 20 and column.distinct_ratio >= 0.05 else -6.0  # noqa: PLR2004 - several rows each


RECOGNISER = Recogniser(
    type="account-id",
    category=Category.OTHER_PERSONAL,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "업무사용자id, 고유id, esntl id, 등록자id, 수정자id, 최초등록자id, 최종수정자id, patient no, rgtr id, mdfr id",
        "~student, ~member, ~customer, ~client, ~patient, ~employee, ~passenger, ~guest",
        "~id, uid, user id, userid, customer id, customerid, client id, member id, patient id, passenger id",
        "employee id, student id, person id, account id, subject id, respondent id, staff id, user no",
        "user number, member number, employee number, employee no, emp no, student number, student no",
        "patient number, patient no, badge number, enrollment number, roll no, roll number, matriculation number",
        "mrn, medical record number, chart number, case id, insured id, beneficiary id, subscriber id, player id",
        "userkey, esntl id, register id, updusr id, voter id, account name, screenname, sub id, customer no",
        "customer number, member no, policy number, policy no, ~user, login, login name, login id, username",
        "user name, user account, ~user code, khbh, khh, yhm, yhbh, yhid, dlm, gh, xh, xjh, hyh, ygbh, zgbh, rybh",
        "brid, zyh, mzh, blh, emplyrid, mberid, esntlid, empno",
        "客户编号, 客户号, 用户id, 用户编号, 用户名, 登录名, 登陆名, 用户账号, 用户编码, 客户代码, 客户编码",
        "会员卡号, 员工编号, 员工号, 职工编号, 人员编号, 学生编号, 教师编号, 患者编号, 病人id, 住院号, 门诊号",
        "就诊卡号, 准考证号, 学籍号, 考生号, 会员号, 会员编号, 会员id, 账号, 工号, 学号, 病历号, 客户id, ~编号",
        "고객번호, 고객id, 회원번호, 회원id, 아이디, 로그인id, 사용자명, 사용자번호, 수험번호, 등록번호, 会員番号",
        "会員id, 社員番号, 学籍番号, ユーザーid, ユーザ名, 회원아이디, 사번, 학번, 환자번호, 사용자id, id번호",
    ),
    not_headers=frozenset(
        {
            "order",
            "product",
            "item",
            "transaction",
            "trans",
            "event",
            "session",
            "store",
            "shop",
            "category",
            "group",
            "dept",
            "department",
            "device",
            "batch",
            "订单编号",
            "agent",
        }
    ),
    # A number with a decimal fraction counts or measures something.
    form=r"^(?:[0-9][0-9_@:-]{0,63}|[0-9_.@:-]*[A-Za-z][0-9A-Za-z_.@:-]{0,63})$",
    chance=0.5,
    weight=0.5,
    kinds=NUMERIC,
    plausible=_plausible,
    plausible_weight=1.0,
)
