"""Four small dossiers, kept byte for byte: what a change of law, technique or form does to them is seen here.

Clock, keys and salts are fixed. Write them anew after a change that is meant:
`LOCKGATE_REGENERATE=1 .venv/bin/pytest tests/golden tests/cli`, and read the difference before it is committed.

Compared are the statement and the data, byte for byte; but not the versions of lockgate, Python and pyarrow, the stamp
of the law, which changes with a comment too, and the figures behind a verdict on a column, which `classify` tests. The
kept dossiers themselves must go on verifying.
"""

import difflib
import json
import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from lockgate.evidence.canonical import canonical_bytes
from lockgate.evidence.dossier import parse_statement
from lockgate.evidence.trust import parse_trust
from lockgate.flow.checking import CheckMeans, check_release
from lockgate.flow.file import read_flow_file
from lockgate.flow.release import release
from lockgate.laws.catalogue import load_laws
from lockgate.store.home import Home
from lockgate.terms.errors import ReleaseRefused
from small_flows import fix_keys, node_at

GOLDEN = Path(__file__).parent
ROUTES = {"permitted-copy": "", "refused": "", "k-anonymised": "", "counts": "aggregate"}
"""Each case with the measure of the route that it takes; empty takes the flow as it stands."""

ROWS_AT_MOST = 20


def made(case: str, folder: Path) -> Path:
    """Return the dossier that a case gives today: a release folder, or that of a refusal."""
    request = read_flow_file(GOLDEN / case / "flow.toml")
    node = node_at(fix_keys(folder / "home"), case)
    route = ""
    if ROUTES[case]:
        with pytest.raises(ReleaseRefused) as caught:
            release(request, folder / "out", node, rehearse=True)
        routes: Any = caught.value.details["decision"].routes
        route = next(item.id for item in routes if any(step.kind == ROUTES[case] for step in item.steps))
    with suppress(ReleaseRefused):
        release(request, folder / "out", node, route=route)
    if (folder / "out").exists():
        return folder / "out"
    (refusal,) = (folder / "home" / "refusals").iterdir()
    return refusal


def normalised(data: bytes) -> dict[str, Any]:
    statement = json.loads(data)
    statement["software"] = dict.fromkeys(statement["software"], "any")
    statement["decision"]["laws"] = "any"
    for column in statement.get("classification", {}).get("columns", []):
        column.update(probability="any", evidence="any", example="any")
    return statement


def difference(kept: dict[str, Any], now: dict[str, Any]) -> str:
    lines = (json.dumps(item, indent=1, sort_keys=True, ensure_ascii=False).splitlines() for item in (kept, now))
    return "\n".join(difflib.unified_diff(*lines, "kept", "now", n=2, lineterm=""))


def keep(dossier: Path, expected: Path) -> None:
    shutil.rmtree(expected, ignore_errors=True)
    shutil.copytree(dossier, expected, ignore=shutil.ignore_patterns("report.html"))


@pytest.mark.parametrize("case", ROUTES)
def test_a_dossier_is_made_again_as_it_was_kept(case: str, tmp_path: Path):
    dossier, expected = made(case, tmp_path), GOLDEN / case / "expected"
    if os.environ.get("LOCKGATE_REGENERATE"):
        keep(dossier, expected)
    now, kept = (normalised((folder / "statement.json").read_bytes()) for folder in (dossier, expected))
    assert canonical_bytes(now) == canonical_bytes(kept), difference(kept, now)
    files = sorted(path.relative_to(expected) for path in expected.rglob("data/*"))
    assert files == sorted(path.relative_to(dossier) for path in dossier.rglob("data/*"))
    for file in files:
        assert (dossier / file).read_bytes() == (expected / file).read_bytes()


@pytest.mark.parametrize("case", ROUTES)
def test_a_kept_dossier_still_verifies(case: str, tmp_path: Path):
    trust = parse_trust(str(Home.open(fix_keys(tmp_path / "home")).verifier_key))
    steps = check_release(GOLDEN / case / "expected", CheckMeans(load_laws(), trust, None))
    assert [f"{step.step}: {step.detail}" for step in steps if not step.ok] == []
    open_ = {step.step for step in steps if not step.settled}
    assert open_ - {"state"} == {"report", "log"}  # reports and logs are not kept
    assert ("state" in open_) == (case != "refused")  # a refusal cannot be revoked


@pytest.mark.parametrize("case", ROUTES)
def test_a_case_is_small_and_says_what_it_is(case: str):
    table = (GOLDEN / case / "passengers.csv").read_text(encoding="utf-8")
    assert 0 < len(table.splitlines()) - 1 <= ROWS_AT_MOST
    statement = parse_statement((GOLDEN / case / "expected" / "statement.json").read_bytes())
    assert statement["kind"] == ("refusal" if case == "refused" else "release")
    assert statement["decision"]["outcome"] == ("refused" if case == "refused" else "permitted")


@pytest.mark.parametrize("case", ["k-anonymised", "counts"])
def test_a_protected_case_holds_no_name_of_its_table(case: str):
    names = [line.split('"')[1] for line in (GOLDEN / case / "passengers.csv").read_text("utf-8").splitlines()[1:]]
    (file,) = (GOLDEN / case / "expected" / "data").iterdir()
    assert not [name for name in names if name in file.read_text(encoding="utf-8")]
