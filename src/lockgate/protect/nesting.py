"""Classes for a later release of persons who were released before, so that laying the releases together tells no more.

A *unit* is the set of records that were in the same classes of all earlier releases; those that were in none are a unit
too. Every class made here holds, of every unit, nobody or at least k persons. There may be several *families* of
units, one for each group of recipients that can put releases together; all of them are kept to.

1. *Withhold* units that cannot be shown: those with fewer than k persons left; and, where some persons of a unit are
   not shown any more but fewer than k, as many more of the unit as make k of them, or all of it.
2. *Cells*: what lies in the same unit of every family. A cell of fewer than k persons joins the largest cell of its
   unit, in every family.
3. *Split* cells that hold several times k persons, greedily inside each (`lockgate.protect.splitting`).
4. *Merge* what is smaller than a class has to be (`lockgate.protect.merging`).
5. *Label* the classes as tightly as the vocabulary allows, and leave out those that say nothing.

With one family, and a k no larger than before, the classes are those of the earlier release or parts of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lockgate.protect.codes import Codebook, Codes, Texts, codes_of, make_codebook
from lockgate.protect.combinations import PERSON, WEIGHT, as_text, key_names, persons_once
from lockgate.protect.domain_choice import choose_domain
from lockgate.protect.domains import STAR, Domain
from lockgate.protect.kanonymity import Question, Recoding, relabel
from lockgate.protect.merging import make_groups, merge
from lockgate.protect.problem import Problem
from lockgate.protect.splitting import split

VERSION = "1"

NEW, DOUBTFUL = -1, -2
"""Units of rows that were in no earlier release, and of rows of which that is not known."""


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """The units of one group of recipients.

    Attributes:
        least: The fewest persons of a class that any of the releases promised, this one among them; at least 1.
        absent: By unit, persons of it that are not in the table any more.
    """

    least: int
    absent: Codes


@dataclass(frozen=True, slots=True, eq=False)
class Nested:
    """Classes that are nested in earlier ones.

    Attributes:
        recoding: Labels of the classes; its codebook has a column more for each family.
        rows_withheld: Rows left out because of earlier releases.
    """

    recoding: Recoding
    rows_withheld: int


def unit_names(families: int) -> list[str]:
    """Return the names of the columns of a partial that hold the unit of each combination."""
    return [f"u:{number}" for number in range(families)]


def fold(
    batch: pa.RecordBatch, columns: Sequence[str], units: Sequence[Codes], persons: npt.NDArray[np.uint64] | None
) -> pa.Table:
    """Return the distinct combinations of a batch with their units and the number of their rows.

    Args:
        batch: Rows before their quasi-identifiers are recoded.
        columns: The quasi-identifiers.
        units: For each family the unit of each row, or `NEW` or `DOUBTFUL`.
        persons: Keyed hash of the person of each row, shape (rows, 2); None where each row is one person.
    """
    arrays: list[Texts] = [as_text(batch.column(name), name) for name in columns]
    arrays += [pa.array(np.asarray(unit, dtype=np.int64)) for unit in units]
    if persons is not None:
        arrays += [pa.array(persons[:, 0]), pa.array(persons[:, 1])]
    names = fold_keys(columns, len(units), by_person=persons is not None)
    table = pa.table([*arrays, pa.array(np.ones(batch.num_rows, dtype=np.int64))], names=[*names, WEIGHT])
    grouped = table.group_by(names, use_threads=False).aggregate([(WEIGHT, "sum")])
    return grouped.select([*names, f"{WEIGHT}_sum"]).rename_columns([*names, WEIGHT])


def fold_keys(columns: Sequence[str], families: int, *, by_person: bool) -> list[str]:
    """Return the names of the key columns of a partial."""
    quasi = key_names(columns, by_person=False)
    return [*quasi, *unit_names(families), *(PERSON if by_person else ())]


def solve(combinations: pa.Table, question: Question, families: Sequence[Family]) -> Nested:
    """Return classes that are nested in those of earlier releases.

    Args:
        combinations: Merged partials of `fold`.
        question: What to achieve; its search, its moves and its models are not looked at.
        families: The units of each group of recipients, at least one.

    Raises:
        InputError: If a hierarchy does not cover a value.
    """
    items = _Items.of(combinations, question, len(families))
    shown = _shown(items, families)
    classes = np.full(len(items.rows), -1, dtype=np.int64)
    kept = np.flatnonzero(shown)
    if len(kept) and int(items.persons[kept].sum()) >= question.k:
        classes[kept] = _classes(items.take(kept), question, families)
    withheld = int(items.rows[classes < 0].sum())
    labels, lost = _labels(items, classes)
    classes = _without_silent(classes, labels)
    total = int(items.rows.sum())
    recoding = Recoding(
        columns=question.quasi_identifiers,
        codebook=items.codebook,
        classes=classes,
        labels=labels,
        rows=total,
        rows_suppressed=int(items.rows[classes < 0].sum()),
        suppression_limit=question.suppression_limit,
        loss=lost / (total * len(question.quasi_identifiers)) if total else 0.0,
    )
    return Nested(recoding, withheld)


def apply(batch: pa.RecordBatch, nested: Nested, units: Sequence[Codes]) -> tuple[pa.RecordBatch, Codes]:
    """Return the batch with labels in its quasi-identifiers, and which of its rows it holds.

    Args:
        batch: Rows before their quasi-identifiers are recoded.
        nested: The classes.
        units: For each family the unit of each row.
    """
    recoding = nested.recoding
    texts = [as_text(batch.column(name), name) for name in recoding.columns]
    texts += [pc.cast(pa.array(np.asarray(unit, dtype=np.int64)), pa.string()) for unit in units]
    number = recoding.codebook.combinations_of(texts)
    # what was not folded is shown to nobody: a row whose unit is not known cannot be put into a class
    classes = np.where(number >= 0, recoding.classes[number], -1) if len(recoding.classes) else number
    return relabel(batch, recoding, classes), np.flatnonzero(classes >= 0)


@dataclass(frozen=True, slots=True, eq=False)
class _Items:
    """Distinct combinations with their units."""

    domains: tuple[Domain, ...]
    codes: Codes
    units: Codes
    rows: Codes
    persons: Codes
    codebook: Codebook
    pairs: tuple[Codes, Codes] | None = None

    def count(self, group: Codes, size: int, chosen: npt.NDArray[np.bool_]) -> Codes:
        """Return the distinct persons of the chosen items in each group."""
        if self.pairs is None:
            return np.bincount(group[chosen], self.persons[chosen], minlength=size).astype(np.int64)
        item, person = self.pairs
        held = chosen[item]
        width = int(person.max(initial=0)) + 1
        return np.bincount(np.unique(group[item[held]] * width + person[held]) // width, minlength=size)

    @staticmethod
    def of(table: pa.Table, question: Question, families: int) -> "_Items":
        columns, domains = question.quasi_identifiers, []
        values: list[Texts] = []
        texts: list[Texts] = []
        texts += [table[name].combine_chunks() for name in key_names(columns, by_person=False)]
        for name, text in zip(columns, texts, strict=True):
            order, domain = choose_domain(
                name,
                pc.unique(text).to_pylist(),
                question.hierarchies.get(name),
                question.vocabulary,
                generalised=name in question.generalised,
            )
            domains.append(domain)
            values.append(pa.array(order, type=pa.string()))
        for name in unit_names(families):
            unit_text: Texts = pc.cast(table[name].combine_chunks(), pa.string())
            texts.append(unit_text)
            values.append(pc.unique(unit_text))
        codes = [codes_of(text, value) for text, value in zip(texts, values, strict=True)]
        codebook = make_codebook(tuple(values), codes)
        number = codebook.combinations_of(texts)
        rows = np.bincount(number, np.asarray(table[WEIGHT]), minlength=len(codebook.keys)).astype(np.int64)
        persons, pairs = rows, None
        if PERSON[0] in table.column_names:
            high, low = (np.asarray(table[name], dtype=np.uint64) for name in PERSON)
            persons, pairs = persons_once(number, high, low, len(rows)), (number, _numbered(high, low))
        first = np.unique(number, return_index=True)[1]
        unit = np.array([np.asarray(table[name], dtype=np.int64)[first] for name in unit_names(families)])
        found = np.array([code[first] for code in codes[: len(columns)]])
        return _Items(tuple(domains), found, unit, rows, persons, codebook, pairs)

    def take(self, chosen: Codes) -> "_Items":
        """Return some of the items, in rising order."""
        pairs = None
        if self.pairs is not None:
            place = np.full(len(self.rows), -1, dtype=np.int64)
            place[chosen] = np.arange(len(chosen))
            item, person = self.pairs
            held = place[item] >= 0
            pairs = place[item[held]], person[held]
        codes, units = self.codes[:, chosen], self.units[:, chosen]
        return _Items(self.domains, codes, units, self.rows[chosen], self.persons[chosen], self.codebook, pairs)


def _shown(items: _Items, families: Sequence[Family]) -> npt.NDArray[np.bool_]:
    """Return which items can be shown; what one family withholds may leave too few for another, so until it is steady.

    In a unit some of whose persons are withheld or gone, these are at least k, or nobody is shown.
    """
    shown: npt.NDArray[np.bool_] = np.asarray((items.units != DOUBTFUL).all(axis=0))
    while True:
        before = int(np.count_nonzero(shown))
        for family, unit in zip(families, items.units, strict=True):
            shown = _shown_in(items, family, unit, shown)
        if int(np.count_nonzero(shown)) == before:
            return shown


def _shown_in(items: _Items, family: Family, unit: Codes, shown: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    count = len(family.absent)
    place = np.where(unit < 0, count, unit)
    present = items.count(place, count + 1, shown)
    hidden = items.count(place, count + 1, ~shown)
    away = np.append(family.absent, 0) + hidden
    away[count] = 0  # who is new and not shown was never seen
    lacking = np.where((away > 0) & (away < family.least), family.least - away, 0)
    bad = (present < family.least) | ((lacking > 0) & (present - lacking < family.least))
    if items.pairs is not None:  # rows of one person might be shown in part
        bad |= lacking > 0
    shown = np.asarray(shown & ~bad[place])
    partly = (lacking > 0) & ~bad
    if not partly.any():
        return shown
    return _withhold_some(items, place, np.where(partly, lacking, 0), (shown, present, family.least))


def _withhold_some(
    items: _Items, place: Codes, lacking: Codes, now: tuple[npt.NDArray[np.bool_], Codes, int]
) -> npt.NDArray[np.bool_]:
    """Withhold whole items of units until enough persons are; all of a unit where too few would be left."""
    shown, present, least = now
    chosen = np.flatnonzero(shown & (lacking[place] > 0))
    order = chosen[np.lexsort((items.persons[chosen], place[chosen]))]
    unit, weight = place[order], items.persons[order]
    start = np.flatnonzero(np.diff(unit, prepend=-1))
    total = np.cumsum(weight)
    before = total - weight - np.repeat((total - weight)[start], np.diff(np.append(start, len(unit))))
    taken = before < lacking[unit]
    gone = np.bincount(unit[taken], weight[taken], minlength=len(lacking)).astype(np.int64)
    too_few = present - gone < least
    shown = shown.copy()
    shown[order[taken | too_few[unit]]] = False
    return shown


def _classes(items: _Items, question: Question, families: Sequence[Family]) -> Codes:
    """Return the class of each item."""
    least = max(family.least for family in families)
    atom, splittable = _atoms(items, least)
    if items.pairs is None and not question.models:
        atom = _split(items, atom, splittable, least)
    persons = np.bincount(atom, items.persons).astype(np.int64)
    if int(items.count(atom, len(persons), np.ones(len(atom), dtype=bool)).min()) >= question.k:
        return atom
    groups = make_groups(items.domains, items.codes, atom, items.rows, persons)
    return merge(groups, question.k)[atom]


def _atoms(items: _Items, least: int) -> tuple[Codes, npt.NDArray[np.bool_]]:
    """Return the group of each item that stays together, and which groups are a single cell, which may be split."""
    cell = np.zeros(items.units.shape[1], dtype=np.int64)
    for unit in items.units:
        cell = np.unique(cell * (int(unit.max()) + 2) + unit + 1, return_inverse=True)[1]
    first = np.unique(cell, return_index=True)[1]
    persons = items.count(cell, len(first), np.ones(len(cell), dtype=bool))
    root = np.arange(len(persons))
    if len(items.units) > 1:
        for unit in items.units[:, first]:
            _join_small(root, unit, persons, least)
    roots = _flat(root)
    atom = np.unique(roots, return_inverse=True)[1]
    return atom[cell], np.bincount(atom) == 1


def _numbered(high: npt.NDArray[np.uint64], low: npt.NDArray[np.uint64]) -> Codes:
    """Return a number for each person."""
    order = np.lexsort((low, high))
    fresh = np.append(False, (np.diff(high[order]) != 0) | (np.diff(low[order]) != 0))[: len(order)]
    number = np.empty_like(order)
    number[order] = np.cumsum(fresh)
    return number


def _join_small(root: Codes, unit: Codes, persons: Codes, least: int) -> None:
    """Join each cell of too few persons to the largest cell of its unit."""
    order = np.lexsort((-persons, unit))
    start = np.flatnonzero(np.diff(unit[order], prepend=unit.min() - 1))
    largest = order[np.repeat(start, np.diff(np.append(start, len(order))))]
    for cell, other in zip(order.tolist(), largest.tolist(), strict=True):
        if persons[cell] < least:
            one, two = _root(root, cell), _root(root, other)
            root[max(one, two)] = min(one, two)


def _root(root: Codes, place: int) -> int:
    while root[place] != place:
        place = int(root[place])
    return place


def _flat(root: Codes) -> Codes:
    while True:
        above = root[root]
        if np.array_equal(above, root):
            return root
        root = above


def _split(items: _Items, atom: Codes, splittable: npt.NDArray[np.bool_], least: int) -> Codes:
    persons = np.bincount(atom, items.persons)
    chosen = np.flatnonzero((splittable & (persons >= 2 * least))[atom])
    if not len(chosen):
        return atom
    within = np.unique(atom[chosen], return_inverse=True)[1]
    problem = Problem(
        domains=items.domains,
        codes=items.codes[:, chosen],
        rows=items.rows[chosen],
        persons=items.persons[chosen],
        k=least,
    )
    parts = split(problem, within).classes
    split_up = atom.copy()
    split_up[chosen] = len(persons) + parts
    return np.unique(split_up, return_inverse=True)[1]


def _labels(items: _Items, classes: Codes) -> tuple[tuple[Texts, ...], float]:
    """Return for each column the labels of the classes, and the loss summed over rows and columns."""
    kept = np.flatnonzero(classes >= 0)
    chosen, rows = classes[kept], items.rows[kept]
    weight = np.bincount(chosen, rows) if len(kept) else np.zeros(0)
    total = float((items.rows.sum() - rows.sum()) * len(items.domains))
    labels = []
    for domain, code in zip(items.domains, items.codes[:, kept], strict=True):
        groups: list[Codes] = []
        if len(kept):
            width = int(code.max()) + 1
            pairs = np.unique(chosen * width + code)
            groups = np.split(pairs % width, np.flatnonzero(np.diff(pairs // width)) + 1)
            first, last = (np.array([group[side] for group in groups]) for side in (0, -1))
            sizes = np.array([len(group) for group in groups])
            total += float(domain.cost(first, last, sizes) @ weight)
        labels.append(pa.array([domain.label(group) for group in groups], type=pa.string()))
    return tuple(labels), total


def _without_silent(classes: Codes, labels: tuple[Texts, ...]) -> Codes:
    """Return the classes with those marked as left out whose every label is `*`."""
    if not len(labels[0]):
        return classes
    silent = np.ones(len(labels[0]), dtype=bool)
    for column in labels:
        silent &= codes_of(column, pa.array([STAR])) == 0
    return np.where(silent[classes] & (classes >= 0), -1, classes)
