"""Addresses of database servers: `postgresql://user@host:port/database`. A password never stands in one.

The password comes from the file that `LOCKGATE_DATABASE_PASSWORD_FILE` names, or from the keyring of this machine, by
the service that `LOCKGATE_DATABASE_KEYRING` names and the address's user (extra `keyring`); else from where the
database's own tools look: environment, password file, service file.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from lockgate.tables.optional import load
from lockgate.terms.errors import InputError

PASSWORD_FILE = "LOCKGATE_DATABASE_PASSWORD_FILE"  # noqa: S105 - the name of a variable
"""Name of the variable that names the file with the password."""

KEYRING = "LOCKGATE_DATABASE_KEYRING"
"""Name of the variable that names the service of the keyring."""


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


def secret_password(address: Address) -> str | None:
    """Return the password of the user of an address, if a file or the keyring is named; None if neither is.

    Raises:
        InputError: If both are named, the file cannot be read, or the keyring cannot be or has no such password.
    """
    place, service = os.environ.get(PASSWORD_FILE), os.environ.get(KEYRING)
    if place and service:
        raise InputError(f"both {PASSWORD_FILE} and {KEYRING} are set", "Unset one of them.")
    if service:
        return _from_keyring(service, address.user)
    if not place:
        return None
    try:
        return Path(place).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        raise InputError(f"the file that {PASSWORD_FILE} names cannot be read", "Check its path and rights.") from None


def _from_keyring(service: str, user: str) -> str:
    if not user:
        raise InputError("the address names no user, under whom the keyring would have a password", "Name the user.")
    keyring = load("keyring", "keyring", "A password from a keyring")
    try:
        password = keyring.get_password(service, user)
    except Exception:  # noqa: BLE001 - backends raise what they like, and what they say may hold anything
        raise InputError(
            f"the keyring that {KEYRING} asks for cannot be read", "Unlock it, or see `keyring diagnose`."
        ) from None
    if password is None:
        raise InputError(
            f"the keyring has no password of `{user}` under the service that {KEYRING} names",
            "Keep one with `keyring set SERVICE USER`.",
        )
    return str(password)


def _hint(scheme: str) -> str:
    return f"Write {scheme}://user@host:port/database."
