"""E-mail addresses of which signs are hidden: `z***@mail.example`.

Source: usage (GB/T 37964-2019, annex A.2: masking).
"""

from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_WHOLE = (
    r"^(?:[0-9A-Za-z._+-]*[*]+[0-9A-Za-z._+*-]*@[0-9A-Za-z*][0-9A-Za-z.*-]*\.[A-Za-z*]{2,}|[0-9A-Za-z._+-]"
    r"+@[0-9A-Za-z.-]*[*]+[0-9A-Za-z.*-]*\.[A-Za-z*]{2,})$"
)


RECOGNISER = Recogniser(
    type="masked-email",
    category=Category.CONTACT,
    role=ColumnRole.QUASI_IDENTIFIER,
    headers=phrases(
        "masked email, email mask, email masked",
        "脱敏邮箱",
    ),
    form=_WHOLE,
    strong=_WHOLE,
    chance=0.001,
    strong_chance=0.001,
    strong_weight=9.0,
)
