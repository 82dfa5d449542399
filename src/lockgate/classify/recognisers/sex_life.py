"""Sexual orientation and sexual life.

Source: Regulation (EU) 2016/679, article 9(1); PIPA of Korea, article 23; GB/T 45574-2025, annex A.
"""

from lockgate.classify.recogniser import ANY, Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="sex-life",
    category=Category.SEX_LIFE,
    role=ColumnRole.SENSITIVE,
    headers=phrases(
        "sexual orientation, sexual preference, sexual life, sex life, sexuality, sexual activity, sexual history",
        "sexual behavior, gender identity, transgender, lgbt, xqx",
        "性取向, 性生活, 性倾向, 性史, 性偏好, 성생활, 성적지향, 성적취향, 성정체성, 성소수자",
    ),
    form=r"^(?:.*\p{L}.*|[0-9])$",
    strong=(
        r"^(?i:(?:hetero|homo|bi|a|pan)sexual|straight|gay|lesbian|que"
        r"er|transgender|cisgender|lgbtq?[+]?|同性恋|异性恋|双性恋|이성애자?|동성애자?|"
        r"양성애자?)$"
    ),
    chance=0.5,
    strong_chance=0.002,
    strong_weight=7.5,
    kinds=ANY,
)
