"""`lockgate evidence fsck`: the evidence of this node held against itself, file by file, to the byte."""

import argparse

from rich.markup import escape
from rich.table import Table

from lockgate.cli.reveal import existing_home
from lockgate.cli.surroundings import Surroundings
from lockgate.flow.log_fsck import Examined, Finding, examine
from lockgate.terms.errors import EvidenceError

HELP = "check all evidence of this node: every file of the log, journal, records, proofs, cosignatures"

_SHOWN_AT_MOST = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare no arguments: all is checked."""


def run(arguments: argparse.Namespace, surroundings: Surroundings) -> int:  # noqa: ARG001 - all commands share one form
    """Check, print, return 0 or 6."""
    found = examine(existing_home(surroundings))
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
    told = f"{found.origin}: {found.size} leaves, {found.files} files and {found.records} of its records looked at"
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
