"""The figures of one protected copy, measured on released values beside original ones.

Definitions. A *class* is the set of released rows whose quasi-identifiers read alike. A row whose every
quasi-identifier reads `*` is suppressed: it belongs to no class. All figures are exact: sums of shares are
rounded once, so that no figure depends on the order of rows.

* k: the least number of distinct persons of a class.
* l of a sensitive column: the least number of distinct values of it in a class.
* Uniqueness: share of rows whose combination belongs to one person alone, before (original) and after (released).
* Linkage: an attacker knows the true quasi-identifiers of a row of a person and picks, among the released rows that
  are compatible with them, one at random. Success of a person: the chance that the row is the person's, averaged over
  the person's rows. Success: the mean over the persons of the copy. Baseline: one over the number of persons.
* Singled out: mean over persons of the share of their rows for which every compatible row is theirs.
* Attribute: an attacker who knows the class of a person guesses the commonest value of a sensitive column in it.
  Success: share of rows guessed right. Baseline: share of the commonest value of the whole copy.
* Loss: normalised certainty penalty on the observed domain, mean over rows and quasi-identifiers; 1 for a `*`.

Sources: Sweeney, "k-anonymity", 2002; Machanavajjhala et al., "l-diversity", 2007 (distinct l); Xu et al.,
"Utility-based anonymization using local recoding", 2006 (loss); Article 29 Working Party, opinion 05/2014 (singling
out, linkability, inference).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lockgate.terms.hierarchy import Hierarchy
from lockgate.terms.label import SUPPRESSED
from lockgate.verify.coverage import Bools, Codes, Ints, make_cover
from lockgate.verify.fold import PERSON, SECRET, WEIGHT, Texts, columns_of
from lockgate.verify.linkage import Copy, compatible_rows, own_rows
from lockgate.verify.profiles import least_sharers

_SPAN = 1 << 62
"""Numbers of combinations stay below."""

_FEW = 5
"""Persons of a class below which its rows are at risk."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How released cells are to be read.

    Attributes:
        hierarchies: Hierarchies by column, whose nodes labels may name.
        labelled: Columns whose cells follow the grammar of labels; cells of others stand for themselves.
        perturbed: Columns whose values were changed before they were released or put into classes: nothing follows
            from how far a cell is from a true value, so none is held against it here.
    """

    hierarchies: Mapping[str, Hierarchy]
    labelled: frozenset[str]
    perturbed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Secret:
    """What the copy gives away of one sensitive column.

    Attributes:
        column: Its name.
        least_values: l, the least number of distinct values in a class; 0 without a class.
        success: Share of rows whose value the commonest of their class gives right.
        baseline: Share of the commonest value of all classes together.
        rows: Rows that belong to a class.
    """

    column: str
    least_values: int
    success: float
    baseline: float
    rows: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured; shares are 0 to 1. See the module's definitions.

    Attributes:
        quasi_identifiers: The columns that tell persons apart and that the copy still has.
        rows: Rows of the copy.
        rows_suppressed: Rows of the copy that say nothing.
        persons: Distinct persons of the copy.
        classes: Number of classes.
        k: Least number of persons of a class; 0 without a class.
        uniqueness_before: Of the original rows of the copy.
        uniqueness_after: Of the released ones.
        linkage: Success of linkage.
        singled_out: Share of persons singled out.
        loss: Loss over the rows of the copy; 0 without a quasi-identifier.
        rows_untrue: Rows with a label that does not cover the original value.
        secrets: One for each sensitive column.
        profile_k: Least number of persons who share the classes of all their rows; k where no person repeats.
        average_risk: Mean of one over the persons of a row's class, over rows in a class: average prosecutor risk.
        rows_at_risk: Share of the rows in a class whose class has fewer than five persons.
        average_size: Rows in a class / classes.
        discernibility: Mean over the rows of the copy of the rows they cannot be told from; a suppressed row, of all.
    """

    quasi_identifiers: tuple[str, ...]
    rows: int
    rows_suppressed: int
    persons: int
    classes: int
    k: int
    uniqueness_before: float
    uniqueness_after: float
    linkage: float
    singled_out: float
    loss: float
    rows_untrue: int
    secrets: tuple[Secret, ...]
    profile_k: int = 0
    average_risk: float = 0.0
    rows_at_risk: float = 0.0
    average_size: float = 0.0
    discernibility: float = 0.0

    @property
    def baseline(self) -> float:
        """Return the chance of a guess that knows nothing."""
        return 1 / self.persons if self.persons else 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Numbered:
    """Pairs with their classes and combinations as numbers.

    Attributes:
        columns: The quasi-identifiers that the copy still has.
        released: Class of each pair.
        original: Combination of each pair.
        weight: Rows of each pair.
        classes: The distinct released combinations.
        copy: Both as codes, with what labels cover.
    """

    columns: tuple[str, ...]
    released: Ints
    original: Ints
    weight: Ints
    classes: pa.Table
    copy: Copy


