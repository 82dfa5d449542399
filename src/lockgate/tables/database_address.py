"""Addresses of database servers: `postgresql://user@host:port/database`. A password never stands in one.

The password comes from the file that `LOCKGATE_DATABASE_PASSWORD_FILE` names, else from where the database's own tools
look: environment, password file, service file.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from lockgate.terms.errors import InputError

PASSWORD_FILE = "LOCKGATE_DATABASE_PASSWORD_FILE"  # noqa: S105 - the name of a variable
"""Name of the variable that names the file with the password."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a database is.

    Attributes:
        host: Name or number; empty for the driver's default.
        port: 0 for the driver's default.
        user: Empty for the driver's default.
        database: Its name.
        options: What the address says beside.
    """

    host: str
    port: int
    user: str
    database: str
    options: Mapping[str, str] = field(default_factory=dict)


def parse_address(text: str, options: frozenset[str]) -> Address:
    """Return the address that a text holds; nothing of the text is told, as it may hold a password.

    Args:
        text: Of the form `scheme://user@host:port/database?option=value`.
        options: Those that may be given.

    Raises:
        InputError: If it holds a password, an unknown option, or is of another form.
    """
    scheme = text.partition("://")[0]
    try:
        parts = urlsplit(text)
        port = parts.port or 0
    except ValueError:
        raise InputError(f"the address `{scheme}://…` cannot be read", _hint(scheme)) from None
    given = dict(parse_qsl(parts.query, keep_blank_values=True))
    if parts.password is not None or any("pass" in key.lower() for key in given):
        raise InputError(
            f"the address `{scheme}://…` holds a password, and flow files are shared and recorded",
            f"Take it out, change it, and give it in the environment or in a file that {PASSWORD_FILE} names.",
        )
    unknown = sorted(given.keys() - options)
    if unknown:
        raise InputError(
            f"the address `{scheme}://…` has the option `{unknown[0]}`, which is not known",
            f"Options are: {', '.join(sorted(options))}.",
        )
    database = unquote(parts.path.removeprefix("/"))
    if parts.fragment or "/" in database or not database or "\0" in database:
        raise InputError(f"the address `{scheme}://…` names no one database", _hint(scheme))
    return Address(unquote(parts.hostname or ""), port, unquote(parts.username or ""), database, given)


def secret_password() -> str | None:
    """Return the password that a file holds, if a file is named.

    Raises:
        InputError: If the file cannot be read.
    """
    place = os.environ.get(PASSWORD_FILE)
    if not place:
        return None
    try:
        return Path(place).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        raise InputError(f"the file that {PASSWORD_FILE} names cannot be read", "Check its path and rights.") from None


def _hint(scheme: str) -> str:
    return f"Write {scheme}://user@host:port/database."
