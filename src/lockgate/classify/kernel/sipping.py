"""SipHash-2-4 of 128 bits of messages of whole words, compiled; `lockgate.classify.siphash` says what it is."""

from typing import Any

import numpy as np

from lockgate.classify.kernel.compiling import compiled, inlined


@inlined
def _round(a: Any, b: Any, c: Any, d: Any) -> Any:
    a = a + b
    c = c + d
    b = (b << np.uint64(13)) | (b >> np.uint64(51))
    d = (d << np.uint64(16)) | (d >> np.uint64(48))
    b = b ^ a
    d = d ^ c
    a = (a << np.uint64(32)) | (a >> np.uint64(32))
    c = c + b
    a = a + d
    b = (b << np.uint64(17)) | (b >> np.uint64(47))
    d = (d << np.uint64(21)) | (d >> np.uint64(43))
    b = b ^ c
    d = d ^ a
    c = (c << np.uint64(32)) | (c >> np.uint64(32))
    return a, b, c, d


@compiled
def hash_words(message: Any, start: Any, hashes: Any) -> None:
    """Write the hashes of messages of as many words, the last of which holds the length.

    Args:
        message: Words, shape (words, messages).
        start: The four words of the state before the first.
        hashes: Is filled, shape (messages, 2).
    """
    for item in range(message.shape[1]):
        a, b, c, d = start[0], start[1], start[2], start[3]
        for place in range(message.shape[0]):
            word = message[place, item]
            d = d ^ word
            a, b, c, d = _round(a, b, c, d)
            a, b, c, d = _round(a, b, c, d)
            a = a ^ word
        c = c ^ np.uint64(0xEE)
        for _ in range(4):
            a, b, c, d = _round(a, b, c, d)
        hashes[item, 0] = a ^ b ^ c ^ d
        b = b ^ np.uint64(0xDD)
        for _ in range(4):
            a, b, c, d = _round(a, b, c, d)
        hashes[item, 1] = a ^ b ^ c ^ d


@compiled
def hash_numbers(numbers: Any, start: Any, halves: Any) -> None:
    """Write the hashes of single words, as `hash_words` would; without an inner loop, so that some go side by side.

    Args:
        numbers: Words.
        start: The four words of the state before the first.
        halves: Is filled, shape (2, words).
    """
    length = np.uint64(8 << 56)
    first, second = halves[0], halves[1]
    s0, s1, s2, s3 = start[0], start[1], start[2], start[3]
    for item in range(len(numbers)):
        word = numbers[item]
        a, b, c, d = s0, s1, s2, s3 ^ word
        a, b, c, d = _round(a, b, c, d)
        a, b, c, d = _round(a, b, c, d)
        a = a ^ word
        d = d ^ length
        a, b, c, d = _round(a, b, c, d)
        a, b, c, d = _round(a, b, c, d)
        a = a ^ length
        c = c ^ np.uint64(0xEE)
        a, b, c, d = _round(a, b, c, d)
        a, b, c, d = _round(a, b, c, d)
        a, b, c, d = _round(a, b, c, d)
        a, b, c, d = _round(a, b, c, d)
        first[item] = a ^ b ^ c ^ d
        b = b ^ np.uint64(0xDD)
        a, b, c, d = _round(a, b, c, d)
        a, b, c, d = _round(a, b, c, d)
        a, b, c, d = _round(a, b, c, d)
        a, b, c, d = _round(a, b, c, d)
        second[item] = a ^ b ^ c ^ d
