"""The head of the log at hand has to be vouched for as the dossier is: by both keys of the log, and by the quorum."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lockgate.cli import verify_alone
from lockgate.evidence.checkpoint import parse_checkpoint
from lockgate.evidence.cosignature import cosign, cosigner_key
from lockgate.evidence.note import VerifierKey
from lockgate.flow.column_showing import show_column
from lockgate.store.home import Home
from lockgate.terms.errors import ReleaseRefused
from small_flows import REFUSED, do_not_wait_for_the_disk, release_at

SEEDS = {name: bytes([number] * 32) for number, name in enumerate(("harbour", "tower"), start=7)}
KEYS = {name: cosigner_key(f"witness.example/{name}", seed) for name, seed in SEEDS.items()}
NOON_S = 1_795_262_400  # 2026-11-21 12:00 UTC


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release, a column of it, and its home; not to be changed."""
    folder = tmp_path_factory.mktemp("head")
    with pytest.MonkeyPatch.context() as patch:
        do_not_wait_for_the_disk(patch)
        release_at(folder)
    show_column(folder / "out", "Sex", folder / "sex")
    return folder


@pytest.fixture
def at(made: Path, tmp_path: Path) -> Path:
    """A copy of that, the proof of the release with a line of each witness, and a policy that asks for both."""
    folder = Path(shutil.copytree(made, tmp_path / "at"))
    proof = folder / "out" / "proof"
    proof.write_text(proof.read_text() + lines_of(proof.read_text().partition("\n\n")[2]))
    column = json.loads((folder / "sex" / "column.json").read_bytes())
    column["proof"] = proof.read_text()
    (folder / "sex" / "column.json").write_text(
        json.dumps(column, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    )
    witnesses = "".join(f"witness {name} {key}\n" for name, key in KEYS.items())
    key = Home.open(folder / ".lockgate").verifier_key
    (folder / "policy").write_text(f"log {key}\n{witnesses}group both all harbour tower\nquorum both\n")
    return folder


def lines_of(checkpoint: str, *names: str) -> str:
    parsed = parse_checkpoint(checkpoint.encode())
    return "".join(f"{cosign(parsed, KEYS[name], SEEDS[name], NOON_S)}\n" for name in names or KEYS)


def head_of(at: Path) -> Path:
    return at / ".lockgate" / "log" / "checkpoint"


def steps_of(capsys: pytest.CaptureFixture[str], at: Path, place: str = "out") -> dict[str, dict[str, Any]]:
    log = at / ".lockgate" / "log"
    verify_alone.main(["--json", str(at / place), "--trust", str(at / "policy"), "--log", str(log)])
    return {step["step"]: step for step in json.loads(capsys.readouterr().out)["steps"]}


def states(steps: dict[str, dict[str, Any]]) -> list[tuple[bool, bool]]:
    return [(steps[name]["ok"], steps[name]["settled"]) for name in ("trust", "log", "state")]


SETTLED, OPEN = (True, True), (True, False)


@pytest.mark.parametrize("place", ["out", "sex"])
def test_a_head_that_too_few_witnesses_saw_leaves_log_and_state_open(place: str, at: Path, capsys):
    steps = steps_of(capsys, at, place)
    assert states(steps) == [SETTLED, OPEN, OPEN]
    assert "cosigned by nobody" in steps["log"]["detail"]
    assert "whose head is not vouched for" in steps["state"]["detail"]
    head = head_of(at)
    head.write_text(head.read_text() + lines_of(head.read_text(), "tower"))
    assert states(steps_of(capsys, at, place)) == [SETTLED, OPEN, OPEN]
    head.write_text(head.read_text() + lines_of(head.read_text(), "harbour"))
    assert states(steps_of(capsys, at, place)) == [SETTLED, SETTLED, SETTLED]


@pytest.mark.parametrize("names", [("tower",), ("tower", "harbour")])
def test_both_programs_under_strict_count_the_cosigned_head_that_lies_in_the_home(
    names: tuple[str, ...], at: Path, lockgate: Callable[..., Any], capsys
):
    head = head_of(at).read_text()
    size = parse_checkpoint(head.encode()).head.size
    arguments = (str(at / "out"), "--trust", str(at / "policy"), "--strict")
    assert lockgate("verify", *arguments, "--home", str(at / ".lockgate")).code == 6
    (at / ".lockgate" / "cosigned").mkdir()
    (at / ".lockgate" / "cosigned" / str(size)).write_text(head + lines_of(head, *names))
    accepted = len(names) == len(KEYS)
    assert lockgate("verify", *arguments, "--home", str(at / ".lockgate")).code == (0 if accepted else 6)
    assert lockgate("verify", *arguments, "--log", str(at / ".lockgate" / "log")).code == (0 if accepted else 6)
    assert states(steps_of(capsys, at))[1] == (SETTLED if accepted else OPEN)


def test_an_export_carries_the_quorum_of_its_head_and_an_older_cosigned_tree_does_not_do(
    at: Path, lockgate: Callable[..., Any]
):
    home, export = at / ".lockgate", str(at / "export")
    size = parse_checkpoint(head_of(at).read_bytes()).head.size
    (home / "cosigned").mkdir()
    (home / "cosigned" / str(size)).write_text(head_of(at).read_text() + lines_of(head_of(at).read_text()))
    arguments = ("verify", str(at / "out"), "--trust", str(at / "policy"), "--log", export, "--strict")
    assert lockgate("evidence", "export", export, "--home", str(home)).code == 0
    assert lockgate(*arguments).code == 0
    release_at(at, out="second", seed="2")
    assert lockgate("evidence", "export", export, "--home", str(home)).code == 0
    assert (at / "export" / "cosigned").is_file()
    assert lockgate(*arguments).code == 6


def test_a_cosigned_file_that_the_log_did_not_sign_counts_for_nothing(at: Path, capsys):
    head = head_of(at).read_text()
    text, _, below = head.partition("\n\n")
    (at / ".lockgate" / "log" / "cosigned").write_text(f"{text}\n\n{lines_of(head)}")
    assert states(steps_of(capsys, at)) == [SETTLED, OPEN, OPEN]
    (at / ".lockgate" / "log" / "cosigned").write_bytes(b"\xff")
    assert states(steps_of(capsys, at)) == [SETTLED, OPEN, OPEN]
    (at / ".lockgate" / "log" / "cosigned").write_text(f"{text}\n\n{below}{lines_of(head)}")
    assert states(steps_of(capsys, at)) == [SETTLED, SETTLED, SETTLED]


def test_a_line_of_a_witness_that_does_not_hold_fails_the_log(at: Path, capsys):
    old = (at / "out" / "proof").read_text().partition("\n\n")[2]
    head_of(at).write_text(head_of(at).read_text() + lines_of(old))
    assert states(steps_of(capsys, at))[:2] == [SETTLED, (False, True)]


def own_line(at: Path) -> tuple[VerifierKey, str]:
    key = Home.open(at / ".lockgate").cosigner_key
    head = head_of(at).read_text()
    (line,) = [found for found in head.splitlines(keepends=True) if len(found) > 2000]
    return key, line


@pytest.mark.parametrize("place", ["out", "sex"])
def test_a_head_without_the_second_key_of_the_log_leaves_open_what_rests_on_it(place: str, at: Path, capsys):
    head, (_, line) = head_of(at), own_line(at)
    (at / "policy").write_text(str(Home.open(at / ".lockgate").cosigner_key))
    assert states(steps_of(capsys, at, place)) == [SETTLED, SETTLED, SETTLED]
    head.write_text(head.read_text().replace(line, ""))
    steps = steps_of(capsys, at, place)
    assert states(steps) == [SETTLED, OPEN, OPEN]
    assert "not signed by the ML-DSA-44 key" in steps["log"]["detail"]


def test_a_line_of_the_second_key_that_does_not_hold_fails_the_log(at: Path, capsys):
    head, (key, line) = head_of(at), own_line(at)
    (at / "policy").write_text(str(key))
    lines = (at / "out" / "proof").read_text().splitlines(keepends=True)
    (older,) = [found for found in lines if len(found) > 2000 and key.name in found]
    assert older != line
    head.write_text(head.read_text().replace(line, older))
    steps = steps_of(capsys, at)
    assert states(steps)[:2] == [SETTLED, (False, True)]
    assert "does not hold" in steps["log"]["detail"]


def test_a_refusal_has_no_state_that_rests_on_a_head(at: Path, capsys):
    with pytest.MonkeyPatch.context() as patch:
        do_not_wait_for_the_disk(patch)
        with pytest.raises(ReleaseRefused):
            release_at(at, REFUSED, out="no", seed="3")
    (refusal,) = (at / ".lockgate" / "refusals").iterdir()
    key, line = own_line(at)
    head_of(at).write_text(head_of(at).read_text().replace(line, ""))
    (at / "policy").write_text(str(key))
    steps = steps_of(capsys, at, str(refusal.relative_to(at)))
    assert states(steps) == [SETTLED, OPEN, SETTLED]
