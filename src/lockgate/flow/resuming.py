"""Jobs of a release that an interrupted run has left, taken up by the next one of the same release.

They lie in the home's folder for temporary files, under a name made of everything that the copy depends on: flow file,
source, law, version, keys, earlier releases. A run that resumes uses what lies under its name and removes the rest; one
that does not removes all of it.
"""

import hashlib
import shutil
from collections.abc import Iterable
from pathlib import Path

from lockgate import __version__
from lockgate.evidence.canonical import canonical_bytes
from lockgate.flow.node import Node
from lockgate.store.home import Home
from lockgate.tables.file_state import state_of
from lockgate.tables.location import find_location
from lockgate.tables.row_ranges import RowRanges
from lockgate.terms.flow_request import FlowRequest
from lockgate.terms.rendering import as_json

_PREFIX = "job-"
_DIGITS = 32
_BOOT = Path("/proc/sys/kernel/random/boot_id")


def jobs_folder(node: Node, request: FlowRequest, route: str, ranges: RowRanges) -> Path:
    """Return where the jobs of a release lie, the jobs of others removed.

    Args:
        node: Keys, laws, day.
        request: The flow as it is carried out.
        route: Id of the route.
        ranges: Of the source.
    """
    home = node.home
    depends_on = [
        [__version__, node.laws.stamp, node.today.isoformat(), route, ranges.rows, ranges.size],
        as_json(request),
        [str(state) for state in ranges.source.states],
        [str(state_of(path)) for path in _other_files(request)],
        sorted(path.name for folder in (home.keys, home.partitions) for path in folder.iterdir()),
        hashlib.sha256(home.key("persons")).hexdigest(),
        _start_of_machine(),
    ]
    name = _PREFIX + hashlib.sha256(canonical_bytes(depends_on)).hexdigest()[:_DIGITS]
    remove_jobs(home, but=name)
    return home.work / name


def remove_jobs(home: Home, but: str = "") -> None:
    """Remove jobs that interrupted runs have left, one of that name aside."""
    for folder in home.work.glob(f"{_PREFIX}*"):
        if folder.name != but:
            shutil.rmtree(folder, ignore_errors=True)


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
