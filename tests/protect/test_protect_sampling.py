"""Fewer persons: exactly so many, with all their rows, whoever folds."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lockgate.protect import sampling
from lockgate.protect.combinations import merge

KEY = bytes(range(32))


def hashed(people: list[int]) -> np.ndarray:
    return np.array([(who * 7, who) for who in people], dtype=np.uint64).reshape(-1, 2)


@given(st.lists(st.integers(0, 30), min_size=1, max_size=80), st.integers(0, 40), st.integers(1, 9))
def test_exactly_so_many_persons_are_kept_with_all_their_rows(people: list[int], amount: int, size: int) -> None:
    persons = hashed(people)
    parts = [sampling.fold(persons[at : at + size]) for at in range(0, len(people), size)]
    selection = sampling.solve(merge(parts[::-1]), amount, KEY)
    kept = sampling.is_kept(persons, selection, KEY)
    chosen = {who for who, is_kept in zip(people, kept, strict=True) if is_kept}
    assert len(chosen) == selection.persons == min(amount, len(set(people)))
    assert [who in chosen for who in people] == kept.tolist()
    assert selection.rows_left_out == len(people) - int(kept.sum())


def test_another_key_keeps_other_persons() -> None:
    persons = hashed(list(range(200)))
    table = sampling.fold(persons)
    kept = [sampling.is_kept(persons, sampling.solve(table, 100, key), key) for key in (KEY, bytes(32))]
    assert (kept[0] != kept[1]).sum() > 50
