"""Real clusters on the loopback of a network of their own: a head and two workers of one core, each a process."""

import ctypes
import fcntl
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

PATIENCE_S = 120.0
SECRET = "a-secret-of-the-tests-0123456789abcdef"
_NEW_NETWORK = 0x40000000
_SET_FLAGS = 0x8914
_UP = 1


@contextmanager
def own_network() -> Iterator[None]:
    """A network with nothing but loopback for this thread and what it starts, where that is allowed."""
    libc = ctypes.CDLL(None, use_errno=True)
    with Path("/proc/thread-self/ns/net").open() as before:
        if libc.unshare(_NEW_NETWORK):
            yield
            return
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as device:
            fcntl.ioctl(device, _SET_FLAGS, struct.pack("16sh22x", b"lo", _UP))
        yield
        assert libc.setns(before.fileno(), _NEW_NETWORK) == 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(is_so, what: str = "something") -> None:
    end = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.1)


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def family(pid: int) -> list[int]:
    """A process and all below it."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if entry.name.isdecimal():
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
                parents.setdefault(parent, []).append(int(entry.name))
    found = [pid]
    for member in found:
        found += parents.get(member, [])
    return found


class Node:
    """A head or a worker: a process and what it starts."""

    def __init__(self, command: list[str], environment: dict[str, str], log: Path) -> None:
        with log.open("ab") as said:
            self.process = subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True
            )

    def is_up(self) -> bool:
        return self.process.poll() is None

    def kill(self) -> None:
        """SIGKILL to it and to all that it started, none of which can tell anybody."""
        members = family(self.process.pid)
        for member in members:
            with suppress(ProcessLookupError):
                os.kill(member, signal.SIGKILL)
        self.process.wait()
        wait_until(lambda: not any(map(is_alive, members)), "the end of a node")


class RealCluster:
    """What both kinds have."""

    scheme = ""
    ready = ""

    def __init__(self, settings: dict[str, str]) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="lgc-", dir="/tmp"))
        self.environment = {**os.environ, **settings, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        self.head: Node | None = None
        self.workers: list[Node] = []
        self.port = 0

    @property
    def address(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def heal(self) -> None:
        """Start what is not there, one after the other."""
        if self.head is None or not self.head.is_up():
            self.end()
            self.port = free_port()
            self.head = self._start("head", self.head_command())
        self.workers = [worker for worker in self.workers if worker.is_up()]
        while len(self.workers) < 2:
            self.workers.append(self._start("worker", self.worker_command()))

    def _start(self, name: str, command: list[str]) -> Node:
        log = Path(tempfile.mkstemp(prefix=f"{name}-", suffix=".log", dir=self.folder)[1])
        node = Node(command, self.environment, log)
        wait_until(lambda: not node.is_up() or self.ready_words(name) in log.read_text(), f"a {name}")
        assert node.is_up(), log.read_text()[-2000:]
        return node

    def ready_words(self, name: str) -> str:
        raise NotImplementedError

    def head_command(self) -> list[str]:
        raise NotImplementedError

    def worker_command(self) -> list[str]:
        raise NotImplementedError

    def logs(self) -> str:
        """All that the cluster has written down."""
        return "".join(file.read_text(errors="replace") for file in self.folder.rglob("*") if file.is_file())

    def end(self) -> None:
        for node in (*self.workers, self.head):
            if node is not None:
                node.kill()
        self.workers, self.head = [], None

    def close(self) -> None:
        self.end()
        shutil.rmtree(self.folder, ignore_errors=True)


class RealRay(RealCluster):
    scheme = "ray"

    def __init__(self) -> None:
        super().__init__({"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": SECRET, "RAY_USAGE_STATS_ENABLED": "0"})

    def _ray(self, *arguments: str) -> list[str]:
        start = [sys.executable, "-m", "ray.scripts.scripts", "start", "--block", "--node-ip-address=127.0.0.1"]
        return [*start, "--object-store-memory=80000000", "--disable-usage-stats", *arguments]

    def head_command(self) -> list[str]:
        place = [f"--port={self.port}", f"--temp-dir={self.folder}/r"]
        return self._ray("--head", *place, "--num-cpus=0", "--include-dashboard=false")

    def worker_command(self) -> list[str]:
        return self._ray(f"--address=127.0.0.1:{self.port}", "--num-cpus=1")

    def ready_words(self, name: str) -> str:
        return "Ray runtime started"


class RealSpark(RealCluster):
    scheme = "spark"

    def __init__(self) -> None:
        found = find_spec("pyspark")
        assert found is not None
        self._home = Path(found.origin or "").parent
        light = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
        super().__init__({"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_DAEMON_JAVA_OPTS": light})
        settings = {
            "spark.authenticate": "true",
            "spark.authenticate.secret": SECRET,
            "spark.executor.extraJavaOptions": light,
        }
        conf = self.folder / "conf"
        conf.mkdir()
        (conf / "spark-defaults.conf").write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
        self.environment["SPARK_CONF_DIR"] = str(conf)

    def _spark(self, kind: str, *arguments: str) -> list[str]:
        start = [str(self._home / "bin" / "spark-class"), f"org.apache.spark.deploy.{kind.lower()}.{kind}"]
        return [*start, "--host", "127.0.0.1", "--webui-port", "0", *arguments]

    def head_command(self) -> list[str]:
        return self._spark("Master", "--port", str(self.port))

    def worker_command(self) -> list[str]:
        place = ["--work-dir", f"{self.folder}/w", f"spark://127.0.0.1:{self.port}"]
        return self._spark("Worker", "--cores", "1", "--memory", "1g", *place)

    def ready_words(self, name: str) -> str:
        return "New state: ALIVE" if name == "head" else "Successfully registered with master"
