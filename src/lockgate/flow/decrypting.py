"""Cells that a release encrypted in their own form, turned back: with the same record as tokens, before any is shown.

1. the statement of the release is one of this home's log; it says form, recipient and version of the key;
2. the cells have the form; nothing has been turned back;
3. who, why, which cells of which release is on record, as for tokens (`revealing`);
4. only now are the cells turned back.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from lockgate.evidence.dossier import parse_statement, statement_hash
from lockgate.evidence.entry import entry_of
from lockgate.flow.recovery import STATEMENT, open_log
from lockgate.flow.revealing import REVERSAL, Demand, Recorded, record_reversal
from lockgate.protect.cells import cell_form
from lockgate.protect.codes import Texts
from lockgate.protect.format_preserving import decrypt, encrypt
from lockgate.protect.unfit import Unfit
from lockgate.store.home import Home
from lockgate.store.key_versions import versioned_key
from lockgate.store.vault import Kept
from lockgate.terms.errors import EvidenceError, InputError
from lockgate.terms.measure import Measure, MeasureKind, parse_measure

_KEY = "pseudonym"


def reveal_encrypted(
    home: Home,
    place: tuple[Path, str],
    cells: Sequence[str],
    demand: Demand,
    random_bytes: Callable[[int], bytes],
    key_version: int = 0,
) -> tuple[Recorded, tuple[Kept, ...]]:
    """Return the record and what the cells were before they were encrypted, without repetitions.

    Args:
        home: Whose key; takes its lock.
        place: Release folder or statement, and the column.
        cells: At least one.
        demand: Who asks and why.
        random_bytes: Randomness of the operating system.
        key_version: For a release that does not say it; 0 takes the statement's.

    Raises:
        InputError: If name or reason is missing, the release is not of this home, it encrypted no such column, or
            cells have another form; then nothing is turned back.
        EvidenceError: If the log or the statement is broken.
    """
    chosen = tuple(dict.fromkeys(cells))
    if not chosen:
        raise InputError("expected at least one cell", "name cells, or a file of them with --from")
    with home.lock():
        data = _read(place[0])
        statement = parse_statement(data)
        if open_log(home).find(entry_of(statement_hash(data), "release")) is None:
            raise InputError(f"`{place[0]}`: no release of this home", "name the home that made it in --home")
        step, domain = _step(statement, place[1]), _domain(statement, place[1])
        version = _version(statement, key_version)
        key, form = versioned_key(home, _KEY, version), cell_form(step)
        texts: Texts = pa.array(chosen, type=pa.string())
        encrypt(texts, form, domain, key, version, Unfit.REFUSE)  # 2: what cannot be encrypted was not, nothing is told
        about = {"release": statement["release"], "column": place[1], "key_version": version}
        recorded = record_reversal(home, REVERSAL, chosen, demand, (random_bytes, about))  # 3
        values = decrypt(texts, form, domain, key, version, Unfit.REFUSE).cells.to_pylist()  # 4
        return recorded, tuple(Kept(cell, domain, str(value)) for cell, value in zip(chosen, values, strict=True))


def _read(place: Path) -> bytes:
    file = place / STATEMENT if place.is_dir() else place
    try:
        return file.read_bytes()
    except OSError as error:
        raise InputError(f"`{place}`: no {STATEMENT} here", "name a release folder or its statement.json") from error


def _step(statement: Mapping[str, Any], column: str) -> Measure:
    """Return the step that encrypted a column."""
    steps = [parse_measure(step) for step in statement.get("plan", {}).get("steps", ())]
    encrypted = [step for step in steps if step.kind is MeasureKind.ENCRYPT]
    found = next((step for step in encrypted if column in step.columns), None)
    if found is None:
        names = ", ".join(f"`{name}`" for step in encrypted for name in step.columns) or "none"
        raise InputError(f"the release encrypted no column `{column}`", f"columns that it encrypted: {names}")
    return found


def _domain(statement: Mapping[str, Any], column: str) -> str:
    """Return what the cells stand for, as `lockgate.flow.release` has it: one category towards one recipient."""
    party = statement["recipient"]
    category = next((item["category"] for item in statement["facts"]["columns"] if item["name"] == column), None)
    if category is None:
        raise EvidenceError(f"the statement says nothing of the column `{column}`")
    return f"{party.get('group') or party.get('name') or ''}/{category}"


def _version(statement: Mapping[str, Any], given: int) -> int:
    said = statement["plan"].get("key_version", 0)
    if said and given and said != given:
        raise InputError(f"the release was made under version {said} of the key", "leave --key-version out")
    if not (said or given):
        raise InputError(
            "the statement does not say under which version of the key it was made",
            "say it in --key-version: the one that was newest then",
        )
    return int(said or given)
