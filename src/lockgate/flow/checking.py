"""The check of a release folder or a lone dossier with all that this program has: a reader of rows, the home's log."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from lockgate.evidence.checkpoint import parse_checkpoint
from lockgate.evidence.disk import FileDisk
from lockgate.evidence.leaf_check import OtherLog
from lockgate.evidence.log_reading import CHECKPOINT, LogReader
from lockgate.evidence.merkle import TreeHead, is_consistent
from lockgate.evidence.note import VerifierKey, verifier_key
from lockgate.evidence.step import Step
from lockgate.evidence.storage import FolderStorage, LogStorage
from lockgate.evidence.trust import Trust
from lockgate.flow.folder_check import FolderMeans, read_evidence
from lockgate.flow.folding import FoldMeans, Hindered
from lockgate.flow.place_check import COSIGNED, check_place, open_published_log, with_cosigned
from lockgate.flow.population_check import PopulationAtHand
from lockgate.flow.progress import Progress, Silent
from lockgate.flow.recovery import check_journal
from lockgate.flow.rereading import rereading_with
from lockgate.flow.sharing import Jobs, Sharing
from lockgate.laws.body import Laws
from lockgate.store.home import KEY_BYTES, Home
from lockgate.store.releases import Releases
from lockgate.tables.scratch import scratch_folder
from lockgate.terms.errors import EvidenceError


@dataclass(frozen=True, slots=True)
class CheckMeans:
    """What a check is given beside the folder.

    Attributes:
        laws: The installed law, under which the decision is replayed.
        trust: Keys that the verifier relies on; None if none is given.
        home: Folder of a home whose log is at hand; None if none was named.
        today: The day by which the end of a permit is judged; None leaves it aside.
        population: The population that the copy was held against, for who has it; None if not.
        data: The data file where it does not lie in the folder; None if it does, or is not at hand.
        log: Folder of a published log; None if none was named. It stands in for a home.
        sharing: How passes over the data are shared.
        progress: Told of them.
        found: Homes that lie near and were not named: one counts only if it holds the log's own secret key. Who hands
            over a release may lay an old copy of a log beside it, or a home whose log lies in a database of their own.
    """

    laws: Laws
    trust: Trust | None
    home: Path | None
    today: date | None = None
    population: PopulationAtHand | None = None
    data: Path | None = None
    log: Path | None = None
    found: tuple[Path, ...] = ()
    sharing: Sharing = field(default_factory=Sharing)
    progress: Progress = field(default_factory=Silent)


def check_release(place: Path, means: CheckMeans) -> tuple[Step, ...]:
    """Return what every step of the check found.

    Args:
        place: A release folder, or the `statement.json` of a lone dossier.
        means: Laws, trust, log.

    Raises:
        InputError: If there is no statement at the place.
        LockgateError: If the data cannot be read here, for want of room or workers, which says nothing of them.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(dir=scratch_folder())))
        passes = FoldMeans(folder, Jobs(folder / "jobs"), means.sharing, means.progress, stack)
        rereading = rereading_with(means.population, passes)
        given = FolderMeans(means.laws, means.trust, means.today, _open_log(means), rereading, means.data)
        try:
            return check_place(place, given)
        except Hindered as hindered:
            raise hindered.error from hindered


def _open_log(means: CheckMeans) -> Callable[[VerifierKey], LogReader | OtherLog | None] | None:
    if means.log is not None:
        return partial(open_published_log, means.log)
    if means.home is not None:
        return partial(_open_with_cosigned, means.home)

    def open_own(key: VerifierKey) -> LogReader | OtherLog | None:
        return next((_open_with_cosigned(home, key) for home in means.found if _is_signed_in(home, key)), None)

    return open_own if means.found else None


def _open_with_cosigned(home: Path, key: VerifierKey) -> LogReader | OtherLog | None:
    log = open_log_at_hand(home, key)
    return with_cosigned(log, (home / COSIGNED,)) if isinstance(log, LogReader) else log


def _is_signed_in(home: Path, key: VerifierKey) -> bool:
    """Return whether a home holds the secret side of a key."""
    file = home / "keys" / "signing.key"
    if not file.is_file() or file.stat().st_size != KEY_BYTES:
        return False
    return verifier_key(key.name, file.read_bytes()) == key


def open_log_at_hand(home: Path, key: VerifierKey) -> LogReader | OtherLog | None:
    """Return the log of a home, held against what the home remembers of it; None if it has none.

    Raises:
        EvidenceError: If the log is broken, or shorter than or other than the home remembers, or its mark is gone.
    """
    opened = Home(home, FileDisk())
    is_mine = _is_signed_in(home, key) and opened.origin == key.name
    # before the log, behind which they can only lag
    known, mark = Releases(opened.releases).known_size() if is_mine else 0, opened.high_water()
    storage = opened.log_storage(key.name)
    is_there, other = _look_for(opened, storage, mark, (key, is_mine))
    if not is_there:
        return other
    log = LogReader.open_in(storage, key)
    if is_mine:
        if opened.has_lost_mark(mark or opened.high_water(), log.size):  # asked again: it may be new as the log is
            raise opened.lost_mark()
        check_journal(known, log.size)
    if mark is not None and log.size < mark.size:
        raise EvidenceError(f"log cut short: it holds {log.size} leaves and has held {mark.size}")
    if mark is not None and not is_consistent(mark, log.head, log.consistency(mark.size)):
        raise EvidenceError(f"log forked: its first {mark.size} leaves are not those that its home remembers")
    return log


def _look_for(
    home: Home, storage: LogStorage, mark: TreeHead | None, whose: tuple[VerifierKey, bool]
) -> tuple[bool, OtherLog | None]:
    """Return whether a home has the log of a key, which may be its own; and if not, which other one it has."""
    key, is_mine = whose
    if not isinstance(storage, FolderStorage):
        is_absent = storage.is_new() and (mark is None or not is_mine)
        return not is_absent, OtherLog() if is_absent and mark is not None else None
    if not home.log.is_dir() and mark is None:
        if is_mine and home.has_records():
            raise EvidenceError("the log is gone, and so is what this home remembers of it")
        return False, None
    data = read_evidence(home.log / CHECKPOINT)
    if data is None:
        raise EvidenceError("log cut short: its checkpoint is gone")
    origin = parse_checkpoint(data).origin
    if origin != key.name and is_mine:
        raise EvidenceError("the checkpoint of this home's log names another log")
    return origin == key.name, None if origin == key.name else OtherLog(origin)
