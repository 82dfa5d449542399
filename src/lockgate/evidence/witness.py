"""A witness: cosigns the checkpoints of logs that it knows, as long as each only grew since the last one it cosigned.

It keeps one tree head a log. It judges text and answers text; how the text travels is `web`'s and the caller's
affair, and what it remembers is kept by a `Memory`, which must hold each log from `recall` to `keep`: two requests at
once would otherwise roll the record back.

The steps of `add-checkpoint`:

1. read the request, 400 where it is none;
2. the origin is known, or 404;
3. the log's key signed the checkpoint, or 403;
4. the old size is not above the new, or 400;
5. the old size is the one that was cosigned last, or 409 with that size;
6. the same size has the same root, or 409 with that size;
7. the proof shows that the log only grew, or 422;
8. the new head is on the disk; only then is there a cosignature.

A clock that went back does no harm: the time of a cosignature is never before the last one given to that log.

Source: C2SP tlog-witness (c2sp.org/tlog-witness), tlog-cosignature.
"""

import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from lockgate.evidence.checkpoint import Checkpoint, parse_checkpoint
from lockgate.evidence.cosignature import cosign
from lockgate.evidence.merkle import HASH_BYTES, TreeHead, is_consistent
from lockgate.evidence.note import VerifierKey, decode_base64, encode_base64, is_signed_by, parse_signature_line
from lockgate.terms.errors import EvidenceError

OK, BAD_REQUEST, FORBIDDEN, NOT_FOUND, CONFLICT, UNPROCESSABLE = 200, 400, 403, 404, 409, 422

SIZE_TYPE = "text/x.tlog.size"
"""Media type of the answer that gives the size cosigned last."""

BYTES_AT_MOST = 1 << 18
"""The longest request that is read; with 63 hashes and 64 long signatures one has fewer."""

_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})", re.ASCII)
_HASHES_AT_MOST = 63


@dataclass(frozen=True, slots=True)
class Seen:
    """What a witness remembers of a log.

    Attributes:
        head: The tree that it cosigned last.
        time_s: When, seconds since 1970.
    """

    head: TreeHead
    time_s: int


class Memory(Protocol):
    """What a witness has cosigned, on a disk."""

    def hold(self, origin: str) -> AbstractContextManager[None]:
        """Keep every other request for this log waiting."""

    def recall(self, origin: str) -> Seen | None:
        """Return what was cosigned last for a log; None for nothing yet."""

    def keep(self, origin: str, seen: Seen) -> None:
        """Return once the record is on the disk."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a witness answers.

    Attributes:
        status: HTTP status.
        body: Text.
        type: Media type.
    """

    status: int
    body: str
    type: str = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Submission:
    """A request to cosign.

    Attributes:
        old_size: The size that the log believes was cosigned last.
        path: Consistency proof from that size.
        checkpoint: The new checkpoint.
    """

    old_size: int
    path: tuple[bytes, ...]
    checkpoint: Checkpoint


@dataclass(frozen=True, slots=True)
class Cosigner:
    """A key that the witness cosigns with.

    Attributes:
        key: Its public side.
        seed: 32 secret bytes.
    """

    key: VerifierKey
    seed: bytes


def render_submission(old_size: int, path: Sequence[bytes], checkpoint: str) -> bytes:
    """Return the body of a request to cosign.

    Args:
        old_size: The size that was cosigned last.
        path: Consistency proof from that size; empty from size 0.
        checkpoint: The signed checkpoint.
    """
    lines = [f"old {old_size}", *map(encode_base64, path), "", checkpoint]
    return "\n".join(lines).encode()


def parse_submission(body: bytes) -> Submission:
    """Return the request that the bytes spell.

    Raises:
        EvidenceError: If they spell none.
    """
    above, separator, checkpoint = body.partition(b"\n\n")
    try:
        first, *hashes = above.decode("ascii").split("\n")
        path = tuple(decode_base64(line) for line in hashes)
    except ValueError as error:
        raise EvidenceError("expected hashes in base 64 below the old size") from error
    old = _OLD.fullmatch(first)
    if not (old and separator) or len(path) > _HASHES_AT_MOST or any(len(item) != HASH_BYTES for item in path):
        raise EvidenceError("expected an old size, hashes, an empty line, a checkpoint")
    return Submission(int(old[1]), path, parse_checkpoint(checkpoint))


def add_checkpoint(
    body: bytes, logs: Mapping[str, VerifierKey], cosigners: Sequence[Cosigner], memory: Memory, now_s: int
) -> Answer:
    """Return the answer to a request: cosignatures, or why there are none.

    Args:
        body: Of the request.
        logs: Keys of the logs that are witnessed, by origin.
        cosigners: At least one.
        memory: What was cosigned before.
        now_s: Seconds since 1970.
    """
    if len(body) > BYTES_AT_MOST:
        return Answer(BAD_REQUEST, "the request is too long\n")
    try:
        submission = parse_submission(body)  # 1
    except EvidenceError as error:
        return Answer(BAD_REQUEST, f"{error}\n")
    checkpoint = submission.checkpoint
    key = logs.get(checkpoint.origin)
    if key is None:
        return Answer(NOT_FOUND, "this log is not witnessed here\n")  # 2
    if not is_signed_by(checkpoint.note, key):
        return Answer(FORBIDDEN, "the log's key did not sign this checkpoint\n")  # 3
    if submission.old_size > checkpoint.head.size:
        return Answer(BAD_REQUEST, "the old size is above that of the checkpoint\n")  # 4
    with memory.hold(checkpoint.origin):
        return _judge(submission, cosigners, memory, now_s)


def _judge(submission: Submission, cosigners: Sequence[Cosigner], memory: Memory, now_s: int) -> Answer:
    checkpoint = submission.checkpoint
    seen = memory.recall(checkpoint.origin)
    old = seen.head if seen else TreeHead(0, b"")
    is_other = bool(seen) and old.size == checkpoint.head.size and old.root != checkpoint.head.root
    if submission.old_size != old.size or is_other:
        return Answer(CONFLICT, f"{old.size}\n", SIZE_TYPE)  # 5, 6
    if old.size == 0 or old == checkpoint.head:
        is_grown = not submission.path
    else:
        is_grown = is_consistent(old, checkpoint.head, submission.path)
    if not is_grown:
        return Answer(UNPROCESSABLE, "the proof does not show that the log only grew\n")  # 7
    time_s = max(now_s, seen.time_s if seen else 0, 1)
    memory.keep(checkpoint.origin, Seen(checkpoint.head, time_s))  # 8
    lines = [cosign(checkpoint, item.key, item.seed, time_s) for item in cosigners]
    return Answer(OK, "".join(f"{line}\n" for line in lines))


def add_cosignatures(checkpoint: str, answer: str, known: Sequence[VerifierKey]) -> str:
    """Return a checkpoint with the signature lines of an answer that known keys could have made; others are left out.

    Whether they hold is `Trust.witnessed_by`'s to say; a line that the checkpoint has already is not added again.

    Args:
        checkpoint: Signed.
        answer: Body of a witness's answer.
        known: Keys of witnesses.

    Raises:
        EvidenceError: If the answer is no signature lines.
    """
    keys = {(key.name, key.key_id) for key in known}
    lines = [line for line in answer.split("\n") if line]
    new = [line for line in lines if parse_signature_line(line)[:2] in keys and f"{line}\n" not in checkpoint]
    return checkpoint + "".join(f"{line}\n" for line in new)
