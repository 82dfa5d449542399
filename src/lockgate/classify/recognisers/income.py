"""Income, wages, assets: amounts or brackets.

Source: usage; Annex B of GB/T 43697-2024 counts income and assets among personal information.
"""

from lockgate.classify.recogniser import NUMERIC, Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="income",
    category=Category.INCOME_AND_ASSETS,
    role=ColumnRole.SENSITIVE,
    headers=phrases(
        "~income, salary, ~wage, ~wages, annual income, monthly income, ~earnings, net worth, ~asset, ~pay",
        "~bonus, ~balance, account balance, household income, monthly salary, base salary, hourly rate, gross pay",
        "net pay, compensation, gz, ~sr",
        "收入, 年收入, 月收入, 工资, 薪资, 薪水, 薪酬, 资产, 余额, 存款, 소득, 연소득, 연봉, 월급, 급여, 월소득",
        "자산, 잔액",
    ),
    not_headers=frozenset({"load", "status", "method", "type"}),
    form=r"^[<>≤≥~+-]{0,2}=? ?(?:[$€£¥￥₩]|[A-Z]{3})? ?[0-9][0-9,]*(?:\.[0-9]+)? ?(?:[kKmM万亿元만억원]{1,3}|[A-Z]{3})?"
    r"(?: ?(?:[-~–至]|to) ?(?:[$€£¥￥₩])? ?[0-9][0-9,]*(?:\.[0-9]+)? ?[kKmM万亿元만억원]{0,3})?"
    r"(?: ?(?:以上|以下|이상|이하|\+))?$|^(?i:low|middle|medium|high)$",
    chance=0.4,
    kinds=NUMERIC,
)
