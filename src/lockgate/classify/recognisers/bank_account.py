"""Numbers of bank accounts without a check.

Source: usage; banks of China and Korea number accounts with 8 to 20 digits and no common check digit.
"""

from lockgate.classify.recogniser import NUMERIC, Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="bank-account",
    category=Category.FINANCIAL_ACCOUNT,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "actno, acnutno, acno, acntno, account no",
        "bank account, ~account number, ba number, deposit account, kontonummer, beneficiary account",
        "payee account, ~acnutno, bankacnutno, ~account no, bank acct no, bank account number, yhzh",
        "银行账号, 银行账户, 收款账号, 开户账号, 账户号, 계좌, 계좌번호, 은행계좌, 계좌정보, 입금계좌, 환불계좌",
        "口座番号",
    ),
    not_headers=frozenset({"user", "login"}),
    form=r"^[0-9](?:[ -]?[0-9]){7,19}$",
    chance=0.2,
    kinds=NUMERIC,
)
