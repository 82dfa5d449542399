"""A credential in its JOSE form is read, and a changed one refused, by a JOSE library of others (PyPI joserfc)."""

import subprocess
import sys
import venv
from pathlib import Path

import pytest

from lockgate.evidence.credential import Form, write_credential
from lockgate.evidence.signed_document import did_key
from lockgate.store.home import Home
from small_flows import release_at

READER = Path(__file__).with_name("jose_reader.py")


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("jose")
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python, "install", "-q", "joserfc")
    installed = subprocess.run(pip, capture_output=True, text=True, check=False)
    if installed.returncode:
        pytest.skip("no package index at hand to fetch joserfc from")
    return python


def read(python: Path, file: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([python, READER, file], capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_a_credential_is_read_by_joserfc_and_a_changed_one_refused(python: Path, tmp_path: Path):
    release_at(tmp_path)
    home = Home.open(tmp_path / ".lockgate")
    dossier = ((tmp_path / "out" / name).read_bytes() for name in ("statement.json", "proof"))
    data = write_credential(*dossier, home.signing_key(), "2026-11-22T08:00:00Z", Form.JOSE)
    file = tmp_path / "credential.jwt"
    file.write_bytes(data)
    good = read(python, file)
    assert good.stdout.strip() == did_key(home.verifier_key.public_key), good.stderr
    head, payload, signature = data.decode().strip().split(".")
    file.write_text(f"{head}.{payload[:-8]}{'A' if payload[-8] != 'A' else 'B'}{payload[-7:]}.{signature}")
    bad = read(python, file)
    assert bad.returncode != 0
    assert "BadSignatureError" in bad.stderr