def number_pairs(pairs: pa.Table, reading: Reading) -> Numbered:
    """Return pairs as numbers.

    Args:
        pairs: Merged partials of `lockgate.verify.fold.fold`.
        reading: How released cells are to be read.
    """
    columns = columns_of(pairs, "r")
    released, classes = group(pairs, [f"r:{name}" for name in columns])
    original, combinations = group(pairs, [f"o:{name}" for name in columns])
    weight = np.asarray(pairs[WEIGHT], dtype=np.int64)
    return Numbered(columns, released, original, weight, classes, make_copy(columns, combinations, classes, reading))


def measure(pairs: pa.Table, secrets: pa.Table, reading: Reading, numbered: Numbered | None = None) -> Figures:
    """Return the figures of a copy.

    Args:
        pairs: Merged partials of `lockgate.verify.fold.fold`.
        secrets: Merged partials of `lockgate.verify.fold.fold_sensitive`.
        reading: How released cells are to be read.
        numbered: The pairs as numbers, where they are at hand.
    """
    numbered = numbered or number_pairs(pairs, reading)
    columns, released, original, weight = numbered.columns, numbered.released, numbered.original, numbered.weight
    copy, class_count, combination_count = numbered.copy, numbered.classes.num_rows, numbered.copy.originals.shape[1]
    person = numbered_persons(pairs)
    silent = silent_classes(copy)
    in_class = ~silent[released]
    rows = int(weight.sum())
    persons = rows if person is None else int(person.max(initial=-1)) + 1
    sizes = persons_by(released, person, weight, class_count)
    holders = persons_by(original, person, weight, combination_count)
    by_class = np.bincount(released, weight, minlength=class_count).astype(np.int64)
    candidates = compatible_rows(copy, by_class)
    true = copy.covered(original, released)
    own = true.astype(np.int64) if person is None else own_rows(copy, original, released, person, weight)
    share = weight if person is None else weight / np.bincount(person, weight)[person]
    tried = np.maximum(candidates[original], 1)
    k = int(sizes[~silent].min(initial=rows)) if not silent.all() else 0
    return Figures(
        quasi_identifiers=columns,
        rows=rows,
        rows_suppressed=int(weight[~in_class].sum()),
        persons=persons,
        classes=int(np.count_nonzero(~silent)),
        k=k,
        uniqueness_before=_mean(weight[holders[original] == 1].sum(), rows),
        uniqueness_after=_mean(weight[in_class & (sizes[released] == 1)].sum(), rows),
        linkage=_mean(fsum(share * own / tried), persons),
        singled_out=_mean(fsum(share[(own == candidates[original]) & (own > 0)]), persons),
        loss=_loss(copy, released, weight),
        rows_untrue=int(weight[~true].sum()),
        secrets=measure_secrets(secrets, reading.labelled),
        profile_k=k if person is None else least_sharers(released, person, weight),
        average_risk=_mean(fsum((weight / np.maximum(sizes[released], 1))[in_class]), int(weight[in_class].sum())),
        rows_at_risk=_mean(weight[in_class & (sizes[released] < _FEW)].sum(), int(weight[in_class].sum())),
        average_size=_mean(weight[in_class].sum(), int(np.count_nonzero(~silent))),
        discernibility=_mean(fsum(weight * np.where(in_class, by_class[released], rows)), rows),
    )


def group(table: pa.Table, keys: Sequence[str]) -> tuple[Ints, pa.Table]:
    """Return for each row of a table the number of its combination of keys, and the distinct combinations."""
    number, span = np.zeros(table.num_rows, dtype=np.int64), 1
    for key in keys:
        code = _codes(table[key].combine_chunks())
        width = int(code.max(initial=0)) + 1
        if span * width > _SPAN:
            number = np.unique(number, return_inverse=True)[1]
            span = int(number.max(initial=0)) + 1
        number, span = number * width + code, span * width
    _, first, number = np.unique(number, return_index=True, return_inverse=True)
    return number, table.select(list(keys)).take(first)


def make_copy(columns: Sequence[str], combinations: pa.Table, classes: pa.Table, reading: Reading) -> Copy:
    """Return original and released combinations as codes, with what labels cover."""
    covers = []
    # one combination of nothing, where there is no column
    originals = np.empty((len(columns), combinations.num_rows if columns else 1), dtype=np.int32)
    labels = np.empty((len(columns), classes.num_rows if columns else 1), dtype=np.int32)
    for row, name in enumerate(columns):
        values, cells = combinations[f"o:{name}"].combine_chunks(), classes[f"r:{name}"].combine_chunks()
        hierarchy, labelled = reading.hierarchies.get(name), name in reading.labelled
        cover = make_cover(
            _distinct(values), _distinct(cells), hierarchy, labelled=labelled, perturbed=name in reading.perturbed
        )
        covers.append(cover)
        originals[row] = _placed(values, cover.value_of)
        labels[row] = _placed(cells, cover.label_of)
    return Copy(covers, _short(originals), _short(labels))


def _short(codes: npt.NDArray[np.int32]) -> Codes:
    """Return codes in two bytes each, if they fit."""
    return codes.astype(np.int16) if codes.max(initial=0) <= np.iinfo(np.int16).max else codes


