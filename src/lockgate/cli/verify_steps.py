"""What `lockgate verify` and `lockgate-verify` share: arguments, the trust anchor, the steps in words for people."""

import argparse
import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from lockgate.cli.plain_text import one_line, spell_mixed
from lockgate.cli.surroundings import Surroundings
from lockgate.evidence.release_state import STATE
from lockgate.evidence.step import Step
from lockgate.evidence.trust import Trust, parse_trust
from lockgate.terms.errors import EvidenceError, InputError

HELP = "check a release or a dossier, offline, step by step"

_HASH = re.compile(r"\b[0-9a-f]{64}\b")
_SHOWN_OF_A_HASH = 16
"""Digits of a hash that people are shown, so that lines stay whole; --json has all."""

_DIFFERENCES_AT_MOST = 20
"""Differences that people are shown; --json has all."""

_TRUST_AT_MOST = 4 << 20
"""Bytes of a file of keys or a policy; a policy of a thousand witnesses holds half of it."""

_LETTERS_AT_MOST = 2000
"""Letters of what a step found that people are shown; --json has all."""

FAILED: Mapping[str, str] = MappingProxyType(
    {
        "statement": "this is no statement that lockgate wrote: nothing here can be relied on",
        "files": "the files are not the ones that were released",
        "data": "what stands in the data is not what was released",
        "proof": "nothing shows that the statement was ever recorded",
        "signature": "the log that the statement names did not sign this",
        "inclusion": "the log did not record this statement: it was changed or made up afterwards",
        "trust": "you do not rely on whoever signed it, or too few of your witnesses saw it",
        "log": "the log was cut short, or shows different people different things",
        "decision": "the law installed here does not give the recorded decision from the recorded facts",
        "verification": "the data are not protected as the statement says",
        "population": "the copy does not stand in its population as the statement says",
        "report": "the page shows something else than the statement; rely on the statement alone",
        "credential": "the credential was not signed by whom it names, or was changed",
        "column": "the column is not one of the release that the log recorded",
        STATE: "the release must not be relied on any more",
    }
)
"""What it means when a step fails."""

OPEN: Mapping[str, str] = MappingProxyType(
    {
        "files": "name the data with --data",
        "data": "name the data with --data, to lockgate itself",
        "trust": "give the signer's key with --trust",
        "log": "name a copy of the log with --log, or to lockgate itself its --home, whose head has the signatures "
        "of the log's keys and of your quorum",
        "verification": "name the data with --data, to lockgate itself",
        "population": "name the population with --population, to lockgate itself",
        "report": "put report.html beside the statement; another version of lockgate renders another page",
        STATE: "name a newer copy of the log with --log, or to lockgate itself its --home",
    }
)
"""What settles a question that a step leaves open."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments that both programs have."""
    parser.add_argument(
        "place", metavar="DIR|FILE", help="a release folder, a statement.json, a column that is shown, a credential"
    )
    parser.add_argument("--trust", metavar="KEY|POLICY", help="a verifier key, or a file with keys or a tlog-policy")
    parser.add_argument("--strict", action="store_true", help="fail where a question stays open, such as who signed")
    parser.add_argument("--log", metavar="DIR", help="a published copy of the log, to be held against the dossier")
    parser.add_argument("--data", metavar="FILE", help="the released data, where they do not lie in DIR")


def place_of(arguments: argparse.Namespace) -> Path:
    """Return what is to be checked.

    Raises:
        InputError: If there is nothing.
    """
    place = Path(arguments.place)
    if not place.exists():
        raise InputError(f"`{place}`: no such folder or file", "name a release folder or a statement.json")
    return place


def trust_of(arguments: argparse.Namespace) -> Trust | None:
    """Return the trust anchor that was named; None if none was."""
    return None if arguments.trust is None else read_trust(arguments.trust)


def data_of(arguments: argparse.Namespace) -> Path | None:
    """Return the data file that was named; None if none was."""
    return Path(arguments.data) if arguments.data else None


def log_of(arguments: argparse.Namespace) -> Path | None:
    """Return the folder of the log that was named; None if none was.

    Raises:
        InputError: If there is no such folder.
    """
    if arguments.log is None:
        return None
    folder = Path(arguments.log)
    if not arguments.log or not folder.is_dir():
        raise InputError(f"--log: no folder at `{folder}`", "name the folder that holds the log's checkpoint")
    return folder


