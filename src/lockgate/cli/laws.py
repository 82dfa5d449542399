"""`lockgate laws`: which law is coded, article by article, and why the rest is not."""

import argparse
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from lockgate.cli.contested import contested_in
from lockgate.cli.law_ledger import ledger_name, render_index, render_ledger
from lockgate.cli.surroundings import Surroundings
from lockgate.cli.text_file import write_whole
from lockgate.laws.catalogue import load_laws
from lockgate.laws.instrument import Article, Instrument
from lockgate.terms.errors import InputError

HELP = "list the coded law: instruments, articles, versions, sources"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("instrument", nargs="?", metavar="INSTRUMENT", help="such as cn/pipl; default: all")
    parser.add_argument("--ledger", metavar="DIR", help="write what is coded, how and why not, as pages of Markdown")


def run(arguments: argparse.Namespace, surroundings: Surroundings) -> int:
    """Print instruments, or the articles of one, return 0."""
    laws = load_laws()
    chosen = [item for item in laws.instruments if arguments.instrument in (None, item.id)]
    if not chosen:
        known = ", ".join(item.id for item in laws.instruments)
        raise InputError(f"no instrument `{arguments.instrument}`", f"coded are: {known}")
    surroundings.answer({"laws": laws.stamp, "instruments": [instrument_document(item) for item in chosen]})
    if arguments.ledger:
        _write_ledgers(Path(arguments.ledger), chosen)
    console = surroundings.console
    if arguments.instrument is None:
        _show_instruments(chosen, console)
        console.print(f"[dim]law stamp {laws.stamp}; not legal advice[/]")
        return 0
    _show_articles(chosen[0], console)
    return 0


def _show_instruments(instruments: list[Instrument], console: Console) -> None:
    """Print a table where it is wide enough for names of instruments and titles, else two lines for each."""
    is_wide = console.width >= _WIDE
    table = Table(box=None, pad_edge=False, header_style="dim", show_header=is_wide)
    for heading in ("instrument", "title", "coded", "explained"):
        table.add_column(heading, no_wrap=heading != "title")
    for item in instruments:
        coded = sum(article.reading is not None for article in item.articles)
        explained = len(item.articles) - coded
        if is_wide:
            table.add_row(item.id, escape(item.title), str(coded), str(explained))
        else:
            console.print(f"[bold]{item.id}[/] [dim]{coded} coded, {explained} explained[/]")
            console.print(Padding(escape(item.title), (0, 0, 0, 2)))
    if is_wide:
        console.print(table)


_WIDE = 110
"""Columns in which the longest name of an instrument and most titles stand side by side."""


def _show_articles(instrument: Instrument, console: Console) -> None:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(justify="right", no_wrap=True)
    table.add_column()
    for article in instrument.articles:
        style = "bold" if article.reading else "dim"
        table.add_row(f"[{style}]{escape(article.number)}[/]", _article_text(instrument.id, article))
    console.print(table)


def _write_ledgers(folder: Path, instruments: list[Instrument]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for instrument in instruments:
        write_whole(folder / ledger_name(instrument), render_ledger(instrument))
    if len(instruments) > 1:
        write_whole(folder / "README.md", render_index(tuple(instruments)))


def instrument_document(instrument: Instrument) -> dict[str, Any]:
    """Return the JSON document of an instrument."""
    return {
        "id": instrument.id,
        "title": instrument.title,
        "title_local": instrument.title_local,
        "jurisdiction": instrument.jurisdiction,
        "strength": instrument.strength,
        "articles": [
            {
                "number": article.number,
                "title": article.title,
                "statement": article.statement,
                "coded": article.reading is not None,
                "why_not": article.why_not,
                "lifts": article.may_lift,
                "versions": article.versions,
            }
            for article in instrument.articles
        ],
    }


def _article_text(instrument: str, article: Article) -> str:
    if article.reading is None:
        return f"[dim]{escape(article.title)}: not coded, {escape(article.why_not)}[/]"
    last = article.versions[-1]
    until = f" to {last.until}" if last.until else ""
    pages = "".join(f"; contested: {page}" for page in contested_in(f"{instrument} {article.number}"))
    return (
        f"{escape(article.title)}: {escape(article.statement)} "
        f"[dim]since {last.in_force}{until}, confidence {last.confidence}{pages}[/]"
    )
