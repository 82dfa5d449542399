"""Where a reference leads: which files, of which format, in which order.

A file, a glob (`*`, `?`, `[…]`, `**`), a folder of files of one format, or `sqlite:///path` (three slashes and a
relative path, four and an absolute one, as database URLs have it). Any of the first three may be a `file:` address of
this machine, or begin with `~`. A location that exists by its very name is that file, even if it has the letters of a
glob. Files are read in the order of their paths.
"""

import stat
from dataclasses import dataclass, replace
from glob import glob, has_magic
from pathlib import Path
from types import MappingProxyType

from lockgate.tables.file_state import COUNTS_FROM, missing, unreadable
from lockgate.tables.lake_table import lake_format
from lockgate.tables.local_path import local_path
from lockgate.tables.remote_files import SCHEMES, FetchedFolder, fetch
from lockgate.terms.errors import InputError
from lockgate.terms.flow_request import SourceReference

_FORMATS = {
    ".csv": "csv",
    ".tsv": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".arrow": "arrow",
    ".feather": "arrow",
    ".ipc": "arrow",
    ".arrows": "arrow",
    ".db": "sqlite",
    ".sqlite": "sqlite",
    ".sqlite3": "sqlite",
    ".duckdb": "duckdb",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
}
"""Format by extension; the letters' case does not matter."""

_WITH_QUERY = frozenset({"sqlite", "duckdb", "postgresql", "mysql"})
_WITH_TABLE = _WITH_QUERY | {"parquet", "arrow", "jsonl", "json", "xlsx"}
"""Formats that hold more than one table: of a file with nested columns, each list is one."""

_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}

FILE_URLS = MappingProxyType({"sqlite:///": "sqlite", "duckdb:///": "duckdb"})
"""Formats by how an address of a database in a file begins."""

SERVERS = MappingProxyType({"postgresql": "postgresql", "postgres": "postgresql", "mysql": "mysql", "mariadb": "mysql"})
"""Formats by the scheme of an address of a server."""

_ADDRESSES = [f"{scheme}://" for scheme in (*SERVERS, *SCHEMES)]


@dataclass(frozen=True, slots=True)
class Location:
    """Files that one reference leads to.

    Attributes:
        name: For people: of the file, the folder or the glob; never credentials.
        format: One word for the kind of file or database.
        paths: The files in reading order, at least one; of a database in a file exactly one, of a server none.
        notes: What was passed over, for people.
        folder: Folder of a table that is a folder: a lake, or files in folders named `key=value`; None for any other.
        fetched: Holds the copies of files from elsewhere; None for files of this machine.
    """

    name: str
    format: str
    paths: tuple[Path, ...]
    notes: tuple[str, ...] = ()
    folder: Path | None = None
    fetched: FetchedFolder | None = None


def find_location(reference: SourceReference) -> Location:
    """Return the files that a reference leads to.

    Raises:
        InputError: If there is no such file, the format is unknown, or formats are mixed.
    """
    location = _find(local_path(reference.location), "csv" if reference.delimiter else "")
    if reference.delimiter and location.format != "csv":
        raise InputError(f"`{location.name}` is no CSV file, so it has no `delimiter`", "Leave `delimiter` out.")
    if reference.query and location.format not in _WITH_QUERY:
        raise InputError(f"`{location.name}` is no database, so it has no `query`", "Leave `query` out.")
    if reference.table and location.format not in _WITH_TABLE:
        raise InputError(f"`{location.name}` holds one table only, so it has no `table`", "Leave `table` out.")
    return location


def is_known_file(path: Path) -> bool:
    """Whether a file's extension is that of a known format, and the file is not hidden."""
    return path.suffix.lower() in _FORMATS and path.name[0] not in "._"


def is_folder(path: Path) -> bool:
    """Whether a folder lies at a path.

    Raises:
        InputError: If the system does not let us look.
    """
    return _kind_of(path) == stat.S_IFDIR


def _find(text: str, unknown: str) -> Location:
    """Return where a location leads; a file without a known extension is of the format `unknown`, if one is given."""
    for beginning, format_ in FILE_URLS.items():
        if text.startswith(beginning):
            path = Path(text.removeprefix(beginning))
            return Location(path.name, format_, (_existing(path),))
    return _elsewhere(text, unknown) if "://" in text else _here(text, unknown)


def _elsewhere(text: str, unknown: str) -> Location:
    scheme = text.partition("://")[0]
    if scheme in SERVERS:
        return Location(scheme, SERVERS[scheme], ())
    if scheme in SCHEMES:
        path, fetched, name = fetch(text)
        return replace(_here(str(path), unknown), name=name, fetched=fetched)
    # the rest of an address may hold a password
    raise InputError(
        f"sources of the kind `{scheme}://` are not known",
        f"Name a file, a glob, a folder, or an address: {', '.join([*FILE_URLS, *_ADDRESSES])}.",
    )


