"""`lockgate evidence pdf`: the report as the statement gives it, printed by a browser where there is one."""

import json
import shutil
from pathlib import Path

import pytest

from lockgate.cli import browser
from lockgate.cli.door import main
from small_flows import do_not_wait_for_the_disk, release_at, write_flow


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("printed")
    with pytest.MonkeyPatch.context() as patch:
        do_not_wait_for_the_disk(patch)
        release_at(folder)
    return folder


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A browser that copies the page, behind the mark of a PDF, to where it is told to print."""
    program = tmp_path / "fake-browser"
    program.write_text(
        "#!/bin/sh\n"
        'for word in "$@"; do case $word in\n'
        "--print-to-pdf=*) out=${word#*=};; file://*) page=${word#file://};; esac; done\n"
        'printf "%%PDF-1.4\\n" > "$out"; cat "$page" >> "$out"\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv(browser.VARIABLE, str(program))
    return program


def test_the_report_is_rendered_anew_and_laid_beside_the_dossier(place: Path, fake: Path, tmp_path: Path):
    out = Path(shutil.copytree(place / "out", tmp_path / "out"))
    (out / "report.html").write_text("<!doctype html>something else")
    assert main(["evidence", "pdf", str(out), "--home", str(place / ".lockgate")]) == 0
    assert b"Passenger list to a research group" in (tmp_path / "out.pdf").read_bytes()
    assert not [path for path in out.iterdir() if path.suffix == ".pdf"]


def _release(place: Path, *words: str) -> int:
    flow, out, home = (str(place / name) for name in ("flow.toml", "new", "home"))
    return main(["release", flow, "--out", out, "--home", home, *words])


def test_a_release_prints_its_report_beside_its_folder_which_stays_closed(
    fake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    do_not_wait_for_the_disk(monkeypatch)
    write_flow(tmp_path)
    assert _release(tmp_path, "--pdf", "--json") == 0
    assert json.loads(capsys.readouterr().out)["pdf"] == str(tmp_path / "new.pdf")
    assert b"Passenger list to a research group" in (tmp_path / "new.pdf").read_bytes()
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == sorted(
        ["data", "proof", "report.html", "salts", "statement.json"]
    )
    assert main(["verify", str(tmp_path / "new"), "--home", str(tmp_path / "home")]) == 0


def test_a_release_whose_pdf_could_not_be_printed_stands_and_says_so(
    fake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    do_not_wait_for_the_disk(monkeypatch)
    write_flow(tmp_path)
    fake.write_text("#!/bin/sh\nexit 1\n")
    assert _release(tmp_path, "--pdf", "--json") == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["pdf"] is None
    assert "the release stands" in told.err
    assert (tmp_path / "new" / "proof").exists()
    assert not (tmp_path / "new.pdf").exists()


def test_nothing_is_released_where_a_pdf_is_asked_for_and_cannot_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    write_flow(tmp_path)
    (tmp_path / "new.pdf").write_text("a letter")
    assert _release(tmp_path, "--pdf") == 2
    assert "is no PDF" in capsys.readouterr().err
    (tmp_path / "new.pdf").unlink()
    assert _release(tmp_path, "--pdf", "--dry-run") == 2
    monkeypatch.delenv(browser.VARIABLE, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(browser, "_PLACES", ())
    assert _release(tmp_path, "--pdf") == 2
    assert "no Chromium, Chrome or Edge found" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()
    assert not (tmp_path / "home").exists()


def test_where_there_is_no_browser_it_says_what_to_do(place: Path, tmp_path: Path, monkeypatch, capsys):
    monkeypatch.delenv(browser.VARIABLE, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(browser, "_PLACES", ())
    assert main(["evidence", "pdf", str(place / "out"), "--out", str(tmp_path / "a.pdf")]) == 2
    told = capsys.readouterr().err
    assert "no Chromium, Chrome or Edge found" in told
    assert "open report.html in any browser" in told


def test_a_browser_that_prints_nothing_leaves_what_was_there(place: Path, fake: Path, tmp_path: Path, capsys):
    fake.write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4 the one of before")
    assert main(["evidence", "pdf", str(place / "out"), "--out", str(tmp_path / "a.pdf")]) == 1
    assert "printed nothing" in capsys.readouterr().err
    assert (tmp_path / "a.pdf").read_bytes() == b"%PDF-1.4 the one of before"


@pytest.mark.parametrize("name", ["out/report.pdf", "flow.toml"])
def test_nothing_is_written_into_the_dossier_or_over_another_file(name: str, place: Path, fake: Path, capsys):
    before = (place / "flow.toml").read_bytes()
    assert main(["evidence", "pdf", str(place / "out"), "--out", str(place / name)]) == 2
    assert (place / "flow.toml").read_bytes() == before
    assert not (place / "out" / "report.pdf").exists()


def test_a_named_browser_that_is_not_there_is_told(place: Path, tmp_path: Path, monkeypatch, capsys):
    monkeypatch.setenv(browser.VARIABLE, str(tmp_path / "nowhere"))
    assert main(["evidence", "pdf", str(place / "out"), "--out", str(tmp_path / "a.pdf")]) == 2
    assert browser.VARIABLE in capsys.readouterr().err


@pytest.mark.slow
def test_a_real_browser_prints_every_page_of_the_report(place: Path, tmp_path: Path, monkeypatch):
    monkeypatch.delenv(browser.VARIABLE, raising=False)
    if not any(shutil.which(name) for name in browser.NAMES):
        pytest.skip("no browser on this machine")
    assert main(["evidence", "pdf", str(place / "out"), "--out", str(tmp_path / "a.pdf")]) == 0
    printed = (tmp_path / "a.pdf").read_bytes()
    assert printed.startswith(b"%PDF-")
    assert printed.rstrip().endswith(b"%%EOF")
    assert printed.count(b"/Type /Page\n") >= 3
    assert len(printed) > 20_000
