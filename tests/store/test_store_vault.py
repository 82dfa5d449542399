"""The vault: sealed, the same token for the same value, safe with several processes and with kill -9."""

import multiprocessing
import os
import signal
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from lockgate.protect.token_vault import TOKEN
from lockgate.store.home import Home
from lockgate.store.key_versions import rotate
from lockgate.store.vault import KEY, Vault
from lockgate.terms.errors import EvidenceError, InputError, LockgateError

VALUES = ["张三", "Ann", "010-1234-5678", ""]


def _vault(path: Path) -> Vault:
    return Vault(Home.open(path / "home"))


def _assign(path: Path) -> tuple[str, ...]:
    return _vault(path).assign("acme/name", [f"value {number}" for number in range(300)], os.urandom)


def test_a_token_is_turned_back_into_its_value_and_domain(tmp_path: Path):
    vault = _vault(tmp_path)
    tokens = vault.assign("acme/name", VALUES, os.urandom)
    assert all(TOKEN.fullmatch(token) for token in tokens)
    assert len(set(tokens)) == 4
    kept = _vault(tmp_path).open_tokens(tokens)
    assert [(item.token, item.domain, item.value) for item in kept] == [
        (token, "acme/name", value) for token, value in zip(tokens, VALUES, strict=True)
    ]


def test_the_same_value_keeps_its_token_and_another_domain_has_another(tmp_path: Path):
    vault = _vault(tmp_path)
    first = vault.assign("acme/name", VALUES, os.urandom)
    assert vault.assign("acme/name", VALUES[::-1], os.urandom) == first[::-1]
    assert not set(vault.assign("other/name", VALUES, os.urandom)) & set(first)
    assert vault.assign("a", ["bc"], os.urandom) != vault.assign("ab", ["c"], os.urandom)
    assert vault.count() == 10


def test_nothing_of_a_value_or_a_domain_lies_in_the_file_and_the_file_is_its_owners(tmp_path: Path):
    old = os.umask(0)
    try:
        vault = _vault(tmp_path)
        vault.assign("acme/name", ["a very secret name", "张三"], os.urandom)
    finally:
        os.umask(old)
    data = vault.path.read_bytes()
    for word in (b"secret", "张三".encode(), b"acme"):
        assert word not in data
    assert stat.S_IMODE(vault.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(vault.path.parent.stat().st_mode) == 0o700
    assert [path.name for path in vault.path.parent.iterdir()] == ["vault.db"]


def test_an_entry_moved_to_another_token_does_not_open(tmp_path: Path):
    vault = _vault(tmp_path)
    one, two = vault.assign("d", ["Ann", "Bob"], os.urandom)
    with sqlite3.connect(vault.path) as file:
        sealed = file.execute("SELECT sealed FROM entries WHERE token = ?", (one,)).fetchone()[0]
        file.execute("UPDATE entries SET sealed = ? WHERE token = ?", (sealed, two))
    file.close()
    assert vault.open_tokens([one])[0].value == "Ann"
    with pytest.raises(LockgateError, match="damaged") as caught:
        vault.open_tokens([two])
    assert "Ann" not in str(caught.value)


def test_what_is_forgotten_is_written_over_and_gets_another_token(tmp_path: Path):
    vault = _vault(tmp_path)
    one, two = vault.assign("d", ["Ann", "Bob"], os.urandom)
    with sqlite3.connect(vault.path) as file:
        sealed = file.execute("SELECT sealed FROM entries WHERE token = ?", (one,)).fetchone()[0]
    file.close()
    assert vault.forget([one, "t_" + "a" * 26]) == 1
    assert vault.find([one, two]) == {two}
    assert vault.open_tokens([one]) == ()
    assert sealed not in vault.path.read_bytes()
    assert one.encode() not in vault.path.read_bytes()
    assert vault.assign("d", ["Ann"], os.urandom) != (one,)


def test_a_new_key_seals_what_comes_and_old_entries_stay_readable(tmp_path: Path):
    home = Home.open(tmp_path / "home")
    vault = Vault(home)
    (one,) = vault.assign("d", ["Ann"], os.urandom)
    assert rotate(home, KEY) == 2
    first, two = vault.assign("d", ["Ann", "Bob"], os.urandom)
    assert first == one
    assert [item.value for item in vault.open_tokens([one, two])] == ["Ann", "Bob"]
    (home.keys / "vault-v2.key").write_bytes(bytes(32))
    with pytest.raises(EvidenceError, match="it was changed"):
        vault.open_tokens([two])
    (home.path / "fingerprints" / "vault-v2").unlink()
    with pytest.raises(LockgateError, match="key that is lost"):
        vault.open_tokens([two])
    (home.keys / "vault-v2.key").unlink()
    with pytest.raises(InputError, match="no version 2"):
        vault.open_tokens([two])


def test_a_damaged_file_is_said_with_its_place(tmp_path: Path):
    vault = _vault(tmp_path)
    vault.assign("d", ["Ann"], os.urandom)
    vault.path.write_bytes(b"no database" * 100)
    with pytest.raises(LockgateError, match=r"vault\.db"):
        vault.find(["t_" + "a" * 26])


def test_processes_that_race_for_the_same_values_get_the_same_tokens(tmp_path: Path):
    Home.open(tmp_path / "home").key(KEY)
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        assert len(set(pool.map(_assign, [tmp_path] * 4))) == 1
    assert _vault(tmp_path).count() == 300


KILLED = """
import os, sys
from pathlib import Path
from lockgate.store.home import Home
from lockgate.store.vault import Vault
vault = Vault(Home.open(Path(sys.argv[1])))
for batch in range(10_000):
    values = [f"{batch} {number}" for number in range(50)]
    for value, token in zip(values, vault.assign("d", values, os.urandom)):
        print(token, value)
    sys.stdout.flush()
"""


def _told_before_the_kill(home: Path, lines: int) -> list[str]:
    process = subprocess.Popen([sys.executable, "-c", KILLED, home], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    told = [process.stdout.readline() for _ in range(lines)]
    os.kill(process.pid, signal.SIGKILL)
    told += process.stdout.readlines()
    process.stdout.close()
    process.wait()
    return [line.rstrip("\n") for line in told if line.endswith("\n")]


@pytest.mark.parametrize("lines", [1, 60, 333])
def test_every_token_that_was_told_survives_kill_nine(tmp_path: Path, lines: int):
    told = _told_before_the_kill(tmp_path / "home", lines)
    assert len(told) >= lines
    vault = _vault(tmp_path)
    assert [f"{item.token} {item.value}" for item in vault.open_tokens([line.split()[0] for line in told])] == told
    values = [line.partition(" ")[2] for line in told]
    assert list(vault.assign("d", values, os.urandom)) == [line.split()[0] for line in told]
    assert vault.count() % 50 == 0  # each batch whole, or not at all
