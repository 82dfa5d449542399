"""Every byte of a small release and of its log, changed one after the other: each is found, and what it is in is named.

A statement is not decided or measured again for each of its bytes: it is found without that, which is more than is
asked. What is the same for every try (the statement as it was, its report) is read and rendered once.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pytest

from lockgate import __version__
from lockgate.evidence import check, dossier
from lockgate.evidence.check import DossierFiles, Means, check_dossier
from lockgate.evidence.dossier import statement_bytes
from lockgate.evidence.log_check import check_log
from lockgate.evidence.step import Repetition
from lockgate.evidence.storage import CHECKPOINT, FolderStorage
from lockgate.flow.checking import CheckMeans, check_release, open_log_at_hand
from lockgate.store.home import Home
from lockgate.terms.errors import EvidenceError
from small_flows import ONE_COUNTRY, do_not_wait_for_the_disk, few_passengers, fix_keys, node_at, one_law, release_at

SMALL = {
    **ONE_COUNTRY,
    "protect.drop": ["Ticket", "Cabin", "Name", "PassengerId"],
    "protect.pseudonymise": None,
}
Flipped = Iterator[tuple[int, bytes]]


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("released")
    with pytest.MonkeyPatch.context() as patch:
        do_not_wait_for_the_disk(patch)
        few_passengers(place)
        release_at(place, SMALL, node=replace(node_at(fix_keys(place / ".lockgate")), laws=one_law()))
    assert _failing(place) == {}
    return place


def _failing(place: Path) -> dict[str, str]:
    means = CheckMeans(one_law(), None, place / ".lockgate")
    return {step.step: step.detail for step in check_release(place / "out", means) if not step.ok}


def _flipped(data: bytes) -> Flipped:
    """Yield every place with the data in which that one byte is another; each bit has its turn."""
    for at in range(len(data)):
        yield at, data[:at] + bytes([data[at] ^ 1 << at % 8]) + data[at + 1 :]


@pytest.fixture
def tried(released: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, bytes], list[tuple[str, str]]]:
    """Check the dossier with one file exchanged; give the steps that fail and what they say."""
    out = released / "out"
    parse, render = check.parse_statement, check.render_report
    known = parse((out / "statement.json").read_bytes())
    rendered = render(known)
    once = lru_cache(4)(parse)
    for module in (check, dossier):  # the leaf is made of the statement too
        monkeypatch.setattr(module, "parse_statement", once)
    monkeypatch.setattr(check, "render_report", lambda statement: rendered if statement == known else render(statement))
    whole = DossierFiles(*((out / name).read_bytes() for name in ("statement.json", "proof", "report.html")))
    means = Means(__version__, replay=lambda statement: Repetition("the same"))

    def failing(member: str, data: bytes) -> list[tuple[str, str]]:
        exchanged = replace(whole, **{member: data})
        if member == "statement":
            exchanged = replace(exchanged, report=None)  # found without the report too, and sooner
        steps = check_dossier(exchanged, None, None, means)
        return [(step.step, step.detail) for step in steps if not step.ok]

    assert failing("proof", whole.proof or b"") == []
    return failing


def test_every_file_of_release_and_log_is_one_whose_bytes_are_tried(released: Path):
    out = [path.relative_to(released / "out").as_posix() for path in (released / "out").rglob("*") if path.is_file()]
    assert sorted(out) == ["data/passengers.csv", "proof", "report.html", "salts", "statement.json"]
    total = sum((released / "out" / name).stat().st_size for name in out)
    assert 30_000 < total < 60_000
    log = released / ".lockgate" / "log"
    tiles = ["tile/0/000.p/1", "tile/0/000.p/2", "tile/entries/000.p/1", "tile/entries/000.p/2"]
    assert sorted(path.relative_to(log).as_posix() for path in log.rglob("*") if path.is_file()) == [CHECKPOINT, *tiles]


STATEMENT_STEPS = {"statement", "signature", "inclusion"}
PROOF_STEPS = {"proof", "signature", "inclusion"}


@pytest.mark.slow
def test_every_changed_byte_of_the_statement_is_found_and_laid_to_it(
    released: Path, tried: Callable[[str, bytes], list[tuple[str, str]]]
):
    for at, data in _flipped((released / "out" / "statement.json").read_bytes()):
        steps = tried("statement", data)
        assert steps, f"byte {at}"
        assert steps[0][0] in STATEMENT_STEPS, f"byte {at}: {steps}"


@pytest.mark.slow
def test_every_changed_byte_of_the_proof_is_found_and_laid_to_it(
    released: Path, tried: Callable[[str, bytes], list[tuple[str, str]]]
):
    for at, data in _flipped((released / "out" / "proof").read_bytes()):
        steps = tried("proof", data)
        assert [name for name, _ in steps][:1] in ([name] for name in PROOF_STEPS), f"byte {at}: {steps}"


@pytest.mark.slow
def test_every_changed_byte_of_the_report_is_found_and_laid_to_it(
    released: Path, tried: Callable[[str, bytes], list[tuple[str, str]]]
):
    for at, data in _flipped((released / "out" / "report.html").read_bytes()):
        assert [name for name, _ in tried("report", data)] == ["report"], f"byte {at}"


@pytest.mark.slow
def test_every_changed_byte_of_the_data_is_found_and_the_file_named(released: Path):
    file = released / "out" / "data" / "passengers.csv"
    data = file.read_bytes()
    try:
        for at, changed in _flipped(data):
            file.write_bytes(changed)
            assert "`data/passengers.csv` was changed" in _failing(released)["files"], f"byte {at}"
    finally:
        file.write_bytes(data)
    assert _failing(released) == {}


@pytest.mark.slow
def test_every_changed_byte_of_the_log_is_found_and_file_and_place_named(released: Path):
    home = Home.open(released / ".lockgate")
    storage = FolderStorage(home.log)
    names = sorted(path.relative_to(home.log).as_posix() for path in home.log.rglob("*") if path.is_file())
    keys = (home.verifier_key, home.cosigner_key)
    assert check_log(storage, *keys, names).faults == ()
    for name in names:
        file = home.log / name
        data = file.read_bytes()
        try:
            for at, changed in _flipped(data):
                file.write_bytes(changed)
                faults = check_log(storage, *keys, names).faults
                assert name in {fault.file for fault in faults}, f"{name}, byte {at}: {faults}"
                placed = [fault for fault in faults if fault.file == name and fault.first is not None]
                assert name == CHECKPOINT or any(fault.first <= at for fault in placed), f"{name}, byte {at}: {faults}"
        finally:
            file.write_bytes(data)


def test_the_log_of_a_home_under_another_name_is_found_by_verify(released: Path):
    home = released / ".lockgate"
    key, file = Home.open(home).verifier_key, home / "log" / CHECKPOINT
    data = file.read_bytes()
    try:
        file.write_bytes(b"m" + data[1:])
        with pytest.raises(EvidenceError, match="names another log"):
            open_log_at_hand(home, key)
        assert list(_failing(released)) == ["log"]
    finally:
        file.write_bytes(data)


def test_a_statement_written_again_from_its_values_is_the_same(released: Path):
    """What the tries above rest on: one spelling of each statement."""
    data = (released / "out" / "statement.json").read_bytes()
    assert statement_bytes(check.parse_statement(data)) == data
