"""What a command gets from the world: the clock, where state lies, and where words go."""

import json
import sys
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from lockgate.cli.plain_text import neutral_json, neutralise
from lockgate.terms.rendering import as_json

WIDTH = 80
"""Stories and tables are set for a terminal of this width where the real one is not known."""


class SafeConsole(Console):
    """A console on which no word from outside can steer the terminal."""

    def render_str(self, text: str, **how: Any) -> Text:
        """Return the text with every steering sign written out."""
        return super().render_str(neutralise(text), **how)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a command gets from the world.

    Attributes:
        now: Time of the call, UTC, whole seconds.
        wants_json: Whether standard output takes one JSON document and nothing else.
        home: Where state lies, as given on the command line; None for the default.
        console: Where words for people go: standard output, or nowhere beside JSON.
        side: Where progress and warnings go: standard error.
    """

    now: datetime
    wants_json: bool
    home: str | None
    console: Console = field(init=False)
    side: Console = field(init=False)

    def __post_init__(self) -> None:
        width = None if sys.stdout.isatty() else WIDTH
        console = SafeConsole(quiet=self.wants_json, width=width, highlight=False, soft_wrap=False, emoji=False)
        object.__setattr__(self, "console", console)
        object.__setattr__(self, "side", SafeConsole(stderr=True, highlight=False, emoji=False))

    @property
    def today(self) -> date:
        """The day of the call."""
        return self.now.date()

    def home_beside(self, folder: Path) -> Path:
        """Return where state lies: as given, else `.lockgate` in a folder."""
        return Path(self.home) if self.home else folder / ".lockgate"

    def answer(self, document: Any) -> None:
        """Print the one JSON document, if that is what standard output takes."""
        if self.wants_json:
            takes_all = (sys.stdout.encoding or "").lower().startswith("utf")
            print(neutral_json(json.dumps(as_json(document), ensure_ascii=not takes_all, indent=2)))  # noqa: T201 - the one document
