"""`lockgate evidence statistics`: releases, refusals by article, revocations, expiries, budgets; from the log."""

import argparse
from typing import Any

from rich.markup import escape
from rich.table import Table

from lockgate.cli.option_values import day
from lockgate.cli.reveal import existing_home
from lockgate.cli.surroundings import Surroundings
from lockgate.flow.cosigning import open_reader
from lockgate.flow.log_entries import known_records
from lockgate.flow.log_export import read_record
from lockgate.flow.log_statistics import count_log

HELP = "count what the log holds: releases, refusals by article, revocations, expiries, budgets"

_MILLION = 1_000_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("--as-of", metavar="DATE", type=day, help="the day by which permits have ended")


def run(arguments: argparse.Namespace, surroundings: Surroundings) -> int:
    """Count, print, return 0."""
    home = existing_home(surroundings)
    log, records = open_reader(home), known_records(home)
    figures = count_log(
        log, lambda hash_: read_record(records.get(hash_), hash_), arguments.as_of or surroundings.today
    )
    surroundings.answer(figures)
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column()
    table.add_column(justify="right")
    table.add_column(overflow="fold")
    for name, count, note in _rows(figures):
        table.add_row(escape(name), str(count), note)
    surroundings.console.print(table)
    surroundings.console.print(f"\n{figures['size']} leaves of {figures['origin']}, root {figures['root'][:16]}…")
    return 0


def _rows(figures: dict[str, Any]) -> list[tuple[str, object, str]]:
    releases, refusals, budgets = (figures[name] for name in ("releases", "refusals", "budgets"))
    lost = releases["recorded"] - releases["opened"]
    closed = refusals["total"] - refusals["opened"]
    rows: list[tuple[str, object, str]] = [
        ("releases that went out", releases["went_out"], ""),
        ("  given up", releases["abandoned"], ""),
        ("  revoked", releases["revoked"], ""),
        ("  expired", releases["expired"], f"of {lost} the record is not at hand" if lost else ""),
        ("refusals", refusals["total"], f"of {closed} the record is not at hand" if closed else ""),
    ]
    rows += [(f"  {name}", count, "") for name, count in refusals["outcomes"].items()]
    rows += [(f"  by {name}", count, "") for name, count in refusals["articles"].items()]
    if budgets["reserved"]:
        spent = budgets["spent"]
        note = f"epsilon {spent['epsilon_micro'] / _MILLION:g}, rho {spent['rho_micro'] / _MILLION:g} in all"
        rows.append(("parts of privacy budgets spent", budgets["reserved"] - budgets["returned"], note))
    for name, count in figures["sealed"].items():
        note = f"{count['overdue']} overdue, {count['opened']} opened, {count['deleted']} deleted"
        rows.append((f"sealed records, {name}", count["sealed"], note))
    return rows
