"""Progress of long work, as the stages tell it and a door shows it."""

from typing import Protocol


class Progress(Protocol):
    """Told what is going on; must not fail and must not see data."""

    def step(self, name: str) -> None:
        """A step of the plan begins."""

    def rows(self, count: int) -> None:
        """Some rows of the running step are done."""


class Silent:
    """Progress that nobody watches."""

    def step(self, name: str) -> None:
        """Say nothing."""

    def rows(self, count: int) -> None:
        """Say nothing."""
