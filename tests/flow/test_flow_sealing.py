"""Records sealed now and opened later: wrong seats, tampered boxes, destroyed keys, and runs that end badly."""

import json
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

import pytest

from faulty_disk import Fault, FaultyDisk, Killed
from lockgate.evidence.sealing import Cover, count_sealed, follow_sealed
from lockgate.flow.recovery import open_log
from lockgate.flow.revealing import Demand
from lockgate.flow.sealing import Wish, delete_sealed, open_sealed, review_sealed, seal
from lockgate.store.home import Home
from lockgate.store.sealed import SealedRecords, parse_seat, seat_of
from lockgate.terms.errors import EvidenceError, InputError, LockgateError
from small_flows import NOW, do_not_wait_for_the_disk

DAY = NOW.date()
CONTENT = b"Kim Minji, account 110-222-333333, asked for by order 2026-77"
COVER = Cover("police", "court-order", "KR", "2026-11", True, "1", "full")
KEYS = {name: bytes([number] * 32) for number, name in enumerate(("regulator", "watchdog", "court", "auditor"), 1)}
SEATS = tuple(seat_of(name, key) for name, key in KEYS.items() if name != "auditor")
DEMAND = Demand("A. Officer", "case 2026-77", 1000, NOW)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    do_not_wait_for_the_disk(monkeypatch)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.open(tmp_path / "home")


def _seal(home: Home, threshold: int = 2, content: bytes = CONTENT) -> str:
    wish = Wish(COVER, DAY + timedelta(days=60), SEATS, threshold)
    return seal(home, content, wish, DAY, os.urandom)[0].commitment


def _open(home: Home, name: str, *seats: str) -> bytes:
    return open_sealed(home, name, [KEYS[seat] for seat in seats], DEMAND, os.urandom)[1]


def _kinds(home: Home) -> list[str]:
    return [json.loads(entry)["kind"] for entry in open_log(home).reader.entries()]


def test_so_many_seats_open_a_record_and_the_log_says_so_each_time(home: Home):
    name = _seal(home)
    assert _open(home, name, "regulator", "court") == CONTENT
    assert _open(home, name[:8], "court", "watchdog", "regulator") == CONTENT  # twice opened: twice said
    assert _kinds(home) == ["sealed", "sealed-opened", "sealed-opened"]
    (followed,) = follow_sealed(open_log(home).reader.entries()).values()
    assert followed.opened == 2
    last = json.loads(open_log(home).entry(2))
    assert last["seats"] == sorted(seat.id for seat in SEATS)


def test_neither_log_nor_home_shows_anything_of_the_content(home: Home):
    _seal(home, content=b"Kim Minji " * 20)
    for path in home.path.rglob("*"):
        if path.is_file():
            assert b"Minji" not in path.read_bytes(), path
            assert path.stat().st_mode & 0o077 == 0, path


@pytest.mark.parametrize(
    ("seats", "told"),
    [
        ([], "found 0"),
        (["regulator"], "2 of the seats .* found 1"),
        (["regulator", "regulator"], "found 1"),
        (["regulator", "auditor"], "is none of the seats of this record"),
    ],
)
def test_too_few_or_wrong_seats_open_nothing_and_leave_no_leaf(seats: list[str], told: str, home: Home):
    name = _seal(home)
    with pytest.raises(InputError, match=told):
        _open(home, name, *seats)
    assert _kinds(home) == ["sealed"]


def test_every_changed_byte_of_box_and_key_is_found_and_nothing_is_handed_out(home: Home):
    name = _seal(home)
    for ending in ("box", "keys"):
        path = home.path / "sealed" / f"{name}.{ending}"
        data = path.read_bytes()
        for at in range(len(data)):
            path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
            with pytest.raises(EvidenceError):
                _open(home, name, "regulator", "watchdog", "court")
        path.write_bytes(data)
    assert _kinds(home) == ["sealed"]
    assert _open(home, name, "regulator", "court") == CONTENT


