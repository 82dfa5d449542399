"""What killed processes leave in the folder for temporary files goes with the next one; what is in use stays."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lockgate.tables import scratch
from lockgate.tables.scratch import HeldFolder, leave_scratch, scratch_folder, temporary_folder
from lockgate.terms.errors import LockgateError

OTHER = """
import sys, time
from lockgate.tables.scratch import scratch_folder
(scratch_folder() / "rows").write_text("of a person")
print(scratch_folder(), flush=True)
time.sleep(600)
"""


def another(parent: Path) -> tuple[subprocess.Popen[str], Path]:
    """A process with a folder of its own, and that folder."""
    environment = {**os.environ, "TMPDIR": str(parent), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    process = subprocess.Popen([sys.executable, "-c", OTHER], env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def test_what_a_killed_process_left_goes_and_what_a_living_one_holds_stays(tmp_path: Path) -> None:
    killed, left = another(tmp_path)
    living, held = another(tmp_path)
    try:
        killed.kill()
        killed.communicate()
        assert left.is_dir()
        own = HeldFolder("lockgate-", tmp_path)
        assert not left.exists()
        assert (held / "rows").read_text() == "of a person"
        assert own.path.stat().st_mode & 0o777 == 0o700
        own.remove()
        assert not own.path.exists()
    finally:
        living.kill()
        living.communicate()


def test_a_folder_that_is_just_made_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Path] = []

    def make_and_have_it_swept(prefix: str, dir: Path) -> str:  # noqa: A002 - as in tempfile
        folder = dir / f"{prefix}{len(made)}"
        folder.mkdir(mode=0o700)
        made.append(folder)
        if len(made) == 1:
            folder.rmdir()  # as another process does that sweeps
        return str(folder)

    monkeypatch.setattr(scratch, "mkdtemp", make_and_have_it_swept)
    assert HeldFolder("lockgate-", tmp_path).path == made[1]


def test_folders_of_other_names_and_links_stay(tmp_path: Path) -> None:
    own = HeldFolder("lockgate-", tmp_path)
    prefix = own.path.name[: len("lockgate-0000-")]
    own.remove()
    (tmp_path / "kept").mkdir()
    (tmp_path / f"{prefix}link").symlink_to(tmp_path / "kept")
    (tmp_path / "lockgate-of-mine").mkdir()
    (tmp_path / f"{prefix}full").mkdir()
    (tmp_path / f"{prefix}full" / "file").write_text("of somebody who locks nothing")
    HeldFolder("lockgate-", tmp_path).remove()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        ["kept", f"{prefix}link", "lockgate-of-mine", f"{prefix}full"]
    )


def test_a_copy_of_the_process_does_not_remove_what_is_its_parents(tmp_path: Path) -> None:
    own = HeldFolder("lockgate-", tmp_path)
    child = os.fork()
    if child == 0:
        own.remove()
        os._exit(0)
    os.waitpid(child, 0)
    assert own.path.is_dir()
    own.remove()


def test_only_the_folder_that_is_named_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    leave_scratch()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "nowhere"))
    assert temporary_folder() == tmp_path / "nowhere"
    with pytest.raises(LockgateError, match=r"the folder for temporary files, `.*nowhere`: no such file") as raised:
        scratch_folder()
    assert raised.value.hint == "Name a folder in TMPDIR that exists and may be written."
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    assert scratch_folder().parent == tmp_path
    assert scratch_folder() == scratch_folder()
    leave_scratch()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGHUP])
def test_a_command_that_is_told_to_end_leaves_nothing(tmp_path: Path, by: signal.Signals) -> None:
    script = f"""
import os, signal, sys
from lockgate.cli import door
from lockgate.tables.scratch import scratch_folder
def run(given):
    (scratch_folder() / "rows").write_text("of a person")
    os.kill(os.getpid(), {int(by)})
door._run = run
sys.argv = ["lockgate", "laws"]
sys.exit(door.main())
"""
    environment = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr.splitlines()[0]) == (128 + by, "lockgate: interrupted")
    assert list(tmp_path.iterdir()) == []
