"""Files in object stores and Hadoop (`s3://`, `gs://`, `abfss://`, `hdfs://`), fetched once into a private folder.

Every pass then reads the copies, so that nothing changes between passes and every format is read by its own reader. The
folder goes with the process, or when another location is fetched and nobody holds it. While the store says that the
files are the same (names, sizes, times), they are not fetched again. Credentials come from the environment only.
"""

import shutil
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import mkdtemp
from urllib.parse import parse_qsl, urlsplit

import pyarrow as pa
from pyarrow import fs

from lockgate.tables.bytes_read import BytesRead
from lockgate.tables.copy_folders import CopyFolders
from lockgate.tables.file_state import unwritable
from lockgate.tables.patience import answered
from lockgate.tables.row_source import Source
from lockgate.tables.scratch import scratch_folder
from lockgate.terms.errors import CounterpartyError, InputError

SCHEMES = ("s3", "s3a", "gs", "gcs", "abfs", "abfss", "hdfs", "viewfs")

_HADOOP = ("hdfs", "viewfs")
_RETRIES = "retry_limit_seconds"
_RETRIES_S = 60
"""How long Google's library tries again unless the location says otherwise; its own way is a quarter of an hour."""

_PATIENCE_S = 180.0
"""How long a store may take for one answer: longer than the libraries of S3 and Google try; Azure's knows no end."""

_LIST_S = 900.0
"""How long it may take to list a folder, which is one question for millions of files."""

_CHUNK = 8 << 20
_SECRET_WORDS = ("key", "secret", "token", "password", "sas")

State = tuple[tuple[str, int, int], ...]
"""Path, size and time of change of every file."""


class FetchedFolder:
    """A folder with the copies of files, which goes with this object.

    Args:
        state: The files as they were when they were fetched.
    """

    def __init__(self, state: State) -> None:
        self.state = state
        self.path = Path(mkdtemp(dir=CopyFolders.own or scratch_folder()))
        self.remove = weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)
        """Call it to have the folder go at once."""


@dataclass(frozen=True, slots=True)
class FetchedSource:
    """A source that reads copies, and holds them.

    Attributes:
        source: Reads them.
        folder: Holds them.
        name: For people; never credentials.
    """

    source: Source
    folder: FetchedFolder
    name: str

    @property
    def format(self) -> str:
        """Return the kind of the files."""
        return self.source.format

    @property
    def schema(self) -> pa.Schema:
        """Return the columns."""
        return self.source.schema

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what was assumed, for people."""
        return self.source.notes

    @property
    def lists(self) -> tuple[str, ...]:
        """Return the tables within."""
        found: tuple[str, ...] = getattr(self.source, "lists", ())
        return found

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Return the rows in order."""
        return self.source.batches(columns)


_LATEST: dict[str, FetchedFolder] = {}
"""The location that was fetched last."""


def fetch(location: str) -> tuple[Path, FetchedFolder, str]:
    """Return the copy of a file or of a folder, what holds it, and the name for people.

    Args:
        location: Such as `s3://bucket/path`; options of the file system may follow (`?region=…`).

    Raises:
        InputError: If the location holds credentials, or cannot be read.
        CounterpartyError: If the store does not answer.
    """
    name = _require_open(location)
    try:
        patience_s = _patience_of(location)
        system, path = answered(lambda: fs.FileSystem.from_uri(_for_arrow(location)), patience_s)
        infos = _files_at(system, path, name, patience_s)
        state = tuple((info.path, info.size or 0, info.mtime_ns or 0) for info in infos)
        held = _LATEST.get(location)
        if held is None or held.state != state:
            _LATEST.clear()
            held = _LATEST[location] = _fetched(system, path, infos, state)
    except TimeoutError:
        raise CounterpartyError(f"the store of `{name}` does not answer", "Check the network, and try again.") from None
    except (pa.ArrowException, OSError, ValueError):
        hint = "Check the location, the rights, and the credentials in the environment."
        if location.partition("://")[0] in _HADOOP:
            hint = "Check the location, and that JAVA_HOME, HADOOP_HOME and CLASSPATH name Java and Hadoop."
        raise InputError(f"`{name}` cannot be read", hint) from None
    return held.path / (PurePosixPath(path).name or "files"), held, name


def _require_open(location: str) -> str:
    """Return a location without options, once it is sure that it holds no credentials."""
    parts = urlsplit(location)
    secrets = [key for key, _ in parse_qsl(parts.query) if any(word in key.lower() for word in _SECRET_WORDS)]
    if secrets or (parts.username is not None and parts.scheme not in ("abfs", "abfss")) or parts.password is not None:
        raise InputError(
            f"the location `{parts.scheme}://…` holds credentials, and flow files are shared and recorded",
            "Take them out, change them, and give them in the environment.",
        )
    return f"{parts.scheme}://{parts.netloc}{parts.path}"


def _for_arrow(location: str) -> str:
    """Return a location as Arrow knows it: Hadoop's name of S3 is Arrow's, and no store is asked for ever."""
    scheme, _, rest = location.partition("://")
    if scheme in ("gs", "gcs") and _RETRIES not in rest:
        return f"{location}{'&' if '?' in rest else '?'}{_RETRIES}={_RETRIES_S}"
    return f"s3://{rest}" if scheme == "s3a" else location


def _patience_of(location: str) -> float:
    """Return how long a store may take for one answer: longer than the location has its library try."""
    asked = dict(parse_qsl(urlsplit(location).query)).get(_RETRIES, "")
    return _PATIENCE_S + (min(float(asked), _LIST_S) if asked.isdecimal() else 0.0)


def _files_at(system: fs.FileSystem, path: str, name: str, patience_s: float) -> list[fs.FileInfo]:
    found = answered(lambda: system.get_file_info(path), patience_s)
    if found.type == fs.FileType.File:
        return [found]
    infos: list[fs.FileInfo] = []
    if found.type == fs.FileType.Directory:
        infos = answered(lambda: system.get_file_info(fs.FileSelector(path, recursive=True)), _LIST_S)
    files = sorted((info for info in infos if info.type == fs.FileType.File), key=lambda info: info.path)
    if not files:
        raise InputError(f"there is no file at `{name}`", "Check the location.")
    return files


def _fetched(system: fs.FileSystem, path: str, infos: list[fs.FileInfo], state: State) -> FetchedFolder:
    folder = FetchedFolder(state)
    is_file = len(infos) == 1 and infos[0].path == path
    try:
        for info in infos:
            top = PurePosixPath(PurePosixPath(path).name or "files")
            inner = top if is_file else top / info.path[len(path.rstrip("/")) + 1 :]
            _copy(system, info.path, folder.path, inner)
    except BaseException:
        folder.remove()
        raise
    return folder


def _copy(system: fs.FileSystem, path: str, folder: Path, inner: PurePosixPath) -> None:
    if ".." in inner.parts or inner.is_absolute():
        raise InputError("a name in the store leads out of its folder", "Rename it in the store.")
    target = folder / inner
    with answered(lambda: system.open_input_stream(path), _PATIENCE_S) as source:
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as file:
                while piece := answered(lambda: source.read(_CHUNK), _PATIENCE_S):
                    file.write(piece)
                    if BytesRead.tell is not None:
                        BytesRead.tell(len(piece))
        except FileExistsError:
            raise InputError("a name in the store is a file and a folder", "Rename it in the store.") from None
        except OSError as error:
            if error.errno:
                raise unwritable(target, error) from error
            raise
