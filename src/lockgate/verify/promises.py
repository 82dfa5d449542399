"""Whether a copy keeps the privacy models that its plan promises, counted anew on released labels and original values.

A class is the released rows whose quasi-identifiers read alike; rows that say nothing are in none. A class counts a
person once for each sensitive value that the person's rows in it hold. *The table* that t-closeness and beta-likeness
compare with is the whole source, suppressed rows among it. A missing value is a value: the last of an order, a branch
of its own below the root of a hierarchy. A copy without a class keeps every model, for there is nobody in it.

Bounds count as kept within one part in 10^9. A model that cannot be measured, such as k-map without a population, is
not kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType

import numpy as np
import pyarrow as pa

from lockgate.terms.hierarchy import Hierarchy
from lockgate.terms.privacy_model import (
    BetaLikeness,
    DeltaPresence,
    DistinctDiversity,
    EntropyDiversity,
    GroundDistance,
    KAnonymity,
    KMap,
    PrivacyModel,
    RecursiveDiversity,
    TCloseness,
    model_name,
)
from lockgate.terms.verification import Check
from lockgate.verify.coverage import quantity_of
from lockgate.verify.distances import equal_distance, hierarchical_distance, ordered_distance
from lockgate.verify.figures import group, rows_that_say_something
from lockgate.verify.fold import PERSON, SECRET, WEIGHT
from lockgate.verify.models import Shares, entropy_l
from lockgate.verify.population import Presence

_NEARLY = 1e-9
_DIGITS = 9
"""Places of a figure in a report: logarithms differ in the last ones from machine to machine."""
_UNBOUNDED = 1e9
"""Stands for a ratio without bound, which no JSON number says."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the models are measured on.

    Attributes:
        classes: Merged partials of `lockgate.verify.fold.fold_values`; None where no model is about a column.
        source: Merged partials of `lockgate.verify.fold.fold_source_values`, likewise.
        labelled: Columns whose cells follow the grammar of labels.
        k: Persons of the smallest class; 0 without a class.
        presence: How the classes stand in a population; None without one.
        hierarchies: By column.
    """

    classes: pa.Table | None
    source: pa.Table | None
    labelled: frozenset[str]
    k: int
    presence: Presence | None = None
    hierarchies: Mapping[str, Hierarchy] = field(default_factory=lambda: MappingProxyType({}))


def columns_of(models: Sequence[PrivacyModel]) -> tuple[str, ...]:
    """Return the sensitive columns that some models are about, each once."""
    named = [model.column for model in models if not isinstance(model, KAnonymity | KMap | DeltaPresence)]
    return tuple(dict.fromkeys(named))


def solve(models: Sequence[PrivacyModel], evidence: Evidence) -> list[Check]:
    """Return a check for each model; two for delta-presence.

    Args:
        models: What the plan promises; k-anonymity beside the plan's own k is checked too.
        evidence: What they are measured on.
    """
    checks: list[Check] = []
    for model in models:
        if isinstance(model, KAnonymity):
            checks.append(_at_least("k-anonymity", evidence.k, model.k, "persons in the smallest group"))
        elif isinstance(model, KMap | DeltaPresence):
            checks += _presence_checks(model, evidence.presence, has_classes=evidence.k > 0)
        else:
            checks.append(_column_check(model, evidence))
    return checks


def _at_least(name: str, measured: float, required: float, what: str) -> Check:
    ok = measured >= required - _NEARLY
    return Check(name, round(measured, _DIGITS), required, ok, f"{measured:g} {what}; {required:g} are required")


def _at_most(name: str, measured: float, required: float, what: str) -> Check:
    ok = measured <= required + _NEARLY
    return Check(
        name, round(measured, _DIGITS), required, ok, f"{what}: {measured:.4f}; at most {required:g} is allowed"
    )


def check_population(models: Sequence[PrivacyModel], presence: Presence | None) -> list[Check]:
    """Return the check that nobody is in the copy who is not in the population, and what is known beside the models.

    Args:
        models: What the plan promises.
        presence: How the classes stand in the population; None without one, which gives no check.
    """
    if presence is None:
        return []
    short = presence.short
    meaning = (
        f"the population has fewer persons than the copy in {short} groups, so it is not the copy's population"
        if short
        else "the population has at least the persons of the copy in every group"
    )
    checks = [Check("population", short, 0, short == 0, meaning)]
    if not any(isinstance(model, KMap) for model in models):
        found = f"a group of the copy fits {presence.k_map} persons of the population at least"
        checks.append(Check("k-map", presence.k_map, None, ok=True, meaning=found))
    if presence.most is not None:
        bound = (
            f"nobody of the population is in the copy with a chance above {presence.most:.1%}, labels taken together"
        )
        checks.append(Check("presence-bound", round(presence.most, _DIGITS), None, ok=True, meaning=bound))
    return checks


def _presence_checks(model: KMap | DeltaPresence, presence: Presence | None, *, has_classes: bool) -> list[Check]:
    if presence is None:
        bound = float(model.k) if isinstance(model, KMap) else model.high
        return [Check(model_name(model), 0.0, bound, ok=False, meaning="cannot be measured without a population")]
    if isinstance(model, KMap):
        measured = presence.k_map if has_classes else model.k
        return [_at_least("k-map", measured, model.k, "persons of the population in the least group")]
    low, high = presence.delta
    return [
        _at_least("delta-presence:low", low, model.low, "of a group of the population are in the copy at least"),
        _at_most("delta-presence:high", high, model.high, "share of a group of the population that is in the copy"),
    ]


_ColumnModel = DistinctDiversity | EntropyDiversity | RecursiveDiversity | TCloseness | BetaLikeness


def _column_check(model: _ColumnModel, evidence: Evidence) -> Check:
    name = f"{model_name(model)}:{model.column}"
    shares, texts = _shares(model.column, evidence)
    if not texts:
        return Check(name, 0.0, None, ok=False, meaning=f"the source has no values of `{model.column}`")
    if not len(shares.owner):
        return Check(
            name, 0.0, None, ok=True, meaning="no row of the copy says anything by which people are told apart"
        )
    return _measured_check(name, model, shares, (texts, evidence.hierarchies.get(model.column)))


def _measured_check(
    name: str, model: _ColumnModel, shares: Shares, order: tuple[Sequence[str | None], Hierarchy | None]
) -> Check:
    match model:
        case DistinctDiversity(column, least):
            distinct = np.diff(np.append(shares.start, len(shares.owner)))
            return _at_least(name, int(distinct.min()), least, f"different values of `{column}` in a group at least")
        case EntropyDiversity(column, least):
            return _at_least(name, entropy_l(shares), least, f"values of `{column}` in a group at least, by entropy")
        case RecursiveDiversity():
            return _recursive_check(name, model, shares)
        case TCloseness(column, t, distance):
            found = _distance(distance, shares, *order)
            return _at_most(name, found, t, f"distance of a group from all in `{column}` at most")
        case BetaLikeness():
            return _beta_check(name, model, shares)


def _recursive_check(name: str, model: RecursiveDiversity, shares: Shares) -> Check:
    ratio = min(shares.recursive_ratios(model.l)[-1], _UNBOUNDED)
    ok = ratio < model.c * (1 - _NEARLY)
    meaning = (
        f"the commonest value of `{model.column}` is {ratio:.4g} times all from the {model.l}th on; "
        f"less than {model.c:g} is required"
    )
    return Check(name, round(ratio, _DIGITS), model.c, ok, meaning)


def _beta_check(name: str, model: BetaLikeness, shares: Shares) -> Check:
    gain = shares.q / shares.p[shares.value] - 1
    bound = np.full(len(gain), model.beta)
    if model.enhanced:
        bound = np.minimum(bound, -np.log(shares.p[shares.value]))
    ok = bool((gain <= bound + _NEARLY * (1 + gain)).all())
    measured = max(float(gain.max()), 0.0)
    also = ", and than its rarity allows" if model.enhanced else ""
    meaning = f"a value of `{model.column}` gains {measured:.4f} in a group; no more than {model.beta:g}{also}"
    return Check(name, round(measured, _DIGITS), model.beta, ok, meaning)


def _distance(
    distance: GroundDistance, shares: Shares, texts: Sequence[str | None], hierarchy: Hierarchy | None
) -> float:
    if distance is GroundDistance.EQUAL:
        return equal_distance(shares.owner, shares.value, shares.q, shares.p, len(shares.start))
    if distance is GroundDistance.ORDERED:
        return ordered_distance(shares.owner, shares.value, shares.q, shares.p, shares.start)
    if hierarchy is None or any(text is not None and text not in hierarchy.paths for text in texts):
        return _UNBOUNDED  # cannot be measured, so it is not kept
    root = next(iter(hierarchy.paths.values()))[-1]
    alone = (*("\0missing",) * hierarchy.height, root)
    paths = [alone if text is None else hierarchy.paths[text] for text in texts]
    return hierarchical_distance(shares.owner, shares.value, shares.q, shares.p, paths)


def _shares(column: str, evidence: Evidence) -> tuple[Shares, list[str | None]]:
    """Return the shares of a column by class and in the source, and its values in their order, missing last."""
    assert evidence.source is not None
    assert evidence.classes is not None
    source = _of_column(evidence.source, column)
    texts = _in_order(list(dict.fromkeys(source[SECRET[1]].to_pylist())), evidence.hierarchies.get(column))
    place = {text: number for number, text in enumerate(texts)}
    whole = np.array([place[text] for text in source[SECRET[1]].to_pylist()], dtype=np.int64)
    overall = np.bincount(whole, _persons(source), minlength=len(texts)).astype(np.float64)
    classes = _of_column(evidence.classes, column)
    classes = classes.filter(pa.array(rows_that_say_something(classes, evidence.labelled)))
    number, found = group(classes, [name for name in classes.column_names if name.startswith("r:")])
    # a value that the source has not, in a released class, counts as one that the source never held
    texts += [text for text in dict.fromkeys(classes[SECRET[1]].to_pylist()) if text not in place]
    place = {text: at for at, text in enumerate(texts)}
    overall = np.append(overall, np.full(len(texts) - len(overall), _NEARLY))
    value = np.array([place[text] for text in classes[SECRET[1]].to_pylist()], dtype=np.int64)
    width = max(len(texts), 1)
    keys, at = np.unique(number * width + value, return_inverse=True)
    count = np.bincount(at, _persons(classes), minlength=len(keys)).astype(np.int64)
    owner, value = np.divmod(keys, width)
    total = np.bincount(owner, count, minlength=found.num_rows)
    start = np.searchsorted(owner, np.arange(found.num_rows)) if len(owner) else np.zeros(0, dtype=np.int64)
    p = overall / max(float(overall.sum()), _NEARLY)
    return Shares(owner, value, count, count / total[owner], p, start, has_order=True), texts


def _of_column(partial: pa.Table, column: str) -> pa.Table:
    return partial.filter(pa.array(np.array(partial[SECRET[0]].to_pylist(), dtype=object) == column, pa.bool_()))


def _persons(partial: pa.Table) -> "np.typing.NDArray[np.int64]":
    """Return the weight of each row of a partial: one person where rows are by person, else its rows."""
    if PERSON[0] in partial.column_names:
        return np.ones(partial.num_rows, dtype=np.int64)
    return np.asarray(partial[WEIGHT], dtype=np.int64)


def _in_order(values: Sequence[str | None], hierarchy: Hierarchy | None) -> list[str | None]:
    """Return values in their order: numbers and days by size, else as in the hierarchy, else by text; null last."""
    texts = [value for value in values if value is not None]
    sizes = {text: quantity_of(text) for text in texts}
    if texts and all(isinstance(size, Decimal) for size in sizes.values()):
        texts.sort(key=lambda text: (Decimal(str(sizes[text])), text))
    elif texts and all(isinstance(size, date) for size in sizes.values()):
        texts.sort(key=lambda text: (str(sizes[text]), text))
    elif hierarchy is not None:
        place = {text: at for at, text in enumerate(hierarchy.paths)}
        texts.sort(key=lambda text: (place.get(text, len(place)), text))
    else:
        texts.sort()
    return [*texts, *([None] if None in values else [])]
