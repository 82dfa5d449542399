"""A column alone and a page in PDF are made of a dossier that passes the whole check, as a credential is."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lockgate.cli import browser
from lockgate.store.home import Home
from small_flows import node_at, release_at

MADE = {
    "column": ("evidence", "column", "copy", "Sex", "--out", "made"),
    "pdf": ("evidence", "pdf", "copy", "--out", "made"),
}


@pytest.fixture
def released(
    lockgate: Callable[..., Any], place: Path, begin: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A release `copy` beside its home, and a browser that prints a page."""
    assert begin("copy", lambda: lockgate("release", "flow.toml", "--out", "copy").code) == 0
    program = place / "fake-browser"
    program.write_text(
        '#!/bin/sh\nfor word in "$@"; do case $word in --print-to-pdf=*) out=${word#*=};; esac; done\n'
        'printf "%%PDF-1.4\\n" > "$out"\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv(browser.VARIABLE, str(program))
    return place / "copy"


def rewrite(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize("what", MADE)
def test_of_a_sound_dossier_of_the_home_it_is_made(what: str, lockgate: Callable[..., Any], released: Path):
    assert lockgate(*MADE[what]).code == 0
    assert (released.parent / "made").exists()


@pytest.mark.parametrize("what", MADE)
def test_of_an_altered_statement_nothing_is_made(what: str, lockgate: Callable[..., Any], released: Path):
    rewrite(released / "statement.json", '"persons_by":"PassengerId"', '"persons_by":"Name"')
    answer = lockgate(*MADE[what])
    assert answer.code == 6
    assert "inclusion" in answer.err
    assert not (released.parent / "made").exists()


@pytest.mark.parametrize("what", MADE)
def test_with_the_proof_of_another_release_nothing_is_made(
    what: str, lockgate: Callable[..., Any], released: Path, monkeypatch: pytest.MonkeyPatch
):
    release_at(released.parent, {"recipient.name": "Acme Busan"}, out="other", seed="2")
    shutil.copy(released.parent / "other" / "proof", released / "proof")
    assert lockgate(*MADE[what]).code == 6
    assert not (released.parent / "made").exists()


@pytest.mark.parametrize("what", MADE)
def test_of_a_revoked_release_nothing_is_made(what: str, lockgate: Callable[..., Any], released: Path):
    assert lockgate("revoke", "copy", "--by", "me", "--why", "consent withdrawn").code == 0
    answer = lockgate(*MADE[what])
    assert answer.code == 6
    assert "revoked" in answer.err
    assert not (released.parent / "made").exists()


@pytest.mark.parametrize("what", MADE)
def test_of_a_dossier_of_another_home_it_is_made_only_under_a_trust_anchor(
    what: str, lockgate: Callable[..., Any], released: Path, tmp_path: Path
):
    there = tmp_path / "there"
    there.mkdir()
    release_at(there, node=node_at(there / ".lockgate"))
    shutil.rmtree(released)
    shutil.copytree(there / "out", released)
    answer = lockgate(*MADE[what])
    assert answer.code == 6
    assert "trust anchor does not name the signer" in answer.err
    assert lockgate(*MADE[what], "--trust", str(Home.open(released.parent / ".lockgate").verifier_key)).code == 6
    assert not (released.parent / "made").exists()
    assert lockgate(*MADE[what], "--trust", str(Home.open(there / ".lockgate").verifier_key)).code == 0


@pytest.mark.parametrize("what", MADE)
def test_without_a_home_and_an_anchor_it_is_not_known_whose_dossier_it_is(
    what: str, lockgate: Callable[..., Any], released: Path
):
    shutil.rmtree(released.parent / ".lockgate")
    answer = lockgate(*MADE[what])
    assert answer.code == 2
    assert "not known whose dossier this is" in answer.err
    assert not (released.parent / "made").exists()
