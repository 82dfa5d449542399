"""Every change of a release is found, and the step that finds it is named."""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate import __version__
from lockgate.evidence.canonical import canonical_bytes
from lockgate.evidence.check import STEPS, DossierFiles, Means, check_dossier
from lockgate.evidence.log_reading import LogReader
from lockgate.evidence.note import parse_verifier_key, verifier_key
from lockgate.evidence.step import Repetition, Step
from lockgate.evidence.trust import parse_trust
from lockgate.flow.checking import CheckMeans, check_release
from lockgate.laws.catalogue import load_laws
from lockgate.store.home import Home
from lockgate.terms.errors import InputError, ReleaseRefused
from small_flows import REFUSED, do_not_wait_for_the_disk, node_at, release_at

OTHER_KEY = str(verifier_key("lockgate.local/00000000", bytes(32)))


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    do_not_wait_for_the_disk(monkeypatch)


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two releases, `out` and `second`, of one home; not to be changed."""
    folder = tmp_path_factory.mktemp("releases")
    release_at(folder)
    release_at(folder, {"recipient.name": "Acme Busan"}, out="second", seed="2")
    return folder


@pytest.fixture
def place(releases: Path, tmp_path: Path) -> Path:
    """A copy of that folder, to be changed."""
    return Path(shutil.copytree(releases, tmp_path / "copy"))


def check(out: Path, home: Path | None = None, trust: str = "") -> tuple[Step, ...]:
    return check_release(out, CheckMeans(load_laws(), parse_trust(trust) if trust else None, home))


def failing(out: Path, home: Path | None = None, trust: str = "") -> list[str]:
    return [step.step for step in check(out, home, trust) if not step.ok]


def detail(out: Path, name: str, home: Path | None = None) -> str:
    return next(step.detail for step in check(out, home) if step.step == name)


def change(path: Path, edit: Callable[[bytes], bytes]) -> None:
    before = path.read_bytes()
    path.write_bytes(edit(before))
    assert path.read_bytes() != before


def test_an_untouched_release_passes_every_step(place: Path):
    assert [step.step for step in check(place / "out")] == [*STEPS, "state"]
    assert failing(place / "out", place / ".lockgate") == []


def test_without_a_trust_anchor_the_signer_is_unknown_and_that_is_left_open(place: Path):
    open_ = [step for step in check(place / "out", place / ".lockgate") if not step.settled]
    assert [step.step for step in open_] == ["trust"]
    assert "signer unknown" in open_[0].detail


def test_the_key_of_the_home_settles_the_trust(place: Path):
    steps = check(place / "out", place / ".lockgate", str(Home.open(place / ".lockgate").verifier_key))
    assert all(step.ok and step.settled for step in steps)


def test_a_dossier_is_checked_without_its_data(place: Path):
    steps = check(place / "out" / "statement.json")
    assert [step.step for step in steps if not step.ok] == []
    assert [step.step for step in steps if not step.settled] == [
        "files",
        "data",
        "trust",
        "log",
        "verification",
        "state",
    ]


def test_a_folder_that_was_moved_and_renamed_still_verifies(place: Path, tmp_path: Path):
    moved = (place / "out").rename(tmp_path / "given to a partner")
    assert failing(moved) == []


@pytest.mark.parametrize(("row", "column"), [(1, 0), (80, 4), (160, -1)])
def test_a_changed_cell_is_found_in_files_and_data(row: int, column: int, place: Path):
    def edit(data: bytes) -> bytes:
        lines = data.decode().split("\n")
        cells = lines[row].split(",")
        cells[column] = cells[column] + "1"
        lines[row] = ",".join(cells)
        return "\n".join(lines).encode()

    change(place / "out/data/passengers.csv", edit)
    assert failing(place / "out")[:2] == ["files", "data"]
    names = (place / "out/data/passengers.csv").read_text().partition("\n")[0].split(",")
    assert f"`{names[column]}` was changed" in detail(place / "out", "data")


def test_a_removed_row_is_found(place: Path):
    change(place / "out/data/passengers.csv", lambda data: data.rstrip(b"\n").rpartition(b"\n")[0] + b"\n")
    assert failing(place / "out")[:2] == ["files", "data"]
    assert "160 rows expected, 159 found" in detail(place / "out", "data")


def test_two_swapped_rows_are_found(place: Path):
    def edit(data: bytes) -> bytes:
        head, one, other, *rest = data.split(b"\n")
        return b"\n".join([head, other, one, *rest])

    change(place / "out/data/passengers.csv", edit)
    assert failing(place / "out") == ["files", "data"]


def test_other_bytes_of_the_same_table_are_found_by_the_files_step_alone(place: Path):
    change(place / "out/data/passengers.csv", lambda data: data.replace(b"\n", b"\r\n"))
    assert failing(place / "out") == ["files"]


def test_data_that_are_no_table_are_found(place: Path):
    change(place / "out/data/passengers.csv", lambda data: b"\x00\xff" * 50)
    assert failing(place / "out")[:2] == ["files", "data"]


def test_a_missing_data_file_is_found(place: Path):
    (place / "out/data/passengers.csv").unlink()
    assert failing(place / "out")[:2] == ["files", "data"]
    assert "`data/passengers.csv` is missing" in detail(place / "out", "files")


def test_a_missing_data_folder_is_found(place: Path):
    shutil.rmtree(place / "out/data")
    assert failing(place / "out")[:2] == ["files", "data"]


@pytest.mark.parametrize(
    "name", ["more.csv", "data/a.csv", "data/zz.csv", "data/deep/more.csv", "other/more.csv", ".hidden"]
)
def test_an_extra_file_is_found_wherever_it_lies(name: str, place: Path):
    (place / "out" / name).parent.mkdir(exist_ok=True)
    (place / "out" / name).write_bytes((place / "out/data/passengers.csv").read_bytes())
    assert "files" in failing(place / "out")
    assert f"`{name}` is not listed" in detail(place / "out", "files")


def test_a_link_in_place_of_the_data_file_is_found(place: Path):
    file = place / "out/data/passengers.csv"
    file.rename(place / "elsewhere.csv")
    file.symlink_to(place / "elsewhere.csv")
    assert "files" in failing(place / "out")


@pytest.mark.parametrize(
    ("taken", "first"),
    [
        ("statement.json", "files"),
        ("proof", "inclusion"),
        ("report.html", "report"),
        ("data/passengers.csv", "files"),
    ],
)
def test_a_part_of_another_release_is_found(taken: str, first: str, place: Path):
    shutil.copy(place / "second" / taken, place / "out" / taken)
    assert failing(place / "out")[0] == first


def test_a_whole_dossier_of_another_release_is_found_by_its_data(place: Path):
    for name in ("statement.json", "proof", "report.html"):
        shutil.copy(place / "second" / name, place / "out" / name)
    assert failing(place / "out") == ["files", "data"]


def test_a_missing_proof_is_found_and_what_rests_on_it_is_not_checked(place: Path):
    (place / "out/proof").unlink()
    assert failing(place / "out") == ["proof", "signature", "inclusion", "trust", "log"]
    assert "rests on `proof`" in detail(place / "out", "inclusion")


def test_a_folder_without_a_statement_is_an_input_error(place: Path):
    (place / "out/statement.json").unlink()
    with pytest.raises(InputError, match=r"no statement\.json here"):
        check(place / "out")


def test_another_trust_anchor_is_found(place: Path):
    assert failing(place / "out", trust=OTHER_KEY) == ["trust"]


@pytest.mark.parametrize("edit", [lambda data: data[:-1], lambda data: data + b"\n", lambda data: b""])
@pytest.mark.parametrize("name", ["statement.json", "proof", "report.html"])
def test_a_dossier_file_cut_or_lengthened_is_found(name: str, edit: Callable[[bytes], bytes], place: Path):
    change(place / "out" / name, edit)
    assert failing(place / "out")


def changed_bytes(data: bytes, at: int) -> Iterator[bytes]:
    """Yield the data with the byte at a place turned into another, doubled, and taken out."""
    yield data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
    yield data[:at] + (b" " if data[at : at + 1] != b" " else b"\t") + data[at + 1 :]
    yield data[:at] + data[at : at + 1] + data[at:]
    yield data[:at] + data[at + 1 :]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["statement.json", "proof", "report.html"])
def test_a_changed_byte_of_a_dossier_is_found(name: str, place: Path):
    file = place / "out" / name
    data = file.read_bytes()
    for number in range(8):
        at = (number * (len(data) - 1)) // 7
        for changed in changed_bytes(data, at):
            file.write_bytes(changed)
            if changed != data:
                assert failing(place / "out" / "statement.json"), f"byte {at} of {len(data)}"


@pytest.mark.parametrize(("name", "apart"), [("statement", 17_011), ("proof", 1_009), ("report", 10_007)])
def test_any_changed_byte_of_a_dossier_is_found_without_even_replaying_it(name: str, apart: int, releases: Path):
    """Some bytes of a large dossier, others for each bit; `test_flow_flipped_bytes` takes every byte of a small one."""
    out = releases / "out"
    dossier = DossierFiles(*((out / file).read_bytes() for file in ("statement.json", "proof", "report.html")))
    means = Means(__version__, replay=lambda statement: Repetition("the same"))
    if name == "statement":
        dossier = replace(dossier, report=None)  # found without the report too, and sooner
    assert all(step.ok for step in check_dossier(dossier, None, None, means))
    data = getattr(dossier, name)
    tries = [(at, bit) for bit in range(8) for at in range(bit * apart // 8, len(data), apart)]
    assert len(tries) > 20
    for at, bit in tries:
        changed = replace(dossier, **{name: data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]})
        assert not all(step.ok for step in check_dossier(changed, None, None, means)), f"bit {bit} of byte {at}"


def paths_in(value: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to every value inside a JSON value."""
    yield path
    items = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from paths_in(item, (*path, key))


