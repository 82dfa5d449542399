"""What the rows of a source say, folded: evidence by column, a sample of persons, decimals of coordinates.

Parts of it are folded by workers where a source is large, and joined in the order of their rows; everything only adds
up, so that it does not matter how the rows are cut.
"""

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from lockgate.classify import scan
from lockgate.classify.encoded_cells import EncodedCells
from lockgate.classify.precision import coordinate_columns, most_decimals
from lockgate.classify.uniqueness import UniquenessPartial
from lockgate.flow.sampling import Sample
from lockgate.tables.job import write_found
from lockgate.tables.row_ranges import RowRanges

SAMPLED_AHEAD = 64
"""Columns up to which all are sampled in the first pass, before it is known which are worth it."""


@dataclass(frozen=True, slots=True)
class ScanPart:
    """What some rows say; picklable, and without any value of the source.

    Attributes:
        evidence: By column.
        decimals: The most decimals of each column of coordinates.
        sample: Of persons.
    """

    evidence: scan.ScanPartial
    decimals: dict[str, int]
    sample: UniquenessPartial


class ScanFold:
    """What the rows of a source say, as they come.

    Args:
        schema: Of the source.
    """

    def __init__(self, schema: pa.Schema) -> None:
        self._evidence, self._encoded = scan.EMPTY, EncodedCells()
        self._places = coordinate_columns(schema.names)
        self.decimals: dict[str, int] = {}
        self.sample = Sample(schema.names if len(schema.names) <= SAMPLED_AHEAD else ())

    @property
    def evidence(self) -> scan.ScanPartial:
        """Return what the rows so far say of each column."""
        return scan.merge(self._evidence, scan.ScanPartial(0, self._encoded.partials()))

    def add(self, batch: pa.RecordBatch, first: int) -> None:
        """Take the next rows, given the number of the first."""
        self._take_decimals(most_decimals(batch, self._places))
        others = self._encoded.add(batch)
        self._evidence = scan.merge(self._evidence, scan.fold(batch, self._evidence, others))
        self.sample.add(batch, first)

    def part(self) -> ScanPart:
        """Return what the rows so far say."""
        return ScanPart(self.evidence, self.decimals, self.sample.partial())

    def join(self, part: ScanPart) -> None:
        """Take what other rows say."""
        self._evidence = scan.merge(self._evidence, part.evidence)
        self._take_decimals(part.decimals)
        self.sample.join(part.sample, part.evidence.rows)

    def _take_decimals(self, found: dict[str, int]) -> None:
        for name, most in found.items():
            self.decimals[name] = max(most, self.decimals.get(name, 0))


@dataclass(frozen=True, slots=True)
class FoldRange:
    """Folds the ranges of a source; picklable.

    Attributes:
        ranges: Of the source.
    """

    ranges: RowRanges

    def __call__(self, number: int, part: Path) -> int:
        """Fold one range."""
        fold = ScanFold(self.ranges.source.schema)
        for first, batch in self.ranges.batches(number):
            fold.add(batch, first)
        write_found(fold.part(), part)
        return fold.evidence.rows
