"""`lockgate evidence prove N|ID|DIR`: the proof that a leaf is in the log, or that the log only grew."""

import argparse
import re
from pathlib import Path

from lockgate.cli.reveal import existing_home
from lockgate.cli.surroundings import Surroundings
from lockgate.evidence.checkpoint import parse_checkpoint
from lockgate.evidence.disk import FileDisk, replace_file
from lockgate.evidence.dossier import statement_hash
from lockgate.evidence.log_reading import LogReader
from lockgate.evidence.witness import render_submission
from lockgate.flow.cosigning import best_checkpoint, cosigned_of, open_reader
from lockgate.flow.log_entries import find_entry, known_records, list_entries
from lockgate.flow.recovery import STATEMENT
from lockgate.store.home import Home
from lockgate.terms.errors import EvidenceError, InputError

HELP = "write the proof that a leaf is in the log (C2SP tlog-proof), or that the log only grew"

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument(
        "wanted", metavar="N|ID|HASH|DIR", nargs="?", default="", help="a leaf, a release or record, or its folder"
    )
    parser.add_argument(
        "--checkpoint",
        metavar="FILE|SIZE",
        default="",
        help="prove against this checkpoint, or the cosigned one of a size; else the best cosigned, or the newest",
    )
    parser.add_argument(
        "--since", metavar="FILE|SIZE", default="", help="prove that the log only grew since an earlier checkpoint"
    )
    parser.add_argument("--out", metavar="FILE", default="", help="where to; standard output where left out")


def run(arguments: argparse.Namespace, surroundings: Surroundings) -> int:
    """Prove, write, return 0."""
    if bool(arguments.wanted) == bool(arguments.since):
        raise InputError("expected a leaf to prove, or --since an earlier checkpoint", "name one of the two")
    home = existing_home(surroundings)
    log = open_reader(home)
    made = _grown(arguments, home, log) if arguments.since else _included(arguments, home, log)
    text = str(made["proof"])
    if arguments.out:
        try:
            replace_file(FileDisk(), Path(arguments.out), text.encode())
        except OSError as error:
            reason = (error.strerror or "the system refused").lower()
            raise InputError(
                f"--out: `{arguments.out}` cannot be written: {reason}", "name a file in a folder that is there"
            ) from error
    surroundings.answer({**made, "out": arguments.out or None})
    if arguments.out:
        surroundings.console.print(f"{made['what']}: {arguments.out}", markup=False, soft_wrap=True)
    else:
        surroundings.console.print(text, end="", markup=False, soft_wrap=True)
    return 0


def _included(arguments: argparse.Namespace, home: Home, log: LogReader) -> dict[str, object]:
    records = known_records(home)
    found = find_entry(_hash_in(arguments.wanted) or arguments.wanted, list_entries(log, records))
    given = arguments.checkpoint
    checkpoint = _checkpoint(given, home, log) if given else best_checkpoint(home, found.leaf) or log.checkpoint()
    proof = log.prove(found.leaf, checkpoint)
    size = parse_checkpoint(checkpoint.encode()).head.size
    return {"what": f"leaf {found.leaf} is in the tree of {size}", "leaf": found.leaf, "size": size, "proof": proof}


def _grown(arguments: argparse.Namespace, home: Home, log: LogReader) -> dict[str, object]:
    """Return a consistency proof, in the form in which a witness takes it: old size, hashes, checkpoint."""
    later = _checkpoint(arguments.checkpoint, home, log) if arguments.checkpoint else log.checkpoint()
    new = parse_checkpoint(later.encode()).head.size
    if _SIZE.fullmatch(arguments.since):
        old = int(arguments.since)
        if old > new:
            raise InputError(f"--since: no tree of {old} leaves, only of up to {new}", "name an earlier one")
    else:
        old = log.check_earlier(read_checkpoint(arguments.since)).head.size
    path = log.consistency(old, new)
    proof = render_submission(old, path, later).decode()
    what = f"the tree of {new} begins with that of {old}"
    return {"what": what, "since": old, "size": new, "old_root": log.root_at(old).hex(), "proof": proof}


def _checkpoint(given: str, home: Home, log: LogReader) -> str:
    """Return a checkpoint of this log, from a file, or by the size of a cosigned one."""
    if not _SIZE.fullmatch(given) or Path(given).is_file():
        text = read_checkpoint(given)
    elif int(given) == log.size:
        text = cosigned_of(home).checkpoint(log.size) or log.checkpoint()
    else:
        text = cosigned_of(home).checkpoint(int(given))
        if not text:
            sizes = ", ".join(map(str, (*cosigned_of(home).sizes()[:5], log.size)))
            raise InputError(f"--checkpoint: no cosigned checkpoint of {given} leaves is kept", f"take one of {sizes}")
    log.check_earlier(text)
    return text


def read_checkpoint(path: str) -> str:
    """Return the text of a file that holds a checkpoint.

    Raises:
        InputError: If it holds none.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
        parse_checkpoint(text.encode())
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"`{path}`: no such checkpoint", "name a file, or a number of leaves") from error
    except EvidenceError as error:
        raise InputError(f"`{path}` is no checkpoint", "name a file that a log's `checkpoint` was saved in") from error
    return text


def _hash_in(place: str) -> str:
    """Return the hash of the statement in a folder or file; empty if it is neither."""
    path = Path(place)
    if path.is_dir():
        path /= STATEMENT
    elif path.name != STATEMENT:
        return ""
    try:
        return statement_hash(path.read_bytes())
    except OSError as error:
        raise InputError(f"`{place}`: no {STATEMENT} here", "name a release folder, or a leaf") from error
