"""Appends of many threads, gathered: each is told its own leaves, and none is told before they are durable."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lockgate.evidence.log import Log
from lockgate.store.group_commit import AT_ONCE, GroupCommit
from lockgate.terms.errors import LockgateError
from small_flows import do_not_wait_for_the_disk

ORIGIN, SEED = "lockgate.local/test", bytes(range(32))
THREADS, APPENDS = 64, 8


def test_64_threads_append_at_once_and_each_finds_its_leaves_where_it_was_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    do_not_wait_for_the_disk(monkeypatch)
    log = Log.open(tmp_path / "log", ORIGIN, SEED)
    sizes: list[int] = []

    def append(entries: Sequence[bytes]) -> int:
        sizes.append(len(entries))
        return log.append(entries)

    group, ready = GroupCommit(append), threading.Barrier(THREADS)

    def write(thread: int) -> list[tuple[int, bytes]]:
        ready.wait()
        told = []
        for number in range(APPENDS):
            entries = [b"%d %d %d" % (thread, number, part) for part in range(1 + thread % 3)]
            first = group.append(entries)
            assert Log.open(tmp_path / "log", ORIGIN, SEED).size >= first + len(entries)  # durable before it is told
            told += list(enumerate(entries, first))
        return told

    with ThreadPoolExecutor(THREADS) as threads:
        told = [item for written in threads.map(write, range(THREADS)) for item in written]
    again = Log.open(tmp_path / "log", ORIGIN, SEED, high_water=log.head)
    assert dict(told) == dict(enumerate(again.reader.entries()))
    assert len(told) == again.size == sum(sizes)
    assert len(sizes) < THREADS * APPENDS


def test_what_fails_fails_for_everyone_in_the_group_and_for_nobody_else():
    begun, may_fail = threading.Event(), threading.Event()
    appended: list[list[bytes]] = []

    def append(entries: Sequence[bytes]) -> int:
        appended.append(list(entries))
        begun.set()
        assert may_fail.wait(30)
        if b"bad" in entries:
            raise LockgateError("the log cannot be written: no space left", "Free space.")
        return len(appended)

    group = GroupCommit(append)
    with ThreadPoolExecutor(3) as threads:
        first = threads.submit(group.append, [b"good"])
        assert begun.wait(30)
        others = [threads.submit(group.append, [name]) for name in (b"bad", b"beside")]
        while len(group._gathered) < 2:
            pass
        may_fail.set()
        assert first.result(30) == 1
        for other in others:
            error = other.exception(30)
            assert isinstance(error, LockgateError)
            assert (str(error), error.hint) == ("the log cannot be written: no space left", "Free space.")
        assert others[0].exception() is not others[1].exception()
    assert sorted(map(sorted, appended)) == [[b"bad", b"beside"], [b"good"]]
    assert group.append([b"later"]) == 3


def test_a_leader_that_is_stopped_from_the_keyboard_lets_nobody_wait_for_ever():
    begun, may_stop = threading.Event(), threading.Event()

    def append(entries: Sequence[bytes]) -> int:
        begun.set()
        assert may_stop.wait(30)
        raise KeyboardInterrupt

    group = GroupCommit(append)
    with ThreadPoolExecutor(2) as threads:
        leader = threads.submit(group.append, [b"one"])
        assert begun.wait(30)
        other = threads.submit(group.append, [b"two"])
        while not group._gathered:
            pass
        may_stop.set()
        assert isinstance(leader.exception(30), KeyboardInterrupt)
        assert isinstance(other.exception(30), KeyboardInterrupt)  # it led the next group


def test_an_append_takes_no_more_than_its_most_and_leaves_none_behind():
    taken: list[int] = []
    begun, may_go = threading.Event(), threading.Event()

    def append(entries: Sequence[bytes]) -> int:
        begun.set()
        assert may_go.wait(30)
        taken.append(len(entries))
        return sum(taken[:-1])

    group = GroupCommit(append)
    with ThreadPoolExecutor(4) as threads:
        leader = threads.submit(group.append, [b"x"])
        assert begun.wait(30)
        others = [threads.submit(group.append, [b"x"] * (AT_ONCE // 2 + 1)) for _ in range(3)]
        while len(group._gathered) < 3:
            pass
        may_go.set()
        firsts = sorted([leader.result(30), *(other.result(30) for other in others)])
    assert taken == [1] + 3 * [AT_ONCE // 2 + 1]
    assert firsts == [0, 1, AT_ONCE // 2 + 2, AT_ONCE + 3]


@pytest.mark.parametrize("entries", [[], [b"x" * 65_536]])
def test_what_no_log_takes_is_refused_before_it_can_spoil_the_append_of_others(entries: list[bytes]):
    with pytest.raises(ValueError, match="expected"):
        GroupCommit(len).append(entries)
