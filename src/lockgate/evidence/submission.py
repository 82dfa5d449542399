"""The log's side of witnessing: what a log asks of a witness, and what it makes of the answer.

A witness is nobody's friend: what it answers counts once its cosignature holds for the very checkpoint that was sent,
at about this time. What it says against the log (that it has cosigned more leaves, or another tree) may be the truth
about a log folder that was brought back from an old copy, or a lie; either way somebody has to look, so it is told
apart from a witness that is merely not there.

The steps of one request:

1. the checkpoint is sent with the proof from the size that the witness cosigned last, as far as this log knows;
2. where the witness says (409) that it was another size, it is sent again from there, a few times;
3. each line of the answer is held against the witness's key, the checkpoint, and the clock.

Pure: how bytes travel is the caller's affair.

Source: C2SP tlog-witness (c2sp.org/tlog-witness), tlog-cosignature.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from lockgate.evidence.checkpoint import Checkpoint, parse_checkpoint
from lockgate.evidence.cosignature import cosigned_at
from lockgate.evidence.note import Note, parse_signature_line, signature_line
from lockgate.evidence.trust import Witness
from lockgate.evidence.witness import (
    CONFLICT,
    FORBIDDEN,
    NOT_FOUND,
    OK,
    UNPROCESSABLE,
    Answer,
    render_submission,
)
from lockgate.terms.errors import CounterpartyError, EvidenceError

CLOCK_TOLERANCE_S = 3600
"""How far the time of a cosignature may be from that of this machine, seconds."""

_ATTEMPTS = 3
_SIZE = re.compile(r"(0|[1-9][0-9]{0,18})\n", re.ASCII)


class Outcome(StrEnum):
    """What became of a request to a witness."""

    COSIGNED = "cosigned"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    WRONG = "wrong"
    AHEAD = "ahead"
    OTHER_TREE = "other-tree"


AGAINST_THE_LOG = frozenset({Outcome.AHEAD, Outcome.OTHER_TREE})
"""Outcomes in which the witness says that this log was cut short or forked."""


class Submitted(Protocol):
    """A log as it is shown to a witness; `LogReader` is such."""

    @property
    def size(self) -> int:
        """Return the number of leaves."""

    def checkpoint(self) -> str:
        """Return the signed checkpoint."""

    def consistency(self, old_size: int) -> tuple[bytes, ...]:
        """Return the proof that the log only grew since a size."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of asking one witness.

    Attributes:
        names: What the policy calls the keys that answer at this address.
        url: The witness's submission prefix.
        outcome: What became of it.
        detail: One sentence for people.
        lines: Signature lines that hold, without line ends; empty unless it cosigned.
        size: Leaves that the witness says it cosigned last, where it says more than the log has or another tree.
    """

    names: tuple[str, ...]
    url: str
    outcome: Outcome
    detail: str
    lines: tuple[str, ...] = ()
    size: int | None = None


def ask(
    witnesses: Sequence[Witness], log: Submitted, known_size: int, post: Callable[[bytes], Answer], now_s: int
) -> Asked:
    """Return what one witness made of the log's checkpoint.

    Args:
        witnesses: Keys of the policy that answer at one address, at least one.
        log: The log.
        known_size: Leaves that the witness cosigned last, as far as this log knows; 0 for nothing.
        post: Sends a body to the witness; raises `CounterpartyError` if there is no answer.
        now_s: Seconds since 1970.

    Raises:
        EvidenceError: If the log's own tiles are broken.
    """
    asked = Asked(tuple(item.name for item in witnesses), witnesses[0].url, Outcome.WRONG, "")
    old, text = min(known_size, log.size), log.checkpoint()
    for _ in range(_ATTEMPTS):
        body = render_submission(old, log.consistency(old), text)  # 1
        try:
            answer = post(body)
        except CounterpartyError as error:
            return replace(asked, outcome=Outcome.UNREACHABLE, detail=str(error))
        if answer.status == OK:
            return _cosigned(asked, witnesses, (text, answer.body), now_s)  # 3
        if answer.status != CONFLICT:
            return _refused(asked, answer, old)
        found = _SIZE.fullmatch(answer.body)
        if not found or int(found[1]) == old or int(found[1]) > log.size:
            return _contradicted(asked, int(found[1]) if found else None, log.size)
        old = int(found[1])  # 2
    return replace(asked, detail=f"it said another size {_ATTEMPTS} times")


def _contradicted(asked: Asked, size: int | None, mine: int) -> Asked:
    """It refuses the size that it names, or one that this log never had."""
    if size is None:
        return replace(asked, detail="it answers 409 without the size that it cosigned last")
    if size > mine:
        detail = f"it says that it cosigned {size} leaves of this log, which holds {mine}"
        return replace(asked, outcome=Outcome.AHEAD, detail=detail, size=size)
    if size == mine:
        detail = f"it says that it cosigned another tree of {size} leaves"
        return replace(asked, outcome=Outcome.OTHER_TREE, detail=detail, size=size)
    return replace(asked, detail=f"it asks for the proof from {size} leaves, which it was sent")


def _refused(asked: Asked, answer: Answer, old: int) -> Asked:
    if answer.status == UNPROCESSABLE:
        detail = f"it says that the log does not begin with the {old} leaves that it cosigned"
        return replace(asked, outcome=Outcome.OTHER_TREE, detail=detail, size=old)
    reasons = {NOT_FOUND: "it does not witness this log", FORBIDDEN: "it knows another key of this log"}
    detail = reasons.get(answer.status, f"it answers with status {answer.status}")
    return replace(asked, outcome=Outcome.REFUSED, detail=detail)


def _cosigned(asked: Asked, witnesses: Sequence[Witness], texts: tuple[str, str], now_s: int) -> Asked:
    checkpoint, body = texts
    if not body.endswith("\n"):
        return replace(asked, detail="its answer holds no signature lines")
    try:
        parsed = [parse_signature_line(line) for line in body[:-1].split("\n")]
    except EvidenceError:
        return replace(asked, detail="its answer holds no signature lines")
    lines, silent = [], []
    for witness in witnesses:
        mine = [item for item in parsed if item[:2] == (witness.key.name, witness.key.key_id)]
        if not mine:
            silent.append(f"`{witness.name}`")
            continue
        wrong = _what_is_wrong(parse_checkpoint(checkpoint.encode()), witness, mine, now_s)
        if wrong:
            return replace(asked, detail=wrong)
        lines.append(signature_line(witness.key, mine[0][2]))
    without = f"without a line of the key of {', '.join(silent)}" if silent else ""
    if not lines:
        return replace(asked, detail=f"it answers {without}")
    detail = f"it cosigned, {without}" if silent else "it cosigned"
    return replace(asked, outcome=Outcome.COSIGNED, detail=detail, lines=tuple(lines))


def _what_is_wrong(checkpoint: Checkpoint, witness: Witness, mine: list[tuple[str, bytes, bytes]], now_s: int) -> str:
    """Return why a witness's lines are no good; empty if they are."""
    if len(mine) != 1:
        return f"its answer holds {len(mine)} lines of the key of `{witness.name}`"
    note = Note(checkpoint.note.text, tuple(mine))
    time_s = cosigned_at(replace(checkpoint, note=note), witness.key)
    if time_s is None:
        return f"the cosignature of `{witness.name}` does not hold for this checkpoint"
    if abs(time_s - now_s) > CLOCK_TOLERANCE_S:
        ahead = "ahead of" if time_s > now_s else "behind"
        return f"the clock of `{witness.name}` is {_span(abs(time_s - now_s))} {ahead} that of this machine"
    return ""


def _span(seconds: int) -> str:
    hours = seconds // 3600
    return f"{hours} hours" if hours < 2 * 24 else f"{hours // 24} days"
