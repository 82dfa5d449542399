"""Identifiers replaced by keyed tokens: the same value gives the same token, and only the key's holder can tell which.

A token is `p`, the version of the key, `_`, and 26 characters of base 32 (RFC 4648, lower case): the first 130 bits of
HMAC-SHA-256 over the domain of the column and the exact bytes of the value in UTF-8. Nothing is normalised: `Ann` and
`ann` are two persons. The domain keeps a name and a town that read alike apart; columns that share a domain, in one
table or in two, get the same tokens for the same values.

A value that has the form of a token is left as it is, so that protecting a protected copy changes nothing and links
across releases hold. The form alone is looked at: a token carries no proof of its key. Nothing that identifies a
person has this form by chance; who writes an identifier in this form on purpose could have sent it in clear.

A key may have versions. What is made carries the newest; what was made under an older one stays as it is, and who holds
all versions finds every token of a value again (`tokens_of`). Until all copies have been made anew, the same person
bears two tokens in copies of different versions: rotating cuts links between old copies and new ones, on purpose.

This is pseudonymisation, not anonymisation: who holds the key can test any guess. Source: RFC 2104; GDPR art. 4(5).
"""

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lockgate.protect.character_rows import Written, texts_of
from lockgate.protect.codes import Texts
from lockgate.terms.compiled_code import load_code
from lockgate.terms.pseudonym_form import PSEUDONYM_FORM

VERSION = "1"

KEY_BYTES = 32

_TOKEN = re.compile(PSEUDONYM_FORM, re.ASCII)
_CONTEXT = b"lockgate/pseudonym/1\x00"
_CHARACTERS = 26
_SHORT_CHARACTERS = 8
_BITS = 5  # of a character of base 32
_ALPHABET = (np.frombuffer(b"abcdefghijklmnopqrstuvwxyz234567", dtype=np.uint8), 31)
_BLOCK_BYTES, _DIGEST_BYTES = 64, 32  # of SHA-256

_LOOPS = "lockgate.protect.token_loops"
_MANY = 2_000
"""Values from which on compiled code is worth loading."""

_LOOKED_AT = 4_000
"""Rows whose repetitions tell whether to look for those of all."""


def pseudonymise(texts: Texts, domain: str, key: bytes, key_version: int) -> Texts:
    """Return the texts with each replaced by its token; null stays null and a token stays as it is.

    Args:
        texts: Values as text.
        domain: Name of what the values identify, such as the column's name.
        key: 32 secret bytes, of that version.
        key_version: Number of the key, at least 1, shown in the token.
    """
    if _repeats(texts):
        encoded: Any = pc.dictionary_encode(texts)
        return _replaced(encoded.dictionary, domain, key, key_version).take(encoded.indices)
    return _replaced(texts, domain, key, key_version)


def tokens_of(value: str, domain: str, keys: Mapping[int, bytes]) -> dict[int, str]:
    """Return the token of a value under each version of the key, so that it is found in copies of any version.

    Args:
        value: As it stood in the source.
        domain: As it was pseudonymised.
        keys: 32 secret bytes by version.
    """
    return {version: str(_tokens(pa.array([value]), domain, key, version)[0]) for version, key in keys.items()}


def version_of(token: str) -> int | None:
    """Return the version of the key that made a token; None where the text is no token.

    >>> version_of("p12_" + "a" * 26), version_of("Ann")
    (12, None)
    """
    found = _TOKEN.fullmatch(token)
    return int(token[1 : token.index("_")]) if found else None


def short_form(value: str, domain: str, key: bytes) -> str:
    """Return eight characters of base 32 that stand for a value inside a text: 40 bits, upper case.

    Two values may share them by chance, once in about a million values; nothing depends on their difference.
    """
    return base64.b32encode(_digest_of(_Keyed.of(f"short/{domain}", key))(value)).decode()[:_SHORT_CHARACTERS]


