"""What somebody who means harm, or a careless hand, may put in the way of a release or of its check."""

import csv
import os
from pathlib import Path

import pytest

from lockgate.flow.checking import CheckMeans, check_release
from lockgate.flow.named_columns import nearest_columns
from lockgate.laws.catalogue import load_laws
from lockgate.terms.errors import EvidenceError, InputError, ReleaseRefused
from small_flows import PASSENGERS, release_at


def fares_in(out: Path) -> list[str]:
    with (out / "data" / PASSENGERS.name).open(encoding="utf-8", newline="") as lines:
        return [row["SibSp"] + row["Fare"] for row in csv.DictReader(lines)]


def test_two_versions_of_the_data_do_not_stand_in_the_same_order(tmp_path: Path):
    # else a recipient lays them side by side, row by row, and each label narrows the other one down
    release_at(tmp_path, out="first")
    source = tmp_path / PASSENGERS.name
    source.write_bytes(source.read_bytes().replace(b"Braund", b"Bround"))
    release_at(tmp_path, out="second", seed="2")
    first, second = fares_in(tmp_path / "first"), fares_in(tmp_path / "second")
    assert sorted(first) == sorted(second)
    assert first != second


@pytest.mark.parametrize("out", [".lockgate/out", ".lockgate/work/out", ".lockgate"])
def test_an_out_folder_in_the_home_is_an_input_error(out: str, tmp_path: Path):
    # the next run sweeps the home's folders, and a release with them
    with pytest.raises(InputError, match="lies in the home"):
        release_at(tmp_path, out=out)


@pytest.mark.parametrize("name", ["proof", "report.html", "statement.json"])
@pytest.mark.parametrize("trap", ["pipe", "device", "vast"])
def test_a_dossier_file_that_is_a_pipe_or_a_device_or_vast_is_broken_evidence(tmp_path: Path, name: str, trap: str):
    # a check that waits for ever or uses up the memory is no check
    release_at(tmp_path)
    path = tmp_path / "out" / name
    path.unlink()
    match trap:
        case "pipe":
            os.mkfifo(path)
        case "device":
            path.symlink_to("/dev/zero")
        case _:
            path.touch()
            os.truncate(path, 1 << 40)  # a file with a hole, which takes no room
    with pytest.raises(EvidenceError, match="no plain file"):
        check_release(tmp_path / "out", CheckMeans(load_laws(), None, None))


@pytest.mark.parametrize("name", ["13800138000", "zhang.san@example.com", "11010119900307777X 13800138000"])
def test_a_file_whose_first_row_is_a_person_is_refused_without_a_word_of_it(tmp_path: Path, name: str):
    source = tmp_path / PASSENGERS.name
    source.write_text(PASSENGERS.read_text(encoding="utf-8").replace("Ticket", name, 1), encoding="utf-8")
    with pytest.raises(InputError, match="first row") as error:
        release_at(tmp_path)
    assert name not in str(error.value) + error.value.hint


def test_a_hint_at_columns_names_no_person_of_a_first_row_that_is_taken_for_a_header():
    assert nearest_columns(["Wei Zhangg"], ["Wei Zhang", "陈伟", "Beijing"]) == "columns are: Beijing"


@pytest.mark.parametrize(
    ("override", "by"), [(" ", " "), ("\u200b", "\u200b"), ("the list is public", "-"), ("…", "L. Chen")]
)
def test_an_override_of_blanks_is_none(tmp_path: Path, override: str, by: str):
    word = {"necessary": True, "category": "not-personal", "override": override, "by": by}
    with pytest.raises(InputError, match="the scan confirms"):
        release_at(tmp_path, {"data.columns.Sex": word})


def test_a_sign_in_front_of_a_number_lifts_nothing_that_the_law_says_of_it(tmp_path: Path):
    numbers = [f"{50 + row % 49}0{1 + row % 9}1{row % 9}-1{200_000 + row * 37}" for row in range(160)]
    source, start = tmp_path / PASSENGERS.name, "주민 "
    rows = PASSENGERS.read_text(encoding="utf-8").splitlines()
    added = ["x", *(start + number for number in numbers)]
    source.write_text("\n".join(f"{row},{cell}" for row, cell in zip(rows, added, strict=True)), encoding="utf-8")
    korea = {"data.subjects_in": ["KR"], "holder.in": "KR", "data.columns.x.necessary": True}
    with pytest.raises(ReleaseRefused, match="kr/pipa 24-2"):
        release_at(tmp_path, korea)
