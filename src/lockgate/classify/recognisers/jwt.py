"""JSON web tokens: header, claims and signature in base64url with full stops between.

Source: RFC 7519 and RFC 7515, section 7.1 (a JSON object begins with `{"`, which is `eyJ` in base64url).
"""

from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_WHOLE = r"^eyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]*$"


RECOGNISER = Recogniser(
    type="jwt",
    category=Category.ACCOUNT_CREDENTIAL,
    role=ColumnRole.SENSITIVE,
    headers=phrases(
        "jwt, jwt token, json web token, id token",
    ),
    form=_WHOLE,
    strong=_WHOLE,
    chance=0.0005,
    strong_chance=0.0005,
    strong_weight=9.5,
    text=r"(?<![0-9A-Za-z_-])eyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]+",
)
