"""Private keys in text form.

Source: RFC 7468, sections 10 and 11 (PRIVATE KEY, ENCRYPTED PRIVATE KEY); OpenSSH PROTOCOL.key; OpenPGP armour.
"""

from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_WHOLE = r"^(?s:-----BEGIN (?:[A-Z]+ )?(?:ENCRYPTED )?PRIVATE KEY(?: BLOCK)?-----.*)$"


RECOGNISER = Recogniser(
    type="private-key",
    category=Category.ACCOUNT_CREDENTIAL,
    role=ColumnRole.SENSITIVE,
    headers=phrases(
        "private key, rsa private key, ssh key, pem, signing key",
        "私钥, 개인키",
    ),
    form=_WHOLE,
    strong=_WHOLE,
    chance=0.0005,
    strong_chance=0.0005,
    strong_weight=9.5,
    text=r"-----BEGIN (?:[A-Z]+ )?(?:ENCRYPTED )?PRIVATE KEY(?: BLOCK)?-----[0-9A-Za-z+/= \r\n]*",
)
