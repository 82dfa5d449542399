"""Draws the pictures of the README from a real run of the demo: ./.venv/bin/python docs/pictures/draw.py

The report is drawn by headless Chromium where there is one; the terminal pictures need nothing else.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

HERE = Path(__file__).parent
CHAPTERS = {"scan": (1, "titanic:"), "decision": (2, "3/6"), "release": (3, "4/6"), "check": (5, "6/6")}
WEB_FONTS = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        told = subprocess.run(
            [sys.executable, "-m", "lockgate", "demo", "--out", "demo"],
            cwd=folder,
            env={**os.environ, "FORCE_COLOR": "1", "TERM": "xterm-256color"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for name, (chapter, until) in CHAPTERS.items():
            draw_terminal(name, part(told, f"{chapter}/6", until))
        draw_report(Path(folder) / "demo" / "shop" / "release" / "report.html")
    return 0


def part(told: str, start: str, until: str) -> str:
    plain = [Text.from_ansi(line).plain for line in told.splitlines()]
    first = next(at for at, line in enumerate(plain) if line.startswith(start))
    last = next(at for at, line in enumerate(plain) if at > first and line.startswith(until))
    return "\n".join(told.splitlines()[first + 1 : last]).strip("\n")


def draw_terminal(name: str, text: str) -> None:
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=80, file=nowhere)
        console.print(Text.from_ansi(text))
        svg = console.export_svg(title="lockgate demo")
    (HERE / f"{name}.svg").write_text(WEB_FONTS.sub("", svg), encoding="utf-8")


def draw_report(page: Path) -> None:
    browser = shutil.which("chromium")
    if browser is None:
        print("no chromium: report.png stays as it is", file=sys.stderr)
        return
    options = "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking --hide-scrollbars"
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [
                browser,
                *options.split(),
                f"--user-data-dir={profile}",
                "--window-size=900,1400",
                f"--screenshot={HERE / 'report.png'}",
                page.absolute().as_uri(),
            ],
            capture_output=True,
            check=True,
        )


if __name__ == "__main__":
    sys.exit(main())
