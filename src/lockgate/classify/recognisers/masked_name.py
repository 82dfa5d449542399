"""Names of persons of which signs are hidden: `张*`, `王*明`, `홍*동`.

Source: usage of China and Korea (GB/T 37964-2019, annex A.2: masking).
"""

from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_WHOLE = (
    r"^(?:\p{Han}{1,2}[*＊○〇某Xx]{1,2}\p{Han}?|[*＊]{1,2}\p{Han}{1,2}"
    r"|\p{Hangul}[*○]{1,2}\p{Hangul}?|\p{Hangul}{2}[*○]|[A-Z][a-z]"
    r"*[*]{2,}(?: [A-Z][a-z]*[*]{2,})*)$"
)


RECOGNISER = Recogniser(
    type="masked-name",
    category=Category.NAME,
    role=ColumnRole.QUASI_IDENTIFIER,
    headers=phrases(
        "masked name, name mask, name masked",
        "脱敏姓名",
    ),
    form=_WHOLE,
    strong=_WHOLE,
    chance=0.002,
    strong_chance=0.002,
    strong_weight=8.0,
)
