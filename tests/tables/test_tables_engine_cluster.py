"""What is said of a cluster that cannot be had, before anything of its library runs."""

import subprocess
import sys
from pathlib import Path

import pytest

from lockgate.tables.cluster_worker import list_versions, run_fragment
from lockgate.tables.engine import open_engine
from lockgate.tables.engine_cluster import Address, parse_address
from lockgate.terms.errors import InputError


@pytest.mark.parametrize(
    ("address", "workers", "place"),
    [
        ("ray://10.0.0.5:6379", 0, Address("10.0.0.5", 6379, 0)),
        ("spark://head.example:7077", 3, Address("head.example", 7077, 3)),
        ("ray://[fd00::1]:6379", 0, Address("fd00::1", 6379, 0)),
        ("spark://local[3]", 0, Address("", 0, 3)),
        ("ray://local", 2, Address("", 0, 2)),
    ],
)
def test_an_address_says_where_a_cluster_is(address: str, workers: int, place: Address) -> None:
    assert parse_address(address, workers) == place


@pytest.mark.parametrize(
    "place", ["", "host", "host:", "host:0", "host:65536", "u:secret@host:1", "host:1/p", "local[0]", "[::1]", "a b:1"]
)
def test_an_address_that_is_none_is_told_without_what_may_be_secret_in_it(place: str) -> None:
    for scheme in ("ray", "spark"):
        with pytest.raises(InputError, match=f"expected `{scheme}://HOST:PORT`") as caught:
            open_engine(f"{scheme}://{place}", 0)
        assert "secret" not in str(caught.value) + caught.value.hint


@pytest.mark.parametrize(("scheme", "library"), [("ray", "ray"), ("spark", "pyspark")])
def test_a_missing_extra_is_named(scheme: str, library: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / f"{library}.py").write_text("raise ImportError")
    monkeypatch.syspath_prepend(tmp_path)
    _java(tmp_path, monkeypatch, 'openjdk version "17.0.1"')
    with pytest.raises(InputError, match=f"the engine `{scheme}` needs `{library}`") as caught:
        open_engine(f"{scheme}://local", 1)
    assert f"lockgate[{scheme}]" in caught.value.hint


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ('java version "1.8.0_392"', "found version 8"),
        ('openjdk version "11.0.2"', "found version 11"),
        ("", "found none"),
    ],
)
def test_an_old_java_is_told(said: str, found: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _java(tmp_path, monkeypatch, said)
    with pytest.raises(InputError, match=f"needs Java 17 or newer, {found}"):
        open_engine("spark://127.0.0.1:1", 0)


def test_no_java_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError, match="needs Java 17 or newer, found none"):
        open_engine("spark://127.0.0.1:1", 0)


def _java(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text(f"#!/bin/sh\necho '{said}' >&2\n")
    java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))


def test_a_worker_without_lockgate_says_so(tmp_path: Path) -> None:
    # by value, as an engine sends it: the text of the module alone
    text = Path(sys.modules["lockgate.tables.cluster_worker"].__file__ or "").read_text()
    wanted = list_versions()
    run = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"{text}\nprint(run_fragment({str(tmp_path)!r}, 0, '', {wanted!r}))"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"has lockgate none, expected {wanted['lockgate']} as here" in run.stdout


def test_a_worker_of_other_versions_does_no_work(tmp_path: Path) -> None:
    (tmp_path / "task").write_bytes(b"not even read")
    for name in list_versions():
        number, rows, unfit, error = run_fragment(str(tmp_path), 3, "", list_versions() | {name: "0"})
        assert (number, rows, error) == (3, 0, b"")
        assert f"has {name} " in unfit
