"""One file written in pieces, each by whoever has its rows, and joined: byte for byte the file that one writer makes.

A piece holds whole logical fragments, in the order of the rows; only the last ends with a shorter one.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from shutil import copyfileobj
from typing import BinaryIO

import pyarrow as pa

from lockgate.tables.csv_writer import write_csv
from lockgate.tables.file_state import unwritable
from lockgate.tables.fragments import FRAGMENT_ROWS, rows_of
from lockgate.tables.json_writer import write_json_lines
from lockgate.tables.parquet_pieces import join_parquet
from lockgate.tables.parquet_writer import write_parquet
from lockgate.tables.plain_types import plain_batch, plain_schema

IN_PIECES = frozenset({"parquet", "csv", "jsonl"})
"""Formats of files that can be written so."""

_MOST_PIECES = 64


def rows_of_piece(rows: int, least: int) -> int:
    """Return how many rows a piece has; the last may have fewer.

    Args:
        rows: Of all pieces.
        least: Of a piece where there are few rows, a multiple of 65,536.
    """
    share = -(-rows // _MOST_PIECES)
    return max(least, -(-share // FRAGMENT_ROWS) * FRAGMENT_ROWS)


def write_piece(path: Path, batches: Iterable[pa.RecordBatch], schema: pa.Schema, format_: str, number: int) -> None:
    """Write a piece.

    Args:
        path: Does not exist.
        batches: Its rows, any cut; every batch has the columns of `schema`.
        schema: Columns, each name once, none nested.
        format_: One of `IN_PIECES`.
        number: Of the piece, from 0.

    Raises:
        LockgateError: If the disk is full, the folder may not be written, or the format cannot hold the rows.
    """
    plain = plain_schema(schema, path.name)
    in_plain = rows_of((plain_batch(batch, plain, path.name) for batch in batches), plain, FRAGMENT_ROWS)
    try:
        with path.open("xb") as file:
            match format_:
                case "parquet":
                    write_parquet(file, in_plain, plain)
                case "csv":
                    write_csv(file, in_plain, plain, header=not number)
                case _:
                    write_json_lines(file, in_plain, plain)
    except OSError as error:
        raise unwritable(path, error) from error


def join_pieces(file: BinaryIO, pieces: Sequence[Path], format_: str) -> None:
    """Write the file that pieces make.

    Args:
        file: Where to.
        pieces: In the order of their rows, at least one.
        format_: As they were written.
    """
    if format_ == "parquet":
        join_parquet(file, pieces)
        return
    for piece in pieces:
        with piece.open("rb") as given:
            copyfileobj(given, file)
