"""Whether models learnt from a copy still hold for real people: trained on released rows, tested on real ones.

Two models, each with the same features, learnt from the copy and from the original rows it was made of, tested on
people whose rows neither has:

* naive Bayes over values, each count raised by one;
* multinomial logistic regression, ridge 1, by Newton's method on one-against-rest.

A value of a column is a feature of its own; numbers of more than twenty values fall into tenths of the original ones. A
released label counts for each value that it covers, evenly; `*` for all evenly. So a coarser label teaches less, but
nothing untrue. Accuracy is the share of test rows whose target is guessed; the baseline says the commonest always.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from lockgate.terms.errors import InputError
from lockgate.verify.classes import Floats, Ints, encode, require_columns
from lockgate.verify.coverage import make_cover, quantity_of
from lockgate.verify.figures import Reading
from lockgate.verify.nearest import as_texts

_MANY = 20
_BANDS = 10
_STEPS = 12
_MOST_TARGETS = 20
_MOST_FEATURES = 500


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How well one model does on real people, 0 to 1.

    Attributes:
        model: `naive-bayes` or `logistic-regression`.
        original: Learnt from the original rows.
        released: Learnt from the copy.
        baseline: Always the commonest target of the original rows.
        tested: People it was tested on.
    """

    model: str
    original: float
    released: float
    baseline: float
    tested: int


def model_accuracy(
    tables: tuple[pa.Table, pa.Table, pa.Table], features: Sequence[str], target: str, reading: Reading
) -> tuple[Accuracy, ...]:
    """Return how well models learnt from a copy do on real people.

    Args:
        tables: The copy, the original rows it was made of, and original rows of other people to test on.
        features: Columns that are known.
        target: Column that is guessed; values as they are on all sides.
        reading: How released cells are to be read.

    Raises:
        InputError: If a column is missing, a table is empty, or there are too many targets or features.
    """
    for table, what in zip(tables, ("released", "original", "test"), strict=True):
        require_columns(table, [*features, target], what)
        if not table.num_rows:
            raise InputError(f"the {what} table has no rows", "give some")
    texts = [as_texts(table, [*features, target]) for table in tables]
    targets, codes = _targets([table[target] for table in texts])
    matrices: list[list[Floats]] = [[], [], []]
    for name in features:
        for place, part in enumerate(_features(texts, name, reading)):
            matrices[place].append(part)
    released, original, test = (np.concatenate(parts, axis=1) for parts in matrices)
    if released.shape[1] > _MOST_FEATURES:
        raise InputError(f"the columns have {released.shape[1]} values", "name columns of fewer values")
    commonest = int(np.bincount(codes[1], minlength=targets).argmax())
    baseline = float(np.mean(codes[2] == commonest))
    found = []
    for model, guess in (("naive-bayes", _bayes), ("logistic-regression", _logistic)):
        shares = [
            float(np.mean(guess(train, code, targets, test) == codes[2]))
            for train, code in ((original, codes[1]), (released, codes[0]))
        ]
        found.append(Accuracy(model, shares[0], shares[1], baseline, len(codes[2])))
    return tuple(found)


def _targets(columns: Sequence["pa.ChunkedArray[Any]"]) -> tuple[int, list[Ints]]:
    texts = [["" if text is None else text for text in column.to_pylist()] for column in columns]
    values = sorted({text for each in texts for text in each})
    if len(values) > _MOST_TARGETS:
        raise InputError(f"the target has {len(values)} values", f"name one of at most {_MOST_TARGETS}")
    place = {value: at for at, value in enumerate(values)}
    return len(values), [np.array([place[text] for text in each], dtype=np.int64) for each in texts]


