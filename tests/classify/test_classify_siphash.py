"""Keyed hashes of cells against published vectors and against the definition, step by step."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.classify import siphash
from lockgate.classify.kernel.block import block_of
from lockgate.classify.siphash import KEY_BYTES, LONGEST, hash_cells, hash_numbers

KEY = bytes(range(16))
_ALL = 2**64 - 1


def hashed(cells: list[bytes], key: bytes = KEY) -> list[str]:
    found = hash_cells(block_of(pa.array(cells, pa.binary())), key)
    return [row.astype("<u8").tobytes().hex() for row in found]


def by_definition(message: bytes, key: bytes) -> str:
    """SipHash-2-4 of 128 bits in plain arithmetic."""

    def turn(word: int, bits: int) -> int:
        return (word << bits | word >> (64 - bits)) & _ALL

    def rounds(count: int) -> None:
        for _ in range(count):
            v[0] = (v[0] + v[1]) & _ALL
            v[1] = turn(v[1], 13) ^ v[0]
            v[0] = turn(v[0], 32)
            v[2] = (v[2] + v[3]) & _ALL
            v[3] = turn(v[3], 16) ^ v[2]
            v[0] = (v[0] + v[3]) & _ALL
            v[3] = turn(v[3], 21) ^ v[0]
            v[2] = (v[2] + v[1]) & _ALL
            v[1] = turn(v[1], 17) ^ v[2]
            v[2] = turn(v[2], 32)

    low, high = int.from_bytes(key[:8], "little"), int.from_bytes(key[8:], "little")
    v = [
        low ^ 0x736F6D6570736575,
        high ^ 0x646F72616E646F6D ^ 0xEE,
        low ^ 0x6C7967656E657261,
        high ^ 0x7465646279746573,
    ]
    padded = message + bytes(7 - len(message) % 8) + bytes([len(message) % 256])
    for place in range(0, len(padded), 8):
        word = int.from_bytes(padded[place : place + 8], "little")
        v[3] ^= word
        rounds(2)
        v[0] ^= word
    v[2] ^= 0xEE
    rounds(4)
    first = v[0] ^ v[1] ^ v[2] ^ v[3]
    v[1] ^= 0xDD
    rounds(4)
    return first.to_bytes(8, "little").hex() + (v[0] ^ v[1] ^ v[2] ^ v[3]).to_bytes(8, "little").hex()


@pytest.mark.parametrize(
    ("length", "wanted"),
    [
        # The reference code's vectors of 128 bits (vectors.h): bytes 0, 1, 2, ... under the key 00 01 ... 0f.
        (0, "a3817f04ba25a8e66df67214c7550293"),
        (1, "da87c1d86b99af44347659119b22fc45"),
        (2, "8177228da4a45dc7fca38bdef60affe4"),
        (11, "0151c568386b6677a2b4dc6f81e5dc18"),
        (40, "df6a301e95c95dad97ae0cc8c6913bd8"),
    ],
)
def test_the_vectors_of_the_reference_code_hold(length: int, wanted: str) -> None:
    assert hashed([bytes(range(length))]) == [wanted]
    assert by_definition(bytes(range(length)), KEY) == wanted


@given(st.lists(st.binary(max_size=LONGEST - 1), max_size=12), st.binary(min_size=16, max_size=16))
def test_many_cells_at_once_are_hashed_as_one_by_one(cells: list[bytes], key: bytes) -> None:
    assert hashed(cells, key) == [by_definition(cell, key) for cell in cells]


def test_a_slice_is_hashed_as_its_cells_are() -> None:
    cells = [b"a" * size for size in range(40)]
    sliced = hash_cells(block_of(pa.array(cells, pa.binary()).slice(7, 20)), KEY)
    assert (sliced == hash_cells(block_of(pa.array(cells[7:27], pa.binary())), KEY)).all()


def test_long_cells_have_hashes_of_their_own_and_the_key_matters() -> None:
    cells = [b"x" * size for size in (LONGEST - 1, LONGEST, LONGEST + 1, 100_000)]
    cells.append(b"y" + cells[3][1:])
    found = hashed(cells)
    assert len(set(found)) == 5
    assert not set(found) & set(hashed(cells, bytes(16)))


def test_numbers_are_hashed_as_their_eight_bytes() -> None:
    numbers = np.array([0, 1, 2**40, 2**63 - 1])
    cells = [int(number).to_bytes(8, "little") for number in numbers]
    assert (hash_numbers(numbers, KEY) == hash_cells(block_of(pa.array(cells, pa.binary())), KEY)).all()


def test_compiled_hashes_are_those_of_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = np.arange(5_000, dtype=np.int64) * 977
    cells = block_of(pa.array([f"{number:x}" * (number % 5 + 1) for number in numbers.tolist()]))
    key = bytes(range(KEY_BYTES))
    found = hash_numbers(numbers, key), hash_cells(cells, key)
    monkeypatch.setattr(siphash, "load_code", lambda _: None)
    assert np.array_equal(found[0], hash_numbers(numbers, key))
    assert np.array_equal(found[1], hash_cells(cells, key))
