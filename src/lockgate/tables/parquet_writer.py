"""Parquet files with zstd and one row group a logical fragment; the same rows and library give the same bytes."""

from collections.abc import Iterable
from typing import IO, BinaryIO, cast

import pyarrow as pa
from pyarrow import parquet

from lockgate.tables.fragments import FRAGMENT_ROWS


def write_parquet(file: BinaryIO, batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> None:
    """Write the rows.

    Args:
        file: Where to.
        batches: Logical fragments.
        schema: Of every batch.
    """
    writer = parquet.ParquetWriter(
        cast("IO[bytes]", file), schema, compression="zstd", compression_level=3, version="2.6", store_schema=True
    )
    with writer:
        for batch in batches:
            writer.write_batch(batch, row_group_size=FRAGMENT_ROWS)
