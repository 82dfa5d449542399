"""A release held against its population again, by whoever has both: `lockgate verify DIR --population FILE`.

The population is that of the statement if its data hash is; the classes are read from the released values alone. Who
holds nothing but the copy counts rows, so the chance that somebody is in it is checked only where each row is one
person; that a class fits k persons of the population always is.
"""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from lockgate.classify.persons import person_keys
from lockgate.evidence.step import Step
from lockgate.flow.folder_check import POPULATION
from lockgate.flow.folding import BeginClasses, FoldMeans, HashFold
from lockgate.flow.population import CountedPopulation
from lockgate.flow.protection import read_hierarchies
from lockgate.protect.hierarchies.catalogue import build_hierarchy
from lockgate.tables.row_source import Source
from lockgate.tables.spill import Spill
from lockgate.tables.table_file import read_tables, write_tables
from lockgate.terms.flow_request import SourceReference
from lockgate.terms.hierarchy import Hierarchy
from lockgate.terms.privacy_model import DeltaPresence, KMap, parse_model
from lockgate.verify import fold, promises
from lockgate.verify.figures import Reading
from lockgate.verify.population import presence_of

_BUILT_IN = "built in: "
_OF_COUNTS = ("frequency", "derived")
"""Built-in hierarchies that depend on how often values occur in the data, so that they cannot be built again."""

_TABLE = "population.tables"
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


def speak_of_population(
    statement: Mapping[str, Any], data: Path | None, at_hand: PopulationAtHand | None
) -> Step | None:
    """Return what there is to say where something is not at hand; None where neither side speaks of a population.

    Args:
        statement: Of the release.
        data: The released data; None where they are not at hand.
        at_hand: The population; None if the verifier has none.
    """
    if statement.get("input", {}).get("population") is None:
        return None if at_hand is None else _open("the release names no population")
    if at_hand is None:
        return _open("the population is not at hand: give it with --population")
    return _open("no data at hand: not held against the population") if data is None else None


def check_population(
    statement: Mapping[str, Any],
    copy: Source,
    labelled: frozenset[str],
    at_hand: PopulationAtHand,
    means: FoldMeans,
) -> Step | None:
    """Return whether the copy stands in its population as the statement says.

    Args:
        statement: Of the release.
        copy: The released data.
        labelled: Columns whose cells follow the grammar of labels.
        at_hand: The population.
        means: Of passes over both.

    Raises:
        InputError: If the population cannot be read, or lacks a column of the statement.
    """
    said = statement.get("input", {}).get("population")
    if said is None:
        return _open("the release names no population")
    quasi = [name for name in statement["plan"]["quasi_identifiers"] if name in copy.schema.names]
    found = _measured(statement, at_hand, quasi, means)
    if found.data_hash != said["data_hash"] or found.rows != said["rows"]:
        return Step(POPULATION, ok=False, detail="this is not the population that the release was held against")
    trees = _hierarchies(statement, at_hand, found.table)
    lacking = sorted(set(statement["plan"].get("hierarchies", {})) & set(quasi) - set(trees))
    if lacking:
        return _open(f"labels of `{lacking[0]}` need its hierarchy: give the folder with --hierarchies")
    classes = means.folded("measuring the copy again", copy, BeginClasses(tuple(quasi))).classes()
    return _compared(statement, fold.spelled_out(classes), found, Reading(trees, labelled))


def _open(detail: str) -> Step:
    return Step(POPULATION, ok=True, detail=detail, settled=False)


def _measured(
    statement: Mapping[str, Any], at_hand: PopulationAtHand, quasi: list[str], means: FoldMeans
) -> CountedPopulation:
    source = means.opened(at_hand.reference)
    key = statement["verification"]["persons_by"]
    key = key if key in source.schema.names else ""
    found = means.folded("reading the population", source, _BeginPopulation(tuple(quasi), key))
    return CountedPopulation(found.table(), found.hash.rows, found.hash.root(), source.name, at_hand.reference)


class _PopulationFold(HashFold):
    """The hash of a population, and the distinct combinations of its persons.

    Args:
        schema: Of the population.
        asked: How it is folded.
        folder: Where combinations spill.
        stack: Closes them.
    """

    def __init__(self, schema: pa.Schema, asked: "_BeginPopulation", folder: Path, stack: ExitStack) -> None:
        super().__init__(schema)
        self._asked = asked
        keys = [f"o:{name}" for name in asked.quasi_identifiers] + (list(fold.PERSON) if asked.subject_key else [])
        self._spill = stack.enter_context(Spill(folder, keys, [fold.WEIGHT]))
        self._fold(pa.RecordBatch.from_pylist([], schema=schema))

    def add(self, batch: pa.RecordBatch) -> None:
        super().add(batch)
        self._fold(batch)

    def leave(self, folder: Path) -> None:
        super().leave(folder)
        write_tables(folder / _TABLE, self._spill.merged(in_order=False))

    def join(self, folder: Path) -> None:
        super().join(folder)
        for table in read_tables(folder / _TABLE):
            self._spill.add(table)

    def table(self) -> pa.Table:
        """Return the combinations."""
        return self._spill.table()

    def _fold(self, batch: pa.RecordBatch) -> None:
        key = self._asked.subject_key
        who = person_keys(batch, key, 0, _ANY_KEY) if key else None
        self._spill.add(fold.fold_original(batch, who, self._asked.quasi_identifiers))


@dataclass(frozen=True, slots=True)
class _BeginPopulation:
    """Begins `_PopulationFold`; picklable.

    Attributes:
        quasi_identifiers: Columns that tell persons apart.
        subject_key: Column that counts persons; empty counts rows.
    """

    quasi_identifiers: tuple[str, ...]
    subject_key: str

    def __call__(self, schema: pa.Schema, folder: Path, stack: ExitStack) -> _PopulationFold:
        return _PopulationFold(schema, self, folder, stack)


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
