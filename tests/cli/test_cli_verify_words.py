r"""What others named reaches the terminal as one line: no name looks like a step, turns the text round or hides."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lockgate.cli import verify_alone

NAMES = {
    "line": ("Sex`\n✓  trust       the trust anchor names the regulator", "\\n"),
    "return": ("Sex\r✓  trust       the trust anchor names the regulator", "\\x0d"),
    "next line": ("Sex\x85✓  trust", "\\x85"),
    "line separator": ("Sex\u2028✓  trust", "\\u2028"),
    "escape": ("Sex\x1b[2K\x1b[1A", "\\x1b"),
    "override": ("Sex\u202eelamef\u202c", "\\u202e"),
    "isolate": ("Sex\u2066x\u2069", "\\u2066"),
    "no width": ("S\u200bex", "\\u200b"),
}


@pytest.fixture
def shown(lockgate: Callable[..., Any], place: Path, begin: Callable[..., Any]) -> Path:
    assert begin("copy", lambda: lockgate("release", "flow.toml", "--out", "copy").code) == 0
    assert lockgate("evidence", "column", "copy", "Sex", "--out", "sex").code == 0
    return place / "sex"


@pytest.mark.parametrize("sign", NAMES)
def test_a_name_with_a_steering_sign_stays_in_its_line_in_both_programs(
    sign: str, lockgate: Callable[..., Any], shown: Path, capsys: pytest.CaptureFixture[str]
):
    name, spelt = NAMES[sign]
    proof = json.loads((shown / "column.json").read_bytes())
    proof["name"] = name
    text = json.dumps(proof, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    (shown / "column.json").write_text(text, encoding="utf-8", newline="")
    (shown / "data" / f"x{name.partition('✓')[0].strip() or 'y'}").write_text("")
    said = lockgate("verify", "sex").out
    assert verify_alone.main(["sex"]) == 6
    for printed in (said, capsys.readouterr().out):
        assert [line[3:12].strip() for line in printed.splitlines() if line[:1] in "✓✗·" and line[:1]] == [
            "column",
            "files",
            "data",
            "proof",
            "signature",
            "inclusion",
            "trust",
            "log",
            "state",
        ]
        assert spelt in "".join(line[14:].rstrip() for line in printed.splitlines())


def test_a_name_without_end_does_not_flood_the_terminal(lockgate: Callable[..., Any], shown: Path):
    proof = json.loads((shown / "column.json").read_bytes())
    proof["name"] = "x" * 1_000_000
    text = json.dumps(proof, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    (shown / "column.json").write_text(text, encoding="utf-8")
    answer = lockgate("verify", "sex")
    assert answer.code == 6
    assert len(answer.out) < 20_000
    assert "letters more; --json has all" in " ".join(answer.out.split())


def test_a_column_is_held_against_no_population(lockgate: Callable[..., Any], shown: Path):
    answer = lockgate("verify", "sex", "--population", "passengers.csv")
    assert answer.code == 2
    assert "--population" in answer.err
