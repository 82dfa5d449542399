"""`lockgate evidence cosign`: have the log of this node cosigned by the witnesses of a policy."""

import argparse
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from rich.markup import escape
from rich.table import Table

from lockgate.cli.reveal import existing_home
from lockgate.cli.surroundings import Surroundings
from lockgate.cli.witness_calls import check_address, post
from lockgate.evidence.quorum import describe_quorum
from lockgate.evidence.submission import AGAINST_THE_LOG, Outcome
from lockgate.evidence.trust import Trust
from lockgate.flow.cosigning import Witnessed, cosign, cosigned_of, read_policy
from lockgate.store.home import Home
from lockgate.terms.errors import CounterpartyError, EvidenceError, InputError, LockgateError

HELP = "have the log of this node cosigned by the witnesses of a policy; give dossiers the newer proof"

_LIMIT_S = 10.0
_LIMITS_S = (0.1, 600.0)
_MARKS = {Outcome.COSIGNED: "[green]✓[/]", **dict.fromkeys(AGAINST_THE_LOG, "[red]✗[/]")}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument(
        "--policy", metavar="FILE", default="", help="a tlog-policy with the witnesses' URLs; remembered for next time"
    )
    parser.add_argument("--timeout", metavar="S", type=float, default=_LIMIT_S, help="the longest wait for a witness")
    parser.add_argument("--keep-proofs", action="store_true", help="leave the proofs of dossiers as they are")


def run(arguments: argparse.Namespace, surroundings: Surroundings) -> int:
    """Ask, keep, print, return 0; an error if the quorum was missed or a witness speaks against the log."""
    if not _LIMITS_S[0] <= arguments.timeout <= _LIMITS_S[1]:
        raise InputError(f"--timeout: expected {_LIMITS_S[0]:g} to {_LIMITS_S[1]:g} seconds", "try 10")
    home = existing_home(surroundings)
    trust = _policy(arguments.policy, home)
    now_s = int(surroundings.now.timestamp())
    found = cosign(home, trust, partial(post, limit_s=arguments.timeout), now_s, renews=not arguments.keep_proofs)
    document = {
        "size": found.size,
        "met": found.is_met,
        "asked": found.asked,
        "cosigned_by": found.cosigned_by,
        "renewed": found.renewed,
    }
    _show(found, surroundings)
    problem = _problem(found, trust)
    if problem:
        problem.details = document
        raise problem
    surroundings.answer(document)
    return 0


def _policy(path: str, home: Home) -> Trust:
    """Return the policy of a file, which is remembered, or the one that was given last."""
    kept = cosigned_of(home)
    if not path:
        text = kept.trust_policy()
        if not text:
            raise InputError("no policy names the witnesses of this log", "name a tlog-policy in --policy")
        return _checked(home, text)
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"--policy: `{path}` cannot be read as text", "name the file of a tlog-policy") from error
    trust = _checked(home, text)
    kept.keep_policy(text)
    return trust


def _checked(home: Home, text: str) -> Trust:
    trust = read_policy(home, text)
    for witness in trust.witnesses:
        if witness.url:
            check_address(witness.url)
    return trust


def _show(found: Witnessed, surroundings: Surroundings) -> None:
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(width=1)
    table.add_column()
    table.add_column(overflow="fold")
    for item in found.asked:
        mark = _MARKS.get(item.outcome, "[yellow]·[/]")
        table.add_row(mark, escape(", ".join(item.names)), escape(item.detail))
    surroundings.console.print(table)
    renewed = [item for item in found.renewed if not item.problem]
    for dossier in found.renewed:
        if dossier.problem:
            surroundings.console.print(f"the proof in {escape(dossier.folder)} stays as it was: {dossier.problem}")
    times = ", ".join(f"{escape(name)} {_when(time_s)}" for name, time_s in found.cosigned_by.items()) or "nobody"
    surroundings.console.print(f"\n{found.size} leaves cosigned by {times}")
    if renewed:
        surroundings.console.print(f"newer proof in {len(renewed)} dossier{'' if len(renewed) == 1 else 's'}")


def _problem(found: Witnessed, trust: Trust) -> LockgateError | None:
    against = [item for item in found.asked if item.outcome in AGAINST_THE_LOG]
    if against:
        said = "; ".join(f"{', '.join(item.names)}: {item.detail}" for item in against)
        return EvidenceError(
            f"a witness speaks against this log: {said}",
            "Find out whether the log's folder was brought back from an old copy, or the witness lies.",
        )
    if not found.is_met or not found.cosigned_by:
        needed = describe_quorum(trust.quorum) if trust.quorum else "at least one witness"
        return CounterpartyError(
            f"too few witnesses cosigned: the policy asks for {needed}", "Try again when they answer; nothing is lost."
        )
    return None


def _when(time_s: int) -> str:
    return f"at {datetime.fromtimestamp(time_s, UTC):%Y-%m-%d %H:%M:%S} UTC" if time_s else "(without a time)"
