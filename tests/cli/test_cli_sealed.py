"""Sealed records from the command line: sealed to seats, counted, opened by them, erased."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

COVER = ("--authority", "police", "--instrument", "court-order", "--country", "KR", "--review", "2099-01-31")
ASKED = ("--by", "A. Officer", "--why", "case 77")


@pytest.fixture
def sealed(place: Path, lockgate: Callable[..., Any]) -> str:
    """Seal a record to two seats; return its name."""
    seats = [lockgate("evidence", "seat", name, "--out", f"{name}.key").out.strip() for name in ("regulator", "court")]
    (place / "order.txt").write_text("order 77: Kim Minji")
    options = [word for seat in seats for word in ("--seat", seat)]
    answer = lockgate("evidence", "seal", "order.txt", *options, "--threshold", "2", *COVER, "--json")
    assert answer.code == 0
    return str(answer.document["record"])


def test_a_record_is_sealed_counted_opened_by_its_seats_and_erased(
    sealed: str, place: Path, lockgate: Callable[..., Any]
):
    assert "0 of 1 overdue" in lockgate("evidence", "review").out
    keys = ("--seat-key", "regulator.key", "--seat-key", "court.key")
    opened = lockgate("evidence", "open", sealed[:12], *keys, "--out", "opened.txt", *ASKED)
    assert opened.code == 0
    assert (place / "opened.txt").read_text() == "order 77: Kim Minji"
    assert (place / "opened.txt").stat().st_mode & 0o077 == 0
    moved = lockgate("evidence", "review", sealed[:12], "--until", "2099-06-30", *ASKED)
    assert (moved.code, "2099-06-30" in moved.out) == (0, True)
    assert lockgate("evidence", "erase", sealed[:12], *ASKED).code == 0
    counts = lockgate("evidence", "review", "--json").document["counts"]
    assert counts == [{"authority": "police", "sealed": 1, "opened": 1, "deleted": 1, "reviewed": 1, "overdue": 0}]
    assert lockgate("evidence", "fsck").code == 0
    assert lockgate("evidence", "statistics", "--json").document["kinds"]["sealed-deleted"] == 1
    again = lockgate("evidence", "open", sealed[:12], *keys, "--out", "again.txt", *ASKED)
    assert (again.code, "was destroyed" in again.err) == (2, True)
    assert not (place / "again.txt").exists()


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (("open", "RECORD", "--seat-key", "regulator.key", "--out", "o.txt", *ASKED), "found 1"),
        (("open", "RECORD", "--seat-key", "order.txt", "--out", "o.txt", *ASKED), "no file of 32 bytes"),
        (("open", "RECORD", "--seat-key", "none.key", "--out", "o.txt", *ASKED), "no file of 32 bytes"),
        (("open", "RECORD", "--seat-key", "regulator.key", "--out", "order.txt", *ASKED), "exists already"),
        (("open", "RECORD", "--seat-key", "regulator.key", "--out", "no/o.txt", *ASKED), "folder"),
        (("open", "RECORD", "--seat-key", "regulator.key", "--out", "o.txt"), "a name and a reason"),
        (("open", "0123456789", "--out", "o.txt", *ASKED), "one sealed record"),
        (("review", "RECORD", *ASKED), "--until"),
        (("review", "RECORD", "--until", "2001-01-01", *ASKED), "not to come"),
        (("erase", "RECORD"), "a name and a reason"),
        (("seal", "order.txt", *COVER), "--seat"),
        (("seal", "none.txt", "--seat", "x", *COVER), "no plain file"),
        (("seal", "order.txt", "--seat", "x", *COVER), "NAME=KEY"),
        (("seat", "Regulator", "--out", "new.key"), "small letters"),
        (("seat", "regulator", "--out", "regulator.key"), "exists"),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_hint_and_leaves_no_leaf(
    command: tuple[str, ...], told: str, sealed: str, place: Path, lockgate: Callable[..., Any]
):
    answer = lockgate("evidence", *(sealed if word == "RECORD" else word for word in command))
    assert (answer.code, told in answer.err) == (2, True), answer.err
    assert "Minji" not in answer.err
    assert not (place / "o.txt").exists()
    (count,) = lockgate("evidence", "review", "--json").document["counts"]
    assert (count["sealed"], count["opened"], count["deleted"], count["reviewed"]) == (1, 0, 0, 0)


def test_a_home_without_sealed_records_says_so(lockgate: Callable[..., Any]):
    assert "No record is sealed." in lockgate("evidence", "review").out


def test_a_changed_box_or_key_is_found_and_named_without_any_key(
    sealed: str, place: Path, lockgate: Callable[..., Any]
):
    for ending in ("box", "keys"):
        path = place / ".lockgate" / "sealed" / f"{sealed}.{ending}"
        data = path.read_bytes()
        path.write_bytes(data[:-1] + b"?")
        answer = lockgate("evidence", "fsck", "--json")
        (fault,) = answer.document["faults"]
        assert (answer.code, fault["where"], fault["leaf"]) == (6, f"sealed/{sealed}.{ending}", 0)
        path.write_bytes(data)


def test_a_leaf_of_a_sealed_record_is_shown_in_words_and_nothing_is_said_to_be_gone(
    sealed: str, lockgate: Callable[..., Any]
):
    keys = ("--seat-key", "regulator.key", "--seat-key", "court.key")
    assert lockgate("evidence", "open", sealed[:12], *keys, "--out", "opened.txt", *ASKED).code == 0
    assert lockgate("evidence", "review", sealed[:12], "--until", "2099-06-30", *ASKED).code == 0
    assert lockgate("evidence", "erase", sealed[:12], *ASKED).code == 0
    said = [" ".join(lockgate("evidence", "show", str(leaf)).out.split()) for leaf in range(4)]
    for leaf, words in enumerate(("2 of regulator+", "was opened", "2099-06-30", "was destroyed")):
        assert words in said[leaf], said[leaf]
        assert "not a kind" not in said[leaf]
        assert "gone from its place" not in said[leaf]
        assert sealed[:16] in said[leaf]
    assert "case 77" in said[1]


def test_the_home_is_told_to_be_broken_and_not_new_when_its_log_or_its_checkpoint_is_gone(
    sealed: str, place: Path, lockgate: Callable[..., Any]
):
    (place / ".lockgate/log/checkpoint").unlink()
    answer = lockgate("evidence", "fsck")
    assert (answer.code, "None" in answer.out, "no checkpoint that can be read" in answer.out) == (6, False, True)
    for name in ("log", "keys"):
        shutil.rmtree(place / ".lockgate" / name)
        assert lockgate("evidence", "fsck").code == 6
