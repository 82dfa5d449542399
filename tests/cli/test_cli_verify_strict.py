"""`verify --strict` accepts what is settled and nothing else: signer, quorum, and whether it was taken back."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lockgate.cli import verify_alone
from lockgate.store.home import Home
from small_flows import node_at, release_at


@pytest.fixture
def key(lockgate: Callable[..., Any], place: Path, begin: Callable[..., Any]) -> str:
    """The key of a home with a release `copy`, and a copy of both, `given`, without the home."""
    assert begin("copy", lambda: lockgate("release", "flow.toml", "--out", "copy").code) == 0
    shutil.copytree(place / "copy", place / "given" / "copy")
    return str(Home.open(place / ".lockgate").verifier_key)


@pytest.fixture
def elsewhere(place: Path, key: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder of somebody who was given the release and has no home."""
    monkeypatch.chdir(place / "given")
    return place / "given"


def steps_of(answer: Any) -> dict[str, dict[str, Any]]:
    return {step["step"]: step for step in answer.document["steps"]}


def test_beside_the_home_that_made_it_a_release_is_settled_in_full(lockgate: Callable[..., Any], key: str):
    assert lockgate("verify", "copy", "--trust", key, "--strict").code == 0


def test_without_a_log_it_is_not_known_whether_it_was_revoked_and_strict_does_not_pass(
    lockgate: Callable[..., Any], elsewhere: Path, key: str
):
    assert lockgate("verify", "copy", "--trust", key).code == 0
    answer = lockgate("verify", "copy", "--trust", key, "--strict")
    assert answer.code == 6
    said = " ".join(answer.out.split())
    assert "still open: log (name a copy of the log with --log" in said
    assert "not known whether it was revoked" in said


def test_a_home_of_another_node_is_told_as_such_and_settles_nothing(
    lockgate: Callable[..., Any], elsewhere: Path, key: str
):
    other = elsewhere / "other"
    other.mkdir()
    release_at(other, node=node_at(other / ".lockgate"))
    home = str(other / ".lockgate")
    answer = lockgate("verify", "copy", "--trust", key, "--home", home, "--json")
    assert answer.code == 0
    steps = steps_of(answer)
    assert f"the log at hand is that of `{Home.open(other / '.lockgate').origin}`" in steps["log"]["detail"]
    assert [name for name, step in steps.items() if not step["settled"]] == ["log", "state"]
    assert lockgate("verify", "copy", "--trust", key, "--home", home, "--strict").code == 6


def test_a_published_copy_of_the_log_settles_it_and_shows_a_revocation(
    lockgate: Callable[..., Any], place: Path, elsewhere: Path, key: str
):
    home = ("--home", str(place / ".lockgate"))
    assert lockgate("evidence", "export", "log", *home).code == 0
    assert lockgate("verify", "copy", "--trust", key, "--log", "log", "--strict").code == 0
    assert lockgate("revoke", str(place / "copy"), "--by", "me", "--why", "consent withdrawn", *home).code == 0
    assert lockgate("evidence", "export", "log", *home).code == 0
    answer = lockgate("verify", "copy", "--trust", key, "--log", "log", "--json")
    assert answer.code == 6
    assert [name for name, step in steps_of(answer).items() if not step["ok"]] == ["state"]


def test_a_published_log_of_another_node_is_told_as_such_by_both_programs(
    lockgate: Callable[..., Any], elsewhere: Path, key: str, capsys: pytest.CaptureFixture[str]
):
    other = elsewhere / "other"
    other.mkdir()
    release_at(other, node=node_at(other / ".lockgate"))
    log = str(other / ".lockgate" / "log")
    answer = lockgate("verify", "copy", "--trust", key, "--log", log, "--json")
    assert (answer.code, steps_of(answer)["log"]["settled"]) == (0, False)
    assert lockgate("verify", "copy", "--trust", key, "--log", log, "--strict").code == 6
    assert verify_alone.main(["copy", "--trust", key, "--log", log]) == 0
    assert "the log at hand is that of" in " ".join(capsys.readouterr().out.split())


def test_a_log_that_ends_before_the_release_went_out_leaves_that_open(
    lockgate: Callable[..., Any], place: Path, elsewhere: Path, key: str
):
    (at,) = (place / ".lockgate" / "log" / "tile" / "entries" / "000.p").glob("1")  # after the first of two leaves
    shutil.copytree(place / ".lockgate" / "log", elsewhere / "log")
    (elsewhere / "log" / "checkpoint").write_bytes((elsewhere / "copy" / "proof").read_bytes().partition(b"\n\n")[2])
    assert at.exists()
    answer = lockgate("verify", "copy", "--trust", key, "--log", "log", "--json")
    assert answer.code == 0
    assert "does not yet say that it went out" in steps_of(answer)["state"]["detail"]
    assert lockgate("verify", "copy", "--trust", key, "--log", "log", "--strict").code == 6


def test_an_old_log_that_was_laid_beside_a_release_is_not_taken_for_the_newest(
    lockgate: Callable[..., Any], place: Path, elsewhere: Path, key: str
):
    """Who hands a release on may keep a copy of the log from before the revocation; the secret key they do not have."""
    shutil.copytree(place / ".lockgate" / "log", elsewhere / ".lockgate" / "log")
    home = ("--home", str(place / ".lockgate"))
    assert lockgate("revoke", str(place / "copy"), "--by", "me", "--why", "withdrawn", *home).code == 0
    answer = lockgate("verify", "copy", "--trust", key, "--json")
    assert [name for name, step in steps_of(answer).items() if not step["settled"]] == ["log", "state"]
    assert lockgate("verify", "copy", "--trust", key, "--strict").code == 6


def test_a_home_laid_beside_a_release_leads_to_no_database(
    lockgate: Callable[..., Any], elsewhere: Path, key: str, monkeypatch: pytest.MonkeyPatch
):
    """A check is offline: a connection string that came with a release is not followed."""
    (elsewhere / ".lockgate").mkdir(mode=0o700)
    (elsewhere / ".lockgate" / "log.postgres").write_text("host=127.0.0.1 port=9\n")
    (elsewhere / ".lockgate" / "log.postgres").chmod(0o600)
    answer = lockgate("verify", "copy", "--trust", key, "--json")
    assert answer.code == 0
    assert steps_of(answer)["log"]["detail"].endswith("is not at hand: not compared")


@pytest.mark.parametrize("quorum", ["quorum none", "quorum w"])
def test_under_strict_the_quorum_that_the_policy_asks_for_is_demanded(
    quorum: str, lockgate: Callable[..., Any], place: Path, key: str
):
    other = node_at(place / "witness").home
    policy = place / "policy"
    policy.write_text(f"log {key}\nwitness w {other.cosigner_key}\n{quorum}\n")
    assert lockgate("verify", "copy", "--trust", str(policy), "--strict").code == (0 if quorum == "quorum none" else 6)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--log", "nowhere"),
        ("--log", ""),
        ("--log", "empty"),
        ("--log", "empty", "--home", ".lockgate"),
        ("--home", ""),
    ],
)
def test_a_log_that_is_none_is_wrong_input(arguments: tuple[str, ...], lockgate: Callable[..., Any], place: Path, key):
    (place / "empty").mkdir()
    assert lockgate("verify", "copy", "--trust", key, *arguments).code == 2
