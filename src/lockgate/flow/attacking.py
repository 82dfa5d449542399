"""Attacks on a release folder: what its data give away, to anyone, or to who knows some people."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from lockgate.evidence.dossier import parse_statement
from lockgate.flow.protection import read_hierarchies
from lockgate.flow.recovery import STATEMENT
from lockgate.protect.cells import PERTURBING
from lockgate.tables.source import Source, open_source
from lockgate.terms.errors import InputError
from lockgate.terms.flow_request import SourceReference
from lockgate.terms.measure import MeasureKind
from lockgate.terms.verification import Attack
from lockgate.verify import attacks, figures, fold


def attack_release(place: Path, knowing: str = "", hierarchies: str = "") -> tuple[Attack, ...]:
    """Return how far attacks on a release come.

    Args:
        place: The release folder.
        knowing: File of people whose true values an attacker knows, one row a person; empty for none.
        hierarchies: Folder of the hierarchies whose nodes the release names; an attacker knows them. Empty for none:
            a node then matches nobody.

    Raises:
        InputError: If there is no release, it holds counts, or the known people share no column with it.
    """
    try:
        statement: Any = parse_statement((place / STATEMENT).read_bytes())
    except OSError as error:
        raise InputError(f"`{place}`: no release here", "name a release folder") from error
    if statement["kind"] != "release":
        raise InputError(f"`{place}`: a {statement['kind']}, which released nothing", "name a release folder")
    plan = statement["plan"]
    if any(step["measure"] == MeasureKind.AGGREGATE.value for step in plan["steps"]):
        raise InputError("the release holds counts, not rows: there is nobody to find", "see its figures instead")
    source = open_source(SourceReference(str(place / statement["output"]["files"][0]["path"])))
    quasi = [name for name in plan["quasi_identifiers"] if name in source.schema.names]
    classes = _folded(source, quasi, is_released=True)
    if not knowing:
        return attacks.solve_released(classes)
    known = open_source(SourceReference(knowing))
    shared = [name for name in quasi if name in known.schema.names]
    if not shared:
        raise InputError("the known people share no trait with the release", f"its traits are: {', '.join(quasi)}")
    labelled = frozenset(
        name
        for step in plan["steps"]
        if step["measure"] in (MeasureKind.K_ANONYMISE.value, MeasureKind.GENERALISE.value)
        for name in step.get("columns", [])
    )
    perturbed = frozenset(
        name for step in plan["steps"] if MeasureKind(step["measure"]) in PERTURBING for name in step.get("columns", [])
    )
    reading = figures.Reading(read_hierarchies(hierarchies, tuple(shared)), labelled, perturbed)
    return attacks.solve_known(classes, _folded(known, shared, is_released=False), reading)


def _folded(source: Source, columns: Sequence[str], *, is_released: bool) -> pa.Table:
    """Return the merged partial of a source; also of one without rows."""
    nothing = pa.RecordBatch.from_pylist([], schema=source.schema)
    folded = _fold_one(nothing, columns, is_released=is_released)
    for batch in source.batches():
        folded = fold.merge([folded, _fold_one(batch, columns, is_released=is_released)])
    return folded


def _fold_one(batch: pa.RecordBatch, columns: Sequence[str], *, is_released: bool) -> pa.Table:
    return fold.fold_released(batch, columns) if is_released else fold.fold_original(batch, None, columns)
