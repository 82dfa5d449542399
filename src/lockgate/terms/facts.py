"""The facts of one flow, after the flow file and the scan have been reconciled: what articles read.

Not the flow file (`flow_request`) and not the scan (`classification`); `flow` makes facts of both, the stricter wins.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType

from lockgate.terms.category import IMPERSONAL, Category
from lockgate.terms.column import ColumnRole, Treatment

FactValue = bool | int | str | tuple[str, ...]
"""A known fact: a flag, a count, a word or a place, or a complete list of words or places."""


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """One column as articles see it.

    Attributes:
        name: Column name.
        category: What it is about.
        role: What it gives away.
        type: Recognised type, such as `cn-resident-id`; empty if only declared or not recognised.
        necessary: Whether the purpose needs it; None if not said.
        treatment: What the measures of the route do to it.
        sensitive_in: Jurisdictions whose law lists the category as sensitive or special, sorted.
    """

    name: str
    category: Category
    role: ColumnRole
    type: str = ""
    necessary: bool | None = None
    treatment: Treatment = Treatment.NONE
    sensitive_in: tuple[str, ...] = ()

    @property
    def is_personal(self) -> bool:
        """Whether the column is about single persons."""
        return self.category not in IMPERSONAL and self.treatment is not Treatment.AGGREGATED


@dataclass(frozen=True, slots=True)
class Safeguard:
    """What the flow file says of one safeguard.

    Attributes:
        done: Days by what was done on them: `on` for a plain date, else `signed`, `filed`, `issued`, `passed`.
        denied: Whether the file says that it is not done.
    """

    done: Mapping[str, date] = field(default_factory=lambda: MappingProxyType({}))
    denied: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known of one flow.

    Attributes:
        as_of: The law of this day decides.
        values: Known facts by name (`lockgate.terms.fact`); a name left out is unknown.
        columns: The columns that move, in the order of the source.
        safeguards: What was done, by duty or paper; a name left out is unknown.
        roles_unknown: Roles of which nothing is known, by `holder` or `recipient`, beside a complete list of others.
        k: The least number of persons that share every released combination, if a route fixes one; 0 if none does.
        personal_columns: The columns of single persons that move.
    """

    as_of: date
    values: Mapping[str, FactValue]
    columns: tuple[ColumnFacts, ...]
    safeguards: Mapping[str, Safeguard]
    roles_unknown: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    k: int = 0
    personal_columns: tuple[ColumnFacts, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Pick the columns of persons once: nearly every article asks for them."""
        object.__setattr__(self, "personal_columns", tuple(column for column in self.columns if column.is_personal))

    def with_values(self, **changes: FactValue) -> "Facts":
        """Return the same facts with some values set; dots of a name are written as two underscores.

        >>> Facts(date(2026, 1, 1), {}, (), {}).with_values(data__persons=5).values["data.persons"]
        5
        """
        named = {name.replace("__", "."): value for name, value in changes.items()}
        return replace(self, values=MappingProxyType({**self.values, **named}))

    @property
    def holds_personal_columns(self) -> bool:
        """Whether any column that moves is about single persons."""
        return bool(self.personal_columns)

    @property
    def is_pseudonymised(self) -> bool:
        """Whether every direct identifier and every free text of the copy has been treated."""
        risky = (ColumnRole.DIRECT_IDENTIFIER,)
        return all(
            column.treatment is not Treatment.NONE
            for column in self.columns
            if column.role in risky or column.category is Category.FREE_TEXT
        )


def facts_as_json(facts: Facts) -> dict[str, object]:
    """Return the facts as a JSON object with sorted keys, from which `parse_facts` makes the same facts again."""
    return {
        "as_of": facts.as_of.isoformat(),
        "k": facts.k,
        "values": {
            name: list(value) if isinstance(value, tuple) else value for name, value in sorted(facts.values.items())
        },
        "columns": [
            {
                "name": column.name,
                "category": column.category.value,
                "role": column.role.value,
                "type": column.type,
                "necessary": column.necessary,
                "treatment": column.treatment.value,
                "sensitive_in": list(column.sensitive_in),
            }
            for column in facts.columns
        ],
        "safeguards": {
            name: {"denied": item.denied, "done": {k: v.isoformat() for k, v in sorted(item.done.items())}}
            for name, item in sorted(facts.safeguards.items())
        },
        "roles_unknown": {party: list(roles) for party, roles in sorted(facts.roles_unknown.items())},
    }


def parse_facts(data: Mapping[str, object]) -> Facts:
    """Return the facts that `facts_as_json` wrote.

    Raises:
        KeyError, TypeError, ValueError: If the object was not written by `facts_as_json`.
    """
    values = _mapping(data["values"])
    return Facts(
        as_of=date.fromisoformat(str(data["as_of"])),
        k=_count(data["k"]),
        values=MappingProxyType({name: _value(value) for name, value in values.items()}),
        columns=tuple(_column(_mapping(item)) for item in _sequence(data["columns"])),
        safeguards=MappingProxyType(
            {name: _safeguard(_mapping(item)) for name, item in _mapping(data["safeguards"]).items()}
        ),
        roles_unknown=MappingProxyType(
            {party: tuple(map(str, _sequence(roles))) for party, roles in _mapping(data["roles_unknown"]).items()}
        ),
    )


def _mapping(value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise TypeError("expected an object")
    return value


def _sequence(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError("expected an array")
    return value


def _count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError("expected a whole number")
    return value


def _value(value: object) -> FactValue:
    if isinstance(value, list):
        return tuple(map(str, value))
    if isinstance(value, (bool, int, str)):
        return value
    raise TypeError("expected a flag, a number, a word or a list of words")


def _column(item: Mapping[str, object]) -> ColumnFacts:
    necessary = item["necessary"]
    if necessary is not None and not isinstance(necessary, bool):
        raise TypeError("expected true, false or null")
    return ColumnFacts(
        name=str(item["name"]),
        category=Category(str(item["category"])),
        role=ColumnRole(str(item["role"])),
        type=str(item["type"]),
        necessary=necessary,
        treatment=Treatment(str(item["treatment"])),
        sensitive_in=tuple(map(str, _sequence(item["sensitive_in"]))),
    )


def _safeguard(item: Mapping[str, object]) -> Safeguard:
    done = {name: date.fromisoformat(str(day)) for name, day in _mapping(item["done"]).items()}
    return Safeguard(done=MappingProxyType(done), denied=item["denied"] is True)
