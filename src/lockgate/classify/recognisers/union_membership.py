"""Membership of trade unions.

Source: Regulation (EU) 2016/679, article 9(1); PIPA of Korea, article 23.
"""

from lockgate.classify.recogniser import ANY, Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="union-membership",
    category=Category.UNION_MEMBERSHIP,
    role=ColumnRole.SENSITIVE,
    headers=phrases(
        "union member, union membership, trade union, trade union membership, labor union, labour union, union",
        "union status, union number, unionized, ghhy",
        "工会, 工会会员, 是否工会会员, 工会会员号, 노동조합, 노조, 노조가입, 노조가입여부, 노동조합가입여부",
        "조합원여부, 労働組合",
    ),
    not_headers=frozenset(phrases("credit, european, soviet, bank, western, type, set, sql")),
    form=r"^(?:.*\p{L}.*|[0-9])$",
    chance=0.4,
    kinds=ANY,
)
