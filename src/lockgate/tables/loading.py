"""Data out, into what others run: the door to every writer of databases and lakes."""

from lockgate.tables.delta_target import load_delta
from lockgate.tables.location import SERVERS
from lockgate.tables.mysql_target import load_mysql
from lockgate.tables.postgres_target import load_postgres
from lockgate.tables.target import Load, LoadedTable
from lockgate.terms.errors import InputError

_WRITERS = {"postgresql": load_postgres, "mysql": load_mysql}


def load_table(wanted: Load) -> LoadedTable:
    """Return the new table that holds the rows, seen by others only once they have been held.

    Raises:
        InputError: If it cannot be made: no such place, no rights, a name that is not free, a type that does not fit.
        LockgateError: If what is read back is not what was written, or the disk is full.
    """
    scheme, found, _ = wanted.into.partition("://")
    if not found:
        return load_delta(wanted)
    if scheme not in SERVERS:
        raise InputError(
            f"targets of the kind `{scheme}://` are not known",
            f"Name an address ({', '.join(f'{one}://' for one in SERVERS)}), or a folder for a Delta table.",
        )
    return _WRITERS[SERVERS[scheme]](wanted)
