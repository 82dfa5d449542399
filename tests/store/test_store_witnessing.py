"""What a witness remembers survives kill -9 and full disks, and of racing processes one at a time is heard."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from faulty_disk import Fault, FaultyDisk, Killed
from lockgate.evidence.cosignature import cosigner_key
from lockgate.evidence.log import Log
from lockgate.evidence.merkle import TreeHead
from lockgate.evidence.note import ED25519_COSIGNATURE, verifier_key
from lockgate.evidence.witness import Answer, Cosigner, Seen, add_checkpoint, render_submission
from lockgate.store.witnessing import WitnessMemory
from lockgate.terms.errors import EvidenceError, InputError, LockgateError

ORIGIN = "log.example/one"
LOG = verifier_key(ORIGIN, bytes(32))
SEED = bytes([3] * 32)
COSIGNERS = (Cosigner(cosigner_key("witness.example", SEED, ED25519_COSIGNATURE), SEED),)


def _seen(size: int, fill: int = 1, time_s: int = 1000) -> Seen:
    return Seen(TreeHead(size, bytes([fill] * 32)), time_s)


def _record(folder: Path) -> Path:
    (path,) = folder.glob("*.json")
    return path


def _ask(memory: WitnessMemory, log: Log, old: int) -> Answer:
    body = render_submission(old, log.consistency(old), log.checkpoint())
    return add_checkpoint(body, {ORIGIN: LOG}, COSIGNERS, memory, 1000)


def test_what_was_kept_is_recalled_by_whoever_opens_the_folder(tmp_path: Path):
    memory = WitnessMemory.open(tmp_path / "seen")
    assert memory.recall(ORIGIN) is None
    memory.keep(ORIGIN, _seen(2**62))
    memory.keep("log.example/two", _seen(3))
    again = WitnessMemory.open(tmp_path / "seen")
    assert again.recall(ORIGIN) == _seen(2**62)
    assert again.recall("log.example/two") == _seen(3)
    assert again.recall("log.example/three") is None


@pytest.mark.parametrize("seen", [_seen(6), _seen(7, fill=2), _seen(0)])
def test_the_record_never_goes_back(seen: Seen, tmp_path: Path):
    memory = WitnessMemory.open(tmp_path)
    memory.keep(ORIGIN, _seen(7))
    with pytest.raises(EvidenceError, match="does not follow the one of 7"):
        memory.keep(ORIGIN, seen)
    memory.keep(ORIGIN, _seen(7, time_s=2000))
    assert memory.recall(ORIGIN) == _seen(7, time_s=2000)


@pytest.mark.parametrize(
    "edit",
    [
        lambda data: b"",
        lambda data: data[:-1],
        lambda data: data + b" ",
        lambda data: data.replace(b"log.example/one", b"log.example/two"),
        lambda data: data.replace(b'"3"', b'"-3"'),
        lambda data: data.replace(b'"3"', b'"x"'),
        lambda data: data.replace(b"0101", b"01", 1),
        lambda data: b"[]",
    ],
)
def test_a_damaged_record_is_an_error_and_never_a_new_beginning(edit: Callable[[bytes], bytes], tmp_path: Path):
    log = Log.open(tmp_path / "log", ORIGIN, bytes(32))
    log.append([b"a", b"b", b"c", b"d"])
    memory = WitnessMemory.open(tmp_path / "seen")
    memory.keep(ORIGIN, _seen(3))
    path = _record(tmp_path / "seen")
    changed = edit(path.read_bytes())
    assert changed != path.read_bytes()
    path.write_bytes(changed)
    with pytest.raises(EvidenceError, match="damaged"):
        _ask(memory, log, 0)


def test_a_folder_that_is_something_else_is_an_input_error(tmp_path: Path):
    (tmp_path / "seen").write_text("x")
    with pytest.raises(InputError, match="found something else"):
        WitnessMemory.open(tmp_path / "seen")


def test_only_the_owner_can_enter_the_folder(tmp_path: Path):
    WitnessMemory.open(tmp_path / "seen").keep(ORIGIN, _seen(1))
    assert (tmp_path / "seen").stat().st_mode & 0o077 == 0
    assert _record(tmp_path / "seen").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.STOPPED])
def test_whichever_write_ends_badly_nothing_cosigned_is_forgotten(fault: Fault, tmp_path: Path):
    """Two cosignatures; every change of the file system ends badly once. Afterwards the log goes on from the record."""
    logs = []
    for size in (2, 5):
        log = Log.open(tmp_path / f"log-{size}", ORIGIN, bytes(32))
        log.append([b"leaf %d" % number for number in range(size)])
        logs.append(log)
    at = 0
    while True:
        at += 1
        folder, disk, told = tmp_path / f"seen-{at}", FaultyDisk(at, fault), 0
        with disk.active(), suppress(Killed, LockgateError, OSError):
            memory = WitnessMemory.open(folder)
            for log, old in zip(logs, (0, 2), strict=True):
                told = log.size if _ask(memory, log, old).status == 200 else told
        known = WitnessMemory.open(folder).recall(ORIGIN)
        size = known.head.size if known else 0
        assert size >= told, disk.seen
        assert size in (0, 2, 5)
        assert _ask(WitnessMemory.open(folder), logs[1], size).status == 200, disk.seen
        if len(disk.seen) < at:
            break
    assert at > 6


WITNESS = """
import sys
from pathlib import Path
from lockgate.evidence.cosignature import cosigner_key
from lockgate.evidence.note import ED25519_COSIGNATURE, verifier_key
from lockgate.evidence.witness import Cosigner, add_checkpoint
from lockgate.store.witnessing import WitnessMemory