def _here(text: str, unknown: str) -> Location:
    if not text:
        raise InputError("expected the name of a source, found nothing", "Name a file, a glob, a folder or an address.")
    path = Path(text)
    kind = _kind_of(path)
    if kind == stat.S_IFDIR:
        return _folder(path)
    if has_magic(text) and not kind:
        found = sorted(Path(one) for one in glob(text, recursive=True))  # noqa: PTH207 - absolute patterns
        found = [path for path in found if path.is_file()]
        if not found:
            raise InputError(
                f"no file matches `{path.name}`",
                f"Check the pattern. {COUNTS_FROM}",
            )
        found, notes = _once(found)
        return replace(_files(path.name, found, unknown), notes=notes)
    return _files(path.name, [_existing(path)], unknown)


def _existing(path: Path) -> Path:
    kind = _kind_of(path)
    if not kind:
        raise missing(path)
    if kind != stat.S_IFREG:
        what = _KINDS.get(kind, "no file with data")
        raise InputError(
            f"`{path.name}` is {what}, and a source is read more than once", "Write the data to a file and name that."
        )
    return path


def _kind_of(path: Path) -> int:
    """Return the kind of what lies at a path, as `stat.S_IFMT` tells it; 0 if there is nothing.

    Raises:
        InputError: If the system does not let us look: a path too long, a folder that may not be entered.
    """
    try:
        return stat.S_IFMT(path.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return 0
    except OSError as error:
        raise unreadable(path, error) from None
    except ValueError:  # a NUL in the path
        raise InputError("the path of a source holds a NUL", "Check the path.") from None


def _folder(folder: Path) -> Location:
    try:
        shown = sorted(path for path in folder.iterdir() if path.name[0] not in "._")
    except OSError as error:
        raise InputError(f"cannot list the folder `{folder.name}`", "Check who may read it.") from error
    lake = lake_format(folder)
    if lake:
        return Location(folder.resolve().name, lake, (), folder=folder)
    inner = [path.name for path in shown if path.is_dir()]
    if inner and all("=" in name for name in inner) and len(inner) == len(shown):
        return _parted(folder)
    if inner:
        raise InputError(
            f"the folder `{folder.name}` holds a folder `{inner[0]}`, whose files would be left out",
            "Name the files by a glob such as `folder/**/*.csv`.",
        )
    files = [path for path in shown if path.suffix.lower() in _FORMATS]
    if not files:
        raise InputError(f"the folder `{folder.name}` holds no files of a known format", _known_formats())
    passed = tuple(
        f"`{path.name}` in the folder is of no known format and not read" for path in sorted({*shown} - {*files})
    )
    files, twice = _once(files)
    return replace(_files(folder.resolve().name, files), notes=(*passed, *twice))


def _once(paths: list[Path]) -> tuple[list[Path], tuple[str, ...]]:
    """Return each file by one of its names, in the order of these, and what is said of those that have several.

    Links lead to a file again, those to a folder above endlessly, and persons who are counted twice look like two.
    """
    by_file: dict[tuple[int, int], list[Path]] = {}
    for path in paths:
        found = path.stat()
        by_file.setdefault((found.st_dev, found.st_ino), []).append(path)
    kept = sorted(min(names, key=lambda path: (len(path.parts), path)) for names in by_file.values())
    several = [names[0].name for names in by_file.values() if len(names) > 1]
    more = f" and {len(several) - 1} more" if len(several) > 1 else ""
    return kept, (f"`{several[0]}`{more} lie there by several names and are read once",) if several else ()


def _parted(folder: Path) -> Location:
    """Return the files below a folder that is parted by keys, in the order of their paths."""
    below = sorted(
        path for path in folder.rglob("*") if not any(one[0] in "._" for one in path.relative_to(folder).parts)
    )
    files = [path for path in below if is_known_file(path) and path.is_file()]
    if not files:
        raise InputError(f"the folder `{folder.name}` holds no files of a known format", _known_formats())
    found = _files(folder.resolve().name, files)
    if found.format != "parquet":
        raise InputError(
            f"the folder `{folder.name}` is parted by keys and holds no Parquet", "Name the files by a glob."
        )
    return Location(found.name, found.format, found.paths, folder=folder)


def _files(name: str, paths: list[Path], unknown: str = "") -> Location:
    formats = sorted({_format_of(path, unknown) for path in paths})
    if len(formats) > 1:
        raise InputError(
            f"`{name}` leads to files of several formats: {', '.join(formats)}", "Name files of one format."
        )
    if formats[0] in FILE_URLS.values() and len(paths) > 1:
        raise InputError(f"`{name}` leads to {len(paths)} databases", "Name one database.")
    if formats[0] == "xlsx" and len(paths) > 1:
        raise InputError(f"`{name}` leads to {len(paths)} workbooks", "Name one workbook.")
    return Location(name, formats[0], tuple(paths))


def _format_of(path: Path, unknown: str) -> str:
    format_ = _FORMATS.get(path.suffix.lower(), unknown)
    if not format_:
        raise InputError(f"`{path.name}` has no known extension", _known_formats())
    return format_


def _known_formats() -> str:
    return f"Name files that end in {', '.join(_FORMATS)}."
