"""Releases of this home that a change reaches: a consent withdrawn, a law changed, a recipient in question.

Nothing here revokes: it says which releases, why, and of which it cannot tell. A release that no longer has its
statement where it was written cannot be decided again; that is said, never passed over.

A simplification: a consent that was withdrawn for one category counts for every release to that recipient and purpose.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

import numpy as np
import pyarrow as pa

from lockgate.classify.persons import person_keys
from lockgate.decide.decision import decide_as_it_stands
from lockgate.evidence.dossier import parse_statement, statement_hash
from lockgate.evidence.release_state import is_expired, last_day
from lockgate.flow.recovery import STATEMENT
from lockgate.flow.register import COLUMNS, STATES, read_day
from lockgate.laws.body import Laws
from lockgate.store.home import Home
from lockgate.store.partitions import LINK, PERSON, KeptRelease, LinkKind, Partitions
from lockgate.store.releases import Releases, ReleaseState, RunningRelease
from lockgate.tables.source import open_source
from lockgate.terms.errors import EvidenceError, InputError
from lockgate.terms.facts import Facts, parse_facts
from lockgate.terms.flow_request import SourceReference
from lockgate.terms.rendering import as_json

_WENT_OUT = frozenset({ReleaseState.RELEASED, ReleaseState.REVOKED})


class Reach(StrEnum):
    """Whether a change reaches a release."""

    AFFECTED = "affected"
    UNAFFECTED = "unaffected"
    CANNOT_TELL = "cannot-tell"


@dataclass(frozen=True, slots=True)
class Reached:
    """What a change means for one release.

    Attributes:
        release: Its id.
        state: `released`, `expired` or `revoked`.
        recipient: Name of the recipient; empty if not said.
        made_at: When, ISO 8601; empty if not known.
        target: Folder that it was written to.
        reach: Whether the change reaches it.
        why: One sentence.
        persons: Persons whom it concerns; None where it is not about persons.
    """

    release: str
    state: str
    recipient: str
    made_at: str
    target: str
    reach: Reach
    why: str
    persons: int | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """What the home and the release folder still hold of a release.

    Attributes:
        running: Its entry in the journal.
        partition: Who was in it; None for counts of an older home.
        statement: Its statement; None where it is no longer at its place.
    """

    running: RunningRelease
    partition: KeptRelease | None
    statement: Mapping[str, Any] | None

    @property
    def recipient(self) -> str:
        """Return the name of the recipient."""
        if self.statement is not None:
            return str(self.statement["recipient"]["name"] or "")
        return self.partition.recipient if self.partition else ""

    @property
    def group(self) -> str:
        """Return the group of the recipient."""
        if self.statement is not None:
            return str(self.statement["recipient"]["group"] or "")
        return self.partition.group if self.partition else ""


Judged = tuple[Reach, str, int | None]


def find_by_recipient(home: Home, name: str, today: date) -> tuple[Reached, ...]:
    """Return every release that went out, and whether it went to a recipient or a group of that name."""

    def judge(kept: Kept) -> Judged:
        if not kept.recipient and kept.statement is None and kept.partition is None:
            return Reach.CANNOT_TELL, _GONE, None
        if name in {kept.recipient, kept.group}:
            return Reach.AFFECTED, f"went to {name}", None
        return Reach.UNAFFECTED, "went to others", None

    return _judge_all(home, judge, today)


def find_by_law(home: Home, laws: Laws, day: date, today: date) -> tuple[Reached, ...]:
    """Return every release that went out, and whether the law of a day decides its recorded facts otherwise.

    Args:
        home: Whose releases; takes its lock.
        laws: The installed law.
        day: The day whose law decides.
        today: By which permits expire.
    """

    def judge(kept: Kept) -> Judged:
        if kept.statement is None:
            return Reach.CANNOT_TELL, _GONE, None
        recorded = kept.statement["decision"]
        again = as_json(decide_as_it_stands(_as_of(parse_facts(kept.statement["facts"]), laws, day), laws))
        differs = []
        if again["outcome"] != recorded["outcome"]:
            differs.append(f"outcome was {recorded['outcome']}, is {again['outcome']}")
        before, now = _gating(recorded), _gating(again)
        if before != now:
            differs.append(f"gating duties differ: {', '.join(sorted(before ^ now))}")
        if differs:
            return Reach.AFFECTED, "; ".join(differs), None
        return Reach.UNAFFECTED, f"decided the same as of {day}", None

    return _judge_all(home, judge, today)


def find_by_withdrawal(home: Home, register: str, today: date) -> tuple[Reached, ...]:
    """Return every release that went out, and of how many persons the consent to it was withdrawn since.

    Args:
        home: Whose releases; takes its lock.
        register: File of the consent register, as a flow names it.
        today: The day; later entries do not count yet.

    Raises:
        InputError: If the register lacks a column or holds an unknown state.
        EvidenceError: If a partition is damaged.
    """
    withdrawn = _withdrawn(register, home.key("persons"), today)
    partitions = Partitions(home.partitions)

    def judge(kept: Kept) -> Judged:
        values = kept.statement["facts"]["values"] if kept.statement is not None else {}
        if values.get("basis.ground", "consent") != "consent":
            return Reach.UNAFFECTED, "does not rest on consent", None
        purpose, names = values.get("purpose.use"), {kept.recipient, kept.group} - {""}
        hashes = [
            found for (use, to), found in withdrawn.items() if (purpose is None or use == purpose) and to in names
        ]
        if not hashes:
            return Reach.UNAFFECTED, "no consent for this purpose and recipient was withdrawn", None
        if kept.partition is None or kept.partition.kind is LinkKind.ROW:
            return Reach.CANNOT_TELL, "consents were withdrawn, and its rows are not kept by person", None
        if kept.partition.kind is LinkKind.NONE:
            return Reach.UNAFFECTED, "holds no row of a person", None
        entries = partitions.entries(kept.running.release)
        column = PERSON if PERSON in entries.column_names else LINK
        persons = np.unique(np.asarray(entries[column], dtype=np.uint64))
        count = int(np.isin(persons, np.unique(np.concatenate(hashes))).sum())
        if not count:
            return Reach.UNAFFECTED, "holds none of the persons who withdrew", 0
        return Reach.AFFECTED, f"holds {count} person{'' if count == 1 else 's'} who withdrew consent", count

    return _judge_all(home, judge, today)


_GONE = "its statement is no longer at its place"


def _judge_all(home: Home, judge: Callable[[Kept], Judged], today: date) -> tuple[Reached, ...]:
    with home.lock():
        partitions = {item.release: item for item in Partitions(home.partitions).list_all()}
        found = [
            Kept(running, partitions.get(running.release), _statement(running))
            for running in Releases(home.releases).list_all()
            if running.state in _WENT_OUT
        ]
        judged = [_reached(kept, judge(kept), today) for kept in found]
    return tuple(sorted(judged, key=lambda item: (item.made_at, item.release)))


def _reached(kept: Kept, judged: Judged, today: date) -> Reached:
    reach, why, persons = judged
    until = last_day(dict(kept.statement)) if kept.statement is not None else None
    is_over = kept.running.state is ReleaseState.RELEASED and is_expired(until, today)
    at = str(kept.statement["made_at"]) if kept.statement is not None else ""
    return Reached(
        release=kept.running.release,
        state="expired" if is_over else kept.running.state.value,
        recipient=kept.recipient,
        made_at=at or (kept.partition.made_at if kept.partition else ""),
        target=str(kept.running.target),
        reach=reach,
        why=why,
        persons=persons,
    )


def _statement(running: RunningRelease) -> Mapping[str, Any] | None:
    """Return the statement of a release from where it was written, if it is still the one that was recorded."""
    try:
        data = (running.target / STATEMENT).read_bytes()
        return parse_statement(data) if statement_hash(data) == running.statement_hash else None
    except (OSError, EvidenceError):
        return None


def _as_of(facts: Facts, laws: Laws, day: date) -> Facts:
    """Return the facts for another day; which categories are sensitive is the law of that day too."""
    columns = tuple(
        replace(column, sensitive_in=laws.sensitive_in(column.category, day)) if column.is_personal else column
        for column in facts.columns
    )
    return replace(facts, as_of=day, columns=columns)


def _gating(decision: Mapping[str, Any]) -> set[str]:
    return {f"{duty['id']} ({duty['met']})" for duty in decision["duties"] if duty["gates"]}


def _withdrawn(register: str, key: bytes, today: date) -> dict[tuple[str, str], Any]:
    """Return the hashes of persons whose newest entry says withdrawn, by purpose and recipient."""
    source = open_source(SourceReference(register))
    missing = [name for name in COLUMNS if name not in source.schema.names]
    if missing:
        raise InputError(f"--register: no column `{missing[0]}`", f"it needs: {', '.join(COLUMNS)}")
    latest: dict[tuple[str, str, str, int], tuple[date, int, str]] = {}
    row = 0
    for batch in source.batches():
        _enter_all(latest, batch, (person_keys(batch, "subject", row, key)[:, 0], row, today))
        row += batch.num_rows
    found: dict[tuple[str, str], list[int]] = {}
    for (purpose, recipient, _, person), (_, _, state) in latest.items():
        if state == "withdrawn":
            found.setdefault((purpose, recipient), []).append(person)
    return {about: np.array(persons, dtype=np.uint64) for about, persons in found.items()}


def _enter_all(
    latest: dict[tuple[str, str, str, int], tuple[date, int, str]], batch: pa.RecordBatch, place: tuple[Any, int, date]
) -> None:
    """Note the newest entry of each person; of two of a day the later row counts."""
    persons, first, today = place
    columns = [batch.column(name).to_pylist() for name in ("purpose", "recipient", "category", "state", "since")]
    for at, (purpose, recipient, category, state, since) in enumerate(zip(*columns, strict=True)):
        row = first + at + 1
        if state not in STATES:
            raise InputError(
                f"--register: row {row}: expected one of {', '.join(STATES)} as state", "mend the register"
            )
        day = read_day(since, "--register", row)
        about = (str(purpose or ""), str(recipient or ""), str(category or ""), int(persons[at]))
        known = latest.get(about)
        if day is not None and day <= today and (known is None or (day, row) > known[:2]):
            latest[about] = (day, row, state)
