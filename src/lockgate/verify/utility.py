"""How much a copy is still good for: loss on two domains, entropy, and the error of counts asked of it.

All from pairs of released and original combinations (`lockgate.verify.fold.fold`), rows that were left out apart:

* loss: normalised certainty penalty, mean over rows and columns. On the *observed* domain (`figures.loss`): values of
  the table under the label less one, over all values less one; numbers by range. On the *hierarchy's own* domain: the
  same with all leaves of the hierarchy, whether the table has them or not; a column without a hierarchy as observed.
  `*` is 1, a released value 0.
* entropy: non-uniform entropy, sum over cells of -log2 (share of the original value among all rows whose value the
  label covers) / the same if every cell were `*`; 0 to 1 (De Waal, Willenborg 1999; Prasser et al. 2016).
* count queries: "how many people have values in these sets" over two or three columns, drawn by a seed around persons
  of the table: of numbers and days a stretch between two persons' values, else a person's value. The copy answers as if
  a label's people were spread evenly over the values it covers. Error: |answer - truth| / the greater of the truth and
  one thousandth of the rows; median and 95 % quantile over queries.
* average class size over k: rows in classes / (classes x k) (LeFevre et al. 2006); 1 is the least.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import fsum, log2

import numpy as np
import pyarrow as pa

from lockgate.terms.hierarchy import Hierarchy
from lockgate.terms.label import Exact, Label, OneOf, Range, Suppressed, parse_label
from lockgate.terms.verification import Check
from lockgate.verify.classes import Floats, Ints
from lockgate.verify.coverage import Cover, make_cover, quantity_of
from lockgate.verify.figures import Numbered, Reading, encoded_cells, number_pairs, silent_classes
from lockgate.verify.keyed_choice import keyed_numbers
from lockgate.verify.linkage import Copy

_QUERIES = 300
_LEAST_QUERIES = 20
_WORK = 1 << 26
_SANE = 0.001
_DIGITS = 9
"""Places of a figure in a report: logarithms differ in the last ones from machine to machine."""


@dataclass(frozen=True, slots=True)
class UtilityFigures:
    """What a copy is still good for; see the definitions of the module.

    Attributes:
        loss_on_hierarchies: Loss on the hierarchies' own domains, 0 to 1.
        entropy: Non-uniform entropy, 0 to 1.
        query_error: Median relative error of counts; None where there is no query.
        query_error_high: Its 95 % quantile.
        queries: Queries that were asked.
        average_over_k: Average class size over k; 0 where no k is promised or there is no class.
    """

    loss_on_hierarchies: float
    entropy: float
    query_error: float | None
    query_error_high: float | None
    queries: int
    average_over_k: float


def measure_utility(
    pairs: pa.Table | Numbered, reading: Reading, *, k: int = 0, left_out: int = 0, seed: bytes = b""
) -> UtilityFigures:
    """Return what a copy is still good for.

    Args:
        pairs: Merged partials of `lockgate.verify.fold.fold`, or what `figures.number_pairs` made of them.
        reading: How released cells are to be read.
        k: The promise, for the average class size; 0 for none.
        left_out: Rows of the source that the copy has not; they count as lost wholly, and answer no query.
        seed: Of the choice of queries.
    """
    numbered = pairs if isinstance(pairs, Numbered) else number_pairs(pairs, reading)
    columns, classes, copy = numbered.columns, numbered.classes, numbered.copy
    released, original, weight = numbered.released, numbered.original, numbered.weight
    rows: Floats = np.bincount(released, weight, minlength=classes.num_rows).astype(np.float64)
    held: Floats = np.bincount(original, weight, minlength=copy.originals.shape[1]).astype(np.float64)
    speaking = ~silent_classes(copy)
    labelled = [name in reading.labelled and name not in reading.perturbed for name in columns]
    has_queries = len(columns) > 1 and len(weight) > 0
    errors = _query_errors(copy, (rows, held), labelled, seed) if has_queries else np.zeros(0)
    spoken = int(np.count_nonzero(speaking))
    return UtilityFigures(
        loss_on_hierarchies=_with(left_out, _loss(columns, classes, rows, (reading, copy)), float(rows.sum())),
        entropy=_with(left_out, _entropy(copy, original, released, weight), float(rows.sum())),
        query_error=float(np.median(errors)) if len(errors) else None,
        query_error_high=float(np.quantile(errors, 0.95)) if len(errors) else None,
        queries=len(errors),
        average_over_k=float(rows[speaking].sum()) / (spoken * k) if spoken and k else 0.0,
    )


def as_checks(found: UtilityFigures) -> list[Check]:
    """Return the figures for a report; none of them is required."""
    checks = [
        Check(
            "loss-on-hierarchies",
            round(found.loss_on_hierarchies, _DIGITS),
            None,
            ok=True,
            meaning=f"{found.loss_on_hierarchies:.1%} of what the hierarchies could say is lost",
        ),
        Check(
            "entropy-loss",
            round(found.entropy, _DIGITS),
            None,
            ok=True,
            meaning=f"{found.entropy:.1%} of the entropy is lost",
        ),
    ]
    if found.query_error is not None:
        error = found.query_error
        meaning = f"a count over two or three columns is off by {error:.1%} in the middle of {found.queries} queries"
        checks.append(Check("query-error", round(error, _DIGITS), None, ok=True, meaning=meaning))
    return checks


def _with(left_out: int, figure: float, rows: float) -> float:
    """Return a mean over rows once rows that are lost wholly are counted too."""
    return (figure * rows + left_out) / (rows + left_out) if rows + left_out else 0.0


def _loss(columns: Sequence[str], classes: pa.Table, rows: Floats, means: tuple[Reading, Copy]) -> float:
    """Return the loss on the hierarchies' own domains."""
    reading, copy = means
    total, count = float(rows.sum()), len(columns)
    if not total or not count:
        return 0.0
    lost = 0.0
    for name, cover, labels in zip(columns, copy.covers, copy.classes, strict=True):
        hierarchy = reading.hierarchies.get(name)
        if hierarchy is None or name not in reading.labelled:
            lost += fsum(cover.loss[labels] * rows)
            continue
        cells, texts = encoded_cells(classes[f"r:{name}"].combine_chunks())
        known = np.array(_cell_losses(texts, hierarchy))
        lost += fsum(known[cells] * rows)
    return lost / (total * count)