def test_box_and_key_of_one_record_do_not_open_under_the_name_of_another(home: Home):
    one, two = _seal(home), _seal(home, content=b"another")
    folder = home.path / "sealed"
    for ending in ("box", "keys"):
        shutil.copyfile(folder / f"{two}.{ending}", folder / f"{one}.{ending}")
    with pytest.raises(EvidenceError, match="not what the log committed to"):
        _open(home, one, "regulator", "court")
    followed = follow_sealed(open_log(home).reader.entries())
    assert len(SealedRecords(home.path).faults(followed[one].sealed, is_deleted=False)) == 2
    assert SealedRecords(home.path).faults(followed[two].sealed, is_deleted=False) == {}
    assert _open(home, two, "regulator", "court") == b"another"


def test_a_share_handed_to_another_seat_opens_nothing(home: Home):
    name = _seal(home)
    path = home.path / "sealed" / f"{name}.keys"
    shares = json.loads(path.read_bytes())["shares"]
    first, second, _ = sorted(shares)
    shares[first], shares[second] = shares[second], shares[first]
    path.write_bytes(json.dumps({"shares": shares}, separators=(",", ":")).encode())
    with pytest.raises(EvidenceError, match="not what the log committed to"):
        _open(home, name, "regulator", "watchdog", "court")


def test_a_record_whose_key_is_destroyed_opens_for_nobody_and_its_commitment_stays(home: Home):
    name = _seal(home)
    delete_sealed(home, name, DEMAND, os.urandom)
    assert not (home.path / "sealed" / f"{name}.keys").exists()
    assert (home.path / "sealed" / f"{name}.box").exists()
    assert _kinds(home) == ["sealed", "sealed-deleted"]
    for act in (
        lambda: _open(home, name, *KEYS),
        lambda: delete_sealed(home, name, DEMAND, os.urandom),
        lambda: review_sealed(home, name, DAY + timedelta(days=9), DEMAND, os.urandom),
    ):
        with pytest.raises(InputError, match="was destroyed"):
            act()
    (count,) = count_sealed(open_log(home).reader.entries(), date(2100, 1, 1))
    assert (count.sealed, count.deleted, count.overdue) == (1, 1, 0)


def test_a_key_that_is_gone_without_a_leaf_is_broken_evidence(home: Home):
    name = _seal(home)
    (home.path / "sealed" / f"{name}.keys").unlink()
    with pytest.raises(EvidenceError, match="cannot be read"):
        _open(home, name, "regulator", "court")


def test_a_review_moves_the_day_and_the_content_still_opens(home: Home):
    name = _seal(home)
    entries = open_log(home).reader.entries
    assert count_sealed(entries(), DAY + timedelta(days=61))[0].overdue == 1
    review_sealed(home, name, DAY + timedelta(days=90), DEMAND, os.urandom)
    counts = [count_sealed(open_log(home).reader.entries(), DAY + timedelta(days=days))[0] for days in (61, 90, 91)]
    assert [count.overdue for count in counts] == [0, 0, 1]
    assert _open(home, name, "regulator", "court") == CONTENT


@pytest.mark.parametrize("days", [-1, 0])
def test_a_day_of_review_that_is_not_to_come_is_refused_whatever_the_clock_says(days: int, home: Home):
    with pytest.raises(InputError, match="not to come"):
        seal(home, CONTENT, Wish(COVER, DAY + timedelta(days=days), SEATS), DAY, os.urandom)
    name = _seal(home)
    with pytest.raises(InputError, match="not to come"):
        review_sealed(home, name, DAY + timedelta(days=days), DEMAND, os.urandom)
    earlier = Demand("A. Officer", "clock went back", 1000, NOW - timedelta(days=365))
    assert open_sealed(home, name, [KEYS["court"], KEYS["watchdog"]], earlier, os.urandom)[1] == CONTENT
    assert _kinds(home) == ["sealed", "sealed-opened"]


