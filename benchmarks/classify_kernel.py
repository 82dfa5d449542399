"""The matching kernel against what else matches many patterns, on the same cells in the same run; prints ratios.

`python benchmarks/classify_kernel.py [ROWS]`; peers that are not installed are left out. Times are of the processor, of
one thread, the least of three runs, so that a busy machine shows less.

Cells: the text columns of the made-up customers. Patterns: those of every recogniser, whole cells and text.
"""

import sys
import time
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lockgate.classify.catalogue import CATALOGUE, SEARCHED
from lockgate.classify.kernel.block import block_of
from lockgate.classify.kernel.engine import engine, machine
from lockgate.classify.kernel.reading import codes_of, read
from lockgate.examples.customers import CUSTOMER_SCHEMA, generate_customers

PEER_ROWS, PRESIDIO_ROWS = 2_000, 60


def best(work: Callable[[], object], times: int = 3) -> float:
    """Least processor time of a few runs, in seconds."""
    found = []
    for _ in range(times):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return min(found)


def columns_of(rows: int) -> list[pa.Array]:
    """Text columns without nulls."""
    table = pa.Table.from_batches(list(generate_customers(rows, 7)), CUSTOMER_SCHEMA)
    texts = [name for name in table.schema.names if pa.types.is_string(table.schema.field(name).type)]
    return [table.column(name).combine_chunks().drop_null() for name in texts]


def line(what: str, seconds: float, size: float, cells: int) -> None:
    """Print one figure."""
    print(f"{what:<62} {seconds * 1e3:9.1f} ms {size / seconds / 1e9:7.3f} GB/s {cells / seconds / 1e6:9.2f} M cells/s")


def kernel_times(columns: list[pa.Array]) -> tuple[float, float]:
    """Print the passes of the kernel; return seconds a byte of all whole-cell passes, and of the search."""
    tables, loops = engine(), machine()
    assert tables is not None
    assert loops is not None
    blocks = [block_of(column) for column in columns]
    size = float(sum(block.offsets[-1] - block.offsets[0] for block in blocks))
    cells = sum(map(len, columns))
    whole = best(lambda: [tables.run(block, loops) for block in blocks])
    count = len({label for group in tables.tables.groups for label in group.labels})
    line(f"whole cells, {count} patterns in one pass", whole, size, cells)
    codes = codes_of(SEARCHED, tables.tables.loose)
    spent = best(lambda: [tables.search(block, np.arange(len(block.offsets) - 1), codes, loops) for block in blocks])
    line(f"search: {len(SEARCHED)} patterns with checks", spent, size, cells)
    search = tables.tables.search
    assert search is not None
    wide = np.ascontiguousarray(search.table[:, search.class_of]).reshape(-1)
    data = np.concatenate([block.data[block.offsets[0] : block.offsets[-1]] for block in blocks])
    start = int(search.starts.max())
    # A table in which no state is dead, so that every byte is a step that waits for the one before.
    alive = np.where(wide == 0, start, wide).astype(np.uint16)
    floor = best(lambda: loops.step_every_byte(data, alive, start))
    line("one dependent step a byte", floor, size, cells)
    print(f"  search is {floor / spent:.2f} x the speed of one dependent step a byte (must: 1.0; stretch: 2.5)")
    line("hash and characters", best(lambda: [tables_hash(block) for block in blocks]), size, cells)
    return whole / size, spent / size


def tables_hash(block: object) -> object:
    """Hash one column."""
    return import_module("lockgate.classify.kernel.engine").hash_block(block, machine())


def peer_times(columns: list[pa.Array], whole: float) -> None:
    """Print Arrow and polars, one pass a pattern, on the first rows."""
    cells = [column.slice(0, PEER_ROWS) for column in columns]
    size = float(sum(block_of(column).lengths.sum() for column in cells))
    patterns = [text for item in CATALOGUE.values() for text in (item.form, item.strong) if text]
    patterns = list(dict.fromkeys(patterns))
    spent = best(lambda: [pc.match_substring_regex(column, text) for column in cells for text in patterns], 1)
    line(f"pyarrow, one pass for each of {len(patterns)} patterns", spent, size, sum(map(len, cells)))
    print(f"  the kernel is {spent / size / whole:.0f} x faster (must: 40)")
    if find_spec("polars") is None:
        print("polars: not installed")
        return
    polars = import_module("polars")
    series = [polars.Series(column.to_pylist()) for column in cells]
    known = [text for text in patterns if fits_polars(polars, text)]
    spent = best(lambda: [one.str.contains(text) for one in series for text in known], 1)
    line(f"polars, one pass for each of {len(known)} patterns", spent, size, sum(map(len, cells)))
    print(f"  the kernel is {spent / size / whole:.0f} x faster (must: 40)")


def fits_polars(polars: object, pattern: str) -> bool:
    """Whether polars reads a pattern."""
    try:
        polars.Series(["x"]).str.contains(pattern)  # type: ignore[attr-defined] # polars is a peer, loaded by name
    except Exception:  # noqa: BLE001 - whatever polars raises for a pattern it does not read
        return False
    return True


def presidio_times(columns: list[pa.Array], seconds_a_byte: float) -> None:
    """Print Presidio with its patterns only, on the first rows."""
    if find_spec("presidio_analyzer") is None or find_spec("spacy") is None:
        print("presidio: not installed")
        return
    spacy, analyzer = import_module("spacy"), import_module("presidio_analyzer")
    provider = import_module("presidio_analyzer.nlp_engine")

    class Blank(provider.SpacyNlpEngine):  # type: ignore[name-defined, misc] # a peer, loaded by name
        def __init__(self) -> None:
            super().__init__()
            self.nlp = {"en": spacy.blank("en")}

    tool = analyzer.AnalyzerEngine(nlp_engine=Blank(), supported_languages=["en"])
    tool.analyze("write to a@mail.example", language="en")  # loads what it loads once
    texts = [text for column in columns for text in column.slice(0, PRESIDIO_ROWS).to_pylist()]
    size = float(sum(len(text.encode()) for text in texts))
    spent = best(lambda: [tool.analyze(text, language="en") for text in texts], 1)
    line("presidio, patterns only", spent, size, len(texts))
    print(
        f"  whole cells and search of the kernel together are {spent / size / seconds_a_byte:.0f} x faster (must: 5000)"
    )


def main(rows: int) -> None:
    """Run all."""
    columns = columns_of(rows)
    tables = engine()
    assert tables is not None
    assert read(columns[0], tables) is not None
    whole, search = kernel_times(columns)
    peer_times(columns, whole)
    presidio_times(columns, whole + search)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
