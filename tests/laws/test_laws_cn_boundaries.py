"""Every number of the Chinese instruments that decides, one below and on the spot; nobody may move one unseen."""

import pytest
from law_vectors import FOLDER, read_vectors

from lockgate.decide.evaluation import read_article
from lockgate.laws.catalogue import load_laws
from lockgate.terms.finding import DoesNotApply, Lifts, Requires

LAWS = {instrument.id: instrument for instrument in load_laws().instruments}
XB = "cn/cross-border-provisions"
ORDINARY, SENSITIVE = "holder.exported_this_year.ordinary", "holder.exported_this_year.sensitive"
ABROAD = {"recipient.in": "KR", "data.persons": 1, "data.sensitive_persons": 0}
SAME = {"recipient.as": "same-controller"}
NONE, DUTY, LIFTED = DoesNotApply, Requires, Lifts

# instrument, article, number: value and boundary word as the law has them; the count that is moved (this flow adds one
# person to what was exported before); other facts; what the article says one below and on the number
NUMBERS = [
    ("cn/pipl", "28", "child_age", (14, ">="), "data.min_age", {}, DUTY, NONE),
    ("cn/pipl", "29", "child_age", (14, ">="), "data.min_age", {}, DUTY, NONE),
    ("cn/pipl", "30", "child_age", (14, ">="), "data.min_age", {}, DUTY, NONE),
    ("cn/pipl", "31", "child_age", (14, ">="), "data.min_age", {}, DUTY, NONE),
    ("cn/pipl", "52", "persons_held", (1_000_000, ">="), "holder.persons_held", {}, NONE, DUTY),
    ("cn/pipl", "55", "child_age", (14, ">="), "data.min_age", SAME, DUTY, NONE),
    ("cn/pipl", "56", "child_age", (14, ">="), "data.min_age", SAME, DUTY, NONE),
    (XB, "5(4)", "persons", (100_000, ">="), ORDINARY, ABROAD, LIFTED, NONE),
    (XB, "5(4)", "child_age", (14, ">="), "data.min_age", ABROAD, NONE, LIFTED),
    (XB, "7", "persons", (1_000_000, ">="), ORDINARY, ABROAD, NONE, DUTY),
    (XB, "7", "sensitive_persons", (10_000, ">="), SENSITIVE, ABROAD, NONE, DUTY),
    (XB, "8", "persons", (100_000, ">="), ORDINARY, ABROAD, NONE, DUTY),
    (XB, "8", "persons_above", (1_000_000, ">="), ORDINARY, ABROAD, DUTY, NONE),
    (XB, "8", "sensitive_persons", (1, ">="), SENSITIVE, ABROAD, NONE, DUTY),
    (XB, "8", "sensitive_persons_above", (10_000, ">="), SENSITIVE, ABROAD, DUTY, NONE),
    (XB, "8", "child_age", (14, ">="), "data.min_age", ABROAD, DUTY, NONE),
]
NOT_COUNTED = {("cn/pipl", "52", "filing"), ("cn/pipl", "56", "kept"), (XB, "8", "certification_validity")}
NOT_COUNTED |= {
    ("cn/pipl", "38", name) for name in ("persons_held", "persons", "sensitive_persons")
}  # by vectors of 38


def _usual():
    case = FOLDER / "cn" / "pipl" / "17.toml"
    return read_vectors(case)[0].facts


@pytest.mark.parametrize("row", NUMBERS, ids=lambda row: " ".join(row[:3]))
def test_one_below_a_number_and_on_it_differ(row):
    instrument, article, name, law, fact, others, below, reached = row
    entry = next(one for one in LAWS[instrument].articles if one.number == article)
    number = entry.versions[-1].numbers[name]
    assert (number.value, number.boundary) == law
    added = 1 if fact == ORDINARY else 0
    said = []
    for count in (number.least - 1 - added, number.least - added):
        values = {**others, fact: count}
        facts = _usual().with_values(**{key.replace(".", "__"): value for key, value in values.items()})
        reading = read_article(LAWS[instrument], entry, facts)
        said.append([type(branch.finding) for branch in reading.branches])
    assert said == [[below], [reached]]


def test_no_number_of_a_coded_chinese_article_is_untested():
    tested = {(instrument, article, name) for instrument, article, name, *_ in NUMBERS} | NOT_COUNTED
    numbers = {
        (instrument.id, article.number, name)
        for instrument in LAWS.values()
        if instrument.id in ("cn/pipl", XB)
        for article in instrument.articles
        if article.reading
        for version in article.versions
        for name in version.numbers
    }
    assert numbers == tested


def test_periods_that_are_read_elsewhere_stand_as_the_law_has_them():
    day = _usual().as_of
    assert load_laws().number("assessment_validity", day).value == 3
    assert load_laws().number("certification_validity", day).value == 3
    kept = next(one for one in LAWS["cn/pipl"].articles if one.number == "56").versions[-1].numbers["kept"]
    assert (kept.value, kept.unit) == (3, "years")
