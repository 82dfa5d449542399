"""Blood types.

Source: ISBT 001 and 004 (AB0 and RhD).
"""

from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="blood-type",
    category=Category.BLOOD_TYPE,
    role=ColumnRole.SENSITIVE,
    headers=phrases(
        "bldtype, bldtp, blty",
        "blood type, blood group, blood, bloodtype, xx",
        "血型, 혈액형",
    ),
    not_headers=frozenset({"pressure", "sugar"}),
    form=r"^(?i:(?:rh ?[+-] ?)?(?:a|b|ab|o)(?: ?(?:rh ?)?[+-]| ?(?:rh ?)?(?:positive|negative|pos|neg))?"
    r"|[abo型형]{1,3})$",
    chance=0.1,
)
