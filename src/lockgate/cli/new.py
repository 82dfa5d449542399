"""`lockgate new SOURCE`: a flow file from a scan, with the questions as comments."""

import argparse
import secrets
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.markup import escape

from lockgate.cli import delimiter
from lockgate.cli.progress import watch
from lockgate.cli.surroundings import Surroundings
from lockgate.cli.text_file import write_whole
from lockgate.flow.new_file import write_flow_text
from lockgate.flow.progress import open_told
from lockgate.flow.scanning import ScanMeans, scan_source
from lockgate.laws.catalogue import load_laws
from lockgate.tables.local_path import local_path
from lockgate.tables.scratch import scratch_folder
from lockgate.terms.errors import InputError
from lockgate.terms.flow_request import SourceReference

HELP = "write a flow file from a scan, with the questions as comments"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("source", metavar="SOURCE", help="a file, a glob, a folder, or a database")
    parser.add_argument("--table", default="", help="table of a database")
    delimiter.add_argument(parser)
    parser.add_argument("--out", metavar="FILE", default="", help="the flow file; default: SOURCE's name with .toml")


def run(arguments: argparse.Namespace, surroundings: Surroundings) -> int:
    """Scan, write the flow file, return 0."""
    reference = SourceReference(arguments.source, arguments.table, delimiter=delimiter.read(arguments))
    with watch(surroundings) as progress:
        source = open_told(reference, progress)
    path = Path(arguments.out or f"{Path(source.name).stem}.toml")
    if path.exists():
        raise InputError(f"`{path}` exists already", "name another file with --out")
    with TemporaryDirectory(dir=scratch_folder()) as folder, watch(surroundings) as progress:
        means = ScanMeans(load_laws(), surroundings.today, secrets.token_bytes(32), Path(folder), progress)
        found = scan_source(source, "", means)
    text = write_flow_text(found, replace(reference, location=_relative(arguments.source, path)), surroundings.today)
    write_whole(path, text)
    surroundings.answer({"flow": str(path), "columns": len(found.columns), "persons": found.persons.count})
    surroundings.console.print(escape(f"{path} is written. Fill in what it asks, then: lockgate decide {path}"))
    return 0


def _relative(source: str, path: Path) -> str:
    """Return how a flow file names its source: relative to its own folder, as far as that is possible."""
    source = local_path(source)
    if "://" in source:
        return source
    place = Path(source).absolute()
    folder = path.absolute().parent
    return place.relative_to(folder).as_posix() if place.is_relative_to(folder) else place.as_posix()
