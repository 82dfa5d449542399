"""Postcodes of China, Korea, Japan, the United States and the United Kingdom.

Source: UPU Universal POST*CODE DataBase, addressing pages of the countries.
Five or six digits say little by themselves.
"""

from lockgate.classify.recogniser import NUMERIC, Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="postcode",
    category=Category.POSTAL_ADDRESS,
    role=ColumnRole.QUASI_IDENTIFIER,
    headers=phrases(
        "postcode, postal code, zip, zip code, zipcode, post code, plz, yb, yzbm, zip no, zip4, postnr",
        "codigo postal, code postal, cap",
        "邮编, 邮政编码, 우편번호, 郵便番号",
    ),
    form=r"^(?:[0-9]{5,6}|[0-9]{5}-[0-9]{4}|[0-9]{3}-[0-9]{3,4}"
    r"|[A-Za-z]{1,2}[0-9][0-9A-Za-z]? ?[0-9][A-Za-z]{2}|[0-9]{4})$",
    chance=0.2,
    kinds=NUMERIC,
    contextual=True,
)
