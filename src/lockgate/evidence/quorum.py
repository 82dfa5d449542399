"""Who cosigned a checkpoint, in words: witnesses that hold, lines that do not, lines of keys that nobody knows.

Whether that is enough is `Trust.is_met_by`'s to say. A line of a known key that does not hold spoils the checkpoint, as
signed-note asks; a line of an unknown key proves nothing and harms nothing, so it is said and passed over.

Source: C2SP signed-note, tlog-policy, tlog-cosignature.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from lockgate.evidence.checkpoint import Checkpoint
from lockgate.evidence.note import VerifierKey
from lockgate.evidence.trust import Quorum, Trust, Witness
from lockgate.terms.errors import EvidenceError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_YEAR_9999_S = 253_370_764_800
_NAMED_AT_MOST = 5


def describe_witnesses(checkpoint: Checkpoint, trust: Trust) -> str:
    """Return who cosigned the checkpoint and when, one phrase for people; empty if the policy names no witness.

    Args:
        checkpoint: With its signature lines.
        trust: Whose witnesses and quorum count.

    Raises:
        EvidenceError: If a line of a witness does not hold, or too few witnesses cosigned for the quorum.
    """
    if not trust.witnesses:
        return ""
    missing = describe_missing(checkpoint, trust)
    if missing:
        raise EvidenceError(missing)
    said = _cosigners(trust.witnessed_by(checkpoint))
    return f"cosigned by {said}" + ("; that is the quorum" if trust.quorum else "")


def describe_missing(checkpoint: Checkpoint, trust: Trust) -> str:
    """Return how a checkpoint falls short of the quorum, one phrase; empty if it does not.

    Args:
        checkpoint: With its signature lines.
        trust: Whose witnesses and quorum count.

    Raises:
        EvidenceError: If a line of a witness does not hold.
    """
    times = trust.witnessed_by(checkpoint)
    lines = {(name, key_id) for name, key_id, _ in checkpoint.note.signatures}
    broken = [
        f"`{item.name}`"
        for item in trust.witnesses
        if (item.key.name, item.key.key_id) in lines and item.name not in times
    ]
    if broken:
        raise EvidenceError(f"the cosignature of the witness {', '.join(broken)} does not hold")
    if trust.is_met_by(times):
        return ""
    needed = describe_quorum(trust.quorum) if trust.quorum else "nobody"
    return f"too few witnesses: the policy asks for {needed}; cosigned by {_cosigners(times)}"


def describe_quorum(quorum: Quorum) -> str:
    """Return a quorum in words, such as "2 of (`a`, `b`, `c`)"."""
    if isinstance(quorum, Witness):
        return f"`{quorum.name}`"
    return f"{quorum.least} of ({', '.join(map(describe_quorum, quorum.members))})"


def describe_unknown(checkpoint: Checkpoint, known: Sequence[VerifierKey]) -> str:
    """Return which signature lines are of keys that nobody here knows, one phrase; empty if there is none.

    Args:
        checkpoint: With its signature lines.
        known: Keys of the log, and of the witnesses that the verifier relies on.
    """
    keys = {(key.name, key.key_id) for key in known}
    unknown = [name for name, key_id, _ in checkpoint.note.signatures if (name, key_id) not in keys]
    if not unknown:
        return ""
    names = ", ".join(f"`{name}`" for name in sorted(set(unknown))[:_NAMED_AT_MOST])
    lines = "1 signature line" if len(unknown) == 1 else f"{len(unknown)} signature lines"
    return f"{lines} of a key not known here, which prove nothing: {names}"


def _cosigners(times: Mapping[str, int]) -> str:
    return ", ".join(f"`{name}` {_when(time_s)}" for name, time_s in times.items()) or "nobody"


def _when(time_s: int) -> str:
    if time_s == 0:
        return "(without a time)"
    if time_s >= _YEAR_9999_S:
        return "(after the year 9998)"
    return f"on {_EPOCH + timedelta(seconds=time_s):%Y-%m-%d %H:%M:%S} UTC"
