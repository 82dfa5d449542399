"""Second releases of the same table: how many persons stand out when both are laid side by side; what nesting costs.

`python benchmarks/composition.py FOLDER`, where the folder holds `adult.csv` and its hierarchy files. Nothing is drawn
at random: the pairs are listed below. For each pair the first release is made as it would be alone, the second one
alone (what everybody does) and nested. Printed for each: the share of persons of whom fewer candidates remain than the
smaller k of the two, alone and nested; loss alone and nested and their ratio; and the *least ratio*, below which no
second release can come whatever makes it: a class of the first one with fewer than twice k persons cannot be parted, so
its persons get one label for each column, at least as wide as they lie apart.

A pair is *compatible* if the least ratio is at most 1.3. Candidates are counted here anew from the released labels, by
sorting, not by the code under test.
"""

import argparse
import csv
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
import pyarrow as pa

from lockgate.flow.protection import read_hierarchies
from lockgate.protect import combinations, kanonymity, nesting
from lockgate.protect.codes import codes_of
from lockgate.protect.domain_choice import Labels, Vocabulary, choose_domain
from lockgate.protect.kanonymity import Question
from lockgate.protect.nested_items import Family
from lockgate.protect.search import Search
from lockgate.protect.sensitive_values import sensitive_columns
from lockgate.terms.hierarchy import Hierarchy
from lockgate.terms.privacy_model import (
    BetaLikeness,
    DistinctDiversity,
    EntropyDiversity,
    PrivacyModel,
    RecursiveDiversity,
    TCloseness,
)
from lockgate.verify.composition import Membership, compose, join

GOAL = 1.3

Ints = np.ndarray


@dataclass(frozen=True)
class Asked:
    """The settings of one release."""

    columns: tuple[str, ...]
    k: int
    labels: Labels = Labels.INTERVAL
    models: tuple[PrivacyModel, ...] = ()
    moves: int = 0
    search: Search = Search.LOCAL

    def __str__(self) -> str:
        further = [str(model) for model in self.models] + ([f"{self.moves} moves"] if self.moves else [])
        further += [str(self.search)] if self.search is not Search.LOCAL else []
        return ", ".join([f"{len(self.columns)} columns", f"k={self.k}", str(self.labels), *further])

    @property
    def folded(self) -> list[str]:
        """All columns that are looked at."""
        return list(dict.fromkeys((*self.columns, *sensitive_columns(self.models))))


