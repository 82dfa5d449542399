"""Many writers, a clock that goes back, a folder brought back from an old copy: found, or harmless."""

import json
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from lockgate.evidence.cosignature import cosigner_key
from lockgate.evidence.entry import entry_of
from lockgate.evidence.note import ED25519_COSIGNATURE
from lockgate.evidence.witness import Answer, Cosigner, add_checkpoint, render_submission
from lockgate.flow.checking import CheckMeans, check_release
from lockgate.flow.recovery import open_log
from lockgate.laws.catalogue import load_laws
from lockgate.store.home import Home
from lockgate.store.witnessing import WitnessMemory
from lockgate.terms.errors import EvidenceError
from many_writers import hash_of
from small_flows import NOW, do_not_wait_for_the_disk, fix_keys, node_at, release_at

PROGRAM = Path(__file__).parents[1] / "many_writers.py"
WRITERS, APPENDS = 64, 4


def _steps(folder: Path, home: Path) -> dict[str, str]:
    """Return the steps that fail of the check of a release, with what they say."""
    return {
        step.step: step.detail for step in check_release(folder, CheckMeans(load_laws(), None, home)) if not step.ok
    }


@pytest.mark.slow
def test_64_processes_append_at_once_and_each_leaf_is_there_once_where_its_writer_was_told(tmp_path: Path):
    home = Home.open(tmp_path / "home")
    done = subprocess.run(
        [sys.executable, str(PROGRAM), str(home.path), str(WRITERS), str(APPENDS)],
        capture_output=True,
        text=True,
        check=True,
    )
    told = [json.loads(line) for line in done.stdout.splitlines()]
    log = open_log(home)
    assert len(told) == log.size == WRITERS * APPENDS
    expected = {item["leaf"]: entry_of(hash_of(item["writer"], item["number"]), "release") for item in told}
    assert expected == dict(enumerate(log.reader.entries()))
    order = [item["number"] for item in sorted(told, key=lambda item: item["leaf"])]
    assert order != sorted(order)  # they did run at once


def test_a_clock_that_went_back_harms_no_log_and_hides_no_earlier_release(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    do_not_wait_for_the_disk(monkeypatch)
    home = fix_keys(tmp_path / ".lockgate")
    release_at(tmp_path, node=node_at(home))
    release_at(tmp_path, node=node_at(home, "2", NOW - timedelta(days=30)), out="earlier")
    made = [json.loads((tmp_path / out / "statement.json").read_bytes()) for out in ("out", "earlier")]
    assert made[0]["made_at"] > made[1]["made_at"]
    assert [_steps(tmp_path / out, home) for out in ("out", "earlier")] == [{}, {}]
    log = open_log(Home.open(home))
    kinds = [json.loads(log.entry(index))["kind"] for index in range(log.size)]
    assert kinds == ["release", "released"] * 2
    # the release that was made first, though its day lies later, is held against the second one
    composed = [check for check in made[1]["verification"]["checks"] if "earlier" in json.dumps(check)]
    assert composed


def test_a_log_folder_brought_back_from_an_old_copy_is_found_before_anything_goes_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    do_not_wait_for_the_disk(monkeypatch)
    home = fix_keys(tmp_path / ".lockgate")
    release_at(tmp_path, node=node_at(home))
    shutil.copytree(home / "log", tmp_path / "old log")
    release_at(tmp_path, node=node_at(home, "2"), out="second")
    shutil.rmtree(home / "log")
    (tmp_path / "old log").rename(home / "log")
    with pytest.raises(EvidenceError, match="was cut short: it holds 2 leaves and has held 4"):
        release_at(tmp_path, node=node_at(home, "3"), out="third")
    assert not (tmp_path / "third").exists()
    assert list(_steps(tmp_path / "second", home)) == ["log"]


def test_a_whole_home_brought_back_from_an_old_copy_is_found_by_its_witness_and_by_who_holds_a_release(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """With the home its own memory went back too, so only what is kept elsewhere can tell."""
    do_not_wait_for_the_disk(monkeypatch)
    path = fix_keys(tmp_path / ".lockgate")
    release_at(tmp_path, node=node_at(path))
    memory = WitnessMemory.open(tmp_path / "witness")
    assert _ask(path, memory, 0).status == 200
    shutil.copytree(path, tmp_path / "old home")
    release_at(tmp_path, node=node_at(path, "2"), out="second")
    assert _ask(path, memory, 2).status == 200
    shutil.rmtree(path)
    (tmp_path / "old home").rename(path)
    answer = _ask(path, memory, 2)
    assert (answer.status, answer.body) == (409, "4\n")
    release_at(tmp_path, node=node_at(path, "3"), out="third")  # the home cannot know
    answer = _ask(path, memory, 2)
    assert (answer.status, answer.body) == (409, "4\n")
    release_at(tmp_path, node=node_at(path, "4"), out="fourth")
    assert _ask(path, memory, 4).status == 422  # six leaves, which do not follow the four that were cosigned
    assert list(_steps(tmp_path / "second", path)) == ["log"]
    assert _steps(tmp_path / "third", path) == _steps(tmp_path / "out", path) == {}


def _ask(path: Path, memory: WitnessMemory, old: int) -> Answer:
    """Ask a witness to cosign what the home's log holds now."""
    home, seed = Home.open(path), bytes([3] * 32)
    log = open_log(home)
    body = render_submission(old, log.consistency(old), log.checkpoint())
    cosigners = (Cosigner(cosigner_key("witness.example", seed, ED25519_COSIGNATURE), seed),)
    return add_checkpoint(body, {home.origin: home.verifier_key}, cosigners, memory, 1000)
