"""The budget ledger: what differentially private releases have cost, kept in the log so that it survives a crash.

    HOME/budgets/HASH.json   one reservation: account, loss, budget, request, salt; written once
    HOME/budgets/HASH.drawn  what was drawn for it, kept before it is written anywhere else

The state of a reservation is what the log says of it: `budget-reserved` before any noise is drawn, then
`budget-committed` once the release is recorded, or `budget-returned` if nothing was drawn. A reservation that is
neither counts as spent, for ever: nobody can say what a killed run had shown. The order of `reserve`:

1. look at all reservations of the account, each found in the log and each leaf found on the disk;
2. refuse what would pass the budget;
3. write the record and sync it;
4. append its leaf, durably: from here on the loss is spent;
5. only now hand out the reservation, through which alone randomness is to be had.

A record without a leaf was never handed out and counts nothing. A leaf without its record is broken evidence: a
budget cannot be had back by deleting a file. One writer at a time: hold the home's lock.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

from lockgate.evidence.canonical import canonical_bytes, parse_canonical
from lockgate.evidence.disk import Disk, FileDisk, replace_file
from lockgate.evidence.entry import budget_entry_of, read_budget_entry
from lockgate.evidence.log import Log
from lockgate.store.home import Home
from lockgate.terms.budget import BudgetAccount
from lockgate.terms.errors import EvidenceError, InputError, LockgateError, ReleaseRefused
from lockgate.terms.privacy_loss import MICRO, PrivacyLoss, is_within, parse_loss

Rng = Callable[[int], bytes]

_SALT_BYTES = 16
_REQUEST = re.compile(r"[0-9a-f]{64}")
_DIGEST_BYTES = 32


class ReservationState(StrEnum):
    """What the log says of a reservation."""

    RESERVED = "budget-reserved"
    COMMITTED = "budget-committed"
    RETURNED = "budget-returned"


@dataclass(frozen=True, slots=True)
class Reserved:
    """One reservation of the ledger.

    Attributes:
        id: SHA-256 of its record, hexadecimal.
        account: What it counts for.
        loss: What it costs.
        request: SHA-256 of what was asked of which data, hexadecimal.
        state: What the log says of it.
    """

    id: str
    account: BudgetAccount
    loss: PrivacyLoss
    request: str
    state: ReservationState


class Reservation:
    """A part of a budget that this run may spend: the only way to randomness for noise."""

    def __init__(self, id_: str, account: BudgetAccount, loss: PrivacyLoss) -> None:
        self.id = id_
        self.account = account
        self.loss = loss
        self._is_drawn = False

    @property
    def is_drawn(self) -> bool:
        """Return whether randomness was handed out."""
        return self._is_drawn

    def randomness(self, rng: Rng) -> Rng:
        """Return randomness for the noise of this release; from here on its loss cannot be given back.

        Raises:
            EvidenceError: If it was handed out before: noise is drawn once.
        """
        if self._is_drawn:
            raise EvidenceError("noise was drawn already for this reservation", "Reserve again for another release.")
        self._is_drawn = True
        return rng


class BudgetLedger:
    """The ledger of one home."""

    def __init__(self, home: Home, *, disk: Disk | None = None) -> None:
        self._home = home
        self._folder = home.path / "budgets"
        self._disk = disk or FileDisk()

    def reservations(self) -> tuple[Reserved, ...]:
        """Return all reservations in the order of their leaves.

        Raises:
            EvidenceError: If the log is broken, or a record is missing or is not the one that the log holds.
        """
        return tuple(self._reserved(id_, state) for id_, state in _states(self._open_log()).items())

    def spent(self, account: BudgetAccount) -> tuple[PrivacyLoss, ...]:
        """Return the losses that count for an account: reserved or committed, not given back."""
        return tuple(
            item.loss
            for item in self.reservations()
            if item.account == account and item.state is not ReservationState.RETURNED
        )

    def check(self, account: BudgetAccount, loss: PrivacyLoss, budget: PrivacyLoss) -> None:
        """Refuse what the budget would not allow now, before work is done for it; `reserve` asks again.

        Raises:
            ReleaseRefused: If the budget does not allow it.
        """
        spent = self.spent(account)
        if not is_within([*spent, loss], budget):
            raise _too_much(spent, loss, budget)

    def reserve(
        self, account: BudgetAccount, loss: PrivacyLoss, budget: PrivacyLoss, request: str, rng: Rng
    ) -> Reservation:
        """Return a reservation, once it is in the log; draw noise only afterwards.

        Args:
            account: What it counts for.
            loss: What the release costs, of which it will count all.
            budget: The most that the account may spend in all.
            request: SHA-256 of what is asked of which data, hexadecimal; see `kept`.
            rng: Randomness, for the salt of the record.

        Raises:
            ReleaseRefused: If the budget does not allow it.
            InputError: If the loss is nothing, or the budget names both epsilon and rho, or neither.
            EvidenceError: If the log or a record is broken.
            LockgateError: If something cannot be written; the loss may then count all the same.
        """
        _check(loss, budget, request)
        self.check(account, loss, budget)  # 1, 2
        record = canonical_bytes(
            {
                "account": account.as_json(),
                "budget": budget.as_json(),
                "loss": loss.as_json(),
                "request": request,
                "salt": rng(_SALT_BYTES).hex(),
            }
        )
        id_ = hashlib.sha256(record).hexdigest()
        self._write(self._folder / f"{id_}.json", record)  # 3
        self._append(id_, ReservationState.RESERVED)  # 4
        return Reservation(id_, account, loss)  # 5

    def commit(self, reservation: Reservation) -> None:
        """Note that the release of a reservation is recorded.

        Raises:
            EvidenceError: If the log does not hold it as reserved.
        """
        self._settle(reservation, ReservationState.COMMITTED)

    def give_back(self, reservation: Reservation) -> None:
        """Give back what was reserved and not drawn.

        Raises:
            EvidenceError: If noise was drawn, or the log does not hold it as reserved.
        """
        if reservation.is_drawn:
            raise EvidenceError("noise was drawn for this reservation, so it is spent", "Commit it.")
        self._settle(reservation, ReservationState.RETURNED)

    def keep(self, reservation: Reservation, drawn: bytes) -> None:
        """Keep what was drawn, on the disk, before it is written anywhere else.

        Args:
            reservation: Through which it was drawn.
            drawn: The noisy result.

        Raises:
            LockgateError: If it cannot be written.
        """
        self._write(self._folder / f"{reservation.id}.drawn", hashlib.sha256(drawn).digest() + drawn)

    def kept(self, account: BudgetAccount, request: str) -> bytes | None:
        """Return what was drawn for the same request before, which costs nothing to show again; None if nothing was.

        Whoever asks twice gets the same answer, so that noise cannot be averaged away.

        Raises:
            EvidenceError: If what was kept is damaged.
        """
        for item in self.reservations():
            path = self._folder / f"{item.id}.drawn"
            if (item.account, item.request) == (account, request) and path.exists():
                data = self._read(path)
                if hashlib.sha256(data[_DIGEST_BYTES:]).digest() != data[:_DIGEST_BYTES]:
                    raise EvidenceError(f"the file `{path}` is damaged", "Restore it from a backup of the home.")
                return data[_DIGEST_BYTES:]
        return None

    def faults(self) -> dict[str, str]:
        """Return what is wrong with the files of the ledger, by file, each held against its own name or its hash.

        A record is named by its hash, and the log has that hash; what was drawn stands behind a hash of its own.
        """
        found = {}
        for path in sorted(self._folder.glob("*")):
            try:
                data = path.read_bytes()
            except OSError as error:
                found[path.name] = f"it cannot be read: {error.strerror}"
                continue
            if path.suffix == ".json" and hashlib.sha256(data).hexdigest() != path.stem:
                found[path.name] = "it is not the record that its name, and the log, have the hash of"
            if path.suffix == ".drawn" and hashlib.sha256(data[_DIGEST_BYTES:]).digest() != data[:_DIGEST_BYTES]:
                found[path.name] = "it is not what was drawn: the hash at its beginning is another"
        return found

    def is_kept(self, id_: str) -> bool:
        """Return whether what was drawn for a reservation is here."""
        return (self._folder / f"{id_}.drawn").exists()

    def _settle(self, reservation: Reservation, state: ReservationState) -> None:
        known = _states(self._open_log()).get(reservation.id)
        if known is state:
            return
        if known is not ReservationState.RESERVED:
            raise EvidenceError(
                f"expected the log to hold the reservation as reserved, found `{known or 'nothing'}`",
                "Reserve the budget before the release.",
            )
        self._append(reservation.id, state)

    def _reserved(self, id_: str, state: ReservationState) -> Reserved:
        data = self._read(self._folder / f"{id_}.json")
        if hashlib.sha256(data).hexdigest() != id_:
            raise EvidenceError(f"the budget record `{id_}` is not the one in the log", "Restore it from a backup.")
        record = parse_canonical(data)
        return Reserved(id_, _account(record["account"]), parse_loss(record["loss"]), str(record["request"]), state)

    def _open_log(self) -> Log:
        return self._home.open_log(self._disk)

    def _append(self, id_: str, state: ReservationState) -> None:
        log = self._open_log()
        log.append([budget_entry_of(id_, state.value)])
        self._home.raise_high_water(log.head)

    def _write(self, path: Path, data: bytes) -> None:
        try:
            if not self._folder.is_dir():
                self._disk.make_folder(self._folder)
                self._disk.sync(self._home.path)
            replace_file(self._disk, path, data)
        except OSError as error:
            raise LockgateError(
                f"the budget ledger cannot be written: {error.strerror or error}", "Free space or mend the home."
            ) from error

    def _read(self, path: Path) -> bytes:
        try:
            return path.read_bytes()
        except OSError as error:
            raise EvidenceError(
                f"the budget record `{path}`, which the log holds, cannot be read: {error.strerror}",
                "Restore it from a backup of the home.",
            ) from error


def _states(log: Log) -> Mapping[str, ReservationState]:
    """Return what the log says of each reservation, in the order of their leaves."""
    states: dict[str, ReservationState] = {}
    for entry in log.reader.entries():
        found = read_budget_entry(entry)
        if found is None:
            continue
        id_, state = found[0], ReservationState(found[1])
        if (state is ReservationState.RESERVED) == (id_ in states):
            raise EvidenceError(f"the log says twice, or too early, what became of the budget record `{id_}`")
        if states.get(id_, ReservationState.RESERVED) is not ReservationState.RESERVED:
            raise EvidenceError(f"the log settles the budget record `{id_}` twice")
        states[id_] = state
    return states


def _account(value: Mapping[str, Any]) -> BudgetAccount:
    return BudgetAccount(str(value["dataset"]), str(value["recipient"]), str(value["purpose"]), str(value["persons"]))


def _check(loss: PrivacyLoss, budget: PrivacyLoss, request: str) -> None:
    if not _REQUEST.fullmatch(request):
        raise ValueError("expected a SHA-256 in 64 lower-case hexadecimal digits")
    if not loss.epsilon and not loss.rho:
        raise InputError("a release without a privacy loss cannot be reserved", "Set epsilon or rho above 0.")
    if bool(budget.epsilon) == bool(budget.rho):
        raise InputError(
            "expected a budget in epsilon or in rho, found both or neither", "Set the one that the budget is kept in."
        )


def _too_much(spent: tuple[PrivacyLoss, ...], loss: PrivacyLoss, budget: PrivacyLoss) -> ReleaseRefused:
    error = ReleaseRefused(
        f"the privacy budget of {_told(budget)} does not allow {_told(loss)} after {len(spent)} releases",
        "Ask for less, use a release that was made, or have the budget raised by who answers for it.",
    )
    error.details = {
        "budget": budget.as_json(),
        "asked": loss.as_json(),
        "spent": [item.as_json() for item in spent],
    }
    return error


def _told(loss: PrivacyLoss) -> str:
    """Return a loss in words, in exact decimals."""
    parts = [
        f"{name} {units // MICRO}.{units % MICRO:06d}".rstrip("0").rstrip(".")
        for name, units in (("epsilon", loss.epsilon), ("rho", loss.rho))
        if units
    ]
    return " and ".join([*parts, f"delta {Decimal(loss.delta).scaleb(-15).normalize()}"] if loss.delta else parts)
