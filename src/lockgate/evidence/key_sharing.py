"""A key shared so that some of those who hold a share give it back together, and fewer know nothing of it.

Source: Shamir, "How to Share a Secret" (1979), over the field GF(2^8) of AES (FIPS 197, section 4.2).
"""

from collections.abc import Callable, Mapping, Sequence

from lockgate.terms.errors import EvidenceError


def _powers() -> tuple[tuple[int, ...], Mapping[int, int]]:
    """Return the powers of the generator 3 of the field of AES, and their logarithms."""
    exp, value = [], 1
    for _ in range(255):
        exp.append(value)
        value ^= (value << 1) ^ (0x11B if value & 0x80 else 0)
    return tuple(exp), {value: power for power, value in enumerate(exp)}


_EXP, _LOG = _powers()


def split_key(key: bytes, shares: int, threshold: int, rng: Callable[[int], bytes]) -> tuple[bytes, ...]:
    """Return shares of a key, so many of which give it back and fewer of which tell nothing of it.

    A share is its number, one byte, and a byte for each of the key: points of random polynomials over GF(2^8).

    Args:
        key: What is shared.
        shares: How many, 1 to 255.
        threshold: How many are needed, 1 to `shares`.
        rng: Returns so many random bytes.

    Raises:
        ValueError: If the numbers are out of range.

    Source: Shamir, "How to Share a Secret", 1979; the field of AES (FIPS 197, section 4.2).
    """
    if not 1 <= threshold <= shares <= len(_EXP):
        raise ValueError("expected 1 <= threshold <= shares <= 255")
    drawn = rng(len(key) * (threshold - 1)) if threshold > 1 else b""
    polynomials = [(byte, *drawn[at :: len(key)]) for at, byte in enumerate(key)]
    return tuple(bytes([x, *(_value(polynomial, x) for polynomial in polynomials)]) for x in range(1, shares + 1))


def join_key(shares: Sequence[bytes]) -> bytes:
    """Return the key that shares give back; of too few, or of wrong ones, it is another.

    Args:
        shares: Of one key, of different numbers.

    Raises:
        EvidenceError: If two have the same number or they are of different lengths.
    """
    numbers = [share[0] for share in shares if share]
    if not numbers or 0 in numbers or len(set(numbers)) < len(shares) or len(set(map(len, shares))) > 1:
        raise EvidenceError("the shares of the key do not belong together")
    return bytes(_at_zero(numbers, [share[at] for share in shares]) for at in range(1, len(shares[0])))


def _times(a: int, b: int) -> int:
    return _EXP[(_LOG[a] + _LOG[b]) % 255] if a and b else 0


def _over(a: int, b: int) -> int:
    return _EXP[(_LOG[a] - _LOG[b]) % 255] if a else 0


def _value(polynomial: Sequence[int], x: int) -> int:
    value = 0
    for coefficient in reversed(polynomial):
        value = _times(value, x) ^ coefficient
    return value


def _at_zero(numbers: Sequence[int], values: Sequence[int]) -> int:
    """Return the value at 0 of the polynomial through the points (Lagrange)."""
    total = 0
    for at, value in zip(numbers, values, strict=True):
        part = value
        for other in numbers:
            if other != at:
                part = _over(_times(part, other), at ^ other)
        total ^= part
    return total
