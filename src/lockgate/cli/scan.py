"""`lockgate scan SOURCE`: what is in the data, column by column, with the evidence."""

import argparse
import secrets
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.markup import escape

from lockgate.cli import delimiter, workers
from lockgate.cli.progress import watch
from lockgate.cli.scan_text import column_document, scan_document, show_classification, show_evidence
from lockgate.cli.surroundings import Surroundings
from lockgate.cli.text_file import write_page
from lockgate.flow.named_columns import nearest_columns
from lockgate.flow.progress import open_told
from lockgate.flow.scan_words import ScanWords, read_scan_words
from lockgate.flow.scanning import ScanMeans, require_header, scan_source
from lockgate.flow.sharing import Sharing
from lockgate.laws.catalogue import load_laws
from lockgate.tables.listing import list_sources, tables_within
from lockgate.tables.row_source import Source
from lockgate.tables.scratch import scratch_folder
from lockgate.terms.classification import Classification
from lockgate.terms.errors import InputError
from lockgate.terms.flow_request import SourceReference

HELP = "say what is in the data: personal, sensitive, important; column by column"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("source", metavar="SOURCE", help="a file, a glob, a folder, or a database")
    parser.add_argument("--table", default="", help="table of a database; default: all")
    parser.add_argument("--query", default="", help="query of a database")
    delimiter.add_argument(parser)
    parser.add_argument("--subject-key", default="", metavar="COLUMN", help="the column that tells persons apart")
    parser.add_argument(
        "--exact",
        action="store_true",
        help="measure who stands out on all rows: one more pass, and about 25 bytes of disk a row and combination",
    )
    parser.add_argument("--explain", metavar="COLUMN", help="show all the evidence on one column")
    parser.add_argument(
        "--answers", metavar="FILE", default="", help="a person's word: [grade] by harm, [columns.NAME]; the scan stays"
    )
    parser.add_argument("--html", metavar="FILE", default="", help="write a page that stands alone as well")
    workers.add_arguments(parser)


def run(arguments: argparse.Namespace, surroundings: Surroundings) -> int:
    """Scan, print, return 0."""
    words = read_scan_words(Path(arguments.answers)) if arguments.answers else ScanWords()
    reference = SourceReference(arguments.source, arguments.table, arguments.query, delimiter.read(arguments))
    with watch(surroundings) as progress:
        progress.step("opening the source")
        references = list_sources(reference)
    laws = load_laws()
    asked = [*words.categories, *filter(None, [arguments.explain])]
    with workers.shared(arguments, surroundings) as sharing:
        found = []
        for reference in references:
            for source in _tables(reference, surroundings, sharing):
                if len(references) == 1 and not tables_within(reference, source):
                    require_header(source)  # before its names are told
                    _require_columns(asked, source.schema.names)  # before it is read
                found.append(_scan_one(source, arguments, surroundings, sharing))
    _require_columns(asked, [column.name for _, one in found for column in one.columns])
    if arguments.explain:
        return _explain([classification for _, classification in found], arguments.explain, words, surroundings)
    documents = [scan_document(name, classification, laws.stamp, words) for name, classification in found]
    if arguments.html:
        page = import_module("lockgate.cli.scan_page")  # templates take long to load, and few scans write a page
        write_page(Path(arguments.html), page.render_scan(documents, surroundings.today))
    surroundings.answer(documents[0] if len(documents) == 1 else {"sources": documents})
    for name, classification in () if surroundings.wants_json else found:  # a wide table takes long to lay out
        show_classification(name, classification, surroundings.console, words, asks=len(found) == 1)
    if arguments.html:
        surroundings.side.print(f"{escape(arguments.html)} is written")
    return 0


def _tables(reference: SourceReference, surroundings: Surroundings, sharing: Sharing) -> Iterator[Source]:
    """Return a table, and each list of its nested columns."""
    with watch(surroundings) as progress:
        source = open_told(reference, progress, sharing.engine)
    yield source
    for inner in tables_within(reference, source):
        with watch(surroundings) as progress:
            found = open_told(inner, progress, sharing.engine)
        yield found


def _scan_one(
    source: Source, arguments: argparse.Namespace, surroundings: Surroundings, sharing: Sharing
) -> tuple[str, Classification]:
    with TemporaryDirectory(dir=scratch_folder()) as folder, watch(surroundings) as progress:
        key = secrets.token_bytes(32)
        means = ScanMeans(load_laws(), surroundings.today, key, Path(folder), progress, arguments.exact, sharing)
        found = scan_source(source, arguments.subject_key, means)
    for note in source.notes:
        surroundings.side.print(f"note: {escape(note)}")
    return source.name, found


def _require_columns(asked: list[str], names: list[str]) -> None:
    for name in asked:
        if name not in names:
            raise InputError(f"the data have no column `{name}`", nearest_columns([name], names))


def _explain(found: list[Classification], name: str, words: ScanWords, surroundings: Surroundings) -> int:
    columns = [(column, one.rows) for one in found for column in one.columns if column.name == name]
    documents = [column_document(column, rows, words) for column, rows in columns]
    surroundings.answer(documents[0] if len(documents) == 1 else documents)
    for column, rows in columns:
        show_evidence(column, rows, surroundings.console, words)
    return 0
