"""Every number of the Chinese rules on single fields: as the law has it, and both sides of those that decide."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest
from law_vectors import FOLDER, read_vectors

from lockgate.decide.evaluation import read_article
from lockgate.flow.file import parse_flow
from lockgate.laws.catalogue import load_laws
from lockgate.terms.category import Category
from lockgate.terms.errors import InputError
from lockgate.terms.finding import DoesNotApply, Forbids, Lifts, Requires
from lockgate.terms.lists import APP_TYPES

LAWS = {instrument.id: instrument for instrument in load_laws().instruments}
FACES = "cn/facial-recognition-measures"
CREDIT = "cn/credit-reporting-regulation"
CARS = "cn/automotive-provisions"
APPS, NEEDS = "cn/app-method", "cn/app-necessary-information"
CHILDREN = "cn/childrens-provisions"
NONE, DUTY = DoesNotApply, Requires
ABROAD = {"holder.persons_held": 200_000, "recipient.in": "SG"}

# instrument, article, number: value, boundary word and unit as the law has them; the count that is moved; other facts;
# what the article says one below the number and on it
NUMBERS = [
    (FACES, "7", "child_age", (14, ">=", "years"), "data.min_age", {}, DUTY, NONE),
    (FACES, "15", "persons", (100_000, ">=", "persons"), "data.persons", {"holder.persons_held": 200_000}, NONE, DUTY),
    (CARS, "3", "persons", (100_000, ">", "persons"), "holder.persons_held", {}, NONE, DUTY),
    (CARS, "10", "persons", (100_000, ">", "persons"), "holder.persons_held", {}, NONE, DUTY),
    (CARS, "11", "persons", (100_000, ">", "persons"), "holder.persons_held", {}, NONE, DUTY),
    (CARS, "12", "persons", (100_000, ">", "persons"), "data.persons", ABROAD, NONE, Lifts),
    (CARS, "13", "persons", (100_000, ">", "persons"), "holder.persons_held", {}, NONE, DUTY),
    (CARS, "14", "persons", (100_000, ">", "persons"), "holder.persons_held", {"recipient.in": "DE"}, NONE, DUTY),
    ("cn/minors-regulations", "32", "full_age", (18, ">=", "years"), "data.min_age", {}, DUTY, NONE),
    ("cn/minors-regulations", "36", "full_age", (18, ">=", "years"), "data.min_age", {}, DUTY, NONE),
    ("cn/minors-regulations", "37", "full_age", (18, ">=", "years"), "data.min_age", {}, DUTY, NONE),
    (CHILDREN, "9", "child_age", (14, ">=", "years"), "data.min_age", {}, DUTY, NONE),
    (CHILDREN, "16", "child_age", (14, ">=", "years"), "data.min_age", {}, DUTY, NONE),
    (CHILDREN, "17", "child_age", (14, ">=", "years"), "data.min_age", {}, DUTY, NONE),
    (CHILDREN, "18", "child_age", (14, ">=", "years"), "data.min_age", {}, DUTY, NONE),
]
PERIODS = {
    (FACES, "9", "kept"): (3, ">=", "years"),
    (FACES, "15", "filing"): (30, ">=", "working days"),
    (CARS, "9", "deletion"): (10, ">=", "working days"),
    (CARS, "13", "report_day"): (15, ">=", "day of December"),
    (APPS, "1.3", "clicks"): (4, ">", "clicks"),
    (APPS, "6.3", "answer"): (15, ">", "working days"),
    (APPS, "6.5", "answer"): (15, ">", "working days"),
    ("cn/algorithm-provisions", "24", "filing"): (10, ">=", "working days"),
    ("cn/algorithm-provisions", "24", "ending"): (20, ">=", "working days"),
    ("cn/algorithm-provisions", "25-27", "answer"): (30, ">=", "working days"),
    ("cn/labelling-measures", "9", "logs"): (6, ">=", "months"),
    ("cn/minors-regulations", "37", "interval"): (1, ">=", "audits a year"),
    ("cn/genetic-resources-regulations", "28", "reviewed_persons"): (500, ">", "persons"),  # both sides: its vectors
    ("cn/video-regulations", "1-15", "filing"): (30, ">=", "days"),
    ("cn/video-regulations", "17", "kept"): (30, ">=", "days"),
    ("cn/e-commerce-law", "31", "kept"): (3, ">=", "years"),
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
        if article.reading or (instrument, article.number) in {key[:2] for key in PERIODS}
        for version in article.versions
        for name in version.numbers
        if article.reading or name not in ("full_age", "child_age")
    }
    assert numbers == tested


def test_every_type_of_app_has_its_list_and_thirteen_need_nothing():
    lists = _article(NEEDS, "5").versions[0].lists
    assert set(lists) == set(APP_TYPES.values()) - {"other"}
    assert len(lists) == 39
    assert len([name for name, kinds in lists.items() if not kinds]) == 13
    assert {kind for kinds in lists.values() for kind in kinds} <= {category.value for category in Category}


def test_every_item_of_the_method_is_listed():
    kinds = Counter(article.number.partition(".")[0] for article in LAWS[APPS].articles)
    assert kinds == {"1": 4, "2": 4, "3": 9, "4": 6, "5": 3, "6": 5}


def test_an_unknown_type_of_app_is_an_input_error_that_names_the_nearest():
    with pytest.raises(InputError) as found:
        parse_flow('[data.columns.x]\ncategory = "name"\n[holder]\napp_type = "short-vidio"\n', "flow.toml", Path())
    assert "short-video" in found.value.hint


def test_a_named_agency_is_one_whatever_use_it_names():
    blood = read_vectors(FOLDER / CREDIT / "14(1).toml")[3].facts  # refused: a licensed agency and blood types
    for use, said in (("service-provision", Forbids), ("employee-management", DoesNotApply)):
        named = blood.with_values(purpose__use=use)
        reading = read_article(LAWS[CREDIT], _article(CREDIT, "14(1)"), named)
        assert [type(branch.finding) for branch in reading.branches] == [said]
