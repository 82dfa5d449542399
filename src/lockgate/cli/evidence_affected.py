"""`lockgate affected --by …`: the releases of this home that a change reaches."""

import argparse
from datetime import date

from rich.markup import escape
from rich.table import Table

from lockgate.cli.option_values import day
from lockgate.cli.reveal import existing_home
from lockgate.cli.surroundings import Surroundings
from lockgate.flow.affected import Reach, Reached, find_by_law, find_by_recipient, find_by_withdrawal
from lockgate.laws.catalogue import load_laws
from lockgate.store.home import Home
from lockgate.terms.errors import InputError

HELP = "find the releases that a withdrawn consent, a change of law or a recipient reaches"

WAYS = ("consent-withdrawal", "law", "recipient")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("name", metavar="NAME", nargs="?", default="", help="of the recipient or its group")
    parser.add_argument("--by", choices=WAYS, required=True, help="what changed")
    parser.add_argument("--register", metavar="FILE", default="", help="the consent register")
    parser.add_argument("--as-of", metavar="DATE", type=day, help="the day whose law decides")


def run(arguments: argparse.Namespace, surroundings: Surroundings) -> int:
    """Find, print, return 0."""
    found = _find(arguments, existing_home(surroundings), surroundings.today)
    named = [item for item in found if item.reach is not Reach.UNAFFECTED]
    affected = sum(item.reach is Reach.AFFECTED for item in found)
    surroundings.answer(
        {
            "by": arguments.by,
            "releases": len(found),
            "affected": affected,
            "unknown": len(named) - affected,
            "found": named,
        }
    )
    if named:
        surroundings.console.print(_table(named))
    surroundings.console.print(
        f"{affected} of {len(found)} releases affected, {len(named) - affected} of which nobody can tell"
    )
    if affected:
        surroundings.console.print("take one back with `lockgate revoke RELEASE --by NAME --why REASON`")
    return 0


def _find(arguments: argparse.Namespace, home: Home, today: date) -> tuple[Reached, ...]:
    if arguments.by == "consent-withdrawal":
        if not arguments.register:
            raise InputError("--by consent-withdrawal: no register is named", "name its file in --register")
        return find_by_withdrawal(home, arguments.register, today)
    if arguments.by == "law":
        return find_by_law(home, load_laws(), arguments.as_of or today, today)
    if not arguments.name:
        raise InputError("--by recipient: no recipient is named", "write its name behind it")
    return find_by_recipient(home, arguments.name, today)


def _table(named: list[Reached]) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in ("release", "state", "to", "made", "reach", "why"):
        table.add_column(name, overflow="fold")
    for item in named:
        table.add_row(
            item.release, item.state, escape(item.recipient), item.made_at[:10], item.reach.value, escape(item.why)
        )
    return table
