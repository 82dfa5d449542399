"""Two and more releases of the same persons through the whole job: what is laid beside what, and what then goes out."""

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from lockgate.flow.release import Released
from lockgate.store.partitions import Partitions
from lockgate.terms.errors import VerificationFailed
from small_flows import PASSENGERS, do_not_wait_for_the_disk, release_at

KEYLESS = {"data.columns.PassengerId": None, "protect.pseudonymise": ["Name"]}
"""A flow of the passengers without their numbers, so that rows are followed by what they say."""

ANOTHER = {"recipient.name": "Beta Korea"}
OTHER_COLUMNS = {"protect.quasi_identifiers": ["Sex", "Age", "SibSp"]}


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    do_not_wait_for_the_disk(monkeypatch)


def released(folder: Path, number: int, changes: Mapping[str, Any] | None = None, **options: Any) -> Released:
    """The release of a number, into the same home as those before."""
    return release_at(
        folder,
        {"protect.suppression_limit": 0.9, **(changes or {})},
        seed=str(number),
        out=f"out{number}",
        flow=f"flow{number}.toml",
        **options,
    )


def check_of(made: Released, name: str) -> Any:
    return next((check for check in made.copy.verification.checks if check.name == name), None)


def labels_by_person(made: Released, columns: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Labels by pseudonym: the same recipient gets the same pseudonyms, so it can follow rows."""
    with made.copy.file.open(encoding="utf-8", newline="") as lines:
        return {row["PassengerId"]: tuple(row[name] for name in columns) for row in csv.DictReader(lines)}


def fewest_candidates(*releases: Mapping[str, tuple[str, ...]]) -> int:
    everybody = set().union(*releases)
    return min(Counter(tuple(item.get(who, ()) for item in releases) for who in everybody).values())


def file_of(made: Released, folder: Path, number: int) -> Released:
    """The same with its data file where it was published."""
    object.__setattr__(made.copy, "file", next((folder / f"out{number}" / "data").iterdir()))
    return made


def test_the_first_release_says_nothing_of_earlier_ones(tmp_path: Path):
    assert check_of(released(tmp_path, 1), "k-composed") is None


def test_the_same_release_again_has_the_same_classes_and_says_what_it_was_laid_beside(tmp_path: Path):
    first, second = released(tmp_path, 1), released(tmp_path, 2)
    check = check_of(second, "k-composed")
    assert check.ok
    assert (check.required, check.measured >= 3) == (3, True)
    assert first.release in check.meaning
    assert second.copy.data_hash == first.copy.data_hash


def test_releases_over_different_columns_leave_three_candidates_for_everybody(tmp_path: Path):
    first = file_of(released(tmp_path, 1), tmp_path, 1)
    second = file_of(released(tmp_path, 2, OTHER_COLUMNS), tmp_path, 2)
    third = file_of(
        released(tmp_path, 3, {"protect.quasi_identifiers": ["Pclass", "Fare"], "protect.k": 6}), tmp_path, 3
    )
    labels = [
        labels_by_person(first, ("Pclass", "Sex", "Age")),
        labels_by_person(second, ("Sex", "Age", "SibSp")),
        labels_by_person(third, ("Pclass", "Fare")),
    ]
    assert len(labels[1]) > 100
    assert fewest_candidates(*labels[:2]) >= 3
    assert fewest_candidates(*labels) >= 3
    assert check_of(third, "k-composed").ok
    assert min(Counter(labels[2].values()).values()) >= 6


def test_what_two_releases_give_away_of_a_sensitive_column_together_is_measured(tmp_path: Path):
    sensitive = {"data.columns.Survived.role": "sensitive"}
    released(tmp_path, 1, sensitive)
    second = released(tmp_path, 2, {**sensitive, **OTHER_COLUMNS})
    check = check_of(second, "l-composed:Survived")
    assert check.required is None
    assert 1 <= check.measured <= check_of(second, "l:Survived").measured


def test_without_the_earlier_release_the_second_one_would_be_finer(tmp_path: Path):
    (tmp_path / "alone").mkdir()
    (tmp_path / "home").mkdir()
    alone = released(tmp_path / "alone", 1, OTHER_COLUMNS)
    released(tmp_path / "home", 1)
    nested = released(tmp_path / "home", 2, OTHER_COLUMNS)
    assert check_of(nested, "loss").measured > check_of(alone, "loss").measured


def test_another_recipient_without_a_common_group_is_not_laid_beside_and_the_report_says_so(tmp_path: Path):
    released(tmp_path, 1)
    other = released(tmp_path, 2, {**ANOTHER, **OTHER_COLUMNS})
    assert check_of(other, "k-composed") is None
    assert check_of(other, "not-composed").measured == 1


def test_recipients_of_one_group_are_one_recipient(tmp_path: Path):
    released(tmp_path, 1, {"recipient.group": "acme"})
    other = released(tmp_path, 2, {**ANOTHER, **OTHER_COLUMNS, "recipient.group": "Acme"})
    assert check_of(other, "k-composed").required == 3


def test_what_anybody_can_have_counts_for_everybody(tmp_path: Path):
    released(tmp_path, 1, {"recipient.name": None})
    assert check_of(released(tmp_path, 2, OTHER_COLUMNS), "k-composed").required == 3


def test_a_data_set_under_another_name_is_found_by_its_persons(tmp_path: Path):
    first = released(tmp_path, 1)
    second = released(tmp_path, 2, {**OTHER_COLUMNS, "data.dataset": "something else"})
    check = check_of(second, "k-composed")
    assert check.required == 3
    assert first.release in check.meaning


def test_a_copy_without_classes_is_refused_where_the_recipient_has_classes(tmp_path: Path):
    first = released(tmp_path, 1)
    with pytest.raises(VerificationFailed, match=r"k-composed.*set protect\.k to 3 or more") as caught:
        released(tmp_path, 2, {"protect.k": 0})
    assert first.release in str(caught.value)
    assert not (tmp_path / "out2").exists()


def test_a_refused_or_rehearsed_release_is_not_kept(tmp_path: Path):
    released(tmp_path, 1)
    released(tmp_path, 2, OTHER_COLUMNS, rehearse=True)
    with pytest.raises(VerificationFailed):
        released(tmp_path, 3, {"protect.k": 0})
    kept = Partitions(tmp_path / ".lockgate" / "partitions").list_all()
    assert len(kept) == 1


def test_a_partition_of_a_release_that_never_came_to_be_is_swept(tmp_path: Path):
    first = released(tmp_path, 1)
    (tmp_path / ".lockgate" / "releases" / f"{first.release}.json").unlink()
    log = tmp_path / ".lockgate" / "partitions" / f"{first.release}.json"
    orphan = json.loads(log.read_text())
    orphan["statement_hash"] = "0" * 64
    log.write_text(json.dumps(orphan, separators=(",", ":"), sort_keys=True))
    assert check_of(released(tmp_path, 2, OTHER_COLUMNS), "k-composed") is None
    assert not log.exists()


def test_a_partition_whose_release_is_in_the_log_binds_though_the_journal_is_lost(tmp_path: Path):
    first = released(tmp_path, 1)
    (tmp_path / ".lockgate" / "releases" / f"{first.release}.json").unlink()
    assert first.release in check_of(released(tmp_path, 2, OTHER_COLUMNS), "k-composed").meaning


def test_a_release_whose_partition_is_gone_is_spoken_of(tmp_path: Path):
    first = released(tmp_path, 1)
    for path in (tmp_path / ".lockgate" / "partitions").glob(f"{first.release}.*"):
        path.unlink()
    assert check_of(released(tmp_path, 2, OTHER_COLUMNS), "not-recorded").measured == 1


def change_rows(folder: Path, count: int = 0, *, drop: int = 0, columns: tuple[str, ...] = ()) -> None:
    """Change the age of some passengers, leave some out, and some columns."""
    path = folder / "passengers.csv"
    with (path if path.exists() else PASSENGERS).open(encoding="utf-8", newline="") as lines:
        rows = [{name: cell for name, cell in row.items() if name not in columns} for row in csv.DictReader(lines)]
    for row in rows[:count]:
        row["Age"] = str(float(row["Age"] or 30) + 1)
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows[: len(rows) - drop])


def test_changed_rows_that_nobody_can_follow_are_left_out_or_the_copy_is_refused(tmp_path: Path):
    change_rows(tmp_path, columns=("PassengerId",))
    released(tmp_path, 1, KEYLESS)
    change_rows(tmp_path, 2)
    second = released(tmp_path, 2, KEYLESS)
    assert check_of(second, "k-composed").ok
    assert second.copy.rows_out <= second.copy.rows_in - 2
    assert "left out" in check_of(second, "k-composed").meaning
    with pytest.raises(VerificationFailed, match="suppressed-share") as caught:
        released(tmp_path, 3, {**KEYLESS, "protect.suppression_limit": 0.0})
    assert second.release in str(caught.value), "what stands in the way is named"


def test_the_same_rows_without_a_key_are_found_again_whatever_the_data_set_is_called(tmp_path: Path):
    change_rows(tmp_path, columns=("PassengerId",))
    first = released(tmp_path, 1, KEYLESS)
    second = released(tmp_path, 2, {**KEYLESS, **OTHER_COLUMNS, "data.dataset": "renamed"})
    assert first.release in check_of(second, "k-composed").meaning
    assert check_of(second, "k-composed").required == 3
    assert second.copy.rows_out > 140


def test_with_a_key_changed_rows_are_followed_and_who_left_takes_others_along(tmp_path: Path):
    keyed = {"data.subject_key": "PassengerId"}
    first = file_of(released(tmp_path, 1, keyed), tmp_path, 1)
    change_rows(tmp_path, 20, drop=1)
    second = file_of(released(tmp_path, 2, keyed), tmp_path, 2)
    columns = ("Pclass", "Sex", "Age")
    one, other = labels_by_person(first, columns), labels_by_person(second, columns)
    assert check_of(second, "k-composed").ok
    units: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for who, labels in one.items():
        units[labels].append(who)
    for people in units.values():
        counts = Counter(other.get(who, ()) for who in people)
        assert len(counts) == 1 or min(counts.values()) >= 3
    assert len(other) > 120


def test_rows_followed_by_a_key_cannot_be_laid_beside_a_copy_without_one(tmp_path: Path):
    first = released(tmp_path, 1, {"data.subject_key": "PassengerId"})
    change_rows(tmp_path, columns=("PassengerId",))
    with pytest.raises(VerificationFailed, match=r"data\.subject_key") as caught:
        released(tmp_path, 2, KEYLESS)
    assert first.release in str(caught.value)


def test_a_recipient_learns_nothing_from_the_order_of_two_copies(tmp_path: Path):
    first = file_of(released(tmp_path, 1), tmp_path, 1)
    second = file_of(released(tmp_path, 2, {"protect.k": 4}), tmp_path, 2)
    people = [list(labels_by_person(made, ("Sex",))) for made in (first, second)]
    assert set(people[0]) == set(people[1])
    assert sum(a == b for a, b in zip(*people, strict=True)) < 20


def test_the_home_holds_no_value_of_a_person(tmp_path: Path):
    made = released(tmp_path, 1)
    partitions = Partitions(tmp_path / ".lockgate" / "partitions")
    entries = partitions.entries(made.release)
    assert entries.column_names == ["link", "class", "weight"]
    assert entries["link"].to_pylist() == sorted(entries["link"].to_pylist())
    shown = {tuple(label or "" for label in row.values()) for row in partitions.classes(made.release).to_pylist()}
    file_of(made, tmp_path, 1)
    assert shown == set(labels_by_person(made, ("Pclass", "Sex", "Age")).values())
