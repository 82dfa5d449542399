"""`lockgate scan`: grades by answers, words beside verdicts, articles by name, signals; no identifier in any output."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from lockgate.classify.catalogue import IDENTIFYING
from lockgate.classify.impact import grade_of_answers, impact_degrees, impact_objects
from lockgate.classify.text import pattern_spans
from lockgate.examples.bundled import adult, titanic

PUBLIC = ("national-security", "economic-operation", "social-order", "public-interest")
MATRIX = {
    "national-security": ("general-2", "important", "core", "core"),
    "economic-operation": ("general-2", "general-2", "important", "core"),
    "social-order": ("general-2", "general-2", "important", "core"),
    "public-interest": ("general-2", "general-2", "important", "core"),
    "organisational-rights": ("general-2", "general-2", "general-3", "general-4"),
    "individual-rights": ("general-2", "general-2", "general-3", "general-4"),
}
"""GB/T 43697-2024, matrix of objects and degrees, over a scan that found general-2."""

HARMLESS = dict.fromkeys(PUBLIC, "none")


@pytest.mark.parametrize("harmed", impact_objects())
def test_the_answers_give_the_grade_of_the_matrix(harmed: str):
    for place, degree in enumerate(impact_degrees()):
        assert grade_of_answers({**HARMLESS, harmed: degree}, "general-2") == (MATRIX[harmed][place], True)


def test_what_is_not_answered_settles_nothing_but_core():
    assert grade_of_answers({}, "general-3") == ("general-3", False)
    assert grade_of_answers({**HARMLESS, "individual-rights": "none"}, "general-4") == ("general-4", True)
    assert grade_of_answers({"public-interest": "serious"}, "general-1") == ("important", False)
    assert grade_of_answers({"social-order": "especially-serious"}, "general-1") == ("core", True)


def people(folder: Path) -> Path:
    rows = "".join(
        f"Anna Berg{n},anna{n}@example.org,{['flu', 'asthma'][n % 2]},{30 + n}000,{31 + n / 1e5:.6f},{n}\n"
        for n in range(40)
    )
    path = folder / "people.csv"
    path.write_text(f"name,email,diagnosis,salary,latitude,traffic_volume\n{rows}", encoding="utf-8")
    return path


def test_a_category_is_sensitive_article_by_article_and_standards_are_apart(place: Path, lockgate: Callable[..., Any]):
    people(place)
    columns = {item["name"]: item for item in lockgate("scan", "people.csv", "--json").document["columns"]}
    under = columns["diagnosis"]["sensitive_under"]
    assert {"cn/pipl 28", "kr/pipa 23", "eu/gdpr 9"} <= set(under)
    assert columns["diagnosis"]["sensitive_in"] == ["CN", "EU", "KR"]
    assert columns["diagnosis"]["advised_under"] == ["cn/gbt-45574 6"]
    assert columns["salary"]["sensitive_in"] == []
    assert columns["salary"]["advised_under"] == ["cn/gbt-45574 6"]
    assert "kr/pipa 23" in lockgate("scan", "people.csv", "--explain", "diagnosis").out


def test_signals_bear_on_the_grade_and_answer_nothing(place: Path, lockgate: Callable[..., Any]):
    people(place)
    grade = lockgate("scan", "people.csv", "--json").document["grade"]
    said = " ".join(item["signal"] for item in grade["signals"])
    assert "6 coordinate decimals" in said
    assert "flows of people and traffic in: traffic_volume" in said
    assert grade["important"] == "cannot be told from values"
    assert grade["asks"]
    assert "cannot be told from values" in " ".join(lockgate("scan", "people.csv").out.split())


def test_a_persons_word_stands_beside_the_scan_and_changes_none_of_it(place: Path, lockgate: Callable[..., Any]):
    people(place)
    lines = [f'{name} = "none"' for name in PUBLIC[:3]] + ['public-interest = "serious"', 'by = "Ada"']
    text = "\n".join(["[grade]", *lines, "[columns.salary]", 'category = "credit-history"', 'by = "Ada"'])
    (place / "words.toml").write_text(text, encoding="utf-8")
    plain = lockgate("scan", "people.csv", "--json").document
    answered = lockgate("scan", "people.csv", "--json", "--answers", "words.toml", "--html", "page.html").document
    assert (answered["grade"]["level"], answered["grade"]["important"]) == ("important", "yes")
    assert answered["grade"]["scanned"] == plain["grade"]["level"]
    words = {item["name"]: item.pop("word") for item in answered["columns"]}
    assert words["salary"] == {"category": "credit-history", "by": "Ada"}
    for item in (*answered["columns"], *plain["columns"]):
        item.pop("example")  # hashed under a key of the run
        item.pop("word", None)
    assert answered["columns"] == plain["columns"]
    assert "said: credit-history (Ada)" in (place / "page.html").read_text(encoding="utf-8")
    assert "said:" in lockgate("scan", "people.csv", "--answers", "words.toml").out


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[grade]\npublic-intrest = 'none'", "did you mean `public-interest`?"),
        ("[grade]\npublic-interest = 'grave'", "words are: none, general, serious"),
        ("[columns.salary]\ncategory = 'money'", "expected a word of the list"),
        ("[columns.nobody]\ncategory = 'health'", "no column"),
        ("[grade", "is no TOML"),
        ("grade = 3", "expected a table"),
    ],
)
def test_a_word_that_cannot_be_meant_is_told_of(place: Path, lockgate: Callable[..., Any], text: str, told: str):
    people(place)
    (place / "words.toml").write_text(text, encoding="utf-8")
    answer = lockgate("scan", "people.csv", "--answers", "words.toml")
    assert answer.code == 2
    assert told.lower() in answer.err.lower()


def identifiers_in(text: str) -> list[str]:
    """Return the types that our own kernel finds, line by line."""
    spans = pattern_spans(pa.array(text.splitlines(), pa.string()))
    return [type_ for *_, type_ in spans if type_ in IDENTIFYING and type_ != "person-name"]


@pytest.mark.slow
def test_our_own_kernel_finds_no_identifier_in_what_a_scan_says(place: Path, lockgate: Callable[..., Any]):
    paths = [people(place), Path(titanic().location), Path(adult().location)]
    assert len(identifiers_in(paths[0].read_text(encoding="utf-8"))) >= 40
    (place / "broken.csv").write_text(paths[0].read_text(encoding="utf-8") + "a@example.org\n", encoding="utf-8")
    for path in (*paths, place / "broken.csv"):
        for more in ((), ("--json",), ("--explain", "email"), ("--html", str(place / "page.html"))):
            answer = lockgate("scan", str(path), *more)
            assert identifiers_in(answer.out + answer.err) == [], (path.name, more)
        assert identifiers_in((place / "page.html").read_text(encoding="utf-8")) == [], path.name
