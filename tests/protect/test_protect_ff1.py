"""FF1: the sample vectors of the standard, its algorithm written down plainly as an oracle, and bijection."""

import numpy as np
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.protect.ff1 import permute, permute_back

ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
KEY_128 = "2B7E151628AED2A6ABF7158809CF4F3C"
KEY_192 = KEY_128 + "EF4359D8D580AA4F"
KEY_256 = KEY_192 + "7F036D6F04FC6A94"

# NIST, Cryptographic Standards and Guidelines, Examples with Intermediate Values, FF1samples.pdf, samples 1 to 9.
SAMPLES = [
    (KEY_128, "", 10, "0123456789", "2433477484"),
    (KEY_128, "39383736353433323130", 10, "0123456789", "6124200773"),
    (KEY_128, "3737373770717273373737", 36, "0123456789abcdefghi", "a9tv40mll9kdu509eum"),
    (KEY_192, "", 10, "0123456789", "2830668132"),
    (KEY_192, "39383736353433323130", 10, "0123456789", "2496655549"),
    (KEY_192, "3737373770717273373737", 36, "0123456789abcdefghi", "xbj3kv35jrawxv32ysr"),
    (KEY_256, "", 10, "0123456789", "6657667009"),
    (KEY_256, "39383736353433323130", 10, "0123456789", "1001623463"),
    (KEY_256, "3737373770717273373737", 36, "0123456789abcdefghi", "xs8a0azh2avyalyzuwd"),
]


def numerals(text: str) -> np.ndarray:
    return np.array([[ALPHABET.index(sign) for sign in text]], dtype=np.uint8)


def plain_ff1(row: list[int], radix: int, key: bytes, tweak: bytes) -> list[int]:
    """SP 800-38G, algorithm 7, step by step, for one string."""

    def cipher(block: bytes) -> bytes:
        return Cipher(algorithms.AES(key), modes.ECB()).encryptor().update(block)

    def number(digits: list[int]) -> int:
        return sum(digit * radix**place for place, digit in enumerate(reversed(digits)))

    def string(value: int, length: int) -> list[int]:
        digits = []
        for _ in range(length):
            value, digit = divmod(value, radix)
            digits.append(digit)
        return digits[::-1]

    n, t = len(row), len(tweak)
    u = n // 2
    v = n - u
    a, b = row[:u], row[u:]
    wide = -(-((radix**v - 1).bit_length()) // 8)
    d = 4 * -(-wide // 4) + 4
    p = bytes([1, 2, 1]) + radix.to_bytes(3, "big") + bytes([10, u % 256]) + n.to_bytes(4, "big") + t.to_bytes(4, "big")
    for i in range(10):
        q = tweak + bytes((-t - wide - 1) % 16) + bytes([i]) + number(b).to_bytes(wide, "big")
        state = bytes(16)
        for at in range(0, len(p + q), 16):
            state = cipher(bytes(x ^ y for x, y in zip(state, (p + q)[at : at + 16], strict=True)))
        s = state
        for j in range(1, -(-d // 16)):
            s += cipher(bytes(x ^ y for x, y in zip(state, j.to_bytes(16, "big"), strict=True)))
        m = u if i % 2 == 0 else v
        a, b = b, string((number(a) + int.from_bytes(s[:d], "big")) % radix**m, m)
    return a + b


@pytest.mark.parametrize(("key", "tweak", "radix", "plain", "expected"), SAMPLES)
def test_the_sample_vectors_of_the_standard_hold(key, tweak, radix, plain, expected):
    made = permute(numerals(plain), radix, bytes.fromhex(key), bytes.fromhex(tweak), None)
    assert "".join(ALPHABET[digit] for digit in made[0]) == expected
    assert (permute_back(made, radix, bytes.fromhex(key), bytes.fromhex(tweak), None) == numerals(plain)).all()


@pytest.mark.parametrize(("key", "tweak", "radix", "plain", "expected"), SAMPLES)
def test_the_oracle_of_these_tests_holds_for_the_same_vectors(key, tweak, radix, plain, expected):
    row = plain_ff1(list(map(int, numerals(plain)[0])), radix, bytes.fromhex(key), bytes.fromhex(tweak))
    assert "".join(ALPHABET[digit] for digit in row) == expected


@st.composite
def strings(draw):
    radix = draw(st.sampled_from([2, 3, 10, 26, 36, 62, 251, 256, 257, 5000, 65_536]))
    least = next(length for length in range(2, 30) if radix**length >= 1_000_000)
    length = draw(st.integers(least, least + 40))
    rows = draw(st.integers(1, 3))
    return radix, draw(
        st.lists(st.lists(st.integers(0, radix - 1), min_size=length, max_size=length), min_size=rows, max_size=rows)
    )


@settings(max_examples=150, deadline=None)
@given(strings(), st.binary(max_size=40), st.integers(0, 20), st.sampled_from([16, 24, 32]))
def test_many_at_once_are_what_the_standard_says_of_each(given_strings, tweak, tail_bytes, key_bytes):
    radix, rows = given_strings
    key = bytes(range(key_bytes))
    tails = np.arange(len(rows) * tail_bytes, dtype=np.uint8).reshape(len(rows), tail_bytes)
    matrix = np.array(rows, dtype=np.uint32)
    made = permute(matrix, radix, key, tweak, tails)
    expected = [plain_ff1(row, radix, key, tweak + tail.tobytes()) for row, tail in zip(rows, tails, strict=True)]
    assert made.tolist() == expected
    assert permute_back(made, radix, key, tweak, tails).tolist() == rows


@pytest.mark.parametrize("length", [2, 9, 10, 15, 16, 18, 19, 20, 35, 36, 37, 38, 80])
def test_every_width_of_halves_of_digits_is_right_at_its_edges(length):
    if length < 6:
        with pytest.raises(ValueError, match="at least 1000000"):
            permute(np.zeros((1, length), dtype=np.uint8), 10, bytes(16), b"", None)
        return
    rows = np.array([[0] * length, [9] * length, [9, *[0] * (length - 1)]], dtype=np.uint8)
    made = permute(rows, 10, bytes(16), b"t", None)
    assert made.tolist() == [plain_ff1(row, 10, bytes(16), b"t") for row in rows.tolist()]
    assert (permute_back(made, 10, bytes(16), b"t", None) == rows).all()


def test_all_strings_of_six_digits_are_permuted():
    number = np.arange(1_000_000)
    rows = np.stack([number // 10**place % 10 for place in range(5, -1, -1)], axis=1).astype(np.uint8)
    made = permute(rows, 10, bytes(32), b"", None).astype(np.int64) @ 10 ** np.arange(5, -1, -1)
    assert len(np.unique(made)) == 1_000_000
    assert made.min() == 0
    assert (made == number).sum() < 10  # one on average


def test_a_radix_that_the_standard_has_not_is_refused():
    for radix in (1, 65_537):
        with pytest.raises(ValueError, match="radix"):
            permute(np.zeros((1, 40), dtype=np.uint32), radix, bytes(16), b"", None)


def test_no_rows_are_no_rows():
    assert permute(np.zeros((0, 16), dtype=np.uint8), 10, bytes(16), b"", None).shape == (0, 16)
