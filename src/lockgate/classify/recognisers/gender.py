"""Gender or sex, by the few words and codes in use.

Source: ISO/IEC 5218 (codes 0, 1, 2, 9); GB/T 2261.1-2003 (the same codes in China); usage for words.
"""

from lockgate.classify.recogniser import ANY, Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="gender",
    category=Category.GENDER,
    role=ColumnRole.QUASI_IDENTIFIER,
    headers=phrases(
        "gender, sex, gndr, sexo, sexe, geschlecht, xb, xingbie, sexdstn, sexdstncode",
        "性别, 성별, 姓别",
    ),
    not_headers=frozenset({"orientation", "partner"}),
    words=frozenset(
        phrases(
            "male, female, man, woman, men, women, boy, girl, m, f, w, d, x, 0, 1, 2, 9, other, unknown",
            "diverse, divers, nonbinary, non-binary, true, false",
            "männlich, weiblich, homme, femme, masculin, féminin, masculino, femenino, feminino, hombre, mujer",
            "maschio, femmina, man, vrouw, mannelijk, vrouwelijk, nam, nữ, h",
            "男, 女, 男性, 女性, 未知, 未说明, 其他, 保密, 남, 여, 남자, 여자, 남성, 여성, 기타",
        )
    ),
    strong="^(?i:male|female|man|woman|men|women|männlich|weiblich|homme|femme|masculino|femenino|feminino|hombre|mujer|男|女|男性|女性|남|여|남자|여자|남성|여성)$",
    chance=0.15,
    strong_chance=0.01,
    weight=2.5,
    strong_weight=7.5,
    kinds=ANY,
)
