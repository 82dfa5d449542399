"""Permanent account numbers of India: five letters, four digits, a letter.

Source: Income Tax Department of India (fourth letter the kind of holder, P for a person; fifth that of the surname).
The last letter is a check whose way is not published.
"""

from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_WHOLE = r"^[A-Z]{3}[ABCFGHJLPT][A-Z][0-9]{4}[A-Z]$"


RECOGNISER = Recogniser(
    type="in-pan",
    category=Category.NATIONAL_IDENTIFIER,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "pan, pan number, pan no, pan card, permanent account number, income tax pan",
    ),
    form=_WHOLE,
    strong=_WHOLE,
    chance=0.001,
    strong_chance=0.001,
    strong_weight=7.5,
    text=r"(?<![0-9A-Za-z])[A-Z]{3}[ABCFGHJLPT][A-Z][0-9]{4}[A-Z](?![0-9A-Za-z])",
)
