"""Education: highest level, or years of it.

Source: GB/T 4658-2006 (levels of education); UNESCO ISCED 2011.
"""

from lockgate.classify.recogniser import ANY, Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="education",
    category=Category.EDUCATION,
    role=ColumnRole.QUASI_IDENTIFIER,
    headers=phrases(
        "~xw, byyx, byxx, 毕业学校",
        "education, acdmcr, education level, ~degree, education status, highest degree",
        "alma mater, gpa, whcd, qualification, education num, xl",
        "学历, 学位, 文化程度, 教育程度, 毕业院校, 학력, 최종학력, 학위, 출신학교",
    ),
    not_headers=frozenset({"angle", "temperature"}),
    form=r"^(?:.*\p{L}.*|[0-9]{1,2})$",
    strong=r"^(?i:bachelor'?s?(?: degree)?|master'?s?(?: degree)?"
    r"|doctorate|ph\.?d\.?|hs-grad|high school|some-college|assoc-[a-z]+|prof-school"
    r"|preschool"
    r"|(?:[1-9]|1[0-2])(?:st|nd|rd|th)(?:-(?:[1-9]|1[0-2])(?:st|nd|rd|th))?"
    r"|小学|初中|高中|中专|大专|专科|本科|硕士(?:研究生)?|博士(?:研究生)?|研究生"
    r"|고졸|초대졸|대졸|중졸|석사|박사|학사|고등학교|대학교|대학원)$",
    chance=0.5,
    strong_chance=0.005,
    strong_weight=7.0,
    kinds=ANY,
)
