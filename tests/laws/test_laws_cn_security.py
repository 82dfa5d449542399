"""The Chinese laws on data and network security: numbers, numberings of the day, and what cites what."""

from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pytest
from law_vectors import FOLDER, read_vectors

from lockgate.decide.decision import decide_as_it_stands
from lockgate.decide.evaluation import read_article
from lockgate.laws.catalogue import load_laws
from lockgate.terms.category import Category
from lockgate.terms.finding import DoesNotApply, Effect, Requires

LAWS = {instrument.id: instrument for instrument in load_laws().instruments}
NDR = "network-data-regulations"
NUMBERS = [  # article, number, value, boundary word, unit, the count that is moved, what it says one below and on it
    (
        "22",
        "child_age",
        14,
        ">=",
        "years",
        "data.min_age",
        ("consent", "separate-consent", "guardian-consent"),
        ("consent",),
    ),
    ("28", "persons_held", 10_000_000, ">=", "persons held", "holder.persons_held", None, ("important-data-officer",)),
]
PERIODS = {("12", "kept"): (3, "years"), ("33", "interval"): (1, "years"), ("44", "interval"): (1, "years")}


def _article(instrument, number):
    return next(one for one in LAWS[instrument].articles if one.number == number)


@pytest.mark.parametrize("row", NUMBERS, ids=lambda row: " ".join(row[:2]))
def test_one_below_a_number_of_the_regulations_and_on_it_differ(row):
    number, name, value, boundary, unit, fact, below, reached = row
    article = _article(f"cn/{NDR}", number)
    law = article.versions[-1].numbers[name]
    assert (law.value, law.boundary, law.unit) == (value, boundary, unit)
    usual = read_vectors(FOLDER / "cn" / NDR / f"{number}.toml")[0].facts
    for count, expected in ((law.least - 1, below), (law.least, reached)):
        facts = replace(usual, values=MappingProxyType({**usual.values, fact: count}))
        (branch,) = read_article(LAWS[f"cn/{NDR}"], article, facts).branches
        if expected is None:
            assert isinstance(branch.finding, DoesNotApply)
        else:
            assert isinstance(branch.finding, Requires)
            assert branch.finding.duties == expected


def test_no_number_of_a_coded_article_of_the_regulations_is_untested():
    coded = [article for article in LAWS[f"cn/{NDR}"].articles if article.reading]
    numbers = {(one.number, name): one.versions[-1].numbers[name] for one in coded for name in one.versions[-1].numbers}
    assert set(numbers) == {(row[0], row[1]) for row in NUMBERS} | set(PERIODS)
    assert {key: (numbers[key].value, numbers[key].unit) for key in PERIODS} == PERIODS


@pytest.mark.parametrize(("day", "number", "other"), [(date(2025, 12, 31), "37", "39"), (date(2026, 1, 1), "39", "37")])
def test_a_finding_of_the_cybersecurity_law_cites_the_number_of_the_day(day, number, other):
    usual = read_vectors(FOLDER / "cn" / "csl" / "39.toml")[0].facts
    decision = decide_as_it_stands(replace(usual, as_of=day), load_laws())
    effects = {found.article: found.effect for found in decision.findings if found.instrument == "cn/csl"}
    assert effects[number] is Effect.REQUIRES
    assert effects[other] is Effect.DOES_NOT_APPLY
    storage = next(duty for duty in decision.duties if duty.id == "domestic-storage")
    assert f"cn/csl {number}" in storage.because
    assert f"cn/csl {other}" not in storage.because


def test_the_two_numberings_of_the_cybersecurity_law_meet_without_a_gap():
    for article in LAWS["cn/csl"].articles:
        (version,) = article.versions
        old = version.in_force == date(2017, 6, 1) and version.until == date(2025, 12, 31)
        new = version.in_force == date(2026, 1, 1) and version.until is None
        assert old is not new


KINDS = {"track": ("location-track", 50), "health": ("health", 500), "other": ("contact", 5_000)}
CRIMES = [
    (kind, category, insider, grave, base // (2 if insider else 1) * (10 if grave else 1))
    for kind, (category, base) in KINDS.items()
    for insider in (False, True)
    for grave in (False, True)
]


@pytest.mark.parametrize("row", CRIMES, ids=str)
def test_the_warning_of_the_criminal_law_begins_on_each_of_its_numbers(row):
    kind, category, insider, grave, number = row
    article = _article("cn/criminal-law", "253-1")
    name = f"{kind}_{'grave' if grave else 'serious'}{'_insider' if insider else ''}"
    assert (article.versions[-1].numbers[name].value, article.versions[-1].numbers[name].boundary) == (number, ">=")
    usual = read_vectors(FOLDER / "cn" / "criminal-law" / "253-1.toml")[0].facts
    column = replace(usual.columns[-1], category=Category(category))
    warned = []
    for count in (number - 1, number):
        values = {**usual.values, "data.persons": count, "data.provenance": "collected" if insider else "purchased"}
        facts = replace(usual, values=MappingProxyType(values), columns=(column,))
        (branch,) = read_article(LAWS["cn/criminal-law"], article, facts).branches
        warned.append(branch.finding)
    below, reached = warned
    assert isinstance(reached, Requires)
    assert not reached.duties
    assert ("three to seven" in reached.reason) is grave
    if grave:
        assert "up to three" in below.reason
    else:
        assert isinstance(below, DoesNotApply)


def test_every_number_of_the_criminal_law_is_tested():
    assert len(_article("cn/criminal-law", "253-1").versions[-1].numbers) == len(CRIMES)


def test_a_warning_never_changes_an_outcome():
    without = replace(load_laws(), instruments=tuple(one for one in LAWS.values() if one.id != "cn/criminal-law"))
    for vector in read_vectors(FOLDER / "cn" / "criminal-law" / "253-1.toml"):
        with_warning = decide_as_it_stands(vector.facts, load_laws())
        assert decide_as_it_stands(vector.facts, without).outcome is with_warning.outcome
