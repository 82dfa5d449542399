"""Partitions of earlier releases: who was in which class of what went out, so that later ones can be held against it.

    HOME/partitions/RELEASE.entries.parquet   link (keyed hash of the record), class, weight; person, where it differs
    HOME/partitions/RELEASE.classes.parquet   the label of every class, one column a quasi-identifier
    HOME/partitions/RELEASE.json              what was released, to whom, and the hashes of the two files

Written in this order, each file on the disk before the next, and before the journal knows of the release: so a release
that went out has its partition whatever happens. One without its last file, or of a release that was never prepared,
went nowhere and is swept away (`lockgate.flow.recovery`). Revoking a release removes nothing here: the data are out.

No value of a person: links are keyed hashes in rising order, 12 to 28 bytes a record, and labels are those that went
out.
"""

import hashlib
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lockgate.evidence.canonical import canonical_bytes, parse_canonical
from lockgate.evidence.disk import Disk, FileDisk, replace_file
from lockgate.terms.errors import EvidenceError, LockgateError

LINK, CLASS, WEIGHT, PERSON = "link", "class", "weight", "person"
"""Columns of the entries."""

_VERSION = 1
_RELEASE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_GROUP_ROWS = 1 << 20
_ENTRIES, _CLASSES, _ABOUT = ".entries.parquet", ".classes.parquet", ".json"


class LinkKind(StrEnum):
    """What the link of a record is made of.

    `person`: the person's key, each person having one row. `record`: the person's key and the content of the row.
    `row`: the content of the row, each row counting as a person. `none`: no rows can be followed, as in counts.
    """

    PERSON = "person"
    RECORD = "record"
    ROW = "row"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class KeptRelease:
    """What a partition is of.

    Attributes:
        release: Id of the release.
        statement_hash: SHA-256 of its statement, hexadecimal.
        log_size: Leaves of the log before its own.
        dataset: Identity of the data set.
        recipient: Name of the recipient; empty if not said.
        group: Group of the recipient; empty if none.
        is_public: Whether it went to everybody.
        made_at: When, ISO 8601.
        kind: What links are made of.
        k: Persons of a class that was promised; 0 if none.
        quasi_identifiers: Columns that classes are made of.
        entries: Number of entries.
        shows_persons: Whether it shows which rows are of one person, as by a pseudonym; where nobody knows, it does.
    """

    release: str
    statement_hash: str
    log_size: int
    dataset: str
    recipient: str
    group: str
    is_public: bool
    made_at: str
    kind: LinkKind
    k: int
    quasi_identifiers: tuple[str, ...]
    entries: int
    shows_persons: bool = True


@dataclass(frozen=True, slots=True)
class WrittenPartition:
    """The tables of a partition in files, which nobody has been told of yet.

    Attributes:
        folder: Where they lie.
        name: What they are called by.
        hashes: SHA-256 by what is in the file, hexadecimal.
        entries: How many records there are.
    """

    folder: Path
    name: str
    hashes: Mapping[str, str]
    entries: int


def write_partition(
    folder: Path, name: str, entries: pa.Table | Iterable[pa.Table], classes: pa.Table
) -> WrittenPartition:
    """Return the tables of a partition, written but not kept yet.

    Args:
        folder: Where to; for this user only.
        name: What the files are called by.
        entries: Columns `link` (uint64, rising), `class` (int32), `weight` (int32), and `person` (uint64) for records;
            in one table or, so that memory need not hold them, in several, at least one.
        classes: Labels by class, a text column for each quasi-identifier.

    Raises:
        LockgateError: If they cannot be written.
    """
    hashes, rows = {}, {}
    try:
        for suffix, tables in ((_ENTRIES, entries), (_CLASSES, classes)):
            path = _file_in(folder, name, suffix)
            rows[suffix] = _write(path, [tables] if isinstance(tables, pa.Table) else tables)
            hashes[suffix] = _hash_of(path)
    except OSError as error:
        raise _unwritable(name, error) from error
    return WrittenPartition(folder, name, hashes, rows[_ENTRIES])


