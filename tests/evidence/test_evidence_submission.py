"""What a log sends to a witness and makes of the answer, against a witness in memory that follows the specification."""

from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.evidence.checkpoint import parse_checkpoint
from lockgate.evidence.cosignature import cosigned_at, cosigner_key
from lockgate.evidence.log import Log
from lockgate.evidence.note import ED25519_COSIGNATURE, ML_DSA_44_COSIGNATURE
from lockgate.evidence.submission import CLOCK_TOLERANCE_S, Asked, Outcome, ask
from lockgate.evidence.trust import Witness
from lockgate.evidence.witness import Answer, Cosigner, Seen, add_checkpoint
from lockgate.terms.errors import CounterpartyError

ORIGIN, NOW_S = "log.example/one", 1_800_000_000
SEEDS = {ED25519_COSIGNATURE: bytes([3] * 32), ML_DSA_44_COSIGNATURE: bytes([4] * 32)}
COSIGNERS = [Cosigner(cosigner_key("w.example", seed, kind), seed) for kind, seed in SEEDS.items()]
WITNESSES = [Witness(f"w{at}", item.key, "http://w.example") for at, item in enumerate(COSIGNERS)]


class Memory:
    """What the witness remembers."""

    def __init__(self) -> None:
        self.seen: dict[str, Seen] = {}

    def hold(self, origin: str) -> nullcontext[None]:
        return nullcontext()

    def recall(self, origin: str) -> Seen | None:
        return self.seen.get(origin)

    def keep(self, origin: str, seen: Seen) -> None:
        self.seen[origin] = seen


class Post:
    """Sends to that witness, and counts."""

    def __init__(self, log: Log, memory: Memory, now_s: int = NOW_S) -> None:
        self.log, self.memory, self.now_s, self.count = log, memory, now_s, 0

    def __call__(self, body: bytes) -> Answer:
        self.count += 1
        return add_checkpoint(body, {ORIGIN: self.log.key}, COSIGNERS, self.memory, self.now_s)


@pytest.fixture
def log(tmp_path: Path) -> Log:
    made = Log.open(tmp_path / "log", ORIGIN, bytes(32))
    made.append([b"%d" % number for number in range(5)])
    return made


def _ask(log: Log, post: Callable[[bytes], Answer], known: int = 0, now_s: int = NOW_S) -> Asked:
    return ask(WITNESSES, log, known, post, now_s)


def test_both_keys_of_an_address_cosign_what_was_sent(log: Log):
    asked = _ask(log, Post(log, Memory()))
    assert asked.outcome is Outcome.COSIGNED
    assert asked.names == ("w0", "w1")
    whole = parse_checkpoint((log.checkpoint() + "".join(f"{line}\n" for line in asked.lines)).encode())
    assert [cosigned_at(whole, item.key) for item in COSIGNERS] == [NOW_S, NOW_S]


def test_a_size_that_was_forgotten_is_asked_for_and_proved_from(log: Log):
    memory = Memory()
    assert _ask(log, Post(log, memory)).outcome is Outcome.COSIGNED
    log.append([b"more"])
    post = Post(log, memory)
    assert _ask(log, post, known=0).outcome is Outcome.COSIGNED
    assert post.count == 2  # the size, then the proof
    post = Post(log, memory)
    assert _ask(log, post, known=6).outcome is Outcome.COSIGNED
    assert post.count == 1


@settings(max_examples=30, deadline=None)
@given(sizes=st.lists(st.integers(1, 40), min_size=1, max_size=6), known=st.integers(0, 300))
def test_a_growing_log_is_always_cosigned_whatever_was_thought_known(
    sizes: list[int], known: int, tmp_path_factory: pytest.TempPathFactory
):
    log = Log.open(tmp_path_factory.mktemp("logs") / "log", ORIGIN, bytes(32))
    memory = Memory()
    for size in sizes:
        log.append([b"%d" % number for number in range(size)])
        assert _ask(log, Post(log, memory), known).outcome is Outcome.COSIGNED
        assert memory.seen[ORIGIN].head == log.head


def test_a_log_cut_short_or_forked_is_told_against(log: Log, tmp_path: Path):
    memory = Memory()
    _ask(log, Post(log, memory))
    short = Log.open(tmp_path / "short", ORIGIN, bytes(32))
    short.append([b"0", b"1"])
    asked = _ask(short, Post(short, memory))
    assert (asked.outcome, asked.size) == (Outcome.AHEAD, 5)
    short.append([b"x", b"y", b"z"])
    assert _ask(short, Post(short, memory)).outcome is Outcome.OTHER_TREE
    short.append([b"beyond"])
    assert _ask(short, Post(short, memory)).outcome is Outcome.OTHER_TREE


@pytest.mark.parametrize(
    ("shift", "outcome"),
    [
        (0, Outcome.COSIGNED),
        (CLOCK_TOLERANCE_S, Outcome.COSIGNED),
        (-CLOCK_TOLERANCE_S, Outcome.COSIGNED),
        (CLOCK_TOLERANCE_S + 1, Outcome.WRONG),
        (-CLOCK_TOLERANCE_S - 1, Outcome.WRONG),
    ],
)
def test_a_clock_that_is_off_by_more_than_an_hour_is_found(shift: int, outcome: Outcome, log: Log):
    assert _ask(log, Post(log, Memory(), NOW_S + shift)).outcome is outcome


def test_a_clock_going_backwards_at_the_witness_does_no_harm(log: Log):
    memory = Memory()
    assert _ask(log, Post(log, memory, NOW_S)).outcome is Outcome.COSIGNED
    log.append([b"more"])
    assert _ask(log, Post(log, memory, NOW_S - 10_000_000)).outcome is Outcome.COSIGNED  # it says its last time again
    assert memory.seen[ORIGIN].time_s == NOW_S


def test_a_clock_going_backwards_here_is_found(log: Log):
    asked = _ask(log, Post(log, Memory()), now_s=NOW_S - 90 * 86_400)
    assert asked.outcome is Outcome.WRONG
    assert "90 days ahead of that of this machine" in asked.detail


@pytest.mark.parametrize("body", ["", "5", "05\n", "-1\n", "5\n\n", "five\n", "9" * 40 + "\n"])
def test_a_conflict_without_a_size_is_wrong(body: str, log: Log):
    assert _ask(log, lambda _: Answer(409, body)).outcome is Outcome.WRONG


def test_a_witness_that_is_not_there_is_unreachable(log: Log):
    def post(_: bytes) -> Answer:
        raise CounterpartyError("no answer")

    assert _ask(log, post).outcome is Outcome.UNREACHABLE


def test_a_line_of_one_key_of_two_counts_and_the_other_is_named(log: Log):
    memory = Memory()

    def post(body: bytes) -> Answer:
        return add_checkpoint(body, {ORIGIN: log.key}, COSIGNERS[:1], memory, NOW_S)

    asked = _ask(log, post)
    assert (asked.outcome, len(asked.lines)) == (Outcome.COSIGNED, 1)
    assert "`w1`" in asked.detail
