"""Examples that may be shown: the shape of a value and a keyed hash, never the value."""

import hmac
import re

_LONGEST = 24
_RUN = re.compile(r"(.)\1{3,}")
_HAN, _HANGUL = "字", "글"


def shape_of(value: str) -> str:
    """Return the shape of a value: `#` for a digit, `X` or `x` for a letter, one sign each for Han and Hangul.

    More than three of a kind are written as three and an asterisk, so that a shape holds no letter or digit of the
    value and little of its length.

    >>> shape_of("Braund, Mr. Owen Harris"), shape_of("13800138000")
    ('Xxxx*, Xx. Xxxx Xxxx*', '###*')
    """
    signs = "".join(map(_sign, value[:_LONGEST]))
    return _RUN.sub(lambda run: run.group(1) * 3 + "*", signs)


def render_example(shape: str, value_hash: int, column: str, key: bytes) -> str:
    """Return a shape with eight hexadecimal digits that are the same for the same value of the same column and key.

    Args:
        shape: From `shape_of`.
        value_hash: Hash of 64 bits of the value.
        column: Name of the column, so that equal values of two columns do not look equal.
        key: Secret of the node.
    """
    digest = hmac.digest(key, b"example\0" + value_hash.to_bytes(8, "little") + column.encode(), "sha256")
    return f"{shape} ~{digest.hex()[:8]}"


def _sign(character: str) -> str:
    if character.isdigit():
        return "#"
    if "\u3400" <= character <= "\u9fff":
        return _HAN
    if "\uac00" <= character <= "\ud7a3":
        return _HANGUL
    if character.isalpha():
        return "x" if character.islower() else "X"
    return character if character.isascii() else "·"
