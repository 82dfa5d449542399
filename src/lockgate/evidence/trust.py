"""Trust anchors: the log keys that a verifier relies on, from one key, a list of keys, or a trust policy.

Source: C2SP tlog-policy (c2sp.org/tlog-policy). Witness quorums are not supported yet: a policy has to say
`quorum none`, since a quorum that nobody checks would promise what it does not keep.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from lockgate.evidence.note import VerifierKey, parse_verifier_key, split_verifier_key
from lockgate.terms.errors import InputError

_LEAST_WORDS = {"log": 2, "witness": 3, "group": 4, "quorum": 2}
_MOST_WORDS = {"log": 3, "witness": 4, "quorum": 2}


@dataclass(frozen=True, slots=True)
class Trust:
    """The logs that a verifier relies on.

    Attributes:
        keys: Their keys, at least one; the name of a key is the origin of its log.
    """

    keys: tuple[VerifierKey, ...]

    def covers(self, key: VerifierKey) -> bool:
        """Return whether the key, with its name, is one of the anchors."""
        return key in self.keys


def parse_trust(text: str) -> Trust:
    """Return the trust anchor that the text spells.

    Args:
        text: One verifier key `name+id+base64`; or several, one a line; or a C2SP tlog-policy. Empty lines and
            lines that begin with `#` are passed over.

    Raises:
        InputError: If a line is of another form, a log comes twice, or the policy asks for witnesses.
    """
    lines = [(number, line.strip(" \t")) for number, line in enumerate(text.split("\n"), start=1)]
    lines = [(number, line) for number, line in lines if line and not line.startswith("#")]
    if not lines:
        raise InputError("expected a verifier key or a trust policy, found nothing", "Name a log's key.")
    if any(line.split()[0] in _LEAST_WORDS for _, line in lines):
        return _parse_policy(lines)
    return _trust([parse_verifier_key(line) for _, line in lines])


@dataclass(slots=True)
class _Policy:
    """What has been read of a policy so far."""

    keys: list[VerifierKey] = field(default_factory=list)
    names: set[str] = field(default_factory=lambda: {"none"})
    members: set[str] = field(default_factory=set)
    quorum: str = ""


def _parse_policy(lines: list[tuple[int, str]]) -> Trust:
    policy = _Policy()
    for number, line in lines:
        keyword, *words = line.replace("\t", " ").split()
        length = len(words) + 1
        if keyword not in _LEAST_WORDS or not _LEAST_WORDS[keyword] <= length <= _MOST_WORDS.get(keyword, length):
            raise _wrong(number, line)
        _READERS[keyword](policy, number, words)
    if policy.quorum != "none":
        raise InputError(
            f"expected `quorum none`, found `quorum {policy.quorum}`" if policy.quorum else "expected a quorum line",
            "Use a policy without witnesses: witness signatures are not checked yet.",
        )
    return _trust(policy.keys)


def _read_log(policy: _Policy, number: int, words: list[str]) -> None:  # noqa: ARG001 - readers share one form
    policy.keys.append(parse_verifier_key(words[0]))


def _read_witness(policy: _Policy, number: int, words: list[str]) -> None:
    split_verifier_key(words[1])
    _define(policy, number, words[0])


def _read_group(policy: _Policy, number: int, words: list[str]) -> None:
    name, threshold, *members = words
    if any(member not in policy.names or member == "none" or member in policy.members for member in members):
        raise _wrong(number, " ".join(["group", *words]))
    if threshold not in ("any", "all") and not (threshold.isdecimal() and 1 <= int(threshold) <= len(members)):
        raise _wrong(number, " ".join(["group", *words]))
    policy.members.update(members)
    _define(policy, number, name)


def _read_quorum(policy: _Policy, number: int, words: list[str]) -> None:
    if policy.quorum or words[0] not in policy.names:
        raise _wrong(number, f"quorum {words[0]}")
    policy.quorum = words[0]


_READERS: Mapping[str, Callable[[_Policy, int, list[str]], None]] = {
    "log": _read_log,
    "witness": _read_witness,
    "group": _read_group,
    "quorum": _read_quorum,
}


def _define(policy: _Policy, number: int, name: str) -> None:
    if name in policy.names:
        raise _wrong(number, name)
    policy.names.add(name)


def _trust(keys: list[VerifierKey]) -> Trust:
    if not keys:
        raise InputError("expected a policy that names a log", "Add a line `log name+id+base64`.")
    if len({key.public_key for key in keys}) < len(keys):
        raise InputError("expected every log once, found the same key twice", "Keep one of the two lines.")
    return Trust(tuple(keys))


def _wrong(number: int, line: str) -> InputError:
    return InputError(f"line {number} of the trust policy is not understood: `{line}`", "See c2sp.org/tlog-policy.")
