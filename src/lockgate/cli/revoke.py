"""`lockgate revoke RELEASE|DIR --why … --by …`: take a release back, by a leaf of its own in the log."""

import argparse
import os

from rich.markup import escape

from lockgate.cli.reveal import existing_home
from lockgate.cli.surroundings import Surroundings
from lockgate.flow.revealing import Demand
from lockgate.flow.revoking import revoke

HELP = "take a release back: a tombstone in the log, who and why on record"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("release", metavar="RELEASE|DIR", help="id of a release of this home, or its folder")
    parser.add_argument("--by", metavar="NAME", default="", help="who revokes it")
    parser.add_argument("--why", metavar="REASON", default="", help="why; goes into the record")


def run(arguments: argparse.Namespace, surroundings: Surroundings) -> int:
    """Record, revoke, print, return 0."""
    home = existing_home(surroundings)
    demand = Demand(arguments.by, arguments.why, os.getuid(), surroundings.now)
    revoked = revoke(home, arguments.release, demand, os.urandom)
    surroundings.answer(revoked)
    told = "revoked" if revoked.is_new else f"was revoked before, on {revoked.made_at[:10]} by {escape(revoked.by)}"
    surroundings.console.print(f"release {revoked.release}: {told}")
    surroundings.console.print("what went out is out: ask the recipient to delete it; later releases are still held")
    surroundings.console.print("against it, and `lockgate verify` with this log at hand says that it is revoked")
    surroundings.side.print(f"on record as revocation {revoked.id}, leaf {revoked.leaf}", style="dim")
    return 0
