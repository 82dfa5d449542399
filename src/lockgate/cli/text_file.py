"""A text file that a command writes for a person: whole or not at all."""

from pathlib import Path

from lockgate.terms.errors import InputError

_PAGE = b"<!doctype html>"


def write_whole(path: Path, text: str) -> None:
    """Write or replace a file; whatever fails before the last step leaves what was there.

    Raises:
        InputError: If there is no folder for it.
        OSError: If the folder may not be written or the disk is full.
    """
    if not path.absolute().parent.is_dir():
        raise InputError(f"no folder at `{path.parent}`", "make it, or name a file elsewhere")
    temporary = path.with_name(f".{path.name}.new")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_page(path: Path, page: str) -> None:
    """Write or replace a page as `write_whole` does, but no file that is none: it may be the data.

    Raises:
        InputError: If something else than a page lies there.
        OSError: If the folder may not be written or the disk is full.
    """
    if path.exists() and not _is_page(path):
        raise InputError(f"`{path.name}` exists already and is no page", "name another file, such as `page.html`")
    write_whole(path, page)


def _is_page(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(_PAGE)).lower() == _PAGE