class Partitions:
    """The partitions, in one folder. One writer at a time: hold the home's lock."""

    def __init__(self, folder: Path, *, disk: Disk | None = None) -> None:
        self._folder = folder
        self._disk = disk or FileDisk()

    def keep(self, about: KeptRelease, entries: pa.Table | Iterable[pa.Table], classes: pa.Table) -> None:
        """Keep a partition; once this returns it is on the disk.

        Args:
            about: What it is of; how many entries it has is counted here.
            entries: As for `write_partition`.
            classes: Likewise.

        Raises:
            LockgateError: If it cannot be written.
            ValueError: If the id is no release's.
        """
        self.keep_written(about, write_partition(self._folder, about.release, entries, classes))

    def keep_written(self, about: KeptRelease, written: WrittenPartition) -> None:
        """Keep a partition whose tables are written, in a folder of the same home; once this returns it is on the disk.

        Args:
            about: What it is of; how many entries it has is told by who wrote it.
            written: Its tables.

        Raises:
            LockgateError: If it cannot be written.
            ValueError: If the id is no release's.
        """
        if not _RELEASE.fullmatch(about.release):
            raise ValueError(f"expected a release id, found `{about.release}`")
        try:
            for suffix in (_ENTRIES, _CLASSES):
                path = self._file(about.release, suffix)
                _file_in(written.folder, written.name, suffix).replace(path)
                self._disk.sync(path)
            about = replace(about, entries=written.entries)
            record = {"version": _VERSION, "files": dict(written.hashes), **_as_record(about)}
            replace_file(self._disk, self._file(about.release, _ABOUT), canonical_bytes(record))
        except OSError as error:
            raise _unwritable(about.release, error) from error

    def list_all(self) -> tuple[KeptRelease, ...]:
        """Return what is kept, the oldest first.

        Raises:
            EvidenceError: If a record is damaged.
        """
        found = (self._read(path)[0] for path in sorted(self._folder.glob(f"*{_ABOUT}")))
        return tuple(sorted(found, key=lambda item: (item.made_at, item.log_size, item.release)))

    def faults(self, release: str) -> dict[str, str]:
        """Return what is wrong with the two tables of a partition, by file, held against its record."""
        found = {}
        for suffix in (_ENTRIES, _CLASSES):
            try:
                self._check(release, suffix)
            except EvidenceError as error:
                found[self._file(release, suffix).name] = str(error)
        return found

    def entries(self, release: str) -> pa.Table:
        """Return who was in which class.

        Raises:
            EvidenceError: If the file is missing or damaged.
        """
        return self._table(release, _ENTRIES)

    def classes(self, release: str) -> pa.Table:
        """Return the labels of the classes.

        Raises:
            EvidenceError: If the file is missing or damaged.
        """
        return self._table(release, _CLASSES)

    def remove(self, release: str) -> None:
        """Remove the partition of a release that never went out; its record goes first.

        Once this returns it is gone from the disk.
        """
        there = [path for suffix in (_ABOUT, _ENTRIES, _CLASSES) if (path := self._file(release, suffix)).exists()]
        for path in there:
            path.unlink()
        if there:
            self._disk.sync(self._folder)

    def remove_torn(self) -> None:
        """Remove what a run that was killed has left: files without the record that makes them a partition."""
        whole = {path.name.removesuffix(_ABOUT) for path in self._folder.glob(f"*{_ABOUT}")}
        for path in self._folder.iterdir():
            name = next((path.name.removesuffix(end) for end in (_ENTRIES, _CLASSES) if path.name.endswith(end)), None)
            if path.name.endswith(".new") or (name is not None and name not in whole):
                path.unlink()

    def _file(self, release: str, suffix: str) -> Path:
        return _file_in(self._folder, release, suffix)

    def _read(self, path: Path) -> tuple[KeptRelease, Mapping[str, str]]:
        try:
            record: dict[str, Any] = dict(parse_canonical(path.read_bytes()))
            files = dict(record.pop("files"))
            if record.pop("version") != _VERSION:
                raise _damaged(path.name)
            return _from_record(record), files
        except (OSError, KeyError, TypeError, ValueError, EvidenceError) as error:
            raise _damaged(path.name) from error

    def _table(self, release: str, suffix: str) -> pa.Table:
        try:
            return pq.read_table(pa.BufferReader(self._bytes(release, suffix)))
        except pa.ArrowException as error:
            raise _damaged(self._file(release, suffix).name) from error

    def _check(self, release: str, suffix: str) -> None:
        """Hold a table against its record, in little memory."""
        _, hashes = self._read(self._file(release, _ABOUT))
        path = self._file(release, suffix)
        try:
            found = _hash_of(path)
        except OSError as error:
            raise _damaged(path.name) from error
        if found != hashes.get(suffix):
            raise _damaged(path.name)

    def _bytes(self, release: str, suffix: str) -> bytes:
        _, hashes = self._read(self._file(release, _ABOUT))
        path = self._file(release, suffix)
        try:
            data = path.read_bytes()
        except OSError as error:
            raise _damaged(path.name) from error
        if hashlib.sha256(data).hexdigest() != hashes.get(suffix):
            raise _damaged(path.name)
        return data


def _file_in(folder: Path, name: str, suffix: str) -> Path:
    return folder / f"{name}{suffix}"


def _unwritable(release: str, error: OSError) -> LockgateError:
    return LockgateError(
        f"the partition of release `{release}` cannot be written: {error.strerror or error}",
        "Free space, or mend the home's folder.",
    )


def _write(path: Path, tables: Iterable[pa.Table]) -> int:
    """Write tables of one schema to a file of mode 0600, and return their rows."""
    waiting = iter(tables)
    first = next(waiting)
    rows = 0
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with (
        os.fdopen(descriptor, "wb") as file,
        pq.ParquetWriter(file, first.schema, compression="zstd", use_dictionary=False) as writer,
    ):
        for table in chain([first], waiting):
            writer.write_table(table, row_group_size=_GROUP_ROWS)
            rows += table.num_rows
    return rows


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _as_record(about: KeptRelease) -> dict[str, Any]:
    record: dict[str, Any] = {field.name: getattr(about, field.name) for field in fields(about)}
    return {**record, "kind": about.kind.value, "quasi_identifiers": list(about.quasi_identifiers)}


def _from_record(record: Mapping[str, Any]) -> KeptRelease:
    texts = ("release", "statement_hash", "dataset", "recipient", "group", "made_at")
    numbers = ("log_size", "k", "entries")
    wrong = [name for name in texts if not isinstance(record[name], str)]
    wrong += [name for name in numbers if not isinstance(record[name], int)]
    flags = (record["is_public"], record.get("shows_persons", True))
    if wrong or not all(isinstance(flag, bool) for flag in flags):
        raise ValueError("expected another type")
    values = {**record, "kind": LinkKind(record["kind"]), "quasi_identifiers": tuple(record["quasi_identifiers"])}
    return KeptRelease(**values)


def _damaged(name: str) -> EvidenceError:
    return EvidenceError(
        f"the partition `{name}` of an earlier release is damaged",
        "Restore the home's folder `partitions` from its newest backup.",
    )
