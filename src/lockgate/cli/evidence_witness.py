"""`lockgate evidence witness`: cosign the checkpoints of other nodes' logs, as long as each only grows."""

import argparse
import re
import sys
from pathlib import Path

from lockgate.cli.surroundings import Surroundings
from lockgate.cli.witness_door import PATH, WitnessDoor
from lockgate.evidence.cosignature import cosigner_key
from lockgate.evidence.note import ED25519_COSIGNATURE, ML_DSA_44_COSIGNATURE, parse_verifier_key
from lockgate.evidence.witness import Cosigner
from lockgate.store.home import Home
from lockgate.store.witnessing import WitnessMemory
from lockgate.terms.errors import InputError

HELP = "witness the logs of other nodes: cosign checkpoints over HTTP until stopped"

_ADDRESS = re.compile(r"(?P<host>[^\s:]+|\[[0-9a-fA-F:]+\]):(?P<port>[0-9]{1,5})", re.ASCII)
_LAST_PORT = 65_535
_KEYS = {"witness-ed25519": ED25519_COSIGNATURE, "witness-ml-dsa": ML_DSA_44_COSIGNATURE}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("--listen", metavar="HOST:PORT", default="127.0.0.1:0", help="where; port 0 takes a free one")
    parser.add_argument("--log", metavar="VKEY", action="append", default=[], help="the key of a log to witness")
    parser.add_argument("--name", metavar="NAME", default="", help="the name in the witness's keys")


def run(arguments: argparse.Namespace, surroundings: Surroundings) -> int:
    """Print the keys, answer until stopped."""
    logs = {key.name: key for key in map(parse_verifier_key, arguments.log)}
    if not logs or len(logs) < len(arguments.log):
        raise InputError("expected each log once in --log", "give its key, as `lockgate keys` prints it there")
    home = Home.open(surroundings.home_beside(Path.cwd()))
    cosigners = _cosigners(home, arguments.name)
    memory = WitnessMemory.open(home.path / "witness")
    try:
        door = WitnessDoor(_address(arguments.listen), logs, cosigners, memory)
    except OSError as error:
        problem = error.strerror or "no such address"
        raise InputError(f"cannot listen on `{arguments.listen}`: {problem}", "name a free port") from error
    host, port = door.server_address[:2]
    url, keys = f"http://{host!s}:{port}", [str(item.key) for item in cosigners]
    with door:
        surroundings.answer({"url": url, "keys": keys, "logs": sorted(logs)})
        for key in keys:
            surroundings.console.print(key, soft_wrap=True)
        surroundings.side.print(f"answering to POST {url}{PATH}; Ctrl-C ends it", style="dim")
        sys.stdout.flush()
        door.serve_forever()
    return 0


def _cosigners(home: Home, name: str) -> list[Cosigner]:
    """Return the witness's keys; Ed25519 first, because every verifier reads it."""
    seeds = {algorithm: home.key(key) for key, algorithm in _KEYS.items()}
    public = cosigner_key("unnamed", seeds[ED25519_COSIGNATURE], ED25519_COSIGNATURE).public_key
    name = name or f"lockgate.local/witness-{public[:4].hex()}"
    try:
        return [Cosigner(cosigner_key(name, seed, algorithm), seed) for algorithm, seed in seeds.items()]
    except ValueError as error:
        raise InputError(f"`{name}` is no key name", "use no white space and no plus sign") from error


def _address(text: str) -> tuple[str, int]:
    found = _ADDRESS.fullmatch(text)
    if not found or int(found["port"]) > _LAST_PORT:
        raise InputError(f"expected HOST:PORT in --listen, found `{text}`", "for example 127.0.0.1:8080")
    return found["host"].strip("[]"), int(found["port"])
