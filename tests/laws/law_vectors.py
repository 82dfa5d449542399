"""Vectors of the laws: TOML files that a lawyer can read, parsed strictly into facts and expectations.

A file holds `provenance`, and cases. What holds for every case of a file stands under `[given]`; what holds for
many files stands in a file of its own that `usual` names. A case changes single facts, replaces the columns, and takes
facts back with `unknown`. Facts are the keys of a flow file. A vector file of an article lies at
`<instrument>/<article>.toml`; it expects things of that article. A file under `examples/` expects things of decisions.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType

from lockgate.laws.catalogue import load_laws
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole, Treatment
from lockgate.terms.duty import DUTIES
from lockgate.terms.fact import FACTS, FactType
from lockgate.terms.facts import ColumnFacts, Facts, FactValue, Safeguard

FOLDER = Path(__file__).parent / "vectors"

_CASE = {"name", "as_of", "facts", "columns", "safeguards", "unknown", "expect", "outcome"}
_EXPECT_OF_ARTICLE = {"effect", "duties", "lifts", "lifted_by", "missing", "outcome", "met", "unmet"}
_EXPECT_OF_DECISION = {"outcome", "open", "met", "unmet", "includes", "excludes", "asks", "findings"}
_FILE = {"provenance", "source", "usual", "given", "case"}
_PAPERS = {"standard-contract", "certification", *DUTIES}


@dataclass(frozen=True, slots=True)
class Vector:
    """One case of a vector file."""

    path: Path
    name: str
    facts: Facts
    expect: Mapping[str, object]

    @property
    def instrument(self) -> str:
        return self.path.parent.relative_to(FOLDER).as_posix()

    @property
    def article(self) -> str:
        return self.path.stem


def article_vectors() -> list[Vector]:
    return [vector for vector in _all_vectors() if vector.instrument != "examples"]


def example_vectors() -> list[Vector]:
    return [vector for vector in _all_vectors() if vector.instrument == "examples"]


@cache
def _all_vectors() -> tuple[Vector, ...]:
    files = sorted(path for path in FOLDER.rglob("*.toml") if path.name != "usual.toml")
    return tuple(vector for path in files for vector in read_vectors(path))


def read_vectors(path: Path) -> list[Vector]:
    document = _table(tomllib.loads(path.read_text(encoding="utf-8")), _FILE, str(path))
    if not (document.get("provenance") or document.get("source")):
        raise ValueError(f"{path}: a vector says where it comes from")
    usual = {}
    if "usual" in document:
        usual = tomllib.loads((FOLDER / document["usual"]).read_text(encoding="utf-8"))
    given = document.get("given", {})
    return [_vector(path, [usual, given, case]) for case in document["case"]]


def _vector(path: Path, layers: list[dict]) -> Vector:
    where = f"{path}: {layers[-1].get('name')}"
    for layer in layers:
        _table(layer, _CASE, where)
    as_of = next(layer["as_of"] for layer in reversed(layers) if "as_of" in layer)
    values: dict[str, object] = {}
    safeguards: dict[str, object] = {}
    for layer in layers:
        values |= _flatten(layer.get("facts", {}))
        safeguards |= layer.get("safeguards", {})
        for fact in layer.get("unknown", []):
            if fact not in FACTS:
                raise ValueError(f"{where}: unknown fact `{fact}`")
            values.pop(fact, None)
    columns = next((layer["columns"] for layer in reversed(layers) if "columns" in layer), {})
    roles_unknown = {
        party: tuple(values.pop(f"{party}.roles_unknown"))
        for party in ("holder", "recipient")
        if f"{party}.roles_unknown" in values
    }
    facts = Facts(
        as_of=as_of,
        values=MappingProxyType({name: _value(name, value, where) for name, value in values.items()}),
        columns=tuple(_column(name, column, as_of, where) for name, column in columns.items()),
        safeguards=MappingProxyType({name: _safeguard(name, value, where) for name, value in safeguards.items()}),
        roles_unknown=roles_unknown,
    )
    case = layers[-1]
    known = _EXPECT_OF_DECISION if path.parent.name == "examples" else _EXPECT_OF_ARTICLE
    expect = dict(_table(case["expect"], known, where))
    if "outcome" in case:
        expect["outcome"] = case["outcome"]
    return Vector(path, case["name"], facts, expect)


def _table(table: dict, known: set[str], where: str) -> dict:
    odd = sorted(set(table) - known)
    if odd:
        raise ValueError(f"{where}: unknown key `{odd[0]}`")
    return table


def _flatten(table: Mapping[str, object], prefix: str = "") -> dict[str, object]:
    flat: dict[str, object] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            flat |= _flatten(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = value
    return flat


def _value(name: str, value: object, where: str) -> FactValue:
    term = FACTS.get(name)
    if term is None:
        raise ValueError(f"{where}: unknown fact `{name}`")
    if term.type is FactType.TRISTATE:
        return {"yes": True, "no": False}[value] if isinstance(value, str) else bool(value)
    if term.type is FactType.CHOICE and value not in term.options:
        raise ValueError(f"{where}: `{value}` is no {name}")
    if isinstance(value, list):
        if term.options and not set(value) <= set(term.options):
            raise ValueError(f"{where}: `{value}` are no {name}")
        return tuple(value)
    return value


def _column(name: str, column: dict, as_of: date, where: str) -> ColumnFacts:
    _table(column, {"category", "role", "necessary", "type", "treatment"}, where)
    category = Category(column["category"])
    return ColumnFacts(
        name=name,
        category=category,
        role=ColumnRole(column.get("role", "ordinary")),
        type=column.get("type", ""),
        necessary=column.get("necessary"),
        treatment=Treatment(column.get("treatment", "none")),
        sensitive_in=load_laws().sensitive_in(category, as_of),
    )


def _safeguard(name: str, value: object, where: str) -> Safeguard:
    if name not in _PAPERS:
        raise ValueError(f"{where}: unknown safeguard `{name}`")
    if isinstance(value, dict):
        return Safeguard(MappingProxyType(value))
    if isinstance(value, date):
        return Safeguard(MappingProxyType({"on": value}))
    return Safeguard(denied=value is False)
