"""Tokens of many texts, compiled: HMAC-SHA-256 of sixteen texts side by side, and its first bits in base 32.

Word `i` of the text in lane `l` stands at `i * LANES + l`, so that each step of SHA-256 is a loop over all lanes, for
which the compiler finds wide instructions. Lanes need not be of one length: one that has ended stays as it is.

Sources: FIPS 180-4 section 6.2 (SHA-256); RFC 2104 (HMAC); RFC 4648 section 6 (base 32).
"""

import itertools

import numpy as np
import numpy.typing as npt
from numba import uint32

from lockgate.protect.kernel.compiling import compiled, inlined

LANES = 16
BLOCK_BYTES = 64

_Bytes = npt.NDArray[np.uint8]
_Words = npt.NDArray[np.uint32]

_DIGITS = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz234567", np.uint8)
_DIGITS_WRITTEN = 26
_LENGTH_BYTES = 8
_DIGEST_WORDS = 8


def _root(number: int, power: int) -> int:
    """Return the first 32 bits behind the point of a root of a number."""
    low, high = 0, number << 32
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if middle**power <= number << 32 * power else (low, middle)
    return low & 0xFFFFFFFF


_PRIMES = list(
    itertools.islice((number for number in itertools.count(2) if all(number % lower for lower in range(2, number))), 64)
)
_ADDED = np.array([_root(prime, 3) for prime in _PRIMES], np.uint32)
_START = np.array([_root(prime, 2) for prime in _PRIMES[:8]], np.uint32)


@compiled
def state_after(blocks: _Bytes) -> _Words:
    """Return the eight words of SHA-256 after whole blocks.

    Args:
        blocks: Of 64 bytes each, one after another.
    """
    words, kept, active = np.zeros(64 * LANES, np.uint32), np.zeros(8 * LANES, np.uint32), np.ones(LANES, np.uint32)
    state = np.zeros(8 * LANES, np.uint32)
    _fill(state, _START, 0, 8)
    for first in range(0, len(blocks), BLOCK_BYTES):
        _clear(words)
        for place in range(BLOCK_BYTES):
            _put(words, 0, place, blocks[first + place])
        _compress(state, words, kept, active)
    after = np.zeros(8, np.uint32)
    for word in range(8):
        after[word] = state[word * LANES]
    return after


@compiled
def write_tokens(data: _Bytes, starts: npt.NDArray[np.int64], keyed: _Words, before: int, written: _Bytes) -> None:
    """Write the first 130 bits of the code of each text at the end of its row, in base 32, lower case.

    Args:
        data: The texts in UTF-8.
        starts: First byte of each text, and the end of the last.
        keyed: The states of the inner and of the outer hash after whole blocks, and the block that the inner hash has
            begun, its other bytes zero; 32 words.
        before: Bytes that the inner hash takes before each text.
        written: Shape (texts, at least 26).
    """
    words, kept, active = np.zeros(64 * LANES, np.uint32), np.zeros(8 * LANES, np.uint32), np.zeros(LANES, np.uint32)
    state, texts = np.zeros(8 * LANES, np.uint32), len(starts) - 1
    for first in range(0, texts, LANES):
        lanes = min(LANES, texts - first)
        most = 0
        for lane in range(lanes):
            most = max(most, _blocks_of(starts[first + lane + 1] - starts[first + lane], before))
        _fill(state, keyed, 0, 8)
        for block in range(most):
            _clear(words)
            if block == 0:
                _fill(words, keyed, 16, 16)
            for lane in range(lanes):
                text = data[starts[first + lane] : starts[first + lane + 1]]
                active[lane] = block < _blocks_of(len(text), before)
                _put_text(words, lane, block, text, before)
            _compress(state, words, kept, active)
        _put_digest(words, state, active)
        _fill(state, keyed, 8, 8)
        _compress(state, words, kept, active)
        for lane in range(lanes):
            _write_digits(state, lane, written[first + lane])


@inlined
def _blocks_of(length: int, before: int) -> int:
    """Return how many blocks there are from that which has begun; one bit more and the length follow a text."""
    return (before % BLOCK_BYTES + length + _LENGTH_BYTES) // BLOCK_BYTES + 1


