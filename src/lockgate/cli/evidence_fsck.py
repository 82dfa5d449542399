"""`lockgate evidence fsck`: the evidence of this node held against itself, file by file, to the byte."""

import argparse

from rich.markup import escape
from rich.table import Table

from lockgate.cli.evidence_prove import read_checkpoint
from lockgate.cli.progress import watch
from lockgate.cli.reveal import existing_home
from lockgate.cli.surroundings import Surroundings
from lockgate.flow.home_check import Finding
from lockgate.flow.log_fsck import Examined, examine, remember
from lockgate.terms.errors import EvidenceError

HELP = "check all evidence of this node: every file of the log, journal, records, proofs, cosignatures"

_SHOWN_AT_MOST = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the one argument: all is checked."""
    parser.add_argument(
        "--remember",
        metavar="CHECKPOINT",
        nargs="?",
        const="",
        help="where nothing is wrong but that the home lost high-water.json: take the log as it is for its mark, "
        "once it was found to go on from a checkpoint that somebody else has kept",
    )


def run(arguments: argparse.Namespace, surroundings: Surroundings) -> int:
    """Check, print, return 0 or 6."""
    home = existing_home(surroundings)
    with watch(surroundings) as progress:
        progress.step("checking the evidence")
        if arguments.remember is None:
            found = examine(home)
        else:
            found = remember(home, read_checkpoint(arguments.remember) if arguments.remember else "")
    surroundings.answer({"ok": not found.faults, **{name: getattr(found, name) for name in Examined.__slots__}})
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(width=1)
    table.add_column()
    table.add_column(overflow="fold")
    for fault in found.faults[:_SHOWN_AT_MOST]:
        table.add_row("[red]✗[/]", escape(fault.part), escape(f"{fault.where}: {fault.problem}{_place(fault)}"))
    for note in found.notes[:_SHOWN_AT_MOST]:
        table.add_row("[yellow]·[/]", "", escape(note))
    if found.faults or found.notes:
        surroundings.console.print(table)
    counted = "no checkpoint that can be read" if found.size is None else f"{found.size} leaves"
    told = f"{found.origin or home.path}: {counted}, {found.files} files and {found.records} of its records looked at"
    surroundings.console.print(told, markup=False)
    if found.faults:
        count = len(found.faults)
        more = f", {_SHOWN_AT_MOST} of them shown" if count > _SHOWN_AT_MOST else ""
        surroundings.console.print(f"[bold red]{count} fault{'' if count == 1 else 's'}{more}[/]")
        return EvidenceError.exit_code
    surroundings.console.print("[bold green]Whole[/]")
    return 0


def _place(fault: Finding) -> str:
    parts = []
    if fault.first is not None:
        has_more = fault.last is not None and fault.last > fault.first
        parts.append(f"bytes {fault.first} to {fault.last}" if has_more else f"byte {fault.first}")
    if fault.leaf is not None:
        parts.append(f"leaf {fault.leaf}")
    return f" ({', '.join(parts)})" if parts else ""
