"""`lockgate evidence review [RECORD --until DATE]`: the sealed records of the log, those overdue; move a day."""

import argparse
import os
from datetime import date

from rich.table import Table

from lockgate.cli.evidence_open import add_asked, asked
from lockgate.cli.option_values import day
from lockgate.cli.reveal import existing_home
from lockgate.cli.surroundings import Surroundings
from lockgate.evidence.sealing import Followed, count_sealed, follow_sealed
from lockgate.flow.recovery import open_log
from lockgate.flow.sealing import review_sealed
from lockgate.store.home import Home
from lockgate.terms.errors import InputError

HELP = "list sealed records and count those overdue for review; with RECORD, move its day"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("record", metavar="RECORD", nargs="?", default="", help="its name, or the first digits of it")
    parser.add_argument("--until", metavar="DATE", type=day, help="the next day of review")
    add_asked(parser)


def run(arguments: argparse.Namespace, surroundings: Surroundings) -> int:
    """List, or move a day; return 0."""
    home = existing_home(surroundings)
    if not arguments.record:
        _show(home, surroundings)
        return 0
    if arguments.until is None:
        raise InputError("expected the next day of review in --until", "name a day to come")
    demand = asked(arguments, surroundings)
    sealed, leaf = review_sealed(home, arguments.record, arguments.until, demand, os.urandom)
    surroundings.answer({"record": sealed.commitment, "review": arguments.until, "leaf": leaf})
    surroundings.console.print(f"{sealed.commitment[:16]}: to be looked at again by {arguments.until}, leaf {leaf}")
    return 0


def _show(home: Home, surroundings: Surroundings) -> None:
    with home.lock():
        entries = open_log(home).reader.entries()
    followed, counts = follow_sealed(entries), count_sealed(entries, surroundings.today)
    surroundings.answer({"records": list(followed.values()), "counts": counts})
    if not followed:
        surroundings.console.print("No record is sealed.")
        return
    table = Table(box=None, pad_edge=False)
    for name in ("record", "authority", "country", "month", "review", "state"):
        table.add_column(name, overflow="fold")
    for key, item in followed.items():
        cover = item.sealed.cover
        table.add_row(
            key[:16], cover.authority, cover.country, cover.month, str(item.review), _state(item, surroundings.today)
        )
    surroundings.console.print(table)
    overdue = sum(count.overdue for count in counts)
    surroundings.console.print(f"{overdue} of {len(followed)} overdue on {surroundings.today}")


def _state(item: Followed, today: date) -> str:
    if item.is_deleted:
        return "deleted"
    if item.opened:
        return "opened"
    return "overdue" if item.is_overdue(today) else "sealed"
