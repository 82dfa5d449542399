"""A text file that a command writes for a person: whole or not at all."""

from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Write or replace a file; whatever fails before the last step leaves what was there.

    Raises:
        OSError: If the folder may not be written or the disk is full.
    """
    temporary = path.with_name(f".{path.name}.new")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
