"""Numbers of identity cards, bank cards and accounts of which digits are hidden: `110***********1234`.

Source: usage (GB/T 37964-2019, annex A.2: masking; PCI DSS 4.0, requirement 3.4.1: at most the first six and last
four digits of a card).
"""

from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_WHOLE = (
    r"^(?:[0-9]{1,10}[*]{4,14}[0-9]{1,6}[0-9Xx]|[0-9]{4}(?:[- ]?[*xX]{4}){2,3}[- ]?[0-9]{1,4}|(?:[*xX]{4}["
    r"- ]?){3}[0-9]{4}|[0-9]{6}-?[1-8][*]{6}|[*xX]{3}-[*xX]{2}-[0-9]{4}|[*]{4,15}[0-9]{4})$"
)


RECOGNISER = Recogniser(
    type="masked-number",
    category=Category.NATIONAL_IDENTIFIER,
    role=ColumnRole.QUASI_IDENTIFIER,
    headers=phrases(
        "masked id, masked card, masked number, card mask, ssn last 4, masked ssn, masked account",
        "脱敏身份证, 脱敏卡号",
    ),
    form=_WHOLE,
    strong=_WHOLE,
    chance=0.001,
    strong_chance=0.001,
    strong_weight=8.5,
    text=(
        r"(?<![0-9A-Za-z*])(?:[1-9][0-9]{2,9}[*]{4,14}[0-9]{2,5}[0-9Xx]|[0-9]{6}-[1-8][*]{6})(?![0-9A-Za-"
        r"z*])"
    ),
)
