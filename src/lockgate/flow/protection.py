"""A route carried out on a source: plan, fold, solve; the mapping itself happens while the copy is written."""

from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from lockgate.flow.passes import Passes
from lockgate.flow.progress import Progress
from lockgate.flow.statistics_wish import read_statistics
from lockgate.flow.synthesis_wish import read_synthesis
from lockgate.protect.pipeline import Means, Protection, make_protection
from lockgate.protect.search import Search
from lockgate.tables.hierarchy_file import read_hierarchy
from lockgate.tables.row_source import Source
from lockgate.tables.side_thread import side_threads
from lockgate.tables.spill import Spill
from lockgate.tables.table_file import read_tables, write_tables
from lockgate.terms.column import ColumnRole
from lockgate.terms.errors import InputError
from lockgate.terms.facts import Facts
from lockgate.terms.flow_request import ProtectionWish
from lockgate.terms.hierarchy import Hierarchy
from lockgate.terms.measure import Measure, MeasureKind, in_order
from lockgate.terms.privacy_model import KAnonymity
from lockgate.terms.protected import Plan


def wished_steps(wish: ProtectionWish, facts: Facts) -> tuple[Measure, ...]:
    """Return the measures that the holder takes in any case, in the order of a protection.

    Args:
        wish: From the flow file; the columns that it names exist.
        facts: The facts of the flow.

    Raises:
        InputError: If a column is dropped and released with noise.
    """
    names = [column.name for column in facts.columns]
    sizes = [model.k for model in wish.models if isinstance(model, KAnonymity)]
    size = max((wish.k, *sizes, 1 if wish.models else 0))
    traitless = [name for step in wish.cells if step.kind in _LEAVES_NO_TRAIT for name in step.columns]
    without_trait = {*wish.drop, *wish.pseudonymise, *traitless}
    quasi = wish.quasi_identifiers or tuple(
        column.name
        for column in facts.columns
        if column.role is ColumnRole.QUASI_IDENTIFIER and column.name not in without_trait
    )
    steps = (
        Measure(MeasureKind.FEWER_PERSONS, amount=wish.persons) if wish.persons else None,
        *(_step(kind, columns, names) for kind, columns in _cell_wishes(wish)),
        *wish.cells,
        Measure(MeasureKind.K_ANONYMISE, _ordered(quasi, names), size) if size and quasi else None,
        _statistics_step(wish, names),
        _synthesis_step(wish, names),
    )
    return in_order(step for step in steps if step is not None)


_FEW = 256
"""Combinations that are enough to have what solving needs loaded."""

_LABELS = {"local": "interval", "strict": "hierarchy", "global": "hierarchy"}
"""How classes are named where the flow file does not say."""

_LEAVES_NO_TRAIT = frozenset(
    {
        MeasureKind.DROP,
        MeasureKind.PSEUDONYMISE,
        MeasureKind.ENCRYPT,
        MeasureKind.TOKENISE,
        MeasureKind.REDACT,
    }
)
"""Measures after which a column says no trait any more by which a person is told apart."""


def make_plan(
    steps: tuple[Measure, ...], facts: Facts, wish: ProtectionWish, hierarchies: Mapping[str, Hierarchy]
) -> Plan:
    """Return how a route is carried out.

    Args:
        steps: Measures of the route, those taken in any case among them.
        facts: The facts of the flow before the measures.
        wish: From the flow file, for the limit of suppression.
        hierarchies: Hierarchies at hand, by column.
    """
    classes = [step for step in steps if step.kind in (MeasureKind.K_ANONYMISE, MeasureKind.AGGREGATE)]
    gone = {name for step in steps if step.kind in _LEAVES_NO_TRAIT for name in step.columns}
    quasi = tuple(
        column.name
        for column in facts.columns
        if column.role is ColumnRole.QUASI_IDENTIFIER and column.name not in gone
    )
    chosen = tuple(name for name in classes[-1].columns if name not in gone) if classes else quasi
    return Plan(
        steps=steps,
        quasi_identifiers=chosen,
        k=max((step.amount for step in classes), default=0),
        suppression_limit=wish.suppression_limit,
        hierarchies={
            **{name: f"built in: {kind}" for name, kind in wish.builtin_hierarchies.items() if name in chosen},
            **{name: "from the flow file's folder" for name in chosen if name in hierarchies},
        },
        models=wish.models,
        search=wish.search,
        labels=wish.labels or _LABELS[wish.search],
        moves=wish.moves,
        chosen=wish.chosen,
    )


def read_hierarchies(folder: str, columns: tuple[str, ...]) -> Mapping[str, Hierarchy]:
    """Return the hierarchies of a folder for some columns: files `NAME.csv` or `…_NAME.csv`.

    Raises:
        InputError: If the folder is missing, or a file is no hierarchy.
    """
    if not folder:
        return {}
    place = Path(folder)
    if not place.is_dir():
        raise InputError(f"[protect] hierarchies: no folder at `{folder}`", "mend the path")
    found = {}
    for column in columns:
        files = sorted(file for file in place.glob("*.csv") if file.stem == column or file.stem.endswith(f"_{column}"))
        if files:
            found[column] = read_hierarchy(files[0], column)
    return found


