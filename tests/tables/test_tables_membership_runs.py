"""Entries of a partition in the order of their links, the same however much memory there is."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.tables.membership_runs import MembershipRuns

LINKS = st.one_of(st.integers(0, 2**64 - 1), st.sampled_from([0, 1, 2**63, 2**64 - 1]))
ROWS = st.lists(st.tuples(LINKS, st.integers(-1, 3), st.integers(0, 2**64 - 1)), max_size=60)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with TemporaryDirectory() as name:
        yield Path(name)


@given(st.lists(ROWS, max_size=5), st.integers(2, 40), st.booleans())
def test_each_link_and_class_comes_once_with_its_rows_in_order(
    folder: Path, batches: list[list[tuple[int, int, int]]], limit: int, has_people: bool
) -> None:
    runs, expected, person = MembershipRuns(folder, limit), {}, {}
    for rows in batches:
        links, classes, people = ([row[column] for row in rows] for column in range(3))
        people = [link // 3 for link in links] if has_people else people  # a link is of one person
        who = np.array(people, np.uint64) if has_people else None
        runs.add(np.array(links, np.uint64), np.array(classes, np.int32), who)
        for link, class_, one in zip(links, classes, people, strict=True):
            expected[link, class_] = expected.get((link, class_), 0) + 1
            person[link] = one
    found = list(runs.parts())
    assert found
    columns = [np.concatenate([part.columns[place] for part in found]).tolist() for place in range(4)]
    in_order = sorted(expected)
    assert list(zip(columns[0], columns[1], strict=True)) == in_order
    assert columns[2] == [expected[key] for key in in_order]
    assert columns[3] == ([person[link] for link, _ in in_order] if has_people else [])


def test_little_is_held_at_once(tmp_path: Path) -> None:
    runs = MembershipRuns(tmp_path, 10_000)
    rng = np.random.default_rng(1)  # noqa: TID251 - made-up links, the same each time
    for _ in range(10):
        runs.add(rng.integers(0, 2**64, 9_999, np.uint64), np.zeros(9_999, np.int32), None)
    sizes = [len(part) for part in runs.parts()]
    assert sum(sizes) == 99_990
    assert max(sizes) <= 10_000
    assert list(tmp_path.iterdir())
