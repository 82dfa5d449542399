"""A release held against its population again, by whoever has both: `lockgate verify DIR --population FILE`.

The population is that of the statement if its data hash is; the classes are read from the released values alone. Who
holds nothing but the copy counts rows, so the chance that somebody is in it is checked only where each row is one
person; that a class fits k persons of the population always is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa

from lockgate.evidence.step import Step
from lockgate.flow.folder_check import POPULATION
from lockgate.flow.population import CountedPopulation, Population
from lockgate.flow.progress import Silent
from lockgate.flow.protection import read_hierarchies
from lockgate.protect.hierarchies.catalogue import build_hierarchy
from lockgate.tables.source import open_source
from lockgate.terms.flow_request import SourceReference
from lockgate.terms.hierarchy import Hierarchy
from lockgate.terms.privacy_model import DeltaPresence, KMap, parse_model
from lockgate.verify import fold, promises
from lockgate.verify.figures import Reading
from lockgate.verify.population import presence_of

_BUILT_IN = "built in: "
_OF_COUNTS = ("frequency", "derived")
"""Built-in hierarchies that depend on how often values occur in the data, so that they cannot be built again."""

_ANY_KEY = bytes(32)  # persons are only counted, and nothing of them is kept


@dataclass(frozen=True, slots=True)
class PopulationAtHand:
    """What a verifier has of a population.

    Attributes:
        reference: Where it lies.
        hierarchies: Folder of the hierarchies that labels name; empty for none.
    """

    reference: SourceReference
    hierarchies: str = ""


def check_population(
    statement: Mapping[str, Any], data: Path | None, labelled: frozenset[str], at_hand: PopulationAtHand | None
) -> Step | None:
    """Return whether the copy stands in its population as the statement says; None where neither speaks of one.

    Args:
        statement: Of the release.
        data: The released data; None where they are not at hand.
        labelled: Columns whose cells follow the grammar of labels.
        at_hand: The population; None if the verifier has none.

    Raises:
        InputError: If the population cannot be read, or lacks a column of the statement.
    """
    said = statement.get("input", {}).get("population")
    if said is None:
        return None if at_hand is None else _open("the release names no population")
    if at_hand is None:
        return _open("the population is not at hand: give it with --population")
    if data is None:
        return _open("no data at hand: not held against the population")
    copy = open_source(SourceReference(str(data)))
    quasi = [name for name in statement["plan"]["quasi_identifiers"] if name in copy.schema.names]
    found = _measured(statement, at_hand, quasi)
    if found.data_hash != said["data_hash"] or found.rows != said["rows"]:
        return Step(POPULATION, ok=False, detail="this is not the population that the release was held against")
    trees = _hierarchies(statement, at_hand, found.table)
    lacking = sorted(set(statement["plan"].get("hierarchies", {})) & set(quasi) - set(trees))
    if lacking:
        return _open(f"labels of `{lacking[0]}` need its hierarchy: give the folder with --hierarchies")
    return _compared(statement, _classes(copy.batches(), copy.schema, quasi), found, Reading(trees, labelled))


def _open(detail: str) -> Step:
    return Step(POPULATION, ok=True, detail=detail, settled=False)


def _measured(statement: Mapping[str, Any], at_hand: PopulationAtHand, quasi: list[str]) -> CountedPopulation:
    source = open_source(at_hand.reference)
    key = statement["verification"]["persons_by"]
    key = key if key in source.schema.names else ""
    with TemporaryDirectory() as work:
        return Population(at_hand.reference, source, key, _ANY_KEY, Path(work), Silent()).measure(quasi)


def _classes(batches: Any, schema: pa.Schema, quasi: list[str]) -> pa.Table:
    classes = fold.fold_released(pa.RecordBatch.from_pylist([], schema=schema), quasi)
    for batch in batches:
        classes = fold.merge([classes, fold.fold_released(batch, quasi)])
    return classes


def _hierarchies(
    statement: Mapping[str, Any], at_hand: PopulationAtHand, population: pa.Table
) -> Mapping[str, Hierarchy]:
    named: Mapping[str, str] = statement["plan"].get("hierarchies", {})
    found = dict(read_hierarchies(at_hand.hierarchies, tuple(named)))
    for column, how in named.items():
        name = how.removeprefix(_BUILT_IN)
        if column not in found and how.startswith(_BUILT_IN) and not name.startswith(_OF_COUNTS):
            values = population[f"o:{column}"].unique().to_pylist()
            found[column] = build_hierarchy(name, column, {value: 1 for value in values if value is not None})
    return found


def _compared(statement: Mapping[str, Any], classes: pa.Table, found: CountedPopulation, reading: Reading) -> Step:
    presence = presence_of(classes, found.table, reading)
    counts_persons = statement["verification"]["persons_by"] == "row"
    models = [parse_model(model) for model in statement["plan"].get("models", [])]
    asked = [model for model in models if isinstance(model, KMap if not counts_persons else KMap | DeltaPresence)]
    evidence = promises.Evidence(None, None, reading.labelled, int(len(presence.sizes) > 0), presence)
    checks = [*promises.solve(asked, evidence), *promises.check_population(asked, presence)]
    failed = [
        f"{check.name}: {check.meaning}"
        for check in checks
        if not check.ok and (counts_persons or check.name != POPULATION)
    ]
    same = f"each group of the copy fits {presence.k_map} persons of the population at least"
    return Step(POPULATION, ok=not failed, detail="; ".join(failed) or same)
