"""Attacks on a release folder: what its data give away, to anyone, or to who knows some people.

1. Nobody known: what the copy alone gives away, group by group.
2. People known (`knowing`): their rows are looked for by their true values, and what the copy says of them is guessed.
3. A control beside them (`control`): people like them who are surely not in the copy. The same attacks on both tell
   knowledge about these people from knowledge about the world, and judge copies that were perturbed, too.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from lockgate.evidence.dossier import parse_statement
from lockgate.flow.measuring import read_table
from lockgate.flow.progress import Progress, Silent, open_told, tell_pass
from lockgate.flow.protection import read_hierarchies
from lockgate.flow.recovery import STATEMENT
from lockgate.protect.cells import PERTURBING
from lockgate.protect.together import TOGETHER
from lockgate.tables.row_source import Source
from lockgate.terms.column import ColumnRole
from lockgate.terms.errors import InputError
from lockgate.terms.flow_request import SourceReference
from lockgate.terms.measure import MeasureKind
from lockgate.terms.verification import Attack
from lockgate.verify import against_control, attacks, figures, fold

_LABELLING = (MeasureKind.K_ANONYMISE.value, MeasureKind.GENERALISE.value)
_WITHOUT_ROWS = (MeasureKind.AGGREGATE.value, MeasureKind.STATISTICS.value, MeasureKind.SYNTHESISE.value)


@dataclass(frozen=True, slots=True)
class Attacker:
    """What an attacker has beside the release.

    Attributes:
        knowing: File of people whose true values the attacker knows, one row a person; empty for none.
        control: File of people like them who are not in the release; empty for none.
        hierarchies: Folder of the hierarchies whose nodes the release names; an attacker knows them. Empty for none:
            a node then matches nobody.
        sensitive: Columns that the attacker wants to learn; empty for those that the release calls sensitive.
    """

    knowing: str = ""
    control: str = ""
    hierarchies: str = ""
    sensitive: tuple[str, ...] = ()


def attack_release(place: Path, attacker: Attacker, progress: Progress | None = None) -> tuple[Attack, ...]:
    """Return how far attacks on a release come.

    Args:
        place: The release folder.
        attacker: What the attacker has.
        progress: Told of the rows that are read.

    Raises:
        InputError: If there is no release, it holds counts, the known people share no column with it, or there is a
            control without known people.
    """
    progress = progress or Silent()
    statement = _statement(place)
    if attacker.control and not attacker.knowing:
        raise InputError("--control is for comparing with known people, and none are given", "name them with --knowing")
    plan = statement["plan"]
    source = open_told(SourceReference(str(place / statement["output"]["files"][0]["path"])), progress)
    quasi = [name for name in plan["quasi_identifiers"] if name in source.schema.names]
    wanted = _sensitive(statement, source, quasi, attacker.sensitive)
    labelled = frozenset(
        name for step in plan["steps"] if step["measure"] in _LABELLING for name in step.get("columns", [])
    )
    classes = _folded(source, quasi, progress, is_released=True)
    if not attacker.knowing:
        return (*attacks.solve_released(classes), *_from_groups(source, quasi, (wanted, labelled), progress))  # 1
    known = open_told(SourceReference(attacker.knowing), progress)
    shared = [name for name in quasi if name in known.schema.names]
    if not shared:
        raise InputError("the known people share no trait with the release", f"its traits are: {', '.join(quasi)}")
    perturbed = frozenset(
        name
        for step in plan["steps"]
        if MeasureKind(step["measure"]) in (*PERTURBING, *TOGETHER)
        for name in step.get("columns", [])
    )
    reading = figures.Reading(read_hierarchies(attacker.hierarchies, tuple(shared)), labelled, perturbed)
    found = attacks.solve_known(classes, _folded(known, shared, progress, is_released=False), reading)  # 2
    if not attacker.control:
        return found
    control = open_told(SourceReference(attacker.control), progress)
    knowledge = _Compared(source, known, control, tuple(shared), tuple(wanted), progress)
    return (*found, *knowledge.solve(reading, statement["release"]))  # 3


@dataclass(frozen=True, slots=True)
class _Compared:
    """The copy, the known people and the control, over the columns that all have."""

    released: Source
    known: Source
    control: Source
    shared: tuple[str, ...]
    sensitive: tuple[str, ...]
    progress: Progress

    def solve(self, reading: figures.Reading, release: str) -> tuple[Attack, ...]:
        """Return the attacks on both groups; people are chosen by the release's id."""
        for name in self.shared:
            if name not in self.control.schema.names:
                raise InputError(f"the control lacks the column `{name}`", "give it the columns of the known people")
        told = [name for name in self.sensitive if name in self.known.schema.names]
        told = [name for name in told if name in self.control.schema.names]
        tables = [read_table(each, [*self.shared, *told], (), self.progress) for each in (self.known, self.control)]
        knowledge = against_control.Knowledge(
            read_table(self.released, [*self.shared, *told], (), self.progress),
            self.shared,
            tuple(told),
            reading,
            hashlib.sha256(release.encode()).digest(),
        )
        return against_control.solve(knowledge, *tables)


def _statement(place: Path) -> Any:
    try:
        statement: Any = parse_statement((place / STATEMENT).read_bytes())
    except OSError as error:
        raise InputError(f"`{place}`: no release here", "name a release folder") from error
    if statement["kind"] != "release":
        raise InputError(f"`{place}`: a {statement['kind']}, which released nothing", "name a release folder")
    if any(step["measure"] in _WITHOUT_ROWS for step in statement["plan"]["steps"]):
        raise InputError("the release holds counts, not rows: there is nobody to find", "see its figures instead")
    return statement


def _sensitive(statement: Any, source: Source, quasi: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """Return the columns whose values an attacker wants to learn."""
    for name in wanted:
        if name not in source.schema.names:
            raise InputError(
                f"--sensitive: the release has no column `{name}`", f"it has: {', '.join(source.schema.names)}"
            )
    columns = statement["facts"]["columns"]
    marked = [column["name"] for column in columns if column["role"] == ColumnRole.SENSITIVE.value]
    return [name for name in (wanted or marked) if name in source.schema.names and name not in quasi]


def _from_groups(
    source: Source, quasi: Sequence[str], wanted: tuple[Sequence[str], frozenset[str]], progress: Progress
) -> tuple[Attack, ...]:
    """Return what the groups of the copy alone say of its sensitive columns."""
    sensitive, labelled = wanted
    tell_pass(progress, "reading the groups of the copy", source)
    nothing = pa.RecordBatch.from_pylist([], schema=source.schema)
    folded = fold.fold_sensitive(nothing, quasi, sensitive)
    for batch in source.batches() if sensitive else ():
        folded = fold.merge([folded, fold.fold_sensitive(batch, quasi, sensitive)])
        progress.rows(batch.num_rows)
    return attacks.solve_groups(figures.measure_secrets(folded, labelled))


def _folded(source: Source, columns: Sequence[str], progress: Progress, *, is_released: bool) -> pa.Table:
    """Return the merged partial of a source; also of one without rows."""
    nothing = pa.RecordBatch.from_pylist([], schema=source.schema)
    folded = _fold_one(nothing, columns, is_released=is_released)
    tell_pass(progress, "reading the copy" if is_released else "reading the known people", source)
    for batch in source.batches():
        folded = fold.merge([folded, _fold_one(batch, columns, is_released=is_released)])
        progress.rows(batch.num_rows)
    return folded


def _fold_one(batch: pa.RecordBatch, columns: Sequence[str], *, is_released: bool) -> pa.Table:
    return fold.fold_released(batch, columns) if is_released else fold.fold_original(batch, None, columns)
