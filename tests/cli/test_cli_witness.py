"""`evidence witness` as a process of its own on the loopback: it answers as tlog-witness says and forgets nothing."""

import json
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from lockgate.evidence.checkpoint import parse_checkpoint, sign_checkpoint
from lockgate.evidence.log import Log
from lockgate.evidence.trust import parse_trust
from lockgate.evidence.witness import add_cosignatures, render_submission
from small_flows import LOCKGATE

ORIGIN = "log.example/one"


class Running:
    """A witness that answers."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout
        self.process, lines = process, []
        while not lines or lines[-1] != "}\n":
            lines.append(process.stdout.readline())
            assert lines[-1], "the witness ended"
        self.said: dict[str, Any] = json.loads("".join(lines))

    def post(self, body: bytes, path: str = "/add-checkpoint", **headers: str) -> tuple[int, str, str]:
        connection = HTTPConnection(self.said["url"].removeprefix("http://"), timeout=30)
        try:
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.getheader("Content-Type", ""), answer.read().decode()
        finally:
            connection.close()


@pytest.fixture
def log(tmp_path: Path) -> Log:
    made = Log.open(tmp_path / "log", ORIGIN, bytes(32))
    made.append([b"a", b"b", b"c"])
    return made


@pytest.fixture
def start(tmp_path: Path, log: Log) -> Iterator[Callable[[], Running]]:
    with ExitStack() as stack:

        def run() -> Running:
            given = ["evidence", "witness", "--json", "--home", str(tmp_path / "home"), "--log", str(log.key)]
            pipe = subprocess.PIPE
            process = stack.enter_context(subprocess.Popen([*LOCKGATE, *given], stdout=pipe, stderr=pipe, text=True))
            stack.callback(process.kill)
            return Running(process)

        yield run


def _body(log: Log, old: int) -> bytes:
    return render_submission(old, log.consistency(old), log.checkpoint())


@pytest.mark.slow
def test_a_witness_answers_as_the_specification_says_and_remembers_after_kill_9(
    start: Callable[[], Running], log: Log, tmp_path: Path
):
    witness = start()
    status, _, lines = witness.post(_body(log, 0))
    assert status == 200
    names = "\n".join(f"witness w{number} {key}" for number, key in enumerate(witness.said["keys"]))
    trust = parse_trust(f"log {log.key}\n{names}\ngroup both all w0 w1\nquorum both\n")
    whole = add_cosignatures(log.checkpoint(), lines, [item.key for item in trust.witnesses])
    times = trust.witnessed_by(parse_checkpoint(whole.encode()))
    assert trust.is_met_by(times)
    assert min(times.values()) > 1_700_000_000
    fork = Log.open(tmp_path / "fork", ORIGIN, bytes(32))
    fork.append([b"x", b"y", b"z"])
    log.append([b"d"])
    witness.process.kill()
    again = start()
    assert again.said["keys"] == witness.said["keys"]
    assert again.post(_body(log, 0)) == (409, "text/x.tlog.size", "3\n")
    assert again.post(_body(fork, 3))[0] == 409
    assert again.post(render_submission(3, (), log.checkpoint()))[0] == 422
    forged = sign_checkpoint(ORIGIN, log.head, bytes([9] * 32))
    assert again.post(render_submission(3, log.consistency(3), forged))[0] == 403
    strange = Log.open(tmp_path / "strange", "log.example/two", bytes(32))
    assert again.post(_body(strange, 0))[0] == 404
    assert again.post(_body(log, 3), path="/other")[0] == 404
    assert [again.post(body)[0] for body in (b"", b"old 3\n", bytes(1 << 19))] == [400] * 3
    assert again.post(_body(log, 3))[0] == 200


@pytest.mark.slow
def test_of_forks_posted_at_once_one_is_cosigned(start: Callable[[], Running], log: Log, tmp_path: Path):
    bodies = []
    for number in range(8):
        fork = Log.open(tmp_path / f"fork-{number}", ORIGIN, bytes(32))
        fork.append([b"fork %d" % number])
        bodies.append(_body(fork, 0))
    witness = start()
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda body: witness.post(body)[0], bodies))
    assert sorted(statuses) == [200] + [409] * 7


@pytest.mark.parametrize(
    "given",
    [
        (),
        ("--log", "no key"),
        ("--log", "KEY", "--log", "KEY"),
        ("--log", "KEY", "--listen", "8080"),
        ("--log", "KEY", "--listen", "127.0.0.1:99999"),
        ("--log", "KEY", "--name", "two words"),
    ],
)
def test_a_witness_that_is_told_nonsense_says_so_and_does_not_listen(
    given: tuple[str, ...], lockgate: Callable[..., Any], log: Log
):
    words = [str(log.key) if word == "KEY" else word for word in given]
    assert lockgate("evidence", "witness", *words).code == 2
