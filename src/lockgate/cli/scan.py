"""`lockgate scan SOURCE`: what is in the data, column by column, with the evidence."""

import argparse
import secrets
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from lockgate.cli.progress import watch
from lockgate.cli.surroundings import Surroundings
from lockgate.cli.text_file import write_whole
from lockgate.flow.scanning import ScanMeans, scan_source
from lockgate.laws.catalogue import load_laws
from lockgate.tables.listing import list_sources
from lockgate.tables.source import open_source
from lockgate.terms.classification import Classification, ColumnVerdict
from lockgate.terms.column import Verdict
from lockgate.terms.errors import InputError
from lockgate.terms.flow_request import SourceReference

HELP = "say what is in the data: personal, sensitive, important; column by column"

_COLOURS = {Verdict.CONFIRMED: "red", Verdict.SUSPECTED: "yellow", Verdict.REFUTED: "dim", Verdict.NONE: "dim"}
_BAR_CELLS = 5
_FREE_TEXT, _SHARE_TOLD = "free-text", 0.05


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("source", metavar="SOURCE", help="a file, a glob, a folder, or sqlite:///path")
    parser.add_argument("--table", default="", help="table of a database; default: all")
    parser.add_argument("--query", default="", help="query of a database")
    parser.add_argument("--subject-key", default="", metavar="COLUMN", help="the column that tells persons apart")
    parser.add_argument("--explain", metavar="COLUMN", help="show all the evidence on one column")
    parser.add_argument("--html", metavar="FILE", default="", help="write a page that stands alone as well")


def run(arguments: argparse.Namespace, surroundings: Surroundings) -> int:
    """Scan, print, return 0."""
    references = list_sources(SourceReference(arguments.source, arguments.table, arguments.query))
    laws = load_laws()
    found = [_scan_one(reference, arguments, surroundings) for reference in references]
    if arguments.explain:
        return _explain([classification for _, classification in found], arguments.explain, surroundings)
    documents = [scan_document(name, classification, laws.stamp) for name, classification in found]
    if arguments.html:
        page = import_module("lockgate.cli.scan_page")  # templates take long to load, and few scans write a page
        write_whole(Path(arguments.html), page.render_scan(documents, surroundings.today))
    surroundings.answer(documents[0] if len(documents) == 1 else {"sources": documents})
    for name, classification in () if surroundings.wants_json else found:  # a wide table takes long to lay out
        show_classification(name, classification, surroundings.console, asks=len(found) == 1)
    if arguments.html:
        surroundings.side.print(f"{escape(arguments.html)} is written")
    return 0


def _scan_one(
    reference: SourceReference, arguments: argparse.Namespace, surroundings: Surroundings
) -> tuple[str, Classification]:
    source = open_source(reference)
    with tempfile.TemporaryDirectory() as folder, watch(surroundings) as progress:
        means = ScanMeans(load_laws(), surroundings.today, secrets.token_bytes(32), Path(folder), progress)
        found = scan_source(source, arguments.subject_key, means)
    for note in source.notes:
        surroundings.side.print(f"note: {escape(note)}")
    return source.name, found


def scan_document(source: str, found: Classification, laws: str) -> dict[str, Any]:
    """Return the JSON document of a scan."""
    return {
        "source": source,
        "rows": found.rows,
        "persons": {
            "count": found.persons.count,
            "by": found.persons.by,
            "sensitive": found.persons.sensitive,
            "youngest": found.persons.youngest,
        },
        "sampled": found.sampled,
        "laws": laws,
        "rules": found.rules,
        "grade": {"level": found.grade, "asks": found.grade_asks},
        "quasi_identifiers": [
            {"columns": item.columns, "unique_share": item.unique_share} for item in found.quasi_identifiers
        ],
        "columns": [column_document(column, found.rows) for column in found.columns],
    }


def column_document(column: ColumnVerdict, rows: int) -> dict[str, Any]:
    """Return the JSON document of one column's verdict in a source of some rows."""
    return {
        "name": column.name,
        "type": column.type or None,
        "category": column.category,
        "role": column.role,
        "verdict": column.verdict,
        "probability": column.probability,
        "grade": column.grade,
        "sensitive_in": column.sensitive_in,
        "evidence": column.evidence,
        "example": column.example,
        "text_hits": column.text_hits or {},
        "text": text_figures(column, rows),
    }


