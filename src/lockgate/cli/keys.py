"""`lockgate keys`: the public key that others need to trust this node's releases; secret keys made anew."""

import argparse
from pathlib import Path

from lockgate.cli.surroundings import Surroundings
from lockgate.store import vault
from lockgate.store.home import Home
from lockgate.store.key_versions import newest_version, rotate

HELP = "show the public key of this node's log, for those who verify; make a secret key anew"

_ROTATED = ("pseudonym", vault.KEY)
"""Keys that may have versions: of what protection makes, and of the vault."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument(
        "--rotate",
        choices=_ROTATED,
        default="",
        help="make a new version of a secret key, for what is made from now on; older versions stay",
    )


def run(arguments: argparse.Namespace, surroundings: Surroundings) -> int:
    """Print the verifier key and the versions of secret keys, return 0."""
    home = Home.open(surroundings.home_beside(Path.cwd()))
    if arguments.rotate:
        with home.lock():
            version = rotate(home, arguments.rotate)
        surroundings.side.print(f"the key `{arguments.rotate}` has version {version} from now on", style="dim")
    key = str(home.verifier_key)
    versions = {name: newest_version(home, name) for name in _ROTATED}
    cosigner = str(home.cosigner_key)
    document = {"origin": home.origin, "key": key, "cosigner_key": cosigner}
    surroundings.answer({**document, "home": str(home.path), "versions": versions})
    surroundings.console.print(key, soft_wrap=True)
    surroundings.console.print(cosigner, soft_wrap=True)
    surroundings.side.print("hand this to those who verify: lockgate verify DIR --trust KEY", style="dim")
    surroundings.side.print("the second is ML-DSA-44: name it in a tlog-policy as a witness", style="dim")
    return 0
