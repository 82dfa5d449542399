"""Quasi-identifiers recoded so that every class of equal labels holds at least k persons.

Fold: distinct combinations with their rows (`lockgate.protect.combinations`). Solve: search for classes of them
(`lockgate.protect.search`) and name the classes (`lockgate.protect.labelling`). Map: relabel rows.

A row whose every quasi-identifier would read `*` says nothing and is left out of the copy: it counts as suppressed.
Where the source holds fewer than k persons that is every row; the recoding says so, `flow` refuses. Rows are never
suppressed to make other classes finer. This is a technique, not a verdict: only `verify` says what k a copy has.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lockgate.protect.codes import Codebook, Codes, Texts, codes_of, make_codebook
from lockgate.protect.combinations import PERSON, WEIGHT, as_texts, key_names, persons_once
from lockgate.protect.domain_choice import Vocabulary, choose_domain
from lockgate.protect.domains import STAR, Domain
from lockgate.protect.labelling import label_classes
from lockgate.protect.problem import Partition, Problem, never
from lockgate.protect.search import Search, find_partition
from lockgate.protect.sensitive_values import check_feasible, keep_holding, secrets_of, sensitive_columns
from lockgate.terms.errors import InputError
from lockgate.terms.hierarchy import Hierarchy
from lockgate.terms.privacy_model import PrivacyModel

VERSION = "2"

_INTERVALS = Vocabulary()


@dataclass(frozen=True, slots=True)
class Question:
    """What a recoding has to achieve.

    Attributes:
        quasi_identifiers: Columns whose combinations must not tell persons apart, at least one.
        k: The least number of persons of a class, at least 1.
        hierarchies: Hierarchies by column; a column without one gets intervals or sets.
        suppression_limit: Share of rows that may be suppressed, 0 to 1.
        generalised: Columns whose cells are labels already.
        search: How classes are searched for.
        vocabulary: What labels may say.
        moves: The most moves that a refinement tries after the search; 0 for none.
        models: What every class has to satisfy beside k.
        should_stop: Asked now and then; the refinement ends where it says so. Classes hold at any time.
    """

    quasi_identifiers: tuple[str, ...]
    k: int
    hierarchies: Mapping[str, Hierarchy]
    suppression_limit: float
    generalised: frozenset[str] = frozenset()
    search: Search = Search.LOCAL
    vocabulary: Vocabulary = _INTERVALS
    moves: int = 0
    models: tuple[PrivacyModel, ...] = ()
    should_stop: Callable[[], bool] = never


@dataclass(frozen=True, slots=True, eq=False)
class Recoding:
    """Which labels each combination gets.

    Attributes:
        columns: The quasi-identifiers.
        codebook: What finds a row's combination.
        classes: Class of each combination; -1 where it is suppressed.
        labels: For each column the label of each class, spelled out or encoded; null for the null alone.
        rows: Rows that were looked at.
        rows_suppressed: Those of them that the copy leaves out.
        suppression_limit: The share that may be left out.
        loss: Expected loss, 0 to 1; `verify` measures the true one.
        moves: Moves of the refinement that were tried.
    """

    columns: tuple[str, ...]
    codebook: Codebook
    classes: Codes
    labels: tuple[Texts, ...]
    rows: int
    rows_suppressed: int
    suppression_limit: float
    loss: float
    moves: int = 0

    @property
    def is_within_limit(self) -> bool:
        """Whether no more rows are suppressed than may be."""
        return self.rows_suppressed <= self.suppression_limit * self.rows


def solve(combinations: pa.Table, question: Question, population: pa.Table | None = None) -> Recoding:
    """Return the recoding of all combinations; the same for the same rows, however they were folded.

    Args:
        combinations: Merged partials of `fold` over the quasi-identifiers and the columns that the models name.
        question: What to achieve.
        population: Merged partials over the quasi-identifiers of all persons from whom those of the table were drawn,
            those of the table among them; None where no model speaks of a population.

    Raises:
        InputError: If a hierarchy does not cover a value, the whole table does not satisfy a model, or a person of the
            table is not in the population.
    """
    columns = question.quasi_identifiers
    texts = _texts(combinations if population is None else _beside(combinations, population, columns), columns)
    values, domains = _domains(texts, question)
    codes = [codes_of(text, value) for text, value in zip(texts, values, strict=True)]
    codebook = make_codebook(values, codes)
    every = codebook.numbers_of(codes)
    number = every[: combinations.num_rows]
    weight = np.asarray(combinations[WEIGHT], dtype=np.int64)
    rows = np.bincount(number, weight, minlength=len(codebook.keys)).astype(np.int64)
    persons = _persons(combinations, number, rows)
    known = None if population is None else _known(population, every[len(number) :], (combinations, number), len(rows))
    first = np.empty(len(codebook.keys), dtype=np.int64)
    first[every[::-1]] = np.arange(len(every))[::-1]  # each number occurs; the first row of it is written last
    distinct = np.empty((len(codes), len(first)), dtype=np.int64)
    for column in range(len(codes)):
        distinct[column] = codes[column][first]
        codes[column] = first[:0]  # many combinations need much memory, and the search needs the rest of it
    problem = Problem(
        domains=tuple(domains),
        codes=distinct,
        rows=rows,
        persons=persons,
        k=max(question.k, 1),
        models=question.models,
        secrets=secrets_of(combinations, sensitive_columns(question.models), number, question.hierarchies, len(rows)),
        population=known,
        suppression_limit=question.suppression_limit,
        moves=question.moves,
        should_stop=question.should_stop,
    )
    found = Partition(np.full(len(rows), -1))
    if int(persons.sum()) >= problem.k and len(rows) > 0:
        if question.search is Search.LOCAL or not question.suppression_limit:
            check_feasible(problem)
        found = keep_holding(problem, find_partition(problem, question.search), combinations, number)
    labels, losses = label_classes(problem, found)
    classes, labels = without_stars(found.classes, labels)
    suppressed = int(rows[classes < 0].sum())
    total = int(rows.sum())
    loss = losses / (total * len(columns)) if total else 0.0
    return Recoding(
        columns, codebook, classes, labels, total, suppressed, question.suppression_limit, loss, found.moves
    )


def classes_of(batch: pa.RecordBatch, recoding: Recoding) -> Codes:
    """Return the class of each row; -1 where it is suppressed.

    Raises:
        InputError: If a row holds a combination that was not folded.
    """
    number = recoding.codebook.combinations_of([as_texts(batch.column(name), name) for name in recoding.columns])
    unseen = int(np.count_nonzero(number < 0))
    if unseen:
        raise InputError(
            f"{unseen} rows hold values that were not there when the source was read first",
            "Run again while nobody changes the source.",
        )
    classes: Codes = recoding.classes[number] if len(number) else number
    return classes


def apply(batch: pa.RecordBatch, recoding: Recoding) -> pa.RecordBatch:
    """Return the batch with labels in its quasi-identifiers, suppressed rows left out.

    Raises:
        InputError: If a row holds a combination that was not folded.
    """
    return relabel(batch, recoding, classes_of(batch, recoding))


def relabel(batch: pa.RecordBatch, recoding: Recoding, classes: Codes) -> pa.RecordBatch:
    """Return the batch with the labels of the classes of its rows; rows of class -1 are left out.

    Labels come encoded where the column did.
    """
    kept = np.flatnonzero(classes >= 0)
    labels = dict(zip(recoding.columns, recoding.labels, strict=True))
    chosen, is_whole = classes[kept], len(kept) == len(classes)
    arrays: list[Texts] = []
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        if name in labels:
            label = labels[name].take(chosen)
            arrays.append(label if isinstance(column, pa.DictionaryArray) else label.cast(pa.string()))
        else:
            arrays.append(column if is_whole else column.take(kept))
    fields = [
        pa.field(field.name, array.type) if field.name in labels else field
        for field, array in zip(batch.schema, arrays, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=pa.schema(fields))


def _texts(table: pa.Table, columns: Sequence[str]) -> list[Texts]:
    return [table[name].combine_chunks() for name in key_names(columns, by_person=False)]


def _beside(combinations: pa.Table, population: pa.Table, columns: Sequence[str]) -> pa.Table:
    """Return the quasi-identifiers of the table, and behind them those of the population."""
    names = key_names(columns, by_person=False)
    return pa.concat_tables([combinations.select(names), population.select(names)])


def _known(population: pa.Table, number: Codes, table: tuple[pa.Table, Codes], count: int) -> Codes:
    """Return the persons of the population by combination, nobody counted twice.

    Raises:
        InputError: If the table has more persons of some combination than the population.
    """
    short = int(np.count_nonzero(_holders(*table, count) > _holders(population, number, count)))
    if short:
        raise InputError(
            f"the population has fewer persons than the data in {short} combinations of the quasi-identifiers",
            "name the table of all persons, those of the data among them, written alike",
        )
    rows = np.bincount(number, np.asarray(population[WEIGHT], dtype=np.int64), minlength=count).astype(np.int64)
    return _persons(population, number, rows)


def _holders(table: pa.Table, number: Codes, count: int) -> Codes:
    """Return the persons who have each combination in one of their rows; rows where each row is one person."""
    if PERSON[0] not in table.column_names:
        return np.bincount(number, np.asarray(table[WEIGHT], dtype=np.int64), minlength=count).astype(np.int64)
    parts = {"number": pa.array(number), **{name: table[name] for name in PERSON}}
    distinct = pa.table(parts).group_by([*parts], use_threads=False).aggregate([])
    return np.bincount(np.asarray(distinct["number"]), minlength=count).astype(np.int64)


def _domains(texts: Sequence[Texts], question: Question) -> tuple[tuple[Texts, ...], list[Domain]]:
    values, domains = [], []
    for column, text in zip(question.quasi_identifiers, texts, strict=True):
        generalised = column in question.generalised
        distinct = pc.unique(text).to_pylist()
        hierarchy = question.hierarchies.get(column)
        order, domain = choose_domain(column, distinct, hierarchy, question.vocabulary, generalised=generalised)
        values.append(pa.array(order, type=pa.string()))
        domains.append(domain)
    return tuple(values), domains


def _persons(combinations: pa.Table, number: Codes, rows: Codes) -> Codes:
    """Return the persons of each combination, nobody counted twice; its rows where each row is one person."""
    if PERSON[0] not in combinations.column_names:
        return rows
    high, low = (np.asarray(combinations[name], dtype=np.uint64) for name in PERSON)
    return persons_once(number, high, low, len(rows))


def without_stars(classes: Codes, labels: tuple[Texts, ...]) -> tuple[Codes, tuple[Texts, ...]]:
    """Return the classes with those marked as suppressed whose every label is `*`."""
    if not len(labels[0]):
        return classes, labels
    silent = np.ones(len(labels[0]), dtype=bool)
    for column in labels:
        silent &= codes_of(column, pa.array([STAR])) == 0
    return np.where(silent[classes] & (classes >= 0), -1, classes), labels
