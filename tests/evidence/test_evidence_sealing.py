"""What the log says of sealed records, and what anyone can count from it."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import date
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.evidence.canonical import canonical_bytes
from lockgate.evidence.entry import entry_of
from lockgate.evidence.key_sharing import join_key, split_key
from lockgate.evidence.sealing import (
    Cover,
    Sealed,
    SealedCount,
    commit,
    count_sealed,
    deleted_entry,
    follow_sealed,
    opened_entry,
    reviewed_entry,
    sealed_entry,
)
from lockgate.terms.errors import EvidenceError, InputError

COVER = Cover("police", "court-order", "KR", "2026-11", True, "2-10", "narrowed")
DEMAND = "d" * 64
SEATS = ("regulator+01234567", "watchdog+89abcdef", "court+00000000")


def _sealed(number: int, authority: str = "police", review: date = date(2027, 1, 31)) -> Sealed:
    hash_ = hashlib.sha256(b"%d" % number).hexdigest()
    return Sealed(hash_, hash_, hash_, replace(COVER, authority=authority), review, SEATS, 2)


def _rng(seed: bytes) -> Callable[[int], bytes]:
    return lambda count: hashlib.shake_256(seed).digest(count)


def test_everybody_counts_the_same_from_the_log_alone():
    one, two, three, four = _sealed(1), _sealed(2), _sealed(3, "tax"), _sealed(4, review=date(2026, 12, 1))
    log = [
        entry_of("a" * 64, "release"),
        *map(sealed_entry, (one, two, three, four)),
        opened_entry(one.commitment, SEATS[:2], DEMAND),
        opened_entry(one.commitment, SEATS[1:], DEMAND),
        reviewed_entry(two.commitment, date(2027, 6, 30), DEMAND),
        deleted_entry(three.commitment, DEMAND),
    ]
    assert count_sealed(log, date(2026, 12, 1)) == (
        SealedCount("police", sealed=3, opened=1, deleted=0, reviewed=1, overdue=0),
        SealedCount("tax", sealed=1, opened=0, deleted=1, reviewed=0, overdue=0),
    )
    overdue = {day: sum(count.overdue for count in count_sealed(log, day)) for day in map(date.fromisoformat, DAYS)}
    assert list(overdue.values()) == [0, 1, 1, 1, 2]
    assert count_sealed(log[:5], date(2027, 2, 1))[0].overdue == 3  # before anything came of them
    assert count_sealed(log[:1], date(2027, 2, 1)) == ()


DAYS = ("2026-11-30", "2026-12-02", "2027-02-01", "2027-06-30", "2027-07-01")


def test_a_clock_that_goes_back_moves_no_event_because_only_the_order_of_leaves_counts():
    sealed = _sealed(1, review=date(2027, 1, 31))
    log = [sealed_entry(sealed), reviewed_entry(sealed.commitment, date(2026, 1, 1), DEMAND)]
    (followed,) = follow_sealed(log).values()
    assert (followed.review, followed.sealed.review) == (date(2026, 1, 1), date(2027, 1, 31))
    assert followed.is_overdue(date(2026, 1, 2))
    assert not followed.is_overdue(date(2026, 1, 1))


@pytest.mark.parametrize(
    ("after", "told"),
    [
        (lambda one: [sealed_entry(one)], "twice"),
        (lambda one: [opened_entry("e" * 64, SEATS, DEMAND)], "never sealed"),
        (lambda one: [deleted_entry(one.commitment, DEMAND), opened_entry(one.commitment, SEATS, DEMAND)], "destroyed"),
        (lambda one: [deleted_entry(one.commitment, DEMAND), deleted_entry(one.commitment, DEMAND)], "destroyed"),
        (lambda one: [reviewed_entry(one.commitment, date(2027, 1, 1), "short")], "no hash"),
        (lambda one: [canonical_bytes({"kind": "sealed-opened", "record": one.commitment})], "no entry says"),
        (lambda one: [canonical_bytes({"kind": "sealed-lost", "record": one.commitment})], "no entry says"),
        (lambda one: [b'{"kind":"sealed"'], "canonical"),
    ],
)
def test_a_log_that_says_what_cannot_be_is_broken_evidence(after: Callable[[Sealed], list[bytes]], told: str):
    one = _sealed(1)
    with pytest.raises(EvidenceError, match=told):
        follow_sealed([sealed_entry(one), *after(one)])


@pytest.mark.parametrize(
    "change",
    [
        {"cover": {**asdict(COVER), "authority": "Inspector Lee"}},
        {"cover": {**asdict(COVER), "secrecy": "yes"}},
        {"cover": {**asdict(COVER), "name": "Kim Minji"}},
        {"threshold": 4},
        {"threshold": 0},
        {"seats": ["regulator"]},
        {"review": "soon"},
        {"cover": {"authority": "police"}},
        {"box": "0" * 63},
    ],
)
def test_an_entry_of_another_form_than_lockgate_writes_is_broken_evidence(change: dict[str, Any]):
    entry = canonical_bytes({**json.loads(sealed_entry(_sealed(1))), **change})
    with pytest.raises(EvidenceError):
        follow_sealed([entry])


@pytest.mark.parametrize(
    "cover",
    [
        replace(COVER, authority="Inspector Lee"),
        replace(COVER, instrument="letter"),
        replace(COVER, persons="3"),
        replace(COVER, outcome="Kim Minji"),
        replace(COVER, country="Korea"),
        replace(COVER, month="2026-13"),
    ],
)
def test_a_cover_line_takes_no_word_of_its_own_so_that_it_can_name_nobody(cover: Cover):
    with pytest.raises(InputError, match="expected"):
        sealed_entry(replace(_sealed(1), cover=cover))


def test_a_commitment_binds_to_salt_and_content():
    kept = commit(bytes(32), b"content")
    assert kept != commit(bytes(32), b"content ")
    assert kept != commit(b"\x01" + bytes(31), b"content")
    with pytest.raises(ValueError, match="32 bytes"):
        commit(bytes(31), b"\x00content")


@pytest.mark.parametrize(("shares", "threshold"), [(1, 1), (3, 1), (3, 2), (5, 3), (5, 5)])
def test_any_so_many_shares_give_the_key_back_and_fewer_do_not(shares: int, threshold: int):
    key = hashlib.sha256(b"key").digest()
    split = split_key(key, shares, threshold, _rng(b"split"))
    for chosen in combinations(split, threshold):
        assert join_key(chosen) == key
    for chosen in combinations(split, threshold - 1):
        assert not chosen or join_key(chosen) != key


def test_fewer_shares_than_needed_fit_every_key():
    """Of a key of one byte shared among two: beside one share, each of the 256 keys has a second one that fits."""
    (first, _) = split_key(b"\x2a", 2, 2, _rng(b"x"))
    assert {join_key([first, bytes([2, byte])])[0] for byte in range(256)} == set(range(256))


@given(st.binary(min_size=1, max_size=40), st.integers(1, 255), st.data())
def test_sharing_gives_back_any_key(key: bytes, shares: int, data: st.DataObject):
    threshold = data.draw(st.integers(1, min(shares, 6)))
    split = split_key(key, shares, threshold, _rng(key))
    assert join_key(data.draw(st.permutations(split))[:threshold]) == key


def test_the_field_is_that_of_aes():
    """FIPS 197, section 4.2: {57} x {83} = {c1}; a line through 0 with the slope {83} has {c1} at {57}."""
    shares = split_key(b"\x00", 0x57, 2, lambda count: b"\x83" * count)
    assert shares[-1] == b"\x57\xc1"


@pytest.mark.parametrize("shares", [[], [b""], [b"\x00\x01"], [b"\x01\x01", b"\x01\x02"], [b"\x01\x01", b"\x02"]])
def test_shares_that_do_not_belong_together_are_broken_evidence(shares: list[bytes]):
    with pytest.raises(EvidenceError, match="do not belong together"):
        join_key(shares)


@pytest.mark.parametrize(("shares", "threshold"), [(0, 0), (2, 3), (2, 0), (256, 2)])
def test_sharing_refuses_numbers_that_no_key_can_be_shared_by(shares: int, threshold: int):
    with pytest.raises(ValueError, match="threshold"):
        split_key(b"key", shares, threshold, _rng(b""))
