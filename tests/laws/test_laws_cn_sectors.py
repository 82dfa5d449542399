"""Every number of the Chinese rules on single fields: as the law has it, and both sides of those that decide."""

from dataclasses import replace
from types import MappingProxyType

import pytest
from law_vectors import FOLDER, read_vectors

from lockgate.decide.evaluation import read_article
from lockgate.laws.catalogue import load_laws
from lockgate.terms.finding import DoesNotApply, Requires

LAWS = {instrument.id: instrument for instrument in load_laws().instruments}
FACES = "cn/facial-recognition-measures"
CREDIT = "cn/credit-reporting-regulation"
CARS = "cn/automotive-provisions"
NONE, DUTY = DoesNotApply, Requires

# instrument, article, number: value, boundary word and unit as the law has them; the count that is moved; other facts;
# what the article says one below the number and on it
NUMBERS = [
    (FACES, "7", "child_age", (14, ">=", "years"), "data.min_age", {}, DUTY, NONE),
    (FACES, "15", "persons", (100_000, ">=", "persons"), "data.persons", {"holder.persons_held": 200_000}, NONE, DUTY),
    (CARS, "3", "persons", (100_000, ">", "persons"), "holder.persons_held", {}, NONE, DUTY),
    (CARS, "10", "persons", (100_000, ">", "persons"), "holder.persons_held", {}, NONE, DUTY),
    (CARS, "11", "persons", (100_000, ">", "persons"), "holder.persons_held", {}, NONE, DUTY),
    (CARS, "13", "persons", (100_000, ">", "persons"), "holder.persons_held", {}, NONE, DUTY),
    (CARS, "14", "persons", (100_000, ">", "persons"), "holder.persons_held", {"recipient.in": "DE"}, NONE, DUTY),
]
PERIODS = {
    (FACES, "9", "kept"): (3, ">=", "years"),
    (FACES, "15", "filing"): (30, ">=", "working days"),
    (CARS, "9", "deletion"): (10, ">=", "working days"),
    (CARS, "13", "report_day"): (15, ">=", "day of December"),
    (CREDIT, "16", "kept"): (5, ">=", "years"),
    (CREDIT, "17", "free_reports"): (2, ">=", "reports a year"),
    (CREDIT, "25", "answer"): (20, ">=", "days"),
    (CREDIT, "26", "answer"): (30, ">=", "days"),
}
MINE = {row[0] for row in NUMBERS} | {key[0] for key in PERIODS}


def _article(instrument, number):
    return next(one for one in LAWS[instrument].articles if one.number == number)


def _number(instrument, article, name):
    found = _article(instrument, article).versions[-1].numbers[name]
    return found.value, found.boundary, found.unit


@pytest.mark.parametrize("row", NUMBERS, ids=lambda row: " ".join(row[:3]))
def test_one_below_a_number_of_a_field_and_on_it_differ(row):
    instrument, article, name, law, fact, others, below, reached = row
    entry = _article(instrument, article)
    assert _number(instrument, article, name) == law
    usual = read_vectors(FOLDER / instrument / f"{article}.toml")[0].facts
    least = entry.versions[-1].numbers[name].least
    said = []
    for count in (least - 1, least):
        values = MappingProxyType({**usual.values, **others, fact: count})
        reading = read_article(LAWS[instrument], entry, replace(usual, values=values))
        said.append([type(branch.finding) for branch in reading.branches])
    assert said == [[below], [reached]]


@pytest.mark.parametrize("key", PERIODS, ids=" ".join)
def test_a_period_stands_as_the_law_has_it(key):
    assert _number(*key) == PERIODS[key]


def test_no_number_of_a_field_is_untested():
    tested = {row[:3] for row in NUMBERS} | set(PERIODS)
    numbers = {
        (instrument, article.number, name)
        for instrument in MINE
        for article in LAWS[instrument].articles
        for version in article.versions
        for name in version.numbers
    }
    assert numbers == tested
