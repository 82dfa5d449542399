"""Models learnt from a copy are as good as the copy: the same from the same rows, useless from silent ones."""

from importlib.resources import files

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pytest

from lockgate.terms.errors import InputError
from lockgate.verify.figures import Reading
from lockgate.verify.keyed_choice import keyed_numbers
from lockgate.verify.learning import model_accuracy

PLAIN = Reading({}, frozenset())
FEATURES = ("sex", "age", "education", "marital-status")


@pytest.fixture(scope="module")
def halves():
    file = files("lockgate.examples") / "adult" / "adult.csv"
    table = pacsv.read_csv(str(file), parse_options=pacsv.ParseOptions(delimiter=";")).slice(0, 6000)
    return table.slice(0, 4000), table.slice(4000)


def accuracy_of(released, halves, reading=PLAIN):
    return {found.model: found for found in model_accuracy((released, *halves), FEATURES, "salary-class", reading)}


def test_the_original_as_its_own_copy_teaches_the_same(halves):
    for found in accuracy_of(halves[0], halves).values():
        assert found.released == found.original
        assert found.original > found.baseline + 0.03
        assert found.tested == 2000


def test_labels_that_say_nothing_teach_nothing(halves):
    stars = pa.array(["*"] * 4000)
    silent = pa.table({**dict.fromkeys(FEATURES, stars), "salary-class": halves[0]["salary-class"]})
    for found in accuracy_of(silent, halves, Reading({}, frozenset(FEATURES))).values():
        assert found.released == pytest.approx(found.baseline)


def test_coarse_labels_teach_something(halves):
    low = np.asarray(halves[0]["age"]) // 20 * 20
    coarse = halves[0].set_column(1, "age", pa.array([f"[{age},{age + 19}]" for age in low]))
    for found in accuracy_of(coarse, halves, Reading({}, frozenset({"age"}))).values():
        assert found.baseline < found.released <= found.original + 0.01


def test_targets_that_were_shuffled_teach_nothing(halves):
    order = np.argsort(keyed_numbers(b"shuffled", "rows", 4000))
    shuffled = halves[0].set_column(
        halves[0].column_names.index("salary-class"), "salary-class", halves[0]["salary-class"].take(pa.array(order))
    )
    for found in accuracy_of(shuffled, halves).values():
        assert found.released <= found.baseline + 0.01


def test_both_models_tell_two_values_apart():
    train = pa.table({"a": ["x", "x", "y"] * 10, "t": ["1", "1", "0"] * 10})
    test = pa.table({"a": ["x", "y"], "t": ["1", "0"]})
    bayes, logistic = model_accuracy((train, train, test), ["a"], "t", PLAIN)
    assert bayes.original == logistic.original == 1.0
    assert bayes.baseline == 0.5


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (pa.table({"a": ["x"], "t": ["1"]}).slice(0, 0), "no rows"),
        (pa.table({"a": ["x"] * 30, "t": [str(at) for at in range(30)]}), "values"),
        (pa.table({"a": [f"v{at}" for at in range(600)], "t": ["1"] * 600}), "values"),
    ],
)
def test_what_cannot_be_learnt_is_refused(table, says):
    with pytest.raises(InputError, match=says):
        model_accuracy((table, table, table), ["a"], "t", PLAIN)