def _features(tables: Sequence[pa.Table], name: str, reading: Reading) -> list[Floats]:
    """Return the shares of each row in the values (or tenths) of a column, for each table."""
    released, original, test = (encode(table, name) for table in tables)
    values = list(dict.fromkeys([*original.values.to_pylist(), *test.values.to_pylist()]))
    bands = _bands(values, original.values.to_pylist())
    cells = released.values.to_pylist()
    labelled = name in reading.labelled
    if not labelled and len(set(bands)) < len(values):  # numbers: a released one falls into its own tenth
        grid = _one_each([*_bands(cells, original.values.to_pylist())], max(bands) + 1)
    else:
        cover = make_cover(values, cells, reading.hierarchies.get(name), labelled=labelled)
        grid = np.zeros((len(cells), max(bands) + 1))
        for cell, text in enumerate(cells):
            label = np.full(len(values), cover.label_of[text], dtype=np.int64)
            inside = cover.covers(np.array([cover.value_of[value] for value in values], dtype=np.int64), label)
            np.add.at(grid[cell], np.array(bands)[inside], 1.0)
    total = grid.sum(axis=1, keepdims=True)
    grid = np.where(total > 0, grid / np.maximum(total, 1), 1 / grid.shape[1])
    of_value = _one_each(bands, max(bands) + 1)
    place = {value: at for at, value in enumerate(values)}
    plain = [
        of_value[np.array([place[text] for text in table.values.to_pylist()], dtype=np.int64)][table.codes]
        for table in (original, test)
    ]
    return [grid[released.codes], *plain]


def _one_each(places: Sequence[int], width: int) -> Floats:
    found = np.zeros((len(places), width))
    found[np.arange(len(places)), np.minimum(places, width - 1)] = 1.0
    return found


def _bands(values: Sequence[str | None], reference: Sequence[str | None]) -> list[int]:
    """Return the tenth of each number among some reference values; without many numbers each value is its own."""
    sizes = [None if text is None else quantity_of(text) for text in reference]
    if len(reference) <= _MANY or any(size is None for size, text in zip(sizes, reference, strict=True) if text):
        return list(range(len(values)))
    known = np.array([_number(text) for text in reference if text is not None])
    edges = np.unique(np.quantile(known, np.arange(1, _BANDS) / _BANDS))
    return [
        len(edges) + 1 if text is None or quantity_of(text) is None else int(np.searchsorted(edges, _number(text)))
        for text in values
    ]


def _number(text: str) -> float:
    size = quantity_of(text)
    toordinal = getattr(size, "toordinal", None)
    return float(toordinal()) if toordinal else float(str(size))


def _bayes(train: Floats, code: Ints, targets: int, test: Floats) -> Ints:
    """Return the guesses of naive Bayes."""
    counts = np.stack([train[code == one].sum(axis=0) for one in range(targets)]) + 1.0
    prior = np.log(np.bincount(code, minlength=targets) + 1.0)
    chance = np.log(counts) - np.log(np.bincount(code, minlength=targets) + float(train.shape[1]))[:, None]
    found: Ints = (test @ chance.T + prior).argmax(axis=1)
    return found


def _logistic(train: Floats, code: Ints, targets: int, test: Floats) -> Ints:
    """Return the guesses of logistic regression, one target against the rest."""
    design = np.concatenate([np.ones((len(train), 1)), train], axis=1)
    asked = np.concatenate([np.ones((len(test), 1)), test], axis=1)
    first = 1 if targets == 2 else 0  # noqa: PLR2004 - of two targets one is enough
    scores = [asked @ _weights(design, code == one) for one in range(first, targets)]
    if first:
        return (scores[0] > 0).astype(np.int64)
    found: Ints = np.stack(scores, axis=1).argmax(axis=1)
    return found


def _weights(design: Floats, truth: "np.typing.NDArray[np.bool_]") -> Floats:
    """Return the weights of a logistic regression with ridge 1, the constant apart."""
    weights: Floats = np.zeros(design.shape[1])
    ridge = np.eye(design.shape[1])
    ridge[0, 0] = 1e-6
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(design @ weights, -30, 30)))
        slope = design.T @ (truth - chance) - ridge @ weights
        curvature = (design * (chance * (1 - chance))[:, None]).T @ design + ridge
        step = np.linalg.solve(curvature, slope)
        weights = weights + step
        if float(np.abs(step).max()) < 1e-8:  # noqa: PLR2004 - settled
            break
    return weights
