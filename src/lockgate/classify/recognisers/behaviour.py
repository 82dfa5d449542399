"""What persons do: pages visited, searches, clicks, use of a service.

Source: GB/T 35273-2020, annex A (records of online behaviour); Regulation (EU) 2016/679, article 4(4) (profiling).
"""

from lockgate.classify.recogniser import NUMERIC, Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="behaviour",
    category=Category.BEHAVIOUR,
    role=ColumnRole.ORDINARY,
    headers=phrases(
        "browsing history, search history, search query, search keyword, click stream, clickstream, viewed items",
        "watch history, page views, last login, last login time, login time, login count, visit count, last visit",
        "last seen, interests, hobbies, hobby, preferences, user tags, app list, installed apps, llls",
        "浏览记录, 浏览历史, 搜索记录, 搜索关键词, 点击记录, 登录时间, 最后登录时间, 登录次数, 兴趣爱好, 兴趣",
        "爱好, 用户标签, 应用列表, 접속기록, 방문기록, 검색기록, 검색어, 이용기록, 최근접속일, 로그인일시, 취미",
        "관심사",
    ),
    form=r"^.*[\p{L}0-9].*$",
    chance=0.8,
    weight=1.0,
    contextual=True,
    kinds=NUMERIC,
)
