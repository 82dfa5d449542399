"""The statement of a release or a refusal, put together from what the stages handed over."""

import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from lockgate import __version__
from lockgate.evidence.column_tree import INPUT, OUTPUT, SIDES, commit_columns, derive_seed
from lockgate.evidence.dossier import VERSIONS
from lockgate.flow.copying import MadeCopy
from lockgate.flow.deciding import Decided
from lockgate.flow.folder_check import describe_plain
from lockgate.flow.node import Node
from lockgate.laws.state import describe_laws
from lockgate.store.home import Home
from lockgate.tables.file_state import require_unchanged
from lockgate.tables.row_source import states_of
from lockgate.tables.source import describe_files
from lockgate.terms.decision import Decision
from lockgate.terms.facts import Facts, facts_as_json
from lockgate.terms.permit import Refusal, ReleasePermit
from lockgate.terms.protected import Plan
from lockgate.terms.rendering import as_json

SALT_BYTES = 16


def release_statement(
    node: Node,
    release: str,
    decided: Decided,
    route: tuple[str, Facts, Decision],
    made: tuple[Plan, MadeCopy, Path],
    permit: ReleasePermit,
) -> dict[str, Any]:
    """Return the statement of a release.

    Args:
        node: Whose log it will be in.
        release: Its id.
        decided: The flow as it was decided.
        route: Id of the route, the facts that it changed, and their decision.
        made: Plan, copy, and the folder that will be the release.
        permit: The leave to release.
    """
    route_id, facts, decision = route
    plan, copy, staged = made
    seeds = {side: column_seed(node.home, release, side) for side in SIDES}
    return {
        **_frame(node, release, "release", decided, facts, decision),
        "input": {
            "source": decided.source.name if decided.source else "",
            "files": _files_read(decided),
            "rows": copy.rows_in,
            "data_hash": copy.source_hash,
            "columns": commit_columns(INPUT, copy.source_columns, seeds[INPUT]),
            **({"population": copy.population.as_json()} if copy.population else {}),
        },
        "output": {
            "format": copy.file.suffix[1:],
            "files": [file_entry(copy.file, staged)],
            "rows": copy.rows_out,
            "data_hash": copy.data_hash,
            "columns": commit_columns(OUTPUT, copy.columns, seeds[OUTPUT]),
        },
        "classification": as_json(decided.classification),
        "differences": as_json(decided.differences),
        "route": {"id": route_id, "steps": [step.as_json() for step in plan.steps]},
        "plan": {name: value for name, value in as_json(plan).items() if value or name not in _WHERE_SAID},
        "verification": as_json(copy.verification),
        "permit": as_json(permit),
    }


_WHERE_SAID = frozenset({"key_version", "chosen"})
"""Members of a plan that a statement has only where they say something."""


def refusal_statement(
    node: Node, release: str, decided: Decided, decision: Decision, refusal: Refusal
) -> dict[str, Any]:
    """Return the statement of a refusal."""
    return {
        **_frame(node, release, "refusal", decided, decided.planned, decision),
        "refusal": as_json(refusal),
    }


def column_seed(home: Home, release: str, side: str) -> bytes:
    """Return the seed of the salts of one side of a release, 32 bytes.

    Args:
        home: Of the node that released, which can make it again at any time.
        release: Id of the release.
        side: `output`, which lies beside the data, or `input`, which stays here: a recipient who knows most of a column
            must not be able to guess the rest of the original.
    """
    return derive_seed(home.key("column-salts"), release, side)


def file_entry(file: Path, folder: Path) -> dict[str, Any]:
    """Return path, hash and size of a data file, the path relative to the release folder."""
    described = describe_plain(file)
    return {"path": file.relative_to(folder).as_posix(), "sha256": described[0], "bytes": described[1]}


def dataset_of(decided: Decided) -> str:
    """Return the identity of the data set across versions."""
    request = decided.request
    source = decided.source.name if decided.source else ""
    return request.dataset or f"{request.holder}/{source}"


def _files_read(decided: Decided) -> list[dict[str, Any]]:
    """Return name, hash and size of the files of the source, which are still those that were read.

    Raises:
        InputError: If one has changed since it was opened.
    """
    assert decided.request.source is not None
    assert decided.source is not None
    files = [item._asdict() for item in describe_files(decided.request.source)]
    require_unchanged(states_of(decided.source))
    return files


def _frame(node: Node, release: str, kind: str, decided: Decided, facts: Facts, decision: Decision) -> dict[str, Any]:
    request, values = decided.request, facts.values
    return {
        "version": VERSIONS[-1],
        "kind": kind,
        "release": release,
        "salt": node.random_bytes(SALT_BYTES).hex(),
        "title": request.title,
        "made_at": node.now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "log": {
            "origin": node.home.origin,
            "key": str(node.home.verifier_key),
            "cosigner_key": str(node.home.cosigner_key),
        },
        "software": software(),
        "holder": {"name": request.holder or None, "in": values.get("holder.in")},
        "recipient": {
            "name": request.recipient or None,
            "in": values.get("recipient.in"),
            "as": values.get("recipient.as"),
            "group": values.get("recipient.group"),
        },
        "dataset": dataset_of(decided),
        "facts": facts_as_json(facts),
        "decision": as_json(decision),
        "law": describe_laws(node.laws, decision.as_of),
    }


def software() -> Mapping[str, str]:
    """Return the versions that the figures may depend on."""
    return {"lockgate": __version__, "python": platform.python_version(), "pyarrow": pa.__version__}