@dataclass(frozen=True, slots=True)
class _Fold:
    """Folds the ranges of a source; picklable.

    Attributes:
        protection: On its way.
        passes: Over the source.
    """

    protection: Protection
    passes: Passes

    def __call__(self, number: int, part: Path) -> int:
        """Fold one range."""
        rows = 0
        with Spill(part.parent, self.protection.fold_keys, self.protection.fold_weights, encoded=True) as spill:
            for _, batch, persons in self.passes.of_range(number, self.protection.fold_columns):
                spill.add(self.protection.fold(batch, persons))
                rows += batch.num_rows
            write_tables(part, spill.merged(in_order=False))
        return rows


def solve_protection(
    source: Source, plan: Plan, means: Means, passes: Passes, work: Path, progress: Progress
) -> Protection:
    """Return the protection of a source, ready to map rows.

    Args:
        source: The data.
        plan: What to carry out.
        means: Keys, hierarchies, recognisers.
        passes: Over the source.
        work: Where partials spill.
        progress: Told of every batch.
    """
    protection = make_protection(plan, source.schema, means)
    while protection.needs_fold:
        with Spill(work, protection.fold_keys, protection.fold_weights, encoded=True) as spill:
            for partial in _folded(protection, passes, progress):
                spill.add(partial)
            found = [spill.drain()]
        protection = protection.solve(found.pop())
    return protection


def _folded(protection: Protection, passes: Passes, progress: Progress) -> Iterator[pa.Table]:
    """Return the partials of all rows."""
    if passes.ranges is None:
        for batch, persons in passes(protection.fold_columns):
            yield protection.fold(batch, persons)
            progress.rows(batch.num_rows)
        return
    alone = without_holder(protection)
    with side_threads(1, "loading") as pool:
        loaded: Future[None] | None = None
        for part in passes.parts("fold", _Fold(alone, passes.for_workers()), progress):
            for table in read_tables(part):
                if loaded is None and pa.cpu_count() > 1 and alone.plan.search == Search.LOCAL:
                    loaded = pool.submit(_load, alone, table.slice(0, _FEW))
                yield table


def _load(protection: Protection, table: pa.Table) -> None:
    """Solve a few combinations, so that what solving needs is loaded by the time that it is asked for.

    What comes of it, an error too, is nobody's concern: a few may be impossible where all are not.
    """
    replace(protection, plan=replace(protection.plan, moves=0)).solve(table)


def without_holder(protection: Protection) -> Protection:
    """Return a protection without what only the holder's own process has: the vault, and the population."""
    return replace(protection, means=replace(protection.means, assign=None, count_population=None))


def _cell_wishes(wish: ProtectionWish) -> tuple[tuple[MeasureKind, tuple[str, ...]], ...]:
    return (
        (MeasureKind.DROP, wish.drop),
        (MeasureKind.REDACT, wish.redact),
        (MeasureKind.PSEUDONYMISE, wish.pseudonymise),
    )


def _step(kind: MeasureKind, columns: tuple[str, ...], names: list[str]) -> Measure | None:
    return Measure(kind, _ordered(columns, names)) if columns else None


def _statistics_step(wish: ProtectionWish, names: list[str]) -> Measure | None:
    """The step that releases statistics of some columns and nothing else."""
    if not wish.statistics:
        return None
    plan = read_statistics(wish.statistics, persons_repeat=False).plan
    columns = tuple(dict.fromkeys((*plan.by, *(item.column for item in plan.statistics if item.column))))
    _check_columns("[protect.statistics]", columns, wish)
    return Measure(MeasureKind.STATISTICS, _ordered(columns, names))


def _synthesis_step(wish: ProtectionWish, names: list[str]) -> Measure | None:
    """The step that releases made-up rows of some columns and nothing else."""
    if not wish.synthesise:
        return None
    plan = read_synthesis(wish.synthesise, persons_repeat=False, hierarchies=None).plan
    columns = tuple(domain.column for domain in plan.columns)
    _check_columns("[protect.synthesise]", columns, wish)
    return Measure(MeasureKind.SYNTHESISE, _ordered(columns, names))


def _check_columns(where: str, columns: tuple[str, ...], wish: ProtectionWish) -> None:
    """Refuse columns that are dropped: the decision would not know of them."""
    dropped = {*wish.drop, *(name for step in wish.cells if step.kind is MeasureKind.DROP for name in step.columns)}
    for name in columns:
        if name in dropped:
            raise InputError(f"{where} names the column `{name}`, which is dropped", "take it out of one of the two")


def _ordered(columns: tuple[str, ...], names: list[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name in columns)
