import hashlib
import re
from html.parser import HTMLParser
from typing import Any

from lockgate.evidence.dossier import statement_bytes
from lockgate.evidence.report import render_report

VOID = {"meta", "link", "br", "hr", "img", "rect", "line"}


class Page(HTMLParser):
    """Holds that tags nest, and collects text and attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.text.append(data)

    @property
    def words(self) -> str:
        return " ".join("".join(self.text).split())


def test_the_report_of_a_release_says_what_a_lawyer_asks(release: dict[str, Any]):
    words = Page(render_report(release)).words
    for part in (
        "Customer list to a Korean affiliate",
        "Released",
        "Shop <Co> & Söhne (CN)",
        "Acme Korea (KR) as independent-controller",
        "120 rows about 120 persons",
        "118 rows, 2 columns, parquet",
        "train-ai",
        "cn/pipl 55",
        "an impact assessment comes before an export",
        "1 more article read and found not to apply",
        "set aside by cn/cross-border-provisions 5",
        "Assess the impact on the persons and keep the report",
        "national-identifier (sensitive in KR)",
        "not in the copy",
        "Made coarser until persons cannot be told apart by them (k = 5): age",
        "bound 5",
        "bound 0.1",
        "0.00004",
        "0.213",
        "Every released combination of age was to be shared by at least 5 persons",
        "What to keep doing",
        "Have compliance audited",
        "2027-11-21",
        "lockgate verify DIR --trust",
        release["log"]["key"],
        hashlib.sha256(statement_bytes(release)).hexdigest(),
        release["output"]["data_hash"],
        "not legal advice",
        "a, yes, 2.5",
    ):
        assert part in words, part


def test_the_report_of_a_refusal_says_why_and_leaves_out_what_is_not_there(refusal: dict[str, Any]):
    words = Page(render_report(refusal)).words
    assert "Not released An article stands against the flow" in words
    assert "cn/pipl 41: an authority asks without approval" in words
    for part in ("What was done", "measured afterwards", "found in the data", "Hash of the data"):
        assert part not in words


def test_the_report_needs_nothing_from_outside(release: dict[str, Any]):
    page = Page(render_report(release))
    assert not [item for item in page.attributes if item[1] in ("src", "href", "onclick", "action", "srcset")]
    assert not {tag for tag, _, _ in page.attributes} & {"script", "link", "img", "iframe", "form"}
    assert not re.search(r"https?:|url\(|@import|@font-face|<script", render_report(release))


def test_what_a_statement_says_is_text_and_never_markup(release: dict[str, Any]):
    attack = "\"><script>alert('x')</script>{{ 7*7 }}"
    release["title"] = attack
    release["holder"]["name"] = attack
    release["classification"]["columns"][0]["name"] = attack
    release["verification"]["checks"][0]["name"] = attack
    release["log"]["key"] = attack
    report = render_report(release)
    assert "<script>" not in report
    assert Page(report).words.count("<script>") == 7


def test_the_last_day_of_a_permit_is_shown_where_there_is_one(release: dict[str, Any]):
    assert "Relied on until" not in Page(render_report(release)).words
    release["permit"]["until"] = "2029-06-03"
    assert "Relied on until 2029-06-03" in Page(render_report(release)).words.replace("until2029", "until 2029")


def test_the_report_depends_on_the_statement_alone(release: dict[str, Any]):
    shuffled = dict(reversed(release.items()))
    shuffled["verification"]["checks"][0]["measured"] = 6.0
    assert render_report(shuffled) == render_report(release)


def test_a_report_can_be_made_of_the_barest_statement(release: dict[str, Any], refusal: dict[str, Any]):
    release["holder"] = release["recipient"] = {}
    release["facts"]["values"] = {}
    release["title"] = ""
    release["route"]["steps"] = release["verification"]["checks"] = release["differences"] = []
    release["decision"]["findings"] = release["decision"]["duties"] = []
    release["classification"]["columns"] = []
    words = Page(render_report(release)).words
    assert "not named (place not said)" in words
    assert "the data moved as they are" in words
    refusal["refusal"] = {"outcome": "verification-failed", "reasons": []}
    refusal["decision"]["missing"] = [{"fact": "holder.in", "question": "Where is the holder?"}]
    assert "Where is the holder?" in Page(render_report(refusal)).words
