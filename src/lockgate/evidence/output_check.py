"""The steps of the verifier that look at the released data: their files, and what a reader gets from them.

Reads nothing: what was found arrives as `MeasuredOutput`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lockgate.evidence.column_tree import OUTPUT, commit_columns, has_column_tree, parse_seed
from lockgate.evidence.step import Step, some
from lockgate.terms.errors import EvidenceError


@dataclass(frozen=True, slots=True)
class MeasuredOutput:
    """What was found where the released data should be.

    Attributes:
        files: SHA-256 (hexadecimal) and length in bytes of every file in the data folder, by its path as the
            statement writes it.
        rows: Rows that a reader got.
        data_hash: Root over the rows, hexadecimal; empty if they could not be read.
        columns: Column roots by name, hexadecimal, without salt.
        problem: Why the rows could not be read; empty if they could.
        salts: Content of the file with the salts of the columns; None where it is not at hand and need not be.
        unread: Why nobody tried to read the rows; empty if somebody did.
    """

    files: Mapping[str, tuple[str, int]]
    rows: int = 0
    data_hash: str = ""
    columns: Mapping[str, str] | None = None
    problem: str = ""
    salts: bytes | None = None
    unread: str = ""


def check_files(statement: Mapping[str, Any], output: MeasuredOutput | None) -> Step:
    """Return whether every data file is there, unchanged, and no other."""
    listed = {item["path"]: (item["sha256"], item["bytes"]) for item in statement.get("output", {}).get("files", [])}
    if output is None:
        return Step("files", ok=True, detail="no data at hand: not checked", settled=not listed)
    wrong = file_differences(listed, output.files)
    if wrong:
        return Step("files", ok=False, detail=some(wrong))
    return Step("files", ok=True, detail=f"{len(listed)} data file{'' if len(listed) == 1 else 's'} unchanged")


NO_FILE = ("", 0)
"""Hash and length of what is no plain file: a link, a pipe, a device."""


def file_differences(listed: Mapping[str, tuple[str, int]], found: Mapping[str, tuple[str, int]]) -> list[str]:
    """Return what is wrong with the files of a folder: missing ones, ones that are not listed, and changed ones.

    Args:
        listed: SHA-256 and length in bytes by path, as they were recorded.
        found: Likewise, as they were found; `NO_FILE` for what is no plain file.
    """
    wrong = [f"`{path}` is missing" for path in sorted(listed.keys() - found.keys())]
    plain = {path for path, what in found.items() if tuple(what) != NO_FILE}
    wrong += [f"`{path}` is no plain file" for path in sorted(found.keys() - plain)]
    wrong += [f"`{path}` is not listed" for path in sorted(plain - listed.keys())]
    common = sorted(listed.keys() & plain)
    return wrong + [f"`{path}` was changed" for path in common if listed[path] != tuple(found[path])]


def check_data(statement: Mapping[str, Any], output: MeasuredOutput | None) -> Step:
    """Return whether what a reader gets from the files is what was released, column by column."""
    recorded = statement.get("output")
    if recorded is None:
        return Step("data", ok=True, detail="nothing was released")
    if output is None or output.unread:
        unread = output.unread if output else "no data at hand: not checked"
        return Step("data", ok=True, detail=unread, settled=False)
    if output.problem:
        return Step("data", ok=False, detail=f"the data cannot be read: {output.problem}")
    is_same = (output.rows, output.data_hash) == (recorded["rows"], recorded["data_hash"])
    if has_column_tree(statement):
        return _check_salted(recorded, output, is_same=is_same)
    wrong = _differences(recorded, output, output.columns or {})
    if wrong or not is_same:
        return Step("data", ok=False, detail=some(wrong or ["the columns stand in another order"]))
    return Step("data", ok=True, detail=f"{recorded['rows']} rows give the recorded hash")


def _check_salted(recorded: Mapping[str, Any], output: MeasuredOutput, *, is_same: bool) -> Step:
    """Hold salted hashes against each other; a lost salt does not make unchanged data look changed."""
    if output.salts is None:  # without them columns cannot be told apart
        said = "give" if is_same else "do not give"
        return Step("data", ok=is_same, detail=f"{output.rows} rows {said} the recorded hash")
    try:
        found = commit_columns(OUTPUT, output.columns or {}, parse_seed(output.salts))
    except EvidenceError as error:
        which = "the rows give the recorded hash, but" if is_same else "the rows do not give the recorded hash, and"
        return Step("data", ok=False, detail=f"{which} no column can be checked alone: {error}")
    wrong = _differences(recorded, output, found)
    if is_same and wrong:
        return Step(
            "data", ok=False, detail="the rows give the recorded hash, but `salts` are not those of the release"
        )
    if wrong or not is_same:
        return Step("data", ok=False, detail=some(wrong or ["the columns stand in another order"]))
    return Step("data", ok=True, detail=f"{recorded['rows']} rows and every column give the recorded hashes")


def _differences(recorded: Mapping[str, Any], output: MeasuredOutput, found: Mapping[str, str]) -> list[str]:
    listed = recorded["columns"]
    wrong = [] if output.rows == recorded["rows"] else [f"{recorded['rows']} rows expected, {output.rows} found"]
    wrong += [f"column `{name}` is missing" for name in sorted(listed.keys() - found.keys())]
    wrong += [f"column `{name}` was added" for name in sorted(found.keys() - listed.keys())]
    return wrong + [
        f"column `{name}` was changed" for name in sorted(listed) if found.get(name, listed[name]) != listed[name]
    ]
