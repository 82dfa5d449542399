"""A release folder or a lone dossier, checked offline: files read and hashed, decision replayed, log held against it.

The judging is `evidence.check`'s; here is what it needs of the file system. Reading the rows of the data needs a reader
of tables, which arrives as `Rereading`; without one everything else is checked, so that this can be shipped alone.
"""

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any

from lockgate import __version__
from lockgate.evidence.check import DossierFiles, Means, check_dossier
from lockgate.evidence.dossier import DATA, PROOF, REPORT, SALTS, STATEMENT, parse_statement
from lockgate.evidence.leaf_check import OtherLog
from lockgate.evidence.log_reading import LogReader
from lockgate.evidence.note import VerifierKey, parse_verifier_key
from lockgate.evidence.output_check import NO_FILE, MeasuredOutput
from lockgate.evidence.release_state import STATE, check_state
from lockgate.evidence.step import Repetition, Step
from lockgate.evidence.trust import Trust
from lockgate.flow.replaying import replay
from lockgate.laws.body import Laws
from lockgate.terms.errors import EvidenceError, InputError

NEEDS_FULL = "reading the rows needs the full program, lockgate"

POPULATION = "population"
"""Name of the step that holds a copy against the population of its data."""

_MOST_BYTES = 64 << 20
"""The most that a statement, a proof or a report may hold; the largest of real ones hold a hundredth of it."""

OWN_FILES = frozenset({STATEMENT, PROOF, REPORT, SALTS})
"""Files of a dossier, which no statement lists."""

_STATE_RESTS_ON = frozenset({"statement", "column", "proof", "signature", "inclusion", "log"})


@dataclass(frozen=True, slots=True)
class RowsRead:
    """What a reader got from a data file.

    Attributes:
        rows: Their number.
        data_hash: Root over them, hexadecimal.
        columns: Column roots by name, without salt, hexadecimal.
        problem: Why they could not be read; empty if they could.
    """

    rows: int = 0
    data_hash: str = ""
    columns: Mapping[str, str] | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Rereading:
    """A reader of tables.

    Attributes:
        read: From a data file to what is in it.
        remeasure: From a statement and its data file to how the figures stand.
        hold_population: From a statement and its data file, None if it is not at hand, to whether the copy stands in
            its population as the statement says; None where neither side speaks of one.
    """

    read: Callable[[Path], RowsRead]
    remeasure: Callable[[Mapping[str, Any], Path], Repetition]
    hold_population: Callable[[Mapping[str, Any], Path | None], Step | None]


@dataclass(frozen=True, slots=True)
class FolderMeans:
    """What a check is given beside the folder.

    Attributes:
        laws: The installed law, under which the decision is replayed.
        trust: Keys that the verifier relies on; None if none is given.
        today: The day by which the end of a permit is judged; None leaves it aside.
        open_log: From a verifier key to the log at hand, None if there is none after all; None where none was named.
        rereading: A reader of tables; None where there is none.
        data: The data file where it does not lie in the folder; None if it does, or is not at hand.
    """

    laws: Laws
    trust: Trust | None = None
    today: date | None = None
    open_log: Callable[[VerifierKey], LogReader | OtherLog | None] | None = None
    rereading: Rereading | None = None
    data: Path | None = None


def check_folder(place: Path, means: FolderMeans) -> tuple[Step, ...]:
    """Return what every step of the check found.

    Args:
        place: A release folder, or the `statement.json` of a lone dossier.
        means: Laws, trust, log, reader.

    Raises:
        InputError: If there is no statement at the place.
    """
    folder, is_folder = (place, True) if place.is_dir() else (place.parent, False)
    statement = read_evidence(folder / STATEMENT if is_folder else place)
    if statement is None:
        raise InputError(f"`{place}`: no {STATEMENT} here", "name a release folder or a statement.json")
    dossier = DossierFiles(statement, read_evidence(folder / PROOF), read_evidence(folder / REPORT))
    return check_files_of(dossier, folder, means, is_folder=is_folder)


