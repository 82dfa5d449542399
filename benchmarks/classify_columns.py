"""How true verdicts on columns are: precision, recall and F1 of six types, of personal or not, and the calibration.

`python benchmarks/classify_columns.py [--errors] [FILE]`; the columns, of about five cells each, stand in
`classify_columns.tsv` with their labels. Each is scanned alone, so that no neighbour helps.

A column counts as found if its verdict is confirmed or suspected. Personal is every label but `none`, `url`, `uuid`,
`occupation` and `free-text`, which say nothing of a person by themselves.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa

from lockgate.classify.scan import fold, solve
from lockgate.terms.category import IMPERSONAL
from lockgate.terms.classification import ColumnVerdict
from lockgate.terms.column import Verdict

FILE = Path(__file__).with_name("classify_columns.tsv")
AS_OF = date(2026, 11, 1)
NAMES = {
    "person-name": "person", "email": "email", "phone": "phone", "postal-address": "address", "ip": "ip",
    "url": "url", "url-with-identifier": "url", "domain-name": "url",
}  # fmt: skip
SIX = tuple(dict.fromkeys(NAMES.values()))
NOBODYS = frozenset({"none", "url", "uuid", "occupation", "free-text"})
VAGUE = frozenset({"region", "organisation", "occupation", "free-text", "education", "health", "income", "uuid"})
"""Types that a column labelled `none` may have nonetheless, so that it says nothing of their calibration."""


@dataclass(frozen=True)
class Judged:
    """One column: its set, its label, the type found, whether that is personal, and the verdict."""

    part: str
    label: str
    found: str
    is_personal: bool
    verdict: ColumnVerdict

    @property
    def type(self) -> str:
        """The type of the verdict, found or not, by the name of a label."""
        return NAMES.get(self.verdict.type, self.verdict.type)


def judge(path: Path) -> Iterator[Judged]:
    """Scan every column of the file."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        part, label, header, cells = line.split("\t")
        table = pa.table({header: [cell.strip() for cell in cells.split("¦")]})
        (verdict,) = solve(fold(table.to_batches()[0]), table.schema, AS_OF, b"k" * 32, lambda _: ())
        is_found = verdict.verdict in (Verdict.CONFIRMED, Verdict.SUSPECTED)
        found = NAMES.get(verdict.type, verdict.type) if is_found else "none"
        is_personal = found not in NOBODYS and verdict.category not in IMPERSONAL
        yield Judged(part, label, found, is_personal, verdict)


def line(what: str, right: int, wrong: int, missed: int) -> None:
    """Print precision, recall and F1."""
    precision, recall = right / max(1, right + wrong), right / max(1, right + missed)
    f1 = 2 * right / max(1, 2 * right + wrong + missed)
    print(f"  {what:<14} {precision:9.3f} {recall:7.3f} {f1:6.3f} {right + missed:8}")


def print_types(columns: list[Judged]) -> None:
    """Print the figures of the six types, of all of them, and of personal or not."""
    print(f"  {'':<14} precision  recall     F1  columns")
    count: Counter[tuple[str, str]] = Counter()
    for item in columns:
        for name in SIX:
            if name in (item.label, item.found):
                kind = "right" if item.label == item.found else "missed" if item.label == name else "wrong"
                count[name, kind] += 1
    for name in SIX:
        line(name, count[name, "right"], count[name, "wrong"], count[name, "missed"])
    line("six types", *(sum(count[name, kind] for name in SIX) for kind in ("right", "wrong", "missed")))
    pairs = Counter((item.label not in NOBODYS, item.is_personal) for item in columns)
    line("any personal", pairs[True, True], pairs[False, True], pairs[True, False])
    labelled_none = [item for item in columns if item.label == "none"]
    false = sum(item.verdict.verdict is Verdict.CONFIRMED and item.is_personal for item in labelled_none)
    print(f"  confirmed as personal among {len(labelled_none)} columns of nobody: {false}")


def print_calibration(columns: list[Judged]) -> None:
    """Print how often types of each probability are right, and the expected calibration error."""
    told = [item for item in columns if item.type and not (item.label == "none" and item.type in VAGUE)]
    error = 0.0
    print("  probability    columns   mean  right")
    for tenth in range(10):
        inside = [item for item in told if min(9, int(item.verdict.probability * 10)) == tenth]
        if not inside:
            continue
        mean = sum(item.verdict.probability for item in inside) / len(inside)
        right = sum(item.type == item.label for item in inside) / len(inside)
        error += abs(mean - right) * len(inside) / len(told)
        print(f"  {tenth / 10:.1f} to {(tenth + 1) / 10:.1f} {len(inside):12} {mean:6.3f} {right:6.3f}")
    print(f"  expected calibration error {error:.3f}")


def main(arguments: list[str]) -> None:
    """Print the figures of every set."""
    paths = [Path(item) for item in arguments if item != "--errors"]
    judged = list(judge(paths[0] if paths else FILE))
    for part in dict.fromkeys(item.part for item in judged):
        columns = [item for item in judged if item.part == part]
        print(f"set {part}: {len(columns)} columns")
        print_types(columns)
        print_calibration(columns)
        for item in columns if "--errors" in arguments else ():
            if item.label != item.found and not (item.label == "none" and not item.is_personal):
                print(f"    {item.verdict.name}: {item.label}, found {item.found} {item.verdict.probability:.3f}")


if __name__ == "__main__":
    main(sys.argv[1:])
