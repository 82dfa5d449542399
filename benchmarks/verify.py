"""Figures of a table beside pyCANON's on the same table in the same run; prints differences and ratios.

`python benchmarks/verify.py --peer-python PYTHON [--adult FILE]`: PYTHON is one of an environment with pycanon 1.3.5.
Times are of the processor, ours the least of twenty runs with encoding, theirs of one run; reading is left out, and
loading compiled code, as a process that measures one table only does without it.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv

from lockgate.terms.compiled_code import load_code
from lockgate.verify import encoding
from lockgate.verify.models import ModelFigures, measure_models
from lockgate.verify.quasi_identifiers import all_subsets
from lockgate.verify.risk import measure_risk

QUASI = ("sex", "age", "race", "marital-status", "education", "native-country", "workclass")

PEER = """
import json, sys, time
import pandas as pd
from pycanon import anonymity
case = json.load(open(sys.argv[1]))
data, quasi, sensitive = pd.read_csv(case["file"]), case["quasi"], case["sensitive"]
names = ["k_anonymity", "alpha_k_anonymity", "l_diversity", "entropy_l_diversity", "recursive_c_l_diversity",
         "t_closeness", "basic_beta_likeness", "enhanced_beta_likeness", "delta_disclosure"]
found = {}
for name in names:
    start = time.process_time()
    value = getattr(anonymity, name)(data, quasi, *([] if name == "k_anonymity" else [sensitive]))
    found[name] = {"value": [float(v) for v in (value if isinstance(value, tuple) else (value,))],
                   "seconds": time.process_time() - start}
print(json.dumps(found))
"""


def ours(figures: ModelFigures) -> dict[str, list[float]]:
    """Our figures under pyCANON's names, over all sensitive columns together."""
    each = figures.sensitive
    rising = [one.recursive_c_rising for one in each]
    return {
        "k_anonymity": [figures.k],
        "alpha_k_anonymity": [max(one.alpha for one in each), figures.k],
        "l_diversity": [figures.l],
        "entropy_l_diversity": [min(one.entropy_l for one in each)],
        "recursive_c_l_diversity": [max(rising) if None not in rising else float("nan"), figures.l],
        "t_closeness": [figures.t],
        "basic_beta_likeness": [max(one.beta for one in each)],
        "enhanced_beta_likeness": [max(one.enhanced_beta for one in each)],
        "delta_disclosure": [max(one.delta for one in each)],
    }


def theirs(python: str, table: pa.Table, quasi: list[str], sensitive: list[str]) -> dict[str, dict[str, list[float]]]:
    """What pyCANON finds, with the seconds of each figure."""
    with tempfile.TemporaryDirectory() as folder:
        file, case = Path(folder) / "table.csv", Path(folder) / "case.json"
        pacsv.write_csv(table, file)
        case.write_text(json.dumps({"file": str(file), "quasi": quasi, "sensitive": sensitive}))
        done = subprocess.run([python, "-c", PEER, str(case)], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def best(work: Callable[[], object], times: int = 20) -> float:
    """Least processor time of a few runs, in seconds."""
    found = []
    for _ in range(times):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return min(found)


def compare(title: str, python: str, table: pa.Table, quasi: list[str], sensitive: list[str]) -> None:
    """Print one table's figures beside the peer's."""
    here, there = ours(measure_models(table, quasi, sensitive)), theirs(python, table, quasi, sensitive)
    worst = 0.0
    for name, values in here.items():
        for mine, other in zip(values, there[name]["value"], strict=True):
            both_none = mine != mine and other != other  # noqa: PLR0124 - not a number
            difference = 0.0 if both_none else abs(mine - other)
            worst = max(worst, difference if difference == difference else float("inf"))  # noqa: PLR0124 - likewise
    peer = sum(item["seconds"] for item in there.values())
    seven = peer - there["recursive_c_l_diversity"]["seconds"]
    mine = best(lambda: measure_models(table, quasi, sensitive))
    print(
        f"{title:<44} greatest difference {worst:.1e}  ours {mine * 1e3:7.1f} ms  pyCANON {peer:7.2f} s "
        f"({peer / mine:,.0f}x; without recursive {seven / mine:,.0f}x)"
    )


def generalise(table: pa.Table) -> pa.Table:
    """Adult with ages in tens and fewer countries, so that classes are larger."""
    ages = [f"{age // 10 * 10}-{age // 10 * 10 + 9}" for age in table["age"].to_pylist()]
    home = [place if place == "United-States" else "other" for place in table["native-country"].to_pylist()]
    return (
        table.append_column("pay-rank", pa.array([age * 7 % 13 for age in table["age"].to_pylist()]))
        .set_column(table.column_names.index("age"), "age", pa.array(ages))
        .set_column(table.column_names.index("native-country"), "native-country", pa.array(home))
    )


def main() -> None:
    """Run all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer-python", default="")
    parser.add_argument("--adult", default=str(files("lockgate.examples") / "adult" / "adult.csv"))
    arguments = parser.parse_args()
    load_code(encoding.LOOPS, is_needed=True)
    table = pacsv.read_csv(arguments.adult, parse_options=pacsv.ParseOptions(delimiter=";"))
    wide = generalise(table)
    print(f"Python {sys.version.split()[0]}, {table.num_rows} rows")
    if arguments.peer_python:
        peer = arguments.peer_python
        compare("sex, race; two sensitive, one in order", peer, wide, ["sex", "race"], ["occupation", "pay-rank"])
        compare("3 generalised; occupation", peer, wide, ["sex", "age", "native-country"], ["occupation"])
        compare(
            "4 generalised; two sensitive", peer, wide, ["sex", "age", "race", "workclass"], ["education", "pay-rank"]
        )
        compare("7 as they are; occupation", peer, table, list(QUASI), ["occupation"])
    names = table.column_names
    print(f"risk, 9 quasi-identifiers: {best(lambda: measure_risk(table, names)) * 1e3:.1f} ms")
    print(f"all {2 ** len(names) - 1} subsets: {best(lambda: all_subsets(table, names), 3):.2f} s")


if __name__ == "__main__":
    main()