seed = bytes([3] * 32)
cosigners = [Cosigner(cosigner_key("witness.example", seed, ED25519_COSIGNATURE), seed)]
logs = {"log.example/one": verifier_key("log.example/one", bytes(32))}
memory = WitnessMemory.open(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
for path in sys.argv[2:]:
    print(path, add_checkpoint(Path(path).read_bytes(), logs, cosigners, memory, 1000).status, flush=True)
"""
"""A witness as a process of its own: takes requests from files, says what it answered."""


@pytest.fixture
def witness() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    with ExitStack() as stack:

        def start(folder: Path, *requests: Path) -> subprocess.Popen[str]:
            given = [sys.executable, "-c", WITNESS, str(folder), *map(str, requests)]
            process = stack.enter_context(
                subprocess.Popen(given, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            )
            stack.callback(process.kill)
            assert process.stdout
            assert process.stdout.readline() == "ready\n"
            return process

        yield start


def _go(process: subprocess.Popen[str]) -> None:
    assert process.stdin
    process.stdin.write("go\n")
    process.stdin.flush()


@pytest.mark.slow
@pytest.mark.parametrize("after_s", [0.0, 0.01, 0.05, 0.1])
def test_a_witness_that_is_killed_forgets_nothing_that_it_cosigned(
    after_s: float, witness: Callable[..., subprocess.Popen[str]], tmp_path: Path
):
    """kill -9 while it cosigns a growing log; every answer that came out is in the record."""
    log, requests = Log.open(tmp_path / "log", ORIGIN, bytes(32)), []
    for size in range(150):
        path = tmp_path / f"{size + 1:04}"
        log.append([b"leaf %d" % size])
        path.write_bytes(render_submission(size, log.consistency(size) if size else (), log.checkpoint()))
        requests.append(path)
    process = witness(tmp_path / "seen", *requests)
    _go(process)
    assert process.stdout
    first = process.stdout.readline()
    time.sleep(after_s)
    process.kill()
    told = [line.split() for line in (first + process.stdout.read()).splitlines()]
    assert all(status == "200" for _, status in told)
    known = WitnessMemory.open(tmp_path / "seen").recall(ORIGIN)
    assert known
    assert known.head.size >= len(told) >= 1
    assert _ask(WitnessMemory.open(tmp_path / "seen"), log, known.head.size).status == 200


@pytest.mark.slow
def test_of_racing_processes_with_forks_of_one_log_one_fork_is_cosigned(
    witness: Callable[..., subprocess.Popen[str]], tmp_path: Path
):
    processes = []
    for number in range(6):
        log = Log.open(tmp_path / f"log-{number}", ORIGIN, bytes(32))
        log.append([b"fork %d" % number])
        path = tmp_path / f"fork-{number}"
        path.write_bytes(render_submission(0, (), log.checkpoint()))
        processes.append(witness(tmp_path / "seen", *[path] * 5))
    for process in processes:
        _go(process)
    answers = [process.communicate()[0].split() for process in processes]
    cosigned = {
        path for answer in answers for path, status in zip(answer[::2], answer[1::2], strict=True) if status == "200"
    }
    assert len(cosigned) == 1
    assert all(len(answer) == 10 for answer in answers)
