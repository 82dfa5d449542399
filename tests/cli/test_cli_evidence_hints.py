"""Obvious mistakes with the evidence commands: each is told in one message, with a hint that says what to do."""

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).parents[2] / "docs" / "log_statistics.py"

IMPERATIVES = (
    *("add", "ask", "check", "choose", "compare", "copy", "fill", "free", "give", "leave", "make", "name", "put"),
    *("read", "restore", "run", "say", "set", "show", "take", "try", "wait", "write"),
)
"""Words that a hint begins with."""

SEAL = ("seal", "order.txt", "--seat", "SEAT", "--authority", "police", "--instrument", "court-order")
KOREA, LATER, ASKED = ("--country", "KR"), ("--review", "2099-01-31"), ("--by", "A. Officer", "--why", "case 77")

MISTAKES: tuple[tuple[str, ...], ...] = (
    ("nonsense",),
    ("affected", "--by"),
    ("affected", "--by", "whim"),
    ("affected", "--by", "consent-withdrawal"),
    ("affected", "--by", "consent-withdrawal", "--register", "none.csv"),
    ("affected", "--by", "law", "--as-of", "x"),
    ("affected", "--by", "recipient"),
    ("column", "out", "Name", "--out", "column", "--input", "none.csv"),
    ("column", "out", "Nmae", "--out", "column"),
    ("column", "out", "Sex", "--out", "out"),
    ("column", "none", "Sex", "--out", "column"),
    ("cosign",),
    ("cosign", "--policy", "none"),
    ("cosign", "--policy", "order.txt"),
    ("cosign", "--timeout", "soon"),
    ("credential", "none", "--out", "credential.json"),
    ("credential", "out", "--out", "none/credential.json"),
    ("credential", "out", "--out", "order.txt"),
    ("credential", "out", "--out", "credential.json", "--form", "xml"),
    ("erase", "0123", *ASKED),
    ("erase", "RECORD"),
    ("export", ".lockgate"),
    ("export", ".lockgate/log"),
    ("export", ".lockgate/new"),
    ("export", "order.txt"),
    ("fsck", "--home", "none"),
    ("fsck", "--remember"),
    ("fsck", "--remember", "none"),
    ("log", "--from", "x"),
    ("log", "--kind", "nonsens"),
    ("log", "--last", "-1"),
    ("log", "--since", "x"),
    ("open", "RECORD", "--seat-key", "court.key", "--out", "none/order.txt", *ASKED),
    ("open", "RECORD", "--seat-key", "court.key", "--out", "order.txt", *ASKED),
    ("open", "RECORD", "--seat-key", "court.key", "--out", "opened.txt"),
    ("open", "RECORD", "--seat-key", "none.key", "--out", "opened.txt", *ASKED),
    ("open", "RECORD", "--out", "opened.txt", *ASKED),
    ("open", "01234567", "--out", "opened.txt", *ASKED),
    ("pdf", "none"),
    ("prove",),
    ("prove", "99"),
    ("prove", "0", "--checkpoint", "99"),
    ("prove", "0", "--checkpoint", "none"),
    ("prove", "0", "--out", "none/proof"),
    ("prove", "0", "--since", "0"),
    ("prove", "--since", "99"),
    ("prove", "--since", "none"),
    ("review", "RECORD"),
    ("review", "RECORD", "--until", "2001-01-01", *ASKED),
    ("review", "RECORD", "--until", "x", *ASKED),
    (*SEAL, *KOREA, "--review", "2001-01-01"),
    (*SEAL, *KOREA, "--review", "notaday"),
    (*SEAL, *KOREA, *LATER, "--outcome", "some"),
    (*SEAL, *KOREA, *LATER, "--seat", "SEAT"),
    (*SEAL, *KOREA, *LATER, "--seat", "x y=z"),
    (*SEAL, *KOREA, *LATER, "--seat", "court=short"),
    (*SEAL, *KOREA, *LATER, "--threshold", "0"),
    (*SEAL, *KOREA, *LATER, "--threshold", "2"),
    (*SEAL, *KOREA, *LATER, "--threshold", "x"),
    (*SEAL, *LATER, "--country", "Korea"),
    (*SEAL, *LATER, "--country", "ZZ"),
    ("seal", "none.txt", *SEAL[2:], *KOREA, *LATER),
    ("seat", "X Y", "--out", "new.key"),
    ("seat", "court", "--out", "court.key"),
    ("seat", "court", "--out", "none/court.key"),
    ("show",),
    ("show", "99"),
    ("show", "nothing"),
    ("statistics", "--as-of", "x"),
    ("witness", "--log", "nonsense"),
    ("witness", "--log", "none.key", "--listen", "nowhere"),
)


