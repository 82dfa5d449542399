"""Truth in three values, as facts and duties have it."""

from enum import StrEnum


class Truth(StrEnum):
    """Yes, no, or not known."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


def truth_of(value: bool | None) -> Truth:  # noqa: FBT001 - the value itself is the argument
    """Return the truth value of a fact that may be left out.

    >>> truth_of(None)
    <Truth.UNKNOWN: 'unknown'>
    """
    if value is None:
        return Truth.UNKNOWN
    return Truth.YES if value else Truth.NO
