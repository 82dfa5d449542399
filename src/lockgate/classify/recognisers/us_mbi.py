"""Medicare beneficiary identifiers of the United States: eleven signs in a fixed order of digits and letters.

Source: CMS, Understanding the Medicare beneficiary identifier format (letters without S, L, O, I, B, Z).
"""

from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_LETTER = "[AC-HJKMNP-RT-Y]"
_EITHER = "[0-9AC-HJKMNP-RT-Y]"
_FORM = f"[1-9]{_LETTER}{_EITHER}[0-9]-?{_LETTER}{_EITHER}[0-9]-?{_LETTER}{_LETTER}[0-9][0-9]"


RECOGNISER = Recogniser(
    type="us-mbi",
    category=Category.NATIONAL_IDENTIFIER,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "mbi, medicare beneficiary identifier, medicare number, medicare id, medicare no",
    ),
    form=rf"^{_FORM}$",
    strong=rf"^{_FORM}$",
    chance=0.001,
    strong_chance=0.001,
    strong_weight=8.0,
    text=rf"(?<![0-9A-Za-z-]){_FORM}(?![0-9A-Za-z-])",
)
