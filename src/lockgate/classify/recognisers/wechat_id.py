"""Account names of WeChat: a letter, then five to nineteen letters, digits, hyphens or underlines.

Source: Tencent, WeChat help centre (6 to 20 signs, begins with a letter); names that were given begin with `wxid_`.
"""

from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="wechat-id",
    category=Category.CONTACT,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "wechat, wechat id, weixin, wx, wxh, weixinhao, wechat no, wechat account",
        "微信, 微信号, 微信账号, 微信id, 위챗",
    ),
    not_headers=frozenset(phrases("openid, unionid, pay, 支付, 昵称")),
    form=r"^[A-Za-z][-_0-9A-Za-z]{5,19}$",
    strong=r"^wxid_[0-9a-z]{12,18}$",
    chance=0.4,
    strong_chance=0.0005,
    weight=2.5,
    strong_weight=8.5,
    text=(
        r"(?:微信|[Ww]e[Cc]hat)(?:号|ID|id)?[是为]?[:： ]{0,2}([A-Za-z][-_0-"
        r"9A-Za-z]{5,19})(?![-_0-9A-Za-z@])|(?<![-_0-9A-Za-z])wxid_[0-9a-z]{12,18}(?![-_0-9A-Za-z])"
    ),
)
