"""Identifiers that a browser keeps: cookies, sessions, visitors.

Source: RFC 6265 (cookies); an online identifier by Regulation (EU) 2016/679, recital 30. Their form is free, so the
header leads; the client numbers of analytics have one (`GA1.2.` and two numbers).
"""

from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="cookie-id",
    category=Category.ONLINE_IDENTIFIER,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "cookie, cookie id, cookies, session id, sessionid, session, visitor id, browser id, client cookie",
        "ga client id, fbp, fbclid, gclid, open id, openid, union id, unionid, jsessionid",
        "会话id, 访客id, 세션id, 쿠키",
    ),
    not_headers=frozenset(phrases("rate, duration, length, start, end, accepted")),
    form=r"^[0-9A-Za-z_=%.;:|+/-]{8,}(?:; ?[0-9A-Za-z_=%.:|+/-]+)*$",
    strong=(
        r"^(?:GA1\.[0-9]\.[0-9]{6,}\.[0-9]{9,}|fb\.[0-9]\.[0-9]{10,}\.[0-9]+|[A-Za-z_]+=[^;= ]+(?:; [A-Za"
        r"-z_]+=[^;= ]+)+)$"
    ),
    chance=0.3,
    strong_chance=0.0005,
    weight=2.0,
    strong_weight=7.0,
)
