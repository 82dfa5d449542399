"""The ledger: every article is coded with its reading and its vectors, or says why not."""

import re
import tomllib
from importlib.resources import files

import pytest
from law_vectors import article_vectors

from lockgate.laws.catalogue import INSTRUMENTS, load_laws
from lockgate.laws.instrument import parse_instrument
from lockgate.terms.errors import LawDataError

INSTRUMENTS_BY_ID = {instrument.id: instrument for instrument in load_laws().instruments}


@pytest.fixture(params=sorted(INSTRUMENTS_BY_ID))
def instrument(request):
    return INSTRUMENTS_BY_ID[request.param]


def test_every_coded_article_has_a_function_of_its_number(instrument):
    for article in instrument.articles:
        if article.reading:
            name = "article_" + "_".join(re.findall(r"\w+", article.number))
            assert article.reading.__name__ == name


def test_every_coded_article_has_vectors(instrument):
    tested = {vector.article for vector in article_vectors() if vector.instrument == instrument.id}
    assert {article.number for article in instrument.articles if article.reading} == tested


def test_every_article_is_titled_stated_and_sourced(instrument):
    for article in instrument.articles:
        assert article.title
        assert article.statement.endswith(".")
        assert all(version.source for version in article.versions)


def test_a_number_of_an_article_stands_once(instrument):
    numbers = [article.number for article in instrument.articles]
    assert len(numbers) == len(set(numbers))


def test_every_reading_says_how_it_reads_the_article(instrument):
    assert all(article.reading.__doc__ for article in instrument.articles if article.reading)


def test_what_an_article_may_lift_is_an_article():
    citations = {f"{one.id} {article.number}" for one in INSTRUMENTS_BY_ID.values() for article in one.articles}
    lifted = {target for one in INSTRUMENTS_BY_ID.values() for article in one.articles for target in article.may_lift}
    assert lifted <= citations


@pytest.mark.parametrize(
    ("instrument_id", "last"),
    [
        ("cn/pipl", 74),
        ("cn/dsl", 55),
        ("cn/network-data-regulations", 64),
        ("cn/cii-regulations", 51),
        ("cn/government-data-sharing-regulations", 44),
        ("cn/cross-border-provisions", 14),
        ("charter", 5),
    ],
)
def test_no_article_of_the_law_is_left_out(instrument_id, last):
    listed = set()
    for article in INSTRUMENTS_BY_ID[instrument_id].articles:
        first, _, end = article.number.partition("(")[0].partition("-")
        listed |= set(range(int(first), int(end or first) + 1))
    assert listed == set(range(1, last + 1))


def test_an_article_without_its_reading_breaks_the_law_data():
    stem, readings, reaches = next(rules for rules in INSTRUMENTS if rules[0] == "cn/pipl")
    document = tomllib.loads(files("lockgate.laws").joinpath(f"{stem}.toml").read_text(encoding="utf-8"))
    fewer = {number: reading for number, reading in readings.items() if number != "39"}
    with pytest.raises(LawDataError, match="39"):
        parse_instrument(document, fewer, reaches)
