"""A witness cosigns what only grew; a log that shows two faces gets one cosignature at most."""

import threading
from contextlib import contextmanager

import pytest

from lockgate.evidence.checkpoint import parse_checkpoint, sign_checkpoint
from lockgate.evidence.cosignature import cosigned_at, cosigner_key
from lockgate.evidence.disk import FileDisk
from lockgate.evidence.log import Log
from lockgate.evidence.note import ED25519_COSIGNATURE, verifier_key
from lockgate.evidence.trust import parse_trust
from lockgate.evidence.witness import Cosigner, add_checkpoint, add_cosignatures, render_submission

SEED = bytes([3] * 32)
ORIGIN = "log.example/one"
LOG = verifier_key(ORIGIN, bytes(32))
COSIGNERS = tuple(
    Cosigner(cosigner_key("witness.example", seed, algorithm), seed)
    for algorithm, seed in ((ED25519_COSIGNATURE, SEED), (6, bytes([4] * 32)))
)


class Shelf:
    """A memory of a witness in this process, with one lock."""

    def __init__(self):
        self.seen, self.lock = {}, threading.Lock()

    @contextmanager
    def hold(self, origin):
        with self.lock:
            yield

    def recall(self, origin):
        return self.seen.get(origin)

    def keep(self, origin, seen):
        self.seen[origin] = seen


@pytest.fixture
def log(tmp_path):
    made = Log.open(tmp_path / "log", ORIGIN, bytes(32), disk=FileDisk())
    made.append([b"a", b"b", b"c"])
    return made


def ask(log, old, shelf, now=1000, path=None):
    proof = log.consistency(old) if path is None else path
    return add_checkpoint(render_submission(old, proof, log.checkpoint()), {ORIGIN: LOG}, COSIGNERS, shelf, now)


def test_a_growing_log_is_cosigned_again_and_again(log):
    shelf = Shelf()
    for size in (0, 3, 4):
        answer = ask(log, size, shelf)
        assert answer.status == 200
        whole = add_cosignatures(log.checkpoint(), answer.body, [item.key for item in COSIGNERS])
        for item in COSIGNERS:
            assert cosigned_at(parse_checkpoint(whole.encode()), item.key) == 1000
        log.append([b"d"])


def test_the_same_checkpoint_may_be_cosigned_twice(log):
    shelf = Shelf()
    assert [ask(log, old, shelf, path=()).status for old in (0, 3)] == [200, 200]


def test_an_unknown_log_is_not_cosigned(log):
    body = render_submission(0, (), log.checkpoint())
    assert add_checkpoint(body, {}, COSIGNERS, Shelf(), 1).status == 404


def test_a_checkpoint_that_the_log_did_not_sign_is_not_cosigned(log):
    forged = sign_checkpoint(ORIGIN, log.head, bytes([9] * 32))
    body = render_submission(0, (), forged)
    assert add_checkpoint(body, {ORIGIN: LOG}, COSIGNERS, Shelf(), 1).status == 403


@pytest.mark.parametrize("body", [b"", b"old 1\n", b"old 01\n\nx", b"old 0\nAAAA\n\nx\n", b"new 0\n\n", b"\xff\n\n"])
def test_what_is_no_request_is_a_bad_request(body):
    assert add_checkpoint(body, {ORIGIN: LOG}, COSIGNERS, Shelf(), 1).status == 400


def test_an_old_size_above_the_new_is_a_bad_request(log):
    assert ask(log, 9, Shelf(), path=()).status == 400


def test_a_wrong_old_size_is_a_conflict_that_tells_the_right_one(log):
    shelf = Shelf()
    ask(log, 0, shelf)
    log.append([b"d"])
    answer = ask(log, 0, shelf)
    assert (answer.status, answer.body, answer.type) == (409, "3\n", "text/x.tlog.size")


def test_a_proof_that_does_not_hold_gets_no_cosignature_and_is_not_remembered(log):
    shelf = Shelf()
    ask(log, 0, shelf)
    log.append([b"d"])
    assert ask(log, 3, shelf, path=(bytes(32),)).status == 422
    assert ask(log, 3, shelf, path=()).status == 422
    assert shelf.seen[ORIGIN].head.size == 3


def test_a_proof_from_nothing_is_empty(log):
    assert ask(log, 0, Shelf(), path=(bytes(32),)).status == 422


def test_a_log_with_two_faces_gets_one_of_them_cosigned(log, tmp_path):
    other = Log.open(tmp_path / "other", ORIGIN, bytes(32), disk=FileDisk())
    other.append([b"x", b"y", b"z"])
    shelf = Shelf()
    assert ask(log, 0, shelf).status == 200
    assert ask(other, 3, shelf, path=()).status == 409
    other.append([b"w"])
    assert ask(other, 3, shelf).status == 422


def test_a_rolled_back_log_is_not_cosigned(log, tmp_path):
    shelf = Shelf()
    before = render_submission(0, (), log.checkpoint())
    log.append([b"d"])
    assert ask(log, 0, shelf).status == 200
    answer = add_checkpoint(before, {ORIGIN: LOG}, COSIGNERS, shelf, 1)
    assert (answer.status, answer.body) == (409, "4\n")


def test_a_clock_that_goes_back_does_not_take_time_back(log):
    shelf = Shelf()
    ask(log, 0, shelf, now=5000)
    log.append([b"d"])
    answer = ask(log, 3, shelf, now=10)
    whole = add_cosignatures(log.checkpoint(), answer.body, [item.key for item in COSIGNERS])
    assert cosigned_at(parse_checkpoint(whole.encode()), COSIGNERS[0].key) == 5000


def test_of_64_requests_at_once_for_forks_of_one_log_one_is_cosigned(tmp_path):
    shelf, bodies = Shelf(), []
    for number in range(8):
        fork = Log.open(tmp_path / str(number), ORIGIN, bytes(32), disk=FileDisk())
        fork.append([b"%d" % number])
        bodies += [render_submission(0, (), fork.checkpoint())] * 8
    answers = []

    def send(body):
        answers.append((add_checkpoint(body, {ORIGIN: LOG}, COSIGNERS, shelf, 1), body))

    threads = [threading.Thread(target=send, args=(body,)) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    cosigned = {body for answer, body in answers if answer.status == 200}
    assert len(cosigned) == 1
    assert {answer.status for answer, _ in answers} == {200, 409}


def test_a_quorum_is_met_by_witnesses_that_hold_and_not_by_one_that_lies(log):
    answer = ask(log, 0, Shelf())
    keys = [item.key for item in COSIGNERS]
    policy = f"log {LOG}\nwitness A {keys[0]}\nwitness B {keys[1]}\ngroup G all A B\nquorum G\n"
    trust = parse_trust(policy)
    whole = parse_checkpoint(add_cosignatures(log.checkpoint(), answer.body, keys).encode())
    assert trust.is_met_by(trust.witnessed_by(whole))
    one = parse_checkpoint(add_cosignatures(log.checkpoint(), answer.body, keys[:1]).encode())
    assert set(trust.witnessed_by(one)) == {"A"}
    assert not trust.is_met_by(trust.witnessed_by(one))
    lines = answer.body.split("\n")
    lied = add_cosignatures(log.checkpoint(), f"{lines[0][:-4]}AAA=\n{lines[1]}\n", keys)
    assert set(trust.witnessed_by(parse_checkpoint(lied.encode()))) == {"B"}


def test_lines_of_unknown_keys_are_left_out(log):
    answer = ask(log, 0, Shelf())
    assert add_cosignatures(log.checkpoint(), answer.body, []) == log.checkpoint()