def _cell_losses(cells: Sequence[str | None], hierarchy: Hierarchy) -> list[float]:
    """Return for each label the leaves under it less one, over all leaves less one."""
    labels = [_label_of(cell) for cell in cells]
    ranges = [f"[{label.low},{label.high}]" for label in labels if isinstance(label, Range)]
    cover = make_cover(list(hierarchy.paths), ranges, None, labelled=True)
    between = iter(np.maximum(cover.high - cover.low + 1, 0).tolist())
    losses = []
    for cell, label in zip(cells, labels, strict=True):
        if label is None or isinstance(label, Suppressed):
            losses.append(0.0 if cell is None else 1.0)
            continue
        leaves = int(next(between)) if isinstance(label, Range) else _leaves(label, hierarchy)
        losses.append(max(leaves - 1, 0) / max(len(hierarchy.paths) - 1, 1))
    return losses


def _label_of(cell: str | None) -> Label | None:
    """Return what a cell says; None where it says nothing, or does not parse."""
    try:
        return None if cell is None else parse_label(cell)
    except ValueError:
        return None


def _leaves(label: Exact | OneOf, hierarchy: Hierarchy) -> int:
    match label:
        case Exact(text):
            return len(hierarchy.leaves_under(text))
        case OneOf(values):
            return len(values)


