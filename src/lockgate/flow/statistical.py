"""A release with differential privacy in place of rows, statistics or made-up rows: drawn, written, checked; paid last.

What is checked: no group stands twice and somebody is in each that is shown, unless its key is public; counts and
figures are within what was declared, no cell holds a direct identifier, and the budget of the account holds what has
been spent. How far noise moved a number is not told, because that would tell the number; its scale stands in the plan.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from lockgate.classify.residual import residual_identifiers
from lockgate.evidence.data_hash import DataHash
from lockgate.flow.copy_file import hash_file
from lockgate.flow.copying import MadeCopy
from lockgate.flow.deciding import Decided
from lockgate.flow.drawing import DrawnFrom, DrawnTable, Payment, settle
from lockgate.flow.node import Node
from lockgate.flow.passes import Passes
from lockgate.flow.statement import dataset_of
from lockgate.flow.statistics import make_statistics, plan_as_json
from lockgate.flow.statistics_wish import read_statistics
from lockgate.flow.synthesis_wish import read_synthesis
from lockgate.flow.synthetic import make_synthetic, synthesis_as_json
from lockgate.store.budget import BudgetLedger
from lockgate.tables.job import read_found, write_found
from lockgate.tables.read_ahead import read_ahead
from lockgate.tables.sink import write_table, written_as
from lockgate.tables.source import describe_files
from lockgate.terms.budget import BudgetAccount
from lockgate.terms.errors import InputError
from lockgate.terms.hierarchy import Hierarchy
from lockgate.terms.measure import ARRANGEMENTS, MeasureKind
from lockgate.terms.privacy_loss import MICRO, PrivacyLoss, is_within, spent_of
from lockgate.terms.protected import Plan
from lockgate.terms.statistic import StatisticKind, StatisticsPlan
from lockgate.terms.verification import Check
from lockgate.verify import report, residual
from lockgate.verify.dp import Declared, check_statistics, groups_of, merge_groups
from lockgate.verify.synthetic import check_synthetic

"""Names and hashes of the source's files, what pays, and the means of folding."""


@dataclass(frozen=True, slots=True)
class Statistical:
    """A table of statistics, or of made-up rows, on the disk.

    Attributes:
        plan: The plan, with what was asked.
        copy: The file and what was measured of it.
        drawn: What was drawn, to be settled once the release is recorded.
        ledger: Where it is settled.
    """

    plan: Plan
    copy: MadeCopy
    drawn: DrawnTable
    ledger: BudgetLedger

    def settle(self) -> None:
        """Note that the release is recorded."""
        settle(self.drawn, self.ledger)


def has_noise(plan: Plan) -> bool:
    """Return whether a plan releases statistics or made-up rows with noise instead of rows."""
    return any(step.kind in _WITH_NOISE for step in plan.steps)


def release_with_noise(
    decided: Decided,
    plan: Plan,
    node: Node,
    passes: Passes,
    place: tuple[Path, str, str, Path],
    hierarchies: Mapping[str, Hierarchy],
) -> Statistical:
    """Return the statistics or the synthetic table of a flow, paid from its budget and written.

    Args:
        decided: The flow as it was decided.
        plan: It holds no other measure that changes rows.
        node: Keys, ledger, randomness.
        passes: Over the source.
        place: Folder of the data; stem and format of the file; folder for what does not fit in memory.
        hierarchies: By column, for domains.

    Raises:
        InputError: If other measures stand beside it, or what is asked for does not fit the data.
        ReleaseRefused: If the budget does not allow it.
    """
    is_synthetic = _check_alone(plan) is MeasureKind.SYNTHESISE
    folder, stem, format_, work = place
    source, request = decided.source, decided.request
    assert source is not None
    assert request.source is not None
    ledger, account = BudgetLedger(node.home), _account(decided)
    origin = DrawnFrom(
        passes,
        [list(item) for item in describe_files(request.source)],
        Payment(ledger, account, node.random_bytes),
        node.home.key("persons"),
        bool(decided.subject_key),
        work,
        node.progress,
        passes if passes.ranges is not None else None,
    )
    hashed = DataHash(source.schema)
    made = _synthetic(decided, hierarchies, origin, hashed) if is_synthetic else _statistics(decided, origin, hashed)
    table = made.drawn.table
    file = write_table(folder, stem, table.to_batches(), table.schema, written_as(format_))
    measured = hash_file(file)
    checks = [*_checks(made, ledger.spent(account)), *made.checks]
    copy = MadeCopy(
        file=file,
        rows_in=hashed.rows,
        rows_out=measured.rows,
        source_hash=hashed.root(),
        data_hash=measured.root(),
        columns=measured.columns(),
        source_columns=hashed.columns(),
        verification=report.in_order(checks, (), decided.subject_key or "row"),
        attacks=(),
    )
    told = replace(plan, quasi_identifiers=())
    told = replace(told, synthesis=made.asked) if is_synthetic else replace(told, statistics=made.asked)
    return Statistical(told, copy, made.drawn, ledger)


class _Made(NamedTuple):
    """What was drawn, against which budget, what was seen of it, and what was asked, as a JSON object."""

    drawn: DrawnTable
    budget: PrivacyLoss
    checks: tuple[Check, ...]
    asked: dict[str, object]


