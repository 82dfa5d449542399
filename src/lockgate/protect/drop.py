"""Columns left out of the copy."""

from collections.abc import Collection

import pyarrow as pa

VERSION = "1"


def drop(batch: pa.RecordBatch, columns: Collection[str]) -> pa.RecordBatch:
    """Return the batch without the columns; a column that is not there is no error."""
    return batch.select([name for name in batch.schema.names if name not in columns])