def test_every_mistake_is_told_with_a_hint_in_the_imperative_and_leaves_nothing(
    place: Path, lockgate: Callable[..., Any]
):
    assert lockgate("release", "flow.toml", "--out", "out").code == 0
    (place / "order.txt").write_text("order 77")
    named = {"SEAT": lockgate("evidence", "seat", "court", "--out", "court.key").out.strip()}
    sealed = lockgate("evidence", *(named.get(word, word) for word in (*SEAL, *KOREA, *LATER)), "--json")
    named["RECORD"] = sealed.document["record"]
    before, wrong = set(place.rglob("*")), {}
    for mistake in MISTAKES:
        answer = lockgate("evidence", *(named.get(word, word) for word in mistake))
        message, *hints = answer.err.splitlines() or [""]
        first = hints[0].split()[0].lower().rstrip(":,") if len(hints) == 1 and hints[0].startswith("  ") else ""
        is_told = message.startswith("lockgate: ") and "a mistake of lockgate" not in message
        if answer.code != 2 or not is_told or first not in IMPERATIVES:
            wrong[" ".join(mistake)] = (answer.code, answer.err)
        assert set(place.rglob("*")) - before == set(), mistake
    assert wrong == {}
    assert lockgate("evidence", "log", "--json").document["size"] == 3  # no mistake has left a leaf


@pytest.mark.parametrize(
    "damage",
    [
        shutil.rmtree,
        lambda folder: (folder / "checkpoint").write_text("nonsense"),
        lambda folder: (folder / "checkpoint").write_text("log\n1\nnot base64!\n\n"),
        lambda folder: (folder / "checkpoint").write_text("log\n99\nAAAA\n\n"),
        lambda folder: (folder / "checkpoint").write_bytes(b"\xff\n2\nAAAA\n"),
    ],
)
def test_the_published_script_says_what_is_wrong_with_an_export_and_shows_no_trace(
    damage: Callable[[Path], object], place: Path, lockgate: Callable[..., Any]
):
    assert lockgate("release", "flow.toml", "--out", "out").code == 0
    assert lockgate("evidence", "export", "public").code == 0
    damage(place / "public")
    done = subprocess.run([sys.executable, str(SCRIPT), "public"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (1, "", 1), done.stderr
    assert "Traceback" not in done.stderr


def test_an_opening_that_cannot_be_written_leaves_no_leaf_and_no_file(
    place: Path, lockgate: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
):
    (place / "order.txt").write_text("order 77: Kim Minji")
    seat = lockgate("evidence", "seat", "court", "--out", "court.key").out.strip()
    words = (seat if word == "SEAT" else word for word in (*SEAL, *KOREA, *LATER))
    record = lockgate("evidence", *words, "--json").document["record"]
    opening = ("open", record, "--seat-key", "court.key", "--out", "opened.txt", *ASKED)

    def fail(descriptor: int) -> None:
        if Path(f"/proc/self/fd/{descriptor}").readlink().name == "opened.txt":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        answer = lockgate("evidence", *opening)
    assert (answer.code, "no space left" in answer.err) == (1, True)
    assert not (place / "opened.txt").exists()
    assert lockgate("evidence", "log", "--json").document["size"] == 1
    assert lockgate("evidence", *opening).code == 0
    assert (place / "opened.txt").read_text() == "order 77: Kim Minji"
