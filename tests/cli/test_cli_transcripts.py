"""What people see: whole commands with their words, 80 columns wide, no terminal.

Write them anew after a change that is meant: `LOCKGATE_REGENERATE=1 .venv/bin/pytest tests/golden tests/cli`.
"""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from small_flows import REFUSED, UNDECIDED, fixed_bytes, write_flow

TRANSCRIPTS = Path(__file__).parent / "transcripts"
SESSIONS = {
    "scan": ("scan passengers.csv",),
    "decide": ("decide flow.toml", "decide refused.toml", "decide undecided.toml"),
    "release": ("release flow.toml --out out", "release flow.toml --out out", "release flow.toml --out new --dry-run"),
    "refusal": ("release refused.toml --out out", "release undecided.toml --out out"),
    "evidence": (
        "release flow.toml --out out",
        "evidence log",
        "evidence show 0",
        "evidence show 7",
        "evidence log --kind refused",
        "evidence prove out --out out.tlog-proof",
        "evidence fsck",
        "evidence statistics",
        "evidence export public",
        "evidence export public --statements",
        "evidence cosign",
    ),
    "column": ("release flow.toml --out out", "evidence column out Sex --out sex", "verify sex"),
    "credential": ("release flow.toml --out out", "evidence credential out --out c.json", "verify c.json"),
    "load": (
        "release flow.toml --out out",
        "load out --into nowhere --table passengers",
        "load out --into oracle://db/shop --table passengers",
    ),
    "sealed": (
        "evidence seat court --out court.key",
        "evidence seal order.txt --seat SEAT --review 2027-01-31 --authority police --instrument order --country KR",
        (
            "evidence seal order.txt --seat SEAT --review 2027-01-31 --authority police --instrument court-order "
            "--country KR --persons 1 --secret"
        ),
        "evidence review",
        "evidence show 0",
        "evidence open RECORD --seat-key court.key --out opened.txt --by A.Officer --why case-77",
        "evidence review RECORD --until 2027-06-30 --by A.Officer --why case-77",
        "evidence erase RECORD --by A.Officer --why case-77",
        "evidence open RECORD --seat-key court.key --out again.txt --by A.Officer --why case-77",
        "evidence log",
        "evidence fsck",
    ),
    "verify": ("release flow.toml --out out", "verify out", "verify out --strict", "attack out"),
}
WIDTH = 80
_HASH = re.compile(r"\b[0-9a-f]{16}…")
_NAMES = {"SEAT": re.compile(r"^court=\S+", re.MULTILINE), "RECORD": re.compile(r"(?<=sealed as )[0-9a-f]{16}")}
"""What later commands of a session name as an earlier one has told it."""
_STAMP = re.compile(r"law stamp [0-9a-f]{16}|laws [0-9a-f]{16}")


def _answers(commands: tuple[str, ...], lockgate: Callable[..., Any]) -> Iterator[tuple[str, Any]]:
    named: dict[str, str] = {}
    for command in commands:
        answer = lockgate(*(named.get(word, word) for word in command.split()))
        named |= {name: found[0] for name, form in _NAMES.items() if (found := form.search(answer.out))}
        yield command, answer


def _transcript(answers: list[tuple[str, Any]]) -> str:
    parts = []
    for command, answer in answers:
        said = "".join(f"{line.rstrip()}\n" for line in answer.out.splitlines())
        parts.append(f"$ lockgate {command}\n{said}{answer.err}[leaves with {answer.code}]\n")
    text = _HASH.sub("<sixteen digits>…", "\n".join(parts))
    return _STAMP.sub("laws <stamp>", text)


@pytest.mark.parametrize("name", SESSIONS)
def test_what_people_see_is_what_the_transcript_says_and_no_line_is_wider_than_80_columns(
    name: str, place: Path, lockgate: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
):
    if name == "sealed":
        monkeypatch.setattr(os, "urandom", fixed_bytes("sealed"))
        (place / "order.txt").write_text("order 77", encoding="utf-8")
    write_flow(place, REFUSED, "refused.toml")
    write_flow(place, UNDECIDED, "undecided.toml")
    answers = list(_answers(SESSIONS[name], lockgate))
    assert [line for _, answer in answers for line in answer.out.splitlines() if len(line) > WIDTH] == []
    said, file = _transcript(answers), TRANSCRIPTS / f"{name}.txt"
    if os.environ.get("LOCKGATE_REGENERATE"):
        file.write_text(said, encoding="utf-8")
    assert said == file.read_text(encoding="utf-8")
