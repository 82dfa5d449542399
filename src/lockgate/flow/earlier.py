"""Which earlier releases a new one has to be held against: who could lay them side by side.

Releases to the same recipient, or to recipients of one group, come together; a group is named once and holds for every
release to its members. What went to the public, or to nobody named, is in everybody's hands. A release to the public
joins what each group holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from lockgate.evidence.entry import entry_of
from lockgate.evidence.log import Log
from lockgate.store.partitions import KeptRelease, Partitions
from lockgate.store.releases import Releases, ReleaseState

_WENT_OUT = frozenset({ReleaseState.RELEASED, ReleaseState.REVOKED})
"""A revoked release binds later ones as before: the data are out."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """Earlier releases, as seen from a new one.

    Attributes:
        together: For each group of recipients the earlier releases that it could lay beside the new one.
        elsewhere: Releases that nobody who gets the new one is known to hold.
        unknown: Number of releases of the home without a partition.
    """

    together: tuple[tuple[KeptRelease, ...], ...]
    elsewhere: tuple[KeptRelease, ...]
    unknown: int


def settle_partitions(partitions: Partitions, log: Log, journal: Releases) -> None:
    """Remove partitions of releases that never came to be; hold the home's lock, recover releases before.

    A partition is written before the journal knows of its release. Where neither the journal nor the log knows of it,
    nothing can have gone out.
    """
    partitions.remove_torn()
    for kept in partitions.list_all():
        if journal.find(kept.release) is None:
            leaf = log.find(entry_of(kept.statement_hash, "release"), since=min(kept.log_size, log.size))
            if leaf is None:
                partitions.remove(kept.release)


def find_earlier(partitions: Partitions, journal: Releases, new: KeptRelease) -> Earlier:
    """Return the earlier releases as seen from a new one.

    Args:
        partitions: Kept, settled.
        journal: Says which releases went out.
        new: The new release, as far as it is known.
    """
    states = {running.release: running.state for running in journal.list_all()}
    # what is kept counts, whatever the journal says: recovery removes what cannot have gone out
    kept = partitions.list_all()
    together = _together(kept, new)
    held = {item.release for group in together for item in group}
    known = {item.release for item in kept}
    unknown = sum(state in _WENT_OUT and release not in known for release, state in states.items())
    elsewhere = tuple(item for item in kept if item.release not in held)
    return Earlier(together, elsewhere, unknown)


def _together(binding: Sequence[KeptRelease], new: KeptRelease) -> tuple[tuple[KeptRelease, ...], ...]:
    known: list[set[str]] = []
    for item in (*binding, new):
        if not _is_everybodys(item):
            tags = _tags(item)
            joined = [group for group in known if group & tags]
            known = [group for group in known if not group & tags] + [tags.union(*joined)]
    everybodys = [item for item in binding if _is_everybodys(item)]
    if not _is_everybodys(new):
        known = [group for group in known if group & _tags(new)]
    groups = [tuple(item for item in binding if _is_everybodys(item) or _tags(item) & group) for group in known] or [
        tuple(everybodys)
    ]
    return tuple(group for group in groups if group)


def _is_everybodys(item: KeptRelease) -> bool:
    return item.is_public or not _tags(item)


def _tags(item: KeptRelease) -> set[str]:
    found = {"recipient": item.recipient, "group": item.group}
    return {f"{kind} {' '.join(name.casefold().split())}" for kind, name in found.items() if name.strip()}
