"""One column of a release, written alone with the proof that it is one.

1. read the dossier, and the salts: of the output beside the data, of the input from the home
2. read the table and hold its column against the statement
3. write the column alone, in the format of the table
4. read it again, and write the proof beside it
"""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from lockgate.evidence.column_proof import COLUMN, ColumnProof, render_column_proof
from lockgate.evidence.column_tree import (
    INPUT,
    OUTPUT,
    column_commitment,
    column_path,
    column_salt,
    has_column_tree,
    has_terms,
    last_day_of,
    parse_seed,
)
from lockgate.evidence.dossier import DATA, PROOF, SALTS, STATEMENT, parse_statement, statement_hash
from lockgate.flow.copy_file import hash_file
from lockgate.flow.folder_check import describe_plain, read_evidence
from lockgate.flow.recovery import write_synced
from lockgate.flow.statement import column_seed
from lockgate.store.home import Home
from lockgate.tables.sink import write_table
from lockgate.tables.source import open_source
from lockgate.terms.errors import EvidenceError, InputError
from lockgate.terms.flow_request import SourceReference


@dataclass(frozen=True, slots=True)
class Shown:
    """A column that was written alone.

    Attributes:
        proof: What is shown beside it.
        folder: That holds both.
        rows: Its cells.
    """

    proof: ColumnProof
    folder: Path
    rows: int


def show_column(release: Path, name: str, out: Path, source: Path | None = None, home: Home | None = None) -> Shown:
    """Return one column, written alone with its proof.

    Args:
        release: The release folder.
        name: Of the column.
        out: The folder to write; must not exist.
        source: The table that went in, to show a column of it; None for a column of the copy.
        home: Of the node that released; needed for a column of the input, whose salts lie nowhere else.

    Raises:
        InputError: If there is no such release, column or table, or the folder exists.
        EvidenceError: If the table is not the one of the release, or the dossier is broken.
    """
    data, proof = read_evidence(release / STATEMENT), read_evidence(release / PROOF)  # 1
    if data is None or proof is None:
        raise InputError(f"`{release}`: no release here", "name a release folder")
    statement = parse_statement(data)
    side = OUTPUT if source is None else INPUT
    _refuse_unknown(statement, side, name)
    seed = _seed(release, statement, home if side == INPUT else None)
    if out.exists():
        raise InputError(f"--out: `{out}` exists already", "name a folder that does not exist")
    table = source or _data_file(release, statement)
    root = _root(table, statement, side, name, seed)  # 2
    index, size, path = column_path(statement, side, name)
    with _new_folder(out):
        file, rows = _write_alone(table, (name, root), out / DATA, str(statement["output"]["format"]))  # 3
        shown = ColumnProof(
            side=side,
            name=name,
            root=root,
            salt=column_salt(seed, name).hex(),
            index=index,
            size=size,
            path=tuple(item.hex() for item in path),
            statement=statement_hash(data),
            log=statement["log"],
            proof=proof.decode("utf-8"),
            file=_file_entry(file, out),
            until=last_day_of(statement) if has_terms(statement) else None,
            has_terms=has_terms(statement),
        )
        write_synced(out / COLUMN, render_column_proof(shown))  # 4
    return Shown(shown, out, rows)


def _refuse_unknown(statement: Mapping[str, Any], side: str, name: str) -> None:
    if not has_column_tree(statement):
        raise InputError("this release commits to no single columns", "show a column of a release of version 2")
    if name not in statement[side]["columns"]:
        known = ", ".join(f"`{item}`" for item in sorted(statement[side]["columns"]))
        raise InputError(f"no column `{name}` in the {side}; there are {known}", "name one of them")


def _seed(release: Path, statement: Mapping[str, Any], home: Home | None) -> bytes:
    if home is None:
        return parse_seed(read_evidence(release / SALTS))
    if str(home.verifier_key) != statement["log"]["key"]:
        raise InputError(f"`{home.path}` is not the home that made this release", "name that home with --home")
    return column_seed(home, str(statement["release"]), INPUT)


def _data_file(release: Path, statement: Mapping[str, Any]) -> Path:
    paths = [str(item["path"]) for item in statement["output"]["files"]]
    if len(paths) != 1 or not (release / paths[0]).is_file():
        raise InputError(f"`{release}`: the released data are not here", "name the release folder with its data")
    return release / paths[0]


def _root(table: Path, statement: Mapping[str, Any], side: str, name: str, seed: bytes) -> str:
    """Return the root of the column, once it has been found to be the one that the release commits to."""
    root = hash_file(table).columns().get(name, "")
    if not root or column_commitment(side, name, root, column_salt(seed, name)) != statement[side]["columns"][name]:
        raise EvidenceError(f"the column `{name}` of `{table.name}` is not the one of the release")
    return root


@contextmanager
def _new_folder(out: Path) -> Iterator[None]:
    (out / DATA).mkdir(parents=True)
    try:
        yield
    except BaseException:
        shutil.rmtree(out, ignore_errors=True)
        raise


def _write_alone(table: Path, column: tuple[str, str], folder: Path, format_: str) -> tuple[Path, int]:
    """Return the file that holds one column and its rows; Parquet where the format of the table cannot hold it alone.

    A line of a CSV file that holds one empty cell is an empty line, which readers pass over.
    """
    name, root = column
    source = open_source(SourceReference(str(table)))
    schema = pa.schema([source.schema.field(name)])
    for form in dict.fromkeys((format_, "parquet")):
        batches = (batch.select([name]) for batch in source.batches())
        file: Path = write_table(folder, "column", batches, schema, form)
        again = hash_file(file)
        if again.columns() == {name: root}:
            return file, again.rows
        file.unlink()
    raise EvidenceError(f"the column `{name}` does not read the same when it stands alone")


def _file_entry(file: Path, folder: Path) -> dict[str, Any]:
    digest, length = describe_plain(file)
    return {"path": file.relative_to(folder).as_posix(), "sha256": digest, "bytes": length}
