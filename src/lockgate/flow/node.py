"""What a run needs from its node: state, laws, clock, randomness, and somebody to tell of progress."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from lockgate.flow.progress import Progress
from lockgate.flow.sharing import Sharing
from lockgate.laws.body import Laws
from lockgate.store.home import Home


@dataclass(frozen=True, slots=True)
class Node:
    """What a run needs from its node.

    Attributes:
        home: Keys, log, journal, temporary files.
        laws: The coded instruments.
        now: Time of the run, UTC, whole seconds.
        random_bytes: Randomness of the operating system, for salts and ids.
        progress: Told what is going on.
        sharing: How passes over a source are shared among workers.
    """

    home: Home
    laws: Laws
    now: datetime
    random_bytes: Callable[[int], bytes]
    progress: Progress
    sharing: Sharing = field(default_factory=Sharing)

    @property
    def today(self) -> date:
        """The day of the run."""
        return self.now.date()
