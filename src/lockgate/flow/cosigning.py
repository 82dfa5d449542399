"""The log of this home cosigned by witnesses, and the proofs of its dossiers made anew with the cosignatures.

The steps:

1. the log is read as it stands, without its lock: a release may be running;
2. what was cosigned before must be a beginning of it, else it was cut short or forked;
3. every address of the policy is asked at once;
4. the lines that hold are kept, durably, beside the log;
5. dossiers of this home whose proof has too few of them get a newer proof of the same leaf.

A witness that says something against the log does not hinder steps 4 and 5; it is for the door to raise the alarm.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from lockgate.evidence.checkpoint import parse_checkpoint
from lockgate.evidence.disk import FileDisk, replace_file
from lockgate.evidence.dossier import statement_hash
from lockgate.evidence.log_reading import LogReader
from lockgate.evidence.proof import parse_proof
from lockgate.evidence.submission import Asked, ask
from lockgate.evidence.trust import Trust, Witness, parse_trust
from lockgate.evidence.witness import Answer
from lockgate.flow.checking import open_log_at_hand
from lockgate.flow.log_entries import RECORD_FOLDERS
from lockgate.flow.recovery import PROOF, STATEMENT
from lockgate.store.cosigned import Cosigned
from lockgate.store.home import Home
from lockgate.store.releases import Releases, ReleaseState, RunningRelease
from lockgate.terms.errors import EvidenceError, InputError

Post = Callable[[str, bytes], Answer]
"""Sends a body to the witness at an address; raises `CounterpartyError` if there is no answer."""

_ASKED_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Renewed:
    """A dossier of this home whose proof was to be made anew.

    Attributes:
        folder: Where it lies.
        leaf: Number of its leaf.
        problem: Why its proof could not be replaced; empty if it was.
    """

    folder: str
    leaf: int
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Witnessed:
    """What came of having the log cosigned.

    Attributes:
        size: Leaves of the checkpoint that was sent.
        asked: What each address said.
        cosigned_by: Names of the policy whose lines hold on that checkpoint, with their times, seconds since 1970.
        is_met: Whether they are the policy's quorum.
        renewed: Dossiers that got a newer proof.
    """

    size: int
    asked: tuple[Asked, ...]
    cosigned_by: dict[str, int]
    is_met: bool
    renewed: tuple[Renewed, ...]


def open_reader(home: Home) -> LogReader:
    """Return the log of a home for reading, held against what the home remembers of it; takes no lock.

    Raises:
        InputError: If the home has no log yet.
        EvidenceError: If the log is broken, cut short or forked.
    """
    # Asking for the key makes one, which a home that never released anything shall not have from being read.
    if not (home.keys / "signing.key").exists():
        raise _no_log(home)
    log = open_log_at_hand(home.path, home.verifier_key)
    if not isinstance(log, LogReader):
        raise _no_log(home)
    return log


def cosigned_of(home: Home) -> Cosigned:
    """Return the cosigned checkpoints of a home."""
    return Cosigned(home.path / "cosigned")


def read_policy(home: Home, text: str) -> Trust:
    """Return the policy whose witnesses are asked.

    Args:
        home: Whose log.
        text: Of the policy.

    Raises:
        InputError: If it is no policy, names no witness, or does not name the log of this home.
    """
    trust = parse_trust(text)
    if not any(map(trust.covers, (home.verifier_key, home.cosigner_key))):
        raise InputError("the policy does not name the log of this home", f"add a line to it: log {home.verifier_key}")
    if not any(item.url for item in trust.witnesses):
        raise InputError("the policy names no witness with an address", "add its URL behind its key")
    return trust


def cosign(home: Home, trust: Trust, post: Post, now_s: int, *, renews: bool = True) -> Witnessed:
    """Return what the witnesses of a policy said of this home's log, once what they cosigned is kept.

    Args:
        home: Whose log; its lock is not taken.
        trust: From `read_policy`.
        post: Sends a body to a witness.
        now_s: Seconds since 1970.
        renews: Whether dossiers of this home get newer proofs.

    Raises:
        InputError: If the home has no log yet.
        EvidenceError: If the log is broken, cut short or forked, or a cosigned checkpoint is damaged.
        LockgateError: If what was cosigned cannot be kept.
    """
    log, kept = open_reader(home), cosigned_of(home)  # 1
    newest = kept.newest()
    if newest:
        log.check_earlier(newest)  # 2
    addresses = _addresses(trust)
    known = {url: _known_size(kept, witnesses) for url, witnesses in addresses.items()}

    def ask_one(url: str) -> Asked:
        return ask(addresses[url], log, known[url], lambda body: post(url, body), now_s)

    with ThreadPoolExecutor(_ASKED_AT_ONCE) as pool:
        asked = tuple(pool.map(ask_one, addresses))  # 3
    lines = [line for item in asked for line in item.lines]
    text = kept.add(log.checkpoint(), lines) if lines else kept.checkpoint(log.size) or log.checkpoint()  # 4
    times = trust.witnessed_by(parse_checkpoint(text.encode()))
    renewed = _renew(home, log, text, trust) if renews and times else ()  # 5
    return Witnessed(log.size, asked, times, trust.is_met_by(times), renewed)


def best_checkpoint(home: Home, leaf: int) -> str:
    """Return the checkpoint that a proof of a leaf is best made against: cosigned as the home's policy asks.

    Args:
        home: Whose log.
        leaf: Number of the leaf.

    Returns:
        The newest cosigned checkpoint that holds the leaf and has the quorum, or else the newest that holds it; empty
        if there is none.
    """
    kept = cosigned_of(home)
    policy = kept.trust_policy()
    trust = parse_trust(policy) if policy else None
    holding = [kept.checkpoint(size) for size in kept.sizes() if size > leaf]
    for text in holding:
        if trust and trust.is_met_by(trust.witnessed_by(parse_checkpoint(text.encode()))):
            return text
    return holding[0] if holding else ""


def _addresses(trust: Trust) -> dict[str, list[Witness]]:
    addresses: dict[str, list[Witness]] = {}
    for witness in trust.witnesses:
        if witness.url:
            addresses.setdefault(witness.url.rstrip("/"), []).append(witness)
    return addresses


def _known_size(kept: Cosigned, witnesses: Sequence[Witness]) -> int:
    """Return the size that a witness cosigned last, as far as is known here."""
    keys = {(item.key.name, item.key.key_id) for item in witnesses}
    for size in kept.sizes():
        lines = parse_checkpoint(kept.checkpoint(size).encode()).note.signatures
        if any(line[:2] in keys for line in lines):
            return size
    return 0


def _renew(home: Home, log: LogReader, checkpoint: str, trust: Trust) -> tuple[Renewed, ...]:
    head = parse_checkpoint(checkpoint.encode())
    reached = set(trust.witnessed_by(head))
    renewed = []
    for folder in _dossiers(home):
        try:
            proof = parse_proof((folder / PROOF).read_bytes())
        except (OSError, EvidenceError):
            continue  # there is nothing to renew; `evidence fsck` says what is wrong with it
        is_better = reached > set(trust.witnessed_by(proof.checkpoint))
        if not is_better or proof.checkpoint.origin != log.origin or proof.index >= head.head.size:
            continue
        try:
            replace_file(FileDisk(), folder / PROOF, log.prove(proof.index, checkpoint).encode())
            problem = ""
        except OSError as error:
            problem = (error.strerror or "the system refused").lower()
        renewed.append(Renewed(str(folder), proof.index, problem))
    return tuple(renewed)


def _dossiers(home: Home) -> Iterator[Path]:
    """Yield the folders of dossiers that are where this home put them."""
    for running in Releases(home.releases).list_all():
        if running.state in (ReleaseState.RELEASED, ReleaseState.REVOKED) and _is_its(running.target, running):
            yield running.target
    for name in RECORD_FOLDERS:
        kept = home.path / name
        yield from sorted(item for item in kept.iterdir() if item.is_dir()) if kept.is_dir() else ()


def _is_its(folder: Path, running: RunningRelease) -> bool:
    try:
        return statement_hash((folder / STATEMENT).read_bytes()) == running.statement_hash
    except OSError:
        return False


def _no_log(home: Home) -> InputError:
    return InputError(f"`{home.path}`: no log in this home yet", "make a release first, or name a home in --home")
