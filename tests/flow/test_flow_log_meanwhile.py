"""The log is listed, checked, exported and proved while releases run, without waiting and without a false alarm."""

from pathlib import Path
from threading import Thread

import pytest

from lockgate.evidence.proof import parse_proof
from lockgate.flow.cosigning import open_reader
from lockgate.flow.log_entries import known_records, list_entries
from lockgate.flow.log_export import export_log
from lockgate.flow.log_fsck import examine
from lockgate.store.home import Home
from lockgate.terms.errors import LockgateError
from small_flows import REFUSED, do_not_wait_for_the_disk, node_at, release_at


@pytest.mark.slow
def test_reading_the_evidence_while_releases_run_finds_nothing_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    do_not_wait_for_the_disk(monkeypatch)
    release_at(tmp_path)
    home = Home.open(tmp_path / ".lockgate")
    raised: list[str] = []

    def release_often() -> None:
        for number in range(6):
            changes = REFUSED if number % 2 else None
            try:
                node = node_at(home.path, f"meanwhile {number}")  # with the keys that are there
                release_at(tmp_path, changes, out=f"out-{number}", node=node)
            except LockgateError as error:
                raised.append(type(error).__name__)

    running = Thread(target=release_often)
    running.start()
    sizes = []
    while running.is_alive():
        found = examine(home)
        assert found.faults == ()
        log = open_reader(home)
        assert len(list(list_entries(log, known_records(home)))) == log.size
        assert parse_proof(log.prove(log.size - 1).encode()).index == log.size - 1
        sizes.append(export_log(home, tmp_path / "public", with_statements=True).size)
    running.join()
    assert sizes == sorted(sizes)
    assert sizes[-1] > sizes[0]
    assert "ReleaseRefused" in raised
    assert set(raised) == {"ReleaseRefused"}
    assert examine(home).faults == ()
