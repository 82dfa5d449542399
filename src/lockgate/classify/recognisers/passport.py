"""Passport numbers.

Source: ICAO Doc 9303 part 4 (nine characters in the machine-readable zone);
Chinese ordinary passports E and eight characters, Korean M or S with eight.
"""

from lockgate.classify.recogniser import NUMERIC, Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="passport",
    category=Category.GOVERNMENT_DOCUMENT,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "passport no, passport number, psprt no",
        "passport, passport number, passport no, passportno, hzh, passport id, reisepass, passeport, pasaporte",
        "hzhm, psprtno, passptno",
        "护照, 护照号, 护照号码, 여권, 여권번호, 护照编号, 여권정보, パスポート番号",
    ),
    form=r"^[A-Za-z]{0,2}[0-9]{2}[-0-9A-Za-z]{4,12}$",
    strong=r"^(?:[EGDSP][0-9A-HJ-NP-Z][0-9]{7}|[MSROD][0-9]{3}[0-9A-Z][0-9]{4})$",
    chance=0.15,
    strong_chance=0.05,
    # Without a word beside it, a number of this form is any article number.
    text=r"(?:(?i:passport)|护照|여권)(?:(?i: ?(?:no|number))|号码?|번호)?"
    r"[.:： #]{0,2}([A-Z]{1,2}[0-9A-Z]?[0-9]{6,8})(?![0-9A-Za-z])",
    weight=2.5,
    strong_weight=3.0,
    kinds=NUMERIC,
)
