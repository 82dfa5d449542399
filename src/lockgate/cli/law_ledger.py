"""The ledger of an instrument as a page of Markdown: what is coded and how it is read, what is not and why."""

import inspect
from collections.abc import Iterator

from lockgate.laws.instrument import Article, Instrument, Version
from lockgate.laws.threshold import Threshold


def render_ledger(instrument: Instrument) -> str:
    """Return the ledger of one instrument."""
    return "\n".join(_lines(instrument)).rstrip("\n") + "\n"


def ledger_name(instrument: Instrument) -> str:
    """Return the file name of the ledger of an instrument, such as `cn-pipl.md`."""
    return f"{instrument.id.replace('/', '-')}.md"


def render_index(instruments: tuple[Instrument, ...]) -> str:
    """Return the page that leads to the ledgers of some instruments."""
    rows = [
        f"| [{item.id}]({ledger_name(item)}) | {item.title} ({item.title_local}) | {item.strength} "
        f"| {_count(item, is_coded=True)} | {_count(item, is_coded=False)} |"
        for item in instruments
    ]
    return "\n".join(
        [
            "# Coded law",
            "",
            "Made by `lockgate laws --ledger docs/laws`. Statements and readings are ours; not legal advice.",
            "Where a reading is contested, a page under `docs/readings/` says how.",
            "",
            "| instrument | title | strength | coded | explained |",
            "|---|---|---|---|---|",
            *rows,
            "",
        ]
    )


def _count(instrument: Instrument, *, is_coded: bool) -> int:
    return sum((article.reading is not None) is is_coded for article in instrument.articles)


def _lines(instrument: Instrument) -> Iterator[str]:
    yield f"# {instrument.title}"
    yield ""
    yield f"{instrument.title_local} · `{instrument.id}` · {instrument.strength} · {instrument.jurisdiction}"
    yield ""
    scope = inspect.getdoc(instrument.reaches)
    if scope:
        yield f"**Scope.** {_flat(scope)}"
        yield ""
    yield "## Coded"
    yield ""
    for article in instrument.articles:
        if article.reading is not None:
            yield from _coded(article)
    left_out = [article for article in instrument.articles if article.reading is None]
    if left_out:
        yield "## Not coded"
        yield ""
        yield "| article | what it says | why it is not coded |"
        yield "|---|---|---|"
        yield from (
            f"| {article.number} {_cell(article.title)} | {_cell(article.statement)} | {_cell(article.why_not)} |"
            for article in left_out
        )


def _coded(article: Article) -> Iterator[str]:
    yield f"### {article.number} {article.title}"
    yield ""
    yield article.statement
    yield ""
    reading = inspect.getdoc(article.reading) if article.reading else None
    if reading:
        yield f"*Our reading.* {_flat(reading)}"
        yield ""
    if article.may_lift:
        yield f"May lift: {', '.join(article.may_lift)}."
        yield ""
    yield "| in force | numbers | lists | source | confidence |"
    yield "|---|---|---|---|---|"
    yield from (_version(version) for version in article.versions)
    yield ""


def _version(version: Version) -> str:
    numbers = "; ".join(f"{name}: {_number(number)}" for name, number in version.numbers.items())
    lists = "; ".join(f"{name}: {', '.join(words)}" for name, words in version.lists.items())
    window = f"since {version.in_force}" if version.until is None else f"{version.in_force} to {version.until}"
    source = f"{version.source} (checked {version.last_checked})"
    return f"| {window} | {_cell(numbers)} | {_cell(lists)} | {_cell(source)} | {version.confidence} |"


def _number(number: Threshold) -> str:
    return f"{number.boundary} {number.value:,} {number.unit}"


def _flat(text: str) -> str:
    return " ".join(text.split())


def _cell(text: str) -> str:
    return _flat(text).replace("|", "\\|")