def check_files_of(
    dossier: DossierFiles, folder: Path | None, means: FolderMeans, *, is_folder: bool = False
) -> tuple[Step, ...]:
    """Return what every step of the check of a dossier found, whose files have been read.

    Args:
        dossier: The files.
        folder: Where the data or their salts may lie; None for a dossier that came another way.
        means: Laws, trust, log, reader.
        is_folder: Whether the folder is that of the release, so that data belong there.
    """
    statement = dossier.statement
    file, output = _output(folder, statement, means, is_folder=is_folder)
    can = means.rereading is not None and file is not None and output is not None and not output.problem
    open_log = _open_log(statement, means)
    check_means = Means(
        version=__version__,
        replay=partial(_guarded, partial(replay, laws=means.laws, today=means.today)),
        remeasure=_remeasuring(means.rereading, file) if can else None,
        not_remeasured=NEEDS_FULL if file is not None and means.rereading is None else "no data at hand",
        open_log=open_log,
    )
    steps = check_dossier(dossier, output, means.trust, check_means)
    known = _check_population(statement, steps, means.rereading, file if can else None)
    judge = partial(check_state, statement, today=means.today)
    return (*steps, *known, state_after(steps, open_log, judge))


def describe_plain(file: Path) -> tuple[str, int]:
    """Return hash and size of a file's bytes."""
    digest, size = hashlib.sha256(), 0
    with file.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
            size += len(block)
    return digest.hexdigest(), size


def read_evidence(path: Path) -> bytes | None:
    """Return the content of a file of a dossier; None if there is none.

    A dossier comes from others: a pipe would make the check wait for ever, a device or a vast file use up the memory.

    Raises:
        EvidenceError: If it is no plain file, or larger than any dossier.
    """
    if not path.exists():
        return None
    if not path.is_file() or path.stat().st_size > _MOST_BYTES:
        raise EvidenceError(f"`{path.name}` is no plain file of at most {_MOST_BYTES >> 20} MiB")
    return path.read_bytes()


def _output(
    folder: Path | None, statement: bytes, means: FolderMeans, *, is_folder: bool
) -> tuple[Path | None, MeasuredOutput | None]:
    """Return the data file that is at hand and what was found of the data."""
    listed = _listed_files(statement)
    salts = _read_salts(folder, is_folder=is_folder)
    if means.data is not None:
        if listed is not None and len(listed) != 1:
            raise InputError("--data: this statement lists no single data file", "leave --data out")
        path = listed[0] if listed else means.data.name
        files = with_data(files_in(folder, OWN_FILES) if is_folder and folder else {}, path, means.data)
        return means.data, read_output(means, means.data, files, salts)
    if not is_folder or folder is None:
        return None, None
    files = files_in(folder, OWN_FILES)
    if not files:
        return None, None if listed == [] else MeasuredOutput({})
    data = [name for name in files if name.startswith(f"{DATA}/")]
    if not data or files[data[0]] == NO_FILE:  # what is no plain file may never end
        return None, MeasuredOutput(files, problem="no table can be read from them", salts=salts)
    return folder / data[0], read_output(means, folder / data[0], files, salts)


def with_data(files: Mapping[str, tuple[str, int]], path: str, data: Path) -> dict[str, tuple[str, int]]:
    """Return the files of a folder with one that lies elsewhere.

    Args:
        files: Of the folder, with hash and size.
        path: Of the data file as it was recorded.
        data: The file that was named.

    Raises:
        InputError: If the folder has that file, so that two would be meant.
    """
    if not data.is_file():
        raise InputError(f"--data: no file at `{data}`", "name the released data file")
    if path in files:
        raise InputError("--data: the data lie in the folder already", "leave --data out")
    return {**files, path: describe_plain(data)}


def _read_salts(folder: Path | None, *, is_folder: bool) -> bytes | None:
    """Return the salts; nothing at all where they belong and are not, None where they need not be."""
    salts = read_evidence(folder / SALTS) if folder else None
    return b"" if is_folder and salts is None else salts


def read_output(
    means: FolderMeans, file: Path, files: Mapping[str, tuple[str, int]], salts: bytes | None = None
) -> MeasuredOutput:
    """Return what was found of the data: their files, and what a reader of tables got from the one that holds them."""
    if means.rereading is None:
        return MeasuredOutput(files, unread=f"{NEEDS_FULL}: not checked", salts=salts)
    found = means.rereading.read(file)
    return MeasuredOutput(files, found.rows, found.data_hash, found.columns, found.problem, salts)


