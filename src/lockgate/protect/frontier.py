"""The frontier of risk and loss: every setting tried on the same folded rows, and the one of least loss that is enough.

1. Fold the rows once by quasi-identifiers and sensitive columns (`lockgate.protect.combinations.fold`).
2. Recode for each setting, and count persons and sensitive values of its classes.
3. Leave a column out where that could pay: the one that loses most at the size asked for.
4. Mark what no other point beats, and choose.

The figures are those of a plan, for choosing; the copy that is made is measured by `verify`, which trusts none of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from lockgate.protect import combinations
from lockgate.protect.codes import Codes, Texts
from lockgate.protect.combinations import PERSON, WEIGHT, key_names
from lockgate.protect.domain_choice import Labels, Vocabulary
from lockgate.protect.kanonymity import Question, Recoding, solve
from lockgate.protect.search import Search
from lockgate.protect.sensitive_values import sensitive_columns
from lockgate.terms.frontier import Needs, Point, Setting
from lockgate.terms.hierarchy import Hierarchy

_CLOSE, _GUESSES = 1e-9, 0.01
_SPARE = 2
"""The fewest quasi-identifiers of which one may be left out."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What is tried.

    Attributes:
        quasi_identifiers: Columns that tell persons apart, at least one.
        sensitive: Columns whose values are guessed.
        hierarchies: Hierarchies by column.
        suppression_limit: Share of rows that may be suppressed.
        needs: What a setting must bring about to be enough.
        generalised: Columns whose cells are labels already.
        population: Merged partials over the quasi-identifiers, where models speak of a population; None without one.
    """

    quasi_identifiers: tuple[str, ...]
    sensitive: tuple[str, ...]
    hierarchies: Mapping[str, Hierarchy]
    suppression_limit: float
    needs: Needs
    generalised: frozenset[str] = frozenset()
    population: pa.Table | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Folded:
    """Rows folded by quasi-identifiers, sensitive columns and persons.

    Attributes:
        table: Merged partials.
        rows: Rows behind each key.
        person: Number of the person of each key; None where each row is one person.
        persons: Distinct persons.
    """

    table: pa.Table
    rows: Codes
    person: Codes | None
    persons: int


def find_frontier(table: pa.Table, settings: Sequence[Setting], trial: Trial) -> tuple[Point, ...]:
    """Return what each setting brings about, by rising k, then in the order of the settings.

    Args:
        table: Merged partials of `lockgate.protect.combinations.fold` over the quasi-identifiers and sensitive columns.
        settings: What is tried, at least one; the first one is asked what a column loses.
        trial: Columns, hierarchies and needs.

    Raises:
        InputError: If a hierarchy does not cover a value.
    """
    folded = _read(table)
    points = [_point(folded, setting, trial) for setting in settings]  # 2
    points += [_point(folded, setting, trial) for setting in _without_a_column(folded, settings[0], trial)]  # 3
    points.sort(key=lambda point: point.setting.k)
    return _marked(points)  # 4


def guessed_before(table: pa.Table, sensitive: Sequence[str]) -> float:
    """Return the greatest share of rows whose sensitive value the commonest one of the whole table gives right.

    Args:
        table: As for `find_frontier`.
        sensitive: Columns whose values are guessed.
    """
    folded = _read(table)
    return _guessed(folded, np.zeros(len(folded.rows), dtype=np.int64), sensitive)


def _read(table: pa.Table) -> Folded:
    table = table.combine_chunks()
    rows = np.asarray(table[WEIGHT], dtype=np.int64)
    if PERSON[0] not in table.column_names:
        return Folded(table, rows, None, int(rows.sum()))
    high, low = (np.asarray(table[name], dtype=np.uint64) for name in PERSON)
    order = np.lexsort((low, high))
    is_new = np.ones(len(order), dtype=bool)
    is_new[1:] = (np.diff(high[order]) != 0) | (np.diff(low[order]) != 0)
    person = np.empty(len(order), dtype=np.int64)
    person[order] = np.cumsum(is_new) - 1
    return Folded(table, rows, person, int(is_new.sum()) if len(order) else 0)


def _point(folded: Folded, setting: Setting, trial: Trial) -> Point:
    columns = tuple(name for name in trial.quasi_identifiers if name not in setting.left_out)
    recoding, classes = _recoded(folded, setting, trial, columns)
    sizes = _sizes(folded, classes)
    least = int(sizes.min()) if len(sizes) else 0
    rows = max(int(folded.rows.sum()), 1)
    suppressed = int(folded.rows[classes < 0].sum()) / rows
    kept = len(columns) / len(trial.quasi_identifiers)
    needs = trial.needs
    return Point(
        setting=setting,
        classes=len(sizes),
        k=least,
        highest_risk=1 / least if least else 0.0,
        average_risk=len(sizes) / int(sizes.sum()) if len(sizes) else 0.0,
        guessed=_guessed(folded, classes, trial.sensitive),
        loss=kept * recoding.loss + (1 - kept),
        suppressed=suppressed,
        is_enough=len(sizes) > 0 and least >= needs.k and suppressed <= trial.suppression_limit + _CLOSE,
    )


def _recoded(folded: Folded, setting: Setting, trial: Trial, columns: tuple[str, ...]) -> tuple[Recoding, Codes]:
    """Return the recoding of a setting, and the class of each key; -1 where it is suppressed."""
    by_person = folded.person is not None
    needed = tuple(dict.fromkeys((*columns, *sensitive_columns(setting.models))))
    table = combinations.merge([folded.table.select([*key_names(needed, by_person=by_person), WEIGHT])])
    question = Question(
        quasi_identifiers=columns,
        k=setting.k,
        hierarchies=trial.hierarchies,
        suppression_limit=trial.suppression_limit,
        generalised=trial.generalised,
        search=Search(setting.search),
        vocabulary=Vocabulary(Labels(setting.labels)),
        models=setting.models,
    )
    recoding = solve(table, question, _population(trial, columns))
    texts = _texts(folded.table, columns)
    number = recoding.codebook.combinations_of(texts)
    return recoding, recoding.classes[number] if len(number) else number


def _population(trial: Trial, columns: Sequence[str]) -> pa.Table | None:
    if trial.population is None:
        return None
    by_person = PERSON[0] in trial.population.column_names
    return combinations.merge([trial.population.select([*key_names(columns, by_person=by_person), WEIGHT])])


def _texts(table: pa.Table, columns: Sequence[str]) -> list[Texts]:
    return [pa.chunked_array(table[name]).combine_chunks() for name in key_names(columns, by_person=False)]


def _sizes(folded: Folded, classes: Codes) -> Codes:
    """Return the distinct persons of each class."""
    kept = np.flatnonzero(classes >= 0)
    if folded.person is None:
        sizes = np.bincount(classes[kept], folded.rows[kept]).astype(np.int64)
    else:
        pairs = np.unique(classes[kept] * (folded.persons + 1) + folded.person[kept])
        sizes = np.bincount(pairs // (folded.persons + 1)).astype(np.int64)
    return sizes[sizes > 0]


def _guessed(folded: Folded, classes: Codes, sensitive: Sequence[str]) -> float:
    kept = np.flatnonzero(classes >= 0)
    total = int(folded.rows[kept].sum())
    greatest = 0.0
    for texts in _texts(folded.table, sensitive) if total else ():
        encoded = texts.dictionary_encode()
        code = np.asarray(encoded.indices.fill_null(len(encoded.dictionary)), dtype=np.int64)[kept]
        width = len(encoded.dictionary) + 1
        pairs, place = np.unique(classes[kept] * width + code, return_inverse=True)
        rows = np.bincount(place, folded.rows[kept])
        starts = np.flatnonzero(np.diff(pairs // width, prepend=-1))
        greatest = max(greatest, float(np.maximum.reduceat(rows, starts).sum()) / total)
    return greatest


def _without_a_column(folded: Folded, setting: Setting, trial: Trial) -> list[Setting]:
    """Return the setting without the column that loses most by it, with intervals and with sets."""
    columns = trial.quasi_identifiers
    if len(columns) < _SPARE:
        return []
    losses = {name: _point(folded, replace(setting, left_out=(name,)), trial).loss for name in columns}
    best = min(columns, key=lambda name: (losses[name], name))
    return [replace(setting, left_out=(best,), labels=kind) for kind in ("interval", "set")]


def _marked(points: Sequence[Point]) -> tuple[Point, ...]:
    costs = [(point.highest_risk, point.loss, point.guessed) for point in points]
    enough = [point for point in points if point.is_enough]
    chosen = min(enough, key=lambda point: (round(point.loss, 9), point.highest_risk), default=None)
    return tuple(
        replace(
            point,
            is_chosen=point is chosen,
            is_unbeaten=point.classes > 0
            and not any(_beats(other, mine) for other in costs)
            and (point is chosen or not any(_equals(other, mine) for other in costs[:place])),
        )
        for place, (point, mine) in enumerate(zip(points, costs, strict=True))
    )


def _beats(other: tuple[float, float, float], mine: tuple[float, float, float]) -> bool:
    """Whether risk and loss are at most the same, guesses no better by a hundredth, and one of the three is less."""
    slack = (_CLOSE, _CLOSE, _GUESSES)
    at_most = all(a <= b + within for a, b, within in zip(other, mine, slack, strict=True))
    return at_most and any(a < b - within for a, b, within in zip(other, mine, slack, strict=True))


def _equals(other: tuple[float, float, float], mine: tuple[float, float, float]) -> bool:
    """Whether two settings bring the same figures: then the one that was tried first is named."""
    return all(abs(a - b) <= _CLOSE for a, b in zip(other, mine, strict=True))
