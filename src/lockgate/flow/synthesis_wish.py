"""`[protect.synthesise]` of a flow file, parsed strictly into a plan and the budget that it counts against.

    [protect.synthesise]
    epsilon = 1                           and delta; or rho: what this release may cost
    delta = 1e-9
    max_rows_per_person = 5
    rows = 10_000                         rows to draw; left out: as many as there are by the noisy count
    budget = { epsilon = 3, delta = 1e-6 } the most that all releases of this account may cost; rho in place of epsilon

    [protect.synthesise.columns]
    sex = { values = ["f", "m"], missing = true }  words; `missing` allows cells without a value
    age = { low = 0, high = 120 }                  numbers; also: decimals = 2
    pay = { edges = [0, 1000, 2000, 5000, 20_000] } numbers, in cells that are declared
    job = { hierarchy = true }                     the values of the column's file in `protect.hierarchies`

What a domain holds must be known without looking at the data: what stands in it can be seen in the table.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from lockgate.flow.statistics_wish import check_keys, read_budget, read_count, read_loss, read_number
from lockgate.protect.dp.synthesis import cost_of_synthesis
from lockgate.terms.errors import InputError
from lockgate.terms.hierarchy import Hierarchy
from lockgate.terms.privacy_loss import PrivacyLoss, rho_within
from lockgate.terms.synthesis import ColumnDomain, SynthesisPlan

WISH_KEYS = ("budget", "columns", "delta", "epsilon", "max_rows_per_person", "rho", "rows")
DOMAIN_KEYS = ("decimals", "edges", "hierarchy", "high", "low", "missing", "values")

_WHERE = "[protect.synthesise]"


@dataclass(frozen=True, slots=True)
class SynthesisWish:
    """What a flow file asks for.

    Attributes:
        plan: The synthetic table; its loss is in rho.
        asked: The loss as it was written, from which rho follows.
        budget: The most that all releases of the account may cost.
    """

    plan: SynthesisPlan
    asked: PrivacyLoss
    budget: PrivacyLoss


def read_synthesis(
    table: Mapping[str, object], *, persons_repeat: bool, hierarchies: Mapping[str, Hierarchy] | None
) -> SynthesisWish:
    """Return what `[protect.synthesise]` asks for.

    Args:
        table: As TOML gives it.
        persons_repeat: Whether a person may have several rows; else every row is a person of its own.
        hierarchies: By column; None while the files have not been read: then the domains that they give are not known.

    Raises:
        InputError: If a key is unknown or missing, or a value is wrong.
    """
    check_keys(table, WISH_KEYS, _WHERE)
    most = read_count(table, "max_rows_per_person", _WHERE)
    if persons_repeat and most is None:
        raise InputError(
            f"{_WHERE} a person may have several rows, and nothing says how many of them count",
            "Set max_rows_per_person.",
        )
    rows = read_count(table, "rows", _WHERE)
    if rows == 0:
        raise InputError(f"{_WHERE} rows: expected 1 or more, found `0`", "Leave it out, or set how many rows to draw.")
    columns = table.get("columns")
    if not isinstance(columns, Mapping) or not columns:
        raise InputError(f"{_WHERE} names no column", "Declare the domain of each under [protect.synthesise.columns].")
    asked, budget = read_loss(table, _WHERE), read_budget(table, _WHERE)
    if budget.epsilon and not budget.delta:
        raise InputError(f"{_WHERE} budget: no rho is within an epsilon without a delta", "Set delta, or rho.")
    plan = SynthesisPlan(
        columns=tuple(_domain(str(name), said, hierarchies) for name, said in columns.items()),
        loss=PrivacyLoss(rho=_rho(asked)),
        max_rows=1 if not persons_repeat or most is None else most,
        rows=rows or 0,
    )
    cost_of_synthesis(plan)
    return SynthesisWish(plan, asked, budget)


def _rho(asked: PrivacyLoss) -> int:
    if asked.rho and asked.delta:
        raise InputError(f"{_WHERE} delta: rho needs none", "Leave delta out, or set epsilon in place of rho.")
    if asked.epsilon and not asked.delta:
        raise InputError(
            f"{_WHERE} epsilon without delta: the noise is Gaussian, which needs one", "Set a delta such as 1e-9."
        )
    return rho_within(asked.epsilon, asked.delta) if asked.epsilon else asked.rho


def _domain(name: str, said: object, hierarchies: Mapping[str, Hierarchy] | None) -> ColumnDomain:
    where = f"[protect.synthesise.columns] {name}"
    if not isinstance(said, Mapping):
        raise InputError(f"{where}: expected a table", 'Write NAME = { values = ["a", "b"] } or { low = 0, high = 9 }.')
    check_keys(said, DOMAIN_KEYS, where)
    of_words, of_numbers = {"values", "hierarchy"} & {*said}, {"low", "high", "edges", "decimals"} & {*said}
    if len(of_words) > 1 or (of_words and of_numbers):
        raise InputError(f"{where}: expected values, a hierarchy, or numbers", "Keep one of the three.")
    missing = said.get("missing", False)
    if not isinstance(missing, bool) or (missing and not of_words):
        raise InputError(f"{where} missing: expected true or false beside values or a hierarchy", "Mend the key.")
    if of_words:
        words = _words(name, said, where, hierarchies)
        return ColumnDomain(name, (*words, None) if missing else words)
    return ColumnDomain(
        column=name,
        low=_bound(said, "low", where),
        high=_bound(said, "high", where),
        decimals=read_count(said, "decimals", where) or 0,
        edges=_edges(said, where),
    )


def _words(
    name: str, said: Mapping[str, object], where: str, hierarchies: Mapping[str, Hierarchy] | None
) -> tuple[str, ...]:
    if "hierarchy" in said:
        if said["hierarchy"] is not True:
            raise InputError(f"{where} hierarchy: expected true", "Leave the key out, or write hierarchy = true.")
        if hierarchies is None:
            return (_NOT_READ,)
        if name not in hierarchies:
            raise InputError(f"{where}: no hierarchy file for the column", "Name its folder in protect.hierarchies.")
        return tuple(hierarchies[name].paths)
    values = said["values"]
    if not isinstance(values, list) or not values or not all(_is_word(value) for value in values):
        raise InputError(f"{where} values: expected a list of texts or whole numbers", "Put them into brackets.")
    return tuple(map(str, values))


_NOT_READ = "not read yet"
"""Stands for the values of a file while the flow file alone is looked at."""


def _is_word(value: object) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


def _bound(said: Mapping[str, object], key: str, where: str) -> Decimal | None:
    return read_number(said[key], f"{where} {key}") if key in said else None


def _edges(said: Mapping[str, object], where: str) -> tuple[Decimal, ...]:
    edges = said.get("edges", [])
    if not isinstance(edges, list):
        raise InputError(f"{where} edges: expected a list of numbers", "Put the numbers into brackets.")
    return tuple(read_number(edge, f"{where} edges") for edge in edges)
