"""The check of whatever is at a place: a release folder, a lone dossier, a column that is shown, a credential."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path

from lockgate.evidence.check import DossierFiles
from lockgate.evidence.checkpoint import parse_checkpoint
from lockgate.evidence.column_proof import COLUMN, ColumnProof, check_column, parse_column_proof
from lockgate.evidence.credential import CREDENTIAL, is_credential, open_credential
from lockgate.evidence.dossier import DATA
from lockgate.evidence.leaf_check import OtherLog
from lockgate.evidence.log_reading import CHECKPOINT, LogReader
from lockgate.evidence.note import VerifierKey, is_signed_by, parse_verifier_key
from lockgate.evidence.output_check import NO_FILE, MeasuredOutput
from lockgate.evidence.release_state import check_standing
from lockgate.evidence.step import Step
from lockgate.flow.folder_check import (
    FolderMeans,
    check_files_of,
    check_folder,
    files_in,
    read_evidence,
    read_output,
    state_after,
    with_data,
)
from lockgate.terms.errors import EvidenceError, InputError


def check_place(place: Path, means: FolderMeans) -> tuple[Step, ...]:
    """Return what every step of the check found.

    Args:
        place: A release folder, the `statement.json` of a lone dossier, the folder or proof of a column, or a
            credential.
        means: Laws, trust, log, reader.

    Raises:
        InputError: If there is nothing at the place that could be checked.
    """
    if is_column(place):
        is_folder = place.name != COLUMN
        return _check_column(place if is_folder else place.parent, means, is_folder=is_folder)
    data = None if place.is_dir() else read_evidence(place)
    if data is not None and is_credential(data):
        return _check_credential(data, means)
    return check_folder(place, means)


def is_column(place: Path) -> bool:
    """Return whether a column is shown at the place."""
    return place.name == COLUMN or (place / COLUMN).exists()


def _check_credential(data: bytes, means: FolderMeans) -> tuple[Step, ...]:
    """Return what the check of the envelope found, then that of the dossier in it, which has no report."""
    try:
        statement, proof, step = open_credential(data)
    except EvidenceError as error:
        return (Step(CREDENTIAL, ok=False, detail=str(error)),)
    dossier = DossierFiles(statement, proof, None)
    return (step, *(item for item in check_files_of(dossier, None, means) if item.step != "report"))


def _check_column(folder: Path, means: FolderMeans, *, is_folder: bool) -> tuple[Step, ...]:
    """Return what the check of a column found; a folder that was named holds nothing else."""
    data = read_evidence(folder / COLUMN)
    assert data is not None
    try:
        proof = parse_column_proof(data)
    except EvidenceError:  # the check says what is wrong with it
        return check_column(data, MeasuredOutput({}), means.trust)
    path = str(proof.file["path"])
    files = files_in(folder, (COLUMN,))
    if not is_folder:
        files = {name: found for name, found in files.items() if name.startswith(f"{DATA}/") or name == path}
    file = means.data or folder / path
    files = files if means.data is None else with_data(files, path, means.data)
    output = MeasuredOutput(files, problem="there is no data file")
    if files.get(path, NO_FILE) != NO_FILE:
        output = read_output(means, file, files)
    open_log = _open_log(proof, means)
    steps = check_column(data, output, means.trust, open_log)
    state = state_after(steps, open_log, lambda log: check_standing(proof.statement, proof.until, log, means.today))
    if not proof.has_terms and state.ok:
        state = replace(state, detail=f"{state.detail}; not shown until when", settled=False)
    return (*steps, state)


def open_published_log(folder: Path, key: VerifierKey) -> LogReader | OtherLog:
    """Return the log in a folder, as `evidence export` writes it or as it lies in a home.

    Raises:
        InputError: If no log lies there.
        EvidenceError: If the log is broken, or not signed by the key.
    """
    data = read_evidence(folder / CHECKPOINT)
    if data is None:
        raise InputError(f"--log: no log in `{folder}`", "name the folder that holds the log's checkpoint")
    origin = parse_checkpoint(data).origin
    if origin != key.name:
        return OtherLog(origin)
    return with_cosigned(LogReader.open(folder, key), (folder / COSIGNED, folder.parent / COSIGNED))


COSIGNED = "cosigned"
"""Name of the newest cosigned checkpoint of an export, and of the folder that holds those of a home by their sizes."""


def with_cosigned(log: LogReader, places: Iterable[Path]) -> LogReader:
    """Return the log with the lines of witnesses that lie beside it, where they are of its head.

    Args:
        log: As its checkpoint describes it.
        places: Cosigned checkpoints, or folders of such.

    Raises:
        EvidenceError: If the log signed another tree of that size.
    """
    for place in places:
        data = read_evidence(place / str(log.size) if place.is_dir() else place)
        if data is not None and _is_of_head(data, log):
            log = log.with_lines(data.decode("utf-8"))
    return log


def _is_of_head(data: bytes, log: LogReader) -> bool:
    """Return whether a checkpoint is one that the log signed at its size; what is none proves nothing."""
    try:
        checkpoint = parse_checkpoint(data)
    except EvidenceError:
        return False
    return (
        checkpoint.head.size == log.size and checkpoint.origin == log.origin and is_signed_by(checkpoint.note, log.key)
    )


def _open_log(proof: ColumnProof, means: FolderMeans) -> Callable[[], LogReader | OtherLog | None] | None:
    find = means.open_log
    return None if find is None else cache(lambda: find(parse_verifier_key(str(proof.log["key"]))))
