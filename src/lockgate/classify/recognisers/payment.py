"""Payments of persons: amounts, ways, times, numbers of orders paid.

Source: GB/T 35273-2020, annex A (transaction and consumption records). An amount is personal only beside persons.
"""

from lockgate.classify.recogniser import NUMERIC, Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="payment",
    category=Category.PAYMENT,
    role=ColumnRole.ORDINARY,
    headers=phrases(
        "transaction amount, payment amount, purchase amount, order amount, amount paid, paid amount, spending",
        "total spent, payment method, payment type, transaction date, purchase history, purchase date",
        "transaction id, zfje, jyje",
        "交易金额, 支付金额, 消费金额, 订单金额, 交易时间, 支付方式, 交易记录, 消费记录, 交易流水号, 거래금액",
        "결제금액, 결제수단, 결제방법, 구매금액, 거래일시, 거래내역, 구매내역",
    ),
    form=r"^(?:[$€£¥￥₩+-]{0,2} ?[0-9][0-9.,:/ T-]*(?: ?[A-Z]{3}|元|원)?|.*\p{L}.*)$",
    chance=0.6,
    weight=1.5,
    contextual=True,
    kinds=NUMERIC,
)
