"""Ethnic group or race.

Source: GB/T 3304-1991 (names of the 56 nationalities of China); OMB Statistical Policy Directive 15 (United States).
"""

from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="ethnicity",
    category=Category.ETHNICITY,
    role=ColumnRole.QUASI_IDENTIFIER,
    headers=phrases(
        "~nation",
        "race, race code, patient race, ethnicity, minzu, ethnic, ethnic group, race ethnicity, mz",
        "民族, 种族, 민족, 인종",
    ),
    not_headers=frozenset({"horse", "car", "result", "time"}),
    form=r"^[^0-9]*\p{L}[^0-9]*$",
    strong=r"^(?i:汉族?|(?:蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|高山|拉祜|水"
    r"|东乡|纳西|景颇"
    r"|柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|乌孜别克|俄罗斯|鄂温克|德昂"
    r"|保安|裕固|京|塔塔尔|独龙"
    r"|鄂伦春|赫哲|门巴|珞巴|基诺)族|caucasian|african[ -]american|hispanic(?: or latino)?|asian[ -]pac[ -]islander"
    r"|amer[ -]indian[ -]eskimo"
    r"|native american|pacific islander)$",
    chance=0.5,
    strong_chance=0.005,
    strong_weight=7.5,
)
