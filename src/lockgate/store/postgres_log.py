"""A log in PostgreSQL, for several writers: the same files as in a folder, behind `lockgate.evidence.storage`.

    lockgate_log (origin, checkpoint)          one row a log
    lockgate_log_file (origin, path, data)     tiles and bundles; rows are added, never changed

An append is one transaction:

1. take the lock of this log, which lasts as long as the transaction: one writer at a time, others wait;
2. read the checkpoint, and take up what others have added (`Log` does that);
3. insert the new tiles;
4. replace the checkpoint;
5. commit, synchronously: only then does `append` return.

A writer that is killed loses its connection and with it the lock and the transaction; a server that is killed brings
back, from its own log of writes, every transaction whose commit it had confirmed and none that it had not begun to
commit. Where the answer to a commit is lost nobody can say which it was: opening the log again finds out.

Where to connect, and as whom, is libpq's affair: a connection string out of a file of the home, or a service, a
password file and the other variables that libpq knows. None of it is shown in an error: libpq quotes what it cannot
read, and that may be a password.

Needs `psycopg` (the extra `postgres`). Source: PostgreSQL manual, Explicit Locking, Asynchronous Commit.
"""

import hashlib
import threading
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from lockgate.evidence.storage import CHECKPOINT
from lockgate.evidence.tiles import Tile
from lockgate.terms.errors import EvidenceError, InputError, LockgateError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS lockgate_log (origin text PRIMARY KEY, checkpoint bytea NOT NULL);
CREATE TABLE IF NOT EXISTS lockgate_log_file (
    origin text NOT NULL,
    path text NOT NULL,
    data bytea NOT NULL,
    PRIMARY KEY (origin, path)
)
"""
_SETTINGS = (
    "SET LOCAL synchronous_commit = on",  # the database's own default may be not to wait for its disk
    "SET LOCAL lock_timeout = '60s'",
    "SET LOCAL idle_in_transaction_session_timeout = '60s'",  # a writer that has hung lets the others go on
)
_CONNECT_TIMEOUT_S = 10
_SCHEMA_LOCK = "lockgate schema"
_DUPLICATE, _LOCK_TIMEOUT, _NO_TABLE = "23505", "55P03", "42P01"


class PostgresStorage:
    """The files of one log in a database; safe for several threads, and for any number of processes and machines."""

    def __init__(self, connection: str, origin: str) -> None:
        """Remember where to connect; nothing is connected before it is needed.

        Args:
            connection: libpq connection string; empty leaves all to libpq's environment.
            origin: Identity of the log.
        """
        self._connection = connection
        self._origin = origin
        self._lock = threading.RLock()
        self._session: Any = None
        self._is_held = False

    def is_new(self) -> bool:
        """Return whether the database holds nothing of this log."""
        with self._lock:
            if self._one("SELECT to_regclass('lockgate_log_file')")[0] is None:
                return True
            found = self._one(
                "SELECT EXISTS (SELECT FROM lockgate_log WHERE origin = %s)"
                " OR EXISTS (SELECT FROM lockgate_log_file WHERE origin = %s)",
                self._origin,
                self._origin,
            )
            return not found[0]

    def settle(self) -> None:
        """Nothing: of a transaction that was committed synchronously others see nothing before it is durable."""

    def read(self, path: str) -> bytes:
        """Return the content of a file.

        Raises:
            EvidenceError: If the database has no such file.
            LockgateError: If the database cannot be reached.
        """
        if path == CHECKPOINT:
            query, keys = "SELECT checkpoint FROM lockgate_log WHERE origin = %s", [self._origin]
        else:
            query, keys = "SELECT data FROM lockgate_log_file WHERE origin = %s AND path = %s", [self._origin, path]
        with self._lock:
            found = self._one(query, *keys)
        if found is None:
            raise EvidenceError(
                f"the file `{path}` of the log is not in its database", "Restore the database from a backup."
            )
        return bytes(found[0])

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Hold the log in a transaction; what is not committed by its end has never been.

        Raises:
            LockgateError: If another writer holds the log for a minute, or the database cannot be reached.
        """
        with self._lock:
            self._execute("BEGIN")
            self._is_held = True
            try:
                for setting in _SETTINGS:
                    self._execute(setting)
                self._take(self._origin)
                yield
            finally:
                self._is_held = False
                self._roll_back()

    def commit(self, tiles: Sequence[Tile], checkpoint: bytes) -> None:
        """Write all in the transaction of `hold`, and commit it.

        Args:
            tiles: New files; none when a log is founded.
            checkpoint: The new checkpoint.

        Raises:
            EvidenceError: If the database holds a file already that no checkpoint has counted.
            LockgateError: If the database fails, or does not wait for its disk.
        """
        if not tiles:
            self._found()
        self._insert([(self._origin, tile.path, tile.data) for tile in tiles])
        self._execute(
            "INSERT INTO lockgate_log (origin, checkpoint) VALUES (%s, %s)"
            " ON CONFLICT (origin) DO UPDATE SET checkpoint = EXCLUDED.checkpoint",
            self._origin,
            checkpoint,
        )
        self._execute("COMMIT")

    def close(self) -> None:
        """Close the connection, if there is one; the next use opens another."""
        with self._lock:
            if self._session is not None:
                self._session.close()
                self._session = None

    def _found(self) -> None:
        """Make the tables where there are none; a role that may not make tables finds them made by another."""
        if self._one("SELECT current_setting('fsync')")[0] != "on":
            raise InputError(
                "the log's database does not wait for its disk (`fsync` is off): what it confirms can be lost",
                "Turn `fsync` on, or keep the log elsewhere.",
            )
        self._take(_SCHEMA_LOCK)
        if self._one("SELECT to_regclass('lockgate_log_file')")[0] is None:
            self._execute(_SCHEMA)

    def _take(self, name: str) -> None:
        key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
        self._execute("SELECT pg_advisory_xact_lock(%s)", key)

    def _insert(self, rows: Sequence[tuple[str, str, bytes]]) -> None:
        driver = _driver()
        try:
            with self._connected().cursor() as cursor:
                cursor.executemany("INSERT INTO lockgate_log_file (origin, path, data) VALUES (%s, %s, %s)", rows)
        except driver.Error as error:
            raise _told(error) from None

    def _one(self, query: str, *values: object) -> Any:
        return self._execute(query, *values).fetchone()

    def _execute(self, query: str, *values: object) -> Any:
        driver = _driver()
        try:
            return self._connected().execute(query, values or None)
        except driver.Error as error:
            raise _told(error) from None

    def _roll_back(self) -> None:
        """End what `commit` has not ended; a connection that cannot even do that is given up."""
        session, driver = self._session, _driver()
        if session is None:
            return
        try:
            if not session.closed:
                session.rollback()
        except driver.Error:
            session.close()

    def _connected(self) -> Any:
        """Return the connection, made anew if the last one is gone."""
        if self._session is None or self._session.closed:
            if self._is_held:  # what follows belongs to a transaction that is no more
                raise LockgateError("the connection to the log's database was lost", "Open the log again.")
            driver = _driver()
            self._session = driver.connect(self._connection, **_options(driver, self._connection))
            weakref.finalize(self, self._session.close)
        return self._session


