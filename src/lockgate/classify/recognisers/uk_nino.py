"""National insurance numbers of the United Kingdom: two letters, six digits, a letter A to D.

Source: HM Revenue and Customs, National Insurance Manual NIM39110 (letters D, F, I, Q, U, V not in use, O not second;
prefixes BG, GB, KN, NK, NT, TN, ZZ not allocated).
"""

from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_NOT_GIVEN = frozenset({"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"})
_FORM = "[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z](?: ?[0-9]{2}){3} ?[A-D]"


def _holds(value: str) -> bool:
    return value[:2].upper() not in _NOT_GIVEN


RECOGNISER = Recogniser(
    type="uk-nino",
    category=Category.NATIONAL_IDENTIFIER,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "nino, ni number, national insurance number, national insurance, national insurance no, nin, ni no",
    ),
    form=rf"^(?i:{_FORM})$",
    strong=rf"^{_FORM}$",
    chance=0.003,
    strong_chance=0.002,
    strong_weight=7.5,
    check=_holds,
    check_chance=0.98,
    check_weight=0.2,
    check_veto=-8.0,
    text=rf"(?<![0-9A-Za-z]){_FORM}(?![0-9A-Za-z])",
)
