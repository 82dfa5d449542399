"""`lockgate decide` in other languages, for two days, and as pages and papers."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lockgate.cli.language import LANGUAGES, language
from lockgate.flow.papers.filling import FILLINGS
from lockgate.flow.papers.paper import FORMS
from lockgate.laws.catalogue import load_laws
from lockgate.terms.duty import DUTIES
from lockgate.terms.fact import FACTS
from lockgate.terms.measure import MeasureKind
from small_flows import CONDITIONAL, UNDECIDED, write_flow

Run = Callable[..., Any]


@pytest.mark.parametrize("code", ["zh", "ko"])
def test_every_duty_fact_measure_and_phrase_has_words_in_each_language(code: str):
    words, english = language(code, {}).words, language("en", {}).words
    assert set(words["duties"]) >= set(DUTIES)
    assert set(words["facts"]) >= set(FACTS)
    assert set(words["measures"]) == {kind.value for kind in MeasureKind}
    for kind in english:
        assert set(words[kind]) == set(english[kind]), kind
        for name, text in english[kind].items():
            assert sorted(re.findall(r"{\w+}", words[kind][name])) == sorted(re.findall(r"{\w+}", text)), name


@pytest.mark.parametrize(
    ("citation", "code", "said"),
    [
        ("cn/pipl 39", "zh", "《个人信息保护法》第39条"),
        ("kr/pipa 28-8", "ko", "개인정보 보호법 제28조의8"),
        ("cn/pipl 39", "en", "cn/pipl 39"),
        ("charter/charter 1", "en", "charter/charter 1"),
    ],
)
def test_an_article_is_cited_as_a_lawyer_of_the_law_writes_it(citation: str, code: str, said: str):
    titles = {item.id: item.title_local for item in load_laws().instruments}
    assert language(code, titles).citation(citation) == said


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_decision_is_printed_in_every_language_with_the_same_outcome(code: str, place: Path, lockgate: Run):
    write_flow(place, UNDECIDED, "flow.toml")
    answer = lockgate("decide", "flow.toml", "--lang", code, "--trace")
    assert answer.code == 5
    assert language(code, {}).words["outcomes"]["undecided"] in answer.out


def test_two_days_are_compared_in_words_and_in_json(place: Path, lockgate: Run):
    write_flow(place, CONDITIONAL, "flow.toml")
    answer = lockgate("decide", "flow.toml", "--compare", "2019-01-01")
    assert "The law of 2019-01-01 and of" in answer.out
    document = json.loads(lockgate("decide", "flow.toml", "--compare", "2019-01-01", "--json").out)
    assert document["compared"]["days"][0] == "2019-01-01"
    assert document["compared"]["outcomes"] == ["undecided", "conditional"]
    assert document["compared"]["articles"]


def test_a_day_that_is_none_is_an_input_error(place: Path, lockgate: Run):
    write_flow(place, CONDITIONAL, "flow.toml")
    answer = lockgate("decide", "flow.toml", "--compare", "2019-02-30")
    assert answer.code == 2
    assert "expected a day" in answer.err


def test_a_page_stands_alone_and_says_what_the_terminal_says(place: Path, lockgate: Run):
    write_flow(place, CONDITIONAL, "flow.toml")
    answer = lockgate("decide", "flow.toml", "--html", "page.html", "--json")
    page = (place / "page.html").read_text(encoding="utf-8")
    assert "&" not in page.partition("<style>")[2].partition("</style>")[0]  # the sheet is not escaped as text is
    assert not re.search(r"(src|href)=|https?://", page)
    for duty in json.loads(answer.out)["duties"]:
        assert DUTIES[duty["id"]].title in page


def test_a_page_keeps_its_style_and_no_title_steers_it(place: Path, lockgate: Run):
    write_flow(place, CONDITIONAL, "flow.toml")
    flow = place / "flow.toml"
    text = re.sub(r"(?m)^title = .*$", r'title = "<b>\\u202eoff\\u001b[31m"', flow.read_text(encoding="utf-8"))
    assert "202e" in text
    flow.write_text(text, encoding="utf-8")
    assert lockgate("decide", "flow.toml", "--html", "page.html", "--papers", "papers").code == 0
    pages = [place / "page.html", *(place / "papers").iterdir()]
    assert len(pages) > 1
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert ".mark > li" in text
        assert "\u202e" not in text
        assert "\x1b" not in text
        assert "<b>\\u202e" not in text
    assert "&lt;b&gt;\\u202eoff\\x1b[31m" in pages[0].read_text(encoding="utf-8")


@pytest.mark.parametrize("command", ["scan passengers.csv --html passengers.csv", "decide flow.toml --html flow.toml"])
def test_a_page_takes_the_place_of_no_file_but_a_page(command: str, place: Path, lockgate: Run):
    write_flow(place, CONDITIONAL, "flow.toml")
    before = {path.name: path.read_bytes() for path in place.iterdir() if path.is_file()}
    answer = lockgate(*command.split())
    assert answer.code == 2
    assert "exists already and is no page" in answer.err
    assert {path.name: path.read_bytes() for path in place.iterdir() if path.is_file()} == before
    again = command.rpartition(" ")[0].split()
    assert lockgate(*again, "page.html").code == 0
    assert lockgate(*again, "page.html").code == 0


def test_papers_are_filled_from_the_facts_and_say_what_is_missing(place: Path, lockgate: Run):
    write_flow(place, CONDITIONAL, "flow.toml")
    answer = lockgate("decide", "flow.toml", "--papers", "papers", "--json")
    asked = {duty["id"] for duty in json.loads(answer.out)["duties"]}
    names = {path.stem for path in (place / "papers").iterdir()}
    assert "record-of-processing" in names
    assert ("cn-impact-assessment" in names) == ("impact-assessment" in asked)
    record = (place / "papers" / "record-of-processing.html").read_text(encoding="utf-8")
    assert "MISSING" in record  # nobody can know the contact of the controller
    assert "used for" in record


def test_papers_hold_no_value_of_the_data(place: Path, lockgate: Run):
    write_flow(place, CONDITIONAL, "flow.toml")
    lockgate("decide", "flow.toml", "--papers", "papers", "--html", "page.html")
    table = (place / "passengers.csv").read_text(encoding="utf-8")
    names = re.findall(r'"([^"]{8,})"', table)
    assert names
    for page in (place / "page.html", *(place / "papers").iterdir()):
        text = page.read_text(encoding="utf-8")
        assert not [name for name in names if name in text]


def test_every_form_is_filled_by_fillings_that_exist():
    used = {fill for form in FORMS for fill in re.findall(r'fill = "([a-z-]+)"', _form_text(form))}
    assert used == set(FILLINGS)


def _form_text(form: str) -> str:
    return (Path(__file__).parents[2] / "src/lockgate/flow/papers" / f"{form}.toml").read_text(encoding="utf-8")
