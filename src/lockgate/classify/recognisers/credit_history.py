"""Credit: scores, ratings, loans, limits.

Source: PRC Regulation on credit reporting (order 631 of the State Council), article 13; Credit Information Use and
Protection Act of Korea, article 2.
"""

from lockgate.classify.recogniser import NUMERIC, Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="credit-history",
    category=Category.CREDIT_HISTORY,
    role=ColumnRole.SENSITIVE,
    headers=phrases(
        "credit score, fico, fico score, credit rating, credit history, credit limit, credit grade, credit amount",
        "loan amount, loan status, loan balance, loan purpose, existing credits, dti, debt to income, num loans",
        "zhima score, xyf, dkje",
        "信用分, 信用评分, 信用等级, 征信, 征信记录, 征信报告, 授信额度, 贷款金额, 贷款余额, 负债, 芝麻分",
        "신용점수, 신용등급, 신용평점, 대출금액, 대출잔액, 대출, 부채, 신용한도",
    ),
    form=(
        r"^(?:[0-9]+(?:[.,][0-9]+)*|[A-Da-d]{1,3}[0-9+-]?|(?i:good|bad"
        r"|poor|fair|excellent|paid|current|charged off|fully paid|exi"
        r"sting paid|critical|delayed|no credits|low|high|medium)|[0-9"
        r"]+등급|.*\p{Han}.*|.*\p{Hangul}.*)$"
    ),
    chance=0.4,
    contextual=True,
    kinds=NUMERIC,
)
