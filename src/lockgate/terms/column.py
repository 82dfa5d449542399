"""What a column does to a person's privacy, and what has been done to the column."""

from enum import StrEnum


class ColumnRole(StrEnum):
    """What a column gives away: the person, a trait that others know, a secret, or neither."""

    DIRECT_IDENTIFIER = "direct-identifier"
    QUASI_IDENTIFIER = "quasi-identifier"
    SENSITIVE = "sensitive"
    ORDINARY = "ordinary"


class Treatment(StrEnum):
    """What a measure has done to a column of the copy; a dropped column is no longer there."""

    NONE = "none"
    PSEUDONYMISED = "pseudonymised"
    REDACTED = "redacted"
    GENERALISED = "generalised"
    AGGREGATED = "aggregated"


class Verdict(StrEnum):
    """What the scan says of a column's type: its evidence is enough, some, against, or there is none."""

    CONFIRMED = "confirmed"
    SUSPECTED = "suspected"
    REFUTED = "refuted"
    NONE = "none"
