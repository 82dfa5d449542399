"""Account names of social networks and messengers.

Source: usage; the services' rules of names (letters, digits, underline, full stop; often an `@` before it).
"""

from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="social-account",
    category=Category.CONTACT,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "twitter, twitter handle, twitter account, twitter username, twitter id, facebook, facebook id",
        "facebook account, instagram, instagram handle, instagram id, linkedin, linkedin id, skype, skype id",
        "telegram, telegram id, whatsapp, line id, weibo, weibo id, tiktok, douyin, snapchat, social account",
        "social handle, social media, screen name, handle, nickname, nick name, nick, github, github username, nc",
        "ncnm",
        "微博, 微博账号, 抖音号, 钉钉号, 昵称, 网名, 닉네임, 별명, 라인아이디, 인스타그램, 트위터, 페이스북",
        "페이스북id, ニックネーム",
    ),
    not_headers=frozenset(phrases("count, follower, post, url, link, page, share, like, 数")),
    form=r"^@?[\p{L}\p{N}_][\p{L}\p{N}_. -]{0,39}$",
    chance=0.6,
    weight=1.5,
    contextual=False,
)
