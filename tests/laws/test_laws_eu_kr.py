"""What holds the European and the Korean instrument together: lists, numbers, places, and two properties."""

from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType

import pytest
from law_vectors import FOLDER, article_vectors, example_vectors, read_vectors

from lockgate.decide.decision import decide_as_it_stands
from lockgate.decide.evaluation import read_article
from lockgate.decide.gate import decide
from lockgate.decide.routes import Abilities
from lockgate.laws.catalogue import load_laws
from lockgate.terms.category import Category
from lockgate.terms.decision import Outcome
from lockgate.terms.duty import DUTIES
from lockgate.terms.fact import FACTS
from lockgate.terms.facts import Safeguard
from lockgate.terms.finding import DoesNotApply, Requires
from lockgate.terms.measure import MeasureKind

LAWS = {instrument.id: instrument for instrument in load_laws().instruments}
GDPR, PIPA = LAWS["eu/gdpr"], LAWS["kr/pipa"]
TODAY = date(2026, 11, 21)
DAY = timedelta(days=1)
MINE = [
    pytest.param(vector, id=f"{vector.instrument}/{vector.article}: {vector.name}")
    for vector in (*article_vectors(), *example_vectors())
    if vector.instrument in ("eu/gdpr", "kr/pipa") or vector.article in ("european-union", "korea")
]

# Read where they are known, or proofs of performance: left out, they neither forbid nor decide.
NOT_ASKED = {"data.refused", "data.provenance", "purpose.collected_for"} | {
    fact for fact in FACTS if fact.startswith("basis.consent.")
}


def _words(instrument, article, name, day=TODAY):
    return next(one for one in instrument.articles if one.number == article).version_on(day).lists[name]


def _outcome(vector):
    return decide_as_it_stands(vector.facts, load_laws()).outcome


def test_no_article_of_the_regulation_is_left_out():
    listed = []
    for article in GDPR.articles:
        first, _, last = article.number.partition("-")
        listed += range(int(first), int(last or first) + 1)
    assert listed == list(range(1, 100))


def test_no_article_of_the_korean_act_is_left_out():
    numbers = [article.number for article in PIPA.articles]
    heads = {int(number.partition("-")[0]) for number in numbers}
    for first, last in ((3, 14), (27, 28), (38, 39), (40, 57), (59, 64), (65, 76)):
        assert any(number.startswith(f"{first}-{last}") for number in numbers)
        heads |= set(range(first, last + 1))
    assert heads == set(range(1, 77))
    assert {"20-2", "22-2", "24-2", "28-2", "28-3", "28-4", "28-5", "28-7", "28-8", "28-9", "28-12", "28-15"} <= set(
        numbers
    )
    assert {"31-2", "35-2", "37-2", "64-2"} <= set(numbers)


def test_the_lists_that_articles_share_agree():
    special = set(_words(GDPR, "9", "sensitive_categories"))
    assert set(_words(GDPR, "35", "high_risk_categories")) == special | set(_words(GDPR, "10", "criminal_categories"))
    assert set(_words(GDPR, "9", "special_only_to_identify")) < special
    assert len({_words(PIPA, number, "pseudonymised_purposes") for number in ("28-2", "28-3", "28-4", "28-7")}) == 1
    assert len({_words(PIPA, number, "resident_number_types") for number in ("24", "24-2", "28-8")}) == 1
    assert len({_words(PIPA, number, "statute_grounds") for number in ("15", "17", "23", "24", "24-2", "28-8")}) == 1


def test_every_category_that_a_list_names_is_one():
    named = {
        word
        for instrument in (GDPR, PIPA)
        for article in instrument.articles
        for version in article.versions
        for name, words in version.lists.items()
        if name.endswith("categories")
        for word in words
    }
    assert named <= {category.value for category in Category}


@pytest.mark.parametrize(
    ("category", "where"),
    [
        ("national-identifier", {"KR"}),
        ("criminal-record", {"KR"}),
        ("union-membership", {"EU", "KR"}),
        ("blood-type", {"EU"}),
        ("contact", set()),
    ],
)
def test_the_law_says_where_a_category_is_sensitive(category, where):
    found = set(load_laws().sensitive_in(Category(category), TODAY))
    assert found & {"EU", "KR"} == where


def test_the_countries_with_an_adequacy_decision_are_those_of_the_day():
    adequate = set(_words(GDPR, "45", "adequate"))
    assert adequate == {
        *("AD", "AR", "BR", "CA", "CH", "FO", "GB", "GG", "IL", "IM", "JE", "JP", "KR", "NZ", "US", "UY")
    }
    assert not adequate & GDPR.territory_on(TODAY)


def test_korea_recognises_the_members_of_the_european_economic_area():
    recognised = set(_words(PIPA, "28-8", "recognised"))
    assert len(recognised - {"EU"}) == 30
    assert recognised == GDPR.territory_on(TODAY) - {"AX", "GF", "GP", "MF", "MQ", "RE", "YT"}
    assert _words(PIPA, "28-8", "recognised", date(2025, 9, 15)) == ()


@pytest.mark.parametrize(
    ("place", "first", "last"),
    [("FR", date(2018, 5, 25), None), ("NO", date(2018, 7, 20), None), ("GB", date(2018, 5, 25), date(2020, 12, 31))],
)
def test_a_place_belongs_to_the_union_from_its_first_day_to_its_last(place, first, last):
    assert place not in GDPR.territory_on(first - DAY)
    assert place in GDPR.territory_on(first)
    if last:
        assert place in GDPR.territory_on(last)
        assert place not in GDPR.territory_on(last + DAY)
        assert place not in load_laws().covered_on(last + DAY)


