"""Memory while reading a large file, measured in a process of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import resource, sys
from lockgate.tables.source import open_source
from lockgate.terms.flow_request import SourceReference
start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
rows = sum(batch.num_rows for batch in open_source(SourceReference(sys.argv[1])).batches())
print(rows, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start) >> 10)
"""


@pytest.mark.slow
def test_reading_300_megabytes_of_csv_takes_less_memory_than_the_file(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    block = "".join(f'{number},"Name {number % 97}, Mr",北京市海淀区,{"text " * 10}\n' for number in range(30_000))
    with path.open("w") as file:
        file.write("id,name,city,note\n")
        for _ in range(120):
            file.write(block)
    assert path.stat().st_size > 300 << 20
    answer = subprocess.run([sys.executable, "-c", PROGRAM, str(path)], check=True, capture_output=True, text=True)
    rows, grown_mib = map(int, answer.stdout.split())
    assert rows == 3_600_000
    assert grown_mib < 200
