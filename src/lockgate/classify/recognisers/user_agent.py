"""Names that browsers and apps give themselves (User-Agent).

Source: RFC 9110, section 10.1.5 (product tokens and comments).
"""

from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="user-agent",
    category=Category.ONLINE_IDENTIFIER,
    role=ColumnRole.QUASI_IDENTIFIER,
    headers=phrases(
        "user agent, useragent, ua, browser agent, http user agent, device user agent",
        "用户代理, ua信息, 유저에이전트",
    ),
    form=r"^[A-Za-z][0-9A-Za-z_.-]*/[0-9][0-9A-Za-z.]*(?: .*)?$",
    strong=r"^(?:Mozilla|Opera|Dalvik|okhttp|CFNetwork)/[0-9]+\.[0-9].*$",
    chance=0.02,
    strong_chance=0.0005,
    weight=3.0,
    strong_weight=8.5,
)
