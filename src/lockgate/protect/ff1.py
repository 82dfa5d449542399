"""FF1: a permutation of the strings of one length over an alphabet, under an AES key and a tweak, many at once.

A row of numerals goes through ten Feistel rounds. What a round hashes is the same for all rows but for the last
block, so each round of a whole column is one call of AES in ECB mode, and the arithmetic is that of arrays:

* halves up to 2^63: words of 64 bits; a digest of 96 bits is reduced by long division in base 2^32;
* longer halves: Python's whole numbers in arrays of objects, slower, without limit.

A tweak may end in bytes of its own for each row. Not here: alphabets, separators, what is too short
(`lockgate.protect.format_preserving`).

Source: NIST SP 800-38G, algorithms 6 (PRF), 7 (FF1.Encrypt) and 8 (FF1.Decrypt); SP 800-38G Rev. 1 (draft) for the
least size of a domain. FF3 is withdrawn there and absent here.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext, algorithms, modes

DOMAIN_AT_LEAST = 1_000_000
"""The least number of strings that FF1 may permute."""

RADIX_AT_MOST = 1 << 16

Numerals = npt.NDArray[Any]
"""Numerals of strings of one length, shape (rows, length), unsigned, each below the radix."""

_Words = npt.NDArray[np.uint64]
_Numbers = npt.NDArray[Any]

_ROUNDS = 10
_BLOCK = 16
_ROWS_AT_ONCE = 8192  # what stays in the processor's second cache
_NARROW = 1 << 63
_HALF_WORD = np.uint64(32)
_LOW_HALF = np.uint64(0xFFFFFFFF)
_LOW_BYTES_OF_BLOCK = 8
_TABLE_ENTRIES = 1 << 16
_BYTES_OF_SHORT_DIGEST = 8


@dataclass(frozen=True, slots=True)
class _Sizes:
    """The sizes that the standard derives from radix and length.

    Attributes:
        radix: Number of characters of the alphabet.
        left: u, numerals of the first half.
        right: v, numerals of the second half.
        number_bytes: b, bytes of the number of a half.
        digest_bytes: d, bytes of a digest.
        is_narrow: Whether words of 64 bits hold a half, and half-words the halves of its modulus.
    """

    radix: int
    left: int
    right: int
    number_bytes: int
    digest_bytes: int
    is_narrow: bool

    def moduli(self, round_: int) -> tuple[int, int]:
        """Return two factors of the modulus of a round: powers of the radix."""
        length = self.left if round_ % 2 == 0 else self.right
        upper = length // 2
        return self.radix ** (length - upper), self.radix**upper


def permute(numerals: Numerals, radix: int, key: bytes, tweak: bytes, tails: npt.NDArray[np.uint8] | None) -> Numerals:
    """Return the FF1 encryption of each row of numerals.

    Args:
        numerals: Shape (rows, length), at least `DOMAIN_AT_LEAST` strings of that length.
        radix: Number of characters of the alphabet, 2 to 65,536.
        key: AES key of 16, 24 or 32 bytes.
        tweak: First bytes of the tweak, the same for all rows.
        tails: Last bytes of each row's tweak, shape (rows, bytes); None for none.

    Raises:
        ValueError: If radix or domain is outside these bounds.

    >>> bytes(permute(np.arange(10, dtype=np.uint8)[None, :], 10, bytes(16), b"", None)[0]) == bytes(range(10))
    False
    """
    return _in_blocks(numerals, radix, key, (tweak, tails), is_forward=True)


def permute_back(
    numerals: Numerals, radix: int, key: bytes, tweak: bytes, tails: npt.NDArray[np.uint8] | None
) -> Numerals:
    """Return the FF1 decryption of each row of numerals: `permute` undone; arguments as there."""
    return _in_blocks(numerals, radix, key, (tweak, tails), is_forward=False)


def _in_blocks(
    numerals: Numerals,
    radix: int,
    key: bytes,
    tweaks: tuple[bytes, npt.NDArray[np.uint8] | None],
    *,
    is_forward: bool,
) -> Numerals:
    rows, length = numerals.shape
    if not 2 <= radix <= RADIX_AT_MOST:  # noqa: PLR2004 - the standard's bound
        raise ValueError(f"expected a radix of 2 to {RADIX_AT_MOST}, found {radix}")
    if length <= 1 or radix**length < DOMAIN_AT_LEAST:  # two halves
        raise ValueError(f"expected at least {DOMAIN_AT_LEAST} strings, found {radix}^{length}")
    sizes = _sizes_of(radix, length)
    aes = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305 - the block cipher that FF1 is made of
    made = np.empty(numerals.shape, dtype=np.uint8 if radix <= 1 << 8 else np.uint16)
    tweak, tails = tweaks
    for start in range(0, rows, _ROWS_AT_ONCE):
        block = slice(start, start + _ROWS_AT_ONCE)
        part = numerals[block]
        ends = np.zeros((len(part), 0), dtype=np.uint8) if tails is None else tails[block]
        digest = (_NarrowDigest if sizes.is_narrow else _WideDigest)(aes, sizes, tweak, ends)
        left, right = _numbers(part[:, : sizes.left], sizes), _numbers(part[:, sizes.left :], sizes)
        left, right = _run(left, right, digest, is_forward=is_forward)
        _write(left, made[block, : sizes.left], sizes)
        _write(right, made[block, sizes.left :], sizes)
    return made


@lru_cache(maxsize=64)
def _sizes_of(radix: int, length: int) -> _Sizes:
    left = length // 2
    right = length - left
    number_bytes = ((radix**right - 1).bit_length() + 7) // 8  # ceiling of v log2(radix), in bytes
    digest_bytes = 4 * -(-number_bytes // 4) + 4
    is_narrow = radix**right <= _NARROW and radix ** (right - right // 2) <= 1 << 32
    return _Sizes(radix, left, right, number_bytes, digest_bytes, is_narrow)


def _run(
    left: _Numbers, right: _Numbers, digest: "_NarrowDigest | _WideDigest", *, is_forward: bool
) -> tuple[_Numbers, _Numbers]:
    """Return both halves after ten rounds, or before them."""
    if is_forward:
        for round_ in range(_ROUNDS):
            mixed = left + digest.of(right, round_)
            left, right = right, digest.reduce(mixed, round_)
    else:
        for round_ in reversed(range(_ROUNDS)):
            lower, upper = digest.sizes.moduli(round_)
            mixed = right + (digest.modulus_type(lower * upper) - digest.of(left, round_))
            left, right = digest.reduce(mixed, round_), left
    return left, right


class _NarrowDigest:
    """The digests of a round for halves that words of 64 bits hold: one call of AES for all rows."""

    modulus_type = np.uint64

    def __init__(self, aes: CipherContext, sizes: _Sizes, tweak: bytes, tails: npt.NDArray[np.uint8]) -> None:
        self._aes = aes
        self.sizes = sizes
        rest, state = _absorbed(aes, sizes, tweak, tails)
        for start in range(0, rest.shape[1] - _BLOCK, _BLOCK):
            state = _enciphered(aes, state ^ rest[:, start : start + _BLOCK])
        words = (state ^ rest[:, -_BLOCK:]).view(">u8").astype(np.uint64)
        self._high, self._low = words[:, 0].copy(), words[:, 1].copy()
        self._given = np.empty((len(tails), 2), dtype=np.uint64)
        self._given[:, 0] = self._high.byteswap()
        self._got = np.empty(2 * len(tails) + 2, dtype=np.uint64)  # AES asks for a block more

    def of(self, half: _Words, round_: int) -> _Words:
        """Return the digest of each half, reduced by the round's modulus."""
        bits = 8 * self.sizes.number_bytes
        if self.sizes.number_bytes < _LOW_BYTES_OF_BLOCK:
            low = (self._low ^ np.uint64(round_ << bits)) ^ half
        else:
            low = self._low ^ half
            self._given[:, 0] = (self._high ^ np.uint64(round_)).byteswap()
        self._given[:, 1] = low.byteswap()
        self._aes.update_into(self._given.reshape(-1).data.cast("B"), self._got.data.cast("B"))
        digest = self._got[: 2 * len(half)].reshape(-1, 2)
        first = digest[:, 0].byteswap()
        lower, upper = self.sizes.moduli(round_)
        if self.sizes.digest_bytes == _BYTES_OF_SHORT_DIGEST:
            return _remainder(first, lower * upper)
        last = digest[:, 1].byteswap() >> _HALF_WORD
        return _long_remainder(first, last, lower, upper)

    def reduce(self, number: _Words, round_: int) -> _Words:
        """Return numbers below twice the round's modulus, reduced by it."""
        lower, upper = self.sizes.moduli(round_)
        modulus = np.uint64(lower * upper)
        reduced: _Words = np.minimum(number, number - modulus)  # below the modulus, the difference wraps
        return reduced


