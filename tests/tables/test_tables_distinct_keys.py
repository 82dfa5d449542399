"""Keys counted exactly, in memory and over files."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.tables.distinct_keys import DistinctKeys
from lockgate.terms.errors import LockgateError

HALVES = st.sampled_from([0, 1, 2, 2**54 - 1, 2**54, 2**63, 2**64 - 2, 2**64 - 1])
ROWS = st.lists(st.tuples(HALVES, HALVES, st.booleans()), max_size=30)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys")


@given(st.lists(ROWS, max_size=6), st.sampled_from([2, 5, 40, 1_000]))
def test_keys_are_counted_as_a_set_counts_them(
    folder: Path, batches: list[list[tuple[int, int, bool]]], limit: int
) -> None:
    with DistinctKeys(folder, limit) as keys:
        for rows in batches:
            halves = np.array([row[:2] for row in rows], np.uint64).reshape(-1, 2)
            keys.add(halves, np.array([row[2] for row in rows], np.bool_))
        seen = [row for rows in batches for row in rows]
        wanted = len({row[:2] for row in seen}), len({row[:2] for row in seen if row[2]})
        assert keys.count() == wanted
        assert keys.count() == wanted
    assert not list(folder.iterdir())


@given(st.lists(ROWS, max_size=4), ROWS)
def test_keys_that_others_leave_are_counted_with_ones_own(
    folder: Path, left: list[list[tuple[int, int, bool]]], own: list[tuple[int, int, bool]]
) -> None:
    with TemporaryDirectory(dir=folder) as place, DistinctKeys(folder, 7) as keys:
        for number, rows in enumerate([*left, own]):
            halves = np.array([row[:2] for row in rows], np.uint64).reshape(-1, 2)
            marks = np.array([row[2] for row in rows], np.bool_)
            if number == len(left):
                keys.add(halves, marks)
                continue
            other = DistinctKeys(folder, len(rows))
            other.add(halves, marks)
            other.leave(Path(place, str(number)))
            keys.join(Path(place, str(number)))
        seen = [row for rows in (*left, own) for row in rows]
        assert keys.count() == (len({row[:2] for row in seen}), len({row[:2] for row in seen if row[2]}))


def test_many_keys_go_to_disk_and_none_is_lost_or_left_behind(tmp_path: Path) -> None:
    numbers = np.arange(50_000, dtype=np.uint64)
    spread = np.stack([numbers * np.uint64(0x9E3779B97F4A7C15), numbers], axis=1)
    with DistinctKeys(tmp_path, 3_000) as keys:
        for start in (*range(0, 50_000, 1_000), *range(0, 50_000, 2_000)):
            keys.add(spread[start : start + 1_000], numbers[start : start + 1_000] % 10 == 3)
        assert len(list(tmp_path.rglob("*.keys"))) > 10
        assert keys.count() == (50_000, 5_000)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    keys = DistinctKeys(tmp_path / "missing", 2)
    with pytest.raises(LockgateError, match="cannot write"):
        keys.add(np.arange(20, dtype=np.uint64).reshape(-1, 2), np.zeros(10, np.bool_))