def _entropy(copy: Copy, original: Ints, released: Ints, weight: Ints) -> float:
    """Return the non-uniform entropy; a label that does not cover its value counts as `*`."""
    lost = whole = 0.0
    total = int(weight.sum())
    for cover, values, labels in zip(copy.covers, copy.originals, copy.classes, strict=True):
        value, label = values[original], labels[released]
        count = np.bincount(value, weight, minlength=len(cover.value_of))
        below = np.concatenate([[0.0], np.cumsum(count)])
        inside = below[np.maximum(cover.high + 1, cover.low)] - below[cover.low]
        inside = inside + np.bincount(
            cover.members % len(cover.low), count[cover.members // len(cover.low)], minlength=len(cover.low)
        )
        inside = np.where(cover.silent, total, inside)
        among = np.where(cover.covers(value, label), inside[label], total)
        lost += fsum(weight * np.log2(among / count[value]))
        whole += fsum(weight * (log2(max(total, 1)) - np.log2(count[value])))
    return lost / whole if whole else 0.0


def _query_errors(copy: Copy, rows: tuple[Floats, Floats], labelled: Sequence[bool], seed: bytes) -> Floats:
    """Return the relative errors of some queries."""
    of_class, of_combination = rows
    count = max(_LEAST_QUERIES, min(_QUERIES, _WORK // max(len(of_class), len(of_combination), 1)))
    numbers = keyed_numbers(seed, "queries", count * (len(copy.covers) + 3)).reshape(count, -1)
    least = _SANE * float(of_combination.sum())
    columns = [
        _Column(cover, values, is_labelled=each)
        for cover, values, each in zip(copy.covers, copy.originals, labelled, strict=True)
    ]
    order = np.lexsort(copy.originals[::-1])  # codes follow the text of values, so no order of rows shows
    person = np.cumsum(of_combination[order])
    found = []
    for draw in numbers:
        wanted = np.argsort(draw[3:], kind="stable")[: 2 + int(draw[0] % np.uint64(2))]
        one, two = order[np.searchsorted(person, draw[1:3] % np.uint64(person[-1]), side="right")]
        truth, answer = of_combination.copy(), of_class.copy()
        for place in wanted.tolist():
            values = copy.originals[place]
            true, told = columns[place].ask(int(values[one]), int(values[two]))
            truth *= true[values]
            answer *= told[copy.classes[place]]
        found.append(abs(float(answer.sum()) - float(truth.sum())) / max(float(truth.sum()), least))
    return np.array(found)


class _Column:
    """What a query asks of a column, and what each label of it answers.

    A label that follows the grammar spreads its people evenly over the values that it covers; another cell stands for
    itself, also where it was perturbed and is no value of the table.
    """

    def __init__(self, cover: Cover, values: Ints, *, is_labelled: bool) -> None:
        self._cover, self._is_labelled = cover, is_labelled
        self._sizes, self._cells = _sizes(cover.value_of), _sizes(cover.label_of)
        self._occurs = np.bincount(values, minlength=len(self._sizes)) > 0
        self._covered = np.maximum(self._inside(self._occurs.astype(np.float64)), 1)

    def ask(self, first: int, second: int) -> tuple[Floats, Floats]:
        """Return which values are asked for, and the share of each label's people who have one.

        Args:
            first: Value of a person.
            second: Value of another one, the other end of the stretch where both have sizes.
        """
        ends = sorted((float(self._sizes[first]), float(self._sizes[second])))
        is_stretch = not np.isnan(ends).any()
        asked = np.zeros(len(self._sizes))
        asked[first] = 1.0
        if is_stretch:
            asked = ((ends[0] <= self._sizes) & (self._sizes <= ends[1])).astype(np.float64)
        if self._is_labelled:
            return asked, self._spread(asked)
        if is_stretch:
            return asked, ((ends[0] <= self._cells) & (self._cells <= ends[1])).astype(np.float64)
        text = next(value for value, code in self._cover.value_of.items() if code == first)
        told = np.zeros(len(self._cells))
        if text in self._cover.label_of:
            told[self._cover.label_of[text]] = 1.0
        return asked, told

    def _spread(self, asked: Floats) -> Floats:
        found: Floats = self._inside(asked * self._occurs) / self._covered
        return found

    def _inside(self, weight: Floats) -> Floats:
        """Return for each label the weight of the values that it covers."""
        cover, labels = self._cover, max(len(self._cover.low), 1)
        above = np.concatenate([[0.0], np.cumsum(weight)])
        inside = above[np.maximum(cover.high + 1, cover.low)] - above[cover.low]
        among = np.bincount(cover.members % labels, weight[cover.members // labels], minlength=len(cover.low))
        found: Floats = inside + among
        return found


def _sizes(code_of: Mapping[str | None, int]) -> Floats:
    """Return numbers and days by code; nan for the rest."""
    sizes = np.full(len(code_of), np.nan)
    for text, code in code_of.items():
        size = None if text is None else quantity_of(text)
        if size is not None:
            sizes[code] = float(size.toordinal()) if isinstance(size, date) else float(size)
    return sizes