def test_korea_is_covered_from_its_base_version_on():
    assert "KR" not in load_laws().covered_on(date(2023, 9, 14))
    assert "KR" in load_laws().covered_on(date(2023, 9, 15))


def test_the_special_rule_for_artificial_intelligence_begins_on_its_day():
    coming = [article for article in PIPA.articles if article.number in ("28-12", "28-13", "28-14", "28-15")]
    assert [article.versions[0].in_force for article in coming] == [date(2027, 3, 9)] * 4
    assert [article.number for article in coming if article.reading] == ["28-12"]


@pytest.mark.parametrize(
    ("article", "day"),
    [
        *((article, (2026, 9, 11)) for article in ("28-7", "30-30-3", "31", "34-34-2", "64-2")),
        ("28-8", (2025, 9, 16)),
        ("31-2", (2025, 10, 2)),
        ("32-32-2", (2027, 7, 1)),
    ],
)
def test_the_windows_of_the_korean_act_open_on_their_days(article, day):
    versions = next(one for one in PIPA.articles if one.number == article).versions
    assert [version.in_force for version in versions] == [date(2023, 9, 15), date(*day)]


APP = {"holder.roles": ("app-operator",)}
BODY = {"holder.roles": ("state-organ",), "basis.ground": "public-task", "data.persons": 499_999}
SENSITIVE = {**BODY, "data.persons": 60_000}
JOINED = {**BODY, "means.by": "joint-computation"}
NONE, DUTY = DoesNotApply, Requires
HELD = {"data.provenance": "received", "data.persons": 1_000, "data.sensitive_persons": 0}
LARGE = (1_000_000, ">=", "data subjects")
MANY = (50_000, ">=", "data subjects")
SMALL = {**HELD, "holder.persons_held": 60_000, "data.persons": 60_000}
NUMBERS = [
    *((PIPA, article, "persons", LARGE, "holder.persons_held", HELD, NONE, DUTY) for article in ("20", "20-2", "31")),
    *(
        (PIPA, article, "sensitive_persons", MANY, "data.sensitive_persons", SMALL, NONE, DUTY)
        for article in ("20", "20-2", "31")
    ),
    (GDPR, "8", "age", (16, ">=", "years"), "data.min_age", APP, DUTY, NONE),
    (PIPA, "22-2", "age", (14, ">=", "years"), "data.min_age", {}, DUTY, NONE),
    (PIPA, "33", "persons", (1_000_000, ">=", "data subjects"), "data.persons", BODY, NONE, DUTY),
    (PIPA, "33", "joined_persons", (500_000, ">=", "data subjects"), "data.persons", JOINED, NONE, DUTY),
    (PIPA, "33", "sensitive_persons", (50_000, ">=", "data subjects"), "data.sensitive_persons", SENSITIVE, NONE, DUTY),
]


@pytest.mark.parametrize("row", NUMBERS, ids=lambda row: f"{row[0].id} {row[1]} {row[2]}")
def test_a_number_decides_from_the_count_that_the_law_says(row):
    instrument, article, name, law, fact, others, below, reached = row
    entry = next(one for one in instrument.articles if one.number == article)
    number = entry.version_on(TODAY).numbers[name]
    assert (number.value, number.boundary, number.unit) == law
    usual = read_vectors(FOLDER / instrument.id / f"{article}.toml")[0].facts
    said = []
    for count in (number.least - 1, number.least):
        values = MappingProxyType({**usual.values, **others, fact: count})
        reading = read_article(instrument, entry, replace(usual, values=values))
        said.append([type(branch.finding) for branch in reading.branches])
    assert said == [[below], [reached]]


def test_every_number_of_the_two_instruments_is_tested():
    numbers = {
        (instrument.id, article.number, name)
        for instrument in (GDPR, PIPA)
        for article in instrument.articles
        for version in article.versions
        for name in version.numbers
    }
    tested = {(instrument.id, article, name) for instrument, article, name, *_ in NUMBERS}
    clocks = {("kr/pipa", "34-34-2", "report"), ("kr/pipa", "34-34-2", "hours")}  # of an incident, no fact of a flow
    assert numbers - tested == {("kr/pipa", "28-8", "certificate_years"), *clocks}  # by the vectors of 28-8


@pytest.mark.parametrize("vector", MINE)
def test_a_fact_taken_back_never_permits_what_was_not_permitted(vector):
    if _outcome(vector) is Outcome.PERMITTED:
        return
    for fact in vector.facts.values:
        if fact in NOT_ASKED or FACTS[fact].only_lifts or FACTS[fact].presumed_absent:
            continue
        values = {name: value for name, value in vector.facts.values.items() if name != fact}
        less = replace(vector.facts, values=MappingProxyType(values))
        assert decide_as_it_stands(less, load_laws()).outcome is not Outcome.PERMITTED, fact


@pytest.mark.parametrize("vector", MINE)
def test_no_safeguard_adds_a_prohibition(vector):
    if _outcome(vector) is Outcome.REFUSED:
        return
    done = Safeguard(MappingProxyType({"on": vector.facts.as_of}))
    papers = MappingProxyType(dict.fromkeys([*DUTIES, "certification", "standard-contract"], done))
    decision = decide_as_it_stands(replace(vector.facts, safeguards=papers), load_laws())
    assert decision.outcome is not Outcome.REFUSED


def test_leaving_the_resident_number_out_is_the_way_through():
    vector = next(
        one for one in example_vectors() if one.article == "korea" and one.name == "the same with resident numbers"
    )
    ways = decide(vector.facts, load_laws(), Abilities(frozenset(MeasureKind))).routes
    assert ways
    for route in ways:
        dropped = {name for step in route.steps if step.kind is MeasureKind.DROP for name in step.columns}
        counted = any(step.kind is MeasureKind.AGGREGATE for step in route.steps)
        assert "number" in dropped or counted