class Bench:
    """One table and what is asked of it."""

    def __init__(self, folder: Path) -> None:
        with (folder / "adult.csv").open(encoding="utf-8", newline="") as lines:
            delimiter = ";" if ";" in lines.readline() else ","
            lines.seek(0)
            rows = list(csv.DictReader(lines, delimiter=delimiter))
        self.columns = tuple(rows[0])
        self.batch = pa.RecordBatch.from_pydict({name: [row[name] for row in rows] for name in self.columns})
        self.hierarchies = read_hierarchies(str(folder), self.columns)
        self.links = np.arange(len(rows), dtype=np.uint64)
        self.ones = np.ones(len(rows), dtype=np.int64)

    def question(self, asked: Asked) -> Question:
        """What is asked, in the words of `protect`."""
        known: dict[str, Hierarchy] = {name: self.hierarchies[name] for name in asked.columns}
        return Question(
            asked.columns,
            asked.k,
            known,
            0.0 if asked.search is Search.GLOBAL else 1.0,
            search=asked.search,
            vocabulary=Vocabulary(asked.labels),
            moves=asked.moves,
            models=asked.models,
        )

    def alone(self, asked: Asked) -> tuple[Ints, float]:
        """The class of each row, and the loss, of a release for itself."""
        question = self.question(asked)
        recoding = kanonymity.solve(combinations.fold(self.batch, asked.folded, None), question)
        classes = kanonymity.classes_of(self.batch, recoding)
        released = kanonymity.relabel(self.batch, recoding, classes)
        return self.read(released, np.flatnonzero(classes >= 0), asked.columns), recoding.loss

    def nested(self, asked: Asked, earlier: Sequence[Membership]) -> tuple[Ints, float]:
        """The same of a release that is nested in earlier ones."""
        units = join(earlier)
        unit = units.units_of(self.links)
        family = Family(min(units.least, asked.k), units.absent(self.links, self.ones))
        folded = nesting.fold(self.batch, asked.folded, [unit], None)
        solved = nesting.solve(folded, self.question(asked), [family])
        released, kept = nesting.apply(self.batch, solved, [unit])
        return self.read(released, kept, asked.columns), solved.recoding.loss

    def read(self, released: pa.RecordBatch, kept: Ints, columns: Sequence[str]) -> Ints:
        """The class of each row as its labels tell it; -1 where it is not shown."""
        classes = np.full(len(self.links), -1)
        texts = [released.column(name).to_pylist() for name in columns]
        known: dict[tuple[object, ...], int] = {}
        classes[kept] = [known.setdefault(labels, len(known)) for labels in zip(*texts, strict=True)]
        return classes

    def least_kept(self, asked: Asked, classes: Ints) -> int:
        """The classes that do not keep a model, counted from the rows."""
        failing = 0
        for model in asked.models:
            secret = codes_of(self.batch.column(model.column), self.batch.column(model.column).unique())
            counts = np.zeros((int(classes.max()) + 1, int(secret.max()) + 1))
            np.add.at(counts, (classes[classes >= 0], secret[classes >= 0]), 1)
            failing += sum(not is_kept(model, own, np.bincount(secret)) for own in counts)
        return failing

    def membership(self, asked: Asked, classes: Ints) -> Membership:
        """A release as it is kept."""
        return Membership(str(asked), asked.k, self.links, classes, self.ones)

    def least_loss(self, asked: Asked, classes: Ints, k: int) -> float:
        """What a second release loses at least: one label for each class of the first that cannot be parted."""
        sizes = np.bincount(classes[classes >= 0], minlength=1)
        whole = (classes >= 0) & (sizes[classes] < 2 * k)
        total = 0.0
        if not whole.any():
            return total
        for name in asked.columns:
            column = self.batch.column(name)
            hierarchy = self.hierarchies[name]
            order, domain = choose_domain(
                name, column.unique().to_pylist(), hierarchy, Vocabulary(asked.labels), generalised=False
            )
            code = codes_of(column, pa.array(order, pa.string()))[whole]
            group = np.unique(classes[whole], return_inverse=True)[1]
            pairs = np.unique(group * len(order) + code)
            start = np.flatnonzero(np.diff(pairs // len(order), prepend=-1))
            end = np.append(start[1:], len(pairs)) - 1
            value = pairs % len(order)
            total += float(domain.cost(value[start], value[end], end - start + 1) @ np.bincount(group))
        return total / (len(self.links) * len(asked.columns))


def is_kept(model: PrivacyModel, counts: Ints, table: Ints) -> bool:
    """Whether a class keeps a model, by its definition."""
    falling, shares, whole = np.sort(counts)[::-1], counts / counts.sum(), table / table.sum()
    match model:
        case DistinctDiversity():
            return int((counts > 0).sum()) >= model.l
        case EntropyDiversity():
            return float(-(shares[shares > 0] * np.log(shares[shares > 0])).sum()) >= np.log(model.l) - 1e-6
        case RecursiveDiversity():
            return bool(falling[0] < model.c * falling[model.l - 1 :].sum())
        case TCloseness():
            return bool(np.abs(shares - whole).sum() / 2 <= model.t + 1e-6)
        case BetaLikeness():
            return bool((shares <= (1 + model.beta) * whole + 1e-6).all())
    raise AssertionError(model)


def below(k: int, *releases: Ints) -> float:
    """The share of persons of whom fewer than k candidates remain."""
    number = np.unique(np.stack(releases), axis=1, return_inverse=True)[1]
    shown = (np.stack(releases) >= 0).any(axis=0)
    sizes = np.bincount(number[shown], minlength=int(number.max()) + 1)
    return float((sizes[number[shown]] < k).mean())


def pairs_of(columns: tuple[str, ...]) -> Iterator[tuple[str, Asked, Asked]]:
    """The pairs, by kind."""
    for one, other in ((5, 10), (5, 20), (5, 50), (10, 5), (20, 5), (50, 5), (10, 20), (5, 7), (10, 3), (20, 50)):
        for labels in Labels:
            yield "another k", Asked(columns, one, labels), Asked(columns, other, labels)
    for before, after, k in product(Labels, Labels, (5, 10)):
        if before is not after:
            yield "other labels", Asked(columns, 5, before), Asked(columns, k, after)
    yield from _other_columns(columns)
    yield from _models(tuple(name for name in columns if name != "occupation"))
    for one, other in ((5, 10), (5, 5), (10, 5), (20, 10)):
        yield "moves", Asked(columns, one), Asked(columns, other, moves=5_000)
    for search, one, other in product((Search.STRICT, Search.GLOBAL), (5, 10), (5, 10)):
        own = (
            Asked(columns, one, Labels.HIERARCHY, search=search),
            Asked(columns, other, Labels.HIERARCHY, search=search),
        )
        yield f"{search} search", *own


def _models(columns: tuple[str, ...]) -> Iterator[tuple[str, Asked, Asked]]:
    models: tuple[PrivacyModel, ...] = (
        DistinctDiversity("occupation", 3),
        EntropyDiversity("occupation", 3.0),
        RecursiveDiversity("occupation", 3, 4.0),
        TCloseness("occupation", 0.4),
        BetaLikeness("occupation", 4.0),
    )
    for model in models:
        asked = Asked(columns, 5, models=(model,))
        yield "a model", Asked(columns, 5), asked
        yield "a model", asked, Asked(columns, 10, models=(model,))
        yield "a model", asked, Asked(columns[:6], 5, models=(model,))
        yield "a model, moves", Asked(columns, 5), Asked(columns, 5, models=(model,), moves=5_000)


def _other_columns(columns: tuple[str, ...]) -> Iterator[tuple[str, Asked, Asked]]:
    first, doubled = Asked(columns, 5), columns + columns
    for left_out in columns:
        yield "eight of nine columns", first, Asked(tuple(name for name in columns if name != left_out), 5)
    for start in range(0, len(columns), 2):
        chosen = doubled[start : start + 6]
        yield "six of nine columns", first, Asked(tuple(name for name in columns if name in chosen), 5)
    for start in range(0, len(columns), 3):
        yield "three of nine columns", first, Asked(columns[start : start + 3], 5)
        yield "columns unlike the first", Asked(columns[start : start + 3], 5), first


def run_pairs(bench: Bench) -> None:
    """Print every pair, and the bars."""
    table: dict[str, list[tuple[float, float, float, float]]] = defaultdict(list)
    for kind, one, other in pairs_of(bench.columns):
        first, _ = bench.alone(one)
        second, loss = bench.alone(other)
        least = min(one.k, other.k)
        start = time.process_time()
        nested, nested_loss = bench.nested(other, [bench.membership(one, first)])
        seconds = time.process_time() - start
        bound = bench.least_loss(other, first, least) / loss if loss else 1.0
        ratio = nested_loss / loss if loss else 1.0
        naive, kept = below(least, first, second), below(least, first, nested)
        assert compose(
            join([bench.membership(one, first)]), bench.membership(other, nested), by_content=False
        ).below == round(kept * len(bench.links))
        assert not bench.least_kept(other, nested)
        table[kind].append((naive, kept, bound, ratio))
        print(
            f"{kind}: {one} -> {other}: below k {naive:.1%} alone, {kept:.1%} nested; "
            f"loss {loss:.4f} alone, {nested_loss:.4f} nested, ratio {ratio:.2f} (least {bound:.2f}); {seconds:.1f} s",
            flush=True,
        )
    print("\n| kind | pairs | below k, alone | below k, nested | compatible | of these at <= 1.3 | median ratio |")
    every: list[tuple[float, float, float, float]] = []
    for kind, rows in [*table.items(), ("all", every)]:
        every += rows if kind != "all" else []
        fitting = [row for row in rows if row[2] <= GOAL]
        made = sum(row[3] <= GOAL for row in fitting)
        middle = float(np.median([row[3] for row in rows]))
        naive, kept = (float(np.mean([row[at] for row in rows])) for at in (0, 1))
        print(f"| {kind} | {len(rows)} | {naive:.1%} | {kept:.1%} | {len(fitting)} | {made} | {middle:.2f} |")


def run_chain(bench: Bench) -> None:
    """Print what remains after three and four releases."""
    chain = [
        Asked(bench.columns, 5),
        Asked(bench.columns, 10),
        Asked(bench.columns[:7], 5),
        Asked(bench.columns[2:], 8, Labels.SET),
    ]
    alone = [bench.alone(asked)[0] for asked in chain]
    nested, kept = [alone[0]], [bench.membership(chain[0], alone[0])]
    for asked in chain[1:]:
        classes, _ = bench.nested(asked, kept)
        nested.append(classes)
        kept.append(bench.membership(asked, classes))
    for count in (2, 3, 4):
        print(f"{count} releases: below 5 {below(5, *alone[:count]):.1%} alone, {below(5, *nested[:count]):.1%} nested")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    bench_ = Bench(parser.parse_args().folder)
    run_chain(bench_)
    run_pairs(bench_)
