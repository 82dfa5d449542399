"""The contracts between rooms hold, the suite is whole, and the set-up is pinned."""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

import lockgate

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

TESTS_AT_LEAST = 13_000
"""Raise it as the suite grows; fewer collected tests mean that some were lost without a word."""


def run(*command):
    """Return a finished process of this environment."""
    program = Path(sys.executable).parent / command[0]
    return subprocess.run([program, *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_import_contracts_hold():
    done = run("lint-imports", "--no-cache")
    assert done.returncode == 0, done.stdout


def test_every_room_stands_in_a_layer():
    contracts = PROJECT["tool"]["importlinter"]["contracts"]
    layers = next(contract for contract in contracts if contract["type"] == "layers")
    named = {room.strip() for layer in layers["layers"] for room in layer.split("|")}
    rooms = {path.parent.name for path in (ROOT / "src" / "lockgate").glob("*/__init__.py")}
    assert layers["exhaustive"] is True
    assert rooms == named


def test_no_tests_were_lost(request):
    if request.session.testscollected >= TESTS_AT_LEAST:  # nobody asked for some of them only
        return
    done = run("pytest", "--collect-only", "-p", "no:cacheprovider", "-m", "slow or not slow")
    assert done.returncode == 0, done.stdout[-2000:]
    found = re.search(r"(\d+) tests? collected", done.stdout)
    assert found is not None
    assert int(found.group(1)) >= TESTS_AT_LEAST


def test_the_rules_of_the_linters_are_those_of_the_house():
    lint, tests = PROJECT["tool"]["ruff"]["lint"], PROJECT["tool"]["pytest"]["ini_options"]
    assert lint["select"] == ["ALL"]
    assert lint["mccabe"]["max-complexity"] <= 8
    assert lint["pylint"]["max-args"] <= 6
    assert lint["pylint"]["max-statements"] <= 40
    assert PROJECT["tool"]["mypy"]["strict"] is True
    assert tests["filterwarnings"] == ["error"]


def test_the_version_is_the_one_of_the_installed_package():
    assert version("lockgate") == lockgate.__version__


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-test.lock"])
def test_every_dependency_is_pinned_with_hashes_and_no_address(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    pinned = re.findall(r"^([a-z0-9-]+)==[^\s]+", text, re.MULTILINE)
    assert {re.split(r"[>=<\[]", wanted)[0] for wanted in PROJECT["project"]["dependencies"]} <= set(pinned)
    blocks = re.split(r"^(?=[a-z0-9-]+==)", text, flags=re.MULTILINE)[1:]
    assert all("--hash=sha256:" in block for block in blocks)
    options = [line for line in text.splitlines() if line.startswith("-")]
    assert options == []
    assert "://" not in "".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))


@pytest.mark.parametrize("name", ["lockgate", ".ci/run"])
def test_the_scripts_of_the_root_can_be_run(name):
    assert (ROOT / name).stat().st_mode & 0o111
