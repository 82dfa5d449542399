"""Trust anchors: the log keys that a verifier relies on, from one key, a list of keys, or a trust policy.

A policy may also name witnesses, and which of them have to have cosigned a checkpoint: the quorum.

Source: C2SP tlog-policy (c2sp.org/tlog-policy).
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from lockgate.evidence.checkpoint import Checkpoint
from lockgate.evidence.cosignature import cosigned_at
from lockgate.evidence.note import VerifierKey, parse_cosigner_key, parse_log_key
from lockgate.terms.errors import InputError

_LEAST_WORDS = {"log": 2, "witness": 3, "group": 4, "quorum": 2}
_COUNT = re.compile(r"[1-9][0-9]{0,5}", re.ASCII)
_BOM = "\ufeff"
_MOST_WORDS = {"log": 3, "witness": 4, "quorum": 2}


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness of a policy.

    Attributes:
        name: What the policy calls it.
        key: That it cosigns with.
        url: Where it takes checkpoints, its submission prefix; empty if not said.
    """

    name: str
    key: VerifierKey
    url: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Witnesses and groups of which some have to have cosigned.

    Attributes:
        name: What the policy calls it.
        least: How many of them, at least 1.
        members: Each of them.
    """

    name: str
    least: int
    members: tuple["Witness | Group", ...]


Quorum = Witness | Group


@dataclass(frozen=True, slots=True)
class Trust:
    """The logs that a verifier relies on, and the witnesses without which it does not.

    Attributes:
        keys: The logs' keys, Ed25519 or ML-DSA-44, at least one; the name of a key is the origin of its log.
        quorum: Who has to have cosigned a checkpoint; None for nobody.
        witnesses: Every witness that the policy names.
    """

    keys: tuple[VerifierKey, ...]
    quorum: Quorum | None = None
    witnesses: tuple[Witness, ...] = ()

    def covers(self, key: VerifierKey) -> bool:
        """Return whether the key, with its name, is one of the anchors."""
        return key in self.keys

    def witnessed_by(self, checkpoint: Checkpoint) -> dict[str, int]:
        """Return the witnesses whose cosignatures hold, by name, with the time of each, seconds since 1970."""
        times = {witness.name: cosigned_at(checkpoint, witness.key) for witness in self.witnesses}
        return {name: time for name, time in times.items() if time is not None}

    def is_met_by(self, names: Collection[str]) -> bool:
        """Return whether the witnesses of these names are enough."""
        return self.quorum is None or _is_met(self.quorum, names)


def parse_trust(text: str) -> Trust:
    """Return the trust anchor that the text spells.

    Args:
        text: One verifier key `name+id+base64`; or several, one a line; or a C2SP tlog-policy. Empty lines and
            lines that begin with `#` are passed over, and so is a byte order mark, with which some editors begin a
            file.

    Raises:
        InputError: If a line is of another form, a log comes twice, or a quorum names who is not there.
    """
    lines = [(number, line.strip(" \t")) for number, line in enumerate(text.removeprefix(_BOM).split("\n"), start=1)]
    lines = [(number, line) for number, line in lines if line and not line.startswith("#")]
    if not lines:
        raise InputError("expected a verifier key or a trust policy, found nothing", "Name a log's key.")
    if any(line.split()[0] in _LEAST_WORDS for _, line in lines):
        return _parse_policy(lines)
    return _trust([parse_log_key(line) for _, line in lines])


@dataclass(slots=True)
class _Policy:
    """What has been read of a policy so far."""

    keys: list[VerifierKey] = field(default_factory=list)
    named: dict[str, Quorum] = field(default_factory=dict)
    members: set[str] = field(default_factory=set)
    quorum: str = ""


_NOBODY = "none"


def _parse_policy(lines: list[tuple[int, str]]) -> Trust:
    policy = _Policy()
    for number, line in lines:
        keyword, *words = line.replace("\t", " ").split(" ")
        words = [word for word in words if word]
        length = len(words) + 1
        if keyword not in _LEAST_WORDS or not _LEAST_WORDS[keyword] <= length <= _MOST_WORDS.get(keyword, length):
            raise _wrong(number, line)
        _READERS[keyword](policy, number, words)
    if not policy.quorum:
        raise InputError("expected a quorum line", "Say which witnesses are needed, or `quorum none`.")
    trust = _trust(policy.keys)
    witnesses = tuple(item for item in policy.named.values() if isinstance(item, Witness))
    return Trust(trust.keys, policy.named.get(policy.quorum), witnesses)


def _read_log(policy: _Policy, number: int, words: list[str]) -> None:  # noqa: ARG001 - readers share one form
    policy.keys.append(parse_log_key(words[0]))


def _read_witness(policy: _Policy, number: int, words: list[str]) -> None:
    name, key, *url = words
    witness = Witness(name, parse_cosigner_key(key), *url)
    if any(
        isinstance(item, Witness) and item.key.public_key == witness.key.public_key for item in policy.named.values()
    ):
        raise InputError(
            f"line {number} of the trust policy names the key of another witness", "Keep one of the two lines."
        )
    _define(policy, number, witness)


def _read_group(policy: _Policy, number: int, words: list[str]) -> None:
    name, threshold, *members = words
    line = " ".join(["group", *words])
    if any(member not in policy.named or member in policy.members for member in members):
        raise _wrong(number, line)
    if len(set(members)) < len(members):
        raise _wrong(number, line)
    shorthand = {"any": 1, "all": len(members)}
    if threshold not in shorthand and not (_COUNT.fullmatch(threshold) and int(threshold) <= len(members)):
        raise _wrong(number, line)
    least = shorthand[threshold] if threshold in shorthand else int(threshold)
    policy.members.update(members)
    _define(policy, number, Group(name, least, tuple(policy.named[member] for member in members)))


def _read_quorum(policy: _Policy, number: int, words: list[str]) -> None:
    if policy.quorum or words[0] not in (_NOBODY, *policy.named):
        raise _wrong(number, f"quorum {words[0]}")
    policy.quorum = words[0]


_READERS: Mapping[str, Callable[[_Policy, int, list[str]], None]] = {
    "log": _read_log,
    "witness": _read_witness,
    "group": _read_group,
    "quorum": _read_quorum,
}


def _define(policy: _Policy, number: int, item: Quorum) -> None:
    if item.name == _NOBODY or item.name in policy.named:
        raise _wrong(number, item.name)
    policy.named[item.name] = item


def _is_met(quorum: Quorum, names: Collection[str]) -> bool:
    if isinstance(quorum, Witness):
        return quorum.name in names
    return sum(_is_met(member, names) for member in quorum.members) >= quorum.least


def _trust(keys: list[VerifierKey]) -> Trust:
    if not keys:
        raise InputError("expected a policy that names a log", "Add a line `log name+id+base64`.")
    if len({key.public_key for key in keys}) < len(keys):
        raise InputError("expected every log once, found the same key twice", "Keep one of the two lines.")
    return Trust(tuple(keys))


def _wrong(number: int, line: str) -> InputError:
    return InputError(f"line {number} of the trust policy is not understood: `{line}`", "See c2sp.org/tlog-policy.")
