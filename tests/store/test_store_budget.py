"""The budget is never overspent: not by 64 at once, not by a run that is killed, not by a disk that fails."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from faulty_disk import Fault, FaultyDisk, Killed
from lockgate.evidence.log import Log
from lockgate.store.budget import BudgetLedger, Reservation, ReservationState
from lockgate.store.home import Home
from lockgate.terms.budget import BudgetAccount
from lockgate.terms.errors import EvidenceError, InputError, LockgateError, ReleaseRefused
from lockgate.terms.privacy_loss import PrivacyLoss, is_within

ACCOUNT = BudgetAccount("shop-customers", "acme", "statistics")
REQUEST = "ab" * 32
TENTH, WHOLE = PrivacyLoss(epsilon=100_000, delta=10), PrivacyLoss(epsilon=1_000_000, delta=1_000)


def ledger_at(path: Path) -> BudgetLedger:
    return BudgetLedger(Home.open(path / "home"))


def reserve(ledger: BudgetLedger, loss: PrivacyLoss = TENTH, request: str = REQUEST) -> Reservation:
    return ledger.reserve(ACCOUNT, loss, WHOLE, request, os.urandom)


def log_of(path: Path) -> Log:
    home = Home.open(path / "home")
    return Log.open(home.log, home.origin, home.signing_key(), high_water=home.high_water())


def test_ten_tenths_are_allowed_and_no_more(tmp_path: Path):
    ledger = ledger_at(tmp_path)
    for _ in range(10):
        ledger.commit(reserve(ledger))
    assert ledger.spent(ACCOUNT) == (TENTH,) * 10
    with pytest.raises(ReleaseRefused, match=r"epsilon 1 and delta 1E-12 does not allow epsilon 0.1") as caught:
        reserve(ledger)
    assert caught.value.exit_code == 4
    assert caught.value.details["spent"] == [TENTH.as_json()] * 10
    assert log_of(tmp_path).size == 20
    with pytest.raises(ReleaseRefused):
        reserve(ledger, PrivacyLoss(epsilon=1))


def test_the_log_tells_what_became_of_every_reservation(tmp_path: Path):
    ledger = ledger_at(tmp_path)
    first, second, third = (reserve(ledger) for _ in range(3))
    ledger.commit(first)
    ledger.give_back(second)
    assert [item.state.value for item in ledger.reservations()] == [
        "budget-committed", "budget-returned", "budget-reserved",
    ]  # fmt: skip
    assert [item.id for item in ledger.reservations()] == [first.id, second.id, third.id]
    assert len(ledger.spent(ACCOUNT)) == 2
    entry = log_of(tmp_path).entry(0).decode()
    assert "shop-customers" not in entry
    assert "acme" not in entry


@pytest.mark.parametrize("part", ["dataset", "recipient", "purpose", "persons"])
def test_every_part_of_an_account_keeps_a_budget_of_its_own(tmp_path: Path, part: str):
    ledger = ledger_at(tmp_path)
    reserve(ledger, WHOLE)
    given = {"dataset": "shop-customers", "recipient": "acme", "purpose": "statistics", "persons": "all"}
    other = BudgetAccount(**{**given, part: "other"})
    assert ledger.spent(other) == ()
    ledger.reserve(other, WHOLE, WHOLE, REQUEST, os.urandom)
    with pytest.raises(ReleaseRefused):
        reserve(ledger)


def test_what_was_drawn_cannot_be_given_back_and_is_drawn_once(tmp_path: Path):
    ledger = ledger_at(tmp_path)
    reservation = reserve(ledger)
    assert len(reservation.randomness(os.urandom)(8)) == 8
    with pytest.raises(EvidenceError, match="it is spent"):
        ledger.give_back(reservation)
    with pytest.raises(EvidenceError, match="drawn already"):
        reservation.randomness(os.urandom)
    assert len(ledger.spent(ACCOUNT)) == 1


def test_a_reservation_is_settled_once_and_settling_it_the_same_way_again_changes_nothing(tmp_path: Path):
    ledger = ledger_at(tmp_path)
    reservation = reserve(ledger)
    ledger.commit(reservation)
    ledger.commit(reservation)
    with pytest.raises(EvidenceError, match="as reserved"):
        ledger.give_back(reservation)
    assert log_of(tmp_path).size == 2
    with pytest.raises(EvidenceError, match="found `nothing`"):
        ledger.commit(Reservation("cd" * 32, ACCOUNT, TENTH))


def test_the_same_request_gets_what_was_drawn_before(tmp_path: Path):
    ledger = ledger_at(tmp_path)
    assert ledger.kept(ACCOUNT, REQUEST) is None
    reservation = reserve(ledger)
    ledger.keep(reservation, b"noisy table")
    again = ledger_at(tmp_path)
    assert again.kept(ACCOUNT, REQUEST) == b"noisy table"
    assert again.kept(ACCOUNT, "cd" * 32) is None
    assert again.kept(BudgetAccount("other", "acme", "statistics"), REQUEST) is None
    path = next((tmp_path / "home" / "budgets").glob("*.drawn"))
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(EvidenceError, match="damaged"):
        again.kept(ACCOUNT, REQUEST)


def test_a_deleted_or_changed_record_is_broken_evidence_and_gives_nothing_back(tmp_path: Path):
    ledger = ledger_at(tmp_path)
    reservation = reserve(ledger, WHOLE)
    path = tmp_path / "home" / "budgets" / f"{reservation.id}.json"
    kept = path.read_bytes()
    path.write_bytes(kept.replace(b"1000000", b"1000001"))
    with pytest.raises(EvidenceError, match="not the one in the log"):
        reserve(ledger)
    path.unlink()
    with pytest.raises(EvidenceError, match="cannot be read"):
        reserve(ledger)
    path.write_bytes(kept)
    with pytest.raises(ReleaseRefused):
        reserve(ledger)


def test_a_log_that_was_put_back_is_found(tmp_path: Path):
    ledger = ledger_at(tmp_path)
    reserve(ledger)
    saved = {path: path.read_bytes() for path in (tmp_path / "home" / "log").rglob("*") if path.is_file()}
    reserve(ledger)
    for path in (tmp_path / "home" / "log").rglob("*"):
        if path.is_file() and path not in saved:
            path.unlink()
    for path, data in saved.items():
        path.write_bytes(data)
    with pytest.raises(EvidenceError, match="cut short"):
        reserve(ledger)


@pytest.mark.parametrize(
    ("loss", "budget"),
    [
        (PrivacyLoss(), WHOLE),
        (PrivacyLoss(delta=5), WHOLE),
        (TENTH, PrivacyLoss(delta=5)),
        (TENTH, PrivacyLoss(epsilon=5, rho=5)),
    ],
)
def test_a_loss_of_nothing_and_a_budget_of_two_kinds_are_refused(
    tmp_path: Path, loss: PrivacyLoss, budget: PrivacyLoss
):
    with pytest.raises(InputError) as caught:
        ledger_at(tmp_path).reserve(ACCOUNT, loss, budget, REQUEST, os.urandom)
    assert caught.value.hint


def test_64_threads_get_no_more_than_the_budget(tmp_path: Path):
    home = Home.open(tmp_path / "home")
    home.signing_key()
    ready = threading.Barrier(64)

    def attempt(_: int) -> bool:
        ready.wait()
        with home.lock(wait_s=120):
            try:
                reserve(BudgetLedger(home)).randomness(os.urandom)
            except ReleaseRefused:
                return False
            return True

    with ThreadPoolExecutor(64) as pool:
        assert sum(pool.map(attempt, range(64))) == 10
    assert is_within(BudgetLedger(home).spent(ACCOUNT), WHOLE)


_PROCESS = textwrap.dedent("""
    import os, sys
    from pathlib import Path
    from lockgate.store.budget import BudgetLedger
    from lockgate.store.home import Home
    from lockgate.terms.budget import BudgetAccount
    from lockgate.terms.errors import ReleaseRefused
    from lockgate.terms.privacy_loss import PrivacyLoss
    account = BudgetAccount("shop-customers", "acme", "statistics")
    tenth, whole = PrivacyLoss(epsilon=100_000, delta=10), PrivacyLoss(epsilon=1_000_000, delta=1_000)
    home = Home.open(Path(sys.argv[1]))

    def spend(told):
        with home.lock(wait_s=300):
            ledger = BudgetLedger(home)
            reservation = ledger.reserve(account, tenth, whole, "ab" * 32, os.urandom)
            noise = reservation.randomness(os.urandom)(8)
            os.write(told, b"d")
            ledger.keep(reservation, noise)
            ledger.commit(reservation)
            os.write(told, b"c")
