"""`lockgate measure` prints the models and the risk of a table that nobody released."""

import csv
from collections import Counter

import pytest


def test_the_passengers_are_measured_as_they_stand(lockgate, place):
    found = lockgate("measure", "passengers.csv", "--quasi", "Sex,Pclass", "--sensitive", "Survived,Age", "--json")
    assert found.code == 0, found.err
    models, risk = found.document["models"], found.document["risk"]
    with (place / "passengers.csv").open(encoding="utf-8", newline="") as file:
        count = Counter((row["Sex"], row["Pclass"]) for row in csv.DictReader(file))
    assert models["k"] == min(count.values())
    assert models["rows"] == sum(count.values())
    assert [one["column"] for one in models["sensitive"]] == ["Survived", "Age"]
    assert models["sensitive"][1]["t_ordered"] is not None
    assert risk["classes"] == len(count)
    assert risk["prosecutor"]["average"] == pytest.approx(len(count) / sum(count.values()))


def test_people_read_it_in_words(lockgate):
    said = lockgate("measure", "passengers.csv", "--quasi", "Sex, Pclass", "--subsets", "--fraction", "0.5")
    assert "k = 9:" in said.out
    assert "Who knows that a person is in the table" in said.out
    assert "columns together" in said.out
    assert "By sampling weights" in said.out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["passengers.csv"], "no quasi-identifier is named"),
        (["passengers.csv", "--quasi", "Sax"], "no column `Sax`"),
        (["passengers.csv", "--quasi", "Sex", "--sensitive", "Sex"], "at once"),
        (["passengers.csv", "--quasi", "Sex", "--threshold", "7"], "no share"),
        (["passengers.csv", "--quasi", "Sex", "--fraction", "0"], "no share"),
        (["passengers.csv", "--quasi", "Sex", "--population-size", "3"], "smaller than the sample"),
        (["nowhere.csv", "--quasi", "Sex"], "nowhere.csv"),
    ],
)
def test_what_cannot_be_measured_exits_2(lockgate, arguments, says):
    found = lockgate("measure", *arguments)
    assert found.code == 2
    assert says in found.err


def test_a_population_and_special_uniques_are_measured_too(lockgate):
    found = lockgate(
        *("measure", "passengers.csv", "--quasi", "Sex,Pclass,Embarked", "--population", "passengers.csv"),
        *("--special-uniques", "--missing", "excluded", "--json"),
    )
    assert found.code == 0, found.err
    assert found.document["models"]["delta_presence"][1] <= 1
    assert found.document["special_uniques"]["rows"] >= 0
    assert found.document["models"]["rows_excluded"] == 1
