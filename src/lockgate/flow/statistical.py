"""A release of statistics with differential privacy in place of rows: drawn, written, checked; the budget settled last.

What is checked: no group stands twice and somebody is in each that is shown, unless its key is public; counts and
figures are within what was declared, no cell holds a direct identifier, and the budget of the account holds what has
been spent. How far noise moved a number is not told, because that would tell the number; its scale stands in the plan.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from lockgate.classify.residual import residual_identifiers
from lockgate.evidence.data_hash import DataHash
from lockgate.flow.copying import MadeCopy, hash_file
from lockgate.flow.deciding import Decided
from lockgate.flow.node import Node
from lockgate.flow.protection import NumberedBatch
from lockgate.flow.statement import dataset_of
from lockgate.flow.statistics import DrawnTable, Payment, make_statistics, plan_as_json, settle
from lockgate.flow.statistics_wish import StatisticsWish, read_statistics
from lockgate.store.budget import BudgetLedger
from lockgate.tables.sink import write_table
from lockgate.tables.source import describe_files
from lockgate.terms.budget import BudgetAccount
from lockgate.terms.errors import InputError
from lockgate.terms.measure import MeasureKind
from lockgate.terms.privacy_loss import MICRO, PrivacyLoss, is_within
from lockgate.terms.protected import Plan
from lockgate.terms.statistic import StatisticKind, StatisticsPlan
from lockgate.terms.verification import Check
from lockgate.verify import report, residual
from lockgate.verify.dp import Declared, check_statistics, groups_of


@dataclass(frozen=True, slots=True)
class Statistical:
    """A table of statistics on the disk.

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


def asks_for_statistics(plan: Plan) -> bool:
    """Return whether a plan releases statistics with noise instead of rows."""
    return any(step.kind is MeasureKind.STATISTICS for step in plan.steps)


def release_statistics(
    decided: Decided,
    plan: Plan,
    node: Node,
    batches: Callable[[], Iterator[NumberedBatch]],
    place: tuple[Path, str, str, Path],
) -> Statistical:
    """Return the statistics of a flow, paid from its budget and written.

    Args:
        decided: The flow as it was decided.
        plan: It holds no other measure that changes rows.
        node: Keys, ledger, randomness.
        batches: Starts a pass over the source.
        place: Folder of the data; stem and format of the file; folder for what does not fit in memory.

    Raises:
        InputError: If other measures stand beside the statistics, or what is asked for does not fit the data.
        ReleaseRefused: If the budget does not allow it.
    """
    others = sorted({step.kind.value for step in plan.steps} - _BESIDE)
    if others:
        raise InputError(
            f"statistics are made of the source as it is; `{others[0]}` would change it first",
            "take the measure out of [protect], or release rows",
        )
    folder, stem, format_, work = place
    source, request = decided.source, decided.request
    assert source is not None
    assert request.source is not None
    wish = read_statistics(request.wish.statistics, persons_repeat=bool(decided.subject_key))
    ledger = BudgetLedger(node.home)
    files = [list(item) for item in describe_files(request.source)]
    means = (node.home.key("persons"), bool(decided.subject_key), work, node.progress)
    payment = Payment(ledger, _account(decided), node.random_bytes)
    drawn = make_statistics(wish, batches, files, payment, means)
    hashed = DataHash(source.schema)
    groups = groups_of(_hashed(batches(), hashed), wish.plan.by)
    file = write_table(folder, stem, drawn.table.to_batches(), drawn.table.schema, format_)
    measured = hash_file(file)
    seen = check_statistics(drawn.table, _declared(wish.plan), groups)
    checks = [*_checks(wish, drawn, ledger, _account(decided)), *seen]
    copy = MadeCopy(
        file=file,
        rows_in=hashed.rows,
        rows_out=measured.rows,
        source_hash=hashed.root(),
        data_hash=measured.root(),
        columns=measured.columns(),
        verification=report.in_order(checks, (), decided.subject_key or "row"),
        attacks=(),
    )
    return Statistical(replace(plan, quasi_identifiers=(), statistics=plan_as_json(wish.plan)), copy, drawn, ledger)


_BESIDE = frozenset({MeasureKind.STATISTICS.value, MeasureKind.DROP.value, "entrust", "keep-in-country"})
"""Measures that may stand beside statistics: columns that are dropped are simply not asked for."""


def _hashed(batches: Iterator[NumberedBatch], hashed: DataHash) -> Iterator[pa.RecordBatch]:
    for batch, _ in batches:
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


def _checks(wish: StatisticsWish, drawn: DrawnTable, ledger: BudgetLedger, account: BudgetAccount) -> list[Check]:
    table, found = drawn.table, ledger.spent(account)
    left: dict[str, int] = {}
    for batch in table.to_batches():
        left = residual.merge(left, residual.fold(batch, _texts(table.schema), residual_identifiers))
    checks = [report.residual_check(left)]
    name = "rho" if wish.budget.rho else "epsilon"
    spent, allowed = sum(getattr(loss, name) for loss in found), getattr(wish.budget, name)
    words = f"{name} {_units(spent)} of {_units(allowed)} is spent for these persons, this recipient and this purpose"
    is_kept = is_within(found, wish.budget)
    checks.append(Check("privacy-budget", spent / MICRO, allowed / MICRO, is_kept, words))
    groups = f"{table.num_rows} groups are shown"
    return [*checks, _cost_check(drawn.cost), Check("groups", table.num_rows, None, ok=True, meaning=groups)]


def _cost_check(cost: PrivacyLoss) -> Check:
    spent = cost.epsilon or cost.rho
    words = f"this release cost {_units(spent)}" if spent else "the same was asked before: the same table, at no cost"
    return Check("cost", spent / MICRO, None, ok=True, meaning=words)


def _units(amount: int) -> str:
    return f"{amount / MICRO:g}"


def _texts(schema: pa.Schema) -> list[str]:
    return [field.name for field in schema if pa.types.is_string(field.type)]
