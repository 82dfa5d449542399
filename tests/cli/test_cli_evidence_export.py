"""An exported log: a tree that others read, grown by the next export, counted by a script that knows no lockgate."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from lockgate.evidence.dossier import statement_hash
from lockgate.evidence.log import Log
from lockgate.evidence.log_reading import LogReader
from lockgate.evidence.note import parse_verifier_key
from lockgate.evidence.sealing import Cover, Sealed, deleted_entry, opened_entry, reviewed_entry, sealed_entry
from lockgate.evidence.trust import parse_trust
from lockgate.store.home import Home
from small_flows import REFUSED, UNDECIDED, do_not_wait_for_the_disk, write_flow

Lockgate = Callable[..., Any]
SCRIPT = Path(__file__).parents[2] / "docs" / "log_statistics.py"


@pytest.fixture
def filled(place: Path, lockgate: Lockgate, begin: Callable[..., Any]) -> Path:
    """A home with a release that was revoked, one that stands, two refusals, one of them undecided."""

    def make() -> None:
        write_flow(place, REFUSED, "refused.toml")
        write_flow(place, UNDECIDED, "undecided.toml")
        assert lockgate("release", "flow.toml", "--out", "out").code == 0
        assert lockgate("revoke", "out", "--by", "me", "--why", "a heron wrote").code == 0
        assert lockgate("release", "refused.toml", "--out", "none").code == 4

    begin("revoked, and a refusal to come", make)
    return place


def _read(folder: Path) -> LogReader:
    text = (folder / "keys").read_text(encoding="utf-8").splitlines()[0]
    return LogReader.open(folder, parse_verifier_key(text))


def _files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _count(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    # -I: nothing of this program's surroundings, and so nothing of lockgate, can be imported
    return subprocess.run(
        [sys.executable, "-I", "-S", SCRIPT, folder, *words], capture_output=True, text=True, check=False
    )


def test_an_export_is_a_log_of_its_own_that_grows_with_the_next(filled: Path, lockgate: Lockgate):
    first = lockgate("evidence", "export", "public", "--json")
    assert (first.code, first.document["size"], first.document["since"]) == (0, 4, 0)
    before = _files(filled / "public")
    assert not any(name.startswith("statements") for name in before)
    assert list(_read(filled / "public").scan()) == list(_read_home(filled).scan())
    assert lockgate("release", "flow.toml", "--out", "second").code in (0, 4)
    again = lockgate("evidence", "export", "public", "--json").document
    assert again["since"] == 4
    assert again["size"] > 4
    after = _files(filled / "public")
    assert all(after[name] == data for name, data in before.items() if name != "checkpoint")
    assert list(_read(filled / "public").scan()) == list(_read_home(filled).scan())
    assert lockgate("evidence", "export", "public", "--json").document["files"] == 0
    assert _files(filled / "public") == after


def _read_home(place: Path) -> LogReader:
    home = Home.open(place / ".lockgate")
    return LogReader.open(home.log, home.verifier_key)


def test_the_keys_of_an_export_are_trust_anchors_and_name_nobody(filled: Path, lockgate: Lockgate):
    lockgate("evidence", "export", "public", "--statements")
    first, second = (filled / "public" / "keys").read_text(encoding="utf-8").splitlines()
    Home.open(filled / "elsewhere")
    assert lockgate("verify", "out", "--trust", "public/keys", "--home", "elsewhere").code == 0
    assert parse_trust(first).keys == (Home.open(filled / ".lockgate").verifier_key,)
    assert second == str(Home.open(filled / ".lockgate").cosigner_key)
    # Who revoked and why stays in the home.
    assert not any(b"heron" in data for data in _files(filled / "public").values())


def test_records_go_out_only_where_they_are_wanted_and_fit_their_leaves(filled: Path, lockgate: Lockgate):
    made = lockgate("evidence", "export", "public", "--statements", "--json").document
    records = sorted((filled / "public" / "statements").iterdir())
    assert len(records) == made["statements"] == 2
    assert all(statement_hash(path.read_bytes()) == path.stem for path in records)


@pytest.mark.parametrize("as_of", ["2026-11-21", "2030-01-01"])
def test_the_script_counts_what_the_command_counts(as_of: str, filled: Path, lockgate: Lockgate):
    write_flow(filled, {"recipient.name": "Other", "safeguards.standard-contract": {"signed": None}}, "other.toml")
    lockgate("release", "undecided.toml", "--out", "none")
    lockgate("release", "flow.toml", "--out", "second")
    lockgate("evidence", "export", "public", "--statements")
    counted = _count(filled / "public", "--as-of", as_of)
    assert counted.returncode == 0, counted.stderr
    figures = json.loads(counted.stdout)
    assert figures == lockgate("evidence", "statistics", "--as-of", as_of, "--json").document
    assert figures["refusals"]["articles"]["cn/pipl 6"] == 1
    assert (
        figures["refusals"]["opened"] == figures["refusals"]["total"] == sum(figures["refusals"]["outcomes"].values())
    )
    assert figures["releases"]["revoked"] == 1
    assert figures["size"] == sum(figures["kinds"].values())


def test_without_records_the_script_says_that_it_opened_none(filled: Path, lockgate: Lockgate):
    lockgate("evidence", "export", "public")
    figures = json.loads(_count(filled / "public").stdout)
    assert (figures["refusals"]["total"], figures["refusals"]["opened"], figures["refusals"]["articles"]) == (1, 0, {})


def test_spent_budgets_and_ended_permits_are_counted_by_both(place: Path, lockgate: Lockgate):
    home = Home.open(place / ".lockgate")
    records = [
        ("budgets", b'{"account":{},"loss":{"delta_femto":0,"epsilon_micro":250000,"rho_micro":0}}'),
        ("budgets", b'{"account":{},"loss":{"delta_femto":7,"epsilon_micro":500000,"rho_micro":0}}'),
        ("budgets", b'{"account":{},"loss":{"delta_femto":0,"epsilon_micro":9,"rho_micro":9}}'),
    ]
    log = home.open_log()
    (home.path / "budgets").mkdir()
    for number, (folder, data) in enumerate(records):
        hash_ = statement_hash(data)
        (home.path / folder / f"{hash_}.json").write_bytes(data)
        log.append([b'{"budget":"%s","kind":"budget-reserved"}' % hash_.encode()])
        settled = (b"committed", None, b"returned")[number]
        if settled:
            log.append([b'{"budget":"%s","kind":"budget-%s"}' % (hash_.encode(), settled)])
    assert lockgate("evidence", "export", "public", "--statements").code == 0
    figures = json.loads(_count(place / "public", "--as-of", "2026-11-21").stdout)
    assert figures == lockgate("evidence", "statistics", "--json").document
    # What was reserved and not given back counts, committed or not: nobody can say what a killed run had shown.
    assert figures["budgets"] == {
        "reserved": 3,
        "committed": 1,
        "returned": 1,
        "opened": 3,
        "spent": {"delta_femto": 7, "epsilon_micro": 750_000, "rho_micro": 0},
    }


def test_sealed_records_and_overdue_ones_are_counted_by_both_from_the_leaves_alone(place: Path, lockgate: Lockgate):
    home = Home.open(place / ".lockgate")
    log = home.open_log()
    seats, demand = ("regulator+00112233",), "dd" * 32
    for number, authority in enumerate(("police", "police", "police", "tax")):
        cover = Cover(authority, "court-order", "KR", "2026-10", secrecy=True, persons="1", outcome="full")
        log.append([sealed_entry(Sealed(f"{number:064x}", "bb" * 32, "cc" * 32, cover, date(2026, 10, 31), seats, 1))])
    log.append([opened_entry(f"{0:064x}", seats, demand), reviewed_entry(f"{1:064x}", date(2027, 1, 1), demand)])
    log.append([deleted_entry(f"{3:064x}", demand)])
    assert lockgate("evidence", "export", "public").code == 0
    for as_of, overdue in (("2026-10-31", 0), ("2026-11-21", 1), ("2027-01-02", 2)):
        figures = json.loads(_count(place / "public", "--as-of", as_of).stdout)
        assert figures == lockgate("evidence", "statistics", "--as-of", as_of, "--json").document
        police = {"sealed": 3, "opened": 1, "deleted": 0, "reviewed": 1, "overdue": overdue}
        assert figures["sealed"] == {"police": police, "tax": {**dict.fromkeys(police, 0), "sealed": 1, "deleted": 1}}


@pytest.mark.parametrize("size", [1, 255, 256, 257, 1_000, 70_000])
def test_the_script_finds_the_root_of_any_size_and_refuses_another(
    size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    do_not_wait_for_the_disk(monkeypatch)
    log = Log.open(tmp_path / "log", "lockgate.local/test", bytes(32))
    log.append([b'{"kind":"release","statement":"%064x"}' % number for number in range(size)])
    figures = json.loads(_count(tmp_path / "log").stdout)
    assert (figures["size"], figures["root"]) == (size, log.head.root.hex())
    path = next((tmp_path / "log" / "tile" / "entries").rglob("0*"))
    path = path if path.is_file() else next(path.iterdir())
    path.write_bytes(path.read_bytes().replace(b"release", b"refusal", 1))
    answer = _count(tmp_path / "log")
    assert answer.returncode == 1
    assert "do not give the root" in answer.stderr


def test_a_record_that_was_changed_is_not_counted(filled: Path, lockgate: Lockgate):
    lockgate("evidence", "export", "public", "--statements")
    for path in (filled / "public" / "statements").iterdir():
        path.write_bytes(path.read_bytes().replace(b"cn/pipl", b"kr/pipa"))
    figures = json.loads(_count(filled / "public").stdout)
    assert (figures["refusals"]["opened"], figures["releases"]["opened"]) == (0, 0)


def test_a_folder_of_something_else_another_log_or_a_later_one_is_left_alone(
    filled: Path, lockgate: Lockgate, tmp_path: Path
):
    (filled / "mine").mkdir()
    (filled / "mine" / "letter.txt").write_text("dear", encoding="utf-8")
    assert lockgate("evidence", "export", "mine").code == 2
    assert lockgate("evidence", "export", "flow.toml").code == 2
    assert lockgate("release", "flow.toml", "--out", "o", "--home", "other").code == 0
    assert lockgate("evidence", "export", "theirs", "--home", "other").code == 0
    answer = lockgate("evidence", "export", "theirs")
    assert (answer.code, "not one that the log" in answer.err) == (6, True)
    shutil.copytree(filled / ".lockgate", filled / "old")
    lockgate("release", "refused.toml", "--out", "none")
    lockgate("evidence", "export", "public")
    answer = lockgate("evidence", "export", "public", "--home", "old")
    assert (answer.code, "cut short" in answer.err) == (6, True)


def test_an_export_that_was_stopped_goes_on(filled: Path, lockgate: Lockgate):
    lockgate("evidence", "export", "public")
    whole = _files(filled / "public")
    (filled / "public" / "checkpoint").unlink()
    (filled / "public" / "tile/0/000.p/4").unlink()
    assert lockgate("evidence", "export", "public").code == 0
    assert _files(filled / "public") == whole


def test_a_log_that_is_not_what_was_signed_is_not_exported(filled: Path, lockgate: Lockgate):
    path = filled / ".lockgate/log/tile/entries/000.p/4"
    path.write_bytes(path.read_bytes().replace(b"d", b"e", 1))
    assert lockgate("evidence", "export", "public").code == 6
    assert not (filled / "public").exists()
