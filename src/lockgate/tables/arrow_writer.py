"""Arrow IPC files with one record batch a logical fragment, packed with zstd; same rows and library, same bytes."""

from collections.abc import Iterable
from io import IOBase
from typing import BinaryIO, cast

import numpy as np
import pyarrow as pa
from pyarrow import ipc


def write_arrow(file: BinaryIO, batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> None:
    """Write the rows.

    Args:
        file: Where to.
        batches: Logical fragments.
        schema: Of every batch.
    """
    options = ipc.IpcWriteOptions(compression="zstd", use_threads=False)
    with ipc.new_file(cast("IOBase", file), schema, options=options) as writer:
        for batch in batches:
            # copied, as slices of a larger batch are written with other buffers than the same rows alone
            writer.write_batch(batch.take(np.arange(batch.num_rows)))
