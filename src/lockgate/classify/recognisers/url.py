"""Web addresses.

Source: RFC 3986 section 3, with the schemes of RFC 9110 section 4.2. A page is not a person; what stands in its
path or query is looked for as in any text.
"""

from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.classify.recognisers.domain_name import TOP
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_FORM = (
    r"(?i:https?|ftp)://[^\s]{3,}|(?i:www)\.[0-9A-Za-z-]+\.[^\s]{2,}|//[0-9A-Za-z-]+\.[^\s]{3,}"
    rf"|(?:[0-9A-Za-z](?:[0-9A-Za-z-]*[0-9A-Za-z])?\.)+(?:{TOP})/[^\s]*"
)
_BARE = r"[0-9A-Za-z][0-9A-Za-z-]*(?:\.[0-9A-Za-z-]+)*\.[A-Za-z]{2,}(?:[:/?][^\s]*)?"

RECOGNISER = Recogniser(
    type="url",
    category=Category.ONLINE_IDENTIFIER,
    role=ColumnRole.ORDINARY,
    headers=phrases(
        "url, link, web site, website, href, web address, page url, image url, photo url, homepage, web, uri",
        "网址, 链接, 主页, 홈페이지, 링크, 웹사이트",
    ),
    form=rf"^(?:{_FORM}|{_BARE})$",
    strong=rf"^(?:{_FORM})$",
    chance=0.02,
    strong_chance=0.005,
    strong_weight=8.0,
    text=r"(?<![0-9A-Za-z])(?:https?|ftp)://[0-9A-Za-z][-0-9A-Za-z._~:/?#@!$&*+=%]*[0-9A-Za-z/]",
)
