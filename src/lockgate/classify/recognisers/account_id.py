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
        "id, uid, user id, userid, customer id, customerid, client id, member id, patient id, passenger id",
        "employee id, student id, person id, account id, subject id, respondent id, staff id, customer no",
        "customer number, member no, policy number, policy no, user, login, 客户编号, 客户号, 用户id, 用户编号",
        "用户名, 会员号, 会员编号, 会员id, 账号, 工号, 学号, 病历号, 客户id, 编号, khbh, yhm, 고객번호, 고객id",
        "회원번호, 회원id, 사번, 학번, 환자번호, 사용자id, 아이디, id번호",
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
    form=r"^[0-9A-Za-z][0-9A-Za-z_.@:-]{0,63}$",
    chance=0.5,
    kinds=NUMERIC,
    plausible=_plausible,
    plausible_weight=1.0,
)
