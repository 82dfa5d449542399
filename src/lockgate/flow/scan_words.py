"""A person's word beside a scan, from a file: on the grade of the data, and on columns. The scan stays as it is.

[grade]
national-security = "none"
economic-operation = "none"
social-order = "none"
public-interest = "general"
organisational-rights = "general"
individual-rights = "serious"
by = "who answers"
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from lockgate.classify.impact import impact_degrees, impact_objects
from lockgate.tables.file_state import unreadable
from lockgate.terms.category import Category
from lockgate.terms.errors import InputError

_BY = "by"


@dataclass(frozen=True, slots=True)
class ScanWords:
    """What a person says of scanned data.

    Attributes:
        degrees: Degree of harm by object of impact, as far as answered.
        categories: Category by column.
        by: Who says so of a column, as far as named.
    """

    degrees: Mapping[str, str] = field(default_factory=dict)
    categories: Mapping[str, Category] = field(default_factory=dict)
    by: Mapping[str, str] = field(default_factory=dict)


def read_scan_words(path: Path) -> ScanWords:
    """Return what a person says in a file.

    Raises:
        InputError: If the file cannot be read, is no TOML, or holds an unknown key, degree or category.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise unreadable(path, error) from None
    except ValueError:
        raise InputError(f"`{path.name}` is no TOML in UTF-8", "mend the answers file") from None
    _require_keys(data, ("grade", "columns"), "", path)
    grade, columns = _table(data, "grade", path), _table(data, "columns", path)
    _require_keys(grade, (*impact_objects(), _BY), "grade.", path)
    degrees = {key: _word(grade, key, impact_degrees(), path) for key in grade if key != _BY}
    categories, by = {}, {}
    for name in columns:
        word = _table(columns, name, path)
        _require_keys(word, ("category", _BY), f"columns.{name}.", path)
        categories[name] = Category(_word(word, "category", tuple(Category), path))
        by[name] = str(word.get(_BY, ""))
    return ScanWords(degrees, categories, by)


def _table(data: Mapping[str, Any], key: str, path: Path) -> Mapping[str, Any]:
    table = data.get(key, {})
    if not isinstance(table, dict):
        raise InputError(f"`{path.name}`: expected a table `{key}`", "write it as in `docs/scan.md`")
    return table


def _require_keys(data: Mapping[str, Any], known: tuple[str, ...], prefix: str, path: Path) -> None:
    for key in data:
        if key not in known:
            near = get_close_matches(key, known, n=1)
            hint = f"did you mean `{near[0]}`?" if near else f"keys are: {', '.join(known)}"
            raise InputError(f"`{path.name}`: unknown key `{prefix}{key}`", hint)


def _word(data: Mapping[str, Any], key: str, words: tuple[str, ...], path: Path) -> str:
    value = data.get(key)
    if value not in words:
        raise InputError(f"`{path.name}`: expected a word of the list for `{key}`", f"words are: {', '.join(words)}")
    return str(value)
