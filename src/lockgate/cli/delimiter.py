"""The option `--delimiter` of commands that read a table."""

import argparse

from lockgate.tables.csv_dialect import SIGNS, read_sign
from lockgate.terms.errors import InputError


def add_argument(parser: argparse.ArgumentParser) -> None:
    """Declare the option."""
    parser.add_argument(
        "--delimiter", metavar="SIGN", default="", help="what separates the cells of a CSV file, such as ^ or \\t"
    )


def read(arguments: argparse.Namespace) -> str:
    """Return the delimiter; empty if it is to be found.

    Raises:
        InputError: If it is none.
    """
    found = read_sign(arguments.delimiter)
    if arguments.delimiter and not found:
        raise InputError(f"--delimiter: expected {SIGNS}, found `{arguments.delimiter}`", "name the one sign")
    return found
