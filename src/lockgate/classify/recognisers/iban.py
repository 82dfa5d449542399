"""International bank account numbers.

Source: ISO 13616-1 (form, modulus 97 check of ISO/IEC 7064 MOD 97-10); lengths by country from the IBAN registry
published by SWIFT as registration authority.
"""

from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_LENGTHS = {
    15: "NO", 16: "BE", 18: "DK FI FO GL NL SD", 19: "MK SI", 20: "AT BA EE KZ LT LU MN XK", 21: "CH HR LI LV",
    22: "BG BH CR DE GB GE IE ME RS VA", 23: "AE GI IL IQ OM SO TL", 24: "AD CZ ES MD PK RO SA SE SK TN VG",
    25: "LY PT ST", 26: "IS TR", 27: "BI DJ FR GR IT MC MR SM", 28: "AL AZ BY CY DO GT HU LB NI PL SV",
    29: "BR EG PS QA UA", 30: "JO KW MU YE", 31: "MT SC", 32: "LC", 33: "RU",
}  # fmt: skip
_LENGTH_OF = {country: length for length, countries in _LENGTHS.items() for country in countries.split()}


def _holds(value: str) -> bool:
    compact = value.replace(" ", "").upper()
    if _LENGTH_OF.get(compact[:2]) != len(compact):
        return False
    return int("".join(str(int(character, 36)) for character in compact[4:] + compact[:4])) % 97 == 1


RECOGNISER = Recogniser(
    type="iban",
    category=Category.FINANCIAL_ACCOUNT,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "iban, international bank account number, account iban",
    ),
    form=r"^[A-Za-z]{2}[0-9]{2}(?: ?[0-9A-Za-z]{4}){2,7}(?: ?[0-9A-Za-z]{1,4})?$",
    chance=0.02,
    weight=2.5,
    check=_holds,
    check_chance=1 / 97,
    text=r"(?<![0-9A-Za-z])[A-Z]{2}[0-9]{2}(?: ?[0-9A-Z]{4}){2,7}(?: ?[0-9A-Z]{1,4})?(?![0-9A-Za-z])",
)
