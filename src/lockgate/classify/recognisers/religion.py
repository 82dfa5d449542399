"""Religion or belief.

Source: usage; a special category under Regulation (EU) 2016/679, article 9(1).
"""

from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="religion",
    category=Category.RELIGION,
    role=ColumnRole.SENSITIVE,
    headers=phrases(
        "religion name, religion code",
        "religion, religious, faith, belief, religious affiliation, church, denomination, zjxy",
        "宗教派别, 종교명, 신앙, 宗派, 宗教, 宗教信仰, 信仰, 종교",
    ),
    form=r"^.{0,40}\p{L}.{0,40}$",
    strong=r"^(?i:buddhis[mt]|christian(?:ity)?|catholic(?:ism)?|protestant(?:ism)?|muslim|islam|hindu(?:ism)?|jewish|judaism|sikh(?:ism)?|atheist"
    r"|taois[mt]|佛教徒?|道教徒?|基督教徒?|天主教徒?|伊斯兰教|穆斯林|불교|기독교|개신교|천주교|이슬람교?|원불교|유교)$",
    chance=0.5,
    strong_chance=0.005,
    strong_weight=7.5,
)
