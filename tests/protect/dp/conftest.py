"""Randomness of the tests: the same at every run, by SHAKE-256 in counter mode. Never for a release."""

from collections.abc import Callable
from hashlib import shake_256

import pytest


class CountedStream:
    """Bytes that follow from a seed."""

    def __init__(self, seed: str) -> None:
        self._seed = seed.encode()
        self._turn = 0
        self.drawn = 0

    def __call__(self, size: int) -> bytes:
        self._turn += 1
        self.drawn += size
        return shake_256(self._seed + self._turn.to_bytes(8, "big")).digest(size)


@pytest.fixture
def stream() -> Callable[[str], CountedStream]:
    return CountedStream
