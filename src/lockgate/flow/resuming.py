"""Jobs of a release that an interrupted run has left, taken up by the next one of the same release.

They lie in the home's folder for temporary files, those of the copy under a name made of everything that it depends on:
flow file, source, law, version, keys, earlier releases; those of the scan under one of source and version alone, since
evidence depends on nothing else. A run that resumes uses what lies under its names and removes the rest; one that does
not removes all of it.

A file is the same while path, size and time of change are. What was copied out of a database or fetched from elsewhere
is the same if the bytes of the copy are: it is read anew, and only then known.
"""

import hashlib
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from lockgate import __version__
from lockgate.evidence.canonical import canonical_bytes
from lockgate.flow.deciding import Decided
from lockgate.flow.node import Node
from lockgate.flow.passes import Passes
from lockgate.flow.sharing import Jobs
from lockgate.store.home import Home
from lockgate.tables.file_state import state_of
from lockgate.tables.kept_rows import KeptSource
from lockgate.tables.location import find_location
from lockgate.tables.remote_files import FetchedSource
from lockgate.tables.row_ranges import RowRanges
from lockgate.tables.row_source import Source
from lockgate.tables.snapshot import SnapshotSource
from lockgate.terms.flow_request import FlowRequest
from lockgate.terms.protected import Plan
from lockgate.terms.rendering import as_json

_PREFIX = "job-"
_SCAN, _COPIES = f"{_PREFIX}scan-", f"{_PREFIX}copies"
_DIGITS = 32
_BOOT = Path("/proc/sys/kernel/random/boot_id")


def scan_folder(node: Node, source: Source, ranges: RowRanges) -> Path:
    """Return where the jobs of the scan of a source lie, the jobs of other scans removed.

    Args:
        node: Whose home.
        source: The data.
        ranges: Of the source.
    """
    depends_on = [__version__, str(ranges.cut), _state_of(source, ranges), _start_of_machine()]
    name = _SCAN + _digest(depends_on)
    for folder in node.home.work.glob(f"{_SCAN}*"):
        if folder.name != name:
            shutil.rmtree(folder, ignore_errors=True)
    return node.home.work / name


def copies_folder(home: Home) -> Path:
    """Return where copies of files lie that a later run may use."""
    return home.work / _COPIES


def passes_of(decided: Decided, route: str, plan: Plan, node: Node, work: Path) -> Passes:
    """Return the passes over the source of a release, shared where that can be.

    Args:
        decided: The flow as it is carried out.
        route: Id of the route.
        plan: How the source is protected.
        node: Keys, laws, day.
        work: Folder of this run, where jobs lie unless a later run may go on with them.
    """
    source, sharing = decided.source, node.sharing
    assert source is not None
    ranges = sharing.ranges_of(source, plan)
    folder = work / "jobs"
    if ranges is not None and sharing.resumes:
        folder = _jobs_folder(node, decided.request, route, source, ranges)
    key = node.home.key("persons")
    return Passes(source, decided.subject_key, key, ranges=ranges, sharing=sharing, jobs=Jobs(folder))


def _jobs_folder(node: Node, request: FlowRequest, route: str, source: Source, ranges: RowRanges) -> Path:
    """Return where the jobs of a release lie, the jobs of other releases removed.

    Args:
        node: Keys, laws, day.
        request: The flow as it is carried out.
        route: Id of the route.
        source: The data.
        ranges: Of the source.
    """
    home = node.home
    depends_on = [
        [__version__, node.laws.stamp, node.today.isoformat(), route, str(ranges.cut)],
        as_json(request),
        _state_of(source, ranges),
        [str(state_of(path)) for path in _other_files(request)],
        sorted(path.name for folder in (home.keys, home.partitions) for path in folder.iterdir()),
        hashlib.sha256(home.key("persons")).hexdigest(),
        _start_of_machine(),
    ]
    name = _PREFIX + _digest(depends_on)
    for folder in home.work.glob(f"{_PREFIX}*"):
        if folder.name not in (name, _COPIES) and not folder.name.startswith(_SCAN):
            shutil.rmtree(folder, ignore_errors=True)
    return home.work / name


def remove_jobs(home: Home) -> None:
    """Remove all that interrupted runs have left to be resumed."""
    for folder in home.work.glob(f"{_PREFIX}*"):
        shutil.rmtree(folder, ignore_errors=True)


def _state_of(source: Source, ranges: RowRanges) -> list[str]:
    """Return what tells the rows of a source from others."""
    if ranges.copied:
        return [str(state) for state in ranges.copied]
    if not _is_copy(source):
        return [str(state) for state in ranges.source.states]
    found = []
    for state in ranges.source.states:
        with state.path.open("rb") as file:
            found.append(hashlib.file_digest(file, "sha256").hexdigest())
    return found


def _is_copy(source: Source) -> bool:
    """Return whether the files of a source are ours, made for this run."""
    return isinstance(source.whole if isinstance(source, KeptSource) else source, SnapshotSource | FetchedSource)


def _digest(depends_on: list[Any]) -> str:
    return hashlib.sha256(canonical_bytes(depends_on)).hexdigest()[:_DIGITS]


def is_jobs_folder(path: Path) -> bool:
    """Return whether a folder for temporary files holds jobs."""
    return path.name.startswith(_PREFIX)


def _start_of_machine() -> str:
    """Return what is another after every start of this machine: parts are not forced to disk, and power may fail."""
    return _BOOT.read_text(encoding="ascii").strip() if _BOOT.exists() else ""


def _other_files(request: FlowRequest) -> Iterable[Path]:
    """Return the files beside the source that a flow names."""
    wish = request.wish
    yield from [Path(request.register)] if request.register else []
    yield from find_location(wish.population).paths if wish.population else []
    yield from sorted(Path(wish.hierarchies).glob("*.csv")) if wish.hierarchies else []
