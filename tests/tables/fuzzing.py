"""Reads broken files by the hundred in a process of its own, so that a crash or a hang of a library is seen.

    python fuzzing.py FORMAT FIRST LAST FOLDER

Each number from FIRST up to LAST makes one broken file: bytes changed, cut out, put in or doubled in a good one. It is
printed before its file is read; what is no input error is raised.
"""

import random  # noqa: TID251 - the number of a file seeds it, so that it can be made again
import resource
import sys
import zipfile
from datetime import date
from pathlib import Path

import pyarrow as pa
from pyarrow import ipc, parquet

from lockgate.tables.listing import list_sources, tables_within
from lockgate.tables.sink import write_table
from lockgate.tables.source import open_source
from lockgate.terms.errors import LockgateError
from lockgate.terms.flow_request import SourceReference

MOST_BYTES = 6 << 30
"""Of address space: a file that makes more asked for is a bomb that went off."""


def good(form: str, folder: Path) -> bytes:
    """A good file of a format with text, numbers, days, nulls and, where there are any, nested columns."""
    rows = [
        {"name": f"Li Na {n}", "n": n, "day": str(date(2026, 1, 1 + n % 28)), "in": {"x": n / 2, "t": ["a", "b" * n]}}
        for n in range(60)
    ]
    table = pa.Table.from_pylist(rows)
    if form in ("parquet", "arrow"):
        write = {"parquet": _parquet, "arrow": _arrow}[form]
        return write(table, folder)
    if form == "json":
        return repr({"rows": rows}).replace("'", '"').encode()
    if form == "xlsx":
        return _workbook(folder)
    flat = table.drop(["in"])
    return write_table(folder, "good", flat.to_batches(), flat.schema, form, fsync=False).read_bytes()


def _parquet(table: pa.Table, folder: Path) -> bytes:
    parquet.write_table(table, folder / "g", compression="snappy")
    return (folder / "g").read_bytes()


def _arrow(table: pa.Table, folder: Path) -> bytes:
    coded = table.set_column(0, "name", table["name"].dictionary_encode())
    views = pa.array([None if n % 3 else "y" * n for n in range(table.num_rows)], pa.string_view())
    coded = coded.append_column("views", views)
    with ipc.new_file(folder / "g", coded.schema, options=ipc.IpcWriteOptions(compression="lz4")) as writer:
        writer.write_table(coded)
    return (folder / "g").read_bytes()


def _workbook(folder: Path) -> bytes:
    row = '<row r="{}"><c t="s"><v>{}</v></c><c s="1"><v>{}</v></c></row>'
    cells = "".join(row.format(n, n % 3, 46000 + n) for n in range(2, 40))
    header = '<row r="1"><c t="inlineStr"><is><t>a</t></is></c><c t="inlineStr"><is><t>b</t></is></c></row>'
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    parts = {
        "xl/workbook.xml": f'<workbook xmlns:r="{kind}"><sheets><sheet name="S" r:id="r0"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships><Relationship Id="r0" Type="{kind}/worksheet" Target="s.xml"/>'
        f'<Relationship Id="r1" Type="{kind}/sharedStrings" Target="t.xml"/></Relationships>',
        "xl/t.xml": "<sst><si><t>x</t></si><si><t>y</t></si><si><t>z</t></si></sst>",
        "xl/s.xml": f"<worksheet><sheetData>{header}{cells}</sheetData></worksheet>",
    }
    with zipfile.ZipFile(folder / "g", "w", zipfile.ZIP_STORED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return (folder / "g").read_bytes()


def broken(content: bytes, number: int) -> bytes:
    """The content with one to eight changes, which the number decides."""
    chance = random.Random(number)
    data = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 4, 8))):
        # the ends of files say what is in them
        place = chance.randrange(len(data) + 1) if chance.random() < 0.6 else len(data) - chance.randrange(1, 900)
        place = max(0, place)
        size = chance.choice((1, 1, 1, 2, 4, 8, 200))
        match chance.randrange(5):
            case 0:
                data[place : place + size] = chance.randbytes(size)
            case 1:
                del data[place : place + size]
            case 2:
                data[place:place] = chance.randbytes(size)
            case 3:
                data[place:place] = data[place : place + size] * chance.choice((1, 2, 50))
            case _:
                data[place : place + size] = chance.choice((b"\xff", b"\x00", b"\x7f", b"\x80")) * size
    return bytes(data)


def read_all(path: Path) -> None:
    """Read every table of a file."""
    for reference in list_sources(SourceReference(str(path))):
        source = open_source(reference)
        for _ in source.batches():
            pass
        for inner in tables_within(reference, source)[:3]:
            for _ in open_source(inner).batches():
                pass


def main(form: str, first: str, last: str, place: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    folder = Path(place)
    content = good(form, folder)
    end = {"sqlite": "db"}.get(form, form)
    path = folder / f"broken.{end}"
    path.write_bytes(content)
    read_all(path)
    read = 0
    for number in range(int(first), int(last)):
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()
        path.write_bytes(broken(content, number))
        try:
            read_all(path)
            read += 1
        except LockgateError:
            pass
    sys.stdout.write(f"read {read}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
