"""Web addresses that carry an identifier of a user in their path or query: an e-mail, a token, a profile.

Source: RFC 3986, section 3 (query); Regulation (EU) 2016/679, recital 30 (online identifiers).
"""

from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_WHOLE = (
    r"^https?://[^ ]*(?:[?&](?:user_?id|uid|userid|email|e-mail|mail|phone|mobile|tel|token|access_token|s"
    r"ession|sessionid|sid|openid|customer_?id|member_?id|account)=[^& ]+|linkedin\.com/in/[^ ]+|facebook"
    r"\.com/profile\.php[^ ]*|/users?/[^/ ]+[0-9][^ ]*|/u/[0-9]+|twitter\.com/[0-9A-Za-z_]+|instagram\.com"
    r"/[0-9A-Za-z_.]+/?).*$"
)


RECOGNISER = Recogniser(
    type="url-with-identifier",
    category=Category.ONLINE_IDENTIFIER,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "profile url, profile link, linkedin url, facebook url, twitter url, reset link, tracking url",
        "unsubscribe link, linkedin profile, facebook profile",
        "个人主页, 个人主页链接",
    ),
    form=_WHOLE,
    strong=_WHOLE,
    chance=0.003,
    strong_chance=0.003,
    strong_weight=8.2,
)