@dataclass(frozen=True, slots=True)
class _Keyed:
    """What the two hashes of HMAC take before a value.

    Attributes:
        inner: The key padded, and the domain; its length keeps its bytes apart from the value's.
        outer: The key padded.
    """

    inner: bytes
    outer: bytes

    @classmethod
    def of(cls, domain: str, key: bytes) -> "_Keyed":
        if len(key) != KEY_BYTES:
            raise ValueError(f"expected a key of {KEY_BYTES} bytes")
        padded, name = key.ljust(_BLOCK_BYTES, b"\x00"), domain.encode()
        head = _CONTEXT + len(name).to_bytes(8, "big") + name
        return cls(bytes(byte ^ 0x36 for byte in padded) + head, bytes(byte ^ 0x5C for byte in padded))


def _repeats(texts: Texts) -> bool:
    """Whether a column holds many texts more than once, by its first rows, so that each is better looked at once."""
    if len(texts) < _MANY or isinstance(texts, pa.DictionaryArray):
        return True
    some = texts.slice(0, _LOOKED_AT)
    return 2 * pc.count_distinct(some).as_py() < len(some)


def _replaced(values: Texts, domain: str, key: bytes, key_version: int) -> Texts:
    """Return the values with each that is no token replaced by its token; null stays null."""
    made = _tokens(values, domain, key, key_version)
    if not pc.any(pc.starts_with(values, "p")).as_py():
        return made
    is_token: Any = pc.match_substring_regex(values, pattern=f"^{_TOKEN.pattern}$")
    kept: Texts = pc.if_else(is_token, values, made)
    return kept


def _tokens(values: Texts, domain: str, key: bytes, key_version: int) -> Texts:
    """Return the token of each value."""
    keyed = _Keyed.of(domain, key)
    head = np.frombuffer(f"p{key_version}_".encode(), dtype=np.uint8)
    written = np.empty((len(values), len(head) + _CHARACTERS), dtype=np.uint8)
    written[:, : len(head)] = head
    if len(values) < _MANY or not _write_compiled(values, keyed, written):
        digest = _digest_of(keyed)
        digests = np.frombuffer(b"".join(digest(value or "") for value in values.to_pylist()), dtype=np.uint8)
        written[:, len(head) :] = _base32(digests.reshape(-1, _DIGEST_BYTES))
    return texts_of([Written(np.arange(len(values)), written, np.asarray(pc.is_valid(values)))], len(values))


def _write_compiled(values: Texts, keyed: _Keyed, written: npt.NDArray[np.uint8]) -> bool:
    """Write the codes at the end of the rows; whether there is compiled code to do it."""
    loops = load_code(_LOOPS)
    if loops is None:
        return False
    buffers: Any = values.buffers()
    _, ends, data = buffers
    starts = np.frombuffer(memoryview(ends), np.int32, len(values) + 1, values.offset * 4).astype(np.int64)
    cells = np.frombuffer(memoryview(data if data is not None else b"\x00"), np.uint8)
    cells.flags.writeable = False  # whatever the buffer is, so that compiled code fits
    whole = len(keyed.inner) // _BLOCK_BYTES * _BLOCK_BYTES
    states = [loops.state_after(np.frombuffer(part, np.uint8)) for part in (keyed.inner[:whole], keyed.outer)]
    begun = np.frombuffer(keyed.inner[whole:].ljust(_BLOCK_BYTES, b"\x00"), ">u4").astype(np.uint32)
    loops.write_tokens(cells, starts, np.concatenate([*states, begun]), len(keyed.inner), written)
    return True


def _digest_of(keyed: _Keyed) -> Callable[[str], bytes]:
    """Return HMAC-SHA-256 over a value, with all that comes before the value hashed once."""
    inner, outer = hashlib.sha256(keyed.inner), hashlib.sha256(keyed.outer)

    def digest(value: str) -> bytes:
        within, around = inner.copy(), outer.copy()
        within.update(value.encode())
        around.update(within.digest())
        return around.digest()

    return digest


def _base32(digests: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return the first characters of base 32 of each digest, lower case."""
    alphabet, low_bits = _ALPHABET
    columns = np.ascontiguousarray(digests.T).astype(np.uint16)
    made = np.empty((_CHARACTERS, len(digests)), dtype=np.uint8)
    for place in range(_CHARACTERS):
        byte, bit = divmod(place * _BITS, 8)
        both = columns[byte] << 8 | columns[byte + 1]
        made[place] = both >> (16 - _BITS - bit) & low_bits
    return np.asarray(alphabet[made.T])
