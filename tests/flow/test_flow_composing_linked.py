"""Two releases whose pseudonyms show which rows are of one person: all rows of a person together must not stand out."""

import csv
from pathlib import Path

import pytest

from lockgate.store.partitions import Partitions
from lockgate.terms.errors import VerificationFailed
from small_flows import COLUMNS, PASSENGERS, do_not_wait_for_the_disk, release_at

FLOW = {
    "data.subject_key": "PassengerId",
    "protect.drop": ["Name", "Ticket", "Cabin", "Age", "Fare"],
    "protect.pseudonymise": ["PassengerId"],
}
ALONE = {"protect.quasi_identifiers": ["Sex"]}, {"protect.quasi_identifiers": ["Pclass"]}

TWICE, CROSSED, MEN, WOMEN = (
    [("male", "1"), ("female", "2")],
    [("male", "2"), ("female", "1")],
    [("male", "1"), ("male", "1")],
    [("female", "2"), ("female", "2")],
)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    do_not_wait_for_the_disk(monkeypatch)


def lay_out(folder: Path, persons: list[list[tuple[str, str]]]) -> None:
    with PASSENGERS.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    with (folder / PASSENGERS.name).open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, COLUMNS, lineterminator="\n")
        writer.writeheader()
        for number, person in enumerate(persons):
            for at, (sex, level) in enumerate(person):
                own = {"PassengerId": str(7001 + number), "Sex": sex, "Pclass": level}
                writer.writerow({**rows[2 * number + at], **own})


def test_rows_that_are_many_alone_are_refused_where_a_person_has_them_all_alone(tmp_path: Path):
    lay_out(tmp_path, [TWICE, *[CROSSED] * 5, *[MEN] * 5, *[WOMEN] * 5])
    release_at(tmp_path, {**FLOW, **ALONE[0]}, seed="1", out="out1", flow="flow1.toml")
    with pytest.raises(VerificationFailed, match=r"k-linked-composed: measured 1, required 3") as caught:
        release_at(tmp_path, {**FLOW, **ALONE[1]}, seed="2", out="out2", flow="flow2.toml")
    assert "k-composed" not in str(caught.value), "row by row there are enough"


def test_persons_who_share_all_rows_in_both_releases_may_leave(tmp_path: Path):
    lay_out(tmp_path, [*[TWICE] * 4, *[CROSSED] * 5, *[MEN] * 5, *[WOMEN] * 5])
    release_at(tmp_path, {**FLOW, **ALONE[0]}, seed="1", out="out1", flow="flow1.toml")
    made = release_at(tmp_path, {**FLOW, **ALONE[1]}, seed="2", out="out2", flow="flow2.toml")
    check = next(check for check in made.copy.verification.checks if check.name == "k-linked-composed")
    assert (check.measured, check.required) == (4, 3)


def test_where_no_release_shows_whose_rows_they_are_nothing_is_asked_of_them_together(tmp_path: Path):
    lay_out(tmp_path, [TWICE, *[CROSSED] * 5, *[MEN] * 5, *[WOMEN] * 5])
    hidden = {**FLOW, "protect.drop": [*FLOW["protect.drop"], "PassengerId"], "protect.pseudonymise": None}
    release_at(tmp_path, {**hidden, **ALONE[0]}, seed="1", out="out1", flow="flow1.toml")
    made = release_at(tmp_path, {**hidden, **ALONE[1]}, seed="2", out="out2", flow="flow2.toml")
    assert "k-linked-composed" not in {check.name for check in made.copy.verification.checks}
    kept = Partitions(tmp_path / ".lockgate" / "partitions").list_all()
    assert [item.shows_persons for item in kept] == [False, False]