def tell(steps: tuple[Step, ...], arguments: argparse.Namespace, surroundings: Surroundings) -> int:
    """Print the steps, return 0 or 6."""
    ok = all(step.ok and (step.settled or not arguments.strict) for step in steps)
    surroundings.answer({"ok": ok, "steps": steps})
    show_steps(steps, surroundings.console, is_strict=arguments.strict)
    return 0 if ok else EvidenceError.exit_code


def read_trust(given: str) -> Trust:
    """Return the trust anchor that a key or a file states.

    Raises:
        InputError: If it is neither.
    """
    path = Path(given)
    if not _is_file(path):
        return _parse_key(given)
    if path.stat().st_size > _TRUST_AT_MOST:
        raise InputError(f"--trust: `{given}` is larger than any policy", "name a key, or a file with keys or a policy")
    try:
        return parse_trust(path.read_text(encoding="utf-8"))
    except InputError as error:  # its words quote a line of the file, and it may be any file
        raise InputError(f"--trust: `{given}` holds no keys and no policy", error.hint) from error
    except UnicodeDecodeError as error:
        raise InputError(f"--trust: `{given}` is no text", "name a key, or a file with keys or a policy") from error


def _parse_key(given: str) -> Trust:
    try:
        return parse_trust(given)
    except InputError as error:
        raise InputError(f"--trust: no such file, and no key either: {error}", error.hint) from error


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a key is longer than the name of a file may be
        return False


def show_steps(steps: tuple[Step, ...], console: Console, *, is_strict: bool = False) -> None:
    """Print the steps of a check and what they mean together."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(width=1)
    table.add_column()
    table.add_column(overflow="fold")
    for step in steps:
        mark = "[red]✗[/]" if not step.ok else "[green]✓[/]" if step.settled else "[yellow]·[/]"
        table.add_row(mark, step.step, escape(_shown(step.detail)))
    console.print(table)
    for step in steps:
        _show_differences(step, console)
    console.print()
    console.print(_verdict(steps, is_strict=is_strict))


def _verdict(steps: tuple[Step, ...], *, is_strict: bool) -> str:
    """Return what the steps mean together: the first that failed, or what stays open."""
    failed = [step.step for step in steps if not step.ok]
    open_ = [step.step for step in steps if step.ok and not step.settled]
    if failed:
        return _failure(failed)
    if not open_:
        return "[bold green]Intact[/]"
    if is_strict:
        wanted = "; ".join(f"{name} ({OPEN[name]})" if name in OPEN else name for name in open_)
        return f"[bold red]Not accepted under --strict[/], still open: {escape(wanted)}"
    if "trust" in open_:
        others = ", ".join(name for name in open_ if name != "trust")
        more = f"; open too: {others}" if others else ""
        return f"[bold green]Consistent[/], signer unknown: {OPEN['trust']}{more}"
    return f"[bold green]Intact[/] as far as it was checked; open: {', '.join(open_)}"


def _failure(failed: list[str]) -> str:
    if failed == [STATE]:
        return f"[bold red]No longer in force[/]: the dossier is intact, {FAILED[STATE]}"
    if failed == ["decision"]:
        return f"[bold red]Not repeated[/]: the dossier is what was signed, but {FAILED['decision']}"
    return f"[bold red]Not intact[/]: {failed[0]} failed: {FAILED[failed[0]]}"


def _show_differences(step: Step, console: Console) -> None:
    further = [line for line in step.differences if line not in step.detail]
    shown = further[:_DIFFERENCES_AT_MOST]
    if not shown:
        return
    console.print(f"\nWhat differs in the {step.step}:")
    for line in shown:
        console.print(f"  • {escape(_shown(line))}")
    if len(further) > len(shown):
        console.print(f"  and {len(further) - len(shown)} more; --json has all")


def _shown(said: str) -> str:
    """Return words as one line: names in them were chosen by others, and must not look like a step of their own."""
    line = spell_mixed(one_line(_HASH.sub(_shortened, said)))
    more = len(line) - _LETTERS_AT_MOST
    return line if more <= 0 else f"{line[:_LETTERS_AT_MOST]}… and {more:,} letters more; --json has all"


def _shortened(found: re.Match[str]) -> str:
    return f"{found[0][:_SHOWN_OF_A_HASH]}…"
