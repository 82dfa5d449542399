"""Every version of every coded article: the day before, of and after."""

from datetime import timedelta

import pytest
from law_vectors import article_vectors

from lockgate.decide.evaluation import read_article
from lockgate.laws.catalogue import load_laws
from lockgate.terms.facts import Facts
from lockgate.terms.finding import DoesNotApply

_DAY = timedelta(days=1)
_ARTICLES = [
    pytest.param(instrument, article, id=f"{instrument.id} {article.number}")
    for instrument in load_laws().instruments
    for article in instrument.articles
]


@pytest.mark.parametrize(("instrument", "article"), _ARTICLES)
def test_a_version_holds_from_its_first_day_to_its_last(instrument, article):
    first, last = article.versions[0], article.versions[-1]
    assert article.version_on(first.in_force - _DAY) is None
    for version in article.versions:
        assert article.version_on(version.in_force) is version
        if version.until:
            assert article.version_on(version.until) is version
            assert article.version_on(version.until + _DAY) is not version
    if last.until is None:
        assert article.version_on(max(last.last_checked, last.in_force)) is last


def _on(facts: Facts, day) -> Facts:
    return Facts(day, facts.values, facts.columns, facts.safeguards, facts.roles_unknown)


@pytest.mark.parametrize(("instrument", "article"), [item for item in _ARTICLES if item.values[1].reading])
def test_the_day_before_commencement_no_flow_meets_the_article(instrument, article):
    vectors = [vector for vector in article_vectors() if vector.instrument == instrument.id]
    mine = [vector.facts for vector in vectors if vector.article == article.number]
    before = article.versions[0].in_force - _DAY
    for facts in mine:
        reading = read_article(instrument, article, _on(facts, before))
        assert [type(branch.finding) for branch in reading.branches] == [DoesNotApply]


def test_the_law_covers_china_from_its_commencement_on():
    day = next(one for one in load_laws().instruments if one.id == "cn/pipl").articles[0].versions[0].in_force
    assert "CN" in load_laws().covered_on(day)
    assert "CN" not in load_laws().covered_on(day - _DAY)
