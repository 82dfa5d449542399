"""Encrypted cells turned back: under the key of their release, on record first, and never without a name."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from lockgate.evidence.dossier import parse_statement, statement_hash
from lockgate.evidence.entry import entry_of
from lockgate.flow.decrypting import reveal_encrypted
from lockgate.flow.recovery import open_log
from lockgate.flow.revealing import Demand, list_recorded
from lockgate.store.home import Home
from lockgate.store.key_versions import rotate
from lockgate.terms.errors import InputError
from small_flows import NOW, PASSENGERS, do_not_wait_for_the_disk, fixed_bytes, release_at

DEMAND = Demand("L. Chen", "claim 2026-118", 1000, NOW)
PHONES = [str(13_800_000_000 + 7 * number) for number in range(160)]
ENCRYPTED = {
    "protect.columns": {"Phone": {"measure": "encrypt", "keep_first": 3}},
    "data.columns.Phone": {"category": "contact", "role": "direct-identifier", "necessary": True},
}


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    do_not_wait_for_the_disk(monkeypatch)


def released(folder: Path, out: str = "out", changes: dict[str, Any] | None = None) -> list[str]:
    """Return the encrypted cells of a release of the passengers, each with a telephone number."""
    with PASSENGERS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with (folder / PASSENGERS.name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*rows[0], "Phone"], lineterminator="\n")
        writer.writeheader()
        writer.writerows({**row, "Phone": phone} for row, phone in zip(rows, PHONES, strict=True))
    release_at(folder, {**ENCRYPTED, **(changes or {})}, out=out, seed=out)
    with (folder / out / "data" / PASSENGERS.name).open(encoding="utf-8", newline="") as file:
        return [row["Phone"] for row in csv.DictReader(file)]


def home_of(folder: Path) -> Home:
    return Home.open(folder / ".lockgate")


def test_cells_are_turned_back_once_who_and_why_are_in_the_log(tmp_path: Path) -> None:
    cells = released(tmp_path)
    assert not set(cells) & set(PHONES)
    home, place = home_of(tmp_path), (tmp_path / "out", "Phone")
    recorded, found = reveal_encrypted(home, place, [*cells, cells[0]], DEMAND, fixed_bytes("1"))
    assert sorted(item.value for item in found) == PHONES
    assert [item.token for item in found] == cells
    data = (home.path / "reversals" / recorded.id / "statement.json").read_bytes()
    said = json.loads(data)
    release = parse_statement((tmp_path / "out" / "statement.json").read_bytes())
    assert (said["by"], said["column"], said["key_version"]) == ("L. Chen", "Phone", 1)
    assert (said["release"], said["tokens"]) == (release["release"], cells)
    log = open_log(home)
    assert log.entry(log.size - 1) == entry_of(statement_hash(data), "reversal")
    assert list_recorded(home) == (recorded,)
    assert not any(phone.encode() in data for phone in PHONES)


def test_each_release_is_turned_back_under_the_key_of_its_time(tmp_path: Path) -> None:
    before = released(tmp_path)
    home = home_of(tmp_path)
    rotate(home, "pseudonym")
    after = released(tmp_path, "later", {"recipient.name": "Acme Korea"})
    assert set(before) != set(after)
    for out, cells, version in (("out", before, 1), ("later", after, 2)):
        place = tmp_path / out, "Phone"
        found = reveal_encrypted(home, place, cells[:5], DEMAND, fixed_bytes(out))[1]
        assert {item.value for item in found} <= set(PHONES)
        statement = parse_statement((tmp_path / out / "statement.json").read_bytes())
        assert statement["plan"]["key_version"] == version
    with pytest.raises(InputError, match="made under version 1"):
        reveal_encrypted(home, (tmp_path / "out", "Phone"), before[:1], DEMAND, fixed_bytes("x"), 2)


@pytest.mark.parametrize(
    ("column", "cells", "demand", "found"),
    [
        ("Name", ["13812345678"], DEMAND, "encrypted no column `Name`"),
        ("Phone", ["hello"], DEMAND, "expected"),
        ("Phone", [], DEMAND, "at least one cell"),
        ("Phone", ["13812345678"], Demand("", "why", 0, NOW), "a name and a reason"),
    ],
)
def test_what_does_not_fit_turns_nothing_back_and_leaves_no_record(
    tmp_path: Path, column: str, cells: list[str], demand: Demand, found: str
) -> None:
    released(tmp_path)
    with pytest.raises(InputError, match=found) as caught:
        reveal_encrypted(home_of(tmp_path), (tmp_path / "out", column), cells, demand, fixed_bytes("1"))
    assert caught.value.hint
    assert list_recorded(home_of(tmp_path)) == ()


def test_another_home_turns_nothing_back(tmp_path: Path) -> None:
    cells = released(tmp_path)
    other = Home.open(tmp_path / "other")
    with pytest.raises(InputError, match="no release of this home"):
        reveal_encrypted(other, (tmp_path / "out", "Phone"), cells, DEMAND, fixed_bytes("1"))
