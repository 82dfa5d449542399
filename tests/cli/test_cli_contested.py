"""Where our reading is contested, the trace, the page and the list of articles name the page that says how."""

from pathlib import Path

from lockgate.cli.contested import contested_in
from lockgate.laws.catalogue import load_laws

ROOT = Path(__file__).parents[2]
FLOW = ROOT / "cases" / "overseas-sellers"
PAGE = "docs/readings/cn-separate-consent.md"


def test_every_page_that_is_named_is_there():
    named = {
        page
        for instrument in load_laws().instruments
        for article in instrument.articles
        for page in contested_in(f"{instrument.id} {article.number}")
    }
    assert len(named) > 10
    assert [page for page in named if not (ROOT / page).is_file()] == []


def test_the_trace_and_the_page_name_the_contested_reading_and_the_confidence(tmp_path, lockgate):
    flow = next(path for path in sorted(FLOW.glob("*.toml")) if path.name != "expected.toml")
    page = tmp_path / "decision.html"
    told = lockgate("decide", str(flow), "--trace", "--html", str(page))
    words = " ".join(told.out.split())
    assert f"contested: {PAGE}" in words
    assert "confidence medium" in words
    assert f"contested: {PAGE}" in page.read_text(encoding="utf-8")


def test_the_list_of_articles_names_it_too(lockgate):
    assert PAGE in " ".join(lockgate("laws", "cn/pipl").out.split())