REPLACEMENTS = (None, True, -1, 10**15, 0.5, "", "x", [], {}, ["x"], {"x": 1}, [{}], [[]])
GONE = object()


@settings(max_examples=40)
@given(data=st.data())
def test_a_statement_whose_values_were_exchanged_is_found_and_never_breaks_the_check(
    data: st.DataObject, releases: Path
):
    """Rewritten in canonical form, so that it is the values and not the bytes that are wrong."""
    original = json.loads((releases / "out/statement.json").read_bytes())
    statement = deepcopy(original)
    path = data.draw(st.sampled_from([path for path in paths_in(original) if path]))
    new = data.draw(st.sampled_from([*REPLACEMENTS, GONE]))
    inner = statement
    for key in path[:-1]:
        inner = inner[key]
    if new is GONE:
        del inner[path[-1]]
    else:
        inner[path[-1]] = new
    if statement == original:
        return
    out = releases.parent / "exchanged"
    shutil.copytree(releases / "out", out, dirs_exist_ok=True)
    (out / "statement.json").write_bytes(canonical_bytes(statement))
    assert failing(out)


def test_a_log_rolled_back_to_before_the_release_is_found(place: Path):
    log = place / ".lockgate/log"
    shutil.rmtree(log)
    shutil.copytree(_log_of_first_release(place), log)
    assert failing(place / "second", place / ".lockgate") == ["log"]
    assert "cut short" in detail(place / "second", "log", place / ".lockgate")


