"""Released data, read again: the hash of their rows, and the figures that the data alone give.

What the original is needed for, such as loss and linkage, cannot be measured again by those who hold the copy only; the
figures that can are held against the recorded ones, not only against their bounds.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from lockgate.classify.residual import ResidualSearch
from lockgate.evidence.step import Repetition, Step
from lockgate.flow.copying import columns_looked_at, hash_file
from lockgate.flow.folder_check import POPULATION, Rereading, RowsRead
from lockgate.flow.population_check import PopulationAtHand, check_population
from lockgate.tables.source import open_source
from lockgate.terms.errors import EvidenceError, LockgateError
from lockgate.terms.facts import parse_facts
from lockgate.terms.flow_request import SourceReference
from lockgate.terms.measure import MeasureKind, parse_measure
from lockgate.terms.verification import VerificationReport
from lockgate.verify import fold, remeasure, residual

_LABELLING = (MeasureKind.K_ANONYMISE.value, MeasureKind.AGGREGATE.value, MeasureKind.GENERALISE.value)


def read_rows(file: Path) -> RowsRead:
    """Return what is in a data file."""
    try:
        measured = hash_file(file)
        return RowsRead(measured.rows, measured.root(), measured.columns())
    except (LockgateError, pa.ArrowException, OSError) as error:
        problem = str(error) if isinstance(error, LockgateError) else "no table can be read from them"
        return RowsRead(problem=problem)


def remeasured(statement: Mapping[str, Any], file: Path) -> VerificationReport:
    """Return the figures that the released data alone give.

    Args:
        statement: Whose plan says what to measure.
        file: The data file.
    """
    plan, source = statement["plan"], open_source(SourceReference(str(file)))
    steps = [parse_measure(step) for step in plan["steps"]]
    columns = columns_looked_at(parse_facts(statement["facts"]), source.schema.names, steps)
    left: dict[str, int] = {}
    find = ResidualSearch()
    parts = [fold.fold_released(pa.RecordBatch.from_pylist([], schema=source.schema), plan["quasi_identifiers"])]
    for batch in source.batches():
        parts = [fold.merge([*parts, fold.fold_released(batch, plan["quasi_identifiers"])])]
        left = residual.merge(left, residual.fold(batch, columns, find))
    if any(step["measure"] == MeasureKind.AGGREGATE.value for step in plan["steps"]):
        table = pa.Table.from_batches(source.batches(), schema=source.schema)
        return remeasure.solve_counts(table, source.schema.names[-1], left, plan["k"])
    return remeasure.solve(parts[0], left, plan["k"], _labelled(plan))


def hold_figures(statement: Mapping[str, Any], file: Path) -> Repetition:
    """Return how the figures that the data give stand against their bounds and against the recorded ones.

    k is counted in rows here and was counted in persons: never less than recorded. The rest must be the same.
    """
    try:
        report = remeasured(statement, file)
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


def rereading_with(population: PopulationAtHand | None) -> Rereading:
    """Return the reader of tables that a check is given.

    Args:
        population: What the verifier has of the population; None if nothing.
    """

    def hold(statement: Mapping[str, Any], file: Path | None) -> Step | None:
        try:
            return check_population(statement, file, _labelled(statement.get("plan", {"steps": ()})), population)
        except (AttributeError, LookupError, TypeError, ValueError, OSError, pa.ArrowException):
            return Step(
                POPULATION, ok=False, detail="could not be repeated: the statement's values are of another form"
            )

    return Rereading(read_rows, hold_figures, hold)


def _labelled(plan: Mapping[str, Any]) -> frozenset[str]:
    """Return the columns whose cells follow the grammar of labels."""
    return frozenset(
        name for step in plan["steps"] if step["measure"] in _LABELLING for name in step.get("columns", [])
    )
