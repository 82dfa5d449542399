"""Reversals: never without a name, a reason and a record, wherever the process is killed."""

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from faulty_disk import Fault, FaultyDisk, Killed
from lockgate.evidence.dossier import statement_hash
from lockgate.evidence.entry import entry_of
from lockgate.flow import revealing
from lockgate.flow.recovery import open_log
from lockgate.flow.revealing import Demand, forget, list_recorded, reveal
from lockgate.store.home import Home
from lockgate.store.vault import Vault
from lockgate.terms.errors import InputError, LockgateError
from small_flows import NOW, do_not_wait_for_the_disk, fix_keys, fixed_bytes

DEMAND = Demand("L. Chen", "claim 2026-118", 1000, NOW)
NAMES = ["张三", "Ann"]


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    do_not_wait_for_the_disk(monkeypatch)


def _with_tokens(path: Path) -> tuple[Home, tuple[str, ...]]:
    home = Home.open(fix_keys(path / "home", ("signing", "vault")))
    return home, Vault(home).assign("acme/name", NAMES, fixed_bytes("tokens"))


def _entries(home: Home) -> list[bytes]:
    log = open_log(home)
    return [log.entry(index) for index in range(log.size)]


def test_a_reversal_answers_once_who_and_why_are_in_the_log(tmp_path: Path):
    home, tokens = _with_tokens(tmp_path)
    recorded, found = reveal(home, (*tokens, tokens[0]), DEMAND, fixed_bytes("1"))
    assert [(item.token, item.value) for item in found] == list(zip(tokens, NAMES, strict=True))
    data = (home.path / "reversals" / recorded.id / "statement.json").read_bytes()
    statement = json.loads(data)
    assert statement["by"] == "L. Chen"
    assert statement["why"] == "claim 2026-118"
    assert statement["account"] == 1000
    assert statement["made_at"].startswith(NOW.date().isoformat())
    assert statement["tokens"] == list(tokens)
    assert _entries(home) == [entry_of(statement_hash(data), "reversal")]
    assert "c2sp.org/tlog-proof" in (home.path / "reversals" / recorded.id / "proof").read_text()
    assert list_recorded(home) == (recorded,)
    assert not any(name.encode() in data for name in NAMES)


def test_what_is_forgotten_is_on_record_and_gone(tmp_path: Path):
    home, tokens = _with_tokens(tmp_path)
    recorded, count = forget(home, tokens[:1], DEMAND, fixed_bytes("1"))
    assert (recorded.kind, recorded.leaf, count) == ("forgetting", 0, 1)
    assert Vault(home).find(tokens) == {tokens[1]}
    with pytest.raises(InputError, match="does not know 1 of 2"):
        reveal(home, tokens, DEMAND, fixed_bytes("2"))
    assert [item.kind for item in list_recorded(home)] == ["forgetting"]


@pytest.mark.parametrize("act", [reveal, forget])
@pytest.mark.parametrize("demand", [Demand("", "x", 0, NOW), Demand("x", " ", 0, NOW), Demand(" \n", "x", 0, NOW)])
def test_nothing_is_opened_or_recorded_without_a_name_and_a_reason(tmp_path: Path, act: Callable, demand: Demand):
    home, tokens = _with_tokens(tmp_path)
    with pytest.raises(InputError, match="a name and a reason"):
        act(home, tokens, demand, fixed_bytes("1"))
    assert list_recorded(home) == ()
    assert _entries(home) == []
    assert Vault(home).count() == 2


def test_no_tokens_and_unknown_ones_are_refused_before_anything_is_recorded(tmp_path: Path):
    home, tokens = _with_tokens(tmp_path)
    for chosen in ((), (*tokens, "t_" + "a" * 26)):
        with pytest.raises(InputError):
            reveal(home, chosen, DEMAND, fixed_bytes("1"))
    assert list_recorded(home) == ()


def test_a_log_that_cannot_be_written_opens_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    home, tokens = _with_tokens(tmp_path)
    monkeypatch.setattr(Vault, "open_tokens", lambda *_: pytest.fail("opened without a record"))

    def broken(*_given: object) -> int:
        raise LockgateError("the log cannot be written")

    monkeypatch.setattr(revealing, "append_leaf", broken)
    with pytest.raises(LockgateError, match="cannot be written"):
        reveal(home, tokens, DEMAND, fixed_bytes("1"))
    monkeypatch.undo()
    assert [item.leaf for item in list_recorded(home)] == [None]


def _changes(path: Path) -> int:
    home, tokens = _with_tokens(path)
    disk = FaultyDisk()
    with disk.active():
        reveal(home, tokens, DEMAND, fixed_bytes("1"))
    return len(disk.seen)


@pytest.mark.parametrize("fault", [Fault.KILLED_BEFORE, Fault.KILLED_AFTER, Fault.FAILED, Fault.FULL])
def test_wherever_it_breaks_off_the_vault_is_opened_only_after_its_leaf(
    tmp_path: Path, fault: Fault, monkeypatch: pytest.MonkeyPatch
):
    opened: list[list[bytes]] = []
    open_tokens = Vault.open_tokens

    def watched(self: Vault, tokens: tuple[str, ...]) -> object:
        opened.append(_entries(self._home))
        return open_tokens(self, tokens)

    monkeypatch.setattr(Vault, "open_tokens", watched)
    count = _changes(tmp_path / "counted")
    assert count > 10
    assert len(opened.pop()) == 1
    for at in range(1, count + 1):
        home, tokens = _with_tokens(tmp_path / f"{at}")
        disk = FaultyDisk(at, fault)
        with disk.active(), suppress(Killed, LockgateError, OSError):
            reveal(home, tokens, DEMAND, fixed_bytes("1"))
        for entries in opened:
            assert len(entries) == 1, disk.seen[-1]
        opened.clear()
        again, found = reveal(home, tokens, DEMAND, fixed_bytes("2"))  # the home goes on working
        assert len(found) == 2
        assert again.leaf == len(_entries(home)) - 1
        opened.clear()
