"""One column of a release is shown alone: it verifies, says nothing of the others, and no other passes for it."""

import hashlib
import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from lockgate.evidence.column_proof import STEPS
from lockgate.evidence.step import Step
from lockgate.evidence.trust import parse_trust
from lockgate.flow.checking import CheckMeans, check_release
from lockgate.flow.column_showing import show_column
from lockgate.flow.folder_check import FolderMeans
from lockgate.flow.place_check import check_place
from lockgate.flow.revealing import Demand
from lockgate.flow.revoking import revoke
from lockgate.laws.catalogue import load_laws
from lockgate.store.home import Home
from lockgate.terms.errors import EvidenceError, InputError
from small_flows import DAY, NOW, do_not_wait_for_the_disk, fixed_bytes, release_at


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a release, and two of its columns shown; not to be changed."""
    folder = tmp_path_factory.mktemp("shown")
    with pytest.MonkeyPatch.context() as patch:
        do_not_wait_for_the_disk(patch)
        release_at(folder)
    show_column(folder / "out", "Sex", folder / "sex")
    source, home = folder / "passengers.csv", Home.open(folder / ".lockgate")
    show_column(folder / "out", "Ticket", folder / "ticket", source, home)
    return folder


@pytest.fixture
def shown(place: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(place / "sex", tmp_path / "sex"))


def check(folder: Path, trust: str = "", home: Path | None = None) -> tuple[Step, ...]:
    return check_release(folder, CheckMeans(load_laws(), parse_trust(trust) if trust else None, home, DAY))


def failing(folder: Path) -> list[str]:
    return [step.step for step in check(folder) if not step.ok and not step.detail.startswith("not checked")]


@pytest.mark.parametrize("column", ["sex", "ticket", "sex/column.json"])
def test_a_column_that_is_shown_verifies_offline_under_a_trust_anchor(column: str, place: Path):
    steps = check(place / column, str(Home.open(place / ".lockgate").verifier_key), place / ".lockgate")
    assert [step.step for step in steps] == [*STEPS, "state"]
    assert all(step.ok and step.settled for step in steps)


def test_a_column_that_is_shown_says_nothing_of_the_others(place: Path):
    recorded = json.loads((place / "out" / "statement.json").read_bytes())
    names = [*recorded["output"]["columns"], *recorded["input"]["columns"]]
    proof = (place / "sex" / "column.json").read_text()
    assert [name for name in names if f'"{name}"' in proof] == ["Sex", "Sex"]
    secrets = [recorded["salt"], recorded["output"]["data_hash"], recorded["output"]["files"][0]["sha256"]]
    secrets.append((place / "out" / "salts").read_text().strip())
    assert not [secret for secret in secrets if secret in proof]


def test_the_cells_are_those_of_the_release_in_their_order(place: Path):
    released = [line.split(",") for line in (place / "out/data/passengers.csv").read_text().splitlines()]
    at = released[0].index("Sex")
    (file,) = (place / "sex" / "data").iterdir()
    assert [line.strip('"') for line in file.read_text().splitlines()] == [row[at] for row in released]


def render(proof: dict[str, Any]) -> str:
    return json.dumps(proof, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def test_a_column_of_a_revoked_release_no_longer_stands(place: Path, tmp_path: Path):
    at = Path(shutil.copytree(place, tmp_path / "place"))
    assert check(at / "sex", home=at / ".lockgate")[-1] == Step("state", ok=True, detail="released, not revoked")
    revoke(
        Home.open(at / ".lockgate"),
        str(at / "out"),
        Demand("me", "consent withdrawn", 1000, NOW),
        fixed_bytes("revocation"),
    )
    state = check(at / "sex", home=at / ".lockgate")[-1]
    assert (state.step, state.ok) == ("state", False)
    assert "revoked" in state.detail


def test_without_the_log_it_is_not_known_whether_its_release_stands(shown: Path):
    state = check(shown)[-1]
    assert (state.ok, state.settled) == (True, False)
    assert "not known whether it was revoked" in state.detail


def test_a_column_of_a_release_whose_permit_ended_no_longer_stands_and_nobody_puts_that_off(tmp_path: Path):
    release_at(tmp_path, {"until": date(2026, 11, 21)})
    show_column(tmp_path / "out", "Sex", tmp_path / "sex")
    home, later = tmp_path / ".lockgate", date(2026, 11, 22)
    assert check(tmp_path / "sex", home=home)[-1].ok
    steps = check_release(tmp_path / "sex", CheckMeans(load_laws(), None, home, later))
    assert (steps[-1].ok, steps[-1].detail) == (False, "expired: the permit ended on 2026-11-21")
    proof = json.loads((tmp_path / "sex" / "column.json").read_bytes())
    for until in ("2027-11-21", None, "2026-11-99"):
        (tmp_path / "sex" / "column.json").write_text(render({**proof, "until": until}))
        assert "inclusion" in failing(tmp_path / "sex")


def test_leaving_out_the_second_key_of_the_log_with_its_line_is_found(shown: Path):
    proof = json.loads((shown / "column.json").read_bytes())
    del proof["log"]["cosigner_key"]
    proof["proof"] = "".join(proof["proof"].splitlines(keepends=True)[:-1])
    (shown / "column.json").write_text(render(proof))
    assert failing(shown) == ["inclusion"]


def test_a_proof_of_a_release_of_today_is_not_taken_for_one_of_an_older_form(shown: Path):
    proof = json.loads((shown / "column.json").read_bytes())
    del proof["until"]
    (shown / "column.json").write_text(render({**proof, "version": 1}))
    assert failing(shown) == ["inclusion"]


@pytest.mark.parametrize("prefix", [b"\x00", b"\x02"])
def test_the_terms_do_not_pass_for_one_more_sibling_of_a_column_without_terms(prefix: bytes, shown: Path):
    proof = json.loads((shown / "column.json").read_bytes())
    terms: dict[str, Any] = {"log": proof["log"], "until": proof.pop("until")}
    if prefix == b"\x02":
        terms["columns"] = proof["size"]
    sibling = hashlib.sha256(prefix + b"lockgate column terms 1\n" + render(terms).encode()).hexdigest()
    whole = 1 << (proof["size"] - 1).bit_length()
    proof |= {"version": 1, "index": proof["index"] + whole, "size": proof["size"] + whole}
    (shown / "column.json").write_text(render({**proof, "path": [*proof["path"], sibling]}))
    assert failing(shown) == ["inclusion"]


def test_no_other_number_of_columns_passes_for_that_of_the_release(shown: Path):
    proof = json.loads((shown / "column.json").read_bytes())
    for size in range(1, 65):
        (shown / "column.json").write_text(render({**proof, "size": size}))
        assert bool(failing(shown)) == (size != proof["size"])


@pytest.mark.parametrize("where", ["", "log", "file"])
def test_an_unknown_member_is_refused_wherever_it_stands(where: str, shown: Path):
    proof = json.loads((shown / "column.json").read_bytes())
    (proof[where] if where else proof)["note"] = "checked by the regulator"
    (shown / "column.json").write_text(render(proof))
    assert failing(shown) == ["column"]
    assert "unknown member" in check(shown)[0].detail


@pytest.mark.parametrize("name", ["more.csv", "data/more.csv", "statement.json", "report.html", ".hidden", "a/b"])
def test_an_extra_file_beside_a_column_is_named(name: str, shown: Path):
    (shown / name).parent.mkdir(exist_ok=True)
    (shown / name).write_text("Sex\nmale\n")
    assert failing(shown) == ["files"]
    assert f"`{name}` is not listed" in check(shown)[1].detail


def test_the_cells_of_a_column_may_lie_elsewhere(shown: Path, tmp_path: Path):
    (file,) = (shown / "data").iterdir()
    elsewhere = file.rename(tmp_path / "elsewhere.csv")
    assert failing(shown) == ["files", "data"]

    def check_with(data: Path) -> list[str]:
        means = CheckMeans(load_laws(), None, None, DAY, data=data)
        return [step.step for step in check_release(shown, means) if not step.ok]

    assert check_with(elsewhere) == []
    elsewhere.write_text(elsewhere.read_text().replace("female", "male", 1))
    assert check_with(elsewhere) == ["files", "data"]
    shutil.copy(elsewhere, file)
    with pytest.raises(InputError, match="lie in the folder already"):
        check_with(elsewhere)


def test_a_column_shown_by_an_older_lockgate_verifies_and_what_it_does_not_bind_stays_open():
    steps = check(Path(__file__).parent / "data" / "column-version-1")
    assert all(step.ok for step in steps)
    assert [step.step for step in steps if not step.settled] == ["column", "trust", "log", "state"]


def test_a_changed_cell_is_found(shown: Path):
    (file,) = (shown / "data").iterdir()
    file.write_text(file.read_text().replace("female", "male", 1))
    assert failing(shown) == ["files", "data"]


@pytest.mark.parametrize(
    "member", ["name", "root", "salt", "index", "size", "path", "statement", "side", "until", "log"]
)
def test_a_proof_of_another_column_is_refused(member: str, shown: Path):
    proof = json.loads((shown / "column.json").read_bytes())
    changed = {
        "name": "Age",
        "root": "00" * 32,
        "salt": "00" * 32,
        "index": proof["index"] + 1,
        "size": proof["size"] * 2,
        "path": ["00" * 32, *proof["path"][1:]],
        "statement": "00" * 32,
        "side": "input",
        "until": "2099-12-31",
        "log": {name: value for name, value in proof["log"].items() if name != "cosigner_key"},
    }
    proof[member] = changed[member]
    (shown / "column.json").write_text(render(proof))
    assert failing(shown)[-1] in {"column", "inclusion"}


def test_every_changed_byte_of_the_proof_is_found(shown: Path):
    data = (shown / "column.json").read_bytes()
    for at in range(0, len(data), 61):
        (shown / "column.json").write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        assert failing(shown), at


def test_without_a_reader_of_tables_all_but_the_cells_is_checked(shown: Path):
    steps = check_place(shown, FolderMeans(load_laws()))
    assert [step.step for step in steps if not step.settled] == ["data", "trust", "log", "state"]
    assert "needs the full program" in next(step.detail for step in steps if step.step == "data")


def test_a_column_that_was_left_out_or_another_table_cannot_be_shown(place: Path, tmp_path: Path):
    with pytest.raises(InputError, match="no column `Ticket` in the output"):
        show_column(place / "out", "Ticket", tmp_path / "x")
    other = tmp_path / "passengers.csv"
    other.write_text((place / "passengers.csv").read_text().replace("A/5 21171", "A/5 21172"))
    with pytest.raises(EvidenceError, match="not the one of the release"):
        show_column(place / "out", "Ticket", tmp_path / "x", other, Home.open(place / ".lockgate"))
    elsewhere = Home.open(tmp_path / "elsewhere")
    with pytest.raises(InputError, match="not the home that made this release"):
        show_column(place / "out", "Ticket", tmp_path / "x", place / "passengers.csv", elsewhere)
    assert not (tmp_path / "x").exists()


def test_a_column_with_empty_cells_is_written_so_that_it_reads_the_same(place: Path, tmp_path: Path):
    source, home = place / "passengers.csv", Home.open(place / ".lockgate")
    shown = show_column(place / "out", "Cabin", tmp_path / "cabin", source, home)
    assert shown.rows == 160
    assert failing(tmp_path / "cabin") == []