def test_a_log_rolled_back_to_just_after_the_release_is_found_by_what_the_home_remembers(place: Path):
    log = place / ".lockgate/log"
    shutil.rmtree(log)
    shutil.copytree(_log_of_first_release(place), log)
    assert failing(place / "out", place / ".lockgate") == ["log"]
    (place / ".lockgate/high-water.json").unlink()
    assert failing(place / "out", place / ".lockgate") == ["log"]  # what it remembers is missed when it is gone


def _log_of_first_release(place: Path) -> Path:
    """Return the log as it was when only the first release was in it: the same keys and steps make the same log."""
    folder = place / "then"
    folder.mkdir()
    release_at(folder)
    return folder / ".lockgate/log"


@pytest.mark.parametrize(
    "taken", ["checkpoint", "tile", "tile/0/000.p/4", "tile/entries/000.p/4"], ids=lambda path: path.rpartition("/")[2]
)
def test_a_log_with_a_part_taken_away_is_found(taken: str, place: Path):
    path = place / ".lockgate/log" / taken
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert failing(place / "out", place / ".lockgate") == ["log"]


@pytest.mark.parametrize("name", ["checkpoint", "tile/0/000.p/4", "tile/entries/000.p/4"])
def test_a_log_with_a_file_cut_short_is_found(name: str, place: Path):
    change(place / ".lockgate/log" / name, lambda data: data[: len(data) // 2])
    assert failing(place / "out", place / ".lockgate") == ["log"]


def test_a_log_folder_that_is_gone_is_found_as_long_as_the_home_remembers_it(place: Path):
    shutil.rmtree(place / ".lockgate/log")
    assert failing(place / "out", place / ".lockgate") == ["log"]


def test_the_log_of_another_node_is_not_compared(place: Path, tmp_path: Path):
    other = tmp_path / "other"
    other.mkdir()
    release_at(other, node=node_at(other / ".lockgate"))
    assert failing(place / "out", other / ".lockgate") == []
    origin = Home.open(other / ".lockgate").origin
    assert f"the log at hand is that of `{origin}`" in detail(place / "out", "log", other / ".lockgate")
    open_ = [step.step for step in check(place / "out", other / ".lockgate") if not step.settled]
    assert open_ == ["trust", "log", "state"]


def test_a_home_without_a_log_is_no_log_at_hand(place: Path, tmp_path: Path):
    assert failing(place / "out", Home.open(tmp_path / "new").path) == []


def test_checking_writes_nothing(place: Path):
    before = {path: path.stat().st_mtime_ns for path in place.rglob("*")}
    check(place / "out", place / ".lockgate")
    assert {path: path.stat().st_mtime_ns for path in place.rglob("*")} == before


def test_the_log_of_the_home_can_be_read_by_anyone_with_the_public_key(place: Path):
    key = parse_verifier_key(str(Home.open(place / ".lockgate").verifier_key))
    assert LogReader.open(place / ".lockgate/log", key).size == 4


def test_a_changed_cell_is_named_by_its_column_although_the_hashes_are_salted(place: Path):
    recorded = json.loads((place / "out/statement.json").read_bytes())
    assert recorded["version"] == 3
    change(place / "out/data/passengers.csv", lambda data: data.replace(b"male", b"mole", 1))
    assert "column `Sex` was changed" in detail(place / "out", "data")


@pytest.mark.parametrize("salts", [None, b"", b"00" * 32 + b"\n"])
def test_lost_or_changed_salts_are_found_and_not_taken_for_changed_data(salts: bytes | None, place: Path):
    (place / "out/salts").unlink()
    if salts is not None:
        (place / "out/salts").write_bytes(salts)
    assert failing(place / "out") == ["data"]
    assert "rows give the recorded hash, but" in detail(place / "out", "data")
    assert "salts" in detail(place / "out", "data")


def test_a_dossier_of_version_2_still_verifies(tmp_path: Path):
    kept = Path(shutil.copytree(Path(__file__).parent / "data" / "version-2", tmp_path / "kept"))
    steps = check(kept)
    assert [step.step for step in steps if not step.ok and step.step != "decision"] == []
    change(kept / "data/passengers.csv", lambda data: data.replace(b"male", b"mole", 1))
    assert "column `Sex` was changed" in detail(kept, "data")


def test_an_extra_file_beside_a_refusal_is_found(place: Path):
    with pytest.raises(ReleaseRefused):
        release_at(place, REFUSED, out="refused", seed="3")
    (refusal,) = (place / ".lockgate" / "refusals").iterdir()
    assert failing(refusal) == []
    (refusal / "more.csv").write_text("a\n1\n")
    assert failing(refusal) == ["files"]


def test_a_dossier_of_version_1_still_verifies(tmp_path: Path):
    kept = Path(shutil.copytree(Path(__file__).parent / "data" / "version-1", tmp_path / "kept"))
    steps = check(kept)
    assert [step.step for step in steps if not step.ok and step.step != "decision"] == []  # the law has moved on
    change(kept / "data/passengers.csv", lambda data: data.replace(b"male", b"mole", 1))
    assert failing(kept)[:2] == ["files", "data"]
    assert "column `Sex` was changed" in detail(kept, "data")