@pytest.mark.parametrize(
    "act",
    [
        lambda home, name, demand: open_sealed(home, name, list(KEYS.values())[:2], demand, os.urandom),
        lambda home, name, demand: review_sealed(home, name, DAY + timedelta(days=9), demand, os.urandom),
        lambda home, name, demand: delete_sealed(home, name, demand, os.urandom),
    ],
)
def test_nothing_becomes_of_a_record_without_name_reason_and_a_record_that_is_there(
    act: Callable[[Home, str, Demand], object], home: Home
):
    name = _seal(home)
    for demand in (Demand("", "why", 1, NOW), Demand("who", " ", 1, NOW)):
        with pytest.raises(InputError, match="a name and a reason"):
            act(home, name, demand)
    for wrong in ("0" * 64, "", name[:7], "zz"):
        with pytest.raises(InputError, match="one sealed record"):
            act(home, wrong, DEMAND)
    assert _kinds(home) == ["sealed"]


@pytest.mark.parametrize(
    ("seats", "threshold"), [((), 1), (SEATS, 4), (SEATS, 0), ((SEATS[0], SEATS[0]), 1), (SEATS * 11, 1)]
)
def test_seats_that_could_not_open_a_record_are_refused_before_anything_is_written(
    seats: tuple[object, ...], threshold: int, home: Home
):
    with pytest.raises(InputError, match="seats"):
        seal(home, CONTENT, Wish(COVER, DAY + timedelta(days=60), seats, threshold), DAY, os.urandom)
    assert not (home.path / "sealed").exists()


@pytest.mark.parametrize("text", ["", "regulator", "regulator=", "=AAAA", "Regulator=" + "A" * 43 + "=", "r=&&"])
def test_what_is_no_seat_is_refused(text: str):
    with pytest.raises(InputError, match="NAME=KEY"):
        parse_seat(text)


def test_a_seat_is_read_as_it_is_printed():
    assert [parse_seat(str(seat)) for seat in SEATS] == list(SEATS)


ENDINGS = (Killed, LockgateError, KeyboardInterrupt)


@pytest.mark.parametrize("fault", list(Fault), ids=lambda fault: fault.value)
def test_sealing_that_ends_badly_anywhere_leaves_a_record_that_opens_or_nothing(fault: Fault, tmp_path: Path):
    begun = tmp_path / "begun"
    open_log(Home.open(begun))
    at, is_over, sealed = 0, False, set()
    while not is_over:
        at += 1
        home = Home.open(_copied(begun, tmp_path / f"at-{at}"))
        disk = FaultyDisk(at, fault, within=home.path)
        with disk.active(), suppress(*ENDINGS):
            _seal(home)
        is_over = len(disk.seen) < at
        told = f"{fault.value}, change {at}: {disk.seen[-1]}"
        found = dict.fromkeys(follow_sealed(open_log(home).reader.entries()))
        _seal(home, content=b"next")
        assert len(SealedRecords(home.path).list_all()) == len(found) + 1, told
        for name in found:
            assert _open(home, name, "regulator", "court") == CONTENT, told
        sealed.add(len(found))
    assert sealed == {0, 1}
    assert at > 20


@pytest.mark.parametrize("fault", list(Fault), ids=lambda fault: fault.value)
def test_a_key_is_never_destroyed_without_its_leaf_and_never_kept_after_it(fault: Fault, tmp_path: Path):
    begun = tmp_path / "begun"
    name = _seal(Home.open(begun))
    at, is_over, deleted = 0, False, set()
    while not is_over:
        at += 1
        home = Home.open(_copied(begun, tmp_path / f"at-{at}"))
        disk = FaultyDisk(at, fault, within=home.path)
        with disk.active(), suppress(*ENDINGS):
            delete_sealed(home, name, DEMAND, os.urandom)
        is_over = len(disk.seen) < at
        told = f"{fault.value}, change {at}: {disk.seen[-1]}"
        is_said = "sealed-deleted" in _kinds(home)
        deleted.add(is_said)
        if not is_said:
            assert _open(home, name, "regulator", "court") == CONTENT, told
            continue
        _seal(home, content=b"next")  # any next run
        assert not (home.path / "sealed" / f"{name}.keys").exists(), told
    assert deleted == {True, False}
    assert at > 10


def _copied(begun: Path, folder: Path) -> Path:
    shutil.copytree(begun, folder)
    return folder
