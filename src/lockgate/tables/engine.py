"""What runs the fragments of a job: processes of this machine, or a cluster.

An engine carries the folder of a job and the numbers of its fragments, never rows. What comes out does not depend on
it: fragments are cut by the source alone, and their parts are used in their order.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from lockgate.tables.engine_local import LocalEngine
from lockgate.terms.errors import InputError


class Engine(Protocol):
    """What runs fragments."""

    @property
    def name(self) -> str:
        """Return `local`, `ray` or `spark`, for people."""

    @property
    def workers(self) -> int:
        """Return how many fragments are run at once, at least 1."""

    def run(self, folder: Path, numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Yield the number of each fragment as it is finished, in any order, with the rows read for it.

        A fragment whose worker is lost is run again. When the iterator is closed no worker of ours is left at work.

        Args:
            folder: Of the job, see `lockgate.tables.job`.
            numbers: Of its fragments.

        Raises:
            LockgateError: What a task raises; or if a fragment loses its worker again and again.
        """

    def close(self) -> None:
        """End the workers."""


def open_engine(address: str, workers: int) -> Engine:
    """Return the engine of an address.

    Args:
        address: Empty or `local` for processes of this machine.
        workers: How many fragments to run at once, at least 1.

    Raises:
        InputError: If there is no such engine.
    """
    if workers < 1:
        raise InputError(f"expected at least one worker, found {workers}", "leave `--workers` out, or name one or more")
    if address in ("", "local"):
        return LocalEngine(workers)
    raise InputError(f"no engine `{address}`", "leave `--engine` out, or say `local`")
