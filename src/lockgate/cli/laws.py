"""`lockgate laws`: which law is coded, article by article, and why the rest is not."""

import argparse
from pathlib import Path
from typing import Any

from rich.markup import escape
from rich.table import Table

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
        table = Table(box=None, pad_edge=False, header_style="dim")
        for heading in ("instrument", "title", "coded", "explained"):
            table.add_column(heading, overflow="fold")
        for item in chosen:
            coded = sum(article.reading is not None for article in item.articles)
            table.add_row(item.id, escape(item.title), str(coded), str(len(item.articles) - coded))
        console.print(table)
        console.print(f"[dim]law stamp {laws.stamp}; not legal advice[/]")
        return 0
    for article in chosen[0].articles:
        console.print(_article_text(article))
    return 0


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


def _article_text(article: Article) -> str:
    if article.reading is None:
        return f"[dim]{article.number:>8}  {escape(article.title)}: not coded, {escape(article.why_not)}[/]"
    since = article.versions[-1].in_force
    confidence = article.versions[-1].confidence
    return (
        f"[bold]{article.number:>8}[/]  {escape(article.title)}: {escape(article.statement)} "
        f"[dim]since {since}, confidence {confidence}[/]"
    )
