"""The log read by somebody else's program: Go's own code for its checksum database, by the main beside this file.

Needs the Debian packages `golang-go` and `golang-golang-x-mod-dev`; without them every test is skipped and says so.
"""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from lockgate.evidence.entry import entry_of
from lockgate.evidence.log import Log
from lockgate.evidence.note import verifier_key
from small_flows import do_not_wait_for_the_disk

GOPATH = Path("/usr/share/gocode")
HAS_GO = bool(shutil.which("go")) and (GOPATH / "src/golang.org/x/mod/sumdb/tlog").is_dir()
ORIGIN, SEED = "lockgate.local/interop", bytes(range(32))
KEY = str(verifier_key(ORIGIN, SEED))
SIZES = (1, 255, 256, 257, 70_000)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not HAS_GO, reason="no Go reader: apt install golang-go golang-golang-x-mod-dev"),
]

Read = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def read(tmp_path_factory: pytest.TempPathFactory) -> Read:
    folder = tmp_path_factory.mktemp("go")
    program = folder / "reader"
    surroundings = {**os.environ, "GO111MODULE": "off", "GOPATH": str(GOPATH), "GOCACHE": str(folder / "cache")}
    main = Path(__file__).with_name("main.go")
    subprocess.run(["go", "build", "-o", program, main], check=True, env=surroundings)

    def read(log: Path, *proofs: Path, key: str = KEY) -> subprocess.CompletedProcess[str]:
        return subprocess.run([program, key, log, *proofs], capture_output=True, text=True, check=False)

    return read


@pytest.fixture(scope="session")
def logs(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    with pytest.MonkeyPatch.context() as patch:
        do_not_wait_for_the_disk(patch)
        return {size: _write(tmp_path_factory.mktemp("logs") / str(size), size) for size in SIZES}


def _write(folder: Path, size: int) -> Path:
    folder.mkdir()
    log = Log.open(folder / "log", ORIGIN, SEED)
    entries = [entry_of(f"{number:064x}", "release") for number in range(size)]
    half = size // 2  # in two appends, so that narrower tiles of the first one lie beside
    for part in (entries[:half], entries[half:]):
        if part:
            log.append(part)
    for index in {0, half, size - 1}:
        (folder / f"{index}.proof").write_text(log.prove(index), encoding="utf-8")
    return folder


@pytest.mark.parametrize("size", SIZES)
def test_go_reads_every_leaf_and_accepts_the_proofs(size: int, logs: dict[int, Path], read: Read):
    proofs = sorted(logs[size].glob("*.proof"))
    answer = read(logs[size] / "log", *proofs)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout == f"{size} leaves, {len(proofs)} proofs\n"


@pytest.mark.parametrize("size", SIZES)
def test_go_refuses_a_log_of_which_one_byte_is_changed(size: int, logs: dict[int, Path], read: Read, tmp_path: Path):
    log = logs[size] / "log"
    files = [path for path in sorted(log.rglob("*")) if path.is_file() and _is_counted(path.relative_to(log), size)]
    for path in (*files[:6], *files[-6:]):
        changed = tmp_path / "log"
        shutil.copytree(log, changed)
        target = changed / path.relative_to(log)
        data = bytearray(target.read_bytes())
        data[len(data) // 3] ^= 1
        target.write_bytes(data)
        answer = read(changed)
        assert answer.returncode == 1, path
        assert answer.stderr.startswith("refused"), path
        shutil.rmtree(changed)


def test_go_refuses_what_is_gone_swapped_or_signed_by_others(logs: dict[int, Path], read: Read, tmp_path: Path):
    other = str(verifier_key(ORIGIN, bytes(32)))
    assert read(logs[257] / "log", key=other).returncode == 1
    for name, change in {
        "a tile is gone": lambda log: (log / "tile/0/000").unlink(),
        "the tree of a smaller log": lambda log: shutil.copy(logs[256] / "log/tile/0/000", log / "tile/1/000.p/1"),
        "another checkpoint": lambda log: (log / "checkpoint").write_text(_checkpoint_of_others(tmp_path)),
        "two entries in another order": lambda log: _swap(log / "tile/entries/000"),
    }.items():
        changed = tmp_path / name
        shutil.copytree(logs[257] / "log", changed)
        change(changed)
        assert read(changed).returncode == 1, name


def test_go_refuses_the_proof_of_another_leaf(logs: dict[int, Path], read: Read, tmp_path: Path):
    proof = (logs[257] / "0.proof").read_text(encoding="utf-8")
    (tmp_path / "proof").write_text(proof.replace("index 0", "index 1"), encoding="utf-8")
    assert read(logs[257] / "log", tmp_path / "proof").returncode == 1


def _is_counted(path: Path, size: int) -> bool:
    """Whether the checkpoint counts on a file: a narrower tile of an earlier append is left where it was."""
    if path.parent.suffix != ".p":
        return True
    level = path.parts[1]
    at_level = size if level == "entries" else size >> (8 * int(level))
    return int(path.name) == at_level % 256


def _checkpoint_of_others(folder: Path) -> str:
    log = Log.open(folder / "others", ORIGIN, SEED)
    log.append([entry_of(f"{number:064x}", "refusal") for number in range(257)])
    return log.checkpoint()


def _swap(bundle: Path) -> None:
    data = bundle.read_bytes()
    length = 2 + int.from_bytes(data[:2], "big")
    bundle.write_bytes(data[length : 2 * length] + data[:length] + data[2 * length :])
