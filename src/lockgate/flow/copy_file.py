"""The data file of a copy: written and hashed, in pieces by workers where passes over the source are shared."""

from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from lockgate.evidence.data_hash import DataHash
from lockgate.flow.folding import FoldRows, HashFold, begin_hash
from lockgate.flow.passes import Passes
from lockgate.flow.progress import Progress, Silent
from lockgate.tables.cut import Cut, cut_rows
from lockgate.tables.file_pieces import IN_PIECES, rows_of_piece, write_piece
from lockgate.tables.order_parts import OrderPart, join_parts, rows_of_parts
from lockgate.tables.read_ahead import read_ahead
from lockgate.tables.sink import join_table, write_table
from lockgate.tables.source import encoded_batches, open_source
from lockgate.terms.flow_request import SourceReference

_DATA = "data"


@dataclass(frozen=True, slots=True)
class _Pieces:
    """Writes the pieces of a file; picklable.

    Attributes:
        parts: The rows, parted by their keys.
        schema: Of the copy.
        format_: Of the file.
        cut: Into pieces.
    """

    parts: tuple[OrderPart, ...]
    schema: pa.Schema
    format_: str
    cut: Cut

    def __call__(self, number: int, part: Path) -> int:
        """Write one piece."""
        part.mkdir(mode=0o700)
        first, rows = self.cut.span(number)
        chosen = range(first, first + rows)
        write_piece(part / _DATA, join_parts(self.parts, part, chosen=chosen), self.schema, self.format_, number)
        return len(chosen)


def write_shared(
    place: tuple[Path, str, str], parts: list[OrderPart], schema: pa.Schema, passes: Passes, work: Path, watch: Progress
) -> Path:
    """Return the data file of rows that workers have left parted by their keys.

    Args:
        place: Folder, stem and format of the file.
        parts: In the order of their rows in the source.
        schema: Of the copy.
        passes: Over the source; shared.
        work: Where rows go that memory does not hold.
        watch: Told of every piece.
    """
    folder, stem, format_ = place
    assert passes.ranges is not None, "as they are shared"
    watch.step("writing the copy")
    rows = rows_of_parts(parts)
    cut = cut_rows(rows, rows_of_piece(rows, passes.ranges.size))
    if format_ not in IN_PIECES or len(cut.numbers) <= 1:  # one piece is the whole file
        return write_table(folder, stem, join_parts(parts, work), schema, format_)
    task = _Pieces(tuple(parts), schema, format_, cut)
    pieces = [part / _DATA for part in passes.parts("write", task, watch, cut)]
    return join_table(folder, stem, pieces, format_)


def hash_file(file: Path, passes: Passes | None = None, progress: Progress | None = None) -> DataHash:
    """Return the data hash of a file as a reader gets it.

    Args:
        file: The data.
        passes: How reading it is shared; None for not at all.
        progress: Told of its rows.
    """
    source = open_source(SourceReference(str(file)))
    measured = HashFold(source.schema)
    ranges = passes.sharing.ranges_of(source) if passes and passes.jobs else None
    if ranges is not None and passes is not None:
        for part in replace(passes, ranges=ranges).parts("hash", FoldRows(begin_hash, ranges), progress or Silent()):
            measured.join(part)
        return measured.hash
    for batch in read_ahead(encoded_batches(source)):
        measured.add(batch)
    return measured.hash
