"""Draws that look random and are the same again: for a person, or for a person and a value, under a key.

What is drawn once for a person and kept cannot be averaged away by asking often. A draw is AES under a key derived
for its use, over the person's keyed hash, chained with a hash of the value where there is one (CBC-MAC over messages
of one length, which is a pseudo-random function).
Source: M. Bellare, J. Kilian, P. Rogaway, The security of the cipher block chaining message authentication code, 2000.
"""

import hmac

import numpy as np
import numpy.typing as npt
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from lockgate.protect.codes import Texts, as_distinct

KEY_BYTES = 32

Persons = npt.NDArray[np.uint64]
"""Keyed hash of the person of each row, shape (rows, 2)."""

Draws = npt.NDArray[np.uint64]
"""One word for each row, every value as likely as another."""

_BLOCK = 16


def draw_by_person(persons: Persons, use: bytes, domain: str, key: bytes) -> Draws:
    """Return a draw for each row, the same for all rows of a person.

    Args:
        persons: Keyed hash of the person of each row, shape (rows, 2).
        use: What the draw is for, so that two uses do not share draws.
        domain: Name of where it holds, such as the group of recipients.
        key: 32 secret bytes.
    """
    return _enciphered(_person_blocks(persons), _key_of(use, domain, key)).view("<u8")[::2].astype(np.uint64)


def draw_by_person_and_value(persons: Persons, texts: Texts, use: bytes, domain: str, key: bytes) -> Draws:
    """Return a draw for each row, the same for all rows of a person that hold the same text; arguments as above."""
    own = _key_of(use, domain, key)
    distinct, index = as_distinct(texts)
    hashes = b"".join(hmac.digest(own, value.encode(), "sha256")[:_BLOCK] for value in distinct)
    values = np.frombuffer(hashes + bytes(_BLOCK), dtype=np.uint8).reshape(-1, _BLOCK)
    which = np.asarray(index.fill_null(len(distinct)), dtype=np.int64)
    first = _enciphered(_person_blocks(persons), own).reshape(-1, _BLOCK)
    return _enciphered(first ^ values[which], own).view("<u8")[::2].astype(np.uint64)


def _person_blocks(persons: Persons) -> npt.NDArray[np.uint8]:
    return np.ascontiguousarray(persons).astype("<u8").view(np.uint8).reshape(-1, _BLOCK)


def _key_of(use: bytes, domain: str, key: bytes) -> bytes:
    if len(key) != KEY_BYTES:
        raise ValueError(f"expected a key of {KEY_BYTES} bytes")
    return hmac.digest(key, b"lockgate/draw/1\x00" + len(use).to_bytes(8, "big") + use + domain.encode(), "sha256")


def _enciphered(blocks: npt.NDArray[np.uint8], key: bytes) -> npt.NDArray[np.uint8]:
    aes = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305 - a pseudo-random function of single blocks
    return np.frombuffer(aes.update(blocks.tobytes()), dtype=np.uint8)