def _driver() -> Any:
    """Return the database driver, which is an extra."""
    try:
        return import_module("psycopg")
    except ImportError as error:
        raise InputError("a log in PostgreSQL needs `psycopg`", "Run: pip install 'lockgate[postgres]'") from error


def _options(driver: Any, connection: str) -> dict[str, Any]:
    """Return what the connection string does not say itself."""
    said = driver.conninfo.conninfo_to_dict(connection)
    return {
        "autocommit": True,  # transactions are begun and ended by name
        "connect_timeout": said.get("connect_timeout", _CONNECT_TIMEOUT_S),
        "application_name": said.get("application_name", "lockgate"),
    }


def _told(error: Any) -> LockgateError:
    """Return what may be told: the driver's words may quote the connection string."""
    code = str(error.sqlstate or "")
    if code == _DUPLICATE:
        return EvidenceError(
            "the log's database holds a file that its checkpoint does not count",
            "Restore the database from a backup.",
        )
    if code == _NO_TABLE:
        return EvidenceError("the log's database holds no log", "Restore it from a backup, or begin with a new home.")
    if code == _LOCK_TIMEOUT:
        return LockgateError("another writer holds the log's database", "Wait until it is done, then try again.")
    found = f"SQLSTATE {code}" if code else type(error).__name__
    return LockgateError(
        f"the log's database cannot be used ({found})",
        "Look into the server's log; connect with psql and the same connection string.",
    )
