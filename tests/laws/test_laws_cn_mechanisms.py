"""Numbers and periods of the Chinese rules beside the laws, as the facts have them; nobody may move one unseen."""

from datetime import date

import pytest

from lockgate.laws.catalogue import load_laws

LAWS = {instrument.id: instrument for instrument in load_laws().instruments}
XB = "cn/cross-border-provisions"

NUMBERS = [
    ("cn/assessment-measures", "4", "persons", 100_000, ">="),
    ("cn/assessment-measures", "4", "sensitive_persons", 10_000, ">="),
    ("cn/assessment-measures", "4", "persons_held", 1_000_000, ">="),
    ("cn/assessment-measures", "14", "assessment_validity", 2, ">="),
    ("cn/standard-contract-measures", "4", "persons", 100_000, ">="),
    ("cn/standard-contract-measures", "4", "sensitive_persons", 10_000, ">="),
    ("cn/standard-contract-measures", "4", "persons_held", 1_000_000, ">="),
    ("cn/standard-contract-measures", "7", "filing", 10, ">="),
    ("cn/certification-measures", "validity", "certification_validity", 3, ">="),
    ("cn/certification-measures", "validity", "renewal", 6, ">="),
    ("cn/audit-measures", "4", "persons_held", 10_000_000, ">"),
    ("cn/audit-measures", "5", "leaked", 1_000_000, ">="),
    ("cn/audit-measures", "5", "leaked_sensitive", 100_000, ">="),
    ("cn/audit-measures", "12", "persons_held", 1_000_000, ">="),
    ("cn/small-handler-measures", "scope", "persons_held", 100_000, ">="),
    ("cn/incident-reporting-measures", "annex", "relatively_serious", 1_000_000, ">="),
    ("cn/incident-reporting-measures", "annex", "major", 10_000_000, ">="),
    ("cn/incident-reporting-measures", "annex", "especially_major", 100_000_000, ">="),
]


def _article(instrument, number):
    return next(one for one in LAWS[instrument].articles if one.number == number)


@pytest.mark.parametrize("row", NUMBERS, ids=lambda row: " ".join(row[:3]))
def test_a_number_stands_as_the_rule_has_it(row):
    instrument, article, name, value, boundary = row
    number = _article(instrument, article).versions[0].numbers[name]
    assert (number.value, number.boundary) == (value, boundary)


@pytest.mark.parametrize(
    ("instrument", "day"),
    [
        ("cn/assessment-measures", (2022, 9, 1)),
        ("cn/standard-contract-measures", (2023, 6, 1)),
        ("cn/audit-measures", (2025, 5, 1)),
        ("cn/incident-reporting-measures", (2025, 11, 1)),
        ("cn/certification-measures", (2026, 1, 1)),
        ("cn/network-data-risk-assessment-measures", (2026, 8, 20)),
        ("cn/small-handler-measures", (2026, 9, 1)),
    ],
)
def test_a_rule_begins_on_its_day(instrument, day):
    assert {article.versions[0].in_force for article in LAWS[instrument].articles} == {date(*day)}


def test_the_measures_of_2022_and_2023_end_where_the_provisions_begin():
    begin = _article(XB, "7").versions[0].in_force
    for instrument in ("cn/assessment-measures", "cn/standard-contract-measures"):
        earlier, later = _article(instrument, "4").versions
        assert (later.in_force, dict(later.numbers)) == (begin, {})
        assert earlier.until < begin


def test_the_law_and_the_measures_name_the_same_numbers():
    between = _article("cn/pipl", "38").versions[1].numbers
    assert between == _article("cn/assessment-measures", "4").versions[0].numbers
    assert between == _article("cn/standard-contract-measures", "4").versions[0].numbers


def test_the_period_of_a_certificate_is_the_same_wherever_it_stands():
    certificates = _article("cn/certification-measures", "validity").versions[0].numbers["certification_validity"]
    assert certificates == _article(XB, "8").versions[0].numbers["certification_validity"]


def test_what_only_advises_decides_nothing():
    advising = [one for one in LAWS.values() if one.strength in ("standard", "draft", "guidance")]
    assert {"cn/gbt-35273", "cn/gbt-37964", "cn/gbt-42460", "cn/gbt-43697", "cn/gbt-45574"} <= {
        one.id for one in advising
    }
    assert {"cn/large-handlers-draft", "cn/app-collection-draft"} <= {one.id for one in advising}
    for instrument in advising:
        assert not any(article.reading for article in instrument.articles if instrument.strength != "guidance")