def silent_classes(copy: Copy) -> Bools:
    """Return which classes say nothing at all: every label reads `*`."""
    silent = np.full(copy.classes.shape[1], len(copy.covers) > 0)
    for cover, labels in zip(copy.covers, copy.classes, strict=True):
        silent &= cover.silent[labels]
    return silent


def persons_by(number: Ints, person: Ints | None, weight: Ints, count: int) -> Ints:
    """Return the distinct persons of each group of pairs."""
    if person is None:
        return np.bincount(number, weight, minlength=count).astype(np.int64)
    people = int(person.max(initial=0)) + 1
    return np.bincount(np.unique(number * people + person) // people, minlength=count)


def encoded_cells(column: Texts) -> tuple[Ints, list[str | None]]:
    """Return the cells of a column as numbers, and the texts that they stand for, null as one of them."""
    encoded: Any = column
    if not isinstance(column, pa.DictionaryArray):
        encoded = pc.dictionary_encode(column, null_encoding="encode")
    texts: list[str | None] = encoded.dictionary.to_pylist()
    indices = encoded.indices
    if indices.null_count:
        texts, indices = [*texts, None], indices.fill_null(len(texts))
    return np.asarray(indices, dtype=np.int64), texts


def _codes(column: Texts) -> Ints:
    """Return the distinct cells of a column as numbers, null as one of them."""
    return encoded_cells(column)[0]


def _placed(column: Texts, code_of: Mapping[str | None, int]) -> npt.NDArray[np.int32]:
    """Return the code of each cell."""
    numbers, texts = encoded_cells(column)
    return np.array([code_of.get(text, -1) for text in texts], dtype=np.int32)[numbers]


def _distinct(column: Texts) -> list[str | None]:
    numbers, texts = encoded_cells(column)
    return [texts[number] for number in np.unique(numbers).tolist()]


def numbered_persons(pairs: pa.Table) -> Ints | None:
    """Return the number of the person of each pair; None where each row is a person of its own."""
    if PERSON[0] not in pairs.column_names:
        return None
    high, low = (np.asarray(pairs[name], dtype=np.uint64) for name in PERSON)
    order = np.lexsort((low, high))
    fresh = np.zeros(len(order), dtype=np.int64)
    fresh[1:] = (np.diff(high[order]) != 0) | (np.diff(low[order]) != 0)
    number = np.empty_like(order)
    number[order] = np.cumsum(fresh)
    return number


def _mean(total: float, count: int) -> float:
    return float(total) / count if count else 0.0


def _loss(copy: Copy, released: Ints, weight: Ints) -> float:
    """Return the mean loss over rows and columns; a suppressed row's labels are all `*`, so it counts 1."""
    if not copy.covers:
        return 0.0
    per_class = np.zeros(copy.classes.shape[1])
    for cover, labels in zip(copy.covers, copy.classes, strict=True):
        per_class += cover.loss[labels]
    per_class /= len(copy.covers)
    return _mean(fsum(per_class[released] * weight), int(weight.sum()))


def rows_that_say_something(partial: pa.Table, labelled: frozenset[str]) -> Bools:
    """Return which rows of a partial have a released label that is not `*`; all where cells are no labels."""
    labels = [name for name in partial.column_names if name.startswith("r:")]
    silent = np.full(partial.num_rows, bool(labels) and labelled.issuperset(columns_of(partial, "r")))
    for name in labels if silent.any() else ():
        silent &= np.asarray(pc.fill_null(pc.equal(partial[name], pa.scalar(SUPPRESSED)), pa.scalar(value=False)))
    found: Bools = ~silent
    return found


def measure_secrets(table: pa.Table, labelled: frozenset[str]) -> tuple[Secret, ...]:
    """Return what each sensitive column gives away; rows whose labels are all `*` belong to no class.

    Args:
        table: Merged partials of `lockgate.verify.fold.fold_sensitive`.
        labelled: Columns whose cells follow the grammar of labels.
    """
    table = table.filter(pa.array(rows_that_say_something(table, labelled)))
    number, _ = group(table, [name for name in table.column_names if name.startswith("r:")])
    weight = np.asarray(table[WEIGHT], dtype=np.int64)
    of_column, names = encoded_cells(table[SECRET[0]].combine_chunks())
    value = _codes(table[SECRET[1]].combine_chunks())
    found = []
    for name in sorted(text for text in names if text is not None):
        here = of_column == names.index(name)
        if not here.any():
            continue
        found.append(_secret(name, number[here], value[here], weight[here]))
    return tuple(found)


def _secret(column: str, number: Ints, value: Ints, weight: Ints) -> Secret:
    rows = int(weight.sum())
    commonest = np.zeros(int(number.max()) + 1, dtype=np.int64)
    np.maximum.at(commonest, number, weight)
    distinct = np.bincount(number)
    baseline = np.bincount(value, weight).max() / rows
    return Secret(column, int(distinct[distinct > 0].min()), float(commonest.sum()) / rows, float(baseline), rows)
