"""Compatible pairs are the same however the work is cut up."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lockgate.verify import compatible_loops, linkage
from lockgate.verify.coverage import make_cover

VALUES = ("1", "2", "3", None)
CELLS = ("*", "[1,2]", "3", "{1|3}", None, "[9,9]")
COVER = make_cover(VALUES, CELLS, None, labelled=True)

combos = st.lists(st.tuples(*[st.sampled_from(VALUES)] * 3), unique=True, max_size=20)
labels = st.lists(st.tuples(*[st.sampled_from(CELLS)] * 3), unique=True, max_size=20)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(combos, labels, st.integers(1, 30), st.integers(1, 5))
def test_pairs_do_not_depend_on_bounds_of_memory(
    monkeypatch: pytest.MonkeyPatch, originals: list, released: list, pairs: int, together: int
) -> None:
    copy = linkage.Copy(
        (COVER,) * 3,
        np.array([[COVER.value_of[value] for value in row] for row in originals]).reshape(-1, 3).T.astype(np.int64),
        np.array([[COVER.label_of[cell] for cell in row] for row in released]).reshape(-1, 3).T.astype(np.int64),
    )
    with monkeypatch.context() as patch:
        patch.setattr(linkage, "_PAIRS", pairs)
        patch.setattr(linkage, "_COMBINATIONS", together)
        found = {
            pair for some in linkage.compatible_pairs(copy) for pair in zip(*map(np.ndarray.tolist, some), strict=True)
        }
    every = [(at, to) for at in range(len(originals)) for to in range(len(released))]
    held = copy.covered(np.array([at for at, _ in every], dtype=int), np.array([to for _, to in every], dtype=int))
    assert found == {pair for pair, is_held in zip(every, held, strict=True) if is_held}


@pytest.mark.parametrize("parts", [1, 3, 16])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(combos.filter(len), labels.filter(len), st.data())
def test_the_loop_counts_what_the_pairs_say(
    monkeypatch: pytest.MonkeyPatch, parts: int, originals: list, released: list, data: st.DataObject
) -> None:
    copy = linkage.Copy(
        (COVER,) * 3,
        np.array([[COVER.value_of[value] for value in row] for row in originals]).reshape(-1, 3).T.astype(np.int64),
        np.array([[COVER.label_of[cell] for cell in row] for row in released]).reshape(-1, 3).T.astype(np.int64),
    )
    rows = np.array(data.draw(st.lists(st.integers(1, 9), min_size=len(released), max_size=len(released))))
    expected = linkage.compatible_rows(copy, rows)
    with monkeypatch.context() as patch:
        patch.setattr(linkage, "_MANY", -1)
        patch.setattr(linkage, "_PARTS", parts)
        patch.setattr(linkage, "load_code", lambda _: compatible_loops)
        assert linkage.compatible_rows(copy, rows).tolist() == expected.tolist()
        patch.setattr(linkage, "_CELLS", 0)
        assert linkage.compatible_rows(copy, rows).tolist() == expected.tolist()


@pytest.mark.slow
def test_the_compiled_loop_counts_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("numba")
    rng = np.random.default_rng(7)  # noqa: TID251 - made-up codes, the same each time
    originals = np.unique(rng.integers(0, 4, (60, 4)), axis=0).T
    released = np.unique(rng.integers(0, len(CELLS), (90, 4)), axis=0).T
    copy = linkage.Copy((COVER,) * 4, originals, released)
    rows = rng.integers(1, 50, released.shape[1])
    expected = linkage.compatible_rows(copy, rows)
    monkeypatch.setattr(linkage, "_MANY", -1)
    assert linkage.compatible_rows(copy, rows).tolist() == expected.tolist()


def test_a_cover_reads_labels_as_the_grammar_says() -> None:
    table = [
        [bool(COVER.covers(np.array([COVER.value_of[value]]), np.array([code]))[0]) for value in VALUES]
        for code in range(6)
    ]
    yes, no = True, False
    assert table == [
        [yes, yes, yes, yes],
        [yes, yes, no, no],
        [no, no, yes, no],
        [yes, no, yes, no],
        [no, no, no, yes],
        [no, no, no, no],
    ]
