"""Political opinions and membership of parties.

Source: Regulation (EU) 2016/679, article 9(1); PIPA of Korea, article 23; GB/T 4762-1984 (political appearance, 13
codes) for the words of China.
"""

from lockgate.classify.recogniser import ANY, Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="political-opinion",
    category=Category.POLITICAL_OPINION,
    role=ColumnRole.SENSITIVE,
    headers=phrases(
        "political status, political outlook, zzmm",
        "political opinion, political view, political views, political affiliation, party affiliation",
        "political party, party membership, political orientation, political preference, vote intention, party id",
        "~party, zzmm",
        "政治面貌, 政治立场, 政治观点, 党派, 是否党员, 入党时间, 入党日期, 정치성향, 정치적견해, 정치견해, 정당",
        "소속정당, 정당가입, 支持政党",
    ),
    not_headers=frozenset(phrases("third, counter, start, size, 政府")),
    form=r"^(?:[^0-9]*\p{L}[^0-9]*|[0-9]{1,2})$",
    strong=(
        r"^(?i:(?:中共|中国共产党)(?:预备|正式)?党员|(?:预备|正式)?党员|(?:共青)?团员|群众|民革(?"
        r":会员|党员)?|民盟(?:盟员)?|民建(?:会员)?|民进(?:会员)?|农工党(?:党员)?|致公党(?:党员)?"
        r"|九三学社(?:社员)?|台盟(?:盟员)?|无党派(?:民主)?人士|democrat|republican|libe"
        r"rtarian|social democrat|conservative party|labour party|green party)$"
    ),
    chance=0.5,
    strong_chance=0.002,
    strong_weight=7.5,
    kinds=ANY,
)
