"""A large CSV file read once into Parquet: every pass after that is several times as fast, and can be shared.

A CSV file cannot be cut without reading it: a line break may stand within quotes.
"""

from typing import TypeGuard

from lockgate.tables.csv_file import CsvSource
from lockgate.tables.snapshot import Origin, held_snapshot, take_snapshot
from lockgate.tables.source import Source

COPIED_BYTES = 256 << 20
"""Bytes of CSV from which on a copy is made."""


def is_copied(source: Source, least_bytes: int = COPIED_BYTES) -> TypeGuard[CsvSource]:
    """Return whether a source is a CSV source of so many bytes."""
    return isinstance(source, CsvSource) and sum(part.state.size for part in source.parts) >= least_bytes


def copy_of_csv(source: CsvSource) -> Source:
    """Return the copy of a CSV source, which goes when nobody holds it.

    Raises:
        InputError: If the file is no CSV of one width throughout, or changes meanwhile.
        LockgateError: If the disk is full.
    """
    key = ("csv", source.name, source.parts, tuple(source.schema.names))
    states = tuple(part.state for part in source.parts)
    made = Origin(source.name, source.format, source.schema, lambda _: source.batches(), source.notes, states)
    return held_snapshot(key) or take_snapshot(key, made)
