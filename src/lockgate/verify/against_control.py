"""What a copy tells of the people in it that it does not tell of anybody: the same attacks on members and on a control.

Members are people whose rows the copy was made from; the control are people like them whose rows it was not made from.
What works as well on the control is knowledge about the world, not about the members. An attack succeeds by as much as
its success on members exceeds its baseline; intervals are Wilson's at 95 %, over the members tried.

* nearest-record: the share of members to whom a released row is nearer than to all but 5 % of the control (distance to
  closest record). Baseline 5 %.
* distance-ratio: the same with the distance to the nearest row over that to the second nearest. Baseline 5 %.
* membership: the attacker says "in the copy" of who has a row nearer than a threshold. The threshold is learnt on one
  half of both groups, the success is the mean of both hit rates on the other half. Baseline one half.
* attribute: the attacker guesses the commonest sensitive value among the rows nearest to the person. Numbers of many
  values are guessed in tenths. Baseline: the same attack on the control.
* singling-out: the attacker forms a statement that is true of exactly one released row, in one column (an extreme or a
  value that comes once) or in some columns (a row's own values). Success: the share of statements that are true of
  exactly one member. Baseline: of exactly one of as many people of the control.

All people are tried where few are; else some, chosen by a seed. Sources: Yeom et al., "Privacy risk in machine
learning", 2018; Giomi et al., "A unified framework for quantifying privacy risk in synthetic data", 2023; Article 29
Working Party, opinion 05/2014.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lockgate.terms.verification import Attack
from lockgate.verify.classes import Floats
from lockgate.verify.figures import Reading
from lockgate.verify.intervals import wilson
from lockgate.verify.keyed_choice import choose
from lockgate.verify.nearest import Candidates, Nearest, as_texts, find_nearest, make_candidates
from lockgate.verify.statements import single_out

_TRIED = 1000
_LEAST_TRIED = 50
_WORK = 1 << 28
"""Distances that are computed for each group of people at most."""

_SHARE = 0.05
_BANDS = 10
_MANY = 20
_GUESSES = 256


@dataclass(frozen=True, slots=True, eq=False)
class Knowledge:
    """What the attacker has, and what is to be learnt.

    Attributes:
        released: The copy.
        columns: Columns that the attacker knows of people, and that the copy has.
        sensitive: Columns of the copy that the attacker wants to learn.
        reading: How released cells are to be read.
        seed: Of the choice of people and statements; protects nobody.
    """

    released: pa.Table
    columns: tuple[str, ...]
    sensitive: tuple[str, ...]
    reading: Reading
    seed: bytes = b""


def solve(knowledge: Knowledge, members: pa.Table, control: pa.Table) -> tuple[Attack, ...]:
    """Return how far the attacks come on members beyond a control.

    Args:
        knowledge: What the attacker has.
        members: People whose rows the copy was made from, with the columns of the knowledge; sensitive columns that
            they have not are not attacked.
        control: People whose rows it was not made from, likewise.
    """
    candidates = make_candidates(knowledge.released, knowledge.columns)
    most = min(_TRIED, max(_LEAST_TRIED, _WORK // max(len(candidates.weight) * len(knowledge.columns), 1)))
    inside = members.take(choose(knowledge.seed, "members", members.num_rows, most))
    outside = control.take(choose(knowledge.seed, "control", control.num_rows, most))
    if not (inside.num_rows and outside.num_rows and knowledge.released.num_rows):
        return ()
    near = _nearest(knowledge, candidates, inside), _nearest(knowledge, candidates, outside)
    attacks = [
        _closer("nearest-record", near[0].distance, near[1].distance, "has a released row nearer than"),
        _closer(
            "distance-ratio", _ratio(near[0]), _ratio(near[1]), "stands nearer to one row than to the next, unlike"
        ),
        _membership(near[0].distance, near[1].distance, knowledge.seed),
    ]
    attacks += [
        _attribute(knowledge, candidates, name, inside, outside)
        for name in knowledge.sensitive
        if name in members.column_names and name in control.column_names
    ]
    size = min(members.num_rows, control.num_rows)
    people = tuple(
        as_texts(group.take(choose(knowledge.seed, label, group.num_rows, size)), knowledge.columns)
        for group, label in ((members, "singled-members"), (control, "singled-control"))
    )
    released = as_texts(knowledge.released, knowledge.columns)
    for is_wide in (False, True):
        attacks.append(_singling_out(released, people, knowledge, is_wide=is_wide))
    return tuple(attacks)


def _nearest(knowledge: Knowledge, candidates: Candidates, people: pa.Table) -> Nearest:
    return find_nearest(as_texts(people, knowledge.columns), candidates, knowledge.reading)


def _ratio(near: Nearest) -> Floats:
    return near.distance / np.maximum(near.second, 1e-12)


def _closer(name: str, inside: Floats, outside: Floats, how: str) -> Attack:
    """Return the share of members below what only 5 % of the control are; ties count by the chance to fall below."""
    bound = float(np.quantile(outside, _SHARE, method="lower"))
    below, equal = float(np.mean(outside < bound)), float(np.mean(outside == bound))
    part = (_SHARE - below) / equal if equal else 0.0
    hits = float(np.count_nonzero(inside < bound)) + part * float(np.count_nonzero(inside == bound))
    success = hits / len(inside)
    means = (
        f"of the people whose data the copy was made from, {success:.2%} {how} 95 % of people who are not in it; "
        f"{_SHARE:.0%} would if the copy told nothing of them"
    )
    return Attack(name, success, _SHARE, wilson(hits, len(inside)), means)


def _membership(inside: Floats, outside: Floats, seed: bytes) -> Attack:
    halves = []
    for label, distance in (("in", inside), ("out", outside)):
        chosen = np.zeros(len(distance), dtype=np.bool_)
        chosen[choose(seed, f"half-{label}", len(distance), len(distance) // 2)] = True
        halves.append((distance[chosen], distance[~chosen]))
    (learn_in, try_in), (learn_out, try_out) = halves
    bounds = np.unique(np.concatenate([learn_in, learn_out, [-1.0]]))
    gain = np.searchsorted(np.sort(learn_in), bounds, side="right") / max(len(learn_in), 1)
    gain = gain - np.searchsorted(np.sort(learn_out), bounds, side="right") / max(len(learn_out), 1)
    bound = float(bounds[int(gain.argmax())])
    right = (float(np.mean(try_in <= bound)), float(np.mean(try_out > bound)))
    success = sum(right) / 2
    trials = 2 * min(len(try_in), len(try_out))
    means = f"who asks whether a person is in the copy at all is right in {success:.2%} of the cases, guessing in 50 %"
    return Attack("membership", success, 0.5, wilson(success * trials, trials), means)


def _attribute(knowledge: Knowledge, candidates: Candidates, name: str, inside: pa.Table, outside: pa.Table) -> Attack:
    texts = [as_texts(table, [name])[name] for table in (knowledge.released, inside, outside)]
    released, mine, others = _banded([column.to_pylist() for column in texts])
    values, count = np.unique(released, return_counts=True)
    values = values[np.argsort(-count, kind="stable")][:_GUESSES]
    place = {value: at for at, value in enumerate(values.tolist())}
    code = np.array([place.get(value, -1) for value in released.tolist()], dtype=np.int64)
    kept = code >= 0
    cells = np.bincount(
        candidates.number[kept] * len(values) + code[kept], minlength=len(candidates.weight) * len(values)
    )
    groups = cells.reshape(-1, len(values)).astype(np.float64)
    hits = []
    for people, truth in ((inside, mine), (outside, others)):
        near = find_nearest(as_texts(people, knowledge.columns), candidates, knowledge.reading, groups=groups)
        hits.append(np.array([values[at] == one for at, one in zip(near.votes.argmax(axis=1), truth, strict=True)]))
    success, baseline = float(hits[0].mean()), float(hits[1].mean())
    usual = float(np.mean(mine == values[0]))
    means = (
        f"who knows a person's {', '.join(knowledge.columns)} guesses `{name}` right in {success:.2%} of the cases; "
        f"of people who are not in the copy in {baseline:.2%}, and who always says the commonest value in {usual:.2%}"
    )
    return Attack(f"attribute:{name}", success, baseline, wilson(int(hits[0].sum()), len(hits[0])), means)


def _banded(columns: Sequence[list[str | None]]) -> list["np.typing.NDArray[np.object_]"]:
    """Return values of three tables; numbers of many values as the tenth of the first table that they fall into."""
    plain = [np.array(["" if value is None else value for value in column], dtype=object) for column in columns]
    if len(set(plain[0].tolist())) <= _MANY:
        return plain
    try:
        numbers = [np.asarray(pc.cast(pa.array(column), pa.float64()), dtype=np.float64) for column in columns]
    except pa.ArrowInvalid:
        return plain
    edges = np.unique(np.nanquantile(numbers[0], np.arange(1, _BANDS) / _BANDS))
    return [
        np.array(["" if np.isnan(one) else f"band {int(np.searchsorted(edges, one))}" for one in each], dtype=object)
        for each in numbers
    ]


def _singling_out(released: pa.Table, people: tuple[pa.Table, ...], knowledge: Knowledge, *, is_wide: bool) -> Attack:
    counts = single_out(released, people, knowledge.reading, knowledge.seed, is_wide=is_wide)
    trials = len(counts[0])
    right: list[int] = [int(np.count_nonzero(one == 1)) for one in counts]
    success, baseline = (each / trials if trials else 0.0 for each in right)
    name = "singling-out:some-columns" if is_wide else "singling-out:one-column"
    means = (
        f"of {trials} statements that are true of exactly one released row, {success:.2%} are true of exactly one of "
        f"the people in the copy, and {baseline:.2%} of exactly one of as many who are not"
    )
    if not trials:
        return Attack(name, 0.0, 0.0, (0.0, 0.0), "no statement is true of exactly one released row")
    return Attack(name, success, baseline, wilson(right[0], trials), means)
