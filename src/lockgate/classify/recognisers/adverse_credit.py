"""Adverse credit: defaults, arrears, bankruptcies, lists of debtors.

Source: PRC Regulation on credit reporting, articles 15 and 16 (adverse information, five years); GB/T 45574-2025,
annex A; Credit Information Use and Protection Act of Korea, article 2.
"""

from lockgate.classify.recogniser import ANY, Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="adverse-credit",
    category=Category.ADVERSE_CREDIT,
    role=ColumnRole.SENSITIVE,
    headers=phrases(
        "default, defaulted, loan default, default payment, overdue, days past due, past due, dpd, delinquency",
        "delinquent, delinq, bankruptcy, bankruptcies, pub rec bankruptcies, charge off, blacklist, bad debt",
        "foreclosure, yqts",
        "逾期, 逾期天数, 逾期次数, 逾期金额, 失信, 失信被执行人, 是否失信, 黑名单, 违约, 不良记录, 坏账, 破产",
        "연체, 연체일수, 연체금액, 연체여부, 신용불량, 파산, 부도",
    ),
    not_headers=frozenset(phrases("value, setting, config, language, currency, 默认, val, image, branch")),
    form=(
        r"^(?:[0-9]+(?:[.,][0-9]+)?|(?i:yes|no|true|false|y|n|default(?:ed)?|delinquent|overdue)|.*\p{Han"
        r"}.*|.*\p{Hangul}.*)$"
    ),
    chance=0.4,
    contextual=True,
    kinds=ANY,
)
