"""A real MariaDB of a test's or a benchmark's own, on a socket in a folder, without network; it can be killed."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

_PLACES = ("/usr/sbin/mariadbd", "/usr/sbin/mysqld")


def missing() -> str:
    """Return why there can be no server here, or nothing."""
    if find_spec("pymysql") is None:
        return "the extra `mysql` is not installed"
    return "" if _daemon() and shutil.which("mariadb-install-db") else "MariaDB is not installed"


def _daemon() -> str | None:
    found = shutil.which("mariadbd") or shutil.which("mysqld")
    return found or next((place for place in _PLACES if Path(place).exists()), None)


@contextmanager
def running(folder: Path, *more: str) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """Yield the server's process, and the path of its socket once it answers there; `root` has no password.

    Args:
        folder: What it serves; made where there is none.
        more: Options of the server.
    """
    daemon, place = _daemon(), folder / "s"
    assert daemon
    if not (folder / "data").exists():
        install = ["mariadb-install-db", "--no-defaults", f"--datadir={folder}/data", "--user=root"]
        subprocess.run([*install, "--auth-root-authentication-method=normal"], check=True, capture_output=True)
    options = [
        f"--datadir={folder}/data",
        f"--socket={place}",
        "--skip-networking",
        "--user=root",
        f"--pid-file={folder}/pid",
        "--innodb-use-native-aio=0",  # with it, some kernels never let the server end
        *more,
    ]
    process = subprocess.Popen(
        [daemon, "--no-defaults", *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while process.poll() is None and not _answers(place):
            time.sleep(0.1)
        yield process, place
    finally:
        process.terminate()
        process.wait()


def _answers(place: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as one:
        try:
            one.connect(str(place))
        except OSError:
            return False
        return True
