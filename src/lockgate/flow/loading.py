"""A released copy loaded into a database or a lake: the rows that are read back there are held against the statement.

The folder with its dossier is the release; the table is a copy of its data that the dossier proves as long as the rows
are the same. So whoever loads has the folder checked first, and nobody sees the table before it gives the same hash.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from lockgate.evidence.data_hash import DataHash
from lockgate.evidence.dossier import DATA, STATEMENT, parse_statement, statement_hash
from lockgate.flow.folder_check import read_evidence
from lockgate.flow.progress import Progress, open_told, tell_pass
from lockgate.tables.loading import load_table
from lockgate.tables.snapshot import Unfit
from lockgate.tables.target import Load
from lockgate.terms.errors import InputError, LockgateError
from lockgate.terms.flow_request import SourceReference


@dataclass(frozen=True, slots=True)
class Loaded:
    """A table that holds the rows of a release.

    Attributes:
        table: For people: of the database and of the table; never credentials.
        rows: Their number.
        data_hash: Of the rows as they were read back, hexadecimal; the one that the statement records.
        statement: Hash of the statement, hexadecimal.
        notes: Where a type has no exact counterpart, what stands for it.
    """

    table: str
    rows: int
    data_hash: str
    statement: str
    notes: tuple[str, ...]


def load_release(place: Path, into: str, table: str, progress: Progress) -> Loaded:
    """Return what was loaded from a release folder that has passed its check.

    Args:
        place: The release folder.
        into: Address of a database, or a folder of tables.
        table: Name of the new table.
        progress: Told what is going on.

    Raises:
        InputError: If there is no released table, or the new one cannot be made.
        LockgateError: If the rows that are read back are not those of the release; then there is no table.
    """
    content = read_evidence(place / STATEMENT)
    if content is None:
        raise InputError(f"`{place}`: no release here", "name a release folder")
    statement = parse_statement(content)
    recorded = statement.get("output", {})
    files = [one["path"] for one in recorded.get("files", []) if one["path"].startswith(f"{DATA}/")]
    if len(files) != 1:
        raise InputError(f"`{place}`: expected one released data file, found {len(files)}", "name a release with rows")
    source = open_told(SourceReference(str(place / files[0])), progress)
    digest = statement_hash(content)

    def hold(batches: Iterator[pa.RecordBatch]) -> None:
        progress.step("reading the table back")
        _hold(batches, source.schema.names, recorded, progress)

    tell_pass(progress, "loading the rows", source)
    note = f"lockgate release {digest}"
    done = load_table(Load(into, table, source, note, hold, progress.rows))
    return Loaded(done.name, recorded["rows"], recorded["data_hash"], digest, done.notes)


def _hold(batches: Iterator[pa.RecordBatch], names: list[str], recorded: Mapping[str, Any], progress: Progress) -> None:
    """Hold rows against the number and the hash that a statement records."""
    measured = DataHash(pa.schema([pa.field(name, pa.null()) for name in names]))
    try:
        for batch in batches:
            measured.add(batch)
            progress.rows(batch.num_rows)
    except Unfit as unfit:
        raise _other(f"a value of column `{unfit.column}` comes back in another form") from None
    if measured.rows != recorded["rows"]:
        raise _other(f"{recorded['rows']} rows expected, {measured.rows} found")
    if measured.root() != recorded["data_hash"]:
        raise _other("the rows do not give the recorded hash")


def _other(why: str) -> LockgateError:
    return LockgateError(
        f"what the database gives back is not what was released: {why}; the table was dropped",
        "Look for triggers, defaults or settings of the database that change values.",
    )
