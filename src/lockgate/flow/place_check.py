"""The check of whatever is at a place: a release folder, a lone dossier, a column that is shown, a credential."""

from collections.abc import Callable
from pathlib import Path

from lockgate.evidence.check import DossierFiles
from lockgate.evidence.checkpoint import parse_checkpoint
from lockgate.evidence.column_proof import COLUMN, check_column, parse_column_proof
from lockgate.evidence.credential import CREDENTIAL, is_credential, open_credential
from lockgate.evidence.dossier import DATA
from lockgate.evidence.leaf_check import OtherLog
from lockgate.evidence.log_reading import CHECKPOINT, LogReader
from lockgate.evidence.note import VerifierKey, parse_verifier_key
from lockgate.evidence.output_check import MeasuredOutput
from lockgate.evidence.step import Step
from lockgate.flow.folder_check import FolderMeans, check_files_of, check_folder, files_in, read_evidence, read_output
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
    if place.name == COLUMN or (place / COLUMN).is_file():
        return _check_column(place.parent if place.name == COLUMN else place, means)
    data = None if place.is_dir() else read_evidence(place)
    if data is not None and is_credential(data):
        return _check_credential(data, means)
    return check_folder(place, means)


def _check_credential(data: bytes, means: FolderMeans) -> tuple[Step, ...]:
    """Return what the check of the envelope found, then that of the dossier in it, which has no report."""
    try:
        statement, proof, step = open_credential(data)
    except EvidenceError as error:
        return (Step(CREDENTIAL, ok=False, detail=str(error)),)
    dossier = DossierFiles(statement, proof, None)
    return (step, *(item for item in check_files_of(dossier, None, means) if item.step != "report"))


def _check_column(folder: Path, means: FolderMeans) -> tuple[Step, ...]:
    data = read_evidence(folder / COLUMN)
    assert data is not None
    files = files_in(folder / DATA, folder)
    output = MeasuredOutput(files, problem="there is no data file")
    if files:
        output = read_output(means, folder / next(iter(files)), files)
    return check_column(data, output, means.trust, _open_log(data, means))


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
    return LogReader.open(folder, key) if origin == key.name else OtherLog(origin)


def _open_log(data: bytes, means: FolderMeans) -> Callable[[], LogReader | OtherLog | None] | None:
    find = means.open_log
    if find is None:
        return None

    def open_() -> LogReader | OtherLog | None:
        return find(parse_verifier_key(parse_column_proof(data).log["key"]))

    return open_
