"""The log of this home as a folder of static files that anybody can serve, and anybody else can check.

    DIR/checkpoint          the newest signed checkpoint, with the lines of witnesses where it has them
    DIR/cosigned            the newest checkpoint that witnesses cosigned, where that is an older one
    DIR/tile/…              hashes and entries, as C2SP tlog-tiles names them
    DIR/keys                the log's verifier keys, one a line
    DIR/statements/HASH     the records behind the leaves, only where the owner wants them public

An export into the same folder again adds what is new: a full tile never changes. The checkpoint comes last, so that
a reader never finds one that counts a tile which is not there yet.

Source: C2SP tlog-tiles.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from lockgate.evidence.checkpoint import parse_checkpoint
from lockgate.evidence.dossier import statement_hash
from lockgate.evidence.log_reading import CHECKPOINT, LogReader
from lockgate.evidence.merkle import HASH_BYTES
from lockgate.evidence.tiles import TILE_WIDTH, tile_path
from lockgate.flow.cosigning import cosigned_of, open_reader
from lockgate.flow.log_entries import Record, known_records, read_entry
from lockgate.store.home import Home
from lockgate.terms.errors import EvidenceError, InputError, LockgateError

KEYS, COSIGNED, STATEMENTS = "keys", "cosigned", "statements"
OPENED_KINDS = frozenset({"release", "refusal", "budget-reserved"})
"""Kinds of leaves whose records may be made public; those of who asked for something name people."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export did.

    Attributes:
        folder: Where to.
        origin: Identity of the log.
        size: Leaves that the checkpoint counts.
        since: Leaves that the folder held before.
        files: Files that were written.
        statements: Records that stand beside the log.
    """

    folder: str
    origin: str
    size: int
    since: int
    files: int
    statements: int


def export_log(home: Home, folder: Path, *, with_statements: bool) -> Exported:
    """Return what was written, once a folder holds the log of a home.

    Args:
        home: Whose log; its lock is not taken.
        folder: A new or empty folder, or one of an earlier export of this log.
        with_statements: Whether the records behind the leaves are written too.

    Raises:
        InputError: If the home has no log, or the folder holds something else.
        EvidenceError: If the log is broken, or does not begin with what was exported before.
        LockgateError: If a file cannot be written; run it again.
    """
    log = open_reader(home)
    if folder.resolve().is_relative_to(home.path.resolve()):
        raise InputError(f"`{folder}` lies in the home, which is not for others", "name a folder outside of it")
    since = _exported_before(folder, log)
    for _ in log.scan(since):  # nothing goes out that is not what was signed
        pass
    cosigned = cosigned_of(home).newest()
    sizes = {log.size, parse_checkpoint(cosigned.encode()).head.size if cosigned else log.size}
    try:
        written = sum(_put_tile(log, folder, name, length) for name, length in _tiles(sizes))
        statements = _put_statements(log, folder, known_records(home)) if with_statements else 0
        keys = [log.key, *([home.cosigner_key] if (home.keys / "signing-ml-dsa.key").exists() else [])]
        written += _put(folder / KEYS, "".join(f"{key}\n" for key in keys).encode())
        if cosigned:
            written += _put(folder / COSIGNED, cosigned.encode())
        newest = cosigned_of(home).checkpoint(log.size) or log.checkpoint()
        written += _put(folder / CHECKPOINT, newest.encode())
    except OSError as error:
        reason = (error.strerror or "the system refused").lower()
        raise LockgateError(f"`{folder}` cannot be written: {reason}", "make room or name another folder") from error
    return Exported(str(folder), log.origin, log.size, since, written, statements)


def _exported_before(folder: Path, log: LogReader) -> int:
    """Return how many leaves an earlier export into the folder holds."""
    try:
        text = (folder / CHECKPOINT).read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        # An export that was stopped before its checkpoint has tiles and no checkpoint.
        if folder.exists() and (not folder.is_dir() or {item.name for item in folder.iterdir()} - _OURS):
            raise InputError(
                f"`{folder}` holds something else", "name a new folder, or one that this log was exported to"
            ) from None
        return 0
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"`{folder}` cannot be read", "name another folder") from error
    try:
        return log.check_earlier(text).head.size
    except EvidenceError as error:
        raise EvidenceError(f"`{folder}`: {error}", error.hint or "Name another folder.") from error


_OURS = {"tile", KEYS, COSIGNED, STATEMENTS}


def _tiles(sizes: set[int]) -> Iterator[tuple[str, int]]:
    """Yield the paths of all tiles that the checkpoints of some sizes count, with their lengths; -1 for bundles."""
    largest, told = max(sizes), set[str]()
    for size in sorted(sizes):
        level, count = 0, size
        while count:
            first = count // TILE_WIDTH if size < largest else 0  # of an earlier size only what is not full
            for number in range(first, -(-count // TILE_WIDTH)):
                width = min(TILE_WIDTH, count - number * TILE_WIDTH)
                names = [(tile_path(level, number, width), width * HASH_BYTES)]
                if level == 0:
                    names.append((tile_path(None, number, width), -1))
                yield from (item for item in names if item[0] not in told)
                if width < TILE_WIDTH:
                    told.update(name for name, _ in names)
            level, count = level + 1, count // TILE_WIDTH


def _put_tile(log: LogReader, folder: Path, name: str, length: int) -> int:
    """Return 1 if a tile was written, 0 if it was there: its bytes never change."""
    path = folder / name
    if path.is_file() and path.stat().st_size and length in (-1, path.stat().st_size):
        return 0
    return _put(path, log.storage.read(name))


def _put(path: Path, data: bytes) -> int:
    """Write a file whole or not at all, readable as others of this account are; return 1, or 0 if it was the same."""
    if path.is_file() and path.read_bytes() == data:
        return 0
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.new")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    return 1


def _put_statements(log: LogReader, folder: Path, records: Mapping[str, Record]) -> int:
    count = 0
    for _, entry in log.scan():
        kind, about, _ = read_entry(entry)
        data = read_record(records.get(about), about) if kind in OPENED_KINDS else None
        if data is not None:
            _put(folder / STATEMENTS / f"{about}.json", data)
            count += 1
    return count


def read_record(record: Record | None, hash_: str) -> bytes | None:
    """Return the bytes of a record, if they are those that the log has the hash of."""
    try:
        data = record.path.read_bytes() if record else None
    except OSError:
        return None
    return data if data is not None and statement_hash(data) == hash_ else None
