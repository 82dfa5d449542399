"""Identifiers replaced by keyed tokens: the same value gives the same token, and only the key's holder can tell which.

A token is `p`, the version of the key, `_`, and 26 characters of base 32 (RFC 4648, lower case): the first 130 bits of
HMAC-SHA-256 over the domain of the column and the exact bytes of the value in UTF-8. Nothing is normalised: `Ann` and
`ann` are two persons. The domain keeps a name and a town that read alike apart; columns that share a domain, in one
table or in two, get the same tokens for the same values.

A value that has the form of a token is left as it is, so that protecting a protected copy changes nothing and links
across releases hold. The form alone is looked at: a token carries no proof of its key. Nothing that identifies a
person has this form by chance; who writes an identifier in this form on purpose could have sent it in clear.

This is pseudonymisation, not anonymisation: who holds the key can test any guess. Source: RFC 2104; GDPR art. 4(5).
"""

import base64
import hmac
import re

import pyarrow as pa

from lockgate.protect.codes import Texts, as_distinct

VERSION = "1"

KEY_BYTES = 32

_TOKEN = re.compile(r"p[1-9][0-9]*_[a-z2-7]{26}", re.ASCII)
_CONTEXT = b"lockgate/pseudonym/1\x00"
_CHARACTERS = 26
_SHORT_CHARACTERS = 8


def pseudonymise(texts: Texts, domain: str, key: bytes, key_version: int) -> Texts:
    """Return the texts with each replaced by its token; null stays null and a token stays as it is.

    Args:
        texts: Values as text.
        domain: Name of what the values identify, such as the column's name.
        key: 32 secret bytes.
        key_version: Number of the key, at least 1, shown in the token.
    """
    distinct, index = as_distinct(texts)
    prefix = f"p{key_version}_"
    tokens = [
        value if _TOKEN.fullmatch(value) else prefix + _digest(value, domain, key)[:_CHARACTERS].lower()
        for value in distinct
    ]
    return pa.array(tokens, type=pa.string()).take(index)


def short_form(value: str, domain: str, key: bytes) -> str:
    """Return eight characters of base 32 that stand for a value inside a text: 40 bits, upper case.

    Two values may share them by chance, once in about a million values; nothing depends on their difference.
    """
    return _digest(value, f"short/{domain}", key)[:_SHORT_CHARACTERS]


def _digest(value: str, domain: str, key: bytes) -> str:
    """Return the whole digest in base 32; the length of the domain keeps its bytes apart from the value's."""
    if len(key) != KEY_BYTES:
        raise ValueError(f"expected a key of {KEY_BYTES} bytes")
    name = domain.encode()
    message = _CONTEXT + len(name).to_bytes(8, "big") + name + value.encode()
    return base64.b32encode(hmac.digest(key, message, "sha256")).decode()
