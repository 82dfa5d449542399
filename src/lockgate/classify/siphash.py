"""Keyed hashes of 128 bits of many cells at once: SipHash-2-4 with NumPy, all cells of as many words together.

A pseudo-random function: who does not hold the key can neither tell a value from its hash nor make two values meet.
Cells beyond `LONGEST` bytes are hashed by BLAKE2b under the same key, one by one; a cell's length says which it is.

Source: J.-P. Aumasson, D. J. Bernstein, SipHash: a fast short-input PRF, INDOCRYPT 2012, and the authors' reference
code (the variant of 128 bits); RFC 7693 (BLAKE2b, keyed).
"""

from hashlib import blake2b
from types import ModuleType

import numpy as np
import numpy.typing as npt

from lockgate.classify.kernel.block import Block
from lockgate.terms.compiled_code import load_code

Hashes = npt.NDArray[np.uint64]
Words = npt.NDArray[np.uint64]
_State = list[Words]

KEY_BYTES = 16
LONGEST = 128
_WORD = 8
_FINAL_ROUNDS = 4
_START = np.array([0x736F6D6570736575, 0x646F72616E646F6D, 0x6C7967656E657261, 0x7465646279746573], np.uint64)
_WIDE = np.uint64(0xEE)
_SECOND = np.uint64(0xDD)
_HALF = 32

_LOOPS = "lockgate.classify.kernel.sipping"
_MANY = 4_096
"""Messages of as many words from which on compiled code is worth loading."""


def hash_cells(block: Block, key: bytes) -> Hashes:
    """Return the hash of each cell as two columns of 64 bits.

    Args:
        block: The cells.
        key: 16 secret bytes.
    """
    lengths = block.lengths
    hashes = np.zeros((len(lengths), 2), np.uint64)
    # Words of eight bytes at any place; the last cells may end less than a word before the end of the block.
    first, last = int(block.offsets[0]), int(block.offsets[-1])
    data = np.concatenate([block.data[first:last], np.zeros(_WORD, np.uint8)])
    words = np.ndarray((len(data) - _WORD + 1,), "<u8", data, strides=(1,))
    starts = block.offsets[:-1] - first
    whole = lengths // _WORD
    for count in np.flatnonzero(np.bincount(np.minimum(whole, LONGEST // _WORD))).tolist():
        if count * _WORD >= LONGEST:
            continue
        places = np.flatnonzero(whole == count)
        begin, size = starts[places], lengths[places].astype(np.uint64)
        left = (size % np.uint64(_WORD)) * np.uint64(_WORD)
        rest = words[begin + count * _WORD] & ((np.uint64(1) << left) - np.uint64(1))
        message = [words[begin + step * _WORD] for step in range(count)]
        hashes[places] = _hash_words([*message, rest | (size << np.uint64(56))], key)
    for place in np.flatnonzero(lengths >= LONGEST).tolist():
        cell = data[starts[place] : starts[place] + lengths[place]]
        hashes[place] = np.frombuffer(blake2b(cell.tobytes(), digest_size=16, key=key).digest(), "<u8")
    return hashes


def hash_numbers(numbers: npt.NDArray[np.int64], key: bytes) -> Hashes:
    """Return the hash of the eight bytes of each number as two columns of 64 bits.

    Args:
        numbers: At least 0.
        key: 16 secret bytes.
    """
    kernel = _kernel(len(numbers))
    if kernel is not None:
        halves = np.empty((2, len(numbers)), np.uint64)
        kernel.hash_numbers(np.ascontiguousarray(numbers).view(np.uint64), _start(key), halves)
        return np.ascontiguousarray(halves.T)
    length = np.full(len(numbers), _WORD << 56, np.uint64)
    return _hash_words([numbers.astype(np.uint64), length], key)


def _kernel(messages: int) -> ModuleType | None:
    return load_code(_LOOPS) if messages >= _MANY else None


def _start(key: bytes) -> Words:
    """Return the state before the first word."""
    low, high = np.frombuffer(key, "<u8", KEY_BYTES // _WORD)
    state = _START ^ np.array([low, high, low, high], np.uint64)
    state[1] ^= _WIDE
    return state


def _hash_words(message: list[Words], key: bytes) -> Hashes:
    """Return the hashes of messages of as many words, the last of which holds the length."""
    hashes = np.empty((len(message[0]), 2), np.uint64)
    kernel = _kernel(len(hashes))
    if kernel is not None:
        kernel.hash_words(np.stack(message), _start(key), hashes)
        return hashes
    state = [np.full(len(hashes), word, np.uint64) for word in _start(key)]
    for word in message:
        state[3] ^= word
        _round(state)
        _round(state)
        state[0] ^= word
    state[2] ^= _WIDE
    for place in range(2):
        for _ in range(_FINAL_ROUNDS):
            _round(state)
        hashes[:, place] = state[0] ^ state[1] ^ state[2] ^ state[3]
        state[1] ^= _SECOND
    return hashes


def _round(state: _State) -> None:
    a, b, c, d = state
    a += b
    c += d
    _turn(b, 13)
    _turn(d, 16)
    b ^= a
    d ^= c
    _turn(a, _HALF)
    c += b
    a += d
    _turn(b, 17)
    _turn(d, 21)
    b ^= c
    d ^= a
    _turn(c, _HALF)


def _turn(words: Words, bits: int) -> None:
    """Turn the bits of every word to the left."""
    high = words >> np.uint64(64 - bits)
    words <<= np.uint64(bits)
    words |= high
