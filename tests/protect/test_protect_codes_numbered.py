"""Keys are numbered alike however much room they have, and distinct keys rise."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lockgate.protect.codes import distinct_keys, numbered


@given(st.lists(st.integers(0, 60), max_size=40), st.sampled_from([61, 10**9]))
def test_keys_are_numbered_in_rising_order_by_marks_or_by_sorting(keys: list[int], room: int):
    distinct, place = numbered(np.array(keys, dtype=np.int64), room)
    assert distinct.tolist() == sorted(set(keys)) == distinct_keys(np.array(keys, dtype=np.int64)).tolist()
    assert [int(distinct[at]) for at in place] == keys
