"""Keys and rows are numbered by first appearance, exactly, with and without compiled code."""

from types import ModuleType

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.verify import compiled_numbering, numbering, numbering_loops
from lockgate.verify.composition import Classes
from lockgate.verify.numbering import KeyNumbers, RowNumbers

LARGEST = 2**63 - 1


@pytest.fixture(params=[None, compiled_numbering], ids=["numpy", "compiled"])
def loops(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    module: ModuleType | None = request.param
    monkeypatch.setattr(numbering, "load_code", lambda _: module)
    monkeypatch.setattr(numbering, "_MANY", 0)
    monkeypatch.setattr(numbering, "_SLOTS", 4)


def by_first_appearance(rows: list[tuple[int, ...]]) -> list[int]:
    known: dict[tuple[int, ...], int] = {}
    return [known.setdefault(row, len(known)) for row in rows]


@pytest.mark.usefixtures("loops")
def test_keys_get_numbers_in_the_order_in_which_they_come_by():
    random = np.random.default_rng(1)  # noqa: TID251 - made-up keys of a fixed seed
    numbers, keys, found = KeyNumbers(), [], []
    for most in (5, 50, 0, 3_000, 100_000, LARGEST):
        batch = random.integers(0, most, 5_000 if most else 0, endpoint=True)
        keys += batch.tolist()
        found += numbers.numbers(batch).tolist()
    assert found == by_first_appearance([(key,) for key in keys])
    assert len(numbers) == max(found) + 1


@pytest.mark.usefixtures("loops")
@pytest.mark.parametrize("most", [[3, 2, 4], [2**31 - 1] * 5, [0, 0], [40_000, 2**31 - 1, 9] * 4, [7] * 40])
def test_rows_of_any_width_are_one_class_only_if_they_are_equal(most: list[int]):
    random = np.random.default_rng(2)  # noqa: TID251 - made-up keys of a fixed seed
    numbers, rows, found = RowNumbers(len(most)), [], []
    for share in (0.01, 0.2, 1.0, 1.0):  # codes grow, so that words are packed anew
        few = [random.integers(0, int(top * share), 40, endpoint=True) for top in most]
        batch = [column[random.integers(0, 40, 300)] if place else column for place, column in enumerate(few)]
        batch[0] = few[0][random.integers(0, 40, 300)]
        rows += list(zip(*(column.tolist() for column in batch), strict=True))
        found += numbers.numbers(batch).tolist()
    assert found == by_first_appearance(rows)
    assert list(zip(*(column.tolist() for column in numbers.rows()), strict=True)) == list(dict.fromkeys(rows))


def test_code_that_is_made_meanwhile_goes_on_with_the_numbers_given_so_far(monkeypatch: pytest.MonkeyPatch):
    made: list[ModuleType | None] = [None]
    monkeypatch.setattr(numbering, "load_code", lambda _: made[0])
    random = np.random.default_rng(3)  # noqa: TID251 - made-up keys of a fixed seed
    numbers, keys, found = KeyNumbers(), [], []
    for module in (None, compiled_numbering, compiled_numbering):
        made[0] = module
        batch = random.integers(0, 9_000, 6_000)
        keys += batch.tolist()
        found += numbers.numbers(batch).tolist()
    assert found == by_first_appearance([(key,) for key in keys])


def test_the_loop_as_plain_python_says_the_same_as_compiled():
    keys = np.random.default_rng(4).integers(0, 40, 200) * (LARGEST // 41)  # noqa: TID251 - made-up keys of a fixed seed
    answers = []
    for loop in (numbering_loops.number_keys, compiled_numbering.number_keys):
        slots, found = np.full((64, 2), -1, dtype=np.int64), np.full(200, -1, dtype=np.int64)
        with np.errstate(over="ignore"):
            answers.append((loop(keys, slots, (0, 0, 32), found), found.tolist(), slots.tolist()))
    assert answers[0] == answers[1]
    assert answers[0][0][1] == 32  # there it stopped, half full


LABELS = st.lists(st.tuples(st.sampled_from(["a", "b", "ab", "", None]), st.sampled_from(["a", "b", None])), max_size=8)


@settings(max_examples=60)
@given(st.lists(st.tuples(LABELS, st.booleans()), max_size=5))
def test_classes_are_the_distinct_rows_of_labels_however_they_are_encoded(batches: list[tuple[list[tuple], bool]]):
    classes, found, rows = Classes(["y", "x", "gone"]), [], []
    for pairs, encoded in batches:
        columns = [pa.array([pair[place] for pair in pairs], pa.string()) for place in range(2)]
        columns = [column.dictionary_encode() if encoded else column for column in columns]
        found += classes.numbers(pa.RecordBatch.from_arrays(columns, names=["x", "y"])).tolist()
        rows += pairs
    assert found == by_first_appearance(rows)
    labels = classes.labels()
    if rows:
        assert list(zip(labels["x"].to_pylist(), labels["y"].to_pylist(), strict=True)) == list(dict.fromkeys(rows))
        assert labels.column_names == ["y", "x"]
