"""A browser of this machine that prints a page to PDF: found by name, run without a window, kept off the network."""

import os
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from lockgate.tables.scratch import scratch_folder
from lockgate.terms.errors import InputError, LockgateError

VARIABLE = "LOCKGATE_BROWSER"
"""Names the browser where it is not found by itself."""

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "microsoft-edge-stable",
    "msedge",
    "brave-browser",
)
_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
_TIMEOUT_S = 120
_MAGIC = b"%PDF-"

_QUIET = (
    "--headless=new",
    "--disable-gpu",
    "--disable-extensions",
    "--disable-sync",
    "--disable-component-update",
    "--disable-background-networking",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-pdf-header-footer",
    "--proxy-server=http://127.0.0.1:9",  # nothing listens there: whatever a page asked for, it gets nothing
)


def find_browser() -> Path:
    """Return a browser that prints: the one that `LOCKGATE_BROWSER` names, else one of the known names.

    Raises:
        InputError: If there is none.
    """
    named = os.environ.get(VARIABLE, "")
    if named:
        found = shutil.which(named)
        if found is None:
            raise InputError(f"{VARIABLE}: no program `{named}`", "name the program of a Chromium, Chrome or Edge")
        return Path(found)
    for name in (*NAMES, *_PLACES):
        found = shutil.which(name)
        if found is not None:
            return Path(found)
    raise InputError(
        "no Chromium, Chrome or Edge found to print with",
        f"install one or name its program in {VARIABLE}; or open report.html in any browser and print it to a PDF",
    )


def print_page(page: str, out: Path, browser: Path) -> None:
    """Write a page as PDF; whatever fails leaves what was there.

    Args:
        page: One self-contained page of HTML.
        out: The file to write.
        browser: The program of a Chromium, Chrome or Edge.

    Raises:
        LockgateError: If the browser prints nothing.
    """
    with TemporaryDirectory(dir=scratch_folder()) as folder:
        source, made = Path(folder) / "page.html", Path(folder) / "page.pdf"
        source.write_text(page, encoding="utf-8")
        sandbox = ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()  # none there for root
        command = [
            browser,
            *_QUIET,
            *sandbox,
            f"--user-data-dir={folder}/profile",
            f"--print-to-pdf={made}",
            source.as_uri(),
        ]
        try:
            subprocess.run(command, check=False, capture_output=True, timeout=_TIMEOUT_S)  # noqa: S603 - a found program, fixed words
        except (OSError, subprocess.TimeoutExpired) as error:
            raise _nothing_printed(browser) from error
        if not made.is_file() or not made.read_bytes().startswith(_MAGIC):
            raise _nothing_printed(browser)
        temporary = out.with_name(f".{out.name}.new")
        try:
            shutil.copyfile(made, temporary)
            temporary.replace(out)
        finally:
            temporary.unlink(missing_ok=True)


def _nothing_printed(browser: Path) -> LockgateError:
    return LockgateError(
        f"`{browser}` printed nothing",
        f"name another browser in {VARIABLE}, or open report.html in any browser and print it to a PDF",
    )
