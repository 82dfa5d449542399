"""The log read by a second program of somebody else's: PyPI's `tlog-scales`, by the script beside this file.

It lives in an environment of its own, whose Python `LOCKGATE_INTEROP_PYTHON` names (`.ci/run` makes one); without it
every test is skipped and says so. It knows ML-DSA-44 too, so that the log's second signature is checked by others.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from lockgate.evidence.cosignature import cosigner_key
from lockgate.evidence.entry import entry_of
from lockgate.evidence.log import Log
from lockgate.evidence.note import verifier_key
from small_flows import do_not_wait_for_the_disk

PYTHON = os.environ.get("LOCKGATE_INTEROP_PYTHON", "")
SCRIPT = Path(__file__).with_name("read_with_tlog_scales.py")
ORIGIN, SEED, SECOND = "lockgate.local/interop", bytes(range(32)), bytes([9] * 32)
KEYS = (str(verifier_key(ORIGIN, SEED)), str(cosigner_key(ORIGIN, SECOND)))
SIZES = (1, 255, 256, 257, 70_000)


def _has_reader() -> bool:
    probe = [PYTHON, "-c", "import tlog_scales"]
    return Path(PYTHON).is_file() and subprocess.run(probe, capture_output=True, check=False).returncode == 0


pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not _has_reader(),
        reason="no second reader: pip install tlog-scales, and name its python in LOCKGATE_INTEROP_PYTHON",
    ),
]


def _read(log: Path, *proofs: Path, keys: tuple[str, ...] = KEYS) -> subprocess.CompletedProcess[str]:
    command = [PYTHON, "-I", SCRIPT, log, *keys, "--", *proofs]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    with pytest.MonkeyPatch.context() as patch:
        do_not_wait_for_the_disk(patch)
        return {size: _write(tmp_path_factory.mktemp("logs") / str(size), size) for size in SIZES}


def _write(folder: Path, size: int) -> Path:
    folder.mkdir()
    log = Log.open(folder / "log", ORIGIN, SEED, cosigning_seed=SECOND)
    entries = [entry_of(f"{number:064x}", "release") for number in range(size)]
    half = size // 2
    for part in (entries[:half], entries[half:]):
        if part:
            log.append(part)
    for index in {0, half, size - 1}:
        (folder / f"{index}.proof").write_text(log.prove(index), encoding="utf-8")
    return folder


@pytest.mark.parametrize("size", SIZES)
def test_it_reads_every_leaf_and_accepts_both_signatures_and_the_proofs(size: int, logs: dict[int, Path]):
    proofs = sorted(logs[size].glob("*.proof"))
    answer = _read(logs[size] / "log", *proofs)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout == f"{size} leaves, {len(proofs)} proofs\n"


@pytest.mark.parametrize("size", SIZES[:-1])
def test_it_refuses_a_log_of_which_one_byte_is_changed(size: int, logs: dict[int, Path], tmp_path: Path):
    log = logs[size] / "log"
    for path in sorted(path for path in log.rglob("*") if path.is_file()):
        name = path.relative_to(log)
        if not _is_counted(name, size):
            continue
        shutil.copytree(log, tmp_path / "log")
        data = bytearray(path.read_bytes())
        data[len(data) // 3] ^= 1
        (tmp_path / "log" / name).write_bytes(data)
        answer = _read(tmp_path / "log")
        assert answer.returncode == 1, name
        assert answer.stderr.startswith("refused"), name
        shutil.rmtree(tmp_path / "log")


def test_it_refuses_a_forged_entry_of_a_large_log(logs: dict[int, Path], tmp_path: Path):
    shutil.copytree(logs[70_000] / "log", tmp_path / "log")
    path = tmp_path / "log/tile/entries/137"
    path.write_bytes(path.read_bytes().replace(b"release", b"refusal", 1))
    assert _read(tmp_path / "log").returncode == 1


def test_it_refuses_other_keys_gone_tiles_and_proofs_of_other_leaves(logs: dict[int, Path], tmp_path: Path):
    log = logs[257] / "log"
    for keys in ((str(verifier_key(ORIGIN, SECOND)),), (KEYS[0], str(cosigner_key(ORIGIN, SEED)))):
        assert _read(log, keys=keys).returncode == 1
    shutil.copytree(log, tmp_path / "log")
    (tmp_path / "log/tile/0/000").unlink()
    assert _read(tmp_path / "log").returncode == 1
    proof = (logs[257] / "0.proof").read_text(encoding="utf-8")
    (tmp_path / "proof").write_text(proof.replace("index 0", "index 1"), encoding="utf-8")
    assert _read(log, tmp_path / "proof").returncode == 1


def _is_counted(path: Path, size: int) -> bool:
    """Whether the checkpoint counts on a file: a narrower tile of an earlier append is left where it was."""
    if path.parent.suffix != ".p":
        return True
    level = path.parts[1]
    at_level = size if level == "entries" else size >> (8 * int(level))
    return int(path.name) == at_level % 256
