"""Privacy models: what every equivalence class of a copy has to satisfy, in the field's own definitions.

`protect` recodes until they hold, `verify` measures whether they do; each has its own code for it. A class is the set
of released rows whose quasi-identifiers read alike; its size counts distinct persons. A sensitive value that is null
is a value like any other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from types import MappingProxyType
from typing import Any


class GroundDistance(StrEnum):
    """How far two sensitive values are from each other, for t-closeness."""

    EQUAL = "equal"
    ORDERED = "ordered"
    HIERARCHICAL = "hierarchical"


@dataclass(frozen=True, slots=True)
class KAnonymity:
    """Every class holds at least k persons. Source: Sweeney 2002.

    Attributes:
        k: At least 1.
    """

    k: int


@dataclass(frozen=True, slots=True)
class KMap:
    """Every class matches at least k persons of a population. Source: Sweeney 2002.

    Attributes:
        k: At least 1.
    """

    k: int


@dataclass(frozen=True, slots=True)
class DistinctDiversity:
    """Every class holds at least l distinct values of a column. Source: Machanavajjhala et al. 2007.

    Attributes:
        column: The sensitive column.
        l: At least 1.
    """

    column: str
    l: int  # noqa: E741 - the field's own letter


@dataclass(frozen=True, slots=True)
class EntropyDiversity:
    """The entropy of a column in every class is at least log l. Source: Machanavajjhala et al. 2007.

    Attributes:
        column: The sensitive column.
        l: At least 1; need not be whole.
    """

    column: str
    l: float  # noqa: E741 - the field's own letter


@dataclass(frozen=True, slots=True)
class RecursiveDiversity:
    """In every class the commonest value is rarer than c times all from the l-th on: (c, l)-diversity.

    Source: Machanavajjhala et al. 2007.

    Attributes:
        column: The sensitive column.
        l: At least 1.
        c: Above 0.
    """

    column: str
    l: int  # noqa: E741 - the field's own letter
    c: float


@dataclass(frozen=True, slots=True)
class TCloseness:
    """The distribution of a column in every class is within t of that of the whole table. Source: Li et al. 2007.

    Attributes:
        column: The sensitive column.
        t: Earth mover's distance, 0 to 1.
        distance: Between two values; `hierarchical` needs a hierarchy of the column.
    """

    column: str
    t: float
    distance: GroundDistance = GroundDistance.EQUAL


@dataclass(frozen=True, slots=True)
class DeltaPresence:
    """Who is of a population is in the copy with a chance between two bounds. Source: Nergiz et al. 2007.

    Attributes:
        low: Least chance, 0 to 1.
        high: Greatest chance, 0 to 1.
    """

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class BetaLikeness:
    """No value's share in a class is more than (1 + beta) times its share in the table. Source: Cao, Karras 2012.

    Attributes:
        column: The sensitive column.
        beta: Above 0.
        enhanced: Whether the gain is also bounded by minus the logarithm of the value's share in the table.
    """

    column: str
    beta: float
    enhanced: bool = False


PrivacyModel = (
    KAnonymity
    | KMap
    | DistinctDiversity
    | EntropyDiversity
    | RecursiveDiversity
    | TCloseness
    | DeltaPresence
    | BetaLikeness
)

MODELS: Mapping[str, type[PrivacyModel]] = MappingProxyType(
    {
        "k-anonymity": KAnonymity,
        "k-map": KMap,
        "distinct-l-diversity": DistinctDiversity,
        "entropy-l-diversity": EntropyDiversity,
        "recursive-l-diversity": RecursiveDiversity,
        "t-closeness": TCloseness,
        "delta-presence": DeltaPresence,
        "beta-likeness": BetaLikeness,
    }
)
"""Every model by its name in flow files and statements."""

_LEAST: Mapping[str, float] = MappingProxyType({"k": 1, "l": 1, "t": 0, "low": 0, "high": 0})
_ABOVE: Mapping[str, float] = MappingProxyType({"c": 0, "beta": 0})
_MOST: Mapping[str, float] = MappingProxyType({"t": 1, "low": 1, "high": 1})


def model_name(model: PrivacyModel) -> str:
    """Return the name of a model, such as `t-closeness`."""
    return next(name for name, kind in MODELS.items() if isinstance(model, kind))


def model_as_json(model: PrivacyModel) -> dict[str, object]:
    """Return the model as a JSON object, its name under `model`.

    >>> model_as_json(KAnonymity(5))
    {'model': 'k-anonymity', 'k': 5}
    """
    members = {item.name: getattr(model, item.name) for item in fields(model)}
    return {"model": model_name(model), **members}


def parse_model(members: Mapping[str, Any]) -> PrivacyModel:
    """Return the model that an object describes: its name under `model`, and its parameters.

    Raises:
        ValueError: If there is no such model, or a parameter is missing, unknown, of a wrong type or out of range.

    >>> parse_model({"model": "t-closeness", "column": "disease", "t": 0.2})
    TCloseness(column='disease', t=0.2, distance=<GroundDistance.EQUAL: 'equal'>)
    """
    given = dict(members)
    name = given.pop("model", None)
    if not isinstance(name, str) or name not in MODELS:
        raise ValueError(f"expected `model` as one of {', '.join(MODELS)}")
    kind = MODELS[name]
    known = {item.name: item for item in fields(kind)}
    for parameter in given:
        if parameter not in known:
            raise ValueError(f"{name} has no `{parameter}`; it has {', '.join(known)}")
    for parameter, item in known.items():
        if parameter in given:
            given[parameter] = _read(parameter, item.type, given[parameter])
        elif parameter not in ("distance", "enhanced"):
            raise ValueError(f"{name} needs `{parameter}`")
    model = kind(**given)
    if isinstance(model, DeltaPresence) and model.low > model.high:
        raise ValueError("expected `low` not above `high`")
    return model


def _read(name: str, kind: object, value: object) -> object:
    """Return a parameter's value, of its type and in its range."""
    if kind is str or kind is bool:
        if not isinstance(value, kind):
            raise ValueError(f"expected `{name}` as {'a text' if kind is str else 'true or false'}")
        return value
    if kind is GroundDistance:
        if value not in tuple(GroundDistance):
            raise ValueError(f"expected `{name}` as one of {', '.join(GroundDistance)}")
        return GroundDistance(str(value))
    number = value
    if isinstance(number, bool) or not isinstance(number, int if kind is int else (int, float)):
        raise ValueError(f"expected `{name}` as a {'whole ' if kind is int else ''}number")  # noqa: TRY004 - one error for callers
    fits = _LEAST.get(name, -1) <= number <= _MOST.get(name, 2**53) and number > _ABOVE.get(name, -1)
    if not fits:  # also where it is not a number at all
        raise ValueError(f"`{name}` is out of range")
    return number if kind is int else float(number)
