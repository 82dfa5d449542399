"""The distribution `lockgate-verify`: its wheel, built from the sources and installed alone, checks a kept dossier."""

import json
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden" / "k-anonymised" / "expected"


def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    nothing = {"PATH": "/usr/bin:/bin"}  # above all no PYTHONPATH, which would lead to the sources
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False, env=nothing)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check")
    built = subprocess.run(
        [*pip, "wheel", "-q", "--no-deps", "-w", folder, ROOT / "packaging" / "lockgate-verify"],
        capture_output=True,
        text=True,
        check=False,
    )
    if built.returncode and "hatchling" in built.stderr and "No matching distribution" in built.stderr:
        pytest.skip("no package index at hand to build with")
    assert built.returncode == 0, built.stderr
    (wheel,) = folder.glob("lockgate_verify-*.whl")
    venv.create(folder / "alone", with_pip=False)
    python = folder / "alone" / "bin" / "python"
    installed = subprocess.run(
        [*pip, "--python", python, "install", "-q", wheel], capture_output=True, text=True, check=False
    )
    assert installed.returncode == 0, installed.stderr
    return folder / "alone" / "bin" / "lockgate-verify"


@pytest.mark.slow
def test_it_is_installed_without_any_reader_of_tables(program: Path):
    for name in ("numpy", "pyarrow", "numba"):
        assert run(program.with_name("python"), "-c", f"import {name}").returncode != 0


@pytest.mark.slow
def test_it_checks_a_kept_dossier_and_refuses_a_tampered_one(program: Path, tmp_path: Path):
    kept = Path(shutil.copytree(GOLDEN, tmp_path / "kept"))
    found = run(program, kept, "--json")
    assert found.returncode == 0, found.stdout
    steps = {step["step"]: step for step in json.loads(found.stdout)["steps"]}
    assert steps["decision"]["ok"]
    assert steps["inclusion"]["detail"] == "the statement is leaf 0"
    statement = kept / "statement.json"
    statement.write_bytes(statement.read_bytes().replace(b'"k":3', b'"k":2').replace(b'"rows":20', b'"rows":21'))
    refused = run(program, kept)
    assert refused.returncode == 6
    assert "Not intact" in refused.stdout