def text_figures(column: ColumnVerdict, rows: int) -> dict[str, int]:
    """Return the cells of text, those that were read for names, and those that name a person; empty without text."""
    if "text" not in column.evidence:
        return {}
    cells = round(column.evidence["text"] * rows)
    read = round(column.evidence["text_read"] * cells)
    return {"cells": cells, "read": read, "naming": round(column.evidence["text_names"] * read)}


def _is_told_of(column: ColumnVerdict) -> bool:
    """Whether the table says how much text was read: of columns of text, and where more than errors name a person."""
    return "text" in column.evidence and (column.type == _FREE_TEXT or column.evidence["text_names"] > _SHARE_TOLD)


def _text_sentence(column: ColumnVerdict, rows: int) -> str:
    """Return in how much of the text read a person is named, and how much was read."""
    text = text_figures(column, rows)
    whole = "all" if text["read"] == text["cells"] else f"a sample, {text['read']:,} of"
    share = text["naming"] / text["read"]
    return f"{share:.0%} of the text names a person (read: {whole} {text['cells']:,} cells)"


def show_classification(name: str, found: Classification, console: Console, *, asks: bool = True) -> None:
    """Print a classification as a table for people; with `asks` the questions that values cannot answer."""
    by = "each row counted as one" if found.persons.by == "row" else f"by column {found.persons.by}"
    console.print(f"\n[bold]{escape(name)}[/]: {found.rows:,} rows, {found.persons.count:,} persons ({escape(by)})")
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 1, 0, 0))
    for heading in ("column", "type", "sure", "category", "role", "special"):
        table.add_column(heading, overflow="fold")
    for column in found.columns:
        colour = _COLOURS[column.verdict]
        table.add_row(
            escape(column.name),
            f"[{colour}]{escape(column.type) or '-'}[/]",
            f"[{colour}]{_bar(column)}[/]",
            "-" if column.verdict is Verdict.NONE else column.category.value,
            column.role.value.removesuffix("-identifier"),
            " ".join(column.sensitive_in) or "-",
        )
    console.print(table)
    for column in filter(_is_told_of, found.columns):
        console.print(f"{escape(column.name)}: {_text_sentence(column, found.rows)}")
    if found.quasi_identifiers:
        top = found.quasi_identifiers[0]
        share = f"{top.unique_share:.0%}"
        console.print(f"\n{escape(' + '.join(top.columns))} together single out {share} of the rows.")
    console.print(f"Grade {found.grade} (GB/T 43697){'; some figures rest on samples' if found.sampled else ''}.")
    for question in found.grade_asks if asks else ():
        console.print(f"  [dim]not to be told from values:[/] {escape(question)}")


def _bar(column: ColumnVerdict) -> str:
    """Return a bar of the probability, drawn only where there is a verdict."""
    if column.verdict is Verdict.NONE:
        return "·" * _BAR_CELLS
    filled = round(column.probability * _BAR_CELLS)
    return "█" * filled + "·" * (_BAR_CELLS - filled)


def _explain(found: list[Classification], name: str, surroundings: Surroundings) -> int:
    columns = [(column, one.rows) for one in found for column in one.columns if column.name == name]
    if not columns:
        names = ", ".join(item.name for classification in found for item in classification.columns)
        raise InputError(f"--explain: no column `{name}`", f"columns are: {names}")
    documents = [column_document(column, rows) for column, rows in columns]
    surroundings.answer(documents[0] if len(documents) == 1 else documents)
    for column, rows in columns:
        _show_evidence(column, rows, surroundings.console)
    return 0


def _show_evidence(column: ColumnVerdict, rows: int, console: Console) -> None:
    console.print(f"[bold]{escape(column.name)}[/]: {column.verdict}, {column.type or 'no type'}, {column.category}")
    looks = escape(column.example) or "-"
    console.print(f"probability {column.probability:.3f}; grade {column.grade}; looks like {looks}")
    for figure, value in sorted(column.evidence.items()):
        console.print(f"  {figure:<10} {value:8.3f}")
    for type_, cells in sorted((column.text_hits or {}).items()):
        console.print(f"  {cells:,} cells hold a {type_} inside longer text")
    if "text" in column.evidence:
        console.print(f"  {_text_sentence(column, rows)}")
