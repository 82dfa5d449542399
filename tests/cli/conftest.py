"""The command line, run in this process at a fixed time, in a folder with the passengers and a flow file."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lockgate.cli import door
from lockgate.cli import release as release_command
from small_flows import NOW, do_not_wait_for_the_disk, fix_keys, fixed_bytes, write_flow


@dataclass(frozen=True)
class Answer:
    """What a command gave: exit code, standard output, standard error."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


class _FixedClock(datetime):
    @classmethod
    def now(cls, tz: object = None) -> datetime:
        return NOW


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: passengers, a permitted `flow.toml`, a home with known keys."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOCKGATE_PROGRESS", "off")  # a slow machine would tell of it
    do_not_wait_for_the_disk(monkeypatch)
    monkeypatch.setattr(door, "datetime", _FixedClock)
    monkeypatch.setattr(release_command, "os", SimpleNamespace(urandom=fixed_bytes("1")))
    write_flow(tmp_path)
    fix_keys(tmp_path / ".lockgate")
    return tmp_path


@pytest.fixture(scope="session")
def kept_places(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Path, Any]]:
    """What `begin` made, by name: a copy, the folder that it was made in, and what was returned."""
    return {}


@pytest.fixture
def begin(
    place: Path,
    kept_places: dict[str, tuple[Path, Path, Any]],
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[str, Callable[[], Any]], Any]:
    """Fill the current folder by some commands once, and by a copy for every later test that begins with the same."""

    def fill(name: str, make: Callable[[], Any]) -> Any:
        if name not in kept_places:
            found, copy = make(), tmp_path_factory.mktemp("kept") / "place"
            kept_places[name] = Path(shutil.copytree(place, copy, symlinks=True)), place, found
        copy, made_in, found = kept_places[name]
        if made_in != place:
            shutil.copytree(copy, place, symlinks=True, dirs_exist_ok=True)
            for record in place.glob(".lockgate/releases/*.json"):  # they say where a release lies
                record.write_text(
                    record.read_text(encoding="utf-8").replace(str(made_in), str(place)), encoding="utf-8"
                )
        monkeypatch.setattr(release_command, "os", SimpleNamespace(urandom=fixed_bytes("later")))
        return found

    return fill


@pytest.fixture
def lockgate(place: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    """Run a command in that folder."""

    def run(*arguments: str) -> Answer:
        capsys.readouterr()
        try:
            code = door.main(arguments)
        except SystemExit as leaving:  # --help and --version
            code = leaving.code if isinstance(leaving.code, int) else 1
        said = capsys.readouterr()
        return Answer(code, said.out, said.err)

    return run
