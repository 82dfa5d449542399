"""`lockgate evidence log`: what the leaves of this node's log say, newest last."""

import argparse
from difflib import get_close_matches

from rich.markup import escape
from rich.table import Table

from lockgate.cli.option_values import day, whole_number
from lockgate.cli.reveal import existing_home
from lockgate.cli.surroundings import Surroundings
from lockgate.flow.cosigning import open_reader
from lockgate.flow.log_entries import ALL_KINDS, LogEntry, known_records, list_entries
from lockgate.terms.errors import InputError

HELP = "list the leaves of this node's log: when, what, which release, with what outcome"

_SHOWN_OF_A_HASH = 16


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("--kind", metavar="WORD", action="append", default=[], help="only what is of a kind")
    parser.add_argument("--id", metavar="ID", default="", help="only what is about a release, refusal or record")
    parser.add_argument("--outcome", metavar="WORD", default="", help="only with an outcome, such as refused")
    parser.add_argument("--since", metavar="DATE", type=day, help="only records made on a day or later")
    parser.add_argument("--until", metavar="DATE", type=day, help="only records made on a day or before")
    parser.add_argument("--from", metavar="LEAF", dest="first", type=whole_number, default=0, help="begin at a leaf")
    parser.add_argument("--last", metavar="N", type=whole_number, default=0, help="only the last so many of them")


def run(arguments: argparse.Namespace, surroundings: Surroundings) -> int:
    """Read, choose, print, return 0."""
    if arguments.first < 0 or arguments.last < 0:
        raise InputError("expected --from and --last of 0 or more", "leave them out for the whole log")
    home = existing_home(surroundings)
    log = open_reader(home)
    kinds, chosen = set(), []
    for entry in list_entries(log, known_records(home), arguments.first):
        kinds.add(entry.kind)
        if _is_chosen(entry, arguments):
            chosen.append(entry)
            if arguments.last and len(chosen) > arguments.last:
                del chosen[0]
    known = kinds | set(ALL_KINDS)
    unknown = sorted(set(arguments.kind) - known)
    if unknown:
        near = get_close_matches(unknown[0], sorted(known), n=1, cutoff=0.0)[0]
        raise InputError(f"--kind: no entry is of the kind `{unknown[0]}`", f"take the nearest, `{near}`")
    head = {"origin": log.origin, "size": log.size, "root": log.head.root.hex()}
    surroundings.answer({**head, "entries": chosen})
    surroundings.console.print(_table(chosen))
    surroundings.console.print(f"\n{len(chosen)} of {log.size} leaves of {log.origin}")
    return 0


def _is_chosen(entry: LogEntry, arguments: argparse.Namespace) -> bool:
    """Whether an entry passes the filters; one of which no time is known passes none of time."""
    day = entry.made_at[:10]
    return (
        (not arguments.kind or entry.kind in arguments.kind)
        and arguments.id in ("", entry.id)
        and arguments.outcome in ("", entry.outcome)
        and (arguments.since is None or (day != "" and day >= arguments.since.isoformat()))
        and (arguments.until is None or (day != "" and day <= arguments.until.isoformat()))
    )


def _table(entries: list[LogEntry]) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in ("leaf", "made", "kind", "of", "outcome", "hash"):
        table.add_column(name, overflow="fold", justify="right" if name == "leaf" else "left")
    for entry in entries:
        shown = f"{entry.hash[:_SHOWN_OF_A_HASH]}…" if entry.hash else ""
        made = entry.made_at.replace("T", " ").removesuffix("Z")
        table.add_row(str(entry.leaf), made, escape(entry.kind), escape(entry.id), entry.outcome, shown)
    return table
