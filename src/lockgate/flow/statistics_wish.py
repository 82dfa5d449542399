"""`[protect.statistics]` of a flow file, parsed strictly into a plan and the budget that it counts against.

    [protect.statistics]
    by = ["region"]                     columns that make the groups; left out: one group of all
    keys = { region = ["n", "s"] }      public keys; left out: groups are hidden behind a threshold, which needs delta
    epsilon = 0.5                       or rho; what this release may cost
    delta = 1e-9
    max_rows_per_person = 5
    max_groups_per_person = 2
    signed = false                        whether noisy counts may be shown below 0
    budget = { epsilon = 3, delta = 1e-6 } the most that all releases of this account may cost; rho in place of epsilon

    [[protect.statistics.ask]]
    statistic = "sum"                     count, persons, sum, mean, quantile, histogram
    column = "income"
    low = 0
    high = 100_000
    decimals = 2                          also: quantile = 0.5, edges = [0, 10, 20], weight = 1

Numbers are taken as they are written: 0.1 is a tenth, not the nearest double.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches

from lockgate.protect.dp.plan import check_plan
from lockgate.terms.errors import InputError
from lockgate.terms.privacy_loss import DELTA_UNITS, LARGEST_DELTA, MICRO, PrivacyLoss, units_of
from lockgate.terms.statistic import Statistic, StatisticKind, StatisticsPlan

WISH_KEYS = (
    "ask",
    "budget",
    "by",
    "delta",
    "epsilon",
    "keys",
    "max_groups_per_person",
    "max_rows_per_person",
    "rho",
    "signed",
)
ASK_KEYS = ("column", "decimals", "edges", "high", "low", "quantile", "statistic", "weight")
BUDGET_KEYS = ("delta", "epsilon", "rho")

_WHERE = "[protect.statistics]"


@dataclass(frozen=True, slots=True)
class StatisticsWish:
    """What a flow file asks for.

    Attributes:
        plan: The statistics.
        budget: The most that all releases of the account may cost.
    """

    plan: StatisticsPlan
    budget: PrivacyLoss


def read_statistics(table: Mapping[str, object], *, persons_repeat: bool) -> StatisticsWish:
    """Return what `[protect.statistics]` asks for.

    Args:
        table: As TOML gives it.
        persons_repeat: Whether a person may have several rows; else every row is a person of its own, and the
            bounds of what a person contributes are 1.

    Raises:
        InputError: If a key is unknown or missing, or a value is wrong.
    """
    check_keys(table, WISH_KEYS, _WHERE)
    by = _words(table.get("by", []), "by")
    most = [read_count(table, name, _WHERE) for name in ("max_rows_per_person", "max_groups_per_person")]
    if persons_repeat and None in most:
        raise InputError(
            f"{_WHERE} a person may have several rows, and nothing says how many of them count",
            "Set max_rows_per_person and max_groups_per_person.",
        )
    rows, groups = (number or 1 for number in most) if persons_repeat else (1, 1)
    signed = table.get("signed", False)
    if not isinstance(signed, bool):
        raise InputError(f"{_WHERE} signed: expected true or false, found `{signed}`", "Mend the value.")
    asked = table.get("ask", [])
    if not isinstance(asked, list) or not asked:
        raise InputError(f"{_WHERE} asks for no statistic", "Add one under [[protect.statistics.ask]].")
    plan = StatisticsPlan(
        statistics=tuple(_statistic(item, number) for number, item in enumerate(asked, start=1)),
        loss=read_loss(table, _WHERE),
        by=by,
        keys=_keys(table.get("keys", {}), by),
        max_rows=rows,
        max_groups=groups,
        signed=signed,
    )
    check_plan(plan)
    return StatisticsWish(plan, read_budget(table, _WHERE))


def read_loss(table: Mapping[str, object], where: str) -> PrivacyLoss:
    """Return the privacy loss that a table names by epsilon or rho, and delta.

    Raises:
        InputError: If it names none or both, or a number is wrong.
    """
    if ("epsilon" in table) == ("rho" in table):
        raise InputError(f"{where} expected either epsilon or rho", "Set one of the two, such as epsilon = 1.")
    epsilon, rho = (_units(table.get(name, 0), f"{where} {name}", MICRO) for name in ("epsilon", "rho"))
    if not epsilon + rho:
        name = "epsilon" if "epsilon" in table else "rho"
        raise InputError(f"{where} {name}: expected a number above 0, found `{table[name]}`", "Set one such as 1.")
    delta = _units(table.get("delta", 0), f"{where} delta", DELTA_UNITS)
    if delta > LARGEST_DELTA:
        raise InputError(
            f"{where} delta: expected at most 0.001, the chance that nothing protects, found `{table['delta']}`",
            "Set a delta far below one over the number of persons, such as 1e-9.",
        )
    return PrivacyLoss(epsilon, rho, delta)


def read_budget(table: Mapping[str, object], where: str) -> PrivacyLoss:
    """Return the budget that a table names.

    Raises:
        InputError: If it names none, or a number is wrong.
    """
    budget = table.get("budget")
    if not isinstance(budget, Mapping):
        raise InputError(
            f"{where} names no budget: without one every release could be repeated until nothing is protected",
            "Set budget, such as budget = { epsilon = 3, delta = 1e-6 }.",
        )
    check_keys(budget, BUDGET_KEYS, f"{where} budget")
    return read_loss(budget, f"{where} budget")


def _statistic(item: object, number: int) -> Statistic:
    where = f"[[protect.statistics.ask]] {number}"
    if not isinstance(item, Mapping):
        raise InputError(f"{where}: expected a table", "Head each statistic by [[protect.statistics.ask]].")
    check_keys(item, ASK_KEYS, where)
    word = item.get("statistic")
    kinds = [kind.value for kind in StatisticKind]
    if word not in kinds:
        raise InputError(f"{where}: expected one of {', '.join(kinds)}, found `{word}`", "Name one of them.")
    column = item.get("column", "")
    if not isinstance(column, str):
        raise InputError(f"{where} column: expected a text, found `{column}`", "Name a column.")
    edges = item.get("edges", [])
    if not isinstance(edges, list):
        raise InputError(f"{where} edges: expected a list of numbers", "Put the numbers into brackets.")
    weight, decimals = read_count(item, "weight", where), read_count(item, "decimals", where)
    return Statistic(
        kind=StatisticKind(word),
        column=column,
        low=read_number(item["low"], f"{where} low") if "low" in item else None,
        high=read_number(item["high"], f"{where} high") if "high" in item else None,
        decimals=decimals or 0,
        quantile=read_number(item["quantile"], f"{where} quantile") if "quantile" in item else None,
        edges=tuple(read_number(edge, f"{where} edges") for edge in edges),
        weight=1 if weight is None else weight,
    )


def _keys(value: object, by: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    if not isinstance(value, Mapping):
        raise InputError(f"{_WHERE} keys: expected a table of lists by column", "Write keys = { NAME = [...] }.")
    check_keys(value, by, f"{_WHERE} keys")
    if not value:
        return ()
    missing = [name for name in by if name not in value]
    if missing:
        raise InputError(f"{_WHERE} keys: no public keys for column `{missing[0]}`", "List them, or none at all.")
    return tuple(_words(value[name], f"keys of `{name}`") for name in by)


def check_keys(table: Mapping[str, object], keys: tuple[str, ...], where: str) -> None:
    """Refuse a key that is not among those known, naming the nearest.

    Raises:
        InputError: If there is one.
    """
    for key in table:
        if key not in keys:
            near = get_close_matches(key, keys, 1)
            hint = f"did you mean `{near[0]}`?" if near else f"keys are: {', '.join(keys) or 'none'}"
            raise InputError(f"{where} unknown key `{key}`", hint)


def _words(value: object, name: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise InputError(f"{_WHERE} {name}: expected a list of texts in brackets", "Put the texts into brackets.")
    return tuple(value)


def read_count(table: Mapping[str, object], name: str, where: str) -> int | None:
    """Return the whole number of a key, 0 or more; None if it is not there.

    Raises:
        InputError: If it is no whole number.
    """
    value = table.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise InputError(f"{where} {name}: expected a whole number, found `{value}`", "Mend the number.")
    return value


def read_number(value: object, where: str) -> Decimal:
    """Return a number as it is written.

    Raises:
        InputError: If it is none.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise InputError(f"{where}: expected a number, found `{value}`", "Write a number.")
    try:
        return Decimal(str(value))  # the shortest digits of a double are those that were written
    except InvalidOperation as error:
        raise InputError(f"{where}: expected a number, found `{value}`", "Write a number.") from error


_MOST = 1000
"""The greatest privacy loss that is counted; it protects nothing any more."""


def _units(value: object, where: str, units: int) -> int:
    try:
        number = read_number(value, where)
        if not number.is_finite() or not 0 <= number <= _MOST:
            raise InputError(f"{where}: expected a number from 0 to {_MOST}, found `{value}`", "Set one in that range.")
        return units_of(number, units)
    except ValueError as error:
        least = "a millionth" if units == MICRO else "1e-15"
        raise InputError(
            f"{where}: expected 0 to {_MOST} in steps of {least}, found `{value}`", "Round the number."
        ) from error