class _WideDigest:
    """The digests of a round for halves of any length: every block for each round."""

    modulus_type = int

    def __init__(self, aes: CipherContext, sizes: _Sizes, tweak: bytes, tails: npt.NDArray[np.uint8]) -> None:
        self._aes = aes
        self.sizes = sizes
        self._rest, self._state = _absorbed(aes, sizes, tweak, tails)

    def of(self, half: _Numbers, round_: int) -> _Numbers:
        """Return the digest of each half, reduced by the round's modulus."""
        sizes, rest = self.sizes, self._rest
        rest[:, -sizes.number_bytes - 1] = round_
        written = b"".join(number.to_bytes(sizes.number_bytes, "big") for number in half)
        rest[:, -sizes.number_bytes :] = np.frombuffer(written, dtype=np.uint8).reshape(len(half), -1)
        state = self._state
        for start in range(0, rest.shape[1], _BLOCK):
            state = _enciphered(self._aes, state ^ rest[:, start : start + _BLOCK])
        blocks = [state]
        for number in range(1, -(-sizes.digest_bytes // _BLOCK)):
            counted = np.frombuffer(number.to_bytes(_BLOCK, "big"), dtype=np.uint8)
            blocks.append(_enciphered(self._aes, state ^ counted))
        digests = np.hstack(blocks)[:, : sizes.digest_bytes]
        lower, upper = sizes.moduli(round_)
        return _as_objects([int.from_bytes(digest.tobytes(), "big") % (lower * upper) for digest in digests])

    def reduce(self, number: _Numbers, round_: int) -> _Numbers:
        """Return numbers, reduced by the round's modulus."""
        lower, upper = self.sizes.moduli(round_)
        reduced: _Numbers = number % (lower * upper)
        return reduced


def _absorbed(
    aes: CipherContext, sizes: _Sizes, tweak: bytes, tails: npt.NDArray[np.uint8]
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Return what each row still has to hash, in whole blocks, and the state after what is common to all rows."""
    rows, tail_bytes = tails.shape
    length, tweak_bytes = sizes.left + sizes.right, len(tweak) + tail_bytes
    first = bytes([1, 2, 1]) + sizes.radix.to_bytes(3, "big") + bytes([_ROUNDS, sizes.left % 256])
    common = first + length.to_bytes(4, "big") + tweak_bytes.to_bytes(4, "big") + tweak
    whole = len(common) - len(common) % _BLOCK
    state = np.zeros((1, _BLOCK), dtype=np.uint8)
    for start in range(0, whole, _BLOCK):
        state = _enciphered(aes, state ^ np.frombuffer(common[start : start + _BLOCK], dtype=np.uint8))
    left_over = np.frombuffer(common[whole:], dtype=np.uint8)
    used = len(left_over) + tail_bytes
    rest = np.zeros((rows, used + -(used + sizes.number_bytes + 1) % _BLOCK + sizes.number_bytes + 1), dtype=np.uint8)
    rest[:, : len(left_over)] = left_over
    rest[:, len(left_over) : used] = tails
    return rest, np.repeat(state, rows, axis=0)


def _enciphered(aes: CipherContext, blocks: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    return np.frombuffer(aes.update(blocks.tobytes()), dtype=np.uint8).reshape(-1, _BLOCK)


def _remainder(number: _Words, divisor: int) -> _Words:
    """Return remainders; dividing and multiplying is what the processor does to many words at once."""
    by = np.uint64(divisor)
    return number - number // by * by


def _long_remainder(first: _Words, last: _Words, lower: int, upper: int) -> _Words:
    """Return numbers of 96 bits modulo a product of two factors, each at most 2^32.

    Args:
        first: The upper 64 bits.
        last: The lower 32 bits.
        lower: One factor.
        upper: The other.
    """
    by = np.uint64(lower)
    high = first >> _HALF_WORD
    quotients = [high // by]
    rest = high - quotients[0] * by
    for word in (first & _LOW_HALF, last):
        rest = rest << _HALF_WORD | word
        quotients.append(rest // by)
        rest -= quotients[-1] * by
    above = _remainder(quotients[0], upper)
    for word in quotients[1:]:
        above = _remainder(above << _HALF_WORD | word, upper)
    return above * by + rest


def _numbers(numerals: Numerals, sizes: _Sizes) -> _Numbers:
    """Return the number that each row of numerals writes, the most significant first."""
    if not sizes.is_narrow:
        numbers = np.zeros(len(numerals), dtype=object)
        for column in numerals.T:
            numbers = numbers * sizes.radix + column.astype(object)
        return numbers
    columns = np.ascontiguousarray(numerals.T)
    number: _Words = columns[0].astype(np.uint64)
    radix = np.uint64(sizes.radix)
    for column in columns[1:]:
        number *= radix
        number += column
    return number


def _write(numbers: _Numbers, into: Numerals, sizes: _Sizes) -> None:
    """Write each number as a row of numerals."""
    table, digits = _table_of(sizes.radix)
    rest: Any = numbers
    by: Any = np.uint64(len(table)) if sizes.is_narrow else len(table)
    for end in range(into.shape[1], 0, -digits):
        quotient = rest // by
        index = (rest - quotient * by).astype(np.int64)
        wanted = min(digits, end)
        into[:, end - wanted : end] = table[index][:, digits - wanted :]
        rest = quotient


@lru_cache(maxsize=8)
def _table_of(radix: int) -> tuple[Numerals, int]:
    """Return the numerals of all numbers of as many numerals as a table of 65,536 entries can hold, and how many."""
    digits = 1
    while radix ** (digits + 1) <= _TABLE_ENTRIES:
        digits += 1
    number = np.arange(radix**digits)
    columns = [number // radix**place % radix for place in reversed(range(digits))]
    return np.stack(columns, axis=1).astype(np.uint8 if radix <= 1 << 8 else np.uint16), digits


def _as_objects(numbers: list[int]) -> _Numbers:
    made = np.empty(len(numbers), dtype=object)
    made[:] = numbers
    return made
