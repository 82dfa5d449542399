"""A permit to release one copy, or the reason why there is none."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class ReleasePermit:
    """Leave to release one copy. Only the room `release` makes one.

    Attributes:
        route: Id of the route that was taken.
        granted: Day of the decision.
        until: Last day on which it may be relied on, where the holder sets one or a mechanism runs out; else None.
        duties_met: Names of the gating duties that are met.
        standing: Names of the duties that stay after the release.
    """

    route: str
    granted: date
    until: date | None
    duties_met: tuple[str, ...]
    standing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a copy may not be released.

    Attributes:
        outcome: `refused`, `undecided`, `conditional`, or `verification-failed`.
        reasons: Citations with a sentence each, or failed checks with figures.
    """

    outcome: str
    reasons: tuple[str, ...]
