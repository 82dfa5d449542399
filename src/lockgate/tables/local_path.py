"""Paths of this machine as people write them: `file:///data/a%20b.csv` as browsers copy it, `~/a.csv`, or as they are.

Source: RFC 8089, sections 2 and 3, and appendix B for `file:/path`. Signs that an address should have written as `%…`,
such as spaces and Chinese characters, are taken as they stand, `?` and `#` too.
"""

import os
import re
from pathlib import Path
from urllib.parse import unquote_to_bytes

from lockgate.terms.errors import InputError

_FILE = re.compile(r"(?i)file:(?://(?P<host>[^/]*))?(?P<path>/.*)?")


def local_path(location: str) -> str:
    """Return the path that a location means, if it is one of this machine; any other location as it is.

    Args:
        location: A path, a glob, or an address of any kind.

    Raises:
        InputError: If a `file:` address names another machine, or no whole path.

    >>> local_path("file:///data/%E5%AE%A2%E6%88%B7%201.csv")
    '/data/客户 1.csv'
    >>> local_path("s3://bucket/a%20b.csv")
    's3://bucket/a%20b.csv'
    """
    if location.partition("/")[0] == "~":
        return str(Path(location).expanduser())
    found = _FILE.fullmatch(location)
    if found is None or (found["host"] is None and found["path"] is None):  # else a file may be named `file:a.csv`
        return location
    if (found["host"] or "").lower() not in ("", "localhost") or not found["path"]:
        raise InputError(
            "a `file:` address has to name a whole path on this machine", "Write three slashes: `file:///folder/file`."
        )
    return os.fsdecode(unquote_to_bytes(found["path"]))
