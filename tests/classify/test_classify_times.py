"""Times that Python has no value for are read all the same."""

from typing import Any

import pyarrow as pa
import pytest

from lockgate.classify.cells import as_text, distinct_cells


@pytest.mark.parametrize(
    ("column", "text"),
    [
        (pa.array([1_000_000_001], pa.timestamp("ns")), "1970-01-01 00:00:01"),
        (pa.array([1_000_000_001], pa.timestamp("ns", "UTC")), "1970-01-01 00:00:01+00:00"),
        (pa.array([1_000_000_001], pa.time64("ns")), "00:00:01"),
        (pa.array([2**62], pa.timestamp("us")), str(2**62)),
        (pa.array([-(2**55)], pa.timestamp("ms")), str(-(2**55))),
        (pa.array([2**30], pa.date32()), str(2**30)),
    ],
)
def test_a_time_finer_or_farther_than_python_knows_is_read(column: Any, text: str):
    assert as_text(column).to_pylist() == [text]
    assert distinct_cells(column).counts.tolist() == [1]