def files_in(folder: Path, own: Collection[str]) -> dict[str, tuple[str, int]]:
    """Return hash and size of every file below a folder, by its path, but its own ones; `NO_FILE` for no plain one.

    Args:
        folder: Of a release or a column.
        own: Names of plain files at its top that nothing lists.
    """
    passed = {folder / name for name in own if _is_plain(folder / name)}
    found = sorted(path for path in _below(folder) if path not in passed)
    return {path.relative_to(folder).as_posix(): _described(path) for path in found}


def _below(folder: Path) -> Iterator[Path]:
    """Yield all that lies below a folder but folders: however deep they are, and none left out that cannot be read."""
    folders = [folder]
    while folders:
        for path in folders.pop().iterdir():
            if _is_folder(path):
                folders.append(path)
            else:
                yield path


def _is_plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _described(path: Path) -> tuple[str, int]:
    """Return hash and size of a file; what is no plain file, such as a link, has none and is never listed."""
    return describe_plain(path) if _is_plain(path) else NO_FILE


def _listed_files(statement: bytes) -> list[str] | None:
    """Return the data files that a statement lists; None for a broken one, which is judged elsewhere."""
    try:
        return [item["path"] for item in parse_statement(statement).get("output", {}).get("files", [])]
    except EvidenceError:
        return None


def _guarded(repeat: Callable[[Mapping[str, Any]], Repetition], statement: Mapping[str, Any]) -> Repetition:
    """Return what repeating gives; values of another form than a release writes are broken evidence."""
    try:
        return repeat(statement)
    except (AttributeError, LookupError, TypeError, ValueError, OSError) as error:
        raise EvidenceError("the statement's values are not those of a release") from error


def _check_population(
    statement: bytes, steps: tuple[Step, ...], rereading: Rereading | None, file: Path | None
) -> tuple[Step, ...]:
    """Return whether the copy still stands in its population as the statement says; nothing where none is spoken of."""
    if any(step.step == "statement" and not step.ok for step in steps):
        return ()
    parsed = parse_statement(statement)
    if rereading is None:
        said = parsed.get("input", {}).get("population")
        unread = Step(POPULATION, ok=True, detail=f"{NEEDS_FULL}: not checked", settled=False)
        return () if said is None else (unread,)
    step = rereading.hold_population(parsed, file)
    return () if step is None else (step,)


def _remeasuring(rereading: Rereading | None, file: Path | None) -> Callable[[Mapping[str, Any]], Repetition]:
    def repeat(statement: Mapping[str, Any]) -> Repetition:
        assert rereading is not None
        assert file is not None
        return rereading.remeasure(statement, file)

    return partial(_guarded, repeat)


def _open_log(statement: bytes, means: FolderMeans) -> Callable[[], LogReader | OtherLog | None] | None:
    find = means.open_log
    if find is None:
        return None
    # once: the head whose signatures were looked at is the one that tells the state
    return cache(lambda: find(parse_verifier_key(parse_statement(statement)["log"]["key"])))


def state_after(
    steps: tuple[Step, ...],
    open_log: Callable[[], LogReader | OtherLog | None] | None,
    judge: Callable[[LogReader | None], Step],
) -> Step:
    """Return whether the release may still be relied on; the log tells only if it holds what was checked before.

    Args:
        steps: Of the check so far.
        open_log: Opens the log at hand; None if none was named.
        judge: From the log of the release, None if it is not at hand, to the step.
    """
    failed = next((step.step for step in steps if step.step in _STATE_RESTS_ON and not step.ok), None)
    if failed is not None:
        return Step(STATE, ok=True, detail=f"not checked: it rests on `{failed}`, which failed", settled=False)
    log = open_log() if open_log else None
    at_hand = None if isinstance(log, OtherLog) else log
    state = judge(at_hand)
    is_vouched_for = all(step.settled for step in steps if step.step == "log")
    if at_hand is None or is_vouched_for or not state.ok or judge(None).settled:
        return state
    return replace(state, detail=f"{state.detail}; so says a log whose head is not vouched for", settled=False)
