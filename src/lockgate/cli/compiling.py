"""`python -m lockgate.cli.compiling FOLDER`: make all compiled code and keep it there; started by `warming`.

The code is made elsewhere and brought into the folder at the end, so that who deletes the folder, or all around it,
meanwhile finds nothing made anew.
"""

import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa

from lockgate.classify import scan
from lockgate.classify.kernel.block import block_of
from lockgate.classify.residual import residual_identifiers
from lockgate.classify.siphash import KEY_BYTES, hash_cells, hash_numbers
from lockgate.classify.text import identifier_spans
from lockgate.cli.warming import MADE, MAKING
from lockgate.examples.customers import CUSTOMER_SCHEMA, generate_customers
from lockgate.protect import combinations, kanonymity
from lockgate.protect.lattice_search import Scope, find_optimum
from lockgate.protect.microaggregation import Grouping, microaggregate
from lockgate.protect.places import Points
from lockgate.protect.pseudonym import KEY_BYTES as PSEUDONYM_KEY_BYTES
from lockgate.protect.pseudonym import pseudonymise
from lockgate.protect.search import Search
from lockgate.protect.stays import find_stays
from lockgate.tables.scratch import scratch_folder
from lockgate.terms.compiled_code import load_code, set_code_folder
from lockgate.terms.privacy_model import KAnonymity, KMap, TCloseness
from lockgate.verify import encoding, figures, fold
from lockgate.verify.models import measure_models
from lockgate.verify.numbering import KeyNumbers

_ROWS = 6_000
"""More than what compiled code is loaded for."""

_COMPARED = 2_100
"""Classes that are compared with as many combinations, likewise."""


def make(folder: Path) -> None:
    """Make all compiled code, then say that it is made.

    Args:
        folder: From `warming.begin`; only its owner may write to it.
    """
    (folder / MAKING).write_text(str(os.getpid()), encoding="ascii")
    with TemporaryDirectory(dir=scratch_folder()) as made:
        set_code_folder(Path(made), None)
        try:
            _use_every_loop()
            if folder.is_dir():
                shutil.copytree(made, folder, dirs_exist_ok=True)
                (folder / MADE).touch()
        finally:
            (folder / MAKING).unlink(missing_ok=True)


def _use_every_loop() -> None:
    """Scan and redact made-up customers, with cells that are glued, disguised, long or none."""
    table = pa.Table.from_batches(list(generate_customers(_ROWS, 1)), CUSTOMER_SCHEMA)
    odd = [
        "",
        "x" * 5_000,
        "请打13800138000找王小明",
        "이름은 홍길동입니다 010-1234-5678",
        "Call Ann Lee, ann@example.org",
    ]
    texts = pa.array(odd * (_ROWS // len(odd)), pa.string())
    batch = table.append_column("text", texts).combine_chunks().to_batches()[0]
    scan.fold(batch)
    identifier_spans(texts)
    hash_numbers(np.arange(_ROWS), bytes(KEY_BYTES))
    hash_cells(block_of(pa.array(["as long as all others"] * _ROWS)), bytes(KEY_BYTES))
    KeyNumbers().numbers(np.arange(_ROWS))
    load_code(encoding.LOOPS, is_needed=True)
    for kind in (pa.string(), pa.large_string()):
        cells = {"text": pa.array(odd * _COMPARED, kind), "number": np.arange(_COMPARED * len(odd))}
        measure_models(cells, ["text"], ["number"])
    residual_identifiers(batch, batch.schema.names)
    pseudonymise(pa.array([str(number) for number in range(_ROWS)]), "", bytes(PSEUDONYM_KEY_BYTES), 1)
    spread = np.arange(2 * _ROWS, dtype=np.float64).reshape(-1, 2) ** 2
    find_stays(Points(spread[:, 0] * 0, spread[:, 0] * 0), np.zeros(len(spread), np.int64), np.arange(len(spread)))
    microaggregate(spread, 3, Grouping.REFINED, most_moves=1)
    columns = tuple(batch.schema.names[:3])
    question = kanonymity.Question(columns, 5, {}, 0.0, moves=_ROWS)
    kanonymity.solve(combinations.fold(batch.slice(0, _ROWS // 10), columns, None), question)
    strict = replace(question, search=Search.STRICT, moves=0)
    kanonymity.solve(combinations.fold(batch.slice(0, _ROWS // 100), columns, None), strict)
    ages = {"age": ["1", "2", "3", "3"], "ill": ["a", "b", "a", "b"]}
    numbers = pa.record_batch({"n": [str(number) for number in range(_COMPARED)]})
    pairs, none = fold.fold(numbers, numbers, None, ["n"]), fold.fold_sensitive(numbers, ["n"], [])
    figures.measure(pairs, none, figures.Reading({}, frozenset()))
    find_optimum(ages, {}, [KAnonymity(2), TCloseness("ill", 0.5)], "loss", 0.5)
    find_optimum({"age": ages["age"]}, {}, [KMap(2)], "loss", 0.5, Scope(released=[True, True, True, False]))


if __name__ == "__main__":
    os.nice(5)
    make(Path(sys.argv[1]))