@inlined
def _put_text(words: _Words, lane: int, block: int, text: _Bytes, before: int) -> None:
    """Put what of a text lies in a block, with the bit that ends it and its length."""
    begin = before % BLOCK_BYTES - block * BLOCK_BYTES
    end = begin + len(text)
    for place in range(max(begin, 0), min(end, BLOCK_BYTES)):
        _put(words, lane, place, text[place - begin])
    if 0 <= end < BLOCK_BYTES:
        _put(words, lane, end, 0x80)
    if block == _blocks_of(len(text), before) - 1:
        words[14 * LANES + lane] = (before + len(text)) >> 29
        words[15 * LANES + lane] = (before + len(text)) << 3


@inlined
def _put_digest(words: _Words, state: _Words, active: _Words) -> None:
    """Put what the outer hash takes after its key: the digest of each lane, the bit that ends it and its length."""
    _clear(words)
    for place in range(8 * LANES):
        words[place] = state[place]
    for lane in range(LANES):
        words[8 * LANES + lane] = 0x80000000
        words[15 * LANES + lane] = 8 * (BLOCK_BYTES + 4 * _DIGEST_WORDS)
        active[lane] = 1


@inlined
def _clear(words: _Words) -> None:
    for place in range(16 * LANES):
        words[place] = 0


@inlined
def _fill(words: _Words, given: _Words, first: int, count: int) -> None:
    """Give each lane the same words, some of those given."""
    for word in range(count):
        for lane in range(LANES):
            words[word * LANES + lane] = given[first + word]


@inlined
def _put(words: _Words, lane: int, place: int, byte: int) -> None:
    words[(place >> 2) * LANES + lane] |= uint32(byte) << uint32(24 - 8 * (place & 3))


@inlined
def _turn(word: np.uint32, bits: int) -> np.uint32:
    return (word >> uint32(bits)) | (word << uint32(32 - bits))


@inlined
def _round(v: _Words, words: _Words, step: int, turn: int) -> None:
    """Do one step; the eight words change their names at each, so that none is moved."""
    a, b, c, d = -turn & 7, (1 - turn) & 7, (2 - turn) & 7, (3 - turn) & 7
    e, f, g, h = (4 - turn) & 7, (5 - turn) & 7, (6 - turn) & 7, (7 - turn) & 7
    for lane in range(LANES):
        x, y, m, z = v[e * LANES + lane], v[a * LANES + lane], v[b * LANES + lane], v[g * LANES + lane]
        added = (
            v[h * LANES + lane] + (_turn(x, 6) ^ _turn(x, 11) ^ _turn(x, 25)) + (z ^ (x & (v[f * LANES + lane] ^ z)))
        )
        added += _ADDED[step] + words[step * LANES + lane]
        v[d * LANES + lane] += added
        added += (_turn(y, 2) ^ _turn(y, 13) ^ _turn(y, 22)) + ((y & m) | (v[c * LANES + lane] & (y | m)))
        v[h * LANES + lane] = added


@compiled
def _compress(state: _Words, words: _Words, v: _Words, active: _Words) -> None:
    """Take one block of each lane that is active into its state."""
    for step in range(16, 64):
        for lane in range(LANES):
            x, y = words[(step - 15) * LANES + lane], words[(step - 2) * LANES + lane]
            mixed = _turn(x, 7) ^ _turn(x, 18) ^ (x >> uint32(3))
            mixed += _turn(y, 17) ^ _turn(y, 19) ^ (y >> uint32(10))
            words[step * LANES + lane] = words[(step - 16) * LANES + lane] + mixed + words[(step - 7) * LANES + lane]
    for place in range(8 * LANES):
        v[place] = state[place]
    for step in range(0, 64, 8):
        _round(v, words, step, 0)
        _round(v, words, step + 1, 1)
        _round(v, words, step + 2, 2)
        _round(v, words, step + 3, 3)
        _round(v, words, step + 4, 4)
        _round(v, words, step + 5, 5)
        _round(v, words, step + 6, 6)
        _round(v, words, step + 7, 7)
    for word in range(8):
        for lane in range(LANES):
            state[word * LANES + lane] += v[word * LANES + lane] * active[lane]


@inlined
def _write_digits(state: _Words, lane: int, written: _Bytes) -> None:
    place = len(written) - _DIGITS_WRITTEN
    for digit in range(_DIGITS_WRITTEN):
        word, bit = (5 * digit) >> 5, (5 * digit) & 31
        both = np.uint64(state[word * LANES + lane]) << np.uint64(32) | np.uint64(state[(word + 1) * LANES + lane])
        written[place + digit] = _DIGITS[(both >> np.uint64(59 - bit)) & np.uint64(31)]
