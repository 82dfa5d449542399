"""`reveal` and `forget`: what people see, what is refused, and that only tokens are read of a file.

Write the transcript anew after a change that is meant: `LOCKGATE_REGENERATE=1 .venv/bin/pytest tests/cli`.
"""

import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lockgate.cli import forget as forget_command
from lockgate.cli import reveal as reveal_command
from lockgate.store.home import Home
from lockgate.store.vault import Vault
from small_flows import fix_keys, fixed_bytes

TRANSCRIPT = Path(__file__).parent / "transcripts" / "reveal.txt"
WHY = ["--by", "L. Chen", "--why", "claim 2026-118"]


@pytest.fixture
def tokens(place: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    """Tokens of two names in the vault of the place."""
    world = SimpleNamespace(urandom=fixed_bytes("reveal"), getuid=lambda: 1000)
    monkeypatch.setattr(reveal_command, "os", world)
    monkeypatch.setattr(forget_command, "os", world)
    home = Home.open(fix_keys(place / ".lockgate", ("vault",)))
    return Vault(home).assign("acme/name", ["张三", "Ann \x1b[31mLee"], fixed_bytes("tokens"))


def test_what_people_see_is_what_the_transcript_says(tokens: tuple[str, ...], lockgate: Callable[..., Any]):
    commands = [
        ["reveal", tokens[0]],
        ["reveal", tokens[0], tokens[1], *WHY],
        ["forget", tokens[1], *WHY],
        ["reveal", *tokens, *WHY],
        ["reveal", "--history"],
    ]
    said = ""
    for command in commands:
        answer = lockgate(*command)
        out = "".join(f"{line.rstrip()}\n" for line in answer.out.splitlines())
        words = " ".join(f'"{word}"' if " " in word else word for word in command)
        said += f"$ lockgate {words}\n{out}{answer.err}[leaves with {answer.code}]\n\n"
        assert all(len(line) <= 80 for line in answer.out.splitlines())
    if os.environ.get("LOCKGATE_REGENERATE"):
        TRANSCRIPT.write_text(said, encoding="utf-8")
    assert said == TRANSCRIPT.read_text(encoding="utf-8")


def test_json_holds_the_values_and_the_record(tokens: tuple[str, ...], lockgate: Callable[..., Any]):
    document = lockgate("reveal", *tokens, *WHY, "--json").document
    assert document["leaf"] == 0
    assert [item["token"] for item in document["values"]] == list(tokens)
    assert document["values"][0] == {"token": tokens[0], "domain": "acme/name", "value": "张三"}
    history = lockgate("reveal", "--history", "--json").document
    assert [item["id"] for item in history["reversals"]] == [document["reversal"]]
    gone = lockgate("forget", *tokens, *WHY, "--json").document
    assert (gone["forgotten"], gone["leaf"]) == (2, 1)


@pytest.mark.parametrize("left_out", ["--by", "--why"])
@pytest.mark.parametrize("command", ["reveal", "forget"])
def test_without_a_name_or_a_reason_nothing_is_done(
    tokens: tuple[str, ...], lockgate: Callable[..., Any], command: str, left_out: str
):
    at = WHY.index(left_out)
    answer = lockgate(command, *tokens, *WHY[:at], *WHY[at + 2 :])
    assert answer.code == 2
    assert "张三" not in answer.out + answer.err
    assert lockgate("reveal", *tokens, *WHY).code == 0


def test_only_tokens_are_read_of_a_file(tokens: tuple[str, ...], lockgate: Callable[..., Any], place: Path):
    file = place / "copy.csv"
    file.write_bytes(f"id,note\n{tokens[0]},call Bob\n{tokens[0]},\xff\n".encode("latin-1"))
    document = lockgate("reveal", "--from", str(file), *WHY, "--json").document
    assert [item["value"] for item in document["values"]] == ["张三"]
    assert lockgate("reveal", "--from", str(place / "none"), *WHY).code == 2


def test_unknown_tokens_and_a_home_that_is_not_there_are_input_errors(
    tokens: tuple[str, ...], lockgate: Callable[..., Any], place: Path
):
    answer = lockgate("reveal", "t_" + "a" * 26, *WHY)
    assert answer.code == 2
    assert "does not know 1 of 1" in answer.err
    assert lockgate("reveal", *tokens, *WHY, "--home", str(place / "other")).code == 2
    assert not (place / "other").exists()
    assert lockgate("reveal", *WHY).code == 2


def test_no_sign_of_a_value_steers_the_terminal(tokens: tuple[str, ...], lockgate: Callable[..., Any]):
    answer = lockgate("reveal", tokens[1], *WHY)
    assert "Lee" in answer.out
    assert "\x1b" not in answer.out