def _statistics(decided: Decided, origin: DrawnFrom, hashed: DataHash) -> _Made:
    wish = read_statistics(decided.request.wish.statistics, persons_repeat=bool(decided.subject_key))
    drawn = make_statistics(wish, origin)
    groups = _read_again(origin, hashed, wish.plan.by)
    number = drawn.table.num_rows
    shown = Check("groups", number, None, ok=True, meaning=f"{number} groups are shown")
    checks = (shown, *check_statistics(drawn.table, _declared(wish.plan), groups))
    return _Made(drawn, wish.budget, checks, plan_as_json(wish.plan))


def _synthetic(decided: Decided, hierarchies: Mapping[str, Hierarchy], origin: DrawnFrom, hashed: DataHash) -> _Made:
    asked, repeat = decided.request.wish.synthesise, bool(decided.subject_key)
    wish = read_synthesis(asked, persons_repeat=repeat, hierarchies=hierarchies)
    drawn = make_synthetic(wish, origin)
    _read_again(origin, hashed, ())
    checks = check_synthetic(drawn.table, wish.plan.columns, wish.plan.rows)
    return _Made(drawn, wish.budget, checks, {**synthesis_as_json(wish.plan), "asked": wish.asked.as_json()})


def _check_alone(plan: Plan) -> MeasureKind:
    """Return the measure that draws noise.

    Raises:
        InputError: If another measure that changes rows stands beside it.
    """
    kind = next(step.kind for step in plan.steps if step.kind in _WITH_NOISE)
    others = sorted({step.kind.value for step in plan.steps} - _BESIDE - {kind.value})
    if others:
        raise InputError(
            f"{_WITH_NOISE[kind]} made of the source as it is; `{others[0]}` would change it first",
            "take the measure out of [protect], or release rows",
        )
    return kind


_WITH_NOISE = {MeasureKind.STATISTICS: "statistics are", MeasureKind.SYNTHESISE: "a synthetic table is"}

_BESIDE = frozenset({MeasureKind.DROP.value, *(kind.value for kind in ARRANGEMENTS)})
"""Measures that may stand beside it: columns that are dropped are simply not asked for."""


def _read_again(origin: DrawnFrom, hashed: DataHash, by: tuple[str, ...]) -> pa.Table:
    """Return the groups of the rows that were read, and hash these."""
    origin.progress.step("hashing what was read")
    passes = origin.passes
    if passes is None:
        return groups_of(_added((batch for batch, _ in origin.batches()), hashed), by)
    groups = []
    for part in passes.parts("hash", _HashRange(passes.for_workers(), by), origin.progress):
        left, found = read_found(part)
        hashed.join(left)
        groups.append(found)
    return merge_groups(groups, by)


@dataclass(frozen=True, slots=True)
class _HashRange:
    """Hashes the ranges of a source, and counts their groups; picklable."""

    passes: Passes
    by: tuple[str, ...]

    def __call__(self, number: int, part: Path) -> int:
        """Leave hash and groups of one range."""
        assert self.passes.ranges is not None, "who shares has ranges"
        hashed = DataHash(self.passes.source.schema)
        batches = (batch for _, batch in read_ahead(self.passes.ranges.batches(number)))
        groups = groups_of(_added(batches, hashed), self.by)
        write_found((hashed, groups), part)
        return hashed.rows


def _added(batches: Iterable[pa.RecordBatch], hashed: DataHash) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        hashed.add(batch)
        yield batch


def _declared(plan: StatisticsPlan) -> Declared:
    """Return what a plan says of its table, for whoever looks it through."""
    counts = [name for item in plan.statistics if item.kind in _COUNTED for name in item.names]
    bounds = {
        item.name: (item.low, item.high)
        for item in plan.statistics
        if item.kind in _BOUNDED and item.low is not None and item.high is not None
    }
    return Declared(plan.by, plan.keys, tuple(counts), bounds, plan.signed)


_COUNTED = (StatisticKind.COUNT, StatisticKind.PERSONS, StatisticKind.HISTOGRAM)
_BOUNDED = (StatisticKind.MEAN, StatisticKind.QUANTILE)


def _account(decided: Decided) -> BudgetAccount:
    values, request = decided.facts.values, decided.request
    recipient = str(values.get("recipient.group") or request.recipient)
    return BudgetAccount(dataset_of(decided), recipient, str(values.get("purpose.use", "")))


def _checks(made: _Made, found: Sequence[PrivacyLoss]) -> list[Check]:
    table, budget = made.drawn.table, made.budget
    left: dict[str, int] = {}
    for batch in table.to_batches():
        left = residual.merge(left, residual.fold(batch, _texts(table.schema), residual_identifiers))
    name = "rho" if budget.rho else "epsilon"
    spent, allowed = spent_of(found, budget), getattr(budget, name)
    words = f"{name} {_units(spent)} of {_units(allowed)} is spent for these persons, this recipient and this purpose"
    is_kept = is_within(found, budget)
    kept = Check("privacy-budget", spent / MICRO, allowed / MICRO, is_kept, words)
    return [report.residual_check(left), kept, _cost_check(made.drawn.cost)]


def _cost_check(cost: PrivacyLoss) -> Check:
    spent, name = (cost.epsilon, "epsilon") if cost.epsilon else (cost.rho, "rho")
    words = f"this release cost {name} {_units(spent)}"
    free = "the same was asked before: the same table, at no cost"
    return Check("cost", spent / MICRO, None, ok=True, meaning=words if spent else free)


def _units(amount: int) -> str:
    return f"{amount / MICRO:g}"


def _texts(schema: pa.Schema) -> list[str]:
    return [field.name for field in schema if pa.types.is_string(field.type)]