""")


@pytest.mark.slow
def test_64_processes_get_no_more_than_the_budget(tmp_path: Path):
    script = _PROCESS + textwrap.dedent("""
        children = []
        for _ in range(64):
            child = os.fork()
            if child == 0:
                try:
                    spend(1)
                except ReleaseRefused:
                    os.write(1, b"r")
                os._exit(0)
            children.append(child)
        sys.exit(sum(os.waitpid(child, 0)[1] != 0 for child in children))
    """)
    told = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "home")], capture_output=True, check=True
    ).stdout.decode()
    assert sorted(told) == sorted("d" * 10 + "c" * 10 + "r" * 54)
    found = ledger_at(tmp_path)
    assert found.spent(ACCOUNT) == (TENTH,) * 10
    assert {item.state for item in found.reservations()} == {ReservationState.COMMITTED}


@pytest.mark.slow
def test_a_run_killed_at_any_moment_has_spent_what_it_drew_and_the_budget_holds(tmp_path: Path):
    script = _PROCESS + textwrap.dedent("""
        os.write(1, b"s")
        try:
            while True:
                spend(1)
        except ReleaseRefused:
            os.write(1, b"r")
    """)
    drawn = committed = kills = 0
    refused = False
    while not refused:
        with subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path / "home")], stdout=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            assert process.stdout.read(1) == b"s"
            told = process.stdout.read(1)  # the first draw: then it is killed, a little later each time
            timer = threading.Timer(0.004 * kills, lambda running=process: os.kill(running.pid, signal.SIGKILL))
            timer.start()
            told += process.stdout.read()
            timer.join()
        kills += 1
        refused = b"r" in told
        drawn, committed = drawn + told.count(b"d"), committed + told.count(b"c")
        spent = ledger_at(tmp_path).spent(ACCOUNT)
        assert drawn <= len(spent) <= 10, "every draw is counted, and the budget holds"
    states = [item.state for item in ledger_at(tmp_path).reservations()]
    assert kills > 2
    assert states.count(ReservationState.COMMITTED) >= committed
    assert len(states) == 10


@pytest.mark.slow
@pytest.mark.parametrize(
    "fault", [fault for fault in Fault if fault is not Fault.STOPPED], ids=lambda fault: fault.value
)
def test_wherever_the_disk_fails_what_was_handed_out_is_counted(tmp_path: Path, monkeypatch, fault: Fault):
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
    at, is_done = 0, False
    while not is_done:
        at += 1
        place = tmp_path / str(at)
        place.mkdir()
        handed_out = 0
        reserve(ledger_at(place))
        with FaultyDisk(at, fault).active() as disk:
            try:
                reservation = reserve(ledger_at(place))
                reservation.randomness(os.urandom)
                handed_out = 1
                ledger_at(place).commit(reservation)
            except (LockgateError, Killed):
                pass
            is_done = len(disk.seen) < at
        spent = ledger_at(place).spent(ACCOUNT)
        assert 1 + handed_out <= len(spent) <= 2
        reserve(ledger_at(place), PrivacyLoss(epsilon=1_000_000 - 100_000 * len(spent)))
        with pytest.raises(ReleaseRefused):
            reserve(ledger_at(place), PrivacyLoss(epsilon=1))
    assert at > 8
