"""`lockgate evidence show N|ID`: one leaf of the log, its record in words."""

import argparse
import json
import re
from pathlib import Path
from typing import Any

from rich.markup import escape
from rich.table import Table

from lockgate.cli.reveal import existing_home
from lockgate.cli.surroundings import Surroundings
from lockgate.evidence.dossier import statement_hash
from lockgate.evidence.merkle import leaf_hash
from lockgate.evidence.sealing import SEALED, SEALED_KINDS
from lockgate.flow.cosigning import open_reader
from lockgate.flow.log_entries import LogEntry, Record, find_entry, known_records, list_entries

HELP = "show one leaf of the log, by number, id or hash, and what its record says"

_HASH = re.compile(r"\b([0-9a-f]{16})[0-9a-f]{48}\b", re.ASCII)
"""A hash; people are shown the first sixteen digits, --json has all."""

WORDS = {
    "release": "a copy was recorded, to go out",
    "released": "the copy went out",
    "abandoned": "the copy did not go out after all",
    "refusal": "a flow was refused, or could not be decided",
    "revoked": "a release was taken back",
    "reversal": "tokens were turned back into values",
    "forgetting": "the values behind tokens were deleted",
    "budget-reserved": "a part of a privacy budget was reserved",
    "budget-committed": "the reserved part was spent by a release",
    "budget-returned": "the reserved part was given back, nothing drawn",
    "sealed": "a record was sealed to seats, to be opened later",
    "sealed-opened": "a sealed record was opened",
    "sealed-reviewed": "the day by which a sealed record is looked at again was moved",
    "sealed-deleted": "the key of a sealed record was destroyed",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("wanted", metavar="N|ID|HASH", help="number of a leaf, id of a release or record, first digits")


def run(arguments: argparse.Namespace, surroundings: Surroundings) -> int:
    """Find, print, return 0."""
    home = existing_home(surroundings)
    log, records = open_reader(home), known_records(home)
    found = find_entry(arguments.wanted, list_entries(log, records))
    entry, statement = log.entry(found.leaf), _statement(records.get(found.hash), found.hash)
    document = {
        **{name: getattr(found, name) for name in ("leaf", "kind", "id", "made_at", "outcome", "hash")},
        "entry": entry.decode("utf-8", errors="backslashreplace"),
        "leaf_hash": leaf_hash(entry).hex(),
        "statement": statement,
    }
    surroundings.answer(document)
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column()
    table.add_column(overflow="fold")
    for name, value in _rows(found, document, records.get(found.hash)):
        table.add_row(name, escape(_HASH.sub(r"\1…", value)))
    surroundings.console.print(table)
    return 0


def _rows(found: LogEntry, document: dict[str, Any], record: Record | None) -> list[tuple[str, str]]:
    rows = [
        ("leaf", str(found.leaf)),
        ("says", f"{found.kind}: {WORDS.get(found.kind, 'not a kind that this lockgate knows')}"),
        ("entry", document["entry"]),
        ("leaf hash", document["leaf_hash"]),
    ]
    statement = document["statement"]
    rows += _sealed(found.kind, document["entry"])
    if record is None:
        return [*rows, ("record", "not known to this home")]
    rows += [("of", found.id), ("record", _near(record.path))]
    if found.kind == SEALED:
        return [*rows, ("", "its content is encrypted; `lockgate evidence open` opens it")]
    if statement is None:
        return [*rows, ("", "gone from its place, or changed: only its hash is left")]
    return rows + [(name, value) for name, value in _said(statement) if value]


def _sealed(kind: str, entry: str) -> list[tuple[str, str]]:
    """Return what a leaf says in public of a sealed record; nothing of any other leaf, or one that is malformed."""
    try:
        said = json.loads(entry)
        cover = said.get("cover", {})
        told = [f"{name} {str(value).lower() if name == 'secrecy' else value}" for name, value in cover.items()]
        seats, review = said.get("seats", []), str(said.get("review", ""))
        needed = f"{said['threshold']} of " if "threshold" in said else ""
        rows = [
            ("sealed as", str(said.get("record", said.get("commitment", "")))),
            ("cover", ", ".join(told)),
            ("review by", review),
        ]
        rows.append(("seats", needed + ", ".join(map(str, seats)) if seats else ""))
    except (ValueError, AttributeError, TypeError):
        return []
    return [row for row in rows if row[1]] if kind in SEALED_KINDS else []


def _said(statement: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what a statement says, in words; what a kind of record does not have is empty."""
    holder, recipient = (statement.get(name) or {} for name in ("holder", "recipient"))
    decision, output = statement.get("decision") or {}, statement.get("output") or {}
    checks = (statement.get("verification") or {}).get("checks", [])
    permit = statement.get("permit") or {}
    return [
        ("made", str(statement.get("made_at", ""))),
        ("title", str(statement.get("title", ""))),
        ("from, to", " → ".join(str(item.get("name") or "") for item in (holder, recipient) if item)),
        ("decision", f"{decision['outcome']} as of {decision['as_of']}" if decision else ""),
        ("why", "; ".join((statement.get("refusal") or {}).get("reasons", [])) or str(statement.get("why", ""))),
        ("by", str(statement.get("by", ""))),
        ("rows", str(output.get("rows", ""))),
        ("checks", "; ".join(f"{item['name']} {'ok' if item['ok'] else 'missed'}" for item in checks)),
        ("permit", f"from {permit['granted']}, until {permit['until'] or 'further notice'}" if permit else ""),
    ]


def _statement(record: Record | None, hash_: str) -> dict[str, Any] | None:
    """Return the record, if it is still the one that the leaf is about."""
    try:
        data = record.path.read_bytes() if record else b""
        return dict(json.loads(data)) if statement_hash(data) == hash_ else None
    except (OSError, ValueError):
        return None


def _near(path: Path) -> str:
    """Return a path as it is written from the current folder, where it lies below it."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
