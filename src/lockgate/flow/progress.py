"""Progress of long work, as the stages tell it and a door shows it."""

from typing import Protocol, runtime_checkable

from lockgate.tables.engine import Engine
from lockgate.tables.extent import Extent, extent_of, extent_of_file
from lockgate.tables.row_source import Source
from lockgate.tables.source import open_source
from lockgate.terms.flow_request import SourceReference


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


@runtime_checkable
class Expecting(Progress, Protocol):
    """Progress that tells the time left where it knows how much there is."""

    def expect(self, extent: Extent) -> None:
        """The running step reads so much."""


def tell_extent(progress: Progress, extent: Extent) -> None:
    """Tell how much the running step reads.

    Args:
        progress: Told.
        extent: What is known of it.
    """
    if isinstance(progress, Expecting):
        progress.expect(extent)
    elif extent.done:
        progress.rows(extent.done)


def tell_pass(progress: Progress, name: str, source: Source) -> None:
    """Tell that a pass over a source begins.

    Args:
        progress: Told.
        name: Of the step.
        source: What is read.
    """
    progress.step(name)
    tell_extent(progress, extent_of(source))


def open_told(reference: SourceReference, progress: Progress, engine: Engine | None = None) -> Source:
    """Return the source that a reference leads to; some are read whole to be opened, which is told.

    Args:
        reference: As for `open_source`.
        progress: Told.
        engine: Likewise.

    Raises:
        InputError: If there is nothing to read there, or it is not what its name says.
    """
    progress.step("opening the source")
    tell_extent(progress, extent_of_file(reference))
    return open_source(reference, engine)
