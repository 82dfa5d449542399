"""Released data, read again: the hash of their rows, and the figures that the data alone give.

What the original is needed for, such as loss and linkage, cannot be measured again by those who hold the copy only; the
figures that can are held against the recorded ones, not only against their bounds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from lockgate.evidence.step import Repetition, Step
from lockgate.flow.copying import columns_looked_at
from lockgate.flow.folder_check import POPULATION, Rereading, RowsRead
from lockgate.flow.folding import BeginClasses, FoldMeans, begin_hash
from lockgate.flow.population_check import PopulationAtHand, check_population, speak_of_population
from lockgate.tables.row_source import Source
from lockgate.terms.errors import EvidenceError, InputError
from lockgate.terms.facts import parse_facts
from lockgate.terms.flow_request import SourceReference
from lockgate.terms.measure import MeasureKind, parse_measure
from lockgate.terms.verification import VerificationReport
from lockgate.verify import remeasure

_LABELLING = (MeasureKind.K_ANONYMISE.value, MeasureKind.AGGREGATE.value, MeasureKind.GENERALISE.value)


@dataclass(slots=True)
class _Data:
    """A data file, opened once for all passes of a check: what it is copied into goes when nobody holds it.

    Attributes:
        means: Of the passes.
        source: Its rows; None before it is opened.
    """

    means: FoldMeans
    source: Source | None = None

    def opened(self, file: Path) -> Source:
        """Return the rows of the file."""
        if self.source is None:
            self.source = self.means.opened(SourceReference(str(file)))
        return self.source


def read_rows(data: _Data, file: Path) -> RowsRead:
    """Return what is in a data file."""
    try:
        source = data.opened(file)
        found = data.means.folded("reading every row", source, begin_hash).hash
        return RowsRead(found.rows, found.root(), found.columns())
    except (InputError, pa.ArrowException, OSError) as error:
        problem = str(error) if isinstance(error, InputError) else "no table can be read from them"
        return RowsRead(problem=problem)


def remeasured(statement: Mapping[str, Any], data: _Data, file: Path) -> VerificationReport:
    """Return the figures that the released data alone give.

    Args:
        statement: Whose plan says what to measure.
        data: The data file, opened.
        file: The data file.
    """
    plan, source = statement["plan"], data.opened(file)
    steps = [parse_measure(step) for step in plan["steps"]]
    columns = columns_looked_at(parse_facts(statement["facts"]), source.schema.names, steps)
    begin = BeginClasses(tuple(plan["quasi_identifiers"]), columns)
    found = data.means.folded("measuring the copy again", source, begin)
    if any(step["measure"] == MeasureKind.AGGREGATE.value for step in plan["steps"]):
        table = pa.Table.from_batches(source.batches(), schema=source.schema)
        return remeasure.solve_counts(table, source.schema.names[-1], found.residual, plan["k"])
    return remeasure.solve(found.classes(), found.residual, plan["k"], _labelled(plan))


def hold_figures(data: _Data, statement: Mapping[str, Any], file: Path) -> Repetition:
    """Return how the figures that the data give stand against their bounds and against the recorded ones.

    k is counted in rows here and was counted in persons: never less than recorded. The rest must be the same.
    """
    try:
        report = remeasured(statement, data, file)
    except pa.ArrowException as error:
        raise EvidenceError("the statement's values are not those of a release") from error
    recorded = {check["name"]: check["measured"] for check in statement["verification"]["checks"]}
    against = [f"{check.name}: {check.meaning}" for check in report.checks if not check.ok]
    held = [check for check in report.checks if check.name in recorded]
    against += [
        f"{check.name}: recorded {recorded[check.name]:g}, measured {check.measured:g}"
        for check in held
        if (check.measured < recorded[check.name] if check.name == "k" else check.measured != recorded[check.name])
    ]
    names = ", ".join(check.name for check in held) or "nothing that the data alone show was recorded"
    return Repetition(f"measured again from the released data: the same ({names})", tuple(against))


def rereading_with(population: PopulationAtHand | None, means: FoldMeans) -> Rereading:
    """Return the reader of tables that the check of one release is given.

    Args:
        population: What the verifier has of the population; None if nothing.
        means: Of passes over the data.
    """
    data = _Data(means)

    def hold(statement: Mapping[str, Any], file: Path | None) -> Step | None:
        try:
            if file is None or population is None:
                return speak_of_population(statement, file, population)
            copy = data.opened(file)
            return check_population(statement, copy, _labelled(statement["plan"]), population, means)
        except (AttributeError, LookupError, TypeError, ValueError, OSError, pa.ArrowException):
            return Step(
                POPULATION, ok=False, detail="could not be repeated: the statement's values are of another form"
            )

    return Rereading(partial(read_rows, data), partial(hold_figures, data), hold)


def _labelled(plan: Mapping[str, Any]) -> frozenset[str]:
    """Return the columns whose cells follow the grammar of labels."""
    return frozenset(
        name for step in plan["steps"] if step["measure"] in _LABELLING for name in step.get("columns", [])
    )
